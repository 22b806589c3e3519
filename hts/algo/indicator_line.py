"""One indicator over the closes of bars, close by close, and whether a bar has met its condition.

Averages and bands are compared exactly, in integers: n closes with the sum S have the mean S / n, and
close >= mean + k sigma is asked as n close - S >= k sqrt(n Q - S^2) with the sum of squares Q. EMA and RSI are
recursive, so they are floats; the same closes give the same floats on every machine.
"""

from collections import deque
from itertools import pairwise
from math import isqrt

from hts.model.conditional import IndicatorCondition, IndicatorKind

MILLI = 1_000
MINUTE_S = 60
HOUR_S = 3_600
PERIOD_MAX = 500
SMOOTH = 4  # a recursive indicator wants so many periods of past before it depends on its beginning no more


def is_computable(condition: IndicatorCondition) -> bool:
    """Whether its terms make sense."""
    if not 1 <= condition.period <= PERIOD_MAX or (
        condition.period < 2 and condition.indicator is not IndicatorKind.SMA
    ):
        return False
    if not MINUTE_S <= condition.timeframe_s <= HOUR_S or condition.timeframe_s % MINUTE_S:
        return False
    if condition.indicator is IndicatorKind.RSI:
        return 0 < condition.level_milli < 100 * MILLI
    return not condition.level_milli and condition.width_milli > 0


def minutes_wanted(condition: IndicatorCondition) -> int:
    """One-minute bars of the past that make it reliable."""
    return (SMOOTH * condition.period + 2) * condition.timeframe_s // MINUTE_S


class IndicatorLine:
    """The indicator as far as bars have closed. `is_beyond`: whether the last bar's close met it, None before there
    are enough bars.
    """

    __slots__ = ("_average", "_closes", "_condition", "_down", "_last", "_up", "is_beyond")

    def __init__(self, condition: IndicatorCondition) -> None:
        self._condition = condition
        self._closes: deque[int] = deque(maxlen=condition.period + 1)
        self._average: float | None = None
        self._up: float | None = None
        self._down = 0.0
        self._last = 0
        self.is_beyond: bool | None = None

    def take(self, close_px: int) -> bool:
        """A bar has closed; whether it makes the condition true."""
        before = self.is_beyond
        beyond = self._look(close_px)
        self.is_beyond = beyond
        if not beyond:
            return False
        return before is False if self._condition.crosses else True

    def _look(self, close_px: int) -> bool | None:
        condition = self._condition
        self._closes.append(close_px)
        if condition.indicator is IndicatorKind.EMA:
            return self._is_beyond_average(close_px)
        if condition.indicator is IndicatorKind.RSI:
            return self._is_rsi_beyond(close_px)
        closes = list(self._closes)[-condition.period :]
        if len(closes) < condition.period:
            return None
        away = condition.period * close_px - sum(closes)  # from the mean, times the period
        if condition.indicator is not IndicatorKind.SMA:
            away -= self._band(closes)
        return away >= 0 if condition.is_above else away <= 0

    def _band(self, closes: list[int]) -> int:
        """The band's distance from the mean times the period, rounded away from the mean."""
        count, total = len(closes), sum(closes)
        square = count * sum(px * px for px in closes) - total * total
        width = self._condition.width_milli
        distance = -(-isqrt(width * width * square) // MILLI)
        return distance if self._condition.indicator is IndicatorKind.UPPER else -distance

    def _is_beyond_average(self, close_px: int) -> bool | None:
        period = self._condition.period
        if self._average is None:
            if len(self._closes) < period:
                return None
            self._average = sum(list(self._closes)[-period:]) / period
        else:
            self._average += 2.0 / (period + 1) * (close_px - self._average)
        return close_px >= self._average if self._condition.is_above else close_px <= self._average

    def _is_rsi_beyond(self, close_px: int) -> bool | None:
        period, last = self._condition.period, self._last
        self._last = close_px
        if self._up is None:
            if len(self._closes) <= period:
                return None
            closes = list(self._closes)
            changes = [after - before for before, after in pairwise(closes)]
            self._up = sum(max(change, 0) for change in changes) / period
            self._down = sum(max(-change, 0) for change in changes) / period
        else:
            change = close_px - last
            self._up += (max(change, 0) - self._up) / period
            self._down += (max(-change, 0) - self._down) / period
        moved = self._up + self._down
        level = 100.0 * MILLI * self._up / moved if moved else 50.0 * MILLI
        wanted = self._condition.level_milli
        return level >= wanted if self._condition.is_above else level <= wanted
