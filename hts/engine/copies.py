"""The venue's drop copy: what other systems do under our accounts, and trades that were taken back.

    of another system   adopted like an order that we forgot: shown, counted in positions, money and limits; where the
                        session may cancel, cancels of ours reach it by this line (hts.engine.behalf), nothing else
    of ours             our own session tells it. Only a trade that was taken back is taken from here, where the session
                        tells it not at all, or later; what the session's sums then lack is kept (hts.oms.unsaid)
    another account     nothing

Both lines may overtake each other. A copy of a day that our session has not begun waits for it; so does a trade taken
back whose fill our session has not told. How far the drop copy was read is journaled with each copy that was taken, and
stays behind one that waits: after a crash it comes again. What is then told for the second time is known by the number
last told of its order, and by ExecIDs.
"""

from msgspec.structs import replace

from hts.base.errors import HtsError
from hts.engine import halted
from hts.engine.cancels import continue_flatten
from hts.engine.core import Batch, Core
from hts.engine.entry import list_issue
from hts.engine.recovery import repeat_behalf
from hts.engine.report_path import FILLS, apply_plan, hold_of
from hts.engine.venue import Venue
from hts.engine.work_path import on_child
from hts.model.effects import Effects
from hts.model.enums import ExecType, OrdStatus
from hts.model.records import CopySessionStarted, ReportReceived
from hts.model.reports import BehalfRefused, CopyDown, CopyUnread, CopyUp, ExecutionReport, ReportCopied
from hts.model.units import ClOrdID, Qty
from hts.model.views import LinkState
from hts.oms.order import Order
from hts.oms.order_report import UNDOES
from hts.oms.sanity import check_report

PARKED_MAX = 100_000
UNDOS_MAX = 1_000


def on_copy_up(core: Core, report: CopyUp, trade_ns: int, mono_ns: int) -> Effects:
    """Logged on; what we missed follows."""
    batch = Batch(core, trade_ns, mono_ns)
    venue = core.venues[report.venue]
    venue.copies.state, venue.copies.was_up = LinkState.UP, True
    venue.copies.may_cancel, venue.copies.must_repeat = report.may_cancel, True
    again = venue.link.cancelled_again
    again -= {order_id for order_id in again if core.state.orders.get(order_id).system}
    day = core.state.copies.get(venue.name)
    if core.is_halted:
        return batch.effects()
    if day is not None and day.epoch == report.epoch:
        repeat_behalf(batch, venue)
        return batch.effects()
    if day is not None and day.trading_date == report.trading_date:
        batch.notice("copies_anew", venue.name)  # what the old numbering told last may be missing
    venue.copies.parked.clear()
    venue.copies.undos.clear()
    venue.copies.since.clear()
    venue.copies.is_full = False
    batch.record(
        CopySessionStarted(
            trade_ns=trade_ns,
            mono_ns=mono_ns,
            venue=venue.name,
            epoch=report.epoch,
            trading_date=report.trading_date,
        )
    )
    repeat_behalf(batch, venue)
    return batch.effects()


def on_copy_down(core: Core, report: CopyDown, trade_ns: int, mono_ns: int) -> Effects:
    """The gateway tries again; until then a person is told by an alert."""
    venue = core.venues[report.venue]
    was_up, venue.copies.state = venue.copies.state is LinkState.UP, LinkState.DOWN
    if not was_up or report.reason in ("session_ended", "closing"):
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    batch.notice("copies_down", f"{venue.name} {report.detail}".strip())
    return batch.effects()


def on_copy_unread(core: Core, report: CopyUnread, trade_ns: int, mono_ns: int) -> Effects:
    """What it told is not known here."""
    batch = Batch(core, trade_ns, mono_ns)
    batch.notice("copy_refused", f"{report.venue} {report.detail}")
    return batch.effects()


def on_copied(core: Core, copied: ReportCopied, trade_ns: int, mono_ns: int) -> Effects:
    """One execution."""
    state, copies = core.state, core.venues[copied.venue].copies
    day = state.copies.get(copied.venue)
    if core.is_halted:
        return () if copied.is_own else halted.on_execution_report(core, copied.report)
    if day is None or copied.report.venue_seq < day.next_in_seq or copies.is_full:
        return ()
    if copies.parked or state.day(copied.venue).trading_date != day.trading_date:
        if len(copies.parked) < PARKED_MAX:
            copies.parked.append(copied)
            return ()
        copies.is_full = True  # nothing behind the first that is left may be taken: all of it comes after a restart
        batch = Batch(core, trade_ns, mono_ns)
        batch.notice("copy_refused", f"{copied.venue}: at most {PARKED_MAX} may wait, the rest comes after a restart")
        return batch.effects()
    return _take(core, copied, trade_ns, mono_ns)


def on_behalf_refused(core: Core, refused: BehalfRefused, trade_ns: int, mono_ns: int) -> Effects:
    """The venue did not cancel another system's order; it stands as without the request."""
    state, reject = core.state, refused.reject
    if core.is_halted:
        return halted.on_cancel_reject(core, reject)
    day, order = state.copies.get(refused.venue), state.orders.find(reject.cl_ord_id)
    if day is None or reject.venue_seq < day.next_in_seq or order is None:
        return ()
    batch, venue = Batch(core, trade_ns, mono_ns), core.venues[refused.venue]
    is_asked = any(request.cl_ord_id == reject.cl_ord_id for request in order.pending)  # else it is told once more
    # What stands before it and could not be taken yet has to come again after a crash.
    leaves_some = bool(venue.copies.parked) or venue.copies.is_full
    read_to = day.next_in_seq if leaves_some else _read_to(venue, day.next_in_seq, reject.venue_seq)
    batch.record(ReportReceived(trade_ns=trade_ns, mono_ns=mono_ns, report=reject, copies_to=read_to))
    batch.touch(order)
    if order.is_working and is_asked:  # that an order which is over cannot be cancelled is no news
        batch.notice("cancel_refused", f"{order.symbol} {reject.reason_code}")
    continue_flatten(batch, order.account, order.symbol, refused=is_asked)
    return batch.effects()


def take_waiting(core: Core, venue: str, trade_ns: int, mono_ns: int) -> Effects:
    """Our session has told something: what waited for it may be taken now."""
    found, copies = core.venues.get(venue), core.state.copies.get(venue)
    if found is None or copies is None or core.is_halted:
        return ()
    effects: list[Effects] = []
    if found.copies.parked and core.state.day(venue).trading_date == copies.trading_date:
        parked, found.copies.parked = found.copies.parked, []
        effects += [_take(core, one, trade_ns, mono_ns) for one in parked]
    for exec_id, one in list(found.copies.undos.items()):
        del found.copies.undos[exec_id]  # one by one: those that go on waiting hold back how far we have read
        effects.append(_take(core, one, trade_ns, mono_ns))
        if exec_id not in found.copies.undos:
            found.copies.since.pop(exec_id, None)
    return tuple(effect for some in effects for effect in some)


def _take(core: Core, copied: ReportCopied, trade_ns: int, mono_ns: int) -> Effects:
    batch = Batch(core, trade_ns, mono_ns)
    if copied.is_own and copied.report.exec_type in UNDOES:
        _own_undo(batch, copied)
    elif not copied.is_own and core.state.ledger.has_account(copied.report.account):
        _foreign(batch, copied)
    return batch.effects()


def _foreign(batch: Batch, copied: ReportCopied) -> None:
    """An order of another system: the drop copy tells all of it, in its order."""
    core, report = batch.core, replace(copied.report, request_id="")
    state = core.state
    known = state.orders.find(report.cl_ord_id) or state.orders.find(report.orig_cl_ord_id)
    if known is not None and report.venue_seq <= state.copies[copied.venue].told.get(known.order_id, 0):
        return
    if report.exec_type in FILLS and state.orders.has_exec_id(copied.venue, report.exec_id):
        return  # told again under numbers that began anew within the day
    _apply(batch, core.venues[copied.venue], report, known, copied.system)


def _own_undo(batch: Batch, copied: ReportCopied) -> None:
    """A trade of ours was broken or corrected."""
    core, report = batch.core, copied.report
    orders = core.state.orders
    if orders.has_exec_id(copied.venue, report.exec_id):
        return  # our session was faster, or it is an old one
    if not report.exec_ref_id and report.exec_type is ExecType.TRADE_CANCEL:
        report = _of_like_fill(core, report)
    booked = orders.booked(copied.venue, report.exec_ref_id)
    if booked is None and copied.corrected_id:
        booked = orders.booked(copied.venue, copied.corrected_id)
        report = replace(report, exec_ref_id=copied.corrected_id)
    order = orders.find(booked.order_id) if booked is not None else None
    if booked is None or order is None:
        _let_wait(batch, copied)
        return
    now = int(report.last_qty) if report.exec_type is ExecType.TRADE_CORRECT else 0
    gone = int(booked.qty) - now
    undone = _as_ours(report, order, cum_qty=int(order.cum_qty) - gone, order_qty=int(order.order_qty))
    venue = core.venues[copied.venue]
    if not _apply(batch, venue, undone, order):
        return
    after = orders.get(order.order_id)
    if gone and after.is_working:  # the shares do not come back to the book
        smaller = _as_ours(report, after, cum_qty=int(after.cum_qty), order_qty=int(after.order_qty) - gone)
        _apply(batch, venue, replace(smaller, exec_type=ExecType.RESTATED, last_qty=Qty(0), exec_ref_id=0), after)


def _of_like_fill(core: Core, report: ExecutionReport) -> ExecutionReport:
    """A break that names no fill is of one that is like it; of several of the oldest,
    which gives back what it was charged itself.
    """
    order = core.state.orders.find(report.cl_ord_id) or core.state.orders.find(report.orig_cl_ord_id)
    if order is None:
        return report
    exec_id = core.state.orders.booked_like(order.order_id, report.last_px, report.last_qty)
    return replace(report, exec_ref_id=exec_id or 0)


def _let_wait(batch: Batch, copied: ReportCopied) -> None:
    """The fill may be on its way; one that does not come is an alert, which a person ends (hts.engine.alerting)."""
    copies, exec_id = batch.core.venues[copied.venue].copies, copied.report.exec_id
    if exec_id not in copies.since and len(copies.since) >= UNDOS_MAX:
        copies.is_full = True
        batch.notice("copy_refused", f"{copied.venue}: at most {UNDOS_MAX} may wait, the rest comes after a restart")
        return
    copies.undos[exec_id] = copied
    copies.since.setdefault(exec_id, batch.mono_ns)


def _as_ours(report: ExecutionReport, order: Order, *, cum_qty: int, order_qty: int) -> ExecutionReport:
    """What the copy tells of our order, in the order's own terms: our session may be ahead of the copy, or behind."""
    leaves_qty = order_qty - cum_qty if order.is_working else 0
    status = OrdStatus.PARTIALLY_FILLED if cum_qty else OrdStatus.NEW
    return replace(
        report,
        cl_ord_id=order.cl_ord_id,
        orig_cl_ord_id=ClOrdID(0),
        request_id="",
        venue_order_id=order.venue_order_id,
        account=order.account,  # the venue may know another name of it
        symbol=order.symbol,
        side=order.side,
        ord_type=order.ord_type,
        time_in_force=order.time_in_force,
        ord_status=status if order.is_working else OrdStatus.CANCELED,
        px=order.px,
        order_qty=Qty(order_qty),
        cum_qty=Qty(cum_qty),
        leaves_qty=Qty(leaves_qty),
    )


def _apply(batch: Batch, venue: Venue, report: ExecutionReport, known: Order | None, system: str = "") -> bool:
    """Record it, and show what it changed; False for what cannot be."""
    core, state = batch.core, batch.core.state
    try:
        check_report(report, known)
        list_issue(batch, venue, report.symbol)
        reserved = hold_of(core, known, report)
        plan = state.plan_report(report, reserved, system)
    except HtsError as refused:
        batch.notice("copy_refused", f"{venue.name} {report.symbol} {refused}")
        return False
    apply_plan(
        batch, report, plan, reserved, _read_to(venue, state.copies[venue.name].next_in_seq, report.venue_seq), system
    )
    if plan.before != plan.after:
        on_child(batch, plan.after)
    if system and state.flattening and not plan.after.is_working:
        continue_flatten(batch, plan.after.account, plan.after.symbol)
    return True


def _read_to(venue: Venue, next_in_seq: int, venue_seq: int) -> int:
    """Where to go on after a crash: behind this copy, unless an older one still waits."""
    waiting = [one.report.venue_seq for one in venue.copies.undos.values()]
    return max(min([venue_seq + 1, *waiting]), next_in_seq)
