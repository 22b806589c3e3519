"""Cells that light up for a moment because their figure moved; at most FLASHES_MAX at a time."""

from collections.abc import Hashable, Sequence
from typing import Any

from hts.desk.tables import Column

FLASH_NS = 200_000_000
FLASHES_MAX = 24


class Flashes:
    """By row and column; times are the terminal's."""

    def __init__(self) -> None:
        self._lit: dict[tuple[Hashable, str], tuple[int, int]] = {}  # until when, and which way the figure moved

    def __bool__(self) -> bool:
        return bool(self._lit)

    def note(self, old: Any, new: Any, columns: Sequence[Column[Any]], now_ns: int) -> None:
        """A row was exchanged for a newer one of the same key."""
        for column in columns:
            if column.flashes and len(self._lit) < FLASHES_MAX:
                change = column.order(new) - column.order(old)
                if change:
                    self._lit[new.key, column.key] = (now_ns + FLASH_NS, 1 if change > 0 else -1)

    def expire(self, now_ns: int) -> set[Hashable]:
        """Let go what has been lit long enough; the rows that changes."""
        over = [place for place, (until_ns, _) in self._lit.items() if until_ns <= now_ns]
        for place in over:
            del self._lit[place]
        return {key for key, _ in over}

    def of(self, key: Hashable, column: str) -> int:
        """1 or -1 while the cell is lit, else 0."""
        found = self._lit.get((key, column))
        return found[1] if found is not None else 0
