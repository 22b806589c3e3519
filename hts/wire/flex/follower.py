"""Two FLEX lines of one multicast group in, one sequence of packets out; what both lost is asked for over TCP.

Theory of operation. Packets of a group are numbered from 1, anew after each start of the venue's system
(`number_of_system_reboots`, which runs modulo 256). Whichever line brings a number first is taken. A packet ahead of
the next number waits; if the gap before it stays open for `reorder_ns`, the missing range is asked for again (R), and
again every `retry_ns` without progress. After `tries_max` requests in vain the state is asked for instead (L): a
snapshot says after which number it holds, replaces everything before, and reading goes on behind it. When that fails
as often, the range is given up and reported as lost: the reader then knows that its books are wrong.

One request is open at a time, because the packets of an answer do not say what they answer. Where the end of an answer
does not come within `retry_ns`, `is_overdue` tells the owner to close the connection and to call `answer_ended`; what
still comes from it is dropped.

`next_seq` 0 begins in the middle of a day: a snapshot is asked for first. A packet of an earlier start is from the
past and is dropped; one of a later start begins at 1 again, and nothing of the old start is asked for any more.

A snapshot that leads no further than what was delivered is dropped. What waits is
bounded by `waiting_bytes_max`: what lies farthest ahead is dropped first, and asked for when its turn comes.
"""

from collections import deque
from typing import Final, Union

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.wire.flex.packets import FlexCodec, FlexPacket
from hts.wire.layout.codec import BinaryLayout

MS: Final = 1_000_000
REQUEST: Final = "tcp_request"
RETRANSMISSION: Final = "R"
SNAPSHOT: Final = "L"
COUNT_MAX: Final = 50_000  # of packets in one request
REBOOTS: Final = 256
_LINES_MAX: Final = 8


class FlexConfig(Struct, frozen=True, kw_only=True):
    """Waiting times in nanoseconds, bounds in bytes and packets. `user_id` stands in requests."""

    user_id: str = "FLEX01"
    reorder_ns: int = 5 * MS
    retry_ns: int = 200 * MS
    tries_max: int = 3
    waiting_bytes_max: int = 16 << 20
    snapshot_bytes_max: int = 64 << 20
    ahead_max: int = 100_000_000  # a number farther ahead than a day's packets is nonsense


class PacketReceived(Struct, frozen=True, kw_only=True):
    """The next packet in order. `line` brought it."""

    packet: FlexPacket
    line: str


class SnapshotReceived(Struct, frozen=True, kw_only=True):
    """The state after packet `seq`; everything known before is void."""

    seq: int
    packets: tuple[FlexPacket, ...]


class Restarted(Struct, frozen=True, kw_only=True):
    """The venue's system started again: numbers begin at 1, everything known before is void."""

    reboots: int


class PacketsLost(Struct, frozen=True, kw_only=True):
    """Packets [seq, seq + count) do not come any more."""

    seq: int
    count: int


FlexEvent = Union[PacketReceived, SnapshotReceived, Restarted, PacketsLost]


class FlexStats(Struct, kw_only=True):
    """Counters since the start."""

    packets: dict[str, int] = {}  # by line, readable ones
    first: dict[str, int] = {}  # by line: packets that were new
    doubles: int = 0
    gaps: int = 0  # packets ahead of the next number
    requests: int = 0
    snapshots: int = 0
    lost: int = 0
    past: int = 0  # of an earlier start
    other_group: int = 0
    dropped: int = 0  # packets that could not wait
    unasked: int = 0  # packets of answers that nobody waits for
    malformed: int = 0


class FlexFollower:
    """See the module's text. One multicast group; times are monotonic nanoseconds."""

    def __init__(
        self, layout: BinaryLayout, group: int, config: FlexConfig, *, reboots: int | None = None, next_seq: int = 1
    ) -> None:
        self.stats = FlexStats()
        self.group = group
        self.reboots = reboots
        self.next_seq = next_seq
        self._layout = layout
        self._codec = FlexCodec(layout)
        self._config = config
        self._events: deque[FlexEvent] = deque()
        self._waiting: dict[int, tuple[FlexPacket, str, int]] = {}
        self._waiting_bytes = 0
        self._high_seq = next_seq  # one behind the highest packet known to exist
        self._open = ""  # the kind of the request that is being answered
        self._opened_ns = 0
        self._snapshot: list[FlexPacket] = []
        self._snapshot_bytes = 0
        self.is_overdue = False
        self._ask_at_ns: int | None = 0 if next_seq == 0 else None
        self._asks_snapshot = next_seq == 0
        self._asked_from = -1
        self._tries = 0

    @property
    def has_gap(self) -> bool:
        """Whether packets are known to exist that cannot be delivered yet."""
        return self.next_seq == 0 or self._high_seq > self.next_seq

    def receive_packet(self, line: str, data: bytes, mono_ns: int) -> None:
        """A datagram of a line. Take the events with `next_event` afterwards."""
        packet = self._read(data)
        if packet is None or not self._is_ours(packet):
            return
        if line in self.stats.packets or len(self.stats.packets) < _LINES_MAX:
            self.stats.packets[line] = self.stats.packets.get(line, 0) + 1
        self._take(packet, line, len(data))
        self._watch(mono_ns)

    def receive_answer(self, data: bytes, mono_ns: int) -> None:
        """One packet of an answer to a request of ours: again, or of a snapshot. Empty: the answer is complete."""
        if not self._open or self.is_overdue:
            self.stats.unasked += 1
            return
        if not data:
            self._end_answer(mono_ns)
            return
        packet = self._read(data)
        if packet is None or not self._is_ours(packet):
            return
        if self._open == RETRANSMISSION:
            self._take(packet, "", len(data))
            self._watch(mono_ns)
            return
        self._snapshot_bytes += len(data)
        if self._snapshot_bytes <= self._config.snapshot_bytes_max:
            self._snapshot.append(packet)

    def answer_ended(self, mono_ns: int) -> None:
        """The connection that should have answered is gone: what is missing is asked for again on a new one."""
        self._open = ""
        self.is_overdue = False
        if self._ask_at_ns is not None:
            self._ask_at_ns = mono_ns

    def next_event(self) -> FlexEvent | None:
        """The oldest event not yet taken."""
        return self._events.popleft() if self._events else None

    def next_timer_ns(self) -> int | None:
        """When `next_request` should be asked again; None when nothing is missing."""
        return self._ask_at_ns

    def next_request(self, mono_ns: int) -> bytes | None:
        """The request that is due, once; call until None after each packet and at `next_timer_ns`."""
        while self._ask_at_ns is not None and mono_ns >= self._ask_at_ns:
            if not self.has_gap:
                self._ask_at_ns = None
                break
            if self._open:
                due_ns = self._opened_ns + self._config.retry_ns
                self.is_overdue = mono_ns >= due_ns
                self._ask_at_ns = mono_ns + self._config.retry_ns if self.is_overdue else due_ns
                return None
            if self._asked_from != self.next_seq:
                self._tries = 0
                self._asks_snapshot = self.next_seq == 0
            elif self._tries >= self._config.tries_max:
                self._tries = 0
                if self._asks_snapshot:
                    self._give_up(mono_ns)
                    continue
                self._asks_snapshot = True
            self._asked_from = self.next_seq
            self._tries += 1
            self._ask_at_ns = mono_ns + self._config.retry_ns
            self.stats.requests += 1
            self._opened_ns = mono_ns
            return self._request()
        return None

    # -- packets --

    def _read(self, data: bytes) -> FlexPacket | None:
        try:
            return self._codec.decode(data)
        except RemoteProtocolError:
            self.stats.malformed += 1
            return None

    def _is_ours(self, packet: FlexPacket) -> bool:
        if packet.group != self.group:
            self.stats.other_group += 1
            return False
        if self.reboots is None:
            self.reboots = packet.reboots
        elif packet.reboots != self.reboots:
            # Numbers of starts run modulo 256: the nearer half lies ahead.
            if (packet.reboots - self.reboots) % REBOOTS >= REBOOTS // 2:
                self.stats.past += 1
                return False
            self._restart(packet.reboots)
        limit = max(self.next_seq, 1) + self._config.ahead_max
        if packet.seq > limit:
            self.stats.malformed += 1
            return False
        return True

    def _restart(self, reboots: int) -> None:
        self.reboots = reboots
        self.next_seq = self._high_seq = 1
        self._waiting = {}
        self._waiting_bytes = 0
        self._snapshot = []
        self._ask_at_ns = None
        self._tries = 0
        self._events.append(Restarted(reboots=reboots))

    def _take(self, packet: FlexPacket, line: str, size: int) -> None:
        self._high_seq = max(self._high_seq, packet.seq + 1)
        if 0 < packet.seq < self.next_seq or packet.seq in self._waiting:
            self.stats.doubles += 1
        elif packet.seq != self.next_seq:
            self._wait(packet, line, size)
        else:
            self._deliver(packet, line)
            self._follow()

    def _deliver(self, packet: FlexPacket, line: str) -> None:
        self.stats.first[line] = self.stats.first.get(line, 0) + 1
        self._events.append(PacketReceived(packet=packet, line=line))
        self.next_seq = packet.seq + 1

    def _follow(self) -> None:
        while self.next_seq in self._waiting:
            packet, line, size = self._waiting.pop(self.next_seq)
            self._waiting_bytes -= size
            self._deliver(packet, line)

    def _wait(self, packet: FlexPacket, line: str, size: int) -> None:
        self.stats.gaps += 1
        self._waiting[packet.seq] = (packet, line, size)
        self._waiting_bytes += size
        while self._waiting_bytes > self._config.waiting_bytes_max:
            self._waiting_bytes -= self._waiting.pop(max(self._waiting))[2]
            self.stats.dropped += 1

    def _watch(self, mono_ns: int) -> None:
        if not self.has_gap:
            self._ask_at_ns = None
        elif self._ask_at_ns is None or self._asked_from not in (-1, self.next_seq):
            # A gap that has moved on gets its own time to close.
            self._ask_at_ns = mono_ns + self._config.reorder_ns
            self._asked_from = -1

    # -- requests --

    def _request(self) -> bytes:
        self._open = SNAPSHOT if self._asks_snapshot else RETRANSMISSION
        self._snapshot = []
        self._snapshot_bytes = 0
        fields = {
            "packet_type": self._open,
            "user_id": self._config.user_id,
            "multicast_group_number": self.group,
            "number_of_system_reboots": self.reboots or 0,
            "sequence_number": 0 if self._asks_snapshot else self.next_seq,
            "requested_message_count": 0 if self._asks_snapshot else min(self._gap_end() - self.next_seq, COUNT_MAX),
        }
        return self._layout.encode(REQUEST, fields)

    def _gap_end(self) -> int:
        return min(self._waiting, default=self._high_seq)

    def _end_answer(self, mono_ns: int) -> None:
        """A snapshot is complete; it counts when all its packets hold after the same number, ahead of ours."""
        kind, self._open = self._open, ""
        found, self._snapshot = self._snapshot, []
        if kind == RETRANSMISSION:
            return
        seqs = {packet.seq for packet in found}
        is_whole = len(seqs) == 1 and self._snapshot_bytes <= self._config.snapshot_bytes_max
        if not is_whole or min(seqs) + 1 <= self.next_seq:
            return
        seq = seqs.pop()
        self.stats.snapshots += 1
        self._events.append(SnapshotReceived(seq=seq, packets=tuple(found)))
        self._skip_to(seq + 1, mono_ns)

    def _skip_to(self, next_seq: int, mono_ns: int) -> None:
        for old in [number for number in self._waiting if number < next_seq]:
            self._waiting_bytes -= self._waiting.pop(old)[2]
        self.next_seq = next_seq
        self._high_seq = max(self._high_seq, next_seq)
        self._ask_at_ns = None
        self._asked_from = -1
        self._tries = 0
        self._follow()
        self._watch(mono_ns)

    def _give_up(self, mono_ns: int) -> None:
        first = max(self.next_seq, 1)
        end = max(self._gap_end(), first)
        if end > first:
            self._events.append(PacketsLost(seq=first, count=end - first))
            self.stats.lost += end - first
        self._skip_to(end, mono_ns)


class FlexAnswers:
    """Cuts the TCP service's answers. Each frame is two bytes of length and a packet; a length of 0 ends an answer.

    These frames are ours: the public document tells only that there are some.
    """

    def __init__(self) -> None:
        self._data = b""

    def receive_data(self, data: bytes) -> None:
        """Bytes from the service, in any cut. Keeps at most one unfinished frame of 64 KiB and what came with it."""
        self._data += data

    def next_answer(self) -> bytes | None:
        """The next packet, empty at the end of an answer; None until more bytes come."""
        if len(self._data) < 2:
            return None
        end = 2 + int.from_bytes(self._data[:2], "big")
        if len(self._data) < end:
            return None
        answer, self._data = self._data[2:end], self._data[end:]
        return answer
