"""Events of the exchange to the messages that a FIX client hears: 8, 9 and r of FIX 4.4 and 5.0 SP2."""

from typing import Final

from msgspec import Struct

from hts.model.enums import ExecType, LastLiquidityInd, OrdStatus, OrdType, Side
from hts.model.reasons import Reason
from hts.rules.dates import krx_date
from hts.sim.events import (
    CancelRefused,
    KillSwitchChanged,
    MassCanceled,
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderRejected,
    OrderRestated,
    OrderStated,
    OrderTraded,
    TradeBroken,
    TradeCorrected,
    TradeUndone,
)
from hts.sim.fix_names import FixNames, unpacked
from hts.sim.fix_requests import FIXED_PEG, PEGS, SELL_SHORT
from hts.sim.reject_texts import TEXTS
from hts.wire.fix.application import Application, Body, fields, time
from hts.wire.fix.orders import CXL_REJ_REASONS, MASS_ALL, MASS_CANCEL_SECURITY, ORD_REJ_REASONS, OTHER

EXEC_TYPES: Final[dict[type[OrderEvent], ExecType]] = {
    OrderAccepted: ExecType.NEW,
    OrderRejected: ExecType.REJECTED,
    OrderAmended: ExecType.REPLACED,
    OrderCanceled: ExecType.CANCELED,
    OrderExpired: ExecType.EXPIRED,
    OrderRestated: ExecType.RESTATED,
    OrderTraded: ExecType.TRADE,
    OrderStated: ExecType.ORDER_STATUS,
    TradeBroken: ExecType.TRADE_CANCEL,
    TradeCorrected: ExecType.TRADE_CORRECT,
}
AVG_PX_DIGITS: Final = 4  # of AvgPx(6), beyond those of the price
BY_REQUEST: Final = frozenset({Reason.NONE, Reason.BY_TRADER, Reason.MASS_CANCEL})
MARKET_OPTION: Final = 8  # ExecRestatementReason(378): the venue did it
PEG_CODES: Final = {**{kind: word for word, kind in PEGS.items()}, OrdType.BEST_OWN: "R"}
NONE: Final = "NONE"
NOT_AN_ISSUE: Final = "[N/A]"


class Told(Struct, frozen=True, kw_only=True):
    """What a report says beside its event.

    `value` is the price times quantity of all fills of the order so far. `pending` gives another ExecType(150) and
    OrdStatus(39). `status_id` is MassStatusReqID(584) or OrdStatusReqID(790); `total` and `is_last` of a mass status.
    """

    value: int = 0
    is_copy: bool = False
    pending: ExecType | None = None
    cl_ord_id: str = ""
    orig_cl_ord_id: str = ""
    exec_id: str = ""
    mass_status_id: str = ""
    status_id: str = ""
    total: int = 0
    is_last: bool = False


class FixReports(Application):
    """Builds the messages of one version."""

    def execution(self, event: OrderEvent, names: FixNames, told: Told) -> Body:
        """ExecutionReport(8)."""
        exec_type = told.pending or EXEC_TYPES[type(event)]
        known = self._members("8")
        _, secondary, _ = unpacked(event.request_id)
        pairs: list[tuple[int, object]] = [
            (37, event.venue_order_id or NONE),
            (11, told.cl_ord_id or names.name(event.cl_ord_id)),
            (41, told.orig_cl_ord_id or (names.name(event.orig_cl_ord_id) if event.orig_cl_ord_id else "")),
            (526, secondary),
            (790, told.status_id),
            *self._status(told),
            (17, told.exec_id or exec_id(event)),
            (19, str(event.exec_ref_id) if isinstance(event, TradeUndone) else None),
            (150, exec_type.value),
            (39, OrdStatus(exec_type.value).value if told.pending else event.ord_status.value),
            *self._reason(event, exec_type),
            (1, event.account),
            (55, event.symbol),
            *self._terms(event),
            *self._fill(event),
            (151, event.leaves_qty),
            (14, event.cum_qty),
            (6, self._avg_px(event, told.value)),
            (75, f"{krx_date(event.trade_ns)}" if isinstance(event, OrderTraded) else None),
            (60, time(event.trade_ns)),
            (797, True if told.is_copy and 797 in known else None),
        ]
        return Body(msg_type="8", fields=tuple(fields(pair for pair in pairs if pair[0] in known)))

    def cancel_refused(self, event: CancelRefused, names: FixNames) -> Body:
        """OrderCancelReject(9)."""
        cl_ord_id, secondary, orig = unpacked(event.request_id)
        pairs: list[tuple[int, object]] = [
            (37, NONE),
            (526, secondary),
            (11, cl_ord_id or names.name(event.cl_ord_id)),
            (41, orig or names.name(event.orig_cl_ord_id)),
            (39, event.ord_status.value),
            (60, time(event.trade_ns)),
            (434, event.response_to.value),
            (102, CXL_REJ_REASONS.get(event.reason, OTHER)),
            (58, reason_text(event.reason)),
        ]
        return Body(msg_type="9", fields=tuple(fields(pairs)))

    def mass_canceled(self, event: MassCanceled, names: FixNames) -> Body:
        """OrderMassCancelReport(r)."""
        kind = MASS_CANCEL_SECURITY if event.symbol else MASS_ALL
        is_refused = event.reason is not Reason.NONE
        pairs: list[tuple[int, object]] = [
            (11, names.name(event.cl_ord_id)),
            (37, NONE),
            (1369, f"M-{event.session}-{event.cl_ord_id}") if 1369 in self._members("r") else (1369, None),
            (530, kind),
            (531, "0" if is_refused else kind),
            (532, OTHER if is_refused else None),
            (533, event.count),
            (55, event.symbol),
            (60, time(event.trade_ns)),
            (58, reason_text(event.reason) if is_refused else ""),
        ]
        return Body(msg_type="r", fields=tuple(fields(pairs)))

    def no_orders(self, mass_status_id: str, trade_ns: int) -> Body:
        """The answer to a mass status without orders."""
        pairs: list[tuple[int, object]] = [
            (37, NONE), (584, mass_status_id), (911, 0), (912, True), (17, f"I-{trade_ns}"),
            (150, ExecType.ORDER_STATUS.value), (39, OrdStatus.REJECTED.value), (55, NOT_AN_ISSUE),
            (54, Side.BUY.value), (38, 0), (151, 0), (14, 0), (6, 0), (60, time(trade_ns)), (58, "no orders today"),
        ]  # fmt: skip
        return Body(msg_type="8", fields=tuple(fields(pairs)))

    def kill_switch(self, event: KillSwitchChanged) -> Body:
        """News(B): FIX has no message for a venue's kill switch."""
        state = "on" if event.on else "off"
        headline = f"kill switch {state} for {event.account or 'all accounts'}: {event.count} orders cancelled"
        line = ((33, b"1"), (58, event.reason.name.encode()))
        return Body(msg_type="B", fields=(*fields([(42, time(event.trade_ns)), (148, headline)]), *line))

    def refusal(self, cl_ord_id: str, text: str, trade_ns: int, *, symbol: str, side: str) -> Body:
        """ExecutionReport(8) of an order that could not be read, and so never reached the exchange."""
        pairs: list[tuple[int, object]] = [
            (37, NONE), (11, cl_ord_id), (17, f"8-unread-{cl_ord_id}-{trade_ns}"), (150, ExecType.REJECTED.value),
            (39, OrdStatus.REJECTED.value), (103, OTHER), (55, symbol or NOT_AN_ISSUE), (54, side),
            (151, 0), (14, 0), (6, 0), (60, time(trade_ns)), (58, text),
        ]  # fmt: skip
        return Body(msg_type="8", fields=tuple(fields(pairs)))

    def unread_cancel(self, msg_type: str, cl_ord_id: str, orig: str, text: str) -> Body:
        """OrderCancelReject(9) of a request that could not be read."""
        pairs: list[tuple[int, object]] = [
            (37, NONE), (11, cl_ord_id), (41, orig), (39, OrdStatus.REJECTED.value),
            (434, "1" if msg_type == "F" else "2"), (102, OTHER), (58, text),
        ]  # fmt: skip
        return Body(msg_type="9", fields=tuple(fields(pairs)))

    def _members(self, msg_type: str) -> dict[int, int]:
        definition = self.dictionary.message(msg_type)
        assert definition is not None, msg_type
        return definition.members.order

    def _status(self, told: Told) -> list[tuple[int, object]]:
        if not told.mass_status_id:
            return []
        return [(584, told.mass_status_id), (911, told.total), (912, told.is_last)]

    def _reason(self, event: OrderEvent, exec_type: ExecType) -> list[tuple[int, object]]:
        if exec_type is ExecType.REJECTED:
            return [(103, ORD_REJ_REASONS.get(event.reason, OTHER)), (58, reason_text(event.reason))]
        if event.reason in BY_REQUEST:
            return []
        is_venues = exec_type in (ExecType.CANCELED, ExecType.RESTATED)
        return [(378, MARKET_OPTION if is_venues else None), (58, reason_text(event.reason))]

    def _terms(self, event: OrderEvent) -> list[tuple[int, object]]:
        kind, symbol = event.ord_type, event.symbol
        is_short = event.is_short
        stop_px, shown = event.stop_px, event.display_qty
        instructions = [PEG_CODES[kind]] if kind in PEG_CODES else []
        instructions += ["6"] if event.post_only else []
        return [
            (54, SELL_SHORT if is_short else event.side.value),
            (38, event.order_qty),
            (40, OrdType.MIDPOINT.value if kind in PEG_CODES else kind.value),
            (44, self.px(symbol, event.px) if event.px else None),
            (99, self.px(symbol, stop_px) if stop_px else None),
            (59, event.time_in_force.value),
            (18, " ".join(instructions)),
            (835, FIXED_PEG if kind is OrdType.BEST_OWN else None),
            (110, event.min_qty or None),
            (1138, shown or None),
            (111, shown or None),
            (126, time(event.expire_ns) if event.expire_ns else None),
        ]

    def _fill(self, event: OrderEvent) -> list[tuple[int, object]]:
        if not isinstance(event, OrderTraded | TradeUndone):
            return []
        return [
            (32, event.last_qty),
            (31, self.px(event.symbol, event.last_px)),
            (851, self._liquidity(event.liquidity)),
            (880, event.match_id),
        ]

    def _liquidity(self, liquidity: LastLiquidityInd) -> str | None:
        """LastLiquidityInd(851); FIX 4.4 has no word for an auction."""
        if liquidity is LastLiquidityInd.AUCTION and self.dictionary.version == "FIX.4.4":
            return None
        return liquidity.value or None

    def _avg_px(self, event: OrderEvent, value: int) -> bytes:
        """AvgPx(6), cut after some more digits than prices have."""
        if not event.cum_qty:
            return b"0"
        scaled = value * 10**AVG_PX_DIGITS // event.cum_qty
        decimals = self._px_decimals(event.symbol) + AVG_PX_DIGITS
        whole, rest = divmod(scaled, 10**decimals)
        return f"{whole}.{rest:0{decimals}}".rstrip("0").rstrip(".").encode()


def reason_text(reason: Reason) -> str:
    """Text(58): the reason's name for programs, the venue's words for people."""
    return f"{reason.name}: {TEXTS[reason]}" if TEXTS.get(reason) else reason.name


def exec_id(event: OrderEvent) -> str:
    """ExecID(17): the exchange's number of a fill, else what makes the event the only one of its kind."""
    if isinstance(event, OrderTraded | TradeUndone):
        return str(event.exec_id)
    return f"{EXEC_TYPES[type(event)].value}-{event.session}-{event.cl_ord_id}-{event.trade_ns}"
