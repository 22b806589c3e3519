"""UMS messages to exchange commands, exchange events to UMS messages: names move, nothing is decided."""

from hts.model.enums import ExecType, LastLiquidityInd
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter, KillSwitch, MassCancel, MassStatus
from hts.sim.events import (
    CancelRefused,
    KillSwitchChanged,
    MassCanceled,
    MassStatusEnded,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderRejected,
    OrderRestated,
    OrderStated,
    OrderTraded,
    SimEvent,
    TradeBroken,
    TradeCorrected,
    TradeUndone,
)
from hts.sim.reject_texts import TEXTS
from hts.wire.ums import messages as ums

_EXEC_TYPES: dict[type[OrderEvent], ExecType] = {
    OrderAccepted: ExecType.NEW,
    OrderRejected: ExecType.REJECTED,
    OrderAmended: ExecType.REPLACED,
    OrderCanceled: ExecType.CANCELED,
    OrderExpired: ExecType.EXPIRED,
    OrderTraded: ExecType.TRADE,
    OrderStated: ExecType.ORDER_STATUS,
    OrderRestated: ExecType.RESTATED,
    TradeBroken: ExecType.TRADE_CANCEL,
    TradeCorrected: ExecType.TRADE_CORRECT,
}


def to_command(message: ums.ClientMessage | ums.VenueMessage, member: str, in_seq: int) -> AnyCommand:
    """The command of a member's numbered message."""
    if isinstance(message, ums.EnterOrder):
        return _entered(message, member, in_seq)
    if isinstance(message, ums.CancelOrder):
        return Cancel(
            session=member,
            in_seq=in_seq,
            cl_ord_id=ClOrdID(message.cl_ord_id),
            orig_cl_ord_id=ClOrdID(message.orig_cl_ord_id),
            request_id=message.request_id,
        )
    if isinstance(message, ums.AmendOrder):
        return Amend(
            session=member,
            in_seq=in_seq,
            cl_ord_id=ClOrdID(message.cl_ord_id),
            orig_cl_ord_id=ClOrdID(message.orig_cl_ord_id),
            request_id=message.request_id,
            px=Px(message.px),
            qty=Qty(message.qty),
            stop_px=Px(message.stop_px),
            display_qty=Qty(message.display_qty),
            ord_type=message.ord_type,
        )
    if isinstance(message, ums.MassCancel):
        return MassCancel(
            session=member,
            in_seq=in_seq,
            cl_ord_id=ClOrdID(message.cl_ord_id),
            account=message.account,
            symbol=message.symbol,
        )
    if isinstance(message, ums.KillSwitchRequest):
        return KillSwitch(
            session=member,
            in_seq=in_seq,
            cl_ord_id=ClOrdID(message.cl_ord_id),
            account=message.account,
            on=message.on,
            symbol=message.symbol,
            side=message.side,
            smp_id=message.smp_id,
        )
    assert isinstance(message, ums.MassStatusRequest), message
    return MassStatus(session=member, in_seq=in_seq, mass_status_req_id=message.mass_status_req_id)


def to_message(event: SimEvent) -> ums.VenueMessage | None:
    """The message of a member's own event; public events have none."""
    if isinstance(event, OrderEvent):
        return _execution(event)
    if isinstance(event, CancelRefused):
        return ums.CancelReject(
            cl_ord_id=event.cl_ord_id,
            orig_cl_ord_id=event.orig_cl_ord_id,
            response_to=event.response_to,
            ord_status=event.ord_status,
            reason_code=event.reason.value,
            transact_ns=event.trade_ns,
            request_id=event.request_id,
            text=TEXTS[event.reason],
        )
    if isinstance(event, MassStatusEnded):
        return ums.MassStatusEnd(
            mass_status_req_id=event.mass_status_req_id, count=event.count, transact_ns=event.trade_ns
        )
    if isinstance(event, MassCanceled):
        return ums.MassCancelReport(
            cl_ord_id=event.cl_ord_id,
            account=event.account,
            symbol=event.symbol,
            reason_code=event.reason.value,
            count=event.count,
            transact_ns=event.trade_ns,
        )
    if isinstance(event, KillSwitchChanged):
        return ums.KillSwitchNotice(
            cl_ord_id=event.cl_ord_id,
            account=event.account,
            on=event.on,
            reason_code=event.reason.value,
            count=event.count,
            transact_ns=event.trade_ns,
            symbol=event.symbol,
            side=event.side,
            smp_id=event.smp_id,
        )
    return None


def _execution(event: OrderEvent) -> ums.Execution:
    traded = event if isinstance(event, OrderTraded | TradeUndone) else None
    return ums.Execution(
        cl_ord_id=event.cl_ord_id,
        orig_cl_ord_id=event.orig_cl_ord_id,
        venue_order_id=event.venue_order_id,
        exec_id=traded.exec_id if traded else 0,
        exec_ref_id=event.exec_ref_id if isinstance(event, TradeUndone) else 0,
        exec_type=_EXEC_TYPES[type(event)],
        ord_status=event.ord_status,
        side=event.side,
        ord_type=event.ord_type,
        time_in_force=event.time_in_force,
        reason_code=event.reason.value,
        px=event.px,
        order_qty=event.order_qty,
        last_px=traded.last_px if traded else 0,
        last_qty=traded.last_qty if traded else 0,
        leaves_qty=event.leaves_qty,
        cum_qty=event.cum_qty,
        transact_ns=event.trade_ns,
        request_id=event.request_id,
        account=event.account,
        symbol=event.symbol,
        stop_px=event.stop_px,
        display_qty=event.display_qty,
        min_qty=event.min_qty,
        expire_ns=event.expire_ns,
        post_only=event.post_only,
        is_short=event.is_short,
        text=TEXTS[event.reason],
        credit=event.credit,
        loan_date=event.loan_date,
        last_liquidity_ind=traded.liquidity if traded else LastLiquidityInd.UNKNOWN,
    )


def _entered(message: ums.EnterOrder, member: str, in_seq: int) -> Enter:
    return Enter(
        session=member,
        in_seq=in_seq,
        cl_ord_id=ClOrdID(message.cl_ord_id),
        request_id=message.request_id,
        account=message.account,
        symbol=message.symbol,
        side=message.side,
        ord_type=message.ord_type,
        time_in_force=message.time_in_force,
        px=Px(message.px),
        qty=Qty(message.qty),
        stop_px=Px(message.stop_px),
        display_qty=Qty(message.display_qty),
        min_qty=Qty(message.min_qty),
        expire_ns=message.expire_ns,
        post_only=message.post_only,
        is_short=message.is_short,
        is_hidden=message.is_hidden,
        is_program=message.is_program,
        client_type=message.client_type,
        smp_id=message.smp_id,
        smp_mode=message.smp_mode,
        credit=message.credit,
        loan_date=message.loan_date,
    )
