"""What the trade journal shows: the chosen days of an account, reckoned out of the fills that the core told.

One currency at a time: won and dollars are not added up.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial

from hts.desk.answers import Answers
from hts.desk.figures import money_text
from hts.desk.market import MarketState
from hts.desk.past_trades import ALL_DATES
from hts.desk.standing_fills import standing
from hts.desk.tables import ListTable
from hts.desk.texts import Texts
from hts.desk.trade_benchmark import Held, Prices, held
from hts.desk.trade_calendar import CalendarMonth, months, step
from hts.desk.trade_journal import MINUTE_NS, Journal, Method, RoundTrip, note_excursion
from hts.desk.trade_journal_figures import (
    Drawdown,
    Figures,
    GroupBy,
    GroupRow,
    by_day,
    curve,
    curve_of,
    drawdown_of,
    figures_of,
    grouped,
    in_group,
)
from hts.desk.trade_journal_notes import Notes
from hts.desk.trade_journal_risk import note_risks
from hts.desk.trade_journal_tables import TripRow, group_columns, trip_columns
from hts.model.queries import AnyQuery, RequestBars

BARS_ASKED = 800  # minutes of history for the excursions
MINUTES_ASKED, DAYS_ASKED = 4_000, 520  # of the benchmark
DAY_S = 86_400
ISSUES_ASKED_MAX = 12


class Span(Enum):
    """The days that are shown; the value is how many trading days, 0 for all."""

    DAY = 1
    WEEK = 5
    MONTH = 21
    QUARTER = 63
    ALL = 0


def span_dates(dates: Iterable[int], span: Span) -> tuple[int, int]:
    """First and last day of a span that ends with the newest day."""
    days = sorted(set(dates))
    first = days[-span.value] if span.value and len(days) > span.value else 0
    return first, ALL_DATES


def _date_of(trip: RoundTrip, last: int) -> int:
    """The day to which a trip counts: that of its end; an open one is of every day since, or of the day it began."""
    if not trip.is_open:
        return trip.close_date
    return trip.open_date if last != ALL_DATES else ALL_DATES


class JournalState:
    """`ask` the core, `reckon` what is shown when more has come; then read the fields.

    `day` narrows everything but the calendar to one trading day, 0 for none; `days` are all results by day. `narrowed`
    is the key of the group whose trips are shown alone, None for all; only the calendar and the groups stay whole.
    """

    def __init__(
        self,
        answers: Answers,
        market: MarketState,
        query: Callable[[AnyQuery], None],
        texts: Texts,
        *,
        notes: Notes,
        account: str,
        is_closed: Callable[[str, int], bool] = lambda _currency, _date: False,
    ) -> None:
        """`is_closed`: whether the markets of a currency are closed on a day."""
        self._is_closed = is_closed
        self.past = answers.past
        self._market = market
        self._query = query
        self._texts = texts
        self.notes = notes
        self._account = account
        self._bars_asked: dict[str, int] = {}  # until which time the minutes of an issue are wanted
        self._days_asked: set[str] = set()
        self.method = Method.AVERAGE
        self._journal = Journal()
        self._fed: tuple[Method | None, str, int] = (None, "", 0)  # method, currency, number of fills
        self.span = Span.ALL
        self.group_by = GroupBy.SYMBOL
        self.narrowed: str | None = None
        self.currency = ""
        self.day = 0
        self.days: dict[int, int] = {}
        self._trips_by_day: dict[int, int] = {}
        self.trips: list[RoundTrip] = []
        self.figures = Figures()
        self.points: list[tuple[int, int]] = []
        self.drawdown = Drawdown()
        self.benchmark = ""
        self.held: Held | None = None
        self.table = ListTable[TripRow](trip_columns(texts))
        self.groups = ListTable[GroupRow](group_columns(texts))

    def ask(self) -> None:
        """Ask for all that was, once."""
        self.past.ask(self._account, self._query)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Of the fills."""
        return tuple(self.past.currencies)

    @property
    def shown_currency(self) -> str:
        """The chosen one, or the first."""
        return self.currency if self.currency in self.currencies else next(iter(self.currencies), "")

    @property
    def shown_days(self) -> tuple[int, ...]:
        """The result of each day that is shown, in their order."""
        first, last = self.dates
        days = self.days
        if self.narrowed is not None:
            days = dict.fromkeys((trip.close_date for trip in self.trips), 0)
            for trip in self.trips:
                days[trip.close_date] += trip.net
        return tuple(amount for date, amount in sorted(days.items()) if first <= date <= last)

    def reckon(self, now_ns: int) -> None:
        """All figures anew: of the chosen days, method and currency."""
        journal = self._grown()
        self.days = by_day(journal.realised)
        self._trips_by_day = Counter(trip.close_date for trip in journal.trips if not trip.is_open)
        first, last = self.dates
        self.trips = [trip for trip in journal.trips if first <= _date_of(trip, last) <= last]
        note_risks(self.trips, self.past.stops)
        self._note_excursions(now_ns)
        tags = self.notes.tags
        groups = grouped(self.trips, self.group_by, self._texts, self._name, tags)
        self.groups.replace(groups)
        if self.narrowed not in {group.key for group in groups}:
            self.narrowed = None
        if self.narrowed is None:
            shown = [one for one in journal.realised if first <= one.trade_date <= last]
            self.points = curve(shown)
            self.held = self._hold(max((one.invested for one in shown), default=0))
        else:  # what fills did to a group alone nobody can say: its curve goes by the ends of its trips
            self.trips = [trip for trip in self.trips if in_group(trip, self.group_by, self.narrowed, tags)]
            self.points, self.held = curve_of(self.trips), None
        self.figures = figures_of(self.trips)
        self.drawdown = drawdown_of(self.points)
        self.table.replace(map(self._row, reversed(self.trips)))

    def _grown(self) -> Journal:
        """The journal with the fills that came since; from the beginning where something else is shown, or undone."""
        currency, fills = self.shown_currency, self.past.fills
        method, fed_currency, count = self._fed
        new = fills[count:]
        if (method, fed_currency) != (self.method, currency) or any(one.undoes for one in new):
            self._journal, new = Journal(self.method), standing(fills)
        self._journal.feed(one for one in new if one.currency == currency)
        self._fed = (self.method, currency, len(fills))
        return self._journal

    @property
    def dates(self) -> tuple[int, int]:
        """First and last trading day that is shown."""
        return (self.day, self.day) if self.day else span_dates(self.days, self.span)

    def calendar(self, count: int, last: int = 0) -> tuple[CalendarMonth, ...]:
        """`count` months up to the one of a date, or to the newest; none without any trade."""
        newest = last or max(self.days, default=0)
        currency = self.shown_currency
        closed = partial(self._is_closed, currency)
        return months(self.days, self._trips_by_day, newest, count, closed) if newest else ()

    def next_day(self, day: int, by: int) -> int:
        """The trading day `by` days from another one."""
        return step(self.days, day, by)

    def _note_excursions(self, now_ns: int) -> None:
        """By the minutes that are known; those of the newest issues are asked for."""
        for trip in reversed(self.trips):
            if trip.symbol in self._bars_asked or len(self._bars_asked) < ISSUES_ASKED_MAX:
                self._ask_minutes(trip.symbol, trip.close_ns or trip.open_ns, BARS_ASKED)
            view = self._market.bars.get((trip.symbol, 60))
            if view is not None:
                note_excursion(trip, view.bars, now_ns)

    def _ask_minutes(self, symbol: str, until_ns: int, count: int) -> None:
        """Ask once, and for what is missing when something has happened behind what is known."""
        view, asked = self._market.bars.get((symbol, 60)), self._bars_asked.get(symbol)
        if view is not None and view.bars:
            end_ns = view.bars[-1].start_ns + MINUTE_NS
            if until_ns < end_ns or (asked is not None and until_ns <= asked):
                return
            count = min((until_ns - end_ns) // MINUTE_NS + 2, count) if asked is not None else count
        elif asked is not None:
            return
        self._bars_asked[symbol] = until_ns
        venue = self._market.home_of(symbol)
        self._query(RequestBars(symbol=symbol, timeframe_s=60, count=count, venue=venue))

    def _hold(self, invested: int) -> Held | None:
        """What the chosen issue would have made of the same money."""
        symbol, issue = self.benchmark, self._market.instruments.get(self.benchmark)
        if not symbol or not self.points:
            return None
        if issue is None:
            return Held(symbol=symbol, fault="journal.hold_unknown")
        if issue.currency != self.shown_currency:
            return Held(symbol=symbol, fault="journal.hold_currency")
        self._ask_minutes(symbol, self.points[-1][0], MINUTES_ASKED)
        if symbol not in self._days_asked:
            self._days_asked.add(symbol)
            self._query(RequestBars(symbol=symbol, timeframe_s=DAY_S, count=DAYS_ASKED, venue=issue.venue))
        minutes, days = (self._market.bars.get((symbol, frame)) for frame in (60, DAY_S))
        if minutes is None and days is None:
            return Held(symbol=symbol, fault="journal.hold_waiting")
        prices = Prices(minutes.bars if minutes else (), days.bars if days else ())
        return held(symbol, prices, [at for at, _ in self.points], invested)

    def concerns(self, bars: Iterable[tuple[str, int]]) -> bool:
        """Whether new history (symbol, seconds) is about anything that was asked for."""
        return any(
            (symbol in self._bars_asked and frame == 60) or (symbol in self._days_asked and frame == DAY_S)
            for symbol, frame in bars
        )

    @property
    def narrowed_text(self) -> str:
        """The name of the group that is shown alone; nothing where all are."""
        return next((row.name for row in self.groups.exported() if row.key == self.narrowed), "")

    @property
    def hold_text(self) -> str:
        """The benchmark's line in words; nothing where none is chosen."""
        if self.held is None:
            return ""
        issue, name = self._market.instruments.get(self.held.symbol), self._name(self.held.symbol)
        if self.held.fault:
            return self._texts(self.held.fault, name=name, currency=issue.currency if issue is not None else "")
        currency = self.shown_currency
        return self._texts("journal.hold_line", name=name, amount=money_text(self.held.invested, currency))

    def _name(self, symbol: str) -> str:
        issue = self._market.instruments.get(symbol)
        return self._texts.name(issue) if issue is not None else symbol

    def _row(self, trip: RoundTrip) -> TripRow:
        issue = self._market.instruments.get(trip.symbol)
        note = self.notes.of(trip.key)
        return TripRow(
            trip=trip,
            name=self._name(trip.symbol),
            px_decimals=issue.px_decimals if issue is not None else 0,
            tags=note.tags,
            has_note=bool(note.text or note.picture),
        )
