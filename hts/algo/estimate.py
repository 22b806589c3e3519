"""What a plan is expected to cost, by the model of Almgren and Chriss: haste pays impact, patience carries risk.

A slice of n shares that trades within t seconds moves the price by eta n / t for its own n shares. What has not traded
yet is at the mercy of the price: each second adds the variance sigma^2 x^2 of the x shares that are left.
"""

from collections.abc import Sequence
from math import sqrt

from msgspec.structs import replace

from hts.algo.schedule import schedule, urgency_for
from hts.model.algo import AlgoParams, Impact, SchedulePoint
from hts.model.algo_plan import TradeOff

_MICRO = 1_000_000
_NS = 1_000_000_000
HASTES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)  # k T of the choices that are offered, from patient to hasty


def impact_and_risk(points: Sequence[SchedulePoint], end_ns: int, impact: Impact) -> tuple[int, int]:
    """(temporary impact, one standard deviation of the price's wandering), both in price units times shares.

    A slice is due at its point and trades until the next one, the last one until `end_ns`.
    """
    cost = variance = 0.0
    sigma, eta = impact.sigma_micro / _MICRO, impact.eta_micro / _MICRO
    whole = points[-1].cum_qty if points else 0
    before = 0
    for number, point in enumerate(points):
        until_ns = points[number + 1].trade_ns if number + 1 < len(points) else end_ns
        seconds = max((until_ns - point.trade_ns) / _NS, 1.0)  # no order trades within less
        traded, before = point.cum_qty - before, point.cum_qty
        cost += eta * traded * traded / seconds
        variance += sigma * sigma * seconds * (whole - before) ** 2
    return round(cost), round(sqrt(variance))


def trade_off(params: AlgoParams, lot: int) -> tuple[TradeOff, ...]:
    """IS at a range of urgencies: what each costs in impact and leaves in risk, in price units times shares."""
    impact = params.impact
    if impact is None:
        return ()
    window_ns = params.end_ns - params.start_ns
    urgencies = dict.fromkeys(urgency_for(impact, haste, window_ns) for haste in HASTES)
    found = []
    for urgency in urgencies:
        points = schedule(replace(params, urgency_pico=urgency), lot)
        cost, risk = impact_and_risk(points, params.end_ns, impact)
        found.append(TradeOff(urgency_pico=urgency, impact=cost, risk=risk, half_ns=half_ns(points)))
    return tuple(found)


def half_ns(points: Sequence[SchedulePoint]) -> int:
    """When half of the whole is due; 0 without a schedule."""
    whole = points[-1].cum_qty if points else 0
    return next((point.trade_ns for point in points if 2 * point.cum_qty >= whole), 0)
