"""A fill of the state: what it does to the books, to risk's memory, and to what terminals are shown of the day."""

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from hts.account.booking import Booking
from hts.engine.bookings import booking_of, take_back, undone_value
from hts.engine.risk_facts import book_fill, take_back_fill
from hts.model.enums import LastLiquidityInd
from hts.model.records import ReportReceived
from hts.model.reports import ExecutionReport
from hts.model.units import ExecID, Notional
from hts.model.views import FillView
from hts.oms.order import Booked, Fill, Order

if TYPE_CHECKING:
    from hts.engine.core_state import CoreState

FILLS_SHOWN_MAX: Final = 2_000  # a newly attached terminal gets the day's newest fills; the journal keeps all


def book(state: "CoreState", order: Order, fill: Fill, record: ReportReceived, report: ExecutionReport) -> None:
    """Shares and money move."""
    venue, exec_id = report.venue, report.exec_id
    original = state.ledger.fill_of(venue, report.exec_ref_id) if fill.undone is not None else None
    is_apart = fill.undone is None or original is not None  # else the record nets what comes back with what is charged
    date, traded = _traded(fill, record, original)
    state.book.turnover.add(order.account, order.currency, date, traded)
    is_borne = False  # by another fill of the bill, which is told with it
    if fill.undone is not None:
        is_borne = _take_back(state, order, fill, record, report)
    else:
        state.ledger.book(booking_of(order, fill, record, report))
        costs = record.fee + record.tax
        book_fill(state.guards, order, state.unit(order), fill.px, fill.qty, costs=costs, mono_ns=record.mono_ns)
    if record.terms is not None:
        state.book.reopen(record.terms.trade_date)
    if exec_id:
        state.orders.book(venue, exec_id, _booked(order, fill, record if is_apart else None))
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
            fee=Notional(0) if is_borne else record.fee,
            tax=Notional(0) if is_borne else record.tax,
            trade_ns=report.transact_ns,
            exec_ref_id=report.exec_ref_id,
            liquidity=_liquidity(report, original),
        )
    )


def _liquidity(report: ExecutionReport, original: Booking | None) -> LastLiquidityInd:
    """What the fill did to the book; a correction that does not say it is of a fill that did the same."""
    if report.last_liquidity_ind is LastLiquidityInd.UNKNOWN and original is not None:
        return original.liquidity
    return report.last_liquidity_ind


def _traded(fill: Fill, record: ReportReceived, original: Booking | None) -> tuple[int, int]:
    """A day, and what the account traded more on it by this, or less: what is taken back was not traded."""
    terms = record.terms
    value = terms.value if terms is not None else 0
    if fill.undone is None:
        return (terms.trade_date if terms is not None else 0), value
    if original is not None:
        return original.trade_date, (value if fill.qty else 0) - original.value
    return (terms.trade_date if terms is not None else 0), (value if fill.qty else 0) - undone_value(fill, value)


def _booked(order: Order, fill: Fill, record: ReportReceived | None) -> Booked:
    """With what a bust would have to give back, where the record tells it."""
    if record is None:
        return Booked(order_id=order.order_id, px=fill.px, qty=fill.qty)
    return Booked(order_id=order.order_id, px=fill.px, qty=fill.qty, fee=record.fee, tax=record.tax)


def _take_back(state: "CoreState", order: Order, fill: Fill, record: ReportReceived, report: ExecutionReport) -> bool:
    """The fill never was: its shares, money and costs go back, and terminals no longer see it.

    Whether another fill bears what the record's costs change.
    """
    original = state.ledger.fill_of(report.venue, report.exec_ref_id)
    terms = None if original is None else (original.px, original.qty, original.fee + original.tax)
    take_back_fill(state.guards, order, state.unit(order), report, terms, mono_ns=record.mono_ns)
    charged: dict[tuple[str, ExecID], Booking] = {}
    for changed in take_back(state.ledger, order, fill, record, report):
        state.orders.charge(changed.venue, changed.exec_id, changed.fee, changed.tax)
        charged[changed.venue, changed.exec_id] = changed
    state.orders.take_back(report.venue, report.exec_ref_id)
    gone = (report.venue, report.exec_ref_id)
    kept = (_charged(fill, charged) for fill in state.fills if (fill.venue, fill.exec_id) != gone)
    state.fills = deque(kept, maxlen=FILLS_SHOWN_MAX)
    return bool(charged)


def _charged(view: FillView, charged: Mapping[tuple[str, ExecID], Booking]) -> FillView:
    """A fill as it is charged now, in its own place."""
    now = charged.get((view.venue, view.exec_id))
    return replace(view, fee=now.fee, tax=now.tax, exec_ref_id=view.exec_id) if now is not None else view
