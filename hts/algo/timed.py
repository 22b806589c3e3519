"""TWAP, VWAP and IS at work: follow the schedule, first patiently, then by taking.

In the first part of each slice the child waits at the own best price and follows it. After PATIENCE of the slice what
is still missing is taken from the other side, within the limit. So the spread is earned where the market comes to us
and paid only for what is late.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace

from hts.algo.pricing import farthest_px, is_better_or_equal, joining_px, taking_px
from hts.algo.schedule import due_qty, schedule, slice_count, time_of
from hts.algo.volume import updated_curve
from hts.model.algo import (
    AlgoAction,
    AlgoKind,
    AlgoParams,
    AlgoView,
    AmendChild,
    MarketView,
    PlaceChild,
    SchedulePoint,
    WakeAt,
)
from hts.model.enums import TimeInForce
from hts.model.routing import CancelChild, ChildState
from hts.model.units import Px, Qty

PATIENCE_PCT = 60
_followed = lru_cache(256)(updated_curve)
CRUMBS = 10  # of an average slice: what becomes due below such a part waits for more, and is no order of its own


def points_now(params: AlgoParams, market: MarketView) -> tuple[SchedulePoint, ...]:
    """The schedule as it stands."""
    return points_with(params, market.bins, market.lot)


def points_with(params: AlgoParams, bins: tuple[int, ...], lot: int) -> tuple[SchedulePoint, ...]:
    """The same from the market's volume alone: VWAP's follows what has traded so far in the bins of its curve."""
    if params.kind is AlgoKind.VWAP and params.curve is not None and bins:
        return schedule(replace(params, curve=_followed(params.curve, bins)), lot)
    return schedule(params, lot)


def work_slice(
    params: AlgoParams, view: AlgoView, market: MarketView, filled: int, at_risk: int
) -> tuple[AlgoAction, ...]:
    """What to do between start and end, in continuous trading."""
    points = points_now(params, market)
    missing = (due_qty(points, market.trade_ns) - filled - at_risk) // market.lot * market.lot
    patient_until, next_ns = slice_clock(params, points, market.trade_ns)
    wake = WakeAt(trade_ns=patient_until if market.trade_ns < patient_until else next_ns)
    working = [child for child in view.children if child.rests and not child.is_done and not child.is_pending]
    if market.trade_ns < patient_until:
        crumb = params.qty // (slice_count(params) * CRUMBS)
        return (*wait_patiently(params, market, working, missing if missing > crumb else 0), wake)
    return (*take_what_is_late(params, market, working, missing, at_risk), wake)


def slice_clock(params: AlgoParams, points: Sequence[SchedulePoint], trade_ns: int) -> tuple[int, int]:
    """(end of the patient part, start of the next slice) of the slice that runs now."""
    at = bisect_right(points, trade_ns, key=time_of)
    begun = points[at - 1].trade_ns if at else params.start_ns
    ends = points[at].trade_ns if at < len(points) else params.end_ns
    return begun + (ends - begun) * PATIENCE_PCT // 100, ends


def wait_patiently(
    params: AlgoParams, market: MarketView, working: Sequence[ChildState], missing: int
) -> list[AlgoAction]:
    """Children stand at the own best price and follow it when others better it; what became due joins them.

    A child that has become the best alone stays: the published book may not show yet that it is ours.
    """
    px = joining_px(params, market)
    if not px:
        return []
    actions: list[AlgoAction] = [
        AmendChild(cl_ord_id=child.cl_ord_id, px=Px(px))
        for child in working
        if not is_better_or_equal(params.side, px, child.px)
    ]
    if missing > 0:
        actions.append(PlaceChild(qty=Qty(missing), px=Px(px)))
    return actions


def take_what_is_late(
    params: AlgoParams, market: MarketView, working: Sequence[ChildState], missing: int, at_risk: int
) -> list[AlgoAction]:
    """Take back what waits, then take the other side; nothing beyond the limit."""
    px = taking_px(params, market)
    if not px:
        return wait_patiently(
            params, market, working, missing
        )  # out of reach: rest at the limit rather than not at all
    if working:
        return [CancelChild(cl_ord_id=child.cl_ord_id, cause="algo.cancel.late") for child in working]
    if missing > 0 and not at_risk:
        return [PlaceChild(qty=Qty(missing), px=Px(px), time_in_force=TimeInForce.IOC)]
    return []


def auction_share(
    params: AlgoParams, market: MarketView, filled: int, at_risk: int, due: int | None = None
) -> list[AlgoAction]:
    """What is due takes part in a call, at the worst acceptable price: a call trades at one price for all."""
    owed = due_qty(points_now(params, market), market.trade_ns) if due is None else due
    missing = (owed - filled - at_risk) // market.lot * market.lot
    px = farthest_px(params, market)
    return [PlaceChild(qty=Qty(missing), px=Px(px))] if missing > 0 and px else []
