"""One order as the core knows it: a frozen value and the functions that make the next value.

Theory of operation. An order is named by its first ClOrdID for ever (`order_id`); each cancel or amend request has a
ClOrdID of its own and waits in `pending` until the venue answers. `leaves_qty + cum_qty == order_qty` holds in every
working state, `leaves_qty == 0` in every terminal one and in a day order that is done for the day; both are asserted
in `checked`, through which all values pass.

`reserved` is the cash held for the shares that are left (buy orders only): their part of `hold`, which was set for
`hold_qty` shares, rounded up once: it never reaches zero before the last share does, and is no unit more a fill.
"""

from msgspec import Struct
from msgspec.structs import replace

from hts.base.errors import HtsError
from hts.model.causes import Cause
from hts.model.denials import Denial
from hts.model.enums import ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import LocalCause
from hts.model.records import CancelEntered, IntentDenied, OrderEntered, ReplaceEntered
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.terms import OrderTerms, terms_of
from hts.model.units import NO_ID, ClOrdID, Notional, Px, Qty, VenueOrderID
from hts.oms.order_state import PAUSES, next_status, resting_status, with_pending


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


class Booked(Struct, frozen=True, kw_only=True):
    """A fill as it was booked under its ExecID; what a bust has taken back has quantity 0.

    `fee`, `tax`: what it was charged, where that is known.
    """

    order_id: ClOrdID = NO_ID
    px: Px
    qty: Qty
    fee: Notional | None = None
    tax: Notional = Notional(0)


class Fill(Struct, frozen=True, kw_only=True):
    """What a report does to an order's shares. `is_restated`: the single fills are unknown, only their sum.

    `undone` is the fill that a bust takes back or a correction replaces; a bust brings no shares of its own.
    """

    px: Px
    qty: Qty
    is_late: bool = False
    is_restated: bool = False
    undone: Booked | None = None

    @property
    def qty_change(self) -> int:
        """Shares more, or fewer, than before."""
        return self.qty - (self.undone.qty if self.undone else 0)

    @property
    def value_change(self) -> int:
        """Value of these shares."""
        return self.px * self.qty - (self.undone.px * self.undone.qty if self.undone else 0)


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
    pause: OrdStatus | None = None  # STOPPED, SUSPENDED or DONE_FOR_DAY while the venue holds it so
    cause: Cause = Cause.ENTERED  # what changed it last
    pending: tuple[Pending, ...] = ()
    reserved: Notional = Notional(0)
    hold: Notional = Notional(0)
    hold_qty: Qty = Qty(0)  # 0: `reserved` is what was set, for what is left
    denial: Denial | None = None
    reason_code: int = 0
    text: str = ""
    local_cause: int = 0
    entered_ns: int
    adopted: bool = False
    system: str = ""  # that entered it, where that was not us: the session's name in the drop copy

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
    return checked(
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
            **terms_of(record),
        )
    )


def denied(record: IntentDenied, venue: str) -> Order:
    """The row of an order that our own risk refused."""
    assert record.side is not None, record
    assert record.ord_type is not None, record
    assert record.time_in_force is not None, record
    # Not `checked`: the row shows what was wanted, be it a quantity below zero.
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
        cause=Cause.DENIED,
        denial=record.denial,
        entered_ns=record.trade_ns,
        **terms_of(record),
    )


def adopted(report: ExecutionReport, reserved: Notional, currency: str = "", system: str = "") -> Order:
    """An order that the venue speaks of and we do not know, before the report is applied to it.

    `system`: another one that entered it.
    """
    return checked(
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
            system=system,
            **terms_of(report),
        )
    )


def request_cancel(order: Order, record: CancelEntered) -> Order:
    """A cancel request is on its way."""
    request = Pending(cl_ord_id=record.cl_ord_id, request_id=record.request_id, is_cancel=True)
    cause = Cause.CANCEL_ASKED if record.request_id or record.user else Cause.CANCEL_ASKED_BY_CORE
    return _requested(order, request, ExecType.PENDING_CANCEL, cause)


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
    return _requested(order, request, ExecType.PENDING_REPLACE, Cause.REPLACE_ASKED)


def _requested(order: Order, request: Pending, exec_type: ExecType, cause: Cause) -> Order:
    status = next_status(order.ord_status, exec_type, order.cum_qty, order.leaves_qty, order.ord_status)
    pending = (*order.pending, request)
    return checked(replace(order, pending=pending, ord_status=shown(status, pending), cause=cause))


def refuse_request(order: Order, reject: OrderCancelReject) -> Order:
    """The venue refused a cancel or amend; the order stands as without it."""
    pause = reject.ord_status if reject.ord_status in PAUSES else order.pause
    return forget_request(replace(order, pause=pause), reject.cl_ord_id, Cause.REQUEST_REFUSED)


def forget_request(order: Order, cl_ord_id: ClOrdID, cause: Cause = Cause.REQUEST_LOST) -> Order:
    """A request is no longer on its way; the order stands as without it."""
    pending = tuple(request for request in order.pending if request.cl_ord_id != cl_ord_id)
    if not order.is_working:
        return replace(order, pending=pending)
    status = resting_status(accepted=order.venue_order_id != 0, cum_qty=order.cum_qty, pause=order.pause)
    return checked(replace(order, pending=pending, ord_status=shown(status, pending), cause=cause))


def close(order: Order, cause: LocalCause) -> Order:
    """The core itself ends an order that the venue cannot speak for."""
    assert order.is_working, order
    status = OrdStatus.EXPIRED if cause is LocalCause.VENUE_NEW_DAY else OrdStatus.CANCELED
    return checked(
        replace(
            order,
            ord_status=status,
            cause=Cause.CLOSED_BY_CORE,
            leaves_qty=Qty(0),
            pending=(),
            reserved=Notional(0),
            hold=Notional(0),
            hold_qty=Qty(0),
            local_cause=int(cause),
        )
    )


def shown(status: OrdStatus, pending: tuple[Pending, ...]) -> OrdStatus:
    if not pending:
        return status
    return with_pending(
        status,
        cancel=any(request.is_cancel for request in pending),
        replace=any(not request.is_cancel for request in pending),
    )


def checked(order: Order) -> Order:
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
