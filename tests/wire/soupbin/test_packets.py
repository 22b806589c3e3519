"""Packets in any cut of the stream."""

import pytest

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.soupbin.packets import PAYLOAD_MAX, Packet, PacketReader, packet

TYPES = "+AJSHZLURO"


def packets_of(reader):
    found = []
    while (one := reader.next_packet()) is not None:
        found.append(one)
    return found


def test_golden_packets():
    assert packet("H") == b"\x00\x01H"
    assert packet("S", b"abc") == b"\x00\x04Sabc"


@pytest.mark.parametrize("step", [1, 2, 3, 5, 100])
def test_any_cut_gives_the_same_packets(step):
    data = b"\x00\x01H\x00\x04Sabc\x00\x01Z"
    reader, found = PacketReader(TYPES), []
    for at in range(0, len(data), step):
        reader.append(data[at : at + step])
        found += packets_of(reader)
    assert found == [
        Packet("H", b"", b"\x00\x01H"),
        Packet("S", b"abc", b"\x00\x04Sabc"),
        Packet("Z", b"", b"\x00\x01Z"),
    ]
    assert len(reader) == 0


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x00\x00S", "packet length 1 to 10 expected, found 0"),
        (b"\x00\x0bS", "packet length 1 to 10 expected, found 11"),
        (b"\x00\x01~", r"packet type out of \+AJSHZLURO expected, found '~'"),
    ],
)
def test_a_head_that_lies_is_told_before_its_payload_comes(data, text):
    reader = PacketReader(TYPES, payload_max=9)
    reader.append(data)
    with pytest.raises(RemoteProtocolError, match=text):
        reader.next_packet()


def test_a_payload_that_is_too_long_is_our_mistake():
    assert len(packet("S", bytes(PAYLOAD_MAX))) == 2 + 0xFFFF
    with pytest.raises(LocalProtocolError, match="up to 65534 bytes expected, found 65535"):
        packet("S", bytes(PAYLOAD_MAX + 1))


def test_clear_forgets_half_a_packet():
    reader = PacketReader(TYPES)
    reader.append(b"\x00\x09Sab")
    reader.clear()
    reader.append(b"\x00\x01H")
    assert [p.type for p in packets_of(reader)] == ["H"]
