"""Tokyo's price rules against cases worked by hand. Prices in tenths of a yen."""

import pytest

from hts.rules import jp_prices
from tests.support.foreign_rules import foreign_tables
from tests.support.market_rules import recorded_facts

PRICES = foreign_tables()["jp_prices"]
DAY = 20261124


def ticks(venue, *, is_narrow, day=DAY):
    return jp_prices.tick_table(PRICES, venue, day, is_narrow=is_narrow)


@pytest.mark.parametrize(
    ("px", "step"),
    [(9_990, 1), (9_999, 1), (10_000, 5), (29_995, 5), (30_000, 10), (99_990, 10), (100_000, 50), (300_000, 100)],
)
def test_narrow_steps_of_tokyo(px, step):
    assert ticks("TSE", is_narrow=True).step_at(px) == step


def test_the_last_price_of_a_band_is_valid_in_both():
    table = ticks("TSE", is_narrow=True)
    assert (table.up(10_000), table.down(10_000)) == (10_005, 9_999)  # 1,000.5 and 999.9 yen
    assert (table.up(30_000), table.down(30_000)) == (30_010, 29_995)
    wide = ticks("TSE", is_narrow=False)
    assert (wide.up(30_000), wide.down(30_000)) == (30_050, 29_990)
    assert (wide.up(50_000), wide.down(50_000)) == (50_100, 49_950)


@pytest.mark.parametrize(("venue", "px", "step"), [("TSE", 25_000, 5), ("JNX", 25_000, 1), ("JNX", 150_000, 5)])
def test_the_pts_steps_are_finer(venue, px, step):
    assert ticks(venue, is_narrow=True).step_at(px) == step


def test_steps_follow_the_date():
    # Half yen between 1,000 and 3,000 yen reaches up to 5,000 yen before the change of 2023-06-05.
    assert ticks("TSE", is_narrow=True, day=20230602).step_at(40_000) == 5
    assert ticks("TSE", is_narrow=True, day=20230605).step_at(40_000) == 10


@pytest.mark.parametrize(
    ("base", "width"),
    [(99, 30), (100, 50), (199, 50), (200, 80), (499, 80), (500, 100), (999, 150), (1_000, 300), (1_769, 400),
     (3_000, 700), (9_999, 1_500), (10_000, 3_000), (49_999_999, 7_000_000), (50_000_000, 10_000_000)],
)  # fmt: skip
def test_daily_limit_widths(base, width):
    assert jp_prices.limit_width(PRICES, base * 10, DAY) == width * 10


def test_the_published_example_of_a_widened_limit():
    wide = ticks("TSE", is_narrow=False)
    normal = jp_prices.price_limits(PRICES, 17_690, wide, DAY)
    assert normal == (21_690, 13_690)
    widened = jp_prices.price_limits(PRICES, 17_690, wide, DAY, widened_up=True)
    assert widened == (33_700, 13_690)  # 3,369 yen is off the grid: 3,370
    down = jp_prices.price_limits(PRICES, 17_690, wide, DAY, widened_down=True)
    assert down == (21_690, 1_690)


def test_a_cheap_issue_keeps_a_positive_limit():
    narrow = ticks("TSE", is_narrow=True)
    assert jp_prices.price_limits(PRICES, 200, narrow, DAY) == (500, 1)


def test_recorded_bands_are_the_program_s():
    facts = recorded_facts("ticks_limits")["tse"]
    for (below, width), after in zip(facts["price_limit_bands"], facts["price_limit_bands"][1:], strict=False):
        assert jp_prices.limit_width(PRICES, (below - 1) * 10, DAY) == width * 10
        assert jp_prices.limit_width(PRICES, below * 10, DAY) == after[1] * 10
    rule = jp_prices.quote_rule(PRICES, DAY)
    for (below, width), after in zip(facts["special_quote_bands"], facts["special_quote_bands"][1:], strict=False):
        assert (rule.width_at(below * 10 - 1), rule.width_at(below * 10)) == (width * 10, after[1] * 10)
    assert (rule.special_s, rule.sequential_s) == (facts["special_quote_interval_s"], 60)


def test_off_floor_ranges():
    rule = jp_prices.off_floor_rule(PRICES, DAY)
    assert rule.single_range(30_000) == (27_900, 32_100)  # 7 % of 3,000 yen
    assert rule.single_range(400) == (350, 450)  # at least five yen
    assert rule.basket_range(30_000) == (28_500, 31_500)


def test_short_sale_trigger_is_ten_percent_below_the_base():
    assert jp_prices.short_sale_trigger(PRICES, 30_000, DAY) == 27_000
    assert jp_prices.short_sale_trigger(PRICES, 10_005, DAY) == 9_004  # 9,004.5 is not reached by 9,005
