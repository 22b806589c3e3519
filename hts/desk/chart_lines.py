"""The chart's averages: computed over the whole series when it is replaced, by their tails while trades come in."""

import numpy as np
from numpy.typing import NDArray

from hts.indicators.moving import simple, vwap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LENGTHS = (5, 20, 60)
CLOSE, QTY, VALUE = 3, 4, 5


class ChartLines:
    """values: one array per line, as long as the series, NaN where there is no value yet."""

    def __init__(self, *, has_vwap: bool) -> None:
        self._has_vwap = has_vwap
        self._count = 0
        self._kept: dict[str, Floats] = {}
        self._session = -1
        self._before = (0.0, 0.0)  # value and quantity of the session's finished bars

    @property
    def values(self) -> dict[str, Floats]:
        """Lines by name."""
        return {name: line[: self._count] for name, line in self._kept.items()}

    def replace(self, columns: Floats, session: Ints) -> None:
        """Compute all lines anew."""
        self._count = columns.shape[1]
        lines = {f"ma{length}": simple(columns[CLOSE], length) for length in LENGTHS}
        if self._has_vwap:
            lines["vwap"] = vwap(columns[VALUE], columns[QTY], session)
        self._kept = {name: np.concatenate([line, np.full(len(line) + 64, np.nan)]) for name, line in lines.items()}
        self._session = int(session[-1]) if self._count else -1
        finished = (session == self._session)[:-1] if self._count else np.zeros(0, bool)
        done = columns[:, :-1][:, finished] if self._count else columns
        self._before = (float(done[VALUE].sum()), float(done[QTY].sum()))

    def follow(self, columns: Floats, session: int) -> None:
        """The last bar changed, or one was added."""
        count = columns.shape[1]
        if not self._kept or count > min(len(line) for line in self._kept.values()):
            self._grow()
        if count > self._count:
            self._finish_bar(columns, count, int(session))
        self._count = count
        for length in LENGTHS:
            tail = columns[CLOSE, max(count - length, 0) :]
            self._kept[f"ma{length}"][count - 1] = tail.mean() if len(tail) == length else np.nan
        if self._has_vwap:
            value = self._before[0] + columns[VALUE, -1]
            qty = self._before[1] + columns[QTY, -1]
            self._kept["vwap"][count - 1] = value / qty if qty else np.nan

    def _finish_bar(self, columns: Floats, count: int, session: int) -> None:
        if session != self._session:
            self._session, self._before = session, (0.0, 0.0)
        elif count > 1:
            value, qty = self._before
            self._before = (value + float(columns[VALUE, -2]), qty + float(columns[QTY, -2]))

    def _grow(self) -> None:
        names = [f"ma{length}" for length in LENGTHS] + (["vwap"] if self._has_vwap else [])
        empty = np.zeros(0)
        kept = {name: self._kept.get(name, empty) for name in names}
        self._kept = {name: np.concatenate([line, np.full(len(line) + 64, np.nan)]) for name, line in kept.items()}
