from msgspec import Struct

from hts.desk.tables import Column, ListTable, LogTable, plain, quoted


class Fruit(Struct, frozen=True):
    key: str
    price: int


COLUMNS = (
    Column(key="name", head="Name", width=50, text=lambda r: r.key, order=lambda r: r.key),
    Column(key="price", head="Price, won", width=50, text=lambda r: f"{r.price:,}", order=lambda r: r.price),
)
FRUITS = (Fruit("pear", 1_200), Fruit("apple", 900), Fruit("fig", 3_000))


def shown(table) -> list[str]:
    return [table.row(i).key for i in range(len(table))]


def test_a_list_is_sorted_by_a_head_down_then_up_then_not_at_all():
    table = ListTable(COLUMNS)
    table.replace(FRUITS)
    orders = [shown(table)]
    for key in ("price", "price", "price", "name"):
        table.toggle_sort(key)
        orders.append(shown(table))
    assert orders == [
        ["pear", "apple", "fig"],
        ["fig", "pear", "apple"],
        ["apple", "pear", "fig"],
        ["pear", "apple", "fig"],
        ["pear", "fig", "apple"],
    ]


def test_a_sorted_list_stays_sorted_when_its_rows_are_replaced():
    table = ListTable(COLUMNS)
    table.toggle_sort("price")
    table.replace((*FRUITS, Fruit("kiwi", 1_000)))
    assert shown(table) == ["fig", "pear", "kiwi", "apple"]


def test_a_log_shows_the_newest_row_first_and_inserts_into_a_sorted_order():
    table = LogTable(COLUMNS)
    table.extend(FRUITS)
    orders = [shown(table)]
    for key in ("price", "price"):
        table.toggle_sort(key)
        table.extend([Fruit(f"kiwi{len(table)}", 1_000)])
        orders.append(shown(table))
    table.toggle_sort("price")
    orders.append(shown(table))
    table.clear()
    orders.append(shown(table))
    assert orders == [
        ["fig", "apple", "pear"],
        ["fig", "pear", "kiwi3", "apple"],
        ["apple", "kiwi3", "kiwi4", "pear", "fig"],
        ["kiwi4", "kiwi3", "fig", "apple", "pear"],
        [],
    ]


def test_rows_are_found_by_key():
    table = LogTable(COLUMNS)
    table.extend(FRUITS)
    assert [table.find(key) for key in ("fig", "pear", "plum")] == [0, 2, -1]


def test_csv_has_heads_and_figures_without_separators():
    table = ListTable(COLUMNS)
    table.replace(FRUITS[:1])
    assert table.csv() == 'Name,"Price, won"\r\npear,1200\r\n'


def test_texts_for_a_spreadsheet():
    assert [plain(t) for t in ("−1,234.50", "+5", "A, B", "09:00:01")] == ["-1234.50", "+5", "A, B", "09:00:01"]
    assert [quoted(t) for t in ("a", 'say "x"', "1,2")] == ["a", '"say ""x"""', '"1,2"']
