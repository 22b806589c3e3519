"""The issues of a trading day at the Japanese and US venues, built from their universe tables and the day's rules."""

from collections.abc import Mapping
from typing import Any

from hts.model.enums import Market
from hts.model.instruments import Instrument
from hts.model.units import Px, Qty
from hts.rules import jp_prices, us_prices
from hts.rules.isin import check_digit

# Nasdaq has no daily limits: these bounds only keep prices within what its wire can say.
US_LOWEST_PX = Px(1)
US_HIGHEST_PX = Px(1_999_999_900)


def japanese_instruments(
    universe: Mapping[str, Any],
    prices: Mapping[str, Any],
    venue: str,
    trading_date: int,
    closes: Mapping[str, Px] | None = None,
) -> tuple[Instrument, ...]:
    """The issues of TSE, JNX or ODX. `closes`: Tokyo's of the day before, which are every venue's base prices."""
    known = closes or {}
    return tuple(_japanese(row, prices, venue, trading_date, known.get(row["code"])) for row in universe["issue"])


def us_instruments(
    universe: Mapping[str, Any],
    rules: Mapping[str, Any],
    trading_date: int,
    closes: Mapping[str, Px] | None = None,
) -> tuple[Instrument, ...]:
    """Nasdaq's issues; `closes`: of the day before."""
    known = closes or {}
    ticks = us_prices.tick_table(rules, trading_date)
    found = []
    for row in universe["issue"]:
        close_px = known.get(row["code"], Px(row["seed_px"] * us_prices.USD))
        found.append(
            Instrument(
                symbol=row["code"],
                isin=synthetic_isin("US", row["code"]),
                isin_is_synthetic=True,
                market=Market.NASDAQ,
                name_ko=row["name_ko"],
                name_en=row["name_en"],
                name_ja=row["name_ja"],
                currency="USD",
                px_decimals=us_prices.PX_DECIMALS,
                is_etf=row.get("is_etf", False),
                ticks=ticks,
                trading_date=trading_date,
                base_px=ticks.ceil(close_px),
                upper_px=US_HIGHEST_PX,
                lower_px=US_LOWEST_PX,
                prev_close_px=close_px,
            )
        )
    return tuple(found)


def synthetic_isin(country: str, code: str) -> str:
    """An ISIN of the right form for an issue whose real one does not follow from its code."""
    body = f"{country}{''.join(c for c in code if c.isalnum()):0>9}"
    return body + check_digit(body)


def _japanese(
    row: Mapping[str, Any], prices: Mapping[str, Any], venue: str, trading_date: int, close_px: Px | None
) -> Instrument:
    ticks = jp_prices.tick_table(prices, venue, trading_date, is_narrow=row["narrow"])
    listed = jp_prices.tick_table(prices, "TSE", trading_date, is_narrow=row["narrow"])
    close_px = close_px or Px(row["seed_px"] * jp_prices.YEN)
    base_px = listed.ceil(close_px)
    # A PTS takes its daily range from Tokyo's base price and grid.
    limits = jp_prices.price_limits(prices, base_px, listed, trading_date)
    return Instrument(
        symbol=row["code"],
        isin=synthetic_isin("JP", row["code"]),
        isin_is_synthetic=True,
        market=Market.TSE,
        name_ko=row["name_ko"],
        name_en=row["name_en"],
        name_ja=row["name_ja"],
        currency="JPY",
        px_decimals=jp_prices.PX_DECIMALS,
        lot=Qty(row["lot"]),
        is_etf=row.get("is_etf", False),
        ticks=ticks,
        trading_date=trading_date,
        base_px=base_px,
        upper_px=limits.upper_px,
        lower_px=limits.lower_px,
        prev_close_px=close_px,
    )
