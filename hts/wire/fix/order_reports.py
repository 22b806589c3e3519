"""Reports of a venue in FIX 4.4 and 5.0 SP2 <-> values of hts.model: 8, 9, r, and the end of a mass status.

The end of a mass status is an ExecutionReport(8) without an order: OrderID(37) 0 and LastRptRequested(912). The account
of a mass cancel, which FIX 4.4 has no field for, comes back in TargetSubID(57).
"""

from typing import Final

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.enums import CxlRejResponseTo, ExecType, LastLiquidityInd, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reports import AnyReport, ExecutionReport, MassStatusEnd, OrderCancelReject, OrderMassCancelReport
from hts.model.units import ClOrdID, ExecID, Notional, Px, Qty, VenueOrderID
from hts.wire.fix.application import Body, need, read_id, read_name, read_qty, read_time, time
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.order_terms import TermFields, body_of, code, read_side, sub_id
from hts.wire.fix.refusals import (
    CXL_REJ_REASONS,
    ORD_REJ_REASONS,
    OTHER,
    from_text,
    nearest,
    restatement,
    to_text,
)
from hts.wire.fix.values import decimal_to_int

TARGET_SUB_ID: Final = 57
ORDER_STATUS: Final = ExecType.ORDER_STATUS.value.encode()
MASS_CANCEL_SECURITY: Final = "1"
MASS_ALL: Final = "7"
REFUSED: Final = "0"  # MassCancelResponse(531)
NOT_AN_ISSUE: Final = "[N/A]"
_LIQUIDITY: Final = {one.value: one for one in LastLiquidityInd if one.value}  # others say nothing that a fee goes by


class OrderReports(TermFields):
    """Builders and readers of one version."""

    def report(self, report: AnyReport, avg_px: int = 0) -> Body:
        """A report of the model; `avg_px` is AvgPx(6) in the price's unit, which the model does not carry."""
        if isinstance(report, ExecutionReport):
            return self._execution(report, avg_px)
        if isinstance(report, OrderCancelReject):
            return self._cancel_reject(report)
        if isinstance(report, MassStatusEnd):
            return self._mass_status_end(report)
        if isinstance(report, OrderMassCancelReport):
            return self._mass_cancel_report(report)
        raise LocalProtocolError(f"a report of an order expected, found {type(report).__name__}")

    def read_report(self, message: FixMessage, venue: str) -> AnyReport:
        """The report in a message. Raises RemoteProtocolError."""
        seq, poss_dup = message.integer(34), message.is_set(43)
        if message.msg_type == "9":
            return OrderCancelReject(
                venue=venue,
                venue_seq=seq,
                poss_dup=poss_dup,
                cl_ord_id=ClOrdID(read_id(message, 11)),
                orig_cl_ord_id=ClOrdID(read_id(message, 41)),
                response_to=code(CxlRejResponseTo, message, 434),
                ord_status=code(OrdStatus, message, 39),
                reason_code=from_text(message)[0],
                transact_ns=read_time(message, 60),
            )
        if message.msg_type == "r":
            return OrderMassCancelReport(
                venue=venue,
                venue_seq=seq,
                cl_ord_id=ClOrdID(read_id(message, 11)),
                account=message.text(TARGET_SUB_ID),
                symbol=message.text(55),
                reason_code=from_text(message)[0],
                count=message.integer(533),
                transact_ns=read_time(message, 60),
            )
        if message.msg_type != "8":
            raise RemoteProtocolError(f"a report of an order expected, found MsgType(35) {message.msg_type}")
        if message.is_set(912) and message.get(37) == b"0":
            return MassStatusEnd(
                venue=venue,
                venue_seq=seq,
                mass_status_req_id=read_id(message, 584),
                count=message.integer(911),
                transact_ns=read_time(message, 60),
            )
        return self._read_execution(message, venue, seq, poss_dup=poss_dup)

    def _read_execution(self, message: FixMessage, venue: str, seq: int, *, poss_dup: bool) -> ExecutionReport:
        symbol = need(message, 55)
        reason_code, words = from_text(message)
        # A report of what could not be read, or of an order of a peer that leaves it out, has no OrdType(40).
        terms = self.read_terms(message, symbol) if 40 in message else {"ord_type": OrdType.LIMIT}
        return ExecutionReport(
            **{"side": read_side(message), **terms},
            venue=venue,
            venue_seq=seq,
            poss_dup=poss_dup,
            cl_ord_id=ClOrdID(read_id(message, 11)),
            orig_cl_ord_id=ClOrdID(read_id(message, 41)),
            request_id=message.text(526),
            venue_order_id=VenueOrderID(read_name(message, 37)),
            exec_id=ExecID(read_name(message, 17)),
            exec_ref_id=ExecID(read_name(message, 19)),
            exec_type=code(ExecType, message, 150),
            ord_status=code(OrdStatus, message, 39),
            account=message.text(1),
            symbol=symbol,
            time_in_force=code(TimeInForce, message, 59) if 59 in message else TimeInForce.DAY,
            px=Px(self.read_px(message, 44, symbol)),
            order_qty=Qty(read_qty(message, 38)),
            last_px=Px(self.read_px(message, 31, symbol)),
            last_qty=Qty(read_qty(message, 32)),
            leaves_qty=Qty(read_qty(message, 151)),
            cum_qty=Qty(read_qty(message, 14)),
            cum_value=self._cum_value(message, symbol),
            reason_code=reason_code,
            text=words,
            transact_ns=read_time(message, 60),
            last_liquidity_ind=_LIQUIDITY.get(message.text(851), LastLiquidityInd.UNKNOWN),
        )

    def _cum_value(self, message: FixMessage, symbol: str) -> Notional:
        """Of a status: AvgPx(6) times CumQty(14), which the few digits of an average leave exact up to 5,000 shares."""
        average = message.get(6)
        if average is None or message.get(150) != ORDER_STATUS:
            return Notional(0)
        places = len(average.partition(b".")[2])
        value, scale = decimal_to_int(average, places) * read_qty(message, 14), 10**places
        steps = 10 ** self._px_decimals(symbol)
        return Notional((2 * value * steps + scale) // (2 * scale))

    def _execution(self, report: ExecutionReport, avg_px: int) -> Body:
        symbol, exec_type = report.symbol, report.exec_type
        is_told = report.last_qty > 0 or report.last_px > 0
        body = body_of(
            "8",
            (37, report.venue_order_id),
            (11, report.cl_ord_id),
            (41, report.orig_cl_ord_id or None),
            (526, report.request_id),
            (17, report.exec_id),
            (19, report.exec_ref_id or None),
            (150, exec_type.value),
            (39, report.ord_status.value),
            (103, nearest(ORD_REJ_REASONS, report.reason_code) if exec_type is ExecType.REJECTED else None),
            (378, restatement(exec_type, report.reason_code)),
            (1, report.account),
            (55, symbol),
            (38, report.order_qty),
            (44, self.limit(symbol, report.ord_type, report.px)),
            (59, report.time_in_force.value),
            (32, report.last_qty if is_told else None),
            (31, self.px(symbol, report.last_px) if is_told else None),
            (851, self._liquidity(report.last_liquidity_ind)),
            (151, report.leaves_qty),
            (14, report.cum_qty),
            (6, self.px(symbol, avg_px)),
            (60, time(report.transact_ns)),
            (58, to_text(report.reason_code, report.text)),
            *self.terms(symbol, report.side, report.ord_type, report),
        )
        return Body(msg_type="8", fields=(*body.fields, *self.parties("8", report)))

    def _liquidity(self, liquidity: LastLiquidityInd) -> str | None:
        """FIX 4.4 has no word for an auction."""
        if liquidity is LastLiquidityInd.AUCTION and self.dictionary.version == "FIX.4.4":
            return None
        return liquidity.value or None

    def _cancel_reject(self, report: OrderCancelReject) -> Body:
        return body_of(
            "9",
            (37, "NONE"),
            (11, report.cl_ord_id),
            (41, report.orig_cl_ord_id),
            (39, report.ord_status.value),
            (60, time(report.transact_ns)),
            (434, report.response_to.value),
            (102, nearest(CXL_REJ_REASONS, report.reason_code)),
            (58, to_text(report.reason_code)),
        )

    def _mass_cancel_report(self, report: OrderMassCancelReport) -> Body:
        """OrderMassCancelReport(r), after the reports of the single orders."""
        kind = MASS_CANCEL_SECURITY if report.symbol else MASS_ALL
        return body_of(
            "r",
            (37, report.cl_ord_id),
            (1369, None if self.dictionary.version == "FIX.4.4" else report.cl_ord_id),  # MassActionReportID
            (11, report.cl_ord_id),
            (530, kind),
            (531, REFUSED if report.reason_code else kind),
            (532, OTHER if report.reason_code else None),
            (533, report.count),
            (55, report.symbol),
            (60, time(report.transact_ns)),
            (58, to_text(report.reason_code)),
            header=sub_id(TARGET_SUB_ID, report.account),
        )

    def _mass_status_end(self, report: MassStatusEnd) -> Body:
        """The last report of a mass status, without an order: OrderID(37) 0, LastRptRequested(912)."""
        return body_of(
            "8",
            (37, 0),
            (584, report.mass_status_req_id),
            (911, report.count),
            (912, True),
            (17, 0),
            (150, ExecType.ORDER_STATUS.value),
            (39, OrdStatus.REJECTED.value),
            (55, NOT_AN_ISSUE),
            (54, Side.BUY.value),
            (38, 0),
            (151, 0),
            (14, 0),
            (6, 0),
            (60, time(report.transact_ns)),
        )
