"""A venue that answers requests consistently: one numbered stream of reports, kept for the day and sent again."""

from dataclasses import dataclass, field

from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.reports import ExecutionReport, MassStatusEnd, OrderCancelReject, SessionUp
from hts.model.requests import (
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassStatusRequest,
)
from tests.support.builders import DATE, TRADE_NS, VENUE


@dataclass
class VenueOrder:
    entry: NewOrderSingle
    venue_order_id: int
    cl_ord_id: int
    px: int
    order_qty: int
    cum_qty: int = 0
    ord_status: OrdStatus = OrdStatus.NEW

    @property
    def leaves_qty(self):
        return 0 if self.ord_status.is_terminal else self.order_qty - self.cum_qty


@dataclass
class FakeVenue:
    """`out` is everything ever said today; `read` is how far the member has been told in this connection."""

    epoch: int = 1
    orders: dict[int, VenueOrder] = field(default_factory=dict)
    chain: dict[int, VenueOrder] = field(default_factory=dict)
    out: list = field(default_factory=list)
    exec_id: int = 0
    got: list = field(default_factory=list)

    def session_up(self) -> SessionUp:
        return SessionUp(venue=VENUE, epoch=self.epoch, trading_date=DATE, trade_ns=TRADE_NS, speed_milli=1000)

    def working(self):
        return [order for order in self.orders.values() if order.leaves_qty]

    def receive(self, request) -> None:
        self.got.append(request)
        if isinstance(request, NewOrderSingle):
            self._enter(request)
        elif isinstance(request, OrderCancelRequest):
            self._cancel(request)
        elif isinstance(request, OrderCancelReplaceRequest):
            self._amend(request)
        elif isinstance(request, OrderMassStatusRequest):
            for order in self.orders.values():
                self._say(order, ExecType.ORDER_STATUS)
            self._number(
                MassStatusEnd(
                    venue=VENUE,
                    venue_seq=0,
                    mass_status_req_id=request.mass_status_req_id,
                    count=len(self.orders),
                    transact_ns=TRADE_NS,
                )
            )

    def fill(self, order: VenueOrder, qty: int) -> None:
        assert 0 < qty <= order.leaves_qty
        order.cum_qty += qty
        order.ord_status = OrdStatus.FILLED if order.cum_qty == order.order_qty else OrdStatus.PARTIALLY_FILLED
        self.exec_id += 1
        px = order.px or 71_000
        self._say(order, ExecType.TRADE, last_px=px, last_qty=qty, exec_id=self.exec_id)

    def cancel(self, order: VenueOrder, reason: Reason, cl_ord_id=None) -> None:
        order.ord_status = OrdStatus.CANCELED
        orig = order.cl_ord_id if cl_ord_id else 0
        self._say(
            order,
            ExecType.CANCELED,
            cl_ord_id=cl_ord_id or order.cl_ord_id,
            orig_cl_ord_id=orig,
            reason_code=int(reason),
        )

    def new_day(self) -> None:
        self.epoch += 1
        self.orders, self.chain, self.out, self.exec_id = {}, {}, [], 0

    def _enter(self, entry: NewOrderSingle) -> None:
        assert entry.cl_ord_id not in self.chain, f"ClOrdID {entry.cl_ord_id} was used twice"
        order = VenueOrder(entry, 9_000 + len(self.orders), entry.cl_ord_id, entry.px, entry.qty)
        self.orders[entry.cl_ord_id] = self.chain[entry.cl_ord_id] = order
        if entry.qty == 13:  # the venue has its own reasons
            order.ord_status = OrdStatus.REJECTED
            self._say(order, ExecType.REJECTED, reason_code=int(Reason.HALTED))
            return
        self._say(order, ExecType.NEW)
        if entry.ord_type is OrdType.MARKET:
            self.fill(order, order.leaves_qty)
        elif entry.time_in_force is TimeInForce.IOC:
            if order.leaves_qty > 1:
                self.fill(order, order.leaves_qty // 2)
            self.cancel(order, Reason.NO_LIQUIDITY)

    def _cancel(self, request) -> None:
        assert request.cl_ord_id not in self.chain, f"ClOrdID {request.cl_ord_id} was used twice"
        order = self.chain.get(request.orig_cl_ord_id)
        if order is None or not order.leaves_qty:
            self._reject(request, CxlRejResponseTo.CANCEL, order)
            return
        self.chain[request.cl_ord_id] = order
        self.cancel(order, Reason.BY_TRADER, request.cl_ord_id)

    def _amend(self, request) -> None:
        assert request.cl_ord_id not in self.chain, f"ClOrdID {request.cl_ord_id} was used twice"
        order = self.chain.get(request.orig_cl_ord_id)
        if order is None or not order.leaves_qty or request.qty <= order.cum_qty:
            self._reject(request, CxlRejResponseTo.REPLACE, order)
            return
        orig = order.cl_ord_id
        order.px, order.order_qty, order.cl_ord_id = request.px, request.qty, request.cl_ord_id
        self.chain[request.cl_ord_id] = order
        self._say(order, ExecType.REPLACED, orig_cl_ord_id=orig)

    def _reject(self, request, response_to, order) -> None:
        self._number(
            OrderCancelReject(
                venue=VENUE,
                venue_seq=0,
                cl_ord_id=request.cl_ord_id,
                orig_cl_ord_id=request.orig_cl_ord_id,
                response_to=response_to,
                ord_status=order.ord_status if order else OrdStatus.REJECTED,
                reason_code=int(Reason.TOO_LATE),
                transact_ns=TRADE_NS,
            )
        )

    def _say(self, order: VenueOrder, exec_type: ExecType, **fields) -> None:
        entry = order.entry
        values = {
            "cl_ord_id": order.cl_ord_id,
            "venue_order_id": order.venue_order_id,
            "request_id": entry.request_id,
            "account": entry.account,
            "symbol": entry.symbol,
            "side": entry.side,
            "ord_type": entry.ord_type,
            "time_in_force": entry.time_in_force,
            "px": order.px,
            "order_qty": order.order_qty,
            "leaves_qty": order.leaves_qty,
            "cum_qty": order.cum_qty,
            "ord_status": order.ord_status,
            "transact_ns": TRADE_NS,
        }
        self._number(ExecutionReport(venue=VENUE, venue_seq=0, exec_type=exec_type, **{**values, **fields}))

    def _number(self, report) -> None:
        values = {name: getattr(report, name) for name in report.__struct_fields__}
        self.out.append(type(report)(**{**values, "venue_seq": len(self.out) + 1}))


def bought_and_sold(venues_orders) -> dict[str, int]:
    """Signed shares per symbol."""
    held: dict[str, int] = {}
    for order in venues_orders:
        sign = 1 if order.entry.side is Side.BUY else -1
        held[order.entry.symbol] = held.get(order.entry.symbol, 0) + sign * order.cum_qty
    return held
