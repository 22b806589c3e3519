"""`hts decode` of the feed's recovery service: requests, and answers with the packets, records and bars in them."""

from collections.abc import Iterator

import msgspec

from hts.app.decoders import Decoded, Field, utc
from hts.app.decoders_krx import PacketDecoder
from hts.app.framings import Leftover, cut, need
from hts.base.errors import RemoteProtocolError
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.mdcs.recovery import FRAME_LENGTH_MAX, FrameReader, Refusal

_BODY_AT = 5  # after length and letter
_BAR_NAMES = ("start_ns", "open_px", "high_px", "low_px", "close_px", "qty", "value")
# Fields of each body in order: (name, length). Bytes behind them are packets, records or bars.
_LAYOUTS: dict[str, tuple[str, tuple[tuple[str, int], ...]]] = {
    "R": ("RetransmitRequest", (("request_id", 4), ("session", 4), ("first_seq", 8), ("count", 4))),
    "S": ("SnapshotRequest", (("request_id", 4),)),
    "H": ("HistoryRequest", (("request_id", 4), ("isin", 12), ("timeframe_s", 4), ("count", 2))),
    "r": ("Retransmitted", (("request_id", 4),)),
    "s": (
        "SnapshotPart",
        (("request_id", 4), ("session", 4), ("next_seq", 8), ("trade_ns", 8), ("is_last", 1), ("count", 2)),
    ),
    "h": ("HistoryPart", (("request_id", 4), ("is_last", 1), ("count", 2))),
    "x": ("RequestRefused", (("request_id", 4), ("refusal", 1), ("oldest_seq", 8))),
}


class RecoveryDecoder:
    """Frames of the recovery service, both directions. Each one is read by the codec itself first."""

    framings = ("raw",)

    def __init__(self, layout: MdcsLayout) -> None:
        self._packets = PacketDecoder(layout)

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Frames by their length field."""
        return cut(data, framing, self._raw)

    def _raw(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at < len(data):
            need(data, at, _BODY_AT, "frame head")
            length = int.from_bytes(data[at : at + 4], "big")
            if not 1 <= length <= FRAME_LENGTH_MAX:
                raise Leftover(at, f"frame length 1 to {FRAME_LENGTH_MAX} expected, found {length}")
            need(data, at, 4 + length, f"frame of {4 + length} bytes")
            yield at, data[at : at + 4 + length]
            at += 4 + length

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        reader = FrameReader()
        reader.receive_data(frame)
        if reader.next_message() is None:
            raise RemoteProtocolError(f"frame: a whole one expected, found {len(frame)} bytes")
        letter = frame[4:5].decode("ascii")
        name, layout = _LAYOUTS[letter]
        fields = [
            Field(name="frame_length", offset=0, length=4, raw=frame[:4], value=len(frame) - 4, note="of what follows"),
            Field(name="frame_type", offset=4, length=1, raw=frame[4:5], value=letter, note=f"{letter} = {name}"),
        ]
        at = _BODY_AT
        for field, length in layout:
            fields.append(_field(field, frame, at, length))
            at += length
        parts, rest = self._inside(letter, frame, at, fields[-1].value)
        return Decoded(name=name, fields=tuple(fields), parts=parts, rest=rest)

    def _inside(self, letter: str, frame: bytes, at: int, count: int) -> tuple[tuple[Decoded, ...], bytes]:
        if letter == "r":
            return (_shifted(self._packets.decode(frame[at:]), at),), b""
        if letter == "s":
            return self._packets.records(frame, at, count)
        if letter == "h":
            return tuple(_bar(frame, at + 56 * number) for number in range(count)), b""
        return (), frame[at:]


def _field(name: str, frame: bytes, at: int, length: int) -> Field:
    raw = frame[at : at + length]
    value: int | str | bool = raw.decode("ascii") if name == "isin" else int.from_bytes(raw, "big")
    note = ""
    if name == "trade_ns":
        note = utc(int(value))
    elif name == "refusal":
        refusal = Refusal(int(value))
        note, value = f"{value} = {refusal.name}", refusal.name
    elif name == "is_last":
        value = bool(value)
    return Field(name=name, offset=at, length=length, raw=raw, value=value, note=note)


def _bar(frame: bytes, at: int) -> Decoded:
    fields = []
    for number, name in enumerate(_BAR_NAMES):
        start = at + 8 * number
        raw = frame[start : start + 8]
        value = int.from_bytes(raw, "big", signed=True)
        note = utc(value) if name == "start_ns" else ""
        fields.append(Field(name=name, offset=start, length=8, raw=raw, value=value, note=note))
    return Decoded(name="Bar", fields=tuple(fields))


def _shifted(message: Decoded, by: int) -> Decoded:
    return msgspec.structs.replace(
        message,
        fields=tuple(msgspec.structs.replace(field, offset=field.offset + by) for field in message.fields),
        parts=tuple(_shifted(part, by) for part in message.parts),
    )
