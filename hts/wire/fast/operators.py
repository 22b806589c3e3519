"""The field operators, reading and writing (FAST 1.1, 6.3 and 10.5.1).

Each pair of functions here is one operator. A reader gives the field's value or None where the field is absent; it
takes its presence bit, reads what is in the stream, and updates the previous value. A writer is its mirror image.
Where the specification leaves the writer a choice, the shorter form is taken:

    copy, increment, tail of an absent field with an undefined previous value and no initial value: bit clear
    delta of texts: what is common at the front stays, unless more is common at the back
    tail: the shortest tail that changes what differs
"""

from collections.abc import Callable
from typing import Any, Final, cast

from hts.wire.fast import scalars
from hts.wire.fast.dictionary import EMPTY, UNDEFINED, Dictionaries
from hts.wire.fast.errors import Fault
from hts.wire.fast.instructions import Operator, Scalar
from hts.wire.fast.presence import PresenceBits, PresenceWriter
from hts.wire.fast.scalars import DELTA, INT32, INT64, Reader
from hts.wire.fast.values import BOUNDS, FieldType, Scaled

Read = Callable[[Scalar, Reader, PresenceBits, Dictionaries], Any]
Write = Callable[[Scalar, Any, bytearray, PresenceWriter, Dictionaries], None]

_SIGNED: Final = frozenset((FieldType.INT32, FieldType.INT64))
_BASES: Final = {FieldType.DECIMAL: Scaled(0, 0)}


# -- values in the stream --


def read_value(kind: FieldType, reader: Reader, *, nullable: bool) -> Any:
    """A value of `kind`, or None for NULL."""
    if kind in _SIGNED:
        return reader.signed(nullable=nullable, bounds=BOUNDS[kind])
    if kind in BOUNDS:
        return reader.unsigned(nullable=nullable, bounds=BOUNDS[kind])
    if kind is FieldType.ASCII:
        return reader.ascii(nullable=nullable)
    if kind is FieldType.DECIMAL:
        exponent = reader.signed(nullable=nullable, bounds=INT32)
        if exponent is None:
            return None
        return Scaled(exponent, cast("int", reader.signed(nullable=False, bounds=INT64))).checked()
    raw = reader.vector(nullable=nullable)
    return _utf8(raw) if kind is FieldType.UNICODE and raw is not None else raw


def write_value(kind: FieldType, value: Any, *, nullable: bool) -> bytes:
    """The mirror image of read_value."""
    if kind in _SIGNED:
        return scalars.signed(value, nullable=nullable)
    if kind in BOUNDS:
        return scalars.unsigned(value, nullable=nullable)
    if kind is FieldType.ASCII:
        return scalars.ascii_string(value, nullable=nullable)
    if kind is FieldType.DECIMAL:
        if value is None:
            return scalars.signed(None, nullable=nullable)
        return scalars.signed(value.exponent, nullable=nullable) + scalars.signed(value.mantissa, nullable=False)
    raw = value.encode() if isinstance(value, str) else value
    return scalars.vector(raw, nullable=nullable)


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault("R2", f"UTF-8 expected, found {raw[:20].hex()}") from error


def _to_raw(kind: FieldType, value: Any) -> bytes:
    """A text as the bytes that delta and tail act on."""
    if kind is FieldType.BYTES:
        return cast("bytes", value)
    return cast("str", value).encode("ascii" if kind is FieldType.ASCII else "utf-8")


def _from_raw(kind: FieldType, raw: bytes) -> Any:
    if kind is FieldType.BYTES:
        return raw
    return raw.decode("ascii") if kind is FieldType.ASCII else _utf8(raw)


def _read_raw(kind: FieldType, reader: Reader, *, nullable: bool) -> bytes | None:
    if kind is not FieldType.ASCII:
        return reader.vector(nullable=nullable)
    text = reader.ascii(nullable=nullable)
    return None if text is None else text.encode("ascii")


def _write_raw(kind: FieldType, raw: bytes | None, *, nullable: bool) -> bytes:
    if kind is not FieldType.ASCII:
        return scalars.vector(raw, nullable=nullable)
    return scalars.ascii_string(None if raw is None else raw.decode("ascii"), nullable=nullable)


# -- none, constant, default --


def _read_none(field: Scalar, reader: Reader, _bits: PresenceBits, _memory: Dictionaries) -> Any:
    return read_value(field.kind, reader, nullable=field.is_optional)


def _write_none(field: Scalar, value: Any, out: bytearray, _bits: PresenceWriter, _memory: Dictionaries) -> None:
    out += write_value(field.kind, value, nullable=field.is_optional)


def _read_constant(field: Scalar, _reader: Reader, bits: PresenceBits, _memory: Dictionaries) -> Any:
    return None if field.is_optional and not bits.take() else field.initial


def _write_constant(field: Scalar, value: Any, _out: bytearray, bits: PresenceWriter, _memory: Dictionaries) -> None:
    if value is not None and value != field.initial:
        raise Fault("D3", f"the constant {field.initial!r} expected, found {value!r}")
    if field.is_optional:
        bits.put(value is not None)


def _read_default(field: Scalar, reader: Reader, bits: PresenceBits, _memory: Dictionaries) -> Any:
    return read_value(field.kind, reader, nullable=field.is_optional) if bits.take() else field.initial


def _write_default(field: Scalar, value: Any, out: bytearray, bits: PresenceWriter, _memory: Dictionaries) -> None:
    bits.put(value != field.initial)
    if value != field.initial:
        out += write_value(field.kind, value, nullable=field.is_optional)


# -- copy, increment --


def _when_left_out(field: Scalar, previous: Any, codes: tuple[str, str]) -> Any:
    """The value of a field that is not in the stream: initial, or absent; previous values are the caller's."""
    if previous is UNDEFINED:
        if field.initial is None and not field.is_optional:
            raise Fault(codes[0], "a value in the stream, a previous or an initial value expected, found none")
        return field.initial
    if previous is EMPTY and not field.is_optional:
        raise Fault(codes[1], "a value in the stream or a previous value expected, found an empty one")
    return previous


def _read_copy(field: Scalar, reader: Reader, bits: PresenceBits, memory: Dictionaries) -> Any:
    if bits.take():
        value = read_value(field.kind, reader, nullable=field.is_optional)
    else:
        value = _when_left_out(field, memory.get(field.place, field.kind), ("D5", "D6"))
    memory.put(field.place, field.kind, value)
    return value


def _write_copy(field: Scalar, value: Any, out: bytearray, bits: PresenceWriter, memory: Dictionaries) -> None:
    previous = memory.get(field.place, field.kind)
    implied = field.initial if previous is UNDEFINED else previous
    bits.put(value != implied)
    if value != implied:
        out += write_value(field.kind, value, nullable=field.is_optional)
    memory.put(field.place, field.kind, value)


def _incremented(field: Scalar, previous: Any) -> Any:
    if previous is UNDEFINED or previous is EMPTY:
        return previous
    low, high = BOUNDS[field.kind]
    return low if previous == high else previous + 1


def _read_increment(field: Scalar, reader: Reader, bits: PresenceBits, memory: Dictionaries) -> Any:
    if bits.take():
        value = read_value(field.kind, reader, nullable=field.is_optional)
    else:
        previous = _incremented(field, memory.get(field.place, field.kind))
        value = _when_left_out(field, previous, ("D5", "D6"))
    memory.put(field.place, field.kind, value)
    return value


def _write_increment(field: Scalar, value: Any, out: bytearray, bits: PresenceWriter, memory: Dictionaries) -> None:
    previous = _incremented(field, memory.get(field.place, field.kind))
    implied = field.initial if previous is UNDEFINED else previous
    bits.put(value != implied)
    if value != implied:
        out += write_value(field.kind, value, nullable=field.is_optional)
    memory.put(field.place, field.kind, value)


# -- delta --


def _delta_base(field: Scalar, memory: Dictionaries) -> Any:
    previous = memory.get(field.place, field.kind)
    if previous is EMPTY:
        raise Fault("D6", "a delta on an assigned previous value expected, found an empty one")
    if previous is not UNDEFINED:
        return previous
    if field.initial is not None:
        return field.initial
    if field.kind in BOUNDS:
        return 0
    return _BASES.get(field.kind, b"" if field.kind is FieldType.BYTES else "")


def _read_delta(field: Scalar, reader: Reader, _bits: PresenceBits, memory: Dictionaries) -> Any:
    kind, nullable = field.kind, field.is_optional
    bounds = DELTA if kind in BOUNDS else INT32
    try:
        first = reader.signed(nullable=nullable, bounds=bounds)
    except Fault as fault:
        if kind in BOUNDS or kind is FieldType.DECIMAL:
            raise
        raise Fault("D7", f"subtraction length: {fault}") from fault
    if first is None:
        return None
    if kind in BOUNDS:
        value: Any = _delta_base(field, memory) + first
        low, high = BOUNDS[kind]
        if not low <= value <= high:
            raise Fault("R4", f"a sum {low}..{high} expected, found {value}")
    elif kind is FieldType.DECIMAL:
        second = cast("int", reader.signed(nullable=False, bounds=DELTA))
        base = _delta_base(field, memory)
        value = Scaled(base.exponent + first, base.mantissa + second).checked()
    else:
        added = cast("bytes", _read_raw(kind, reader, nullable=False))
        raw = _spliced(_to_raw(kind, _delta_base(field, memory)), first, added)
        reader.spend(len(raw))
        value = _from_raw(kind, raw)
    memory.put(field.place, kind, value)
    return value


def _spliced(base: bytes, subtraction: int, added: bytes) -> bytes:
    """A negative length removes at the front, and is one lower than what it removes (6.3.7.3)."""
    count = subtraction if subtraction >= 0 else -subtraction - 1
    if count > len(base):
        raise Fault("D7", f"a subtraction length up to {len(base)} expected, found {count}")
    return base[: len(base) - count] + added if subtraction >= 0 else added + base[count:]


def _write_delta(field: Scalar, value: Any, out: bytearray, _bits: PresenceWriter, memory: Dictionaries) -> None:
    kind, nullable = field.kind, field.is_optional
    if value is None:
        out += scalars.signed(None, nullable=nullable)
        return
    base = _delta_base(field, memory)
    if kind in BOUNDS:
        out += scalars.signed(value - base, nullable=nullable)
    elif kind is FieldType.DECIMAL:
        out += scalars.signed(value.exponent - base.exponent, nullable=nullable)
        out += scalars.signed(value.mantissa - base.mantissa, nullable=False)
    else:
        subtraction, added = _splice_of(_to_raw(kind, base), _to_raw(kind, value))
        out += scalars.signed(subtraction, nullable=nullable) + _write_raw(kind, added, nullable=False)
    memory.put(field.place, kind, value)


def _splice_of(base: bytes, value: bytes) -> tuple[int, bytes]:
    front = _common(base, value)
    back = _common(base[::-1], value[::-1])
    if front >= back:
        return len(base) - front, value[front:]
    return -(len(base) - back) - 1, value[: len(value) - back]


def _common(one: bytes, other: bytes) -> int:
    """Length of the common beginning."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))


# -- tail --


def _tail_base(field: Scalar, memory: Dictionaries) -> bytes:
    previous = memory.get(field.place, field.kind)
    if previous is UNDEFINED or previous is EMPTY:
        return b"" if field.initial is None else _to_raw(field.kind, field.initial)
    return _to_raw(field.kind, previous)


def _read_tail(field: Scalar, reader: Reader, bits: PresenceBits, memory: Dictionaries) -> Any:
    if bits.take():
        tail = _read_raw(field.kind, reader, nullable=field.is_optional)
        if tail is None:
            value = None
        else:
            base = _tail_base(field, memory)
            raw = base[: max(0, len(base) - len(tail))] + tail
            reader.spend(len(raw))
            value = _from_raw(field.kind, raw)
    else:
        value = _when_left_out(field, memory.get(field.place, field.kind), ("D6", "D7"))
    memory.put(field.place, field.kind, value)
    return value


def _write_tail(field: Scalar, value: Any, out: bytearray, bits: PresenceWriter, memory: Dictionaries) -> None:
    previous = memory.get(field.place, field.kind)
    implied = field.initial if previous is UNDEFINED else previous
    bits.put(value != implied)
    if value != implied:
        tail = None if value is None else _tail_of(_tail_base(field, memory), _to_raw(field.kind, value))
        out += _write_raw(field.kind, tail, nullable=field.is_optional)
    memory.put(field.place, field.kind, value)


def _tail_of(base: bytes, value: bytes) -> bytes:
    if len(value) > len(base):
        return value
    if len(value) < len(base):
        # A tail replaces as many bytes as it has, so a value never gets shorter.
        raise Fault("D3", f"a value of at least {len(base)} bytes for a tail expected, found {len(value)}")
    return value[_common(base, value) :]


READS: Final[dict[Operator, Read]] = {
    Operator.NONE: _read_none,
    Operator.CONSTANT: _read_constant,
    Operator.DEFAULT: _read_default,
    Operator.COPY: _read_copy,
    Operator.INCREMENT: _read_increment,
    Operator.DELTA: _read_delta,
    Operator.TAIL: _read_tail,
}
WRITES: Final[dict[Operator, Write]] = {
    Operator.NONE: _write_none,
    Operator.CONSTANT: _write_constant,
    Operator.DEFAULT: _write_default,
    Operator.COPY: _write_copy,
    Operator.INCREMENT: _write_increment,
    Operator.DELTA: _write_delta,
    Operator.TAIL: _write_tail,
}
