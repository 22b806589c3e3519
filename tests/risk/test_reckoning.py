"""One currency for limits."""

import tomllib
from pathlib import Path

import pytest

from hts.base.errors import ConfigError
from hts.model.instruments import CURRENCY_DECIMALS
from hts.risk.reckoning import AS_THEY_ARE, Rates, in_unit, price_unit
from tests.support.account_rules import account_rules
from tests.support.builders import an_instrument

RATES = Path(__file__).resolve().parents[2] / "resources" / "risk" / "rates.toml"
TABLE = Rates.parse(tomllib.loads(RATES.read_text(encoding="utf-8")))


def test_published_rates():
    rates = TABLE
    assert [rates.in_house(*one) for one in (("KRW", 7), ("USD", 100), ("JPY", 2))] == [7, 1_400, 19]


def test_a_part_counts_as_a_whole_on_both_sides():
    rates = Rates(ratios={"JPY": (19, 2)})
    assert [rates.in_house("JPY", amount) for amount in (-3, -1, 0, 1, 3)] == [-29, -10, 0, 10, 29]


def test_without_a_rate_an_amount_counts_as_it_is():
    assert AS_THEY_ARE.in_house("USD", -5) == -5


@pytest.mark.parametrize("ratio", [14, [14], [0, 1], [1, -1], [1.5, 1], "x"])
def test_damaged_rate_is_refused_by_name(ratio):
    with pytest.raises(ConfigError, match="rates.toml: USD"):
        Rates.parse({"rates": {"USD": ratio}})


@pytest.mark.parametrize(
    ("currency", "px_decimals", "multiplier", "unit", "won"),
    [
        ("KRW", 0, 1, "KRW", 300),
        ("JPY", 1, 1, "JPY/10", 285),  # 30 yen at 9.5
        ("JPY", 0, 1000, "JPY*1000", 2_850_000),
        ("USD", 2, 1, "USD", 4_200),  # three dollars at 1,400
        ("USD", 4, 1, "USD/100", 42),  # three cents
    ],
)
def test_what_a_price_counts_in_depends_on_its_decimals_and_the_contract(currency, px_decimals, multiplier, unit, won):
    issue = an_instrument(currency=currency, px_decimals=px_decimals, multiplier=multiplier)
    assert price_unit(issue) == unit
    assert TABLE.in_house(unit, 300) == won


def test_costs_are_money_and_count_in_the_unit_of_the_price():
    assert [in_unit(unit, 7) for unit in ("KRW", "USD/100", "JPY*1000")] == [7, 700, 1]
    assert in_unit("JPY*1000", -1001) == -2


def test_the_currencies_decimals_are_those_of_the_exchange_rates():
    decimals = account_rules().fx.table["decimals"]
    assert {currency: decimals[currency] for currency in CURRENCY_DECIMALS} == CURRENCY_DECIMALS
