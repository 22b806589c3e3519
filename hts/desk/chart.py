"""The chart's bars: history and live trades in one series of flat arrays, with its averages and coarser levels.

Theory of operation. History comes as minute or day bars and is aggregated to the time frame with array reductions; the
last bar then follows the trades. x is the bar's number, so nights and week-ends take no room. Drawing a million bars
costs as much as drawing a thousand: each level of detail holds the open, high, low, close and volume of LEVEL_FACTOR
bars of the level below, and the painter takes the finest level that has at most one bar per pixel. A trade touches
only the tail of each level.

Prices are floats here, and only here and in the painter: exact up to 2**53 smallest units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hts.desk.chart_lines import ChartLines
from hts.model.quotes import Bar, TradeUpdate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NS_PER_S = 1_000_000_000
KST_NS = 9 * 3600 * NS_PER_S
DAY_S = 86_400
DAY_NS = DAY_S * NS_PER_S

TIMEFRAMES_S = (60, 180, 300, 900, 3600, DAY_S)
LEVEL_FACTOR = 4
LEVELS_MAX = 8
CAPACITY_MIN = 1024
EXTENT_COLUMNS = 2048  # columns that are looked at for the range of prices

OPEN, HIGH, LOW, CLOSE, QTY, VALUE = range(6)


@dataclass(frozen=True, slots=True)
class Window:
    """Bars that are drawn: columns are bars; `first` is the number of the first bar, `width` bars make one column."""

    first: int
    width: int
    columns: Floats  # 6 rows: open, high, low, close, quantity, value


class Series:
    """One issue's bars in one time frame.

    start_ns: first nanosecond of each bar. session: the day each bar belongs to.
    version: grows with every change. appended: grows with every new bar.
    """

    def __init__(self, timeframe_s: int) -> None:
        assert timeframe_s in TIMEFRAMES_S, timeframe_s
        self.timeframe_s = timeframe_s
        self.version = 0
        self.appended = 0
        self._count = 0
        self._start_ns: Ints = np.zeros(CAPACITY_MIN, np.int64)
        self._levels: list[Floats] = [np.zeros((6, CAPACITY_MIN))]
        self._lines = ChartLines(has_vwap=timeframe_s < DAY_S)

    def __len__(self) -> int:
        return self._count

    @property
    def source_s(self) -> int:
        """Time frame of the history that this one is made of."""
        return DAY_S if self.timeframe_s == DAY_S else 60

    @property
    def start_ns(self) -> Ints:
        """First nanosecond of each bar."""
        return self._start_ns[: self._count]

    @property
    def columns(self) -> Floats:
        """Open, high, low, close, quantity, value of each bar."""
        return self._levels[0][:, : self._count]

    @property
    def lines(self) -> dict[str, Floats]:
        """The averages by name: ma5, ma20, ma60 and, within a day, vwap."""
        return self._lines.values

    def replace(self, bars: Sequence[Bar]) -> None:
        """Take history, oldest first, in the time frame of `source_s`."""
        self.take(*aggregate(bars, self.timeframe_s))

    def take(self, start_ns: Ints, columns: Floats) -> None:
        """Take history that is in this time frame already."""
        self._count = len(start_ns)
        capacity = max(CAPACITY_MIN, 2 * self._count)
        self._start_ns = np.zeros(capacity, np.int64)
        self._start_ns[: self._count] = start_ns
        self._levels = [np.zeros((6, capacity))]
        self._levels[0][:, : self._count] = columns
        self._build_levels()
        self._lines.replace(self.columns, sessions(start_ns))
        self.version += 1
        self.appended += 1

    def on_trade(self, trade: TradeUpdate) -> None:
        """A trade makes the last bar or begins a new one; one of a bar before the last comes too late to matter."""
        start_ns = bucket(trade.trade_ns, self.timeframe_s)
        last_ns = int(self._start_ns[self._count - 1]) if self._count else -1
        if start_ns < last_ns:
            return
        if start_ns > last_ns:
            self._append(start_ns, trade.px)
        bar = self._levels[0][:, self._count - 1]
        if self.timeframe_s == DAY_S:
            # The day's figures come with each trade and hold what was traded before we listened.
            bar[:] = (trade.open_px, trade.high_px, trade.low_px, trade.px, trade.cum_qty, trade.cum_value)
        else:
            bar[HIGH], bar[LOW], bar[CLOSE] = max(bar[HIGH], trade.px), min(bar[LOW], trade.px), trade.px
            bar[QTY] += trade.qty
            bar[VALUE] += trade.px * trade.qty
        self._update_tails()
        self._lines.follow(self.columns, sessions(self.start_ns[-1:])[0])
        self.version += 1

    def window(self, first: int, last: int, width_min: float) -> Window:
        """Bars first..last, in the finest level whose columns stand for at least `width_min` bars."""
        first, last = max(first, 0), min(last, self._count - 1)
        width, level = 1, 0
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

    def _append(self, start_ns: int, px: int) -> None:
        if self._count == len(self._start_ns):
            self._start_ns = np.concatenate([self._start_ns, np.zeros_like(self._start_ns)])
            self._levels[0] = np.concatenate([self._levels[0], np.zeros_like(self._levels[0])], axis=1)
            self._build_levels()
        self._start_ns[self._count] = start_ns
        self._levels[0][:, self._count] = (px, px, px, px, 0, 0)
        self._count += 1
        self.appended += 1

    def _build_levels(self) -> None:
        """All coarser levels anew, with room for as many bars as the finest one has."""
        del self._levels[1:]
        count, capacity = self._count, self._levels[0].shape[1]
        while capacity > LEVEL_FACTOR and len(self._levels) < LEVELS_MAX:
            finer = self._levels[-1][:, :count]
            count, capacity = -(-count // LEVEL_FACTOR), -(-capacity // LEVEL_FACTOR)
            level = np.zeros((6, capacity))
            if count:
                level[:, :count] = reduce_bars(finer, np.arange(0, finer.shape[1], LEVEL_FACTOR))
            self._levels.append(level)

    def _update_tails(self) -> None:
        """The last column of each level anew, by hand: array reductions cost more than four bars are worth."""
        count = self._count
        for finer, level in zip(self._levels, self._levels[1:], strict=False):
            last = (count - 1) // LEVEL_FACTOR
            bars = finer[:, last * LEVEL_FACTOR : count].tolist()
            level[:, last] = (
                bars[OPEN][0],
                max(bars[HIGH]),
                min(bars[LOW]),
                bars[CLOSE][-1],
                sum(bars[QTY]),
                sum(bars[VALUE]),
            )
            count = last + 1


def bucket(trade_ns: int, timeframe_s: int) -> int:
    """Start of the bar that a time falls into; bars are counted from midnight in Korea."""
    size_ns = timeframe_s * NS_PER_S
    return (trade_ns + KST_NS) // size_ns * size_ns - KST_NS


def sessions(start_ns: Ints) -> Ints:
    """Day number of each bar in Korea."""
    return (start_ns + KST_NS) // DAY_NS


def aggregate(bars: Sequence[Bar], timeframe_s: int) -> tuple[Ints, Floats]:
    """Bars of a coarser time frame: start times, and the six columns."""
    if not bars:
        return np.zeros(0, np.int64), np.zeros((6, 0))
    start_ns = np.array([bar.start_ns for bar in bars], np.int64)
    fields = [(b.open_px, b.high_px, b.low_px, b.close_px, b.qty, b.value) for b in bars]
    size_ns = timeframe_s * NS_PER_S
    buckets = (start_ns + KST_NS) // size_ns * size_ns - KST_NS
    firsts = np.flatnonzero(np.r_[True, buckets[1:] != buckets[:-1]])
    return buckets[firsts], reduce_bars(np.array(fields, np.float64).T, firsts)


def reduce_bars(columns: Floats, firsts: Ints) -> Floats:
    """One bar per group of bars; `firsts` are the numbers of each group's first bar."""
    out = np.empty((6, len(firsts)))
    lasts = np.r_[firsts[1:], columns.shape[1]] - 1
    out[OPEN] = columns[OPEN, firsts]
    out[HIGH] = np.maximum.reduceat(columns[HIGH], firsts)
    out[LOW] = np.minimum.reduceat(columns[LOW], firsts)
    out[CLOSE] = columns[CLOSE, lasts]
    out[QTY] = np.add.reduceat(columns[QTY], firsts)
    out[VALUE] = np.add.reduceat(columns[VALUE], firsts)
    return out
