"""What a venue's report makes of an order: its shares, its state, the cash to hold for it. Pure functions on values."""

from msgspec.structs import replace

from hts.model.causes import Cause
from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.reports import ExecutionReport
from hts.model.units import NO_ID, Notional, Px, Qty
from hts.oms.cause import cause_of_report
from hts.oms.order import Booked, Fill, Order, ReportMismatchError, checked, shown
from hts.oms.order_state import next_pause, next_status, undone_status


def fill_of(order: Order, report: ExecutionReport, undone: Booked | None = None) -> Fill | None:
    """What `report` does to the shares of `order`. `undone` is the fill that its ExecRefID names.

    An adopted order, or a restated one, may have filled while nobody told us: the difference is booked in one
    piece, and flagged: at the price of the report's own fill, else at what the shares came to by the sums, to the
    nearest step, else at the order's limit.
    """
    if report.exec_type in UNDOES:
        now = report.last_qty if report.exec_type is ExecType.TRADE_CORRECT else Qty(0)
        return Fill(px=report.last_px, qty=now, undone=_undone(order, report, now, undone))
    is_trade = report.exec_type is ExecType.TRADE
    qty = report.last_qty if is_trade else 0
    unseen = report.cum_qty - order.cum_qty - qty
    may_restate = report.exec_type is ExecType.ORDER_STATUS or (order.adopted and order.cum_qty == 0)
    if may_restate and unseen > 0:
        px = report.last_px or _px_by_sums(order, report, unseen) or report.px
        return Fill(px=px, qty=Qty(qty + unseen), is_restated=True)
    if not is_trade:
        return None
    is_late = order.ord_status.is_terminal and order.local_cause == 0
    return Fill(px=report.last_px, qty=report.last_qty, is_late=is_late)


def _px_by_sums(order: Order, report: ExecutionReport, unseen: int) -> Px:
    """What the shares that nobody told of came to, each; 0 where the sums say nothing of it."""
    value = report.cum_value - order.filled_value
    return Px((2 * value + unseen) // (2 * unseen)) if report.cum_value and value > 0 else Px(0)


def _undone(order: Order, report: ExecutionReport, now: int, booked: Booked | None) -> Booked:
    """The fill that a bust takes back or a correction replaces. Raises ReportMismatchError where there is none such.

    Where its book is lost (`booked` is None), its quantity follows from CumQty, and a bust tells its own price; a
    correction does not, and it is then the order's average.
    """
    if booked is None:
        average = Px(order.filled_value // order.cum_qty if order.cum_qty else 0)
        is_told = report.exec_type is ExecType.TRADE_CANCEL and report.last_px
        booked = Booked(px=report.last_px if is_told else average, qty=Qty(order.cum_qty + now - report.cum_qty))
    is_other = report.exec_type is ExecType.TRADE_CANCEL and report.last_qty not in (0, booked.qty)
    if booked.order_id not in (NO_ID, order.order_id) or booked.qty <= 0 or is_other:
        found = f"{report.last_qty} at {report.last_px} for {booked.qty} at {booked.px}"
        raise ReportMismatchError(f"{report.cl_ord_id}: expected a fill of this order, found {found}")
    return booked


NOTHING = Notional(0)
UNDOES = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})
_ANY_LEAVES = frozenset(
    {ExecType.ORDER_STATUS, ExecType.PENDING_NEW, ExecType.PENDING_CANCEL, ExecType.PENDING_REPLACE}
)
"""Reports whose LeavesQty proves nothing. FIX D.2.b: of requests in a row, one may be reported pending with the terms
of the one before it.
"""
_TAKES_TERMS = frozenset({ExecType.REPLACED, ExecType.RESTATED, ExecType.ORDER_STATUS})


def apply_report(
    order: Order, report: ExecutionReport, reserved_again: Notional = NOTHING, undone: Booked | None = None
) -> Order:
    """The order after the venue's report. Raises IllegalTransitionError or ReportMismatchError.

    An order that the core closed on its own is open to whatever the venue says. `reserved_again` is the cash to hold
    for all its shares where the report needs a hold of its own (`needs_hold`).
    """
    exec_type = report.exec_type
    tells = exec_type is ExecType.ORDER_STATUS  # what it tells of may be known: then nothing caused a change
    reopened = order.local_cause != 0
    again = needs_hold(order, report)
    fill = fill_of(order, report, undone)
    cum_qty = _cum_qty_after(order, report, fill)
    takes_terms = exec_type in _TAKES_TERMS
    order_qty = report.order_qty if takes_terms else order.order_qty
    if cum_qty > order_qty:
        raise ReportMismatchError(f"{report.cl_ord_id}: expected CumQty up to {order_qty}, found {cum_qty}")
    held_status = OrdStatus.PENDING_NEW if reopened else order.ord_status
    left = order_qty - cum_qty
    if exec_type in UNDOES and report.leaves_qty == 0:
        left = 0  # the venue does not open the order again
    status = next_status(held_status, exec_type, cum_qty, left, report.ord_status)
    if exec_type in UNDOES:
        status = undone_status(status, cum_qty, order_qty)
    pause = next_pause(order.pause, exec_type, report.ord_status)
    is_over = status.is_terminal or (status is OrdStatus.DONE_FOR_DAY and report.leaves_qty == 0)
    pending = order.pending
    if pending and (is_over or exec_type is ExecType.REPLACED):
        pending = () if is_over else tuple(p for p in pending if p.cl_ord_id != report.cl_ord_id)
    status = shown(status, pending)
    leaves_qty = 0 if is_over else order_qty - cum_qty
    if leaves_qty != report.leaves_qty and exec_type not in _ANY_LEAVES:
        raise ReportMismatchError(f"{report.cl_ord_id}: expected LeavesQty {leaves_qty}, found {report.leaves_qty}")
    hold, hold_qty = (reserved_again, report.order_qty) if again else _hold_of(order, report)
    after = checked(
        replace(
            order,
            cl_ord_id=report.cl_ord_id if takes_terms and exec_type is not ExecType.RESTATED else order.cl_ord_id,
            venue_order_id=report.venue_order_id or order.venue_order_id,
            request_id=order.request_id or report.request_id,
            px=report.px if takes_terms else order.px,
            order_qty=Qty(order_qty),
            leaves_qty=Qty(leaves_qty),
            cum_qty=Qty(cum_qty),
            filled_value=Notional(order.filled_value + (fill.value_change if fill else 0)),
            late_qty=Qty(min(cum_qty, order.late_qty + (fill.qty if fill and fill.is_late else 0))),
            ord_status=status,
            pause=None if status.is_terminal else pause,
            cause=order.cause if tells else cause_of_report(report, asked=order.has_pending_cancel),
            pending=pending,
            reserved=_part(hold, hold_qty, leaves_qty) if order.side is Side.BUY else Notional(0),
            hold=hold if leaves_qty else Notional(0),
            hold_qty=hold_qty if leaves_qty else Qty(0),
            reason_code=report.reason_code or order.reason_code,
            text=report.text or order.text,
            local_cause=0,
        )
    )
    if tells and after != order:
        return replace(after, cause=Cause.STATUS_TOLD)
    return after


def _cum_qty_after(order: Order, report: ExecutionReport, fill: Fill | None) -> Qty:
    """CumQty after a report. Raises ReportMismatchError where the report says otherwise."""
    cum_qty = order.cum_qty + (fill.qty_change if fill else 0)
    # FIX H.1.b: a split changes the quantity of an order and what was filled of it alike.
    is_split = report.exec_type is ExecType.RESTATED and report.cum_qty * order.order_qty == cum_qty * report.order_qty
    if is_split or cum_qty == report.cum_qty or report.exec_type is ExecType.ORDER_STATUS:
        return report.cum_qty if is_split else Qty(cum_qty)
    raise ReportMismatchError(f"{report.cl_ord_id}: expected CumQty {cum_qty}, found {report.cum_qty}")


def needs_hold(order: Order, report: ExecutionReport) -> bool:
    """Whether the order's own hold says nothing about it as `report` tells it.

    It was given up with the order, which a bust or another day opens again, or the venue tells terms that no request of
    ours asked for: the journal of the amend is lost.
    """
    if order.local_cause or (report.leaves_qty and not order.is_working):
        return True
    if report.exec_type in UNDOES:
        return report.leaves_qty > order.leaves_qty  # shares work again
    if report.exec_type not in _TAKES_TERMS or (report.px, report.order_qty) == (order.px, order.order_qty):
        return False
    return all(request.cl_ord_id != report.cl_ord_id for request in order.pending)


def _hold_of(order: Order, report: ExecutionReport) -> tuple[Notional, Qty]:
    """The cash that was set aside and for how many shares: by an accepted amend, else as before."""
    if report.exec_type is ExecType.REPLACED:
        for request in order.pending:
            if request.cl_ord_id == report.cl_ord_id:
                return request.reserved, request.leaves_qty
    return (order.hold, order.hold_qty) if order.hold_qty else (order.reserved, order.leaves_qty)


def _part(hold: Notional, qty: Qty, leaves_qty: int) -> Notional:
    """What the shares that are left need of it, rounded up."""
    return hold if leaves_qty >= qty else Notional(-(-hold * leaves_qty // qty))
