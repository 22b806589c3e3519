"""Bounded queues: each names what happens when it is full."""

from collections import deque
from collections.abc import Hashable
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Overflow(Enum):
    """What a full queue does with one more item."""

    REFUSE = "refuse"
    HALT = "halt"


class QueueFull(Exception):  # noqa: N818  the noun is the field's
    """A queue with Overflow.HALT was full: the owner must stop trading."""


class BoundedQueue(Generic[T]):
    """First in, first out, with a bound and a policy."""

    def __init__(self, limit: int, overflow: Overflow) -> None:
        assert limit > 0, limit
        self._items: deque[T] = deque()
        self._limit = limit
        self._overflow = overflow

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> bool:
        """True when taken; False when refused. Raises QueueFull under Overflow.HALT."""
        if len(self._items) < self._limit:
            self._items.append(item)
            return True
        if self._overflow is Overflow.HALT:
            raise QueueFull(f"queue holds {self._limit} items, its limit")
        return False

    def drain(self) -> list[T]:
        """All items, oldest first; the queue is empty afterwards."""
        items = list(self._items)
        self._items.clear()
        return items


class ConflatingQueue(Generic[K, V]):
    """Latest value per key wins; keys leave in the order they first came. Bounded by the number of keys."""

    def __init__(self) -> None:
        self._latest: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._latest)

    def put(self, key: K, value: V) -> None:
        """Replace the waiting value of `key`, or add it."""
        self._latest[key] = value

    def drain(self) -> list[V]:
        """The waiting values; the queue is empty afterwards."""
        values = list(self._latest.values())
        self._latest = {}
        return values
