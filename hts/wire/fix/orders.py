"""Order messages of FIX 4.4 and 5.0 SP2 <-> values of hts.model.

NewOrderSingle(D), OrderCancelRequest(F), OrderCancelReplaceRequest(G), OrderStatusRequest(H),
OrderMassCancelRequest(q), OrderMassStatusRequest(AF). Terms of an order are in hts.wire.fix.order_terms, reports in
hts.wire.fix.order_reports, reasons in hts.wire.fix.refusals.

Our own, within what FIX leaves to the parties: the request id of a terminal travels in SecondaryClOrdID(526); the
account of a mass cancel, which FIX 4.4 has no field for, in SenderSubID(50). An order that another session entered is
named by the venue's OrderID(37), and by that session in OnBehalfOfCompID(115); its OrigClOrdID(41) is NONE.
"""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.requests import (
    AnyRequest,
    CancelOnBehalf,
    MassCancelOnBehalf,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
)
from hts.model.units import ClOrdID, Px, Qty
from hts.wire.fix.application import FOLDED, Body, need, read_id, read_qty, time
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.order_reports import MASS_ALL, MASS_CANCEL_SECURITY, OrderReports
from hts.wire.fix.order_terms import body_of, code, read_side, sub_id
from hts.wire.fix.refusals import CXL_REJ_REASONS, ORD_REJ_REASONS, OTHER

__all__ = [
    "CXL_REJ_REASONS",
    "MASS_ALL",
    "MASS_CANCEL_SECURITY",
    "ORD_REJ_REASONS",
    "OTHER",
    "OrderMessages",
    "OrderStatusRequest",
    "code",
]

SENDER_SUB_ID: Final = 50
ON_BEHALF_OF: Final = 115


class OrderStatusRequest(Struct, frozen=True, kw_only=True):
    """OrderStatusRequest(H): how one order stands. `status_req_id` is OrdStatusReqID(790), "" for none."""

    cl_ord_id: ClOrdID
    account: str = ""
    symbol: str
    side: Side
    status_req_id: str = ""


class OrderMessages(OrderReports):
    """Builders and readers of one version."""

    def request(self, request: AnyRequest, trade_ns: int) -> Body:
        """A request of the model. Raises LocalProtocolError for one that FIX's session layer does itself."""
        build = _BUILDERS.get(type(request))
        if build is None:
            raise LocalProtocolError(f"an order request expected, found {type(request).__name__}")
        return build(self, request, trade_ns)

    def status_request(self, request: OrderStatusRequest) -> Body:
        """OrderStatusRequest(H)."""
        return body_of(
            "H",
            (790, request.status_req_id),
            (11, request.cl_ord_id),
            (1, request.account),
            (55, request.symbol),
            (54, request.side.value),
        )

    def read_status_request(self, message: FixMessage) -> OrderStatusRequest:
        """The request in an OrderStatusRequest(H). Raises RemoteProtocolError."""
        return OrderStatusRequest(
            cl_ord_id=ClOrdID(read_id(message, 11)),
            account=message.text(1),
            symbol=need(message, 55),
            side=read_side(message),
            status_req_id=message.text(790),
        )

    def read_request(self, message: FixMessage) -> AnyRequest:
        """The request in a message. Raises RemoteProtocolError."""
        read = _READERS.get(message.msg_type)
        if read is None:
            raise RemoteProtocolError(f"a request of an order expected, found MsgType(35) {message.msg_type}")
        return read(self, message)

    def new_order(self, request: NewOrderSingle, trade_ns: int) -> Body:
        """NewOrderSingle(D)."""
        symbol = request.symbol
        body = body_of(
            "D",
            (11, request.cl_ord_id),
            (526, request.request_id),
            (1, request.account),
            (55, symbol),
            (60, time(trade_ns)),
            (38, request.qty),
            (44, self.limit(symbol, request.ord_type, request.px)),
            (59, request.time_in_force.value),
            *self.terms(symbol, request.side, request.ord_type, request),
        )
        return Body(msg_type="D", fields=(*body.fields, *self.parties("D", request)))

    def cancel(self, request: OrderCancelRequest, trade_ns: int) -> Body:
        """OrderCancelRequest(F)."""
        return body_of("F", *_named(request), (60, time(trade_ns)))

    def replace(self, request: OrderCancelReplaceRequest, trade_ns: int) -> Body:
        """OrderCancelReplaceRequest(G)."""
        px = self.px(request.symbol, request.px)
        limit = OrdType.LIMIT.value
        return body_of("G", *_named(request), (60, time(trade_ns)), (38, request.qty), (40, limit), (44, px))

    def mass_cancel(self, request: OrderMassCancelRequest, trade_ns: int) -> Body:
        """OrderMassCancelRequest(q)."""
        kind = MASS_CANCEL_SECURITY if request.symbol else MASS_ALL
        header = sub_id(SENDER_SUB_ID, request.account)
        return body_of(
            "q", (11, request.cl_ord_id), (530, kind), (55, request.symbol), (60, time(trade_ns)), header=header
        )

    def cancel_on_behalf(self, request: CancelOnBehalf, trade_ns: int) -> Body:
        """OrderCancelRequest(F) of another session's order. Raises LocalProtocolError where its number is not known."""
        if not 0 < request.venue_order_id < FOLDED:
            raise LocalProtocolError(f"an OrderID(37) that is a number expected, found {request.venue_order_id}")
        return body_of(
            "F",
            (41, "NONE"),
            (37, request.venue_order_id),
            (11, request.cl_ord_id),
            (1, request.account),
            (55, request.symbol),
            (54, request.side.value),
            (60, time(trade_ns)),
            header=sub_id(ON_BEHALF_OF, request.system),
        )

    def mass_cancel_on_behalf(self, request: MassCancelOnBehalf, trade_ns: int) -> Body:
        """OrderMassCancelRequest(q) of an account, whichever session entered its orders."""
        return self.mass_cancel(OrderMassCancelRequest(cl_ord_id=request.cl_ord_id, account=request.account), trade_ns)

    def mass_status(self, request: OrderMassStatusRequest, _trade_ns: int) -> Body:
        """OrderMassStatusRequest(AF): all orders."""
        return body_of("AF", (584, request.mass_status_req_id), (585, MASS_ALL))

    def read_new_order(self, message: FixMessage) -> NewOrderSingle:
        symbol = need(message, 55)
        return NewOrderSingle(
            cl_ord_id=ClOrdID(read_id(message, 11)),
            request_id=message.text(526),
            account=message.text(1),
            symbol=symbol,
            time_in_force=code(TimeInForce, message, 59) if 59 in message else TimeInForce.DAY,
            px=Px(self.read_px(message, 44, symbol)),
            **self.read_terms(message, symbol),
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
    CancelOnBehalf: OrderMessages.cancel_on_behalf,
    MassCancelOnBehalf: OrderMessages.mass_cancel_on_behalf,
}
_READERS: Final[dict[str, Callable[[OrderMessages, FixMessage], AnyRequest]]] = {
    "D": OrderMessages.read_new_order,
    "F": OrderMessages.read_cancel,
    "G": OrderMessages.read_replace,
    "q": OrderMessages.read_mass_cancel,
    "AF": OrderMessages.read_mass_status,
}


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
        "side": read_side(message),
    }
