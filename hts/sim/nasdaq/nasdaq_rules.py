"""What Nasdaq decides about one issue.

    crosses   on-open and on-close orders wait apart and meet the continuous book at one price
    bands     limit up, limit down: no trade outside, orders are re-priced to the band; a band that holds for fifteen
              seconds pauses the issue for five minutes, and a cross opens it again
    shorts    after a fall of ten percent only above the best bid

Orders for market hours end with the closing cross; those for extended hours live on until the evening.
"""

from fractions import Fraction

from msgspec import Struct

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.rules.us_prices import USD, LuldRule
from hts.sim.auction import CallPrice
from hts.sim.call_book import CallBook
from hts.sim.commands import Amend, Enter
from hts.sim.events import Announced, OrderRestated, PhaseChanged, SimEvent
from hts.sim.issue import Issue
from hts.sim.issue_book import call_book
from hts.sim.issue_rules import Beyond, IssueRules
from hts.sim.matching import BUY, SELL
from hts.sim.nasdaq.cross import Imbalance, collar, cross_price, imbalance
from hts.sim.nasdaq.luld import Luld, LuldState
from hts.sim.nasdaq.odd_lots import protected_px
from hts.sim.nasdaq.short_sale import ShortSaleTest
from hts.sim.order import Order
from hts.sim.timetable import Change

COLLAR_RATIO = Fraction(10, 100)  # of the reference, at least half a dollar; the exchange sets it from time to time
COLLAR_FLOOR = USD // 2
EXTENDED = frozenset({TimeInForce.GTC, TimeInForce.GTD})
FOR_CROSS = frozenset({TimeInForce.AT_OPEN, TimeInForce.AT_CLOSE})
DIRECTIONS = {"N": 0, "B": 1, "S": 2, "O": 3}


class CutOff(Struct, frozen=True, kw_only=True):
    """Until when a cross takes orders, in UTC nanoseconds."""

    market_ns: int
    limit_ns: int


class NasdaqTerms(Struct, frozen=True, kw_only=True):
    """What holds for every issue of the day."""

    luld: LuldRule
    midnight_ns: int
    cutoffs: dict[TimeInForce, CutOff]


class NasdaqRules(IssueRules):
    """One issue. `round_lot`: shares that make a protected quote; `short_trigger_px`: of the short-sale test."""

    has_band = True

    def __init__(
        self, instrument: Instrument, terms: NasdaqTerms, *, tier: int, round_lot: int, short_trigger_px: int
    ) -> None:
        super().__init__(instrument)
        self._terms = terms
        self._round_lot = round_lot
        self.luld = Luld(terms.luld, tier, terms.midnight_ns, self.marks)
        self._short = ShortSaleTest(short_trigger_px, self.marks)

    # -- taking an order --

    def refusal(self, issue: Issue, command: Enter, trade_ns: int) -> Reason:
        """Cross orders after their time, shorts under the price test."""
        cutoff = self._terms.cutoffs.get(command.time_in_force)
        if cutoff is not None:
            until_ns = cutoff.market_ns if command.ord_type is OrdType.MARKET else cutoff.limit_ns
            if trade_ns >= until_ns:
                return Reason.PHASE_CLOSED
        best_bid = issue.best_px(BUY)
        if command.is_short and self._short.refuses(command.px, best_bid, is_market=command.ord_type is OrdType.MARKET):
            return Reason.SHORT_SALE_PRICE
        return Reason.NONE

    def amend_refusal(self, issue: Issue, order: Order, command: Amend) -> Reason:  # noqa: ARG002
        """Cross orders stand fast shortly before their cross."""
        return Reason.NOT_AMENDABLE if self._stands_fast(order) else Reason.NONE

    def joins(self, issue: Issue, order: Order) -> bool:
        """Cross orders wait for their cross, orders for market hours for the opening."""
        if order.time_in_force is TimeInForce.AT_OPEN:
            return issue.phase is Phase.OPEN_CALL
        if order.time_in_force is TimeInForce.DAY:
            return issue.phase is not Phase.PRE_MARKET
        if order.time_in_force is TimeInForce.AT_CLOSE:
            return issue.phase is Phase.CLOSE_CALL
        return True

    # -- bands --

    def band(self, issue: Issue) -> tuple[int, int]:
        """The price bands; everything outside of the plan's hours."""
        if issue.phase is Phase.CONTINUOUS and self.luld.upper_px:
            return self.luld.lower_px, self.luld.upper_px
        return 0, 1 << 60

    def beyond(self, issue: Issue, order: Order, px: int, trade_ns: int, events: list[SimEvent]) -> Beyond:  # noqa: ARG002
        """A limit order that reaches over a band is re-priced to it; a market order's rest ends."""
        if order.is_market or order.time_in_force in (TimeInForce.IOC, TimeInForce.FOK):
            return Beyond.CANCEL
        collared = self.luld.collared(order.px, is_buy=order.is_buy)
        if collared != order.px:
            order.px = collared
            events.append(order.event(OrderRestated, trade_ns, reason=Reason.REPRICED))
        return Beyond.REST

    def traded(self, issue: Issue, px: int, trade_ns: int) -> None:
        """The reference price and the short-sale test follow the trades of market hours."""
        if issue.phase is Phase.CONTINUOUS:
            self.luld.on_trade(px, trade_ns)
            self._short.on_trade(px)

    def settled(self, issue: Issue, trade_ns: int, events: list[SimEvent]) -> None:
        """After every change of the book: bands, limit state and short-sale test tell what is new."""
        if issue.phase is Phase.CONTINUOUS:
            self.luld.on_quote(issue.best_px(BUY), issue.best_px(SELL), trade_ns)
            if self.luld.state is LuldState.LIMIT and self.marks.get("asked_ns") != self.luld.until_ns:
                self.marks["asked_ns"] = self.luld.until_ns
                until_ns = self.luld.until_ns
                issue.plan(Change(at_ns=until_ns, phase=issue.phase, asks="limit_state"), until_ns)
        self._tell_news(issue, trade_ns, events)

    def asked(self, issue: Issue, change: Change, trade_ns: int, events: list[SimEvent]) -> None:  # noqa: ARG002
        """The limit state has lasted too long: the issue pauses and opens again by a cross."""
        if issue.phase is not Phase.CONTINUOUS or not self.luld.on_timer(trade_ns):
            return
        if self.luld.state is LuldState.PAUSED:
            until_ns, back_until_ns = self.luld.until_ns, issue.until_ns
            self._turn(issue, Phase.VI_CALL, until_ns, trade_ns, events)
            issue.plan(Change(at_ns=until_ns, phase=Phase.CONTINUOUS, until_ns=back_until_ns), until_ns)
        self._tell_news(issue, trade_ns, events)

    # -- crosses --

    def call_price(self, issue: Issue) -> CallPrice | None:
        """The cross price within its collar."""
        reference_px = self.reference_px(issue)
        low, high = collar(reference_px, COLLAR_RATIO, COLLAR_FLOOR)
        found = cross_price(call_book(issue), self.instrument.ticks, reference_px, low_px=low, high_px=high)
        return None if found is None else CallPrice(found.px, found.qty)

    def after_uncross(self, issue: Issue, found: CallPrice | None, trade_ns: int) -> None:
        """The price of an opening or a reopening is the bands' first reference."""
        if issue.phase in (Phase.OPEN_CALL, Phase.VI_CALL):
            self.luld.open(found.px if found is not None else self.reference_px(issue), trade_ns)
        else:
            self.luld.close()

    def imbalance(self, issue: Issue, times: TimeInForce) -> Imbalance | None:
        """What the coming cross would do; None when nobody has asked to take part."""
        waiting = [order for order in issue.dormant if order.time_in_force is times]
        if not waiting:
            return None
        others = (times, TimeInForce.DAY) if times is TimeInForce.AT_OPEN else (times,)
        joining = [order for order in issue.dormant if order.time_in_force in others]
        only, whole = _joined(None, waiting), _joined(issue, joining)
        return imbalance(
            only,
            whole,
            self.instrument.ticks,
            best_bid=self._protected(issue, BUY),
            best_ask=self._protected(issue, SELL),
            last_px=issue.last_px,
        )

    def tell_imbalance(self, issue: Issue, times: TimeInForce, trade_ns: int, events: list[SimEvent]) -> None:
        """The imbalance message of an issue, when there is one."""
        found = self.imbalance(issue, times)
        if found is None:
            return
        values = (
            ("paired", found.paired), ("imbalance", found.imbalance), ("direction", DIRECTIONS[found.direction]),
            ("far_px", found.far_px), ("near_px", found.near_px), ("reference_px", found.reference_px),
            ("variation", ord(found.variation)), ("closing", int(times is TimeInForce.AT_CLOSE)),
        )  # fmt: skip
        events.append(Announced(trade_ns=trade_ns, symbol=issue.symbol, what="imbalance", values=values))

    def reference_px(self, issue: Issue) -> int:
        """The middle of the protected quote, or the last price."""
        bid, ask = self._protected(issue, BUY), self._protected(issue, SELL)
        return (bid + ask) // 2 if 0 < bid < ask else issue.last_px

    # -- the day --

    def carries(self, issue: Issue, order: Order, phase: Phase) -> bool:  # noqa: ARG002
        """Cross orders end with their cross, orders of market hours with the close."""
        if phase is Phase.CLOSED:
            return False
        if phase is Phase.AFTER_MARKET:
            return order.time_in_force in EXTENDED
        return order.time_in_force is not TimeInForce.AT_OPEN or phase is not Phase.CONTINUOUS

    def entered(self, issue: Issue, left: Phase, trade_ns: int, events: list[SimEvent]) -> None:
        """Outside of market hours there are no bands."""
        if issue.phase not in (Phase.CONTINUOUS, Phase.VI_CALL, Phase.HALTED) and left is not Phase.OPEN_CALL:
            self.luld.close()
        self._tell_news(issue, trade_ns, events)

    # -- inside --

    def _stands_fast(self, order: Order) -> bool:
        return order.time_in_force in FOR_CROSS and bool(self.marks.get(f"fast_{order.time_in_force.name}"))

    def stand_fast(self, times: TimeInForce) -> None:
        """From now on orders for this cross cannot be changed."""
        self.marks[f"fast_{times.name}"] = 1

    def _protected(self, issue: Issue, side: int) -> int:
        levels = (
            (issue.grid.prices[level], issue.book.shown_qty(side, level))
            for level in issue.book.levels_from_best(side)
            if level != issue.grid.reach[side]
        )
        return protected_px(levels, self._round_lot)

    def _turn(self, issue: Issue, phase: Phase, until_ns: int, trade_ns: int, events: list[SimEvent]) -> None:
        change = Change(at_ns=trade_ns, symbol=issue.symbol, phase=phase, until_ns=until_ns)
        if issue.turn(change, trade_ns, events):
            told = PhaseChanged(trade_ns=trade_ns, symbol=issue.symbol, phase=phase, until_ns=until_ns)
            events.append(told)

    def _tell_news(self, issue: Issue, trade_ns: int, events: list[SimEvent]) -> None:
        """Bands and short-sale state that nobody has been told of yet."""
        bands = (self.luld.lower_px, self.luld.upper_px, self.luld.reference_px)
        if bands != (self.marks.get("told_lower", 0), self.marks.get("told_upper", 0), self.marks.get("told_ref", 0)):
            self.marks["told_lower"], self.marks["told_upper"], self.marks["told_ref"] = bands
            values = (("lower_px", bands[0]), ("upper_px", bands[1]), ("reference_px", bands[2]))
            events.append(Announced(trade_ns=trade_ns, symbol=issue.symbol, what="price_bands", values=values))
        action = self._short.action
        if action != self.marks.get("told_short", 0):
            self.marks["told_short"] = action
            told = Announced(trade_ns=trade_ns, symbol=issue.symbol, what="short_sale", values=(("action", action),))
            events.append(told)


def _joined(issue: Issue | None, orders: list[Order]) -> CallBook:
    """A book of orders that wait apart, and of what rests in an issue's."""
    sides: list[dict[int, int]] = [{}, {}]
    market = [0, 0]
    for order in orders:
        side = BUY if order.is_buy else SELL
        if order.is_market:
            market[side] += order.leaves_qty
        else:
            sides[side][order.px] = sides[side].get(order.px, 0) + order.leaves_qty
    if issue is None:
        return CallBook(sides[BUY], sides[SELL], market_bid=market[BUY], market_ask=market[SELL])
    return call_book(issue, sides[BUY], sides[SELL], market_bid=market[BUY], market_ask=market[SELL])
