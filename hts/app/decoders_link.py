"""`hts decode` of the link between core and terminal. Tokens are not shown."""

import struct
from collections.abc import Iterator
from typing import Any

import msgspec

from hts.app.decoders import Decoded, Field
from hts.app.framings import Leftover, cut, need
from hts.base.errors import RemoteProtocolError
from hts.wire.link import messages
from hts.wire.link.frames import HEADER, LENGTH_MAX, FrameReader, FrameType

HIDDEN = "<hidden>"
_SECRETS = frozenset(("token",))
_LENGTH_FIELD = 4
_LEVELS = tuple(
    (f"{name}_{level}", "q") for level in range(1, 11) for name in ("ask_px", "bid_px", "ask_qty", "bid_qty")
)
# The structs of hts.wire.link.messages, field by field.
_FIXED = {
    FrameType.BOOK: (
        ("symbol", "24s"),
        ("trade_ns", "q"),
        *_LEVELS,
        ("total_ask_qty", "q"),
        ("total_bid_qty", "q"),
        ("expected_px", "q"),
        ("expected_qty", "q"),
        ("phase", "B"),
        ("venue", "B"),
    ),
    FrameType.TRADE: (
        ("symbol", "24s"),
        ("trade_ns", "q"),
        ("px", "q"),
        ("qty", "q"),
        ("aggressor", "c"),
        ("open_px", "q"),
        ("high_px", "q"),
        ("low_px", "q"),
        ("cum_qty", "q"),
        ("cum_value", "q"),
        ("phase", "B"),
        ("venue", "B"),
    ),
}
_CHECKS = {
    FrameType.HELLO: messages.decode_hello,
    FrameType.WELCOME: messages.decode_welcome,
    FrameType.REFUSED: messages.decode_refused,
    FrameType.INTENT: messages.decode_intent,
    FrameType.QUERY: messages.decode_query,
    FrameType.EVENT: messages.decode_view,
    FrameType.VIEW: messages.decode_view,
    FrameType.PHASE: messages.decode_phase,
    FrameType.INSTRUMENT: messages.decode_instrument,
    FrameType.BOOK: messages.decode_book,
    FrameType.TRADE: messages.decode_trade,
}


class LinkDecoder:
    """Frames of the link, both directions."""

    framings = ("raw",)

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]:
        """Frames by their length field."""
        return cut(data, framing, self._raw)

    def _raw(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        at = 0
        while at < len(data):
            need(data, at, HEADER.size, "frame header")
            length = HEADER.unpack_from(data, at)[0]
            if not HEADER.size - _LENGTH_FIELD <= length <= LENGTH_MAX:
                raise Leftover(at, f"frame length {HEADER.size - _LENGTH_FIELD}..{LENGTH_MAX} expected, found {length}")
            end = at + _LENGTH_FIELD + length
            need(data, at, end - at, f"frame of {end - at} bytes")
            yield at, data[at:end]
            at = end

    def decode(self, frame: bytes) -> Decoded:
        """Raises RemoteProtocolError."""
        found = FrameReader().receive_data(frame)
        if len(found) != 1:
            raise RemoteProtocolError(f"frame: one whole frame expected, found {len(found)} in {len(frame)} bytes")
        kind, sequence, body = found[0]
        head = (
            Field(name="frame_length", offset=0, length=4, raw=frame[:4], value=len(frame) - 4, note="of what follows"),
            Field(
                name="frame_sequence", offset=4, length=4, raw=frame[4:8], value=sequence, note="order event, else 0"
            ),
            Field(
                name="frame_type",
                offset=8,
                length=1,
                raw=frame[8:9],
                value=kind.name,
                note=f"{int(kind)} = {kind.name}",
            ),
        )
        if (check := _CHECKS.get(kind)) is not None:
            check(body)
        try:
            rows = tuple(_fixed(frame, _FIXED[kind]) if kind in _FIXED else _packed(frame, HEADER.size))
        except (msgspec.DecodeError, UnicodeDecodeError, IndexError, RecursionError) as error:
            raise RemoteProtocolError(f"{kind.name}: expected a msgpack body, found {error}") from error
        return Decoded(name=kind.name, fields=(*head, *rows))


def _fixed(frame: bytes, rows: tuple[tuple[str, str], ...]) -> Iterator[Field]:
    at = HEADER.size
    for name, form in rows:
        size = struct.calcsize(">" + form)
        raw = frame[at : at + size]
        (value,) = struct.unpack(">" + form, raw)
        shown = value.rstrip(b"\0").decode("ascii") if isinstance(value, bytes) else value
        yield Field(name=name, offset=at, length=size, raw=raw, value=shown)
        at += size


def _packed(frame: bytes, at: int) -> Iterator[Field]:
    """The fields of a msgpack map, one by one; other bodies as one field."""
    if at == len(frame):
        return
    count, start = _map_head(frame, at)
    if count is None:
        yield Field(name="body", offset=at, length=len(frame) - at, raw=frame[at:], value=_value(frame[at:]))
        return
    for _ in range(count):
        value_at = _end(frame, start)
        end = _end(frame, value_at)
        name = str(_value(frame[start:value_at]))
        raw, value = frame[value_at:end], _value(frame[value_at:end])
        if name in _SECRETS:
            raw, value = b"", HIDDEN
        yield Field(name=name, offset=value_at, length=end - value_at, raw=raw, value=value)
        start = end


def _value(raw: bytes) -> Any:
    return msgspec.msgpack.decode(raw)


def _map_head(data: bytes, at: int) -> tuple[int | None, int]:
    code = data[at]
    if 0x80 <= code <= 0x8F:
        return code & 0x0F, at + 1
    if code in (0xDE, 0xDF):
        size = 2 if code == 0xDE else 4
        return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size
    return None, at


_SCALARS = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
_SCALARS |= {0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8, 0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}
_COUNTED = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
_COUNTED |= {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}
_NESTED = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def _end(data: bytes, at: int) -> int:
    """First byte after the msgpack value at `at`; the body was decoded before, so it is whole."""
    code = data[at]
    if code <= 0x7F or code >= 0xE0:
        return at + 1
    if code in _SCALARS:
        return at + 1 + _SCALARS[code]
    if 0xA0 <= code <= 0xBF:
        return at + 1 + (code & 0x1F)
    if code in _COUNTED:
        size, extra = _COUNTED[code]
        return at + 1 + size + extra + int.from_bytes(data[at + 1 : at + 1 + size], "big")
    size, each = _NESTED.get(code, (0, 2 if code <= 0x8F else 1))
    count = int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else code & 0x0F
    at += 1 + size
    for _ in range(count * each):
        at = _end(data, at)
    return at
