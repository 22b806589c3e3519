"""A second issue on the same bars: its closes by time, and rebased to where the view begins."""

import numpy as np

from hts.desk.chart import Series
from hts.desk.chart_frames import CLOSE, Floats


class Compared:
    """`symbol` is the other issue; `series` takes its bars in the chart's time frame."""

    def __init__(self, symbol: str, series: Series) -> None:
        self.symbol = symbol
        self.series = series

    def closes(self, main: Series, first: int, last: int) -> Floats:
        """Its last close at or before each of the main series' bars first..last; NaN before its first bar."""
        starts = main.start_ns[first : last + 1]
        out = np.full(len(starts), np.nan)
        if len(self.series):
            at = np.searchsorted(self.series.start_ns, starts, side="right") - 1
            known = at >= 0
            out[known] = self.series.columns[CLOSE, at[known]]
        return out

    def rebased(self, main: Series, x0: float, x1: float) -> Floats | None:
        """In the main issue's prices, as if both had been equal at the first bar in view that both have."""
        first, last = max(int(x0), 0), min(int(x1) + 1, len(main) - 1)
        if last < first:
            return None
        closes = self.closes(main, first, last)
        known = np.flatnonzero(np.isfinite(closes) & (closes > 0))
        if not len(known):
            return None
        base = int(known[0])
        return closes * float(main.columns[CLOSE, first + base] / closes[base])

    def change_percent(self, main: Series, x0: float, x1: float) -> float | None:
        """Its change over the bars in view."""
        first, last = max(int(x0), 0), min(int(x1), len(main) - 1)
        closes = self.closes(main, first, last) if last >= first else np.zeros(0)
        known = closes[np.isfinite(closes) & (closes > 0)]
        return float(100 * (known[-1] / known[0] - 1)) if len(known) else None


def view_base(main: Series, x0: float) -> float:
    """The close that percentages are told from: that of the first bar in view; 0 without bars."""
    if not len(main):
        return 0.0
    return float(main.columns[CLOSE, min(max(int(x0), 0), len(main) - 1)])
