"""UMS frames to bytes and back.

`encode` raises LocalProtocolError when a value does not fit its field: our own mistake. `FrameReader` takes any cut of
the stream and raises `BadFrame` (a RemoteProtocolError) for a frame that cannot be read; nothing can be read after it,
because the place of the next frame is unknown. Its buffer holds less than one frame between calls.
"""

import struct
from typing import Any, cast

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.ums.layout import POSS_DUP, MessageLayout, UmsLayout
from hts.wire.ums.messages import AnyMessage, Logout, SessionReason


class BadFrame(RemoteProtocolError):  # noqa: N818  the noun is the field's
    """The peer sent a frame that cannot be read. `reason` goes into the Logout that answers it."""

    def __init__(self, reason: SessionReason, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Frame(Struct, frozen=True, kw_only=True):
    """One decoded frame."""

    layout: MessageLayout
    seq: int
    sending_ns: int
    poss_dup: bool
    message: AnyMessage


def encode(
    layout: UmsLayout, message: AnyMessage, seq: int, sending_ns: int, *, poss_dup: bool = False, body: bytes = b""
) -> bytes:
    """The frame of `message`. Raises LocalProtocolError when a value does not fit its field.

    `body` is what `encode_body` gave for it, where the same message goes to several sessions.
    """
    compiled = layout.by_class[type(message)]
    try:
        body = body or _body(compiled, message)
        head = (compiled.length, bytes((compiled.msg_type,)), POSS_DUP if poss_dup else 0, seq, sending_ns)
        return layout.header.pack(*layout.header_put(head)) + body
    except (ValueError, struct.error, KeyError) as error:
        raise LocalProtocolError(f"{compiled.name} {seq}: {error}") from error


def encode_body(layout: UmsLayout, message: AnyMessage) -> bytes:
    """All of a frame but its header. Raises LocalProtocolError when a value does not fit its field."""
    compiled = layout.by_class[type(message)]
    try:
        return _body(compiled, message)
    except (ValueError, struct.error, KeyError) as error:
        raise LocalProtocolError(f"{compiled.name}: {error}") from error


def _body(compiled: MessageLayout, message: AnyMessage) -> bytes:
    values = list(compiled.values(message))
    for place, convert in compiled.encoders:
        values[place] = convert(values[place])
    return compiled.body.pack(*values)


def as_poss_dup(layout: UmsLayout, frame: bytes) -> bytes:
    """The same frame with PossDupFlag(43) set: it was sent before."""
    at = layout.flags_offset
    return frame[:at] + bytes((frame[at] | POSS_DUP,)) + frame[at + 1 :]


class FrameReader:
    """Collects bytes and cuts them into frames."""

    def __init__(self, layout: UmsLayout) -> None:
        self._layout = layout
        self._buffer = bytearray()
        self._start = 0

    def __len__(self) -> int:
        return len(self._buffer) - self._start

    def append(self, data: bytes) -> None:
        """Take bytes from the peer; call `next_frame` until it returns None afterwards."""
        if self._start:
            del self._buffer[: self._start]
            self._start = 0
        self._buffer += data

    def clear(self) -> None:
        """Forget what was collected: the connection is gone."""
        self._buffer.clear()
        self._start = 0

    def next_frame(self) -> Frame | None:
        """The next whole frame, or None when bytes are missing. Raises BadFrame."""
        layout = self._layout
        size = layout.header.size
        waiting = len(self._buffer) - self._start
        if waiting < size:
            return None
        head = layout.header_get(layout.header.unpack_from(self._buffer, self._start))
        length, msg_type, flags, seq, sending_ns = head
        if not size <= length <= layout.frame_length_max:
            raise BadFrame(
                SessionReason.BAD_LENGTH,
                f"frame length {size} to {layout.frame_length_max} expected, found {length}",
            )
        compiled = layout.by_type.get(msg_type[0])
        if compiled is None:
            known = "".join(sorted(chr(code) for code in layout.by_type))
            raise BadFrame(
                SessionReason.UNKNOWN_TYPE, f"message type out of {known} expected, found {_printable(msg_type)}"
            )
        if length != compiled.length:
            raise BadFrame(
                SessionReason.BAD_LENGTH, f"{compiled.name}: {compiled.length} bytes expected, found {length}"
            )
        if flags & ~POSS_DUP:
            raise BadFrame(SessionReason.MALFORMED, f"{compiled.name}: flags 0 or {POSS_DUP} expected, found {flags}")
        if waiting < length:
            return None
        message = _decode_body(compiled, compiled.body.unpack_from(self._buffer, self._start + size))
        self._start += length
        return Frame(layout=compiled, seq=seq, sending_ns=sending_ns, poss_dup=bool(flags & POSS_DUP), message=message)


def cut_frames(layout: UmsLayout, buffer: bytearray) -> list[bytes]:
    """Take whole frames off the front of `buffer`, unread, for those who look at the wire.

    Bytes that are no frame come as one last piece.
    """
    frames = []
    size = layout.header.size
    while len(buffer) >= size:
        length = layout.header_get(layout.header.unpack_from(buffer))[0]
        if not size <= length <= layout.frame_length_max:
            length = len(buffer)
        if len(buffer) < length:
            break
        frames.append(bytes(buffer[:length]))
        del buffer[:length]
    return frames


def _decode_body(compiled: MessageLayout, raw: tuple[Any, ...]) -> AnyMessage:
    values = list(raw)
    try:
        for place, convert in compiled.decoders:
            values[place] = convert(values[place])
    except ValueError as error:
        raise BadFrame(SessionReason.MALFORMED, f"{compiled.name}: {error}") from error
    return cast("AnyMessage", compiled.cls(**dict(zip(compiled.names, values, strict=True))))


def _printable(raw: bytes) -> str:
    return raw.decode("ascii") if raw.isascii() and raw.decode("ascii").isprintable() else f"0x{raw.hex()}"


def one_line(layout: UmsLayout, text: str) -> str:
    """`text` as this layout's Logout can carry it: printable ASCII, cut to the field."""
    limit = next(f.length for f in layout.by_class[Logout].fields if f.name == "text")
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)[:limit].rstrip()
