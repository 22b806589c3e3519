"""Listed index contracts as instruments of a trading day."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Any

from hts.model.enums import Market
from hts.model.instruments import Instrument, TickTable
from hts.model.units import Px
from hts.rules.calendar import Calendar
from hts.rules.dates import row_at
from hts.rules.foreign_listing import synthetic_isin
from hts.rules.index_products import Contract, listed_contracts
from hts.rules.krx_limits import PriceLimits, exact

MARKETS = {"OSE": Market.OSE, "KRX_DERIV": Market.KRX_DERIVATIVES}
COUNTRIES = {"OSE": "JP", "KRX_DERIV": "KR"}


def contract_instruments(
    table: Mapping[str, Any],
    calendar: Calendar,
    venue: str,
    trading_date: int,
    closes: Mapping[str, Px] | None = None,
) -> tuple[Instrument, ...]:
    """Every contract that a venue lists on a day; `closes`: settlement prices of the day before."""
    widest = exact(row_at([r for r in table["price_steps"] if r["venue"] == venue], trading_date)["ratios"][-1])
    return tuple(
        _instrument(product, contract, widest, trading_date, (closes or {}).get(contract.symbol))
        for product in table["product"]
        if product["venue"] == venue
        for contract in listed_contracts(product, calendar, trading_date)
    )


def price_decimals(product: Mapping[str, Any]) -> int:
    """Decimals that a product's prices need."""
    whole = lcm(*(exact(tick).denominator for tick in product["ticks"]))
    return next(decimals for decimals in range(5) if 10**decimals % whole == 0)


def seed_price(product: Mapping[str, Any], contract: Contract) -> Fraction:
    """A first base price for the simulator: the index, or for an option what it is worth now plus a little time."""
    index = exact(product["seed_px"])
    if contract.strike is None:
        return index
    inside = index - contract.strike if contract.is_call else contract.strike - index
    # A hundredth of the index at the money, less the farther the strike is away; simple, and never zero.
    time_value = index / 100 - abs(index - contract.strike) / 4
    return max(inside, Fraction(0)) + max(time_value, exact(product["ticks"][0]))


def _instrument(
    product: Mapping[str, Any], contract: Contract, widest: Fraction, trading_date: int, close_px: Px | None
) -> Instrument:
    scale = 10 ** price_decimals(product)
    ticks = TickTable(
        starts=tuple(int(exact(start) * scale) for start in product["tick_starts"]),
        steps=tuple(int(exact(step) * scale) for step in product["ticks"]),
    )
    base_px = ticks.ceil(close_px or int(seed_price(product, contract) * scale))
    # An option moves as far as its underlying does: the index's width, from the option's own base price.
    of_px = base_px if contract.strike is None else int(exact(product["seed_px"]) * scale)
    width = of_px * widest.numerator // widest.denominator
    limits = PriceLimits(ticks.floor(base_px + width), ticks.ceil(max(base_px - width, ticks.steps[0])))
    code = f"{contract.product}{contract.month % 10_000}{contract.symbol[-6:] if contract.strike else ''}"
    return Instrument(
        symbol=contract.symbol,
        isin=synthetic_isin(COUNTRIES[product["venue"]], code[-9:].upper()),
        isin_is_synthetic=True,
        market=MARKETS[product["venue"]],
        name_ko=f"{product['name_ko']} {contract.symbol.partition('-')[2]}",
        name_en=f"{product['name_en']} {contract.symbol.partition('-')[2]}",
        name_ja=f"{product['name_ja']} {contract.symbol.partition('-')[2]}",
        currency=product["currency"],
        px_decimals=price_decimals(product),
        ticks=ticks,
        trading_date=trading_date,
        base_px=base_px,
        upper_px=limits.upper_px,
        lower_px=limits.lower_px,
        prev_close_px=close_px or base_px,
        multiplier=product["multiplier"],
    )
