"""The classic pcap file: packets as they were captured. A pcapng file is given to hts.wire.pcap.pcapng.

    file header    24 bytes: magic, version 2.4, zone, accuracy, snapshot length, link type
    packet header  16 bytes: seconds, fraction (microseconds, or nanoseconds by the magic), captured length, true length

Both byte orders. A file that ends within a packet gives the packets before it, then raises.
"""

import struct
from collections.abc import Iterator

from hts.wire.pcap.captured import PACKET_LENGTH_MAX, CapturedPacket, CaptureError
from hts.wire.pcap.pcapng import MAGIC, read_blocks

FILE_HEADER = 24
PACKET_HEADER = 16
# magic: (byte order, nanoseconds per unit of the fraction)
_MAGIC = {
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
}


def read_packets(data: bytes) -> Iterator[CapturedPacket]:
    """Packets in the order of the file, classic or pcapng. Raises CaptureError."""
    if data.startswith(MAGIC):
        yield from read_blocks(data)
        return
    order, unit_ns = _byte_order(data)
    if len(data) < FILE_HEADER:
        raise CaptureError(0, f"pcap file header: {FILE_HEADER} bytes expected, found {len(data)}")
    major, minor, _, _, _, link = struct.unpack_from(order + "HHiIII", data, 4)
    if (major, minor) != (2, 4):
        raise CaptureError(4, f"pcap: version 2.4 expected, found {major}.{minor}")
    head = struct.Struct(order + "IIII")
    at = FILE_HEADER
    while at < len(data):
        if len(data) - at < PACKET_HEADER:
            raise CaptureError(at, f"pcap packet header: {PACKET_HEADER} bytes expected, found {len(data) - at}")
        second, fraction, length, whole = head.unpack_from(data, at)
        start, end = at + PACKET_HEADER, at + PACKET_HEADER + length
        if length > PACKET_LENGTH_MAX or whole < length:
            raise CaptureError(at, f"pcap packet: up to {min(whole, PACKET_LENGTH_MAX)} bytes expected, found {length}")
        if end > len(data):
            raise CaptureError(at, f"pcap packet: {length} bytes expected, found {len(data) - start}")
        yield CapturedPacket(
            offset=start,
            time_ns=second * 1_000_000_000 + fraction * unit_ns,
            link=link & 0xFFFF,
            data=data[start:end],
            missing=whole - length,
        )
        at = end


def _byte_order(data: bytes) -> tuple[str, int]:
    found = _MAGIC.get(data[:4])
    if found is None:
        raise CaptureError(0, f"pcap magic number expected, found {data[:4].hex() or 'an empty file'}")
    return found
