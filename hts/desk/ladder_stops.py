"""What waits at a price without being in any book: stops, the exits of brackets and pairs, trails that have begun.

They run in the core. A chip in the ladder's STOP area says so by its look: outlined while it waits for what it
protects, filled while it is watched.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from msgspec import Struct

from hts.desk.exits import is_movable
from hts.desk.ladder_orders import Key
from hts.model.conditional import FillCondition, PriceCondition, TrailCondition, TrailUnit
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID
from hts.model.work import ConditionSpec, WorkState, WorkView

PPM = 1_000_000


class StopState(Enum):
    """The strongest of a cell's conditions."""

    ARMED = "armed"
    WAITING = "waiting"  # for the first fill of what it protects
    PAUSED = "paused"


_STRENGTH = {state: i for i, state in enumerate(StopState)}


class StopCell(Struct, frozen=True, kw_only=True):
    """Conditions of one side at one price. `can_move`: all of them, together; of a trail its distance."""

    qty: int
    work_ids: tuple[ClOrdID, ...]
    state: StopState
    is_profit: bool = False
    is_trail: bool = False  # all of them follow the price
    can_move: bool = False


def stop_cells(works: Iterable[WorkView], issue: Instrument) -> dict[Key, StopCell]:
    """One cell per side and price of an issue."""
    cells: dict[Key, StopCell] = {}
    for view in works:
        px = watched_px(view, issue)
        if px:
            _add(cells, view, px)
    return cells


def watched_px(view: WorkView, issue: Instrument) -> int:
    """The price at which a live condition on this issue comes true; 0 where there is none to show."""
    if view.symbol != issue.symbol or not isinstance(view.spec, ConditionSpec):
        return 0
    if view.state.is_over or view.state in (WorkState.TRIGGERED, WorkState.ENDING):
        return 0
    order, condition = view.spec.order, view.spec.order.condition
    if isinstance(condition, PriceCondition):
        return int(condition.px)
    if isinstance(condition, FillCondition):
        return int(order.px) if view.state is WorkState.WAITING else 0  # afterwards its order is in the book
    return _trail_px(view, condition, issue) if isinstance(condition, TrailCondition) else 0


def _trail_px(view: WorkView, condition: TrailCondition, issue: Instrument) -> int:
    """Where a trail stands now, on the grid; 0 before it has begun."""
    if not view.extreme_px:
        return 0
    away = 1 if condition.is_above else -1
    extreme, distance = int(view.extreme_px), condition.distance
    if condition.unit is TrailUnit.TICKS:
        return int(issue.ticks.move(issue.ticks.floor(extreme), away * distance))
    by = distance if condition.unit is TrailUnit.PX else extreme * distance // PPM
    return int(issue.ticks.floor(max(extreme + away * by, 0)))


def _add(cells: dict[Key, StopCell], view: WorkView, px: int) -> None:
    assert isinstance(view.spec, ConditionSpec)
    order = view.spec.order
    state = {WorkState.WAITING: StopState.WAITING, WorkState.PAUSED: StopState.PAUSED}.get(view.state, StopState.ARMED)
    is_profit = isinstance(order.condition, FillCondition) or bool(order.px)
    is_trail = isinstance(order.condition, TrailCondition)
    cell = StopCell(
        qty=int(view.qty),
        work_ids=(view.work_id,),
        state=state,
        is_profit=is_profit,
        is_trail=is_trail,
        can_move=is_movable(view),
    )
    _put(cells, (view.side, px), cell)


def in_rows(cells: dict[Key, StopCell], row_px: Callable[[int], int]) -> dict[Key, StopCell]:
    """Cells by row: a row holds all prices that lie in it, those of a venue with finer steps and those off the day."""
    rows: dict[Key, StopCell] = {}
    for (side, px), cell in cells.items():
        _put(rows, (side, row_px(px)), cell)
    return rows


def _put(cells: dict[Key, StopCell], key: Key, cell: StopCell) -> None:
    """What stands at one place is told as one, and moves together."""
    before = cells.get(key)
    if before is not None:
        cell = StopCell(
            qty=before.qty + cell.qty,
            work_ids=(*before.work_ids, *cell.work_ids),
            state=min(before.state, cell.state, key=_STRENGTH.__getitem__),
            is_profit=before.is_profit and cell.is_profit,
            is_trail=before.is_trail and cell.is_trail,
            can_move=before.can_move and cell.can_move,
        )
    cells[key] = cell
