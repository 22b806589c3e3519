from hts.gateway.actions import Dial, Hangup
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.gateway.redial import RedialPlan
from hts.model.enums import CxlRejResponseTo, OrdStatus
from hts.model.reports import OrderCancelReject, RequestsLost, SessionDown, SessionUp
from hts.model.requests import EndSession, NewOrderSingle, OrderMassStatusRequest, StartSession
from hts.wire.ums.events import MessageReceived
from hts.wire.ums.messages import CancelReject, MassStatusRequest, SessionReason
from tests.support.wire_gateway import Shell
from tests.support.wire_ums import (
    LAYOUT,
    MS,
    PASSWORD,
    TRADE_NS,
    a_venue,
    an_execution,
    an_order,
    frames_of,
    order_values,
)


def a_request(cl_ord_id=1, **changes):
    return NewOrderSingle(**order_values(cl_ord_id, changes))


def up(trade_ns=TRADE_NS, epoch=3):
    return SessionUp(venue="KRX", epoch=epoch, trading_date=20261123, trade_ns=trade_ns, speed_milli=1000)


def down(reason, detail=""):
    return SessionDown(venue="KRX", reason=reason, detail=detail)


def lost(*ids):
    return RequestsLost(venue="KRX", cl_ord_ids=ids)


def an_up_shell(**config):
    shell = Shell(**config)
    shell.start()
    shell.taken()
    shell.venue_events()
    return shell


def seqs(reports):
    return [(r.venue_seq, r.cl_ord_id, r.poss_dup) for r in reports]


def test_session_up_comes_before_the_reports_that_are_sent_again():
    shell = Shell()
    for i in (1, 2, 3):
        shell.venue.send(an_execution(i), TRADE_NS, 0)
    shell.start(next_in_seq=2)
    first, second, *reports = shell.taken()
    assert (first, second) == (("dial", 0), up())
    assert seqs(reports) == [(2, 2, True), (3, 3, True)]


def test_logon_carries_the_disconnect_policy():
    shell = Shell()
    shell.start(cancel_on_disconnect=True)
    assert shell.venue.cancel_on_disconnect


def test_a_policy_that_changes_travels_with_the_next_logon():
    shell = an_up_shell()
    assert not shell.venue.cancel_on_disconnect
    shell.start(cancel_on_disconnect=True)
    assert (shell.taken(), shell.venue.cancel_on_disconnect) == ([], False)
    shell.cut()
    shell.advance(1_000)
    assert (shell.gateway.is_up, shell.venue.cancel_on_disconnect) == (True, True)


def test_a_request_is_on_the_wire_at_once():
    shell = an_up_shell()
    shell.gateway.send(a_request(7), *shell.now)
    assert [f.message for f in frames_of(shell.gateway.data_to_send())] == [an_order(7)]


def test_reports_carry_the_number_of_their_message():
    shell = an_up_shell()
    shell.venue.send(an_execution(1), *shell.now)
    shell.venue.send(
        CancelReject(
            cl_ord_id=2,
            orig_cl_ord_id=1,
            response_to=CxlRejResponseTo.CANCEL,
            ord_status=OrdStatus.FILLED,
            reason_code=10,
            transact_ns=5,
            request_id="r-2",
        ),
        *shell.now,
    )
    shell.pump()
    execution, reject = shell.taken()
    assert (execution.venue_seq, execution.venue_order_id) == (1, 901)
    assert reject == OrderCancelReject(
        venue="KRX",
        venue_seq=2,
        cl_ord_id=2,
        orig_cl_ord_id=1,
        response_to=CxlRejResponseTo.CANCEL,
        ord_status=OrdStatus.FILLED,
        reason_code=10,
        transact_ns=5,
    )


def test_requests_without_a_session_come_back_as_lost():
    shell = Shell()
    shell.send(a_request(1))
    shell.send(OrderMassStatusRequest(mass_status_req_id=1))
    shell.reachable = False
    shell.start()
    shell.send(a_request(2))
    assert shell.taken() == [lost(1), ("dial", 0), down("dial_failed", "connection refused"), lost(2)]


def test_a_request_that_fits_no_field_comes_back_as_lost():
    shell = an_up_shell()
    shell.send(a_request(1, request_id="x" * 37))
    shell.send(a_request(2))
    assert shell.taken() == [lost(1)]
    assert [e.message.cl_ord_id for e in shell.venue_events()] == [2]


def test_tcp_loss_is_noticed_at_once_and_dialled_again():
    shell = an_up_shell()
    shell.cut()
    assert shell.taken() == [down("tcp_lost", "connection reset")]
    shell.advance(199)
    assert shell.taken() == []
    shell.advance(1)
    assert shell.taken() == [("dial", 200), up(TRADE_NS + 200 * MS)]


def test_tries_are_quick_first_and_steady_then_and_down_is_told_once():
    shell = Shell()
    shell.reachable = False
    shell.start()
    shell.advance(5_000)
    assert shell.taken() == [
        ("dial", 0),
        down("dial_failed", "connection refused"),
        ("dial", 200),
        ("dial", 400),
        ("dial", 600),
        ("dial", 800),
        ("dial", 2_800),
        ("dial", 4_800),
    ]
    shell.reachable = True
    shell.advance(2_000)
    assert shell.taken() == [("dial", 6_800), up(TRADE_NS + 6_800 * MS)]
    shell.cut()
    shell.advance(200)
    assert shell.taken() == [
        down("tcp_lost", "connection reset"),
        ("dial", 7_200),
        up(TRADE_NS + 7_200 * MS),
    ]


def test_a_dial_that_never_ends_is_given_up():
    gateway = KrxUmsGateway(LAYOUT, UmsConfig(comp_id="HTS01", password=PASSWORD))
    gateway.send(StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=False), TRADE_NS, 0)
    assert (gateway.next_event(), gateway.next_timer_ns()) == (Dial(), 5_000 * MS)
    gateway.on_timer(TRADE_NS, 4_999 * MS)
    assert gateway.next_event() is None
    gateway.on_timer(TRADE_NS, 5_000 * MS)
    assert gateway.next_event() == down("dial_failed", "no connection within 5000 ms")
    assert gateway.next_event() == Hangup(reason="dial_timeout")
    gateway.disconnected("given up", TRADE_NS, 5_001 * MS)
    assert gateway.next_timer_ns() == 5_201 * MS


def test_a_refused_logon_is_tried_again_slowly():
    shell = Shell(password="wrong")
    shell.start()
    shell.advance(10_000)
    text = "BAD_PASSWORD: the password of HTS01 expected, found another one"
    assert shell.taken() == [
        ("dial", 0),
        down("refused", text),
        ("hangup", 0, "refused"),
        ("dial", 10_000),
        ("hangup", 10_000, "refused"),
    ]


def test_a_logon_refused_after_a_good_one_is_slow_as_well():
    shell = an_up_shell()
    shell.venue = a_venue(password="changed")
    shell.cut()
    shell.taken()
    shell.advance(10_199)
    text = "BAD_PASSWORD: the password of HTS01 expected, found another one"
    assert shell.taken() == [("dial", 200), down("refused", text), ("hangup", 200, "refused")]


def test_a_session_taken_over_by_a_newer_logon_is_not_fought_for():
    shell = an_up_shell()
    shell.venue.logout(SessionReason.REPLACED, "a newer logon", *shell.now)
    shell.pump()
    shell.advance(9_999)
    assert shell.taken() == [down("logged_out", "REPLACED: a newer logon"), ("hangup", 0, "logged_out")]
    shell.advance(1)
    assert shell.taken()[0] == ("dial", 10_000)


def test_a_silent_venue_is_down_when_it_does_not_answer_a_test_request():
    shell = an_up_shell()
    shell.silent = True
    shell.advance(2_499)
    assert shell.taken() == []
    shell.advance(1)
    text = "PEER_SILENT: answer to TestRequest within 1000 ms expected"
    assert shell.taken() == [down("no_answer", text), ("hangup", 2_500, "no_answer")]


def test_a_broken_frame_ends_the_connection_and_the_next_one_goes_on():
    shell = an_up_shell()
    shell.gateway.receive_data(b"\xff\xff" + bytes(30), *shell.now)
    shell.pump()
    shell.venue.send(an_execution(1), *shell.now)
    shell.advance(200)
    *first, again, report = shell.taken()
    text = "BAD_LENGTH: frame length 16 to 512 expected, found 65535"
    assert first == [down("protocol_fault", text), ("hangup", 0, "protocol_fault"), ("dial", 200)]
    assert again == up(TRADE_NS + 200 * MS)
    assert seqs([report]) == [(1, 1, True)]


def test_requests_that_the_venue_never_got_are_lost_after_the_next_logon():
    shell = an_up_shell()
    shell.send(a_request(1))
    shell.gateway.send(a_request(2), *shell.now)
    shell.gateway.send(OrderMassStatusRequest(mass_status_req_id=1), *shell.now)
    shell.gateway.send(a_request(3), *shell.now)
    shell.gateway.data_to_send()  # swallowed by the network
    shell.cut()
    shell.advance(200)
    assert shell.taken()[-2:] == [up(TRADE_NS + 200 * MS), lost(2, 3)]
    shell.send(a_request(4))
    assert [e.seq for e in shell.venue_events() if isinstance(e, MessageReceived)] == [1, 2]


def test_requests_that_the_venue_did_get_are_not_lost():
    shell = an_up_shell()
    for i in (1, 2):
        shell.send(a_request(i))
    shell.venue.send(an_execution(2), *shell.now)  # the first is answered later
    shell.cut()
    shell.advance(200)
    assert [type(e).__name__ for e in shell.taken()] == ["SessionDown", "tuple", "SessionUp", "ExecutionReport"]


def test_a_new_day_says_nothing_about_yesterdays_requests():
    shell = an_up_shell()
    shell.gateway.send(a_request(1), *shell.now)
    shell.gateway.data_to_send()
    shell.venue = a_venue(epoch=4)
    shell.cut()
    shell.advance(200)
    assert shell.taken()[-1] == up(TRADE_NS + 200 * MS, epoch=4)
    assert shell.gateway._in_flight == {}
    shell.send(a_request(2))
    assert [e.seq for e in shell.venue_events() if isinstance(e, MessageReceived)] == [1]


def test_a_loss_on_a_new_day_names_the_new_days_requests_only():
    shell = an_up_shell()
    for i in (1, 2, 3):
        shell.gateway.send(a_request(i), *shell.now)
    shell.gateway.data_to_send()
    shell.venue = a_venue(epoch=4)
    shell.cut()
    shell.advance(200)
    shell.gateway.send(a_request(4), *shell.now)
    shell.gateway.data_to_send()
    shell.cut()
    shell.taken()
    shell.advance(200)
    assert shell.taken()[-1] == lost(4)


def test_a_report_shows_that_earlier_requests_arrived():
    shell = an_up_shell()
    for i in (1, 2, 3):
        shell.send(a_request(i))
    shell.venue.send(an_execution(2), *shell.now)
    shell.pump()
    assert (shell.gateway._in_flight, shell.gateway._seq_of) == ({3: 3}, {3: 3})


def test_a_gap_that_the_venue_finds_makes_its_requests_lost():
    shell = an_up_shell()
    shell.gateway.send(a_request(1), *shell.now)
    shell.gateway.data_to_send()
    shell.send(a_request(2))
    assert shell.taken() == [lost(1, 2)]


def test_end_of_session_logs_out_and_stays_away():
    shell = an_up_shell()
    shell.send(EndSession())
    shell.advance(60_000)
    assert shell.taken() == [down("logged_out", "NONE"), ("hangup", 0, "logged_out")]
    assert shell.gateway.next_timer_ns() is None
    shell.start(epoch=3)
    assert shell.taken() == [("dial", 60_000), up(TRADE_NS + 60_000 * MS)]


def test_end_of_session_while_waiting_stops_the_tries():
    shell = Shell()
    shell.reachable = False
    shell.start()
    shell.send(EndSession())
    shell.advance(60_000)
    assert shell.taken() == [("dial", 0), down("dial_failed", "connection refused")]


def test_a_connection_nobody_asked_for_is_hung_up():
    gateway = KrxUmsGateway(LAYOUT, UmsConfig(comp_id="HTS01", password=PASSWORD))
    gateway.connected(TRADE_NS, 0)
    gateway.receive_data(b"hello", TRADE_NS, 0)
    assert (gateway.next_event(), gateway.next_event()) == (Hangup(reason="not_wanted"), None)


def test_the_tap_sees_whole_frames_without_the_password():
    shell = an_up_shell()
    shell.send(OrderMassStatusRequest(mass_status_req_id=9))
    assert [(way, frames_of(raw)[0].layout.name) for way, raw in shell.taps] == [
        ("out", "Logon"),
        ("in", "Logon"),
        ("out", "MassStatusRequest"),
    ]
    assert all(PASSWORD.encode() not in raw for _, raw in shell.taps)
    assert frames_of(shell.taps[2][1])[0].message == MassStatusRequest(mass_status_req_id=9)
    assert PASSWORD not in repr(UmsConfig(comp_id="HTS01", password=PASSWORD))


# -- primary and backup


TWO_HOSTS = RedialPlan(hosts=2, tries=5, delay_ns=2_000 * MS, slow_ns=30_000 * MS)


def dials(gateway):
    """(time in seconds, host) of every dial until ten more have failed."""
    found, now = [], 0
    while len(found) < 13:
        while (event := gateway.next_event()) is not None:
            if isinstance(event, Dial):
                found.append((now // (1_000 * MS), event.host))
                gateway.disconnected("connection refused", TRADE_NS, now)
        now = gateway.next_timer_ns()
        gateway.on_timer(TRADE_NS, now)
    return found


def test_after_five_tries_the_backup_is_dialled_and_then_both_slowly():
    gateway = KrxUmsGateway(LAYOUT, UmsConfig(comp_id="HTS01", password=PASSWORD, redial=TWO_HOSTS))
    gateway.send(StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=False), TRADE_NS, 0)
    primary = [(0, 0), (2, 0), (4, 0), (6, 0), (8, 0)]
    backup = [(10, 1), (12, 1), (14, 1), (16, 1), (18, 1)]
    assert dials(gateway) == [*primary, *backup, (48, 0), (78, 1), (108, 0)]


def test_a_venue_that_does_not_answer_the_logon_is_hung_up_on():
    config = UmsConfig(comp_id="HTS01", password=PASSWORD, heartbeat_ns=30_000 * MS, logon_timeout_ns=10_000 * MS)
    gateway = KrxUmsGateway(LAYOUT, config)
    gateway.send(StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=False), TRADE_NS, 0)
    gateway.next_event()
    gateway.connected(TRADE_NS, 0)
    assert gateway.next_timer_ns() == 10_000 * MS
    gateway.on_timer(TRADE_NS, 9_999 * MS)
    assert gateway.next_event() is None
    gateway.on_timer(TRADE_NS, 10_000 * MS)
    told = down("no_answer", "LOGON_TIMEOUT: Logon within 10000 ms expected")
    assert [gateway.next_event(), gateway.next_event()] == [told, Hangup(reason="no_answer")]
