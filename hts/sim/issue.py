"""One listed issue at the simulated exchange: where its orders are, its phase, its day's figures.

Orders come in checked; events go out in order. An accepted order is in exactly one place:

    book      shown, by price and time (hts.sim.matching, window_book)
    hidden    pegged, at the midpoint, or not displayed
    stops     asleep until its stop price trades
    dormant   meant for a phase to come
    fixed     on the board where everything trades at one price
    negotiated  agreed on elsewhere, until the other side comes

Matching is in hts.sim.crossing, calls are in hts.sim.auction, the published book is in hts.sim.issue_depth. What a
venue decides is asked of `rules`.
"""

from random import Random

from hts.model.enums import LastLiquidityInd, OrdStatus, OrdType, Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, BookUpdate, TradeUpdate
from hts.model.reasons import Reason
from hts.model.units import ExecID, Px, Qty
from hts.model.venues import HOME_VENUE
from hts.sim import by_order, crossing, issue_depth, negotiated
from hts.sim.agenda import Agenda
from hts.sim.auction import CallPrice, uncross
from hts.sim.events import (
    OrderExpired,
    OrderRestated,
    OrderTraded,
    PhaseChanged,
    SimEvent,
    Traded,
)
from hts.sim.figures import NO_TRADES
from hts.sim.grid import Grid
from hts.sim.issue_rules import IssueRules
from hts.sim.matching import BUY, SELL
from hts.sim.order import Order
from hts.sim.order_places import FixedBoard, Hidden, Negotiated, Stops, Waiting
from hts.sim.timetable import MILLISECOND_NS, Change

HIDDEN_TYPES = frozenset({OrdType.MIDPOINT, OrdType.PRIMARY_PEG})
STOP_TYPES = frozenset({OrdType.STOP, OrdType.STOP_LIMIT})


class Numbers:
    """The venue's running numbers, shared by all issues."""

    __slots__ = ("exec_id", "match_id", "venue_order_id")

    def __init__(self) -> None:
        self.exec_id = 0
        self.match_id = 0
        self.venue_order_id = 0


class Issue:
    """`market_qty`: resting market orders by side. `turns` counts the phases that have begun."""

    def __init__(
        self,
        instrument: Instrument,
        rules: IssueRules,
        grid: Grid,
        numbers: Numbers,
        agenda: Agenda,
        *,
        seed: int = 0,
        tells_orders: bool = False,
        venue: str = HOME_VENUE,
    ) -> None:
        self.instrument = instrument
        self.venue = venue
        self.rules = rules
        self.grid = grid
        self.book = grid.new_book()
        self.hidden = Hidden()
        self.stops = Stops()
        self.dormant = Waiting()
        self.fixed = FixedBoard()
        self.negotiated = Negotiated()
        self.fixed_phase = Phase.CLOSED
        self.phase = Phase.CLOSED
        self.until_ns = 0
        self.is_disclosed = True
        self.figures = NO_TRADES
        self.market_qty = [0, 0]
        self.turns = 0
        self.draws = 0
        self.tells_orders = tells_orders
        self.numbers = numbers
        self.agenda = agenda
        self.owner: list[Order | None] = [None]  # by handle
        self._seed = seed
        self._expected: CallPrice | None = None
        self._depth: BookUpdate | None = None
        self._is_stale = True
        self._told: list[SimEvent] = []

    # -- reading --

    @property
    def symbol(self) -> str:
        """The venue's short code."""
        return self.instrument.symbol

    @property
    def last_px(self) -> int:
        """The last trade's price; the base price before the first."""
        return self.figures.last_px or self.instrument.base_px

    def best_level(self, side: int) -> int:
        """The best level of the shown book, -1 when it is empty."""
        return self.book.sides[side].best

    def best_px(self, side: int) -> int:
        """The best price of shown limit orders; 0 when there is none."""
        book, market = self.book, self.market_qty[side]
        if not market:
            best = book.sides[side].best
            return 0 if best < 0 else self.grid.prices[best]
        extreme = self.grid.reach[side]
        for level in book.levels_from_best(side):
            if level != extreme or book.column(side, level, level)[0] > market:
                return self.grid.prices[level]
        return 0

    def level(self, order: Order) -> int:
        """Where the order stands in the book."""
        side = BUY if order.is_buy else SELL
        return self.grid.reach[side] if order.is_market else self.grid.level_of[order.px]

    def resting(self, *, fixed: bool = True) -> list[Order]:
        """Every working order, in the order of acceptance; on demand without those that trade beside the book."""
        found = [order for order in self.owner if order is not None]
        found += [*self.hidden.orders(), *self.stops.orders(), *self.dormant]
        found += [*self.fixed.orders(), *self.negotiated] if fixed else []
        return sorted(found, key=lambda order: order.venue_order_id)

    def expected(self) -> CallPrice | None:
        """Where the running call would uncross now; None outside of calls or when nothing would trade."""
        if not self.phase.is_call:
            return None
        self._refresh()
        return self._expected

    def depth(self, levels: int, trade_ns: int) -> BookUpdate:
        """The published book; during a call what the uncross would leave, three levels, nothing while it is dark."""
        self._refresh()
        if levels != BOOK_DEPTH:
            return issue_depth.build(self, self._expected, levels, trade_ns)
        if self._depth is None:
            self._depth = issue_depth.build(self, self._expected, levels, trade_ns)
        return self._depth

    def touch(self) -> None:
        """The book is about to change: what was computed from it is stale."""
        self._is_stale = True

    # -- orders --

    def enter(self, order: Order, trade_ns: int, events: list[SimEvent], *, fixed: bool = False) -> None:
        """Bring a new, re-priced or woken order to its place, matching it where it may match."""
        self._is_stale = True
        if order.counterparty:
            negotiated.enter(self, order, trade_ns, events)
        elif fixed:
            crossing.enter_fixed(self, order, trade_ns, events)
        elif order.acts_as in STOP_TYPES:
            self.stops.add(order)
        elif not self.rules.joins(self, order):
            self.dormant.add(order)
        elif self.phase.is_continuous:
            crossing.enter(self, order, trade_ns, events)
        elif order.is_hidden or order.acts_as in HIDDEN_TYPES:
            self.hidden.add(order)
        else:
            self.rest(order, trade_ns, events)
        if order.expire_ns and not order.ord_status.is_terminal:
            self.agenda.plan(
                Change(at_ns=order.expire_ns, symbol=self.symbol, phase=self.phase, expires=order.venue_order_id)
            )

    def settle(self, trade_ns: int, events: list[SimEvent]) -> None:
        """Let stops wake and hidden orders meet until nothing more happens."""
        while self.phase.is_continuous:
            if self.hidden and crossing.cross_hidden(self, trade_ns, events):
                continue
            woken = [order for order in self.stops.first() if self.rules.is_triggered(self, order)]
            if not woken:
                break
            order = woken[0]
            self.stops.discard(order)
            order.act_as(OrdType.MARKET if order.ord_type is OrdType.STOP else OrdType.LIMIT)
            events.append(order.event(OrderRestated, trade_ns, reason=Reason.TRIGGERED))
            self.enter(order, trade_ns, events)
        self.rules.settled(self, trade_ns, events)

    def remove(self, order: Order, trade_ns: int, events: list[SimEvent]) -> None:
        """Take an order out of wherever it is."""
        self._is_stale = True
        if order.home is not None:
            order.home.discard(order)
        elif order.handle:
            left = self.book.remove(order.handle)
            assert left == order.leaves_qty, (left, order.leaves_qty)
            if order.is_market:
                self.market_qty[BUY if order.is_buy else SELL] -= left
            self.owner[order.handle] = None
            order.handle = 0
            if self.tells_orders:
                by_order.deleted(self, order, trade_ns, events)

    def reduce(self, order: Order, by: int, trade_ns: int, events: list[SimEvent]) -> None:
        """An order loses `by` shares and keeps its place."""
        self._is_stale = True
        order.leaves_qty -= by
        if not order.handle:
            return
        shown = self.book.qty[order.handle]
        self.book.reduce(order.handle, by)
        if order.is_market:
            self.market_qty[BUY if order.is_buy else SELL] -= by
        gone = shown - self.book.qty[order.handle]
        if self.tells_orders and gone:
            by_order.reduced(self, order, trade_ns, events, by=gone, leaves_qty=shown - gone)

    def rest(self, order: Order, trade_ns: int, events: list[SimEvent]) -> None:
        """The order joins the shown book at the tail of its level."""
        side, qty = BUY if order.is_buy else SELL, order.leaves_qty
        level = self.level(order)
        if 0 < order.display_qty < qty:
            handle = self.book.add_iceberg(side, level, qty, order.display_qty)
        else:
            handle = self.book.add(side, level, qty)
        self.own(order, handle)
        if self.tells_orders:
            by_order.added(self, order, trade_ns, events)

    def own(self, order: Order, handle: int) -> None:
        """The order stands in the book under a handle."""
        while len(self.owner) <= handle:
            self.owner.append(None)
        self.owner[handle] = order
        order.handle = handle
        if order.is_market:
            self.market_qty[BUY if order.is_buy else SELL] += order.leaves_qty

    # -- trades --

    def trade(
        self, resting: Order, incoming: Order, trade_ns: int, events: list[SimEvent], *, px: int, qty: int,
        shown: bool = True,
    ) -> None:  # fmt: skip
        """Two orders trade outside of a call."""
        self.numbers.match_id += 1
        for order in (resting, incoming):
            order.fill(qty)
            liquidity = LastLiquidityInd.REMOVED if order is incoming else LastLiquidityInd.ADDED
            self.tell_fill(order, events, px=px, qty=qty, trade_ns=trade_ns, liquidity=liquidity)
        if shown:
            handle = resting.handle
            if resting.is_market:
                self.market_qty[BUY if resting.is_buy else SELL] -= qty
            if self.tells_orders:
                by_order.executed(self, resting, trade_ns, events, px=px, qty=qty)
            if resting.leaves_qty == 0:
                self.owner[handle] = None
                resting.handle = 0
        told = self.prints(px, qty, incoming.side.value, trade_ns, self.numbers.match_id)
        events.append(
            Traded(trade=told.trade, match_id=told.match_id, maker_id=resting.venue_order_id) if shown else told
        )
        self.rules.traded(self, px, trade_ns)

    def tell_fill(
        self, order: Order, events: list[SimEvent], *, px: int, qty: int, trade_ns: int, liquidity: LastLiquidityInd
    ) -> None:
        """The member hears of one fill."""
        self.numbers.exec_id += 1
        events.append(
            order.event(
                OrderTraded,
                trade_ns,
                exec_id=ExecID(self.numbers.exec_id),
                match_id=self.numbers.match_id,
                last_px=Px(px),
                last_qty=Qty(qty),
                is_aggressor=liquidity is LastLiquidityInd.REMOVED,
                liquidity=liquidity,
            )
        )

    def prints(self, px: int, qty: int, side: str, trade_ns: int, match_id: int = 0) -> Traded:
        """A trade counts among the day's figures and is public."""
        self.figures = day = self.figures.after(px, qty)
        trade = TradeUpdate(
            self.symbol, trade_ns, px, qty, side, day.open_px, day.high_px, day.low_px, day.cum_qty, day.cum_value,
            self.phase, self.venue,
        )  # fmt: skip
        return Traded(trade=trade, match_id=match_id)

    # -- the day --

    def turn(self, change: Change, trade_ns: int, events: list[SimEvent]) -> bool:
        """Begin a phase; a running call uncrosses first. False when the call goes on instead."""
        if self.phase.is_call and self.rules.uncrosses(self, change):
            found = self.expected()
            until_ns = self.rules.before_uncross(self, found, trade_ns)
            events += self._drained()
            if until_ns:
                self.until_ns = until_ns
                self.plan(change, until_ns)
                return False
            if found is not None:
                self._is_stale = True
                uncross(self, found, trade_ns, events)
            self.rules.after_uncross(self, found, trade_ns)
        left = self.phase
        working = self.resting(fixed=change.phase is Phase.CLOSED)
        gone = [o for o in working if not o.counterparty and not self.rules.carries(self, o, change.phase)]
        self.expire(gone, trade_ns, events)
        self.phase, self.until_ns, self.is_disclosed = change.phase, change.until_ns, change.disclosed
        self.turns += 1
        self._is_stale = True
        self.wake_dormant(trade_ns, events)
        self.rules.entered(self, left, trade_ns, events)
        events += self._drained()
        self.settle(trade_ns, events)
        return True

    def phase_event(self, trade_ns: int) -> PhaseChanged:
        """The running phase, for everyone."""
        return PhaseChanged(trade_ns=trade_ns, symbol=self.symbol, phase=self.phase, until_ns=self.until_ns)

    def tell(self, event: SimEvent) -> None:
        """A rule that is given no events to add to has something to say about the change that is under way."""
        self._told.append(event)

    def _drained(self) -> list[SimEvent]:
        told, self._told = self._told, []
        return told

    def wake_dormant(self, trade_ns: int, events: list[SimEvent]) -> None:
        """Orders whose time has come join the book, in the order of acceptance."""
        for order in self.dormant:
            if self.rules.joins(self, order):
                self.dormant.discard(order)
                self.enter(order, trade_ns, events)

    def send_dormant(self, order: Order, trade_ns: int, events: list[SimEvent]) -> None:
        """An order in the book has to wait."""
        self.remove(order, trade_ns, events)
        self.dormant.add(order)

    def expire(self, orders: list[Order], trade_ns: int, events: list[SimEvent]) -> None:
        """These orders have lived their time."""
        for order in orders:
            self.remove(order, trade_ns, events)
            order.end(OrdStatus.EXPIRED)
            events.append(order.event(OrderExpired, trade_ns, reason=Reason.SESSION_END))

    def plan(self, change: Change, at_ns: int) -> None:
        """A change of this issue in the turn that is running."""
        planned = Change(
            at_ns=at_ns, symbol=self.symbol, phase=change.phase, until_ns=change.until_ns, disclosed=change.disclosed,
            serial=self.turns, asks=change.asks,
        )  # fmt: skip
        self.agenda.plan(planned)

    def random_ns(self, seconds: int) -> int:
        """A random time of up to so many seconds, by milliseconds: the same for the same seed and course of the day."""
        self.draws += 1
        dice = Random(f"{self._seed} {self.instrument.trading_date} {self.symbol} {self.draws}")
        return dice.randrange(seconds * 1000 + 1) * MILLISECOND_NS

    def _refresh(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._depth = None
            self._expected = self.rules.call_price(self) if self.phase.is_call else None
