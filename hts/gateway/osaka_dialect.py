"""Osaka's OUCH 5.0 (J-GATE): what the other OUCH say, with tokens of text and contracts by number.

The numbers of the contracts are those of the day's directory, which the feed tells: before it has come, no order can be
entered and no message be read. A mass cancel takes all orders of an account. A cancel tells no quantity: it is all that
was left. One "by the system" is the rest of an immediate order, or the end of the connection. A refused cancel is told
by the order's own token. There are limit orders only.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final

from hts.base.errors import RemoteProtocolError
from hts.gateway.ouch_dialects import refuse
from hts.gateway.ouch_heard import Accepted, AllCanceled, Canceled, Executed, Heard, Rejected, Replaced, Said
from hts.model.enums import LastLiquidityInd, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.requests import (
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
)
from hts.wire.layout.codec import Decoded

FOREIGN: Final = 1 << 40  # and a part of its hash: a token that is none of ours
TIMES: Final = {TimeInForce.DAY: 0, TimeInForce.IOC: 3, TimeInForce.FOK: 4}
DEFAULT_POSITION: Final = 4  # open_close: the venue's rule
PARTICIPANT: Final = 1
CUSTOMER_INFO: Final = 15  # characters
BY_SYSTEM: Final = 9
EXPIRED: Final = 19
AUCTION_DEAL: Final = 20  # deal_source; of any other deal nobody tells who rested and who took
AUCTION: Final = LastLiquidityInd.AUCTION
CANCELS: Final = {
    1: Reason.BY_TRADER,
    BY_SYSTEM: Reason.CANCEL_ON_DISCONNECT,
    10: Reason.KILL_SWITCH,
    EXPIRED: Reason.SESSION_END,
    43: Reason.SELF_MATCH,
}
REJECTS: Final = {
    -800002: Reason.DUPLICATE_CL_ORD_ID,
    -800004: Reason.UNKNOWN_ORDER,
    -800006: Reason.UNKNOWN_SYMBOL,
    -800010: Reason.TYPE_NOT_ALLOWED,
    -800014: Reason.TOO_LATE,
    -800015: Reason.THROTTLED,
    -110023: Reason.PHASE_CLOSED,
    -110077: Reason.MEMBER_BLOCKED,
    -110155: Reason.HALTED,
    -110159: Reason.BAD_QTY,
    -110161: Reason.PRICE_LIMIT,
    -110173: Reason.QTY_CAP,
}


class OsakaDialect:
    """`book_ids` gives the directory: numbers by symbol, empty before it has come."""

    def __init__(self, book_ids: Callable[[], Mapping[str, int]]) -> None:
        self._book_ids = book_ids
        self._foreign: dict[int, str] = {}
        self._immediate: set[int] = set()

    def enter(self, request: NewOrderSingle) -> Said:
        times = TIMES.get(request.time_in_force)
        rest = (request.stop_px, request.display_qty, request.min_qty, request.post_only, request.expire_ns)
        if times is None or request.ord_type is not OrdType.LIMIT or any(rest):
            raise refuse(f"{request.symbol} {request.ord_type.name} {request.time_in_force.name}")
        number = self._book_ids().get(request.symbol)
        if number is None:
            raise refuse(f"{request.symbol}, which the directory does not have")
        return "enter_order", {
            "order_token": self._token(request.cl_ord_id),
            "order_book_id": number,
            "side": "B" if request.side is Side.BUY else "S",
            "quantity": request.qty,
            "price": request.px,
            "time_in_force": times,
            **_position(request.account, request.request_id),
        }

    def replace(self, request: OrderCancelReplaceRequest, time_in_force: TimeInForce) -> Said:  # noqa: ARG002
        return "replace_order", {
            "existing_order_token": self._token(request.orig_cl_ord_id),
            "replacement_order_token": self._token(request.cl_ord_id),
            "quantity": request.qty,
            "price": request.px,
            **_position(request.account, request.request_id),
        }

    def cancel(self, request: OrderCancelRequest) -> Said:
        return "cancel_order", {"order_token": self._token(request.orig_cl_ord_id)}

    def mass_cancel(self, request: OrderMassCancelRequest) -> Said:
        if request.symbol:
            raise refuse(f"mass cancel of {request.symbol}")
        return "mass_cancel", {
            "order_token": self._token(request.cl_ord_id),
            "underlying_id": 0,
            "scope": PARTICIPANT,
            "client_account": request.account,
        }

    def read(self, message: Decoded) -> Heard | None:
        fields = message.fields
        match message.name:
            case "order_accepted":
                return self._accepted(fields)
            case "order_replaced":
                return Replaced(
                    token=self._number(fields["replacement_order_token"]),
                    previous=self._number(fields["previous_order_token"]),
                    px=fields["price"],
                    qty=fields["quantity"],
                )
        token = self._number(fields["order_token"])
        match message.name:
            case "order_executed":
                qty, px = fields["traded_quantity"], fields["trade_price"]
                how = AUCTION if fields["deal_source"] == AUCTION_DEAL else LastLiquidityInd.UNKNOWN
                return Executed(token=token, qty=qty, px=px, number=fields["match_id"], liquidity=how)
            case "order_canceled":
                reason = CANCELS.get(fields["cancel_reason"], Reason.SESSION_END)
                if token in self._immediate and fields["cancel_reason"] == BY_SYSTEM:
                    reason = Reason.NO_LIQUIDITY
                return Canceled(token=token, qty=None, reason=reason, is_expired=fields["cancel_reason"] == EXPIRED)
            case "order_rejected":
                code = fields["reject_code"]
                return Rejected(token=token, reason=REJECTS.get(code, Reason.NOT_ELIGIBLE), code=str(code))
        reason = REJECTS.get(fields["status"], Reason.NONE)
        return AllCanceled(token=token, count=None, reason=reason)

    def _accepted(self, fields: Mapping[str, Any]) -> Accepted:
        number = fields["order_book_id"]
        symbol = next((symbol for symbol, its in self._book_ids().items() if its == number), None)
        if symbol is None:
            raise RemoteProtocolError(f"a contract of the day's directory expected, found {number}")
        token = self._number(fields["order_token"])
        if fields["time_in_force"]:
            self._immediate.add(token)
        return Accepted(
            token=token,
            side=Side.BUY if fields["side"] == "B" else Side.SELL,
            symbol=symbol,
            px=fields["price"],
            qty=fields["quantity"],
            time_in_force=next((t for t, its in TIMES.items() if its == fields["time_in_force"]), TimeInForce.DAY),
            venue_order_id=fields["order_id"],
            account=fields["client_account"],
        )

    def _token(self, number: int) -> str:
        return self._foreign.get(number) or str(number)

    def _number(self, token: str) -> int:
        if token.isdecimal() and 0 < int(token) < FOREIGN:
            return int(token)
        number = FOREIGN | int.from_bytes(blake2b(token.encode(), digest_size=4).digest(), "big")
        self._foreign[number] = token
        return number


def _position(account: str, request_id: str) -> dict[str, Any]:
    return {
        "open_close": DEFAULT_POSITION,
        "client_account": account,
        "customer_info": request_id[:CUSTOMER_INFO],
        "exchange_info": "",
    }
