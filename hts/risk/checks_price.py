"""Is the price one that somebody can have meant."""

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType
from hts.risk.book_reach import shown_within
from hts.risk.guard import Guard
from hts.risk.proposal import Proposal

_BP = 10_000

_PRICED = frozenset({OrdType.LIMIT, OrdType.STOP_LIMIT, OrdType.LIMIT_OR_CLOSE})


def price_limits(order: Proposal) -> Denial | None:
    """The day's upper and lower limit of the issue, where it has them."""
    if order.ord_type not in _PRICED:
        return None
    issue = order.instrument
    assert issue is not None
    if issue.upper_px and order.px > issue.upper_px:
        return Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=order.px, limit=issue.upper_px, unit=Unit.PX)
    if order.px < issue.lower_px or order.px <= 0:
        return Denial(rule=Rule.PRICE_BELOW_LIMIT, figure=order.px, limit=issue.lower_px, unit=Unit.PX)
    return None


def bad_tick(order: Proposal) -> Denial | None:
    if order.ord_type not in _PRICED:
        return None
    issue = order.instrument
    assert issue is not None
    if issue.ticks.is_valid(order.px):
        return None
    return Denial(rule=Rule.BAD_TICK, figure=order.px, limit=order.listed.ticks.step_at(order.px), unit=Unit.PX)


def bound_px(order: Proposal, from_px: int, bp: int, ticks: int) -> int:
    """The last price that is allowed: `bp` or `ticks` through `from_px`, whichever is more."""
    issue = order.instrument
    assert issue is not None
    room = from_px * bp // _BP
    in_ticks = issue.ticks.step_at(from_px) * ticks
    return from_px + order.side.sign * max(room, in_ticks)


def price_band(order: Proposal, guard: Guard) -> Denial | None:
    """Not too far through the last price: a buy above it, a sell below it. Waiting far away harms nobody."""
    if order.ord_type not in _PRICED:
        return None
    bound = bound_px(order, order.last_px, guard.limits.price_band_bp, guard.limits.price_band_ticks)
    if (order.px - bound) * order.side.sign <= 0:
        return None
    return Denial(rule=Rule.PRICE_BAND, figure=order.px, limit=bound, unit=Unit.PX, scope=guard.label)


def collar(order: Proposal, guard: Guard) -> Denial | None:
    """Not too far through the best price of the other side at any venue; where none is shown there is no collar."""
    if order.ord_type not in _PRICED or not order.phase.is_continuous:
        return None
    counter_px = order.counter_px
    if not counter_px:
        return None
    bound = bound_px(order, counter_px, guard.limits.collar_bp, guard.limits.collar_ticks)
    if (order.px - bound) * order.side.sign <= 0:
        return None
    return Denial(rule=Rule.COLLAR, figure=order.px, limit=bound, unit=Unit.PX, scope=guard.label)


def market_walk(order: Proposal, guard: Guard) -> Denial | None:
    """An order without a price is one that the shown books can fill without walking too far.

    Too far from the last price of up to a minute ago: a program that pushes the market does not take its measure along.
    What is not shown is not counted on: in a thinning book that is exactly what is missing.
    """
    if order.ord_type is not OrdType.MARKET or not order.phase.is_continuous:
        return None
    from_px = order.reference_px or order.last_px
    bound = bound_px(order, from_px, guard.limits.market_walk_bp, guard.limits.price_band_ticks)
    shown = shown_within(order.books, order.side, bound)
    if shown >= order.open_qty:
        return None
    return Denial(rule=Rule.MARKET_WALK, figure=order.open_qty, limit=shown, unit=Unit.QTY, scope=guard.label)
