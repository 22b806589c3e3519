"""One currency for limits."""

import tomllib
from pathlib import Path

import pytest

from hts.base.errors import ConfigError
from hts.risk.reckoning import AS_THEY_ARE, Rates

RATES = Path(__file__).resolve().parents[2] / "resources" / "risk" / "rates.toml"


def test_published_rates():
    rates = Rates.parse(tomllib.loads(RATES.read_text(encoding="utf-8")))
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
