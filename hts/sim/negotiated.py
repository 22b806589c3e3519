"""Trades that two members agreed on elsewhere and bring to the venue: beside the book, at their own price (ToSTNeT-1).

Each side enters its order and names the other member. The second one makes the trade; until then the first waits, can
be cancelled, and cannot be amended. Such a trade moves no last price and counts in none of the day's figures: everyone
is told of it as what it is.
"""

from typing import TYPE_CHECKING

from hts.model.enums import LastLiquidityInd
from hts.model.reasons import Reason
from hts.model.units import NO_PX
from hts.sim.commands import Enter
from hts.sim.events import Announced, SimEvent
from hts.sim.order import Order
from hts.sim.profile import AT_ONCE
from hts.sim.timetable import Change

if TYPE_CHECKING:
    from hts.sim.issue import Issue

NEGOTIATED = "negotiated"


def refusal(issue: "Issue", command: Enter, trade_ns: int) -> Reason:
    """Why an agreed trade is refused: the venue has none, not now, not at this price, or it asks for more than that."""
    terms = issue.rules.negotiated
    if terms is None or command.px == NO_PX or command.time_in_force in AT_ONCE or _asks_more(command):
        return Reason.TYPE_NOT_ALLOWED
    if not terms.from_ns <= trade_ns < terms.until_ns:
        return Reason.PHASE_CLOSED
    low, high = terms.px_range(issue.last_px)
    if not low <= command.px <= high:
        return Reason.PRICE_LIMIT
    return Reason.NONE if issue.instrument.ticks.is_valid(command.px) else Reason.BAD_TICK


def enter(issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent]) -> None:
    """The order meets its counterpart, or waits for it until the window ends."""
    other = issue.negotiated.counterpart(order)
    terms = issue.rules.negotiated
    assert terms is not None, order.symbol
    if other is None:
        issue.negotiated.add(order)
        issue.agenda.plan(
            Change(at_ns=terms.until_ns, symbol=issue.symbol, phase=issue.phase, expires=order.venue_order_id)
        )
        return
    issue.negotiated.discard(other)
    qty = order.leaves_qty
    issue.numbers.match_id += 1
    for side in (other, order):
        side.fill(qty)
        issue.tell_fill(side, events, px=order.px, qty=qty, trade_ns=trade_ns, liquidity=LastLiquidityInd.UNKNOWN)
    told = (("px", order.px), ("qty", qty), ("match_id", issue.numbers.match_id))
    events.append(Announced(trade_ns=trade_ns, symbol=issue.symbol, what=NEGOTIATED, values=told))


def _asks_more(command: Enter) -> bool:
    """Conditions of the book mean nothing here."""
    return bool(
        command.stop_px or command.display_qty or command.min_qty or command.expire_ns or command.post_only
        or command.is_hidden
    )  # fmt: skip
