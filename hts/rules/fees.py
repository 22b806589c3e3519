"""What a fill costs: the broker's fee on both sides, taxes and levies on sells, and what is withheld from dividends.

Rates are exact fractions of the traded value. Each cost is rounded to the currency's smallest unit, over a fill or
over a day: a fill is then charged what the day's sum has grown by, so that the fills of a day together pay what the
day's bill says. Fees by venue, by who rested and who took, and by volume are those of hts.rules.fee_sets.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct, structs

from hts.model.enums import LastLiquidityInd, Market, Side
from hts.model.units import Notional
from hts.rules.dates import row_at
from hts.rules.fee_sets import PLAIN, FeePlan, MarketFees, fee_terms
from hts.rules.fee_terms import DAY, FILL, NOTHING, FeeTerms, flat
from hts.rules.foreign_costs import MILLION
from hts.rules.krx_limits import exact

_BUY: Final = Side.BUY  # reading a member off its class is felt on the order path
CENTS: Final = 100
_KOREAN: Final = frozenset({Market.KOSPI, Market.KOSDAQ, Market.KONEX})


class CostRates(Struct, frozen=True, kw_only=True):
    """The rates of one issue at one venue on one day for one account. `fee` is the dearest of the fees on a value.

    `fees` None: `fee` it is, fill by fill, whatever a fill does to the book.
    """

    fee: Fraction
    sell_tax: Fraction
    per_share: Fraction = NOTHING  # levy on sells, in the currency's smallest unit
    per_trade_max: Fraction = NOTHING  # of that levy
    fee_mode: str = "down"
    tax_mode: str = "down"
    tax_by_day: bool = False
    fees: FeeTerms | None = None

    @property
    def terms(self) -> FeeTerms:
        """The fees by what a fill does to the book."""
        return self.fees if self.fees is not None else flat(self.fee, self.fee_mode)

    def fee_of(self, value: Notional, qty: int = 0, liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN) -> Notional:
        """The broker's fee on a fill that is alone on its bill."""
        if self.fees is None:
            return part_of(value, self.fee, self.fee_mode)
        return self.fees.bill(self.fees.exact(value, qty, liquidity))

    def fee_range(self, value: Notional, qty: int) -> tuple[Notional, Notional]:
        """The least and the most for what fills in one piece: it may rest, take, or trade in an auction."""
        if self.fees is None:
            return (self.fee_of(value),) * 2
        return self.fees.bill(self.fees.least(value, qty)), self.fee_of(value, qty)

    def tax_of(self, value: Notional, side: Side, qty: int = 0) -> Notional:
        """The transaction tax and levies on a fill's value; buys pay none."""
        if side is Side.BUY:
            return Notional(0)
        tax = part_of(value, self.sell_tax, self.tax_mode)
        if not self.per_share:
            return tax
        return Notional(tax + rounded(min(qty * self.per_share, self.per_trade_max), self.tax_mode))


def tax_grown(rates: CostRates, side: Side, value: Notional, qty: int, before: Notional) -> Notional:
    """Tax of a fill. `before`: value of the day's earlier fills of the same account, issue and side."""
    if side is _BUY:
        return Notional(0)
    if not rates.tax_by_day:
        return rates.tax_of(value, side, qty)
    return Notional(rates.tax_of(Notional(before + value), side) - rates.tax_of(before, side))


def cost_rates(
    table: Mapping[str, Any],
    *,
    market: Market,
    is_etf: bool,
    trading_date: int,
    foreign: Mapping[str, Any] | None = None,
    venue: str = "",
    plan: FeePlan = PLAIN,
) -> CostRates:
    """Rates from the parsed fees.toml; issues of Tokyo, Osaka and New York need the parsed foreign_fees.toml too.

    ETFs and replayed foreign issues pay no Korean transaction tax. `plan`: the account's; replayed issues have none.
    """
    plain = _plain(table, market, foreign, trading_date, is_etf=is_etf)
    code = market_code(market)
    if not plan.name or not code:
        return plain
    taxed = exact(row_at(table["consumption_tax"], trading_date)["rate"]) if code == "JP" else NOTHING
    of = MarketFees(market=code, mode=plain.fee_mode, with_tax=1 + taxed)
    fees = fee_terms(table, plan, of, venue, trading_date)
    if fees is None:
        return plain
    return structs.replace(plain, fee=max(rate.rate for rate in fees.rates), fees=fees)


def market_code(market: Market) -> str:
    """The market whose fees an issue has: KR, JP or US; empty for a replayed one."""
    if market in _KOREAN:
        return "KR"
    if market in (Market.TSE, Market.OSE):
        return "JP"
    return "US" if market is Market.NASDAQ else ""


def _plain(
    table: Mapping[str, Any], market: Market, foreign: Mapping[str, Any] | None, trading_date: int, *, is_etf: bool
) -> CostRates:
    if foreign is not None and market in (Market.TSE, Market.OSE):
        return _japanese(table, foreign, trading_date)
    if foreign is not None and market is Market.NASDAQ:
        return _american(table, foreign, trading_date)
    fee = exact(row_at(table["broker_fee"], trading_date)["rate"])
    taxed = market in _KOREAN and not is_etf
    tax = exact(row_at(table["sell_tax"], trading_date)[market.name]) if taxed else NOTHING
    return CostRates(sell_tax=tax, **_fee(table, "KR", fee))


def dividend_tax(table: Mapping[str, Any], market: str, date: int) -> Fraction:
    """What is withheld from a cash dividend paid in a market ("KR", "JP", "US")."""
    return exact(row_at([row for row in table["dividend_tax"] if row["market"] == market], date)["rate"])


def _japanese(table: Mapping[str, Any], foreign: Mapping[str, Any], date: int) -> CostRates:
    row = row_at(foreign["jp"], date)
    consumption = exact(row_at(table["consumption_tax"], date)["rate"])
    fee = exact(row["broker_rate"]) * (1 + consumption)
    return CostRates(sell_tax=exact(row["sell_tax"]), **_fee(table, "JP", fee))


def _american(table: Mapping[str, Any], foreign: Mapping[str, Any], date: int) -> CostRates:
    """SEC section 31 fee and FINRA's trading activity fee, both on sells, each begun cent paid."""
    taf = row_at(foreign["us_taf"], date)
    return CostRates(
        sell_tax=exact(row_at(foreign["us_sec31"], date)["usd_per_million"]) / MILLION,
        per_share=exact(taf["usd_per_share"]) * CENTS,
        per_trade_max=exact(taf["cap_usd"]) * CENTS,
        **_fee(table, "US", exact(row_at(table["broker_fee_us"], date)["rate"])),
    )


def _fee(table: Mapping[str, Any], market: str, rate: Fraction) -> dict[str, Any]:
    """The plain rate, and how costs of a market are rounded."""
    row = next(row for row in table["rounding"] if row["market"] == market)
    mode, scope = row["fee"]["mode"], row["fee"]["scope"]
    return {
        "fee": rate,
        "fee_mode": mode,
        "tax_mode": row["tax"]["mode"],
        "tax_by_day": row["tax"]["scope"] == DAY,
        "fees": None if scope == FILL else flat(rate, mode, scope),
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
