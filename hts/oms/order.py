"""One order as the core knows it: a frozen value and the functions that make the next value.

Theory of operation. An order is named by its first ClOrdID for ever (`order_id`); each cancel or amend request has a
ClOrdID of its own and waits in `pending` until the venue answers. `leaves_qty + cum_qty == order_qty` holds in every
working state, `leaves_qty == 0` in every terminal one and in a day order that is done for the day; both are asserted
in `_checked`, through which all values pass.

`reserved` is the cash held for the shares that are left (buy orders only). It shrinks in proportion as shares fill,
rounded up, so that it never reaches zero before the last share does.
"""

from msgspec import Struct
from msgspec.structs import replace

from hts.base.errors import HtsError
from hts.model.denials import Denial
from hts.model.enums import ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import LocalCause
from hts.model.records import CancelEntered, IntentDenied, OrderEntered, ReplaceEntered
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.terms import OrderTerms, terms_of
from hts.model.units import ClOrdID, Notional, Px, Qty, VenueOrderID
from hts.oms.order_state import next_status, resting_status, with_pending


class ReportMismatchError(HtsError):
    """A report whose quantities do not follow from the order: a report is missing, or the venue is wrong."""


class Pending(Struct, frozen=True, kw_only=True):
    """A request of ours that the venue has not answered. `px`, `qty`, `reserved` are an amend's new values."""

    cl_ord_id: ClOrdID
    request_id: str
    is_cancel: bool
    px: Px = Px(0)
    qty: Qty = Qty(0)
    leaves_qty: Qty = Qty(0)  # what would be left if it were accepted at once; `reserved` is for these shares
    reserved: Notional = Notional(0)


class Fill(Struct, frozen=True, kw_only=True):
    """Shares that a report adds to an order. `is_restated`: the single fills are unknown, only their sum."""

    px: Px
    qty: Qty
    is_late: bool = False
    is_restated: bool = False


class Order(OrderTerms, frozen=True, kw_only=True):
    """All that is known about one order; see model.views.OrderView for the fields it shares with it."""

    order_id: ClOrdID
    cl_ord_id: ClOrdID  # the latest that the venue accepted
    request_id: str
    venue: str
    venue_order_id: VenueOrderID = VenueOrderID(0)
    account: str
    currency: str = ""
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: Px
    order_qty: Qty
    leaves_qty: Qty
    cum_qty: Qty = Qty(0)
    filled_value: Notional = Notional(0)
    late_qty: Qty = Qty(0)  # filled after the order was over
    ord_status: OrdStatus = OrdStatus.PENDING_NEW
    pending: tuple[Pending, ...] = ()
    reserved: Notional = Notional(0)
    denial: Denial | None = None
    reason_code: int = 0
    text: str = ""
    local_cause: int = 0
    entered_ns: int
    adopted: bool = False

    @property
    def is_working(self) -> bool:
        """Whether a share of it may still trade. A day order that is done for the day has none left."""
        return self.leaves_qty > 0

    @property
    def has_pending_cancel(self) -> bool:
        """Whether a cancel of ours is on its way."""
        return any(request.is_cancel for request in self.pending)

    @property
    def held(self) -> Notional:
        """Cash to hold: enough for the order as it is and as a pending amend would make it."""
        if self.side is Side.SELL or not self.is_working:
            return Notional(0)
        return Notional(max([self.reserved, *(request.reserved for request in self.pending)]))


def entered(record: OrderEntered, currency: str = "") -> Order:
    """A new order on its way to the venue."""
    return _checked(
        Order(
            order_id=record.cl_ord_id,
            cl_ord_id=record.cl_ord_id,
            request_id=record.request_id,
            venue=record.venue,
            account=record.account,
            currency=currency,
            symbol=record.symbol,
            side=record.side,
            ord_type=record.ord_type,
            time_in_force=record.time_in_force,
            px=record.px,
            order_qty=record.qty,
            leaves_qty=record.qty,
            reserved=record.reserved,
            entered_ns=record.trade_ns,
            stop_px=record.stop_px,
            display_qty=record.display_qty,
            min_qty=record.min_qty,
            post_only=record.post_only,
            is_short=record.is_short,
            expire_ns=record.expire_ns,
            credit=record.credit,
            loan_date=record.loan_date,
            strategy=record.strategy,
            user=record.user,
            parent_id=record.parent_id,
        )
    )


def denied(record: IntentDenied, venue: str) -> Order:
    """The row of an order that our own risk refused."""
    assert record.side is not None, record
    assert record.ord_type is not None, record
    assert record.time_in_force is not None, record
    # Not `_checked`: the row shows what was wanted, be it a quantity below zero.
    return Order(
        order_id=record.cl_ord_id,
        cl_ord_id=record.cl_ord_id,
        request_id=record.request_id,
        venue=record.venue or venue,
        account=record.account,
        symbol=record.symbol,
        side=record.side,
        ord_type=record.ord_type,
        time_in_force=record.time_in_force,
        px=record.px,
        order_qty=record.qty,
        leaves_qty=Qty(0),
        ord_status=OrdStatus.DENIED,
        denial=record.denial,
        entered_ns=record.trade_ns,
        **terms_of(record),
    )


def adopted(report: ExecutionReport, reserved: Notional, currency: str = "") -> Order:
    """An order that the venue speaks of and we do not know, before the report is applied to it."""
    return _checked(
        Order(
            order_id=report.orig_cl_ord_id or report.cl_ord_id,
            cl_ord_id=report.cl_ord_id,
            request_id=report.request_id,
            venue=report.venue,
            venue_order_id=report.venue_order_id,
            account=report.account,
            currency=currency,
            symbol=report.symbol,
            side=report.side,
            ord_type=report.ord_type,
            time_in_force=report.time_in_force,
            px=report.px,
            order_qty=report.order_qty,
            leaves_qty=report.order_qty,
            reserved=reserved,
            entered_ns=report.transact_ns,
            adopted=True,
            **terms_of(report),
        )
    )


def request_cancel(order: Order, record: CancelEntered) -> Order:
    """A cancel request is on its way."""
    request = Pending(cl_ord_id=record.cl_ord_id, request_id=record.request_id, is_cancel=True)
    return _requested(order, request, ExecType.PENDING_CANCEL)


def request_replace(order: Order, record: ReplaceEntered) -> Order:
    """An amend request is on its way."""
    request = Pending(
        cl_ord_id=record.cl_ord_id,
        request_id=record.request_id,
        is_cancel=False,
        px=record.px,
        qty=record.qty,
        leaves_qty=Qty(record.qty - order.cum_qty),
        reserved=record.reserved,
    )
    return _requested(order, request, ExecType.PENDING_REPLACE)


def _requested(order: Order, request: Pending, exec_type: ExecType) -> Order:
    status = next_status(order.ord_status, exec_type, order.cum_qty, order.leaves_qty, order.ord_status)
    pending = (*order.pending, request)
    return _checked(replace(order, pending=pending, ord_status=_shown(status, pending)))


def refuse_request(order: Order, reject: OrderCancelReject) -> Order:
    """The venue refused a cancel or amend; the order stands as without it."""
    return forget_request(order, reject.cl_ord_id, reject.ord_status)


def forget_request(order: Order, cl_ord_id: ClOrdID, reported: OrdStatus | None = None) -> Order:
    """A request is no longer on its way; the order stands as without it, `reported` being the venue's word."""
    pending = tuple(request for request in order.pending if request.cl_ord_id != cl_ord_id)
    if not order.is_working:
        return replace(order, pending=pending)
    status = resting_status(accepted=order.venue_order_id != 0, cum_qty=order.cum_qty, reported=reported)
    return _checked(replace(order, pending=pending, ord_status=_shown(status, pending)))


def close(order: Order, cause: LocalCause) -> Order:
    """The core itself ends an order that the venue cannot speak for."""
    assert order.is_working, order
    status = OrdStatus.EXPIRED if cause is LocalCause.VENUE_NEW_DAY else OrdStatus.CANCELED
    return _checked(
        replace(order, ord_status=status, leaves_qty=Qty(0), pending=(), reserved=Notional(0), local_cause=int(cause))
    )


def fill_of(order: Order, report: ExecutionReport) -> Fill | None:
    """The shares that `report` adds to `order`.

    An adopted order, or a restated one, may have filled while nobody told us: the difference is booked in one
    piece, at the price of the report's own fill, else at the order's limit, and flagged.
    """
    is_trade = report.exec_type is ExecType.TRADE
    qty = report.last_qty if is_trade else 0
    unseen = report.cum_qty - order.cum_qty - qty
    may_restate = report.exec_type is ExecType.ORDER_STATUS or (order.adopted and order.cum_qty == 0)
    if may_restate and unseen > 0:
        return Fill(px=report.last_px or report.px, qty=Qty(qty + unseen), is_restated=True)
    if not is_trade:
        return None
    is_late = order.ord_status.is_terminal and order.local_cause == 0
    return Fill(px=report.last_px, qty=report.last_qty, is_late=is_late)


def fill_taken_back(order: Order, report: ExecutionReport, booked: Fill | None) -> Fill | None:
    """The fill that a TRADE_CANCEL or TRADE_CORRECT replaces; None for other reports.

    `booked` is the fill that ExecRefID names, if its book knows it. Without it a cancel tells its own price and
    quantity, and of a correction the quantity follows from CumQty; its price is then the order's average.
    """
    if report.exec_type not in _AFTERWARDS or booked is not None:
        return booked if report.exec_type in _AFTERWARDS else None
    now = report.last_qty if report.exec_type is ExecType.TRADE_CORRECT else 0
    qty = Qty(order.cum_qty + now - report.cum_qty)
    average = Px(order.filled_value // order.cum_qty if order.cum_qty else 0)
    is_told = report.exec_type is ExecType.TRADE_CANCEL and report.last_px
    return Fill(px=report.last_px if is_told else average, qty=qty)


NOTHING = Notional(0)
_AFTERWARDS = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})
_PENDING = frozenset({ExecType.PENDING_NEW, ExecType.PENDING_CANCEL, ExecType.PENDING_REPLACE})
_TAKES_TERMS = frozenset({ExecType.REPLACED, ExecType.RESTATED, ExecType.ORDER_STATUS})


def apply_report(
    order: Order, report: ExecutionReport, reserved_again: Notional = NOTHING, booked: Fill | None = None
) -> Order:
    """The order after the venue's report. Raises IllegalTransitionError or ReportMismatchError.

    An order that the core closed on its own is open to whatever the venue says. `reserved_again` is the cash to hold
    for all its shares where the report needs a hold of its own (`needs_hold`); `booked` see `fill_taken_back`.
    """
    exec_type = report.exec_type
    reopened = order.local_cause != 0
    before = replace(order, reserved=reserved_again, leaves_qty=Qty(0)) if needs_hold(order, report) else order
    fill = fill_of(order, report)
    cum_qty, filled_value = _filled_after(order, report, fill, booked)
    takes_terms = exec_type in _TAKES_TERMS
    order_qty = report.order_qty if takes_terms else order.order_qty
    if cum_qty > order_qty:
        raise ReportMismatchError(f"{report.cl_ord_id}: expected CumQty up to {order_qty}, found {cum_qty}")
    held_status = OrdStatus.PENDING_NEW if reopened else order.ord_status
    status = next_status(held_status, exec_type, cum_qty, order_qty - cum_qty, report.ord_status)
    is_over = status.is_terminal or (status is OrdStatus.DONE_FOR_DAY and report.leaves_qty == 0)
    pending = order.pending
    if pending and (is_over or exec_type is ExecType.REPLACED):
        pending = () if is_over else tuple(p for p in pending if p.cl_ord_id != report.cl_ord_id)
    status = _shown(status, pending)
    leaves_qty = 0 if is_over else order_qty - cum_qty
    # FIX D.2.b: of requests in a row, one may be reported pending with the terms of the one before it.
    if leaves_qty != report.leaves_qty and exec_type is not ExecType.ORDER_STATUS and exec_type not in _PENDING:
        raise ReportMismatchError(f"{report.cl_ord_id}: expected LeavesQty {leaves_qty}, found {report.leaves_qty}")
    return _checked(
        replace(
            order,
            cl_ord_id=report.cl_ord_id if takes_terms and exec_type is not ExecType.RESTATED else order.cl_ord_id,
            venue_order_id=report.venue_order_id or order.venue_order_id,
            request_id=order.request_id or report.request_id,
            px=report.px if takes_terms else order.px,
            order_qty=Qty(order_qty),
            leaves_qty=Qty(leaves_qty),
            cum_qty=Qty(cum_qty),
            filled_value=filled_value,
            late_qty=Qty(order.late_qty + (fill.qty if fill and fill.is_late else 0)),
            ord_status=status,
            pending=pending,
            reserved=_reserved_after(before, report, leaves_qty),
            reason_code=report.reason_code or order.reason_code,
            text=report.text or order.text,
            local_cause=0,
        )
    )


def _filled_after(
    order: Order, report: ExecutionReport, fill: Fill | None, booked: Fill | None
) -> tuple[Qty, Notional]:
    """CumQty and the value of the fills after a report. Raises ReportMismatchError where CumQty says otherwise."""
    cum_qty, value = order.cum_qty, order.filled_value
    if fill is not None:
        cum_qty, value = Qty(cum_qty + fill.qty), Notional(value + fill.px * fill.qty)
    old = fill_taken_back(order, report, booked)
    if old is not None:
        now = report.last_qty if report.exec_type is ExecType.TRADE_CORRECT else Qty(0)
        cum_qty, value = Qty(cum_qty - old.qty + now), Notional(value - old.px * old.qty + report.last_px * now)
        is_other = report.exec_type is ExecType.TRADE_CANCEL and report.last_qty not in (0, old.qty)
        if old.qty < 0 or value < 0 or is_other:
            found = f"{report.last_qty} at {report.last_px} for {old.qty} at {old.px}"
            raise ReportMismatchError(f"{report.cl_ord_id}: expected a fill of this order, found {found}")
    # FIX H.1.b: a split changes the quantity of an order and what was filled of it alike.
    is_split = report.exec_type is ExecType.RESTATED and report.cum_qty * order.order_qty == cum_qty * report.order_qty
    if is_split:
        return report.cum_qty, value
    if cum_qty != report.cum_qty and report.exec_type is not ExecType.ORDER_STATUS:
        raise ReportMismatchError(f"{report.cl_ord_id}: expected CumQty {cum_qty}, found {report.cum_qty}")
    return cum_qty, value


def needs_hold(order: Order, report: ExecutionReport) -> bool:
    """Whether the order's own hold says nothing about it as `report` tells it.

    It was given up with the order, or the venue tells terms that no request of ours asked for: the journal of the
    amend is lost.
    """
    if order.local_cause or (report.exec_type in _AFTERWARDS and not order.is_working):
        return True
    if report.exec_type not in _TAKES_TERMS or (report.px, report.order_qty) == (order.px, order.order_qty):
        return False
    return all(request.cl_ord_id != report.cl_ord_id for request in order.pending)


def _reserved_after(order: Order, report: ExecutionReport, leaves_qty: int) -> Notional:
    """The hold for the shares that are left: an accepted amend brings its own, a fill shrinks it in proportion."""
    if leaves_qty == 0 or order.side is Side.SELL:
        return Notional(0)
    reserved, qty = order.reserved, order.leaves_qty or report.order_qty
    if report.exec_type is ExecType.REPLACED:
        for request in order.pending:
            if request.cl_ord_id == report.cl_ord_id:
                reserved, qty = request.reserved, request.leaves_qty
    if leaves_qty >= qty:
        return reserved
    return Notional(-(-reserved * leaves_qty // qty))


def _shown(status: OrdStatus, pending: tuple[Pending, ...]) -> OrdStatus:
    if not pending:
        return status
    return with_pending(
        status,
        cancel=any(request.is_cancel for request in pending),
        replace=any(not request.is_cancel for request in pending),
    )


def _checked(order: Order) -> Order:
    is_done = order.ord_status is OrdStatus.DONE_FOR_DAY and not order.is_working
    if order.ord_status.is_terminal or is_done:
        assert order.leaves_qty == 0, order
        assert order.cum_qty <= order.order_qty, order
    else:
        assert order.leaves_qty > 0, order
        assert order.leaves_qty + order.cum_qty == order.order_qty, order
    assert order.cum_qty >= 0, order
    assert order.reserved >= 0, order
    return order
