"""Moving averages over whole arrays, for drawing only: floats in, floats out, NaN where there is no value yet."""

from math import isqrt

import numpy as np
from numpy.typing import NDArray

from hts.indicators.recursion import Floats, begin_of, nothing, seeded

Ints = NDArray[np.int64]


def simple(values: Floats, length: int) -> Floats:
    """Arithmetic mean of the last `length` values (SMA)."""
    return sums(values, length) / length if length > 0 else nothing(len(values))


def sums(values: Floats, length: int) -> Floats:
    """Sum of the last `length` values."""
    first = begin_of(values)
    out = nothing(len(values))
    if 0 < length <= len(values) - first:
        total = np.cumsum(values[first:], dtype=np.float64)
        out[first + length - 1] = total[length - 1]
        out[first + length :] = total[length:] - total[:-length]
    return out


def exponential(values: Floats, length: int) -> Floats:
    """EMA with the weight 2 / (length + 1), begun with the mean of the first `length` values."""
    return seeded(values, length, 2.0 / (length + 1))


def weighted(values: Floats, length: int) -> Floats:
    """WMA: the newest value weighs `length`, the oldest 1."""
    first = begin_of(values)
    out = nothing(len(values))
    if 0 < length <= len(values) - first:
        weights = np.arange(length, 0, -1.0)
        out[first + length - 1 :] = np.convolve(values[first:], weights, "valid") / weights.sum()
    return out


def double_exponential(values: Floats, length: int) -> Floats:
    """DEMA: twice the EMA less the EMA of the EMA."""
    once = exponential(values, length)
    return 2 * once - exponential(once, length)


def triple_exponential(values: Floats, length: int) -> Floats:
    """TEMA: 3 EMA - 3 EMA(EMA) + EMA(EMA(EMA))."""
    once = exponential(values, length)
    twice = exponential(once, length)
    return 3 * once - 3 * twice + exponential(twice, length)


def hull(values: Floats, length: int) -> Floats:
    """HMA: the WMA over sqrt(length) of twice the WMA of half the length less the WMA of the length."""
    raw = 2 * weighted(values, max(length // 2, 1)) - weighted(values, length)
    return weighted(raw, max(isqrt(length), 1))


def vwap(value: Floats, qty: Floats, session: Ints) -> Floats:
    """Volume-weighted average price from the start of each session; `session` numbers the session of each bar."""
    out = nothing(len(value))
    traded = since_session(qty, session)
    np.divide(since_session(value, session), traded, out=out, where=traded > 0)
    return out


def since_session(values: Floats, session: Ints) -> Floats:
    """Sum from the start of each session, the bar itself included."""
    if not len(values):
        return nothing(0)
    total = np.cumsum(values, dtype=np.float64)
    begins = np.r_[True, session[1:] != session[:-1]]
    starts = np.flatnonzero(begins)
    before: Floats = np.where(starts > 0, total[starts - 1], 0.0)[np.cumsum(begins) - 1]
    return total - before
