"""Routed orders against arrival and alternatives, by hand."""

from msgspec.structs import replace

from hts.desk.answers import Answers
from hts.desk.executions import cbp_text, millions_text, mix_shares, mix_text
from hts.desk.executions_state import ExecutionsState
from hts.desk.trade_journal_state import Span
from hts.model.enums import Side
from hts.model.past_fills import PastRoute
from tests.desk.scene import ACCOUNT, NAVER, NINE, Scene
from tests.desk.test_trade_journal import past
from tests.desk.test_trade_journal_state import page


def route(work_id, qty=100, date=20261120, **changes):
    made = PastRoute(
        work_id=work_id,
        account=ACCOUNT,
        symbol=NAVER,
        side=Side.BUY,
        trade_ns=NINE + work_id,
        trade_date=date,
        currency="KRW",
        qty=qty,
        arrival_px=1_000,
        best_single="KRX",
        saved_best_single=50,
        saved_simple=80,
        asked=(("KRX", 60), ("NXT", 40)),
    )
    return replace(made, **changes)


def filled(exec_id, work_id, venue, px, qty, date=20261120, side=Side.BUY):  # noqa: PLR0917
    one = past(exec_id, side, px, qty, date=date)
    return replace(one, work_id=work_id, value=px * qty, fill=replace(one.fill, venue=venue, fee=3, tax=1))


def desk(routes, fills):
    scene, answers = Scene(language="en"), Answers()
    state = ExecutionsState(answers, scene.market, lambda _query: None, scene.texts, account=ACCOUNT)
    state.ask()
    answers.take(replace(page(*fills), routes=tuple(routes)))
    state.reckon()
    return state


def cells(table, number=0):
    return {column.key: column.text(table.row(number)) for column in table.columns}


def test_an_order_is_told_with_slippage_savings_and_venues():
    state = desk([route(7)], [filled(1, 7, "KRX", 1_000, 60), filled(2, 7, "NXT", 1_005, 40), past(3, Side.BUY, 9, 9)])
    row = state.table.row(0)
    # 200 won dearer than 100 at 1,000: 20 basis points; 50 won of 100,200 are 4.99.
    assert (row.slippage_cbp, row.slippage, row.saved_cbp, row.average_px) == (2_000, 200, 499, 1_002)
    assert (row.filled_qty, row.costs, row.is_short, row.by_venue) == (100, 8, False, (("KRX", 60), ("NXT", 40)))
    shown = cells(state.table)
    assert (shown["slippage"], shown["saved"], shown["mix"]) == ("+20.00", "+50", "KRX 60 · NXT 40")
    assert (shown["costs"], shown["fees"]) == ("8", "KRX 3 · NXT 3")
    assert cells(state.days)["fees"] == "KRX 3 · NXT 3"


def test_a_sale_below_arrival_is_worse_and_one_above_better():
    for px, slippage in ((995, 5_000), (1_005, -5_000)):
        state = desk([route(7, side=Side.SELL)], [filled(1, 7, "KRX", px, 100, side=Side.SELL)])
        assert state.table.row(0).slippage_cbp == slippage


def test_days_sum_their_orders_and_one_day_can_be_chosen():
    routes = [route(7), route(8, qty=50, best_single="NXT"), route(9, date=20261123, best_single="NXT")]
    fills = [filled(1, 7, "KRX", 1_000, 100), filled(2, 8, "NXT", 1_010, 40), filled(3, 9, "NXT", 1_000, 100, 20261123)]
    state = desk(routes, fills)
    assert [(day.date, day.orders, day.short) for day in map(state.days.row, range(2))] == [
        (20261123, 1, 0),
        (20261120, 2, 1),
    ]
    assert (state.total.orders, state.total.value, state.total.saved_best_single) == (3, 240_400, 150)
    assert (state.total.best_single, state.total.by_venue) == ("NXT", (("KRX", 100), ("NXT", 140)))
    # 400 won worse on 240,400
    assert (state.total.slippage_cbp, cells(state.days, 1)["value"]) == (1_664, "0.1")
    state.day = 20261120
    state.reckon()
    assert ([row.key for row in map(state.table.row, range(len(state.table)))], state.total.orders) == ([8, 7], 2)
    state.day, state.span = 0, Span.DAY
    state.reckon()
    assert (len(state.table), len(state.days)) == (1, 1)


def test_an_order_without_fills_or_offers_says_so():
    state = desk([route(7, arrival_px=0, best_single="", saved_best_single=0)], [])
    shown = cells(state.table)
    assert [shown[key] for key in ("filled", "arrival", "average", "slippage", "mix", "best")] == ["0"] + ["—"] * 5
    assert shown["fees"] == "—"
    assert state.table.row(0).is_short


def test_later_decisions_do_not_replace_the_first():
    state = desk([route(7), route(7, saved_best_single=9_999)], [])
    assert [row.route.saved_best_single for row in map(state.table.row, range(len(state.table)))] == [50]


def test_another_currency_is_told_apart():
    state = desk([route(7), route(8, currency="JPY")], [])
    assert (state.currencies, state.shown_currency, len(state.table)) == (("KRW", "JPY"), "KRW", 1)
    state.currency = "JPY"
    state.reckon()
    assert state.table.row(0).key == 8


def test_a_bar_is_filled_exactly():
    parts = mix_shares((("KRX", 1), ("NXT", 1), ("X", 1)), 100)
    assert parts == [("KRX", 0, 33), ("NXT", 33, 33), ("X", 66, 34)]
    assert (mix_text(()), cbp_text(-120)) == ("—", "−1.20")


def test_money_is_told_in_the_units_of_its_currency():
    # 2.5000 dollars a share in hundredths of a cent, 100 shares: 25,000 cents; 50 cents were saved
    one = replace(filled(1, 7, "NASDAQ", 25_000, 100), currency="USD", value=25_000)
    state = desk([route(7, currency="USD", arrival_px=25_000)], [one])
    shown, day = cells(state.table), cells(state.days)
    assert (shown["saved"], shown["simple"], shown["costs"]) == ("+0.50", "+0.80", "0.04")
    assert (day["saved"], day["simple"], millions_text(250_000_000, "USD")) == ("+0.50", "+0.80", "2.5")
