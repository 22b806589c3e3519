from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.model.enums import Market
from hts.rules.krx_limits import base_on_grid, exact, first_day_limits, limit_ratio, price_limits
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


@pytest.mark.parametrize(
    ("market", "leverage", "ratio"),
    [
        (Market.KOSPI, 1, Fraction(3, 10)),
        (Market.KOSDAQ, 1, Fraction(3, 10)),
        (Market.KONEX, 1, Fraction(15, 100)),
        (Market.KOSPI, 2, Fraction(6, 10)),  # a leveraged fund
        (Market.KOSPI, -2, Fraction(6, 10)),
        (Market.KOSPI, -1, Fraction(3, 10)),
        (Market.KOSPI, Fraction(1, 2), Fraction(3, 10)),
    ],
)
def test_the_ratio_by_market_and_leverage(market, leverage, ratio):
    assert limit_ratio(TABLE, DAY, market, Fraction(leverage)) == ratio


LIMITS = [  # base price, ratio, upper, lower: by hand from the three steps of the rule
    (1000, "0.3", 1300, 700),
    (1999, "0.3", 2595, 1400),  # 599 -> 2,598 is above 2,000: the step is 5
    (2000, "0.3", 2600, 1400),
    (2005, "0.3", 2605, 1405),  # 601 -> 600
    (4995, "0.3", 6490, 3500),  # 1,498 -> 1,495; 6,490 is on the step of 10
    (5000, "0.3", 6500, 3500),
    (7140, "0.3", 9280, 5000),  # 2,142 -> 2,140
    (15_390, "0.3", 20_000, 10_780),  # 4,617 -> 4,610: 20,000
    (15_500, "0.3", 20_150, 10_850),
    (50_000, "0.3", 65_000, 35_000),
    (160_000, "0.3", 208_000, 112_000),
    (199_900, "0.3", 259_500, 140_000),  # 59,970 -> 59,900: 259,800 -> 259,500
    (500_000, "0.3", 650_000, 350_000),
    (10_000, "0.15", 11_500, 8500),
    (10_000, "0.6", 16_000, 4000),
]


@pytest.mark.parametrize(("base_px", "ratio", "upper_px", "lower_px"), LIMITS)
def test_a_table_of_limits(base_px, ratio, upper_px, lower_px):
    assert tuple(price_limits(base_px, TICKS, Fraction(ratio))) == (upper_px, lower_px)


@pytest.mark.parametrize(
    ("offer_px", "upper_px", "lower_px"), [(10_000, 40_000, 6000), (33_000, 132_000, 19_800), (2990, 11_960, 1794)]
)
def test_a_first_day_has_sixty_to_four_hundred_percent_of_the_offer_price(offer_px, upper_px, lower_px):
    assert tuple(first_day_limits(TABLE, DAY, offer_px, TICKS)) == (upper_px, lower_px)
