"""자동감시: the conditional orders that watch one holding, from the terms that a trader gives for all of them."""

from msgspec import Struct

from hts.model.conditional import (
    Carry,
    Condition,
    ConditionalOrder,
    PriceCondition,
    TrailCondition,
    TrailUnit,
    WatchTerms,
)
from hts.model.enums import Side
from hts.model.instruments import TickTable
from hts.model.units import ClOrdID, Px, Qty

WATCHED_MAX = 200  # conditional orders of one act, whatever the terms say
PPM = 1_000_000


class Holding(Struct, frozen=True, kw_only=True):
    """What is held of an issue: `qty` signed, `base_px` the average cost or the last price."""

    symbol: str
    qty: int
    base_px: int
    lot: int
    ticks: TickTable


def is_sensible(terms: WatchTerms) -> bool:
    """Whether there is something to watch, at distances that a price can have."""
    distances = (terms.profit_ppm, terms.loss_ppm, terms.trail_ppm, terms.break_out_ppm)
    if not any(distances) or min(distances) < 0 or max(terms.loss_ppm, terms.trail_ppm) >= PPM:
        return False
    return 0 < terms.add_pct <= 100 and 0 < terms.orders_max <= WATCHED_MAX


def watch_orders(holding: Holding, terms: WatchTerms, group_id: int) -> tuple[ConditionalOrder, ...]:
    """The orders for one holding; none where it is less than a lot or has no base. Those that close it are one group.

    Levels are rounded away from the base: a level is never nearer than was asked.
    """
    lots = abs(holding.qty) // holding.lot * holding.lot
    if not lots or holding.base_px <= 0:
        return ()
    sign = 1 if holding.qty > 0 else -1
    closing: list[Condition] = []
    if terms.profit_ppm:
        closing.append(_level(holding, sign * terms.profit_ppm))
    if terms.loss_ppm:
        closing.append(_level(holding, -sign * terms.loss_ppm))
    if terms.trail_ppm:
        closing.append(TrailCondition(is_above=sign < 0, distance=terms.trail_ppm, unit=TrailUnit.PPM))
    out = Side.SELL if sign > 0 else Side.BUY
    group = group_id if len(closing) > 1 else 0
    orders = [_order(holding, one, out, lots, terms=terms, group_id=group) for one in closing]
    added = lots * terms.add_pct // 100 // holding.lot * holding.lot
    if terms.break_out_ppm and added:
        further = Side.BUY if sign > 0 else Side.SELL
        orders.append(_order(holding, _level(holding, sign * terms.break_out_ppm), further, added, terms=terms))
    return tuple(orders)


def _level(holding: Holding, ppm: int) -> PriceCondition:
    """So far above (below) the base, on the grid."""
    level = holding.base_px * (PPM + ppm)
    if ppm > 0:
        return PriceCondition(is_above=True, px=Px(int(holding.ticks.ceil(-(-level // PPM)))))
    return PriceCondition(is_above=False, px=Px(int(holding.ticks.floor(level // PPM))))


def _order(
    holding: Holding, condition: Condition, side: Side, qty: int, *, terms: WatchTerms, group_id: int = 0
) -> ConditionalOrder:
    closes = (side is Side.SELL) == (holding.qty > 0)
    return ConditionalOrder(
        cond_id=ClOrdID(0), account="", symbol=holding.symbol, condition=condition, side=side, qty=Qty(qty),
        group_id=ClOrdID(group_id), carry=Carry.DAILY if terms.daily else Carry.DAY, closes=closes,
    )  # fmt: skip
