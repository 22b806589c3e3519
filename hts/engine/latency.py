"""How long an order takes: key or intent to wire, wire to acceptance. For display only, never for a decision."""

from collections import deque
from itertools import islice

from msgspec import Struct

from hts.model.units import ClOrdID

RING = 512
_KEY_AGE_MAX_NS = 10_000_000_000  # an older key press has another machine's clock
_ORDERS_MAX = 4_096


class Sent(Struct, kw_only=True):
    """Times of one order; microseconds, 0 when unknown."""

    from_ns: int
    sent_ns: int
    sent_us: int = 0
    ack_us: int = 0


class Latency:
    """Per order while it is young, and rings of the last 512 for the percentiles."""

    def __init__(self) -> None:
        self._orders: dict[ClOrdID, Sent] = {}
        self._sent_us: deque[int] = deque(maxlen=RING)
        self._ack_us: deque[int] = deque(maxlen=RING)

    def order_entered(self, order_id: ClOrdID, key_ns: int, mono_ns: int) -> None:
        """An intent became an order. `key_ns` counts when it can be of the same clock."""
        from_ns = key_ns if 0 < mono_ns - key_ns < _KEY_AGE_MAX_NS and key_ns > 0 else mono_ns
        if len(self._orders) >= _ORDERS_MAX:
            self._orders = dict(islice(self._orders.items(), _ORDERS_MAX // 2, None))
        self._orders[order_id] = Sent(from_ns=from_ns, sent_ns=mono_ns, sent_us=(mono_ns - from_ns) // 1_000)

    def request_sent(self, order_id: ClOrdID, mono_ns: int) -> None:
        """The bytes are with the operating system."""
        sent = self._orders.get(order_id)
        if sent is not None:
            sent.sent_ns = mono_ns
            sent.sent_us = (mono_ns - sent.from_ns) // 1_000
            self._sent_us.append(sent.sent_us)

    def order_accepted(self, order_id: ClOrdID, mono_ns: int) -> None:
        """The venue's acceptance was read."""
        sent = self._orders.get(order_id)
        if sent is not None and not sent.ack_us:
            sent.ack_us = max(1, (mono_ns - sent.sent_ns) // 1_000)
            self._ack_us.append(sent.ack_us)

    def slowest_us(self, order_id: ClOrdID) -> int:
        """The longer of the two ways of one order; 0 when unknown."""
        return max(self.of(order_id))

    def of(self, order_id: ClOrdID) -> tuple[int, int]:
        """(sent_us, ack_us) of an order, zeros when unknown."""
        sent = self._orders.get(order_id)
        return (sent.sent_us, sent.ack_us) if sent is not None else (0, 0)

    def percentiles(self) -> tuple[int, int, int, int]:
        """Sent p50, sent p99, ack p50, ack p99 in microseconds."""
        return (*_p50_p99(self._sent_us), *_p50_p99(self._ack_us))


def _p50_p99(ring: deque[int]) -> tuple[int, int]:
    if not ring:
        return 0, 0
    ordered = sorted(ring)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
