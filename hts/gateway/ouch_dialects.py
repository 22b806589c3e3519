"""How the OUCH of each venue says what they have in common: requests to messages of its table, messages to `Heard`.

A dialect knows no order: what a message leaves out is filled in by hts.gateway.ouch_orders.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from hts.base.errors import LocalProtocolError
from hts.gateway.ouch_heard import Accepted, Broken, Canceled, CancelRejected, Executed, Heard, Rejected, Replaced, Said
from hts.model.enums import CashMargin, LastLiquidityInd, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.requests import (
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
)
from hts.wire.layout.codec import Decoded

PTS_EXPIRED, NASDAQ_EXPIRED = "M", "T"  # why an order is no more: its session, or its time in force, is over
TOKEN_MAX: Final = (1 << 32) - 1
DEAD: Final = "D"  # order_state of an answer: taken, or replaced, and over at once


class OuchDialect(Protocol):
    """One venue's OUCH."""

    def enter(self, request: NewOrderSingle) -> Said:
        """Raises LocalProtocolError for an order that the protocol cannot say."""
        ...

    def replace(self, request: OrderCancelReplaceRequest, time_in_force: TimeInForce) -> Said: ...

    def cancel(self, request: OrderCancelRequest) -> Said: ...

    def mass_cancel(self, request: OrderMassCancelRequest) -> Said:
        """Raises LocalProtocolError where there is none."""
        ...

    def read(self, message: Decoded) -> Heard | None:
        """What a message says of an order; None for one about something else. Raises RemoteProtocolError."""
        ...


def token_of(number: int) -> int:
    """A ClOrdID as the token of 32 bits. Raises LocalProtocolError."""
    if not 0 < number <= TOKEN_MAX:
        raise LocalProtocolError(f"a token from 1 to {TOKEN_MAX} expected, found {number}")
    return number


def refuse(what: str) -> LocalProtocolError:
    """To be raised for what a protocol has no words for."""
    return LocalProtocolError(f"{what}: this venue's order protocol cannot say that")


class PtsDialect:
    """Japannext 2.01 and ODX 2.0, whose names of the issues are ours."""

    IMMEDIATE, DAY = 0, 99_999

    def __init__(self, firm_id: int) -> None:
        self._firm_id = firm_id

    def enter(self, request: NewOrderSingle) -> Said:
        times = _PTS_TIMES.get(request.time_in_force)
        if times is None or request.ord_type is not OrdType.LIMIT:
            raise refuse(f"{request.symbol} {request.ord_type.name} {request.time_in_force.name}")
        return "enter_order", {
            "order_token": token_of(request.cl_ord_id),
            "client_reference": request.request_id[:10],
            "buy_sell_indicator": "T" if request.is_short else ("B" if request.side is Side.BUY else "S"),
            "quantity": request.qty,
            "orderbook_id": request.symbol,
            "group": "DAY",
            "price": request.px,
            "time_in_force": times,
            "firm_id": self._firm_id,
            "display": "P" if request.post_only else " ",
            "capacity": "A",
            "minimum_quantity": request.min_qty,
            "order_classification": "1",
            "cash_margin_type": _PTS_MARGIN[request.credit],
        }

    def replace(self, request: OrderCancelReplaceRequest, time_in_force: TimeInForce) -> Said:
        return "replace_order", {
            "existing_order_token": token_of(request.orig_cl_ord_id),
            "replacement_order_token": token_of(request.cl_ord_id),
            "quantity": request.qty,
            "price": request.px,
            "time_in_force": _PTS_TIMES.get(time_in_force, self.DAY),
            "display": " ",
            "minimum_quantity": 0,
        }

    def cancel(self, request: OrderCancelRequest) -> Said:
        return "cancel_order", {"order_token": token_of(request.orig_cl_ord_id), "quantity": 0}

    def mass_cancel(self, request: OrderMassCancelRequest) -> Said:
        raise refuse(f"mass cancel {request.cl_ord_id}")

    def read(self, message: Decoded) -> Heard | None:
        fields = message.fields
        if message.name == "order_accepted":
            return Accepted(
                token=fields["order_token"],
                side=Side.BUY if fields["buy_sell_indicator"] == "B" else Side.SELL,
                symbol=fields["orderbook_id"],
                px=fields["price"],
                qty=fields["quantity"],
                time_in_force=TimeInForce.IOC if fields["time_in_force"] == self.IMMEDIATE else TimeInForce.DAY,
                venue_order_id=fields["order_number"],
                is_dead=fields["order_state"] == DEAD,
            )
        if message.name == "order_replaced":
            return Replaced(
                token=fields["replacement_order_token"],
                previous=fields["previous_order_token"],
                px=fields["price"],
                qty=fields["quantity"],
                venue_order_id=fields["order_number"],
                is_dead=fields["order_state"] == DEAD,
            )
        if message.name == "order_executed":
            return Executed(
                token=fields["order_token"],
                qty=fields["executed_quantity"],
                px=fields["execution_price"],
                number=fields["match_number"],
                liquidity=_PTS_LIQUIDITY.get(fields["liquidity_indicator"], LastLiquidityInd.UNKNOWN),
            )
        if message.name in ("order_canceled", "order_aiq_canceled"):
            code = fields["order_canceled_reason"]
            return Canceled(
                token=fields["order_token"],
                qty=fields["decrement_quantity"],
                reason=_PTS_CANCELS.get(code, Reason.SESSION_END),
                is_expired=code == PTS_EXPIRED,
            )
        if message.name == "order_rejected":
            code = fields["order_rejected_reason"]
            return Rejected(token=fields["order_token"], reason=_PTS_REJECTS.get(code, Reason.NOT_ELIGIBLE), code=code)
        return None


class NasdaqDialect:
    """OUCH 5.0. `px_scale`: the wire's ten-thousandths of a dollar per unit of our price."""

    MARKET_PX = 2_000_000_000

    def __init__(self, px_scale: int = 1) -> None:
        self._px_scale = px_scale

    def enter(self, request: NewOrderSingle) -> Said:
        times = _NASDAQ_TIMES.get(request.time_in_force)
        if times is None or request.ord_type not in _NASDAQ_TYPES:
            raise refuse(f"{request.ord_type.name} {request.time_in_force.name}")
        options: dict[str, Any] = {}
        if request.ord_type in _NASDAQ_PEGS:
            options["price_type"] = _NASDAQ_PEGS[request.ord_type]
        if request.display_qty:
            options["max_floor"] = request.display_qty
        if request.min_qty:
            options["min_qty"] = request.min_qty
        if request.post_only:
            options["post_only"] = "P"
        return "enter_order", {
            "user_ref_num": token_of(request.cl_ord_id),
            "side": "T" if request.is_short else ("B" if request.side is Side.BUY else "S"),
            "quantity": request.qty,
            "symbol": request.symbol,
            "price": self._wire_px(request.px),
            "time_in_force": times,
            "display": "Y",
            "capacity": "A",
            "intermarket_sweep_eligibility": "N",
            "cross_type": _NASDAQ_CROSSES.get(request.time_in_force, "N"),
            "cl_ord_id": request.request_id[:14],
            "appendage": options,
        }

    def replace(self, request: OrderCancelReplaceRequest, time_in_force: TimeInForce) -> Said:
        return "replace_order", {
            "orig_user_ref_num": token_of(request.orig_cl_ord_id),
            "user_ref_num": token_of(request.cl_ord_id),
            "quantity": request.qty,
            "price": self._wire_px(request.px),
            "time_in_force": _NASDAQ_TIMES.get(time_in_force, "0"),
            "display": "Y",
            "intermarket_sweep_eligibility": "N",
            "cl_ord_id": request.request_id[:14],
            "appendage": {},
        }

    def cancel(self, request: OrderCancelRequest) -> Said:
        return "cancel_order", {"user_ref_num": token_of(request.orig_cl_ord_id), "quantity": 0}

    def mass_cancel(self, request: OrderMassCancelRequest) -> Said:
        raise refuse(f"mass cancel {request.cl_ord_id}")

    def read(self, message: Decoded) -> Heard | None:
        fields = message.fields
        if message.name == "order_accepted":
            return self._accepted(fields)
        if message.name == "order_replaced":
            return Replaced(
                token=fields["user_ref_num"],
                previous=fields["orig_user_ref_num"],
                px=self._px(fields),
                qty=fields["quantity"],
                venue_order_id=fields["order_reference_number"],
                is_dead=fields["order_state"] == DEAD,
            )
        if message.name == "order_executed":
            return Executed(
                token=fields["user_ref_num"],
                qty=fields["quantity"],
                px=fields["price"] // self._px_scale,
                number=fields["match_number"],
                liquidity=_NASDAQ_LIQUIDITY.get(fields["liquidity_flag"], LastLiquidityInd.UNKNOWN),
            )
        if message.name in ("order_canceled", "aiq_canceled"):
            return Canceled(
                token=fields["user_ref_num"],
                qty=fields["quantity"],
                reason=_NASDAQ_CANCELS.get(fields["reason"], Reason.SESSION_END),
                is_expired=fields["reason"] == NASDAQ_EXPIRED,
            )
        if message.name == "broken_trade":
            return Broken(token=fields["user_ref_num"], number=fields["match_number"])
        if message.name == "rejected":
            code = fields["reason"]
            reason = _NASDAQ_REJECTS.get(code, Reason.NOT_ELIGIBLE)
            return Rejected(token=fields["user_ref_num"], reason=reason, code=str(code))
        return CancelRejected(token=fields["user_ref_num"]) if message.name == "cancel_reject" else None

    def _accepted(self, fields: Mapping[str, Any]) -> Accepted:
        px = self._px(fields)
        peg = fields["appendage"].get("price_type", "L")
        ord_type = OrdType.LIMIT if px else OrdType.MARKET
        cross = {letter: times for times, letter in _NASDAQ_CROSSES.items()}.get(fields["cross_type"])
        times = {letter: times for times, letter in _NASDAQ_TIMES.items()}
        return Accepted(
            token=fields["user_ref_num"],
            side=Side.BUY if fields["side"] == "B" else Side.SELL,
            symbol=fields["symbol"],
            px=px,
            qty=fields["quantity"],
            ord_type={letter: kind for kind, letter in _NASDAQ_PEGS.items()}.get(peg, ord_type),
            time_in_force=cross or times.get(fields["time_in_force"], TimeInForce.DAY),
            venue_order_id=fields["order_reference_number"],
            is_dead=fields["order_state"] == DEAD,
        )

    def _px(self, fields: Mapping[str, Any]) -> int:
        """Of an order; 0 at the market."""
        px: int = fields["price"]
        return 0 if px >= self.MARKET_PX else px // self._px_scale

    def _wire_px(self, px: int) -> int:
        return px * self._px_scale if px else self.MARKET_PX


_PTS_TIMES: Final = {TimeInForce.IOC: PtsDialect.IMMEDIATE, TimeInForce.DAY: PtsDialect.DAY}
_PTS_MARGIN: Final = {CashMargin.CASH: "1", CashMargin.MARGIN_OPEN: "2", CashMargin.MARGIN_CLOSE: "4"}
_PTS_LIQUIDITY: Final = {"A": LastLiquidityInd.ADDED, "R": LastLiquidityInd.REMOVED}
_PTS_CANCELS: Final = {
    "U": Reason.BY_TRADER,
    "I": Reason.NO_LIQUIDITY,
    "L": Reason.CANCEL_ON_DISCONNECT,
    "S": Reason.KILL_SWITCH,
    "M": Reason.SESSION_END,
    "D": Reason.POST_ONLY,
    "Q": Reason.SELF_MATCH,
}
_PTS_REJECTS: Final = {
    "S": Reason.UNKNOWN_SYMBOL,
    "X": Reason.PRICE_LIMIT,
    "Z": Reason.BAD_QTY,
    "N": Reason.BAD_MIN_QTY,
    "R": Reason.PHASE_CLOSED,
    "Y": Reason.TYPE_NOT_ALLOWED,
    "D": Reason.POST_ONLY,
    "H": Reason.HALTED,
    "F": Reason.THROTTLED,
    "i": Reason.SHORT_SALE_BANNED,
    "V": Reason.QTY_CAP,
    "L": Reason.MEMBER_BLOCKED,
}
_NASDAQ_TIMES: Final = {
    TimeInForce.DAY: "0",
    TimeInForce.IOC: "3",
    TimeInForce.AT_OPEN: "0",
    TimeInForce.AT_CLOSE: "0",
}
_NASDAQ_CROSSES: Final = {TimeInForce.AT_OPEN: "O", TimeInForce.AT_CLOSE: "C"}
_NASDAQ_PEGS: Final = {OrdType.MIDPOINT: "M", OrdType.PRIMARY_PEG: "R"}
_NASDAQ_TYPES: Final = frozenset({OrdType.LIMIT, OrdType.MARKET, *_NASDAQ_PEGS})
# Flags of retail orders and of midpoint orders with terms of their own are priced apart: they stay unknown.
_NASDAQ_LIQUIDITY: Final = (
    dict.fromkeys("AJWk78", LastLiquidityInd.ADDED)
    | dict.fromkeys("Rm", LastLiquidityInd.REMOVED)
    | dict.fromkeys("OMCLHK", LastLiquidityInd.AUCTION)
)
_NASDAQ_CANCELS: Final = {
    "U": Reason.BY_TRADER,
    "I": Reason.NO_LIQUIDITY,
    "S": Reason.KILL_SWITCH,
    "Z": Reason.CANCEL_ON_DISCONNECT,
    "Q": Reason.SELF_MATCH,
    "G": Reason.POST_ONLY,
    "H": Reason.HALTED,
    "T": Reason.SESSION_END,
    "K": Reason.PRICE_BAND,
}
_NASDAQ_REJECTS: Final = {
    1: Reason.NO_REFERENCE,
    2: Reason.PHASE_CLOSED,
    4: Reason.BAD_DISPLAY_QTY,
    7: Reason.HALTED,
    12: Reason.MEMBER_BLOCKED,
    13: Reason.BAD_MIN_QTY,
    19: Reason.BAD_QTY,
    23: Reason.UNKNOWN_SYMBOL,
    29: Reason.PRICE_LIMIT,
    30: Reason.QTY_CAP,
    34: Reason.KILL_SWITCH,
    35: Reason.SHORT_SALE_BANNED,
    41: Reason.THROTTLED,
}
