"""Exchange rates and conversions. Rates are exact: `num` units of `quote` currency for `den` of `base`, smallest units.

A conversion rounds in the bank's favour: what is paid is begun up, what is received is cut.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from hts.model.units import Notional
from hts.rules.dates import parse_time_s, row_at
from hts.rules.krx_limits import exact


class FxTerms(Struct, frozen=True, kw_only=True):
    """The desk's terms of one day."""

    spread: Fraction
    spread_night: Fraction
    open_s: int
    close_s: int
    prefund_buffer: Fraction
    max_age_s: int

    def spread_at(self, second_of_day: int) -> Fraction:
        """Each side of the middle rate, by the home market's time of day."""
        return self.spread if self.open_s <= second_of_day < self.close_s else self.spread_night


class FxRules(Struct, frozen=True, kw_only=True):
    """The foreign exchange table."""

    table: Mapping[str, Any]

    def terms(self, date: int) -> FxTerms:
        """The terms in force."""
        row = row_at(self.table["terms"], date)
        return FxTerms(
            spread=exact(row["spread"]),
            spread_night=exact(row["spread_night"]),
            open_s=parse_time_s(row["desk_open"]),
            close_s=parse_time_s(row["desk_close"]),
            prefund_buffer=exact(row["prefund_buffer"]),
            max_age_s=row["max_age_s"],
        )

    def decimals(self, currency: str) -> int:
        """Digits of the smallest unit."""
        return int(self.table["decimals"][currency])

    def start_rates(self) -> dict[tuple[str, str], Fraction]:
        """The paper market's rates by (base, quote), in smallest units."""
        return {
            (row["base"], row["quote"]): self.in_units(
                row["base"], row["quote"], exact(row["start_rate"]) / row["unit"]
            )
            for row in self.table["pair"]
        }

    def in_units(self, base: str, quote: str, rate: Fraction) -> Fraction:
        """A rate as people say it, between smallest units: 1450 won for a dollar are 14.5 won for a cent."""
        return rate * Fraction(10 ** self.decimals(quote), 10 ** self.decimals(base))


def received(amount: int, rate: Fraction, spread: Fraction) -> Notional:
    """What selling `amount` of the base currency brings: the bid side, cut."""
    assert amount >= 0, amount
    exactly = amount * rate * (1 - spread)
    return Notional(exactly.numerator // exactly.denominator)


def paid(amount: int, rate: Fraction, spread: Fraction) -> Notional:
    """What buying `amount` of the base currency takes: the ask side, begun up."""
    assert amount >= 0, amount
    exactly = amount * rate * (1 + spread)
    return Notional(-(-exactly.numerator // exactly.denominator))


def translated(amount: int, rate: Fraction) -> Notional:
    """An amount at the middle rate, for views only: nearest, halves away from zero."""
    if rate == 1:
        return Notional(amount)
    exactly = abs(amount) * rate
    whole = (2 * exactly.numerator + exactly.denominator) // (2 * exactly.denominator)
    return Notional(whole if amount >= 0 else -whole)
