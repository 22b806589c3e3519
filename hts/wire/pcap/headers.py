"""From a captured packet down to what TCP or UDP carried.

Link types: Ethernet (with VLAN tags), Linux cooked (1 and 2), raw IP, BSD loopback. Then IPv4 and IPv6; then UDP and
TCP. What is none of these (ARP, ICMP, a later fragment) is `None`: nobody asked for it. A packet that says it is one
of these and cannot be read raises RemoteProtocolError.
"""

import ipaddress
import struct

from msgspec import Struct

from hts.base.errors import RemoteProtocolError

ETHERNET, RAW, LINUX_COOKED, LINUX_COOKED_2 = 1, 101, 113, 276
_LOOPBACK = (0, 108)
_RAW = (12, 14, RAW, 228, 229)
_IPV4, _IPV6 = 0x0800, 0x86DD
_VLAN = (0x8100, 0x88A8, 0x9100)
_TCP, _UDP = 6, 17
_V6_OPTIONS = (0, 43, 60)  # hop-by-hop, routing, destination: next header, length in 8 bytes
_V6_FRAGMENT = 44
_V6_HEADERS_MAX = 8
_SYN, _RST, _FIN = 0x02, 0x04, 0x01


class Datagram(Struct, frozen=True, kw_only=True):
    """What one UDP packet carried. `source` and `target` are address:port."""

    source: str
    target: str
    payload: bytes


class Segment(Struct, frozen=True, kw_only=True):
    """What one TCP packet carried."""

    source: str
    target: str
    seq: int
    syn: bool
    fin: bool
    rst: bool
    payload: bytes


def read_headers(link: int, data: bytes) -> Datagram | Segment | None:
    """Raises RemoteProtocolError."""
    try:
        packet = _network(link, data)
        if packet is None:
            return None
        if packet[:1] and packet[0] >> 4 == 4:
            return _ipv4(packet)
        if packet[:1] and packet[0] >> 4 == 6:
            return _ipv6(packet)
    except (struct.error, IndexError) as error:
        raise RemoteProtocolError(f"packet of {len(data)} bytes: whole headers expected, found its end") from error
    raise RemoteProtocolError(f"IP packet: version 4 or 6 expected, found {packet[:1].hex() or 'nothing'}")


def _network(link: int, data: bytes) -> bytes | None:
    """The IP packet inside a frame, None when it carries something else."""
    if link == ETHERNET:
        at, (kind,) = 14, struct.unpack_from(">H", data, 12)
        while kind in _VLAN:
            (kind,) = struct.unpack_from(">H", data, at + 2)
            at += 4
    elif link == LINUX_COOKED:
        at, (kind,) = 16, struct.unpack_from(">H", data, 14)
    elif link == LINUX_COOKED_2:
        at, (kind,) = 20, struct.unpack_from(">H", data, 0)
    elif link in _LOOPBACK:
        family = max(data[0], data[3])  # in the byte order of the capturing machine
        at, kind = 4, {2: _IPV4, 24: _IPV6, 28: _IPV6, 30: _IPV6}.get(family, 0)
    elif link in _RAW:
        at, kind = 0, _IPV4
    else:
        raise RemoteProtocolError(
            f"link type: Ethernet 1, raw IP 101, Linux cooked 113 or 276, loopback 0 or 108 expected, found {link}"
        )
    return data[at:] if kind in (_IPV4, _IPV6) else None


def _ipv4(packet: bytes) -> Datagram | Segment | None:
    head = (packet[0] & 0x0F) * 4
    length, flags, protocol = struct.unpack_from(">H", packet, 2)[0], struct.unpack_from(">H", packet, 6)[0], packet[9]
    if head < 20 or length < head:
        raise RemoteProtocolError(f"IPv4: a header of 20 bytes and more expected, found {head} of {length}")
    if flags & 0x1FFF or flags & 0x2000:
        raise RemoteProtocolError("IPv4: a whole packet expected, found a fragment")
    if length > len(packet):
        raise RemoteProtocolError(f"IPv4: {length} bytes expected, found {len(packet)}")
    source, target = (str(ipaddress.IPv4Address(packet[at : at + 4])) for at in (12, 16))
    return _transport(protocol, source, target, packet[head:length])


def _ipv6(packet: bytes) -> Datagram | Segment | None:
    (length,) = struct.unpack_from(">H", packet, 4)
    protocol, at, end = packet[6], 40, 40 + length
    if end > len(packet):
        raise RemoteProtocolError(f"IPv6: {end} bytes expected, found {len(packet)}")
    for _ in range(_V6_HEADERS_MAX):
        if protocol == _V6_FRAGMENT:
            raise RemoteProtocolError("IPv6: a whole packet expected, found a fragment")
        if protocol not in _V6_OPTIONS:
            break
        protocol, at = packet[at], at + 8 + packet[at + 1] * 8
    source, target = (f"[{ipaddress.IPv6Address(packet[start : start + 16])}]" for start in (8, 24))
    return _transport(protocol, source, target, packet[at:end])


def _transport(protocol: int, source: str, target: str, data: bytes) -> Datagram | Segment | None:
    if protocol == _UDP:
        from_port, to_port, length = struct.unpack_from(">HHH", data)
        if not 8 <= length <= len(data):
            raise RemoteProtocolError(f"UDP: a length of 8 to {len(data)} expected, found {length}")
        return Datagram(source=f"{source}:{from_port}", target=f"{target}:{to_port}", payload=data[8:length])
    if protocol == _TCP:
        from_port, to_port, seq = struct.unpack_from(">HHI", data)
        head, flags = (data[12] >> 4) * 4, data[13]
        if not 20 <= head <= len(data):
            raise RemoteProtocolError(f"TCP: a header of 20 to {len(data)} bytes expected, found {head}")
        return Segment(
            source=f"{source}:{from_port}",
            target=f"{target}:{to_port}",
            seq=seq,
            syn=bool(flags & _SYN),
            fin=bool(flags & _FIN),
            rst=bool(flags & _RST),
            payload=data[head:],
        )
    return None
