"""Framing of the core-terminal link, the same over unix socket, loopback TCP and WebSocket.

    offset length field
    0      4      length    unsigned, of everything after this field
    4      4      sequence  unsigned; number of an order event, else 0
    8      1      type      FrameType
    9      ...    body

All integers big-endian. A frame longer than LENGTH_MAX is refused before its body is read, so that a peer that
lies about a length cannot make us hold more than that.
"""

from enum import IntEnum
from struct import Struct

from hts.base.errors import RemoteProtocolError

HEADER = Struct(">IIB")
LENGTH_MAX = 4 * 1024 * 1024  # ten trading days of minute bars are 0.2 MiB; a whole snapshot is many frames
_LENGTH_FIELD = 4
_LENGTH_MIN = HEADER.size - _LENGTH_FIELD


class FrameType(IntEnum):
    """What the body holds."""

    HELLO = 1
    WELCOME = 2
    REFUSED = 3
    INTENT = 4
    QUERY = 5
    EVENT = 6  # a numbered order event
    VIEW = 7  # an answer or a status: not numbered
    SNAPSHOT_BEGIN = 8
    SNAPSHOT_END = 9  # the sequence is the last event that the snapshot contains
    BOOK = 10
    TRADE = 11
    PHASE = 12
    INSTRUMENT = 13
    LOGIN = 14  # a client about who is there (hts.wire.link.login)
    LOGIN_ANSWER = 15


_TYPES = {int(kind): kind for kind in FrameType}  # a look-up by number costs a tenth of the enumeration's own


def frame(kind: FrameType, body: bytes, sequence: int = 0) -> bytes:
    """One encoded frame."""
    return HEADER.pack(_LENGTH_MIN + len(body), sequence, kind) + body


class FrameReader:
    """Cuts a byte stream into frames; any cut of the stream gives the same frames."""

    def __init__(self, length_max: int = LENGTH_MAX) -> None:
        self._buffer = bytearray()
        self.length_max = length_max

    def receive_data(self, data: bytes) -> list[tuple[FrameType, int, bytes]]:
        """Whole frames as (type, sequence, body). Raises RemoteProtocolError; the connection is then unusable."""
        if self._buffer:
            self._buffer += data
            buffer: bytes | bytearray = self._buffer
        else:
            buffer = data  # nothing waits: bodies are cut from what came, without a copy of the whole
        frames: list[tuple[FrameType, int, bytes]] = []
        start = 0
        available, head = len(buffer), HEADER.size
        while available - start >= head:
            length, sequence, number = HEADER.unpack_from(buffer, start)
            kind = _TYPES.get(number)
            if kind is None or not _LENGTH_MIN <= length <= self.length_max:
                raise self._fault(length, number)
            end = start + _LENGTH_FIELD + length
            if end > available:
                break
            frames.append((kind, sequence, bytes(buffer[start + head : end])))
            start = end
        if buffer is self._buffer:
            del self._buffer[:start]
        else:
            self._buffer += buffer[start:]
        return frames

    def _fault(self, length: int, number: int) -> RemoteProtocolError:
        if not _LENGTH_MIN <= length <= self.length_max:
            return RemoteProtocolError(f"frame length: expected {_LENGTH_MIN}..{self.length_max}, found {length}")
        return RemoteProtocolError(f"frame type: expected 1..{max(FrameType)}, found {number}")
