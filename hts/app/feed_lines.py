"""`hts decode --merge`: the two lines of a captured feed as one, each packet once and in order.

What one line lost the other mostly has; what both lost is told by number. Nothing is asked for again: a capture has
nobody to ask. A line is what its datagrams are sent to.
"""

from collections.abc import Callable, Iterable, Iterator

from hts.app.framings import Piece
from hts.wire.fast.feed_reader import FeedReader, Hole
from hts.wire.fast.templates import TemplateSet
from hts.wire.flex.follower import FlexConfig, FlexFollower, PacketReceived, PacketsLost, Restarted
from hts.wire.flex.packets import FlexCodec
from hts.wire.layout.codec import BinaryLayout
from hts.wire.moldudp.packets import MoldCodec, MoldPacket
from hts.wire.moldudp.receiver import Lost, Messages, MoldConfig, MoldReceiver, OtherSession, SessionBegun

PATIENCE_NS = 100_000_000  # of capture time: the other line is not later than this
END_NS = 1 << 62
MERGED = "merged"

Tell = Callable[[str], None]


class MoldLines:
    """MoldUDP64 lines of one session after the other."""

    def __init__(self, codec: MoldCodec, tell: Tell) -> None:
        self._codec = codec
        self._tell = tell
        config = MoldConfig(reorder_ns=PATIENCE_NS, retry_ns=0, tries_max=1)
        self._receiver = MoldReceiver(codec, config, next_seq=0)

    def take(self, piece: Piece) -> Iterator[Piece]:
        """What can be read in order after a datagram."""
        self._receiver.receive_packet(line_of(piece), piece.data, piece.time_ns)
        yield from self._events(piece.time_ns)

    def end(self) -> Iterator[Piece]:
        """What waited in vain."""
        yield from self._events(END_NS)
        stats = self._receiver.stats
        self._tell(
            f"lines {_counts(stats.first)}, {stats.doubles} packets twice, {stats.lost} messages lost by both lines, "
            f"{stats.malformed} packets that cannot be read"
        )

    def _events(self, now_ns: int) -> Iterator[Piece]:
        while self._receiver.next_request(now_ns) is not None:
            pass
        while (event := self._receiver.next_event()) is not None:
            if isinstance(event, Messages):
                packet = MoldPacket(session=self._receiver.session, seq=event.seq, messages=event.messages)
                yield Piece(
                    where=f"{MERGED} {event.line}", time_ns=min(now_ns, END_NS - 1), data=self._codec.encode(packet)
                )
            elif isinstance(event, Lost):
                self._tell(f"messages {event.seq} to {event.seq + event.count - 1} are on neither line")
            elif isinstance(event, OtherSession):
                self._receiver.begin(event.session, 0)
            elif isinstance(event, SessionBegun):
                self._tell(f"session {event.session}")


class FlexLines:
    """FLEX lines, each multicast group by itself."""

    def __init__(self, layout: BinaryLayout, tell: Tell) -> None:
        self._layout = layout
        self._codec = FlexCodec(layout)
        self._tell = tell
        self._followers: dict[int, FlexFollower] = {}

    def take(self, piece: Piece) -> Iterator[Piece]:
        """What can be read in order after a datagram."""
        group = piece.data[0] if piece.data else -1
        follower = self._followers.get(group)
        if follower is None:
            follower = self._followers[group] = self._begin(group, piece.data)
        follower.receive_packet(line_of(piece), piece.data, piece.time_ns)
        yield from self._events(follower, piece.time_ns)

    def end(self) -> Iterator[Piece]:
        """What waited in vain."""
        for group, follower in sorted(self._followers.items()):
            yield from self._events(follower, END_NS)
            stats = follower.stats
            self._tell(
                f"group {group}: lines {_counts(stats.first)}, {stats.doubles} packets twice, "
                f"{stats.lost} lost by both lines, {stats.past} from the past, {stats.malformed} that cannot be read"
            )

    def _begin(self, group: int, data: bytes) -> FlexFollower:
        """The first packet of a capture says where it begins."""
        seq = int.from_bytes(data[2:6], "big") if len(data) >= 6 else 1
        config = FlexConfig(reorder_ns=PATIENCE_NS, retry_ns=0, tries_max=1)
        return FlexFollower(self._layout, group, config, next_seq=max(seq, 1))

    def _events(self, follower: FlexFollower, now_ns: int) -> Iterator[Piece]:
        while follower.next_request(now_ns) is not None:
            follower.answer_ended(now_ns)
        while (event := follower.next_event()) is not None:
            if isinstance(event, PacketReceived):
                yield _piece(event.line, now_ns, self._codec.encode(event.packet))
            elif isinstance(event, PacketsLost):
                last = event.seq + event.count - 1
                self._tell(f"group {follower.group}: packets {event.seq} to {last} are on neither line")
            elif isinstance(event, Restarted):
                self._tell(f"group {follower.group}: start {event.reboots}, numbers begin again")


class FastLine:
    """The FIX/FAST feed has one line: what came twice or late is left out, what did not come is told."""

    def __init__(self, templates: TemplateSet, tell: Tell) -> None:
        self._reader = FeedReader(templates)
        self._tell = tell

    def take(self, piece: Piece) -> Iterator[Piece]:
        """A datagram that is new."""
        before = self._reader.stats.datagrams
        for event in self._reader.receive_datagram(piece.data):
            if isinstance(event, Hole):
                self._tell(f"datagrams {event.seq} to {event.seq + event.count - 1} are missing")
        if self._reader.stats.datagrams > before:
            yield piece

    def end(self) -> Iterator[Piece]:
        """Nothing waits; the counters are told."""
        stats = self._reader.stats
        self._tell(
            f"{stats.missing} datagrams missing, {stats.past} twice or late, {stats.malformed} that cannot be read, "
            f"{len(self._reader.books)} books known at the end"
        )
        yield from ()


Lines = MoldLines | FlexLines | FastLine


def merge(lines: Lines, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces of all lines as one sequence."""
    for piece in pieces:
        yield from lines.take(piece)
    yield from lines.end()


def _piece(line: str, now_ns: int, data: bytes) -> Piece:
    """A packet in order; what waited until the end of the capture has no time."""
    return Piece(where=f"{MERGED} {line}", time_ns=0 if now_ns == END_NS else now_ns, data=data)


def line_of(piece: Piece) -> str:
    """Where a datagram was sent to."""
    return piece.where.rpartition(">")[2]


def _counts(first: dict[str, int]) -> str:
    return ", ".join(f"{line} {count} first" for line, count in sorted(first.items())) or "none"
