from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.desk.chart_when import KST, when_of

NEWEST = int(datetime(2026, 11, 20, 12, 38, 53, tzinfo=KST).timestamp()) * 1_000_000_000


def at(*parts):
    return int(datetime(*parts, tzinfo=KST).timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2026-03-02", (2026, 3, 2)),
        ("2026.3.2", (2026, 3, 2)),
        ("20260302", (2026, 3, 2)),
        ("3-2", (2026, 3, 2)),
        ("0302", (2026, 3, 2)),
        ("12-24", (2025, 12, 24)),  # this year's is still to come
        ("11-20 12:38", (2026, 11, 20, 12, 38)),
        (" 2026/03/02 9:05 ", (2026, 3, 2, 9, 5)),
        ("10:30", (2026, 11, 20, 10, 30)),
        ("2027-01-05", (2027, 1, 5)),
    ],
)
def test_a_time_that_is_typed(text, parts):
    assert when_of(text, NEWEST) == at(*parts)


@pytest.mark.parametrize(
    "text", ["", " ", "x", "2026-13-01", "2-30", "25:00", "10:99", "2026", "99999999", "\u0663-\u0662", "3-2 x"]
)
def test_what_is_no_time(text):
    assert when_of(text, NEWEST) is None


@given(st.text(max_size=24))
def test_any_text_is_a_time_or_none(text):
    found = when_of(text, NEWEST)
    assert found is None or isinstance(found, int)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("02-29", (2024, 2, 29)), ("2-29 9:30", (2024, 2, 29, 9, 30)), ("0229", (2024, 2, 29))],
)
def test_a_leap_day_is_the_newest_one(text, parts):
    assert when_of(text, NEWEST) == at(*parts)
