"""The orders of one OUCH session, as its messages tell them: what a message leaves out, a report needs.

An OUCH message names an order by its token and says what changed. A report in FIX terms says all of the order. So this
book follows the session's messages from the first of the day, and gives the report of each; it decides nothing.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from hts.gateway.ouch_dialects import Accepted, Broken, Canceled, Executed, Heard, Rejected
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.requests import NewOrderSingle, OrderCancelReplaceRequest, OrderCancelRequest
from hts.model.terms import terms_of
from hts.model.units import ClOrdID, ExecID, Px, Qty, VenueOrderID

OuchReport = ExecutionReport | OrderCancelReject


class OuchOrder(Struct, frozen=True, kw_only=True):
    """An order under its newest token."""

    token: int
    side: Side
    symbol: str
    ord_type: OrdType
    time_in_force: TimeInForce
    px: int
    order_qty: int
    cum_qty: int = 0
    venue_order_id: int
    ord_status: OrdStatus = OrdStatus.NEW
    request_id: str = ""

    @property
    def leaves_qty(self) -> int:
        return 0 if self.ord_status.is_terminal else self.order_qty - self.cum_qty


class OuchOrders:
    """`take` gives the report of a message; requests that are on their way are remembered until they are answered."""

    def __init__(self, venue: str, account: str) -> None:
        self._venue = venue
        self._account = account
        self._orders: dict[int, OuchOrder] = {}  # by first token
        self._first: dict[int, int] = {}
        self._fills: dict[int, tuple[int, int]] = {}  # match number: price and quantity
        self._entering: dict[int, NewOrderSingle] = {}
        self._replacing: dict[int, OrderCancelReplaceRequest] = {}
        self._cancelling: dict[int, OrderCancelRequest] = {}  # by the order's first token

    def asked(self, request: NewOrderSingle | OrderCancelReplaceRequest | OrderCancelRequest) -> None:
        """A request leaves."""
        if isinstance(request, NewOrderSingle):
            self._entering[request.cl_ord_id] = request
        elif isinstance(request, OrderCancelReplaceRequest):
            self._replacing[request.cl_ord_id] = request
        else:
            first = self._first.get(request.orig_cl_ord_id, request.orig_cl_ord_id)
            self._cancelling[first] = request

    def forget_asked(self) -> None:
        """The connection is gone: what was not answered may never be."""
        self._entering.clear()
        self._replacing.clear()
        self._cancelling.clear()

    def time_in_force(self, token: int) -> TimeInForce:
        """Of an order that is to be replaced."""
        order = self._find(token)
        return order.time_in_force if order is not None else TimeInForce.DAY

    def take(self, heard: Heard, transact_ns: int) -> tuple[OuchReport, ...]:
        """The reports of a message, without their numbers; none where it is of no order that is known."""
        if isinstance(heard, Broken):
            return self._broken(heard, transact_ns)
        report = self._one(heard, transact_ns)
        return () if report is None else (report,)

    def _one(self, heard: Heard, transact_ns: int) -> OuchReport | None:
        if isinstance(heard, Accepted):
            return self._replaced(heard, transact_ns) if heard.previous else self._accepted(heard, transact_ns)
        if isinstance(heard, Rejected):
            return self._rejected(heard, transact_ns)
        order = self._find(heard.token)
        if order is None:
            return None
        if isinstance(heard, Executed):
            return self._executed(order, heard, transact_ns)
        if isinstance(heard, Canceled):
            return self._canceled(order, heard, transact_ns)
        return self._cancel_rejected(order, heard.token, transact_ns)

    def statuses(self, transact_ns: int) -> Iterator[ExecutionReport]:
        """All orders of the day as they stand."""
        for order in self._orders.values():
            yield self._report(order, ExecType.ORDER_STATUS, transact_ns)

    def _find(self, token: int) -> OuchOrder | None:
        first = self._first.get(token)
        return self._orders[first] if first is not None else None

    def _put(self, order: OuchOrder) -> OuchOrder:
        self._orders[self._first.setdefault(order.token, order.token)] = order
        return order

    def _accepted(self, heard: Accepted, transact_ns: int) -> ExecutionReport:
        asked = self._entering.pop(heard.token, None)
        order = self._put(
            OuchOrder(
                token=heard.token,
                side=heard.side,
                symbol=heard.symbol,
                ord_type=heard.ord_type,
                time_in_force=heard.time_in_force,
                px=heard.px,
                order_qty=heard.qty,
                venue_order_id=heard.venue_order_id,
                request_id=asked.request_id if asked else "",
            )
        )
        report = self._report(order, ExecType.NEW, transact_ns)
        return replace(report, **terms_of(asked)) if asked else report

    def _replaced(self, heard: Accepted, transact_ns: int) -> ExecutionReport | None:
        self._replacing.pop(heard.token, None)
        order = self._find(heard.previous)
        if order is None:
            return None
        self._first[heard.token] = self._first[heard.previous]
        after = self._put(
            replace(
                order,
                token=heard.token,
                px=heard.px,
                order_qty=heard.qty + order.cum_qty,
                venue_order_id=heard.venue_order_id,
            )
        )
        return self._report(after, ExecType.REPLACED, transact_ns, orig=heard.previous)

    def _executed(self, order: OuchOrder, heard: Executed, transact_ns: int) -> ExecutionReport:
        cum_qty = order.cum_qty + heard.qty
        status = OrdStatus.FILLED if cum_qty >= order.order_qty else OrdStatus.PARTIALLY_FILLED
        if order.ord_status.is_terminal and status is not OrdStatus.FILLED:
            status = order.ord_status  # told late
        after = self._put(replace(order, cum_qty=cum_qty, ord_status=status))
        self._fills[heard.match_number] = (heard.px, heard.qty)
        report = self._report(after, ExecType.TRADE, transact_ns)
        return replace(report, last_px=Px(heard.px), last_qty=Qty(heard.qty), exec_id=ExecID(heard.match_number))

    def _canceled(self, order: OuchOrder, heard: Canceled, transact_ns: int) -> ExecutionReport:
        left = order.leaves_qty - heard.qty
        if left > 0:
            after = self._put(replace(order, order_qty=order.order_qty - heard.qty))
            return replace(self._report(after, ExecType.RESTATED, transact_ns), reason_code=int(heard.reason))
        after = self._put(replace(order, ord_status=OrdStatus.CANCELED))
        asked = self._cancelling.pop(self._first[order.token], None)
        report = replace(self._report(after, ExecType.CANCELED, transact_ns), reason_code=int(heard.reason))
        if asked is None:
            return report
        return replace(report, cl_ord_id=asked.cl_ord_id, orig_cl_ord_id=asked.orig_cl_ord_id)

    def _broken(self, heard: Broken, transact_ns: int) -> tuple[OuchReport, ...]:
        """The trade never was, and its shares do not come back to the book: a working order is that much smaller."""
        order, found = self._find(heard.token), self._fills.pop(heard.match_number, None)
        if order is None or found is None:
            return ()
        px, qty = found
        cum_qty = order.cum_qty - qty
        if order.leaves_qty == 0:
            status = OrdStatus.CANCELED if order.ord_status is OrdStatus.FILLED else order.ord_status
        else:
            status = OrdStatus.PARTIALLY_FILLED if cum_qty else OrdStatus.NEW
        after = self._put(replace(order, cum_qty=cum_qty, ord_status=status))
        bust = replace(
            self._report(after, ExecType.TRADE_CANCEL, transact_ns),
            last_px=Px(px),
            last_qty=Qty(qty),
            exec_id=ExecID(heard.match_number | 1 << 62),
            exec_ref_id=ExecID(heard.match_number),
        )
        if after.leaves_qty == 0:
            return (bust,)
        smaller = self._put(replace(after, order_qty=after.order_qty - qty))
        return bust, self._report(smaller, ExecType.RESTATED, transact_ns)

    def _rejected(self, heard: Rejected, transact_ns: int) -> ExecutionReport | OrderCancelReject | None:
        amend = self._replacing.pop(heard.token, None)
        if amend is not None:
            return self._refusal(
                amend.cl_ord_id, amend.orig_cl_ord_id, CxlRejResponseTo.REPLACE, heard.reason, transact_ns
            )
        asked = self._entering.pop(heard.token, None)
        if asked is None:
            return None  # of another run: what it was is not told, and the mass status does not name it
        order = OuchOrder(
            token=heard.token,
            side=asked.side,
            symbol=asked.symbol,
            ord_type=asked.ord_type,
            time_in_force=asked.time_in_force,
            px=asked.px,
            order_qty=asked.qty,
            venue_order_id=0,
            ord_status=OrdStatus.REJECTED,
            request_id=asked.request_id,
        )
        report = self._report(order, ExecType.REJECTED, transact_ns)
        return replace(report, reason_code=int(heard.reason), text=f"code {heard.code}", **terms_of(asked))

    def _cancel_rejected(self, order: OuchOrder, token: int, transact_ns: int) -> OrderCancelReject | None:
        asked = self._cancelling.pop(self._first[token], None)
        if asked is None:
            return None
        reason = Reason.TOO_LATE if order.ord_status.is_terminal else Reason.NOT_AMENDABLE
        return self._refusal(asked.cl_ord_id, asked.orig_cl_ord_id, CxlRejResponseTo.CANCEL, reason, transact_ns)

    def _refusal(
        self, cl_ord_id: ClOrdID, orig: ClOrdID, to: CxlRejResponseTo, reason: Reason, transact_ns: int
    ) -> OrderCancelReject:
        order = self._find(orig)
        return OrderCancelReject(
            venue=self._venue,
            venue_seq=0,
            cl_ord_id=cl_ord_id,
            orig_cl_ord_id=orig,
            response_to=to,
            ord_status=order.ord_status if order is not None else OrdStatus.REJECTED,
            reason_code=int(reason),
            transact_ns=transact_ns,
        )

    def _report(self, order: OuchOrder, exec_type: ExecType, transact_ns: int, orig: int = 0) -> ExecutionReport:
        return ExecutionReport(
            venue=self._venue,
            venue_seq=0,
            cl_ord_id=ClOrdID(order.token),
            orig_cl_ord_id=ClOrdID(orig),
            request_id=order.request_id,
            venue_order_id=VenueOrderID(order.venue_order_id),
            exec_type=exec_type,
            ord_status=order.ord_status,
            account=self._account,
            symbol=order.symbol,
            side=order.side,
            ord_type=order.ord_type,
            time_in_force=order.time_in_force,
            px=Px(order.px),
            order_qty=Qty(order.order_qty),
            leaves_qty=Qty(order.leaves_qty),
            cum_qty=Qty(order.cum_qty),
            transact_ns=transact_ns,
        )
