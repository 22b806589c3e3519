"""One question, one answer: what does this algorithm want done now?

Theory of operation. There is no object that lives and remembers. The answer follows from the parameters, the children
as the core's orders tell them, the fills and the market. Asking again without a change gives no new child, asking
after a crash gives what would have been given before it. The core asks when something of the algorithm changed and at
the time that WakeAt named.
"""

from collections.abc import Callable

from msgspec.structs import replace

from hts.algo import participation, single
from hts.algo.pricing import farthest_px, is_better_or_equal, taking_px
from hts.algo.timed import auction_share, work_slice
from hts.model.algo import (
    AlgoAction,
    AlgoKind,
    AlgoParams,
    AlgoState,
    AlgoView,
    Deadline,
    Finish,
    MarketView,
    PlaceChild,
    WakeAt,
)
from hts.model.enums import Phase, TimeInForce
from hts.model.routing import CancelChild, ChildState
from hts.model.units import Px, Qty

REFUSALS_MAX = 5

Single = Callable[[AlgoParams, AlgoView, MarketView, int, int], tuple[AlgoAction, ...]]

_KINDS: dict[AlgoKind, Single] = {
    AlgoKind.POV: participation.follow_volume,
    AlgoKind.ICEBERG: single.iceberg,
    AlgoKind.SNIPER: single.sniper,
    AlgoKind.PEG: single.peg,
    AlgoKind.SCHEDULED: single.scheduled,
    AlgoKind.TWAP: lambda params, view, market, left, risk: work_slice(params, view, market, params.qty - left, risk),
    AlgoKind.VWAP: lambda params, view, market, left, risk: work_slice(params, view, market, params.qty - left, risk),
    AlgoKind.IS: lambda params, view, market, left, risk: work_slice(params, view, market, params.qty - left, risk),
}


def next_actions(params: AlgoParams, view: AlgoView, market: MarketView) -> tuple[AlgoAction, ...]:
    """What to do now. Never more children than what is neither filled nor at risk.

    A child that was over may have filled after all: then what works beyond the whole is taken back.
    """
    filled = sum(child.cum_qty for child in view.children)
    at_risk = sum(child.leaves_qty for child in view.children if not child.is_done)
    if at_risk and filled + at_risk > params.qty:
        return tuple(_cancels(view, "algo.cancel.ending"))
    actions = _decide(params, view, market, filled, at_risk)
    placed = sum(action.qty for action in actions if isinstance(action, PlaceChild))
    assert not placed or filled + at_risk + placed <= params.qty, (params.algo_id, filled, at_risk, placed)
    return actions


def _decide(
    params: AlgoParams, view: AlgoView, market: MarketView, filled: int, at_risk: int
) -> tuple[AlgoAction, ...]:
    if filled >= params.qty:
        return (Finish(state=AlgoState.DONE, cause="algo.end.filled"),)
    if view.refusals >= REFUSALS_MAX:
        return _wind_up(view, at_risk, Finish(state=AlgoState.FAILED, cause="algo.end.refused"))
    if view.state is AlgoState.PAUSED:
        return tuple(_cancels(view, "algo.cancel.paused"))
    if strays := [child for child in view.children if not child.is_done and _is_astray(params, child)]:
        return tuple(_cancels(replace(view, children=tuple(strays)), "algo.cancel.limit"))
    if market.trade_ns < params.start_ns:
        return (WakeAt(trade_ns=params.start_ns),)
    if params.end_ns and market.trade_ns >= params.end_ns:
        return _at_deadline(params, view, market, filled, at_risk)
    if not market.phase.takes_orders:
        return ()
    if market.phase.is_call and params.kind is not AlgoKind.SCHEDULED:
        return tuple(auction_share(params, market, filled, at_risk)) if params.in_auctions else ()
    return _KINDS[params.kind](params, view, market, params.qty - filled, at_risk)


def _at_deadline(
    params: AlgoParams, view: AlgoView, market: MarketView, filled: int, at_risk: int
) -> tuple[AlgoAction, ...]:
    over = Finish(state=AlgoState.ENDED, cause="algo.end.time")
    if params.deadline is Deadline.CLOSE_CALL and market.phase is not Phase.CLOSED:
        return _leave_for_close(params, view, market, filled, at_risk)
    if params.deadline is Deadline.TAKE and market.phase.is_continuous:
        px = taking_px(params, market)
        if px and at_risk:
            return tuple(_cancels(view, "algo.cancel.late"))
        if px:
            left = (params.qty - filled) // market.lot * market.lot
            worst = farthest_px(params, market) or px
            return (PlaceChild(qty=Qty(left), px=Px(worst), time_in_force=TimeInForce.IOC),) if left else (over,)
    return _wind_up(view, at_risk, over)


def _leave_for_close(
    params: AlgoParams, view: AlgoView, market: MarketView, filled: int, at_risk: int
) -> tuple[AlgoAction, ...]:
    """What is left stands in the closing call; what waits in the book before it is taken back."""
    if market.phase is Phase.CLOSE_CALL:
        return tuple(auction_share(params, market, filled, at_risk, due=params.qty))
    if market.phase in (Phase.POST_CLOSE_PRICE, Phase.AFTER_MARKET, Phase.ACCEPT):
        return _wind_up(view, at_risk, Finish(state=AlgoState.ENDED, cause="algo.end.time"))
    return tuple(_cancels(view, "algo.cancel.late"))


def _wind_up(view: AlgoView, at_risk: int, finish: Finish) -> tuple[AlgoAction, ...]:
    """Cancel what works; over once nothing can trade any more."""
    return tuple(_cancels(view, "algo.cancel.ending")) if at_risk else (finish,)


def _is_astray(params: AlgoParams, child: ChildState) -> bool:
    """Whether a child stands where the limit, since it was amended, has it no more."""
    if not params.px or not child.px:
        return False
    if params.kind is AlgoKind.ICEBERG:
        return child.px != params.px
    return not is_better_or_equal(params.side, child.px, params.px)


def _cancels(view: AlgoView, cause: str) -> list[CancelChild]:
    return [
        CancelChild(cl_ord_id=child.cl_ord_id, cause=cause)
        for child in view.children
        if not child.is_done and not child.is_pending
    ]
