import pytest

from hts.desk.table_columns import WIDTH_MAX, WIDTH_MIN, ColumnChoice, fitted
from hts.desk.tables import Column


def columns(*specs):
    return [Column(key=key, head=key, width=width, rank=rank, text=str, order=str) for key, width, rank in specs]


ABC = columns(("a", 100, 0), ("b", 50, 2), ("c", 50, 1))


def keys(found):
    return [column.key for column in found]


def test_columns_are_hidden_shown_and_moved():
    choice = ColumnChoice(ABC)
    choice.toggle("b")
    choice.move("c", -2)
    assert (keys(choice.all), keys(choice.shown), choice.is_own) == (["c", "a", "b"], ["c", "a"], True)
    choice.toggle("b")
    assert keys(choice.shown) == ["c", "a", "b"]
    choice.reset()
    assert (keys(choice.shown), choice.is_own) == (["a", "b", "c"], False)


def test_the_last_column_stays():
    choice = ColumnChoice(ABC)
    for key in "abc":
        choice.toggle(key)
    assert keys(choice.shown) == ["c"]


def test_a_choice_survives_its_file_and_new_columns():
    choice = ColumnChoice(ABC)
    choice.toggle("a")
    choice.move("b", 9)
    choice.set_width("c", 10_000)
    more = ColumnChoice([*ABC[:2], *columns(("new", 10, 0)), ABC[2]])
    more.take_stored(choice.stored())
    assert (keys(more.all), more.hidden, more.widths) == (["a", "c", "b", "new"], {"a"}, {"c": WIDTH_MAX})


@pytest.mark.parametrize(
    "stored",
    [
        None, 7, [], {"hidden": 3, "order": {"a": 1}, "widths": "x"}, {"hidden": ["nobody", 5]},
        {"hidden": ["a", "b", "c"]}, {"order": ["nobody", "x" * 10_000]}, {"widths": {"a": "wide", "b": True}},
    ],
)  # fmt: skip
def test_a_damaged_choice_is_none(stored):
    choice = ColumnChoice(ABC)
    choice.take_stored(stored)
    assert (keys(choice.shown), choice.widths) == (["a", "b", "c"], {})


def test_widths_are_bounded():
    choice = ColumnChoice(ABC)
    choice.take_stored({"widths": {"a": -5}})
    assert choice.widths == {"a": WIDTH_MIN}


def test_columns_fill_the_room_in_proportion():
    assert fitted(ABC, {}, 400, 0.95) == [200, 100, 100]


def test_the_highest_rank_gives_way_first_and_the_first_column_never():
    assert fitted(ABC, {}, 150, 0.95) == [100, 0, 50]
    assert fitted(ABC, {}, 100, 0.95) == [100, 0, 0]
    assert fitted(ABC, {}, 10, 0.95) == [95, 0, 0]


def test_where_even_those_of_rank_0_have_no_room_they_go_from_the_right():
    four = columns(*((key, 100, 0) for key in "abcd"))
    assert fitted(four, {}, 400, 0.95) == [100, 100, 100, 100]
    assert fitted(four, {}, 360, 0.95) == [120, 120, 120, 0]
    assert fitted(four, {}, 200, 0.95) == [100, 100, 0, 0]
    assert fitted(four, {"b": 150}, 200, 0.95) == [200, 0, 0, 0]


def test_a_width_of_the_users_own_holds():
    assert fitted(ABC, {"b": 80}, 380, 0.95) == [200, 80, 100]
    assert fitted(ABC, {"a": 30, "b": 30, "c": 30}, 380, 0.95) == [30, 30, 30]
