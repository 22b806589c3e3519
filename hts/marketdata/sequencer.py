"""Two lines that lose, reorder and double packets in, one sequence of packets without gaps or doubles out.

Theory of operation. Lines A and B carry the same packets; the first copy that fits is delivered, the other dropped.
Sequence numbers count records: a packet covers [first_seq, first_seq + count), and packet borders are the same on both
lines and in retransmission. A packet ahead of the next number waits. When the gap before it has not closed within
`reorder_ns` (the other line usually closes it), the missing range is asked for again; a request without effect is
repeated every `retry_ns`, and after `tries_max` of them, or when the gap is too wide to be worth it, the whole state
is asked for as a snapshot. A heartbeat (count 0) names the next number, so a loss at the very end is seen too.

The sequencer starts without a number: packets wait until the first snapshot says where they continue. A packet of a
later feed session restarts it at 1; earlier sessions are over and their packets are dropped.

    WAITING  --resume(snapshot)-->  LIVE  --gap too old, refused, too wide-->  WAITING
    any      --packet of a later session-->  LIVE at sequence 1

It only decides what to ask for and when: `next_request` hands out the request, the caller sends it.
"""

from typing import Union

from msgspec import Struct

from hts.model.effects import RequestRetransmit, RequestSnapshot
from hts.model.quotes import Packet

MS = 1_000_000


class SequencerConfig(Struct, frozen=True, kw_only=True):
    """Waiting times in monotonic nanoseconds, bounds in packets and records."""

    venue: str = "KRX"
    reorder_ns: int = 5 * MS
    retry_ns: int = 200 * MS
    tries_max: int = 5
    waiting_packets_max: int = 4096
    gap_records_max: int = 20_000
    request_records_max: int = 2_000


class SequencerStats(Struct, kw_only=True):
    """Counters since the start; read by the status view."""

    delivered: int = 0  # records
    duplicates: int = 0  # packets, the other line's copies included
    gaps: int = 0  # packets that arrived ahead of the next number
    retransmits: int = 0  # requests
    snapshots: int = 0  # requests
    stale_sessions: int = 0
    misfits: int = 0  # packets that begin before and end after the next number
    overflows: int = 0
    missing: int = 0  # records that no line brought in time, each once however often it is asked for


Request = Union[RequestRetransmit, RequestSnapshot]


class Sequencer:
    """See the module's text. `push` and `resume` return what may now be applied, in order."""

    def __init__(self, config: SequencerConfig) -> None:
        self._config = config
        self.stats = SequencerStats()
        self.session = 0  # 0: none seen
        self.next_seq = 0  # 0: unknown, waiting for a snapshot
        self._waiting: dict[int, Packet] = {}
        self._high_seq = 0  # one past the highest record known to exist
        self._ask_at_ns: int | None = None
        self._tries = 0
        self._missing_to = 0  # one past the highest record that was counted as missing
        self._asked_from = 0  # next_seq at the last request: progress starts the count of tries again
        # A snapshot is needed from the start; it is asked for at the first opportunity.
        self._needs_snapshot = True
        self._snapshot_at_ns: int | None = None

    @property
    def is_live(self) -> bool:
        """Whether a position in the sequence is known and no snapshot is awaited."""
        return self.next_seq > 0 and not self._needs_snapshot

    @property
    def has_gap(self) -> bool:
        """Whether records are known to exist that cannot be delivered yet."""
        return self._needs_snapshot or self._high_seq > self.next_seq

    def push(self, packet: Packet, mono_ns: int) -> list[Packet]:
        """Take one packet of any line; returns what is now in order."""
        if packet.session != self.session and not self._begin_session(packet.session):
            return []
        self._high_seq = max(self._high_seq, packet.first_seq + packet.count)
        if packet.count == 0:
            self._watch_gap(mono_ns)
            return []
        if not self.is_live or packet.first_seq > self.next_seq:
            self._wait(packet)
            self._watch_gap(mono_ns)
            return []
        if packet.first_seq < self.next_seq:
            if packet.first_seq + packet.count > self.next_seq:
                self.stats.misfits += 1
            else:
                self.stats.duplicates += 1
            return []
        return self._deliver(packet, mono_ns)

    def is_stale(self, session: int, next_seq: int) -> bool:
        """Whether a snapshot is older than what has been delivered: it must then not be applied."""
        return session < self.session or (session == self.session and next_seq < self.next_seq)

    def resume(self, session: int, next_seq: int, mono_ns: int) -> list[Packet]:
        """Continue behind a snapshot that the caller has applied; returns the packets that follow it."""
        assert not self.is_stale(session, next_seq), (session, next_seq, self.session, self.next_seq)
        assert next_seq > 0, next_seq
        if session != self.session:
            self._begin_session(session)
        self.next_seq = next_seq
        self._needs_snapshot = False
        self._snapshot_at_ns = None
        self._tries = 0
        self._ask_at_ns = None
        self._high_seq = max(self._high_seq, next_seq)
        self._waiting = {first: p for first, p in self._waiting.items() if first >= next_seq}
        packets = self._follow([])
        self._watch_gap(mono_ns)
        return packets

    def refuse(self, session: int) -> None:
        """The venue no longer has what was asked for: only a snapshot helps."""
        if session == self.session and self.has_gap:
            self._want_snapshot()

    def distrust(self) -> None:
        """What was delivered does not add up: nothing more is, until a snapshot replaces it."""
        self._want_snapshot()

    def next_request(self, mono_ns: int) -> Request | None:
        """The request that is due now, once; call until None after each push and at `next_timer_ns`."""
        if self._needs_snapshot:
            return self._snapshot_request(mono_ns)
        if self._ask_at_ns is None or mono_ns < self._ask_at_ns:
            return None
        missing = self._first_gap()
        if missing is None:
            self._ask_at_ns = None
            return None
        if self._asked_from != self.next_seq:
            self._tries = 0
        first_seq, count = missing
        if self._tries >= self._config.tries_max or self._high_seq - first_seq > self._config.gap_records_max:
            if self._tries == 0:
                here = sum(packet.count for packet in self._waiting.values())
                self._count_missing(first_seq, self._high_seq - first_seq - here)
            self._want_snapshot()
            return self._snapshot_request(mono_ns)
        self._count_missing(first_seq, count)
        self._tries += 1
        self._asked_from = self.next_seq
        self._ask_at_ns = mono_ns + self._config.retry_ns
        self.stats.retransmits += 1
        return RequestRetransmit(venue=self._config.venue, session=self.session, first_seq=first_seq, count=count)

    def next_timer_ns(self) -> int | None:
        """When `next_request` should be asked again; None when nothing is missing."""
        return self._snapshot_at_ns if self._needs_snapshot else self._ask_at_ns

    def _begin_session(self, session: int) -> bool:
        if session < self.session:
            self.stats.stale_sessions += 1
            return False
        is_first = self.session == 0
        self.session = session
        self._waiting = {}
        self._high_seq = 1
        self._missing_to = 0
        self._ask_at_ns = None
        self._tries = 0
        if not is_first:
            # A new feed session tells everything from its first record on, the issue list included.
            self.next_seq = 1
            self._needs_snapshot = False
            self._snapshot_at_ns = None
        return True

    def _wait(self, packet: Packet) -> None:
        if packet.first_seq in self._waiting:
            self.stats.duplicates += 1
            return
        self.stats.gaps += not self._needs_snapshot
        if len(self._waiting) >= self._config.waiting_packets_max:
            # What waits longest is what a snapshot will most likely cover.
            self.stats.overflows += 1
            del self._waiting[next(iter(self._waiting))]
            self._want_snapshot()
        self._waiting[packet.first_seq] = packet

    def _deliver(self, packet: Packet, mono_ns: int) -> list[Packet]:
        self.next_seq += packet.count
        self.stats.delivered += packet.count
        packets = [packet]
        if self._waiting:
            self._follow(packets)
            # The gap that was asked for is closed; a next one gets its own time to close.
            self._ask_at_ns = None
        self._watch_gap(mono_ns)
        return packets

    def _follow(self, packets: list[Packet]) -> list[Packet]:
        while (follower := self._waiting.pop(self.next_seq, None)) is not None:
            self.next_seq += follower.count
            self.stats.delivered += follower.count
            packets.append(follower)
        return packets

    def _watch_gap(self, mono_ns: int) -> None:
        if self._needs_snapshot:
            return
        if self._high_seq <= self.next_seq:
            self._ask_at_ns = None
        elif self._ask_at_ns is None:
            self._ask_at_ns = mono_ns + self._config.reorder_ns

    def _first_gap(self) -> tuple[int, int] | None:
        """First missing record and how many are missing before the next one that waits here."""
        if self._high_seq <= self.next_seq:
            return None
        waiting = [first for first in self._waiting if first > self.next_seq]
        end = min(waiting, default=self._high_seq)
        return self.next_seq, min(end - self.next_seq, self._config.request_records_max)

    def _count_missing(self, first_seq: int, count: int) -> None:
        end = first_seq + count
        if end > self._missing_to:
            self.stats.missing += end - max(first_seq, self._missing_to)
            self._missing_to = end

    def _want_snapshot(self) -> None:
        if not self._needs_snapshot:
            self._needs_snapshot = True
            self._snapshot_at_ns = None
            self._ask_at_ns = None

    def _snapshot_request(self, mono_ns: int) -> RequestSnapshot | None:
        if self._snapshot_at_ns is not None and mono_ns < self._snapshot_at_ns:
            return None
        self._snapshot_at_ns = mono_ns + self._config.retry_ns * self._config.tries_max
        self.stats.snapshots += 1
        return RequestSnapshot(venue=self._config.venue)
