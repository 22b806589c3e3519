"""Functions of a window of past bars, all issues at once: means, extremes, deviation, bands, stochastic, CCI.

Each takes tables with one column per bar, a day's or some minutes', oldest first, not-a-number where there is no
history, and tells one figure per issue; not-a-number where a bar that it needs is missing.
"""

from collections.abc import Callable

from msgspec import Struct

from hts.base.arrays import Floats, np
from hts.desk.screener_expr import Call

State = tuple[Floats, ...]  # what a function of past bars has come to, before the one that runs

BAND_WIDTH = 2.0  # standard deviations
CCI_SHARE = 0.015


class Days(Struct, frozen=True):
    """Past bars of all issues, newest last, one row per issue; not-a-number where there is no history."""

    close: Floats
    high: Floats
    low: Floats
    qty: Floats

    def before(self, count: int) -> "Days":
        """Without the newest ones."""
        end = self.close.shape[1] - count
        return Days(self.close[:, :end], self.high[:, :end], self.low[:, :end], self.qty[:, :end])


def newest(table: Floats, count: int, ago: int) -> Floats:
    """The newest bars of a table; `ago` bars before the last one."""
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


def _over(column: str, fold: Callable[..., Floats]) -> Callable[[Days, int, int], Floats]:
    """A column's newest bars as one figure."""

    def folded(days: Days, count: int, ago: int) -> Floats:
        made: Floats = fold(newest(getattr(days, column), count, ago), axis=1)
        return made

    return folded


WINDOWED: dict[str, Callable[[Days, int, int], Floats]] = {
    "ma": _over("close", np.mean),
    "close": _close,
    "sum_volume": _over("qty", np.sum),
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


# Of the bars before alone: the running one breaks out of them, or is compared with them.
FINISHED: dict[str, Callable[[Days, int, int], Floats]] = {
    "highest": _over("high", np.max),
    "lowest": _over("low", np.min),
    "avg_volume": _over("qty", np.mean),
}


def is_of_past(call: Call) -> bool:
    """Whether the running bar has no part in it."""
    return bool(call.ago) or call.name in FINISHED


def of_past(call: Call, finished: Days) -> Floats:
    """A function of a window of finished bars alone. `ago` counts back from the running one, whose close is open."""
    if call.name in FINISHED:
        return FINISHED[call.name](finished, call.days, call.ago)
    return WINDOWED[call.name](finished, call.days, call.ago - 1)
