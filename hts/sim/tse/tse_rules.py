"""What Tokyo decides about one issue.

    open     itayose; too far away: a special quote that walks until it executes
    zaraba   each print within a renewal width; else a special quote, or a sequential trade quote for a long run
    close    itayose within two widths, a special execution at the bound, an allocation by participant at a daily limit

While a quote is shown the issue is in the phase SPECIAL_QUOTE: orders are collected, and each of them may end it. The
quote's figures are `marks`. Orders that came before the continuous session are simultaneous: what is too little for
all of them at one price is shared by participant.
"""

from collections.abc import Callable
from itertools import groupby

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.rules.jp_prices import QuoteRule
from hts.rules.krx_limits import PriceLimits
from hts.sim.auction import CallPrice, auction_queue
from hts.sim.call_book import Uncross
from hts.sim.commands import Enter
from hts.sim.events import Announced, OrderRestated, PhaseChanged, SimEvent
from hts.sim.issue import Issue
from hts.sim.issue_book import call_book
from hts.sim.issue_rules import Beyond, IssueRules, NegotiatedTerms
from hts.sim.order import Order
from hts.sim.timetable import Change
from hts.sim.tse.allocation import Claim, Group, by_group, by_member, by_time
from hts.sim.tse.closing import Close, Kind, closing_execution
from hts.sim.tse.itayose import uncross
from hts.sim.tse.sequential_quote import Run, SequentialQuote, far_from, resolve, run_at, stop_before
from hts.sim.tse.special_quote import Outcome, QuoteTerms, SpecialQuote, next_outcome, step_from

FREE_SHORT_LOTS = 50
SIDES = {1: Side.BUY, 2: Side.SELL}
NUMBERS = {Side.BUY: 1, Side.SELL: 2}
ENDS = frozenset({Phase.PAUSE, Phase.CLOSED})
SESSION_ONLY = frozenset({TimeInForce.AT_OPEN, TimeInForce.AT_CLOSE})
Share = Callable[[list[Claim], int], list[int]]


class TseRules(IssueRules):
    """One issue. `short_trigger_px`: at or below it the price rule for short sales comes into force."""

    has_band = True
    market_rests = True
    qty_may_grow = False

    def __init__(
        self, instrument: Instrument, rule: QuoteRule, short_trigger_px: int, negotiated: NegotiatedTerms
    ) -> None:
        super().__init__(instrument)
        self.negotiated = negotiated
        self._is_showing = False
        self._terms = QuoteTerms(instrument.ticks, PriceLimits(instrument.upper_px, instrument.lower_px), rule)
        self._short_trigger_px = short_trigger_px

    # -- taking an order --

    def refusal(self, issue: Issue, command: Enter, trade_ns: int) -> Reason:  # noqa: ARG002
        """Short sales of more than fifty lots: never at market, and by the price rule once it is in force."""
        if not command.is_short or command.qty <= FREE_SHORT_LOTS * self.instrument.lot:
            return Reason.NONE
        if command.ord_type is OrdType.MARKET:
            return Reason.SHORT_SALE_PRICE
        if not self.marks.get("short"):
            return Reason.NONE
        floor = issue.last_px if self.marks.get("rose") else issue.last_px + 1
        return Reason.NONE if command.px >= floor else Reason.SHORT_SALE_PRICE

    def joins(self, issue: Issue, order: Order) -> bool:
        """On-close orders wait for the closing call, on-open orders for an opening one."""
        if order.time_in_force is TimeInForce.AT_CLOSE:
            return issue.phase is Phase.CLOSE_CALL
        if order.time_in_force is TimeInForce.AT_OPEN:
            return issue.phase in (Phase.OPEN_CALL, Phase.SPECIAL_QUOTE)
        return True

    # -- closing-price trades beside the auction market --

    def goes_to_fixed(self, issue: Issue, command: Enter) -> bool:  # noqa: ARG002
        """Orders that name the running window of ToSTNeT-2."""
        return command.time_in_force is TimeInForce.GTX

    def has_fixed(self, issue: Issue, phase: Phase) -> bool:
        """A close of today needs a trade of today."""
        return phase is Phase.PRE_CLOSE_PRICE or bool(issue.figures.last_px)

    # -- continuous trading --

    def band(self, issue: Issue) -> tuple[int, int]:
        """One width around the last price, and no further than the running run of prints may go."""
        low, high = step_from(self._terms, issue.last_px, Side.SELL), step_from(self._terms, issue.last_px, Side.BUY)
        run = self._run()
        if run is None:
            return low, high
        return max(low, far_from(self._terms, run, Side.SELL)), min(high, far_from(self._terms, run, Side.BUY))

    def beyond(self, issue: Issue, order: Order, px: int, trade_ns: int, events: list[SimEvent]) -> Beyond:
        """An order would print too far away: it rests, and a quote is shown. An immediate order ends instead."""
        run = run_at(self._run(), issue.last_px, trade_ns, self._terms.rule.sequential_s)
        self._keep_run(run)
        side = Side.BUY if px > issue.last_px else Side.SELL  # where the price would go, whoever comes
        stop = stop_before(px, side, self._terms, last_px=issue.last_px, run=run, now_ns=trade_ns)
        if stop is None:
            return Beyond.GO_ON
        if order.time_in_force is TimeInForce.IOC:
            return Beyond.CANCEL
        self._show(issue, stop, trade_ns, events)
        return Beyond.REST

    def traded(self, issue: Issue, px: int, trade_ns: int) -> None:
        """A print: the run of prints goes on, the price rule for short sales may come into force."""
        last = self.marks.get("last", int(self.instrument.base_px))
        if issue.phase is Phase.CONTINUOUS:
            self._keep_run(run_at(self._run(), last, trade_ns, self._terms.rule.sequential_s))
        if px != last:
            self.marks["rose"] = int(px > last)
        self.marks["last"] = px
        self.marks.pop("anchor", None)
        if px <= self._short_trigger_px:
            self.marks["short"] = 1

    def settled(self, issue: Issue, trade_ns: int, events: list[SimEvent]) -> None:
        """After every change of the book: a quote that is shown may have found its price, a market order none."""
        if self._is_showing:
            return  # the order that brought the quote about is not in the book yet
        if issue.phase is Phase.SPECIAL_QUOTE:
            self._look(issue, trade_ns, events)
        elif issue.phase is Phase.CONTINUOUS and any(issue.market_qty):
            outcome = next_outcome(call_book(issue), self._terms, issue.last_px, None, trade_ns)
            if isinstance(outcome, SpecialQuote):
                self._show(issue, outcome, trade_ns, events)

    def asked(self, issue: Issue, change: Change, trade_ns: int, events: list[SimEvent]) -> None:  # noqa: ARG002
        """The time of a quote is over."""
        if issue.phase is Phase.SPECIAL_QUOTE:
            self._look(issue, trade_ns, events)

    # -- calls --

    def call_price(self, issue: Issue) -> CallPrice | None:
        """Where the running call would uncross now."""
        if issue.phase is Phase.CLOSE_CALL:
            close = self._close(issue)
            return None if close is None else CallPrice(close.px, close.qty)
        if issue.phase is Phase.SPECIAL_QUOTE:
            outcome = self._outcome(issue, self.marks.get("now", 0))
            return CallPrice(*outcome) if isinstance(outcome, Uncross) else None
        lower_px, upper_px = self._terms.limits.lower_px, self._terms.limits.upper_px
        found = uncross(call_book(issue), self._terms.ticks, self._anchor(issue), low_px=lower_px, high_px=upper_px)
        return None if found is None else CallPrice(found.px, found.qty)

    def uncrosses(self, issue: Issue, change: Change) -> bool:
        """Which ends of calls are executions."""
        if issue.phase is Phase.CLOSE_CALL:
            return change.phase in ENDS
        return change.phase is Phase.CONTINUOUS

    def auction_fills(self, issue: Issue, side: int, found: CallPrice) -> list[tuple[Order, int]]:
        """By price; what is too little for all at one price by participant, by group, or by time."""
        queue = auction_queue(issue, side, found.px)
        lot = self.instrument.lot
        if issue.phase is Phase.CLOSE_CALL and self._is_pinned(issue):
            return _shared(queue, self._claims(queue), lambda claims, qty: by_member(claims, qty, lot), found.qty)
        share: Share = by_time
        if issue.phase is Phase.OPEN_CALL:
            share = _by_member_of(lot)
        elif issue.phase is Phase.CLOSE_CALL:
            share = _by_group_of(lot)
        fills: list[tuple[Order, int]] = []
        left = found.qty
        for _, rows in groupby(queue, key=lambda row: (row[0].is_market, row[0].px)):
            level = list(rows)
            if left == 0:
                break
            filled = _shared(level, self._claims(level), share, min(left, sum(qty for _, qty in level)))
            fills += filled
            left -= sum(qty for _, qty in filled)
        assert left == 0, (issue.symbol, side, left)
        return fills

    def after_uncross(self, issue: Issue, found: CallPrice | None, trade_ns: int) -> None:  # noqa: ARG002
        """The quote, if one was shown, has done its work."""
        self._forget()

    # -- the day --

    def meets(self, issue: Issue, change: Change) -> Change | None:
        """An opening that is too far away becomes a special quote."""
        mine = super().meets(issue, change)
        if mine is None or issue.phase is not Phase.OPEN_CALL or change.phase is not Phase.CONTINUOUS:
            return mine
        outcome = next_outcome(call_book(issue), self._terms, self._anchor(issue), None, change.at_ns)
        if not isinstance(outcome, SpecialQuote):
            return mine
        self._keep_quote(outcome, change.at_ns)
        return Change(at_ns=change.at_ns, symbol=issue.symbol, phase=Phase.SPECIAL_QUOTE, until_ns=change.until_ns)

    def carries(self, issue: Issue, order: Order, phase: Phase) -> bool:  # noqa: ARG002
        """Orders for one session end with it; so do limit orders that have become market orders for its close."""
        if phase is Phase.CLOSED:
            return False
        if phase is Phase.PAUSE:
            was_converted = order.ord_type is OrdType.LIMIT_OR_CLOSE and order.is_market
            return order.time_in_force not in SESSION_ONLY and not was_converted
        return order.time_in_force is not TimeInForce.AT_OPEN or not phase.is_continuous

    def entered(self, issue: Issue, left: Phase, trade_ns: int, events: list[SimEvent]) -> None:  # noqa: ARG002
        """A phase has begun."""
        if issue.phase is Phase.SPECIAL_QUOTE:
            self._plan(issue)
            self._tell(issue, trade_ns, events)
            return
        shown = self._shown()
        if shown is not None and issue.phase in (Phase.CLOSE_CALL, Phase.PAUSE):
            self.marks["anchor"] = shown.px
        if issue.phase is Phase.PAUSE:
            self.marks["afternoon"] = 1
        self._forget()
        newest = issue.numbers.venue_order_id
        if issue.phase is Phase.CONTINUOUS:
            self.marks["continuous_from"] = newest + 1
        if issue.phase is Phase.CLOSE_CALL:
            self.marks["closing_from"] = newest + 1
            self._convert(issue, trade_ns, events)

    def _convert(self, issue: Issue, trade_ns: int, events: list[SimEvent]) -> None:
        """Funari: limit orders that are market orders in the closing call."""
        for order in issue.resting():
            if order.ord_type is not OrdType.LIMIT_OR_CLOSE or order.is_market:
                continue
            issue.remove(order, trade_ns, events)
            order.act_as(OrdType.MARKET)
            order.px = 0
            events.append(order.event(OrderRestated, trade_ns, reason=Reason.CONVERTED))
            issue.enter(order, trade_ns, events)

    # -- quotes --

    def _look(self, issue: Issue, trade_ns: int, events: list[SimEvent]) -> None:
        """What the quote that is shown does now."""
        outcome = self._outcome(issue, trade_ns)
        if isinstance(outcome, SpecialQuote | SequentialQuote):
            if outcome != self._shown():
                self._keep_quote(outcome, trade_ns)
                self._plan(issue)
                self._tell(issue, trade_ns, events)
            return
        self.marks["now"] = trade_ns
        issue.touch()
        change = Change(at_ns=trade_ns, symbol=issue.symbol, phase=Phase.CONTINUOUS, until_ns=issue.until_ns)
        if issue.turn(change, trade_ns, events):
            events.append(_phase_event(issue, trade_ns))

    def _outcome(self, issue: Issue, trade_ns: int) -> Outcome | SequentialQuote:
        shown, book = self._shown(), call_book(issue)
        if isinstance(shown, SequentialQuote):
            if trade_ns < shown.until_ns:
                return shown
            return resolve(book, self._terms, shown)
        return next_outcome(book, self._terms, self._anchor(issue), shown, trade_ns)

    def _show(self, issue: Issue, quote: SpecialQuote | SequentialQuote, trade_ns: int, events: list[SimEvent]) -> None:
        self._keep_quote(quote, trade_ns)
        change = Change(at_ns=trade_ns, symbol=issue.symbol, phase=Phase.SPECIAL_QUOTE, until_ns=issue.until_ns)
        self._is_showing = True
        if issue.turn(change, trade_ns, events):
            events.append(_phase_event(issue, trade_ns))
        self._is_showing = False

    def _shown(self) -> SpecialQuote | SequentialQuote | None:
        side = SIDES.get(self.marks.get("side", 0))
        if side is None:
            return None
        px, until_ns = self.marks["px"], self.marks["until"]
        if self.marks["sequential"]:
            return SequentialQuote(side, px, until_ns)
        return SpecialQuote(side, px, until_ns, bool(self.marks["limit"]))

    def _keep_quote(self, quote: SpecialQuote | SequentialQuote, trade_ns: int) -> None:
        is_sequential = isinstance(quote, SequentialQuote)
        self.marks |= {
            "side": NUMBERS[quote.side],
            "px": quote.px,
            "until": quote.until_ns if isinstance(quote, SequentialQuote) else quote.next_ns,
            "limit": int(isinstance(quote, SpecialQuote) and quote.is_limit),
            "sequential": int(is_sequential),
            "now": trade_ns,
        }

    def _forget(self) -> None:
        for key in ("side", "px", "until", "limit", "sequential", "run_px", "run_ns"):
            self.marks.pop(key, None)

    def _plan(self, issue: Issue) -> None:
        if not self.marks.get("limit"):
            at_ns = self.marks["until"]
            issue.plan(Change(at_ns=at_ns, phase=issue.phase, asks="quote"), at_ns)

    def _tell(self, issue: Issue, trade_ns: int, events: list[SimEvent]) -> None:
        what = "sequential_quote" if self.marks["sequential"] else "special_quote"
        values = (("side", self.marks["side"]), ("px", self.marks["px"]), ("until_ns", self.marks["until"]))
        events.append(Announced(trade_ns=trade_ns, symbol=issue.symbol, what=what, values=values))

    # -- inside --

    def _run(self) -> Run | None:
        return Run(self.marks["run_px"], self.marks["run_ns"]) if "run_px" in self.marks else None

    def _keep_run(self, run: Run) -> None:
        self.marks["run_px"], self.marks["run_ns"] = run

    def _anchor(self, issue: Issue) -> int:
        """From where widths are measured: the last price, or the quote with which a session ended since."""
        return self.marks.get("anchor") or issue.last_px

    def _close(self, issue: Issue) -> Close | None:
        """What the closing call does; shares are allocated at a daily limit at the day's close only."""
        close = closing_execution(call_book(issue), self._terms, self._anchor(issue), self.instrument.lot)
        is_early = close is not None and close.kind is Kind.LIMIT and not self.marks.get("afternoon")
        return None if is_early else close

    def _is_pinned(self, issue: Issue) -> bool:
        close = self._close(issue)
        return close is not None and close.kind is Kind.LIMIT

    def _claims(self, queue: list[tuple[Order, int]]) -> list[Claim]:
        return [
            Claim(member=order.session, qty=qty, is_market=order.is_market, group=self._group(order))
            for order, qty in queue
        ]

    def _group(self, order: Order) -> Group:
        is_closing = order.time_in_force is TimeInForce.AT_CLOSE or order.ord_type is OrdType.LIMIT_OR_CLOSE
        if is_closing or order.venue_order_id >= self.marks.get("closing_from", 1 << 62):
            return Group.CLOSING
        if order.venue_order_id >= self.marks.get("continuous_from", 1 << 62):
            return Group.CONTINUOUS
        return Group.BEFORE_SESSION


def _shared(
    queue: list[tuple[Order, int]], claims: list[Claim], share: Share, available: int
) -> list[tuple[Order, int]]:
    shares = share(claims, available)
    return [(order, qty) for (order, _), qty in zip(queue, shares, strict=True) if qty]


def _by_member_of(lot: int) -> Share:
    return lambda claims, qty: by_member(claims, qty, lot)


def _by_group_of(lot: int) -> Share:
    return lambda claims, qty: by_group(claims, qty, lot)


def _phase_event(issue: Issue, trade_ns: int) -> PhaseChanged:
    return PhaseChanged(trade_ns=trade_ns, symbol=issue.symbol, phase=issue.phase, until_ns=issue.until_ns)
