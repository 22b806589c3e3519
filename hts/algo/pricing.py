"""Prices of child orders: joining the own side, taking the other, within the limit and the day's limits."""

from hts.model.algo import AlgoParams, MarketView
from hts.model.enums import Side


def own_best(side: Side, market: MarketView) -> int:
    """Best price of the own side; 0 when there is none."""
    return market.bid_px if side is Side.BUY else market.ask_px


def counter_best(side: Side, market: MarketView) -> tuple[int, int]:
    """(price, quantity) of the best counter order; zeros when there is none."""
    return (market.ask_px, market.ask_qty) if side is Side.BUY else (market.bid_px, market.bid_qty)


def is_better_or_equal(side: Side, px: int, other: int) -> bool:
    """Whether `px` is at least as good for us as `other`: not higher for a buy, not lower for a sell."""
    return px <= other if side is Side.BUY else px >= other


def limited(params: AlgoParams, px: int) -> int:
    """`px`, but never beyond the order's limit."""
    if not params.px or is_better_or_equal(params.side, px, params.px):
        return px
    return params.px


def joining_px(params: AlgoParams, market: MarketView) -> int:
    """Where a passive child stands: at the own best, else at the last price; within the limit. 0: nowhere."""
    px = own_best(params.side, market) or market.last_px
    return limited(params, px) if px else params.px


def taking_px(params: AlgoParams, market: MarketView) -> int:
    """What a taking child may pay: the counter price when it lies within the limit, else 0."""
    px, qty = counter_best(params.side, market)
    if not px or not qty or (params.px and not is_better_or_equal(params.side, px, params.px)):
        return 0
    return px


def farthest_px(params: AlgoParams, market: MarketView) -> int:
    """The worst acceptable price: the limit, or the day's limit on that side."""
    if params.px:
        return params.px
    return market.upper_px if params.side is Side.BUY else market.lower_px


def pegged_px(params: AlgoParams, market: MarketView) -> int:
    """Own best moved `offset_ticks` away from the spread, within the limit; 0 when there is no own best."""
    best = own_best(params.side, market)
    if not best:
        return 0
    ticks = -params.offset_ticks if params.side is Side.BUY else params.offset_ticks
    return limited(params, market.ticks.move(best, ticks))
