"""Builds captures: packets of TCP and UDP over IPv4 or IPv6, and the pcap file around them."""

import ipaddress
import struct

ETHERNET = bytes.fromhex("020000000002 020000000001")
SYN, ACK, FIN, RST = 0x02, 0x10, 0x01, 0x04


def pcap(packets, link=1, order="<", magic=0xA1B2C3D4):
    """A file of (time_ns, packet) pairs."""
    unit = 1 if magic == 0xA1B23C4D else 1000
    data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    for time_ns, packet in packets:
        second, rest = divmod(time_ns, 1_000_000_000)
        data += struct.pack(order + "IIII", second, rest // unit, len(packet), len(packet)) + packet
    return data


def block(kind, body, order="<"):
    """A block of a pcapng file."""
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, 12 + len(body)) + body + struct.pack(order + "I", 12 + len(body))


def option(code, value, order="<"):
    """An option of a pcapng block."""
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def pcapng(packets, link=1, order="<", resolution=9, offset_s=0):
    """One section with one interface and (time_ns, packet) pairs."""
    options = option(9, bytes([resolution]), order) + option(14, struct.pack(order + "q", offset_s), order) + bytes(4)
    data = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    data += block(1, struct.pack(order + "HHI", link, 0, 65535) + options, order)
    units = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
    for time_ns, packet in packets:
        ticks = (time_ns - offset_s * 1_000_000_000) * units // 1_000_000_000
        head = struct.pack(order + "IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(packet), len(packet))
        data += block(6, head + packet, order)
    return data


def ip(protocol, payload, source="127.0.0.1", target="127.0.0.1", *, options=b"", fragment=0):
    """An IP packet; version 6 for addresses of version 6."""
    a, b = ipaddress.ip_address(source), ipaddress.ip_address(target)
    if a.version == 6:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + a.packed + b.packed + payload
    head = 20 + len(options)
    length = head + len(payload)
    fields = (0x40 | head // 4, 0, length, 1, fragment, 64, protocol, 0, a.packed, b.packed)
    return struct.pack(">BBHHHBBH4s4s", *fields) + options + payload


def udp(payload, source=1000, target=2000, **where):
    """An IP packet with a datagram."""
    return ip(17, struct.pack(">HHHH", source, target, 8 + len(payload), 0) + payload, **where)


def tcp(payload, seq, flags=ACK, source=1000, target=2000, **where):
    """An IP packet with a segment."""
    head = struct.pack(">HHIIBBHHH", source, target, seq % 2**32, 0, 5 << 4, flags, 65535, 0, 0)
    return ip(6, head + payload, **where)


def ethernet(packet, tags=()):
    """A frame around an IP packet."""
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    tagged = b"".join(struct.pack(">HH", 0x8100, tag) for tag in tags)
    return ETHERNET + tagged + struct.pack(">H", kind) + packet
