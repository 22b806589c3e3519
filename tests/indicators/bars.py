"""A seeded walk as columns, and how two lines are compared."""

import numpy as np

from hts.indicators.catalogue import Bars

SEED = 20_261_120
PER_SESSION = 90


def a_walk(count: int = 700, seed: int = SEED) -> Bars:
    dice = np.random.default_rng(seed)
    close = 200_000.0 + np.cumsum(dice.integers(-9, 10, count)) * 100
    opened = np.r_[close[0], close[:-1]] + dice.integers(-3, 4, count) * 100
    high = np.maximum(opened, close) + dice.integers(0, 6, count) * 100
    low = np.minimum(opened, close) - dice.integers(0, 6, count) * 100
    qty = dice.integers(1, 9_000, count).astype(float)
    return Bars(opened, high, low, close, qty, qty * (high + low + close) / 3, np.arange(count) // PER_SESSION)


def same(line, expected, rtol=1e-9, begin=0) -> bool:
    """Equal from `begin` on, values and gaps."""
    return np.allclose(line[begin:], np.asarray(expected, float)[begin:], rtol=rtol, atol=1e-6, equal_nan=True)
