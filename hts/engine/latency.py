"""How long an order takes, hop by hop: key to wire, wire to acceptance. For display only, never for a decision."""

from collections import OrderedDict, deque
from itertools import islice

from msgspec import Struct

from hts.base.histogram import Histogram
from hts.model.enums import ExecType
from hts.model.trace import Hop, HopCounts, OrderWay, Told
from hts.model.units import ClOrdID

RING = 512
ANSWERED_MAX = 256  # of the newest orders is told when their answers left
_KEY_AGE_MAX_NS = 10_000_000_000  # an older key press has another machine's clock
_ORDERS_MAX = 4_096
_TOLD_MAX = 32  # reports kept of one order: its first ones


class Stamps(Struct, frozen=True):
    """When the runner had the effects, had written their records, and had a request encoded."""

    decided_ns: int
    journaled_ns: int
    encoded_ns: int


NO_STAMPS = Stamps(0, 0, 0)


class Sent(Struct, kw_only=True):
    """Times of one order; microseconds, 0 when unknown."""

    venue: str
    key_ns: int
    from_ns: int
    read_ns: int
    sent_ns: int
    stamps: Stamps = NO_STAMPS
    sent_us: int = 0
    ack_ns: int = 0
    ack_us: int = 0
    published_ns: int = 0
    is_refused: bool = False  # by our own risk: nothing was sent
    told: list[Told] = []


class Latency:
    """Per order while it is young, rings of the last 512 for the percentiles, histograms for the rest of the day."""

    def __init__(self) -> None:
        self._orders: OrderedDict[ClOrdID, Sent] = OrderedDict()
        self._sent_us: deque[int] = deque(maxlen=RING)
        self._ack_us: deque[int] = deque(maxlen=RING)
        self._hops: dict[tuple[Hop, str], Histogram] = {}
        self.refused: deque[Sent] = deque(maxlen=RING)  # by our risk, not yet told to anybody

    def order_entered(self, order_id: ClOrdID, key_ns: int, mono_ns: int, venue: str = "") -> None:
        """An intent became an order. `key_ns` counts when it can be of the same clock."""
        is_ours = 0 < mono_ns - key_ns < _KEY_AGE_MAX_NS and key_ns > 0
        from_ns = key_ns if is_ours else mono_ns
        if len(self._orders) >= _ORDERS_MAX:
            self._orders.popitem(last=False)  # one at a time: to let go of many at once would hold up an order
        self._orders[order_id] = Sent(
            venue=venue,
            key_ns=key_ns if is_ours else 0,
            from_ns=from_ns,
            read_ns=mono_ns,
            sent_ns=mono_ns,
            sent_us=(mono_ns - from_ns) // 1_000,
        )

    def order_refused(self, order_id: ClOrdID) -> None:
        """Our risk said no to what has just been entered."""
        sent = self._orders[order_id]
        sent.is_refused = True
        self.refused.append(sent)

    def refusals_told(self, decided_ns: int, journaled_ns: int, published_ns: int) -> None:
        """Their records are written and their views are with the terminals' connections."""
        for sent in self.refused:
            sent.stamps = Stamps(decided_ns, journaled_ns, 0)
            sent.published_ns = published_ns
        self.refused.clear()

    def request_sent(self, order_id: ClOrdID, mono_ns: int, stamps: Stamps = NO_STAMPS) -> None:
        """The bytes are with the operating system."""
        sent = self._orders.get(order_id)
        if sent is None:
            return
        sent.sent_ns = mono_ns
        sent.sent_us = (mono_ns - sent.from_ns) // 1_000
        self._sent_us.append(sent.sent_us)
        if stamps is not NO_STAMPS:
            sent.stamps = stamps
            self._count(sent, mono_ns)

    def _count(self, sent: Sent, wire_ns: int) -> None:
        stamps, venue = sent.stamps, sent.venue
        if sent.key_ns:
            self._record(Hop.LINK, venue, sent.read_ns - sent.key_ns)
        self._record(Hop.CHECK, venue, stamps.decided_ns - sent.read_ns)
        self._record(Hop.JOURNAL, venue, stamps.journaled_ns - stamps.decided_ns)
        self._record(Hop.ENCODE, venue, stamps.encoded_ns - stamps.journaled_ns)
        self._record(Hop.WIRE, venue, wire_ns - stamps.encoded_ns)

    def _record(self, hop: Hop, venue: str, ns: int) -> None:
        found = self._hops.get((hop, venue))
        if found is None:
            found = self._hops[hop, venue] = Histogram()
        found.record(ns)

    def order_accepted(self, order_id: ClOrdID, mono_ns: int) -> None:
        """The venue's acceptance was read."""
        sent = self._orders.get(order_id)
        if sent is not None and not sent.ack_us:
            sent.ack_us = max(1, (mono_ns - sent.sent_ns) // 1_000)
            self._ack_us.append(sent.ack_us)
            self._record(Hop.VENUE, sent.venue, mono_ns - sent.sent_ns)

    def told(self, order_id: ClOrdID, told: Told) -> None:
        """The venue reported something of the order: an acceptance, a fill, a refusal."""
        sent = self._orders.get(order_id)
        if sent is None or len(sent.told) >= _TOLD_MAX:
            return
        sent.told.append(told)
        if not sent.ack_ns and told.exec_type in (ExecType.NEW, ExecType.REJECTED, ExecType.TRADE):
            sent.ack_ns = told.mono_ns

    def published(self, order_id: ClOrdID, mono_ns: int) -> None:
        """The venue's first answer is with the terminals' connections."""
        sent = self._orders.get(order_id)
        if sent is not None and sent.ack_ns and not sent.published_ns:
            sent.published_ns = mono_ns
            self._record(Hop.PUBLISH, sent.venue, mono_ns - sent.ack_ns)

    def answered(self) -> tuple[tuple[ClOrdID, int], ...]:
        """The newest orders whose answer is with the terminals' connections, and since when."""
        newest = islice(reversed(self._orders.items()), ANSWERED_MAX)
        return tuple((order_id, sent.published_ns) for order_id, sent in newest if sent.published_ns)

    def slowest_us(self, order_id: ClOrdID) -> int:
        """The longer of the two ways of one order; 0 when unknown."""
        return max(self.of(order_id))

    def of(self, order_id: ClOrdID) -> tuple[int, int]:
        """(sent_us, ack_us) of an order, zeros when unknown."""
        sent = self._orders.get(order_id)
        return (sent.sent_us, sent.ack_us) if sent is not None else (0, 0)

    def way_of(self, order_id: ClOrdID) -> tuple[OrderWay, tuple[Told, ...]]:
        """Ends of hops and the venue's reports; empty when the order is no longer young."""
        sent = self._orders.get(order_id)
        if sent is None:
            return OrderWay(), ()
        way = OrderWay(
            key_ns=sent.key_ns,
            read_ns=sent.read_ns,
            decided_ns=sent.stamps.decided_ns,
            journaled_ns=sent.stamps.journaled_ns,
            encoded_ns=sent.stamps.encoded_ns,
            wire_ns=sent.sent_ns if sent.stamps is not NO_STAMPS and not sent.is_refused else 0,
            ack_ns=sent.ack_ns,
            published_ns=sent.published_ns,
        )
        return way, tuple(sent.told)

    @property
    def hops(self) -> tuple[HopCounts, ...]:
        """All histograms."""
        return tuple(
            HopCounts(hop=hop, venue=venue, counts=found.counts, largest=found.largest)
            for (hop, venue), found in self._hops.items()
        )

    def percentiles(self) -> tuple[int, int, int, int]:
        """Sent p50, sent p99, ack p50, ack p99 in microseconds."""
        return (*_p50_p99(self._sent_us), *_p50_p99(self._ack_us))


def _p50_p99(ring: deque[int]) -> tuple[int, int]:
    if not ring:
        return 0, 0
    ordered = sorted(ring)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
