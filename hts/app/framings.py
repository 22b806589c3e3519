"""Framings that several protocols share: cutting a captured byte string into frames.

len16  u16 length, big-endian, then the message (BinaryFILE of Nasdaq); a length of 0 carries no message
soup   SoupBinTCP packets: u16 length, packet type, payload; S and U carry a message, the others none
mold   MoldUDP64 packets one after the other: session (10), sequence (8), count (2), then len16 blocks
hex    text: hex digits, blanks and newlines between bytes are ignored, "#" starts a comment
"""

import re
import struct
from collections.abc import Callable, Iterator

from msgspec import Struct

from hts.base.errors import RemoteProtocolError

Frames = Iterator[tuple[int, bytes]]

_MOLD_HEAD = 20
_MOLD_END_OF_SESSION = 0xFFFF
_SOUP_WITH_MESSAGE = b"SU"


class Leftover(RemoteProtocolError):  # noqa: N818  it is what it says
    """From `offset` on there is no whole frame."""

    def __init__(self, offset: int, text: str) -> None:
        super().__init__(text)
        self.offset = offset


class Piece(Struct, frozen=True, kw_only=True):
    """One run of captured bytes: a datagram, or one direction of a TCP connection, or the file itself.

    `where` names it ("" for the file); `time_ns` is when a datagram was captured, 0 when there is no such time.
    """

    where: str = ""
    time_ns: int = 0
    data: bytes


def cut(data: bytes, framing: str, raw: Callable[[bytes], Frames]) -> Frames:
    """Frames of `data`; `raw` is the protocol's own way of cutting."""
    ways = {"raw": raw, "len16": _cut_len16, "soup": _cut_soup, "mold": _cut_mold}
    way = ways.get(framing)
    if way is None:
        raise RemoteProtocolError(f"framing: one of {', '.join(ways)} expected, found {framing}")
    return way(data)


def need(data: bytes, offset: int, length: int, what: str) -> None:
    """Raise Leftover unless `length` bytes follow at `offset`."""
    found = len(data) - offset
    if found < length:
        raise Leftover(offset, f"{what}: {length} bytes expected, found {found}")


def cut_hex(text: bytes) -> bytes:
    """The bytes that a hex text spells."""
    digits = re.sub(rb"#[^\n]*|\s+", b"", text)
    wrong = re.search(rb"[^0-9a-fA-F]", digits)
    if wrong:
        at = text.find(wrong.group())
        raise RemoteProtocolError(f"hex text: hex digits expected, found {wrong.group()!r} at byte {at}")
    if len(digits) % 2:
        raise RemoteProtocolError(f"hex text: an even number of digits expected, found {len(digits)}")
    return bytes.fromhex(digits.decode("ascii"))


def _cut_len16(data: bytes) -> Frames:
    at = 0
    while at < len(data):
        end = _block_end(data, at, "block")
        if end > at + 2:
            yield at + 2, data[at + 2 : end]
        at = end


def _block_end(data: bytes, at: int, what: str) -> int:
    need(data, at, 2, f"{what} length")
    (length,) = struct.unpack_from(">H", data, at)
    need(data, at, 2 + length, f"{what} of length {length} with its prefix")
    return int(at + 2 + length)


def _cut_soup(data: bytes) -> Frames:
    at = 0
    while at < len(data):
        need(data, at, 3, "SoupBinTCP packet head")
        (length,) = struct.unpack_from(">H", data, at)
        if length == 0:
            raise Leftover(at, "SoupBinTCP packet: a length of at least 1 expected, found 0")
        need(data, at, 2 + length, f"SoupBinTCP packet of length {length} with its prefix")
        if data[at + 2] in _SOUP_WITH_MESSAGE and length > 1:
            yield at + 3, data[at + 3 : at + 2 + length]
        at += 2 + length


def _cut_mold(data: bytes) -> Frames:
    at = 0
    while at < len(data):
        need(data, at, _MOLD_HEAD, "MoldUDP64 header")
        (count,) = struct.unpack_from(">H", data, at + _MOLD_HEAD - 2)
        at += _MOLD_HEAD
        if count == _MOLD_END_OF_SESSION:
            continue
        for _ in range(count):
            end = _block_end(data, at, "MoldUDP64 message")
            if end > at + 2:
                yield at + 2, data[at + 2 : end]
            at = end
