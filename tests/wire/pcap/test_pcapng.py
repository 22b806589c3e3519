"""The pcapng file."""

import contextlib
import random
import struct
import time

import pytest

from hts.wire.pcap.captured import CaptureError
from hts.wire.pcap.packets import read_packets
from tests.support.fuzz import fuzz_seconds
from tests.support.pcap import block, option, pcapng

SECTION = bytes.fromhex("0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000")
INTERFACE = bytes.fromhex("01000000 14000000 0100 0000 ffff0000 14000000")
GOLDEN = (
    SECTION
    + INTERFACE
    + bytes.fromhex(
        "06000000 24000000"
        "00000000 03630500 00c0dd52"  # interface 0, the time's high half, its low half
        "03000000 05000000 61626300 24000000"  # 3 of 5 bytes, padded
    )
)


def test_golden_file():
    (packet,) = read_packets(GOLDEN)
    ticks = 0x00056303 << 32 | 0x52DDC000
    assert (packet.offset, packet.time_ns, packet.link) == (76, ticks * 1000, 1)
    assert (packet.data, packet.missing) == (b"abc", 2)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("resolution", [3, 6, 9, 0x80 | 20])
def test_both_byte_orders_and_every_resolution(order, resolution):
    data = pcapng([(5_000_000_000, b"x" * 9), (1_700_000_000_000_000_000, b"y")], 101, order, resolution)
    found = list(read_packets(data))
    assert [(p.time_ns, p.data, p.link) for p in found] == [
        (5_000_000_000, b"x" * 9, 101),
        (1_700_000_000_000_000_000, b"y", 101),
    ]


def test_the_offset_of_an_interface_is_added():
    (packet,) = read_packets(pcapng([(1_700_000_000_000_000_123, b"y")], offset_s=1_600_000_000))
    assert packet.time_ns == 1_700_000_000_000_000_123


def test_sections_have_their_own_order_and_interfaces():
    data = pcapng([(7_000, b"a")], link=1) + pcapng([(8_000, b"b")], link=113, order=">")
    assert [(p.link, p.time_ns, p.data) for p in read_packets(data)] == [(1, 7_000, b"a"), (113, 8_000, b"b")]


def test_old_and_simple_packets_are_read_and_other_blocks_stepped_over():
    old = block(2, struct.pack("<HHIIII", 0, 0, 0, 5, 2, 2) + b"ab")
    simple = block(3, struct.pack("<I", 3) + b"xyz")
    comment = block(6, struct.pack("<IIIII", 0, 0, 9, 1, 1) + b"c" + bytes(3) + option(1, b"seen"))
    data = SECTION + INTERFACE + block(5, bytes(12)) + old + block(0xBAD, b"") + simple + comment
    assert [(p.time_ns, p.data) for p in read_packets(data)] == [(5_000, b"ab"), (0, b"xyz"), (9_000, b"c")]


@pytest.mark.parametrize(
    ("data", "told", "offset"),
    [
        (SECTION[:8], "byte order magic 1a2b3c4d expected, found the end", 0),
        (SECTION[:8] + bytes(20), "byte order magic 1a2b3c4d expected, found 00000000", 0),
        (SECTION[:12] + b"\x02" + SECTION[13:], "version 1 expected, found 2.0", 0),
        (SECTION + INTERFACE[:10], "12 bytes expected, found 10", 28),
        (SECTION + INTERFACE[:16], "20 bytes expected, found 16", 28),
        (SECTION + b"\x01\0\0\0\x15" + INTERFACE[5:], "a length from 12 to", 28),
        (SECTION + INTERFACE[:-4] + bytes(4), "length 20 at its end expected, found 0", 28),
        (SECTION + GOLDEN[48:], "an interface below 0 expected, found 0", 36),
        (SECTION + INTERFACE + block(6, bytes(16)), "20 bytes expected, found 16", 56),
        (SECTION + INTERFACE + block(6, struct.pack("<IIIII", 0, 0, 0, 9, 9) + b"abc"), "up to 4 bytes expected", 56),
        (SECTION + block(1, bytes(4)), "8 bytes expected, found 4", 36),
    ],
)
def test_what_is_no_capture(data, told, offset):
    with pytest.raises(CaptureError) as error:
        list(read_packets(data))
    assert told in str(error.value)
    assert error.value.offset == offset


def test_packets_before_the_damage_are_given():
    packets = read_packets(GOLDEN + b"\x06\0\0\0")
    assert next(packets).data == b"abc"
    with pytest.raises(CaptureError):
        next(packets)


def test_fuzzed_files_give_packets_or_a_documented_error():
    rng = random.Random(1)
    source = pcapng([(n, rng.randbytes(rng.randrange(60))) for n in range(5)])
    until = time.monotonic() + fuzz_seconds(0.5)
    while time.monotonic() < until:
        data = bytearray(source)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with contextlib.suppress(CaptureError):
            assert sum(len(p.data) for p in read_packets(bytes(data[: rng.randrange(len(data) + 1)]))) <= len(data)
