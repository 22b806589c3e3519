"""`hts decode` of our KRX protocols: order entry (ums), feed packets with their records (krx_md)."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from hts.app.decoders import Decoded, Field, utc
from hts.app.framings import Leftover, cut, need
from hts.base.errors import RemoteProtocolError
from hts.wire.mdcs.layout import TR_CODE_LENGTH, MdcsLayout, RecordLayout
from hts.wire.mdcs.packets import HEADER as PACKET_HEADER
from hts.wire.mdcs.packets import decode_packet
from hts.wire.ums.codec import FrameReader
from hts.wire.ums.layout import FieldLayout, UmsLayout

HIDDEN = "<hidden>"
_SECRETS = frozenset(("password",))
_PACKET_FIELDS = (
    ("magic", 0, 2, "KM"),
    ("version", 2, 1, ""),
    ("line", 3, 1, "A or B, R for a retransmitted packet"),
    ("session", 4, 4, "session of the feed"),
    ("first_seq", 8, 8, "number of the first record"),
    ("count", 16, 2, "records in the packet; 0 is a heartbeat"),
    ("length", 18, 2, "bytes of the payload"),
    ("trade_ns", 20, 8, "the venue's time"),
)


class UmsDecoder:
    """Order entry frames. Each one is read by the codec itself before its fields are listed."""

    framings = ("raw", "len16")

    def __init__(self, layout: UmsLayout) -> None:
        self._layout = layout
        self._byte_order = "big" if layout.header.format.startswith(">") else "little"

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Frames by their own length field."""
        return cut(data, framing, self._raw)

    def _raw(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        layout, at = self._layout, 0
        while at < len(data):
            need(data, at, layout.header.size, "frame header")
            length = layout.header_get(layout.header.unpack_from(data, at))[0]
            if not layout.header.size <= length <= layout.frame_length_max:
                raise Leftover(
                    at, f"frame length {layout.header.size} to {layout.frame_length_max} expected, found {length}"
                )
            need(data, at, length, f"frame of {length} bytes")
            yield at, data[at : at + length]
            at += length

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        reader = FrameReader(self._layout)
        reader.append(frame)
        read = reader.next_frame()
        if read is None:
            raise RemoteProtocolError(f"frame: a whole one expected, found {len(frame)} bytes")
        fields = [self._field(f, frame, None) for f in self._layout.header_fields]
        fields += [self._field(f, frame, getattr(read.message, f.name)) for f in read.layout.fields]
        return Decoded(name=read.layout.name, fields=tuple(fields), rest=frame[read.layout.length :])

    def _field(self, field: FieldLayout, frame: bytes, value: Any) -> Field:
        raw = frame[field.offset : field.offset + field.length]
        note = field.notes
        if value is None:
            value = raw.decode("latin-1") if field.type == "char" else int.from_bytes(raw, self._order())
        if isinstance(value, Enum):
            note, value = f"{raw.decode('latin-1')} = {value.name}; {note}", value.name
        if field.name.endswith("_ns"):
            note = f"{utc(value)}; {note}"
        if field.name in _SECRETS:
            raw, value = b"", HIDDEN
        return Field(name=field.name, offset=field.offset, length=field.length, raw=raw, value=value, note=note)

    def _order(self) -> Any:
        return self._byte_order


class PacketDecoder:
    """Feed packets, with the records in them as parts. The records are the five that this program trades by."""

    framings = ("raw", "len16")

    def __init__(self, layout: MdcsLayout) -> None:
        self._layout = layout

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Packets by the length in their header."""
        return cut(data, framing, self._raw)

    def _raw(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at < len(data):
            need(data, at, PACKET_HEADER.size, "packet header")
            end = at + PACKET_HEADER.size + int.from_bytes(data[at + 18 : at + 20], "big")
            need(data, at, end - at, f"packet of {end - at} bytes")
            yield at, data[at:end]
            at = end

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        packet = decode_packet(frame)
        fields = []
        for name, offset, length, note in _PACKET_FIELDS:
            raw = frame[offset : offset + length]
            value: Any = raw.decode("ascii") if name in ("magic", "line") else int.from_bytes(raw, "big")
            shown = f"{note}: {utc(value)}" if name == "trade_ns" else note
            fields.append(Field(name=name, offset=offset, length=length, raw=raw, value=value, note=shown))
        parts, rest = self.records(frame, PACKET_HEADER.size, packet.count)
        return Decoded(name="Packet", fields=tuple(fields), parts=parts, rest=rest)

    def records(self, frame: bytes, at: int, count: int) -> tuple[tuple[Decoded, ...], bytes]:
        """`count` records of a frame from `at` on, and what lies behind them. Raises RemoteProtocolError."""
        parts = []
        for _ in range(count):
            part = self._record(frame, at)
            parts.append(part)
            at = part.fields[-1].offset + part.fields[-1].length
        return tuple(parts), frame[at:]

    def _record(self, frame: bytes, at: int) -> Decoded:
        code = frame[at : at + TR_CODE_LENGTH]
        layout = self._layout.by_tr_code.get(code)
        if layout is None:
            raise RemoteProtocolError(f"record at {at}: a known TR code expected, found {code!r}")
        record = frame[at : at + layout.length]
        fields = _record_fields(layout, record, layout.unpack(record), at)
        return Decoded(name=f"{code.decode('ascii')} {layout.title}", fields=tuple(fields))


def _record_fields(layout: RecordLayout, record: bytes, values: dict[str, str | int], at: int) -> Iterator[Field]:
    for field in layout.fields:
        raw = record[field.offset : field.end]
        yield Field(
            name=field.name,
            offset=at + field.offset,
            length=field.length,
            raw=raw,
            value=values.get(field.name, raw),
            note=field.kind,
        )
