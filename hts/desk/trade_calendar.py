"""The journal's calendar: each trading day with its result, by weeks and months.

Days of the week that never had a trade are left out when they are Saturday and Sunday: the weeks of most markets.
"""

from calendar import monthrange, weekday
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from hts.desk.chart_scale import qty_label
from hts.desk.figures import MINUS, money_text
from hts.desk.ratios import divide
from hts.model.instruments import CURRENCY_DECIMALS

WORKDAYS, ALL_DAYS = 5, 7
LEVELS = 8  # steps of the ground's strength


class CalendarDay(Struct, frozen=True, kw_only=True):
    """One day. `trips` closed on it; `level` from -LEVELS to LEVELS says how big the result is among those shown."""

    date: int
    amount: int = 0
    trips: int = 0
    level: int = 0
    is_traded: bool = False
    is_closed: bool = False  # a holiday

    @property
    def number(self) -> int:
        """Of the month."""
        return self.date % 100


class CalendarWeek(Struct, frozen=True, kw_only=True):
    """Days of one month in a week, None where the month has none there; the sum of those days."""

    days: tuple[CalendarDay | None, ...]
    amount: int
    is_traded: bool


class CalendarMonth(Struct, frozen=True, kw_only=True):
    """One month; `wins` and `losses` count its days."""

    year: int
    month: int
    weeks: tuple[CalendarWeek, ...]
    wins: int
    losses: int
    amount: int


def never(_date: int) -> bool:
    """No day is closed."""
    return False


def months(
    amounts: Mapping[int, int],
    trips: Mapping[int, int],
    last: int,
    count: int,
    is_closed: Callable[[int], bool] = never,
) -> tuple[CalendarMonth, ...]:
    """`count` months up to the one of the date `last`, oldest first. Dates are YYYYMMDD."""
    found = [_month_before(last, back) for back in reversed(range(count))]
    shown = [amount for date, amount in amounts.items() if divmod(date // 100, 100) in found]
    largest = max(map(abs, shown), default=0)
    width = ALL_DAYS if any(_weekday(date) >= WORKDAYS for date in amounts) else WORKDAYS
    results = _Results(amounts=amounts, trips=trips, largest=largest, is_closed=is_closed)
    return tuple(_month(year, month, results, width) for year, month in found)


def step(dates: Iterable[int], chosen: int, by: int) -> int:
    """The trading day that stands `by` days from the chosen one; from none (0) it begins at the newest."""
    known = sorted(set(dates))
    if not known:
        return 0
    if chosen not in known:
        return known[-1]
    return known[min(max(known.index(chosen) + by, 0), len(known) - 1)]


def money_label(amount: int, language: str, currency: str = "KRW") -> str:
    """An amount in few characters with its sign: `+12.4만`, `−1.2M`, `0`."""
    whole = divide(abs(amount), 10 ** CURRENCY_DECIMALS.get(currency, 0))
    text = qty_label(whole, language) if whole else money_text(abs(amount), currency)
    return f"+{text}" if amount > 0 else f"{MINUS}{text}" if amount < 0 else text


def _month_before(date: int, back: int) -> tuple[int, int]:
    year, month = divmod(date // 100, 100)
    months_since = year * 12 + month - 1 - back
    return months_since // 12, months_since % 12 + 1


def _weekday(date: int) -> int:
    return weekday(date // 10_000, date // 100 % 100, date % 100)


class _Results(Struct, frozen=True, kw_only=True):
    amounts: Mapping[int, int]
    trips: Mapping[int, int]
    largest: int
    is_closed: Callable[[int], bool]


def _month(year: int, month: int, results: _Results, width: int) -> CalendarMonth:
    first, length = monthrange(year, month)
    cells: list[CalendarDay | None] = [None] * first
    cells += [_day(year * 10_000 + month * 100 + number, results) for number in range(1, length + 1)]
    cells += [None] * (-len(cells) % ALL_DAYS)
    weeks = [_week(cells[at : at + width]) for at in range(0, len(cells), ALL_DAYS)]
    days = [day for week in weeks for day in week.days if day is not None and day.is_traded]
    return CalendarMonth(
        year=year,
        month=month,
        weeks=tuple(week for week in weeks if any(week.days)),
        wins=sum(day.amount > 0 for day in days),
        losses=sum(day.amount < 0 for day in days),
        amount=sum(day.amount for day in days),
    )


def _week(days: list[CalendarDay | None]) -> CalendarWeek:
    traded = [day.amount for day in days if day is not None and day.is_traded]
    return CalendarWeek(days=tuple(days), amount=sum(traded), is_traded=bool(traded))


def _day(date: int, results: _Results) -> CalendarDay:
    amount = results.amounts.get(date)
    if amount is None:
        return CalendarDay(date=date, is_closed=results.is_closed(date))
    level = divide(amount * LEVELS, results.largest) if results.largest else 0
    if amount and not level:
        level = 1 if amount > 0 else -1  # the smallest result is not painted as none
    return CalendarDay(date=date, amount=amount, trips=results.trips.get(date, 0), level=level, is_traded=True)
