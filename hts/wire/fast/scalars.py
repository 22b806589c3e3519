"""The transfer encoding of single values: stop bit entities, strings, byte vectors (FAST 1.1, 10.2 and 10.6).

An entity is a run of bytes with seven bits each; the high bit marks the last byte. A nullable integer that is not
negative is sent one higher, so that zero is free to mean "no value". Reading raises Incomplete where the bytes end
too early; nothing is kept half read.
"""

import re
from typing import Final

from hts.wire.fast.errors import Fault, Incomplete

STOP: Final = 0x80
INT32: Final = (-(2**31), 2**31 - 1)
UINT32: Final = (0, 2**32 - 1)
INT64: Final = (-(2**63), 2**63 - 1)
UINT64: Final = (0, 2**64 - 1)
# A delta of a 64 bit integer leads from any value to any other.
DELTA: Final = (-(2**64), 2**64)

_ENTITY_BYTES_MAX: Final = 10  # 70 bits: every integer above, nullable, fits
_LAST_BYTE: Final = re.compile(rb"[\x80-\xff]")


class Reader:
    """A place in received bytes. `reported` collects the codes of what is tolerated.

    `budget` is how many bytes delta and tail may make out of previous values within this message.
    """

    __slots__ = ("_budget", "_length_max", "at", "data", "end", "reported")

    def __init__(self, data: bytes | bytearray, at: int, end: int, *, length_max: int, budget: int) -> None:
        self.data = data
        self.at = at
        self.end = end
        self.reported: list[str] = []
        self._length_max = length_max
        self._budget = budget

    def spend(self, length: int) -> None:
        """Account for a value of `length` bytes that was combined with a previous one."""
        self._budget -= length
        if length > self._length_max or self._budget < 0:
            raise Fault("LIMIT", f"a combined value within {self._length_max} bytes and the message's budget expected")

    def _entity_end(self, what: str, bytes_max: int) -> int:
        found = _LAST_BYTE.search(self.data, self.at, min(self.end, self.at + bytes_max))
        if found is not None:
            return found.end()
        if self.end - self.at >= bytes_max:
            code = "D2" if bytes_max == _ENTITY_BYTES_MAX else "LIMIT"
            raise Fault(code, f"{what}: a stop bit within {bytes_max} bytes expected, found none")
        raise Incomplete(self.end + 1)

    def unsigned(self, *, nullable: bool, bounds: tuple[int, int], overlong_allowed: bool = False) -> int | None:
        """Unsigned Integer (10.6.1.2)."""
        start, data = self.at, self.data
        end = self._entity_end("integer", _ENTITY_BYTES_MAX)
        value = 0
        for byte in data[start:end]:
            value = value << 7 | byte & 0x7F
        if end - start > 1 and data[start] == 0 and not overlong_allowed:
            self.reported.append("R6")
        self.at = end
        if nullable:
            if value == 0:
                return None
            value -= 1
        return _bounded(value, bounds)

    def signed(self, *, nullable: bool, bounds: tuple[int, int]) -> int | None:
        """Signed Integer, two's complement (10.6.1.1)."""
        start, data = self.at, self.data
        end = self._entity_end("integer", _ENTITY_BYTES_MAX)
        first = data[start]
        value = -1 if first & 0x40 else 0
        for byte in data[start:end]:
            value = value << 7 | byte & 0x7F
        # Overlong: the first seven bits only repeat the sign bit of the next seven.
        if end - start > 1 and first in (0x00, 0x7F) and (first & 0x40) == (data[start + 1] & 0x40):
            self.reported.append("R6")
        self.at = end
        if nullable:
            if value == 0:
                return None
            if value > 0:
                value -= 1
        return _bounded(value, bounds)

    def ascii(self, *, nullable: bool) -> str | None:
        """ASCII String with its zero preambles (10.6.3)."""
        end = self._entity_end("string", self._length_max)
        raw = bytes(self.data[self.at : end - 1]) + bytes((self.data[end - 1] & 0x7F,))
        self.at = end
        if nullable and raw[0] == 0:
            raw = raw[1:]
            if not raw:
                return None
            if raw[0] != 0:
                self.reported.append("R9")
                return raw.decode("ascii")
        if raw[0] == 0:
            raw = raw[1:]
            if raw and raw[0] != 0:
                self.reported.append("R9")
        return raw.decode("ascii")

    def vector(self, *, nullable: bool) -> bytes | None:
        """Byte Vector: length, bytes (10.6.5)."""
        length = self.unsigned(nullable=nullable, bounds=UINT32)
        if length is None:
            return None
        if length > self._length_max:
            raise Fault("LIMIT", f"byte vector: at most {self._length_max} bytes expected, found {length}")
        start, self.at = self.at, self.at + length
        if self.at > self.end:
            raise Incomplete(self.at)
        return bytes(self.data[start : self.at])

    def presence_map(self) -> tuple[int, int]:
        """Its bits as an integer, and how many there are."""
        start = self.at
        end = self._entity_end("presence map", self._length_max)
        bits = 0
        for byte in self.data[start:end]:
            bits = bits << 7 | byte & 0x7F
        if end - start > 1 and self.data[end - 1] == STOP:
            self.reported.append("R7")
        self.at = end
        return bits, 7 * (end - start)


def _bounded(value: int, bounds: tuple[int, int]) -> int:
    if not bounds[0] <= value <= bounds[1]:
        raise Fault("D2", f"an integer {bounds[0]}..{bounds[1]} expected, found {value}")
    return value


def _sevens(value: int, count: int) -> bytearray:
    out = bytearray((value >> 7 * place) & 0x7F for place in range(count - 1, -1, -1))
    out[-1] |= STOP
    return out


def unsigned(value: int | None, *, nullable: bool) -> bytes:
    """Shortest Unsigned Integer; None is NULL."""
    if value is None:
        assert nullable, "NULL of a type that has none"
        return b"\x80"
    value += nullable
    return bytes(_sevens(value, max(1, (value.bit_length() + 6) // 7)))


def signed(value: int | None, *, nullable: bool) -> bytes:
    """Shortest Signed Integer; None is NULL."""
    if value is None:
        assert nullable, "NULL of a type that has none"
        return b"\x80"
    if nullable and value >= 0:
        value += 1
    magnitude = value if value >= 0 else ~value
    return bytes(_sevens(value, magnitude.bit_length() // 7 + 1))


def ascii_string(value: str | None, *, nullable: bool) -> bytes:
    """ASCII String; None is NULL."""
    if value is None:
        assert nullable, "NULL of a type that has none"
        return b"\x80"
    raw = bytearray(value.encode("ascii"))
    if not raw or raw[0] == 0:
        raw[:0] = b"\0\0" if nullable else b"\0"
    raw[-1] |= STOP
    return bytes(raw)


def vector(value: bytes | None, *, nullable: bool) -> bytes:
    """Byte Vector; None is NULL."""
    return unsigned(None if value is None else len(value), nullable=nullable) + (value or b"")
