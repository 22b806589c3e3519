"""Time frames of a chart: how bars are counted, and coarser bars of finer ones.

A time frame is seconds per bar; WEEK_S and MONTH_S name calendar weeks and months; a negative one is that many trades
per bar. Bars are counted from midnight in Korea, but no bar reaches from one trading day into the next: some venues'
days begin at another hour (DAY_BEGINS_S).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hts.model.quotes import Bar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NS_PER_S = 1_000_000_000
KST_NS = 9 * 3600 * NS_PER_S
DAY_S = 86_400
DAY_NS = DAY_S * NS_PER_S
WEEK_S = 7 * DAY_S
MONTH_S = 30 * DAY_S

TICKS = (-1, -10, -60)
TIMEFRAMES_S = (*TICKS, 60, 180, 300, 600, 900, 1800, 3600, DAY_S, WEEK_S, MONTH_S)
MONDAY = 3  # 1970-01-01 was a Thursday

OPEN, HIGH, LOW, CLOSE, QTY, VALUE = range(6)


def source_of(timeframe_s: int) -> int:
    """Time frame of the history that bars are made of; 0 when there is none to ask for."""
    return 0 if timeframe_s < 0 else DAY_S if timeframe_s >= DAY_S else 60


def sessions(start_ns: Ints, begin_s: int = 0) -> Ints:
    """Number of the trading day of each bar."""
    return (start_ns + (KST_NS - begin_s * NS_PER_S)) // DAY_NS


def periods(start_ns: Ints, timeframe_s: int, begin_s: int = 0) -> Ints:
    """What indicators of a session begin anew with: the day, on day charts the month, beyond that the year."""
    days = sessions(start_ns, begin_s)
    if timeframe_s < DAY_S:
        return days
    unit = "M8[M]" if timeframe_s == DAY_S else "M8[Y]"
    return days.astype("M8[D]").astype(unit).astype(np.int64)


def buckets(start_ns: Ints, timeframe_s: int, begin_s: int = 0) -> Ints:
    """First nanosecond of the bar that each time falls into."""
    if timeframe_s < DAY_S:
        size_ns = timeframe_s * NS_PER_S
        return (start_ns + KST_NS) // size_ns * size_ns - KST_NS
    days = sessions(start_ns, begin_s)
    if timeframe_s == WEEK_S:
        days = (days + MONDAY) // 7 * 7 - MONDAY
    elif timeframe_s == MONTH_S:
        days = days.astype("M8[D]").astype("M8[M]").astype("M8[D]").astype(np.int64)
    return days * DAY_NS - KST_NS


def bucket(trade_ns: int, timeframe_s: int, begin_s: int = 0) -> int:
    """The same of a single time."""
    if timeframe_s <= DAY_S:
        size_ns = timeframe_s * NS_PER_S
        shift_ns = KST_NS - (begin_s * NS_PER_S if timeframe_s == DAY_S else 0)
        return (trade_ns + shift_ns) // size_ns * size_ns - KST_NS
    return int(buckets(np.array([trade_ns], np.int64), timeframe_s, begin_s)[0])


def columns_of(bars: Sequence[Bar]) -> tuple[Ints, Floats]:
    """Start times and the six columns of bars as they came."""
    if not bars:
        return np.zeros(0, np.int64), np.zeros((6, 0))
    start_ns = np.array([bar.start_ns for bar in bars], np.int64)
    fields = [(b.open_px, b.high_px, b.low_px, b.close_px, b.qty, b.value) for b in bars]
    return start_ns, np.array(fields, np.float64).T


def coarser(start_ns: Ints, columns: Floats, timeframe_s: int, begin_s: int = 0) -> tuple[Ints, Floats]:
    """Bars of a coarser time frame; none reaches over the end of a trading day."""
    if not len(start_ns):
        return start_ns, columns
    starts = buckets(start_ns, timeframe_s, begin_s)
    begins = starts[1:] != starts[:-1]
    if timeframe_s < DAY_S:
        days = sessions(start_ns, begin_s)
        begins |= days[1:] != days[:-1]
    firsts = np.flatnonzero(np.r_[True, begins])
    return starts[firsts], reduce_bars(columns, firsts)


def aggregate(bars: Sequence[Bar], timeframe_s: int, begin_s: int = 0) -> tuple[Ints, Floats]:
    """History in a coarser time frame: start times, and the six columns."""
    return coarser(*columns_of(bars), timeframe_s, begin_s)


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
