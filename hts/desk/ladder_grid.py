"""The ladder's price axis and which part of it is seen.

Every price between the day's limits has an index, 0 at the lower limit. A row of the ladder is an index: the top row
shows `top`, the next one `top - 1`. The axis never changes during a day, so a row is found by subtraction alone.

Nothing moves under the mouse: while the pointer is over the ladder, `follow` does nothing. The trader re-centres with
a key; after the pointer has left, the axis follows again as soon as the reference leaves the middle half.
"""

from bisect import bisect_left, bisect_right

from hts.model.instruments import Instrument, TickTable


class PriceGrid:
    """All valid prices of an issue's day, ascending."""

    def __init__(self, instrument: Instrument) -> None:
        self.prices = valid_prices(instrument.ticks, instrument.lower_px, instrument.upper_px)
        assert self.prices, f"no valid price between {instrument.lower_px} and {instrument.upper_px}"
        self._index = {px: i for i, px in enumerate(self.prices)}

    def __len__(self) -> int:
        return len(self.prices)

    def index(self, px: int) -> int:
        """Index of a price on the grid; of the next lower one when it lies between two."""
        found = self._index.get(px)
        return found if found is not None else max(0, bisect_right(self.prices, px) - 1)

    def px(self, index: int) -> int:
        """Price of an index; 0 outside the limits."""
        return self.prices[index] if 0 <= index < len(self.prices) else 0

    def row_px(self, px: int, *, up: bool = False) -> int:
        """The row that a price belongs to: its own, else the next lower or higher one."""
        if px in self._index:
            return px
        at = self.index(px)
        return self.prices[min(at + 1, len(self.prices) - 1)] if up and px > self.prices[at] else self.prices[at]

    def gathered(self, levels: dict[int, int], *, up: bool) -> dict[int, int]:
        """Quantities by row. Another venue may trade at prices between two rows: asks stand in the upper one."""
        if levels.keys() <= self._index.keys():
            return levels
        rows: dict[int, int] = {}
        for px, qty in levels.items():
            row = self.row_px(px, up=up)
            rows[row] = rows.get(row, 0) + qty
        return rows

    def distance(self, from_px: int, to_px: int) -> int:
        """Signed number of ticks from one price to another."""
        return self.index(to_px) - self.index(from_px)


def valid_prices(ticks: TickTable, lower_px: int, upper_px: int) -> tuple[int, ...]:
    """Every price of the tick table within the limits, ascending. The grid of a band begins at the band's start."""
    prices: list[int] = []
    ends = (*ticks.starts[1:], upper_px + 1)
    first = bisect_left(ticks.starts, max(lower_px, 1) + 1) - 1
    for start, end, step in list(zip(ticks.starts, ends, ticks.steps, strict=True))[max(first, 0) :]:
        low = max(start, lower_px, 1)
        prices.extend(range(-(-low // step) * step, min(end, upper_px + 1), step))
    return tuple(prices)


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
