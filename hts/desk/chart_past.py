"""The trader's fills of days before, on a chart's bars: flat arrays, one entry per bar and side, merged where bars are.

The day's own fills are told by the core as they come and are marked beside these (hts.desk.chart_marks).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct

from hts.desk.chart import Series
from hts.desk.chart_frames import DAY_S, NS_PER_S, Floats, Ints
from hts.desk.chart_marks import FillMark
from hts.desk.past_trades import PastTrades
from hts.desk.ratios import divide
from hts.desk.standing_fills import standing
from hts.desk.venue_tabs import is_at
from hts.model.enums import Side
from hts.model.views_fill import FillView

LAST_STRETCH: Final = 1.1  # the last bar of days, weeks, months may be longer than its time frame: 31 days, a night


class PastFills(Struct, frozen=True):
    """By bar, sales before purchases: bar numbers, whether they are purchases, quantities, quantity times price."""

    numbers: Ints
    is_buy: Ints
    qty: Ints
    value: Floats

    def within(self, first: float, last: float) -> "PastFills":
        """Those of the bars in view."""
        begin, end = np.searchsorted(self.numbers, (first, last + 1))
        return PastFills(self.numbers[begin:end], self.is_buy[begin:end], self.qty[begin:end], self.value[begin:end])

    def merged(self, step: int) -> "PastFills":
        """One entry for every `step` bars and side, at the first of them."""
        return merge(self.numbers // step * step, self.is_buy, self.qty, self.value) if step > 1 else self

    @property
    def px(self) -> Floats:
        """Mean prices."""
        return self.value / self.qty

    def of_bar(self, number: int) -> tuple[FillMark, ...]:
        """What was done in one bar."""
        if not len(self.numbers):
            return ()
        here = self.within(number, number)
        return tuple(
            FillMark(index=number, side=Side.BUY if is_buy else Side.SELL, px=divide(round(value), qty), qty=qty)
            for is_buy, qty, value in zip(here.is_buy.tolist(), here.qty.tolist(), here.value.tolist(), strict=True)
        )


def merge(numbers: Ints, is_buy: Ints, qty: Ints, value: Floats) -> PastFills:
    """Entries of one bar and side become one."""
    keys, place = np.unique(numbers * 2 + is_buy, return_inverse=True)
    sums = np.bincount(place, qty, len(keys)).astype(np.int64)
    return PastFills(keys // 2, keys % 2, sums, np.bincount(place, value, len(keys)).astype(np.float64))


NONE: Final = PastFills(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


class PastMarks:
    """`shown` is what one chart marks; `follow` brings it up to date, and says whether it is another."""

    def __init__(self) -> None:
        self.shown = NONE
        self._gathered: Any = None  # what the columns were made of
        self._placed: Any = None  # what the bars were that they stand on
        self._columns: tuple[Ints, Ints, Ints, Ints] = (NONE.numbers, NONE.is_buy, NONE.qty, NONE.qty)
        self._today: dict[str, int] = {}  # when the running day's first fill was, by venue
        self._seen: tuple[Sequence[FillView], int] = ((), 0)

    def hide(self) -> bool:
        """Mark nothing."""
        is_other = self.shown is not NONE
        self.shown, self._gathered, self._placed = NONE, None, None
        return is_other

    def lags(self, past: PastTrades, symbol: str) -> bool:
        """Whether fills came that are not marked, and no more are on their way."""
        return past.is_whole and self._gathered is not None and self._gathered[2] != past.count_of(symbol)

    def follow(self, past: PastTrades, today: Sequence[FillView], of: tuple[str, str], series: Series) -> bool:
        """`of`: issue and tab. While pages are on their way the marks stay as they are."""
        self._note_day(today)
        symbol, venue = of
        key = (symbol, venue, past.count_of(symbol), tuple(self._today.items()))
        if key != self._gathered and (past.is_whole or self._gathered is None or self._gathered[:2] != of):
            self._gathered, self._placed = key, None
            self._columns = _columns(past.of(symbol), venue, self._today)
        placed = (series, series.generation, series.appended, len(series))
        if placed == self._placed:
            return False
        self._placed, before = placed, self.shown
        self.shown = _on_bars(self._columns, series)
        return not (self.shown is before or all(map(np.array_equal, _arrays(before), _arrays(self.shown))))

    def _note_day(self, today: Sequence[FillView]) -> None:
        """From when on the core tells fills itself; the list is another one when the day is."""
        seen, count = self._seen
        if today is not seen or len(today) < count:
            self._today, count = {}, 0
        for fill in today[count:]:
            self._today.setdefault(fill.venue, fill.trade_ns)
        self._seen = today, len(today)


def _arrays(fills: PastFills) -> tuple[Any, ...]:
    return fills.numbers, fills.is_buy, fills.qty, fills.value


def _columns(fills: Iterable[Any], venue: str, today: dict[str, int]) -> tuple[Ints, Ints, Ints, Ints]:
    """Time, side, quantity and price of what stands, in time's order, without the running day."""
    kept = [one.fill for one in standing(fills)]
    kept = [one for one in kept if is_at(venue, one.venue) and one.trade_ns < today.get(one.venue, 2**63)]
    kept.sort(key=lambda one: one.trade_ns)
    times, sides, sums, prices = (
        np.array([value(one) for one in kept], np.int64)
        for value in (
            lambda one: one.trade_ns,
            lambda one: one.side is Side.BUY,
            lambda one: one.qty,
            lambda one: one.px,
        )
    )
    return times, sides, sums, prices


def _on_bars(columns: tuple[Ints, Ints, Ints, Ints], series: Series) -> PastFills:
    """Each in the bar that its time falls into; where there is no such bar it is left out."""
    times, sides, qty, px = columns
    if not len(times) or not len(series):
        return NONE
    starts, times = series.start_ns, times - series.day_shift_ns
    numbers = np.searchsorted(starts, times, side="right") - 1
    known = (numbers >= 0) & (qty > 0)
    if series.has_even_bars:
        after, step_ns = times - starts[np.maximum(numbers, 0)], series.timeframe_s * NS_PER_S
        if series.timeframe_s < DAY_S:
            known &= after < step_ns  # a night, or hours that are not shown, lie behind it
        else:
            known &= (numbers < len(starts) - 1) | (after < LAST_STRETCH * step_ns)
    if not known.any():
        return NONE
    return merge(numbers[known], sides[known], qty[known], qty[known] * px[known].astype(float))
