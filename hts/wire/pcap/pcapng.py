"""The pcapng file: sections of blocks, as Wireshark and dumpcap write them.

    every block          type (4), whole length (4), body padded to 4 bytes, whole length again (4)
    section header       type 0a0d0d0a; byte order magic 1a2b3c4d, version 1.0, length of the section, options
    interface            type 1; link type (2), reserved (2), snapshot length (4), options: 9 resolution, 14 offset
    enhanced packet      type 6; interface (4), time (8, high half first), captured length, true length, data
    packet (obsolete)    type 2; interface (2), drops (2), and on as type 6
    simple packet        type 3; true length, data; of the first interface, without a time

Each section has its own byte order and its own interfaces. Blocks of other types are stepped over. A file that ends
within a block gives the packets before it, then raises.
"""

import struct
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from hts.wire.pcap.captured import PACKET_LENGTH_MAX, CapturedPacket, CaptureError

SECTION: Final = 0x0A0D0D0A
MAGIC: Final = b"\x0a\x0d\x0d\x0a"  # the same in both byte orders
_ORDERS: Final = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_INTERFACE, _PACKET, _SIMPLE, _ENHANCED = 1, 2, 3, 6
_BLOCK_MIN: Final = 12
_BLOCK_MAX: Final = PACKET_LENGTH_MAX + 4096  # options of a packet are comments and hashes
_RESOLUTION, _OFFSET = 9, 14
_INTERFACES_MAX: Final = 4096
NS: Final = 1_000_000_000


class _Interface(Struct, frozen=True):
    """Where packets were captured. A time is `units` per second, and `offset_s` is added."""

    link: int
    snap: int
    units: int
    offset_s: int


def read_blocks(data: bytes) -> Iterator[CapturedPacket]:
    """Packets in the order of the file. Raises CaptureError."""
    at, order = 0, ""
    interfaces: list[_Interface] = []
    while at < len(data):
        if data.startswith(MAGIC, at):
            order, interfaces = _section(data, at), []
        kind, length = _head(data, at, order)
        body = at + 8
        end = at + length - 4
        if kind == _INTERFACE:
            if len(interfaces) >= _INTERFACES_MAX:
                raise CaptureError(at, f"pcapng: up to {_INTERFACES_MAX} interfaces expected, found more")
            interfaces.append(_interface(data, body, end, order))
        elif kind in (_ENHANCED, _PACKET):
            yield _packet(data, body, end, order, interfaces, is_old=kind == _PACKET)
        elif kind == _SIMPLE:
            yield _simple(data, body, end, order, interfaces)
        at += length


def _section(data: bytes, at: int) -> str:
    order = _ORDERS.get(data[at + 8 : at + 12])
    if order is None:
        found = data[at + 8 : at + 12].hex()
        raise CaptureError(at, f"pcapng section: byte order magic 1a2b3c4d expected, found {found or 'the end'}")
    version = struct.unpack_from(order + "HH", data, at + 12) if len(data) >= at + 16 else (0, 0)
    if version[0] != 1:
        raise CaptureError(at, f"pcapng: version 1 expected, found {version[0]}.{version[1]}")
    return order


def _head(data: bytes, at: int, order: str) -> tuple[int, int]:
    """Type and whole length of a block that is whole."""
    left = len(data) - at
    if not order:
        raise CaptureError(at, f"pcapng section header expected, found {data[at : at + 4].hex()}")
    if left < _BLOCK_MIN:
        raise CaptureError(at, f"pcapng block: {_BLOCK_MIN} bytes expected, found {left}")
    kind, length = struct.unpack_from(order + "II", data, at)
    if length % 4 or not _BLOCK_MIN <= length <= _BLOCK_MAX:
        raise CaptureError(at, f"pcapng block: a length from {_BLOCK_MIN} to {_BLOCK_MAX} expected, found {length}")
    if length > left:
        raise CaptureError(at, f"pcapng block: {length} bytes expected, found {left}")
    (again,) = struct.unpack_from(order + "I", data, at + length - 4)
    if again != length:
        raise CaptureError(at, f"pcapng block: length {length} at its end expected, found {again}")
    return kind, length


def _interface(data: bytes, body: int, end: int, order: str) -> _Interface:
    if end - body < 8:
        raise CaptureError(body, f"pcapng interface: 8 bytes expected, found {end - body}")
    link, _, snap = struct.unpack_from(order + "HHI", data, body)
    units, offset_s, at = 10**6, 0, body + 8
    while at + 4 <= end:
        code, length = struct.unpack_from(order + "HH", data, at)
        value = data[at + 4 : min(at + 4 + length, end)]
        if code == _RESOLUTION and len(value) == 1:
            exponent = value[0] & 0x7F
            units = min(2**exponent if value[0] & 0x80 else 10**exponent, 10**18)
        elif code == _OFFSET and len(value) == 8:
            (offset_s,) = struct.unpack(order + "q", value)
        elif code == 0:
            break
        at += 4 + (length + 3) // 4 * 4
    return _Interface(link, snap, units, offset_s)


def _packet(
    data: bytes, body: int, end: int, order: str, interfaces: list[_Interface], *, is_old: bool
) -> CapturedPacket:
    start = body + 20
    if start > end:
        raise CaptureError(body, f"pcapng packet: 20 bytes expected, found {end - body}")
    number, high, low, length, whole = struct.unpack_from(order + "IIIII", data, body)
    if is_old:
        (number,) = struct.unpack_from(order + "H", data, body)
    _check(body, length, whole, end - start)
    if number >= len(interfaces):
        raise CaptureError(body, f"pcapng packet: an interface below {len(interfaces)} expected, found {number}")
    interface = interfaces[number]
    time_ns = ((high << 32 | low) * NS) // interface.units + interface.offset_s * NS
    return CapturedPacket(
        offset=start,
        time_ns=time_ns,
        link=interface.link,
        data=data[start : start + length],
        missing=whole - length,
    )


def _simple(data: bytes, body: int, end: int, order: str, interfaces: list[_Interface]) -> CapturedPacket:
    if end - body < 4 or not interfaces:
        raise CaptureError(body, f"pcapng packet: a length and an interface expected, found {len(interfaces)} of these")
    (whole,) = struct.unpack_from(order + "I", data, body)
    start, snap = body + 4, interfaces[0].snap
    length = min(whole, snap) if snap else whole
    _check(body, length, whole, end - start)
    return CapturedPacket(
        offset=start, time_ns=0, link=interfaces[0].link, data=data[start : start + length], missing=whole - length
    )


def _check(at: int, length: int, whole: int, room: int) -> None:
    if length > min(room, PACKET_LENGTH_MAX) or whole < length:
        raise CaptureError(at, f"pcapng packet: up to {min(room, whole)} bytes expected, found {length}")
