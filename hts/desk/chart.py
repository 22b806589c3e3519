"""The chart's bars: history and live trades in one series of flat arrays, with its coarser levels.

Theory of operation. History comes as minute or day bars and is aggregated to the time frame with array reductions; the
last bar then follows the trades. x is the bar's number, so nights and week-ends take no room. Drawing a million bars
costs as much as drawing a thousand: each level of detail holds the open, high, low, close and volume of LEVEL_FACTOR
bars of the level below, and the painter takes the finest level that has at most one bar per pixel. A trade touches the
last bar alone; the levels' tails are brought up to date when one of them is asked for.

Prices are floats here, and only in the chart and its painter: exact up to 2**53 smallest units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hts.desk.chart_frames import (
    CLOSE,
    DAY_S,
    HIGH,
    LOW,
    NS_PER_S,
    OPEN,
    QTY,
    TIMEFRAMES_S,
    VALUE,
    Floats,
    Ints,
    aggregate,
    bucket,
    periods,
    reduce_bars,
    source_of,
)
from hts.indicators.catalogue import Bars
from hts.model.quotes import Bar, TradeUpdate

LEVEL_FACTOR = 4
LEVELS_MAX = 10
CAPACITY_MIN = 1024
EXTENT_COLUMNS = 2048  # columns that are looked at for the range of prices


@dataclass(frozen=True, slots=True)
class Window:
    """Bars that are drawn: columns are bars; `first` is the number of the first bar, `width` bars make one column."""

    first: int
    width: int
    columns: Floats  # 6 rows: open, high, low, close, quantity, value


class Series:
    """One issue's bars in one time frame.

    version: grows with every change. appended: with every new bar. generation: whenever all bars are others.
    """

    def __init__(self, timeframe_s: int, begin_s: int = 0, *, is_regular: bool = False) -> None:
        """`is_regular`: trades of a part of the day alone are taken, so that the day's figures are not its bar's."""
        assert timeframe_s in TIMEFRAMES_S, timeframe_s
        self.timeframe_s = timeframe_s
        self.begin_s = begin_s
        self._takes_figures = timeframe_s == DAY_S and not is_regular
        self.version = 0
        self.appended = 0
        self.generation = 0
        self._count = 0
        self._trades = 0  # in the last bar, where bars are counted in trades
        self._stale = 0  # first bar that the coarser levels do not hold
        self._start_ns: Ints = np.zeros(CAPACITY_MIN, np.int64)
        self._levels: list[Floats] = [np.zeros((6, CAPACITY_MIN))]

    def __len__(self) -> int:
        return self._count

    @property
    def source_s(self) -> int:
        """Time frame of the history that this one is made of; 0 for none."""
        return source_of(self.timeframe_s)

    @property
    def has_even_bars(self) -> bool:
        """Whether bars are as long as the time frame: bars of trades, or of steps in price, are not."""
        return self.timeframe_s > 0

    @property
    def start_ns(self) -> Ints:
        """First nanosecond of each bar."""
        return self._start_ns[: self._count]

    @property
    def columns(self) -> Floats:
        """Open, high, low, close, quantity, value of each bar."""
        return self._levels[0][:, : self._count]

    def bars(self, first: int = 0) -> Bars:
        """The bars from `first` on, for indicators."""
        o, h, low, c, qty, value = self.columns[:, first:]
        return Bars(o, h, low, c, qty, value, periods(self.start_ns[first:], self.timeframe_s, self.begin_s))

    def replace(self, bars: Sequence[Bar]) -> None:
        """Take history, oldest first, in the time frame of `source_s`."""
        self.take(*aggregate(bars, self.timeframe_s, self.begin_s))

    def take(self, start_ns: Ints, columns: Floats) -> None:
        """Take history that is in this time frame already."""
        self._count = len(start_ns)
        capacity = max(CAPACITY_MIN, 2 * self._count)
        self._start_ns = np.zeros(capacity, np.int64)
        self._start_ns[: self._count] = start_ns
        self._levels = [np.zeros((6, capacity))]
        self._levels[0][:, : self._count] = columns
        self._stale = 0
        self.version += 1
        self.appended += 1
        self.generation += 1

    def on_trade(self, trade: TradeUpdate) -> None:
        """A trade makes the last bar or begins a new one; one of a bar before the last comes too late to matter."""
        if not trade.qty and not self._takes_figures:
            return  # figures alone: nothing traded
        if self.timeframe_s < 0:
            self._on_tick(trade)
            return
        start_ns = bucket(trade.trade_ns, self.timeframe_s, self.begin_s)
        last_ns = int(self._start_ns[self._count - 1]) if self._count else -1
        if start_ns < last_ns:
            return
        if self._takes_figures:
            # The day's figures come with each trade and hold what was traded before we listened.
            day = (trade.open_px, trade.high_px, trade.low_px, trade.px, trade.cum_qty, trade.cum_value)
            self.put(self._count - (start_ns == last_ns), start_ns, day)
            return
        self._add(start_ns, trade, is_new=start_ns > last_ns)

    def _on_tick(self, trade: TradeUpdate) -> None:
        is_new = not self._count or self._trades >= -self.timeframe_s
        self._trades = 1 if is_new else self._trades + 1
        start_ns = trade.trade_ns if is_new else int(self._start_ns[self._count - 1])
        self._add(start_ns, trade, is_new=is_new)

    def _add(self, start_ns: int, trade: TradeUpdate, *, is_new: bool) -> None:
        px, qty = trade.px, trade.qty
        if is_new:
            self.put(self._count, start_ns, (px, px, px, px, qty, px * qty))
            return
        o, high, low, _, traded, value = self._levels[0][:, self._count - 1].tolist()
        self.put(self._count - 1, start_ns, (o, max(high, px), min(low, px), px, traded + qty, value + px * qty))

    def put(self, index: int, start_ns: int, bar: Sequence[float]) -> None:
        """Change the last bar, or add one after it."""
        assert index in (self._count - 1, self._count), (index, self._count)
        if index == self._count:
            self._make_room()
            self._start_ns[index] = start_ns
            self._count += 1
            self.appended += 1
        self._levels[0][:, index] = bar
        self._stale = min(self._stale, index)
        self.version += 1

    def cut(self, count: int) -> None:
        """Forget the bars from number `count` on."""
        if count < self._count:
            self._count = count
            self._stale = min(self._stale, max(count - 1, 0))
            self.version += 1
            self.appended += 1

    def window(self, first: int, last: int, width_min: float) -> Window:
        """Bars first..last, in the finest level whose columns stand for at least `width_min` bars."""
        first, last = max(first, 0), min(last, self._count - 1)
        width, level = 1, 0
        if width_min > 1:
            self._build_levels()
        while width < width_min and level + 1 < len(self._levels):
            width *= LEVEL_FACTOR
            level += 1
        begin, end = first // width, last // width + 1
        return Window(begin * width, width, self._levels[level][:, begin : max(end, begin)])

    def extent(self, first: int, last: int) -> tuple[float, float, float]:
        """Lowest low, highest high and largest quantity of the bars first..last; zeros when there are none."""
        seen = self.window(first, last, (last - first) / EXTENT_COLUMNS).columns
        if not seen.shape[1]:
            return 0.0, 0.0, 0.0
        return float(seen[LOW].min()), float(seen[HIGH].max()), float(seen[QTY].max())

    def index_at(self, trade_ns: int) -> int:
        """Number of the bar that a time falls into, -1 before the first."""
        return int(np.searchsorted(self.start_ns, trade_ns, side="right")) - 1

    @property
    def day_shift_ns(self) -> int:
        """What is taken from the time of a trade to find its bar of days or more: nights belong to a trading day."""
        return self.begin_s * NS_PER_S if self.timeframe_s >= DAY_S else 0

    def x_of(self, trade_ns: int) -> float:
        """Where a time stands between bars; before and after them bars are as long as their time frame."""
        if not self._count:
            return 0.0
        first, last, step = int(self._start_ns[0]), int(self._start_ns[self._count - 1]), self._step_ns
        if trade_ns >= last:
            return self._count - 1 + (trade_ns - last) / step
        if trade_ns <= first:
            return (trade_ns - first) / step
        index = self.index_at(trade_ns)
        begin, end = int(self._start_ns[index]), int(self._start_ns[index + 1])
        return index + (trade_ns - begin) / (end - begin)

    def time_at(self, x: float) -> int:
        """The time at a place between bars: what `x_of` turns back."""
        if not self._count:
            return 0
        last, step = self._count - 1, self._step_ns
        if x >= last or x <= 0:
            edge = last if x >= last else 0
            return int(self._start_ns[edge]) + round((x - edge) * step)
        index = int(x)
        begin, end = int(self._start_ns[index]), int(self._start_ns[index + 1])
        return begin + round((x - index) * (end - begin))

    @property
    def _step_ns(self) -> int:
        return self.timeframe_s * NS_PER_S if self.timeframe_s > 0 else NS_PER_S

    def _make_room(self) -> None:
        if self._count == len(self._start_ns):
            self._start_ns = np.concatenate([self._start_ns, np.zeros_like(self._start_ns)])
            self._levels = [np.concatenate([self._levels[0], np.zeros_like(self._levels[0])], axis=1)]
            self._stale = 0

    def _build_levels(self) -> None:
        """The coarser levels from the first bar on that they do not hold; the last column of each is never final."""
        if self._stale >= self._count:
            return
        count, begin, capacity = self._count, self._stale, self._levels[0].shape[1]
        level = 1
        while capacity > LEVEL_FACTOR and level < LEVELS_MAX:
            capacity = -(-capacity // LEVEL_FACTOR)
            if level == len(self._levels):
                self._levels.append(np.zeros((6, capacity)))
            begin //= LEVEL_FACTOR
            finer = self._levels[level - 1][:, begin * LEVEL_FACTOR : count]
            count = -(-count // LEVEL_FACTOR)
            self._levels[level][:, begin:count] = _groups(finer)
            level += 1
        self._stale = self._count


def _groups(finer: Floats) -> Floats:
    """One column per LEVEL_FACTOR columns; a single one by hand, for arrays cost more than four bars are worth."""
    if finer.shape[1] > LEVEL_FACTOR:
        return reduce_bars(finer, np.arange(0, finer.shape[1], LEVEL_FACTOR))
    bars = finer.tolist()
    whole = (bars[OPEN][0], max(bars[HIGH]), min(bars[LOW]), bars[CLOSE][-1], sum(bars[QTY]), sum(bars[VALUE]))
    return np.array(whole)[:, None]
