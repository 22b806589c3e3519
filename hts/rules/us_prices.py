"""Price rules of US equities by date: steps, limit up and limit down, the short-sale price test, round lots.

Prices are integers of a hundredth of a cent (four decimals, as on Nasdaq's wire).
"""

from bisect import bisect_right
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from hts.model.instruments import TickTable
from hts.model.units import Px
from hts.rules.dates import parse_time_s, row_at
from hts.rules.krx_limits import exact

PX_DECIMALS = 4
USD = 10_000
CENT = 100


class LuldRule(Struct, frozen=True, kw_only=True):
    """Limit up, limit down on a day. Times of the day in seconds, New York; other times in seconds."""

    start_s: int
    end_s: int
    bands: tuple[tuple[int, int, Fraction, int], ...]  # (tier or 0, above, ratio, dollars or 0), first fit counts
    double_before_close_s: int
    double_tier2_up_to: int
    window_s: int
    change_ratio: Fraction
    between_s: int
    limit_state_s: int
    pause_s: int

    def bands_around(self, reference_px: int, tier: int, second_of_day: int) -> tuple[int, int]:
        """Lower and upper price band, to the nearest cent."""
        ratio, cap = next((r, usd) for of, above, r, usd in self.bands if of in (0, tier) and reference_px > above)
        width = Fraction(reference_px) * ratio
        width = min(width, Fraction(cap)) if cap else width
        if second_of_day >= self.end_s - self.double_before_close_s and (
            tier == 1 or reference_px <= self.double_tier2_up_to
        ):
            width *= 2
        return max(_to_cent(reference_px - width), CENT), _to_cent(reference_px + width)

    def changes(self, reference_px: int, mean: Fraction) -> bool:
        """Whether a new mean price replaces the reference price."""
        return abs(mean - reference_px) >= reference_px * self.change_ratio


def tick_table(table: Mapping[str, Any], trading_date: int) -> TickTable:
    """The steps of the day."""
    row = row_at(table["ticks"], trading_date)
    return TickTable(starts=tuple(map(_scaled, row["starts"])), steps=tuple(map(_scaled, row["steps"])))


def luld_rule(table: Mapping[str, Any], trading_date: int) -> LuldRule:
    """The day's plan."""
    row = row_at(table["luld"], trading_date)
    return LuldRule(
        start_s=parse_time_s(row["start"]),
        end_s=parse_time_s(row["end"]),
        bands=tuple(
            (band["tier"], _scaled(band["above"]), exact(band["ratio"]), _scaled(band.get("usd", 0)))
            for band in row["bands"]
        ),
        double_before_close_s=row["double_before_close_s"],
        double_tier2_up_to=_scaled(row["double_tier2_up_to"]),
        window_s=row["window_s"],
        change_ratio=exact(row["change_ratio"]),
        between_s=row["between_s"],
        limit_state_s=row["limit_state_s"],
        pause_s=row["pause_s"],
    )


def reg_sho_trigger(table: Mapping[str, Any], close_px: int, trading_date: int) -> Px:
    """At or below this price shorts are restricted: a fall of the given ratio from the last close."""
    drop = exact(row_at(table["reg_sho"], trading_date)["trigger_drop"])
    return Px(close_px - -(-close_px * drop.numerator // drop.denominator))


def round_lot(table: Mapping[str, Any], px: int, trading_date: int) -> int:
    """Shares of a round lot of an issue at that price; fewer are an odd lot."""
    row = row_at(table["round_lot"], trading_date)
    found: int = row["lots"][bisect_right([_scaled(start) for start in row["starts"]], px) - 1]
    return found


def _scaled(dollars: Any) -> int:
    value = exact(dollars) * USD
    assert value.denominator == 1, dollars
    return int(value)


def _to_cent(px: Fraction) -> int:
    return int((px + CENT // 2) // CENT) * CENT
