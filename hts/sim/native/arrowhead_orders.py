"""Order entry at Tokyo in our own layout (docs/wire/arrowhead.md): messages to commands, events to messages.

Requests are numbered by the participant; the number names the request, and the venue takes the next one only. Numbers
of a day survive a restart of the venue because each is stored with its command.
"""

from collections.abc import Mapping
from typing import Any

from hts.base.errors import RemoteProtocolError
from hts.model.enums import CashMargin, CxlRejResponseTo, LastLiquidityInd, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter, KillSwitch, MassCancel
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
    OrderRestated,
    OrderTraded,
    TradeBroken,
    TradeCorrected,
)
from hts.sim.native.ouch_base import PlainOuch
from hts.sim.native.ouch_service import Said, Used
from hts.sim.native.ouch_words import joined, refusal, refused_code, split
from hts.wire.layout.codec import BinaryLayout, Decoded

WIRE_PER_PX = 1000  # the wire has four decimals, prices one
SELL, BUY = "1", "3"
SIDES = {BUY: Side.BUY, SELL: Side.SELL}
WIRE_SIDES = {side: letter for letter, side in SIDES.items()}
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
WIRE_CREDITS = {credit: letter for letter, credit in CREDITS.items()}
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
    Reason.BY_PROXY: "K",
    Reason.NO_LIQUIDITY: "I",
    Reason.SESSION_END: "P",
    Reason.SELF_MATCH: "S",
    Reason.CANCEL_ON_DISCONNECT: "L",
}
EXPIRED = "E"
LIQUIDITY = {
    LastLiquidityInd.ADDED: "A",
    LastLiquidityInd.REMOVED: "R",
    LastLiquidityInd.AUCTION: "X",
    LastLiquidityInd.UNKNOWN: " ",
}
RESTATED = {Reason.CONVERTED: "C", Reason.SELF_MATCH: "S"}
UNDONE = "T"
REPLACEMENT, CANCEL = "R", "C"
ECHOED = 4  # reference, condition, capacity and short selling of an order, at the end of its `request_id`


class _Order:
    """What an answer repeats: the newest request's number, and how often the order was replaced."""

    __slots__ = ("condition", "replacements", "request_number")

    def __init__(self, request_number: int, condition: str) -> None:
        self.request_number = request_number
        self.condition = condition
        self.replacements = 0


class ArrowheadOrders(PlainOuch):
    """The dialect. A command's `request_id` carries the client's reference and the letters that answers repeat."""

    def __init__(self, layout: BinaryLayout) -> None:
        super().__init__(layout)
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
        named: dict[str, Any] = {"session": session, "cl_ord_id": ClOrdID(number), "in_seq": number}
        reference = fields["client_reference"]
        match message.name:
            case "enter_order" | "negotiate_order":
                return [_enter(fields, named)]
            case "replace_order":
                return [_replace(fields, named)]
            case "cancel_order":
                order = ClOrdID(fields["orig_request_number"])
                return [Cancel(**named, orig_cl_ord_id=order, request_id=joined(reference))]
            case "mass_cancel":
                scope = {"account": fields["account"], "symbol": fields["issue_code"]}
                side = SIDES.get(fields["side"])
                return [MassCancel(**named, **scope, side=side, request_id=joined(reference))]
        is_on = fields["action"] == "A"
        return [KillSwitch(**named, account=fields["account"], on=is_on, request_id=joined(reference))]

    def answer(self, message: Decoded, session: str, next_seq: int) -> Said | None:
        """The next numbers of both sides, to who asks for them."""
        if message.name != "number_query":
            return None
        return "number_answer", {
            "next_request_number": self._next.get(session, 1),
            "next_sequence_number": next_seq,
        }

    def use(self, used: Used) -> None:
        """A request of before has used its number."""
        self._next[used.session] = max(self._next.get(used.session, 1), used.cl_ord_id + 1)

    # -- what members hear --

    def messages(self, event: MemberEvent) -> list[Said]:
        """What a member hears of an event."""
        match event:
            case OrderAccepted():
                return [("order_accepted", self._accepted(event))]
            case OrderRejected():
                return [_rejected(event)]
            case OrderAmended():
                return [("order_replaced", self._replaced(event))]
            case OrderCanceled() | OrderExpired():
                return [("order_canceled", self._canceled(event))]
            case OrderTraded():
                return [("order_executed", self._executed(event))]
            case OrderRestated():
                return [("order_restated", self._restated(event))]
            case TradeBroken() | TradeCorrected():
                return [("execution_undone", self._undone(event))]
            case CancelRefused(response_to=CxlRejResponseTo.CANCEL | CxlRejResponseTo.REPLACE):
                return [_request_rejected(event)]
            case MassCanceled():
                return [self._mass_canceled(event)]
            case KillSwitchChanged():
                self._mass.pop(event.session, None)
                return [_kill_switch_state(event)]
        return []

    def _accepted(self, event: OrderEvent) -> dict[str, Any]:
        _, condition, *_ = split(event.request_id)
        self._orders[event.session, event.order_id] = _Order(event.cl_ord_id, condition)
        return {
            "timestamp": event.trade_ns,
            "request_number": event.cl_ord_id,
            "order_number": event.venue_order_id,
            **_terms(event),
        }

    def _about(self, event: OrderEvent) -> dict[str, Any]:
        """What every later message about an order begins with."""
        return {
            "timestamp": event.trade_ns,
            "orig_request_number": self._orders[event.session, event.order_id].request_number,
            "order_number": event.venue_order_id,
        }

    def _replaced(self, event: OrderAmended) -> dict[str, Any]:
        about, order = self._about(event), self._orders[event.session, event.order_id]
        order.request_number = event.cl_ord_id
        order.replacements += 1
        return {
            **about,
            "request_number": event.cl_ord_id,
            "leaves_quantity": event.leaves_qty,
            "price": event.px * WIRE_PER_PX,
            "condition": order.condition,
            "replacements": order.replacements,
            "client_reference": split(event.request_id)[0],
        }

    def _canceled(self, event: OrderEvent) -> dict[str, Any]:
        about = self._about(event)
        qty = event.order_qty - event.cum_qty
        if event.reason is Reason.MASS_CANCEL:
            self._mass.setdefault(event.session, []).append((about["orig_request_number"], qty))
        is_asked = event.reason is Reason.BY_TRADER
        return {
            **about,
            "request_number": event.cl_ord_id if is_asked else 0,
            "canceled_quantity": qty,
            "cancel_reason": EXPIRED if isinstance(event, OrderExpired) else CANCELS.get(event.reason, "O"),
            "client_reference": split(event.request_id)[0] if is_asked else "",
        }

    def _restated(self, event: OrderRestated) -> dict[str, Any]:
        return {
            **self._about(event),
            "order_type": LIMIT if event.px else MARKET,
            "quantity": event.order_qty,
            "leaves_quantity": event.leaves_qty,
            "price": event.px * WIRE_PER_PX,
            "restatement": RESTATED.get(event.reason, UNDONE),
        }

    def _executed(self, event: OrderTraded) -> dict[str, Any]:
        return {
            **self._about(event),
            "match_number": event.match_id,
            "execution_number": event.exec_id,
            "executed_quantity": event.last_qty,
            "executed_price": event.last_px * WIRE_PER_PX,
            "leaves_quantity": event.leaves_qty,
            "liquidity": LIQUIDITY[event.liquidity],
        }

    def _undone(self, event: TradeBroken | TradeCorrected) -> dict[str, Any]:
        is_corrected = isinstance(event, TradeCorrected)
        return {
            **self._about(event),
            "execution_number": event.exec_id,
            "undone_execution_number": event.exec_ref_id,
            "match_number": event.match_id,
            "undone_quantity": event.undone_qty,
            "undone_price": event.undone_px * WIRE_PER_PX,
            "executed_quantity": event.last_qty if is_corrected else 0,
            "executed_price": event.last_px * WIRE_PER_PX if is_corrected else 0,
            "leaves_quantity": event.leaves_qty,
            "liquidity": LIQUIDITY[event.liquidity],
        }

    def _mass_canceled(self, event: MassCanceled) -> Said:
        orders = self._mass.pop(event.session, [])
        rows = tuple({"orig_request_number": number, "canceled_quantity": qty} for number, qty in orders)
        return "mass_canceled", {
            "timestamp": event.trade_ns,
            "request_number": event.cl_ord_id,
            "client_reference": event.request_id,
            "orders": rows,
        }


def _enter(fields: Mapping[str, Any], named: Mapping[str, Any]) -> Enter:
    """Of an order for the book, or of one off the floor, which has a counterparty and no condition."""
    condition = fields.get("condition", NO_CONDITION)
    echo = (fields["client_reference"], condition, fields["capacity"], fields["short_selling"])
    px, off = divmod(fields["price"], WIRE_PER_PX)
    if off or _is_bad(fields):
        return refusal(named["session"], named["cl_ord_id"], OFF_TICK if off else OTHER, *echo, in_seq=named["in_seq"])
    ord_type = OrdType.MARKET if fields.get("order_type") == MARKET else OrdType.LIMIT
    return Enter(
        **named,
        request_id=joined(*echo),
        account=fields["account"],
        symbol=fields["issue_code"],
        side=SIDES[fields["side"]],
        ord_type=OrdType.LIMIT_OR_CLOSE if condition == FUNARI else ord_type,
        time_in_force=TIMES[condition],
        px=Px(px),
        qty=Qty(fields["quantity"]),
        is_short=fields["short_selling"] == UNDER_PRICE_RULE,
        client_type=fields["capacity"],
        credit=CREDITS[fields["margin"]],
        counterparty=fields.get("counterparty", ""),
    )


def _is_bad(fields: Mapping[str, Any]) -> bool:
    """What no command can say: a code that the layout does not have, or one that contradicts another."""
    is_market = fields.get("order_type") == MARKET
    condition = fields.get("condition", NO_CONDITION)
    return (
        fields["side"] not in SIDES
        or fields.get("order_type", LIMIT) not in (LIMIT, MARKET)
        or condition not in TIMES
        or fields["margin"] not in CREDITS
        or (is_market and bool(fields["price"]))
        or (condition == FUNARI and is_market)
        or not fields.get("counterparty", "book")
    )


def _replace(fields: Mapping[str, Any], named: Mapping[str, Any]) -> AnyCommand:
    px, off = divmod(fields["price"], WIRE_PER_PX)
    orig, reference = fields["orig_request_number"], fields["client_reference"]
    if off:
        code = f"{REPLACEMENT}{OFF_TICK}"
        return refusal(named["session"], named["cl_ord_id"], code, reference, orig, in_seq=named["in_seq"])
    return Amend(
        **named,
        orig_cl_ord_id=ClOrdID(orig),
        request_id=joined(reference, fields["condition"]),
        px=Px(px),
        qty=Qty(fields["quantity"]),
    )


def _terms(event: OrderEvent) -> dict[str, Any]:
    """An order as it was entered; what could not be read of a refused one is not repeated."""
    reference, condition, capacity, short_selling = split(event.request_id)[-ECHOED:]
    return {
        "issue_code": event.symbol,
        "side": WIRE_SIDES[event.side],
        "order_type": MARKET if event.ord_type is OrdType.MARKET else LIMIT,
        "condition": condition,
        "capacity": capacity,
        "short_selling": short_selling,
        "margin": WIRE_CREDITS[event.credit],
        "quantity": event.order_qty,
        "price": event.px * WIRE_PER_PX,
        "account": event.account,
        "client_reference": reference,
    }


def _rejected(event: OrderRejected) -> Said:
    code = refused_code(event.request_id)
    about = {"timestamp": event.trade_ns, "request_number": event.cl_ord_id}
    if code.startswith(REPLACEMENT):
        _, reference, orig = split(event.request_id)
        refused = {"orig_request_number": int(orig), "request_kind": REPLACEMENT, "client_reference": reference}
        return "request_rejected", {**about, **refused, "reason": int(code[len(REPLACEMENT) :])}
    return "order_rejected", {**about, "reason": int(code or REJECTS.get(event.reason, OTHER)), **_terms(event)}


def _request_rejected(event: CancelRefused) -> Said:
    return "request_rejected", {
        "timestamp": event.trade_ns,
        "request_number": event.cl_ord_id,
        "orig_request_number": event.orig_cl_ord_id,
        "request_kind": REPLACEMENT if event.response_to is CxlRejResponseTo.REPLACE else CANCEL,
        "reason": REJECTS.get(event.reason, OTHER),
        "client_reference": split(event.request_id)[0],
    }


def _kill_switch_state(event: KillSwitchChanged) -> Said:
    return "kill_switch_state", {
        "timestamp": event.trade_ns,
        "request_number": event.cl_ord_id,
        "state": "A" if event.on else "R",
        "canceled_orders": event.count,
        "account": event.account,
        "client_reference": event.request_id,
    }
