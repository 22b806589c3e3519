"""The ways of trading that a study compares: each algorithm, and what a person without one would do.

`naive_market`  everything at once, at the market
`naive_slices`  equal parts at equal times, each at the market
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hts.algo.schedule import schedule
from hts.algo.step import next_actions
from hts.lab.study_market import BIN_NS
from hts.lab.study_trader import Strategy
from hts.model.algo import (
    AlgoAction,
    AlgoKind,
    AlgoParams,
    AlgoState,
    AlgoView,
    Deadline,
    Finish,
    Impact,
    MarketView,
    PlaceChild,
    SchedulePoint,
    VolumeCurve,
    WakeAt,
)
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.units import ClOrdID, Px, Qty

SECOND_NS = 1_000_000_000
MARKET, SLICES = "naive_market", "naive_slices"
EQUAL_RISK = "twap_equal_risk"
PEG_PIECES = "peg_pieces"  # a peg that shows as little as the iceberg
SHOWN = "shown"  # all of it in one limit order at the first own price


class Task(Struct, frozen=True, kw_only=True):
    """What is to be bought or sold in every case of a study, and what was learnt before."""

    side: Side
    qty: int
    start_ns: int
    end_ns: int
    interval_ns: int
    curve: VolumeCurve
    impact: Impact
    urgency_pico: int
    participation_ppm: int
    own_px: int  # the best price of the own side at the start
    counter_px: int  # and of the other side
    seed: int


def bases_of(cases: Sequence[str]) -> tuple[str, ...]:
    """What the other cases are compared with; a peg where there is one that hides."""
    bases = (MARKET, SLICES, "twap", EQUAL_RISK, SHOWN, *(["peg"] if PEG_PIECES in cases else []))
    return tuple(name for name in bases if name in cases)


def strategy_of(name: str, task: Task) -> Strategy:
    """The strategy of a case."""
    if name == MARKET:
        return partial(at_once, task.qty)
    if name == SLICES:
        return partial(in_slices, equal_points(task))
    return partial(next_actions, algo_params(name, task))


def algo_params(name: str, task: Task) -> AlgoParams:
    """An algorithm as a trader would start it: all of them take what is left at the end."""
    piece = Qty(max(task.qty // 50, 1))
    fields: dict[str, dict[str, Any]] = {
        "twap": {"kind": AlgoKind.TWAP},
        "vwap": {"kind": AlgoKind.VWAP, "curve": task.curve},
        "is": {"kind": AlgoKind.IS, "impact": task.impact, "urgency_pico": task.urgency_pico},
        "pov": {"kind": AlgoKind.POV, "participation_ppm": task.participation_ppm},
        SHOWN: {"kind": AlgoKind.ICEBERG, "px": Px(task.own_px)},
        "iceberg": {"kind": AlgoKind.ICEBERG, "px": Px(task.own_px), "display_qty": piece},
        "sniper": {"kind": AlgoKind.SNIPER, "px": Px(task.counter_px), "min_qty": Qty(max(task.qty // 20, 1))},
        "peg": {"kind": AlgoKind.PEG, "interval_ns": SECOND_NS},
        PEG_PIECES: {"kind": AlgoKind.PEG, "interval_ns": SECOND_NS, "display_qty": piece},
    }
    kind = fields.get(name, {"kind": AlgoKind.TWAP})
    made = AlgoParams(
        algo_id=ClOrdID(1), account="", symbol="", side=task.side, qty=Qty(task.qty), start_ns=task.start_ns,
        end_ns=task.end_ns, deadline=Deadline.TAKE, seed=task.seed,
        **{"interval_ns": task.interval_ns, **kind},
    )  # fmt: skip
    return replace(made, end_ns=equal_risk_end(task)) if name == EQUAL_RISK else made


def equal_risk_end(task: Task) -> int:
    """The end of the TWAP that carries the risk of the task's IS: the same sum of squared holdings over time."""
    wanted = holding_risk(schedule(algo_params("is", task)), task)
    twap = algo_params("twap", task)
    low, high = task.start_ns + task.interval_ns, task.end_ns
    while high - low > SECOND_NS:
        middle = (low + high) // 2
        if holding_risk(schedule(replace(twap, end_ns=middle)), task) > wanted:
            high = middle
        else:
            low = middle
    return high


def holding_risk(points: Sequence[SchedulePoint], task: Task) -> float:
    """Integral of (what is still to be traded / all)^2 over seconds: price risk is its root times the volatility."""
    total, left, at_ns = 0.0, 1.0, task.start_ns
    for point in points:
        total += left * left * (point.trade_ns - at_ns) / SECOND_NS
        left, at_ns = 1 - point.cum_qty / task.qty, point.trade_ns
    return total


def equal_points(task: Task) -> tuple[SchedulePoint, ...]:
    """Equal parts at equal times."""
    count = max((task.end_ns - task.start_ns) // task.interval_ns, 1)
    return tuple(
        SchedulePoint(task.start_ns + number * task.interval_ns, task.qty * (number + 1) // count)
        for number in range(count)
    )


def at_once(qty: int, view: AlgoView, _market: MarketView) -> tuple[AlgoAction, ...]:
    """One market order."""
    if view.children:
        return (Finish(state=AlgoState.DONE, cause=""),)
    return (_market_order(qty),)


def in_slices(points: Sequence[SchedulePoint], view: AlgoView, market: MarketView) -> tuple[AlgoAction, ...]:
    """A market order for what has become due."""
    due = max((point.cum_qty for point in points if point.trade_ns <= market.trade_ns), default=0)
    placed = sum(child.cum_qty + (0 if child.is_done else child.leaves_qty) for child in view.children)
    later = next((point.trade_ns for point in points if point.trade_ns > market.trade_ns), None)
    orders = (_market_order(due - placed),) if due > placed else ()
    return (*orders, WakeAt(trade_ns=later) if later else WakeAt(trade_ns=market.trade_ns + BIN_NS))


def _market_order(qty: int) -> PlaceChild:
    return PlaceChild(qty=Qty(qty), px=Px(0), ord_type=OrdType.MARKET, time_in_force=TimeInForce.IOC)
