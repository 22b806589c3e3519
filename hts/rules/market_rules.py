"""All tables of resources/market in one value: what the venue and the core ask about a day."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, structs

from hts.base.errors import ConfigError
from hts.model.instruments import Instrument
from hts.model.units import Px
from hts.rules.calendar import Calendar
from hts.rules.fees import CostRates, cost_rates
from hts.rules.kr_rules import breaker, first_days, is_on_nxt, issue_day, order_types, sidecars
from hts.rules.listing import build_instruments
from hts.rules.sessions import DaySchedule, day_schedule

TRIED_AFTER = 20260101
TABLES = ("ticks_limits", "sessions", "fees", "calendar", "universe", "kr_rules")


class MarketRules(Struct, frozen=True, kw_only=True):
    """Parsed tables (numbers with a point as Decimal) and the calendar, as one of the Korean venues goes by them."""

    ticks_limits: Mapping[str, Any]
    sessions: Mapping[str, Any]
    fees: Mapping[str, Any]
    universe: Mapping[str, Any]
    kr_rules: Mapping[str, Any]
    calendar: Calendar
    venue: str = "KRX"

    @classmethod
    def parse(cls, tables: Mapping[str, Mapping[str, Any]]) -> "MarketRules":
        """`tables`: TABLES by name, each the parsed TOML file of that name.

        Every table is tried on one day, so that a damaged one is found at the start. Raises ConfigError.
        """
        try:
            rules = cls(
                ticks_limits=tables["ticks_limits"],
                sessions=tables["sessions"],
                fees=tables["fees"],
                universe=tables["universe"],
                kr_rules=tables["kr_rules"],
                calendar=Calendar.parse(tables["calendar"]),
            )
            date = rules.calendar.next_trading_day(TRIED_AFTER)
            breaker(rules.kr_rules, date)
            sidecars(rules.kr_rules, date)
            for venue in ("KRX", "NXT"):
                there = rules.at(venue)
                there.schedule(date)
                order_types(rules.kr_rules, venue, date)
                for instrument in there.instruments(date):
                    rules.costs(instrument, date)
                    issue_day(rules.kr_rules, instrument, date, venue)
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise ConfigError(f"market tables: complete ones expected, found {error!r}; restore the files") from error
        return rules

    def at(self, venue: str) -> "MarketRules":
        """The same tables at KRX or Nextrade."""
        return structs.replace(self, venue=venue)

    def schedule(self, trading_date: int) -> DaySchedule:
        """The venue's day."""
        return day_schedule(self.sessions, trading_date, self.venue)

    def instruments(self, trading_date: int, closes: Mapping[str, Px] | None = None) -> tuple[Instrument, ...]:
        """Base prices are from `closes` where the day before was simulated; Nextrade has a list of its own."""
        issues = build_instruments(
            self.universe, self.ticks_limits, trading_date, closes, first_days(self.kr_rules, trading_date)
        )
        if self.venue == "KRX":
            return issues
        return tuple(
            structs.replace(issue, venue=self.venue)
            for issue in issues
            if is_on_nxt(self.kr_rules, issue.symbol, trading_date)
        )

    @property
    def names_ja(self) -> dict[str, str]:
        """Japanese names by symbol: the feed has none."""
        return {str(issue["code"]): str(issue["name_ja"]) for issue in self.universe["issue"] if "name_ja" in issue}

    def costs(self, instrument: Instrument, trading_date: int) -> CostRates:
        """Fee and tax rates of an issue on a day."""
        return cost_rates(self.fees, market=instrument.market, is_etf=instrument.is_etf, trading_date=trading_date)
