"""Stops and one-cancels-other pairs as the core's conditional orders. Only values are made here.

A stop sends a market order. A pair closes a holding at a profit (limit) or at a loss (stop), whichever comes first. The
same for an order that may still fill is a bracket: the core makes it of the order (hts/model/bracket.py).
"""

from hts.model.bracket import px_from
from hts.model.conditional import (
    TRAIL_TICKS_MAX,
    Carry,
    ConditionalOrder,
    FillCondition,
    PriceCondition,
    TimeCondition,
    TrailCondition,
    TrailUnit,
)
from hts.model.enums import OrdType, Side
from hts.model.instruments import Instrument, TickTable
from hts.model.units import NO_ID, ClOrdID, Px, Qty
from hts.model.work import ConditionSpec, WorkState, WorkView

PPM = 1_000_000
ONE_GROUP = ClOrdID(1)  # within one intent
BY_CORE = NO_ID  # the core gives ids, and the account of the intent
OF_INTENT = ""


def stop_order(symbol: str, side: Side, px: int, qty: int, venue: str = "") -> ConditionalOrder:
    """A market order as soon as the price is at `px` or beyond."""
    return ConditionalOrder(
        cond_id=BY_CORE,
        account=OF_INTENT,
        symbol=symbol,
        condition=PriceCondition(is_above=side is Side.BUY, px=Px(px)),
        side=side,
        qty=Qty(qty),
        venue=venue,
    )


def trail_order(symbol: str, side: Side, ticks: int, qty: int, venue: str = "") -> ConditionalOrder:
    """A market order when the last price has come back from its extreme by so many ticks."""
    return ConditionalOrder(
        cond_id=BY_CORE,
        account=OF_INTENT,
        symbol=symbol,
        condition=TrailCondition(is_above=side is Side.BUY, distance=ticks, unit=TrailUnit.TICKS),
        side=side,
        qty=Qty(qty),
        venue=venue,
    )


def reserved_order(
    symbol: str, side: Side, qty: int, trade_ns: int, *, px: int = 0, until_date: int = 0
) -> ConditionalOrder:
    """An order at a time of the venue's clock; `px` 0 at the market. It waits over nights.

    With `until_date` it goes each day, with what has not filled, until all has or that day is over.
    """
    return ConditionalOrder(
        cond_id=BY_CORE,
        account=OF_INTENT,
        symbol=symbol,
        condition=TimeCondition(trade_ns=trade_ns),
        side=side,
        qty=Qty(qty),
        ord_type=OrdType.LIMIT if px else OrdType.MARKET,
        px=Px(px),
        carry=Carry.DAILY if until_date else Carry.UNTIL_CANCELED,
        until_date=until_date,
        until_filled=until_date > 0,
    )


def triggers_at_once(side: Side, px: int, last_px: int) -> bool:
    """Whether a stop would come true as it is entered."""
    return is_true_at(px, last_px, is_above=side is Side.BUY)


def is_true_at(px: int, last_px: int, *, is_above: bool) -> bool:
    """Whether a condition on the last price would be true already."""
    return last_px > 0 and (px <= last_px if is_above else px >= last_px)


def is_movable(view: WorkView) -> bool:
    """Whether it waits at a price that the trader may choose: a stop, one of a pair, an exit whose entry works.

    A trail that has begun waits at its distance from its extreme, and the distance may be chosen.
    """
    if not isinstance(view.spec, ConditionSpec):
        return False
    if isinstance(view.spec.order.condition, FillCondition):
        return view.state is WorkState.WAITING  # afterwards its order is in the book, and is moved there
    waits, condition = (WorkState.WAITING, WorkState.RUNNING, WorkState.PAUSED), view.spec.order.condition
    has_px = isinstance(condition, PriceCondition) or (isinstance(condition, TrailCondition) and view.extreme_px > 0)
    return has_px and view.state in waits


def trail_distance(condition: TrailCondition, extreme_px: int, px: int, ticks: TickTable) -> int:
    """How far behind its extreme, in its own unit, a trail comes true at `px`; 0 where that is not behind it."""
    away = px - extreme_px if condition.is_above else extreme_px - px
    if away <= 0 or extreme_px <= 0:
        return 0
    if condition.unit is TrailUnit.PX:
        return away
    if condition.unit is TrailUnit.PPM:
        return -(-away * PPM // extreme_px)  # up, so that the share of the extreme rounds to it
    at, count, step = ticks.floor(extreme_px), 0, 1 if condition.is_above else -1
    while (at < px if condition.is_above else at > px) and count < TRAIL_TICKS_MAX:
        at, count = ticks.move(at, step), count + 1
    return count


def exit_prices(issue: Instrument, entry: Side, px: int, take_ticks: int, stop_ticks: int) -> tuple[Px, Px]:
    """(profit, loss) for an entry at `px`, within the day's limits."""
    return px_from(issue, px, entry.sign * take_ticks), px_from(issue, px, -entry.sign * stop_ticks)


def pair(symbol: str, held: Side, qty: int, prices: tuple[Px, Px], venue: str = "") -> tuple[ConditionalOrder, ...]:
    """Both exits of a holding; the one that is sent ends the other."""
    take_px, stop_px = prices
    leaving = Side.SELL if held is Side.BUY else Side.BUY
    take = ConditionalOrder(
        cond_id=BY_CORE,
        account=OF_INTENT,
        symbol=symbol,
        condition=PriceCondition(is_above=held is Side.BUY, px=take_px),
        side=leaving,
        qty=Qty(qty),
        ord_type=OrdType.LIMIT,
        px=take_px,
        venue=venue,
        group_id=ONE_GROUP,
    )
    stop = ConditionalOrder(
        cond_id=BY_CORE,
        account=OF_INTENT,
        symbol=symbol,
        condition=PriceCondition(is_above=held is Side.SELL, px=stop_px),
        side=leaving,
        qty=Qty(qty),
        venue=venue,
        group_id=ONE_GROUP,
    )
    return take, stop
