import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.desk.chart import Series
from hts.desk.chart_compare import (
    COLORS,
    COMPARE_MAX,
    Compared,
    Comparison,
    change_in_view,
    comparisons_of,
    view_base,
    with_symbol,
)
from tests.desk.scene import NINE, SECOND

MINUTE = 60 * SECOND


def of_closes(series: Series, minutes, closes) -> Series:
    closes = np.array(closes, float)
    series.take(
        NINE + np.array(minutes, np.int64) * MINUTE, np.array([closes, closes, closes, closes, closes * 0, closes * 0])
    )
    return series


def test_the_other_issue_is_rebased_to_the_first_bar_that_both_have():
    main = of_closes(Series(60), range(6), [100, 110, 120, 130, 140, 150])
    other = Compared("000660", Series(60))
    of_closes(other.series, [1, 2, 4], [50, 55, 60])
    closes = other.closes(main.start_ns)
    assert np.isnan(closes[0]) and closes[1:].tolist() == [50, 55, 55, 60, 60]
    line = other.line(main, 0.0, 5.0)
    assert line.numbers.tolist() == [0, 1, 2, 3, 4, 5]
    assert line.values[1:].tolist() == pytest.approx([110, 121, 121, 132, 132])
    assert (line.end, round(line.change_percent, 6)) == (pytest.approx(132), 20.0)
    assert other.line(main, 2.0, 5.0).values.tolist() == pytest.approx([120, 120, 60 / 55 * 120, 60 / 55 * 120])


@given(st.integers(1, 9), st.floats(-3, 30), st.floats(-3, 30), st.integers(0, 25))
def test_a_line_of_some_bars_is_that_of_all_bars_at_them_and_ends_like_it(step, x0, x1, begins):
    main = of_closes(Series(60), range(20), [100 + n * n % 7 for n in range(20)])
    other = Compared("000660", Series(60))
    of_closes(other.series, range(begins, 26), [50 + n % 5 for n in range(begins, 26)])
    every, some = other.line(main, x0, x1), other.line(main, x0, x1, step)
    if every is None:  # nothing of either in view
        assert some is None or not np.isfinite(some.values).any()
        return
    assert some.numbers[-1] == every.numbers[-1]
    assert np.diff(some.numbers).max(initial=0) <= step
    if np.isfinite(some.values[0]) or step == 1:  # else it is rebased at a later bar
        at = some.numbers - every.numbers[0]
        assert np.allclose(some.values, every.values[at], equal_nan=True)


def test_a_line_is_made_again_when_something_of_it_changed():
    main, other = of_closes(Series(60), range(3), [100, 110, 120]), Compared("000660", Series(60))
    of_closes(other.series, range(3), [50, 50, 50])
    first = other.line(main, 0, 3)
    assert other.line(main, 0, 3) is first
    other.series.columns[3, -1] = 75.0
    assert other.line(main, 0, 3).values.tolist() == [100, 100, 150]
    main.columns[3, 0] = 200.0
    assert other.line(main, 1, 3).values.tolist() == pytest.approx([110, 165])


def test_without_bars_there_is_nothing_to_compare():
    main, other = of_closes(Series(60), range(3), [1, 2, 3]), Compared("000660", Series(60))
    assert (other.line(main, 0, 2), other.line(Series(60), 0, 2), other.line(main, 5, 9)) == (None, None, None)
    assert (view_base(main, 1.5), view_base(main, -9.0), view_base(Series(60), 0)) == (2.0, 1.0, 0.0)
    assert [change_in_view(main, 0, 9), change_in_view(main, 1, 2), change_in_view(Series(60), 0, 9)] == [200, 50, None]


def test_each_issue_has_its_own_colour_and_there_is_an_end():
    made = ()
    for n in range(COMPARE_MAX + 2):
        made = with_symbol(made, f"00000{n}")
    assert [(one.symbol, one.color) for one in made] == list(zip([f"00000{n}" for n in range(5)], COLORS, strict=True))
    fewer = tuple(one for one in made if one.symbol != "000001")
    assert with_symbol(fewer, "NEW")[-1] == Comparison(symbol="NEW", color=COLORS[1])
    assert with_symbol(fewer, "000000") == fewer


def test_what_earlier_builds_kept_is_one_issue():
    assert comparisons_of("035420") == (Comparison(symbol="035420", color=COLORS[0]),)
    assert comparisons_of("") == ()


JSON = st.none() | st.integers() | st.text(max_size=16) | st.lists(st.integers(), max_size=2) | st.sampled_from(COLORS)


@given(st.lists(st.dictionaries(st.sampled_from(("symbol", "color", "x")), JSON, max_size=3) | JSON, max_size=9) | JSON)
def test_whatever_was_stored_each_issue_and_colour_stands_once(stored):
    found = comparisons_of(stored)
    assert len(found) <= COMPARE_MAX
    assert len({one.symbol for one in found}) == len({one.color for one in found}) == len(found)
    assert comparisons_of([{"symbol": one.symbol, "color": one.color} for one in found]) == found
