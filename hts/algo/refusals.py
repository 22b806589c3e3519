"""What is wrong with an algorithm's parameters, before it is started."""

from collections.abc import Iterator
from enum import Enum

from hts.algo.schedule import TIMED
from hts.model.algo import AlgoKind, AlgoParams
from hts.model.units import QTY_MAX

NS_PER_S = 1_000_000_000


class AlgoRefusal(Enum):
    """The value is the key of the text catalogue ("algo.refusal.bad_window")."""

    BAD_QTY = "bad_qty"
    BAD_LOT = "bad_lot"
    BAD_WINDOW = "bad_window"  # the end is not after the start
    WINDOW_PAST = "window_past"
    BAD_INTERVAL = "bad_interval"
    BAD_PARTICIPATION = "bad_participation"  # 0, negative, or more than 100 %
    BAD_RANDOMISE = "bad_randomise"
    BAD_DISPLAY = "bad_display"
    NEEDS_PRICE = "needs_price"
    NEEDS_CURVE = "needs_curve"
    NEEDS_IMPACT = "needs_impact"
    BAD_TICK = "bad_tick"
    NO_ISSUE = "no_issue"  # no venue of this core lists it


def refusal_of(
    params: AlgoParams, trade_ns: int, lot: int, *, is_on_tick: bool, will_learn: bool = False
) -> AlgoRefusal | None:
    """The first thing that is wrong; None when the algorithm may start. `will_learn`: curve or costs come later."""
    return next(iter(refusals_of(params, trade_ns, lot, is_on_tick=is_on_tick, will_learn=will_learn)), None)


def refusals_of(
    params: AlgoParams, trade_ns: int, lot: int, *, is_on_tick: bool, will_learn: bool = False
) -> tuple[AlgoRefusal, ...]:
    """All that is wrong, each of it at most once, so that a form can say it at each of its fields."""
    found = (*_whole(params, lot, is_on_tick=is_on_tick), *_window(params, trade_ns))
    return (*found, *_of_kind(params, will_learn=will_learn))


def _whole(params: AlgoParams, lot: int, *, is_on_tick: bool) -> Iterator[AlgoRefusal]:
    if not 0 < params.qty <= QTY_MAX:
        yield AlgoRefusal.BAD_QTY
    elif params.qty % lot:
        yield AlgoRefusal.BAD_LOT
    if params.px < 0 or (params.px and not is_on_tick):
        yield AlgoRefusal.BAD_TICK
    if not 0 <= params.randomise_pct <= 50:
        yield AlgoRefusal.BAD_RANDOMISE


def _window(params: AlgoParams, trade_ns: int) -> Iterator[AlgoRefusal]:
    needs_end = params.kind in (*TIMED, AlgoKind.POV)
    if (needs_end or params.end_ns) and params.end_ns <= params.start_ns:
        yield AlgoRefusal.BAD_WINDOW
    elif params.end_ns and params.end_ns <= trade_ns:
        yield AlgoRefusal.WINDOW_PAST
    if params.kind in TIMED and params.interval_ns < NS_PER_S:
        yield AlgoRefusal.BAD_INTERVAL


def _of_kind(params: AlgoParams, *, will_learn: bool) -> Iterator[AlgoRefusal]:
    kind = params.kind
    if kind is AlgoKind.POV and not 0 < params.participation_ppm <= 1_000_000:
        yield AlgoRefusal.BAD_PARTICIPATION
    least = 0 if kind is AlgoKind.PEG else 1  # a peg may show all of itself
    if kind in (AlgoKind.ICEBERG, AlgoKind.PEG) and not least <= params.display_qty <= max(params.qty, 0):
        yield AlgoRefusal.BAD_DISPLAY
    if kind in (AlgoKind.ICEBERG, AlgoKind.SNIPER) and not params.px:
        yield AlgoRefusal.NEEDS_PRICE
    is_unknown = params.curve is None and kind is AlgoKind.VWAP and not will_learn
    if is_unknown or (params.curve is not None and params.curve.bin_ns <= 0):
        yield AlgoRefusal.NEEDS_CURVE
    if kind is AlgoKind.IS and ((params.impact is None and not will_learn) or params.urgency_pico < 0):
        yield AlgoRefusal.NEEDS_IMPACT
