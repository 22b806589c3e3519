"""The OUCH gateway at the simulator's own order entry, in memory: Nasdaq, Japannext and ODX."""

import pytest

from hts.gateway.actions import Dial, Hangup
from hts.gateway.ouch import OuchConfig, OuchOrderGateway
from hts.gateway.ouch_dialects import NasdaqDialect, PtsDialect
from hts.gateway.redial import RedialPlan
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.reports import ExecutionReport, MassStatusEnd, OrderCancelReject, RequestsLost, SessionDown, SessionUp
from hts.model.requests import (
    EndSession,
    KillSwitchRequest,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassStatusRequest,
    StartSession,
)
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import AGENTS, Enter
from tests.support.native_market import DAY, NativeMarket
from tests.support.wire_layout import layout_of

ACCOUNT = "8801-2745-01"
MS = 1_000_000
TRADED = {"NASDAQ": ("AAPL", 2_600_000, 1_000), "JNX": ("7203", 30_000, 10), "ODX": ("7203", 30_000, 10)}
VENUES = sorted(TRADED)


def a_dialect(venue):
    return NasdaqDialect() if venue == "NASDAQ" else PtsDialect(firm_id=7)


class Member:
    """A gateway with its connection to a market in memory."""

    conns = 0

    def __init__(self, market, **config):
        self.market = market
        self.symbol, self.px, self.step = TRADED[market.venue]
        self.mono_ns = 0
        self.told = []
        self.conn = None
        values = {"venue": market.venue, "username": "HTS01", "password": "paper", "account": ACCOUNT}
        self.gateway = OuchOrderGateway(
            OuchConfig(**{**values, "redial": RedialPlan(delay_ns=200 * MS), **config}),
            a_dialect(market.venue),
            (market.ouch, layout_of("soupbintcp")),
            lambda _trade_ns: DAY,
            lambda _trade_ns: market.kind.midnight_ns(DAY),
        )

    def now(self):
        return self.market.trade_ns, self.mono_ns

    def start(self, epoch=0, next_in_seq=1):
        return self.want(StartSession(epoch=epoch, next_in_seq=next_in_seq, cancel_on_disconnect=False))

    def want(self, *requests):
        """Requests, and what the venue says to them."""
        for request in requests:
            self.gateway.send(request, *self.now())
        return self.carry()

    def carry(self):
        moved = True
        while moved:
            moved = self._events()
            data = self.gateway.data_to_send()
            if data and self.conn is not None:
                moved = True
                self.market.receive(self.conn, data)
            back = self.market.sent_to(self.conn) if self.conn is not None else b""
            if back:
                moved = True
                self.gateway.receive_data(back, *self.now())
        found, self.told = self.told, []
        return found

    def _events(self):
        moved = False
        while (event := self.gateway.next_event()) is not None:
            moved = True
            if isinstance(event, Dial):
                Member.conns += 1
                self.conn = Member.conns
                self.market.orders.connected(self.conn, self.market.trade_ns, 0)
                self.gateway.connected(*self.now())
            elif isinstance(event, Hangup):
                data = self.gateway.data_to_send()
                if data:
                    self.market.receive(self.conn, data)
                self.cut("closed")
            else:
                self.told.append(event)
        return moved

    def cut(self, reason="connection reset"):
        conn, self.conn = self.conn, None
        self.market.lose(conn)
        self.gateway.disconnected(reason, *self.now())

    def wait(self):
        """Let the gateway's next timer come."""
        self.mono_ns = max(self.mono_ns, self.gateway.next_timer_ns())
        self.gateway.on_timer(*self.now())
        return self.carry()

    def order(self, cl_ord_id=1, **fields):
        values = {
            "cl_ord_id": cl_ord_id,
            "request_id": f"r{cl_ord_id}",
            "account": ACCOUNT,
            "symbol": self.symbol,
            "side": Side.BUY,
            "ord_type": OrdType.LIMIT,
            "time_in_force": TimeInForce.DAY,
            "px": self.px,
            "qty": 300,
        }
        return NewOrderSingle(**{**values, **fields})

    def about(self, kind, cl_ord_id, orig, **fields):
        named = {"account": ACCOUNT, "symbol": self.symbol, "side": Side.BUY, "request_id": f"r{cl_ord_id}"}
        return kind(cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, **named, **fields)

    def offer(self, qty, px=None):
        """The background sells."""
        self.market.apply(
            Enter(
                session=AGENTS,
                cl_ord_id=ClOrdID(1),
                symbol=self.symbol,
                side=Side.SELL,
                px=Px(px or self.px),
                qty=Qty(qty),
            )
        )
        return self.carry()


def a_member(venue, market=None, **fields):
    member = Member(market or NativeMarket(venue), **fields)
    (up,) = member.start()
    assert isinstance(up, SessionUp)
    assert (up.venue, up.trading_date) == (venue, DAY)
    return member


def life(reports):
    return [(r.exec_type, r.cl_ord_id, r.ord_status, r.last_qty, r.leaves_qty, r.cum_qty) for r in reports]


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
def test_a_refused_order_and_a_refused_replacement(venue):
    member = a_member(venue)
    bad, reason = ({"px": member.px + 50}, Reason.PRICE_LIMIT) if venue == "NASDAQ" else ({"qty": 150}, Reason.BAD_QTY)
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
    assert member.want(OrderMassStatusRequest(mass_status_req_id=7)) == []
    *orders, end = member.wait()
    assert life(orders) == [
        (ExecType.ORDER_STATUS, 1, OrdStatus.FILLED, 0, 0, 300),
        (ExecType.ORDER_STATUS, 2, OrdStatus.NEW, 0, 300, 0),
    ]
    assert isinstance(end, MassStatusEnd)
    assert (end.mass_status_req_id, end.count) == (7, 2)
    numbers = [r.venue_seq for r in (*orders, end)]
    assert numbers == sorted(set(numbers))


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
    assert member.want(member.order(1, time_in_force=TimeInForce.FOK)) == lost
    assert member.want(KillSwitchRequest(cl_ord_id=1, account=ACCOUNT, on=True)) == lost
    assert member.want(member.order(1 << 32)) == [RequestsLost(venue=venue, cl_ord_ids=(1 << 32,))]


def test_a_wrong_password_is_refused_and_tried_again_slowly():
    member = Member(NativeMarket("JNX"), password="wrong")
    (down,) = member.start()
    assert (down.reason, "refused" in down.detail) == ("refused", True)
    assert member.gateway.next_timer_ns() == 10_000 * MS


def test_the_end_is_a_logout():
    member = a_member("JNX")
    member.want(EndSession())
    assert not member.gateway.is_up
    assert member.gateway.next_timer_ns() is None
