"""What an account has traded, by currency and trading day: volume tiers of fees go by it.

Both sides count. A fill that is taken back on its own day was never traded; one of an earlier day counts off on the day
on which it is taken back, so that what a day was once reckoned with stays. Days before the month that precedes the
newest one are forgotten: no tier looks further back.
"""

from collections.abc import Iterator

from hts.rules.dates import add_days


class Turnover:
    """Sums of value, buys and sales together."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, str], dict[int, int]] = {}

    def add(self, account: str, currency: str, date: int, value: int) -> None:
        """`value` more (or less) was traded on a day."""
        if not value or not date:  # no day: of a time when the books knew none
            return
        days = self._days.setdefault((account, currency), {})
        is_new = date not in days
        days[date] = days.get(date, 0) + value
        if is_new:
            first = kept_from(max(days))
            for day in [day for day in days if day < first]:
                del days[day]

    def between(self, account: str, currency: str, first: int, last: int) -> int:
        """What was traded from one day to another, both counted."""
        days = self._days.get((account, currency), {})
        return sum(value for day, value in days.items() if first <= day <= last)

    def rows(self) -> Iterator[tuple[str, str, int, int]]:
        """(account, currency, day, value), for the state hash."""
        for (account, currency), days in self._days.items():
            for day, value in days.items():
                yield account, currency, day, value


def kept_from(date: int) -> int:
    """The first day of the month before the one of `date`."""
    return add_days(date // 100 * 100 + 1, -1) // 100 * 100 + 1
