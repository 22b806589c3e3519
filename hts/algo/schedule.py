"""The plan of a timed algorithm before it starts: how many shares by when.

    TWAP  equal parts of the time
    VWAP  parts of the expected market volume
    IS    Almgren and Chriss: fast first, slower later; how much so is the weight of risk against impact

All in whole lots, rising to the whole quantity. Randomised times and sizes are drawn from the seed, so that the
schedule on the screen is the one that is traded, also after a restart.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from math import sinh, sqrt

from hts.model.algo import AlgoKind, AlgoParams, Impact, SchedulePoint, VolumeCurve
from hts.model.dice import drawn

TIMED = (AlgoKind.TWAP, AlgoKind.VWAP, AlgoKind.IS)
SLICES_MAX = 2_000
SCHEDULES_MAX = 1_024  # of running algorithms: they ask for theirs again and again
_MICRO = 1_000_000
_PICO = 1_000_000_000_000
_NS = 1_000_000_000


@lru_cache(SCHEDULES_MAX)
def schedule(params: AlgoParams, lot: int = 1) -> tuple[SchedulePoint, ...]:
    """Points in time with the cumulative quantity due; the last one is the whole order at or before the end."""
    count = slice_count(params)
    edges = [params.start_ns + (params.end_ns - params.start_ns) * i // count for i in range(count + 1)]
    fractions = _fractions(params, edges)
    due: list[SchedulePoint] = []
    for number in range(count):
        fraction = fractions[number + 1]
        cum = params.qty if number == count - 1 else int(params.qty * fraction)
        cum = _varied_qty(params, number, cum, int(params.qty * fractions[number]), lot)
        at_ns = _varied_ns(params, number, edges[number], edges[number + 1])
        cum = max(cum // lot * lot, due[-1].cum_qty if due else 0)
        due.append(SchedulePoint(at_ns, params.qty if number == count - 1 else min(cum, params.qty)))
    return tuple(due)


def slice_count(params: AlgoParams) -> int:
    """Slices of about `interval_ns`, at least one; bounded."""
    span = params.end_ns - params.start_ns
    return min(max(span // max(params.interval_ns, 1), 1), SLICES_MAX)


def due_qty(points: Sequence[SchedulePoint], trade_ns: int) -> int:
    """Shares that should have been traded by now."""
    at = bisect_right(points, trade_ns, key=time_of)
    return points[at - 1].cum_qty if at else 0


def next_point_ns(points: Sequence[SchedulePoint], trade_ns: int) -> int | None:
    """Time of the next point after now."""
    at = bisect_right(points, trade_ns, key=time_of)
    return points[at].trade_ns if at < len(points) else None


def time_of(point: SchedulePoint) -> int:
    """Points are in the order of this."""
    return point.trade_ns


def volume_fractions(curve: VolumeCurve, edges: Sequence[int]) -> list[float]:
    """Share of the expected volume between the first and the last edge that trades before each of them; by time
    where the curve is silent.
    """
    before = [0, *accumulate(curve.volumes)]
    start, end = edges[0], edges[-1]
    first = volume_until(curve, start, before)
    total = volume_until(curve, end, before) - first
    if total <= 0:
        return [(edge - start) / max(end - start, 1) for edge in edges]
    return [(volume_until(curve, edge, before) - first) / total for edge in edges]


def volume_until(curve: VolumeCurve, at_ns: int, before: Sequence[int] = ()) -> float:
    """Expected volume from the curve's begin until then; `before`: sums of its bins, where they are at hand."""
    before = before or (0, *accumulate(curve.volumes))
    number, inside_ns = divmod(at_ns - curve.start_ns, curve.bin_ns)
    if number < 0:
        return 0.0
    if number >= len(curve.volumes):
        return before[len(curve.volumes)]
    return before[number] + curve.volumes[number] * inside_ns / curve.bin_ns


def shortfall_fraction(params: AlgoParams, at_ns: int) -> float:
    """Share that Almgren and Chriss want traded by `at_ns`: 1 - sinh(k (T - t)) / sinh(k T).

    k = sqrt(risk aversion x variance / temporary impact), per second. Without risk aversion it is TWAP.
    """
    total_s = (params.end_ns - params.start_ns) / _NS
    left_s = (params.end_ns - at_ns) / _NS
    kappa = _kappa(params)
    if kappa * total_s < 1e-6:
        return 1 - left_s / total_s
    if kappa * total_s > 500:  # sinh would overflow; everything at once is what it says
        return 1.0 if left_s < total_s else 0.0
    return 1 - sinh(kappa * left_s) / sinh(kappa * total_s)


def urgency_for(impact: Impact, haste: float, window_ns: int) -> int:
    """The risk aversion (in 1e-12) at which k T of the window is `haste`: 0 is TWAP, 3 does half in a quarter."""
    sigma, eta = impact.sigma_micro / _MICRO, impact.eta_micro / _MICRO
    if sigma <= 0 or window_ns <= 0:
        return 0
    return round((haste * _NS / window_ns) ** 2 * eta / (sigma * sigma) * _PICO)


def _kappa(params: AlgoParams) -> float:
    impact = params.impact
    if impact is None or impact.eta_micro <= 0 or params.urgency_pico <= 0:
        return 0.0
    sigma, eta = impact.sigma_micro / _MICRO, impact.eta_micro / _MICRO
    return sqrt(params.urgency_pico / _PICO * sigma * sigma / eta)


def _fractions(params: AlgoParams, edges: Sequence[int]) -> list[float]:
    if params.kind is AlgoKind.VWAP and params.curve is not None:
        return volume_fractions(params.curve, edges)
    if params.kind is AlgoKind.IS:
        return [shortfall_fraction(params, edge) for edge in edges]
    return [i / (len(edges) - 1) for i in range(len(edges))]


def _varied_qty(params: AlgoParams, number: int, cum: int, before: int, lot: int) -> int:
    """The slice made bigger or smaller by up to `randomise_pct`; the next ones bring the sum back."""
    spread = (cum - before) * params.randomise_pct // 100
    if spread < lot:
        return cum
    return cum - spread + drawn(params.seed, 2 * number, 2 * spread)


def _varied_ns(params: AlgoParams, number: int, start_ns: int, end_ns: int) -> int:
    """A slice is due at its start, later by up to `randomise_pct` of its length."""
    return start_ns + drawn(params.seed, 2 * number + 1, (end_ns - start_ns) * params.randomise_pct // 100)
