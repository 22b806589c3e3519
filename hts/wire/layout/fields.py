"""Fixed fields, compiled: one struct with converters for what struct cannot read alone."""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from hts.wire.layout.table import INTEGERS, FieldRow
from hts.wire.layout.values import Field, scaled

Converter = Callable[[Any], Any]
_STRUCT_SIZES = {1: "B", 2: "H", 4: "I", 8: "Q"}


class FieldsCode:
    """Fields of fixed places. `pack` and `unpack` raise ValueError or struct.error for what does not fit."""

    def __init__(self, fields: Sequence[FieldRow], order: str, length: int) -> None:
        self.fields = tuple(fields)
        self.names = tuple(f.name for f in fields)
        self._struct = struct.Struct(order + _format(fields, length))
        endian: Literal["big", "little"] = "big" if order == ">" else "little"
        self._writers = [(i, w) for i, f in enumerate(fields) if (w := _writer(f, endian)) is not None]
        self._readers = [(i, r) for i, f in enumerate(fields) if (r := _reader(f, endian)) is not None]

    @property
    def size(self) -> int:
        """Bytes from the first field to the end of the fixed part."""
        return self._struct.size

    def unpack(self, data: bytes, offset: int = 0) -> list[Any]:
        """The values in the order of the places."""
        values = list(self._struct.unpack_from(data, offset))
        for place, read in self._readers:
            values[place] = read(values[place])
        return values

    def pack(self, values: Mapping[str, Any]) -> bytes:
        """The bytes of the values."""
        row = [values[name] for name in self.names]
        for place, write in self._writers:
            row[place] = write(row[place])
        try:
            return self._struct.pack(*row)
        except struct.error as error:
            raise ValueError(self._misfit(row) or str(error)) from error

    def _misfit(self, row: list[Any]) -> str:
        for field, value in zip(self.fields, row, strict=True):
            if field.type in INTEGERS and not isinstance(value, bytes) and not _fits(field, value):
                return f"{field.name}: {field.type} of {field.length} bytes expected, found {value!r}"
        return ""


def compile_fields(fields: Sequence[FieldRow], order: str, length: int) -> FieldsCode:
    """The code of fields that end within `length` bytes."""
    return FieldsCode(fields, order, length)


def explain_value(field: FieldRow, offset: int, raw: bytes, value: Any) -> Field:
    """A field for people."""
    code = str(value) or " " * field.length  # a code of blanks alone has lost its padding
    meaning = field.codes.get(code, "")
    shown = scaled(value, field.scale) if field.scale else value
    return Field(field.name, offset, len(raw), raw, shown, meaning)


def explained(name: str, offset: int, raw: bytes) -> Field:
    """Bytes without a type."""
    return Field(name, offset, len(raw), raw, raw)


def _format(fields: Sequence[FieldRow], length: int) -> str:
    parts = []
    position = 0
    for field in fields:
        if field.offset > position:
            parts.append(f"{field.offset - position}x")
        code = _STRUCT_SIZES.get(field.length) if field.type in INTEGERS else None
        if code is None:
            parts.append(f"{field.length}s")
        else:
            parts.append(code.lower() if field.type == "int" else code)
        position = field.offset + field.length
    if length > position:
        parts.append(f"{length - position}x")
    return "".join(parts)


def _fits(field: FieldRow, value: Any) -> bool:
    if not isinstance(value, int):
        return False
    bits = 8 * field.length
    if field.type == "int":
        return -(1 << bits - 1) <= value < 1 << bits - 1
    return 0 <= value < 1 << bits


def _writer(field: FieldRow, endian: Literal["big", "little"]) -> Converter | None:
    if field.type in INTEGERS:
        return None if field.length in _STRUCT_SIZES else _integer_writer(field, endian)
    if field.type == "digits":
        return lambda value: _padded(field, str(_natural(field, value)), left=True)
    if field.type == "bytes":
        return lambda value: _whole(field, value)
    return lambda value: _padded(field, value, left=field.type == "text_left")


def _reader(field: FieldRow, endian: Literal["big", "little"]) -> Converter | None:
    if field.type in INTEGERS:
        signed = field.type == "int"
        if field.length in _STRUCT_SIZES:
            return None
        return lambda raw: int.from_bytes(raw, endian, signed=signed)
    if field.type == "bytes":
        return None
    if field.type == "char":
        return lambda raw: ascii_text(field.name, raw)
    if field.type == "digits":
        return lambda raw: _number(field.name, raw)
    if field.type == "text_left":
        return lambda raw: ascii_text(field.name, raw).lstrip(" ")
    return lambda raw: ascii_text(field.name, raw).rstrip(" ")


def ascii_text(name: str, raw: bytes) -> str:
    """Printable ASCII. Raises ValueError."""
    if raw.isascii():
        text = raw.decode("ascii")
        if text.isprintable():
            return text
    raise ValueError(f"{name}: printable ASCII expected, found {raw!r}")


def ascii_bytes(name: str, text: Any) -> bytes:
    """The bytes of printable ASCII. Raises ValueError."""
    if not isinstance(text, str) or not text.isascii() or not text.isprintable():
        raise ValueError(f"{name}: printable ASCII expected, found {text!r}")
    return text.encode("ascii")


def _integer_writer(field: FieldRow, endian: Literal["big", "little"]) -> Converter:
    def write(value: Any) -> bytes:
        if not _fits(field, value):
            raise ValueError(f"{field.name}: {field.type} of {field.length} bytes expected, found {value!r}")
        return int(value).to_bytes(field.length, endian, signed=field.type == "int")

    return write


def _padded(field: FieldRow, text: Any, *, left: bool) -> bytes:
    raw = ascii_bytes(field.name, text)
    if len(raw) > field.length or (field.type == "char" and len(raw) != 1):
        raise ValueError(f"{field.name}: {field.length} characters at most expected, found {text!r}")
    # A space on the padded side would be lost when read; one character is never padded.
    if field.type != "char" and raw and raw[0 if left else -1] == ord(" "):
        raise ValueError(f"{field.name}: no space at the padded end expected, found {text!r}")
    return raw.rjust(field.length) if left else raw.ljust(field.length)


def _whole(field: FieldRow, value: Any) -> bytes:
    if not isinstance(value, bytes) or len(value) != field.length:
        raise ValueError(f"{field.name}: {field.length} bytes expected, found {value!r}")
    return value


def _natural(field: FieldRow, value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"{field.name}: a number of digits expected, found {value!r}")
    return value


def _number(name: str, raw: bytes) -> int:
    digits = raw.strip(b" ")
    if not digits.isdigit():
        raise ValueError(f"{name}: digits expected, found {raw!r}")
    return int(digits)
