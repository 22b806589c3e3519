from msgspec import Struct

from hts.desk.tables import Column, ListTable
from hts.desk.tables_marks import Marks


class Row(Struct, frozen=True):
    key: int


def a_table(count=6):
    table = ListTable((Column(key="k", head="k", width=1, text=str, order=lambda r: r.key),))
    table.replace(Row(key) for key in range(count))
    return table


def test_rows_are_marked_one_by_one_beginning_with_the_selected_one():
    marks = Marks()
    marks.toggle(4, selected=1)
    marks.toggle(2, selected=1)
    marks.toggle(4, selected=1)
    assert marks.chosen(1, a_table()) == [1, 2]


def test_a_range_goes_from_the_anchor_both_ways():
    marks, table = Marks(), a_table()
    marks.mark_to(4, 2, table)
    assert marks.chosen(2, table) == [2, 3, 4]
    marks.mark_to(0, 4, table)
    assert marks.chosen(4, table) == [0, 1, 2]


def test_rows_that_are_gone_are_not_chosen():
    marks = Marks()
    marks.mark_all(a_table())
    assert marks.chosen(0, a_table(3)) == [0, 1, 2]
    assert (marks.clear(), marks.clear(), marks.chosen(0, a_table()), marks.chosen(None, a_table())) == (
        True, False, [0], [],
    )  # fmt: skip
