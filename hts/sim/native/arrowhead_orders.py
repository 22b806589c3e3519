"""Order entry at Tokyo in our own layout (docs/wire/arrowhead.md): messages to commands, events to messages.

Requests are numbered by the participant; the number names the request, and the venue takes the next one only. Numbers
of a day survive a restart of the venue because each is stored with its command.
"""

from collections.abc import Mapping
from typing import Any

from hts.base.errors import RemoteProtocolError
from hts.model.enums import CashMargin, CxlRejResponseTo, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Command, Enter, KillSwitch, MassCancel
from hts.sim.events import (
    CancelRefused,
    KillSwitchChanged,
    MassCanceled,
    MemberEvent,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderRejected,
    OrderTraded,
)
from hts.sim.native.ouch_service import Said
from hts.sim.native.ouch_words import joined, refusal, refused_code, split
from hts.wire.layout.codec import BinaryLayout, Decoded

WIRE_PER_PX = 1000  # the wire has four decimals, prices one
SELL, BUY = "1", "3"
LIMIT, MARKET = "L", "M"
NO_CONDITION, ON_OPEN, ON_CLOSE, FUNARI, IMMEDIATE, CLOSING_PRICE = "0", "2", "4", "6", "8", "T"
TIMES = {
    NO_CONDITION: TimeInForce.DAY,
    ON_OPEN: TimeInForce.AT_OPEN,
    ON_CLOSE: TimeInForce.AT_CLOSE,
    FUNARI: TimeInForce.DAY,
    IMMEDIATE: TimeInForce.IOC,
    CLOSING_PRICE: TimeInForce.GTX,
}
CREDITS = {"0": CashMargin.CASH, "2": CashMargin.MARGIN_OPEN, "4": CashMargin.MARGIN_CLOSE}
UNDER_PRICE_RULE = "5"
OFF_TICK, OTHER = 3, 99  # the wire can say prices more finely than any step
REJECTS = {
    Reason.UNKNOWN_SYMBOL: 1,
    Reason.PRICE_LIMIT: 2,
    Reason.BAD_TICK: 3,
    Reason.BAD_LOT: 4,
    Reason.BAD_QTY: 4,
    Reason.PHASE_CLOSED: 5,
    Reason.TYPE_NOT_ALLOWED: 5,
    Reason.HALTED: 6,
    Reason.ISSUE_SUSPENDED: 6,
    Reason.UNKNOWN_ORDER: 7,
    Reason.TOO_LATE: 7,
    Reason.KILL_SWITCH: 8,
    Reason.SHORT_SALE_PRICE: 9,
    Reason.SHORT_SALE_BANNED: 9,
    Reason.THROTTLED: 10,
}
CANCELS = {
    Reason.BY_TRADER: "U",
    Reason.MASS_CANCEL: "M",
    Reason.KILL_SWITCH: "K",
    Reason.NO_LIQUIDITY: "I",
    Reason.SESSION_END: "E",
    Reason.CANCEL_ON_DISCONNECT: "L",
}


class _Order:
    """What an answer repeats: the newest request's number, and how often the order was replaced."""

    __slots__ = ("canceled", "condition", "replacements", "request_number")

    def __init__(self, request_number: int, condition: str) -> None:
        self.request_number = request_number
        self.condition = condition
        self.replacements = 0


class ArrowheadOrders:
    """The dialect."""

    def __init__(self, layout: BinaryLayout) -> None:
        self.layout = layout
        self._next: dict[str, int] = {}
        self._orders: dict[tuple[str, int], _Order] = {}
        self._mass: dict[str, list[tuple[int, int]]] = {}  # orders cancelled since the last mass cancel ended

    # -- requests --

    def commands(self, message: Decoded, session: str) -> list[AnyCommand]:
        """What a request asks for; a repeat asks for nothing, a gap ends the connection."""
        fields = message.fields
        number, expected = fields["request_number"], self._next.get(session, 1)
        if number < expected:
            return []
        if number > expected:
            raise RemoteProtocolError(f"request number {expected} expected, found {number}")
        self._next[session] = number + 1
        match message.name:
            case "enter_order":
                return [self._enter(fields, session)]
            case "negotiate_order":
                return [self._negotiate(fields, session)]
            case "replace_order":
                return [self._replace(fields, session)]
            case "cancel_order":
                return [self._cancel(fields, session)]
            case "mass_cancel":
                return [self._mass_cancel(fields, session)]
        is_on = fields["action"] == "A"
        return [KillSwitch(session=session, cl_ord_id=ClOrdID(number), in_seq=number, on=is_on)]

    def answer(self, message: Decoded, session: str) -> Said | None:
        """The next request number, to who asks for it."""
        if message.name != "number_query":
            return None
        return "number_answer", {"next_request_number": self._next.get(session, 1)}

    def restore(self, command: Command) -> None:
        """A command out of the log has used its number."""
        self._next[command.session] = max(self._next.get(command.session, 1), command.in_seq + 1)

    def _enter(self, fields: Mapping[str, Any], session: str) -> Enter:
        number = fields["request_number"]
        condition, echo = fields["condition"], (fields["client_reference"], fields["condition"])
        px, off = divmod(fields["price"], WIRE_PER_PX)
        if off or _is_bad(fields):
            return refusal(session, ClOrdID(number), OFF_TICK if off else OTHER, *echo, in_seq=number)
        ord_type = OrdType.MARKET if fields["order_type"] == MARKET else OrdType.LIMIT
        if condition == FUNARI:
            ord_type = OrdType.LIMIT_OR_CLOSE
        return Enter(
            session=session,
            cl_ord_id=ClOrdID(number),
            in_seq=number,
            request_id=joined(*echo),
            symbol=fields["issue_code"],
            side=Side.BUY if fields["side"] == BUY else Side.SELL,
            ord_type=ord_type,
            time_in_force=TIMES[condition],
            px=Px(px),
            qty=Qty(fields["quantity"]),
            is_short=fields["short_selling"] == UNDER_PRICE_RULE,
            client_type=fields["capacity"],
            credit=CREDITS[fields["margin"]],
        )

    @staticmethod
    def _negotiate(fields: Mapping[str, Any], session: str) -> Enter:
        number, echo = fields["request_number"], (fields["client_reference"], NO_CONDITION)
        px, off = divmod(fields["price"], WIRE_PER_PX)
        is_bad = fields["side"] not in (SELL, BUY) or fields["margin"] not in CREDITS or not fields["counterparty"]
        if off or is_bad:
            return refusal(session, ClOrdID(number), OFF_TICK if off else OTHER, *echo, in_seq=number)
        return Enter(
            session=session,
            cl_ord_id=ClOrdID(number),
            in_seq=number,
            request_id=joined(*echo),
            symbol=fields["issue_code"],
            side=Side.BUY if fields["side"] == BUY else Side.SELL,
            px=Px(px),
            qty=Qty(fields["quantity"]),
            is_short=fields["short_selling"] == UNDER_PRICE_RULE,
            client_type=fields["capacity"],
            credit=CREDITS[fields["margin"]],
            counterparty=fields["counterparty"],
        )

    @staticmethod
    def _replace(fields: Mapping[str, Any], session: str) -> AnyCommand:
        number = fields["request_number"]
        px, off = divmod(fields["price"], WIRE_PER_PX)
        if off:
            return refusal(session, ClOrdID(number), OFF_TICK, in_seq=number)
        return Amend(
            session=session,
            cl_ord_id=ClOrdID(number),
            in_seq=number,
            orig_cl_ord_id=ClOrdID(fields["orig_request_number"]),
            request_id=joined("", fields["condition"]),
            px=Px(px),
            qty=Qty(fields["quantity"]),
        )

    @staticmethod
    def _cancel(fields: Mapping[str, Any], session: str) -> Cancel:
        number = fields["request_number"]
        order = ClOrdID(fields["orig_request_number"])
        return Cancel(session=session, cl_ord_id=ClOrdID(number), in_seq=number, orig_cl_ord_id=order)

    @staticmethod
    def _mass_cancel(fields: Mapping[str, Any], session: str) -> MassCancel:
        number = fields["request_number"]
        return MassCancel(session=session, cl_ord_id=ClOrdID(number), in_seq=number, symbol=fields["issue_code"])

    # -- what members hear --

    def day_begins(self, trade_ns: int) -> list[Said]:  # noqa: ARG002
        """Nothing: the numbers are agreed on by a query."""
        return []

    def day_ends(self, trade_ns: int) -> list[Said]:  # noqa: ARG002
        """Nothing."""
        return []

    def messages(self, event: MemberEvent) -> list[Said]:
        """What a member hears of an event."""
        match event:
            case OrderAccepted():
                return [("order_accepted", self._accepted(event))]
            case OrderRejected():
                code = refused_code(event.request_id)
                return [self._rejected(event.trade_ns, event.cl_ord_id, int(code or REJECTS.get(event.reason, OTHER)))]
            case OrderAmended():
                return [("order_replaced", self._replaced(event))]
            case OrderCanceled() | OrderExpired():
                return [("order_canceled", self._canceled(event))]
            case OrderTraded():
                return [("order_executed", self._executed(event))]
            case CancelRefused(response_to=CxlRejResponseTo.CANCEL | CxlRejResponseTo.REPLACE):
                return [self._rejected(event.trade_ns, event.cl_ord_id, REJECTS.get(event.reason, OTHER))]
            case MassCanceled():
                return [self._mass_canceled(event)]
            case KillSwitchChanged():
                self._mass.pop(event.session, None)
                state = "A" if event.on else "R"
                fields = {"timestamp": event.trade_ns, "request_number": event.cl_ord_id, "state": state}
                return [("kill_switch_state", fields)]
        return []

    def _accepted(self, event: OrderEvent) -> dict[str, Any]:
        reference, condition = split(event.request_id)
        self._orders[event.session, event.order_id] = _Order(event.cl_ord_id, condition)
        return {
            "timestamp": event.trade_ns,
            "request_number": event.cl_ord_id,
            "order_number": event.venue_order_id,
            "issue_code": event.symbol,
            "client_reference": reference,
        }

    def _replaced(self, event: OrderAmended) -> dict[str, Any]:
        order = self._orders[event.session, event.order_id]
        before, order.request_number = order.request_number, event.cl_ord_id
        order.replacements += 1
        return {
            "timestamp": event.trade_ns,
            "request_number": event.cl_ord_id,
            "orig_request_number": before,
            "order_number": event.venue_order_id,
            "leaves_quantity": event.leaves_qty,
            "price": event.px * WIRE_PER_PX,
            "condition": order.condition,
            "replacements": order.replacements,
        }

    def _canceled(self, event: OrderEvent) -> dict[str, Any]:
        order = self._orders[event.session, event.order_id]
        qty = event.order_qty - event.cum_qty
        if event.reason is Reason.MASS_CANCEL:
            self._mass.setdefault(event.session, []).append((order.request_number, qty))
        asked = event.cl_ord_id if event.reason is Reason.BY_TRADER else 0
        return {
            "timestamp": event.trade_ns,
            "request_number": asked,
            "orig_request_number": order.request_number,
            "order_number": event.venue_order_id,
            "canceled_quantity": qty,
            "cancel_reason": CANCELS.get(event.reason, "E"),
        }

    def _executed(self, event: OrderTraded) -> dict[str, Any]:
        return {
            "timestamp": event.trade_ns,
            "orig_request_number": self._orders[event.session, event.order_id].request_number,
            "order_number": event.venue_order_id,
            "match_number": event.match_id,
            "executed_quantity": event.last_qty,
            "executed_price": event.last_px * WIRE_PER_PX,
            "leaves_quantity": event.leaves_qty,
        }

    def _mass_canceled(self, event: MassCanceled) -> Said:
        orders = self._mass.pop(event.session, [])
        rows = tuple({"orig_request_number": number, "canceled_quantity": qty} for number, qty in orders)
        return "mass_canceled", {"timestamp": event.trade_ns, "request_number": event.cl_ord_id, "orders": rows}

    @staticmethod
    def _rejected(trade_ns: int, number: int, code: int) -> Said:
        return "request_rejected", {"timestamp": trade_ns, "request_number": number, "reason": code}


def _is_bad(fields: Mapping[str, Any]) -> bool:
    """What no command can say: a code that the layout does not have, or one that contradicts another."""
    return (
        fields["side"] not in (SELL, BUY)
        or fields["order_type"] not in (LIMIT, MARKET)
        or fields["condition"] not in TIMES
        or fields["margin"] not in CREDITS
        or (fields["order_type"] == MARKET and bool(fields["price"]))
        or (fields["condition"] == FUNARI and fields["order_type"] == MARKET)
    )
