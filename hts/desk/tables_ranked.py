"""A list that stays sorted while single entries change, at a cost that hardly grows with its length.

Entries stand in blocks of at most BLOCK; putting or taking one moves at most a block, and finding the place is two
bisections. The n-th entry is found by walking over the blocks' lengths: ten thousand entries are some forty blocks.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

BLOCK = 512

V = TypeVar("V")
Entry = tuple[Any, int, Any]  # rank, number of entry (never equal, so values are never compared), value


class Ranked(Generic[V]):
    """Values by rank; of equal rank in the order of their numbers."""

    def __init__(self, entries: Iterable[tuple[Any, int, V]] = ()) -> None:
        ordered = sorted(entries, key=lambda entry: entry[:2])
        half = BLOCK // 2
        self._blocks: list[list[Entry]] = [list(ordered[at : at + half]) for at in range(0, len(ordered), half)]
        self._count = len(ordered)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[V]:
        return (value for block in self._blocks for _, _, value in block)

    def add(self, rank: Any, number: int, value: V) -> None:
        """Put a value in its place."""
        self._count += 1
        if not self._blocks:
            self._blocks.append([(rank, number, value)])
            return
        at = self._block_of(rank, number)
        block = self._blocks[at]
        insort(block, (rank, number, value), key=_place)
        if len(block) > BLOCK:
            self._blocks[at : at + 1] = [block[: BLOCK // 2], block[BLOCK // 2 :]]

    def remove(self, rank: Any, number: int) -> None:
        """Take the value out that was added so."""
        at = self._block_of(rank, number)
        block = self._blocks[at]
        i = bisect_left(block, (rank, number), key=_place)
        assert block[i][:2] == (rank, number), (rank, number)
        del block[i]
        self._count -= 1
        if not block:
            del self._blocks[at]

    def at(self, position: int) -> V:
        """The value at a position from the lowest rank."""
        assert 0 <= position < self._count, position
        value: V
        if position > self._count // 2:  # from the nearer end
            left = self._count
            for block in reversed(self._blocks):
                left -= len(block)
                if position >= left:
                    value = block[position - left][2]
                    return value
        for block in self._blocks:
            if position < len(block):
                value = block[position][2]
                return value
            position -= len(block)
        raise AssertionError(position)

    def position(self, rank: Any, number: int) -> int:
        """Where the value stands that was added so."""
        at = self._block_of(rank, number)
        before = sum(len(block) for block in self._blocks[:at])
        return before + bisect_left(self._blocks[at], (rank, number), key=_place)

    def _block_of(self, rank: Any, number: int) -> int:
        """The block that holds the place: the last one whose first entry is not behind it."""
        low, high = 0, len(self._blocks) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._blocks[middle][0][:2] <= (rank, number):
                low = middle
            else:
                high = middle - 1
        return low


def _place(entry: tuple[Any, ...]) -> tuple[Any, int]:
    return entry[0], entry[1]
