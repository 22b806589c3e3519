"""What KRX decides about one issue."""

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.rules.kr_rules import KrIssue
from hts.sim.auction import CallPrice
from hts.sim.commands import Amend, Enter
from hts.sim.events import OrderRestated, SimEvent
from hts.sim.issue import Issue
from hts.sim.issue_rules import Beyond, IssueRules, Pair
from hts.sim.korea import interruption, short_sale
from hts.sim.korea.call import deemed, krx_auction_fills, krx_call_price
from hts.sim.matching import BUY, SELL
from hts.sim.order import Order
from hts.sim.timetable import Change

NS = 1_000_000_000
RESUME_CALL_S = 30 * 60  # call before an issue trades again after a halt
RANDOM_S = 30
CLOSE_PX = "close_px"
LAST_PX = "last_px"
SIDECAR = "sidecar"  # 1: program buys rest, 2: program sells rest
SINGLE_LIMIT_PERCENT = 10  # of the close, in the off-hours single price
_OFF_HOURS = frozenset({Phase.ACCEPT, Phase.POST_CLOSE_PRICE})
_OUT = frozenset({Phase.HALTED, Phase.CLOSED})
BY_BREAKER = "by_breaker"  # the circuit breaker has halted the issue
_SMP = {1: Pair.CANCEL_RESTING, 2: Pair.CANCEL_INCOMING, 3: Pair.REDUCE_BOTH}


class KrxRules(IssueRules):
    """A KRX issue on one day."""

    market_rests = True
    qty_may_grow = False

    def __init__(self, instrument: Instrument, day: KrIssue) -> None:
        super().__init__(instrument)
        self.day = day
        self.has_band = day.vi is not None

    # -- taking an order --

    def limits(self, issue: Issue) -> tuple[int, int]:
        """The day's limits; a tenth around the close in the off-hours single price; none in a liquidation."""
        if self.day.is_liquidation:
            return 1, interruption.FARTHEST
        lower, upper = self.instrument.lower_px, self.instrument.upper_px
        if issue.phase is not Phase.SINGLE_PRICE or self.day.every_min:
            return lower, upper
        close, ticks = self.close_px(issue), self.instrument.ticks
        amount = close * SINGLE_LIMIT_PERCENT // 100 // ticks.step_at(close) * ticks.step_at(close)
        return max(lower, ticks.ceil(close - amount)), min(upper, ticks.floor(close + amount))

    def refusal(self, issue: Issue, command: Enter, trade_ns: int) -> Reason:  # noqa: ARG002
        """Size, kinds of order that the issue does not trade, and the rule for short sales."""
        if self.day.qty_cap and command.qty > self.day.qty_cap:
            return Reason.QTY_CAP
        if command.ord_type is OrdType.MARKET and (self.day.every_min or self.day.is_ipo):
            return Reason.TYPE_NOT_ALLOWED
        if command.ord_type is OrdType.LIMIT_OR_CLOSE and command.px == self._worst_px(command):
            return Reason.TYPE_NOT_ALLOWED  # its rest would gain nothing by becoming a market order
        if command.is_short and command.side.sign < 0:
            return short_sale.refusal(issue, self.day, command)
        return Reason.NONE

    def amend_refusal(self, issue: Issue, order: Order, command: Amend) -> Reason:
        """A short sale may not be moved to a price that it could not have named."""
        if order.is_short and command.px != order.px and not self.day.short_free:
            return Reason.NONE if short_sale.is_allowed(issue, command.px) else Reason.SHORT_SALE_PRICE
        return Reason.NONE

    def entry_px(self, issue: Issue, command: Enter) -> int:
        """The price of 최유리 and 최우선: a quote, else a step beside one, else the last price."""
        bid, ask, ticks = issue.best_px(BUY), issue.best_px(SELL), self.instrument.ticks
        is_buy = command.side.sign > 0
        if command.ord_type is OrdType.BEST_COUNTER:
            if is_buy:
                px = ask or (min(ticks.up(bid), self.instrument.upper_px) if bid else issue.last_px)
            else:
                px = bid or (max(ticks.down(ask), self.instrument.lower_px) if ask else issue.last_px)
        elif command.ord_type is OrdType.BEST_OWN:
            px = (bid if is_buy else ask) or issue.last_px
        else:
            return command.px
        return int(ticks.floor(px) if is_buy else ticks.ceil(px))

    def goes_to_fixed(self, issue: Issue, command: Enter) -> bool:
        """Orders at the closing price, by their condition or because nothing else trades."""
        return command.time_in_force is TimeInForce.AT_CLOSE or issue.phase in _OFF_HOURS

    def joins(self, issue: Issue, order: Order) -> bool:  # noqa: ARG002
        """Program orders rest while the sidecar holds their side."""
        side = self.marks.get(SIDECAR, 0)
        return not (side and order.is_program and order.is_buy == (side == 1))

    # -- matching --

    def band(self, issue: Issue) -> tuple[int, int]:
        """Prices that do not interrupt."""
        return interruption.band(issue, self.day.vi) if self.day.vi else super().band(issue)

    def beyond(self, issue: Issue, order: Order, px: int, trade_ns: int, events: list[SimEvent]) -> Beyond:  # noqa: ARG002
        """The trade does not print: the issue is interrupted, and what is left of the order joins the call."""
        assert self.day.vi is not None
        interruption.interrupt(issue, self.day.vi, px, trade_ns, events)
        return Beyond.REST

    def pair(self, issue: Issue, incoming: Order, resting: Order) -> Pair:  # noqa: ARG002
        """Self-match prevention, by the later order's condition."""
        is_same = bool(incoming.smp_id) and incoming.smp_id == resting.smp_id
        return _SMP.get(incoming.smp_mode, Pair.TRADE) if is_same else Pair.TRADE

    def traded(self, issue: Issue, px: int, trade_ns: int) -> None:  # noqa: ARG002
        """Remember what the short sale rule asks for."""
        short_sale.note_trade(issue, self.marks.get(LAST_PX, 0) or self.instrument.base_px, px)
        self.marks[LAST_PX] = px

    # -- calls --

    def call_price(self, issue: Issue) -> CallPrice | None:
        """Where the running call would uncross now."""
        return krx_call_price(issue)

    def auction_fills(self, issue: Issue, side: int, found: CallPrice) -> list[tuple[Order, int]]:
        """By price and time, by tiers where an opening prices at a daily limit."""
        return krx_auction_fills(issue, side, found)

    def shown_market_px(self, issue: Issue, side: int) -> int:
        """Market orders stand at their deemed price."""
        return deemed(issue)[side] if issue.phase.is_call else super().shown_market_px(issue, side)

    def uncrosses(self, issue: Issue, change: Change) -> bool:
        """An interruption goes over into the closing call; each unit of the single price ends by itself."""
        if change.phase is Phase.CLOSE_CALL:
            return issue.phase is Phase.CLOSE_CALL
        return change.phase is not Phase.HALTED and (
            change.phase is not issue.phase or change.phase is Phase.SINGLE_PRICE
        )

    def before_uncross(self, issue: Issue, found: CallPrice | None, trade_ns: int) -> int:
        """A call that prices too far goes on, once."""
        rule = self.day.vi
        if rule is None or found is None or issue.phase in {Phase.VI_CALL, Phase.RESUME_CALL}:
            return 0
        if self.marks.get(interruption.EXTENDED) == issue.turns:
            return 0
        kind = interruption.kind_of(issue, rule, found.px)
        if not kind:
            return 0
        self.marks[interruption.EXTENDED] = issue.turns
        issue.tell(interruption.announced(issue, kind, found.px, trade_ns))
        return trade_ns + rule.call_s * NS + issue.random_ns(rule.random_s)

    def after_uncross(self, issue: Issue, found: CallPrice | None, trade_ns: int) -> None:  # noqa: ARG002
        """A call's price is what the next static interruption measures from."""
        if found is not None:
            self.marks[interruption.STATIC_REFERENCE] = found.px
        if issue.phase is Phase.CLOSE_CALL:
            self.marks[CLOSE_PX] = self._official_close(issue)

    # -- the day --

    def meets(self, issue: Issue, change: Change) -> Change | None:
        """A change of the market: not for the halted; otherwise for issues that trade by the call or not at all."""
        phase = change.phase
        if phase is Phase.CLOSED:
            return change
        if change.market is not None:
            return self._meets_breaker(issue, change)
        if issue.phase in _OUT and issue.turns:
            return None
        if phase is Phase.CONTINUOUS and self.day.every_min:
            return self._next_unit(issue, change.at_ns)
        if phase is Phase.AFTER_MARKET and self.instrument.is_etf:
            return Change(at_ns=change.at_ns, symbol=issue.symbol, phase=Phase.CLOSED)
        if phase is Phase.SINGLE_PRICE and (not issue.figures.cum_qty or self.day.on_nxt):
            return Change(at_ns=change.at_ns, symbol=issue.symbol, phase=Phase.CLOSED)
        return change

    def _meets_breaker(self, issue: Issue, change: Change) -> Change | None:
        """What the circuit breaker does to the market: it halts who trades, and lets go on whom it has halted."""
        if change.phase is Phase.HALTED:
            self.marks[BY_BREAKER] = int(issue.phase not in _OUT)
            return change if self.marks[BY_BREAKER] else None
        if not self.marks.get(BY_BREAKER):
            return None
        if change.phase is Phase.CONTINUOUS:
            self.marks[BY_BREAKER] = 0
            if issue.phase is not Phase.RESUME_CALL:
                return None  # the closing call has begun meanwhile
            return self._next_unit(issue, change.at_ns) if self.day.every_min else change
        return change

    def carries(self, issue: Issue, order: Order, phase: Phase) -> bool:  # noqa: ARG002
        """Every session is its own: the close ends what the day has left, midpoint and stop orders end before it."""
        if phase in {Phase.CLOSED, Phase.ACCEPT}:
            return False
        if phase is Phase.CLOSE_CALL:
            return order.ord_type is not OrdType.MIDPOINT and order.acts_as is not OrdType.STOP_LIMIT
        return True

    def entered(self, issue: Issue, left: Phase, trade_ns: int, events: list[SimEvent]) -> None:
        """The closing call turns conditional orders into market orders; units of the single price follow each other."""
        if issue.phase is Phase.CLOSE_CALL and left is not Phase.CLOSE_CALL:
            self._convert(issue, trade_ns, events)
        if issue.phase is Phase.SINGLE_PRICE and self.day.every_min:
            change = self._next_unit(issue, trade_ns)
            issue.plan(change, change.until_ns + issue.random_ns(RANDOM_S))
        if issue.phase is Phase.RESUME_CALL and not self.marks.get(BY_BREAKER):
            ends = Change(at_ns=issue.until_ns, symbol=issue.symbol, phase=Phase.CONTINUOUS)
            issue.plan(ends, issue.until_ns + issue.random_ns(RANDOM_S))

    def close_px(self, issue: Issue) -> int:
        """The official close: the closing call's, or the last before it."""
        return self.marks.get(CLOSE_PX, 0) or issue.last_px

    def fixed_px(self, issue: Issue, phase: Phase) -> int:
        """The day before's close before the opening, the day's after it."""
        return self.instrument.base_px if phase is Phase.PRE_CLOSE_PRICE else self.close_px(issue)

    def resumed(self, issue: Issue, market_phase: Phase, until_ns: int, trade_ns: int) -> Change | None:
        """A halted issue trades again by a call, where the market trades continuously."""
        if market_phase is not Phase.CONTINUOUS:
            return Change(at_ns=trade_ns, symbol=issue.symbol, phase=market_phase, until_ns=until_ns)
        ends_ns = trade_ns + RESUME_CALL_S * NS
        return Change(at_ns=trade_ns, symbol=issue.symbol, phase=Phase.RESUME_CALL, until_ns=min(ends_ns, until_ns))

    # -- inside --

    def _worst_px(self, command: Enter) -> int:
        return self.instrument.upper_px if command.side.sign > 0 else self.instrument.lower_px

    def _next_unit(self, issue: Issue, at_ns: int) -> Change:
        every_ns = self.day.every_min * 60 * NS
        until_ns = (at_ns // every_ns + 1) * every_ns
        return Change(at_ns=at_ns, symbol=issue.symbol, phase=Phase.SINGLE_PRICE, until_ns=until_ns)

    def _official_close(self, issue: Issue) -> int:
        """The last price; on a day without a trade the quote that is worse for the other side than the base (기세)."""
        if issue.figures.cum_qty:
            return issue.last_px
        base_px = self.instrument.base_px
        bid, ask = issue.best_px(BUY), issue.best_px(SELL)
        if ask and ask < base_px:
            return ask
        return max(base_px, bid)

    @staticmethod
    def _convert(issue: Issue, trade_ns: int, events: list[SimEvent]) -> None:
        """조건부지정가: what is left becomes a market order, received now, the better price first."""
        orders = [order for order in issue.resting() if order.ord_type is OrdType.LIMIT_OR_CLOSE and order.handle]
        orders.sort(key=lambda order: (order.is_buy, -order.px if order.is_buy else order.px))
        for order in orders:
            issue.remove(order, trade_ns, events)
            order.act_as(OrdType.MARKET)
            order.px = 0
            events.append(order.event(OrderRestated, trade_ns, reason=Reason.CONVERTED))
            issue.rest(order, trade_ns, events)


class ReplayedRules(IssueRules):
    """A recorded foreign issue that KRX lists for replay: plain price and time."""

    qty_may_grow = False
