"""Cuts a byte stream into FIX frames; what is none is reported and skipped.

A wrong BodyLength(9) makes the frame end at the next CheckSum(10) behind the place that it points to: what a length
that is too long swallows is asked for again, and a length that is too short spoils its own message only.
"""

from typing import Final

from msgspec import Struct

from hts.wire.fix.codec import SOH, TRAILER_BYTES, check_sum

MESSAGE_BYTES_MAX: Final = 256 << 10
JUNK_BYTES_MAX: Final = 1 << 20  # of a peer that sends no FIX at all
_START: Final = b"8=FIX"
_BEGIN_BYTES_MAX: Final = 16
_LENGTH_DIGITS_MAX: Final = 7
_TRAILERS: Final = [b"10=%03d\x01" % number for number in range(256)]


class Garbled(Struct, frozen=True, kw_only=True):
    """Bytes that are no message. `text` says what was expected and found."""

    text: str
    size: int


class FrameReader:
    """Frames of one connection, in any cut of its bytes. Keeps at most about twice `message_bytes_max`."""

    def __init__(self, message_bytes_max: int = MESSAGE_BYTES_MAX) -> None:
        self._data = b""
        self._at = 0  # where the unread bytes begin
        self._max = message_bytes_max
        self._junk = 0  # bytes before the next start
        self._bad = 0  # bytes since the last good frame that belong to none
        self._scanned = 0  # of the search for a CheckSum(10), behind `_at`
        self._head = b"\0"  # of the last good frame: BeginString(8) and the tag of BodyLength(9)

    @property
    def is_hopeless(self) -> bool:
        """So many bytes without any frame that the peer does not speak FIX."""
        return self._bad + self._junk > JUNK_BYTES_MAX

    @property
    def junk_bytes(self) -> int:
        """Bytes before the next frame that belong to none and were not reported yet."""
        return self._junk

    @property
    def kept_bytes(self) -> int:
        """Bytes that wait for the rest of their frame."""
        return len(self._data) - self._at

    def append(self, data: bytes) -> None:
        """Bytes from the peer."""
        self._data = self._data[self._at :] + data
        self._at = 0

    def clear(self) -> None:
        """A new connection."""
        self._data = b""
        self._at = self._junk = self._bad = self._scanned = 0

    def next_frame(self) -> bytes | Garbled | None:
        """The next frame, or what is none; None until more bytes come."""
        data, start = self._data, self._at
        # A good frame that begins like the one before needs no more than this.
        if not self._junk and data.startswith(self._head, start):
            at = start + len(self._head)
            body = data.find(SOH, at, at + _LENGTH_DIGITS_MAX + 1) + 1
            digits = data[at : body - 1]
            end = body + int(digits) if body and digits.isdigit() else 0
            if body < end <= body + self._max and data[end - 1 : end] == SOH and data.startswith(b"35=", body):
                whole = end + TRAILER_BYTES
                if whole <= len(data) and data.startswith(_TRAILERS[check_sum(data[start:end])], end):
                    self._at = whole
                    self._bad = 0
                    return data[start:whole]
        return self._next_frame()

    def _next_frame(self) -> bytes | Garbled | None:
        if not self._data.startswith(_START, self._at) and not self._find_start():
            return None
        if self._junk:
            junk, self._junk = self._junk, 0
            return self._garbled(junk, "BeginString(8) expected, found other bytes")
        data, start = self._data, self._at
        head = self._find_body(data, start)
        if not isinstance(head, tuple):
            return head
        body, size = head
        end = body + size
        if len(data) < end + TRAILER_BYTES:
            return None
        if data[end - 1] != 1 or not data.startswith(b"10=", end) or data[end + 6] != 1:
            return self._bad_length(end)
        self._at = end + TRAILER_BYTES
        frame = data[start : self._at]
        if not data.startswith(b"35=", body):
            return self._garbled(len(frame), "MsgType(35) as third field expected, found another")
        expected = b"%03d" % check_sum(data[start:end])
        if not data.startswith(expected, end + 3):
            found = data[end + 3 : end + 6]
            return self._garbled(len(frame), f"CheckSum(10) {expected.decode()} expected, found {found!r}")
        self._bad = 0
        self._head = frame[: frame.find(SOH) + len(b"\x019=")]
        return frame

    def _garbled(self, size: int, text: str) -> Garbled:
        self._bad += size
        return Garbled(text=text, size=size)

    def _find_start(self) -> bool:
        data, start = self._data, self._at
        at = data.find(_START, start)
        if at < 0:
            # The last bytes may be the beginning of a start.
            most = min(len(_START) - 1, len(data) - start)
            keep = next((n for n in range(most, 0, -1) if _START.startswith(data[-n:])), 0)
            at = len(data) - keep
        self._junk += at - start
        self._at = at
        return at + len(_START) <= len(data)

    def _find_body(self, data: bytes, start: int) -> tuple[int, int] | Garbled | None:
        """Where the body begins, and its length."""
        first = data.find(SOH, start, start + _BEGIN_BYTES_MAX)
        if first < 0:
            is_partial = len(data) < start + _BEGIN_BYTES_MAX
            return None if is_partial else self._drop_head("a delimiter after BeginString(8)")
        limit = first + 4 + _LENGTH_DIGITS_MAX
        second = data.find(SOH, first + 1, limit)
        if second < 0 and len(data) < limit and _is_length(data[first + 1 :]):
            return None
        digits = data[first + 3 : second] if second > 0 else b""
        if not data.startswith(b"9=", first + 1) or not digits.isdigit() or int(digits) > self._max:
            return self._drop_head(f"BodyLength(9) up to {self._max} as second field")
        return second + 1, int(digits)

    def _drop_head(self, expected: str) -> Garbled:
        """The message has no usable length: the next start is looked for behind its own."""
        self._at += len(_START)
        return self._garbled(len(_START), f"{expected} expected, found another")

    def _bad_length(self, end: int) -> Garbled | None:
        """The frame ends at the next CheckSum(10)."""
        data, start = self._data, self._at
        at = data.find(b"\x0110=", max(end - 1, start + self._scanned))
        stop = data.find(SOH, at + 4) if at >= 0 else -1
        if stop < 0:
            self._scanned = (at if at >= 0 else len(data) - 3) - start
            if len(data) - start <= 2 * self._max:
                return None
            stop = len(data) - 1
        self._at = stop + 1
        self._scanned = 0
        text = "BodyLength(9) up to a CheckSum(10) of three digits expected, found another"
        return self._garbled(self._at - start, text)


def _is_length(begun: bytes) -> bool:
    """Whether these bytes can still become BodyLength(9)."""
    return b"9=".startswith(begun[:2]) and (len(begun) <= 2 or begun[2:].isdigit())
