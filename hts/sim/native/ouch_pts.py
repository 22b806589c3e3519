"""The OUCH of the Japanese PTS: Japannext 1.11 and 2.01, ODX 2.0. They differ in the form of the order book's name.

Orders are named by a token that a client uses once a day; a second use is ignored. Prices are integers with the
decimals of the directory, one here. An order is immediate or for the session; `display` "P" is post-only.
"""

from collections.abc import Mapping
from typing import Any

from hts.model.enums import CashMargin, CxlRejResponseTo, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter
from hts.sim.events import (
    CancelRefused,
    MemberEvent,
    OrderAmended,
    OrderEvent,
    OrderTraded,
)
from hts.sim.native.book_flow import UNNAMED_FROM
from hts.sim.native.ouch_base import NumberedOuch
from hts.sim.native.ouch_service import Said, Used
from hts.sim.native.ouch_words import NamedOrder, joined, refusal, refused_code, split
from hts.wire.layout.codec import BinaryLayout, Decoded

IMMEDIATE, DAY = 0, 99999
POST_ONLY = "P"
LIQUIDITY_PROVIDER = "3"  # order classification: market making
BAD_ORDER_TYPE, BAD_DISPLAY, NO_PERMISSION, BAD_MARGIN = "Y", "D", "c", "G"
GROUPS = frozenset(("DAY", "NGHT"))
CREDITS = {  # negotiable and standardized margin trading alike
    "1": CashMargin.CASH,
    "2": CashMargin.MARGIN_OPEN,
    "3": CashMargin.MARGIN_CLOSE,
    "4": CashMargin.MARGIN_OPEN,
    "5": CashMargin.MARGIN_CLOSE,
}
OTHER = "O"
REJECTS = {
    Reason.UNKNOWN_SYMBOL: "S",
    Reason.BAD_TICK: "X",
    Reason.PRICE_LIMIT: "X",
    Reason.BAD_QTY: "Z",
    Reason.BAD_LOT: "Z",
    Reason.QTY_INCREASE: "Z",
    Reason.QTY_BELOW_CUM: "Z",
    Reason.BAD_MIN_QTY: "N",
    Reason.PHASE_CLOSED: "R",
    Reason.TYPE_NOT_ALLOWED: BAD_ORDER_TYPE,
    Reason.BAD_DISPLAY_QTY: BAD_DISPLAY,
    Reason.POST_ONLY: BAD_DISPLAY,
    Reason.HALTED: "H",
    Reason.ISSUE_SUSPENDED: "H",
    Reason.THROTTLED: "F",
    Reason.SHORT_SALE_PRICE: "i",
    Reason.SHORT_SALE_BANNED: "i",
    Reason.QTY_CAP: "V",
    Reason.MEMBER_BLOCKED: "L",
    Reason.NOT_ELIGIBLE: BAD_MARGIN,
}
CANCELS = {
    Reason.BY_TRADER: "U",
    Reason.MASS_CANCEL: "U",
    Reason.NO_LIQUIDITY: "I",
    Reason.CANCEL_ON_DISCONNECT: "L",
    Reason.KILL_SWITCH: "S",
    Reason.BY_PROXY: "S",
    Reason.SESSION_END: "M",
    Reason.POST_ONLY: BAD_DISPLAY,
}


class PtsOuch(NumberedOuch):
    """The dialect. `symbols` maps the wire's names of the issues; `midnight_ns` is Tokyo's on the trading day."""

    event_field, cancels, other_cancel = "system_event", CANCELS, OTHER

    def __init__(self, layout: BinaryLayout, midnight_ns: int, symbols: Mapping[int | str, str]) -> None:
        super().__init__(layout, midnight_ns, reduces=False)
        self._symbols = symbols
        self._names_on_wire = {symbol: name for name, symbol in symbols.items()}
        self._used: dict[str, set[int]] = {}

    # -- requests --

    def commands(self, message: Decoded, session: str) -> list[AnyCommand]:
        """What a request asks for."""
        fields = message.fields
        if message.name == "enter_order":
            return self._enter(fields, session) if self._take(session, fields["order_token"]) else []
        if message.name == "replace_order":
            return self._replace(fields, session) if self._take(session, fields["replacement_order_token"]) else []
        return self._cancel(fields, session)

    def use(self, used: Used) -> None:
        """A request of before has used its token."""
        self._unnamed.use(used.session, used.cl_ord_id)
        if used.is_named and used.cl_ord_id < UNNAMED_FROM:
            self._take(used.session, used.cl_ord_id)

    def _take(self, session: str, token: int) -> bool:
        """Use a token up; False when it was used before."""
        used = self._used.setdefault(session, set())
        is_new = token not in used
        used.add(token)
        return is_new

    def _enter(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        token = ClOrdID(fields["order_token"])
        echo = (
            fields["client_reference"], fields["buy_sell_indicator"], fields["group"], fields["time_in_force"],
            fields["firm_id"], fields["display"], fields["capacity"], fields["order_classification"],
            fields["cash_margin_type"],
        )  # fmt: skip
        code = _bad(fields)
        if code:
            return [refusal(session, token, code, *echo)]
        return [
            Enter(
                session=session,
                cl_ord_id=token,
                request_id=joined(*echo),
                account=str(fields["firm_id"]),
                symbol=self._symbols.get(fields["orderbook_id"], ""),
                side=Side.BUY if fields["buy_sell_indicator"] == "B" else Side.SELL,
                time_in_force=TimeInForce.IOC if fields["time_in_force"] == IMMEDIATE else TimeInForce.DAY,
                px=Px(fields["price"]),
                qty=Qty(fields["quantity"]),
                min_qty=Qty(fields["minimum_quantity"]),
                post_only=fields["display"] == POST_ONLY,
                is_short=fields["buy_sell_indicator"] == "T",
                credit=CREDITS[fields["cash_margin_type"]],
                client_type="L" if fields["order_classification"] == LIQUIDITY_PROVIDER else fields["capacity"],
            )
        ]

    def _replace(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        echo = (fields["time_in_force"], fields["display"])
        return [
            Amend(
                session=session,
                cl_ord_id=ClOrdID(fields["replacement_order_token"]),
                orig_cl_ord_id=ClOrdID(fields["existing_order_token"]),
                request_id=joined("U", *echo),
                px=Px(fields["price"]),
                qty=Qty(fields["quantity"]),
            )
        ]

    def _cancel(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        token, cl_ord_id = fields["order_token"], self._unnamed.take(session)
        if not fields["quantity"]:
            return [Cancel(session=session, cl_ord_id=cl_ord_id, orig_cl_ord_id=ClOrdID(token), request_id="X")]
        order = self._orders.find(session, token)
        px = Px(order.px if order is not None else 0)
        qty = Qty(fields["quantity"])
        return [
            Amend(session=session, cl_ord_id=cl_ord_id, orig_cl_ord_id=ClOrdID(token), request_id="X", px=px, qty=qty)
        ]

    # -- what members hear --

    def _others(self, event: MemberEvent) -> list[Said]:
        match event:
            case CancelRefused(response_to=CxlRejResponseTo.REPLACE) if event.cl_ord_id < UNNAMED_FROM:
                return [self._rejected(event.trade_ns, event.cl_ord_id, event.reason, event.request_id)]
        return []

    def _accepted(self, event: OrderEvent, order: NamedOrder) -> dict[str, Any]:
        reference, side, group, times, firm, display, capacity, classification, margin = order.echo
        return {
            "timestamp": self._stamp(event.trade_ns),
            "order_token": order.name,
            "client_reference": reference,
            "buy_sell_indicator": side,
            "quantity": event.order_qty,
            "orderbook_id": self._names_on_wire[event.symbol],
            "group": group,
            "price": event.px,
            "time_in_force": int(times),
            "firm_id": int(firm),
            "display": display or " ",
            "capacity": capacity,
            "order_number": order.ref,
            "minimum_quantity": event.min_qty,
            "order_state": "L",
            "order_classification": classification,
            "cash_margin_type": margin,
        }

    def _amended(self, event: OrderAmended) -> Said:
        order, name, qty = self._orders.amended(event)
        kind = split(event.request_id)
        if kind[0] == "X":
            return self._canceled(event, qty - event.order_qty, "U")
        return "order_replaced", {
            "timestamp": self._stamp(event.trade_ns),
            "replacement_order_token": order.name,
            "buy_sell_indicator": order.echo[1],
            "quantity": event.leaves_qty,
            "orderbook_id": self._names_on_wire[event.symbol],
            "group": order.echo[2],
            "price": event.px,
            "time_in_force": int(kind[1]),
            "display": kind[2] or " ",
            "order_number": order.ref,
            "minimum_quantity": event.min_qty,
            "order_state": "L",
            "previous_order_token": name,
        }

    def _canceled(self, event: OrderEvent, decrement: int, reason: str) -> Said:
        return "order_canceled", {
            "timestamp": self._stamp(event.trade_ns),
            "order_token": self._orders.of(event).name,
            "decrement_quantity": decrement,
            "order_canceled_reason": reason,
        }

    def _executed(self, event: OrderTraded) -> dict[str, Any]:
        return {
            "timestamp": self._stamp(event.trade_ns),
            "order_token": self._orders.of(event).name,
            "executed_quantity": event.last_qty,
            "execution_price": event.last_px,
            "liquidity_indicator": "R" if event.is_aggressor else "A",
            "match_number": event.match_id,
        }

    def _rejected(self, trade_ns: int, token: int, reason: Reason, request_id: str) -> Said:
        return "order_rejected", {
            "timestamp": self._stamp(trade_ns),
            "order_token": token,
            "order_rejected_reason": refused_code(request_id) or REJECTS.get(reason, OTHER),
        }


def _bad(fields: Mapping[str, Any]) -> str:
    """The venue's code for what the dialect itself cannot take; empty when there is nothing."""
    checks = (
        (fields["buy_sell_indicator"] not in "BSTE", BAD_ORDER_TYPE),
        (fields["time_in_force"] not in (IMMEDIATE, DAY), BAD_ORDER_TYPE),
        (fields["display"] not in ("", " ", POST_ONLY), BAD_DISPLAY),
        (fields["group"] not in GROUPS, NO_PERMISSION),
        (fields["cash_margin_type"] not in CREDITS, BAD_MARGIN),
    )
    return next((code for is_bad, code in checks if is_bad), "")
