"""Rows of a table that differ from what is painted: in a panel a few are updated at a time, for a short paint."""

from collections.abc import Callable

ROWS_AT_ONCE = 10  # are painted in half a millisecond, in twice that where the caches of the processor are cold


class RowParts:
    """Numbers of visible rows, in the order in which they came to differ. `is_whole`: nobody asks for the next part."""

    def __init__(self, update: Callable[[int], None]) -> None:
        self._update = update
        self._waiting: dict[int, None] = {}
        self.is_whole = True

    def __bool__(self) -> bool:
        """Whether any row waits."""
        return bool(self._waiting)

    def note(self, row: int) -> None:
        """A row differs."""
        self._waiting[row] = None

    def update(self) -> bool:
        """Update the next part, about as large as those that follow; False when nothing waited."""
        waiting = list(self._waiting)
        parts = 1 if self.is_whole else -(-len(waiting) // ROWS_AT_ONCE)
        now = waiting[: -(-len(waiting) // parts)] if waiting else []
        for row in now:
            del self._waiting[row]
            self._update(row)
        return bool(now)
