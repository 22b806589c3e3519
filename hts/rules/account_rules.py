"""What accounts need of resources/market, in one value."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.instruments import Instrument
from hts.model.units import Notional
from hts.rules import fee_sets
from hts.rules.calendar import Calendar
from hts.rules.corporate import CorporateRules
from hts.rules.fee_sets import PLAIN, FeePlan
from hts.rules.fees import CostRates, cost_rates
from hts.rules.fx import FxRules
from hts.rules.margin import MarginRules
from hts.rules.settlement import Settlement

TRIED_ON = 20260105
CALENDARS = {"KR": "calendar", "JP": "jp_calendar", "US": "us_calendar"}
MARKETS = tuple(CALENDARS)


class AccountRules(Struct, frozen=True, kw_only=True):
    """Fees, margin, settlement, corporate actions and foreign exchange."""

    fees: Mapping[str, Any]
    foreign_fees: Mapping[str, Any]
    products: Mapping[str, Mapping[str, Any]]  # index contracts by the product part of their symbol
    margin: MarginRules
    settlement: Settlement
    corporate: CorporateRules
    fx: FxRules

    @classmethod
    def parse(cls, tables: Mapping[str, Mapping[str, Any]]) -> "AccountRules":
        """From the parsed tables by file name; each is tried on one day. Raises ConfigError."""
        try:
            rules = cls(
                fees=tables["fees"],
                margin=MarginRules.parse(tables["margin"]),
                foreign_fees=tables["foreign_fees"],
                products={row["code"]: row for row in tables["index_derivatives"]["product"]},
                settlement=Settlement(
                    table=tables["settlement"],
                    foreign=tables["foreign_fees"],
                    calendars={market: Calendar.parse(tables[name]) for market, name in CALENDARS.items()},
                ),
                corporate=CorporateRules(table=tables["corporate_actions"]),
                fx=FxRules(table=tables["fx"]),
            )
            rules.try_on(TRIED_ON)
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ConfigError(f"market tables: complete ones expected, found {error!r}; restore the files") from error
        return rules

    def costs(self, issue: Instrument, trading_date: int, plan: FeePlan = PLAIN) -> CostRates:
        """Fee and tax rates of an issue at its venue on a day, for an account with this plan."""
        return cost_rates(
            self.fees,
            market=issue.market,
            is_etf=issue.is_etf,
            trading_date=trading_date,
            foreign=self.foreign_fees,
            venue=issue.venue,
            plan=plan,
        )

    def check_fee_sets(self, wanted: Iterable[str]) -> None:
        """Raises ConfigError for a fee set that the table does not have."""
        known = ("", *fee_sets.names(self.fees))
        for name in wanted:
            if name not in known:
                raise ConfigError(f"fee_set: expected one of {', '.join(known[1:])}, or none; found {name!r}")

    def value(self, issue: Instrument, px: int, qty: int) -> Notional:
        """What `qty` at `px` is worth in the currency's smallest unit, nearest; contracts by their multiplier."""
        units, scale = px * qty, 1
        if issue.px_decimals:
            scale = 10**issue.px_decimals
        if decimals := self.fx.decimals(issue.currency):
            units *= 10**decimals
        if (product := self.product(issue.symbol)) is not None:
            units *= product["multiplier"]
        return Notional(units // scale if units % scale == 0 else (2 * units + scale) // (2 * scale))

    def product(self, symbol: str) -> Mapping[str, Any] | None:
        """The product of an index future or option, "NK225F-202612"; None for any other symbol."""
        name, dash, _ = symbol.partition("-")
        return self.products.get(name) if dash else None

    def try_on(self, date: int) -> None:
        """Ask each table for one day."""
        fee_sets.check(self.fees)
        self.margin.misu(date)
        self.margin.deposit_rate("", date)
        self.corporate.limits(date)
        self.fx.terms(date)
        self.fx.start_rates()
        for market in MARKETS:
            self.margin.loan_terms(market, date, is_short=False)
            self.corporate.open_orders(market, date)
        for venue in self.settlement.table["markets"]:
            self.settlement.settle_date(venue, date)
