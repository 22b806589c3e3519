"""Trends: their direction and strength, and lines that follow them."""

import numpy as np

from hts.indicators.oscillators import ratio
from hts.indicators.recursion import Floats, nothing, smoothed, wilder
from hts.indicators.rolling import Range, age_of_highest, highest, lowest, true_range


def atr(bars: Range, length: int) -> Floats:
    """Wilder's average of the true range."""
    return wilder(true_range(*bars), length)


def directional(bars: Range, length: int) -> tuple[Floats, Floats, Floats]:
    """+DI, -DI and ADX."""
    high, low, _ = bars
    if not len(high):
        return nothing(0), nothing(0), nothing(0)
    rises, falls = np.diff(high), -np.diff(low)
    up = np.where((rises > 0) & (rises > falls), rises, 0.0)
    down = np.where((falls > 0) & (falls > rises), falls, 0.0)
    span = _summed(true_range(*bars)[1:], length)
    plus, minus = (100 * ratio(_summed(move, length), span, 0.0) for move in (up, down))
    adx = wilder(100 * ratio(np.abs(plus - minus), plus + minus, 0.0), length)
    return plus, minus, adx


def _summed(moves: Floats, length: int) -> Floats:
    """Wilder's running sum, one longer than `moves`: begun with the first length - 1 of them."""
    out = nothing(len(moves) + 1)
    if 0 < length <= len(moves):
        out[length:] = length * smoothed(moves[length - 1 :], 1.0 / length, float(moves[: length - 1].sum()) / length)
    return out


def aroon(high: Floats, low: Floats, length: int) -> tuple[Floats, Floats]:
    """How new the highest and the lowest of the last `length` + 1 bars are, in percent."""
    up, down = age_of_highest(high, length + 1), age_of_highest(-low, length + 1)
    return 100 * (length - up) / length, 100 * (length - down) / length


def ichimoku(bars: Range, turn: int, base: int, span: int) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Turning line, base line, both leading spans and the lagging close, none of them displaced."""
    high, low, close = bars
    turning, baseline, slow = ((highest(high, n) + lowest(low, n)) / 2 for n in (turn, base, span))
    return turning, baseline, (turning + baseline) / 2, slow, close


def parabolic(high: Floats, low: Floats, step: float, most: float) -> Floats:
    """Wilder's parabolic stop and reverse.

    Each value depends on the turn before, so the bars are walked one by one.
    """
    out = nothing(len(high))
    if len(high) < 2:
        return out
    highs, lows = high.tolist(), low.tolist()
    sign = -1.0 if lows[0] > lows[1] and highs[1] - highs[0] < lows[0] - lows[1] else 1.0
    # Turned upside down while falling, both directions are one: `top` is the far end of a bar, `floor` the near one.
    extreme, stop = (highs[1], lows[0]) if sign > 0 else (-lows[1], -highs[0])
    speed = min(step, most)
    before_high, before_low, found = highs[1], lows[1], []
    for i in range(1, len(highs)):
        floor = lows[i] if sign > 0 else -highs[i]
        if floor <= stop:
            sign = -sign
            near, near_before = (lows[i], before_low) if sign > 0 else (-highs[i], -before_high)
            stop, speed, extreme = min(-extreme, near_before, near), min(step, most), -floor
            found.append(sign * stop)
        else:
            found.append(sign * stop)
            top = highs[i] if sign > 0 else -lows[i]
            near, near_before = floor, before_low if sign > 0 else -before_high
            if top > extreme:
                extreme, speed = top, min(speed + step, most)
        stop = min(stop + speed * (extreme - stop), near_before, near)
        before_high, before_low = highs[i], lows[i]
    out[1:] = found
    return out


def supertrend(bars: Range, length: int, factor: float) -> tuple[Floats, Floats]:
    """The line that trails the close by a multiple of the range: below a rising market, above a falling one."""
    high, low, close = bars
    reach = factor * atr(bars, length)
    middle = (high + low) / 2
    tops, floors, closes = (middle + reach).tolist(), (middle - reach).tolist(), close.tolist()
    below, above = nothing(len(close)), nothing(len(close))
    begin = length
    if begin >= len(closes):
        return below, above
    is_up, top, floor = True, tops[begin], floors[begin]
    for i in range(begin, len(closes)):
        if i > begin:
            floor = max(floors[i], floor) if closes[i - 1] >= floor else floors[i]
            top = min(tops[i], top) if closes[i - 1] <= top else tops[i]
        is_up = closes[i] >= floor if is_up else closes[i] > top
        (below if is_up else above)[i] = floor if is_up else top
    return below, above
