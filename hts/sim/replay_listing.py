"""What a recorded flow of orders is listed as: its decimals, its tick, its limits."""

from collections.abc import Iterable
from math import gcd

from hts.model.enums import Market
from hts.model.instruments import Instrument, TickTable
from hts.model.units import Px
from hts.rules.dates import krx_date
from hts.sim.replay import ReplayListing
from hts.sim.replay_flow import OrderFlow

BAND_TICKS = 2  # the limits lie so far beyond anything recorded


def price_scale(prices: Iterable[int], decimals: int) -> tuple[int, int]:
    """By what prices of so many decimals can be divided, and how many decimals are then left."""
    step, scale = 0, 1
    for px in prices:
        step = gcd(step, px)
    while step and decimals and step % (scale * 10) == 0:
        scale *= 10
        decimals -= 1
    return scale, decimals


def listing_of(
    flow: OrderFlow, symbol: str, *, decimals: int, times_ns: tuple[int, int], currency: str = "USD"
) -> ReplayListing:
    """The listing of a finished flow; `times_ns` are its beginning and its end."""
    step = 0
    for px in flow.prices:
        step = gcd(step, px)
    step = step or 1
    low, high = min(flow.prices, default=step), max(flow.prices, default=step)
    bids = [order.px for order in flow.standing.values() if order.is_buy]
    base = max(bids, default=(low + high) // 2) // step * step
    instrument = Instrument(
        symbol=symbol,
        isin=symbol,
        isin_is_synthetic=True,
        market=Market.REPLAY,
        name_ko=symbol,
        name_en=symbol,
        name_ja=symbol,
        currency=currency,
        px_decimals=decimals,
        ticks=TickTable(starts=(0,), steps=(step,)),
        trading_date=krx_date(times_ns[0]),
        base_px=Px(base),
        upper_px=Px(high + BAND_TICKS * step),
        lower_px=Px(max(step, low - BAND_TICKS * step)),
        prev_close_px=Px(base),
    )
    return ReplayListing(
        instrument=instrument,
        start_ns=times_ns[0],
        end_ns=times_ns[1],
        commands=tuple(flow.commands),
        prints=tuple(flow.prints),
        notes=tuple(flow.notes),
    )
