"""Fills out of a journal's bytes."""

from msgspec.structs import replace

from hts.journal.framing import HEADER_BYTES
from hts.journal.past_fills import STEP, FillScan
from hts.journal.replay import START
from hts.journal.writer import JournalWriter
from hts.model.enums import CashMargin, ExecType
from hts.model.past_fills import PastFill
from hts.model.records import (
    FillTerms,
    InstrumentListed,
    OrderEntered,
    ReplaceEntered,
    ReportReceived,
    RouteDecided,
    VenueSessionStarted,
)
from hts.router.past_route import past_route
from tests.desk.scene import NAVER_ISSUE
from tests.router.test_best_execution import RECORD
from tests.support.records import a_report, one_of_each
from tests.support.storage import MemoryStorage

AT = {"trade_ns": 5, "mono_ns": 6}


def entered(cl_ord_id, **changes):
    found = next(record for record in one_of_each() if isinstance(record, OrderEntered))
    return replace(found, cl_ord_id=cl_ord_id, **changes)


def report(exec_type=ExecType.TRADE, terms=None, **changes):
    made = replace(a_report(), exec_type=exec_type, last_px=70_000, last_qty=3, **changes)
    return ReportReceived(**AT, report=made, fee=29, tax=400, terms=terms)


def session(date):
    return VenueSessionStarted(**AT, venue=a_report().venue, epoch=date, trading_date=date)


def scanned(*records, weigh=past_route):
    storage = MemoryStorage()
    JournalWriter(storage, START).append_many(records)
    (name,) = storage.names()
    scan, fills = FillScan(weigh), []
    offsets = list(scan.steps(name, storage.read(name), fills))
    assert offsets[-1] == len(storage.read(name))
    return scan, fills


def test_a_fill_knows_its_order_day_value_and_costs():
    terms = FillTerms(value=2_100_000, trade_date=20261123, settle_date=20261125)
    _, (plain, amended) = scanned(
        session(20261120),
        entered(7, strategy="gap"),
        report(cl_ord_id=7),
        ReplaceEntered(**AT, cl_ord_id=9, orig_cl_ord_id=7, request_id="r", px=1, qty=9, reserved=0),
        report(cl_ord_id=9, terms=terms),
    )
    assert (plain.fill.order_id, plain.strategy, plain.trade_date, plain.value) == (7, "gap", 20261120, 210_000)
    assert (plain.fill.fee, plain.fill.tax, plain.fill.px, plain.fill.qty, plain.row) == (29, 400, 70_000, 3, "")
    assert (amended.fill.order_id, amended.trade_date, amended.value) == (7, 20261123, 2_100_000)


def test_shares_on_credit_are_a_row_of_their_own():
    _, fills = scanned(
        entered(7, credit=CashMargin.MARGIN_OPEN),
        report(cl_ord_id=7),
        entered(8, credit=CashMargin.MARGIN_CLOSE, loan_date=20261101),
        report(cl_ord_id=8),
        entered(9, credit=CashMargin.MARGIN_OPEN, is_short=True),
        report(cl_ord_id=9),
    )
    assert [one.row for one in fills] == ["margin", "margin 20261101", "short"]


def test_what_is_no_fill_is_passed_over_and_a_bust_undoes():
    _, found = scanned(*one_of_each(), report(ExecType.NEW), report(ExecType.TRADE_CANCEL, exec_id=4, exec_ref_id=3))
    fills = [one for one in found if isinstance(one, PastFill)]
    bust = fills[-1]
    assert (bust.undoes, bust.fill.qty, bust.value) == (3, 0, 0)
    kinds = [
        getattr(record.report, "exec_type", None) for record in one_of_each() if isinstance(record, ReportReceived)
    ]
    assert len(fills) == kinds.count(ExecType.TRADE) + 1


def test_a_routing_decision_is_judged_and_its_fills_name_it():
    decided = RouteDecided(**AT, decision=RECORD)
    _, (route, fill) = scanned(session(20261120), decided, entered(7, parent_id=5), report(cl_ord_id=7))
    assert route == past_route(RECORD, 20261120, "KRW")
    assert (route.work_id, fill.work_id, fill.trade_date) == (5, 5, 20261120)


def test_it_pauses_and_goes_on_where_a_segment_has_grown():
    storage = MemoryStorage()
    writer = JournalWriter(storage, START)
    writer.append_many([report(cl_ord_id=n) for n in range(1, STEP + 2)])
    (name,) = storage.names()
    scan, fills = FillScan(past_route), []
    steps = scan.steps(name, storage.read(name), fills)
    first = next(steps)
    assert len(fills) == STEP
    end = list(steps)[-1]
    assert HEADER_BYTES < first < end
    writer.append_many([report(cl_ord_id=9_999)])
    assert list(scan.steps(name, storage.read(name), fills, end))[-1] == len(storage.read(name))
    assert (len(fills), fills[-1].fill.order_id) == (STEP + 2, 9_999)


def test_what_a_decision_saved_is_told_in_money_where_prices_are_finer():
    venue = RECORD.seen[0].venue
    issue = replace(NAVER_ISSUE, symbol=RECORD.symbol, venue=venue, currency="JPY", px_decimals=1)
    listed, decided = InstrumentListed(**AT, instrument=issue), RouteDecided(**AT, decision=RECORD)

    def weigh(*decision):
        return replace(past_route(*decision), saved_best_single=500, saved_simple=-300)  # tenths of a yen

    _, (route,) = scanned(session(20261120), listed, decided, weigh=weigh)
    assert (route.saved_best_single, route.saved_simple, route.currency) == (50, -30, "JPY")
