"""Other issues on the same bars: which ones, their closes by time, rebased to where the view begins."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct

from hts.desk.chart import Series
from hts.desk.chart_frames import CLOSE, Floats, Ints

COLORS: Final = ("group2", "attention", "group3", "group1", "text2")
COMPARE_MAX: Final = len(COLORS)
SYMBOL_MAX: Final = 12  # characters


class Comparison(Struct, frozen=True, kw_only=True):
    """An issue that a chart is compared with; `color` is a theme token of COLORS."""

    symbol: str
    color: str


def with_symbol(among: Sequence[Comparison], symbol: str) -> tuple[Comparison, ...]:
    """One more, in the first colour that nobody has; the same where it is there, or all colours are taken."""
    taken = {one.color for one in among}
    free = next((color for color in COLORS if color not in taken), "")
    if not free or any(one.symbol == symbol for one in among):
        return tuple(among)
    return (*among, Comparison(symbol=symbol, color=free))


def comparisons_of(stored: object) -> tuple[Comparison, ...]:
    """What a layout remembers; what does not hold is left out. A symbol alone was what earlier builds kept."""
    if isinstance(stored, str):
        stored = [{"symbol": stored}]
    found: tuple[Comparison, ...] = ()
    for entry in stored[: 4 * COMPARE_MAX] if isinstance(stored, list) else ():
        symbol, color = (entry.get(key) if isinstance(entry, dict) else None for key in ("symbol", "color"))
        if not isinstance(symbol, str) or not 0 < len(symbol) <= SYMBOL_MAX or not symbol.isprintable():
            continue
        is_free = color in COLORS and all(one.color != color for one in found)
        more = (*found, Comparison(symbol=symbol, color=str(color))) if is_free else with_symbol(found, symbol)
        found = more if all(one.symbol != symbol for one in found) else found
    return found


class Line(Struct, frozen=True):
    """What is drawn of one issue: bar numbers and its closes in the main issue's prices there, NaN before its first."""

    numbers: Ints
    values: Floats

    @property
    def end(self) -> float:
        """The last value; NaN where there is none."""
        return float(self.values[-1])

    @property
    def change_percent(self) -> float:
        """From its first value in view to its last one."""
        known = self.values[np.isfinite(self.values)]
        return float(100 * (known[-1] / known[0] - 1))


class Compared:
    """`symbol` is the other issue; `series` takes its bars in the chart's time frame."""

    def __init__(self, symbol: str, series: Series, color: str = COLORS[0]) -> None:
        self.symbol, self.series, self.color = symbol, series, color
        self._made: tuple[Any, Line | None] = (None, None)

    def closes(self, starts: Ints) -> Floats:
        """Its last close at or before each of these times; NaN before its first bar."""
        out = np.full(len(starts), np.nan)
        if len(self.series):
            at = np.searchsorted(self.series.start_ns, starts, side="right") - 1
            known = at >= 0
            out[known] = self.series.columns[CLOSE, at[known]]
        return out

    def line(self, main: Series, x0: float, x1: float, step: int = 1) -> Line | None:
        """In the main issue's prices, as if both had been equal at the first bar in view that both have.

        Every `step`-th bar, and the last one. None when no bar in view has a close.
        """
        first, last = max(int(x0), 0), min(int(x1) + 1, len(main) - 1)
        if last < first or not len(self.series):
            return None
        own = self.series
        newest = float(own.columns[CLOSE, -1]), float(main.columns[CLOSE, -1])
        key = (main, main.generation, main.appended, own.generation, own.appended, first, last, step, newest)
        if self._made[0] != key:
            self._made = key, self._line(main, np.append(np.arange(first, last, step), last))
        return self._made[1]

    def _line(self, main: Series, numbers: Ints) -> Line | None:
        closes = self.closes(main.start_ns[numbers])
        known = np.flatnonzero(np.isfinite(closes) & (closes > 0))
        if not len(known):
            return None
        base = int(known[0])
        return Line(numbers, closes * float(main.columns[CLOSE, numbers[base]] / closes[base]))


def change_in_view(main: Series, x0: float, x1: float) -> float | None:
    """The main issue's own change over the bars in view, in percent."""
    base, last = view_base(main, x0), min(int(x1) + 1, len(main) - 1)
    return float(100 * (main.columns[CLOSE, last] / base - 1)) if base > 0 and last >= 0 else None


def view_base(main: Series, x0: float) -> float:
    """The close that percentages are told from: that of the first bar in view; 0 without bars."""
    if not len(main):
        return 0.0
    return float(main.columns[CLOSE, min(max(int(x0), 0), len(main) - 1)])
