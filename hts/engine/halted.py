"""A core whose journal cannot be written: nothing new is taken, nothing is kept, and cancels still leave.

An order that nobody can cancel is worse than a request that nobody wrote down. So cancels, and the cancelling half of
the kill switch and of the disconnect policy, go to the venue without a record, and every terminal is told so. Their
ClOrdIDs come from a block that is on disk and no later run uses the rest of it.

The state stays as the journal has it. What the venue answers is shown to terminals and forgotten: after the restart
the venue tells it again, and it is then recorded as it always is.
"""

from collections.abc import Iterable

from hts.base.errors import HtsError
from hts.engine.behalf import cancel_request, foreign_denial, reaches
from hts.engine.core import Batch, Core, refusal
from hts.model.denials import Denial, Rule
from hts.model.effects import Effects, Publish, Reply
from hts.model.enums import DisconnectPolicy
from hts.model.intents import AnyIntent, CancelAll, CancelLast, CancelOrder, Flatten, SetKillSwitch
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.units import NO_ID
from hts.model.views import OutcomeView
from hts.oms.order import Order
from hts.oms.order_report import apply_report


def on_intent(core: Core, client: int, intent: AnyIntent, trade_ns: int, mono_ns: int) -> Effects:
    """Cancels leave; everything else is refused."""
    wanted = _orders_meant(core, intent)
    if wanted is None:
        return refusal(client, intent.request_id, Denial(rule=Rule.JOURNAL_HALTED))
    batch = Batch(core, trade_ns, mono_ns)
    count = _cancel(batch, wanted, intent.request_id)
    if not count:
        return (*batch.effects(), *refusal(client, intent.request_id, _why_none(core, wanted)))
    order_id = wanted[0].order_id if count == 1 else NO_ID
    outcome = OutcomeView(request_id=intent.request_id, accepted=True, order_id=order_id, count=count)
    return (*batch.effects(), Reply(client, outcome))


def _orders_meant(core: Core, intent: AnyIntent) -> list[Order] | None:
    """The working orders that a cancel is about; None for an intent that is no cancel."""
    orders = core.state.orders
    if isinstance(intent, CancelOrder):
        order = orders.find(intent.cl_ord_id)
        is_ours = order is not None and order.account == intent.account
        found = [order] if order is not None and is_ours and order.is_working else []
    elif isinstance(intent, CancelAll):
        found = orders.working(intent.account, intent.symbol, intent.side, intent.venue, all_systems=True)
    elif isinstance(intent, CancelLast):
        working = orders.working(intent.account, intent.symbol)
        found = [order for order in working if _can_cancel(core, order)][-1:]
    elif isinstance(intent, Flatten):
        # Its other half, an order, does not leave.
        found = orders.working(intent.account, intent.symbol, all_systems=True)
    elif isinstance(intent, SetKillSwitch) and intent.on:
        found = orders.working(intent.account, all_systems=True)
    else:
        return None
    return found


def on_cancel_reject(core: Core, reject: OrderCancelReject) -> Effects:
    """The venue did not carry a cancel out: it may be asked again."""
    order = core.state.orders.find(reject.orig_cl_ord_id)
    if order is not None:
        core.unjournaled_cancels.discard(order.order_id)
    return ()


def on_session_up(core: Core, venue: str) -> None:
    """What was on its way when the session broke may be lost: it may be asked again."""
    core.unjournaled_cancels -= {order.order_id for order in core.state.orders.all_working(venue)}


def _can_cancel(core: Core, order: Order) -> bool:
    """Whether it was not asked for yet, and the venue has not said since the halt that the order is over."""
    return order.order_id not in core.unjournaled_cancels and core.unjournaled.get(order.order_id, order).is_working


def _why_none(core: Core, wanted: list[Order]) -> Denial:
    if not wanted:
        return Denial(rule=Rule.NOTHING_TO_DO)
    if any(reaches(core, order) for order in wanted):
        return Denial(rule=Rule.REQUEST_PENDING)
    foreign = foreign_denial(core, wanted[0]) if all(order.system for order in wanted) else None
    return foreign or Denial(rule=Rule.VENUE_DOWN)


def on_last_client_gone(core: Core, trade_ns: int, mono_ns: int) -> Effects:
    """The disconnect policy holds in a halted core too."""
    batch = Batch(core, trade_ns, mono_ns)
    leaving = [account for account, policy in core.state.policies.items() if policy is DisconnectPolicy.CANCEL]
    for account in leaving:
        _cancel(batch, core.state.orders.working(account), "")
    return batch.effects()


def _cancel(batch: Batch, orders: Iterable[Order], request_id: str) -> int:
    """Send what was not sent yet to venues within reach; returns how many."""
    core = batch.core
    count = 0
    for order in orders:
        if not _can_cancel(core, order) or not reaches(core, order):
            continue
        cl_ord_id = core.state.ids.take_spare()
        if cl_ord_id is None:
            break
        core.unjournaled_cancels.add(order.order_id)
        count += 1
        newest = core.unjournaled.get(order.order_id, order)
        batch.send(order.venue, cancel_request(newest, cl_ord_id, request_id))
    if count:
        batch.notice("cancel_unjournaled", str(count))
    return count


def on_execution_report(core: Core, report: ExecutionReport) -> Effects:
    """Show what the venue says of an order, and keep it nowhere but for the next thing it says."""
    known = core.state.orders.find(report.cl_ord_id) or core.state.orders.find(report.orig_cl_ord_id)
    if known is None:
        return ()
    try:
        after = apply_report(core.unjournaled.get(known.order_id, known), report)
    except HtsError:
        return ()  # after the restart the venue tells it again
    core.unjournaled[known.order_id] = after
    return (Publish(core.order_view(after)),)
