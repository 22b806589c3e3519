"""Two lines that lose, reorder and double packets in; numbered messages in order out.

Theory of operation. Both lines carry the same stream; whichever copy of a message comes first is delivered. Packets
need not be cut alike: answers to requests are cut to what fits, so that a packet is taken message by message, and the
part that was delivered before is dropped. A packet ahead of the next number waits. If the gap before it stays open for
`reorder_ns` (the other line usually closes it), the missing range is asked for, `request_messages_max` at a time, and
again every `retry_ns` without progress. After `tries_max` requests in vain the range is given up and reported as lost:
the reader then knows that its books are wrong. Heartbeats and the end of session name the next number, so a loss at
the very end is noticed too; SessionEnded comes when everything before it was delivered or given up.

The first packet names the session. One of another session is counted and told once by name, and otherwise ignored: a
venue that starts anew looks the same as a stray sender, so the owner decides and calls `begin`. After the end of its
session the receiver takes the next one by itself.

What waits is bounded by `waiting_bytes_max`; when it is exceeded what lies farthest ahead is dropped, it is the last
to be needed and is asked for when its turn comes. Packets that are malformed, blank of session, impossibly far ahead,
or an end before what is known to exist, are counted and dropped.
"""

from collections import deque
from typing import Union

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.wire.moldudp.packets import END_OF_SESSION, MoldCodec, MoldPacket, MoldRequest

MS = 1_000_000
_LINES_MAX = 8


class MoldConfig(Struct, frozen=True, kw_only=True):
    """Waiting times in nanoseconds, bounds in messages and bytes."""

    reorder_ns: int = 5 * MS
    retry_ns: int = 200 * MS
    tries_max: int = 5
    request_messages_max: int = 1_000
    waiting_bytes_max: int = 16 * 1024 * 1024
    ahead_max: int = 1_000_000_000  # a number farther ahead than a day's messages is nonsense


class Messages(Struct, frozen=True, kw_only=True):
    """Messages in order; the first has number `seq`. `line` brought them."""

    seq: int
    messages: tuple[bytes, ...]
    line: str


class Lost(Struct, frozen=True, kw_only=True):
    """Messages [seq, seq + count) do not come any more."""

    seq: int
    count: int


class SessionBegun(Struct, frozen=True, kw_only=True):
    """The receiver follows this session from now on."""

    session: str


class SessionEnded(Struct, frozen=True, kw_only=True):
    """Everything up to the end of the session was delivered or reported as lost."""

    session: str
    next_seq: int


class OtherSession(Struct, frozen=True, kw_only=True):
    """A packet of another session came while ours runs; told once for each name in a row."""

    session: str


MoldEvent = Union[Messages, Lost, SessionBegun, SessionEnded, OtherSession]


class MoldStats(Struct, kw_only=True):
    """Counters since the start."""

    packets: dict[str, int] = {}  # by line, readable ones
    first: dict[str, int] = {}  # by line: packets that brought something new in order
    messages: int = 0
    doubles: int = 0  # packets without anything new
    gaps: int = 0  # packets ahead of the next number
    requests: int = 0
    lost: int = 0  # messages
    dropped: int = 0  # packets that could not wait
    malformed: int = 0
    other_session: int = 0


class MoldReceiver:
    """See the module's text. `next_seq` 0 begins with whatever number comes first."""

    def __init__(self, codec: MoldCodec, config: MoldConfig, *, session: str = "", next_seq: int = 1) -> None:
        self.stats = MoldStats()
        self.session = session
        self.next_seq = next_seq
        self._codec = codec
        self._config = config
        self._events: deque[MoldEvent] = deque()
        self._waiting: dict[int, tuple[MoldPacket, str]] = {}
        self._waiting_bytes = 0
        self._high_seq = next_seq  # one behind the highest message known to exist
        self._end_seq: int | None = None
        self._is_over = False
        self._other = ""
        self._ask_at_ns: int | None = None
        self._tries = 0
        self._asked_from = 0

    @property
    def has_gap(self) -> bool:
        """Whether messages are known to exist that cannot be delivered yet."""
        return self._high_seq > self.next_seq

    def begin(self, session: str, next_seq: int = 1) -> None:
        """Follow this session from now on, from `next_seq`."""
        self.session = session
        self.next_seq = next_seq
        self._high_seq = next_seq
        self._waiting = {}
        self._waiting_bytes = 0
        self._end_seq = None
        self._is_over = False
        self._other = ""
        self._ask_at_ns = None
        self._tries = 0
        self._events.append(SessionBegun(session=session))

    def receive_packet(self, line: str, data: bytes, mono_ns: int) -> None:
        """A datagram of a line, or an answer to a request. Take the events with `next_event` afterwards."""
        try:
            packet = self._codec.decode(data)
        except RemoteProtocolError:
            self.stats.malformed += 1
            return
        if not packet.session:
            self.stats.malformed += 1
            return
        if line in self.stats.packets or len(self.stats.packets) < _LINES_MAX:
            self.stats.packets[line] = self.stats.packets.get(line, 0) + 1
        if not self._is_ours(packet):
            return
        if self.next_seq == 0:
            self.next_seq = self._high_seq = packet.seq
        if packet.seq > self.next_seq + self._config.ahead_max or (packet.is_end and packet.seq < self._high_seq):
            self.stats.malformed += 1
            return
        self._high_seq = max(self._high_seq, packet.next_seq)
        if packet.is_end and self._end_seq is None:
            self._end_seq = packet.seq
        if packet.messages:
            self._take(packet, line, len(data))
        self._watch(mono_ns)

    def next_event(self) -> MoldEvent | None:
        """The oldest event not yet taken."""
        return self._events.popleft() if self._events else None

    def next_request(self, mono_ns: int) -> bytes | None:
        """The request that is due, once; call until None after each packet and at `next_timer_ns`."""
        while self._ask_at_ns is not None and mono_ns >= self._ask_at_ns:
            if not self.has_gap:
                self._ask_at_ns = None
                break
            if self._asked_from != self.next_seq:
                self._tries = 0
            if self._tries >= self._config.tries_max:
                self._give_up(mono_ns)
                continue
            self._tries += 1
            self._asked_from = self.next_seq
            self._ask_at_ns = mono_ns + self._config.retry_ns
            self.stats.requests += 1
            count = min(self._gap_end() - self.next_seq, self._config.request_messages_max, END_OF_SESSION - 1)
            return self._codec.encode_request(MoldRequest(session=self.session, seq=self.next_seq, count=count))
        return None

    def next_timer_ns(self) -> int | None:
        """When `next_request` should be asked again; None when nothing is missing."""
        return self._ask_at_ns

    def _is_ours(self, packet: MoldPacket) -> bool:
        if packet.session == self.session and not self._is_over:
            return True
        if not self.session:
            self.begin(packet.session, self.next_seq)
            return True
        if packet.session == self.session:
            return False  # the end of session is repeated for a while
        if self._is_over:
            self.begin(packet.session)
            return True
        self.stats.other_session += 1
        if packet.session != self._other:
            self._other = packet.session
            self._events.append(OtherSession(session=packet.session))
        return False

    def _take(self, packet: MoldPacket, line: str, size: int) -> None:
        if packet.next_seq <= self.next_seq:
            self.stats.doubles += 1
        elif packet.seq > self.next_seq:
            self._wait(packet, line, size)
        else:
            self.stats.first[line] = self.stats.first.get(line, 0) + 1
            self._deliver(packet, line)
            self._follow()

    def _deliver(self, packet: MoldPacket, line: str) -> None:
        messages = packet.messages[self.next_seq - packet.seq :]
        self._events.append(Messages(seq=self.next_seq, messages=messages, line=line))
        self.stats.messages += len(messages)
        self.next_seq = packet.next_seq

    def _follow(self) -> None:
        """Deliver what waits and now fits; drop what has become old."""
        while self._waiting:
            seq = min(self._waiting)
            if seq > self.next_seq:
                break
            packet, line = self._waiting.pop(seq)
            self._waiting_bytes -= _size(packet)
            if packet.next_seq > self.next_seq:
                self._deliver(packet, line)

    def _wait(self, packet: MoldPacket, line: str, size: int) -> None:
        self.stats.gaps += 1
        known = self._waiting.get(packet.seq)
        if known is not None:
            if known[0].next_seq >= packet.next_seq:
                self.stats.doubles += 1
                return
            self._waiting_bytes -= _size(known[0])
        if size > self._config.waiting_bytes_max:
            self.stats.dropped += 1
            return
        self._waiting[packet.seq] = (packet, line)
        self._waiting_bytes += _size(packet)
        while self._waiting_bytes > self._config.waiting_bytes_max:
            farthest = max(self._waiting)
            self._waiting_bytes -= _size(self._waiting.pop(farthest)[0])
            self.stats.dropped += 1

    def _watch(self, mono_ns: int) -> None:
        if self.has_gap:
            if self._ask_at_ns is None or self._asked_from not in (0, self.next_seq):
                # A gap that has moved on gets its own time to close.
                self._ask_at_ns = mono_ns + self._config.reorder_ns
                self._asked_from = 0
            return
        self._ask_at_ns = None
        if self._end_seq is not None and self.next_seq >= self._end_seq and not self._is_over:
            self._is_over = True
            self._events.append(SessionEnded(session=self.session, next_seq=self.next_seq))

    def _gap_end(self) -> int:
        return min(self._waiting, default=self._high_seq)

    def _give_up(self, mono_ns: int) -> None:
        end = self._gap_end()
        self._events.append(Lost(seq=self.next_seq, count=end - self.next_seq))
        self.stats.lost += end - self.next_seq
        self.next_seq = end
        self._tries = 0
        self._ask_at_ns = None
        self._follow()
        self._watch(mono_ns)


def _size(packet: MoldPacket) -> int:
    # An empty message still costs its object.
    return sum(len(message) + 64 for message in packet.messages)
