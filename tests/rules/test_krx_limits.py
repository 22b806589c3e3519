from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.rules.krx_limits import base_on_grid, exact, limit_ratio, price_limits
from hts.rules.krx_ticks import tick_table
from tests.support.market_rules import market_tables, recorded_facts

TABLE = market_tables()["ticks_limits"]
DAY = 20261123
TICKS = tick_table(TABLE, is_etf=False, trading_date=DAY)
RATIO = Fraction(3, 10)


def test_the_ratio_in_force():
    assert limit_ratio(TABLE, DAY) == RATIO


def test_limits_of_the_worked_examples():
    facts = recorded_facts("ticks_limits")["krx"]["limit"]
    found = [tuple(price_limits(row["base"], TICKS, exact(facts["ratio"]))) for row in facts["example"]]
    assert found == [(row["upper"], row["lower"]) for row in facts["example"]]
    assert len(found) == 5


def test_limits_by_hand():
    # 9,000 x 0.3 = 2,700; 19,990 x 0.3 = 5,997 -> 5,990, 25,980 -> 25,950 (step 50); 1,995: 598 -> 2,593 -> 2,590.
    assert [tuple(price_limits(px, TICKS, RATIO)) for px in (9000, 19_990, 1995)] == [
        (11_700, 6300), (25_950, 14_000), (2590, 1397),
    ]  # fmt: skip


def test_the_cheapest_prices_still_have_a_range():
    assert [tuple(price_limits(px, TICKS, RATIO)) for px in (1, 2, 3)] == [(2, 1), (3, 1), (4, 2)]


@given(st.integers(1, 5_000_000))
def test_limits_are_valid_prices_within_the_ratio(close_px):
    base_px = base_on_grid(close_px, TICKS)
    upper_px, lower_px = price_limits(base_px, TICKS, RATIO)
    assert TICKS.is_valid(upper_px)
    assert TICKS.is_valid(lower_px)
    assert 0 < lower_px <= base_px < upper_px
    assert base_px == 1 or base_px < 4 or (upper_px <= base_px * 13 // 10 and lower_px >= base_px * 7 // 10)


def test_a_close_off_the_grid_moves_up():
    assert [base_on_grid(px, TICKS) for px in (272_000, 272_001, 199_950)] == [272_000, 272_500, 200_000]


def test_a_binary_float_is_refused():
    assert exact(Decimal("0.00015")) == Fraction(15, 100_000)
    with pytest.raises(AssertionError, match="parse_float"):
        exact(0.3)
