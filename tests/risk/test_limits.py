"""Which of two limits is tighter, and what a change would loosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from hts.risk.limits import OFF, RiskLimits, is_tighter, loosened, tightest
from tests.risk.kit import limits

some_limits = st.builds(lambda values: RiskLimits(**values), st.fixed_dictionaries(
    {name: st.integers(0, 3) for name in RiskLimits.__struct_fields__}
))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "one", "other", "tighter"),
    [
        ("order_qty_max", 9, 10, True),
        ("order_qty_max", 10, 10, False),
        ("order_qty_max", 11, 10, False),
        ("order_qty_max", 10, 0, True),
        ("order_qty_max", 0, 10, False),
        ("order_qty_max", 0, 0, False),
        ("duplicate_window_ms", 101, 100, True),
        ("duplicate_window_ms", 99, 100, False),
        ("duplicate_window_ms", 1, 0, True),
        ("duplicate_window_ms", 0, 1, False),
    ],
)
def test_tighter(name, one, other, tighter):
    assert is_tighter(name, one, other) == tighter


def test_tightest_takes_each_limit_from_the_side_that_allows_less():
    one = limits(order_qty_max=5, order_value_max=0, duplicate_window_ms=10, stale_data_ms=7)
    other = limits(order_qty_max=9, order_value_max=100, duplicate_window_ms=20, stale_data_ms=0)
    expected = limits(order_qty_max=5, order_value_max=100, duplicate_window_ms=20, stale_data_ms=7)
    assert tightest(one, other) == tightest(other, one) == expected


@given(some_limits, some_limits)
def test_tightest_loosens_neither(one, other):
    found = tightest(one, other)
    assert loosened(one, found) == loosened(other, found) == ()
    assert tightest(found, one) == found
    assert all(asdict(found)[name] in (asdict(one)[name], asdict(other)[name]) for name in asdict(found))


def test_what_a_change_would_loosen():
    before = limits(order_qty_max=5, duplicate_window_ms=10, stale_data_ms=7)
    after = limits(order_qty_max=6, duplicate_window_ms=11, stale_data_ms=0)
    assert loosened(before, after) == ("order_qty_max", "stale_data_ms")
    assert loosened(before, before) == ()
    assert loosened(OFF, before) == ()
