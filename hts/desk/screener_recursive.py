"""Functions that remember every bar before, all issues at once: exponential mean, RSI, mean true range.

Each is a state before the first bar, what a bar makes of it, and what is read from it. A bar is high, low and close of
each issue, not-a-number where an issue has none: its state stays.
"""

from collections.abc import Callable

from msgspec import Struct

from hts.base.arrays import Floats, np
from hts.desk.screener_days import Days, State

Bars = tuple[Floats, Floats, Floats]  # high, low, close


class Recursive(Struct, frozen=True):
    """`blank(rows)`; `following(state, bars, count)`; `read(state, count)`, not-a-number where too little was seen."""

    blank: Callable[[int], State]
    following: Callable[[State, Bars, int], State]
    read: Callable[[State, int], Floats]

    def begin(self, days: Days, count: int) -> State:
        """After some bars."""
        state = self.blank(len(days.close))
        for bars in zip(days.high.T, days.low.T, days.close.T, strict=True):
            state = self.following(state, bars, count)
        return state

    def step(self, state: State, bars: Bars, count: int) -> Floats:
        """The figure with one bar more."""
        return self.read(self.following(state, bars, count), count)


def of_finished(recursive: Recursive, days: Days, count: int, ago: int) -> Floats:
    """The figure as it was `ago` bars before the running one, which has no part in it."""
    return recursive.read(recursive.begin(days.before(ago - 1), count), count)


# Level and number of closes: the weight is 2 / (count + 1), begun with the mean of the first closes.


def _ema_blank(rows: int) -> State:
    return np.zeros(rows), np.zeros(rows)


def _ema_following(state: State, bars: Bars, count: int) -> State:
    (level, seen), close = state, bars[2]
    known = ~np.isnan(close)
    seen = seen + known
    value = np.where(known, close, 0.0)
    begun = np.where(seen <= count, level + value / count, level + (value - level) * 2.0 / (count + 1))
    return np.where(known, begun, level), seen


def _ema_read(state: State, count: int) -> Floats:
    level, seen = state
    return np.where(seen >= count, level, np.nan)


# Mean rise, mean fall, number of changes, last close: Wilder's, begun over the first changes.


def _rsi_blank(rows: int) -> State:
    return np.zeros(rows), np.zeros(rows), np.zeros(rows), np.full(rows, np.nan)


def _rsi_following(state: State, bars: Bars, count: int) -> State:
    (up, down, seen, last), close = state, bars[2]
    known = ~(np.isnan(close) | np.isnan(last))
    change = np.where(known, close - last, 0.0)
    rise, fall = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    seen = seen + known
    begins = seen <= count
    up_next = np.where(begins, up + rise / count, (up * (count - 1) + rise) / count)
    down_next = np.where(begins, down + fall / count, (down * (count - 1) + fall) / count)
    return (
        np.where(known, up_next, up),
        np.where(known, down_next, down),
        seen,
        np.where(np.isnan(close), last, close),
    )


def _rsi_read(state: State, count: int) -> Floats:
    """50 where nothing moved."""
    up, down, seen, _ = state
    total = up + down
    value = np.full(len(up), 50.0)
    np.divide(100.0 * up, total, out=value, where=total > 0)
    return np.where(seen >= count, value, np.nan)


# Mean true range, number of ranges, last close: Wilder's, begun with the mean of the first.


def _atr_blank(rows: int) -> State:
    return np.zeros(rows), np.zeros(rows), np.full(rows, np.nan)


def _atr_following(state: State, bars: Bars, count: int) -> State:
    mean, seen, last = state
    high, low, close = bars
    reach = np.maximum(np.maximum(high - low, np.abs(high - last)), np.abs(low - last))
    known = ~np.isnan(reach)
    reach = np.where(known, reach, 0.0)
    seen = seen + known
    begun = np.where(seen <= count, mean + reach / count, (mean * (count - 1) + reach) / count)
    return np.where(known, begun, mean), seen, np.where(np.isnan(close), last, close)


def _atr_read(state: State, count: int) -> Floats:
    mean, seen, _ = state
    return np.where(seen >= count, mean, np.nan)


RECURSIVE: dict[str, Recursive] = {
    "ema": Recursive(_ema_blank, _ema_following, _ema_read),
    "rsi": Recursive(_rsi_blank, _rsi_following, _rsi_read),
    "atr": Recursive(_atr_blank, _atr_following, _atr_read),
}
