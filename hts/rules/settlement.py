"""When a trade settles, and which orders live through the night.

The dates are those of the market's own calendar: a trade of Monday in Seoul settles on Wednesday unless Seoul is
closed in between, whatever New York does.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from hts.model.enums import TimeInForce
from hts.rules.calendar import Calendar
from hts.rules.dates import row_at, to_date

PTS: Final = frozenset({"JNX", "ODX"})


class Settlement(Struct, frozen=True, kw_only=True):
    """The settlement table, the cycles of foreign markets, and the calendars by market ("KR", "JP", "US")."""

    table: Mapping[str, Any]
    foreign: Mapping[str, Any]
    calendars: Mapping[str, Calendar]
    found: dict[tuple[str, int, int], int] = {}  # days that were counted before

    def market(self, venue: str) -> str:
        """The market ("KR", "JP", "US") whose customs a venue follows; a venue that no row names follows Korea's."""
        return str(self.table["markets"].get(venue, "KR"))

    def calendar(self, market: str) -> Calendar:
        """The business days of a market."""
        return self.calendars[market]

    def days(self, venue: str, trade_date: int) -> int:
        """Business days from trade to settlement; 0 at a venue that no row names."""
        rows = [row for row in self.table["cycle"] if row["venue"] == venue]
        if rows:
            return int(row_at(rows, trade_date)["days"])
        kind = "PTS" if venue in PTS else venue
        return int(row_at(self.foreign["settlement"], trade_date).get(kind, 0))

    def settle_date(self, venue: str, trade_date: int) -> int:
        """The day on which cash and shares of a trade move."""
        return self.later(self.market(venue), trade_date, self.days(venue, trade_date))

    def later(self, market: str, date: int, business_days: int) -> int:
        """`business_days` of the market after a date."""
        place = (market, date, business_days)
        later = self.found.get(place)
        if later is None:
            later = date
            for _ in range(business_days):
                later = self.calendar(market).next_trading_day(later)
            self.found[place] = later
        return later

    def earlier(self, market: str, date: int, business_days: int) -> int:
        """`business_days` of the market before a date."""
        for _ in range(business_days):
            date = self.calendar(market).previous_trading_day(date)
        return date

    def business_days_between(self, market: str, start: int, end: int) -> int:
        """Business days after `start` up to and with `end`; 0 when `end` is not later."""
        count = 0
        calendar = self.calendar(market)
        while start < end:
            start = calendar.next_trading_day(start)
            count += start <= end
        return count

    def carries_over(self, venue: str, tif: TimeInForce, expire_date: int, next_date: int) -> bool:
        """Whether an order of this TimeInForce(59) still works on the venue's next day."""
        rows = [row for row in self.table["carry_over"] if row["venue"] == venue]
        if not rows or tif.name not in row_at(rows, next_date)["time_in_force"]:
            return False
        return tif is not TimeInForce.GTD or expire_date >= next_date


def calendar_days(start: int, end: int) -> int:
    """Days of interest from `start` to `end`, both YYYYMMDD."""
    return (to_date(end) - to_date(start)).days
