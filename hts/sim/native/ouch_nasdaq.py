"""Nasdaq's OUCH 5.0: messages to commands, events to messages.

Orders are named by UserRefNum, which only grows: a lower one is ignored, as the specification says. "Market hours" and
immediate orders, cross orders, hidden, reserve, minimum quantity, post-only, midpoint and primary pegs are taken;
routing, discretion and trade-now are not, and are refused with the venue's code.
"""

from collections.abc import Mapping
from typing import Any

from hts.model.enums import CxlRejResponseTo, LastLiquidityInd, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.rules.dates import NS
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter
from hts.sim.events import (
    CancelRefused,
    MemberEvent,
    OrderAmended,
    OrderEvent,
    OrderTraded,
    TradeBroken,
)
from hts.sim.native.ouch_base import NumberedOuch
from hts.sim.native.ouch_service import Said, Used
from hts.sim.native.ouch_words import (
    NamedOrder,
    joined,
    refusal,
    refused_code,
    split,
)
from hts.wire.layout.codec import BinaryLayout, Decoded

MARKET_PX = 2_000_000_000  # $200,000.0000 and more, and 0x7FFFFFFF, are market orders
TIMES = {"0": TimeInForce.DAY, "3": TimeInForce.IOC, "5": TimeInForce.GTC, "6": TimeInForce.GTD, "E": TimeInForce.GTC}
CROSSES = {"O": TimeInForce.AT_OPEN, "C": TimeInForce.AT_CLOSE}
FIRST_HALT_MINUTE = 10 * 60  # of the day: no opening cross is that late
CLOSING_MINUTES = (13 * 60, 16 * 60)  # of short days, of others
WIRE_CROSSES = {times: letter for letter, times in CROSSES.items()}  # also the liquidity flags of the crosses
PRICE_TYPES = {"L": None, "M": OrdType.MIDPOINT, "R": OrdType.PRIMARY_PEG}
OTHER, INVALID_SIDE, INVALID_DISPLAY, INVALID_CROSS, INVALID_PEG, NO_ROUTING, NO_ISO = 15, 9, 3, 20, 5, 22, 8
REJECTS = {
    Reason.UNKNOWN_SYMBOL: 23,
    Reason.BAD_TICK: 29,
    Reason.PRICE_LIMIT: 29,
    Reason.BAD_QTY: 19,
    Reason.BAD_LOT: 19,
    Reason.PHASE_CLOSED: 2,
    Reason.TYPE_NOT_ALLOWED: OTHER,
    Reason.HALTED: 7,
    Reason.THROTTLED: 41,
    Reason.KILL_SWITCH: 34,
    Reason.SHORT_SALE_PRICE: 35,
    Reason.SHORT_SALE_BANNED: 35,
    Reason.QTY_CAP: 30,
    Reason.BAD_DISPLAY_QTY: 4,
    Reason.BAD_MIN_QTY: 13,
    Reason.NO_REFERENCE: 1,
    Reason.PRICE_BAND: 29,
    Reason.MEMBER_BLOCKED: 12,
    Reason.ISSUE_SUSPENDED: 7,
}
CANCELS = {
    Reason.BY_TRADER: "U",
    Reason.NO_LIQUIDITY: "I",
    Reason.MASS_CANCEL: "U",
    Reason.KILL_SWITCH: "S",
    Reason.BY_PROXY: "S",
    Reason.CANCEL_ON_DISCONNECT: "Z",
    Reason.SELF_MATCH: "Q",
    Reason.POST_ONLY: "G",
    Reason.HALTED: "H",
    Reason.SESSION_END: "T",
    Reason.PRICE_BAND: "K",
}


class NasdaqOuch(NumberedOuch):
    """The dialect. `midnight_ns` is New York's on the trading day."""

    event_field, cancels, other_cancel = "event_code", CANCELS, "Z"

    def __init__(self, layout: BinaryLayout, midnight_ns: int) -> None:
        super().__init__(layout, midnight_ns)
        self._newest: dict[str, int] = {}

    # -- requests --

    def commands(self, message: Decoded, session: str) -> list[AnyCommand]:
        """What a request asks for."""
        fields = message.fields
        if message.name == "enter_order":
            return self._enter(fields, session)
        if message.name == "replace_order":
            return self._replace(fields, session)
        if message.name == "cancel_order":
            return self._cancel(fields, session)
        return self._modify(fields, session)

    def answer(self, message: Decoded, session: str, next_seq: int) -> Said | None:  # noqa: ARG002
        """The next UserRefNum, to who asks for it."""
        if message.name != "account_query":
            return None
        return "account_query_response", {"timestamp": 0, "next_user_ref_num": self._newest.get(session, 0) + 1}

    def use(self, used: Used) -> None:
        """A request of before has used its number."""
        self._unnamed.use(used.session, used.cl_ord_id)
        if used.is_named and used.cl_ord_id < 1 << 32:
            self._newest[used.session] = max(self._newest.get(used.session, 0), used.cl_ord_id)

    def _enter(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        number = fields["user_ref_num"]
        if number <= self._newest.get(session, 0):
            return []
        self._newest[session] = number
        options = fields["appendage"]
        echo = (
            fields["cl_ord_id"], fields["side"], fields["time_in_force"], fields["display"], fields["capacity"],
            fields["intermarket_sweep_eligibility"], fields["cross_type"], options.get("price_type", ""),
        )  # fmt: skip
        code = _bad(fields, options)
        if code:
            return [refusal(session, ClOrdID(number), code, *echo)]
        px = fields["price"]
        ord_type = PRICE_TYPES[options.get("price_type", "L")] or OrdType.LIMIT
        if px >= MARKET_PX:
            ord_type, px = OrdType.MARKET, 0
        times = CROSSES.get(fields["cross_type"]) or TIMES[fields["time_in_force"]]
        expires_ns = self._midnight_ns + options["expire_time"] * NS if "expire_time" in options else 0
        return [
            Enter(
                session=session,
                cl_ord_id=ClOrdID(number),
                request_id=joined(*echo),
                account=options.get("firm", ""),
                symbol=fields["symbol"],
                side=Side.BUY if fields["side"] == "B" else Side.SELL,
                ord_type=ord_type,
                time_in_force=times,
                px=Px(px),
                qty=Qty(fields["quantity"]),
                display_qty=Qty(options.get("max_floor", 0)),
                min_qty=Qty(options.get("min_qty", 0)),
                expire_ns=expires_ns if times is TimeInForce.GTD else 0,
                post_only=options.get("post_only") == "P",
                is_short=fields["side"] == "T",
                is_hidden=fields["display"] == "N",
                client_type=fields["capacity"],
            )
        ]

    def _replace(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        number = fields["user_ref_num"]
        if number <= self._newest.get(session, 0):
            return []
        self._newest[session] = number
        px = fields["price"]
        return [
            Amend(
                session=session,
                cl_ord_id=ClOrdID(number),
                orig_cl_ord_id=ClOrdID(fields["orig_user_ref_num"]),
                request_id=joined("U", fields["cl_ord_id"]),
                px=Px(0 if px >= MARKET_PX else px),
                qty=Qty(fields["quantity"]),
            )
        ]

    def _cancel(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        # A quantity is the size that the order is to live on with; none of it cancels the whole.
        if fields["quantity"]:
            return [self._resize(session, fields["user_ref_num"], "X", fields["quantity"])]
        order, cl_ord_id = ClOrdID(fields["user_ref_num"]), self._unnamed.take(session)
        return [Cancel(session=session, cl_ord_id=cl_ord_id, orig_cl_ord_id=order, request_id="X")]

    def _modify(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        return [self._resize(session, fields["user_ref_num"], "M", fields["quantity"])]

    def _resize(self, session: str, name: int, kind: str, qty: int) -> Amend:
        order = self._orders.find(session, name)
        return Amend(
            session=session,
            cl_ord_id=self._unnamed.take(session),
            orig_cl_ord_id=ClOrdID(name),
            request_id=kind,
            px=Px(order.px if order is not None else 0),
            qty=Qty(qty),
        )

    # -- what members hear --

    def _others(self, event: MemberEvent) -> list[Said]:
        """Superfluous cancels are ignored, as the specification says."""
        match event:
            case TradeBroken():
                return [("broken_trade", self._broken(event))]
            case CancelRefused():
                return self._refused(event)
        return []

    def _accepted(self, event: OrderEvent, order: NamedOrder) -> dict[str, Any]:
        return self._terms(event, order)

    def _terms(self, event: OrderEvent, order: NamedOrder) -> dict[str, Any]:
        cl_ord_id, side, times, display, capacity, sweep, cross, price_type = order.echo
        return {
            "timestamp": self._stamp(event.trade_ns),
            "user_ref_num": order.name,
            "side": side,
            "quantity": event.leaves_qty,
            "symbol": event.symbol,
            "price": event.px or MARKET_PX,
            "time_in_force": times,
            "display": display,
            "order_reference_number": order.ref,
            "capacity": capacity,
            "intermarket_sweep_eligibility": sweep,
            "cross_type": cross,
            "order_state": "L",
            "cl_ord_id": cl_ord_id,
            "appendage": _appendage(event, price_type),
        }

    def _rejected(self, trade_ns: int, number: int, reason: Reason, request_id: str) -> Said:
        code = refused_code(request_id)
        echo = split(request_id)
        return "rejected", {
            "timestamp": self._stamp(trade_ns),
            "user_ref_num": number,
            "reason": int(code) if code else REJECTS.get(reason, OTHER),
            "cl_ord_id": echo[1] if code or echo[0] == "U" else echo[0],
        }

    def _amended(self, event: OrderAmended) -> Said:
        order, name, qty = self._orders.amended(event)
        kind, _, cl_ord_id = event.request_id.partition("|")
        if kind == "X":
            return self._canceled(event, qty - event.order_qty, "U")
        if kind == "M":
            return "order_modified", {
                "timestamp": self._stamp(event.trade_ns),
                "user_ref_num": order.name,
                "side": order.echo[1],
                "quantity": event.leaves_qty,
            }
        order.echo[0] = cl_ord_id
        return "order_replaced", self._terms(event, order) | {"orig_user_ref_num": name}

    def _canceled(self, event: OrderEvent, decrement: int, reason: str) -> Said:
        return "order_canceled", {
            "timestamp": self._stamp(event.trade_ns),
            "user_ref_num": self._orders.of(event).name,
            "quantity": decrement,
            "reason": reason,
        }

    def _broken(self, event: TradeBroken) -> dict[str, Any]:
        order = self._orders.of(event)
        return {
            "timestamp": self._stamp(event.trade_ns),
            "user_ref_num": order.name,
            "match_number": event.match_id,
            "reason": "E",
            "cl_ord_id": order.echo[0],
        }

    def _flag(self, event: OrderTraded) -> str:
        """Of an execution in a cross: the opening one until ten, the closing one from its hour on, else a halt's."""
        if event.liquidity is not LastLiquidityInd.AUCTION:
            return "R" if event.is_aggressor else "A"
        minute = (event.trade_ns - self._midnight_ns) // (60 * NS)
        by_hour = "O" if minute < FIRST_HALT_MINUTE else "C" if minute in CLOSING_MINUTES else "H"
        return WIRE_CROSSES.get(event.time_in_force, by_hour)

    def _executed(self, event: OrderTraded) -> dict[str, Any]:
        return {
            "timestamp": self._stamp(event.trade_ns),
            "user_ref_num": self._orders.of(event).name,
            "quantity": event.last_qty,
            "price": event.last_px,
            "liquidity_flag": self._flag(event),
            "match_number": event.match_id,
            "appendage": {},
        }

    def _refused(self, event: CancelRefused) -> list[Said]:
        if event.response_to is CxlRejResponseTo.REPLACE and event.request_id.startswith("U|"):
            return [self._rejected(event.trade_ns, event.cl_ord_id, event.reason, event.request_id)]
        if event.reason in (Reason.UNKNOWN_ORDER, Reason.TOO_LATE, Reason.NOTHING_CHANGED):
            return []
        named = {"timestamp": self._stamp(event.trade_ns), "user_ref_num": event.orig_cl_ord_id}
        return [("cancel_reject", named)]


def _bad(fields: Mapping[str, Any], options: Mapping[str, Any]) -> int:
    """The venue's code for what the dialect itself cannot take; 0 when there is nothing."""
    checks = (
        (fields["side"] not in "BSTE", INVALID_SIDE),
        (fields["display"] not in "YNA", INVALID_DISPLAY),
        (fields["cross_type"] not in "NOC", INVALID_CROSS),
        (fields["time_in_force"] not in TIMES, OTHER),
        (fields["intermarket_sweep_eligibility"] == "Y", NO_ISO),
        (options.get("price_type", "L") not in PRICE_TYPES, INVALID_PEG),
        (bool(options.get("peg_offset")), INVALID_PEG),
        (bool(options.get("route", "").strip()), NO_ROUTING),
    )
    return next((code for is_bad, code in checks if is_bad), 0)


def _appendage(event: OrderEvent, price_type: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if event.min_qty:
        found["min_qty"] = event.min_qty
    if event.display_qty:
        found["max_floor"] = event.display_qty
    if price_type:
        found["price_type"] = price_type
    if event.post_only:
        found["post_only"] = "P"
    return found
