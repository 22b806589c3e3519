"""One currency for limits: values of all currencies reckoned in the house's, by rates that stand in a table.

The rates are for limits alone and need not follow the market: no money is exchanged by them. A currency without a
rate counts as it is.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError

_PARTS = 2


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

    def in_house(self, currency: str, amount: int) -> int:
        """`amount` in the house currency, rounded away from zero: a limit is never broken by rounding."""
        ratio = self.ratios.get(currency)
        if ratio is None:
            return amount
        numerator, denominator = ratio
        size = -(-abs(amount) * numerator // denominator)
        return size if amount >= 0 else -size


AS_THEY_ARE = Rates()
