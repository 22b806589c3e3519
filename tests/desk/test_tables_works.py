"""What the core works on, as rows: kinds, terms, progress against the schedule, running first."""

import pytest
from msgspec.structs import replace

from hts.desk.tables_works import OVER_SHOWN_MAX, WorksTable
from hts.model.algo import AlgoKind, AlgoParams, SchedulePoint
from hts.model.conditional import (
    Carry,
    ConditionalOrder,
    FillCondition,
    PriceCondition,
    TimeCondition,
    TrailCondition,
    TrailUnit,
)
from hts.model.enums import OrdType, Phase, Side
from hts.model.quotes import TradeUpdate
from hts.model.routing import RouteRequest
from hts.model.work import AlgoSpec, Benchmark, ConditionSpec, RouteSpec, WorkState, WorkView
from tests.desk.scene import ACCOUNT, NINE, SAMSUNG, SECOND, Scene

ROUTE = RouteSpec(request=RouteRequest(side=Side.BUY, qty=100, px=190_000))


def a_work(work_id=1, spec=ROUTE, **fields):
    values = {"request_id": f"r{work_id}", "account": ACCOUNT, "symbol": SAMSUNG, "side": Side.BUY, "qty": 100}
    values |= {"cum_qty": 25, "working_qty": 30, "filled_value": 0, "state": WorkState.RUNNING, "cause": ""}
    return WorkView(work_id=work_id, spec=spec, started_ns=NINE + work_id * SECOND, **values | fields)


def shown(*views, trade_ns=NINE, quotes=()):
    scene = Scene()
    for quote in quotes:
        scene.market.on_quote(quote)
    table = WorksTable(scene.texts)
    for view in views:
        scene.orders.on_view(view)
    table.update(scene.market, scene.orders, trade_ns)
    return table


def cells(table, row=0):
    return {column.key: column.text(table.row(row)) for column in table.columns}


def test_a_routed_order_as_a_row():
    assert cells(shown(a_work())) == {
        "time": "09:00:01", "name": "삼성전자", "side": "매수", "kind": "SOR", "terms": "190,000", "qty": "100",
        "filled": "25", "working": "30", "due": "—", "progress": "25%", "average": "—", "arrival": "—", "vwap": "—",
        "until": "—", "state": "진행",
    }  # fmt: skip


def an_algo(**fields):
    params = AlgoParams(algo_id=1, kind=AlgoKind.TWAP, account="", symbol=SAMSUNG, side=Side.BUY, qty=100, end_ns=NINE)
    return a_work(spec=AlgoSpec(params=params), **fields)


def a_print(px, cum_qty, cum_value):
    return TradeUpdate(SAMSUNG, NINE, px, 1, "1", px, px, px, cum_qty, cum_value, Phase.CONTINUOUS)


def test_an_algorithm_is_measured_by_its_begin_and_by_the_market_since():
    begun = Benchmark(px=200_000, market_qty=1_000, market_value=200_000_000)
    bought = an_algo(arrival=begun, filled_value=25 * 200_200)
    trades = (a_print(200_400, 1_500, 300_200_000),)  # since then 500 shares for 100,200,000: at 200,400
    found = cells(shown(bought, quotes=trades))
    assert {key: found[key] for key in ("average", "arrival", "vwap", "until")} == {
        "average": "200,200", "arrival": "+10.0", "vwap": "−10.0", "until": "09:00:00",
    }  # fmt: skip
    sold = replace(bought, side=Side.SELL)
    assert [cells(shown(sold, quotes=trades))[key] for key in ("arrival", "vwap")] == ["−10.0", "+10.0"]
    over = replace(bought, state=WorkState.DONE, market=Benchmark(market_qty=1_100, market_value=220_040_000))
    assert cells(shown(over, quotes=trades))["vwap"] == "−10.0"  # the market of its end, not the one of now
    assert cells(shown(replace(bought, cum_qty=0), quotes=trades))["arrival"] == "—"
    assert cells(shown(bought))["vwap"] == "—"  # nothing has traded since


def test_running_work_stands_first_then_the_newest_that_is_over():
    over = [a_work(number, state=WorkState.DONE) for number in range(1, 100)]
    table = shown(*over, a_work(50, state=WorkState.PAUSED))
    assert table.running_count == 1
    assert [table.row(row).key for row in range(3)] == [50, 99, 98]
    assert len(table) == 1 + OVER_SHOWN_MAX


def test_why_it_ended_stands_in_the_place_of_the_state():
    assert cells(shown(a_work(state=WorkState.FAILED, cause="work.end.refused")))["state"] == "반복 거부"
    assert cells(shown(a_work(state=WorkState.DONE, cause="work.end.filled")))["state"] == "완료"


def test_a_schedule_says_what_should_have_filled_by_now():
    params = AlgoParams(algo_id=1, kind=AlgoKind.TWAP, account="", symbol=SAMSUNG, side=Side.BUY, qty=100)
    points = tuple(SchedulePoint(NINE + at * SECOND, 25 * (at + 1)) for at in range(4))
    view = a_work(spec=AlgoSpec(params=params), points=points)
    found = [shown(view, trade_ns=NINE + at * SECOND).row(0).due_permille for at in (-1, 0, 2, 9)]
    assert found == [0, 250, 750, 1_000]
    assert (cells(shown(view))["kind"], cells(shown(view))["terms"]) == ("TWAP", "시장가")


CONDITIONS = {
    "≤ 180,000": PriceCondition(is_above=False, px=180_000),
    "≥ 200,000": PriceCondition(is_above=True, px=200_000),
    "−1,500": TrailCondition(distance=1_500),
    "+2.0000%": TrailCondition(is_above=True, distance=20_000, unit=TrailUnit.PPM),
    "−3틱": TrailCondition(distance=3, unit=TrailUnit.TICKS),
    "09:00:07": TimeCondition(trade_ns=NINE + 7 * SECOND),
    "210,000": FillCondition(),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_are_as_short_as_a_cell(text):
    order = ConditionalOrder(
        cond_id=1, account="", symbol=SAMSUNG, condition=CONDITIONS[text], side=Side.SELL, qty=10, px=210_000,
        ord_type=OrdType.LIMIT,
    )  # fmt: skip
    assert cells(shown(a_work(spec=ConditionSpec(order=order))))["terms"] == text


def test_a_period_is_told_with_its_last_day():
    order = ConditionalOrder(
        cond_id=1, account="", symbol=SAMSUNG, condition=TimeCondition(trade_ns=NINE), side=Side.BUY, qty=10,
        carry=Carry.DAILY, until_date=20261204, until_filled=True,
    )  # fmt: skip
    found = cells(shown(a_work(spec=ConditionSpec(order=order))))
    assert (found["kind"], found["terms"]) == ("매일 예약", "09:00 ~12-04")


def test_work_of_another_account_is_not_shown():
    assert len(shown(replace(a_work(), account="other"))) == 0
