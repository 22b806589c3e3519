"""What of a change holds in market hours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.risk.freeze import Change, changed, split
from hts.risk.limits import RiskLimits, loosened
from tests.risk.kit import limits

BEFORE = limits(order_qty_max=100, stale_data_ms=5_000, duplicate_window_ms=100)
some_limits = st.builds(
    lambda values: RiskLimits(**values),
    st.fixed_dictionaries({name: st.integers(0, 3) for name in RiskLimits.__struct_fields__}),
)


def test_what_tightens_holds_now_and_what_loosens_waits():
    after = limits(order_qty_max=200, stale_data_ms=3_000, duplicate_window_ms=50)
    now = limits(order_qty_max=100, stale_data_ms=3_000, duplicate_window_ms=100)
    waits = ("order_qty_max", "duplicate_window_ms")
    assert split(BEFORE, after, is_frozen=True) == Change(now=now, later=after, loosened=waits)
    assert split(BEFORE, after, is_frozen=False) == Change(now=after, later=None, loosened=())


def test_a_change_that_only_tightens_holds_whole():
    after = limits(order_qty_max=99, stale_data_ms=1, duplicate_window_ms=101, order_value_max=5)
    assert split(BEFORE, after, is_frozen=True) == Change(now=after, later=None, loosened=())


def test_switching_a_limit_off_is_loosening():
    after = limits(stale_data_ms=5_000, duplicate_window_ms=100)
    assert split(BEFORE, after, is_frozen=True) == Change(now=BEFORE, later=after, loosened=("order_qty_max",))


@given(some_limits, some_limits)
def test_nothing_is_ever_looser_in_market_hours(before, after):
    change = split(before, after, is_frozen=True)
    assert loosened(before, change.now) == ()
    assert loosened(after, change.now) == ()
    assert (change.later is None) == (change.now == after)


@pytest.mark.parametrize("fields", [{}, {"order_qty": 1}, {"order_qty_max": -1}])
def test_what_is_no_limit_changes_nothing(fields):
    assert changed(BEFORE, fields) is None


def test_limits_that_are_not_named_stay():
    assert changed(BEFORE, {"order_qty_max": 7}) == limits(
        order_qty_max=7, stale_data_ms=5_000, duplicate_window_ms=100
    )  # fmt: skip
