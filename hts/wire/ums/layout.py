"""Compiles the layout table (resources/protocols/krx_ums.toml) into struct.Struct codecs.

Theory of operation. The table names, for the header and for each message, the fields with offset, length and type.
Each message becomes one `MessageLayout`: a struct format in the order of the offsets (holes become pad bytes), an
attrgetter that reads the fields of the message value in the same order, and for the few fields that are no plain
integers a pair of converters. Encoding is then one attrgetter call, the converters, one pack; decoding is one unpack,
the converters, one construction. The set of field names is fixed by hts.wire.ums.messages; where they lie, how long
they are and which characters stand for an enum member is data.

A table that cannot be used raises ConfigError; the message names the place, what was expected and what was found.
"""

import struct
from collections.abc import Callable
from enum import Enum
from operator import attrgetter, itemgetter
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.enums import (
    CashMargin,
    CxlRejResponseTo,
    ExecType,
    LastLiquidityInd,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from hts.wire.ums.messages import MESSAGE_CLASSES

HEADER_FIELDS = ("length", "msg_type", "flags", "seq", "sending_ns")
POSS_DUP = 1

_INTEGERS = {"u8": ("B", 1), "u16": ("H", 2), "u32": ("I", 4), "u64": ("Q", 8), "i64": ("q", 8)}
_CODE_ENUMS: dict[str, type[Enum]] = {
    cls.__name__: cls
    for cls in (Side, OrdType, TimeInForce, OrdStatus, ExecType, CxlRejResponseTo, CashMargin, LastLiquidityInd)
}
_ONE_BYTE = frozenset({"char", "code", "blank_code", "bool"})
_SENDERS = ("client", "venue", "both")

_BLANK: dict[Enum | None, bytes] = {None: b" "}

Converter = Callable[[Any], Any]


class FieldLayout(Struct, frozen=True, kw_only=True):
    """One field: where it lies and how it is read. `codes` names a table of [codes.*] for the two code types."""

    name: str
    offset: int
    length: int
    type: str
    codes: str = ""
    notes: str = ""


class MessageLayout(Struct, frozen=True, kw_only=True):
    """One message type, compiled. `encoders` and `decoders` are (position, converter) of fields that need one."""

    name: str
    cls: type[Struct]
    msg_type: int
    sender: str
    application: bool
    length: int
    notes: str
    fields: tuple[FieldLayout, ...]
    body: struct.Struct
    names: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    encoders: tuple[tuple[int, Converter], ...]
    decoders: tuple[tuple[int, Converter], ...]


class UmsLayout(Struct, frozen=True, kw_only=True):
    """The whole protocol, compiled. `header_get` and `header_put` move between table order and HEADER_FIELDS."""

    version: int
    frame_length_max: int
    header_fields: tuple[FieldLayout, ...]
    header: struct.Struct
    header_get: Callable[[Any], tuple[int, bytes, int, int, int]]
    header_put: Callable[[Any], tuple[Any, ...]]
    flags_offset: int
    by_type: dict[int, MessageLayout]
    by_class: dict[type[Struct], MessageLayout]

    @staticmethod
    def parse(table: dict[str, Any]) -> "UmsLayout":
        """Compile a parsed layout file; raises ConfigError."""
        try:
            return _parse(table)
        except (KeyError, TypeError, AttributeError, ValueError, struct.error) as error:
            raise ConfigError(f"order layout: a complete table expected, found {error!r}; restore the file") from error


def _parse(table: dict[str, Any]) -> UmsLayout:
    order = {"big": ">", "little": "<"}.get(table["byte_order"])
    if order is None:
        raise ConfigError(f'order layout: byte_order "big" or "little" expected, found {table["byte_order"]!r}')
    header_length = int(table["header"]["length"])
    header_fields = _fields("header", table["header"]["fields"], 0, header_length)
    places = {f.name: i for i, f in enumerate(header_fields)}
    _check_names("header", tuple(places), HEADER_FIELDS)
    codes = {name: _codes(name, rows) for name, rows in table["codes"].items()}
    messages = [_message(row, order, header_length, codes) for row in table["messages"]]
    _check_names("messages", tuple(m.name for m in messages), tuple(MESSAGE_CLASSES))
    by_type = {m.msg_type: m for m in messages}
    if len(by_type) != len(messages):
        raise ConfigError("order layout: one msg_type per message expected, found a repeated one")
    longest = max(m.length for m in messages)
    frame_length_max = int(table["frame_length_max"])
    if frame_length_max < longest:
        raise ConfigError(f"order layout: frame_length_max of at least {longest} expected, found {frame_length_max}")
    return UmsLayout(
        version=int(table["version"]),
        frame_length_max=frame_length_max,
        header_fields=header_fields,
        header=struct.Struct(order + _format(header_fields, 0, header_length)),
        header_get=itemgetter(*(places[name] for name in HEADER_FIELDS)),
        header_put=itemgetter(*(HEADER_FIELDS.index(f.name) for f in header_fields)),
        flags_offset=header_fields[places["flags"]].offset,
        by_type=by_type,
        by_class={m.cls: m for m in messages},
    )


def _message(row: dict[str, Any], order: str, header_length: int, codes: dict[str, dict[str, Enum]]) -> MessageLayout:
    name = row["name"]
    if row["sender"] not in _SENDERS:
        raise ConfigError(f"order layout, {name}: sender out of {_SENDERS} expected, found {row['sender']!r}")
    cls = MESSAGE_CLASSES.get(name)
    if cls is None:
        raise ConfigError(f"order layout: a message out of {sorted(MESSAGE_CLASSES)} expected, found {name!r}")
    fields = _fields(name, row["fields"], header_length, row["length"])
    names = tuple(f.name for f in fields)
    _check_names(name, names, cls.__struct_fields__)
    getter = attrgetter(*names)
    return MessageLayout(
        name=name,
        cls=cls,
        msg_type=_char(name, row["msg_type"]),
        sender=row["sender"],
        application=row["application"],
        length=row["length"],
        notes=row["notes"],
        fields=fields,
        body=struct.Struct(order + _format(fields, header_length, row["length"])),
        names=names,
        values=getter if len(names) > 1 else lambda message: (getter(message),),
        encoders=tuple((i, e) for i, f in enumerate(fields) if (e := _encoder(f, codes)) is not None),
        decoders=tuple((i, d) for i, f in enumerate(fields) if (d := _decoder(f, codes)) is not None),
    )


def _fields(where: str, rows: list[dict[str, Any]], start: int, end: int) -> tuple[FieldLayout, ...]:
    fields = tuple(sorted((FieldLayout(**row) for row in rows), key=lambda f: f.offset))
    position = start
    for field in fields:
        width = _INTEGERS[field.type][1] if field.type in _INTEGERS else field.length
        if field.type in _ONE_BYTE:
            width = 1
        elif field.type not in _INTEGERS and field.type != "text":
            raise ConfigError(f"order layout, {where}.{field.name}: a known type expected, found {field.type!r}")
        if field.length != width or field.length < 1:
            raise ConfigError(f"order layout, {where}.{field.name}: length {width} expected, found {field.length}")
        if field.offset < position:
            raise ConfigError(
                f"order layout, {where}.{field.name}: offset {position} or more expected, found {field.offset}"
            )
        position = field.offset + field.length
    if position > end:
        raise ConfigError(f"order layout, {where}: fields within {end} bytes expected, found {position}")
    return fields


def _format(fields: tuple[FieldLayout, ...], start: int, end: int) -> str:
    parts = []
    position = start
    for field in fields:
        if field.offset > position:
            parts.append(f"{field.offset - position}x")
        parts.append(_INTEGERS[field.type][0] if field.type in _INTEGERS else f"{field.length}s")
        position = field.offset + field.length
    if end > position:
        parts.append(f"{end - position}x")
    return "".join(parts)


def _check_names(where: str, found: tuple[str, ...], expected: tuple[str, ...]) -> None:
    if sorted(found) != sorted(expected):
        raise ConfigError(f"order layout, {where}: {sorted(expected)} expected, found {sorted(found)}")


def _char(where: str, text: str) -> int:
    if len(text) != 1 or not text.isascii() or not text.isprintable():
        raise ConfigError(f"order layout, {where}: one printable ASCII character expected, found {text!r}")
    return ord(text)


def _codes(name: str, rows: dict[str, str]) -> dict[str, Enum]:
    enum = _CODE_ENUMS.get(name)
    if enum is None:
        raise ConfigError(f"order layout: codes for one of {sorted(_CODE_ENUMS)} expected, found {name!r}")
    members = {chr(_char(f"codes.{name}.{member}", code)): enum[member] for member, code in rows.items()}
    if len(members) != len(rows):
        raise ConfigError(f"order layout, codes.{name}: one character per member expected, found a repeated one")
    return members


def _encoder(field: FieldLayout, codes: dict[str, dict[str, Enum]]) -> Converter | None:
    if field.type == "text":
        return _text_encoder(field.name, field.length)
    if field.type in ("code", "blank_code"):
        table: dict[Enum | None, bytes] = {member: char.encode("ascii") for char, member in codes[field.codes].items()}
        return (table | _BLANK if field.type == "blank_code" else table).__getitem__
    if field.type == "bool":
        return (b"\x00", b"\x01").__getitem__
    return None


def _text_encoder(name: str, length: int) -> Converter:
    def encode(text: str) -> bytes:
        if len(text) > length or not text.isascii() or not text.isprintable() or text.endswith(" "):
            raise ValueError(f"{name}: up to {length} printable ASCII characters expected, found {text!r}")
        return text.encode("ascii").ljust(length)

    return encode


def _decoder(field: FieldLayout, codes: dict[str, dict[str, Enum]]) -> Converter | None:
    if field.type == "text":
        return _text_decoder(field.name)
    if field.type in ("code", "blank_code"):
        table: dict[bytes, Any] = {char.encode("ascii"): member for char, member in codes[field.codes].items()}
        return _code_decoder(field.name, table | {b" ": None} if field.type == "blank_code" else table)
    if field.type == "bool":
        return _code_decoder(field.name, {b"\x00": False, b"\x01": True})
    return None


def _text_decoder(name: str) -> Converter:
    def decode(raw: bytes) -> str:
        if raw.isascii():
            text = raw.decode("ascii")
            if text.isprintable():
                return text.rstrip(" ")
        raise ValueError(f"{name}: printable ASCII expected, found {raw!r}")

    return decode


def _code_decoder(name: str, table: dict[bytes, Any]) -> Converter:
    return _Codes(name, table).__getitem__


class _Codes(dict[bytes, Any]):
    """A table of codes that refuses others: looking one up costs no call."""

    def __init__(self, name: str, table: dict[bytes, Any]) -> None:
        super().__init__(table)
        self._name = name

    def __missing__(self, raw: bytes) -> Any:
        raise ValueError(f"{self._name}: one of {b''.join(self)!r} expected, found {raw!r}")
