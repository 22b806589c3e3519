"""Time and sales: every print of an issue in a ring, the filter that picks, and the pace.

Theory of operation: the prints of a frame arrive as one batch and become rows of an int array; picking and joining are
done on the arrays, so that a thousand prints cost little more than one. A row has a number that never changes, newest
highest, and lies at its number modulo the ring's size: adding, looking up and forgetting cost the same whatever is
kept. What the filter picked stands in a second ring; another filter fills that one anew from the first.

Joined: prints of the same instant, side and venue are one row with their count, since one order that met many is one
event. The newest joined row is open until another instant begins.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hts.desk.figures import clock_text
from hts.model.quotes import TradeUpdate
from hts.model.venues import VENUE_PLACE

Ints = NDArray[np.int64]

KEPT = 20_000
TRADE_NS, PX, QTY, SIDE, VENUE, COUNT = range(6)
PACE_NS = 5_000_000_000  # the pace is that of the last five seconds
BIG_FACTOR = 8  # without a figure of the user's, a print of so many times the mean is big
VENUES = tuple(VENUE_PLACE)
QTY_DIGITS_MAX = 9
NOTED_MAX = 64  # frames of prints that wait until somebody looks


class Print(Struct, frozen=True, kw_only=True):
    """One row. `side` +1 bought, -1 sold, 0 in an auction; `count` prints are joined in it."""

    number: int
    trade_ns: int
    px: int
    qty: int
    side: int
    venue: str
    count: int

    @property
    def time(self) -> str:
        """Time of day in milliseconds."""
        return clock_text(self.trade_ns, with_ms=True)


class TapeFilter(Struct, frozen=True, kw_only=True):
    """What is shown. `side` 0 and an empty venue pick all; `is_joined` joins before it picks."""

    qty_min: int = 0
    side: int = 0
    venue: str = ""
    is_joined: bool = False


class Ring:
    """Rows by number, the newest KEPT of them. `total`: rows ever added, so that the next number is `total`."""

    def __init__(self, kept: int = KEPT) -> None:
        self._rows: Ints = np.zeros((kept, 6), np.int64)
        self._kept = kept
        self.total = 0

    def __len__(self) -> int:
        return min(self.total, self._kept)

    def extend(self, rows: Ints) -> None:
        """Add rows, oldest first; of more than fit, the newest stay."""
        count = len(rows)
        if count > self._kept:
            self.total += count - self._kept
            rows = rows[-self._kept :]
        at = self.total % self._kept
        first = min(self._kept - at, len(rows))
        self._rows[at : at + first] = rows[:first]
        self._rows[: len(rows) - first] = rows[first:]
        self.total += len(rows)

    def row(self, number: int) -> Ints:
        """The row of a number that is kept."""
        assert self.total - len(self) <= number < self.total, number
        found: Ints = self._rows[number % self._kept]
        return found

    def all(self) -> Ints:
        """All rows that are kept, oldest first."""
        if self.total <= self._kept:
            return self._rows[: self.total]
        at = self.total % self._kept
        return np.concatenate([self._rows[at:], self._rows[:at]])


class Tape:
    """One issue's prints. `filter` picks; `big_qty` is the user's figure for a big print, 0 for one by the mean."""

    def __init__(self, kept: int = KEPT) -> None:
        self.filter = TapeFilter()
        self.big_qty = 0
        self._every = Ring(kept)
        self._picked = Ring(kept)
        self._open: Ints | None = None  # the newest joined row
        self._qty_sum = 0
        self._noted: list[tuple[Sequence[TradeUpdate], int]] = []
        self._pace: deque[tuple[int, int, int]] = deque()  # (machine time, prints, quantity) of a frame

    def __len__(self) -> int:
        return len(self._picked) + self._has_open

    @property
    def total(self) -> int:
        """Rows picked since the filter was set; the newest row's number is one less."""
        return self._picked.total + self._has_open

    @property
    def _has_open(self) -> bool:
        return self._open is not None and self._passes(self._open)

    def note(self, trades: Sequence[TradeUpdate], now_ns: int) -> None:
        """Prints of a frame, oldest first, as `add` takes them; what is shown follows with `take`."""
        if trades:
            self._noted.append((trades, now_ns))
            if len(self._noted) >= NOTED_MAX:
                self.take()

    def take(self) -> None:
        """All prints that were noted, at once: that costs what those of one frame do."""
        if self._noted:
            noted, self._noted = self._noted, []
            self._add(noted)

    def add(self, trades: Sequence[TradeUpdate], now_ns: int) -> None:
        """Take prints, oldest first; `now_ns` is the machine's time, 0 for ones of before. Figures are no print."""
        self.note(trades, now_ns)
        self.take()

    def _add(self, noted: Sequence[tuple[Sequence[TradeUpdate], int]]) -> None:
        found = []
        for trades, now_ns in noted:
            prints = [_row_of(trade) for trade in trades if trade.qty]
            found += prints
            if now_ns and prints:
                self._pace.append((now_ns, len(prints), sum(row[QTY] for row in prints)))
        if found:
            rows = np.array(found, np.int64)
            self._every.extend(rows)
            self._qty_sum += int(rows[:, QTY].sum())
            self._pick(rows)

    def set_filter(self, wanted: TapeFilter) -> None:
        """Pick anew from all prints that are kept."""
        if wanted != self.filter:
            self.filter = wanted
            self._picked, self._open = Ring(self._picked._kept), None  # noqa: SLF001  another of our own
            self._pick(self._every.all())

    def row(self, number: int) -> Print:
        """The picked row of a number; it must be one of the newest `len(self)`."""
        is_open = number == self._picked.total and self._open is not None
        values = self._open if is_open and self._open is not None else self._picked.row(number)
        trade_ns, px, qty, side, venue, count = values.tolist()
        return Print(number=number, trade_ns=trade_ns, px=px, qty=qty, side=side, venue=VENUES[venue], count=count)

    def pace(self, now_ns: int) -> tuple[int, int]:
        """Prints and quantity per second over the last five seconds, in tenths."""
        while self._pace and self._pace[0][0] <= now_ns - PACE_NS:
            self._pace.popleft()
        prints, qty = sum(one[1] for one in self._pace), sum(one[2] for one in self._pace)
        tenths = PACE_NS // 1_000_000_000
        return prints * 10 // tenths, qty * 10 // tenths

    def is_big(self, qty: int) -> bool:
        """Whether a print stands out."""
        limit = self.big_qty or (self._qty_sum * BIG_FACTOR // self._every.total if self._every.total else 0)
        return qty >= limit > 0

    def _passes(self, row: Ints) -> bool:
        return bool(self._mask(row.reshape(1, -1))[0])

    def _mask(self, rows: Ints) -> NDArray[np.bool_]:
        wanted = self.filter
        mask: NDArray[np.bool_] = rows[:, QTY] >= wanted.qty_min
        if wanted.side:
            mask &= rows[:, SIDE] == wanted.side
        if wanted.venue:
            mask &= rows[:, VENUE] == VENUE_PLACE.get(wanted.venue, -1)
        return mask

    def _pick(self, rows: Ints) -> None:
        if self.filter.is_joined and len(rows):
            if self._open is not None:
                rows = np.vstack([self._open, rows])
            rows = joined(rows)
            self._open, rows = rows[-1].copy(), rows[:-1]
        self._picked.extend(rows[self._mask(rows)])


def _row_of(trade: TradeUpdate) -> tuple[int, ...]:
    side = (trade.side == "1") - (trade.side == "2")
    return trade.trade_ns, trade.px, trade.qty, side, VENUE_PLACE.get(trade.venue, 0), 1


def joined(rows: Ints) -> Ints:
    """Neighbours of one instant, side and venue as one row, at the last one's price."""
    keys = rows[:, (TRADE_NS, SIDE, VENUE)]
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]).any(axis=1)])
    ends = np.r_[starts[1:], len(rows)] - 1
    made: Ints = rows[ends].copy()
    made[:, QTY] = np.add.reduceat(rows[:, QTY], starts)
    made[:, COUNT] = np.add.reduceat(rows[:, COUNT], starts)
    return made


def stored_figure(value: object) -> int:
    """A count that a layout kept; 0 for anything else."""
    return value if type(value) is int and 0 <= value < 10**QTY_DIGITS_MAX else 0


def figure_of(text: str) -> int:
    """What was typed as a count; 0 for nothing or anything else."""
    bare = text.replace(",", "").strip()
    return int(bare) if bare.isascii() and bare.isdigit() else 0
