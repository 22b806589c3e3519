"""The ladder's price axis and which part of it is seen.

Every price between the day's limits has an index, 0 at the lower limit. A row of the ladder is an index: the top row
shows `top`, the next one `top - 1`. The axis never changes during a day, so a row is found by subtraction alone.

Nothing moves under the mouse: while the pointer is over the ladder, `follow` does nothing. The trader re-centres with
a key; after the pointer has left, the axis follows again as soon as the reference leaves the middle half.
"""

from bisect import bisect_left, bisect_right

from hts.model.instruments import Instrument, TickTable


class PriceGrid:
    """All valid prices of an issue's day, ascending; counted and not kept, for without limits there are very many."""

    def __init__(self, instrument: Instrument) -> None:
        bands = bands_of(instrument.ticks, instrument.lower_px, instrument.upper_px)
        assert bands, f"no valid price between {instrument.lower_px} and {instrument.upper_px}"
        self._firsts = tuple(prices.start for prices in bands)
        self._bands = bands
        self._starts: tuple[int, ...] = ()  # index of each band's first price
        self._size = 0
        for prices in bands:
            self._starts = (*self._starts, self._size)
            self._size += len(prices)
        self._rows: set[int] = set()  # prices that were asked for and are on the grid

    def __len__(self) -> int:
        return self._size

    def index(self, px: int) -> int:
        """Index of a price on the grid; of the next lower one when it lies between two."""
        at = bisect_right(self._firsts, px) - 1
        if at < 0:
            return 0
        prices = self._bands[at]
        return self._starts[at] + min((px - prices.start) // prices.step, len(prices) - 1)

    def px(self, index: int) -> int:
        """Price of an index; 0 outside the limits."""
        if not 0 <= index < self._size:
            return 0
        at = bisect_right(self._starts, index) - 1
        return self._bands[at][index - self._starts[at]]

    def row_px(self, px: int, *, up: bool = False) -> int:
        """The row that a price belongs to: its own, else the next lower or higher one."""
        if px in self._rows:
            return px
        at = self.index(px)
        below = self.px(at)
        if below == px:
            self._rows.add(px)
        return self.px(min(at + 1, self._size - 1)) if up and px > below else below

    def gathered(self, levels: dict[int, int], *, up: bool) -> dict[int, int]:
        """Quantities by row. Another venue may trade at prices between two rows: asks stand in the upper one."""
        if levels.keys() <= self._rows:
            return levels
        rows: dict[int, int] = {}
        for px, qty in levels.items():
            row = self.row_px(px, up=up)
            rows[row] = rows.get(row, 0) + qty
        return rows

    def distance(self, from_px: int, to_px: int) -> int:
        """Signed number of ticks from one price to another."""
        return self.index(to_px) - self.index(from_px)


def bands_of(ticks: TickTable, lower_px: int, upper_px: int) -> tuple[range, ...]:
    """Every price of the tick table within the limits, band by band. The grid of a band begins at the band's start."""
    ends = (*ticks.starts[1:], upper_px + 1)
    first = max(bisect_left(ticks.starts, max(lower_px, 1) + 1) - 1, 0)
    found = []
    for start, end, step in list(zip(ticks.starts, ends, ticks.steps, strict=True))[first:]:
        low = max(start, lower_px, 1)
        prices = range(-(-low // step) * step, min(end, upper_px + 1), step)
        if prices:
            found.append(prices)
    return tuple(found)


class LadderScroll:
    """Which index the top row shows.

    count: rows that are seen.
    top: index of the top row.
    hovering: the pointer is over the ladder, so nothing may move.
    """

    def __init__(self, size: int, count: int) -> None:
        self._size = size
        self.count = count
        self.top = min(size, count) - 1
        self.hovering = False

    @property
    def middle(self) -> int:
        """Index of the row in the middle."""
        return self.top - self.count // 2

    def resize(self, count: int) -> None:
        """Keep the middle where it is with another number of rows."""
        middle = self.middle
        self.count = count
        self.recentre(middle)

    def cut(self, count: int) -> None:
        """Keep every row where it is with another number of them: the lowest go, or come."""
        self.count = count
        self.top = self._clamped(self.top)

    def take_place(self, other: "LadderScroll") -> None:
        """Show the same rows as another view of the same axis, under the same pointer."""
        self.count, self.top, self.hovering = other.count, other.top, other.hovering

    def recentre(self, reference: int) -> None:
        """Put `reference` in the middle row, also under the pointer: the trader asked for it."""
        self.top = self._clamped(reference + self.count // 2)

    def scroll(self, rows: int) -> None:
        """Move by rows, upwards when positive."""
        self.top = self._clamped(self.top + rows)

    def follow(self, reference: int) -> bool:
        """Re-centre when the reference left the middle half and no pointer forbids it; whether the axis moved."""
        if self.hovering or abs(reference - self.middle) <= self.count // 4:
            return False
        before = self.top
        self.recentre(reference)
        return self.top != before

    def _clamped(self, top: int) -> int:
        return max(min(top, self._size - 1), min(self.count, self._size) - 1)
