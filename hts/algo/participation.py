"""POV: never more than a given part of what the market trades.

The promise: in the minute that ends with any own fill, our fills are at most `participation_ppm` of the market's
volume, our own included. A child is IOC and must trade at once. To keep the promise however late it trades, the
market's volume is counted over a window that is SLACK shorter than the minute, our own over one that is not. Our own
child adds itself to both sides: q <= p (V + q) gives q <= p V / (1 - p).
"""

from hts.algo.pricing import taking_px
from hts.algo.schedule import volume_until
from hts.model.algo import (
    AlgoAction,
    AlgoParams,
    AlgoView,
    MarketView,
    PlaceChild,
    SchedulePoint,
    VolumeCurve,
    WakeAt,
)
from hts.model.enums import TimeInForce
from hts.model.units import Px, Qty

WINDOW_NS = 60_000_000_000
SLACK_NS = 2_000_000_000
LOOK_NS = 500_000_000
WIDE_NS = 5_000_000_000
CRUMBS = 200  # parts of the order: less than one is not worth an order yet
PPM = 1_000_000


def market_volume(market: MarketView, window_ns: int) -> int:
    """Shares that traded in the window that ends now."""
    if not market.traded:
        return 0
    since = market.trade_ns - window_ns
    before = 0
    for at_ns, cum in market.traded:
        if at_ns > since:
            break
        before = cum
    else:
        return 0
    return market.traded[-1][1] - before


def own_volume(view: AlgoView, trade_ns: int, window_ns: int) -> int:
    """Own fills in the window that ends now."""
    return sum(fill.qty for fill in view.fills if fill.trade_ns > trade_ns - window_ns)


def room(params: AlgoParams, view: AlgoView, market: MarketView) -> int:
    """Shares that may be taken now without breaking the promise."""
    cap = min(params.participation_ppm, PPM - 1)
    others = market_volume(market, WINDOW_NS - SLACK_NS)
    own = own_volume(view, market.trade_ns, WINDOW_NS)
    counted = own_volume(view, market.trade_ns, WINDOW_NS - SLACK_NS)
    # `others` still contains our counted fills
    assert counted <= own, (counted, own)
    return max(_allowed(cap, others, own), 0)


def foretold(params: AlgoParams, curve: VolumeCurve, lot: int) -> tuple[SchedulePoint, ...]:
    """What the cap allows by the end of each bin if the market trades what the curve expects: an outlook, no plan."""
    cap = min(params.participation_ppm, PPM - 1)
    edges = [params.start_ns]
    first = (params.start_ns - curve.start_ns) // curve.bin_ns + 1
    for number in range(max(first, 0), len(curve.volumes) + 1):
        at_ns = curve.start_ns + number * curve.bin_ns
        if at_ns >= params.end_ns:
            break
        edges.append(at_ns)
    edges.append(params.end_ns)
    begun = volume_until(curve, params.start_ns)
    found = [SchedulePoint(params.start_ns, 0)]
    for at_ns in edges[1:]:
        others = int(volume_until(curve, at_ns) - begun)
        cum = min(_allowed(cap, others, 0) // lot * lot, int(params.qty))
        found.append(SchedulePoint(at_ns, cum))
        if cum >= params.qty:
            break
    return tuple(found)


def _allowed(cap: int, others: int, own: int) -> int:
    """The largest q with own + q <= cap (others + q): the cap counts our own shares among the market's."""
    return (cap * others - PPM * own) // (PPM - cap)


def is_wide(market: MarketView) -> bool:
    """Whether taking costs more than it must: the spread is wider than one tick. It mostly closes within seconds."""
    return bool(market.bid_px) and market.ask_px > market.ticks.move(market.bid_px, 1)


def follow_volume(
    params: AlgoParams, view: AlgoView, market: MarketView, left: int, at_risk: int
) -> tuple[AlgoAction, ...]:
    """Take as much as the cap has room for, when nothing is on its way."""
    wake = WakeAt(trade_ns=market.trade_ns + LOOK_NS)
    px = taking_px(params, market)
    if at_risk or not px or (is_wide(market) and market.trade_ns < view.acted_ns + WIDE_NS):
        return (wake,)
    qty = min(room(params, view, market), left) // market.lot * market.lot
    if qty <= 0 or (qty < left and qty < params.qty // CRUMBS):
        return (wake,)
    return (PlaceChild(qty=Qty(qty), px=Px(px), time_in_force=TimeInForce.IOC), wake)
