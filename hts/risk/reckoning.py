"""One currency for limits: values of all currencies reckoned in the house's, by rates that stand in a table.

The rates are for limits alone and need not follow the market: no money is exchanged by them. A currency without a
rate counts as it is.

What is counted is price times quantity, and a price need not be in the currency's smallest unit: Tokyo's have a tenth
of a yen, New York's a hundredth of a cent, a contract's point is worth many yen. So amounts have a *unit*: a currency,
or one with "*" and the smallest units that a step of its prices is worth, or with "/" and the steps in one of them.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.instruments import CURRENCY_DECIMALS, Instrument

_PARTS = 2


def price_unit(issue: Instrument) -> str:
    """The unit in which the issue's prices, times quantities, count."""
    return _unit_of(issue.currency, issue.px_decimals, issue.multiplier)


@lru_cache(maxsize=256)
def _unit_of(currency: str, px_decimals: int, multiplier: int) -> str:
    scale = Fraction(10) ** (CURRENCY_DECIMALS.get(currency, px_decimals) - px_decimals) * multiplier
    if scale == 1:
        return currency
    if scale.denominator == 1:
        return f"{currency}*{scale.numerator}"
    assert scale.numerator == 1, (currency, px_decimals, multiplier)
    return f"{currency}/{scale.denominator}"


def in_unit(unit: str, amount: int) -> int:
    """An amount of the currency's smallest unit in that unit, rounded away from zero."""
    _, numerator, denominator = _parts(unit)
    size = -(-abs(amount) * denominator // numerator)
    return size if amount >= 0 else -size


@lru_cache(maxsize=256)
def _parts(unit: str) -> tuple[str, int, int]:
    """A unit's currency, and how many of its smallest units it is, as a fraction."""
    currency, times, number = unit.partition("*")
    if times:
        return currency, int(number), 1
    currency, _, number = unit.partition("/")
    return currency, 1, int(number or 1)


def currency_of(unit: str) -> str:
    """The currency of a unit."""
    return _parts(unit)[0]


def reckoned(unit: str, amount: int, numerator: int, denominator: int) -> int:
    """`amount` at so much of the house's smallest unit for one of the currency's, rounded away from zero."""
    _, times, parts = _parts(unit)
    size = -(-abs(amount) * numerator * times // (denominator * parts))
    return size if amount >= 0 else -size


class Rates(Struct, frozen=True, kw_only=True):
    """currency -> (numerator, denominator): its smallest unit in smallest units of the house currency."""

    ratios: Mapping[str, tuple[int, int]] = {}

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Rates":
        """Read `resources/risk/rates.toml`. Raises ConfigError."""
        found = {}
        for currency, ratio in table.get("rates", {}).items():
            is_ratio = isinstance(ratio, list) and len(ratio) == _PARTS and all(type(n) is int and n > 0 for n in ratio)
            if not is_ratio:
                raise ConfigError(f"rates.toml: {currency}: expected [numerator, denominator] above 0, found {ratio!r}")
            found[currency] = (ratio[0], ratio[1])
        return cls(ratios=found)

    def in_house(self, unit: str, amount: int) -> int:
        """`amount` in the house currency, rounded away from zero: a limit is never broken by rounding."""
        return reckoned(unit, amount, *self.ratios.get(currency_of(unit), (1, 1)))


AS_THEY_ARE = Rates()
