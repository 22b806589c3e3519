"""A trader with one order to fill: asks a strategy what to do, sends its orders on a line with a delay.

The strategy is asked as the core asks: when a report of an own order came, when the book changed, and when it wished to
be woken. Whatever is left a little after the window is bought at the market, so that every way of trading pays for all
of its shares.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hts.lab.study_market import NEVER_NS, StudyMarket, is_book_change
from hts.model.algo import (
    AlgoAction,
    AlgoState,
    AlgoView,
    AmendChild,
    Finish,
    MarketView,
    OwnFill,
    PlaceChild,
    WakeAt,
)
from hts.model.enums import OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.model.routing import CancelChild, ChildState
from hts.model.units import ClOrdID, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter
from hts.sim.events import OrderAmended, OrderCanceled, OrderEvent, OrderRejected, OrderTraded, SimEvent

SESSION = "STUDY"
LATENCY_NS = 1_000_000  # of an order on its way
LOOK_NS = 500_000_000  # book changes are looked at no more often
GRACE_NS = 5_000_000_000  # after the window, for what is on its way
FILLS_NS = 65_000_000_000

Strategy = Callable[[AlgoView, MarketView], tuple[AlgoAction, ...]]


class Fill(Struct, frozen=True):
    """An own fill."""

    trade_ns: int
    px: int
    qty: int


class Parent(Struct, frozen=True, kw_only=True):
    """The order that is to be filled between `start_ns` and `end_ns`."""

    side: Side
    qty: int
    start_ns: int
    end_ns: int


class Trader:
    """One order at work."""

    def __init__(self, parent: Parent, strategy: Strategy) -> None:
        self.parent = parent
        self.fills: list[Fill] = []
        self.orders = 0
        self.left_at_end = parent.qty
        self._strategy = strategy
        self._children: dict[ClOrdID, ChildState] = {}  # that work
        self._done: tuple[ChildState, ...] = ()  # all that are done, as one
        self._line: deque[tuple[int, AnyCommand]] = deque()
        self._ids = 0
        self._wake_ns = parent.start_ns
        self._asked_ns = 0
        self._acted_ns = 0
        self._refusals = 0
        self._over = False
        self._swept = False

    @property
    def filled(self) -> int:
        """Shares so far."""
        return sum(fill.qty for fill in self.fills)

    # -- the market's side

    def on_events(self, events: Iterable[SimEvent], trade_ns: int) -> None:
        """Reports of own orders, and the sight of a changed book."""
        for event in events:
            if isinstance(event, OrderEvent):
                if event.session == SESSION:
                    self._report(event)
                    self._wake_ns = min(self._wake_ns, trade_ns)
            elif is_book_change(event) and trade_ns >= self.parent.start_ns and not self._over:
                self._wake_ns = min(self._wake_ns, max(trade_ns, self._asked_ns + LOOK_NS))

    def next_ns(self) -> int:
        """When it wants to act next."""
        if self._swept:
            return NEVER_NS
        ask_ns = NEVER_NS if self._over else self._wake_ns
        sweep_ns = self.parent.end_ns + GRACE_NS
        return min(self._line[0][0] if self._line else NEVER_NS, ask_ns, sweep_ns)

    def act(self, market: StudyMarket) -> list[AnyCommand]:
        """What reaches the exchange now."""
        now_ns = market.now_ns
        if now_ns >= self.parent.end_ns + GRACE_NS and not self._swept:
            return self._sweep(market.symbol)
        if now_ns >= self._wake_ns and not self._over:
            self._ask(market)
        due = []
        while self._line and self._line[0][0] <= now_ns:
            due.append(self._line.popleft()[1])
        return due

    # -- inside

    def _ask(self, market: StudyMarket) -> None:
        self._asked_ns, self._wake_ns = market.now_ns, NEVER_NS
        since_ns = market.now_ns - FILLS_NS
        first = bisect_left(self.fills, since_ns, key=lambda fill: fill.trade_ns)
        recent = tuple(OwnFill(fill.trade_ns, fill.qty) for fill in self.fills[first:])
        view = AlgoView(
            state=AlgoState.RUNNING, children=(*self._done, *self._children.values()), fills=recent,
            started_ns=self.parent.start_ns, acted_ns=self._acted_ns, placed=self.orders, refusals=self._refusals,
        )  # fmt: skip
        for action in self._strategy(view, self._see(market)):
            self._send(action, market)

    def _send(self, action: AlgoAction, market: StudyMarket) -> None:
        due_ns = market.now_ns + LATENCY_NS
        if isinstance(action, PlaceChild):
            number = self._next_id()
            self.orders += 1
            self._acted_ns = market.now_ns
            rests = action.time_in_force is TimeInForce.DAY
            self._children[number] = ChildState(
                cl_ord_id=number, venue="KRX", px=int(action.px), leaves_qty=int(action.qty), cum_qty=0,
                is_done=False, rests=rests,
            )  # fmt: skip
            order = Enter(
                session=SESSION, cl_ord_id=number, account=SESSION, symbol=market.symbol, side=self.parent.side,
                ord_type=action.ord_type, time_in_force=action.time_in_force, px=action.px, qty=action.qty,
            )  # fmt: skip
            self._line.append((due_ns, order))
        elif isinstance(action, CancelChild):
            self._change(action.cl_ord_id, is_pending=True)
            self._line.append(
                (due_ns, Cancel(session=SESSION, cl_ord_id=self._next_id(), orig_cl_ord_id=action.cl_ord_id))
            )
        elif isinstance(action, AmendChild):
            child = self._children[action.cl_ord_id]
            self._change(action.cl_ord_id, is_pending=True)
            self._acted_ns = market.now_ns
            qty = Qty(child.leaves_qty + child.cum_qty)
            amend = Amend(
                session=SESSION, cl_ord_id=self._next_id(), orig_cl_ord_id=action.cl_ord_id, px=action.px, qty=qty
            )
            self._line.append((due_ns, amend))
        elif isinstance(action, WakeAt):
            self._wake_ns = min(self._wake_ns, max(action.trade_ns, market.now_ns + 1))
        else:
            assert isinstance(action, Finish), action
            self._over = True

    def _report(self, event: OrderEvent) -> None:
        number = event.order_id
        if number not in self._children:  # the last sweep, or done already
            if isinstance(event, OrderTraded):
                self.fills.append(Fill(event.trade_ns, int(event.last_px), int(event.last_qty)))
            return
        if isinstance(event, OrderTraded):
            self.fills.append(Fill(event.trade_ns, int(event.last_px), int(event.last_qty)))
            self._refusals = 0
        if isinstance(event, OrderRejected):
            self._refusals += 1
        answered = isinstance(event, OrderCanceled | OrderAmended | OrderRejected)
        is_done = event.leaves_qty == 0 or event.ord_status in (OrdStatus.CANCELED, OrdStatus.REJECTED)
        self._change(
            number, px=int(event.px), leaves_qty=0 if is_done else int(event.leaves_qty), cum_qty=int(event.cum_qty),
            is_done=is_done, was_rejected=isinstance(event, OrderRejected),
            is_pending=self._children[number].is_pending and not answered,
        )  # fmt: skip

    def _sweep(self, symbol: str) -> list[AnyCommand]:
        """The end of patience: own orders are taken back, the rest is taken at the market."""
        self._over = self._swept = True
        self._line.clear()  # what has not reached the exchange never will
        working = list(self._children.values())
        self.left_at_end = self.parent.qty - self.filled
        orders: list[AnyCommand] = [
            Cancel(session=SESSION, cl_ord_id=self._next_id(), orig_cl_ord_id=child.cl_ord_id) for child in working
        ]
        if self.left_at_end:
            self.orders += 1
            orders.append(
                Enter(
                    session=SESSION, cl_ord_id=self._next_id(), account=SESSION, symbol=symbol, side=self.parent.side,
                    ord_type=OrdType.MARKET, qty=Qty(self.left_at_end),
                )
            )  # fmt: skip
        return orders

    def _see(self, market: StudyMarket) -> MarketView:
        book, instrument = market.book(), market.instrument
        own: dict[int, int] = {}
        for child in self._children.values():
            if child.rests:
                own[child.px] = own.get(child.px, 0) + child.leaves_qty
        buys = self.parent.side is Side.BUY
        bid = _best_of_others(book, 1, own if buys else {})
        ask = _best_of_others(book, 0, {} if buys else own)
        return MarketView(
            trade_ns=market.now_ns, phase=book.phase, bid_px=bid[0], bid_qty=bid[1], ask_px=ask[0], ask_qty=ask[1],
            last_px=market.trades[-1].px if market.trades else int(instrument.base_px),
            upper_px=int(instrument.upper_px), lower_px=int(instrument.lower_px), lot=int(instrument.lot),
            ticks=instrument.ticks, traded=tuple(market.traded) if book.phase is not Phase.CLOSED else (),
            bins=tuple(market.bins),
        )  # fmt: skip

    def _next_id(self) -> ClOrdID:
        self._ids += 1
        return ClOrdID(self._ids)

    def _change(self, number: ClOrdID, **changes: Any) -> None:
        child = replace(self._children[number], **changes)
        self._children[number] = child
        if child.is_done:
            del self._children[number]
            cum_qty = child.cum_qty + sum(one.cum_qty for one in self._done)
            self._done = (replace(child, cum_qty=cum_qty),)


def _best_of_others(book: BookUpdate, first: int, own: Mapping[int, int]) -> tuple[int, int]:
    """(price, quantity) of the best level that is not only ours; `first` is 0 for asks, 1 for bids."""
    for at in range(first, 4 * BOOK_DEPTH, 4):
        px, qty = book.levels[at], book.levels[at + 2] - own.get(book.levels[at], 0)
        if px and qty > 0:
            return px, qty
    return 0, 0
