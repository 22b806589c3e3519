"""Functions of past days with today as the newest, all issues at once: deviation, bands, stochastic, CCI, true range.

Each takes tables with one column per day, oldest first, not-a-number where there is no history, and tells one figure
per issue; not-a-number where a day that it needs is missing.
"""

from collections.abc import Callable

from hts.base.arrays import Floats, np
from hts.desk.screener_universe import Days, State

BAND_WIDTH = 2.0  # standard deviations
CCI_SHARE = 0.015


def newest(table: Floats, count: int, ago: int) -> Floats:
    """The newest days of a table; `ago` days before the last one."""
    end = table.shape[1] - ago
    if end < count:
        return np.full((len(table), 1), np.nan)
    return table[:, end - count : end]


def _deviation(days: Days, count: int, ago: int) -> Floats:
    made: Floats = newest(days.close, count, ago).std(axis=1)
    return made


def _band(sign: float) -> Callable[[Days, int, int], Floats]:
    def band(days: Days, count: int, ago: int) -> Floats:
        window = newest(days.close, count, ago)
        made: Floats = window.mean(axis=1) + sign * BAND_WIDTH * window.std(axis=1)
        return made

    return band


def _stochastic(days: Days, count: int, ago: int) -> Floats:
    """Where the close stands between the lowest and the highest price, in percent; unknown where they are one."""
    low, high = newest(days.low, count, ago).min(axis=1), newest(days.high, count, ago).max(axis=1)
    return _ratio((newest(days.close, 1, ago)[:, 0] - low) * 100, high - low)


def _cci(days: Days, count: int, ago: int) -> Floats:
    """How far the typical price is from its mean, in mean deviations; 0 where nothing moved."""
    typical = (newest(days.close, count, ago) + newest(days.high, count, ago) + newest(days.low, count, ago)) / 3
    mean = typical.mean(axis=1)
    away = typical[:, -1] - mean
    spread = np.abs(typical - mean[:, None]).mean(axis=1)
    made: Floats = np.where(spread == 0, 0.0, _ratio(away, CCI_SHARE * spread))
    return made


def _close(days: Days, count: int, ago: int) -> Floats:
    """The close so many days before."""
    return newest(days.close, 1, count + ago)[:, 0]


WINDOWED: dict[str, Callable[[Days, int, int], Floats]] = {
    "close": _close,
    "deviation": _deviation,
    "band_up": _band(1.0),
    "band_down": _band(-1.0),
    "stochastic": _stochastic,
    "cci": _cci,
}


def _ratio(part: Floats, whole: Floats) -> Floats:
    out = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=(whole != 0) & ~np.isnan(whole))
    return out


def range_begin(days: Days, count: int) -> State:
    """Mean true range, number of ranges and last close after some days: Wilder's, begun with the mean of the first."""
    rows = len(days.close)
    state: State = (np.zeros(rows), np.zeros(rows), np.full(rows, np.nan))
    for high, low, close in zip(days.high.T, days.low.T, days.close.T, strict=True):
        state = _range_next(state, (high, low, close), count)
    return state


def _range_next(state: State, day: tuple[Floats, Floats, Floats], count: int) -> State:
    mean, seen, last = state
    high, low, close = day
    reach = np.maximum(np.maximum(high - low, np.abs(high - last)), np.abs(low - last))
    known = ~np.isnan(reach)
    reach = np.where(known, reach, 0.0)
    seen = seen + known
    begun = np.where(seen <= count, mean + reach / count, (mean * (count - 1) + reach) / count)
    return np.where(known, begun, mean), seen, np.where(np.isnan(close), last, close)


def range_step(state: State, day: tuple[Floats, Floats, Floats], count: int) -> Floats:
    """The mean true range with one day more."""
    mean, seen, _ = _range_next(state, day, count)
    return np.where(seen >= count, mean, np.nan)
