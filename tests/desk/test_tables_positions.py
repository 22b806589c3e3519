from msgspec.structs import replace

from hts.desk.tables_positions import PositionRow, PositionsTable, PositionTotals
from hts.model.quotes import InstrumentDef
from hts.model.views import AccountView, LotView
from tests.desk.scene import ACCOUNT, NAVER, NAVER_ISSUE, SAMSUNG, Scene, a_position, a_trade


def a_table(scene: Scene) -> PositionsTable:
    table = PositionsTable(scene.texts)
    table.update(scene.market, scene.orders)
    return table


def test_holdings_are_marked_to_the_last_price_and_summed():
    scene = Scene()
    scene.market.on_quote(a_trade(SAMSUNG, px=191_400))
    scene.market.on_quote(a_trade(NAVER, px=217_000))
    scene.orders.on_view(a_position(SAMSUNG, 320, 320 * 189_624))
    scene.orders.on_view(a_position(NAVER, 10, 2_180_005))
    table = a_table(scene)
    assert [table.row(i) for i in range(len(table))] == [
        PositionRow(
            symbol=SAMSUNG,
            name="삼성전자",
            px_decimals=0,
            currency="KRW",
            qty=320,
            average_px=189_624,
            last_px=191_400,
            tone=1,
            pnl=568_320,
            pnl_bp=94,
            value=61_248_000,
            weight_bp=9_658,
            sellable_qty=320,
            cost=60_679_680,
        ),
        PositionRow(
            symbol=NAVER,
            name="NAVER",
            px_decimals=0,
            currency="KRW",
            qty=10,
            average_px=218_001,
            last_px=217_000,
            tone=-1,
            pnl=-10_005,
            pnl_bp=-46,
            value=2_170_000,
            weight_bp=342,
            sellable_qty=10,
            cost=2_180_005,
        ),
    ]
    assert table.totals == PositionTotals(cost=62_859_685, pnl=558_315, pnl_bp=89, value=63_418_000)


def test_what_was_sold_out_is_not_shown_and_an_unknown_issue_is_shown_by_its_code():
    scene = Scene()
    scene.orders.on_view(a_position(SAMSUNG, 0, 0))
    scene.orders.on_view(a_position("999999", 3, 300))
    table = a_table(scene)
    assert [(table.row(i).name, table.row(i).last_px) for i in range(len(table))] == [("999999", 0)]


def test_cells_as_texts():
    scene = Scene()
    scene.market.on_quote(a_trade(SAMSUNG, px=191_400))
    scene.orders.on_view(a_position(SAMSUNG, 320, 320 * 189_624))
    table = a_table(scene)
    assert [c.text(table.row(0)) for c in table.columns] == [
        "삼성전자", "005930", "현금", "—", "320", "320", "189,624", "191,400", "+568,320", "+0.94",
        "60,679,680", "61,248,000", "0", "—", "—", "0", "—", "100.0",
    ]  # fmt: skip


def test_a_loan_tells_its_days_and_its_cover():
    scene = Scene()
    scene.market.on_quote(a_trade(SAMSUNG, px=200_000))
    own = LotView(open_date=20261101, qty=5, cost=500_000)
    loan = LotView(
        open_date=20261102, qty=5, cost=900_000, credit="margin", loan_date=20261102, due_date=20270131, loan=500_000
    )
    view = a_position(SAMSUNG, 10, 1_400_000, lots=(own, loan), loan=500_000, fees=130, taxes=20)
    scene.orders.on_view(view)
    row = a_table(scene).row(0)
    assert (row.credit, row.open_date, row.due_date, row.cover_bp) == ("margin", 20261102, 20270131, 40_000)
    cells = {column.key: column.text(row) for column in a_table(scene).columns}
    assert [cells[key] for key in ("kind", "opened", "due", "cover", "costs")] == [
        "신용", "2026-11-02", "2027-01-31", "400.0", "150",
    ]  # fmt: skip


def test_only_what_moved_is_looked_at_and_the_sums_stay_true():
    """Changes one by one against a table that looks at everything."""
    scene = Scene()
    codes = (SAMSUNG, NAVER)
    table = a_table(scene)
    for step in range(40):
        code = codes[step % 2]
        if step % 3:
            scene.market.on_quote(a_trade(code, px=100_000 + 1_000 * step))
        else:
            qty = step % 4
            scene.orders.on_view(a_position(code, qty, qty * 90_001))
        table.update(scene.market, scene.orders, {code})
        whole = a_table(scene)
        assert table.totals == whole.totals
        assert [table.row(i) for i in range(len(table))] == [whole.row(i) for i in range(len(whole))]


def test_the_account_stands_in_the_sums():
    scene = Scene()
    money = AccountView(
        account=ACCOUNT, currency="KRW", cash=9, reserved=0, buying_power=8, realised=-7, fees=0, taxes=0, d1=5, d2=6
    )
    scene.orders.on_view(money)
    dollars = replace(money, currency="USD", buying_power=1)
    scene.orders.on_view(dollars)
    totals = a_table(scene).totals
    assert (totals.realised, totals.d1, totals.d2, totals.buying_power) == (-7, 5, 6, 8)
    assert scene.orders.monies == {(ACCOUNT, "KRW"): money, (ACCOUNT, "USD"): dollars}


def test_a_holding_in_tenths_of_a_yen_is_told_in_yen():
    scene = Scene()
    # 100 shares at 2,500.0 yen cost 250,000 yen; at 2,510.0 they are worth 1,000 more
    scene.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, currency="JPY", px_decimals=1)))
    scene.market.on_quote(a_trade(NAVER, px=25_100))
    scene.orders.on_view(a_position(NAVER, 100, 250_000, currency="JPY"))
    table = a_table(scene)
    row = table.row(0)
    assert (row.average_px, row.pnl, row.value, row.pnl_bp) == (25_000, 1_000, 251_000, 40)
    cells = {column.key: column.text(row) for column in table.columns}
    assert (cells["avg"], cells["pnl"], cells["cost"], cells["value"]) == ("2,500.0", "+1,000", "250,000", "251,000")


def test_holdings_of_different_currencies_are_not_added_up():
    scene = Scene()
    scene.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, currency="JPY", px_decimals=1)))
    scene.market.on_quote(a_trade(NAVER, px=25_100))
    scene.market.on_quote(a_trade(SAMSUNG, px=191_400))
    scene.orders.on_view(a_position(NAVER, 100, 250_000, currency="JPY"))
    scene.orders.on_view(a_position(SAMSUNG, 10, 1_900_000))
    table = a_table(scene)
    assert [table.row(i).weight_bp for i in range(2)] == [10_000, 10_000]
    assert table.totals == PositionTotals(currency="JPY", cost=250_000, pnl=1_000, pnl_bp=40, value=251_000)
    scene.orders.on_view(
        AccountView(account=ACCOUNT, currency="KRW", cash=0, reserved=0, buying_power=0, realised=0, fees=0, taxes=0)
    )
    table.update(scene.market, scene.orders, ())
    assert (table.totals.currency, table.totals.cost, table.totals.pnl) == ("KRW", 1_900_000, 14_000)
