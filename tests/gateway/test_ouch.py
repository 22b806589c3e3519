"""The gateway over SoupBinTCP at the simulator's own order entry, in memory: every venue that has one."""

import pytest

from hts.gateway.actions import Dial, Hangup
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, OrdType, TimeInForce
from hts.model.reasons import Reason
from hts.model.reports import ExecutionReport, MassStatusEnd, OrderCancelReject, RequestsLost, SessionDown, SessionUp
from hts.model.requests import (
    EndSession,
    KillSwitchRequest,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassStatusRequest,
    StartSession,
)
from tests.support.native_market import NativeMarket
from tests.support.order_member import ACCOUNT, MS, TRADED, Member, a_member, life

VENUES = sorted(TRADED)


@pytest.mark.parametrize("venue", VENUES)
def test_the_life_of_an_order(venue):
    member = a_member(venue)
    reports = member.want(member.order(1))
    reports += member.offer(100)
    reports += member.want(member.about(OrderCancelReplaceRequest, 2, 1, px=member.px - member.step, qty=200))
    reports += member.want(member.about(OrderCancelRequest, 3, 2))
    assert life(reports) == [
        (ExecType.NEW, 1, OrdStatus.NEW, 0, 300, 0),
        (ExecType.TRADE, 1, OrdStatus.PARTIALLY_FILLED, 100, 200, 100),
        (ExecType.REPLACED, 2, OrdStatus.PARTIALLY_FILLED, 0, 100, 100),
        (ExecType.CANCELED, 3, OrdStatus.CANCELED, 0, 0, 100),
    ]
    first, fill, replaced, canceled = reports
    assert (first.account, first.symbol, first.px, first.request_id) == (ACCOUNT, member.symbol, member.px, "r1")
    assert (fill.last_px, fill.exec_id > 0) == (member.px, True)
    assert (replaced.orig_cl_ord_id, replaced.px) == (1, member.px - member.step)
    assert (canceled.orig_cl_ord_id, canceled.reason_code) == (2, Reason.BY_TRADER)
    numbers = [r.venue_seq for r in reports]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("venue", VENUES)
def test_a_fill_ends_the_order(venue):
    member = a_member(venue)
    member.want(member.order(1))
    (fill,) = member.offer(300)
    assert life([fill]) == [(ExecType.TRADE, 1, OrdStatus.FILLED, 300, 0, 300)]


@pytest.mark.parametrize("venue", VENUES)
def test_what_works_at_the_end_of_the_day_expires(venue):
    member = a_member(venue)
    member.want(member.order(1))
    exchange = member.market.exchange
    member.market.advance(exchange.day_end_ns)
    *_, expired = [report for report in member.carry() if isinstance(report, ExecutionReport)]
    assert life([expired]) == [(ExecType.EXPIRED, 1, OrdStatus.EXPIRED, 0, 0, 0)]
    assert expired.reason_code == Reason.SESSION_END


@pytest.mark.parametrize("venue", VENUES)
def test_a_refused_order_and_a_refused_replacement(venue):
    member = a_member(venue)
    off_step = {"NASDAQ": 50, "OSE": 5}.get(venue, 0)
    bad, reason = ({"px": member.px + off_step}, Reason.PRICE_LIMIT) if off_step else ({"qty": 150}, Reason.BAD_QTY)
    (rejected,) = member.want(member.order(1, **bad))
    assert life([rejected]) == [(ExecType.REJECTED, 1, OrdStatus.REJECTED, 0, 0, 0)]
    assert (rejected.reason_code, rejected.symbol, rejected.text[:4]) == (reason, member.symbol, "code")
    member.want(member.order(2))
    (refused,) = member.want(member.about(OrderCancelReplaceRequest, 3, 2, **{"px": member.px, "qty": 200, **bad}))
    assert isinstance(refused, OrderCancelReject)
    assert (refused.cl_ord_id, refused.orig_cl_ord_id, refused.response_to) == (3, 2, CxlRejResponseTo.REPLACE)
    assert refused.reason_code == reason


@pytest.mark.parametrize("venue", VENUES)
def test_a_mass_status_retells_every_order_when_all_was_said(venue):
    member = a_member(venue)
    member.want(member.order(1), member.order(2, px=member.px - member.step))
    member.offer(300)
    told = member.want(OrderMassStatusRequest(mass_status_req_id=7))
    assert bool(told) == (venue == "TSE")  # whose venue tells that all is said; at the others that it pauses does
    *orders, end = told or member.pause()
    assert life(orders) == [
        (ExecType.ORDER_STATUS, 1, OrdStatus.FILLED, 0, 0, 300),
        (ExecType.ORDER_STATUS, 2, OrdStatus.NEW, 0, 300, 0),
    ]
    assert isinstance(end, MassStatusEnd)
    assert (end.mass_status_req_id, end.count) == (7, 2)
    numbers = [r.venue_seq for r in (*orders, end)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("venue", VENUES)
def test_a_slow_line_does_not_make_an_order_unknown(venue):
    """What the venue said before the login is held up behind its answer, for longer than any message was."""
    member = a_member(venue)
    member.want(member.order(1))
    member.cut()
    again = Member(member.market)
    again.is_slow = True
    assert [type(event) for event in again.start()] == [SessionUp]
    assert again.want(OrderMassStatusRequest(mass_status_req_id=7)) == []
    assert again.wait(until_ns=900 * MS) == []
    again.is_slow = False
    told = again.carry()
    told += again.pause() if venue != "TSE" else []
    *_, status, end = told
    assert (life([status])[0][:2], end.count) == ((ExecType.ORDER_STATUS, 1), 1)


def test_a_venue_that_never_pauses_is_taken_at_its_word_in_the_end():
    """Fills come faster than one a second: after ten seconds a short silence is enough."""
    member = a_member("JNX")
    member.want(member.order(1, qty=2_000))
    assert member.want(OrderMassStatusRequest(mass_status_req_id=7)) == []
    for at in range(1, 14):
        assert member.wait(until_ns=at * 800 * MS) == []
        assert life(member.offer(100)) == [
            (ExecType.TRADE, 1, OrdStatus.PARTIALLY_FILLED, 100, 2_000 - at * 100, at * 100)
        ]
    status, end = member.wait()
    assert (life([status])[0][:2], end.count) == ((ExecType.ORDER_STATUS, 1), 1)


@pytest.mark.parametrize("venue", VENUES)
def test_what_was_said_while_the_line_was_cut_comes_once(venue):
    member = a_member(venue)
    member.want(member.order(1))
    member.cut()
    down = member.carry()
    assert [type(event) for event in down] == [SessionDown]
    assert member.want(member.order(2)) == [RequestsLost(venue=venue, cl_ord_ids=(2,))]
    up, canceled = member.wait()
    assert isinstance(up, SessionUp)
    assert (canceled.exec_type, canceled.cl_ord_id, canceled.reason_code) == (
        ExecType.CANCELED,
        1,
        Reason.CANCEL_ON_DISCONNECT,
    )


@pytest.mark.parametrize("venue", VENUES)
def test_a_new_process_gets_what_its_journal_lacks(venue):
    market = NativeMarket(venue)
    member = a_member(venue, market)
    (first,) = member.want(member.order(1))
    member.offer(300)
    epoch = member.gateway._epoch
    member.cut()
    again = Member(market)
    told = again.start(epoch=epoch, next_in_seq=first.venue_seq + 1)
    assert [type(event) for event in told] == [SessionUp, ExecutionReport]
    assert told[0].epoch == epoch
    assert life(told[1:]) == [(ExecType.TRADE, 1, OrdStatus.FILLED, 300, 0, 300)]
    whole = Member(market)
    again.cut()
    assert [event.exec_type for event in whole.start()[1:]] == [ExecType.NEW, ExecType.TRADE]


@pytest.mark.parametrize("venue", VENUES)
def test_what_the_protocol_cannot_say_does_not_leave(venue):
    member = a_member(venue)
    lost = [RequestsLost(venue=venue, cl_ord_ids=(1,))]
    assert member.want(member.order(1, ord_type=OrdType.STOP_LIMIT)) == lost
    assert member.want(member.order(1, time_in_force=TimeInForce.GTC)) == lost
    if venue != "TSE":
        assert member.want(KillSwitchRequest(cl_ord_id=1, account=ACCOUNT, on=True)) == lost
    if venue in ("TSE", "OSE"):
        return  # which name orders by text
    assert member.want(member.order(1 << 32)) == [RequestsLost(venue=venue, cl_ord_ids=(1 << 32,))]


def test_a_wrong_password_is_refused_and_tried_again_slowly():
    member = Member(NativeMarket("JNX"), password="wrong")
    (down,) = member.start()
    assert (down.reason, "refused" in down.detail) == ("refused", True)
    assert member.gateway.next_timer_ns() == 10_000 * MS


def test_a_venue_that_has_dropped_messages_is_left():
    """It begins with the fifth message of the day: orders of the first four would count as unknown to it."""
    member = Member(NativeMarket("JNX"))
    member.gateway.send(StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=True), 0, 0)
    assert isinstance(member.gateway.next_event(), Dial)
    member.gateway.connected(0, 0)
    member.gateway.receive_data(b"\x00\x1fA      DAY1" + b"5".rjust(20), 0, 0)
    told = []
    while (event := member.gateway.next_event()) is not None:
        told.append(event)
    *_, down, hangup = told
    assert isinstance(hangup, Hangup)
    assert (down.reason, down.detail) == ("protocol_fault", "message 1 expected first, found 5: the venue dropped some")
    member.gateway.disconnected("closed", 0, 0)
    assert member.gateway.next_timer_ns() == 10_000 * MS


def test_the_end_is_a_logout():
    member = a_member("JNX")
    member.want(EndSession())
    assert not member.gateway.is_up
    assert member.gateway.next_timer_ns() is None


@pytest.mark.parametrize("venue", VENUES)
def test_a_venue_that_starts_again_from_a_checkpoint_knows_the_names_that_were_used(venue):
    """A checkpoint keeps what members were told, and no commands."""
    market = NativeMarket(venue)
    member = a_member(venue, market)
    member.want(member.order(1), member.order(2, qty=0), member.about(OrderCancelRequest, 3, 1))
    member.cut()
    again = NativeMarket(venue)
    told = [event for trade_ns, command in market.log for event in again.exchange.apply(command, trade_ns)]
    again.orders.on_events(told, market.trade_ns, 0)
    back = Member(again)
    back.start()
    back.want(back.order(1))  # the name is used up: ignored, refused, or at Tokyo another request's number
    working = [order for order in again.exchange.order_state("HTS01") if not order.ord_status.is_terminal]
    assert [order.cl_ord_id for order in working] == ([4] if venue == "TSE" else [])
    (accepted,) = back.want(back.order(9))
    assert life([accepted]) == [(ExecType.NEW, 9, OrdStatus.NEW, 0, 300, 0)]
