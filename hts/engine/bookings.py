"""From an order's fill to what the books take."""

from collections.abc import Iterable

from msgspec.structs import replace

from hts.account.booking import Booking
from hts.account.ledger import Ledger
from hts.account.position import CASH, MARGIN, SHORT, Position
from hts.model.enums import CashMargin, LastLiquidityInd, Side
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
        order_id=order.order_id,
        liquidity=report.last_liquidity_ind,
    )


def take_back(
    ledger: Ledger, order: Order, fill: Fill, record: ReportReceived, report: ExecutionReport
) -> list[Booking]:
    """A trade was cancelled, or corrected to `fill`: of this day as though it had never been. Other fills that are
    charged something else now.

    One that the books of this day do not know, an older one or a fill that we heard of in a sum, is booked the other
    way round at its own price, `record` bringing its costs back.
    """
    original = ledger.fill_of(order.venue, report.exec_ref_id)
    again = booking_of(order, fill, record, report) if fill.qty else None
    if original is None:
        assert fill.undone is not None, report
        undone = booking_of(order, Fill(px=fill.undone.px, qty=fill.undone.qty), record, report)
        is_bust = again is None
        undone = replace(
            undone,
            side=order.side.other,
            exec_id=ExecID(0),
            value=undone_value(fill, undone.value),
            fee=undone.fee if is_bust else Notional(0),
            tax=undone.tax if is_bust else Notional(0),
            is_opening=False,
        )
        ledger.book(undone)
        if again is not None:
            ledger.book(again)
        return []
    if again is not None and again.liquidity is LastLiquidityInd.UNKNOWN:
        again = replace(again, liquidity=original.liquidity)
    ledger.cancel_fill(order.venue, report.exec_ref_id, again)
    if again is not None:
        return []
    # What is counted over several fills is counted without it now: a fee over its order or its day, a tax over its day.
    return [
        one
        for one in (
            ledger.adjust_costs(original, record.fee, 0, order.order_id) if record.fee else None,
            ledger.adjust_costs(original, 0, record.tax) if record.tax else None,
        )
        if one is not None
    ]


def undone_value(fill: Fill, value: int) -> Notional:
    """What the fill that is taken back was worth. `value`: in a bust its own, in a correction its successor's."""
    undone = fill.undone
    assert undone is not None, fill
    ours = fill.px * fill.qty
    if not ours:
        return Notional(value)
    return Notional((2 * value * undone.px * undone.qty + ours) // (2 * ours))


def closing_credit(rows: Iterable[Position], side: Side) -> CashMargin:
    """How an order that closes a whole position is named: a credit order where nothing is held with own money."""
    held = [row for row in rows if row.qty * side.sign < 0]
    return CashMargin.MARGIN_CLOSE if held and all(row.credit for row in held) else CashMargin.CASH


def credit_of(credit: CashMargin, side: Side) -> str:
    """Which kind of row an order works on: a credit purchase is closed by selling, borrowed shares by buying."""
    if credit is CashMargin.CASH:
        return CASH
    is_purchase = (credit is CashMargin.MARGIN_OPEN) == (side is Side.BUY)
    return MARGIN if is_purchase else SHORT
