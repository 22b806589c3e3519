"""What a broker takes of fills: rates by what a fill did to the book, and over what they are rounded and have a least.

A fill that does not tell what it did (LastLiquidityInd(851) unknown) is charged the dearest of the rates: a customer is
never promised less than he pays. Amounts stay exact fractions until a whole *bill* is made of them. What a bill is made
of is its `scope`:

    fill    each fill is a bill of its own
    order   all fills of one order on one trading day
    day     all fills of one account, issue and side on one trading day

A fill is charged what its bill has grown by, so the fills of a bill pay together what the bill says, however they are
split and in whatever order they come.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from msgspec import Struct

from hts.model.enums import LastLiquidityInd
from hts.model.units import Notional

NOTHING: Final = Fraction(0)
FILL, ORDER, DAY = SCOPES = ("fill", "order", "day")


class FeeRate(Struct, frozen=True, kw_only=True):
    """Of the value, and of each share in the currency's smallest unit. A rebate is negative."""

    rate: Fraction = NOTHING
    per_share: Fraction = NOTHING

    def of(self, value: int, qty: int) -> Fraction:
        """What is charged for a fill, unrounded."""
        return self.rate * value + self.per_share * qty


class FeeTerms(Struct, frozen=True, kw_only=True):
    """Rates of one issue at one venue on one day for one account.

    `at_least` and `per_order` are whole units of the currency: the least that a bill comes to, and what is added to the
    bill of each order; both are 0 where fills are billed one by one.
    """

    added: FeeRate
    removed: FeeRate
    auction: FeeRate
    mode: str = "down"
    scope: str = FILL
    at_least: int = 0
    per_order: int = 0

    @property
    def rates(self) -> tuple[FeeRate, FeeRate, FeeRate]:
        """All three."""
        return self.added, self.removed, self.auction

    def exact(self, value: int, qty: int, liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN) -> Fraction:
        """What a fill adds to its bill."""
        if liquidity is LastLiquidityInd.ADDED:
            return self.added.of(value, qty)
        if liquidity is LastLiquidityInd.REMOVED:
            return self.removed.of(value, qty)
        if liquidity is LastLiquidityInd.AUCTION:
            return self.auction.of(value, qty)
        return max(rate.of(value, qty) for rate in self.rates)

    def least(self, value: int, qty: int) -> Fraction:
        """The least that a fill can have added to its bill."""
        return min(rate.of(value, qty) for rate in self.rates)

    def bill(self, exact: Fraction, *, is_empty: bool = False) -> Notional:
        """The whole bill over fills that add up to `exact`; nothing over no fills."""
        if is_empty:
            return Notional(0)
        return Notional(max(signed(exact, self.mode), self.at_least) + self.per_order)

    def grown(self, earlier: Iterable[Fraction], more: Fraction) -> Notional:
        """What a fill is charged that comes on a bill with those that were before."""
        if self.scope == FILL:
            return self.bill(more)
        before = list(earlier)
        total = sum(before, NOTHING)
        return Notional(self.bill(total + more) - self.bill(total, is_empty=not before))


def flat(rate: Fraction, mode: str = "down", scope: str = FILL) -> FeeTerms:
    """One rate whatever a fill does."""
    same = FeeRate(rate=rate)
    return FeeTerms(added=same, removed=same, auction=same, mode=mode, scope=scope)


def signed(amount: Fraction, mode: str) -> int:
    """Whole units of an amount: cut towards nothing ("down"), begun ("up"), or nearest, halves away from nothing."""
    size = abs(amount)
    if mode == "up":
        whole = -(-size.numerator // size.denominator)
    elif mode == "half_up":
        whole = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    else:
        assert mode == "down", mode
        whole = size.numerator // size.denominator
    return whole if amount >= 0 else -whole
