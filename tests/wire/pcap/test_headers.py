"""From a frame down to what TCP or UDP carried."""

import contextlib
import random
import struct
import time

import pytest

from hts.base.errors import RemoteProtocolError
from hts.wire.pcap.headers import Datagram, Segment, read_headers
from tests.support.fuzz import fuzz_seconds
from tests.support.pcap import FIN, RST, SYN, ethernet, ip, tcp, udp

# Ethernet, IPv4 192.168.0.1 to 192.168.0.2, UDP 5000 to 6000, "hi", and four bytes of Ethernet padding.
GOLDEN_UDP = bytes.fromhex(
    "020000000002 020000000001 080045 00 001e 0001 4000 40 11 0000 c0a80001 c0a800021388 1770 000a 0000 686900000000"
)
GOLDEN = Datagram(source="192.168.0.1:5000", target="192.168.0.2:6000", payload=b"hi")


def test_golden_datagram():
    assert read_headers(1, GOLDEN_UDP) == GOLDEN


@pytest.mark.parametrize(
    ("link", "head"),
    [
        (1, b"\0" * 12 + b"\x81\x00\x00\x05" + b"\x88\xa8\x00\x06" + b"\x08\x00"),
        (101, b""),
        (228, b""),
        (12, b""),
        (113, b"\0" * 14 + b"\x08\x00"),
        (276, b"\x08\x00" + b"\0" * 18),
        (0, b"\x02\0\0\0"),
        (108, b"\0\0\0\x02"),
    ],
)
def test_each_link_type_carries_the_same(link, head):
    assert read_headers(link, head + GOLDEN_UDP[14:]) == GOLDEN


def test_a_segment_of_ipv6():
    packet = tcp(b"abc", 2**32 - 1, SYN | FIN, source=80, target=90)
    v6 = ip(6, packet[20:], source="::1", target="fe80::2")
    assert read_headers(101, v6) == Segment(
        source="[::1]:80", target="[fe80::2]:90", seq=2**32 - 1, syn=True, fin=True, rst=False, payload=b"abc"
    )


def test_options_are_passed_over():
    inner = udp(b"x")[20:]
    assert read_headers(101, ip(17, inner, options=b"\x01" * 8)).payload == b"x"
    hop_by_hop = bytes((17, 1)) + bytes(14)
    assert read_headers(101, ip(0, hop_by_hop + inner, source="::1", target="::1")).payload == b"x"
    segment = bytearray(tcp(b"ZZZZabc", 1, RST))
    segment[20 + 12] = 6 << 4
    assert read_headers(101, bytes(segment)).payload == b"abc"


@pytest.mark.parametrize(
    ("link", "data"),
    [
        (1, b"\0" * 12 + b"\x08\x06" + bytes(28)),  # ARP
        (101, ip(1, bytes(8))),  # ICMP
        (0, b"\x07\0\0\0" + bytes(9)),
    ],
)
def test_what_is_neither_tcp_nor_udp_is_nothing(link, data):
    assert read_headers(link, data) is None


@pytest.mark.parametrize(
    ("link", "data", "told"),
    [
        (147, b"", "link type: Ethernet 1, raw IP 101, Linux cooked 113 or 276, loopback 0 or 108 expected, found 147"),
        (1, b"abc", "packet of 3 bytes: whole headers expected"),
        (101, b"", "version 4 or 6 expected, found nothing"),
        (101, b"\x50" + bytes(30), "version 4 or 6 expected, found 50"),
        (101, udp(b"abc")[:-1], "IPv4: 31 bytes expected, found 30"),
        (101, ip(17, b"", source="::1", target="::1")[:30], "IPv6: 40 bytes expected, found 30"),
        (101, ip(17, b"12345678", source="::1", target="::1")[:-1], "IPv6: 48 bytes expected, found 47"),
        (101, ip(44, bytes(8), source="::1", target="::1"), "found a fragment"),
        (101, ip(17, bytes(8), fragment=0x2000), "found a fragment"),
        (101, ip(17, bytes(8), fragment=3), "found a fragment"),
        (101, b"\x44" + udp(b"")[1:], "a header of 20 bytes and more expected, found 16"),
        (101, ip(17, struct.pack(">HHHH", 1, 2, 99, 0)), "UDP: a length of 8 to 8 expected, found 99"),
        (101, ip(6, bytes(20)), "TCP: a header of 20 to 20 bytes expected, found 0"),
    ],
)
def test_what_cannot_be_read_is_told(link, data, told):
    with pytest.raises(RemoteProtocolError) as error:
        read_headers(link, data)
    assert told in str(error.value)


def test_fuzzed_frames_give_something_or_a_documented_error():
    rng = random.Random(2)
    sources = [
        ethernet(udp(b"abc")),
        ethernet(tcp(b"abc", 7)),
        ethernet(ip(6, tcp(b"a", 1)[20:], "::1", "::2"), (1, 2)),
    ]
    until = time.monotonic() + fuzz_seconds(0.5)
    while time.monotonic() < until:
        data = bytearray(rng.choice(sources))
        for _ in range(rng.randrange(1, 5)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with contextlib.suppress(RemoteProtocolError):
            read_headers(rng.choice((0, 1, 101, 113, 276)), bytes(data[: rng.randrange(len(data) + 1)]))
