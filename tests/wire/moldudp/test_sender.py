"""What the sending side packs, keeps and answers."""

import pytest

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.moldudp.packets import MoldCodec, MoldPacket, MoldRequest
from hts.wire.moldudp.sender import MoldSender
from tests.support.wire_layout import layout_of

CODEC = MoldCodec(layout_of("moldudp64"))
S = 1_000_000_000


def a_sender(*messages, **changes):
    sender = MoldSender(CODEC, "DAY1", **{"packet_max": 50, **changes})
    for message in messages:
        sender.append(message)
    return sender


def asked(seq, count, session="DAY1"):
    return CODEC.encode_request(MoldRequest(session=session, seq=seq, count=count))


def read(data):
    return data if data is None else (CODEC.decode(data).seq, CODEC.decode(data).messages)


def test_packets_hold_as_many_whole_messages_as_fit():
    sender = a_sender(b"a" * 10, b"b" * 10, b"c" * 28, b"d")
    packets = sender.flush(0)
    assert [read(p) for p in packets] == [(1, (b"a" * 10, b"b" * 10)), (3, (b"c" * 28,)), (4, (b"d",))]
    assert max(map(len, packets)) == 50
    assert sender.flush(0) == []
    with pytest.raises(LocalProtocolError, match="up to 28 bytes before the end expected, found 29"):
        sender.append(bytes(29))


def test_a_second_of_silence_is_a_heartbeat_and_then_the_end():
    sender = a_sender(b"a")
    assert sender.next_timer_ns() == 0
    sender.flush(5)
    assert sender.next_timer_ns() == 5 + S
    assert sender.on_timer(4 + S) is None
    assert CODEC.decode(sender.on_timer(5 + S)) == MoldPacket(session="DAY1", seq=2)
    sender.end()
    assert CODEC.decode(sender.on_timer(6 + S)) == MoldPacket(session="DAY1", seq=2, is_end=True)
    assert sender.on_timer(7 + S) is None
    assert CODEC.decode(sender.on_timer(6 + 2 * S)).is_end
    with pytest.raises(LocalProtocolError, match="before the end expected"):
        sender.append(b"late")


def test_a_request_is_answered_with_one_packet():
    sender = a_sender(*(b"%010d" % i for i in range(1, 6)))
    sender.flush(0)
    assert read(sender.answer(asked(2, 1))) == (2, (b"%010d" % 2,))
    assert read(sender.answer(asked(2, 4))) == (2, (b"%010d" % 2, b"%010d" % 3))
    assert read(sender.answer(asked(5, 900))) == (5, (b"%010d" % 5,))
    assert [sender.answer(r) for r in (asked(6, 1), asked(2, 0), asked(1, 1, "DAY2"))] == [None, None, None]
    with pytest.raises(RemoteProtocolError, match="a number from 1 on expected, found 0"):
        sender.answer(asked(0, 1))
    with pytest.raises(RemoteProtocolError, match="20 bytes expected, found 3"):
        sender.answer(b"abc")


def test_what_is_not_flushed_is_not_given_away_and_what_is_old_is_let_go():
    sender = a_sender(b"1", keep_max=4)
    assert sender.answer(asked(1, 1)) is None
    sender.flush(0)
    for i in range(2, 7):
        sender.append(b"%d" % i)
        sender.flush(0)
    assert [read(sender.answer(asked(i, 1))) for i in (3, 4, 6)] == [None, (4, (b"4",)), (6, (b"6",))]
    for _ in range(4):
        sender.append(b"x")
    with pytest.raises(LocalProtocolError, match="flush after 4 messages expected"):
        sender.append(b"x")
