"""Trading days of a market. Days are ints YYYYMMDD."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hts.rules.dates import add_days, to_date

_SATURDAY = 5
_GAP_DAYS_MAX = 30  # the longest closure of any market is far shorter; a longer one is a damaged table


class Calendar(Struct, frozen=True, kw_only=True):
    """Closed weekdays as MMDD per year; `every_year` stands in for years that are not listed."""

    closed: Mapping[int, frozenset[int]]
    every_year: frozenset[int]
    early: Mapping[int, frozenset[int]] = {}  # days that end early, where a market has such

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Calendar":
        """From the parsed calendar.toml."""
        return cls(
            closed={row["year"]: frozenset(map(_month_day, row["closed"])) for row in table["year"]},
            every_year=frozenset(map(_month_day, table["every_year"])),
            early={row["year"]: frozenset(map(_month_day, row["early"])) for row in table["year"] if "early" in row},
        )

    def is_early(self, day: int) -> bool:
        """Whether a trading day ends early."""
        return day % 10_000 in self.early.get(day // 10_000, ())

    def is_trading_day(self, day: int) -> bool:
        """Neither a weekend nor closed."""
        if to_date(day).weekday() >= _SATURDAY:
            return False
        return day % 10_000 not in self.closed.get(day // 10_000, self.every_year)

    def next_trading_day(self, after_date: int) -> int:
        """The first trading day after `after_date`."""
        return self._walk(after_date, 1)

    def previous_trading_day(self, before_date: int) -> int:
        """The last trading day before `before_date`."""
        return self._walk(before_date, -1)

    def trading_days_before(self, before_date: int, count: int) -> tuple[int, ...]:
        """The last `count` trading days before `before_date`, oldest first."""
        days: list[int] = []
        day = before_date
        for _ in range(count):
            day = self.previous_trading_day(day)
            days.append(day)
        return tuple(reversed(days))

    def _walk(self, day: int, step: int) -> int:
        for _ in range(_GAP_DAYS_MAX):
            day = add_days(day, step)
            if self.is_trading_day(day):
                return day
        raise LookupError(f"no trading day within {_GAP_DAYS_MAX} days of {day}")


def _month_day(text: str) -> int:
    """1225 for "12-25"."""
    month, day = text.split("-")
    return int(month) * 100 + int(day)
