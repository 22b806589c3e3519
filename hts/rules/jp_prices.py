"""Price rules of the Japanese equity venues by date: steps, daily limits, quote renewal widths, off-floor ranges.

Prices are integers of a tenth of a yen, the smallest step of any of these venues.

Daily limits are the base price plus and minus a width; a limit off the grid moves outwards (the exchange's notice of
2023-04-18 prints 3,370 for 1,769 + 1,600). Half of that is our reading: the notice shows the upper side only.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hts.model.instruments import TickTable
from hts.model.units import Px
from hts.rules.dates import row_at
from hts.rules.krx_limits import PriceLimits, exact

PX_DECIMALS = 1
YEN = 10


class QuoteRule(Struct, frozen=True, kw_only=True):
    """Special and sequential trade quotes on a day. Widths by `width_at`; times in seconds."""

    starts: tuple[int, ...]
    widths: tuple[int, ...]
    special_s: int
    sequential_s: int
    sequential_widths: int
    closing_widths: int

    def width_at(self, px: int) -> int:
        """The renewal width from a price on."""
        return self.widths[bisect_right(self.starts, px) - 1]


class OffFloorRule(Struct, frozen=True, kw_only=True):
    """How far from the last price a negotiated trade may be."""

    single_ratio: tuple[int, int]
    single_min: int
    basket_ratio: tuple[int, int]
    basket_issues_min: int
    basket_value_min: int

    def single_range(self, last_px: int) -> tuple[int, int]:
        """Lowest and highest price of a single-issue trade."""
        width = max(last_px * self.single_ratio[0] // self.single_ratio[1], self.single_min)
        return max(last_px - width, 1), last_px + width

    def basket_range(self, last_px: int) -> tuple[int, int]:
        """Lowest and highest price of one issue of a basket."""
        width = last_px * self.basket_ratio[0] // self.basket_ratio[1]
        return last_px - width, last_px + width


def tick_table(table: Mapping[str, Any], venue: str, trading_date: int, *, is_narrow: bool) -> TickTable:
    """The steps of a venue on a day; `is_narrow`: constituents of TOPIX 500 and their like."""
    kind = "narrow" if is_narrow else "wide"
    row = row_at([r for r in table["ticks"] if r["venue"] == venue and r["kind"] == kind], trading_date)
    starts, steps = _bands(row, "up_to", "steps")
    return TickTable(starts=starts, steps=steps)


def limit_width(table: Mapping[str, Any], base_px: int, trading_date: int) -> int:
    """How far the price may move from a base price."""
    starts, widths = _bands(row_at(table["daily_limit"], trading_date), "below", "widths")
    return widths[bisect_right(starts, base_px) - 1]


def price_limits(
    table: Mapping[str, Any],
    base_px: int,
    ticks: TickTable,
    trading_date: int,
    *,
    widened_up: bool = False,
    widened_down: bool = False,
) -> PriceLimits:
    """The day's limits; a side that was pinned for two days without trading is widened."""
    width = limit_width(table, base_px, trading_date)
    times = row_at(table["daily_limit"], trading_date)["widened"]
    upper = ticks.ceil(base_px + width * (times if widened_up else 1))
    lower = max(base_px - width * (times if widened_down else 1), ticks.steps[0])
    return PriceLimits(upper, ticks.floor(lower))


def quote_rule(table: Mapping[str, Any], trading_date: int) -> QuoteRule:
    """Widths and times of the day's special and sequential trade quotes."""
    row = row_at(table["quote_width"], trading_date)
    starts, widths = _bands(row, "below", "widths")
    return QuoteRule(
        starts=starts,
        widths=widths,
        special_s=row["special_s"],
        sequential_s=row["sequential_s"],
        sequential_widths=row["sequential_widths"],
        closing_widths=row["closing_widths"],
    )


def off_floor_rule(table: Mapping[str, Any], trading_date: int) -> OffFloorRule:
    """The day's ranges of negotiated trades."""
    row = row_at(table["tostnet"], trading_date)
    return OffFloorRule(
        single_ratio=exact(row["single_ratio"]).as_integer_ratio(),
        single_min=row["single_min"] * YEN,
        basket_ratio=exact(row["basket_ratio"]).as_integer_ratio(),
        basket_issues_min=row["basket_issues_min"],
        basket_value_min=row["basket_value_min"] * YEN,
    )


def short_sale_trigger(table: Mapping[str, Any], base_px: int, trading_date: int) -> Px:
    """At or below this price the price rule for short sales comes into force."""
    drop = exact(row_at(table["short_sale"], trading_date)["trigger_drop"])
    return Px(base_px - -(-base_px * drop.numerator // drop.denominator))


def _bands(row: Mapping[str, Any], ends: str, values: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Starts and values in tenths of a yen. A step's band may begin at its predecessor's last price: both fit there."""
    bounds = [_tenths(end) for end in row[ends]]
    found = [_tenths(value) for value in (*row[values], row["beyond"])]
    assert len(found) == len(bounds) + 1, row
    return (0, *bounds), tuple(found)


def _tenths(yen: Any) -> int:
    tenths = exact(yen) * YEN
    assert tenths.denominator == 1, yen
    return int(tenths)
