"""The life of a report: read each venue message once, store it, apply it, show what it changed.

sent again by the venue     its number is below the next one we wait for: nothing happens, nothing is stored
a fill that was booked      the same ExecID under a new number: only the number is stored
what cannot be              the number is stored, a person is told, and the venue is asked for all orders again
an order we do not know     adopted: the venue's word is better than our memory
"""

from hts.base.errors import HtsError
from hts.engine import halted
from hts.engine.alerting import note_reject
from hts.engine.cancels import continue_flatten
from hts.engine.core import Batch, Core
from hts.engine.entry import list_issue
from hts.engine.facts import Plan
from hts.engine.fill_terms import fill_costs
from hts.engine.halts import trip_breakers
from hts.engine.means import needs
from hts.engine.reconcile import ask_mass_status
from hts.engine.work_path import on_child
from hts.model.effects import Effects
from hts.model.enums import CxlRejResponseTo, DisconnectPolicy, ExecType, Side
from hts.model.records import AccountOpened, ReportReceived, VenueSeqSeen
from hts.model.reports import ExecutionReport, KillSwitchNotice, OrderCancelReject, OrderMassCancelReport
from hts.model.trace import Told
from hts.model.units import ExecID, Notional
from hts.model.views_fill import FillView
from hts.oms.order import Order, adopted
from hts.oms.order_report import UNDOES, needs_hold
from hts.oms.sanity import check_report
from hts.oms.unsaid import as_known

_SLOW_TOLD_EVERY_NS = 1_000_000_000
FILLS = UNDOES | {ExecType.TRADE}
NO_EXEC_ID = ExecID(0)


def on_execution_report(core: Core, report: ExecutionReport, trade_ns: int, mono_ns: int) -> Effects:
    """ExecutionReport(8)."""
    state = core.state
    if core.is_halted:
        return halted.on_execution_report(core, report)
    if report.venue_seq < state.day(report.venue).next_in_seq:
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    if report.exec_type in FILLS and state.orders.has_exec_id(report.venue, report.exec_id):
        _read_only(batch, report.venue, report.venue_seq, report.exec_id)
        return batch.effects()
    known = state.orders.find(report.cl_ord_id) or state.orders.find(report.orig_cl_ord_id)
    if state.orders.unsaid and known is not None:
        report = as_known(report, known, state.orders.unsaid.values())
    try:
        check_report(report, known)
    except HtsError as refused:
        _refuse(batch, report, str(refused))
        return batch.effects()
    _open_account(batch, report.account)
    list_issue(batch, core.venues.get(report.venue), report.symbol)
    reserved = hold_of(core, known, report)
    try:
        plan = state.plan_report(report, reserved)
    except HtsError as refused:
        _refuse(batch, report, str(refused))
        return batch.effects()
    if _says_nothing_new(core, report, plan):
        # A mass status names the whole day at every logon. Its end is stored; were each line, the journal would grow
        # with the square of the day. After a crash in between the venue sends these again, and they say nothing again.
        core.venues[report.venue].link.reported.add(plan.after.order_id)
        return batch.effects()  # the issue may be listed anew
    apply_plan(batch, report, plan, reserved)
    if plan.before != plan.after:
        on_child(batch, plan.after)
    if state.flattening and not plan.after.is_working:
        continue_flatten(batch, plan.after.account, plan.after.symbol)
    return batch.effects()


def _says_nothing_new(core: Core, report: ExecutionReport, plan: Plan) -> bool:
    """Whether an order status tells exactly what stands here already, the answer to its request included."""
    if report.exec_type is not ExecType.ORDER_STATUS or plan.before != plan.after:
        return False
    state = core.state
    if state.orders.find(report.cl_ord_id) is None:
        return False
    return not report.request_id or state.outcomes.find(report.account, report.request_id) is not None


def apply_plan(  # noqa: PLR0917
    batch: Batch, report: ExecutionReport, plan: Plan, reserved: Notional, copies_to: int = 0, system: str = ""
) -> None:
    """Record a report, and show what it changed. `copies_to`, `system`: it came by the drop copy (ReportReceived)."""
    core, order = batch.core, plan.after
    costs = fill_costs(core, order, plan.fill, report)
    known = frozenset(core.state.fills) if plan.fill is not None and plan.fill.undone is not None else None
    batch.record(
        ReportReceived(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            report=report,
            fee=costs.fee,
            tax=costs.tax,
            reserved=reserved,
            terms=costs.terms,
            copies_to=copies_to,
            system=system,
        )
    )
    if report.exec_type is not ExecType.ORDER_STATUS:
        told = Told(exec_type=report.exec_type, mono_ns=batch.mono_ns, qty=report.last_qty, px=report.last_px)
        core.latency.told(order.order_id, told)
    if report.exec_type is ExecType.NEW and not system:
        core.latency.order_accepted(order.order_id, batch.mono_ns)
        core.venues[report.venue].link.accepted += 1
        _tell_slow(batch, order)
        core.desk.note_ack(order.venue, core.latency.of(order.order_id)[1])
    elif report.exec_type is ExecType.ORDER_STATUS:
        core.venues[report.venue].link.reported.add(order.order_id)
    if plan.before == order:
        return  # an order status that says what we know of the order, under an id that we lost
    batch.touch(order)
    if plan.fill is not None:
        for fill in _new_fills(core, known):
            batch.show_fill(fill, order.currency)
    _tell(batch, plan)
    if system:
        return  # what another system's orders met trips no breaker of ours
    if report.exec_type is ExecType.REJECTED:
        core.venues[report.venue].link.rejected += 1
        note_reject(batch, order)
    if plan.fill is not None or report.exec_type is ExecType.REJECTED:
        trip_breakers(batch, order)


def _new_fills(core: Core, known: frozenset[FillView] | None) -> list[FillView]:
    """What a fill brought to the day's fills: itself, and if it took another back, those that are charged otherwise."""
    fills = core.state.fills
    return [fills[-1]] if known is None else [fill for fill in fills if fill not in known]


def _tell_slow(batch: Batch, order: Order) -> None:
    """An order that took longer than its people want to know about; at most one notice a second."""
    core = batch.core
    slow_us = core.latency.slowest_us(order.order_id)
    bound_ns = core.config.latency_alert_ns
    if bound_ns and slow_us * 1_000 > bound_ns and batch.mono_ns - core.slow_told_ns >= _SLOW_TOLD_EVERY_NS:
        core.slow_told_ns = batch.mono_ns
        batch.notice("latency", f"{order.symbol} {slow_us // 1_000} ms > {bound_ns // 1_000_000} ms")


def _tell(batch: Batch, plan: Plan) -> None:
    """What a person should know about an unusual report."""
    name = f"{plan.after.symbol} {plan.after.order_id}"
    if plan.before is None:
        batch.notice("order_adopted", name)
    elif plan.before.local_cause:
        batch.notice("order_reopened", name)
    if plan.fill is not None and plan.fill.undone is not None:
        batch.notice("fill_corrected" if plan.fill.qty else "fill_busted", name)
    if plan.fill is not None and plan.fill.is_late:
        batch.notice("late_fill", name)
    if plan.fill is not None and plan.fill.is_restated:
        batch.notice("fill_restated", name)


def _refuse(batch: Batch, report: ExecutionReport, why: str) -> None:
    """A report that cannot be: keep our state, say so, and let the venue tell all orders again."""
    _read_only(batch, report.venue, report.venue_seq)
    batch.notice("report_refused", f"{report.symbol} {why}")
    venue = batch.core.venues[report.venue]
    known = batch.core.state.orders.find(report.cl_ord_id)
    if report.exec_type is ExecType.ORDER_STATUS and known is not None:
        venue.link.reported.add(known.order_id)  # the venue has the order, whatever it says of it
    if report.exec_type is not ExecType.ORDER_STATUS and venue.is_up:
        ask_mass_status(batch, venue)


def _read_only(batch: Batch, venue: str, venue_seq: int, exec_id: ExecID = NO_EXEC_ID) -> None:
    """`exec_id` of a trade that was taken back, and that the drop copy had told before."""
    said = exec_id if (venue, exec_id) in batch.core.state.orders.unsaid else NO_EXEC_ID
    batch.record(
        VenueSeqSeen(trade_ns=batch.trade_ns, mono_ns=batch.mono_ns, venue=venue, venue_seq=venue_seq, exec_id=said)
    )


def _open_account(batch: Batch, account: str) -> None:
    """The venue may know orders of an account that we do not: it is kept, with no cash."""
    if batch.core.state.ledger.has_account(account):
        return
    currency = batch.core.config.accounts[0].currency
    batch.record(
        AccountOpened(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            account=account,
            currency=currency,
            cash=Notional(0),
            disconnect_policy=DisconnectPolicy.KEEP,
        )
    )


def hold_of(core: Core, known: Order | None, report: ExecutionReport) -> Notional:
    """Cash to hold for a buy order, or for terms of it, that we hear of first from the venue."""
    if report.side is Side.SELL or report.leaves_qty == 0 or (known is not None and not needs_hold(known, report)):
        return Notional(0)
    issue = core.state.listed.get((report.venue, report.symbol))
    value = Notional((report.px or (issue.upper_px if issue else 0)) * report.order_qty)
    if issue is None:
        return value
    return Notional(needs(core, issue, known or adopted(report, Notional(0)), report.px, report.order_qty))


def on_cancel_reject(core: Core, reject: OrderCancelReject, trade_ns: int, mono_ns: int) -> Effects:
    """OrderCancelReject(9): the order stands as without the request."""
    state = core.state
    if core.is_halted:
        return halted.on_cancel_reject(core, reject)
    if reject.venue_seq < state.day(reject.venue).next_in_seq:
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    order = state.orders.find(reject.cl_ord_id) or state.orders.find(reject.orig_cl_ord_id)
    if order is None:
        _read_only(batch, reject.venue, reject.venue_seq)
        return batch.effects()
    batch.record(ReportReceived(trade_ns=trade_ns, mono_ns=mono_ns, report=reject))
    batch.touch(order)
    trip_breakers(batch, order)
    is_cancel = reject.response_to is CxlRejResponseTo.CANCEL
    if order.is_working or not is_cancel:  # that an order which is over cannot be cancelled is no news
        batch.notice("cancel_refused" if is_cancel else "replace_refused", f"{order.symbol} {reject.reason_code}")
    on_child(batch, core.state.orders.get(order.order_id))
    continue_flatten(batch, order.account, order.symbol, refused=True)
    return batch.effects()


def on_venue_act(core: Core, report: OrderMassCancelReport | KillSwitchNotice, trade_ns: int, mono_ns: int) -> Effects:
    """What the venue did to many orders at once; each of them was reported before. A person is told."""
    if core.is_halted or report.venue_seq < core.state.day(report.venue).next_in_seq:
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    _read_only(batch, report.venue, report.venue_seq)
    name = f"{report.account or 'all'} {report.reason_code or report.count}"
    if report.reason_code:
        batch.notice("venue_act_refused", name)
    elif isinstance(report, KillSwitchNotice):
        batch.notice("venue_kill_on" if report.on else "venue_kill_off", name)
    return batch.effects()
