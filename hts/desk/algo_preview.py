"""What is shown of a plan: bars over time with their sum, the curve behind them, and lines of figures.

Nothing of the plan is reckoned here: bars are the differences of the core's points.
"""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from hts.desk.figures import MINUS, clock_text, money_text, percent_text, px_text, qty_text
from hts.desk.texts import Texts
from hts.model.algo import AlgoKind, SchedulePoint
from hts.model.algo_plan import AlgoPlanView
from hts.model.instruments import Instrument
from hts.model.work import WorkView

MODELLED = frozenset({AlgoKind.TWAP, AlgoKind.VWAP, AlgoKind.IS})  # whose pace is a plan, so that it has a cost
BARS_MAX = 240  # more are painted as one column each anyway


class PlanBar(Struct, frozen=True):
    """`qty` shares between two times, `cum` by the end. Of a piece the times are its number."""

    begin: int
    end: int
    qty: int
    cum: int


class Picture(Struct, frozen=True, kw_only=True):
    """What is painted. `curve`: (begin, end, shares) of the market's expected volume within the window.

    `now`, `done`: where an algorithm under way stands; `now` 0 before it starts. `is_cap`: the bars are what may be
    traded, not what will be.
    """

    bars: tuple[PlanBar, ...] = ()
    whole: int = 0
    is_timed: bool = True
    is_cap: bool = False
    curve: tuple[tuple[int, int, int], ...] = ()
    now: int = 0
    done: int = 0

    @property
    def begin(self) -> int:
        """Left edge."""
        return self.bars[0].begin if self.bars else 0

    @property
    def end(self) -> int:
        """Right edge."""
        return max(self.bars[-1].end, self.begin + 1) if self.bars else 1


Line = tuple[str, str, bool]
"""Label, figure, whether it is a main one."""


def picture_of(plan: AlgoPlanView, under_way: WorkView | None = None, trade_ns: int = 0) -> Picture:
    """The plan as bars; empty where the market alone decides when and how much."""
    params = plan.params
    whole = int(params.qty)
    if plan.pieces:
        return Picture(bars=_pieces(plan.pieces), whole=whole, is_timed=False)
    if not plan.points:
        return Picture(whole=whole)
    end_ns = params.end_ns if params.kind is not AlgoKind.SCHEDULED else plan.points[-1].trade_ns
    is_cap = params.kind is AlgoKind.POV
    bars = _merged(_between(plan.points) if is_cap else _slices(plan.points, end_ns))
    curve = _curve(plan, bars[0].begin, bars[-1].end) if params.kind in (AlgoKind.VWAP, AlgoKind.POV) else ()
    return Picture(
        bars=bars, whole=whole, is_cap=is_cap, curve=curve, now=trade_ns if under_way is not None else 0,
        done=int(under_way.cum_qty) if under_way is not None else 0,
    )  # fmt: skip


def _slices(points: Sequence[SchedulePoint], end_ns: int) -> list[PlanBar]:
    """Each is due at its point and trades until the next."""
    found, before = [], 0
    for number, point in enumerate(points):
        until = points[number + 1].trade_ns if number + 1 < len(points) else max(end_ns, point.trade_ns)
        found.append(PlanBar(point.trade_ns, until, point.cum_qty - before, point.cum_qty))
        before = point.cum_qty
    return found


def _between(points: Sequence[SchedulePoint]) -> list[PlanBar]:
    """What is allowed by each point grows from the one before."""
    return [
        PlanBar(before.trade_ns, point.trade_ns, point.cum_qty - before.cum_qty, point.cum_qty)
        for before, point in pairwise(points)
    ] or [PlanBar(points[0].trade_ns, points[0].trade_ns, 0, 0)]


def _pieces(pieces: Sequence[int]) -> tuple[PlanBar, ...]:
    found, cum = [], 0
    for number, qty in enumerate(pieces):
        cum += qty
        found.append(PlanBar(number, number + 1, qty, cum))
    return tuple(found)


def _merged(bars: Sequence[PlanBar]) -> tuple[PlanBar, ...]:
    """Not more than can be told apart."""
    step = -(-len(bars) // BARS_MAX)
    groups = [bars[at : at + step] for at in range(0, len(bars), step)]
    return tuple(
        PlanBar(group[0].begin, group[-1].end, sum(bar.qty for bar in group), group[-1].cum) for group in groups
    )


def _curve(plan: AlgoPlanView, begin: int, end: int) -> tuple[tuple[int, int, int], ...]:
    curve = plan.params.curve
    if curve is None:
        return ()
    bins = (
        (curve.start_ns + number * curve.bin_ns, curve.start_ns + (number + 1) * curve.bin_ns, volume)
        for number, volume in enumerate(curve.volumes)
    )
    seen = (one for one in bins if one[0] < end and one[1] > begin)
    return tuple((max(left, begin), min(right, end), volume) for left, right, volume in seen)


def bp_text(part: int, whole: int) -> str:
    """A part in hundredths of a percent with one decimal: "3.4"."""
    if whole == 0:
        return "0.0"
    tenths = (abs(part) * 200_000 + abs(whole)) // (2 * abs(whole))
    return f"{MINUS if part < 0 and tenths else ''}{tenths // 10:,}.{tenths % 10}"


def shape_lines(plan: AlgoPlanView, texts: Texts) -> tuple[Line, ...]:
    """How the order is cut."""
    params = plan.params
    if plan.pieces:
        count = texts("algo_form.pieces", count=qty_text(plan.pieces_count))
        return ((texts("algo_form.line.cut"), count, True),)
    if params.kind is AlgoKind.SNIPER:
        least = min(int(params.min_qty), int(params.qty)) or 1
        return ((texts("algo_form.line.takes_from"), texts("algo_form.shares", qty=qty_text(least)), True),)
    if not plan.points:
        return ()
    if params.kind is AlgoKind.SCHEDULED:
        return ((texts("algo_form.line.goes_at"), clock_text(plan.points[0].trade_ns), True),)
    if params.kind is AlgoKind.POV:
        told = plan.points[-1].cum_qty
        part = f"{qty_text(told)}  {percent_text(told, int(params.qty)).lstrip('+')}%"
        return ((texts("algo_form.line.by_cap"), part, True),)
    slices = len({point.cum_qty for point in plan.points} - {0})
    average = int(params.qty) // max(slices, 1)
    half = next((point.trade_ns for point in plan.points if 2 * point.cum_qty >= params.qty), 0)
    return (
        (texts("algo_form.line.cut"), texts("algo_form.slices", count=qty_text(slices)), True),
        (texts("algo_form.line.average"), texts("algo_form.shares", qty=qty_text(average)), False),
        (texts("algo_form.line.half"), clock_text(half), False),
    )


def cost_lines(plan: AlgoPlanView, issue: Instrument, texts: Texts) -> tuple[Line, ...]:
    """What it is expected to cost, each also in basis points of the order's value."""
    costs = plan.costs
    if costs is None or costs.value <= 0:
        return ()

    def line(key: str, amount: int, *, is_main: bool = False) -> Line:
        money = money_text(amount, issue.currency)
        return texts(f"algo_form.line.{key}"), f"{money}  {bp_text(amount, costs.value)}bp", is_main

    lines: list[Line] = [
        (texts("algo_form.line.arrival"), px_text(plan.arrival_px, issue.px_decimals), False),
        (texts("algo_form.line.value"), money_text(costs.value, issue.currency), True),
        line("spread", costs.spread),
        line("fee", costs.fee + costs.tax),
    ]
    if plan.params.kind in MODELLED and plan.params.impact is not None and plan.points:
        total = costs.spread + costs.fee + costs.tax + costs.impact
        lines += [line("impact", costs.impact), line("total", total, is_main=True), line("risk", costs.risk)]
    return tuple(lines)


class Choice(Struct, frozen=True, kw_only=True):
    """One point of the trade-off: per mille of the largest impact and risk, and whether it is the chosen one."""

    urgency_pico: int
    impact: int
    risk: int
    text: str
    is_chosen: bool = False


def choices_of(plan: AlgoPlanView) -> tuple[Choice, ...]:
    """IS from patient to hasty; the chosen one is the nearest."""
    offered = plan.trade_off
    if not offered or plan.costs is None:
        return ()
    value = plan.costs.value
    nearest = min(offered, key=lambda one: abs(one.urgency_pico - plan.params.urgency_pico))
    return tuple(
        Choice(
            urgency_pico=one.urgency_pico,
            impact=one.impact,
            risk=one.risk,
            text=f"{bp_text(one.impact, value)} / {bp_text(one.risk, value)}bp  {clock_text(one.half_ns)}",
            is_chosen=one is nearest,
        )
        for one in offered
    )
