"""What is wrong with an algorithm's parameters, before it is started."""

from enum import Enum

from hts.algo.schedule import TIMED
from hts.model.algo import AlgoKind, AlgoParams

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


def refusal_of(
    params: AlgoParams, trade_ns: int, lot: int, *, is_on_tick: bool, will_learn: bool = False
) -> AlgoRefusal | None:
    """The first thing that is wrong; None when the algorithm may start. `will_learn`: curve or costs come later."""
    if params.qty <= 0:
        return AlgoRefusal.BAD_QTY
    if params.qty % lot:
        return AlgoRefusal.BAD_LOT
    if params.px < 0 or (params.px and not is_on_tick):
        return AlgoRefusal.BAD_TICK
    if not 0 <= params.randomise_pct <= 50:
        return AlgoRefusal.BAD_RANDOMISE
    return _window(params, trade_ns) or _of_kind(params, will_learn=will_learn)


def _window(params: AlgoParams, trade_ns: int) -> AlgoRefusal | None:
    needs_end = params.kind in (*TIMED, AlgoKind.POV)
    if (needs_end or params.end_ns) and params.end_ns <= params.start_ns:
        return AlgoRefusal.BAD_WINDOW
    if params.end_ns and params.end_ns <= trade_ns:
        return AlgoRefusal.WINDOW_PAST
    if params.kind in TIMED and params.interval_ns < NS_PER_S:
        return AlgoRefusal.BAD_INTERVAL
    return None


def _of_kind(params: AlgoParams, *, will_learn: bool) -> AlgoRefusal | None:
    kind = params.kind
    if kind is AlgoKind.POV and not 0 < params.participation_ppm <= 1_000_000:
        return AlgoRefusal.BAD_PARTICIPATION
    if kind is AlgoKind.ICEBERG and not 0 < params.display_qty <= params.qty:
        return AlgoRefusal.BAD_DISPLAY
    if kind is AlgoKind.PEG and not 0 <= params.display_qty <= params.qty:
        return AlgoRefusal.BAD_DISPLAY
    if kind in (AlgoKind.ICEBERG, AlgoKind.SNIPER) and not params.px:
        return AlgoRefusal.NEEDS_PRICE
    if kind is AlgoKind.VWAP and params.curve is None and not will_learn:
        return AlgoRefusal.NEEDS_CURVE
    if kind is AlgoKind.IS and ((params.impact is None and not will_learn) or params.urgency_pico < 0):
        return AlgoRefusal.NEEDS_IMPACT
    return None
