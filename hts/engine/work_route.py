"""Routed orders: placed over the venues, and placed again as the market and the reports have it."""

from collections.abc import Sequence

from hts.engine.core import Batch, Core
from hts.engine.work_acts import REFUSALS_MAX, cancel_child, children_of, enter_slice, move
from hts.engine.work_desk import Held
from hts.engine.work_market import depths
from hts.engine.work_state import Work
from hts.model.records import RouteDecided
from hts.model.routing import ChildState, ParentState, Remainder, RouteRecord
from hts.model.work import RouteSpec, WorkState
from hts.router.parent import is_over, next_step


def step_route(batch: Batch, work: Work, spec: RouteSpec) -> None:
    """What is free is placed, what must give way is taken back."""
    core = batch.core
    children = children_of(core, work)
    parent = ParentState(
        order_id=work.work_id,
        request=spec.request,
        is_ending=work.state is WorkState.ENDING or work.refusals >= REFUSALS_MAX,
        rounds=len(work.decisions),
    )
    if is_over(parent, children):
        _finish(batch, work, children)
        return
    seen = depths(core, work.account, work.symbol, work.side, batch.mono_ns)
    found = next_step(parent, children, seen)
    for cancel in found.cancels:
        cancel_child(batch, cancel)
    if found.request is None:
        return
    if not found.plan.slices:
        if not [child for child in children if not child.is_done]:
            _place_nothing(batch, work, found.plan.refusal is not None)
        return
    record = RouteRecord(
        order_id=work.work_id, account=work.account, symbol=work.symbol, trade_ns=batch.trade_ns,
        request=found.request, seen=seen, plan=found.plan,
    )  # fmt: skip
    batch.record(RouteDecided(trade_ns=batch.trade_ns, mono_ns=batch.mono_ns, decision=record))
    for part in found.plan.slices:
        if part.hold_us:
            core.desk.held.append(Held(work_id=work.work_id, due_ns=batch.mono_ns + part.hold_us * 1_000, part=part))
        else:
            enter_slice(batch, work, part)
    batch.set_work_timer()


def _place_nothing(batch: Batch, work: Work, is_refused: bool) -> None:
    """No venue can take it now. An order that is to rest waits for one; one that is not ends.

    After a restart nobody knows yet what there is to take: then it waits for the first book of each venue.
    """
    assert isinstance(work.spec, RouteSpec), work.work_id
    if not is_refused or work.spec.request.remainder is not Remainder.CANCEL:
        return
    if _is_from_before(batch.core, work) and _is_untold(batch.core, work.symbol):
        batch.core.desk.stepped_ns.pop(work.work_id, None)  # the very next quote asks again
    else:
        move(batch, work, WorkState.ENDED, "work.end.nothing_within_limit")


def _is_from_before(core: Core, work: Work) -> bool:
    """Whether another process of the core began it, or the basket that it is a line of."""
    return any(one and one not in core.desk.started for one in (work.work_id, work.parent_id))


def _is_untold(core: Core, symbol: str) -> bool:
    """Whether a venue that lists the issue has told no book of it since this process began."""
    markets = [venue.market for venue in core.venues.values()]
    return any(symbol in market.instruments and market.books.book(symbol) is None for market in markets)


def _finish(batch: Batch, work: Work, children: Sequence[ChildState]) -> None:
    filled = sum(child.cum_qty for child in children)
    if filled >= work.qty:
        move(batch, work, WorkState.DONE, "work.end.filled")
    elif work.refusals >= REFUSALS_MAX:
        move(batch, work, WorkState.FAILED, "work.end.refused")
    else:
        move(batch, work, WorkState.ENDED, work.cause or "work.end.time")
