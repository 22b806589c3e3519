"""Presence maps (FAST 1.1, 10.5): one bit per instruction that may be left out, in the order of the template."""

from hts.wire.fast.scalars import STOP, Reader


class PresenceBits:
    """The bits of one segment as they were received; beyond the end all bits are zero."""

    __slots__ = ("_bits", "_count", "_used")

    def __init__(self, bits: int = 0, count: int = 0) -> None:
        self._bits = bits
        self._count = count
        self._used = 0

    @classmethod
    def read(cls, reader: Reader) -> "PresenceBits":
        """The map at the reader's place."""
        return cls(*reader.presence_map())

    @property
    def text(self) -> str:
        """For people: the bits as received, sevens apart."""
        digits = format(self._bits, f"0{self._count}b") if self._count else ""
        return " ".join(digits[at : at + 7] for at in range(0, len(digits), 7))

    def take(self) -> bool:
        """The next bit."""
        self._used += 1
        place = self._count - self._used
        return place >= 0 and bool(self._bits >> place & 1)

    @property
    def has_surplus(self) -> bool:
        """Whether there are more bits than the taken ones need, in sevens (R8)."""
        return self._count > max(7, (self._used + 6) // 7 * 7)


class PresenceWriter:
    """Collects the bits of one segment."""

    __slots__ = ("_bits",)

    def __init__(self) -> None:
        self._bits: list[bool] = []

    def put(self, bit: bool) -> None:
        """The next bit."""
        self._bits.append(bit)

    def data(self) -> bytes:
        """The shortest map: zeroes at the end are left out, seven at a time."""
        out = bytearray()
        for start in range(0, len(self._bits), 7):
            group = self._bits[start : start + 7]
            out.append(sum(bit << 6 - place for place, bit in enumerate(group)))
        while len(out) > 1 and out[-1] == 0:
            out.pop()
        out = out or bytearray(1)
        out[-1] |= STOP
        return bytes(out)
