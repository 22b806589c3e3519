"""What all work does: change its state, enter children, take them back, ask to be woken.

Children pass the same checks of hts.risk as an order typed by hand.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from hts.engine.cancels import enter_cancel
from hts.engine.core import Batch, Core
from hts.engine.entry import enter_or_deny
from hts.engine.halts import trip_scopes
from hts.engine.work_market import benchmark
from hts.engine.work_state import Work
from hts.model.enums import CashMargin, OrdStatus, Side, TimeInForce
from hts.model.intents import NewOrder
from hts.model.records import WorkMoved, WorkStarted
from hts.model.routing import CancelChild, ChildState, Slice
from hts.model.units import ClOrdID, Px, Qty
from hts.model.work import AlgoSpec, BasketSpec, RouteSpec, WorkState, child_request_id
from hts.oms.order import Order
from hts.risk.guards import scopes_of
from hts.risk.proposal import Act

REFUSALS_MAX = 5


def move(
    batch: Batch, work: Work, state: WorkState, cause: str, *, px: int = 0, request_id: str = "", rearmed: bool = False
) -> None:
    """Record a change of state, show it, and ask the work what follows from it."""
    batch.record(
        WorkMoved(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            work_id=work.work_id,
            state=state,
            cause=cause,
            px=Px(px),
            request_id=request_id,
            account=work.account,
            rearmed=rearmed,
            market=benchmark(batch.core, work.symbol) if state.is_over and isinstance(work.spec, AlgoSpec) else None,
        )
    )
    batch.show_work(work)
    batch.ask_work(work)
    show_whole(batch, work, asks=True)
    if state.is_over or state is WorkState.ENDING:
        show_aside(batch, work)


def show_aside(batch: Batch, work: Work) -> None:
    """Show the money and the holdings of which a basket, or a line of one, has set something aside, or no more."""
    if isinstance(work.spec, BasketSpec):
        for line, aside in zip(work.spec.lines, work.spec.aside, strict=False):
            batch.show_money(work.account, aside.currency)
            batch.show_holding(work.account, line.symbol)
    elif batch.core.state.aside.pot_of(work.work_id) is not None:
        issue = batch.core.listing(work.symbol)
        if issue is not None:
            batch.show_money(work.account, issue.currency)
        batch.show_holding(work.account, work.symbol)


def show_whole(batch: Batch, work: Work, *, asks: bool = False) -> None:
    """Show what it is a part of; `asks`: what follows for that."""
    whole = batch.core.state.works.find(work.parent_id) if work.parent_id else None
    if whole is not None:
        batch.show_work(whole)
        if asks:
            batch.ask_work(whole)


def start_part(batch: Batch, whole: Work, spec: RouteSpec | AlgoSpec, *, symbol: str, side: Side, qty: int) -> bool:
    """Begin work that is a part of other work; False when no id is free."""
    core = batch.core
    work_id = core.state.ids.take()
    if work_id is None:
        return False
    if isinstance(spec, AlgoSpec):
        spec = AlgoSpec(params=replace(spec.params, algo_id=work_id))
    batch.record(
        WorkStarted(
            trade_ns=batch.trade_ns, mono_ns=batch.mono_ns, work_id=work_id, request_id="", account=whole.account,
            symbol=symbol, side=side, qty=Qty(qty), spec=spec, state=WorkState.RUNNING, strategy=whole.strategy,
            user=whole.user, parent_id=whole.work_id,
            arrival=benchmark(core, symbol) if isinstance(spec, AlgoSpec) else None,
        )
    )  # fmt: skip
    core.desk.started.add(work_id)
    work = core.state.works.find(work_id)
    assert work is not None, work_id
    batch.show_work(work)
    batch.ask_work(work)
    return True


def children_of(core: Core, work: Work) -> tuple[ChildState, ...]:
    """Its children as the OMS has them, and slices that still wait to be sent."""
    orders = (core.state.orders.find(order_id) for order_id in work.children)
    found = [child_state(order) for order in orders if order is not None]
    found += [
        ChildState(
            cl_ord_id=ClOrdID(0), venue=held.part.venue, px=int(held.part.px), leaves_qty=int(held.part.qty), cum_qty=0,
            is_done=False, is_pending=True,
        )
        for held in core.desk.held
        if held.work_id == work.work_id
    ]  # fmt: skip
    return tuple(found)


def child_state(order: Order) -> ChildState:
    """An order as router and algorithms see it."""
    return ChildState(
        cl_ord_id=order.order_id,
        venue=order.venue,
        px=int(order.px),
        leaves_qty=int(order.leaves_qty),
        cum_qty=int(order.cum_qty),
        is_done=not order.is_working,
        is_pending=bool(order.pending),
        was_rejected=order.ord_status is OrdStatus.REJECTED,
        rests=order.time_in_force not in (TimeInForce.IOC, TimeInForce.FOK),
    )


def enter_slice(
    batch: Batch,
    work: Work,
    part: Slice,
    act: Act = Act.NEW,
    side: Side | None = None,
    *,
    credit: CashMargin = CashMargin.CASH,
) -> None:
    """One child order, checked like any other."""
    venue = batch.core.venues[part.venue]
    intent = NewOrder(
        request_id=child_request_id(work.work_id, work.entered + 1),
        account=work.account,
        user=work.user,
        venue=part.venue,
        symbol=work.symbol,
        side=side or work.side,
        ord_type=part.ord_type,
        time_in_force=part.time_in_force,
        px=part.px,
        qty=part.qty,
        post_only=part.post_only,
        credit=credit,
        strategy=work.strategy,
        parent_id=work.work_id,
    )
    enter_or_deny(batch, intent, venue, act)
    scopes = scopes_of(work.account, venue.name, work.symbol, intent.user, work.strategy)
    trip_scopes(batch, work.account, scopes)
    batch.show_work(work)


def cancel_child(batch: Batch, cancel: CancelChild) -> None:
    """Take a child back, where its venue can be asked and has not been."""
    core = batch.core
    order = core.state.orders.find(cancel.cl_ord_id)
    if order is not None and order.is_working and not order.has_pending_cancel and core.is_up(order.venue):
        enter_cancel(batch, order, "")


def wake(batch: Batch, work: Work, trade_ns: int) -> None:
    """Ask again at a trade time; the venue's clock may run at another speed than ours."""
    core = batch.core
    speed = core.home.link.speed_milli or 1_000
    wait_ns = max(trade_ns - batch.trade_ns, 0) * 1_000 // speed
    core.desk.wake_at(batch.mono_ns + wait_ns + 1, work.work_id)
    batch.set_work_timer()


def end_children(batch: Batch, work: Work, children: Sequence[ChildState]) -> None:
    """Take back what works; over once nothing can trade any more."""
    core = batch.core
    core.desk.held = [held for held in core.desk.held if held.work_id != work.work_id]
    working = [child for child in children if not child.is_done and child.cl_ord_id]
    for child in working:
        if not child.is_pending:
            cancel_child(batch, CancelChild(cl_ord_id=child.cl_ord_id, cause=work.cause))
    if not working:
        filled = sum(child.cum_qty for child in children)
        move(batch, work, WorkState.DONE if filled == work.qty else WorkState.ENDED, work.cause)
