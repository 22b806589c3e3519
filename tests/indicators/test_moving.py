import math
import random

import numpy as np

from hts.indicators.moving import exponential, simple, vwap

SEED = 20_261_120


def values(count: int) -> np.ndarray:
    dice = random.Random(SEED)
    return np.array([dice.randrange(100_000, 300_000) for _ in range(count)], np.float64)


def same(line: np.ndarray, expected: list[float]) -> bool:
    return np.allclose(line, expected, rtol=1e-12, atol=1e-9, equal_nan=True)


def test_the_simple_average_equals_the_naive_one():
    x = values(300)
    for length in (1, 5, 20, 60, 300):
        naive = [math.nan if i + 1 < length else sum(x[i + 1 - length : i + 1]) / length for i in range(len(x))]
        assert same(simple(x, length), naive), length


def test_too_few_values_give_no_average():
    assert same(simple(values(4), 5), [math.nan] * 4)
    assert same(exponential(values(4), 5), [math.nan] * 4)
    assert len(simple(values(0), 5)) == 0


def test_the_exponential_average_begins_with_the_mean_and_weighs_the_newest():
    assert same(exponential(np.array([2.0, 4.0, 9.0, 1.0]), 2), [math.nan, 3.0, 7.0, 3.0])


def test_vwap_begins_anew_with_each_session_and_equals_the_naive_one():
    px, qty = values(40), values(40) // 1_000
    qty[20:22] = 0
    session = np.array([0] * 20 + [1] * 20)
    naive = []
    for i in range(40):
        begin = 0 if i < 20 else 20
        shares = qty[begin : i + 1].sum()
        naive.append((px * qty)[begin : i + 1].sum() / shares if shares else math.nan)
    assert same(vwap(px * qty, qty, session), naive)
    assert len(vwap(values(0), values(0), np.zeros(0, np.int64))) == 0
