"""The classic pcap file."""

import contextlib
import random
import struct
import time

import pytest

from hts.wire.pcap.captured import CaptureError
from hts.wire.pcap.packets import read_packets
from tests.support.fuzz import fuzz_seconds
from tests.support.pcap import pcap

GOLDEN = bytes.fromhex(
    "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000"  # little-endian, microseconds, 2.4, Ethernet
    "15cd5b07 40e20100 03000000 05000000 616263"  # 123456789 s + 123456 us, 3 of 5 bytes
)


def test_golden_file():
    (packet,) = read_packets(GOLDEN)
    assert (packet.offset, packet.time_ns, packet.link) == (40, 123_456_789_123_456_000, 1)
    assert (packet.data, packet.missing) == (b"abc", 2)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D])
def test_both_byte_orders_and_both_units(order, magic):
    unit = 1 if magic == 0xA1B23C4D else 1000
    times = [5_000_000_007 * unit, 9]
    found = list(read_packets(pcap([(ns, b"x" * 9) for ns in times], link=101, order=order, magic=magic)))
    assert [p.time_ns for p in found] == [ns // unit * unit for ns in times]
    assert [p.link for p in found] == [101, 101]


@pytest.mark.parametrize(
    ("data", "told", "offset"),
    [
        (b"", "pcap magic number expected, found an empty file", 0),
        (b"\x89PNG....", "pcap magic number expected, found 89504e47", 0),
        (GOLDEN[:20], "pcap file header: 24 bytes expected, found 20", 0),
        (GOLDEN[:4] + b"\x01" + GOLDEN[5:], "version 2.4 expected, found 1.4", 4),
        (GOLDEN[:30], "pcap packet header: 16 bytes expected, found 6", 24),
        (GOLDEN[:41], "pcap packet: 3 bytes expected, found 1", 24),
        (GOLDEN[:32] + b"\xff\xff\xff\x7f" + GOLDEN[36:], "up to 5 bytes expected, found 2147483647", 24),
        (GOLDEN[:32] + b"\xff\xff\xff\xff" * 2 + GOLDEN[40:], "up to 262144 bytes expected, found 4294967295", 24),
    ],
)
def test_what_is_no_capture(data, told, offset):
    with pytest.raises(CaptureError) as error:
        list(read_packets(data))
    assert told in str(error.value)
    assert error.value.offset == offset


def test_packets_before_the_damage_are_given():
    packets = read_packets(GOLDEN + struct.pack("<IIII", 0, 0, 4, 4) + b"ab")
    assert next(packets).data == b"abc"
    with pytest.raises(CaptureError):
        next(packets)


def test_fuzzed_files_give_packets_or_a_documented_error():
    rng = random.Random(1)
    source = pcap([(n, rng.randbytes(rng.randrange(60))) for n in range(5)])
    until = time.monotonic() + fuzz_seconds(0.5)
    while time.monotonic() < until:
        data = bytearray(source)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with contextlib.suppress(CaptureError):
            assert sum(len(p.data) for p in read_packets(bytes(data[: rng.randrange(len(data) + 1)]))) <= len(data)
