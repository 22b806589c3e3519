"""Extremes and spread of the last bars. `length` bars at a time; NaN before there are so many.

Extremes are taken with running extremes within blocks of `length` bars, from either end: any window is the end of one
block and the beginning of the next, so each bar costs three comparisons whatever the length.
"""

from collections.abc import Callable

import numpy as np

from hts.indicators.moving import simple
from hts.indicators.recursion import Floats, begin_of, nothing

Range = tuple[Floats, Floats, Floats]  # highs, lows, closes


def highest(values: Floats, length: int) -> Floats:
    """Highest of the last `length` values."""
    return _extreme(values, length, np.maximum)


def lowest(values: Floats, length: int) -> Floats:
    """Lowest of the last `length` values."""
    return _extreme(values, length, np.minimum)


def _extreme(values: Floats, length: int, of: np.ufunc) -> Floats:
    first = begin_of(values)
    count = len(values) - first
    out = nothing(len(values))
    if not 0 < length <= count:
        return out
    blocks = -(-count // length)
    padded = np.full(blocks * length, values[-1])
    padded[:count] = values[first:]
    grid = padded.reshape(blocks, length)
    ahead = of.accumulate(grid, axis=1).ravel()
    behind = of.accumulate(grid[:, ::-1], axis=1)[:, ::-1].ravel()
    out[first + length - 1 :] = of(behind[: count - length + 1], ahead[length - 1 : count])
    return out


def deviation(values: Floats, length: int) -> Floats:
    """Standard deviation of the last `length` values (of the whole, not of a sample)."""
    spread = _spread(values, simple(values, length), length, np.square)
    root: Floats = np.sqrt(spread)
    return root


def mean_deviation(values: Floats, length: int) -> Floats:
    """Mean distance of the last `length` values from their mean."""
    return _spread(values, simple(values, length), length, np.abs)


def _spread(values: Floats, mean: Floats, length: int, of: Callable[[Floats], Floats]) -> Floats:
    """Mean of `of` each value's distance from the window's mean, summed one age after the other."""
    out = nothing(len(values))
    begin = begin_of(mean)
    if begin < len(values):
        middle = mean[begin:]
        total = np.zeros(len(middle))
        for age in range(length):
            total += of(values[begin - age : len(values) - age] - middle)
        out[begin:] = total / length
    return out


def age_of_highest(values: Floats, length: int) -> Floats:
    """Bars since the highest of the last `length` values; the newest of equal ones counts."""
    best, age_of_best = nothing(len(values)), nothing(len(values))
    if 0 < length <= len(values):
        begin = length - 1
        top, at = values[begin - begin : len(values) - begin].copy(), np.full(len(values) - begin, float(begin))
        for age in range(length - 2, -1, -1):
            here = values[begin - age : len(values) - age]
            is_best = here >= top
            top[is_best] = here[is_best]
            at[is_best] = age
        best[begin:], age_of_best[begin:] = top, at
    return age_of_best


def true_range(high: Floats, low: Floats, close: Floats) -> Floats:
    """Largest of the bar's own range and its distances from the close before; NaN for the first bar."""
    out = nothing(len(high))
    before = close[:-1]
    out[1:] = np.maximum(high[1:], before) - np.minimum(low[1:], before)
    return out
