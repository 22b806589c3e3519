"""First-order recursions over whole arrays without a Python loop per bar.

y[i] = y[i - 1] + weight * (x[i] - y[i - 1]) is linear: within a block of BLOCK values it is a triangular matrix times
the inputs plus a decaying share of the value before the block. So only one step per block is left for Python.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BLOCK = 64


def nothing(count: int) -> Floats:
    """No value for any of `count` bars."""
    return np.full(count, np.nan)


def begin_of(values: Floats) -> int:
    """Number of the first value that is one; all later ones are expected to be."""
    known = np.isfinite(values)
    return int(np.argmax(known)) if known.any() else len(values)


@lru_cache(maxsize=64)
def _kernel(weight: float) -> tuple[Floats, Floats]:
    """The block's matrix, and what is left of the value before it after each step."""
    ages = np.arange(BLOCK)[:, None] - np.arange(BLOCK)[None, :]
    keep = 1.0 - weight
    return np.where(ages >= 0, weight * keep ** np.maximum(ages, 0), 0.0), keep ** np.arange(1.0, BLOCK + 1)


def smoothed(values: Floats, weight: float, start: float) -> Floats:
    """The recursion over `values` (no NaN), with `start` as the value before the first."""
    count = len(values)
    blocks = -(-count // BLOCK)
    padded = np.zeros(blocks * BLOCK)
    padded[:count] = values
    kernel, decay = _kernel(weight)
    own = padded.reshape(blocks, BLOCK) @ kernel.T
    before = np.empty(blocks)
    level, faded = start, float(decay[-1])
    for block, last in enumerate(own[:, -1].tolist()):
        before[block] = level
        level = last + faded * level
    out: Floats = (own + before[:, None] * decay).ravel()[:count]
    return out


def seeded(values: Floats, length: int, weight: float) -> Floats:
    """The recursion begun with the mean of the first `length` values; leading NaN are passed over."""
    first = begin_of(values)
    out = nothing(len(values))
    if length < 1 or len(values) - first < length:
        return out
    begin = first + length - 1
    out[begin] = start = float(values[first : begin + 1].mean())
    out[begin + 1 :] = smoothed(values[begin + 1 :], weight, start)
    return out


def wilder(values: Floats, length: int) -> Floats:
    """Wilder's average: the weight of the newest value is 1 / length."""
    return seeded(values, length, 1.0 / length)
