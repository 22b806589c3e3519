"""The issues of one trading day, built from the universe table and the tick and limit rules of that day."""

from collections.abc import Mapping
from typing import Any

from hts.model.enums import Market
from hts.model.instruments import Instrument
from hts.model.units import Px, Qty
from hts.rules.isin import is_valid, krx_isin
from hts.rules.krx_limits import base_on_grid, exact, first_day_limits, limit_ratio, price_limits
from hts.rules.krx_ticks import tick_table


def build_instruments(
    universe: Mapping[str, Any],
    ticks_limits: Mapping[str, Any],
    trading_date: int,
    closes: Mapping[str, Px] | None = None,
    first_days: frozenset[str] = frozenset(),
) -> tuple[Instrument, ...]:
    """The day's issues in the table's order. `closes`: official closes of the day before, where it was simulated.

    `first_days`: issues whose base price is the offer price.
    """
    known = closes or {}
    return tuple(
        _instrument(
            row,
            ticks_limits,
            trading_date,
            known.get(row["code"], Px(row["base_px"])),
            is_first=row["code"] in first_days,
        )
        for row in universe["issue"]
    )


def _instrument(
    row: Mapping[str, Any], ticks_limits: Mapping[str, Any], trading_date: int, close_px: Px, *, is_first: bool
) -> Instrument:
    code = row["code"]
    is_etf = row.get("is_etf", False)
    ticks = tick_table(ticks_limits, is_etf=is_etf, trading_date=trading_date)
    base_px = base_on_grid(close_px, ticks)
    market = Market[row["market"]]
    ratio = limit_ratio(ticks_limits, trading_date, market, exact(row.get("leverage", 1)))
    limits = price_limits(base_px, ticks, ratio)
    if is_first:
        limits = first_day_limits(ticks_limits, trading_date, base_px, ticks)
    isin = row.get("isin") or krx_isin(code)
    assert is_valid(isin), isin
    return Instrument(
        symbol=code,
        isin=isin,
        isin_is_synthetic="isin" not in row and not code.isdigit(),
        market=market,
        name_ko=row["name_ko"],
        name_en=row["name_en"],
        name_ja=row["name_ja"],
        is_etf=is_etf,
        listed_shares=Qty(row["shares"]),
        ticks=ticks,
        trading_date=trading_date,
        base_px=base_px,
        upper_px=limits.upper_px,
        lower_px=limits.lower_px,
        prev_close_px=close_px,
    )
