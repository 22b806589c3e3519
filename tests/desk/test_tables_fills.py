from hts.desk.tables_fills import FillsTable
from hts.model.enums import Side
from tests.desk.scene import SAMSUNG, Scene, a_fill


def keys(table: FillsTable) -> list[int]:
    return [table.row(i).key[0] for i in range(len(table))]


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
    assert (table.fees, table.taxes) == (280 + 133, 1_900)
    assert [c.text(table.row(0)) for c in table.columns] == [
        "09:03:14.418", "삼성전자", "매도", "5", "190,000", "KRX",
    ]  # fmt: skip


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
    assert (keys(table), table.fees) == ([9, 8, 7], 420)
