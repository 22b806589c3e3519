"""What a fill costs: the broker's fee on both sides, taxes and levies on sells, and what is withheld from dividends.

Rates are exact fractions of the traded value. Each cost is rounded to the currency's smallest unit, over a fill or
over a day: `costs` then charges a fill what the day's sum has grown by, so that the fills of a day together pay
what the day's bill says.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct

from hts.model.enums import Market, Side
from hts.model.units import Notional
from hts.rules.dates import row_at
from hts.rules.foreign_costs import MILLION
from hts.rules.krx_limits import exact

_BUY: Final = Side.BUY  # reading a member off its class is felt on the order path
NOTHING: Final = Fraction(0)
CENTS: Final = 100
_KOREAN: Final = frozenset({Market.KOSPI, Market.KOSDAQ, Market.KONEX})


class CostRates(Struct, frozen=True, kw_only=True):
    """The rates of one issue on one day."""

    fee: Fraction
    sell_tax: Fraction
    per_share: Fraction = NOTHING  # levy on sells, in the currency's smallest unit
    per_trade_max: Fraction = NOTHING  # of that levy
    fee_mode: str = "down"
    tax_mode: str = "down"
    fee_by_day: bool = False
    tax_by_day: bool = False

    def fee_of(self, value: Notional) -> Notional:
        """The broker's fee on a fill's value."""
        return part_of(value, self.fee, self.fee_mode)

    def tax_of(self, value: Notional, side: Side, qty: int = 0) -> Notional:
        """The transaction tax and levies on a fill's value; buys pay none."""
        if side is Side.BUY:
            return Notional(0)
        tax = part_of(value, self.sell_tax, self.tax_mode)
        if not self.per_share:
            return tax
        return Notional(tax + rounded(min(qty * self.per_share, self.per_trade_max), self.tax_mode))


def costs(rates: CostRates, side: Side, value: Notional, qty: int, before: Notional) -> tuple[Notional, Notional]:
    """Fee and tax of a fill. `before`: value of the day's earlier fills of the same account, issue and side."""
    day = Notional(before + value)
    if rates.fee_by_day:
        fee = Notional(rates.fee_of(day) - rates.fee_of(before))
    else:
        fee = part_of(value, rates.fee, rates.fee_mode)
    if side is _BUY:
        return fee, Notional(0)
    if not rates.tax_by_day:
        return fee, rates.tax_of(value, side, qty)
    return fee, Notional(rates.tax_of(day, side) - rates.tax_of(before, side))


def cost_rates(
    table: Mapping[str, Any],
    *,
    market: Market,
    is_etf: bool,
    trading_date: int,
    foreign: Mapping[str, Any] | None = None,
) -> CostRates:
    """Rates from the parsed fees.toml; issues of Tokyo, Osaka and New York need the parsed foreign_fees.toml too.

    ETFs and replayed foreign issues pay no Korean transaction tax.
    """
    if foreign is not None and market in (Market.TSE, Market.OSE):
        return _japanese(table, foreign, trading_date)
    if foreign is not None and market is Market.NASDAQ:
        return _american(table, foreign, trading_date)
    fee = exact(row_at(table["broker_fee"], trading_date)["rate"])
    taxed = market in _KOREAN and not is_etf
    tax = exact(row_at(table["sell_tax"], trading_date)[market.name]) if taxed else NOTHING
    return CostRates(fee=fee, sell_tax=tax, **_rounding(table, "KR"))


def dividend_tax(table: Mapping[str, Any], market: str, date: int) -> Fraction:
    """What is withheld from a cash dividend paid in a market ("KR", "JP", "US")."""
    return exact(row_at([row for row in table["dividend_tax"] if row["market"] == market], date)["rate"])


def _japanese(table: Mapping[str, Any], foreign: Mapping[str, Any], date: int) -> CostRates:
    row = row_at(foreign["jp"], date)
    consumption = exact(row_at(table["consumption_tax"], date)["rate"])
    return CostRates(
        fee=exact(row["broker_rate"]) * (1 + consumption), sell_tax=exact(row["sell_tax"]), **_rounding(table, "JP")
    )


def _american(table: Mapping[str, Any], foreign: Mapping[str, Any], date: int) -> CostRates:
    """SEC section 31 fee and FINRA's trading activity fee, both on sells, each begun cent paid."""
    taf = row_at(foreign["us_taf"], date)
    return CostRates(
        fee=exact(row_at(table["broker_fee_us"], date)["rate"]),
        sell_tax=exact(row_at(foreign["us_sec31"], date)["usd_per_million"]) / MILLION,
        per_share=exact(taf["usd_per_share"]) * CENTS,
        per_trade_max=exact(taf["cap_usd"]) * CENTS,
        **_rounding(table, "US"),
    )


def _rounding(table: Mapping[str, Any], market: str) -> dict[str, Any]:
    row = next(row for row in table["rounding"] if row["market"] == market)
    return {
        "fee_mode": row["fee"]["mode"],
        "tax_mode": row["tax"]["mode"],
        "fee_by_day": row["fee"]["scope"] == "day",
        "tax_by_day": row["tax"]["scope"] == "day",
    }


def rounded(amount: Fraction | Decimal | int, mode: str) -> Notional:
    """Whole units of an amount that is not negative: cut ("down"), begun ("up"), or nearest, halves up ("half_up")."""
    exactly = Fraction(amount)
    assert exactly >= 0, exactly
    if mode == "up":
        return Notional(-(-exactly.numerator // exactly.denominator))
    if mode == "half_up":
        exactly += Fraction(1, 2)
    else:
        assert mode == "down", mode
    return Notional(exactly.numerator // exactly.denominator)


def part_of(value: int, rate: Fraction, mode: str) -> Notional:
    """`value` x `rate` in whole units, without making a fraction of the product."""
    assert value >= 0, value
    part, denominator = rate.as_integer_ratio()
    numerator = value * part
    if mode == "down":
        return Notional(numerator // denominator)
    if mode == "up":
        return Notional(-(-numerator // denominator))
    assert mode == "half_up", mode
    return Notional((2 * numerator + denominator) // (2 * denominator))


def truncate(value: Notional, rate: Fraction) -> Notional:
    """`value` x `rate`, cut to whole units."""
    assert value >= 0, value
    return Notional(value * rate.numerator // rate.denominator)
