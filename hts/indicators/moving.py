"""Moving averages over whole arrays, for drawing only: floats in, floats out, NaN where there is no value yet."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def simple(values: Floats, length: int) -> Floats:
    """Arithmetic mean of the last `length` values (SMA)."""
    out = np.full(len(values), np.nan)
    if 0 < length <= len(values):
        sums = np.cumsum(values, dtype=np.float64)
        out[length - 1] = sums[length - 1] / length
        out[length:] = (sums[length:] - sums[:-length]) / length
    return out


def exponential(values: Floats, length: int) -> Floats:
    """EMA with the weight 2 / (length + 1), begun with the mean of the first `length` values."""
    out = np.full(len(values), np.nan)
    if not 0 < length <= len(values):
        return out
    weight = 2.0 / (length + 1)
    level = float(np.mean(values[:length]))
    out[length - 1] = level
    for i in range(length, len(values)):
        level += weight * (values[i] - level)
        out[i] = level
    return out


def vwap(value: Floats, qty: Floats, session: NDArray[np.int64]) -> Floats:
    """Volume-weighted average price from the start of each session; `session` numbers the session of each bar."""
    out = np.full(len(value), np.nan)
    if not len(value):
        return out
    value_sums, qty_sums = np.cumsum(value, dtype=np.float64), np.cumsum(qty, dtype=np.float64)
    starts = np.flatnonzero(np.r_[True, session[1:] != session[:-1]])
    which = np.cumsum(np.r_[False, session[1:] != session[:-1]])
    value_before = np.where(starts > 0, value_sums[starts - 1], 0.0)[which]
    qty_before = np.where(starts > 0, qty_sums[starts - 1], 0.0)[which]
    traded = qty_sums - qty_before
    np.divide(value_sums - value_before, traded, out=out, where=traded > 0)
    return out
