"""What answers have told of an issue's past: the volume curve and the cost model, kept for the questions that follow.

So the venue's history is fetched once for an issue and a day. History that told nothing (a young day, a venue without
a past) is asked for again after LEARN_NS, not with every key.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from hts.model.algo import AlgoKind, AlgoParams, Impact, VolumeCurve
from hts.model.algo_plan import AlgoPlanView
from hts.model.instruments import Instrument

LEARN_NS: Final = 30_000_000_000
WANTED: Final[Mapping[AlgoKind, tuple[str, ...]]] = MappingProxyType(
    {
        AlgoKind.TWAP: ("impact",),
        AlgoKind.VWAP: ("curve", "impact"),
        AlgoKind.IS: ("impact",),
        AlgoKind.POV: ("curve",),
    }
)
"""What a plan is fuller with."""


class Learnt:
    """Of one issue: another one is learnt when it is looked at."""

    def __init__(self) -> None:
        self._of: tuple[str, int] = ("", 0)
        self._curve: VolumeCurve | None = None
        self._impact: Impact | None = None
        self._seen: AlgoPlanView | None = None
        self._in_vain: tuple[str, int] = ("", 0)

    def take(self, plan: AlgoPlanView | None, issue: Instrument | None, now_ns: int) -> None:
        """Keep what an answer holds; `now_ns` is the machine's time."""
        if plan is None or issue is None or plan is self._seen:
            return
        self._seen = plan
        of = (issue.symbol, issue.trading_date)
        if of != self._of:
            self._of, self._curve, self._impact = of, None, None
        self._curve, self._impact = plan.params.curve or self._curve, plan.params.impact or self._impact
        is_poor = any(getattr(plan.params, name) is None for name in WANTED.get(plan.params.kind, ()))
        if is_poor and not plan.is_learning and self.learns(issue.symbol, now_ns):
            self._in_vain = (issue.symbol, now_ns)

    def learns(self, symbol: str, now_ns: int) -> bool:
        """Whether the venue's history may be asked for."""
        vain_symbol, vain_ns = self._in_vain
        return symbol != vain_symbol or now_ns - vain_ns >= LEARN_NS

    def fill(self, params: AlgoParams, issue: Instrument) -> AlgoParams:
        """The parameters with what is known, where they lack it and the kind has a use for it."""
        if self._of != (issue.symbol, issue.trading_date):
            return params
        wanted = WANTED.get(params.kind, ())
        return replace(
            params,
            curve=params.curve or (self._curve if "curve" in wanted else None),
            impact=params.impact or (self._impact if "impact" in wanted else None),
        )
