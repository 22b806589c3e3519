"""Channels around prices, and levels that the period before has left."""

import numpy as np

from hts.indicators.moving import Ints, exponential, simple, since_session, vwap
from hts.indicators.oscillators import ratio
from hts.indicators.recursion import Floats, nothing
from hts.indicators.rolling import Range, deviation, highest, lowest
from hts.indicators.trends import atr

Channel = tuple[Floats, Floats, Floats]  # upper, middle, lower


def around(middle: Floats, reach: Floats) -> Channel:
    """Upper, middle, lower."""
    return middle + reach, middle, middle - reach


def bollinger(close: Floats, length: int, factor: float) -> Channel:
    """The average and as many standard deviations either side."""
    return around(simple(close, length), factor * deviation(close, length))


def keltner(bars: Range, length: int, span: int, factor: float) -> Channel:
    """The EMA of the close and multiples of the average true range either side."""
    return around(exponential(bars[2], length), factor * atr(bars, span))


def donchian(high: Floats, low: Floats, length: int) -> Channel:
    """Highest high and lowest low of the last bars, and what is halfway between."""
    top, bottom = highest(high, length), lowest(low, length)
    return top, (top + bottom) / 2, bottom


def envelope(close: Floats, length: int, percent: float) -> Channel:
    """The average and a percentage of it either side."""
    middle = simple(close, length)
    return around(middle, middle * percent / 100)


def vwap_bands(value: Floats, qty: Floats, session: Ints, factor: float) -> Channel:
    """Session VWAP and multiples of the volume-weighted deviation of the bars' mean prices from it.

    With the factor 0 there are no bands.
    """
    middle = vwap(value, qty, session)
    if not factor:
        return nothing(len(middle)), middle, nothing(len(middle))
    mean = ratio(value, qty, 0.0)
    # Squares are taken around the session's first price, or their sums would drown the difference.
    begins = np.r_[True, session[1:] != session[:-1]][: len(qty)]
    origin = mean[np.flatnonzero(begins)][np.cumsum(begins) - 1]
    square = since_session(qty * np.where(qty > 0, mean - origin, 0.0) ** 2, session)
    variance = ratio(square, since_session(qty, session), 0.0) - (middle - origin) ** 2
    return around(middle, factor * np.sqrt(np.maximum(variance, 0.0)))


def pivots(bars: Range, session: Ints) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """R2, R1, pivot, S1, S2 from high, low and close of the session before."""
    high, low, close = bars
    if not len(high):
        return (nothing(0),) * 5
    starts = np.flatnonzero(np.r_[True, session[1:] != session[:-1]])
    which = np.searchsorted(starts, np.arange(len(high)), side="right") - 2
    top, bottom = np.maximum.reduceat(high, starts), np.minimum.reduceat(low, starts)
    last = close[np.r_[starts[1:], len(high)] - 1]
    pivot = (top + bottom + last) / 3
    rows = (pivot + top - bottom, 2 * pivot - bottom, pivot, 2 * pivot - top, pivot - top + bottom)
    known = which >= 0
    lines = [np.where(known, row[np.maximum(which, 0)], np.nan) for row in rows]
    return lines[0], lines[1], lines[2], lines[3], lines[4]
