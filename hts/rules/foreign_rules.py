"""The rules of the Japanese and US venues in one value: what a simulated venue or the core asks about a day there."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.enums import Side
from hts.model.instruments import Instrument
from hts.model.units import Px
from hts.rules import foreign_costs, jp_prices, us_prices
from hts.rules.calendar import Calendar
from hts.rules.dates import row_at
from hts.rules.foreign_listing import japanese_instruments, us_instruments
from hts.rules.index_contracts import contract_instruments, price_decimals
from hts.rules.index_products import listed_contracts
from hts.rules.jp_prices import OffFloorRule, QuoteRule
from hts.rules.krx_limits import exact
from hts.rules.sessions import DaySchedule
from hts.rules.us_prices import LuldRule
from hts.rules.venue_days import japanese_day, margin_windows, negotiated_window, us_day

TRIED_AFTER = 20260101
JAPANESE = ("TSE", "JNX", "ODX")
VENUES = ("TSE", "JNX", "ODX", "NASDAQ", "OSE")
FOREIGN_TABLES = (
    "jp_prices", "jp_sessions", "jp_calendar", "jp_universe", "us_equities", "us_calendar", "us_universe",
    "foreign_fees", "index_derivatives",
)  # fmt: skip


class ForeignRules(Struct, frozen=True, kw_only=True):
    """Parsed tables (numbers with a point as Decimal) by name, and the two calendars."""

    tables: Mapping[str, Mapping[str, Any]]
    jp_calendar: Calendar
    us_calendar: Calendar

    @classmethod
    def parse(cls, tables: Mapping[str, Mapping[str, Any]]) -> "ForeignRules":
        """Every table is tried on one day, so that a damaged one is found at the start. Raises ConfigError."""
        try:
            rules = cls(
                tables={name: tables[name] for name in FOREIGN_TABLES},
                jp_calendar=Calendar.parse(tables["jp_calendar"]),
                us_calendar=Calendar.parse(tables["us_calendar"]),
            )
            for venue in VENUES:
                date = rules.calendar(venue).next_trading_day(TRIED_AFTER)
                rules.schedule(venue, date)
                rules.instruments(venue, date)
            rules.quote_rule(date)
            rules.luld_rule(date)
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ConfigError(f"market tables: complete ones expected, found {error!r}; restore the files") from error
        return rules

    def calendar(self, venue: str) -> Calendar:
        """The trading days of a venue."""
        return self.us_calendar if venue == "NASDAQ" else self.jp_calendar

    def schedule(self, venue: str, trading_date: int) -> DaySchedule:
        """The day's phases."""
        if venue == "NASDAQ":
            return us_day(self.tables["us_equities"], self.us_calendar, venue, trading_date)
        return japanese_day(self.tables["jp_sessions"], self.jp_calendar, venue, trading_date)

    def instruments(
        self, venue: str, trading_date: int, closes: Mapping[str, Px] | None = None
    ) -> tuple[Instrument, ...]:
        """The day's issues; base prices from `closes` where the day before was simulated."""
        if venue == "NASDAQ":
            return us_instruments(self.tables["us_universe"], self.tables["us_equities"], trading_date, closes)
        if venue in JAPANESE:
            universe, prices = self.tables["jp_universe"], self.tables["jp_prices"]
            return japanese_instruments(universe, prices, venue, trading_date, closes)
        products = self.tables["index_derivatives"]
        return contract_instruments(products, self.calendar(venue), venue, trading_date, closes)

    def margin_windows(self, venue: str, trading_date: int) -> tuple[tuple[int, int], ...]:
        """When a PTS takes margin orders, as [start, end) in UTC nanoseconds."""
        return margin_windows(self.tables["jp_sessions"], venue, trading_date)

    def quote_rule(self, trading_date: int) -> QuoteRule:
        """Tokyo's special and sequential trade quotes."""
        return jp_prices.quote_rule(self.tables["jp_prices"], trading_date)

    def negotiated_window(self, trading_date: int) -> tuple[int, int]:
        """When Tokyo takes negotiated trades (ToSTNeT-1), as [start, end) in UTC nanoseconds."""
        return negotiated_window(self.tables["jp_sessions"], trading_date)

    def off_floor_rule(self, trading_date: int) -> OffFloorRule:
        """How far from the last price Tokyo's negotiated trades may be."""
        return jp_prices.off_floor_rule(self.tables["jp_prices"], trading_date)

    def tse_short_trigger(self, base_px: int, trading_date: int) -> Px:
        """At or below this price Tokyo's price rule for short sales comes into force."""
        return jp_prices.short_sale_trigger(self.tables["jp_prices"], base_px, trading_date)

    def reg_sho_trigger(self, close_px: int, trading_date: int) -> Px:
        """At or below this price US shorts are restricted."""
        return us_prices.reg_sho_trigger(self.tables["us_equities"], close_px, trading_date)

    def us_round_lot(self, px: int, trading_date: int) -> int:
        """Shares of a round lot at that price."""
        return us_prices.round_lot(self.tables["us_equities"], px, trading_date)

    def cross_times(self, cross: str, trading_date: int) -> Mapping[str, Any]:
        """Seconds before a cross ("opening", "closing") at which its cut-offs and messages lie."""
        return row_at([row for row in self.tables["us_equities"]["cross"] if row["id"] == cross], trading_date)

    def price_steps(self, venue: str, trading_date: int) -> tuple[tuple[Fraction, ...], int]:
        """(ratios, seconds of the stop between them) of a derivatives venue."""
        rows = [row for row in self.tables["index_derivatives"]["price_steps"] if row["venue"] == venue]
        row = row_at(rows, trading_date)
        return tuple(exact(ratio) for ratio in row["ratios"]), row["halt_s"]

    def luld_rule(self, trading_date: int) -> LuldRule:
        """Limit up, limit down."""
        return us_prices.luld_rule(self.tables["us_equities"], trading_date)

    def us_issues(self) -> dict[str, Mapping[str, Any]]:
        """Rows of the US universe by symbol."""
        return {row["code"]: row for row in self.tables["us_universe"]["issue"]}

    def contracts(self, venue: str, trading_date: int) -> dict[str, tuple[int, int | None, bool]]:
        """(last trading day, strike in price units or None, is a call) of each listed contract."""
        found = {}
        for product in self.tables["index_derivatives"]["product"]:
            if product["venue"] == venue:
                scale = 10 ** price_decimals(product)
                for contract in listed_contracts(product, self.calendar(venue), trading_date):
                    strike = None if contract.strike is None else int(contract.strike * scale)
                    found[contract.symbol] = (contract.last_date, strike, contract.is_call)
        return found

    def luld_tier(self, symbol: str) -> int:
        """The tier of a US issue."""
        return next((row["tier"] for row in self.tables["us_universe"]["issue"] if row["code"] == symbol), 2)

    def sell_fees_usd(self, side: Side, value_usd: Fraction, qty: int, trading_date: int) -> Fraction:
        """The regulators' fees of one fill in the United States, in dollars."""
        return foreign_costs.us_sell_fees_usd(self.tables["foreign_fees"], side, value_usd, qty, trading_date)

    def settlement_date(self, venue: str, trading_date: int) -> int:
        """When a trade of that day is settled."""
        kind = "PTS" if venue in ("JNX", "ODX") else venue
        return foreign_costs.settlement_date(self.tables["foreign_fees"], self.calendar(venue), kind, trading_date)
