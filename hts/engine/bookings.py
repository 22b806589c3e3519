"""From an order's fill to what the books take."""

from msgspec.structs import replace

from hts.account.booking import Booking
from hts.account.ledger import Ledger
from hts.account.position import CASH, MARGIN, SHORT
from hts.model.enums import CashMargin, ExecType, Side
from hts.model.records import FillTerms, ReportReceived
from hts.model.reports import ExecutionReport
from hts.model.units import ExecID, Notional
from hts.oms.order import Fill, Order


def booking_of(order: Order, fill: Fill, record: ReportReceived, report: ExecutionReport) -> Booking:
    """The fill with its costs and terms. A record without terms is of a time when all was settled at once."""
    terms = record.terms or FillTerms(value=Notional(fill.px * fill.qty), trade_date=0, settle_date=0)
    credit = credit_of(order.credit, order.side)
    is_opening = order.credit is CashMargin.MARGIN_OPEN or (credit == CASH and terms.financed_ppm > 0)
    return Booking(
        account=order.account,
        currency=order.currency,
        symbol=order.symbol,
        side=order.side,
        px=fill.px,
        qty=fill.qty,
        value=terms.value,
        fee=record.fee,
        tax=record.tax,
        venue=order.venue,
        exec_id=report.exec_id,
        trade_date=terms.trade_date,
        settle_date=terms.settle_date,
        credit=credit,
        is_opening=is_opening,
        loan_date=terms.trade_date if is_opening and credit != CASH else order.loan_date,
        due_date=terms.due_date,
        financed_ppm=terms.financed_ppm,
        deposit_ppm=terms.deposit_ppm,
    )


def take_back(ledger: Ledger, order: Order, record: ReportReceived, report: ExecutionReport) -> None:
    """A trade was cancelled or corrected: of this day as though it had never been, of an older one by its opposite."""
    original = ledger.fill_of(order.venue, report.exec_ref_id)
    again = booking_of(order, Fill(px=report.last_px, qty=report.last_qty), record, report)
    if report.exec_type is ExecType.TRADE_CORRECT:
        if original is not None:
            ledger.cancel_fill(order.venue, report.exec_ref_id, again)
        return
    if original is None:
        ledger.book(replace(again, side=order.side.other, exec_id=ExecID(0)))
        return
    ledger.cancel_fill(order.venue, report.exec_ref_id)
    if record.fee or record.tax:  # what is counted over the day is counted without it now
        ledger.adjust_costs(original, record.fee, record.tax)


def credit_of(credit: CashMargin, side: Side) -> str:
    """Which kind of row an order works on: a credit purchase is closed by selling, borrowed shares by buying."""
    if credit is CashMargin.CASH:
        return CASH
    is_purchase = (credit is CashMargin.MARGIN_OPEN) == (side is Side.BUY)
    return MARGIN if is_purchase else SHORT
