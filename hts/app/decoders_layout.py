"""`hts decode` of the protocols that tables describe: ITCH, OUCH, SoupBinTCP, MoldUDP64, FLEX, arrowhead (ours).

Raw means: messages one behind the other, each as long as its type says (or as its own length field says). Two zero
bytes in front of a message are stepped over, also with len16: recorded ITCH files with empty length prefixes exist.
Where client and venue use one letter for two messages, the one that fits the bytes and what follows is taken.
"""

from collections.abc import Iterator
from typing import Any

from hts.app.decoders import Decoded, Field
from hts.app.framings import Frames, Leftover, cut, need
from hts.wire.flex.packets import HEADER as FLEX_HEADER
from hts.wire.flex.packets import FlexCodec
from hts.wire.layout.codec import BinaryLayout
from hts.wire.layout.table import MessageRow
from hts.wire.layout.values import Field as WireField
from hts.wire.moldudp.packets import BLOCK_HEAD, END_OF_SESSION, HEADER_LENGTH, MoldCodec

HIDDEN = "<hidden>"
_SECRETS = frozenset(("password",))
_EMPTY_PREFIX = b"\x00\x00"
_FRAMINGS = ("raw", "len16", "soup", "mold")


class LayoutDecoder:
    """Messages of one table. `usual` is the framing that the protocol is mostly met in."""

    def __init__(self, layout: BinaryLayout, usual: str = "raw") -> None:
        self.framings = (usual, *(f for f in _FRAMINGS if f != usual))
        self._layout = layout
        table = layout.table
        self._type = slice(table.type_offset, table.type_offset + table.type_length)
        self._rows: dict[bytes, list[MessageRow]] = {}
        for row in table.messages:
            if row.type:
                self._rows.setdefault(row.type.encode("ascii"), []).append(row)

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Whole messages."""
        return self._len16(data) if framing == "len16" else cut(data, framing, self._raw)

    def decode(self, frame: bytes) -> Decoded:
        """One message, every byte of it."""
        message = self._layout.decode(frame)
        return Decoded(name=message.name, fields=_fields(self._layout.explain(frame)))

    def _len16(self, data: bytes) -> Frames:
        """Blocks by their length; where it is zero and a message of the table stands behind, by the message's own."""
        at = 0
        while at < len(data):
            need(data, at, len(_EMPTY_PREFIX), "block length")
            start = at + len(_EMPTY_PREFIX)
            length = int.from_bytes(data[at:start], "big")
            rows = [] if length else self._rows_at(data, start)
            need(data, at, start + length - at, f"block of length {length} with its prefix")
            end = self._end(data, start, rows) if rows else start + length
            if end > start:
                yield start, data[start:end]
            at = end

    def _raw(self, data: bytes) -> Frames:
        at = 0
        while at < len(data):
            rows = self._rows_at(data, at)
            if not rows and data[at : at + 2] == _EMPTY_PREFIX:
                at += 2
                rows = self._rows_at(data, at)
            if not rows:
                known = " ".join(sorted(key.decode("ascii") for key in self._rows))
                found = data[at : at + self._type.stop]
                raise Leftover(at, f"message type out of {known} expected, found {found!r}")
            end = self._end(data, at, rows)
            yield at, data[at:end]
            at = end

    def _rows_at(self, data: bytes, at: int) -> list[MessageRow]:
        return self._rows.get(data[at + self._type.start : at + self._type.stop], [])

    def _end(self, data: bytes, at: int, rows: list[MessageRow]) -> int:
        ends = [at + length for row in rows if (length := _length(row, data, at)) is not None]
        fitting = [end for end in ends if end <= len(data)]
        if not fitting:
            shortest = min(rows, key=lambda r: r.length)
            need(data, at, min(ends, default=at + shortest.length) - at, shortest.name)
        followed = [end for end in fitting if end == len(data) or self._rows_at(data, end)]
        return (followed or fitting)[0]


class MoldDecoder:
    """Packets, one behind the other; what is in them stays bytes (decode it with its own protocol's name)."""

    framings = ("raw",)

    def __init__(self, layout: BinaryLayout) -> None:
        self._layout = layout
        self._codec = MoldCodec(layout)

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Whole packets."""
        return cut(data, framing, self._raw)

    def decode(self, frame: bytes) -> Decoded:
        """Header and messages."""
        packet = self._codec.decode(frame)
        fields = list(_fields(self._layout.explain(frame[:HEADER_LENGTH], name="downstream_packet_header")))
        at = HEADER_LENGTH
        for number, message in enumerate(packet.messages):
            size, head = len(message), frame[at : at + BLOCK_HEAD]
            name = f"message[{number}]"
            fields.append(Field(name=f"{name}.length", offset=at, length=BLOCK_HEAD, raw=head, value=size))
            note = f"number {packet.seq + number}"
            fields.append(Field(name=name, offset=at + BLOCK_HEAD, length=size, raw=message, value=message, note=note))
            at += BLOCK_HEAD + size
        kind = "end_of_session" if packet.is_end else "packet" if packet.messages else "heartbeat"
        return Decoded(name=kind, fields=tuple(fields))

    def _raw(self, data: bytes) -> Frames:
        at = 0
        while at < len(data):
            need(data, at, HEADER_LENGTH, "MoldUDP64 header")
            count = int.from_bytes(data[at + HEADER_LENGTH - 2 : at + HEADER_LENGTH], "big")
            end = at + HEADER_LENGTH
            for _ in range(0 if count == END_OF_SESSION else count):
                need(data, end, BLOCK_HEAD, "MoldUDP64 message length")
                size = BLOCK_HEAD + int.from_bytes(data[end : end + BLOCK_HEAD], "big")
                need(data, end, size, "MoldUDP64 message")
                end += size
            yield at, data[at:end]
            at = end


class FlexDecoder:
    """Packets with their tags as parts."""

    framings = ("raw", "len16")

    def __init__(self, layout: BinaryLayout) -> None:
        self._layout = layout
        self._codec = FlexCodec(layout)
        self._header_length = layout.row(FLEX_HEADER).length

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Whole packets."""
        return cut(data, framing, self._raw)

    def decode(self, frame: bytes) -> Decoded:
        """Header, and each tag as a part."""
        head = self._layout.explain(frame[: self._header_length], name=FLEX_HEADER)
        parts = tuple(self._tag(at, raw) for at, raw in self._codec.tags(frame))
        return Decoded(name=FLEX_HEADER, fields=_fields(head), parts=parts)

    def _tag(self, at: int, raw: bytes) -> Decoded:
        length = Field(name="tag_length", offset=at - 1, length=1, raw=bytes((len(raw),)), value=len(raw))
        known = {self._layout.row(name).type for name in self._layout.names}
        if chr(raw[0]) not in known:
            rest = Field(name="data", offset=at, length=len(raw), raw=raw, value=raw, note="a tag without a table")
            return Decoded(name="unknown_tag", fields=(length, rest))
        name = self._layout.decode(raw).name
        return Decoded(name=name, fields=(length, *_fields(self._layout.explain(raw), at)))

    def _raw(self, data: bytes) -> Frames:
        at = 0
        while at < len(data):
            need(data, at, self._header_length, "FLEX header")
            end = at + self._header_length
            for _ in range(data[end - 1]):
                need(data, end, 1, "FLEX tag length")
                need(data, end, 1 + data[end], "FLEX tag")
                end += 1 + data[end]
            yield at, data[at:end]
            at = end


def _length(row: MessageRow, data: bytes, at: int) -> int | None:
    """How long the message at `at` says it is; None when that cannot be told from what is there."""
    for field in row.fields:
        if field.type == "length":
            raw = data[at + field.offset : at + field.offset + field.length]
            return max(int.from_bytes(raw, "big") + field.less, row.length)
    tail = row.tail
    if tail is None:
        return row.length
    if tail.type != "options" or at + row.length > len(data):
        return None
    return row.length + int.from_bytes(data[at + tail.offset : at + row.length], "big")


def _fields(found: list[WireField], start: int = 0) -> tuple[Field, ...]:
    return tuple(_field(f, start) for f in found)


def _field(found: WireField, start: int) -> Field:
    raw: bytes = found.raw
    value: Any = found.value
    if found.name in _SECRETS:
        raw, value = b"", HIDDEN
    return Field(
        name=found.name, offset=start + found.offset, length=found.length, raw=raw, value=value, note=found.meaning
    )
