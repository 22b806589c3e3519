"""Reads the table of a binary protocol (resources/protocols/*.toml) and refuses what cannot be used.

The form of the tables:

    [protocol]            name, version, source, real (false: the layout is ours), byte_order, type_offset, type_length,
                          type_name (how the type's own field is called), session (the protocol below), notes
    [types.NAME]          a type of this protocol: base, and scale or notes that every field of it shares
    [codes.NAME]          character or number -> meaning
    [options.NAME]        tag, length, type: what an appendage may carry
    [[message]]           name, type ("" when the message has none), sender (client, venue, both), length, notes, fields
       fields             rows of [offset, length, type, name] and, where needed, a fifth {codes, scale, notes, ...}

Base types. Integers have 1 to 8 bytes.

    uint, int             integers; with `scale` they are prices of that many implied decimals
    length                unsigned, the length of the whole message less `less` bytes; computed, and checked
    count                 unsigned, how many rows the group of the name `of` has; computed, and checked
    char                  one printable ASCII character
    text, text_left       printable ASCII, padded with spaces behind, or in front
    digits                a decimal number in ASCII, padded with spaces in front; accepted with spaces behind
    bytes                 as they come

and, at the end of a message only, with length -1 in the table (the message's length is then the smallest one):

    rest, rest_text       whatever follows
    options               two bytes of length, then options: one byte of length (tag and value), one byte of tag, value
    group                 rows of `fields`, as many as the count says
"""

from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError

INTEGERS = ("uint", "int", "length", "count")
TEXTS = ("char", "text", "text_left", "digits", "bytes")
TAILS = ("rest", "rest_text", "options", "group")
SENDERS = ("client", "venue", "both")
OPTIONS_HEAD = 2  # the length in front of an appendage
VARIABLE = -1


class FieldRow(Struct, frozen=True, kw_only=True):
    """One field: where it lies and how it is read. `type` is the base type, `kind` what the table calls it."""

    name: str
    offset: int
    length: int
    type: str
    kind: str
    scale: int = 0
    codes: dict[str, str] = {}
    notes: str = ""
    less: int = 0
    of: str = ""
    fields: tuple["FieldRow", ...] = ()

    @property
    def is_tail(self) -> bool:
        """Whether the field has no fixed length."""
        return self.type in TAILS


class OptionRow(Struct, frozen=True, kw_only=True):
    """One option of an appendage; the offset of its field is 0."""

    tag: int
    field: FieldRow


class MessageRow(Struct, frozen=True, kw_only=True):
    """One message. `length` is the whole one, or the smallest when the last field is a tail."""

    name: str
    type: str
    sender: str
    length: int
    notes: str
    fields: tuple[FieldRow, ...]

    @property
    def tail(self) -> FieldRow | None:
        """The last field when its length varies."""
        return self.fields[-1] if self.fields and self.fields[-1].is_tail else None


class ProtocolTable(Struct, frozen=True, kw_only=True):
    """The whole table, checked."""

    name: str
    version: str
    source: str
    real: bool
    session: str
    notes: str
    byte_order: str
    type_offset: int
    type_length: int
    type_name: str
    messages: tuple[MessageRow, ...]
    options: tuple[OptionRow, ...]


class _Names(Struct, frozen=True, kw_only=True):
    """What the rows of a table may refer to."""

    types: dict[str, dict[str, Any]]
    codes: dict[str, dict[str, str]]


def parse_table(table: dict[str, Any]) -> ProtocolTable:
    """The checked table. Raises ConfigError in one line: place, expected, found."""
    try:
        return _parse(table)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise ConfigError(f"binary layout: a complete table expected, found {error!r}; restore the file") from error


def _parse(table: dict[str, Any]) -> ProtocolTable:
    head = table["protocol"]
    if head["byte_order"] not in ("big", "little"):
        raise ConfigError(f'binary layout: byte_order "big" or "little" expected, found {head["byte_order"]!r}')
    names = _Names(types=table.get("types", {}), codes=table.get("codes", {}))
    type_length = head.get("type_length", 1)
    type_name = head.get("type_name", "message_type")
    type_offset = head.get("type_offset", 0)
    messages = []
    for row in table["message"]:
        type_row = (type_offset, type_length, "char" if type_length == 1 else "text", type_name)
        if row["type"] and len(row["type"]) != type_length:
            raise ConfigError(f"binary layout, {row['name']}: type of {type_length} expected, found {row['type']!r}")
        messages.append(_message(row, type_row if row["type"] else None, names))
    options = tuple(_option(name, row, names) for name, row in table.get("options", {}).items())
    _check_unique("message names", [m.name for m in messages])
    _check_unique("option tags", [o.tag for o in options])
    return ProtocolTable(
        name=head["name"],
        version=head["version"],
        source=head["source"],
        real=head["real"],
        session=head.get("session", ""),
        notes=head.get("notes", ""),
        byte_order=head["byte_order"],
        type_offset=type_offset,
        type_length=type_length,
        type_name=type_name,
        messages=tuple(messages),
        options=options,
    )


def _message(row: dict[str, Any], type_row: tuple[Any, ...] | None, names: _Names) -> MessageRow:
    name = row["name"]
    sender = row.get("sender", "venue")
    if sender not in SENDERS:
        raise ConfigError(f"binary layout, {name}: sender out of {SENDERS} expected, found {sender!r}")
    rows = row.get("fields", [])
    fields = [_field(name, found, names) for found in ([type_row, *rows] if type_row else rows)]
    fields.sort(key=lambda f: f.offset)
    _check_places(name, fields, row["length"])
    for field in fields:
        if field.type == "count" and field.of not in [f.name for f in fields if f.type == "group"]:
            raise ConfigError(f"binary layout, {name}.{field.name}: count of a group expected, found {field.of!r}")
    return MessageRow(
        name=name,
        type=row["type"],
        sender=sender,
        length=row["length"],
        notes=row.get("notes", ""),
        fields=tuple(fields),
    )


def _field(where: str, row: Any, names: _Names) -> FieldRow:
    offset, length, kind, name = row[:4]
    more = dict(row[4]) if len(row) > 4 else {}
    shared = dict(names.types.get(kind, {"base": kind}))
    base = shared.pop("base")
    codes = more.pop("codes", shared.pop("codes", ""))
    inner = tuple(_field(f"{where}.{name}", r, names) for r in more.pop("fields", ()))
    field = FieldRow(
        name=name,
        offset=offset,
        length=length,
        type=base,
        kind=kind,
        codes=names.codes[codes] if codes else {},
        fields=inner,
        **{**shared, **more},
    )
    _check_length(where, field)
    if inner:
        _check_places(f"{where}.{name}", list(inner), sum(f.length for f in inner))
    return field


def _option(name: str, row: dict[str, Any], names: _Names) -> OptionRow:
    more = {key: row[key] for key in ("codes", "notes") if key in row}
    field = _field("options", (0, row["length"], row["type"], name, more), names)
    if field.is_tail or not 0 <= row["tag"] <= 255:
        raise ConfigError(f"binary layout, options.{name}: a tag 0 to 255 of fixed length expected, found {row}")
    return OptionRow(tag=row["tag"], field=field)


def _check_length(where: str, field: FieldRow) -> None:
    place = f"binary layout, {where}.{field.name}"
    if field.type in INTEGERS:
        if not 1 <= field.length <= 8:
            raise ConfigError(f"{place}: 1 to 8 bytes expected, found {field.length}")
    elif field.type in TAILS:
        if field.length != VARIABLE:
            raise ConfigError(f"{place}: length {VARIABLE} expected, found {field.length}")
    elif field.type not in TEXTS:
        known = (*INTEGERS, *TEXTS, *TAILS)
        raise ConfigError(f"{place}: a type out of {known} expected, found {field.type!r}")
    elif field.length < 1 or (field.type == "char" and field.length != 1):
        raise ConfigError(f"{place}: a length that fits {field.type} expected, found {field.length}")


def _check_places(where: str, fields: list[FieldRow], length: int) -> None:
    _check_unique(f"{where}: field names", [f.name for f in fields])
    position = 0
    for number, field in enumerate(fields, 1):
        if field.offset < position:
            raise ConfigError(
                f"binary layout, {where}.{field.name}: offset {position} or more expected, found {field.offset}"
            )
        if field.is_tail and number != len(fields):
            raise ConfigError(f"binary layout, {where}.{field.name}: a tail only at the end expected, found before it")
        head = OPTIONS_HEAD if field.type == "options" else 0
        position = field.offset + (head if field.is_tail else field.length)
    if position > length or (fields and fields[-1].is_tail and position != length):
        raise ConfigError(f"binary layout, {where}: fields within {length} bytes expected, found {position}")


def _check_unique(what: str, found: list[Any]) -> None:
    doubles = sorted({str(x) for x in found if found.count(x) > 1})
    if doubles:
        raise ConfigError(f"binary layout, {what}: each once expected, found more of {doubles}")
