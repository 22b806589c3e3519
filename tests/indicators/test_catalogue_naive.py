"""Indicators that the library lacks, against plain loops written from their definitions; and what holds for all."""

import math

import numpy as np
import pytest

from hts.indicators.catalogue import INDICATORS, Bars, Reach
from hts.indicators.volumes import profile
from tests.indicators.bars import PER_SESSION, a_walk, same

B = a_walk()
COUNT = len(B.close)
NAN = math.nan


def naive_wma(x, n):
    out = [NAN] * len(x)
    for i in range(n - 1, len(x)):
        window = [x[i - j] for j in range(n)]
        if not any(math.isnan(v) for v in window):
            out[i] = sum(v * (n - j) for j, v in enumerate(window)) / (n * (n + 1) / 2)
    return out


def naive_hma(n):
    half, whole = naive_wma(B.close, n // 2), naive_wma(B.close, n)
    return [naive_wma([2 * a - b for a, b in zip(half, whole, strict=True)], int(math.sqrt(n)))]


def naive_vwap(factor):
    upper, middle, lower = [], [], []
    for i in range(COUNT):
        first = i // PER_SESSION * PER_SESSION
        qty = sum(B.qty[first : i + 1])
        mean = sum(B.value[first : i + 1]) / qty
        prices = [B.value[j] / B.qty[j] for j in range(first, i + 1)]
        spread = math.sqrt(sum(B.qty[first + j] * (px - mean) ** 2 for j, px in enumerate(prices)) / qty)
        upper.append(mean + factor * spread)
        middle.append(mean)
        lower.append(mean - factor * spread)
    return [upper, middle, lower]


def middle_of(i, n):
    return NAN if i + 1 < n else (max(B.high[i + 1 - n : i + 1]) + min(B.low[i + 1 - n : i + 1])) / 2


def naive_ichimoku(turn, base, span):
    rows = [(middle_of(i, turn), middle_of(i, base), middle_of(i, span)) for i in range(COUNT)]
    return [*zip(*((t, b, (t + b) / 2, s, B.close[i]) for i, (t, b, s) in enumerate(rows)), strict=True)]


def naive_supertrend(n, factor):
    atr, out = None, [[NAN] * COUNT, [NAN] * COUNT]
    ranges = [0.0] + [max(B.high[i], B.close[i - 1]) - min(B.low[i], B.close[i - 1]) for i in range(1, COUNT)]
    upper = lower = 0.0
    is_up = True
    for i in range(n, COUNT):
        atr = sum(ranges[1 : n + 1]) / n if atr is None else (atr * (n - 1) + ranges[i]) / n
        basic_up, basic_low = (B.high[i] + B.low[i]) / 2 + factor * atr, (B.high[i] + B.low[i]) / 2 - factor * atr
        if i == n:
            upper, lower = basic_up, basic_low
        else:
            upper = basic_up if basic_up < upper or B.close[i - 1] > upper else upper
            lower = basic_low if basic_low > lower or B.close[i - 1] < lower else lower
        if is_up and B.close[i] < lower:
            is_up = False
        elif not is_up and B.close[i] > upper:
            is_up = True
        out[0 if is_up else 1][i] = lower if is_up else upper
    return out


def naive_pivot():
    out = []
    for i in range(COUNT):
        first = (i // PER_SESSION - 1) * PER_SESSION
        if first < 0:
            out.append((NAN,) * 5)
            continue
        day = slice(first, first + PER_SESSION)
        h, low, c = max(B.high[day]), min(B.low[day]), B.close[day][-1]
        p = (h + low + c) / 3
        out.append((p + (h - low), 2 * p - low, p, 2 * p - h, p - (h - low)))
    return [*zip(*out, strict=True)]


def naive_psychological(n):
    rises = [0, *(B.close[i] > B.close[i - 1] for i in range(1, COUNT))]
    return [[NAN if i < n else 100 * sum(rises[i + 1 - n : i + 1]) / n for i in range(COUNT)]]


def naive_cmf(n):
    flow = [
        0.0 if h == low else ((c - low) - (h - c)) / (h - low) * q for h, low, c, q in zip(*B.range, B.qty, strict=True)
    ]
    return [[NAN if i + 1 < n else sum(flow[i + 1 - n : i + 1]) / sum(B.qty[i + 1 - n : i + 1]) for i in range(COUNT)]]


def naive_volume_ratio(n):
    out = []
    for i in range(COUNT):
        up = down = same_px = 0.0
        for j in range(i + 1 - n, i + 1) if i >= n else ():
            move = B.close[j] - B.close[j - 1]
            up, down, same_px = (
                up + B.qty[j] * (move > 0),
                down + B.qty[j] * (move < 0),
                same_px + B.qty[j] * (move == 0),
            )
        out.append(100 * (up + same_px / 2) / (down + same_px / 2) if i >= n else NAN)
    return [out]


CASES = [
    ("hma", (16,), naive_hma),
    ("vwap", (2.0,), naive_vwap),
    ("ichimoku", (9, 26, 52), naive_ichimoku),
    ("supertrend", (10, 3.0), naive_supertrend),
    ("pivot", (), naive_pivot),
    ("psychological", (10,), naive_psychological),
    ("cmf", (20,), naive_cmf),
    ("volume_ratio", (20,), naive_volume_ratio),
]


@pytest.mark.parametrize(("name", "parameters", "naive"), CASES, ids=[case[0] for case in CASES])
def test_as_the_definition_says(name, parameters, naive):
    lines, expected = INDICATORS[name].compute(B, *parameters), naive(*parameters)
    assert len(lines) == len(expected) == len(INDICATORS[name].outputs)
    for output, line, wanted in zip(INDICATORS[name].outputs, lines, expected, strict=True):
        # A deviation is the root of a small difference of large sums.
        assert same(line, wanted, rtol=1e-6 if name == "vwap" else 1e-9), output.name


def test_the_profile_spreads_each_bar_over_its_range():
    high, low = np.array([10.0, 4.0, 7.0, 12.0, 3.0]), np.array([2.0, 4.0, 7.0, 11.0, 1.0])
    qty = np.array([80.0, 5.0, 7.0, 100.0, 0.0])
    assert profile(high, low, qty, np.array([2.0, 4.0, 7.0, 10.0])).tolist() == [20.0, 35.0, 37.0]
    assert profile(high[1:2], low[1:2], qty[1:2], np.array([2.0, 4.0])).tolist() == [5.0]
    assert profile(high, low, qty * 0, np.array([2.0, 4.0, 7.0])).tolist() == [0.0, 0.0]


def defaults(one):
    return [p.default if p.decimals else int(p.default) for p in one.parameters]


def part(bars: Bars, begin: int, end: int | None = None) -> Bars:
    return Bars(*(column[begin:end] for column in bars))


def test_there_are_more_than_twenty_five():
    assert len(INDICATORS) == 40


@pytest.mark.parametrize("name", sorted(set(INDICATORS) - {"profile"}))
def test_every_length_of_series_gives_a_line_as_long(name):
    one = INDICATORS[name]
    for count in (0, 1, 2, 3, 15, 60):
        lines = one.compute(part(B, 0, count), *defaults(one))
        assert [len(line) for line in lines] == [count] * len(one.outputs)


@pytest.mark.parametrize(
    "name", sorted(n for n, one in INDICATORS.items() if one.reach is Reach.BARS and n != "profile")
)
def test_the_bars_within_reach_suffice_for_the_last_value(name):
    one, long = INDICATORS[name], a_walk(9_000, seed=3)
    values = defaults(one)
    begin = len(long.close) - int(one.bars(*values)) - 1
    for whole, tail in zip(one.compute(long, *values), one.compute(part(long, begin), *values), strict=True):
        assert same(whole[-1:], tail[-1:], rtol=1e-9), begin


@pytest.mark.parametrize("name", sorted(set(INDICATORS) - {"profile"}))
def test_a_market_that_stands_still_gives_no_nonsense(name):
    one = INDICATORS[name]
    flat, none = np.full(600, 5_000.0), np.zeros(600)
    bars = Bars(flat, flat, flat, flat, none, none, np.arange(600) // PER_SESSION)
    with np.errstate(all="raise"):
        lines = one.compute(bars, *defaults(one))
    assert all(not np.isinf(line).any() for line in lines)
