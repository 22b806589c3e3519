"""A fill of the state: what it does to the books, to risk's memory, and to what terminals are shown of the day."""

from collections import deque
from typing import TYPE_CHECKING, Final

from hts.engine.bookings import booking_of, take_back
from hts.engine.risk_facts import book_fill, take_back_fill
from hts.model.records import ReportReceived
from hts.model.reports import ExecutionReport
from hts.model.views import FillView
from hts.oms.order import Booked, Fill, Order

if TYPE_CHECKING:
    from hts.engine.core_state import CoreState

FILLS_SHOWN_MAX: Final = 2_000  # a newly attached terminal gets the day's newest fills; the journal keeps all


def book(state: "CoreState", order: Order, fill: Fill, record: ReportReceived, report: ExecutionReport) -> None:
    """Shares and money move."""
    venue, exec_id = report.venue, report.exec_id
    if fill.undone is not None:
        _take_back(state, order, fill, record, report)
    else:
        state.ledger.book(booking_of(order, fill, record, report))
        costs = record.fee + record.tax
        book_fill(state.guards, order, state.unit(order), fill.px, fill.qty, costs=costs, mono_ns=record.mono_ns)
    if record.terms is not None:
        state.book.reopen(record.terms.trade_date)
    if exec_id:
        state.orders.book(venue, exec_id, Booked(order_id=order.order_id, px=fill.px, qty=fill.qty))
    state.fills.append(
        FillView(
            exec_id=exec_id,
            order_id=order.order_id,
            venue=order.venue,
            account=order.account,
            symbol=order.symbol,
            side=order.side,
            px=fill.px,
            qty=fill.qty,
            fee=record.fee,
            tax=record.tax,
            trade_ns=report.transact_ns,
            exec_ref_id=report.exec_ref_id,
        )
    )


def _take_back(state: "CoreState", order: Order, fill: Fill, record: ReportReceived, report: ExecutionReport) -> None:
    """The fill never was: its shares, money and costs go back, and terminals no longer see it."""
    original = state.ledger.fill_of(report.venue, report.exec_ref_id)
    terms = None if original is None else (original.px, original.qty, original.fee + original.tax)
    take_back_fill(state.guards, order, state.unit(order), report, terms, mono_ns=record.mono_ns)
    take_back(state.ledger, order, fill, record, report)
    state.orders.take_back(report.venue, report.exec_ref_id)
    gone = (report.venue, report.exec_ref_id)
    kept = (fill for fill in state.fills if (fill.venue, fill.exec_id) != gone)
    state.fills = deque(kept, maxlen=FILLS_SHOWN_MAX)
