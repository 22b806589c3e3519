"""Algorithms that keep one child at work: iceberg, sniper, peg, and the order that waits for its time."""

from hts.algo.pricing import counter_best, pegged_px, taking_px
from hts.model.algo import (
    AlgoAction,
    AlgoParams,
    AlgoState,
    AlgoView,
    AmendChild,
    Finish,
    MarketView,
    PlaceChild,
    WakeAt,
)
from hts.model.dice import drawn
from hts.model.enums import OrdType, TimeInForce
from hts.model.units import Px, Qty

PIECES_MAX = 10_000  # counted; more are not looked at


def iceberg(params: AlgoParams, view: AlgoView, market: MarketView, left: int, at_risk: int) -> tuple[AlgoAction, ...]:
    """Show `display_qty`; when it has traded, show the next piece, of a slightly other size."""
    if at_risk or left <= 0:
        return ()
    piece = _varied(params, view.placed, int(params.display_qty) or left, market.lot)
    return (PlaceChild(qty=Qty(min(piece, left)), px=params.px),)


def sniper(params: AlgoParams, _view: AlgoView, market: MarketView, left: int, at_risk: int) -> tuple[AlgoAction, ...]:
    """Show nothing; take an offer within the limit as soon as it is big enough."""
    px, qty = counter_best(params.side, market)
    wanted = min(qty, left) // market.lot * market.lot
    if at_risk or not taking_px(params, market) or wanted <= 0 or qty < min(params.min_qty, left):
        return ()
    return (PlaceChild(qty=Qty(wanted), px=Px(px), time_in_force=TimeInForce.IOC),)


def peg(params: AlgoParams, view: AlgoView, market: MarketView, left: int, at_risk: int) -> tuple[AlgoAction, ...]:
    """One child follows the own best price, not more often than once per interval.

    With `display_qty` it is a piece, and the next one comes when it has traded.
    """
    px = pegged_px(params, market)
    if not px or left <= 0:
        return ()
    if not at_risk:
        piece = _varied(params, view.placed, int(params.display_qty) or left, market.lot)
        return (PlaceChild(qty=Qty(min(piece, left)), px=Px(px)),)
    working = [child for child in view.children if not child.is_done]
    if any(child.is_pending for child in working) or working[-1].px == px:
        return ()
    due_ns = view.acted_ns + params.interval_ns
    if market.trade_ns < due_ns:
        return (WakeAt(trade_ns=due_ns),)
    return (AmendChild(cl_ord_id=working[-1].cl_ord_id, px=Px(px)),)


def scheduled(
    params: AlgoParams, view: AlgoView, _market: MarketView, left: int, at_risk: int
) -> tuple[AlgoAction, ...]:
    """One order at the start time, then nothing but waiting for it.

    A pause takes it back; told to go on, it is placed again for what is left, also when its time came meanwhile. Taken
    back by anybody else, or refused, it is over: nothing would ever come of it.
    """
    if at_risk or left <= 0:
        return ()
    if view.since_resume:
        is_refused = any(child.was_rejected for child in view.children)
        state, cause = (AlgoState.FAILED, "refused") if is_refused else (AlgoState.ENDED, "taken_back")
        return (Finish(state=state, cause=f"algo.end.{cause}"),)
    kind = OrdType.LIMIT if params.px else OrdType.MARKET
    return (PlaceChild(qty=Qty(left), px=params.px, ord_type=kind),)


def pieces(params: AlgoParams, lot: int, most: int) -> tuple[tuple[int, ...], int]:
    """The first pieces, at most so many, that are shown one after the other, and how many there are in all if each
    trades whole.
    """
    shown = int(params.display_qty) or int(params.qty)
    left, found, count = int(params.qty), [], 0
    while left > 0 and count < PIECES_MAX:
        piece = min(_varied(params, count, shown, lot), left)
        if count < most:
            found.append(piece)
        left, count = left - piece, count + 1
    return tuple(found), count


def _varied(params: AlgoParams, number: int, qty: int, lot: int) -> int:
    spread = qty * params.randomise_pct // 100
    return max((qty - spread + drawn(params.seed, number, 2 * spread)) // lot * lot, lot)
