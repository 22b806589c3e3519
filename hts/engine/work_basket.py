"""Baskets at work: a part for each line; the basket goes on until all parts are over, and takes them along.

Nothing is remembered: the parts that the journal has are counted off the lines, in order, so that a crash between the
first part and the last leaves no line out and starts none twice.
"""

from hts.engine.core import Batch
from hts.engine.work_acts import move, start_part
from hts.engine.work_state import Work
from hts.model.algo import AlgoKind, AlgoParams, Deadline
from hts.model.routing import Remainder, RouteRequest
from hts.model.units import ClOrdID
from hts.model.work import AlgoSpec, BasketLine, BasketSpec, RouteSpec, WorkState

MINUTE_NS = 60_000_000_000


def step_basket(batch: Batch, work: Work, spec: BasketSpec) -> None:
    """What a basket does now."""
    parts = batch.core.state.works.parts_of(work.work_id)
    if work.state is WorkState.ENDING:
        for part in parts:
            if not part.is_over and part.state is not WorkState.ENDING:
                move(batch, part, WorkState.ENDING, work.cause)
        if all(part.is_over for part in parts):
            move(batch, work, WorkState.ENDED, work.cause)
        return
    if work.state is WorkState.PAUSED:
        _move_all(batch, parts, WorkState.RUNNING, WorkState.PAUSED)
        return
    for line in spec.lines[len(parts) :]:
        if not start_part(batch, work, _part(work, spec, line), symbol=line.symbol, side=line.side, qty=int(line.qty)):
            return  # out of ids: asked again when a part moves or after a restart
    _move_all(batch, parts, WorkState.PAUSED, WorkState.RUNNING)
    if len(parts) == len(spec.lines) and all(part.is_over for part in parts):
        is_filled = all(part.state is WorkState.DONE for part in parts)
        move(batch, work, WorkState.DONE if is_filled else WorkState.ENDED, "work.end.parts")


def _move_all(batch: Batch, parts: list[Work], before: WorkState, after: WorkState) -> None:
    for part in parts:
        if part.state is before:
            move(batch, part, after, f"work.by_trader.{'pause' if after is WorkState.PAUSED else 'resume'}")


def _part(work: Work, spec: BasketSpec, line: BasketLine) -> RouteSpec | AlgoSpec:
    if not spec.minutes:
        remainder = Remainder.POST if line.px else Remainder.CANCEL
        return RouteSpec(request=RouteRequest(side=line.side, qty=int(line.qty), px=int(line.px), remainder=remainder))
    params = AlgoParams(
        algo_id=ClOrdID(0), kind=AlgoKind.TWAP, account=work.account, symbol=line.symbol, side=line.side, qty=line.qty,
        px=line.px, start_ns=work.started_ns, end_ns=work.started_ns + spec.minutes * MINUTE_NS,
        interval_ns=MINUTE_NS, deadline=Deadline.TAKE,
    )  # fmt: skip
    return AlgoSpec(params=params)
