"""Tokyo's order protocol at the simulator's own order entry: numbers, references, what is lost and what is told."""

import random

import pytest

from hts.gateway.arrowhead import FOREIGN, ArrowheadTalk
from hts.model.enums import CashMargin, CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.reports import (
    ExecutionReport,
    KillSwitchNotice,
    MassStatusEnd,
    OrderCancelReject,
    OrderMassCancelReport,
    RequestsLost,
    SessionDown,
    SessionUp,
)
from hts.model.requests import (
    KillSwitchRequest,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
    StartSession,
)
from hts.sim.commands import VENUE, BreakTrade, Enter
from hts.wire.arrowhead.orders import ArrowheadVenue
from hts.wire.soupbin.server import SoupStream
from tests.support.native_market import NativeMarket
from tests.support.order_member import ACCOUNT, Member, a_member, life
from tests.support.soup import a_client, a_server
from tests.support.wire_layout import layout_of, zeros

PX = 30_000
STATUS = OrderMassStatusRequest(mass_status_req_id=7)


def kept(market=None):
    """A member whose orders stay when the connection ends."""
    member = Member(market or NativeMarket("TSE"))
    (up,) = member.start(cancels=False)
    assert isinstance(up, SessionUp)
    return member


def back(member):
    """Cut, and connected again: what was told."""
    member.cut()
    assert [type(event) for event in member.carry()] == [SessionDown]
    return member.wait()


def kinds(told):
    return [type(event) for event in told]


def new(cl_ord_id, leaves=300):
    return (ExecType.NEW, cl_ord_id, OrdStatus.NEW, 0, leaves, 0)


def test_numbers_at_the_venue_are_not_our_names():
    member = a_member("TSE")
    reports = member.want(member.order(70), member.order(900, px=PX - 10))
    reports += member.want(member.about(OrderCancelReplaceRequest, 5_000, 900, px=PX - 20, qty=200))
    reports += member.want(member.about(OrderCancelRequest, 6_001, 5_000))
    assert life(reports) == [
        new(70),
        new(900),
        (ExecType.REPLACED, 5_000, OrdStatus.NEW, 0, 200, 0),
        (ExecType.CANCELED, 6_001, OrdStatus.CANCELED, 0, 0, 0),
    ]
    assert [command.cl_ord_id for _, command in member.market.log] == [1, 2, 3, 4]
    assert reports[3].orig_cl_ord_id == 5_000


TERMS = [
    {},
    {"ord_type": OrdType.MARKET, "px": 0},
    {"time_in_force": TimeInForce.IOC},
    {"time_in_force": TimeInForce.AT_CLOSE},
    {"ord_type": OrdType.LIMIT_OR_CLOSE},
    {"side": Side.SELL, "is_short": True, "px": PX + 500},
    {"credit": CashMargin.MARGIN_OPEN},
    {"account": "8801-2745-02"},
]


@pytest.mark.parametrize("terms", TERMS, ids=str)
def test_another_process_hears_all_terms_from_the_venue(terms):
    member = kept()
    asked = member.order(41, **terms)
    said = member.want(asked)
    member.cut()
    told = Member(member.market).start(cancels=False)[1:]
    assert life(told) == life(said)
    for report in told:
        for name in ("account", "symbol", "side", "ord_type", "time_in_force", "is_short", "credit"):
            assert getattr(report, name) == getattr(asked, name), name
    assert (told[0].px, told[0].order_qty) == (asked.px, asked.qty)


def test_orders_stay_or_end_with_the_connection_as_the_member_wishes():
    member = kept()
    member.want(member.order(1))
    assert kinds(back(member)) == [SessionUp]
    assert life(member.want(STATUS)[:-1]) == [(ExecType.ORDER_STATUS, 1, OrdStatus.NEW, 0, 300, 0)]
    member.want(StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=True))  # counts from the next login on
    assert kinds(back(member)) == [SessionUp]
    _up, canceled = back(member)
    assert life([canceled]) == [(ExecType.CANCELED, 1, OrdStatus.CANCELED, 0, 0, 0)]
    assert canceled.reason_code == Reason.CANCEL_ON_DISCONNECT


def test_what_never_arrived_is_told_lost_and_never_sent_again():
    member = kept()
    member.want(member.order(1))
    member.is_deaf = True
    assert member.want(member.order(2), member.about(OrderCancelRequest, 3, 1), member.order(4)) == []
    assert back(member)[1:] == [RequestsLost(venue="TSE", cl_ord_ids=(2, 3, 4))]
    assert life(member.want(member.order(5))) == [new(5)]
    assert [command.cl_ord_id for _, command in member.market.log] == [1, 2]
    *orders, end = member.want(STATUS)
    assert [(order.cl_ord_id, order.leaves_qty) for order in orders] == [(1, 300), (5, 300)]
    assert (kinds([end]), end.count) == ([MassStatusEnd], 2)


def test_what_arrived_and_was_not_answered_is_told_after_the_cut():
    member = kept()
    market, conn = member.market, member.conn
    member.gateway.send(member.order(1), *member.now())
    market.receive(conn, member.gateway.data_to_send())
    market.sent_to(conn)  # the answer is lost on the way
    _up, accepted = back(member)
    assert life([accepted]) == [new(1)]
    assert accepted.request_id == ""  # which died with the connection


def test_a_mass_status_waits_for_what_is_on_its_way():
    member = kept()
    member.gateway.send(member.order(1), *member.now())
    member.gateway.send(STATUS, *member.now())
    assert member.gateway.next_event() is None
    accepted, status, end = member.carry()
    assert life([accepted, status]) == [new(1), (ExecType.ORDER_STATUS, 1, OrdStatus.NEW, 0, 300, 0)]
    assert end.count == 1


def test_a_mass_status_after_a_login_waits_for_the_whole_day():
    market = NativeMarket("TSE")
    first = kept(market)
    said = first.want(*(first.order(number, px=PX - 10 * number) for number in range(1, 30)))
    first.cut()
    again = Member(market)
    again.gateway.send(StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=False), *again.now())
    again._events()
    for _ in range(3):
        market.receive(again.conn, again.gateway.data_to_send())
        for byte in market.sent_to(again.conn):
            again.gateway.receive_data(bytes((byte,)), *again.now())
            again._events()
            if kinds(again.told) == [SessionUp]:
                again.gateway.send(STATUS, *again.now())
    _up, *reports, end = again.told
    statuses = [(ExecType.ORDER_STATUS, number, OrdStatus.NEW, 0, 300, 0) for number in range(1, 30)]
    assert life(reports) == life(said) + statuses
    assert end.count == 29


def test_all_is_said_when_the_last_message_before_the_login_has_come():
    stream = SoupStream("DAY1")
    layout = layout_of("arrowhead_ours")
    for number in range(1, 4):
        fields = {**zeros(layout, "kill_switch_state"), "request_number": number, "client_reference": str(number)}
        stream.append(layout.encode("kill_switch_state", fields))
    talk, soup = ArrowheadTalk(layout), a_client()
    server = a_server(stream, unsent_max=200)  # which has room for one message at a time
    venue = ArrowheadVenue(layout, server, stream, {})
    talk.begin(soup, cancels_on_disconnect=False)
    soup.connected(0)
    server.connected(0)
    seen = []
    for _ in range(6):
        server.receive_data(soup.data_to_send(), 0)
        venue.next_event(0)
        soup.receive_data(server.data_to_send(), 0)
        server.pump(0)
        while talk.next_event(0) is not None:
            pass
        seen.append((soup.next_seq, talk.is_ready, talk.is_all_said))
    assert (3, True, False) in seen
    assert seen[-1] == (4, True, True)
    assert all(is_said == (next_seq == 4 and is_ready) for next_seq, is_ready, is_said in seen)


def test_a_refusal_that_another_process_asked_for_names_the_order():
    member = kept()
    member.want(member.order(1, qty=150), member.order(2), member.about(OrderCancelRequest, 3, 2))
    (late,) = member.want(member.about(OrderCancelRequest, 4, 2))
    assert isinstance(late, OrderCancelReject)
    member.cut()
    told = Member(member.market).start(cancels=False)[1:]
    assert life([told[0]]) == [(ExecType.REJECTED, 1, OrdStatus.REJECTED, 0, 0, 0)]
    assert (told[0].reason_code, told[0].order_qty, told[0].account) == (Reason.BAD_QTY, 150, ACCOUNT)
    assert told[-1] == late
    assert (late.cl_ord_id, late.orig_cl_ord_id, late.response_to, late.ord_status, late.reason_code) == (
        4,
        2,
        CxlRejResponseTo.CANCEL,
        OrdStatus.CANCELED,
        Reason.TOO_LATE,
    )


def test_a_mass_cancel_and_the_kill_switch_of_an_account():
    member = kept()
    member.want(member.order(1), member.order(2, account="8801-2745-02"))
    canceled, report = member.want(OrderMassCancelRequest(cl_ord_id=3, account=ACCOUNT))
    assert life([canceled]) == [(ExecType.CANCELED, 1, OrdStatus.CANCELED, 0, 0, 0)]
    assert report == OrderMassCancelReport(
        venue="TSE", venue_seq=report.venue_seq, cl_ord_id=3, account=ACCOUNT, symbol="", reason_code=0, count=1,
        transact_ns=member.market.trade_ns,
    )  # fmt: skip
    canceled, notice = member.want(KillSwitchRequest(cl_ord_id=4, account="8801-2745-02", on=True))
    assert (canceled.cl_ord_id, canceled.orig_cl_ord_id, canceled.reason_code) == (2, 0, Reason.KILL_SWITCH)
    assert notice == KillSwitchNotice(
        venue="TSE", venue_seq=notice.venue_seq, cl_ord_id=4, account="8801-2745-02", on=True, reason_code=0, count=1,
        transact_ns=member.market.trade_ns,
    )  # fmt: skip
    (refused,) = member.want(member.order(5, account="8801-2745-02"))
    assert refused.reason_code == Reason.KILL_SWITCH
    assert life(member.want(member.order(6))) == [new(6)]


def test_a_broken_and_a_corrected_trade():
    member = kept()
    member.want(member.order(1))
    first, second = member.offer(100) + member.offer(100)
    trades = member.market.exchange.trades
    match = trades.match_of_fill(first.exec_id)
    member.market.apply(BreakTrade(session=VENUE, match_id=match, px=PX - 10))
    (corrected,) = member.carry()
    assert life([corrected]) == [(ExecType.TRADE_CORRECT, 1, OrdStatus.PARTIALLY_FILLED, 100, 100, 200)]
    assert (corrected.exec_ref_id, corrected.last_px) == (first.exec_id, PX - 10)
    member.market.apply(BreakTrade(session=VENUE, match_id=match))
    member.market.apply(BreakTrade(session=VENUE, match_id=trades.match_of_fill(second.exec_id), px=PX, qty=60))
    broken, smaller, fewer, smallest = member.carry()
    assert life([broken, smaller, fewer, smallest]) == [
        (ExecType.TRADE_CANCEL, 1, OrdStatus.PARTIALLY_FILLED, 100, 200, 100),
        (ExecType.RESTATED, 1, OrdStatus.PARTIALLY_FILLED, 0, 100, 100),
        (ExecType.TRADE_CORRECT, 1, OrdStatus.PARTIALLY_FILLED, 60, 140, 60),
        (ExecType.RESTATED, 1, OrdStatus.PARTIALLY_FILLED, 0, 100, 60),
    ]
    assert (broken.exec_ref_id, broken.last_px, fewer.exec_ref_id) == (corrected.exec_id, PX - 10, second.exec_id)
    assert len({r.exec_id for r in (first, second, corrected, broken, fewer)}) == 5


def test_a_funari_order_is_a_market_order_in_the_closing_call():
    member = kept()
    member.want(member.order(1, ord_type=OrdType.LIMIT_OR_CLOSE))
    member.market.advance(member.market.at("15:25:01"))
    restated = next(report for report in member.carry() if report.exec_type is ExecType.RESTATED)
    assert life([restated]) == [(ExecType.RESTATED, 1, OrdStatus.NEW, 0, 300, 0)]
    assert (restated.px, restated.ord_type, restated.reason_code) == (0, OrdType.LIMIT_OR_CLOSE, Reason.CONVERTED)


@pytest.mark.parametrize("reference", ["theirs", "", "0", "1" * 15])
def test_an_order_without_a_reference_of_ours_has_a_name_that_cancels_it(reference):
    market = NativeMarket("TSE")
    foreign = Enter(
        session="HTS01",
        cl_ord_id=1,
        in_seq=1,
        request_id=f"{reference}|0|A|0",
        symbol="7203",
        side=Side.BUY,
        px=PX,
        qty=100,
    )
    market.orders.restore(foreign)
    market.apply(foreign)
    member = Member(market)
    _, adopted = member.start(cancels=False)
    assert life([adopted]) == [new(FOREIGN | 1, 100)]
    (canceled,) = member.want(member.about(OrderCancelRequest, 9, FOREIGN | 1))
    assert (canceled.exec_type, canceled.cl_ord_id, canceled.orig_cl_ord_id) == (ExecType.CANCELED, 9, FOREIGN | 1)


def test_a_new_day_begins_its_numbers_anew_and_loses_nothing():
    member = kept()
    member.want(member.order(1), member.order(2))
    member.market.roll()
    told = member.carry()
    assert kinds(told) == [SessionDown]
    (up,) = member.wait()
    assert isinstance(up, SessionUp)
    reports = member.want(member.order(3))
    assert life(reports) == [new(3)]
    assert member.market.log[-1][1].cl_ord_id == 1
    assert kinds(back(member)) == [SessionUp]


def test_venue_and_gateway_agree_over_many_cuts():
    """Whatever is cut where: each request is told once by the venue or lost, and none is carried out twice."""
    for seed in range(12):
        dice = random.Random(seed)
        member, told = kept(), []
        for cl_ord_id in range(1, 40):
            if member.conn is None:
                told += member.wait()
            member.is_deaf = member.is_deaf or dice.random() < 0.2
            told += member.want(member.order(cl_ord_id, px=PX - 10 * dice.randrange(1, 9)))
            if dice.random() < 0.2:
                member.cut()
                told += member.carry()
        told += member.wait() if member.conn is None else back(member)
        seen = [event.cl_ord_id for event in told if isinstance(event, ExecutionReport)]
        lost = [one for event in told if isinstance(event, RequestsLost) for one in event.cl_ord_ids]
        assert sorted(seen + lost) == list(range(1, 40))
        carried = [command for _, command in member.market.log]
        assert [int(command.request_id.partition("|")[0]) for command in carried] == seen
        assert (len(lost) > 0, len(seen) > 0) == (True, True)
