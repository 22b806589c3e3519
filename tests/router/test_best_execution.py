"""The record of a day's routed orders, judged by hand."""

import csv
import io

from hts.model.enums import LastLiquidityInd, Side
from hts.model.routing import ChildFill, RouteRecord
from hts.router.best_execution import Execution, VenueStatistics, judge, venue_statistics
from hts.router.plan import decide, explain
from hts.router.report import COLUMNS, csv_report, html_report, venue_cells
from tests.router.test_plan import BUY, KRX, NXT

TOOK = LastLiquidityInd.REMOVED
PLAN = explain(BUY, (KRX, NXT), decide(BUY, (KRX, NXT)))
RECORD = RouteRecord(order_id=5, account="P1", symbol="005930", trade_ns=10, request=BUY, seen=(KRX, NXT), plan=PLAN)
FILLS = (
    ChildFill(order_id=5, venue="KRX", px=1000, qty=50, cost=7, trade_ns=11, fee=6, liquidity=TOOK),
    ChildFill(order_id=5, venue="NXT", px=1001, qty=30, cost=4, trade_ns=12, fee=4, value=30_031),
    ChildFill(order_id=6, venue="NXT", px=9999, qty=1, cost=0, trade_ns=12),
)
JUDGED = Execution(
    order_id=5,
    account="P1",
    symbol="005930",
    side=Side.BUY,
    trade_ns=10,
    qty=100,
    filled_qty=80,
    value=80_030,
    costs=11,
    arrival_px=1000,
    slippage_cbp=375,  # 30 won on 80,000: 3.75 basis points
    # KRX alone: 50 shares for 50,000, the other 30 reckoned at 1,001; NXT alone the same way dearer
    saved_best_single=0,
    saved_simple=0,
    by_venue={"KRX": 50, "NXT": 30},
    fees_by_venue={"KRX": 6, "NXT": 4},
)


def test_an_order_is_judged_against_arrival_and_alternatives():
    assert judge((RECORD, RECORD), FILLS) == (JUDGED,)


def test_the_plain_rule_is_beaten_when_its_venue_is_dearer_in_depth():
    deep = KRX.__class__(venue="KRX", asks=((1000, 10), (1010, 90)))
    other = KRX.__class__(venue="NXT", asks=((1001, 90),))
    request = BUY.__class__(side=Side.BUY, qty=100, px=1010)
    plan = explain(request, (deep, other), decide(request, (deep, other)))
    record = RouteRecord(order_id=1, account="", symbol="", trade_ns=0, request=request, seen=(deep, other), plan=plan)
    # plan: 10 x 1000 + 90 x 1001; the plain rule goes to KRX whole: 10 x 1000 + 90 x 1010
    found = judge((record,), ())[0]
    # NXT alone finds 90 for 90,090; its missing 10 at the plan's dearest 1,001: 100,100, ten more than the plan
    assert (found.saved_simple, found.saved_best_single) == (810, 10)


def test_statistics_by_venue():
    assert venue_statistics((RECORD,), FILLS[:2]) == (
        VenueStatistics(
            venue="KRX", orders=1, asked_qty=50, filled_qty=50, value=50_000, costs=7, fees=6, removed_qty=50
        ),
        VenueStatistics(venue="NXT", orders=2, asked_qty=50, filled_qty=30, value=30_031, costs=4, fees=4),
    )
    rows = [venue_cells(row)[-5:] for row in venue_statistics((RECORD,), FILLS[:2])]
    assert rows == [("6", "1.20", "0", "50", "0"), ("4", "1.33", "0", "0", "0")]  # 6 of 50,000 are 1.2 basis points
    assert [row.fill_rate_bp for row in venue_statistics((RECORD,), FILLS[:2])] == [10_000, 6_000]


def test_the_csv_reads_back():
    rows = list(csv.DictReader(io.StringIO(csv_report((JUDGED,)))))
    assert rows == [dict(zip(COLUMNS, rows[0].values(), strict=True))]
    assert (rows[0]["order_id"], rows[0]["slippage_bp"], rows[0]["venues"]) == ("5", "3.75", "KRX:50 NXT:30")
    assert rows[0]["fees"] == "KRX:6 NXT:4"


def test_a_name_cannot_be_a_formula_nor_markup():
    sly = Execution(**{name: getattr(JUDGED, name) for name in JUDGED.__struct_fields__} | {"account": "=1+1,<b>"})
    assert next(csv.DictReader(io.StringIO(csv_report((sly,)))))["account"] == "'=1+1,<b>"
    page = html_report("2026-11-20", (sly,), (), lambda key: key.rpartition(".")[2])
    assert "<b>" not in page
    assert "=1+1,&lt;b&gt;" in page
