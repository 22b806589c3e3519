"""KRX requests to UMS messages and UMS messages to reports: names move, nothing is decided."""

from hts.model.reports import (
    AnyReport,
    ExecutionReport,
    KillSwitchNotice,
    MassStatusEnd,
    OrderCancelReject,
    OrderMassCancelReport,
)
from hts.model.requests import (
    AnyRequest,
    KillSwitchRequest,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
)
from hts.model.units import ClOrdID, ExecID, Px, Qty, VenueOrderID
from hts.wire.ums import messages as ums
from hts.wire.ums.events import MessageReceived


def to_message(request: AnyRequest) -> ums.ClientMessage:
    """The message that carries an order request; session requests have none."""
    if isinstance(request, NewOrderSingle):
        return ums.EnterOrder(
            cl_ord_id=request.cl_ord_id,
            request_id=request.request_id,
            account=request.account,
            symbol=request.symbol,
            side=request.side,
            ord_type=request.ord_type,
            time_in_force=request.time_in_force,
            px=request.px,
            qty=request.qty,
            stop_px=request.stop_px,
            display_qty=request.display_qty,
            min_qty=request.min_qty,
            expire_ns=request.expire_ns,
            post_only=request.post_only,
            is_short=request.is_short,
            credit=request.credit,
            loan_date=request.loan_date,
        )
    if isinstance(request, OrderCancelRequest):
        return ums.CancelOrder(
            cl_ord_id=request.cl_ord_id,
            orig_cl_ord_id=request.orig_cl_ord_id,
            request_id=request.request_id,
            account=request.account,
            symbol=request.symbol,
            side=request.side,
        )
    if isinstance(request, OrderCancelReplaceRequest):
        return ums.AmendOrder(
            cl_ord_id=request.cl_ord_id,
            orig_cl_ord_id=request.orig_cl_ord_id,
            request_id=request.request_id,
            account=request.account,
            symbol=request.symbol,
            side=request.side,
            px=request.px,
            qty=request.qty,
        )
    if isinstance(request, OrderMassCancelRequest):
        return ums.MassCancel(cl_ord_id=request.cl_ord_id, account=request.account, symbol=request.symbol)
    if isinstance(request, KillSwitchRequest):
        return ums.KillSwitchRequest(cl_ord_id=request.cl_ord_id, account=request.account, on=request.on)
    assert isinstance(request, OrderMassStatusRequest), request
    return ums.MassStatusRequest(mass_status_req_id=request.mass_status_req_id)


def to_report(event: MessageReceived, venue: str) -> AnyReport | None:
    """The report of a numbered venue message."""
    message = event.message
    if isinstance(message, ums.Execution):
        return _execution_report(message, event, venue)
    if isinstance(message, ums.CancelReject):
        return OrderCancelReject(
            venue=venue,
            venue_seq=event.seq,
            poss_dup=event.poss_dup,
            cl_ord_id=ClOrdID(message.cl_ord_id),
            orig_cl_ord_id=ClOrdID(message.orig_cl_ord_id),
            response_to=message.response_to,
            ord_status=message.ord_status,
            reason_code=message.reason_code,
            transact_ns=message.transact_ns,
        )
    if isinstance(message, ums.MassStatusEnd):
        return MassStatusEnd(
            venue=venue,
            venue_seq=event.seq,
            mass_status_req_id=message.mass_status_req_id,
            count=message.count,
            transact_ns=message.transact_ns,
        )
    return _act_report(message, event.seq, venue)


def _act_report(message: ums.VenueMessage | ums.ClientMessage, seq: int, venue: str) -> AnyReport | None:
    """What is said about many orders at once."""
    if isinstance(message, ums.MassCancelReport):
        return OrderMassCancelReport(
            venue=venue,
            venue_seq=seq,
            cl_ord_id=ClOrdID(message.cl_ord_id),
            account=message.account,
            symbol=message.symbol,
            reason_code=message.reason_code,
            count=message.count,
            transact_ns=message.transact_ns,
        )
    if isinstance(message, ums.KillSwitchNotice):
        return KillSwitchNotice(
            venue=venue,
            venue_seq=seq,
            cl_ord_id=ClOrdID(message.cl_ord_id),
            account=message.account,
            on=message.on,
            reason_code=message.reason_code,
            count=message.count,
            transact_ns=message.transact_ns,
        )
    return None


def _execution_report(message: ums.Execution, event: MessageReceived, venue: str) -> ExecutionReport:
    return ExecutionReport(
        venue=venue,
        venue_seq=event.seq,
        poss_dup=event.poss_dup,
        cl_ord_id=ClOrdID(message.cl_ord_id),
        orig_cl_ord_id=ClOrdID(message.orig_cl_ord_id),
        request_id=message.request_id,
        venue_order_id=VenueOrderID(message.venue_order_id),
        exec_id=ExecID(message.exec_id),
        exec_ref_id=ExecID(message.exec_ref_id),
        exec_type=message.exec_type,
        ord_status=message.ord_status,
        account=message.account,
        symbol=message.symbol,
        side=message.side,
        ord_type=message.ord_type,
        time_in_force=message.time_in_force,
        px=Px(message.px),
        order_qty=Qty(message.order_qty),
        last_px=Px(message.last_px),
        last_qty=Qty(message.last_qty),
        leaves_qty=Qty(message.leaves_qty),
        cum_qty=Qty(message.cum_qty),
        reason_code=message.reason_code,
        transact_ns=message.transact_ns,
        stop_px=Px(message.stop_px),
        display_qty=Qty(message.display_qty),
        min_qty=Qty(message.min_qty),
        expire_ns=message.expire_ns,
        post_only=message.post_only,
        is_short=message.is_short,
        credit=message.credit,
        loan_date=message.loan_date,
        text=message.text,
        last_liquidity_ind=message.last_liquidity_ind,
    )
