"""Fills, routing decisions and first stops out of the journal's bytes, in small steps: the core goes on trading.

Of a segment only the records are decoded that tell of them: the tag of a record stands near its beginning, and all
others are stepped over. What an order was for and on whose money it dealt is known from its own record; where that
lies in a segment that was not read, the fill stands without it.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, Union

from msgspec import structs

from hts.base.errors import CorruptRecord
from hts.journal.framing import HEADER_BYTES, decode_frame, decode_record
from hts.journal.past_stops import StopScan
from hts.model.enums import CashMargin, ExecType
from hts.model.instruments import Instrument
from hts.model.past_fills import PastFill, PastRoute, PastStop
from hts.model.records import (
    InstrumentListed,
    OrderEntered,
    ReplaceEntered,
    ReportReceived,
    RouteDecided,
    TrailsMoved,
    VenueSessionStarted,
    WorkAmended,
    WorkStarted,
)
from hts.model.reports import ExecutionReport
from hts.model.routing import RouteRecord
from hts.model.units import NO_ID, ClOrdID, ExecID, Notional
from hts.model.views_fill import FillView

ORDERS_MAX: Final = 100_000  # of the newest orders it is remembered what they were for
STEP: Final = 400  # frames between two pauses, about half a millisecond
ROUTE_FRAMES: Final = 100  # a routing decision takes as long as so many other records
_TAG_WITHIN: Final = 24  # bytes of a record in which its tag stands
_TAGS: Final = (b"\xa6report", b"\xa3new", b"\xa7replace", b"\xa7session", b"\xa6listed", b"\xa6routed",
               b"\xa4work", b"\xacwork_amended")  # fmt: skip
_TRAILS: Final = b"\xa6trails"  # many, and few of them tell of a trail's beginning
_UNDOING: Final = (ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT)
_FILLS: Final = (ExecType.TRADE, *_UNDOING)

Past = Union[PastFill, PastRoute, PastStop]
Weigh = Callable[[RouteRecord, int, str], PastRoute]  # of a decision, its trading day and its currency


class FillScan:
    """Goes through segments in order; `fault` says where one is damaged. `weigh` judges a routing decision."""

    def __init__(self, weigh: Weigh) -> None:
        self.fault = ""
        self._weigh = weigh
        self._orders: dict[ClOrdID, OrderEntered] = {}
        self._first: dict[ClOrdID, ClOrdID] = {}
        self._dates: dict[str, int] = {}
        self._issues: dict[tuple[str, str], Instrument] = {}
        self._stops = StopScan()

    def steps(self, name: str, data: bytes, found: list[Past], offset: int = HEADER_BYTES) -> Iterator[int]:
        """Add what a segment tells from an offset on; yields the offset when it is time to pause, and at last.

        A segment that is written to is gone on with from there.
        """
        if offset == HEADER_BYTES:
            self._stops.begin()
        count = 0
        while (frame := decode_frame(data, offset)) is not None:
            head = frame.body[:_TAG_WITHIN]
            if any(tag in head for tag in _TAGS) or (self._stops.waits_for_trails and _TRAILS in head):
                try:
                    count += self._take(decode_record(frame.body), found)
                except CorruptRecord as error:
                    self.fault = f"{name} at offset {offset}: {error}"
            offset = frame.end
            count += 1
            if count >= STEP:
                count = 0
                yield offset
        yield offset

    def _take(self, record: object, found: list[Past]) -> int:
        """Take one; how many frames more than one it was worth."""
        if isinstance(record, OrderEntered):
            if len(self._orders) >= ORDERS_MAX:
                self._orders = dict(islice(self._orders.items(), ORDERS_MAX // 2, None))
            self._orders[record.cl_ord_id] = record
            found += self._stops.entered(record, self._newest_date())
        elif isinstance(record, ReplaceEntered):
            self._first[record.cl_ord_id] = self._order_of(record.orig_cl_ord_id)
        elif isinstance(record, VenueSessionStarted):
            self._dates[record.venue] = record.trading_date
        elif isinstance(record, InstrumentListed):
            self._issues[record.instrument.venue, record.instrument.symbol] = record.instrument
        elif isinstance(record, ReportReceived):
            report = record.report
            if isinstance(report, ExecutionReport) and report.exec_type in _FILLS:
                fill = self._fill(record, report)
                found.append(fill)
                if fill.fill.qty:
                    trade_ns, date = fill.fill.trade_ns, fill.trade_date
                    found += self._stops.filled(fill.fill.order_id, fill.work_id, trade_ns, date)
        elif isinstance(record, RouteDecided):
            found.append(self._route(record.decision))
            return ROUTE_FRAMES
        else:
            found += self._stop(record)
        return 0

    def _stop(self, record: object) -> list[PastStop]:
        """Of work that began, has other terms, or follows the price."""
        date = self._newest_date()
        if isinstance(record, WorkStarted):
            return self._stops.started(record, date)
        if isinstance(record, WorkAmended):
            return self._stops.amended(record, date)
        if isinstance(record, TrailsMoved):
            symbol = record.change.symbol
            issue = next((one for (_, name), one in self._issues.items() if name == symbol), None)
            return self._stops.begun(record, issue, date)
        return []

    def _newest_date(self) -> int:
        """What is of no venue's day alone belongs to the newest day that has begun."""
        return max(self._dates.values(), default=0)

    def _route(self, decision: RouteRecord) -> PastRoute:
        venue = decision.seen[0].venue if decision.seen else ""
        issue = self._issues.get((venue, decision.symbol))
        told = self._weigh(decision, self._newest_date(), issue.currency if issue else "KRW")
        if issue is None:
            return told
        # The router weighs in steps of the price: yen in tenths, say.
        saved, simple = issue.money(told.saved_best_single, 1), issue.money(told.saved_simple, 1)
        return structs.replace(told, saved_best_single=saved, saved_simple=simple)

    def _order_of(self, cl_ord_id: ClOrdID) -> ClOrdID:
        return self._first.get(cl_ord_id, cl_ord_id)

    def _fill(self, record: ReportReceived, report: ExecutionReport) -> PastFill:
        order_id = self._order_of(report.cl_ord_id)
        order = self._orders.get(order_id)
        issue = self._issues.get((report.venue, report.symbol))
        is_bust = report.exec_type is ExecType.TRADE_CANCEL
        terms = record.terms
        value = 0 if is_bust else terms.value if terms is not None else report.last_px * report.last_qty
        return PastFill(
            fill=FillView(
                exec_id=report.exec_id,
                order_id=order_id,
                venue=report.venue,
                account=report.account,
                symbol=report.symbol,
                side=report.side,
                px=report.last_px,
                qty=type(report.last_qty)(0) if is_bust else report.last_qty,
                fee=record.fee,
                tax=record.tax,
                trade_ns=report.transact_ns,
                exec_ref_id=report.exec_ref_id,
                liquidity=report.last_liquidity_ind,
            ),
            currency=issue.currency if issue is not None else "KRW",
            value=Notional(value),
            trade_date=terms.trade_date if terms is not None else self._dates.get(report.venue, 0),
            row=_row(order),
            strategy=order.strategy if order is not None else "",
            undoes=report.exec_ref_id if report.exec_type in _UNDOING else ExecID(0),
            work_id=order.parent_id if order is not None else NO_ID,
        )


def _row(order: OrderEntered | None) -> str:
    """Which shares of the issue a fill is about: own ones, or those of one kind of credit and loan date."""
    if order is None or (order.credit is CashMargin.CASH and not order.is_short):
        return ""
    kind = "short" if order.is_short else "margin"
    return f"{kind} {order.loan_date}" if order.loan_date else kind
