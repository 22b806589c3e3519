"""FLEX packets by hand, cut, lying and unknown."""

import random

import pytest

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.flex.packets import FlexCodec, FlexPacket, UnknownTag
from hts.wire.layout.codec import Decoded
from tests.support.fuzz import fuzz_rounds
from tests.support.wire_layout import layout_of, zeros

LAYOUT = layout_of("jpx_flex_mbo_1_1")
CODEC = FlexCodec(LAYOUT)
GOLDEN = bytes.fromhex(
    "05 00 00000009 373230332020202020202020 00000007 01 01 00 0205 54 67f2a0c00b 44 000003e8 00000007 42 00".replace(
        " ", ""
    )
)
PACKET = FlexPacket(
    group=5,
    reboots=0,
    seq=9,
    issue_code="7203",
    update_number=7,
    packet_number=1,
    packet_count=1,
    more_follows=False,
    tags=(
        Decoded("seconds_timestamp", "venue", {"time_seconds": 0x67F2A0C0}),
        Decoded(
            "order_delete",
            "venue",
            {"time_microseconds": 1000, "order_id": 7, "side": "B", "modification_flag": 0},
        ),
    ),
)


def test_a_golden_packet():
    assert CODEC.decode(GOLDEN) == PACKET
    assert CODEC.encode(PACKET) == GOLDEN
    assert [at for at, _ in CODEC.tags(GOLDEN)] == [27, 33]


def test_a_packet_of_every_tag_comes_back():
    tags = [n for n in LAYOUT.names if LAYOUT.row(n).type]
    packet = FlexPacket(
        group=1,
        reboots=2,
        seq=3,
        issue_code="130A",
        update_number=4,
        packet_number=1,
        packet_count=2,
        more_follows=True,
        tags=tuple(Decoded(n, "venue", zeros(LAYOUT, n)) for n in tags),
    )
    assert CODEC.decode(CODEC.encode(packet)) == packet
    assert len(tags) == 9


def test_a_tag_without_a_table_is_kept():
    raw = GOLDEN[:25] + b"\x01" + b"\x04BPxy"
    assert CODEC.decode(raw).tags == (UnknownTag(type="B", data=b"Pxy"),)
    assert CODEC.encode(CODEC.decode(raw)) == raw


def test_cut_at_every_byte_it_is_an_error():
    for end in range(len(GOLDEN)):
        with pytest.raises(RemoteProtocolError, match="expected, found"):
            CODEC.decode(GOLDEN[:end])
    with pytest.raises(RemoteProtocolError, match="44 bytes expected, found 45"):
        CODEC.decode(GOLDEN + b"\0")


@pytest.mark.parametrize(
    ("place", "value", "text"),
    [
        (25, 3, "3 tags expected, found 2 before the packet's end"),
        (25, 1, "32 bytes expected, found 44"),
        (26, 0, "2 tags expected, found 0 before the packet's end"),
        (26, 4, "2 tags expected, found 1 before the packet's end|seconds_timestamp: 5 bytes expected, found 4"),
        (32, 12, "2 tags expected, found 1 before the packet's end"),
    ],
)
def test_a_length_or_count_that_lies_is_told(place, value, text):
    raw = bytearray(GOLDEN)
    raw[place] = value
    with pytest.raises(RemoteProtocolError, match=text):
        CODEC.decode(bytes(raw))


def test_too_many_tags_and_too_long_ones_are_our_mistake():
    long = UnknownTag(type="B", data=bytes(255))
    with pytest.raises(LocalProtocolError, match="a tag up to 255 bytes expected, found 256"):
        CODEC.encode(FlexPacket(**{**as_dict(PACKET), "tags": (long,)}))
    many = PACKET.tags * 128
    with pytest.raises(LocalProtocolError, match="message_count: uint of 1 bytes expected, found 256"):
        CODEC.encode(FlexPacket(**{**as_dict(PACKET), "tags": many}))


def as_dict(packet):
    return {name: getattr(packet, name) for name in packet.__struct_fields__}


def test_damaged_packets_are_read_or_refused_in_words():
    dice = random.Random(5)
    read = refused = 0
    for _ in range(fuzz_rounds(15_000)):
        raw = bytearray(GOLDEN)
        for _ in range(dice.randrange(4)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        try:
            packet = CODEC.decode(bytes(raw[: dice.randrange(len(raw)) + 1] if dice.random() < 0.2 else raw))
        except RemoteProtocolError:
            refused += 1
        else:
            assert CODEC.decode(CODEC.encode(packet)) == packet
            read += 1
    assert read > 3000
    assert refused > 3000
