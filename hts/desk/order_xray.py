"""One order's way, hop by hop, against its budgets.

Budgets: ours from the key to the wire is 1 ms, a backend's from the intent to the published answer 10 ms, what a
retail user notices from the key to the paint 50 ms. The budgets of the hops to the wire add up to ours.
"""

from typing import Final

from msgspec import Struct

from hts.base.histogram import Histogram
from hts.desk.order_xray_stamps import NOTHING, TerminalTimes
from hts.model.trace import Hop, LatencyView, OrderWay

US: Final = 1_000
MS: Final = 1_000_000

HOP_BUDGET_NS: Final = {
    Hop.KEY: 300 * US,
    Hop.LINK: 250 * US,
    Hop.CHECK: 150 * US,
    Hop.JOURNAL: 150 * US,
    Hop.ENCODE: 75 * US,
    Hop.WIRE: 75 * US,
    Hop.VENUE: 5 * MS,
    Hop.PUBLISH: 300 * US,
    Hop.RETURN: 17 * MS,  # a frame of the screen
    Hop.PAINT: 17 * MS,
}
TERMINAL_HOPS: Final = frozenset({Hop.KEY, Hop.RETURN, Hop.PAINT})
UNKNOWN: Final = -1
BEND: Final = 780  # thousandths of the ruler before it bends, where it does


class HopTime(Struct, frozen=True, kw_only=True):
    """One hop. `begin_ns` counts from the way's beginning; `took_ns` is UNKNOWN where it was not measured."""

    hop: Hop
    begin_ns: int
    took_ns: int
    budget_ns: int

    @property
    def is_known(self) -> bool:
        """Whether it was measured."""
        return self.took_ns != UNKNOWN

    @property
    def is_over(self) -> bool:
        """Whether it took longer than it may."""
        return self.took_ns > self.budget_ns


class Span(Struct, frozen=True, kw_only=True):
    """A budget over several hops; `key` is that of the text catalogue ("order_xray.span_ours")."""

    key: str
    took_ns: int
    budget_ns: int


class Way(Struct, frozen=True, kw_only=True):
    """All hops in order. `start_ns`: its beginning on the machine's clock; `total_ns`: the end of the last known."""

    hops: tuple[HopTime, ...]
    spans: tuple[Span, ...]
    start_ns: int
    total_ns: int
    answer_ns: int  # from the beginning to the venue's answer, UNKNOWN before it

    @property
    def slowest(self) -> HopTime | None:
        """The hop with the longest time up to the venue's answer, or of all when nothing was answered."""
        known = [hop for hop in self.hops if hop.is_known and hop.took_ns]
        decisive = [hop for hop in known if hop.hop not in (Hop.PUBLISH, Hop.RETURN, Hop.PAINT)] or known
        return max(decisive, key=lambda hop: hop.took_ns, default=None)

    @property
    def has_key(self) -> bool:
        """Whether it began with a key; what the core sends later begins with its decision."""
        return any(hop.is_known for hop in self.hops if hop.hop in (Hop.KEY, Hop.LINK))

    @property
    def over_count(self) -> int:
        """Hops that took longer than they may."""
        return sum(hop.is_over for hop in self.hops)


def make_way(way: OrderWay, times: TerminalTimes = NOTHING) -> Way:
    """The hops of an order from the core's stamps and the terminal's."""
    start = times.key_ns or way.key_ns or way.read_ns
    ends = (
        (Hop.KEY, min(times.sent_ns, way.read_ns or times.sent_ns)),  # a core may read before `send` has returned
        (Hop.LINK, way.read_ns if start != way.read_ns else 0),
        (Hop.CHECK, way.decided_ns),
        (Hop.JOURNAL, way.journaled_ns),
        (Hop.ENCODE, way.encoded_ns),
        (Hop.WIRE, way.wire_ns),
        (Hop.VENUE, way.ack_ns),
        (Hop.PUBLISH, way.published_ns),
        (Hop.RETURN, times.heard_ns),
        (Hop.PAINT, times.painted_ns),
    )
    hops, before = [], start
    for hop, end in ends:
        took = max(end - before, 0) if end and start else UNKNOWN
        hops.append(HopTime(hop=hop, begin_ns=before - start, took_ns=took, budget_ns=HOP_BUDGET_NS[hop]))
        before = max(before, end) if start else before
    return Way(
        hops=tuple(hops),
        spans=(
            _span("span_ours", start, way.wire_ns, 1 * MS),
            _span("span_backend", way.read_ns, way.published_ns, 10 * MS),
            _span("span_retail", times.key_ns or way.key_ns, times.painted_ns, 50 * MS),
        ),
        start_ns=start,
        total_ns=before - start,
        answer_ns=way.ack_ns - start if way.ack_ns and start else UNKNOWN,
    )


class Ruler(Struct, frozen=True, kw_only=True):
    """A way on one line of 1,000 parts, to its very end: up to `bend_ns` on one scale, and beyond on a shorter one."""

    bend_ns: int
    total_ns: int

    @property
    def is_bent(self) -> bool:
        """Whether there are two scales."""
        return self.bend_ns < self.total_ns

    def place(self, ns: int) -> int:
        """Where a time lies, in thousandths of the line."""
        if not self.is_bent:
            return min(ns, self.total_ns) * 1_000 // max(self.total_ns, 1)
        if ns <= self.bend_ns:
            return ns * BEND // self.bend_ns
        return BEND + (min(ns, self.total_ns) - self.bend_ns) * (1_000 - BEND) // (self.total_ns - self.bend_ns)


def ruler_of(way: Way) -> Ruler:
    """One scale, unless the wait for the screen's own frames is more than half: it would squeeze the rest."""
    back = next((hop.begin_ns for hop in way.hops if hop.hop is Hop.RETURN and hop.is_known), 0)
    is_squeezed = way.answer_ns > 0 and 0 < back * 2 < way.total_ns
    return Ruler(bend_ns=back if is_squeezed else way.total_ns, total_ns=way.total_ns)


def _span(key: str, begin: int, end: int, budget_ns: int) -> Span:
    return Span(key=f"order_xray.{key}", took_ns=end - begin if begin and end else UNKNOWN, budget_ns=budget_ns)


def usual_ns(latency: LatencyView | None, own: dict[Hop, Histogram], venue: str) -> dict[Hop, int]:
    """The median of each hop today, of the core's at this venue; hops without any are left out."""
    found = {hop: one.percentile(500) for hop, one in own.items() if one.total}
    for counts in latency.hops if latency is not None else ():
        if counts.venue == venue and counts.counts:
            found[counts.hop] = Histogram(counts.counts, counts.largest).percentile(500)
    return found


def took_text(ns: int) -> str:
    """A duration with its unit: `212 µs`, `1.34 ms`, `16.7 ms`, `2.10 s`; a dash for one that is not known."""
    if ns < 0:
        return "—"
    if ns < 1_000_000:
        return f"{ns // 1_000}.{ns // 100 % 10} µs" if ns < 100_000 else f"{ns // 1_000} µs"
    if ns < 1_000_000_000:
        hundredths = ns // 10_000
        if ns < 10_000_000:
            return f"{hundredths // 100}.{hundredths % 100:02d} ms"
        return f"{hundredths // 100:,}.{hundredths // 10 % 10} ms"
    return f"{ns // 1_000_000_000:,}.{ns // 10_000_000 % 100:02d} s"
