"""Counting orders in machine time: how many in the last second, and was this very order just sent.

Both remember a bounded number of past orders and are fed by the orders that went out (and, in a replay, by their
records), so that a recovered core has the same memory. A new process has a new monotonic clock: it starts empty.
"""

from collections import deque

from hts.model.enums import OrdType, Side

SECOND_NS = 1_000_000_000
_DUPLICATES_REMEMBERED = 64

OrderKey = tuple[str, Side, OrdType, int, int]
"""symbol, side, type, price, quantity: what makes two orders the same order."""


class RateWindow:
    """A sliding window over the last `limit` orders: full when the oldest of them is younger than a second."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._sent: deque[int] = deque(maxlen=limit or 1)

    def note(self, mono_ns: int) -> None:
        """An order went out."""
        self._sent.append(mono_ns)

    def clear(self) -> None:
        """Forget all."""
        self._sent.clear()

    def allows(self, mono_ns: int) -> bool:
        """Whether one more order keeps within the limit."""
        sent = self._sent
        return not self._limit or len(sent) < self._limit or mono_ns - sent[0] >= SECOND_NS

    @property
    def state(self) -> tuple[int, ...]:
        """For the state hash."""
        return tuple(self._sent)


class RecentOrders:
    """The last orders and when they went out."""

    def __init__(self) -> None:
        self._sent: deque[tuple[int, OrderKey]] = deque(maxlen=_DUPLICATES_REMEMBERED)

    def note(self, key: OrderKey, mono_ns: int) -> None:
        """An order went out."""
        self._sent.append((mono_ns, key))

    def clear(self) -> None:
        """Forget all."""
        self._sent.clear()

    def age_ns(self, key: OrderKey, mono_ns: int, window_ns: int) -> int | None:
        """How long ago the same order went out, if that was less than `window_ns` ago."""
        for sent_ns, sent in reversed(self._sent):
            if mono_ns - sent_ns >= window_ns:
                return None
            if sent == key:
                return mono_ns - sent_ns
        return None

    @property
    def state(self) -> tuple[tuple[int, str, str, str, int, int], ...]:
        """For the state hash."""
        return tuple(
            (sent_ns, symbol, side.value, ord_type.value, px, qty)
            for sent_ns, (symbol, side, ord_type, px, qty) in self._sent
        )
