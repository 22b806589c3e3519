"""What a study's seeds say together: means with their 95 % intervals, by bootstrap with fixed dice, and paired gaps."""

from collections.abc import Sequence
from statistics import mean, pstdev

import numpy as np
from msgspec import Struct

from hts.lab.study import Plan, Result
from hts.lab.study_cases import bases_of

RESAMPLES = 4_000
DICE = 20_261_123
KEPT = tuple(name for name in Result.__struct_fields__ if name != "case")
_LOW, _HIGH = 2.5, 97.5


class Interval(Struct, frozen=True, kw_only=True):
    """An estimate with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.1f} [{self.low:.1f}, {self.high:.1f}]"

    @property
    def is_below_zero(self) -> bool:
        """Whether the whole interval is."""
        return self.high < 0


class CaseFigures(Struct, frozen=True, kw_only=True):
    """One case over all seeds. `risk_bps` is the standard deviation of the shortfall; `tracking_bps` and `curve_error`
    are root mean squares about the mean of the first and plain means of the second.
    """

    case: str
    seeds: int
    shortfall_bps: Interval
    risk_bps: Interval
    cost_bps: Interval
    tracking_mean_bps: Interval
    tracking_bps: Interval
    curve_error: Interval
    left_pct: float
    participation_pct: float
    orders: float
    against: dict[str, Interval]
    """Cost less that of another case of the same seeds; below zero is better."""


def figures(plan: Plan, results: Sequence[Sequence[Result]]) -> tuple[CaseFigures, ...]:
    """Every case of a plan; `results` by seed."""
    by_case = {case: [seed[at] for seed in results] for at, case in enumerate(plan.cases)}
    return tuple(_case(case, by_case) for case in plan.cases)


class StudyFile(Struct, frozen=True, kw_only=True):
    """All that is kept of a plan: its terms, the figures, and each seed's numbers by case."""

    terms: Plan
    seeds: tuple[int, int]
    figures: tuple[CaseFigures, ...]
    values: dict[str, dict[str, list[float]]]


def study_file(plan: Plan, seeds: tuple[int, int], results: Sequence[Sequence[Result]]) -> StudyFile:
    """The results of seeds `seeds[0]` to `seeds[1]`, judged."""
    values = {
        case: {name: [getattr(seed[at], name) for seed in results] for name in KEPT}
        for at, case in enumerate(plan.cases)
    }
    return StudyFile(terms=plan, seeds=seeds, figures=figures(plan, results), values=values)


def results_of(file: StudyFile) -> list[tuple[Result, ...]]:
    """Every seed's results, as they went into the file; none where it lacks some of their figures."""
    by_case = [file.values.get(case, {}) for case in file.terms.cases]
    count = file.seeds[1] - file.seeds[0] + 1
    if any(len(values.get(name, ())) != count for values in by_case for name in KEPT):
        return []
    return [
        tuple(
            Result(
                case=case,
                orders=round(values["orders"][at]),
                **{name: values[name][at] for name in KEPT if name != "orders"},
            )
            for case, values in zip(file.terms.cases, by_case, strict=True)
        )
        for at in range(count)
    ]


def interval(values: Sequence[float], *, spread: bool = False) -> Interval:
    """The mean (or the standard deviation) with its interval."""
    sample = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(DICE).integers(0, len(sample), (RESAMPLES, len(sample)))
    drawn = sample[picks]
    found = drawn.std(axis=1) if spread else drawn.mean(axis=1)
    low, high = np.percentile(found, [_LOW, _HIGH])
    value = pstdev(values) if spread else mean(values)
    return Interval(value=round(value, 3), low=round(float(low), 3), high=round(float(high), 3))


def _case(case: str, by_case: dict[str, list[Result]]) -> CaseFigures:
    own = by_case[case]
    others = [name for name in bases_of(list(by_case)) if name != case]
    return CaseFigures(
        case=case,
        seeds=len(own),
        shortfall_bps=interval([one.shortfall_bps for one in own]),
        risk_bps=interval([one.shortfall_bps for one in own], spread=True),
        cost_bps=interval([one.cost_bps for one in own]),
        tracking_mean_bps=interval([one.tracking_bps for one in own]),
        tracking_bps=interval([one.tracking_bps for one in own], spread=True),
        curve_error=interval([one.curve_error * 100 for one in own]),
        left_pct=round(mean(one.left_pct for one in own), 2),
        participation_pct=round(mean(one.participation_pct for one in own), 2),
        orders=round(mean(one.orders for one in own), 1),
        against={
            name: interval([a.cost_bps - b.cost_bps for a, b in zip(own, by_case[name], strict=True)])
            for name in others
        },
    )
