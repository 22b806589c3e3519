from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from hts.desk.table_export import csv, lines_of
from hts.desk.tables import Column, KeyedTable, ListTable, LogTable, plain, quoted


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
    assert csv(lines_of(table.columns, table.exported())) == 'Name,"Price, won"\r\npear,1200\r\n'


def test_texts_for_a_spreadsheet():
    assert [plain(t) for t in ("−1,234.50", "+5", "A, B", "09:00:01")] == ["-1234.50", "+5", "A, B", "09:00:01"]
    assert [quoted(t) for t in ("a", 'say "x"', "1,2")] == ["a", '"say ""x"""', '"1,2"']


def keyed(*fruits) -> KeyedTable:
    table = KeyedTable(COLUMNS, natural=lambda row: row.key)
    for fruit in fruits:
        table.put(fruit)
    return table


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["put", "remove", "sort"]), st.integers(0, 9), st.integers(0, 4)), max_size=40)
)
def test_a_keyed_table_shows_what_a_list_shows(acts):
    """Rows that are put and removed one by one against all of them sorted anew."""
    table, plain, came = keyed(), {}, []
    for act, name, price in acts:
        key = f"f{name}"
        if act == "put":
            if key not in plain:
                came.append(key)
            plain[key] = Fruit(key, price)
            table.put(plain[key])
        elif act == "remove":
            assert table.remove(key) == plain.pop(key, None)
            came = [one for one in came if one != key]
        else:
            table.toggle_sort("price")
        rows = [plain[one] for one in came]
        if table.sort_by:
            rows.sort(key=lambda row: row.price)
            wanted = [row.key for row in (reversed(rows) if table.descending else rows)]
        else:
            wanted = sorted(plain)
        assert shown(table) == wanted
        assert [table.find(key) for key in wanted] == list(range(len(wanted)))
    assert table.find("nobody") == -1


def test_a_log_finds_a_row_by_its_key_in_every_order():
    table = LogTable(COLUMNS)
    table.extend([*FRUITS, Fruit("kiwi", 900)])
    for key in ("", "price", "price"):
        if key:
            table.toggle_sort(key)
        assert [table.row(table.find(fruit.key)).key for fruit in FRUITS] == ["pear", "apple", "fig"]
        assert table.row(table.find("kiwi")).key == "kiwi"
    table.clear()
    assert table.find("fig") == -1
