"""Every hop's times of the day: histograms of the core's and the terminal's own, by venue; the lines' health.

A reset only remembers what was counted so far and shows what came after it: it is this terminal's own, and the core
goes on counting.
"""

from msgspec import Struct

from hts.base.histogram import Histogram, place_of
from hts.desk.figures import qty_text
from hts.desk.order_xray import HOP_BUDGET_NS, took_text
from hts.desk.order_xray_stamps import TerminalStamps
from hts.desk.tables import Column, ListTable
from hts.desk.texts import Texts
from hts.model.trace import Hop, LatencyView, VenueHealth

BARS = 28
LOW_NS, HIGH_NS = 1_000, 1_000_000_000  # the axis of every distribution: a microsecond to a second
WHOLE = "whole"  # key to paint, of the terminal
PERCENTILES = (500, 990, 999)
WHOLE_BUDGET_NS = 50_000_000

Counted = dict[tuple[str, str], Histogram]


class LatencyRow(Struct, frozen=True, kw_only=True):
    """One hop at one venue, "" for those of the terminal."""

    hop: str
    name: str
    venue: str
    total: int
    p50: int
    p99: int
    p999: int
    largest: int
    budget: int
    bars: tuple[int, ...]
    mark: int  # the bar in which the budget lies

    @property
    def key(self) -> tuple[str, str]:
        """Hop and venue."""
        return self.hop, self.venue

    @property
    def is_over(self) -> bool:
        """Whether one in a hundred took longer than it may."""
        return self.p99 > self.budget


class HealthRow(Struct, frozen=True, kw_only=True):
    """One venue's lines."""

    health: VenueHealth

    @property
    def key(self) -> str:
        """The venue."""
        return self.health.venue


def latency_columns(texts: Texts) -> tuple[Column[LatencyRow], ...]:
    """Hop, venue, how many, distribution, percentiles, the longest, the budget."""

    def head(key: str) -> str:
        return texts(f"latency.{key}")

    return (
        Column(key="hop", head=head("hop"), width=104, text=lambda r: r.name, order=lambda r: r.name, is_right=False),
        Column(key="venue", head=head("venue"), width=58, text=lambda r: r.venue or "—", order=lambda r: r.venue,
               is_right=False, role="body_quiet"),
        Column(key="total", head=head("total"), rank=3, width=58, text=lambda r: qty_text(r.total),
               order=lambda r: r.total, role="body_quiet"),
        Column(key="bars", head=head("bars"), rank=2, width=132, text=lambda r: " ".join(map(str, r.bars)),
               order=lambda r: r.p50, is_right=False, is_drawn=True),
        Column(key="p50", head="p50", width=68, text=lambda r: took_text(r.p50), order=lambda r: r.p50,
               role="body_medium"),
        Column(key="p99", head="p99", width=68, text=lambda r: took_text(r.p99), order=lambda r: r.p99,
               role="body_medium"),
        Column(key="p999", head="p99.9", rank=4, width=68, text=lambda r: took_text(r.p999), order=lambda r: r.p999),
        Column(key="largest", head=head("largest"), rank=1, width=68, text=lambda r: took_text(r.largest),
               order=lambda r: r.largest),
        Column(key="budget", head=head("budget"), rank=5, width=68, text=lambda r: took_text(r.budget),
               order=lambda r: r.budget, role="body_quiet"),
    )  # fmt: skip


def health_columns(texts: Texts) -> tuple[Column[HealthRow], ...]:
    """Venue, session numbers, logons and breaks, the feed's counts."""

    def count(key: str, rank: int, width: int = 68) -> Column[HealthRow]:
        return Column(
            key=key, head=texts(f"latency.{key}"), rank=rank, width=width,
            text=lambda r: qty_text(getattr(r.health, key)), order=lambda r: getattr(r.health, key),
        )  # fmt: skip

    return (
        Column(key="venue", head=texts("latency.venue"), width=58, text=lambda r: r.health.venue,
               order=lambda r: r.health.venue, is_right=False, role="body_medium"),
        Column(key="silent", head=texts("latency.silent"), width=72, role="body_medium",
               text=lambda r: f"{qty_text(r.health.silent_ms)} ms" if r.health.silent_ms >= 0 else "—",
               order=lambda r: r.health.silent_ms),
        count("next_in_seq", 1),
        count("sessions", 2, 52),
        count("session_downs", 2, 52),
        count("delivered", 1, 78),
        count("duplicates", 3, 78),
        count("gaps", 0, 52),
        count("retransmits", 3, 62),
        count("snapshots", 4, 62),
        count("overflows", 5, 62),
        count("misfits", 6, 62),
    )  # fmt: skip


class LatencyState:
    """`hops` and `health` are the tables; `of` gives one hop's whole histogram."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._counted: Counted = {}
        self._before: Counted = {}
        self.hops = ListTable[LatencyRow](latency_columns(texts))
        self.health = ListTable[HealthRow](health_columns(texts))
        self.view: LatencyView | None = None

    def update(self, view: LatencyView | None, stamps: TerminalStamps) -> None:
        """Take the core's newest answer and the terminal's own counts."""
        self.view = view
        counted: Counted = {(hop.value, ""): found for hop, found in stamps.hops.items()}
        counted[WHOLE, ""] = stamps.whole
        for one in view.hops if view is not None else ():
            counted[one.hop.value, one.venue] = Histogram(one.counts, one.largest)
        self._counted = counted
        places = {hop.value: place for place, hop in enumerate(Hop)}
        keys = sorted(counted, key=lambda key: (places.get(key[0], len(places)), key[1]))
        self.hops.replace(row for key in keys if (row := self._row(key)).total)
        self.health.replace(HealthRow(health=one) for one in (view.venues if view is not None else ()))

    def reset(self) -> None:
        """Count from now on."""
        self._before = {key: Histogram(found.counts, found.largest) for key, found in self._counted.items()}

    def of(self, key: tuple[str, str]) -> Histogram:
        """What was counted of a hop since the reset."""
        found = self._counted.get(key, Histogram())
        before = self._before.get(key)
        return found if before is None else found.since(before)

    def _row(self, key: tuple[str, str]) -> LatencyRow:
        found = self.of(key)
        hop, venue = key
        budget = WHOLE_BUDGET_NS if hop == WHOLE else HOP_BUDGET_NS[Hop(hop)]
        p50, p99, p999 = (found.percentile(one) for one in PERCENTILES)
        return LatencyRow(
            hop=hop,
            name=self._texts(f"hop.{hop}"),
            venue=venue,
            total=found.total,
            p50=p50,
            p99=p99,
            p999=p999,
            largest=found.largest,
            budget=budget,
            bars=found.shares(LOW_NS, HIGH_NS, BARS),
            mark=place_of(budget, LOW_NS, HIGH_NS, BARS),
        )


def is_silent(health: VenueHealth) -> bool:
    """Whether the venue's feed is down or has said nothing for three seconds."""
    return health.silent_ms < 0 or health.silent_ms > 3_000
