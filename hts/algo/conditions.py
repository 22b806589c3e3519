"""When a condition is true: the definitions, one condition at a time.

hts.algo.condition_book answers the same for thousands at once; a test holds the two equal.
"""

from hts.model.conditional import PriceCondition, PriceSource, Quote, TrailCondition, trail_px
from hts.model.instruments import TickTable


def watched_px(source: PriceSource, quote: Quote) -> int:
    """The price that a source means; 0 when it cannot be known."""
    if source is PriceSource.LAST:
        return quote.last_px
    if source is PriceSource.BID:
        return quote.bid_px
    if source is PriceSource.ASK:
        return quote.ask_px
    return (quote.bid_px + quote.ask_px) // 2 if quote.bid_px and quote.ask_px else 0


def is_price_met(condition: PriceCondition, px: int) -> bool:
    """Whether a known price fulfils the condition."""
    return px >= condition.px if condition.is_above else 0 < px <= condition.px


def has_begun(condition: TrailCondition, px: int) -> bool:
    """Whether a trail that has not begun does so at this price."""
    if not condition.from_px:
        return True
    return px <= condition.from_px if condition.is_above else px >= condition.from_px


def moved_extreme(condition: TrailCondition, extreme_px: int, px: int) -> int:
    """The extreme after this price; 0 stands for none yet."""
    if not extreme_px:
        return px
    return min(extreme_px, px) if condition.is_above else max(extreme_px, px)


def is_trail_met(condition: TrailCondition, extreme_px: int, px: int, ticks: TickTable) -> bool:
    """Whether the price has come back from the extreme by the distance."""
    stop_px = trail_px(condition, extreme_px, ticks)
    return px >= stop_px if condition.is_above else 0 < px <= stop_px
