"""Refused logons, broken frames, messages out of place: one line in a Logout, and the session ends."""

import pytest

from hts.base.errors import LocalProtocolError
from hts.wire.ums.codec import encode
from hts.wire.ums.events import LoggedOut, ProtocolFault
from hts.wire.ums.messages import (
    Heartbeat,
    Logout,
    MassStatusRequest,
    ResendRequest,
    SequenceReset,
    SessionReason,
)
from tests.support.wire_ums import (
    LAYOUT,
    PASSWORD,
    TRADE_NS,
    Pair,
    a_client,
    a_logon,
    a_venue,
    an_execution,
    an_order,
    an_up_pair,
    events_of,
    frames_of,
    received,
    said,
)

REFUSALS = [
    ({"version": 1}, SessionReason.BAD_VERSION, "version 5 expected, found 1"),
    ({"comp_id": "HTS02"}, SessionReason.UNKNOWN_COMP_ID, "comp id HTS01 expected, found HTS02"),
    ({"peer_id": "NXT"}, SessionReason.WRONG_PEER, "logon to KRX expected, found NXT"),
    ({"password": "guess"}, SessionReason.BAD_PASSWORD, "the password of HTS01 expected, found another one"),
    ({"heartbeat_ms": 99}, SessionReason.BAD_HEARTBEAT, "heartbeat of 100 to 60000 ms expected, found 99"),
    ({"next_expected_seq": 0}, SessionReason.MALFORMED, "next expected number 1 or more expected, found 0"),
    ({"next_expected_seq": 3}, SessionReason.SEQ_TOO_HIGH, "next expected number up to 2 expected, found 3"),
]


@pytest.mark.parametrize(("changes", "reason", "text"), REFUSALS, ids=lambda v: v.name if hasattr(v, "name") else "")
def test_venue_refuses_a_logon_with_one_line(changes, reason, text):
    venue = a_venue()
    venue.send(an_execution(1), TRADE_NS, 0)
    venue.connected(TRADE_NS, 0)
    venue.receive_data(encode(LAYOUT, a_logon(**changes), 1, TRADE_NS), TRADE_NS, 0)
    assert [f.message for f in frames_of(venue.data_to_send())] == [Logout(reason=reason, text=text)]
    assert events_of(venue) == [LoggedOut(reason=reason, text=text, by_peer=False)]
    assert venue.is_closing


@pytest.mark.parametrize(
    ("changes", "seq", "reason", "text"),
    [
        ({"comp_id": "NXT"}, 5, SessionReason.UNKNOWN_COMP_ID, "comp id KRX expected, found NXT"),
        ({"peer_id": "HTS02"}, 5, SessionReason.WRONG_PEER, "logon to HTS01 expected, found HTS02"),
        ({"epoch": 0}, 5, SessionReason.BAD_EPOCH, "epoch 1 or more expected, found 0"),
        ({}, 4, SessionReason.SEQ_TOO_LOW, "Logon: number 5 or more expected, found 4"),
    ],
)
def test_client_refuses_a_wrong_answer(changes, seq, reason, text):
    client = a_client(epoch=3, next_in_seq=5)
    client.connected(TRADE_NS, 0)
    client.data_to_send()
    answer = a_logon(**({"comp_id": "KRX", "peer_id": "HTS01"} | changes))
    client.receive_data(encode(LAYOUT, answer, seq, TRADE_NS), TRADE_NS, 0)
    assert [f.message for f in frames_of(client.data_to_send())] == [Logout(reason=reason, text=text)]
    assert events_of(client) == [LoggedOut(reason=reason, text=text, by_peer=False)]


def frame(message, seq=1):
    return encode(LAYOUT, message, seq, TRADE_NS)


FAULTS = [
    (b"GET / HTTP/1.1\r\n", SessionReason.BAD_LENGTH, "frame length 16 to 512 expected, found 18245"),
    (b"\x00\x14Z" + bytes(17), SessionReason.UNKNOWN_TYPE, "message type out of 0124589ADEFGKSkqr expected, found Z"),
    (frame(a_logon()), SessionReason.UNEXPECTED_MESSAGE, "a message of a running session expected, found Logon"),
    (
        frame(an_execution(1)),
        SessionReason.UNEXPECTED_MESSAGE,
        "a message of a running session expected, found Execution",
    ),
    (
        frame(ResendRequest(begin_seq=0)),
        SessionReason.SEQ_TOO_HIGH,
        "ResendRequest: first number 1 to 1 expected, found 0",
    ),
    (
        frame(ResendRequest(begin_seq=2)),
        SessionReason.SEQ_TOO_HIGH,
        "ResendRequest: first number 1 to 1 expected, found 2",
    ),
    (
        frame(SequenceReset(new_seq=1)),
        SessionReason.MALFORMED,
        "SequenceReset: new number above 1 expected, found 1",
    ),
    (frame(Heartbeat(), 0), SessionReason.SEQ_TOO_LOW, "Heartbeat: number 1 expected, found 0"),
]


@pytest.mark.parametrize(("data", "reason", "text"), FAULTS, ids=lambda v: v.name if hasattr(v, "name") else "")
def test_fault_on_a_running_session_is_answered_and_ends_it(data, reason, text):
    pair = an_up_pair()
    pair.venue.send(an_execution(1), *pair.now)
    pair.pump()
    pair.venue.receive_data(data + frame(an_order(1)), *pair.now)
    assert [f.message for f in frames_of(pair.venue.data_to_send())] == [Logout(reason=reason, text=text)]
    assert events_of(pair.venue) == [ProtocolFault(reason=reason, text=text)]
    assert pair.venue.is_closing


def test_anything_before_logon_is_a_fault():
    venue = a_venue()
    venue.connected(TRADE_NS, 0)
    venue.receive_data(frame(an_order(1)), TRADE_NS, 0)
    assert events_of(venue) == [
        ProtocolFault(reason=SessionReason.UNEXPECTED_MESSAGE, text="Logon expected, found EnterOrder")
    ]


def test_one_byte_at_a_time_gives_the_same_events():
    pair = an_up_pair()
    data = frame(an_order(1)) + frame(MassStatusRequest(mass_status_req_id=1), 2) + frame(an_order(4), 4)
    whole, single = a_venue(), a_venue()
    for session, chunks in ((whole, [data]), (single, [bytes((b,)) for b in data])):
        session.connected(TRADE_NS, 0)
        session.receive_data(frame(a_logon()), TRADE_NS, 0)
        for chunk in chunks:
            session.receive_data(chunk, TRADE_NS, 0)
    found = events_of(whole)
    assert events_of(single) == found
    assert [type(e).__name__ for e in found] == ["LoggedOn", "MessageReceived", "MessageReceived", "GapFound"]
    assert whole.data_to_send() == single.data_to_send()
    assert pair.client.is_up


def test_a_peer_that_does_not_read_is_cut_off():
    pair = Pair(venue=a_venue(unsent_limit=400))
    pair.connect()
    events_of(pair.venue)
    for i in (1, 2, 3):
        pair.venue.send(an_execution(i), *pair.now)
    assert pair.venue.is_closing
    text = "unsent bytes up to 400 expected, found more: the peer does not read"
    assert events_of(pair.venue) == [ProtocolFault(reason=SessionReason.SLOW_PEER, text=text)]
    assert (pair.venue.data_to_send(), pair.venue.next_out_seq) == (b"", 4)


def test_client_that_is_not_logged_on_must_not_send():
    client = a_client()
    with pytest.raises(LocalProtocolError) as caught:
        client.send(an_order(1), TRADE_NS, 0)
    assert str(caught.value) == "session up expected before EnterOrder, found disconnected"
    assert client.next_out_seq == 1


def test_a_half_read_frame_is_forgotten_with_its_connection():
    pair = an_up_pair()
    pair.venue.receive_data(frame(an_order(1))[:50], *pair.now)
    pair.cut()
    pair.connect()
    pair.client.send(an_order(2), *pair.now)
    pair.pump()
    assert events_of(pair.venue)[1:] == [received(1, an_order(2))]


def test_password_is_in_no_repr():
    assert PASSWORD not in repr(a_logon())
    assert said(frame(a_logon())) == [("Logon", 1, False)]
