"""The FIX session beyond the public scenarios: both roles, both sides of 789, chunks, resets, hours, versions."""

import pytest

from hts.base.errors import LocalProtocolError
from hts.wire.fix.events import (
    GapFound,
    GarbledReceived,
    LoggedOn,
    LoggedOut,
    MessageReceived,
    MessageRefused,
    RejectReceived,
    SequenceWasReset,
    SessionFault,
    Withheld,
)
from hts.wire.fix.inbound import HELD_BYTES_MAX, HELD_MAX, Inbound
from hts.wire.fix.schedule import DAY_S, Schedule
from hts.wire.fix.states import Role, State
from tests.wire.fix.kit import ORDER, ORDER_TEXT, SECOND, Side, a_frame, exchange, frames


def both(begin_string: str = "FIX.4.4", **fields) -> tuple[Side, Side]:
    """An initiator and an acceptor that are logged on."""
    client, venue = Side(Role.INITIATOR, begin_string, **fields), Side(Role.ACCEPTOR, begin_string, **fields)
    connect(client, venue)
    return client, venue


def connect(client: Side, venue: Side) -> None:
    venue.connect()
    exchange(client, venue, client.connect())
    assert (client.session.state, venue.session.state) == (State.UP, State.UP)


def seqs(side: Side) -> list[int]:
    return [event.seq for event in side.events if isinstance(event, MessageReceived)]


@pytest.mark.parametrize("begin_string", ["FIX.4.2", "FIX.4.4", "FIXT.1.1"])
def test_two_sides_log_on_trade_and_log_out(begin_string):
    client, venue = both(begin_string)
    order = ((21, b"1"), *ORDER) if begin_string == "FIX.4.2" else ORDER
    exchange(client, venue, client.send("D", order))
    client.session.logout("bye", client.now_ns, client.now_ns)
    exchange(client, venue, client.session.data_to_send())
    assert [type(e) for e in venue.events] == [LoggedOn, MessageReceived, LoggedOut]
    assert client.events[-1] == LoggedOut(text="", by_peer=False)
    assert (client.session.state, venue.session.state) == (State.CLOSING, State.CLOSING)


def test_logon_of_fixt_tells_the_application_version():
    client = Side(Role.INITIATOR, "FIXT.1.1")
    assert frames(client.connect()) == ["35=A|34=1|49=PEER|56=US|98=0|108=30|1137=9"]


def test_wrong_application_version_is_refused_with_logout():
    venue = Side(Role.ACCEPTOR, "FIXT.1.1")
    venue.connect()
    text = "58=DefaultApplVerID(1137) 9 expected, found 8"
    assert frames(venue.receive(venue.peer(1, "A", "98=0|108=30|1137=8|"))) == [f"35=5|34=1|49=US|56=PEER|{text}"]
    assert venue.session.is_closing


def test_an_initiator_does_not_send_before_the_logon():
    client = Side(Role.INITIATOR)
    client.connect()
    with pytest.raises(LocalProtocolError, match="session up expected before MsgType"):
        client.send("D", ORDER)


def test_what_a_venue_sent_while_the_peer_was_away_comes_after_the_logon():
    client, venue = both()
    client.session.disconnected()
    venue.session.disconnected()
    venue.send("j", ((45, b"1"), (372, b"D"), (380, b"0")))
    venue.send("j", ((45, b"1"), (372, b"D"), (380, b"0")))
    client.events.clear()
    connect(client, venue)
    assert seqs(client) == [2, 3]
    assert [e.poss_dup for e in client.events if isinstance(e, MessageReceived)] == [True, True]
    assert client.session.next_in_seq == venue.session.next_out_seq


def test_next_expected_fills_the_gap_without_a_resend_request():
    client, venue = both(next_expected=True)
    client.session.disconnected()
    venue.session.disconnected()
    for _ in range(3):
        venue.send("j", ((45, b"1"), (372, b"D"), (380, b"0")))
    venue.connect()
    client.events.clear()
    logon = client.connect()
    assert frames(logon) == ["35=A|34=2|49=PEER|56=US|98=0|108=30|789=2"]
    answer = venue.receive(logon)
    assert [f.split("|")[0] + f.split("|")[1] for f in frames(answer)] == [
        "35=A34=5",
        "35=j34=2",
        "35=j34=3",
        "35=j34=4",
    ]
    assert frames(answer)[0].endswith("789=3")
    assert client.receive(answer) == b""
    assert seqs(client) == [2, 3, 4]
    assert client.session.next_in_seq == venue.session.next_out_seq == 6


def test_next_expected_beyond_what_was_sent_ends_the_session():
    venue = Side(Role.ACCEPTOR, next_expected=True)
    venue.connect()
    found = frames(venue.receive(venue.peer(1, "A", "98=0|108=30|789=7|")))
    assert found == ["35=5|34=1|49=US|56=PEER|58=NextExpectedMsgSeqNum too high, expecting 1 but received 7"]


def test_last_processed_number_is_told():
    venue = Side(Role.ACCEPTOR, last_processed=True)
    venue.connect()
    venue.receive(venue.peer(1, "A", "98=0|108=30|"))
    found = frames(venue.receive(venue.peer(2, "1", "112=x|")))
    assert found == ["35=0|34=2|49=US|56=PEER|369=2|112=x"]


def test_a_gap_is_asked_for_in_chunks():
    venue = Side(Role.ACCEPTOR, resend_chunk=3).logged_on()
    assert frames(venue.receive(venue.peer(9, "0"))) == ["35=2|34=2|49=US|56=PEER|7=2|16=4"]
    dup = "43=Y|122=20261123-00:00:00|"
    assert venue.receive(venue.peer(2, "0", dup) + venue.peer(3, "0", dup)) == b""
    assert frames(venue.receive(venue.peer(4, "0", dup))) == ["35=2|34=3|49=US|56=PEER|7=5|16=7"]
    assert frames(venue.receive(venue.peer(5, "4", dup + "36=8|123=Y|"))) == ["35=2|34=4|49=US|56=PEER|7=8|16=0"]
    assert venue.receive(venue.peer(8, "0", dup)) == b""
    assert venue.session.next_in_seq == 10


def test_a_gap_that_nobody_fills_is_asked_for_again_and_then_given_up():
    venue = Side(Role.ACCEPTOR)
    venue.connect()
    venue.receive(venue.peer(1, "A", "98=0|108=0|"))
    venue.receive(venue.peer(5, "0"))
    assert frames(venue.tick()) == ["35=2|34=3|49=US|56=PEER|7=2|16=0"]
    assert frames(venue.tick()) == ["35=2|34=4|49=US|56=PEER|7=2|16=0"]
    assert frames(venue.tick()) == ["35=5|34=5|49=US|56=PEER|58=message 2 again expected, found none"]


def test_orders_that_must_not_be_resent_are_filled_as_a_gap():
    client = Side(Role.INITIATOR, never_resent=frozenset(("D",)))
    client.connect()
    client.receive(client.peer(1, "A", "98=0|108=30|"))
    client.send("D", ORDER)
    client.send("F", ((41, b"1"), (11, b"2")))
    found = frames(client.receive(client.peer(2, "2", "7=1|16=0|")))
    assert found == ["35=4|34=1|43=Y|49=PEER|56=US|36=3|123=Y", "35=F|34=3|43=Y|49=PEER|56=US|41=1|11=2"]
    assert client.events[-1:] == [Withheld(begin=1, end=3)]
    client.receive(client.peer(3, "2", "7=3|16=3|"))
    assert client.events[-1:] == [Withheld(begin=1, end=3)]


def test_a_reset_in_the_session_restarts_both_numberings():
    client, venue = both()
    exchange(client, venue, client.send("D", ORDER))
    client.session.reset(client.now_ns, client.now_ns)
    exchange(client, venue, client.session.data_to_send())
    exchange(client, venue, client.send("D", ORDER))
    assert seqs(venue) == [2, 2]
    assert (client.session.next_in_seq, client.session.next_out_seq) == (2, 3)
    assert (venue.session.next_in_seq, venue.session.next_out_seq) == (3, 2)


def test_reset_on_logon_restarts_both_numberings():
    client, venue = both()
    exchange(client, venue, client.send("D", ORDER))
    fresh = Side(Role.INITIATOR, store=client.store, reset_on_logon=True)
    venue.session.disconnected()
    connect(fresh, venue)
    assert (fresh.session.next_in_seq, fresh.session.next_out_seq) == (2, 2)
    assert (venue.session.next_in_seq, venue.session.next_out_seq) == (2, 2)


def test_reset_flag_with_another_number_than_one_is_refused():
    venue = Side(Role.ACCEPTOR)
    venue.connect()
    found = frames(venue.receive(venue.peer(4, "A", "98=0|108=30|141=Y|")))
    assert found == ["35=5|34=1|49=US|56=PEER|58=MsgSeqNum 1 with ResetSeqNumFlag expected, found 4"]


def test_a_second_logon_without_reset_is_refused_and_changes_nothing():
    venue = Side(Role.ACCEPTOR).logged_on()
    found = frames(venue.receive(venue.peer(2, "A", "98=0|108=30|")))
    assert found == ["35=3|34=2|49=US|56=PEER|45=2|58=Other|372=A|373=99"]
    assert venue.session.is_up


def test_sequence_reset_skips_and_says_so():
    venue = Side(Role.ACCEPTOR).logged_on()
    venue.receive(venue.peer(2, "4", "36=9|"))
    assert venue.events == [SequenceWasReset(expected=2, new_seq=9)]
    assert venue.session.next_in_seq == 9


def test_gap_fill_backwards_is_refused():
    venue = Side(Role.ACCEPTOR).logged_on()
    found = frames(venue.receive(venue.peer(2, "4", "36=2|123=Y|")))
    assert found == [
        "35=3|34=2|49=US|56=PEER|45=2|58=Value is incorrect (out of range) for this tag|371=36|372=4|373=5"
    ]


def test_message_without_a_number_ends_the_session():
    venue = Side(Role.ACCEPTOR).logged_on()
    found = frames(venue.receive(a_frame("35=0|49=PEER|52=20261123-00:00:00|56=US|")))
    assert found == ["35=5|34=2|49=US|56=PEER|58=Required tag missing: MsgSeqNum"]
    assert venue.session.is_closing


def test_resend_request_for_what_was_never_sent_is_refused():
    venue = Side(Role.ACCEPTOR).logged_on()
    venue.receive(venue.peer(2, "2", "7=5|16=0|"))
    assert venue.events == [MessageRefused(seq=2, msg_type="2", reason=5, ref_tag=7)]


def test_reject_of_the_peer_is_an_event_and_not_answered():
    venue = Side(Role.ACCEPTOR).logged_on()
    assert venue.receive(venue.peer(2, "3", "45=1|371=55|373=5|58=no|")) == b""
    assert venue.events == [RejectReceived(ref_seq_num=1, ref_tag=55, reason=5, text="no")]


def test_possible_duplicate_and_resend_are_told():
    venue = Side(Role.ACCEPTOR).logged_on()
    venue.receive(venue.peer(2, "D", f"43=Y|97=Y|122=20261123-00:00:00|{ORDER_TEXT}"))
    assert [(e.poss_dup, e.poss_resend) for e in venue.events] == [(True, True)]


def test_both_sides_ask_for_a_resend_at_once_and_both_recover():
    client, venue = both()
    lost_there, lost_back = client.send("D", ORDER), venue.send("8", ((37, b"1"),))
    there, back = client.send("D", ORDER), venue.send("8", ((37, b"1"),))
    assert lost_there
    assert lost_back
    to_client, to_venue = venue.receive(there), client.receive(back)
    exchange(venue, client, to_client)
    exchange(client, venue, to_venue)
    assert seqs(venue) == [2, 3]
    assert client.session.next_in_seq == venue.session.next_out_seq
    assert venue.session.next_in_seq == client.session.next_out_seq


def test_a_resend_request_above_a_gap_is_answered_once_and_counts():
    venue = Side(Role.ACCEPTOR).logged_on()
    found = frames(venue.receive(venue.peer(4, "2", "7=1|16=0|")))
    assert [f.split("|")[0] for f in found] == ["35=4", "35=2"]
    dup = "43=Y|122=20261123-00:00:00|"
    assert venue.receive(venue.peer(2, "0", dup) + venue.peer(3, "0", dup)) == b""
    assert venue.session.next_in_seq == 5


def test_a_possible_duplicate_in_sequence_has_its_times_checked():
    venue = Side(Role.ACCEPTOR).logged_on()
    venue.receive(venue.peer(2, "D", f"43=Y|{ORDER_TEXT}"))
    assert venue.events == [MessageRefused(seq=2, msg_type="D", reason=1, ref_tag=122)]
    found = frames(venue.receive(venue.peer(3, "D", f"43=Y|122=20261123-00:00:01|{ORDER_TEXT}")))
    assert [f.split("|")[0] for f in found] == ["35=3", "35=5"]
    assert (venue.session.state, venue.session.next_in_seq) == (State.LOGOUT_SENT, 4)


def test_a_message_of_another_application_version_is_refused():
    venue = Side(Role.ACCEPTOR, "FIXT.1.1").logged_on()
    venue.receive(venue.peer(2, "D", f"1128=8|{ORDER_TEXT}") + venue.peer(3, "D", f"1128=9|{ORDER_TEXT}"))
    assert venue.events[0] == MessageRefused(seq=2, msg_type="D", reason=18, ref_tag=1128)
    assert seqs(venue) == [3]


def test_a_reset_that_the_acceptor_wants_is_followed():
    client, venue = both()
    client.session.disconnected()
    client.connect()
    client.receive(client.peer(1, "A", "98=0|108=30|141=Y|"))
    assert client.events[-1].was_reset
    assert (client.session.next_in_seq, client.session.next_out_seq) == (2, 2)
    assert venue.session.is_up


def test_a_gap_that_the_peer_was_told_of_is_not_asked_for_again():
    venue = Side(Role.ACCEPTOR, next_expected=True)
    venue.connect()
    logon = venue.peer(5, "A", "98=0|108=30|789=1|")
    assert frames(venue.receive(logon)) == ["35=A|34=1|49=US|56=PEER|98=0|108=30|789=1"]
    assert venue.receive(venue.peer(6, "0")) == b""
    venue.receive(venue.peer(1, "4", "43=Y|122=20261123-00:00:00|36=6|123=Y|"))
    assert venue.session.next_in_seq == 7


def test_a_chunk_begins_behind_what_waits_already():
    venue = Side(Role.ACCEPTOR, resend_chunk=3).logged_on()
    venue.receive(venue.peer(9, "0") + venue.peer(5, "0"))
    found = frames(venue.receive(venue.peer(2, "4", "43=Y|36=5|123=Y|")))
    assert found == ["35=2|34=3|49=US|56=PEER|7=6|16=0"]


def test_what_waits_is_bounded():
    inbound = Inbound(1)
    message = Side(Role.ACCEPTOR).inspector.parse(a_frame("35=0|58=" + "x" * 2000 + "|"))
    for seq in range(2, HELD_MAX + 50):
        inbound.hold(seq, message)
    assert len(inbound._held) * len(message.frame) <= HELD_BYTES_MAX
    light = Inbound(1)
    for seq in range(2, HELD_MAX + 50):
        light.hold(seq, None)
    assert len(light._held) == HELD_MAX


def test_logon_that_never_comes_closes_the_connection():
    venue = Side(Role.ACCEPTOR)
    venue.connect()
    assert venue.tick() == b""
    assert venue.events == [SessionFault(text="Logon(A) in time expected")]


def test_logout_without_answer_closes_the_connection():
    client, _venue = both()
    client.session.logout("", client.now_ns, client.now_ns)
    client.session.data_to_send()
    client.events.clear()
    client.tick()
    assert client.events == [LoggedOut(text="Logout(5) in time expected", by_peer=False)]


def test_garbled_bytes_between_messages_are_skipped():
    venue = Side(Role.ACCEPTOR).logged_on()
    good = venue.peer(2, "1", "112=x|")
    broken = good[:-4] + b"999\x01"
    assert frames(venue.receive(b"noise" + broken + good)) == ["35=0|34=2|49=US|56=PEER|112=x"]
    assert [type(e) for e in venue.events] == [GarbledReceived, GarbledReceived]


def test_ten_megabytes_without_a_message_end_the_session():
    venue = Side(Role.ACCEPTOR).logged_on()
    for _ in range(10):
        venue.receive(b"x" * (1 << 20))
    assert venue.events == [SessionFault(text="FIX messages expected, found other bytes only")]


HOURS = Schedule.daily(9 * 3600, 18 * 3600)


def test_outside_of_the_hours_nothing_is_answered():
    venue = Side(Role.ACCEPTOR, schedule=HOURS)
    assert venue.connect() == b""
    assert venue.session.is_closing


def test_the_end_of_the_hours_logs_out_and_the_next_session_begins_at_one():
    venue = Side(Role.ACCEPTOR, schedule=HOURS)
    venue.now_ns += 18 * 3600 * SECOND - 5 * SECOND
    venue.logged_on()
    assert frames(venue.tick()) == ["35=5|34=2|49=US|56=PEER|58=the session's hours are over"]
    assert frames(venue.receive(venue.peer(2, "5"))) == []
    assert (venue.session.next_in_seq, venue.session.next_out_seq) == (3, 3)
    venue.session.disconnected()
    venue.now_ns += 15 * 3600 * SECOND + 10 * SECOND
    venue.logged_on()
    assert (venue.session.next_in_seq, venue.session.next_out_seq) == (2, 2)


def test_schedules():
    monday = 1_795_392_000 * SECOND
    hour = 3600 * SECOND
    weekly = Schedule.weekly(start_day=6, start_s=18 * 3600, end_day=4, end_s=17 * 3600)
    assert weekly.session_start_ns(monday) == monday - 6 * hour
    assert weekly.session_start_ns(monday + 5 * DAY_S * SECOND) is None
    assert weekly.next_change_ns(monday) == monday + (4 * 24 + 17) * hour
    night = Schedule.daily(22 * 3600, 5 * 3600)
    assert night.session_start_ns(monday + 2 * hour) is None
    assert night.session_start_ns(monday + 26 * hour) == monday + 22 * hour
    seoul = Schedule.daily(9 * 3600, 16 * 3600, utc_offset_s=9 * 3600)
    assert seoul.session_start_ns(monday + hour) == monday
    assert seoul.next_change_ns(monday + hour) == monday + 7 * hour


def test_one_byte_at_a_time_gives_the_same():
    whole, bytewise = Side(Role.ACCEPTOR), Side(Role.ACCEPTOR)
    data = b"".join(
        [
            whole.peer(1, "A", "98=0|108=30|"),
            whole.peer(2, "D", ORDER_TEXT),
            b"garbage",
            whole.peer(5, "1", "112=a|"),
            whole.peer(3, "0"),
            whole.peer(4, "D", "11=2|"),
            whole.peer(6, "5"),
        ]
    )
    whole.connect()
    bytewise.connect()
    answers = whole.receive(data)
    assert b"".join(bytewise.receive(data[at : at + 1]) for at in range(len(data))) == answers
    assert [repr(type(e)) for e in bytewise.events] == [repr(type(e)) for e in whole.events]
    assert GapFound(expected=3, found=5) in whole.events
