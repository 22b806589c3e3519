"""Tokyo's arrowhead orders in our layout (docs/wire/arrowhead.md), for the gateway over SoupBinTCP.

Requests are numbered by the day, without gaps, and the number is the request's name at the venue. Ours is the ClOrdID:
it travels as `client_reference`, which every answer gives back, so that both names are known from the messages alone,
whichever process sent the request. After each login the venue tells which number it takes next, and up to which of its
messages all was said before: requests from that number on are lost for certain, and a mass status is answered when the
messages have been read that far and no request is without an answer.

An order whose reference is none of ours (another program has used the login) gets a name above all of ours.
"""

from collections.abc import Mapping
from typing import Any, Final

from hts.gateway.ouch_dialects import refuse
from hts.gateway.ouch_heard import (
    Accepted,
    AllCanceled,
    Canceled,
    Executed,
    Heard,
    Refused,
    Rejected,
    Replaced,
    Restated,
    Said,
    Switched,
    Undone,
)
from hts.gateway.ouch_orders import OuchOrders
from hts.gateway.ouch_talk import Lost, TalkEvent
from hts.model.enums import CashMargin, CxlRejResponseTo, LastLiquidityInd, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.requests import (
    AnyRequest,
    KillSwitchRequest,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
)
from hts.model.units import ClOrdID
from hts.wire.arrowhead.orders import NUMBER, ArrowheadClient, Ready, RequestsLost
from hts.wire.layout.codec import BinaryLayout, Decoded
from hts.wire.ouch.session import Received
from hts.wire.soupbin.client import SoupClient
from hts.wire.soupbin.events import LoggedOn

WIRE_PER_PX: Final = 1000  # four decimals on the wire, one in our prices
FOREIGN: Final = 1 << 40  # and the request's number: an order without a reference of ours
SIDES: Final = {"3": Side.BUY, "1": Side.SELL}
MARKET, LIMIT, FUNARI = "M", "L", "6"
CONDITIONS: Final = {
    "0": TimeInForce.DAY,
    "2": TimeInForce.AT_OPEN,
    "4": TimeInForce.AT_CLOSE,
    "8": TimeInForce.IOC,
    "T": TimeInForce.GTX,
}
CREDITS: Final = {"0": CashMargin.CASH, "2": CashMargin.MARGIN_OPEN, "4": CashMargin.MARGIN_CLOSE}
UNDER_PRICE_RULE, EXEMPT = "5", "7"
LIQUIDITY: Final = {"A": LastLiquidityInd.ADDED, "R": LastLiquidityInd.REMOVED, "X": LastLiquidityInd.AUCTION}
EXPIRED: Final = "E"
CANCELS: Final = {
    "U": Reason.BY_TRADER,
    "M": Reason.MASS_CANCEL,
    "K": Reason.KILL_SWITCH,
    "I": Reason.NO_LIQUIDITY,
    "P": Reason.SESSION_END,
    "S": Reason.SELF_MATCH,
    EXPIRED: Reason.SESSION_END,
    "L": Reason.CANCEL_ON_DISCONNECT,
}
RESTATED: Final = {"C": Reason.CONVERTED, "S": Reason.SELF_MATCH}
REJECTS: Final = {
    1: Reason.UNKNOWN_SYMBOL,
    2: Reason.PRICE_LIMIT,
    3: Reason.BAD_TICK,
    4: Reason.BAD_QTY,
    5: Reason.PHASE_CLOSED,
    6: Reason.HALTED,
    7: Reason.TOO_LATE,
    8: Reason.KILL_SWITCH,
    9: Reason.SHORT_SALE_PRICE,
    10: Reason.THROTTLED,
}
REPLACEMENT: Final = "R"


class ArrowheadTalk:
    """See the module's text."""

    def __init__(self, layout: BinaryLayout) -> None:
        self._layout = layout
        self._client: ArrowheadClient | None = None
        self._session = ""
        self._next_number = 1
        self._tokens: dict[int, int] = {}  # ClOrdID by the number of the request, of the day
        self._numbers: dict[int, int] = {}
        self._unanswered: set[int] = set()  # numbers of this connection

    def begin(self, soup: SoupClient, *, cancels_on_disconnect: bool) -> None:
        if self._client is not None:
            self._next_number = self._client.next_number
        self._unanswered.clear()
        self._client = ArrowheadClient(
            self._layout, soup, self._next_number, cancels_on_disconnect=cancels_on_disconnect
        )

    @property
    def is_ready(self) -> bool:
        client = self._client
        return client is not None and client.soup.is_up and client.is_ready

    @property
    def is_all_said(self) -> bool | None:
        client = self._client
        return (
            client is not None and self.is_ready and client.soup.next_seq >= client.said_until and not self._unanswered
        )

    # -- out

    def say(self, request: AnyRequest, orders: OuchOrders, mono_ns: int) -> None:
        assert self._client is not None
        name, fields = self._said(request, orders)
        token: int = getattr(request, "cl_ord_id", 0)
        number = self._client.send(name, {**fields, "client_reference": str(token)}, mono_ns)
        self._unanswered.add(number)
        self._learn(number, token)

    def _said(self, request: AnyRequest, orders: OuchOrders) -> Said:
        if isinstance(request, NewOrderSingle):
            return _enter(request)
        if isinstance(request, OrderCancelReplaceRequest):
            order = orders.find(request.orig_cl_ord_id)
            return "replace_order", {
                "orig_request_number": self._number(request.orig_cl_ord_id),
                "quantity": request.qty,
                "price": request.px * WIRE_PER_PX,
                "condition": _condition(order.ord_type, order.time_in_force) if order is not None else "0",
            }
        if isinstance(request, OrderCancelRequest):
            return "cancel_order", {"orig_request_number": self._number(request.orig_cl_ord_id)}
        if isinstance(request, OrderMassCancelRequest):
            return "mass_cancel", {"issue_code": request.symbol, "side": " ", "account": request.account}
        if isinstance(request, KillSwitchRequest):
            return "kill_switch", {"action": "A" if request.on else "R", "account": request.account}
        raise refuse(type(request).__name__)

    def _number(self, token: int) -> int:
        number = self._numbers.get(token)
        if number is None:
            raise refuse(f"order {token}, which the venue was never told of")
        return number

    def _learn(self, number: int, token: int) -> None:
        self._tokens[number] = token
        self._numbers[token] = number

    # -- in

    def next_event(self, mono_ns: int) -> TalkEvent | None:
        client = self._client
        if client is None:
            return None
        while (event := client.next_event(mono_ns)) is not None:
            if isinstance(event, LoggedOn) and event.session != self._session:
                self._begin_day(client, event.session)
            if isinstance(event, RequestsLost):
                return Lost(cl_ord_ids=self._lost(event.first, event.end))
            if isinstance(event, Received):
                self._answered(event.message.fields)
            if not isinstance(event, Ready):
                return event
        return None

    def _begin_day(self, client: ArrowheadClient, session: str) -> None:
        """Numbers begin anew, and with them the names."""
        self._session = session
        client.next_number = 1
        self._tokens.clear()
        self._numbers.clear()

    def _lost(self, first: int, end: int) -> tuple[ClOrdID, ...]:
        tokens = [self._tokens.pop(number) for number in range(first, end) if number in self._tokens]
        for token in tokens:
            self._numbers.pop(token, None)
        return tuple(ClOrdID(token) for token in tokens)

    def _answered(self, fields: Mapping[str, Any]) -> None:
        number = fields.get(NUMBER, 0)
        if not number:
            return
        self._unanswered.discard(number)
        reference = fields["client_reference"]
        is_ours = reference.isdecimal() and 0 < int(reference) < FOREIGN
        self._learn(number, int(reference) if is_ours else FOREIGN | number)

    def time_of(self, message: Decoded, trade_ns: int) -> int:  # noqa: ARG002  each message has its whole time
        return int(message.fields["timestamp"])

    def read(self, message: Decoded) -> Heard | None:
        fields = message.fields
        token = self._tokens.get(fields.get(NUMBER, 0), 0)
        order = self._tokens.get(fields.get("orig_request_number", 0), 0)
        match message.name:
            case "order_accepted":
                return _accepted(fields, token, fields["order_number"])
            case "order_rejected":
                code = fields["reason"]
                told = _accepted(fields, token, 0)
                return Rejected(token=token, reason=_reason(code), code=str(code), order=told)
            case "order_replaced":
                px, qty = fields["price"] // WIRE_PER_PX, fields["leaves_quantity"]
                return Replaced(token=token, previous=order, px=px, qty=qty)
            case "request_rejected":
                is_amend = fields["request_kind"] == REPLACEMENT
                to = CxlRejResponseTo.REPLACE if is_amend else CxlRejResponseTo.CANCEL
                return Refused(token=token, orig=order, to=to, reason=_reason(fields["reason"]))
            case "mass_canceled":
                return AllCanceled(token=token, count=len(fields["orders"]))
            case "kill_switch_state":
                on, count = fields["state"] == "A", fields["canceled_orders"]
                return Switched(token=token, account=fields["account"], on=on, count=count)
        return _about(message.name, fields, order, token)


def _about(name: str, fields: Mapping[str, Any], order: int, asked: int) -> Heard | None:
    """What happened to an order."""
    match name:
        case "order_executed":
            px, qty = fields["executed_price"] // WIRE_PER_PX, fields["executed_quantity"]
            how = LIQUIDITY.get(fields["liquidity"], LastLiquidityInd.UNKNOWN)
            return Executed(token=order, qty=qty, px=px, number=fields["execution_number"], liquidity=how)
        case "order_canceled":
            code, qty = fields["cancel_reason"], fields["canceled_quantity"]
            reason = CANCELS.get(code, Reason.NONE)
            return Canceled(token=order, qty=qty, reason=reason, asked=asked, is_expired=code == EXPIRED)
        case "order_restated":
            reason = RESTATED.get(fields["restatement"], Reason.NONE)
            return Restated(token=order, px=fields["price"] // WIRE_PER_PX, qty=fields["quantity"], reason=reason)
        case "execution_undone":
            return Undone(
                token=order,
                number=fields["execution_number"],
                undone=fields["undone_execution_number"],
                undone_px=fields["undone_price"] // WIRE_PER_PX,
                undone_qty=fields["undone_quantity"],
                px=fields["executed_price"] // WIRE_PER_PX,
                qty=fields["executed_quantity"],
                liquidity=LIQUIDITY.get(fields["liquidity"], LastLiquidityInd.UNKNOWN),
            )
    return None


def _enter(request: NewOrderSingle) -> Said:
    is_market = request.ord_type is OrdType.MARKET
    rest = (request.stop_px, request.display_qty, request.min_qty, request.post_only, request.expire_ns)
    if any(rest) or request.credit not in CREDITS.values():
        raise refuse(f"terms of {request.symbol}")
    return "enter_order", {
        "issue_code": request.symbol,
        "side": next(letter for letter, side in SIDES.items() if side is request.side),
        "order_type": MARKET if is_market else LIMIT,
        "condition": _condition(request.ord_type, request.time_in_force),
        "capacity": "A",
        "short_selling": UNDER_PRICE_RULE if request.is_short else "0",
        "margin": next(letter for letter, credit in CREDITS.items() if credit is request.credit),
        "quantity": request.qty,
        "price": 0 if is_market else request.px * WIRE_PER_PX,
        "account": request.account,
    }


def _condition(ord_type: OrdType, time_in_force: TimeInForce) -> str:
    """Raises LocalProtocolError for types and times that Tokyo does not have."""
    if ord_type is OrdType.LIMIT_OR_CLOSE and time_in_force is TimeInForce.DAY:
        return FUNARI
    found = next((letter for letter, times in CONDITIONS.items() if times is time_in_force), None)
    if found is None or ord_type not in (OrdType.LIMIT, OrdType.MARKET):
        raise refuse(f"{ord_type.name} {time_in_force.name}")
    return found


def _accepted(fields: Mapping[str, Any], token: int, order_number: int) -> Accepted:
    is_funari = fields["condition"] == FUNARI
    ord_type = OrdType.MARKET if fields["order_type"] == MARKET else OrdType.LIMIT
    return Accepted(
        token=token,
        side=SIDES.get(fields["side"], Side.BUY),
        symbol=fields["issue_code"],
        px=fields["price"] // WIRE_PER_PX,
        qty=fields["quantity"],
        ord_type=OrdType.LIMIT_OR_CLOSE if is_funari else ord_type,
        time_in_force=CONDITIONS.get(fields["condition"], TimeInForce.DAY),
        venue_order_id=order_number,
        account=fields["account"],
        is_short=fields["short_selling"] in (UNDER_PRICE_RULE, EXEMPT),
        credit=CREDITS.get(fields["margin"], CashMargin.CASH),
    )


def _reason(code: int) -> Reason:
    return REJECTS.get(code, Reason.NOT_ELIGIBLE)
