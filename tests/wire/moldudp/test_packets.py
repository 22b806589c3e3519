"""MoldUDP64 packets by hand."""

import pytest

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.moldudp.packets import MoldCodec, MoldPacket, MoldRequest
from tests.support.wire_layout import layout_of

CODEC = MoldCodec(layout_of("moldudp64"))
HEAD = b"DAY1      " + b"\0\0\0\0\0\0\0\x09"
TWO = MoldPacket(session="DAY1", seq=9, messages=(b"abc", b""))
GOLDEN = {
    HEAD + b"\x00\x02" + b"\x00\x03abc" + b"\x00\x00": TWO,
    HEAD + b"\x00\x00": MoldPacket(session="DAY1", seq=9),
    HEAD + b"\xff\xff": MoldPacket(session="DAY1", seq=9, is_end=True),
}


@pytest.mark.parametrize("data", GOLDEN)
def test_golden_packets(data):
    assert CODEC.decode(data) == GOLDEN[data]
    assert CODEC.encode(GOLDEN[data]) == data


def test_a_golden_request():
    request = MoldRequest(session="DAY1", seq=9, count=1000)
    assert CODEC.encode_request(request) == HEAD + b"\x03\xe8"
    assert CODEC.decode_request(HEAD + b"\x03\xe8") == request


def test_cut_at_every_byte_it_is_an_error():
    data = next(iter(GOLDEN))
    for end in range(len(data)):
        with pytest.raises(RemoteProtocolError, match="expected, found"):
            CODEC.decode(data[:end])
    with pytest.raises(RemoteProtocolError, match="27 bytes expected, found 28"):
        CODEC.decode(data + b"\0")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (HEAD + b"\x00\x03" + b"\x00\x03abc" + b"\x00\x00", "9: 3 messages expected, found 2 before the packet's end"),
        (HEAD + b"\x00\x01" + b"\x00\x04abc", "9: 1 messages expected, found 0 before the packet's end"),
        (HEAD + b"\xff\xff" + b"\x00\x00", "20 bytes expected, found 22"),
        (b"DAY1      " + bytes(8) + b"\x00\x00", "a number from 1 on expected, found 0"),
        (b"DAY\xff      " + bytes(10), "session: printable ASCII expected"),
    ],
)
def test_a_packet_that_lies_is_told(data, text):
    with pytest.raises(RemoteProtocolError, match=text):
        CODEC.decode(data)


@pytest.mark.parametrize(
    ("packet", "text"),
    [
        (MoldPacket(session="DAY1", seq=1, messages=(b"x",), is_end=True), "an end of session without messages"),
        (MoldPacket(session="DAY1", seq=1, messages=(b"",) * 65535), "fewer than 65535 messages expected"),
        (MoldPacket(session="DAY1", seq=1, messages=(bytes(65536),)), "up to 65535 bytes expected, found 65536"),
        (MoldPacket(session="ELEVENCHARS", seq=1), "session: 10 characters at most"),
        (MoldPacket(session="DAY1", seq=2**64), "sequence_number: uint of 8 bytes expected"),
    ],
)
def test_a_packet_that_does_not_fit_is_our_mistake(packet, text):
    with pytest.raises(LocalProtocolError, match=text):
        CODEC.encode(packet)
