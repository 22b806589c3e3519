"""Conditional orders: watched, triggered, sent; brackets and groups kept together."""

from collections.abc import Sequence

from msgspec.structs import replace

from hts.algo.protection import (
    EndConditional,
    Entry,
    Protection,
    SendConditional,
    is_orphan,
    on_true,
    profit_orders,
)
from hts.engine.bracket import follow_entry, order_of
from hts.engine.core import Batch, Core
from hts.engine.work_acts import REFUSALS_MAX, cancel_child, children_of, end_children, enter_slice, move, wake
from hts.engine.work_daily import due_ns, has_filled
from hts.engine.work_indicator import watch_indicator
from hts.engine.work_state import Work, trail_of
from hts.model.conditional import (
    Carry,
    ConditionalOrder,
    FillCondition,
    IndicatorCondition,
    PriceCondition,
    TimeCondition,
    TrailCondition,
)
from hts.model.enums import Side
from hts.model.routing import CancelChild, ChildState, Slice
from hts.model.units import ClOrdID, Qty
from hts.model.work import ConditionSpec, WorkState
from hts.risk.proposal import Act


def step_condition(batch: Batch, work: Work, order: ConditionalOrder) -> None:
    """What a conditional order does now."""
    core = batch.core
    own = children_of(core, work)
    entry, others = _protected(core, work, order)
    if work.state is WorkState.ENDING:
        end_children(batch, work, own)
        return
    if work.state is WorkState.PAUSED:
        return
    if has_filled(core, work, order):
        move(batch, work, WorkState.DONE, "conditional.end.filled")
    elif work.refusals >= REFUSALS_MAX and order.until_filled:
        if work.state is not WorkState.WAITING:  # there is another day
            _leave(batch, work, "work.end.refused")
    elif work.refusals >= REFUSALS_MAX:
        move(batch, work, WorkState.FAILED, "work.end.refused")
    elif is_orphan(order, entry, (*others, *own)):
        move(batch, work, WorkState.ENDING, "conditional.end.closed")
    elif work.state is WorkState.WAITING:
        if entry is not None and entry.cum_qty > 0:
            _follow(batch, work, order, entry)
            move(batch, work, WorkState.RUNNING, "conditional.armed")
            watch(batch, work, order_of(work) or order)
    elif work.state is WorkState.RUNNING and isinstance(order.condition, FillCondition) and entry is not None:
        _follow(batch, work, order, entry)
        order = order_of(work) or order
        for action in profit_orders(order, entry, (*others, *own), own):
            _protect(batch, work, order, action)
    elif work.state is WorkState.RUNNING and entry is not None:
        _follow(batch, work, order, entry)
    elif work.state is WorkState.TRIGGERED:
        _triggered(batch, work, order, entry=entry, others=others, own=own)


def _follow(batch: Batch, work: Work, order: ConditionalOrder, entry: Entry) -> None:
    issue = batch.core.listing(work.symbol)
    assert issue is not None, work.symbol
    follow_entry(batch, work, order, qty=entry.qty, px=entry.px, issue=issue)


def _triggered(
    batch: Batch,
    work: Work,
    order: ConditionalOrder,
    *,
    entry: Entry | None,
    others: Sequence[ChildState],
    own: Sequence[ChildState],
) -> None:
    """True: the rest of the group ends, an entry that still works is taken back, then it is sent."""
    core = batch.core
    issue = core.listing(work.symbol)
    assert issue is not None, work.symbol
    for other in _group(core, work, order):
        _leave(batch, other, "conditional.end.group")
    if entry is not None and not entry.is_done:
        _cancel_entry(batch, order.protects)
    for action in on_true(order, work.trigger_px, issue.ticks, entry=entry, others=others, own=own):
        _protect(batch, work, order, _as_held(core, work, action, int(issue.lot)) if order.closes else action)
    if entry is None and work.children:
        if order.carry is Carry.DAILY:
            move(batch, work, WorkState.WAITING, "conditional.until_tomorrow")
        else:
            move(batch, work, WorkState.DONE, "conditional.end.sent")


def _leave(batch: Batch, work: Work, cause: str) -> None:
    """It is not wanted any more, or, where it is armed each day, not today."""
    assert isinstance(work.spec, ConditionSpec), work.work_id
    if work.spec.order.carry is Carry.DAILY:
        batch.core.desk.unwatch(work.symbol, work.work_id)
        is_refused = work.refusals >= REFUSALS_MAX
        waits = "conditional.refused_today" if is_refused else "conditional.until_tomorrow"
        move(batch, work, WorkState.WAITING, waits)
    else:
        move(batch, work, WorkState.ENDING, cause)


def _as_held(core: Core, work: Work, action: Protection, lot: int) -> Protection:
    """No more than what is held and not being closed by another order already."""
    if not isinstance(action, SendConditional):
        return action
    held = -work.side.sign * core.state.ledger.qty(work.account, work.symbol)
    free = held - core.state.orders.open_qty(work.account, work.symbol, work.side)
    if work.side is Side.SELL:
        free -= core.state.aside.shares(work.account, work.symbol)
    qty = min(int(action.qty), free // lot * lot)
    if qty > 0:
        return replace(action, qty=Qty(qty))
    return EndConditional(cond_id=action.cond_id, cause="conditional.end.closed")


def _protect(
    batch: Batch, work: Work, order: ConditionalOrder, action: SendConditional | EndConditional | CancelChild
) -> None:
    if isinstance(action, CancelChild):
        cancel_child(batch, action)
        return
    if isinstance(action, EndConditional):
        if order.carry is Carry.DAILY:
            _leave(batch, work, action.cause)
        else:
            move(batch, work, WorkState.DONE if work.children else WorkState.ENDED, action.cause)
        return
    core = batch.core
    venue = core.route(order.venue, work.symbol)
    assert venue is not None, order.venue
    part = Slice(
        venue=venue.name, qty=action.qty, px=action.px, ord_type=action.ord_type, time_in_force=order.time_in_force
    )
    sent = len(work.children)
    act = Act.FLATTEN if _is_exit(core, work, int(action.qty)) else Act.NEW
    enter_slice(batch, work, part, act, credit=order.credit)
    if len(work.children) > sent:
        batch.ask_work(work)  # that may have been all


def _is_exit(core: Core, work: Work, qty: int) -> bool:
    """Whether a stop has come true that only makes a position smaller: then neither size nor rate holds it up."""
    if work.state is not WorkState.TRIGGERED:
        return False
    held = core.state.ledger.qty(work.account, work.symbol)
    return held * work.side.sign < 0 and abs(held) >= qty


def _protected(core: Core, work: Work, order: ConditionalOrder) -> tuple[Entry | None, tuple[ChildState, ...]]:
    """The entry that it protects, and the children of the other exits of that entry."""
    if not order.protects:
        return None, ()
    others = tuple(
        child
        for other in core.state.works
        if other is not work and isinstance(other.spec, ConditionSpec) and other.spec.order.protects == order.protects
        for child in children_of(core, other)
    )
    parent = core.state.works.find(order.protects)
    if parent is not None:
        children = children_of(core, parent)
        cum_qty = sum(child.cum_qty for child in children)
        placed = [found for one in parent.children if (found := core.state.orders.find(one)) is not None]
        value = sum(int(found.filled_value) for found in placed)
        return Entry(cum_qty=cum_qty, is_done=parent.is_over, px=value // cum_qty if cum_qty else 0), others
    entry = core.state.orders.find(order.protects)
    if entry is None:  # of a day before
        return Entry(cum_qty=0, is_done=True), others
    average = int(entry.filled_value) // int(entry.cum_qty) if entry.cum_qty else 0
    return Entry(cum_qty=int(entry.cum_qty), is_done=not entry.is_working, qty=int(entry.order_qty), px=average), others


def _group(core: Core, work: Work, order: ConditionalOrder) -> list[Work]:
    """The others of its group that could still act."""
    return [
        other
        for other in core.state.works.active(work.account)
        if order.group_id
        and other is not work
        and isinstance(other.spec, ConditionSpec)
        and other.spec.order.group_id == order.group_id
        and other.state is not WorkState.ENDING
    ]


def _cancel_entry(batch: Batch, order_id: ClOrdID) -> None:
    parent = batch.core.state.works.find(order_id)
    if parent is not None and parent.state is not WorkState.ENDING and not parent.is_over:
        move(batch, parent, WorkState.ENDING, "conditional.cancel.entry")
    elif parent is None:
        cancel_child(batch, CancelChild(cl_ord_id=order_id, cause="conditional.cancel.entry"))


def watch(batch: Batch, work: Work, order: ConditionalOrder) -> None:
    """Watch a condition while it is to be watched."""
    core = batch.core
    core.desk.unwatch(work.symbol, work.work_id)
    if work.state is not WorkState.RUNNING:
        return
    if isinstance(order.condition, PriceCondition | TrailCondition):
        issue = core.listing(work.symbol)
        if issue is not None:
            core.desk.book(work.symbol, issue.ticks).add(order, work.extreme_px if trail_of(work) else 0)
    elif isinstance(order.condition, TimeCondition):
        wake(batch, work, due_ns(core, order, order.condition))
    elif isinstance(order.condition, IndicatorCondition):
        watch_indicator(batch, work, order.condition)
