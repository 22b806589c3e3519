"""What a venue decides about one issue: the hooks that the engine calls, with the plainest answers.

A venue's rules are a subclass; one object per issue and day, made by `VenueProfile.rules`. The engine below keeps
books, queues, numbers and events; whatever a rule book says is asked here:

    taking an order     refusal, amend_refusal, entry_px, goes_to_fixed
    matching            band and beyond (volatility), pair (self-match prevention), market_rests, hidden_px
    calls               call_price, call_columns, auction_fills, before_uncross, after_uncross
    the day             meets (a change of the whole market), carries (what outlives a phase), entered (conversions)
    after a trade       traded; stops: is_triggered; after everything: settled

A rule may keep whole numbers in `marks`: they are saved, hashed and restored with the issue. It may change the issue's
phase with `Issue.turn` and plan a later change with `Issue.plan`; it reads the issue and never writes to its book.
"""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.sim.auction import CallPrice, auction_queue, by_time, call_price, deemed_resting_px
from hts.sim.commands import Amend, Enter, Halt
from hts.sim.events import SimEvent
from hts.sim.matching import BUY, SELL
from hts.sim.order import Order
from hts.sim.timetable import Change

if TYPE_CHECKING:
    from hts.sim.issue import Issue


WIDE = 4096  # levels; a call that spans more, in an issue without limits, looks at those with quotes


class Pair(Enum):
    """What becomes of an incoming order and the resting one that it meets."""

    TRADE = 0
    SKIP = 1  # look at the next resting order
    CANCEL_RESTING = 2
    CANCEL_INCOMING = 3
    REDUCE_BOTH = 4  # both lose what they would have traded


class Beyond(Enum):
    """What becomes of an order whose next trade would lie beyond the band."""

    GO_ON = 0  # look at the band again: the rule has moved it
    REST = 1  # what is left rests
    CANCEL = 2


class NegotiatedTerms(Struct, frozen=True, kw_only=True):
    """When trades may be agreed on beside the book, and how far from the last price."""

    from_ns: int
    until_ns: int
    px_range: Callable[[int], tuple[int, int]]


class IssueRules:
    """Price, then time; market orders that find nothing are cancelled; nothing interrupts."""

    has_band = False  # whether `band` is to be asked at all
    has_pairs = False  # whether `pair` is to be asked at all
    negotiated: NegotiatedTerms | None = None  # of trades that two members agreed on; None: there are none
    market_rests = False  # what is left of a market order waits before all limit orders
    qty_may_grow = True  # an amend may raise the quantity, at the price of the place

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.marks: dict[str, int] = {}

    # -- taking an order --

    def limits(self, issue: "Issue") -> tuple[int, int]:  # noqa: ARG002
        """Lowest and highest price that an order may name now."""
        return self.instrument.lower_px, self.instrument.upper_px

    def refusal(self, issue: "Issue", command: Enter, trade_ns: int) -> Reason:  # noqa: ARG002
        """Why the venue refuses what the general checks have passed."""
        return Reason.NONE

    def amend_refusal(self, issue: "Issue", order: Order, command: Amend) -> Reason:  # noqa: ARG002
        """Why the venue refuses an amend that the general checks have passed."""
        return Reason.NONE

    def entry_px(self, issue: "Issue", command: Enter) -> int:
        """The price that an order of a type without one takes; 0 when there is none."""
        best = issue.best_px
        if command.ord_type is OrdType.BEST_COUNTER:
            return best(SELL if command.side.sign > 0 else BUY)
        if command.ord_type is OrdType.BEST_OWN:
            return best(BUY if command.side.sign > 0 else SELL)
        return command.px

    def goes_to_fixed(self, issue: "Issue", command: Enter) -> bool:  # noqa: ARG002
        """Whether the order belongs to the fixed-price board instead of the book."""
        return False

    # -- matching --

    def band(self, issue: "Issue") -> tuple[int, int]:  # noqa: ARG002
        """Lowest and highest price at which an incoming order may trade now."""
        return 0, 1 << 60

    def beyond(self, issue: "Issue", order: Order, px: int, trade_ns: int, events: list[SimEvent]) -> Beyond:  # noqa: ARG002
        """An order's next trade at `px` would lie beyond the band."""
        return Beyond.CANCEL

    def pair(self, issue: "Issue", incoming: Order, resting: Order) -> Pair:  # noqa: ARG002
        """Whether two orders may meet."""
        return Pair.TRADE

    def hidden_px(self, issue: "Issue", order: Order) -> int:
        """Where an order outside of the shown book stands now; 0 while it cannot trade."""
        bid, ask = issue.best_px(BUY), issue.best_px(SELL)
        if order.ord_type is OrdType.MIDPOINT:
            px = (bid + ask) // 2 if bid and ask else 0
        elif order.ord_type is OrdType.PRIMARY_PEG:
            px = bid if order.is_buy else ask
        else:
            return order.px
        if px and order.px:
            px = min(px, order.px) if order.is_buy else max(px, order.px)
        return px

    def is_triggered(self, issue: "Issue", order: Order) -> bool:
        """Whether a stop order wakes."""
        return issue.last_px >= order.stop_px if order.is_buy else issue.last_px <= order.stop_px

    def traded(self, issue: "Issue", px: int, trade_ns: int) -> None:
        """A trade has printed."""

    def settled(self, issue: "Issue", trade_ns: int, events: list[SimEvent]) -> None:
        """Everything that follows from a command or a change has happened."""

    # -- calls --

    def shown_market_px(self, issue: "Issue", side: int) -> int:
        """Where resting market orders stand in the published book."""
        return deemed_resting_px(issue, side)

    def uncrosses(self, issue: "Issue", change: Change) -> bool:
        """Whether the running call ends in trades when another phase begins."""
        return change.phase not in (issue.phase, Phase.HALTED)

    def call_price(self, issue: "Issue") -> CallPrice | None:
        """Where the running call would uncross now."""
        low, high = issue.best_level(SELL), issue.best_level(BUY)
        if low < 0 or high < low:
            return None
        if high - low >= WIDE:
            return _wide_call_price(issue)
        bids, asks = issue.book.column(BUY, low, high), issue.book.column(SELL, low, high)
        prices = [issue.grid.prices[level] for level in range(low, high + 1)]
        return call_price(prices, bids, asks, issue.last_px, low=0, high=high - low)

    def auction_fills(self, issue: "Issue", side: int, found: CallPrice) -> list[tuple[Order, int]]:
        """(order, quantity) of one side of an uncross, in the order of priority."""
        return by_time(auction_queue(issue, side, found.px), found.qty)

    def before_uncross(self, issue: "Issue", found: CallPrice | None, trade_ns: int) -> int:  # noqa: ARG002
        """0 to uncross; else the trade time up to which the call goes on."""
        return 0

    def after_uncross(self, issue: "Issue", found: CallPrice | None, trade_ns: int) -> None:
        """A call has ended."""

    # -- the day --

    def fixed_px(self, issue: "Issue", phase: Phase) -> int:
        """The price of the fixed-price board in a phase."""
        return self.instrument.base_px if phase is Phase.PRE_CLOSE_PRICE else issue.last_px

    def has_fixed(self, issue: "Issue", phase: Phase) -> bool:  # noqa: ARG002
        """Whether the issue trades on the fixed-price board in a phase of that board."""
        return True

    def close_px(self, issue: "Issue") -> int:
        """The day's official close: the next day's base price."""
        return issue.last_px

    def halted(self, issue: "Issue", market_phase: Phase, command: Halt) -> Change | None:  # noqa: ARG002
        """The venue stops the issue."""
        if issue.phase in (Phase.HALTED, Phase.CLOSED):
            return None
        return Change(at_ns=0, symbol=issue.symbol, phase=Phase.HALTED)

    def resumed(self, issue: "Issue", market_phase: Phase, until_ns: int, trade_ns: int) -> Change | None:
        """The venue lets a halted issue go on: here it joins the market again."""
        return Change(at_ns=trade_ns, symbol=issue.symbol, phase=market_phase, until_ns=until_ns)

    def joins(self, issue: "Issue", order: Order) -> bool:
        """Whether an order joins the book in the running phase; else it waits for its own."""
        if order.time_in_force is TimeInForce.AT_CLOSE:
            return issue.phase is Phase.CLOSE_CALL
        return True

    def asked(self, issue: "Issue", change: Change, trade_ns: int, events: list[SimEvent]) -> None:
        """A planned question has come due (`Change.asks`)."""

    def meets(self, issue: "Issue", change: Change) -> Change | None:
        """What a change of the whole market means here; None: nothing. A halted issue stays halted to the end."""
        if issue.phase is Phase.HALTED and change.phase is not Phase.CLOSED:
            return None
        return change

    def carries(self, issue: "Issue", order: Order, phase: Phase) -> bool:
        """Whether an order lives on when `phase` begins."""
        if phase is Phase.CLOSED:
            return False
        if order.time_in_force is TimeInForce.GTX:
            return phase is issue.phase or not issue.phase.is_continuous
        if order.time_in_force is TimeInForce.AT_OPEN:
            return not phase.is_continuous
        return True

    def entered(self, issue: "Issue", left: Phase, trade_ns: int, events: list[SimEvent]) -> None:
        """A phase has begun; `left` is the one before."""


def _wide_call_price(issue: "Issue") -> CallPrice | None:
    """The same over levels with quotes, their neighbours and the last price's: between them nothing changes.

    Market orders count as quotes at the far end of these.
    """
    grid, ends = issue.grid, frozenset(issue.grid.reach)
    quoted = {level for side in (BUY, SELL) for level in issue.book.levels_from_best(side)} - ends
    quoted |= {grid.level_at_most(issue.last_px), grid.level_at_least(issue.last_px)}
    levels = sorted({level + by for level in quoted for by in (-1, 0, 1) if min(quoted) <= level + by <= max(quoted)})
    columns = [[issue.book.column(side, level, level)[0] for level in levels] for side in (BUY, SELL)]
    columns[BUY][-1] += issue.market_qty[BUY]
    columns[SELL][0] += issue.market_qty[SELL]
    low = next((at for at, qty in enumerate(columns[SELL]) if qty), -1)
    high = max((at for at, qty in enumerate(columns[BUY]) if qty), default=-1)
    prices = [grid.prices[level] for level in levels]
    return call_price(prices, columns[BUY], columns[SELL], issue.last_px, low=low, high=high)
