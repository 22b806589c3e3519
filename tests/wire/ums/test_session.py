"""Session scripts: both roles on a wire that can lose, double, delay and break."""

import pytest

from hts.wire.ums.codec import as_poss_dup, encode
from hts.wire.ums.events import GapFound, LoggedOut, ProtocolFault, SentLost
from hts.wire.ums.messages import (
    Heartbeat,
    ResendRequest,
    SessionReason,
    TestRequest,
)
from hts.wire.ums.states import State
from tests.support.wire_ums import (
    LAYOUT,
    MS,
    TRADE_NS,
    Pair,
    a_client,
    a_venue,
    an_execution,
    an_order,
    an_up_pair,
    events_of,
    frames_of,
    logged_on,
    received,
    said,
)


def test_logon_both_ways_with_the_days_facts():
    pair = Pair()
    pair.connect()
    assert pair.seen == [("up", "Logon", 1, False), ("down", "Logon", 1, False)]
    assert events_of(pair.client) == [logged_on(is_new_epoch=True)]
    assert events_of(pair.venue) == [logged_on(is_new_epoch=True, trading_date=0, speed_milli=0)]
    assert (pair.client.epoch, pair.client.is_up, pair.venue.is_up) == (3, True, True)


def test_application_messages_are_numbered_and_administrative_ones_are_not():
    pair = an_up_pair()
    order, report = an_order(1), an_execution(1)
    assert pair.client.send(order, *pair.now) == 1
    pair.pump()
    pair.advance(5_000 * MS)
    assert pair.client.send(an_order(2), *pair.now) == 2
    assert pair.venue.send(report, TRADE_NS, pair.mono_ns) == 1
    pair.pump()
    assert events_of(pair.venue) == [received(1, order), received(2, an_order(2), sending_ns=pair.now[0])]
    assert events_of(pair.client) == [received(1, report)]
    assert {name for _, name, _, _ in pair.seen} == {"EnterOrder", "Execution", "Heartbeat"}


def test_venue_sends_what_the_client_has_not_received_after_logon():
    pair = Pair(client=a_client(epoch=3, next_in_seq=2))
    reports = [an_execution(i) for i in (1, 2, 3)]
    assert [pair.venue.send(r, TRADE_NS, 0) for r in reports] == [1, 2, 3]
    pair.connect()
    assert events_of(pair.client) == [
        logged_on(next_in_seq=2),
        received(2, reports[1], poss_dup=True),
        received(3, reports[2], poss_dup=True),
    ]
    assert pair.venue.send(an_execution(4), *pair.now) == 4
    pair.pump()
    assert events_of(pair.client) == [received(4, an_execution(4))]


@pytest.mark.parametrize("epoch", [0, 2, 9])
def test_another_epoch_starts_both_numberings_anew(epoch):
    pair = Pair(client=a_client(epoch=epoch, next_in_seq=57, next_out_seq=12))
    pair.venue.send(an_execution(1), TRADE_NS, 0)
    pair.connect()
    assert events_of(pair.client) == [logged_on(is_new_epoch=True), received(1, an_execution(1), poss_dup=True)]
    assert (pair.client.next_in_seq, pair.client.next_out_seq) == (2, 1)


def test_client_takes_over_the_number_the_venue_expects():
    pair = Pair(client=a_client(epoch=3), venue=a_venue(next_in_seq=41))
    pair.connect()
    assert events_of(pair.client) == [logged_on(next_out_seq=41)]
    assert pair.client.send(an_order(1), *pair.now) == 41
    pair.pump()
    assert events_of(pair.venue)[-1] == received(41, an_order(1))


def test_orders_that_a_broken_connection_swallowed_are_lost_and_not_sent_again():
    pair = an_up_pair()
    pair.client.send(an_order(1), *pair.now)
    pair.pump()
    pair.drop = lambda direction, name: name == "EnterOrder"
    pair.client.send(an_order(2), *pair.now)
    pair.client.send(an_order(3), *pair.now)
    pair.pump()
    pair.cut()
    pair.drop = lambda direction, name: False
    pair.seen.clear()
    pair.connect()
    assert events_of(pair.client) == [logged_on(next_out_seq=2), SentLost(first_seq=2, end_seq=4)]
    assert pair.seen == [("up", "Logon", 4, False), ("down", "Logon", 1, False)]


def test_a_lost_order_in_between_is_gap_filled_with_all_that_followed():
    pair = an_up_pair()
    lost = iter([True])
    pair.drop = lambda direction, name: name == "EnterOrder" and next(lost, False)
    pair.client.send(an_order(1), *pair.now)
    pair.client.send(an_order(2), *pair.now)
    pair.pump()
    assert pair.seen == [
        ("up", "EnterOrder", 1, False),
        ("up", "EnterOrder", 2, False),
        ("down", "ResendRequest", 1, False),
        ("up", "SequenceReset", 1, False),
    ]
    assert events_of(pair.venue) == [GapFound(expected=1, found=2)]
    assert events_of(pair.client) == [SentLost(first_seq=1, end_seq=3)]
    pair.drop = lambda direction, name: False
    pair.client.send(an_order(3), *pair.now)
    pair.pump()
    assert events_of(pair.venue) == [received(3, an_order(3))]


def test_a_lost_report_is_sent_again_with_all_that_followed():
    pair = an_up_pair()
    lost = iter([True])
    pair.drop = lambda direction, name: name == "Execution" and next(lost, False)
    for i in (1, 2, 3):
        pair.venue.send(an_execution(i), *pair.now)
    pair.pump()
    assert events_of(pair.client) == [
        GapFound(expected=1, found=2),
        received(1, an_execution(1), poss_dup=True),
        received(2, an_execution(2), poss_dup=True),
        received(3, an_execution(3), poss_dup=True),
    ]
    assert [name for _, name, _, _ in pair.seen].count("ResendRequest") == 1


def test_both_sides_miss_something_and_both_ask():
    pair = an_up_pair()
    pair.drop = lambda direction, name: name in ("EnterOrder", "Execution")
    pair.client.send(an_order(1), *pair.now)
    pair.venue.send(an_execution(1), *pair.now)
    pair.pump()
    pair.drop = lambda direction, name: False
    pair.advance(1_000 * MS)
    assert events_of(pair.client) == [
        GapFound(expected=1, found=2),
        SentLost(first_seq=1, end_seq=2),
        received(1, an_execution(1), poss_dup=True),
    ]
    assert events_of(pair.venue) == [GapFound(expected=1, found=2)]
    assert (pair.client.next_in_seq, pair.venue.next_in_seq) == (2, 2)


def test_a_resend_request_that_shows_a_gap_is_answered_and_asks_in_turn():
    pair = an_up_pair()
    pair.venue.send(an_execution(1), *pair.now)
    pair.venue.data_to_send()
    pair.venue.receive_data(encode(LAYOUT, ResendRequest(begin_seq=1), 3, TRADE_NS), *pair.now)
    assert said(pair.venue.data_to_send()) == [("Execution", 1, True), ("ResendRequest", 2, False)]
    assert events_of(pair.venue) == [GapFound(expected=1, found=3)]


def test_a_loss_at_the_tail_shows_in_the_next_heartbeat():
    pair = an_up_pair()
    pair.drop = lambda direction, name: name == "Execution"
    pair.venue.send(an_execution(1), *pair.now)
    pair.pump()
    pair.drop = lambda direction, name: False
    pair.advance(1_000 * MS)
    assert events_of(pair.client) == [GapFound(expected=1, found=2), received(1, an_execution(1), poss_dup=True)]


def test_a_gap_that_is_never_filled_ends_the_session():
    pair = an_up_pair()
    pair.drop = lambda direction, name: name == "ResendRequest"
    pair.client.receive_data(encode(LAYOUT, an_execution(2), 2, TRADE_NS), *pair.now)
    pair.advance(1_000 * MS)
    text = "message 1 again within 1000 ms expected"
    assert events_of(pair.client) == [
        GapFound(expected=1, found=2),
        ProtocolFault(reason=SessionReason.RESEND_FAILED, text=text),
    ]
    assert events_of(pair.venue) == [LoggedOut(reason=SessionReason.RESEND_FAILED, text=text, by_peer=True)]


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_doubled_message_is_a_number_from_the_past(direction):
    pair = an_up_pair()
    pair.double = lambda way, name: name in ("EnterOrder", "Execution")
    sender, receiver = (pair.client, pair.venue) if direction == "up" else (pair.venue, pair.client)
    message = an_order(1) if direction == "up" else an_execution(1)
    sender.send(message, *pair.now)
    pair.pump()
    text = f"{type(message).__name__}: number 2 expected, found 1"
    assert events_of(receiver) == [
        received(1, message),
        ProtocolFault(reason=SessionReason.SEQ_TOO_LOW, text=text),
    ]
    assert events_of(sender) == [LoggedOut(reason=SessionReason.SEQ_TOO_LOW, text=text, by_peer=True)]
    assert (receiver.is_closing, sender.is_closing) == (True, True)


def test_a_repeat_with_poss_dup_is_ignored():
    pair = an_up_pair()
    pair.venue.send(an_execution(1), *pair.now)
    frame = pair.venue.data_to_send()
    pair.client.receive_data(frame, *pair.now)
    pair.client.receive_data(as_poss_dup(LAYOUT, frame), *pair.now)
    assert events_of(pair.client) == [received(1, an_execution(1))]
    assert pair.client.is_up


def test_half_open_client_logs_on_again_and_numbers_go_on():
    pair = an_up_pair()
    pair.client.send(an_order(1), *pair.now)
    pair.pump()
    events_of(pair.venue)
    pair.client = a_client(epoch=3)  # the old process is gone; the venue has not noticed
    pair.venue.send(an_execution(1), *pair.now)
    pair.connect()
    assert events_of(pair.client) == [logged_on(next_out_seq=2), received(1, an_execution(1), poss_dup=True)]


def test_silent_venue_is_tested_and_then_down():
    pair = an_up_pair()
    pair.drop = lambda direction, name: True
    pair.advance(1_500 * MS)
    assert ("up", "TestRequest", 1, False) in pair.seen
    assert events_of(pair.client) == []
    pair.advance(1_000 * MS)
    text = "answer to TestRequest within 1000 ms expected"
    assert events_of(pair.client) == [ProtocolFault(reason=SessionReason.PEER_SILENT, text=text)]
    assert events_of(pair.venue) == [ProtocolFault(reason=SessionReason.PEER_SILENT, text=text)]
    assert (pair.client.state, pair.client.next_timer_ns()) == (State.CLOSING, None)


def test_answered_test_request_keeps_the_session():
    pair = an_up_pair()
    pair.drop = lambda direction, name: direction == "down" and name == "Heartbeat" and pair.mono_ns < 1_400 * MS
    pair.advance(20_000 * MS)
    assert (events_of(pair.client), events_of(pair.venue)) == ([], [])
    assert ("up", "TestRequest", 1, False) in pair.seen
    assert pair.client.is_up
    assert pair.venue.is_up


def test_test_request_is_answered_with_its_number():
    pair = an_up_pair()
    pair.venue.receive_data(encode(LAYOUT, TestRequest(test_req_id=77), 1, TRADE_NS), *pair.now)
    assert [f.message for f in frames_of(pair.venue.data_to_send())] == [Heartbeat(test_req_id=77)]


def test_logout_by_the_client_is_answered():
    pair = an_up_pair()
    pair.client.logout(SessionReason.NONE, "", *pair.now)
    pair.pump()
    assert pair.seen == [("up", "Logout", 1, False), ("down", "Logout", 1, False)]
    assert events_of(pair.client) == [LoggedOut(reason=0, text="", by_peer=False)]
    assert events_of(pair.venue) == [LoggedOut(reason=0, text="", by_peer=True)]


def test_a_report_that_crosses_the_logout_still_arrives():
    pair = an_up_pair()
    pair.client.logout(SessionReason.NONE, "", *pair.now)
    pair.venue.send(an_execution(1), *pair.now)
    pair.pump()
    assert events_of(pair.client) == [received(1, an_execution(1)), LoggedOut(reason=0, text="", by_peer=False)]


def test_a_logout_without_answer_closes_after_its_time():
    pair = an_up_pair()
    pair.drop = lambda direction, name: True
    pair.client.logout(SessionReason.NONE, "", *pair.now)
    pair.pump()
    pair.advance(2_000 * MS)
    text = "Logout within 2000 ms expected"
    assert events_of(pair.client) == [LoggedOut(reason=SessionReason.LOGOUT_TIMEOUT, text=text, by_peer=False)]


@pytest.mark.parametrize("role", ["client", "venue"])
def test_logon_that_never_comes(role):
    pair = Pair()
    pair.drop = lambda direction, name: True
    pair.connect()
    pair.advance(5_000 * MS)
    session = pair.client if role == "client" else pair.venue
    assert events_of(session) == [
        ProtocolFault(reason=SessionReason.LOGON_TIMEOUT, text="Logon within 5000 ms expected")
    ]
