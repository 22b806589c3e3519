"""What an event makes of an order that lived through the night before its ex-date.

Where the venue's rule is "cancel" (Seoul, Tokyo) nothing is kept: a price of before means something else now. Where it
is "adjust" (New York) a split changes price and quantity, and a cash dividend is taken off buy limits and sell stops,
which it would otherwise reach by itself; sell limits and buy stops stay.
"""

from fractions import Fraction

from msgspec import Struct

from hts.model.corporate import MILLI, CorporateEvent, EventKind
from hts.model.enums import Side
from hts.model.instruments import TickTable
from hts.model.units import Px, Qty


class OrderTerms(Struct, frozen=True, kw_only=True):
    """What is left of a working order."""

    side: Side
    px: Px
    leaves_qty: Qty
    is_stop: bool = False


def adjusted(event: CorporateEvent, order: OrderTerms, ticks: TickTable) -> OrderTerms | None:
    """The order after the event; None where it is to be cancelled: nothing sensible is left of it."""
    if event.kind is EventKind.CASH_DIVIDEND:
        is_reached = (order.side is Side.BUY) != order.is_stop
        return _with_px(order, Fraction(order.px) - Fraction(event.cash_milli, MILLI), ticks) if is_reached else order
    if event.kind in (EventKind.SPLIT, EventKind.REVERSE_SPLIT):
        qty = order.leaves_qty * event.new // event.old
        moved = _with_px(order, Fraction(order.px * event.old, event.new), ticks)
        if moved is None or qty == 0:
            return None
        return OrderTerms(side=order.side, px=moved.px, leaves_qty=Qty(qty), is_stop=order.is_stop)
    if event.kind.brings_shares:
        px = Fraction(order.px * event.old, event.new + event.old)
        return _with_px(order, px, ticks) if order.side is Side.BUY or order.is_stop else order
    return None


def _with_px(order: OrderTerms, px: Fraction, ticks: TickTable) -> OrderTerms | None:
    """Rounded so that it gives nothing away: a buy goes down to the grid, a sale up."""
    down, up = px.numerator // px.denominator, -(-px.numerator // px.denominator)
    moved = ticks.floor(down) if order.side is Side.BUY else ticks.ceil(up)
    if px <= 0 or moved <= 0:
        return None
    return OrderTerms(side=order.side, px=moved, leaves_qty=order.leaves_qty, is_stop=order.is_stop)
