"""Order messages of FIX 4.4 and 5.0 SP2 <-> values of hts.model.

NewOrderSingle(D), OrderCancelRequest(F), OrderCancelReplaceRequest(G), OrderStatusRequest(H),
OrderMassCancelRequest(q), OrderMassStatusRequest(AF), ExecutionReport(8), OrderCancelReject(9).

Our own, within what FIX leaves to the parties: the request id of a terminal travels in SecondaryClOrdID(526); the
account of a mass cancel, which FIX 4.4 has no field for, in SenderSubID(50); the exact Reason of the model as its name
in Text(58), beside the nearest OrdRejReason(103) or CxlRejReason(102).
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, TypeVar

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.reports import AnyReport, ExecutionReport, MassStatusEnd, OrderCancelReject
from hts.model.requests import (
    AnyRequest,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
)
from hts.model.units import ClOrdID, ExecID, Px, Qty, VenueOrderID
from hts.wire.fix.application import Application, Body, fields, need, read_id, read_qty, read_time, time
from hts.wire.fix.codec import FixMessage

SENDER_SUB_ID: Final = 50
MASS_CANCEL_SECURITY: Final = "1"
MASS_ALL: Final = "7"
OTHER: Final = 99

ORD_REJ_REASONS: Final = {
    Reason.UNKNOWN_SYMBOL: 1,
    Reason.PHASE_CLOSED: 2,
    Reason.HALTED: 2,
    Reason.PRICE_LIMIT: 3,
    Reason.TOO_LATE: 4,
    Reason.UNKNOWN_ORDER: 5,
    Reason.DUPLICATE_CL_ORD_ID: 6,
    Reason.TYPE_NOT_ALLOWED: 11,
    Reason.BAD_QTY: 13,
    Reason.BAD_LOT: 13,
    Reason.UNKNOWN_ACCOUNT: 15,
}
CXL_REJ_REASONS: Final = {Reason.TOO_LATE: 0, Reason.UNKNOWN_ORDER: 1, Reason.DUPLICATE_CL_ORD_ID: 6}

E_ = TypeVar("E_", bound=Enum)


class OrderMessages(Application):
    """Builders and readers of one version."""

    def request(self, request: AnyRequest, trade_ns: int) -> Body:
        """A request of the model. Raises LocalProtocolError for one that FIX's session layer does itself."""
        build = _BUILDERS.get(type(request))
        if build is None:
            raise LocalProtocolError(f"an order request expected, found {type(request).__name__}")
        return build(self, request, trade_ns)

    def status_request(self, cl_ord_id: int, account: str, symbol: str, side: Side) -> Body:
        """OrderStatusRequest(H) of one order."""
        pairs = [(11, cl_ord_id), (1, account), (55, symbol), (54, side.value)]
        return Body(msg_type="H", fields=tuple(fields(pairs)))

    def read_request(self, message: FixMessage) -> AnyRequest:
        """The request in a message. Raises RemoteProtocolError."""
        read = _READERS.get(message.msg_type)
        if read is None:
            raise RemoteProtocolError(f"a request of an order expected, found MsgType(35) {message.msg_type}")
        return read(self, message)

    def report(self, report: AnyReport, avg_px: int = 0) -> Body:
        """A report of the model; `avg_px` is AvgPx(6) in the price's unit, which the model does not carry."""
        if isinstance(report, ExecutionReport):
            return self._execution(report, avg_px)
        if isinstance(report, OrderCancelReject):
            return self._cancel_reject(report)
        if isinstance(report, MassStatusEnd):
            return self._mass_status_end(report)
        raise LocalProtocolError(f"a report of an order expected, found {type(report).__name__}")

    def read_report(self, message: FixMessage, venue: str) -> AnyReport:
        """The report in a message. Raises RemoteProtocolError."""
        seq, poss_dup = message.integer(34), message.is_set(43)
        if message.msg_type == "9":
            return OrderCancelReject(
                venue=venue,
                venue_seq=seq,
                poss_dup=poss_dup,
                cl_ord_id=ClOrdID(read_id(message, 11)),
                orig_cl_ord_id=ClOrdID(read_id(message, 41)),
                response_to=code(CxlRejResponseTo, message, 434),
                ord_status=code(OrdStatus, message, 39),
                reason_code=_reason(message),
                transact_ns=read_time(message, 60),
            )
        if message.msg_type != "8":
            raise RemoteProtocolError(f"a report of an order expected, found MsgType(35) {message.msg_type}")
        if message.is_set(912) and message.get(37) == b"0":
            return MassStatusEnd(
                venue=venue,
                venue_seq=seq,
                mass_status_req_id=read_id(message, 584),
                count=message.integer(911),
                transact_ns=read_time(message, 60),
            )
        return self._read_execution(message, venue, seq, poss_dup=poss_dup)

    def _read_execution(self, message: FixMessage, venue: str, seq: int, *, poss_dup: bool) -> ExecutionReport:
        symbol = need(message, 55)
        return ExecutionReport(
            venue=venue,
            venue_seq=seq,
            poss_dup=poss_dup,
            cl_ord_id=ClOrdID(read_id(message, 11)),
            orig_cl_ord_id=ClOrdID(read_id(message, 41)),
            request_id=message.text(526),
            venue_order_id=VenueOrderID(read_id(message, 37)),
            exec_id=ExecID(read_id(message, 17)),
            exec_type=code(ExecType, message, 150),
            ord_status=code(OrdStatus, message, 39),
            account=message.text(1),
            symbol=symbol,
            side=code(Side, message, 54),
            ord_type=code(OrdType, message, 40),
            time_in_force=code(TimeInForce, message, 59) if 59 in message else TimeInForce.DAY,
            px=Px(self.read_px(message, 44, symbol)),
            order_qty=Qty(read_qty(message, 38)),
            last_px=Px(self.read_px(message, 31, symbol)),
            last_qty=Qty(read_qty(message, 32)),
            leaves_qty=Qty(read_qty(message, 151)),
            cum_qty=Qty(read_qty(message, 14)),
            reason_code=_reason(message),
            transact_ns=read_time(message, 60),
        )

    def _execution(self, report: ExecutionReport, avg_px: int) -> Body:
        symbol = report.symbol
        is_limit = report.ord_type is OrdType.LIMIT
        is_trade = report.last_qty > 0
        is_rejected = report.exec_type is ExecType.REJECTED
        return _body(
            "8",
            (37, report.venue_order_id),
            (11, report.cl_ord_id),
            (41, report.orig_cl_ord_id or None),
            (526, report.request_id),
            (17, report.exec_id),
            (150, report.exec_type.value),
            (39, report.ord_status.value),
            (103, _nearest(ORD_REJ_REASONS, report.reason_code) if is_rejected else None),
            (1, report.account),
            (55, symbol),
            (54, report.side.value),
            (38, report.order_qty),
            (40, report.ord_type.value),
            (44, self.px(symbol, report.px) if is_limit else None),
            (59, report.time_in_force.value),
            (32, report.last_qty if is_trade else None),
            (31, self.px(symbol, report.last_px) if is_trade else None),
            (151, report.leaves_qty),
            (14, report.cum_qty),
            (6, self.px(symbol, avg_px)),
            (60, time(report.transact_ns)),
            (58, _name(report.reason_code)),
        )

    def _cancel_reject(self, report: OrderCancelReject) -> Body:
        return _body(
            "9",
            (37, "NONE"),
            (11, report.cl_ord_id),
            (41, report.orig_cl_ord_id),
            (39, report.ord_status.value),
            (60, time(report.transact_ns)),
            (434, report.response_to.value),
            (102, _nearest(CXL_REJ_REASONS, report.reason_code)),
            (58, _name(report.reason_code)),
        )

    def _mass_status_end(self, report: MassStatusEnd) -> Body:
        """The last report of a mass status, without an order: OrderID(37) 0, LastRptRequested(912)."""
        return _body(
            "8",
            (37, 0),
            (584, report.mass_status_req_id),
            (911, report.count),
            (912, True),
            (17, 0),
            (150, ExecType.ORDER_STATUS.value),
            (39, OrdStatus.REJECTED.value),
            (55, "[N/A]"),
            (54, Side.BUY.value),
            (38, 0),
            (151, 0),
            (14, 0),
            (6, 0),
            (60, time(report.transact_ns)),
        )

    def new_order(self, request: NewOrderSingle, trade_ns: int) -> Body:
        """NewOrderSingle(D)."""
        is_limit = request.ord_type is OrdType.LIMIT
        return _body(
            "D",
            (11, request.cl_ord_id),
            (526, request.request_id),
            (1, request.account),
            (55, request.symbol),
            (54, request.side.value),
            (60, time(trade_ns)),
            (38, request.qty),
            (40, request.ord_type.value),
            (44, self.px(request.symbol, request.px) if is_limit else None),
            (59, request.time_in_force.value),
        )

    def cancel(self, request: OrderCancelRequest, trade_ns: int) -> Body:
        """OrderCancelRequest(F)."""
        return _body("F", *_named(request), (60, time(trade_ns)))

    def replace(self, request: OrderCancelReplaceRequest, trade_ns: int) -> Body:
        """OrderCancelReplaceRequest(G)."""
        px = self.px(request.symbol, request.px)
        limit = OrdType.LIMIT.value
        return _body("G", *_named(request), (60, time(trade_ns)), (38, request.qty), (40, limit), (44, px))

    def mass_cancel(self, request: OrderMassCancelRequest, trade_ns: int) -> Body:
        """OrderMassCancelRequest(q)."""
        kind = MASS_CANCEL_SECURITY if request.symbol else MASS_ALL
        found = _body("q", (11, request.cl_ord_id), (530, kind), (55, request.symbol), (60, time(trade_ns)))
        return Body(msg_type="q", fields=found.fields, header=((SENDER_SUB_ID, request.account.encode()),))

    def mass_status(self, request: OrderMassStatusRequest, _trade_ns: int) -> Body:
        """OrderMassStatusRequest(AF): all orders."""
        return _body("AF", (584, request.mass_status_req_id), (585, MASS_ALL))

    def read_new_order(self, message: FixMessage) -> NewOrderSingle:
        symbol = need(message, 55)
        return NewOrderSingle(
            cl_ord_id=ClOrdID(read_id(message, 11)),
            request_id=message.text(526),
            account=message.text(1),
            symbol=symbol,
            side=code(Side, message, 54),
            ord_type=code(OrdType, message, 40),
            time_in_force=code(TimeInForce, message, 59) if 59 in message else TimeInForce.DAY,
            px=Px(self.read_px(message, 44, symbol)),
            qty=Qty(read_qty(message, 38)),
        )

    def read_cancel(self, message: FixMessage) -> OrderCancelRequest:
        return OrderCancelRequest(**_read_named(message))

    def read_replace(self, message: FixMessage) -> OrderCancelReplaceRequest:
        px = Px(self.read_px(message, 44, need(message, 55)))
        return OrderCancelReplaceRequest(**_read_named(message), px=px, qty=Qty(read_qty(message, 38)))

    def read_mass_cancel(self, message: FixMessage) -> OrderMassCancelRequest:
        if message.text(530) not in (MASS_CANCEL_SECURITY, MASS_ALL):
            raise RemoteProtocolError(f"MassCancelRequestType(530) 1 or 7 expected, found {message.text(530)}")
        return OrderMassCancelRequest(
            cl_ord_id=ClOrdID(read_id(message, 11)), account=message.text(SENDER_SUB_ID), symbol=message.text(55)
        )

    def read_mass_status(self, message: FixMessage) -> OrderMassStatusRequest:
        if message.text(585) != MASS_ALL:
            raise RemoteProtocolError(f"MassStatusReqType(585) 7 expected, found {message.text(585)}")
        return OrderMassStatusRequest(mass_status_req_id=read_id(message, 584))


_BUILDERS: Final[dict[type, Callable[[OrderMessages, Any, int], Body]]] = {
    NewOrderSingle: OrderMessages.new_order,
    OrderCancelRequest: OrderMessages.cancel,
    OrderCancelReplaceRequest: OrderMessages.replace,
    OrderMassCancelRequest: OrderMessages.mass_cancel,
    OrderMassStatusRequest: OrderMessages.mass_status,
}
_READERS: Final[dict[str, Callable[[OrderMessages, FixMessage], AnyRequest]]] = {
    "D": OrderMessages.read_new_order,
    "F": OrderMessages.read_cancel,
    "G": OrderMessages.read_replace,
    "q": OrderMessages.read_mass_cancel,
    "AF": OrderMessages.read_mass_status,
}


def code(kind: type[E_], message: FixMessage, tag: int) -> E_:
    """A code as its enumeration. Raises RemoteProtocolError for one that the model does not know."""
    value = need(message, tag)
    try:
        return kind(value)
    except ValueError as error:
        raise RemoteProtocolError(f"{kind.__name__}({tag}): a known code expected, found {value}") from error


def _body(msg_type: str, *pairs: tuple[int, object]) -> Body:
    return Body(msg_type=msg_type, fields=tuple(fields(pairs)))


def _named(request: OrderCancelRequest | OrderCancelReplaceRequest) -> tuple[tuple[int, object], ...]:
    return (
        (41, request.orig_cl_ord_id),
        (11, request.cl_ord_id),
        (526, request.request_id),
        (1, request.account),
        (55, request.symbol),
        (54, request.side.value),
    )


def _read_named(message: FixMessage) -> dict[str, Any]:
    return {
        "cl_ord_id": ClOrdID(read_id(message, 11)),
        "orig_cl_ord_id": ClOrdID(read_id(message, 41)),
        "request_id": message.text(526),
        "account": message.text(1),
        "symbol": need(message, 55),
        "side": code(Side, message, 54),
    }


def _nearest(table: dict[Reason, int], reason_code: int) -> int | None:
    return next((value for reason, value in table.items() if reason == reason_code), OTHER) if reason_code else None


def _name(reason_code: int) -> str:
    """The reason's name; a number for one that the model does not name."""
    if not reason_code:
        return ""
    return Reason(reason_code).name if reason_code in Reason._value2member_map_ else str(reason_code)


def _reason(message: FixMessage) -> int:
    """The reason by its name in Text(58), else by the nearest code of the standard."""
    text = message.text(58)
    if text in Reason.__members__:
        return int(Reason[text])
    if text.isdigit() and len(text) <= 9:
        return int(text)
    for tag, table in ((103, ORD_REJ_REASONS), (102, CXL_REJ_REASONS)):
        if tag in message:
            value = message.integer(tag)
            return next((int(reason) for reason, own in table.items() if own == value), int(Reason.NONE))
    return int(Reason.NONE)
