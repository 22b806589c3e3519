"""Trades that were taken back and that our own order session has not told of: its sums still count them.

A venue may tell a broken or corrected trade on its drop copy alone (Japannext, ODX and Osaka over OUCH), or there
first. Until the order session tells the same, or for ever, what it says of the order is so many shares too high.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from hts.model.enums import ExecType
from hts.model.reports import ExecutionReport
from hts.model.units import ClOrdID, Notional, Qty
from hts.oms.order import Order


class Unsaid(Struct, frozen=True, kw_only=True):
    """What one trade that was taken back makes the order session's CumQty and OrderQty too high by."""

    order_id: ClOrdID
    qty: int
    order_qty: int


def unsaid_of(before: Order, after: Order) -> Unsaid:
    """What taking back did to an order. The shares do not come back to the book: one that works is so much smaller."""
    gone = int(before.cum_qty) - int(after.cum_qty)
    return Unsaid(order_id=after.order_id, qty=gone, order_qty=gone if after.is_working else 0)


def as_known(report: ExecutionReport, order: Order, unsaid: Iterable[Unsaid]) -> ExecutionReport:
    """A report of our order session as it is without the trades that were taken back behind its back."""
    mine = [one for one in unsaid if one.order_id == order.order_id]
    qty, order_qty = sum(one.qty for one in mine), sum(one.order_qty for one in mine)
    if not qty and not order_qty:
        return report
    report = replace(report, cum_value=Notional(0))  # of all that they count
    if report.exec_type is ExecType.ORDER_STATUS and not order.is_working:
        status = order.ord_status  # it may call an order filled of which a trade is broken
        return replace(report, cum_qty=order.cum_qty, order_qty=order.order_qty, leaves_qty=Qty(0), ord_status=status)
    return replace(report, cum_qty=Qty(report.cum_qty - qty), order_qty=Qty(report.order_qty - order_qty))
