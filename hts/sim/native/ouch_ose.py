"""Osaka's OUCH 5.0 (J-GATE): messages to commands, events to messages.

Orders are named by tokens of fourteen characters, which a client uses once a day; a second use is rejected with its
own code. Inside, each token has a number.
"""

from collections.abc import Mapping
from typing import Any

from hts.model.enums import CxlRejResponseTo, LastLiquidityInd, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter, MassCancel
from hts.sim.events import (
    CancelRefused,
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
from hts.sim.native.ouch_base import PlainOuch
from hts.sim.native.ouch_service import Said, Used
from hts.sim.native.ouch_words import joined, refusal, refused_code
from hts.sim.native_names import REFUSED, SEPARATOR
from hts.wire.layout.codec import BinaryLayout, Decoded

TIMES = {0: TimeInForce.DAY, 3: TimeInForce.IOC, 4: TimeInForce.FOK}
DUPLICATE_TOKEN, BAD_ORDERBOOK, BAD_SIDE, BAD_TIF, UNKNOWN_TOKEN = -800002, -800006, -800008, -800010, -800004
CLOSED, NOT_TRADED, BAD_PREMIUM, BAD_QUANTITY, MAX_QUANTITY = -110023, -110247, -110161, -110159, -110173
SUSPENDED, BLOCKED, THROTTLED, CAN_NOT_CANCEL, FATAL = -110155, -110077, -800015, -800014, -140006
REJECTS = {
    Reason.UNKNOWN_SYMBOL: BAD_ORDERBOOK,
    Reason.BAD_TICK: BAD_PREMIUM,
    Reason.PRICE_LIMIT: BAD_PREMIUM,
    Reason.BAD_QTY: BAD_QUANTITY,
    Reason.BAD_LOT: BAD_QUANTITY,
    Reason.QTY_BELOW_CUM: BAD_QUANTITY,
    Reason.QTY_CAP: MAX_QUANTITY,
    Reason.PHASE_CLOSED: CLOSED,
    Reason.HALTED: SUSPENDED,
    Reason.TYPE_NOT_ALLOWED: BAD_TIF,
    Reason.DUPLICATE_CL_ORD_ID: DUPLICATE_TOKEN,
    Reason.UNKNOWN_ORDER: UNKNOWN_TOKEN,
    Reason.TOO_LATE: CAN_NOT_CANCEL,
    Reason.THROTTLED: THROTTLED,
    Reason.KILL_SWITCH: BLOCKED,
    Reason.MEMBER_BLOCKED: BLOCKED,
    Reason.ISSUE_SUSPENDED: SUSPENDED,
}
BY_USER, BY_SYSTEM, BY_PROXY, EXPIRED, SELF_TRADE = 1, 9, 10, 19, 43
CANCELS = {
    Reason.BY_TRADER: BY_USER,
    Reason.MASS_CANCEL: BY_USER,
    Reason.NO_LIQUIDITY: BY_SYSTEM,
    Reason.KILL_SWITCH: BY_PROXY,
    Reason.BY_PROXY: BY_PROXY,
    Reason.CANCEL_ON_DISCONNECT: BY_SYSTEM,
    Reason.SESSION_END: EXPIRED,
    Reason.SELF_MATCH: SELF_TRADE,
}
ON_BOOK = 1
SYSTEM_MATCHED, AUCTION_DEAL = 1, 20  # deal_source


class OseOuch(PlainOuch):
    """The dialect. `symbols` maps the wire's numbers of the contracts."""

    def __init__(self, layout: BinaryLayout, symbols: Mapping[int, str]) -> None:
        super().__init__(layout)
        self._symbols = symbols
        self._ids = {symbol: number for number, symbol in symbols.items()}
        self._next: dict[str, int] = {}
        self._numbers: dict[tuple[str, str], int] = {}  # by session and token
        self._tokens: dict[tuple[str, int], str] = {}  # an order's newest token, by its first number
        self._echoes: dict[tuple[str, int], list[str]] = {}
        self._by_number: dict[tuple[str, int], int] = {}  # first number by the venue's number

    # -- requests --

    def commands(self, message: Decoded, session: str) -> list[AnyCommand]:
        """What a request asks for."""
        fields = message.fields
        match message.name:
            case "enter_order":
                return [self._enter(fields, session)]
            case "enter_mm_order":
                more = {"time_in_force": 0, "open_close": 4, "customer_info": ""}
                return [self._enter({**fields, **more}, session)]
            case "replace_order":
                return [self._replace(fields, session)]
            case "mass_cancel":
                return self._mass_cancel(fields, session)
            case "cancel_by_order_id":
                return self._cancel_numbered(fields, session)
        return self._cancel(fields["order_token"], session)

    def use(self, used: Used) -> None:
        """A request of before has used its number and its token."""
        self._next[used.session] = max(self._next.get(used.session, 1), used.cl_ord_id + 1)
        if used.is_named and not used.request_id.startswith(REFUSED):
            self._numbers.setdefault((used.session, used.request_id.partition(SEPARATOR)[0]), used.cl_ord_id)

    def _number(self, session: str, token: str = "") -> ClOrdID:
        number = self._next.get(session, 1)
        self._next[session] = number + 1
        if token:
            self._numbers[session, token] = number
        return ClOrdID(number)

    def _enter(self, fields: Mapping[str, Any], session: str) -> Enter:
        token = fields["order_token"]
        code = DUPLICATE_TOKEN if (session, token) in self._numbers else 0
        code = code or (BAD_SIDE if fields["side"] not in "BS" else 0)
        code = code or (BAD_TIF if fields["time_in_force"] not in TIMES else 0)
        if code:
            return refusal(session, self._number(session), code, token)
        echo = (fields["time_in_force"], fields["open_close"], fields["client_account"], fields["customer_info"],
                fields["exchange_info"])  # fmt: skip
        return Enter(
            session=session,
            cl_ord_id=self._number(session, token),
            request_id=joined(token, *echo),
            account=fields["client_account"],
            symbol=self._symbols.get(fields["order_book_id"], ""),
            side=Side.BUY if fields["side"] == "B" else Side.SELL,
            time_in_force=TIMES[fields["time_in_force"]],
            px=Px(fields["price"]),
            qty=Qty(fields["quantity"]),
        )

    def _replace(self, fields: Mapping[str, Any], session: str) -> AnyCommand:
        token = fields["replacement_order_token"]
        if (session, token) in self._numbers:
            return refusal(session, self._number(session), DUPLICATE_TOKEN, token)
        echo = (fields["open_close"], fields["client_account"], fields["customer_info"], fields["exchange_info"])
        return Amend(
            session=session,
            orig_cl_ord_id=ClOrdID(self._numbers.get((session, fields["existing_order_token"]), 0)),
            cl_ord_id=self._number(session, token),
            request_id=joined(token, *echo),
            px=Px(fields["price"]),
            qty=Qty(fields["quantity"]),
        )

    def _cancel(self, token: str, session: str) -> list[AnyCommand]:
        order = ClOrdID(self._numbers.get((session, token), 0))
        number = self._number(session)
        return [Cancel(session=session, cl_ord_id=number, orig_cl_ord_id=order, request_id=joined(token, "X"))]

    def _cancel_numbered(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        found = self._by_number.get((session, fields["order_id"]), 0)
        return self._cancel(self._tokens.get((session, found), ""), session)

    def _mass_cancel(self, fields: Mapping[str, Any], session: str) -> list[AnyCommand]:
        token = fields["order_token"]
        number = self._number(session, token)
        return [MassCancel(session=session, cl_ord_id=number, account=fields["client_account"], request_id=token)]

    # -- what members hear --

    def messages(self, event: MemberEvent) -> list[Said]:
        """What a member hears of an event."""
        match event:
            case OrderAccepted():
                return [("order_accepted", self._accepted(event))]
            case OrderRejected():
                return [self._rejected(event.trade_ns, event.reason, event.request_id)]
            case OrderAmended():
                return [("order_replaced", self._replaced(event))]
            case OrderCanceled() | OrderExpired():
                return [("order_canceled", self._canceled(event))]
            case OrderTraded():
                return [("order_executed", self._executed(event))]
            case CancelRefused():
                is_replace = event.response_to is CxlRejResponseTo.REPLACE
                reason = Reason.UNKNOWN_ORDER if is_replace and not event.orig_cl_ord_id else event.reason
                return [self._rejected(event.trade_ns, reason, event.request_id)]
            case MassCanceled():
                answer = {"order_token": event.request_id, "status": REJECTS.get(event.reason, 0)}
                return [("mass_cancel_accepted", {**self._when(event.trade_ns), **answer})]
        return []

    def _accepted(self, event: OrderAccepted) -> dict[str, Any]:
        token, *echo = event.request_id.split(SEPARATOR)
        key = (event.session, event.order_id)
        self._tokens[key], self._echoes[key] = token, echo
        self._by_number[event.session, event.venue_order_id] = event.order_id
        times, open_close, account, customer, exchange = echo
        return {
            **self._when(event.trade_ns),
            "order_token": token,
            **self._terms(event),
            "time_in_force": int(times),
            "open_close": int(open_close),
            "client_account": account,
            "order_state": ON_BOOK,
            "customer_info": customer,
            "exchange_info": exchange,
        }

    def _replaced(self, event: OrderAmended) -> dict[str, Any]:
        key = (event.session, event.order_id)
        token, open_close, account, customer, exchange = event.request_id.split(SEPARATOR)
        previous, self._tokens[key] = self._tokens[key], token
        return {
            **self._when(event.trade_ns),
            "replacement_order_token": token,
            "previous_order_token": previous,
            **self._terms(event),
            "time_in_force": int(self._echoes[key][0]),
            "open_close": int(open_close),
            "client_account": account,
            "order_state": ON_BOOK,
            "customer_info": customer,
            "exchange_info": exchange,
        }

    def _terms(self, event: OrderEvent) -> dict[str, Any]:
        return {
            "order_book_id": self._ids[event.symbol],
            "side": "B" if event.side is Side.BUY else "S",
            "order_id": event.venue_order_id,
            "quantity": event.leaves_qty,
            "price": event.px,
        }

    def _canceled(self, event: OrderEvent) -> dict[str, Any]:
        return {
            **self._when(event.trade_ns),
            "order_token": self._tokens[event.session, event.order_id],
            "order_book_id": self._ids[event.symbol],
            "side": "B" if event.side is Side.BUY else "S",
            "order_id": event.venue_order_id,
            "cancel_reason": CANCELS.get(event.reason, BY_SYSTEM),
        }

    def _executed(self, event: OrderTraded) -> dict[str, Any]:
        return {
            **self._when(event.trade_ns),
            "order_token": self._tokens[event.session, event.order_id],
            "order_book_id": self._ids[event.symbol],
            "traded_quantity": event.last_qty,
            "trade_price": event.last_px,
            "match_id": event.match_id,
            "combo_group_id": 0,
            "deal_source": AUCTION_DEAL if event.liquidity is LastLiquidityInd.AUCTION else SYSTEM_MATCHED,
        }

    def _rejected(self, trade_ns: int, reason: Reason, request_id: str) -> Said:
        code = refused_code(request_id)
        parts = request_id.split(SEPARATOR)
        return "order_rejected", {
            **self._when(trade_ns),
            "order_token": parts[1] if code else parts[0],
            "reject_code": int(code) if code else REJECTS.get(reason, FATAL),
        }

    @staticmethod
    def _when(trade_ns: int) -> dict[str, int]:
        return {"timestamp_nanoseconds": trade_ns}
