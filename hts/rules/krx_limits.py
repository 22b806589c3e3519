"""KRX daily price limits (Business Regulation section 20 and its Enforcement Rules).

1  amount = base price x ratio, truncated to a multiple of the step at the base price, at least one smallest step
2  upper  = base + amount; off the grid up there: the next lower valid price
3  lower  = base - amount; off the grid down there: the next higher valid price
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from hts.model.enums import Market
from hts.model.instruments import TickTable
from hts.model.units import Px
from hts.rules.dates import row_at

ONCE: Final = Fraction(1)


class PriceLimits(NamedTuple):
    """Highest and lowest price of the day, both valid."""

    upper_px: Px
    lower_px: Px


def limit_ratio(
    table: Mapping[str, Any], trading_date: int, market: Market = Market.KOSPI, leverage: Fraction = ONCE
) -> Fraction:
    """The ratio in force on a day, from the parsed ticks_limits.toml (numbers as Decimal, Fraction or str).

    `leverage`: the multiple that a fund follows its index by, negative for an inverse one; below one it does not count.
    """
    row = row_at(table["limits"], trading_date)
    ratio = exact(row["konex_ratio"] if market is Market.KONEX else row["ratio"])
    return ratio * max(abs(leverage), ONCE)


def first_day_limits(table: Mapping[str, Any], trading_date: int, offer_px: Px, ticks: TickTable) -> PriceLimits:
    """The range of a first day around the offer price, on the grid and within it."""
    row = row_at(table["limits"], trading_date)
    upper, lower = exact(row["ipo_upper"]) * offer_px, exact(row["ipo_lower"]) * offer_px
    return PriceLimits(ticks.floor(int(upper)), ticks.ceil(-int(-lower // 1)))


def price_limits(base_px: Px, ticks: TickTable, ratio: Fraction) -> PriceLimits:
    """The day's limits around a base price that is on the grid."""
    assert ticks.is_valid(base_px), base_px
    step = ticks.step_at(base_px)
    amount = base_px * ratio.numerator // ratio.denominator // step * step
    amount = max(amount, ticks.steps[0])
    upper = ticks.floor(base_px + amount)
    if base_px <= ticks.steps[0]:
        return PriceLimits(upper, base_px)
    return PriceLimits(upper, ticks.ceil(base_px - amount))


def base_on_grid(close_px: Px, ticks: TickTable) -> Px:
    """A previous close that is off today's grid moves to the next higher valid price."""
    return ticks.ceil(close_px)


def exact(number: Decimal | Fraction | str | int) -> Fraction:
    """A rate without rounding; a binary float is refused because it is not the number in the file."""
    assert not isinstance(number, float), f"parse the table with parse_float=Decimal, found {number!r}"
    return Fraction(number)
