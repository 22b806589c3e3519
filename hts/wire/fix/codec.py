"""FIX tag=value: fields out of a frame, and back.

A frame is `8=...|9=n|` then n bytes of which the first field is MsgType(35), then `10=nnn|`. Everything that breaks
these rules is garbled (FIX 4.4 volume 2, "Message Integrity"): it is reported and skipped by hts.wire.fix.framing, and
the numbers of the session stay as they are, so that the peer is asked for the message again.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.dictionary import MemberList

SOH: Final = b"\x01"
CHECKED_BYTES: Final = 256  # as many bytes of 255 still fit Adler's modulus, so that its low half is their sum
TRAILER_BYTES: Final = 7  # 10=nnn and the delimiter
_SIZE_DIGITS_MAX: Final = 7
TAG_DIGITS_MAX: Final = 9
_INTEGER: Final = re.compile(rb"-?\d{1,9}")

BEGIN_STRING: Final = 8
BODY_LENGTH: Final = 9
CHECK_SUM: Final = 10
MSG_TYPE: Final = 35

Field = tuple[int, bytes]
Fields = tuple[Field, ...]


def check_sum(data: bytes) -> int:
    """CheckSum(10): the sum of all bytes modulo 256."""
    if len(data) <= CHECKED_BYTES:
        return zlib.adler32(data, 0) & 0xFF
    adler = zlib.adler32
    if len(data) <= 2 * CHECKED_BYTES:
        return ((adler(data[:CHECKED_BYTES], 0) & 0xFFFF) + (adler(data[CHECKED_BYTES:], 0) & 0xFFFF)) & 0xFF
    parts = range(0, len(data), CHECKED_BYTES)
    return sum(adler(data[at : at + CHECKED_BYTES], 0) & 0xFFFF for at in parts) & 0xFF


def wrap(begin_string: bytes, rest: bytes) -> bytes:
    """A whole frame around the bytes from MsgType(35) on; `rest` ends with the delimiter."""
    data = b"8=%b\x019=%d\x01%b" % (begin_string, len(rest), rest)
    return b"%b10=%03d\x01" % (data, check_sum(data))


def join(fields: Iterable[Field]) -> bytes:
    """Fields as bytes, each with its delimiter."""
    return b"".join([b"%d=%b\x01" % field for field in fields])


def to_value(value: "str | bytes | int | bool | Decimal") -> bytes:
    """A Python value as FIX writes it; text in UTF-8."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, bool):
        return b"Y" if value else b"N"
    return f"{value:f}".encode() if isinstance(value, Decimal) else str(value).encode()


class FieldList:
    """Fields in the order of the wire. `index` gives a tag's first place."""

    __slots__ = ("index", "tags", "values")

    def __init__(self, tags: Sequence[int], values: Sequence[bytes], index: dict[int, int] | None = None) -> None:
        self.tags = tags
        self.values = values
        self.index = _first_places(tags) if index is None else index

    def __contains__(self, tag: int) -> bool:
        return tag in self.index

    def get(self, tag: int) -> bytes | None:
        """The value of a tag, None where it is absent."""
        place = self.index.get(tag)
        return None if place is None else self.values[place]

    def text(self, tag: int, default: str = "") -> str:
        """The value as text; bytes that are no UTF-8 are shown escaped."""
        value = self.get(tag)
        return default if value is None else value.decode("utf-8", "backslashreplace")

    def integer(self, tag: int, default: int = 0) -> int:
        """The value as an integer. Raises RemoteProtocolError."""
        value = self.get(tag)
        if value is None:
            return default
        if _INTEGER.fullmatch(value) is None and not (value.isdigit() and len(value) <= 19):
            raise RemoteProtocolError(f"{tag}: an integer expected, found {value[:32]!r}")
        return int(value)

    def is_set(self, tag: int) -> bool:
        """Whether a Boolean is there and Y."""
        return self.get(tag) == b"Y"

    def fields(self) -> Fields:
        """Tags and values in order."""
        return tuple(zip(self.tags, self.values, strict=True))

    def entries(self, count_tag: int, group: MemberList) -> list["FieldList"]:
        """The entries of a repeating group, with what is nested in them; none where the group is absent.

        Each entry begins with the group's first field. Raises RemoteProtocolError where the count differs.
        """
        place = self.index.get(count_tag)
        if place is None:
            return []
        end = extent(self.tags, place, group)
        starts = [at for at in range(place + 1, end) if self.tags[at] == group.first]
        expected = self.integer(count_tag)
        if len(starts) != expected:
            raise RemoteProtocolError(f"{count_tag}: {expected} entries expected, found {len(starts)}")
        cuts = [*starts, end]
        return [FieldList(self.tags[a:b], self.values[a:b]) for a, b in pairwise(cuts)]


class FixMessage(FieldList):
    """One received message; `frame` are its bytes, `msg_type` is MsgType(35)."""

    __slots__ = ("frame", "msg_type")

    def __init__(
        self, frame: bytes, tags: Sequence[int], values: Sequence[bytes], index: dict[int, int] | None = None
    ) -> None:
        # Not through super(): this is made for each message.
        self.tags = tags
        self.values = values
        self.index = _first_places(tags) if index is None else index
        self.frame = frame
        self.msg_type = values[2].decode("ascii", "backslashreplace")

    @property
    def begin_string(self) -> bytes:
        return self.values[0]

    def body(self, header: MemberList, trailer: MemberList) -> Fields:
        """The fields between header and trailer."""
        known = _flat(header) | _flat(trailer)
        return tuple((tag, value) for tag, value in zip(self.tags, self.values, strict=True) if tag not in known)


def _first_places(tags: Sequence[int]) -> dict[int, int]:
    return dict(zip(reversed(tags), range(len(tags) - 1, -1, -1), strict=True))


def _flat(members: MemberList) -> set[int]:
    return set(members.order).union(*(_flat(group) for group in members.groups.values()))


def extent(tags: Sequence[int], place: int, group: MemberList) -> int:
    """Where the group whose count stands at `place` ends: the index behind its last field."""
    inside = _flat(group)
    end = place + 1
    while end < len(tags) and tags[end] in inside:
        end += 1
    return end


def in_order(fields: Fields, members: MemberList) -> Fields:
    """Fields sorted by tag, each group behind its count and as it was."""
    tags = [tag for tag, _ in fields]
    units: list[Fields] = []
    at = 0
    while at < len(fields):
        group = members.groups.get(tags[at])
        end = at + 1 if group is None else extent(tags, at, group)
        units.append(fields[at:end])
        at = end
    units.sort(key=lambda unit: unit[0][0])
    return tuple(field for unit in units for field in unit)


def split(frame: bytes, data_lengths: dict[int, int]) -> tuple[list[int], list[bytes]]:
    """Tags and values of a frame. Raises RemoteProtocolError where a field is not `tag=value`.

    A data field may hold the delimiter: its length field, which stands right before it, says where it ends.
    """
    tags: list[int] = []
    values: list[bytes] = []
    for part in frame.split(SOH)[:-1]:
        name, equals, value = part.partition(b"=")
        if not equals or not (name.isdigit() and len(name) <= TAG_DIGITS_MAX):
            return _split_data(frame, data_lengths)
        tag = int(name)
        if tag in data_lengths and value not in (b"", b"0"):
            return _split_data(frame, data_lengths)
        tags.append(tag)
        values.append(value)
    return tags, values


def _split_data(frame: bytes, data_lengths: dict[int, int]) -> tuple[list[int], list[bytes]]:
    tags: list[int] = []
    values: list[bytes] = []
    for tag, start, end in walk(frame, data_lengths):
        tags.append(tag)
        values.append(frame[start:end])
    return tags, values


def walk(frame: bytes, data_lengths: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """(tag, start, end) of each value. Raises RemoteProtocolError where a field is not `tag=value`."""
    at, data_tag, data_size = 0, 0, 0
    while at < len(frame):
        equals = frame.find(b"=", at, at + 12)
        name = frame[at:equals]
        if equals < 0 or _INTEGER.fullmatch(name) is None:
            raise RemoteProtocolError(f"tag=value expected at byte {at}, found {frame[at : at + 16]!r}")
        tag = int(name)
        start = equals + 1
        if data_tag and tag == data_tag:
            end = start + data_size
            if frame[end : end + 1] != SOH:
                raise RemoteProtocolError(f"{tag}: {data_size} bytes and a delimiter expected, found another length")
        else:
            end = frame.find(SOH, start)
            if end < 0:
                raise RemoteProtocolError(f"{tag}: a delimiter expected, found the end of the message")
        yield tag, start, end
        data_tag = data_lengths.get(tag, 0)
        size = frame[start:end]
        data_size = int(size) if data_tag and size.isdigit() and len(size) <= _SIZE_DIGITS_MAX else 0
        data_tag = data_tag if data_size else 0
        at = end + 1


class Template:
    """Builds messages of one shape quickly: fixed header fields and tags, values and numbers filled in.

    `build` takes MsgSeqNum(34), SendingTime(52) and one value for each tag, in order.
    """

    def __init__(self, begin_string: str, msg_type: str, header: Fields, tags: Sequence[int]) -> None:
        head = join(((MSG_TYPE, msg_type.encode()), *header)).replace(b"%", b"%%")
        self._rest = head + b"34=%d\x0152=%b\x01" + b"".join(b"%d=%%b\x01" % tag for tag in tags)
        self._whole = b"8=" + begin_string.encode() + b"\x019=%d\x01%b"

    def build(self, seq: int, sending_time: bytes, *values: bytes) -> bytes:
        """The frame."""
        rest = self._rest % (seq, sending_time, *values)
        data = self._whole % (len(rest), rest)
        return b"%b10=%03d\x01" % (data, check_sum(data))
