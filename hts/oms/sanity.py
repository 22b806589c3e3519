"""What no venue of sound mind says. Checked before a report touches an order, so that the rest may rely on it.

A nonsensical report must not end the core: the venue would send it again after the restart. It is refused as a value
(ReportMismatchError), told to a person, and the venue is asked for all its orders.
"""

from typing import Final

from hts.model.enums import ExecType
from hts.model.reports import ExecutionReport
from hts.oms.order import Order, ReportMismatchError
from hts.oms.order_report import UNDOES

VALUE_MAX: Final = 1 << 60  # price x quantity of one order; journal and link carry 64 bits, costs included


def check_report(report: ExecutionReport, order: Order | None) -> None:
    """Quantities that add up, prices that exist, a fill that has a name, and the order that the ClOrdID names.

    `order` is None when it is unknown to us. Raises ReportMismatchError.
    """
    name = report.cl_ord_id
    if name <= 0:
        raise ReportMismatchError(f"{report.exec_type.name}: expected a ClOrdID, found {name}")
    if not 0 < report.order_qty < VALUE_MAX:
        raise ReportMismatchError(f"{name}: expected OrderQty from 1, found {report.order_qty}")
    if min(report.leaves_qty, report.cum_qty) < 0 or report.leaves_qty + report.cum_qty > report.order_qty:
        found = f"LeavesQty {report.leaves_qty} and CumQty {report.cum_qty}"
        raise ReportMismatchError(f"{name}: expected parts of OrderQty {report.order_qty}, found {found}")
    if min(report.px, report.last_px) < 0 or max(report.px, report.last_px) * report.order_qty > VALUE_MAX:
        found = f"Price {report.px} and LastPx {report.last_px}"
        raise ReportMismatchError(f"{name}: expected prices from 0 and a value within bounds, found {found}")
    if not 0 <= report.cum_value <= VALUE_MAX:
        raise ReportMismatchError(f"{name}: expected a value of CumQty within bounds, found {report.cum_value}")
    if report.exec_type in (ExecType.TRADE, ExecType.TRADE_CORRECT):
        _check_fill(report)
    if report.exec_type in UNDOES and (report.exec_ref_id <= 0 or report.exec_id in (0, report.exec_ref_id)):
        raise ReportMismatchError(
            f"{name}: expected an ExecID of its own and the ExecID of a fill, found {report.exec_id} and "
            f"{report.exec_ref_id}"
        )
    if order is not None:
        _check_identity(order, report)


def _check_fill(report: ExecutionReport) -> None:
    if report.exec_id <= 0 or report.last_px <= 0 or not 0 < report.last_qty <= report.cum_qty:
        raise ReportMismatchError(
            f"{report.cl_ord_id}: expected a fill with ExecID, LastPx and LastQty up to CumQty {report.cum_qty}, "
            f"found {report.exec_id}, {report.last_px} and {report.last_qty}"
        )


def _check_identity(order: Order, report: ExecutionReport) -> None:
    ours = (order.venue, order.account, order.symbol, order.side)
    theirs = (report.venue, report.account, report.symbol, report.side)
    if ours != theirs:
        expected, found = (f"{venue} {account} {symbol} {side.name}" for venue, account, symbol, side in (ours, theirs))
        raise ReportMismatchError(f"{report.cl_ord_id}: expected {expected}, found {found}")
