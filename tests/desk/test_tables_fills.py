from msgspec.structs import replace

from hts.desk.tables_fills import FillGroup, FillsTable
from hts.model.enums import LastLiquidityInd as Liquidity
from hts.model.enums import Side
from hts.model.quotes import InstrumentDef
from hts.model.units import ClOrdID
from tests.desk.scene import NAVER, NAVER_ISSUE, SAMSUNG, Scene, a_fill


def keys(table: FillsTable) -> list[int]:
    return [table.row(i).key[0] for i in range(len(table))]


def shown(table) -> list[str]:
    (column,) = [one for one in table.columns if one.key == "liquidity"]
    return [column.text(table.row(i)) for i in range(len(table))]


def test_fills_are_added_once_and_their_costs_summed():
    scene = Scene()
    table = FillsTable(scene.texts)
    scene.orders.on_view(a_fill(1, Side.BUY, 200_000, 10))
    table.update(scene.market, scene.orders)
    scene.orders.on_view(a_fill(2, Side.SELL, 190_000, 5, SAMSUNG))
    scene.orders.on_view(a_fill(2, Side.SELL, 190_000, 5, SAMSUNG))
    table.update(scene.market, scene.orders)
    table.update(scene.market, scene.orders)
    assert keys(table) == [2, 1]
    assert (table.fees, table.taxes) == ({"KRW": 280 + 133}, {"KRW": 1_900})
    assert [c.text(table.row(0)) for c in table.columns] == [
        "09:03:14.418", "2", "2", "삼성전자", "005930", "매도", "5", "190,000", "KRX", "—", "5", "133", "1,900",
        "+947,967",
    ]  # fmt: skip


def test_fills_are_added_up_by_order_and_by_issue_and_side():
    scene = Scene()
    table = FillsTable(scene.texts)
    fills = (
        a_fill(1, Side.BUY, 200_000, 10, order_id=ClOrdID(7)),
        a_fill(2, Side.BUY, 201_000, 30, order_id=ClOrdID(7)),
        a_fill(3, Side.BUY, 199_000, 10, order_id=ClOrdID(8)),
        a_fill(4, Side.SELL, 210_000, 5, order_id=ClOrdID(9)),
    )
    for view in fills:
        scene.orders.on_view(view)
        table.update(scene.market, scene.orders)
    assert [table.row(i).cum_qty for i in range(4)] == [5, 10, 40, 10]
    found = {
        group: [(row.key, row.qty, row.px, row.count, row.fee) for row in map(made.row, range(len(made)))]
        for group, made in table.groups.items()
    }
    # 10 x 200,000 + 30 x 201,000 = 8,030,000 at 200,750; with 10 x 199,000 10,020,000 at 200,400.
    assert found == {
        FillGroup.ORDER: [((9,), 5, 210_000, 1, 147), ((8,), 10, 199_000, 1, 278), ((7,), 40, 200_750, 2, 280 + 844)],
        FillGroup.ISSUE: [((NAVER, "2"), 5, 210_000, 1, 147), ((NAVER, "1"), 50, 200_400, 3, 280 + 844 + 278)],
    }
    assert table.groups[FillGroup.ISSUE].row(1).settled == -10_020_000 - 1_402


def test_each_fill_tells_what_it_did_to_the_book_and_several_only_if_they_did_the_same():
    scene = Scene()
    table = FillsTable(scene.texts)
    hows = (Liquidity.ADDED, Liquidity.ADDED, Liquidity.REMOVED, Liquidity.AUCTION, Liquidity.UNKNOWN)
    for number, (how, order) in enumerate(zip(hows, (7, 7, 7, 8, 9), strict=True), 1):
        scene.orders.on_view(a_fill(number, Side.BUY, 200_000, 10, order_id=ClOrdID(order), liquidity=how))
        table.update(scene.market, scene.orders)
        if number == 2:
            assert shown(table.groups[FillGroup.ORDER]) == ["대기"]
    assert shown(table) == ["—", "단일가", "즉시", "대기", "대기"]
    assert shown(table.groups[FillGroup.ORDER]) == ["—", "단일가", "혼합"]


def test_a_fill_that_is_charged_otherwise_is_shown_so_and_counted_once():
    scene = Scene()
    table = FillsTable(scene.texts)
    first = a_fill(1, Side.BUY, 200_000, 10)
    for view in (first, a_fill(2, Side.BUY, 200_000, 10)):
        scene.orders.on_view(view)
    table.update(scene.market, scene.orders)
    scene.orders.on_view(replace(first, fee=300, exec_ref_id=first.exec_id))
    table.update(scene.market, scene.orders)
    assert ([table.row(i).fee for i in range(2)], table.fees) == ([280, 300], {"KRW": 580})
    assert table.groups[FillGroup.ISSUE].row(0).fee == 580


def test_a_new_snapshot_replaces_the_fills():
    scene = Scene()
    table = FillsTable(scene.texts)
    for i in (1, 2):
        scene.orders.on_view(a_fill(i, Side.BUY, 200_000, 10))
    table.update(scene.market, scene.orders)
    scene.orders.clear()
    for i in (7, 8, 9):
        scene.orders.on_view(a_fill(i, Side.BUY, 100_000, 10))
    table.update(scene.market, scene.orders)
    assert (keys(table), table.fees) == ([9, 8, 7], {"KRW": 420})


def test_a_fill_in_dollars_settles_in_cents():
    scene = Scene()
    scene.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, currency="USD", px_decimals=4)))
    table = FillsTable(scene.texts)
    scene.orders.on_view(a_fill(1, Side.BUY, 255_000, 10, fee=12, tax=0))  # 25.5000 dollars, 12 cents
    table.update(scene.market, scene.orders)
    cells = {column.key: column.text(table.row(0)) for column in table.columns}
    assert (cells["px"], cells["fee"], cells["settled"]) == ("25.5000", "0.12", "−255.12")
    assert table.groups[FillGroup.ISSUE].row(0).settled == -25_512
