"""What may follow the fixed part of a message: the rest, options, a group of rows."""

from collections.abc import Mapping
from typing import Any, Protocol

from hts.wire.layout.fields import FieldsCode, ascii_bytes, ascii_text, explain_value, explained
from hts.wire.layout.table import OPTIONS_HEAD, FieldRow, OptionRow, ProtocolTable
from hts.wire.layout.values import Field

UNKNOWN_TAG = "tag_"
_OPTION_HEAD = 2  # one byte of length, one of tag
_OPTION_LENGTH_MAX = 255


class Tail(Protocol):
    """The last field of a message, of any length."""

    name: str

    def decode(self, raw: bytes, fields: Mapping[str, Any]) -> Any:
        """The value. Raises ValueError."""

    def encode(self, value: Any) -> bytes:
        """The bytes. Raises ValueError or TypeError."""

    def explain(self, raw: bytes, offset: int) -> list[Field]:
        """The bytes, which decode, for people."""


def compile_tail(row: FieldRow, table: ProtocolTable) -> Tail:
    """The code of a message's last field."""
    order = ">" if table.byte_order == "big" else "<"
    if row.type == "options":
        return _Options(row, table.options, order)
    if row.type == "group":
        return _Group(row, order)
    return _Rest(row)


class _Rest:
    """Whatever follows, as bytes or as text."""

    def __init__(self, row: FieldRow) -> None:
        self.name = row.name
        self._is_text = row.type == "rest_text"

    def decode(self, raw: bytes, fields: Mapping[str, Any]) -> Any:  # noqa: ARG002  the rest depends on nothing
        return ascii_text(self.name, raw) if self._is_text else raw

    def encode(self, value: Any) -> bytes:
        return ascii_bytes(self.name, value) if self._is_text else bytes(memoryview(value))

    def explain(self, raw: bytes, offset: int) -> list[Field]:
        return [Field(self.name, offset, len(raw), raw, self.decode(raw, {}))]


class _Group:
    """Rows of fixed fields."""

    def __init__(self, row: FieldRow, order: str) -> None:
        self.name = row.name
        self._code = FieldsCode(row.fields, order, sum(f.length for f in row.fields))

    def decode(self, raw: bytes, fields: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:  # noqa: ARG002
        size = self._code.size
        if len(raw) % size:
            raise ValueError(f"{self.name}: rows of {size} bytes expected, found {len(raw)} bytes")
        names = self._code.names
        return tuple(dict(zip(names, self._code.unpack(raw, at), strict=True)) for at in range(0, len(raw), size))

    def encode(self, value: Any) -> bytes:
        for row in value:
            if row.keys() != set(self._code.names):
                raise ValueError(f"{self.name}: fields {sorted(self._code.names)} expected, found {sorted(row)}")
        return b"".join(self._code.pack(row) for row in value)

    def explain(self, raw: bytes, offset: int) -> list[Field]:
        found = []
        for number, at in enumerate(range(0, len(raw), self._code.size)):
            for field, value in zip(self._code.fields, self._code.unpack(raw, at), strict=True):
                start = at + field.offset
                shown = explain_value(field, offset + start, raw[start : start + field.length], value)
                found.append(Field(f"{self.name}[{number}].{shown.name}", *_rest_of(shown)))
        return found


class _Options:
    """An appendage: two bytes of length, then options of tag and value in any order, each tag once."""

    def __init__(self, row: FieldRow, options: tuple[OptionRow, ...], order: str) -> None:
        self.name = row.name
        self._order = order
        self._rows = {o.tag: o.field for o in options}
        self._codes = {o.tag: FieldsCode([o.field], order, o.field.length) for o in options}
        self._tags = {o.field.name: o.tag for o in options}

    def decode(self, raw: bytes, fields: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        self._check_length(raw)
        found: dict[str, Any] = {}
        for tag, start, end in self._places(raw):
            code = self._codes.get(tag)
            name = f"{UNKNOWN_TAG}{tag}" if code is None else code.names[0]
            if name in found:
                raise ValueError(f"{self.name}: each tag once expected, found {tag} twice")
            if code is None:
                found[name] = raw[start:end]
                continue
            if end - start != code.size:
                raise ValueError(f"{self.name}.{name}: {code.size} bytes expected, found {end - start}")
            found[name] = code.unpack(raw, start)[0]
        return found

    def encode(self, value: Any) -> bytes:
        parts = []
        for name, option in value.items():
            tag = self._tags.get(name)
            if tag is None:
                tag = self._unknown_tag(name)
                body = bytes(memoryview(option))
            else:
                body = self._codes[tag].pack({name: option})
            if len(body) >= _OPTION_LENGTH_MAX:
                raise ValueError(f"{self.name}.{name}: less than 255 bytes expected, found {len(body)}")
            parts.append(bytes((len(body) + 1, tag)) + body)
        appendage = b"".join(parts)
        if len(appendage) > 0xFFFF:
            raise ValueError(f"{self.name}: 65535 bytes at most expected, found {len(appendage)}")
        return len(appendage).to_bytes(OPTIONS_HEAD, "big" if self._order == ">" else "little") + appendage

    def explain(self, raw: bytes, offset: int) -> list[Field]:
        found = [Field(f"{self.name}_length", offset, OPTIONS_HEAD, raw[:OPTIONS_HEAD], len(raw) - OPTIONS_HEAD)]
        for tag, start, end in self._places(raw):
            head = start - _OPTION_HEAD
            row = self._rows.get(tag)
            name = f"{self.name}.{row.name if row else f'{UNKNOWN_TAG}{tag}'}"
            found.append(Field(f"{name}.length", offset + head, 1, raw[head : head + 1], raw[head]))
            found.append(Field(f"{name}.tag", offset + head + 1, 1, raw[head + 1 : start], tag))
            body = raw[start:end]
            if row is None:
                found.append(explained(name, offset + start, body))
            else:
                shown = explain_value(row, offset + start, body, self._codes[tag].unpack(body)[0])
                found.append(Field(name, *_rest_of(shown)))
        return found

    def _check_length(self, raw: bytes) -> None:
        told = int.from_bytes(raw[:OPTIONS_HEAD], "big" if self._order == ">" else "little")
        if told != len(raw) - OPTIONS_HEAD:
            raise ValueError(f"{self.name}: {told} bytes expected, found {len(raw) - OPTIONS_HEAD}")

    def _places(self, raw: bytes) -> list[tuple[int, int, int]]:
        """Tag, start and end of each option's value."""
        places = []
        position = OPTIONS_HEAD
        while position < len(raw):
            size = raw[position]
            end = position + 1 + size
            if size < 1 or end > len(raw):
                raise ValueError(
                    f"{self.name}: an option of 1 to {len(raw) - position - 1} bytes expected, found {size}"
                )
            places.append((raw[position + 1], position + _OPTION_HEAD, end))
            position = end
        return places

    def _unknown_tag(self, name: str) -> int:
        digits = name.removeprefix(UNKNOWN_TAG)
        if name.startswith(UNKNOWN_TAG) and digits.isdigit() and int(digits) <= 255 and int(digits) not in self._rows:
            return int(digits)
        raise ValueError(f"{self.name}: an option of the table expected, found {name!r}")


def _rest_of(field: Field) -> tuple[Any, ...]:
    return field.offset, field.length, field.raw, field.value, field.meaning
