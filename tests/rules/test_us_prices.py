"""US price rules against cases worked by hand. Prices in hundredths of a cent."""

from fractions import Fraction

import pytest

from hts.rules import us_prices
from tests.support.foreign_rules import foreign_rules, foreign_tables

RULES = foreign_tables()["us_equities"]
DAY = 20261124
NOON_S = 12 * 3600
LAST_S = 15 * 3600 + 40 * 60


def test_steps_above_and_below_a_dollar():
    table = us_prices.tick_table(RULES, DAY)
    assert (table.step_at(9_999), table.step_at(10_000)) == (1, 100)
    assert (table.is_valid(9_999), table.is_valid(10_050), table.is_valid(10_100)) == (True, False, True)
    assert (table.up(10_000), table.down(10_000)) == (10_100, 9_999)


@pytest.mark.parametrize(
    ("reference", "tier", "second", "bands"),
    [
        (100.00, 1, NOON_S, (95.00, 105.00)),
        (100.00, 2, NOON_S, (90.00, 110.00)),
        (100.00, 1, LAST_S, (90.00, 110.00)),  # doubled from 15:35
        (100.00, 2, LAST_S, (90.00, 110.00)),  # not in tier 2 above three dollars
        (3.00, 1, NOON_S, (2.40, 3.60)),
        (3.01, 1, NOON_S, (2.86, 3.16)),  # 0.1505 rounds to the cent
        (3.00, 2, LAST_S, (1.80, 4.20)),
        (0.75, 1, NOON_S, (0.60, 0.90)),
        (0.70, 1, NOON_S, (0.55, 0.85)),  # 15 cents are less than 75 %
        (0.10, 2, NOON_S, (0.03, 0.18)),  # 7.5 cents are less than 15
        (0.01, 2, NOON_S, (0.01, 0.02)),
    ],
)
def test_limit_up_limit_down_bands(reference, tier, second, bands):
    rule = foreign_rules().luld_rule(DAY)
    found = rule.bands_around(round(reference * 10_000), tier, second)
    assert found == tuple(round(px * 10_000) for px in bands)


def test_the_reference_moves_from_one_percent_on():
    rule = foreign_rules().luld_rule(DAY)
    assert not rule.changes(1_000_000, Fraction(1_009_999))
    assert rule.changes(1_000_000, Fraction(1_010_000))
    assert rule.changes(1_000_000, Fraction(990_000))


def test_reg_sho_triggers_at_ten_percent():
    assert us_prices.reg_sho_trigger(RULES, 2_600_000, DAY) == 2_340_000
    assert us_prices.reg_sho_trigger(RULES, 10_005, DAY) == 9_004


def test_round_lots_by_price_and_date():
    assert [us_prices.round_lot(RULES, px, DAY) for px in (2_500_000, 2_500_100, 10_000_100)] == [100, 40, 10]
    assert us_prices.round_lot(RULES, 9_000_000, 20251031) == 100


def test_tiers():
    assert (foreign_rules().luld_tier("AAPL"), foreign_rules().luld_tier("NONE")) == (1, 2)
