"""What a fill costs: the broker's fee on both sides, the transaction tax on sells.

Rates are exact fractions of the traded value; each cost is truncated to the currency's smallest unit, per fill.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from hts.model.enums import Market, Side
from hts.model.units import Notional
from hts.rules.dates import row_at
from hts.rules.krx_limits import exact


class CostRates(Struct, frozen=True, kw_only=True):
    """The rates of one issue on one day."""

    fee: Fraction
    sell_tax: Fraction

    def fee_of(self, value: Notional) -> Notional:
        """The broker's fee on a fill's value."""
        return truncate(value, self.fee)

    def tax_of(self, value: Notional, side: Side) -> Notional:
        """The transaction tax on a fill's value; buys pay none."""
        return truncate(value, self.sell_tax) if side is Side.SELL else Notional(0)


def cost_rates(table: Mapping[str, Any], *, market: Market, is_etf: bool, trading_date: int) -> CostRates:
    """Rates from the parsed fees.toml. ETFs and replayed foreign issues pay no Korean transaction tax."""
    fee = exact(row_at(table["broker_fee"], trading_date)["rate"])
    if is_etf or market is Market.REPLAY:
        return CostRates(fee=fee, sell_tax=Fraction(0))
    return CostRates(fee=fee, sell_tax=exact(row_at(table["sell_tax"], trading_date)[market.name]))


def truncate(value: Notional, rate: Fraction) -> Notional:
    """`value` x `rate`, cut to whole units."""
    assert value >= 0, value
    return Notional(value * rate.numerator // rate.denominator)
