"""Questions about markets and positions in FIX 4.4 and 5.0 SP2, and the answers that are no data.

MarketDataRequest(V) and MarketDataRequestReject(Y), SecurityListRequest(x), TradingSessionStatusRequest(g),
RequestForPositions(AN) and RequestForPositionsAck(AO), BusinessMessageReject(j). The data themselves are in
hts.wire.fix.market.
"""

from enum import Enum
from typing import Final

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.model.enums import FixEnum
from hts.wire.fix.application import Application, Body, fields, need, read_time, time
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.entries import BID, DAY_NS, DAY_SESSION, OFFER, TRADE
from hts.wire.fix.order_terms import body_of, code
from hts.wire.fix.values import date

ONE_SYMBOL: Final = "0"  # SecurityListRequestType(559)
ALL_SECURITIES: Final = "4"
CUSTOMER_ACCOUNT: Final = "1"  # AccountType(581)
POSITIONS: Final = "0"  # PosReqType(724)
VALID: Final = "0"  # PosReqResult(728)


class Subscription(FixEnum):
    """SubscriptionRequestType(263)."""

    SNAPSHOT = "0"
    UPDATES = "1"  # a snapshot, and what changes
    END = "2"


class MarketDataRefusal(FixEnum):
    """MDReqRejReason(281)."""

    UNKNOWN_SYMBOL = "0"
    DUPLICATE_REQUEST = "1"
    BANDWIDTH = "2"
    PERMISSION = "3"
    SUBSCRIPTION_TYPE = "4"
    DEPTH = "5"
    UPDATE_TYPE = "6"
    ENTRY_TYPE = "8"


class PositionAnswer(Enum):
    """PosReqStatus(729)."""

    COMPLETED = "0"
    REJECTED = "2"


class MarketDataRequest(Struct, frozen=True, kw_only=True):
    """MarketDataRequest(V). `depth` 0 is the whole book; `entry_types` are MDEntryType(269)."""

    req_id: str
    subscription: Subscription
    symbols: tuple[str, ...]
    depth: int = 0
    entry_types: tuple[str, ...] = (BID, OFFER, TRADE)


class MarketDataRequestReject(Struct, frozen=True, kw_only=True):
    """MarketDataRequestReject(Y)."""

    req_id: str
    reason: MarketDataRefusal
    text: str = ""


class SecurityListRequest(Struct, frozen=True, kw_only=True):
    """SecurityListRequest(x): one symbol, or all of them (empty)."""

    req_id: str
    symbol: str = ""


class TradingSessionStatusRequest(Struct, frozen=True, kw_only=True):
    """TradingSessionStatusRequest(g)."""

    req_id: str
    subscription: Subscription


class RequestForPositions(Struct, frozen=True, kw_only=True):
    """RequestForPositions(AN) of one account; of one symbol where it is given. `transact_ns` tells the day too."""

    req_id: str
    account: str
    symbol: str = ""
    transact_ns: int


class RequestForPositionsAck(Struct, frozen=True, kw_only=True):
    """RequestForPositionsAck(AO): how many PositionReports(AP) follow, or why none."""

    report_id: str
    req_id: str
    account: str
    status: PositionAnswer
    result: str = VALID  # PosReqResult(728)
    count: int = 0
    text: str = ""


class BusinessReject(Struct, frozen=True, kw_only=True):
    """BusinessMessageReject(j); `reason` is BusinessRejectReason(380)."""

    ref_seq: int
    ref_msg_type: str
    reason: int
    ref_id: str = ""
    text: str = ""


class QueryMessages(Application):
    """Builders and readers of one version."""

    def market_data_request(self, request: MarketDataRequest) -> Body:
        """MarketDataRequest(V)."""
        updates = "1" if request.subscription is Subscription.UPDATES else None  # MDUpdateType(265): incremental
        head = [(262, request.req_id), (263, request.subscription.value), (264, request.depth), (265, updates)]
        types = self.grouped("V", 267, [[(269, kind)] for kind in request.entry_types])
        symbols = self.grouped("V", 146, [[(55, symbol)] for symbol in request.symbols])
        return Body(msg_type="V", fields=(*fields(head), *types, *symbols))

    def read_market_data_request(self, message: FixMessage) -> MarketDataRequest:
        """The request in a MarketDataRequest(V). Raises RemoteProtocolError."""
        return MarketDataRequest(
            req_id=need(message, 262),
            subscription=code(Subscription, message, 263),
            symbols=tuple(need(entry, 55) for entry in message.entries(146, self.group("V", 146))),
            depth=message.integer(264),
            entry_types=tuple(need(entry, 269) for entry in message.entries(267, self.group("V", 267))),
        )

    def market_data_reject(self, reject: MarketDataRequestReject) -> Body:
        """MarketDataRequestReject(Y)."""
        return body_of("Y", (262, reject.req_id), (281, reject.reason.value), (58, reject.text))

    def read_market_data_reject(self, message: FixMessage) -> MarketDataRequestReject:
        """The refusal in a MarketDataRequestReject(Y). Raises RemoteProtocolError."""
        reason = code(MarketDataRefusal, message, 281)
        return MarketDataRequestReject(req_id=need(message, 262), reason=reason, text=message.text(58))

    def security_list_request(self, request: SecurityListRequest) -> Body:
        """SecurityListRequest(x)."""
        kind = ONE_SYMBOL if request.symbol else ALL_SECURITIES
        return body_of("x", (320, request.req_id), (559, kind), (55, request.symbol))

    def read_security_list_request(self, message: FixMessage) -> SecurityListRequest:
        """The request in a SecurityListRequest(x). Raises RemoteProtocolError."""
        kind = message.text(559)
        if kind not in (ONE_SYMBOL, ALL_SECURITIES):
            raise RemoteProtocolError(f"SecurityListRequestType(559) 0 or 4 expected, found {kind}")
        symbol = need(message, 55) if kind == ONE_SYMBOL else ""
        return SecurityListRequest(req_id=need(message, 320), symbol=symbol)

    def trading_session_status_request(self, request: TradingSessionStatusRequest) -> Body:
        """TradingSessionStatusRequest(g)."""
        return body_of("g", (335, request.req_id), (336, DAY_SESSION), (263, request.subscription.value))

    def read_trading_session_status_request(self, message: FixMessage) -> TradingSessionStatusRequest:
        """The request in a TradingSessionStatusRequest(g). Raises RemoteProtocolError."""
        return TradingSessionStatusRequest(req_id=need(message, 335), subscription=code(Subscription, message, 263))

    def request_for_positions(self, request: RequestForPositions) -> Body:
        """RequestForPositions(AN)."""
        day = date(request.transact_ns // DAY_NS)
        head = [(710, request.req_id), (724, POSITIONS), (1, request.account), (581, CUSTOMER_ACCOUNT)]
        more = [(55, request.symbol), (715, day), (60, time(request.transact_ns))]
        return Body(msg_type="AN", fields=(*fields([*head, *more]), *self._owner("AN", request.account)))

    def read_request_for_positions(self, message: FixMessage) -> RequestForPositions:
        """The request in a RequestForPositions(AN). Raises RemoteProtocolError."""
        if message.text(724) != POSITIONS:
            raise RemoteProtocolError(f"PosReqType(724) 0 expected, found {message.text(724)}")
        return RequestForPositions(
            req_id=need(message, 710),
            account=need(message, 1),
            symbol=message.text(55),
            transact_ns=read_time(message, 60),
        )

    def positions_ack(self, ack: RequestForPositionsAck) -> Body:
        """RequestForPositionsAck(AO)."""
        head = [(721, ack.report_id), (710, ack.req_id), (727, ack.count), (728, ack.result), (729, ack.status.value)]
        more = [(1, ack.account), (581, CUSTOMER_ACCOUNT), (58, ack.text)]
        return Body(msg_type="AO", fields=(*fields([*head, *more]), *self._owner("AO", ack.account)))

    def read_positions_ack(self, message: FixMessage) -> RequestForPositionsAck:
        """The answer in a RequestForPositionsAck(AO). Raises RemoteProtocolError."""
        return RequestForPositionsAck(
            report_id=need(message, 721),
            req_id=message.text(710),
            account=need(message, 1),
            status=code(PositionAnswer, message, 729),
            result=need(message, 728),
            count=message.integer(727),
            text=message.text(58),
        )

    def business_reject(self, reject: BusinessReject) -> Body:
        """BusinessMessageReject(j)."""
        return body_of(
            "j",
            (45, reject.ref_seq),
            (372, reject.ref_msg_type),
            (379, reject.ref_id),
            (380, reject.reason),
            (58, reject.text),
        )

    def read_business_reject(self, message: FixMessage) -> BusinessReject:
        """The refusal in a BusinessMessageReject(j). Raises RemoteProtocolError."""
        return BusinessReject(
            ref_seq=message.integer(45),
            ref_msg_type=need(message, 372),
            reason=message.integer(380),
            ref_id=message.text(379),
            text=message.text(58),
        )

    def _owner(self, msg_type: str, account: str) -> tuple[tuple[int, bytes], ...]:
        """The account's owner as a party, which a position message must name: PartyRole(452) customer account."""
        return self.grouped(msg_type, 453, [[(448, account), (447, "D"), (452, "24")]])
