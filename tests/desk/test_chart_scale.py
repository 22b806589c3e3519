import datetime as dt
from itertools import pairwise

import numpy as np
import pytest

from hts.desk.chart_scale import (
    TimeMark,
    axis_qty,
    civil,
    log_lines,
    price_lines,
    qty_label,
    stacked,
    step_text,
    time_marks,
    value_lines,
    value_text,
    volume_top,
)
from tests.desk.scene import NINE, SECOND

MINUTE = 60 * SECOND
DAY = 86_400 * SECOND


def test_price_lines_are_round_and_far_enough_apart():
    assert price_lines(186_900, 192_600, 350) == [187_000, 188_000, 189_000, 190_000, 191_000, 192_000]
    assert price_lines(98.5, 103.0, 1_000) == [99, 100, 101, 102, 103]
    assert price_lines(5, 5, 100) == []


def test_times_are_labelled_at_round_minutes_and_days_at_their_first_bar():
    starts = [NINE + i * 3 * MINUTE for i in range(0, 130, 1)] + [NINE + DAY + i * 3 * MINUTE for i in range(30)]
    assert time_marks(np.array(starts), 1_000, 5.0, 180) == [
        TimeMark(1_020, "10:00", False),
        TimeMark(1_040, "11:00", False),
        TimeMark(1_060, "12:00", False),
        TimeMark(1_080, "13:00", False),
        TimeMark(1_100, "14:00", False),
        TimeMark(1_130, "11-21", True),
        TimeMark(1_150, "10:00", False),
    ]


def test_a_day_too_near_takes_the_place_of_the_time_before_it():
    starts = [NINE + i * 3 * MINUTE for i in range(122)] + [NINE + DAY]
    assert time_marks(np.array(starts), 0, 5.0, 180)[-2:] == [
        TimeMark(100, "14:00", False),
        TimeMark(122, "11-21", True),
    ]


def test_day_charts_are_labelled_by_month():
    starts = [NINE + i * DAY for i in range(60)]
    assert time_marks(np.array(starts), 0, 6.0, 86_400) == [TimeMark(11, "12", False), TimeMark(42, "2027", True)]


def test_the_calendar_agrees_with_the_standard_library():
    for day in range(-1_000, 40_000, 37):
        date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
        assert civil(day) == (date.year, date.month, date.day)


def test_quantities_in_few_characters():
    labels = [[qty_label(q, language) for q in (83_172, 124_500, 123_456_789)] for language in ("ko", "en")]
    assert labels == [["83,172", "12.4만", "1.2억"], ["83,172", "124.5k", "123.4M"]]


def test_round_quantities_on_an_axis_have_no_decimal():
    labels = [[axis_qty(q, language) for q in (50_000, 4_000_000, 50_000_000)] for language in ("ko", "en")]
    assert labels == [["50,000", "400만", "5,000만"], ["50,000", "4M", "50M"]]
    assert axis_qty(250_000, "ko") == "25만"
    assert axis_qty(125_000, "ko") == "12.5만"


@pytest.mark.parametrize(
    ("wanted", "anchor", "placed"),
    [
        ([50.0], 0, [50.0]),
        ([50.0, 80.0], 1, [50.0, 80.0]),
        ([50.0, 52.0], 1, [42.0, 52.0]),
        ([52.0, 50.0], 1, [60.0, 50.0]),
        ([48.0, 49.0, 51.0, 50.0], 3, [30.0, 40.0, 60.0, 50.0]),
        ([1.0, 3.0], 1, [5.0, 15.0]),
        ([99.0, 98.0], 1, [95.0, 85.0]),
    ],
)
def test_labels_that_touch_give_way_to_the_anchor_within_the_ends(wanted, anchor, placed):
    assert stacked(wanted, anchor, 10.0, 5.0, 95.0) == placed


def test_the_top_of_the_volumes_is_round_and_never_below_them():
    tops = {0: 1, 1: 1, 9: 10, 11: 12, 101: 120, 1_234: 1_500, 980_001: 1_000_000, 1_000_001: 1_200_000}
    assert {qty: volume_top(qty) for qty in tops} == tops


def test_an_axis_of_logarithms_has_round_prices_whose_distance_grows():
    lines = log_lines(100, 10_000, 400)
    assert lines == [100, 200, 400, 1_000, 2_000, 4_000]
    assert all(b > a for a, b in pairwise(lines))
    assert all(100 <= line < 10_000 for line in lines)
    assert (log_lines(0, 5, 100), log_lines(5, 5, 100)) == ([], [])


def test_values_are_written_as_finely_as_their_axis():
    assert value_lines(-0.013, 0.021, 100) == pytest.approx([0.0, 0.02])
    assert [step_text(v, s) for v, s in ((20, 20), (0.25, 0.05), (-1_500, 500))] == ["20", "0.25", "−1,500"]
    assert [value_text(v, s) for v, s in ((57.264, 10), (0.01234, 0.01), (-2.0, 5), (-0.0001, 5))] == [
        "57.26",
        "0.01234",
        "−2.00",
        "0.00",
    ]


def test_many_years_are_labelled_by_year():
    starts = [NINE + i * DAY for i in range(3_000)]
    marks = time_marks(np.array(starts), 0, 0.2, 86_400)
    assert [mark.text for mark in marks] == ["2027", "2028", "2029", "2030", "2031", "2032", "2033", "2034", "2035"]


def test_of_a_million_minutes_only_months_or_years_are_labelled():
    starts = NINE + np.arange(0, 1_000_000, 500, dtype=np.int64) * MINUTE
    marks = time_marks(starts, 0, 0.001, 60, stride=500)
    assert len(marks) <= 1_000 / 62 + 1
    assert all(mark.is_session for mark in marks)
