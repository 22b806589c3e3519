"""Bars made of bars: Heikin-Ashi and Renko follow a source series and look like any other series to the painter."""

from enum import Enum

import numpy as np

from hts.desk.chart import Series
from hts.desk.chart_frames import CLOSE, HIGH, LOW, OPEN, QTY, VALUE, Floats
from hts.indicators.recursion import smoothed

RENKO_BARS = 200  # whose mean range makes a brick
BRICKS_PER_BAR_MAX = 200


class Style(Enum):
    """How bars look."""

    CANDLES = "candles"
    HOLLOW = "hollow"
    BARS = "bars"
    LINE = "line"
    STEP = "step"
    AREA = "area"
    HEIKIN_ASHI = "heikin_ashi"
    RENKO = "renko"


class HeikinAshi(Series):
    """The close is the bar's mean; the open is halfway through the bar before."""

    def __init__(self, source: Series) -> None:
        super().__init__(source.timeframe_s, source.begin_s)
        self._source = source
        self._source_generation = -1

    def follow(self) -> None:
        """Catch up with the source."""
        source = self._source
        if source.generation != self._source_generation or len(source) < len(self):
            self._source_generation = source.generation
            self.take(source.start_ns, averaged(source.columns))
            return
        for index in range(max(len(self) - 1, 0), len(source)):
            o, high, low, c, qty, value = source.columns[:, index].tolist()
            close = (o + high + low + c) / 4
            opened = (o + c) / 2
            if index:
                opened = float(self.columns[OPEN, index - 1] + self.columns[CLOSE, index - 1]) / 2
            bar = (opened, max(high, opened, close), min(low, opened, close), close, qty, value)
            self.put(index, int(source.start_ns[index]), bar)


def averaged(columns: Floats) -> Floats:
    """Heikin-Ashi of whole columns."""
    out = columns.copy()
    if not columns.shape[1]:
        return out
    out[CLOSE] = columns[:4].mean(axis=0)
    out[OPEN, 0] = (columns[OPEN, 0] + columns[CLOSE, 0]) / 2
    out[OPEN, 1:] = smoothed(out[CLOSE, :-1], 0.5, float(out[OPEN, 0]))
    out[HIGH] = np.maximum(columns[HIGH], np.maximum(out[OPEN], out[CLOSE]))
    out[LOW] = np.minimum(columns[LOW], np.minimum(out[OPEN], out[CLOSE]))
    return out


class Renko(Series):
    """Bricks of one size: a new one when the close has gone a brick further, two back to turn.

    brick: size in price units. Bricks of the source's last bar are provisional until that bar is finished.
    """

    def __init__(self, source: Series, tick: int) -> None:
        super().__init__(source.timeframe_s, source.begin_s)
        self._source = source
        self._source_generation = -1
        self._tick = max(tick, 1)
        self.brick = self._tick
        self._done = 0  # finished bars of the source
        self._kept = 0  # their bricks
        self._state = (0.0, 0.0, 0.0, 0.0)  # bottom and top of the last brick; quantity and value since

    @property
    def has_even_bars(self) -> bool:
        """A brick takes as long as its price needs."""
        return False

    def follow(self) -> None:
        """Catch up with the source."""
        source = self._source
        if source.generation != self._source_generation or len(source) < self._done:
            self._source_generation = source.generation
            self._begin()
        self.cut(self._kept)
        for index in range(self._done, len(source) - 1):
            self._state = self._lay(index, self._state)
            self._done, self._kept = index + 1, len(self)
        if len(source):
            self._lay(len(source) - 1, self._state)

    def _begin(self) -> None:
        source = self._source
        self.take(source.start_ns[:0], source.columns[:, :0])
        self._done = self._kept = 0
        if not len(source):
            return
        seen = source.columns[:, -RENKO_BARS:]
        mean = float((seen[HIGH] - seen[LOW]).mean())
        self.brick = max(round(mean / self._tick), 1) * self._tick
        begin = source.columns[CLOSE, 0] // self.brick * self.brick
        self._state = (float(begin), float(begin), 0.0, 0.0)

    def _lay(self, index: int, state: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The bricks of one bar of the source; what the next bar goes on from."""
        bottom, top, qty, value = state
        close, traded, turnover = self._source.columns[[CLOSE, QTY, VALUE], index].tolist()
        qty, value, start_ns, size = qty + traded, value + turnover, int(self._source.start_ns[index]), self.brick
        for _ in range(BRICKS_PER_BAR_MAX):
            if close >= top + size:
                bottom, top = top, top + size
                self.put(len(self), start_ns, (bottom, top, bottom, top, qty, value))
            elif close <= bottom - size:
                bottom, top = bottom - size, bottom
                self.put(len(self), start_ns, (top, top, bottom, bottom, qty, value))
            else:
                break
            qty = value = 0.0
        return bottom, top, qty, value
