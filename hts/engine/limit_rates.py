"""What limits reckon other currencies at: the rate that a person entered, else the table of the settings.

The books begin with rates of a table of their own (`resources/market/fx.toml`); those are nobody's word and change no
limit. A rate that is more than twice, or less than half, of the settings' is taken for a slip: then the one counts that
makes an amount larger, and a gain that sets losses off smaller, so that no slip loosens a limit.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from hts.account.book import AccountBook
from hts.risk.reckoning import Rates, currency_of, reckoned

HOUSE: Final = "KRW"
TABLE: Final = "table"  # the source of a rate that nobody entered
SLIP: Final = 2


class LimitRates:
    """Reads the book's rates at each call: they are journaled, so a replay reckons as life did."""

    def __init__(self, settings: Rates, book: AccountBook) -> None:
        self._settings = settings
        self._book = book

    def in_house(self, unit: str, amount: int) -> int:
        """`amount` in the house currency, rounded away from zero."""
        return amount if unit == HOUSE else self._reckon(unit, amount, max)

    def gain_in_house(self, unit: str, amount: int) -> int:
        """The same of what sets losses off."""
        return amount if unit == HOUSE else self._reckon(unit, amount, min)

    def _reckon(self, unit: str, amount: int, choose: Callable[[Fraction, Fraction], Fraction]) -> int:
        currency = currency_of(unit)
        entered = self._entered(currency)
        if entered is None:
            return self._settings.in_house(unit, amount)
        ratio = self._settings.ratios.get(currency)
        if ratio is not None:
            known = Fraction(*ratio)
            if not known / SLIP <= entered <= known * SLIP:
                entered = choose(entered, known)
        return reckoned(unit, amount, entered.numerator, entered.denominator)

    def _entered(self, currency: str) -> Fraction | None:
        rates = self._book.rates
        found = rates.get((currency, HOUSE)) or rates.get((HOUSE, currency))
        if found is None or found.source == TABLE:
            return None
        return Fraction(found.num, found.den) if found.base == currency else Fraction(found.den, found.num)
