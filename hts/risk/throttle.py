"""Counting in machine time: how many in the last second or minute, and was this very order just sent.

All of them remember a bounded number of past events and are fed by what went out (and, in a replay, by the records of
it), so that a recovered core has the same memory. A new process has a new monotonic clock: it starts empty.
"""

from collections import deque

from hts.model.enums import OrdType, Side

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
_DUPLICATES_REMEMBERED = 64

OrderKey = tuple[str, Side, OrdType, int, int]
"""symbol, side, type, price, quantity: what makes two orders the same order."""


class RateWindow:
    """A sliding window over the last `limit` events: full when the oldest of them is younger than `span_ns`."""

    def __init__(self, limit: int, span_ns: int = SECOND_NS) -> None:
        self.limit = limit
        self._span_ns = span_ns
        self._sent: deque[int] = deque(maxlen=limit or 1)

    def set_limit(self, limit: int) -> None:
        """Another limit; of what is remembered the newest stays."""
        if limit != self.limit:
            self.limit = limit
            self._sent = deque(self._sent, maxlen=limit or 1)

    def note(self, mono_ns: int) -> None:
        """One more."""
        self._sent.append(mono_ns)

    def clear(self) -> None:
        """Forget all."""
        self._sent.clear()

    def allows(self, mono_ns: int) -> bool:
        """Whether one more keeps within the limit."""
        sent = self._sent
        return not self.limit or len(sent) < self.limit or mono_ns - sent[0] >= self._span_ns

    def free_ns(self, mono_ns: int) -> int:
        """When one more would keep within the limit; `mono_ns` when it does now."""
        return mono_ns if self.allows(mono_ns) else self._sent[0] + self._span_ns

    def count(self, mono_ns: int) -> int:
        """How many lie within the span, up to the limit."""
        return sum(mono_ns - sent < self._span_ns for sent in self._sent)

    @property
    def state(self) -> tuple[int, ...]:
        """For the state hash."""
        return tuple(self._sent)


class RecentOrders:
    """The last orders and when they went out."""

    def __init__(self) -> None:
        self._sent: deque[tuple[int, OrderKey, int]] = deque(maxlen=_DUPLICATES_REMEMBERED)

    def note(self, key: OrderKey, mono_ns: int, parent_id: int = 0) -> None:
        """An order went out; `parent_id` is the order that it is a part of."""
        self._sent.append((mono_ns, key, parent_id))

    def clear(self) -> None:
        """Forget all."""
        self._sent.clear()

    def age_ns(self, key: OrderKey, mono_ns: int, window_ns: int, parent_id: int = 0) -> int | None:
        """How long ago the same order went out, if that was less than `window_ns` ago.

        Parts of one order may be the same: they go to several venues, and again where one found nothing.
        """
        for sent_ns, sent, sent_parent in reversed(self._sent):
            if mono_ns - sent_ns >= window_ns:
                return None
            if sent == key and not (parent_id and sent_parent == parent_id):
                return mono_ns - sent_ns
        return None

    def count(self, key: OrderKey, mono_ns: int, window_ns: int) -> int:
        """How often the same order went out within `window_ns`."""
        found = 0
        for sent_ns, sent, _ in reversed(self._sent):
            if mono_ns - sent_ns >= window_ns:
                break
            found += sent == key
        return found

    @property
    def state(self) -> tuple[tuple[int, str, str, str, int, int], ...]:
        """For the state hash."""
        return tuple(
            (sent_ns, symbol, side.value, ord_type.value, px, qty)
            for sent_ns, (symbol, side, ord_type, px, qty), _ in self._sent
        )
