"""The orders of one order session, as its messages tell them: what a message leaves out, a report needs.

A message of OUCH or arrowhead names an order by its token and says what changed. A report in FIX terms says all of the
order. So this book follows the session's messages from the first of the day, and gives the report of each; it decides
nothing.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hts.gateway.ouch_heard import (
    Accepted,
    AllCanceled,
    Broken,
    Canceled,
    CancelRejected,
    Executed,
    Heard,
    Refused,
    Rejected,
    Replaced,
    Restated,
    Switched,
    Undone,
)
from hts.model.enums import CashMargin, CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.reports import ExecutionReport, KillSwitchNotice, OrderCancelReject, OrderMassCancelReport
from hts.model.requests import (
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
)
from hts.model.terms import terms_of
from hts.model.units import ClOrdID, ExecID, Px, Qty, VenueOrderID

SECOND_SIDE: Final = 1 << 59
_DEAD: Final = Canceled(token=0, qty=None, reason=Reason.NONE, asked=0)

OuchReport = ExecutionReport | OrderCancelReject | OrderMassCancelReport | KillSwitchNotice
OuchRequest = NewOrderSingle | OrderCancelReplaceRequest | OrderCancelRequest | OrderMassCancelRequest


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
    account: str
    is_short: bool = False
    credit: CashMargin = CashMargin.CASH

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
        self._fills: dict[int, tuple[int, int, int]] = {}  # by its ExecID: the order's first token, price, quantity
        self._entering: dict[int, NewOrderSingle] = {}
        self._replacing: dict[int, OrderCancelReplaceRequest] = {}
        self._cancelling: dict[int, OrderCancelRequest] = {}  # by the order's first token
        self._mass: dict[int, OrderMassCancelRequest] = {}

    def asked(self, request: OuchRequest) -> None:
        """A request leaves."""
        if isinstance(request, OrderMassCancelRequest):
            self._mass[request.cl_ord_id] = request
        elif isinstance(request, NewOrderSingle):
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
        self._mass.clear()

    def find(self, token: int) -> OuchOrder | None:
        """The order that one of its tokens names."""
        first = self._first.get(token)
        return self._orders[first] if first is not None else None

    def take(self, heard: Heard, transact_ns: int) -> tuple[OuchReport, ...]:
        """The reports of a message, without their numbers; none where it is of no order that is known."""
        if isinstance(heard, Broken):
            return self._broken(heard, transact_ns)
        report = self._of_request(heard, transact_ns)
        if report is None:
            return ()
        if isinstance(heard, Accepted | Replaced) and heard.is_dead:
            return report, self._canceled(self._orders[self._first[heard.token]], _DEAD, transact_ns)
        return (report,)

    def _of_request(self, heard: Heard, transact_ns: int) -> OuchReport | None:
        match heard:
            case Accepted():
                return self._accepted(heard, transact_ns)
            case Replaced():
                return self._replaced(heard, transact_ns)
            case Rejected():
                return self._rejected(heard, transact_ns)
            case Refused():
                self._replacing.pop(heard.token, None)
                self._cancelling.pop(self._first.get(heard.orig, 0), None)
                return self._refusal(heard.token, heard.orig, heard.to, heard.reason, transact_ns)
            case AllCanceled():
                return self._all_canceled(heard, transact_ns)
            case Switched():
                return self._switched(heard, transact_ns)
        return self._of_order(heard, transact_ns)

    def _of_order(self, heard: Heard, transact_ns: int) -> OuchReport | None:
        order = self.find(heard.token)
        if order is None:
            return None
        match heard:
            case Executed():
                return self._executed(order, heard, transact_ns)
            case Canceled():
                return self._canceled(order, heard, transact_ns)
            case Restated():
                after = self._put(replace(order, px=heard.px, order_qty=heard.qty))
                report = self._report(after, ExecType.RESTATED, transact_ns)
                return replace(report, reason_code=int(heard.reason))
            case Undone():
                return self._undone(order, heard, transact_ns)
            case CancelRejected():
                return self._cancel_rejected(order, heard.token, transact_ns)
        return None

    def statuses(self, transact_ns: int) -> Iterator[ExecutionReport]:
        """All orders of the day as they stand."""
        for order in self._orders.values():
            yield self._report(order, ExecType.ORDER_STATUS, transact_ns)

    def _put(self, order: OuchOrder) -> OuchOrder:
        self._orders[self._first.setdefault(order.token, order.token)] = order
        return order

    def _accepted(self, heard: Accepted, transact_ns: int) -> ExecutionReport:
        asked = self._entering.pop(heard.token, None)
        order = self._put(self._order(heard, asked.request_id if asked else ""))
        report = self._report(order, ExecType.NEW, transact_ns)
        return replace(report, **terms_of(asked)) if asked else report

    def _order(self, heard: Accepted, request_id: str = "", ord_status: OrdStatus = OrdStatus.NEW) -> OuchOrder:
        return OuchOrder(
            token=heard.token,
            side=heard.side,
            symbol=heard.symbol,
            ord_type=heard.ord_type,
            time_in_force=heard.time_in_force,
            px=heard.px,
            order_qty=heard.qty,
            venue_order_id=heard.venue_order_id,
            ord_status=ord_status,
            request_id=request_id,
            account=heard.account or self._account,
            is_short=heard.is_short,
            credit=heard.credit,
        )

    def _replaced(self, heard: Replaced, transact_ns: int) -> ExecutionReport | None:
        self._replacing.pop(heard.token, None)
        order = self.find(heard.previous)
        if order is None:
            return None
        self._first[heard.token] = self._first[heard.previous]
        after = self._put(
            replace(
                order,
                token=heard.token,
                px=heard.px,
                order_qty=heard.qty + order.cum_qty,
                venue_order_id=heard.venue_order_id or order.venue_order_id,
            )
        )
        return self._report(after, ExecType.REPLACED, transact_ns, orig=heard.previous)

    def _executed(self, order: OuchOrder, heard: Executed, transact_ns: int) -> ExecutionReport:
        cum_qty = order.cum_qty + heard.qty
        status = OrdStatus.FILLED if cum_qty >= order.order_qty else OrdStatus.PARTIALLY_FILLED
        if order.ord_status.is_terminal and status is not OrdStatus.FILLED:
            status = order.ord_status  # told late
        after = self._put(replace(order, cum_qty=cum_qty, ord_status=status))
        exec_id = self._exec_id(order, heard.number)
        self._fills[exec_id] = (self._first[order.token], heard.px, heard.qty)
        report = self._report(after, ExecType.TRADE, transact_ns)
        return replace(
            report,
            last_px=Px(heard.px),
            last_qty=Qty(heard.qty),
            exec_id=ExecID(exec_id),
            last_liquidity_ind=heard.liquidity,
        )

    def _exec_id(self, order: OuchOrder, number: int) -> int:
        """A match has two sides, and both may be orders of this session: the one told later has another name."""
        found = self._fills.get(number)
        return number if found is None or found[0] == self._first[order.token] else number | SECOND_SIDE

    def _canceled(self, order: OuchOrder, heard: Canceled, transact_ns: int) -> ExecutionReport:
        if heard.qty is not None and heard.qty < order.leaves_qty:
            after = self._put(replace(order, order_qty=order.order_qty - heard.qty))
            return replace(self._report(after, ExecType.RESTATED, transact_ns), reason_code=int(heard.reason))
        status = OrdStatus.EXPIRED if heard.is_expired else OrdStatus.CANCELED
        after = self._put(replace(order, ord_status=status))
        pending = self._cancelling.pop(self._first[order.token], None)
        asked = heard.asked if heard.asked is not None else pending.cl_ord_id if pending is not None else 0
        kind = ExecType.EXPIRED if heard.is_expired else ExecType.CANCELED
        report = replace(self._report(after, kind, transact_ns), reason_code=int(heard.reason))
        return replace(report, cl_ord_id=ClOrdID(asked), orig_cl_ord_id=ClOrdID(order.token)) if asked else report

    def _take_back(self, order: OuchOrder, gone: int) -> OuchOrder:
        """The order has filled `gone` shares less; where it works they are open again."""
        cum_qty = order.cum_qty - gone
        if order.ord_status.is_terminal:
            was_filled = order.ord_status is OrdStatus.FILLED and gone
            status = OrdStatus.CANCELED if was_filled else order.ord_status
        else:
            status = OrdStatus.PARTIALLY_FILLED if cum_qty else OrdStatus.NEW
        return self._put(replace(order, cum_qty=cum_qty, ord_status=status))

    def _broken(self, heard: Broken, transact_ns: int) -> tuple[OuchReport, ...]:
        """The trade never was, and its shares do not come back to the book: a working order is that much smaller."""
        order, first = self.find(heard.token), self._first.get(heard.token)
        sides = (heard.number, heard.number | SECOND_SIDE)
        exec_id = next((one for one in sides if one in self._fills and self._fills[one][0] == first), None)
        if order is None or exec_id is None:
            return ()
        _, px, qty = self._fills.pop(exec_id)
        after = self._take_back(order, qty)
        bust = replace(
            self._report(after, ExecType.TRADE_CANCEL, transact_ns),
            last_px=Px(px),
            last_qty=Qty(qty),
            exec_id=ExecID(exec_id | 1 << 62),
            exec_ref_id=ExecID(exec_id),
        )
        if after.leaves_qty == 0:
            return (bust,)
        smaller = self._put(replace(after, order_qty=after.order_qty - qty))
        return bust, self._report(smaller, ExecType.RESTATED, transact_ns)

    def _undone(self, order: OuchOrder, heard: Undone, transact_ns: int) -> ExecutionReport:
        after = self._take_back(order, heard.undone_qty - heard.qty)
        is_corrected = heard.qty > 0
        return replace(
            self._report(after, ExecType.TRADE_CORRECT if is_corrected else ExecType.TRADE_CANCEL, transact_ns),
            last_px=Px(heard.px if is_corrected else heard.undone_px),
            last_qty=Qty(heard.qty if is_corrected else heard.undone_qty),
            exec_id=ExecID(heard.number),
            exec_ref_id=ExecID(heard.undone),
            last_liquidity_ind=heard.liquidity,
        )

    def _rejected(self, heard: Rejected, transact_ns: int) -> ExecutionReport | OrderCancelReject | None:
        amend = self._replacing.pop(heard.token, None)
        if amend is not None:
            return self._refusal(
                amend.cl_ord_id, amend.orig_cl_ord_id, CxlRejResponseTo.REPLACE, heard.reason, transact_ns
            )
        asked = self._entering.pop(heard.token, None)
        refused = heard.order or (_entered(asked) if asked is not None else None)
        if refused is None:
            order = self.find(heard.token)
            if order is not None:
                return self._cancel_rejected(order, heard.token, transact_ns)
            return None  # of another run: what it was is not told, and the mass status does not name it
        order = self._order(refused, asked.request_id if asked else "", OrdStatus.REJECTED)
        report = self._report(order, ExecType.REJECTED, transact_ns)
        return replace(
            report, reason_code=int(heard.reason), text=f"code {heard.code}", **(terms_of(asked) if asked else {})
        )

    def _cancel_rejected(self, order: OuchOrder, token: int, transact_ns: int) -> OrderCancelReject | None:
        asked = self._cancelling.pop(self._first[token], None)
        if asked is None:
            return None
        reason = Reason.TOO_LATE if order.ord_status.is_terminal else Reason.NOT_AMENDABLE
        return self._refusal(asked.cl_ord_id, asked.orig_cl_ord_id, CxlRejResponseTo.CANCEL, reason, transact_ns)

    def _all_canceled(self, heard: AllCanceled, transact_ns: int) -> OrderMassCancelReport:
        asked = self._mass.pop(heard.token, None)
        return OrderMassCancelReport(
            venue=self._venue,
            venue_seq=0,
            cl_ord_id=ClOrdID(heard.token),
            account=asked.account if asked else self._account,
            symbol=asked.symbol if asked else "",
            reason_code=int(heard.reason),
            count=heard.count or 0,
            transact_ns=transact_ns,
        )

    def _switched(self, heard: Switched, transact_ns: int) -> KillSwitchNotice:
        return KillSwitchNotice(
            venue=self._venue,
            venue_seq=0,
            cl_ord_id=ClOrdID(heard.token),
            account=heard.account,
            on=heard.on,
            reason_code=int(Reason.NONE),
            count=heard.count,
            transact_ns=transact_ns,
        )

    def _refusal(
        self, cl_ord_id: int, orig: int, to: CxlRejResponseTo, reason: Reason, transact_ns: int
    ) -> OrderCancelReject:
        order = self.find(orig)
        return OrderCancelReject(
            venue=self._venue,
            venue_seq=0,
            cl_ord_id=ClOrdID(cl_ord_id),
            orig_cl_ord_id=ClOrdID(orig),
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
            account=order.account,
            symbol=order.symbol,
            side=order.side,
            ord_type=order.ord_type,
            time_in_force=order.time_in_force,
            px=Px(order.px),
            order_qty=Qty(order.order_qty),
            leaves_qty=Qty(order.leaves_qty),
            cum_qty=Qty(order.cum_qty),
            transact_ns=transact_ns,
            is_short=order.is_short,
            credit=order.credit,
        )


def _entered(asked: NewOrderSingle) -> Accepted:
    """What was asked for, as if the venue had told it."""
    return Accepted(
        token=asked.cl_ord_id,
        side=asked.side,
        symbol=asked.symbol,
        ord_type=asked.ord_type,
        time_in_force=asked.time_in_force,
        px=asked.px,
        qty=asked.qty,
        venue_order_id=0,
    )
