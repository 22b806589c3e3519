from hts.desk.tables_positions import PositionRow, PositionsTable, PositionTotals
from tests.desk.scene import NAVER, SAMSUNG, Scene, a_position, a_trade


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
            qty=320,
            average_px=189_624,
            last_px=191_400,
            tone=1,
            pnl=568_320,
            pnl_bp=94,
            value=61_248_000,
            weight_bp=9_658,
        ),
        PositionRow(
            symbol=NAVER,
            name="NAVER",
            px_decimals=0,
            qty=10,
            average_px=218_001,
            last_px=217_000,
            tone=-1,
            pnl=-10_005,
            pnl_bp=-46,
            value=2_170_000,
            weight_bp=342,
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
        "삼성전자", "320", "189,624", "191,400", "+568,320", "+0.94", "61,248,000", "100.0",
    ]  # fmt: skip
