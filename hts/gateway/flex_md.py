"""Market data of Tokyo: FLEX market by order on two lines, packets and the state again by one TCP connection.

Theory of operation. A packet is one record: the engine's sequencer orders them by their number in the group, and
`decode` hands a packet that is next to the reader. A start of the venue's system begins at 1 again; its number runs
modulo 256, and the nearer half lies ahead, so that starts become session numbers that grow.

Requests go over a connection that is dialled when something is wanted and then kept. One is open at a time, because
the packets of an answer do not say what they answer; what is asked meanwhile waits, at most one of each kind. A
snapshot's packets all carry the number of the last packet that they contain. When the connection ends in the middle of
an answer, packets count as refused, and a snapshot is asked for again by the sequencer.
"""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.gateway.feed_gateway import FeedGateway, Line
from hts.gateway.tokyo_reader import NS, TokyoReader, seconds_in, time_in
from hts.model.quotes import AnyQuote, Packet, RetransmitRefused
from hts.wire.flex.follower import COUNT_MAX, REBOOTS, REQUEST, RETRANSMISSION, SNAPSHOT, FlexAnswers
from hts.wire.flex.packets import FlexCodec, FlexPacket
from hts.wire.layout.codec import BinaryLayout

MS: Final = 1_000_000
RETRANSMITTED: Final = "R"


class FlexMdConfig(Struct, frozen=True, kw_only=True):
    """Waiting times in monotonic nanoseconds and bounds. `user_id` stands in requests."""

    venue: str = "TSE"
    group: int = 1
    user_id: str = "FLEX01"
    silence_ns: int = 3_000 * MS  # the venue says every second that it is there
    answer_ns: int = 5_000 * MS
    snapshot_bytes_max: int = 64 << 20


class _Wanted(Struct, frozen=True, kw_only=True):
    """A request: packets [first_seq, first_seq + count), or the state (`count` 0)."""

    session: int
    first_seq: int = 0
    count: int = 0


class FlexMdGateway(FeedGateway):
    """One multicast group. `date_of` gives Tokyo's date of a time."""

    def __init__(
        self, config: FlexMdConfig, reader: TokyoReader, layout: BinaryLayout, date_of: Callable[[int], int]
    ) -> None:
        super().__init__(config.venue, reader, config.silence_ns, config.answer_ns)
        self._config = config
        self._reader = reader
        self._layout = layout
        self._codec = FlexCodec(layout)
        self._date_of = date_of
        self._newest: tuple[bytes, FlexPacket] | None = None
        self._started = 0  # the newest session heard of; 0: none
        self._out = bytearray()
        self._answers = FlexAnswers()
        self._wanted: dict[bool, _Wanted] = {}  # by whether it is the state
        self._open: _Wanted | None = None
        self._snapshot: list[FlexPacket] = []
        self._snapshot_bytes = 0

    # -- the lines

    def receive_packet(self, line: str, data: bytes, trade_ns: int, mono_ns: int) -> Packet | None:
        """One datagram of a line; None when it cannot be used."""
        self._at(trade_ns, mono_ns)
        found = self._read(line, data)
        if found is None:
            return None
        self._watch.heard(line, mono_ns)
        self._ask_next()
        return self._packet(line, data, found, told_ns=_told_ns(found, trade_ns))

    def _read(self, line: str, data: bytes) -> FlexPacket | None:
        try:
            found = self._codec.decode(data)
            if found.group != self._config.group or found.seq < 0:
                text = f"FLEX: group {self._config.group} expected, found {found.group}"
                raise RemoteProtocolError(text)  # noqa: TRY301
        except RemoteProtocolError as error:
            self._watch.report("malformed", f"line {line}: {error}")
            return None
        return found

    def _packet(self, line: str, data: bytes, found: FlexPacket, told_ns: int = 0) -> Packet:
        self._newest = (data, found)
        session = self._session_of(found.reboots)
        return Packet(
            line=line,
            session=session,
            first_seq=found.seq,
            count=1,
            payload=data,
            trade_ns=told_ns if session == self._started else 0,
            venue=self.venue,
        )

    def _session_of(self, reboots: int) -> int:
        """Starts counted on; the first heard of is its own number behind a whole round."""
        if not self._started:
            self._started = REBOOTS + reboots
            return self._started
        ahead = (reboots - self._started) % REBOOTS
        if ahead >= REBOOTS // 2:
            return self._started + ahead - REBOOTS
        self._started += ahead
        return self._started

    def decode(self, payload: bytes, count: int) -> tuple[AnyQuote, ...]:  # noqa: ARG002  it is one packet
        """The changes of a packet that is next in sequence."""
        if self._newest is not None and payload is self._newest[0]:
            packet = self._newest[1]
        else:
            packet = self._codec.decode(payload)
        session = self._session_of(packet.reboots)
        if session != self._session:
            self._begin(session, self._date_of(seconds_in(packet) * NS or self._trade_ns))
        elif packet.seq < self._next_seq:
            return ()
        self._next_seq = packet.seq + 1
        return self._changes(lambda: self._reader.read_packet(packet))

    # -- requests

    def request_retransmit(self, session: int, first_seq: int, count: int) -> None:
        """Ask for packets again."""
        self._wanted[False] = _Wanted(session=session, first_seq=first_seq, count=min(count, COUNT_MAX))
        self._ask_next()

    def request_snapshot(self) -> None:
        """Ask for the whole state."""
        self._wanted[True] = _Wanted(session=self._started)
        self._ask_next()

    def _ask_next(self) -> None:
        """Begin what waits: one request at a time, and none before the feed has told its start."""
        if not self._wanted or self._open is not None or not self._started:
            return
        if self._line is Line.IDLE:
            self._dial()
        elif self._line is Line.OPEN:
            is_state = True in self._wanted
            self._open = self._wanted.pop(is_state)
            self._snapshot, self._snapshot_bytes = [], 0
            self._out += self._request(self._open)
            self._wait()

    def _request(self, wanted: _Wanted) -> bytes:
        fields: dict[str, Any] = {
            "packet_type": RETRANSMISSION if wanted.count else SNAPSHOT,
            "user_id": self._config.user_id,
            "multicast_group_number": self._config.group,
            "number_of_system_reboots": (wanted.session or self._started) % REBOOTS,
            "sequence_number": wanted.first_seq,
            "requested_message_count": wanted.count,
        }
        return self._layout.encode(REQUEST, fields)

    # -- the recovery connection

    def connected(self, trade_ns: int, mono_ns: int) -> None:
        """The shell has opened the connection."""
        self._at(trade_ns, mono_ns)
        if self._opened():
            self._answers = FlexAnswers()
            self._ask_next()

    def disconnected(self, reason: str, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  the sequencer asks again
        """The connection is gone, or could not be opened."""
        self._at(trade_ns, mono_ns)
        self._closed()
        self._out.clear()
        open_, self._open = self._open, None
        if open_ is not None and open_.count:
            self._events.append(
                RetransmitRefused(
                    venue=self.venue,
                    session=open_.session,
                    first_seq=open_.first_seq,
                    count=open_.count,
                    detail="the connection ended in the middle of the answer",
                )
            )

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:
        """Bytes of answers, in any cut."""
        self._at(trade_ns, mono_ns)
        if self._line is not Line.OPEN:
            return
        self._answers.receive_data(data)
        while self._line is Line.OPEN and (answer := self._answers.next_answer()) is not None:
            self._take(answer)
        if self._open is not None and self._line is Line.OPEN:
            self._wait()
        self._ask_next()

    def _take(self, answer: bytes) -> None:
        if self._open is None:
            self._fail(f"expected no answer, found one of {len(answer)} bytes")
            return
        if not answer:
            wanted, self._open, self._due_ns = self._open, None, None
            if not wanted.count:
                self._apply()
            return
        found = self._read(RETRANSMITTED, answer)
        if found is None:
            self._fail("expected packets in an answer, found something else")
        elif self._open.count:
            self._events.append(self._packet(RETRANSMITTED, answer, found))
        else:
            self._snapshot_bytes += len(answer)
            self._snapshot.append(found)
            if self._snapshot_bytes > self._config.snapshot_bytes_max:
                self._fail(f"expected a snapshot below {self._config.snapshot_bytes_max} bytes, found more")

    def _apply(self) -> None:
        packets, self._snapshot = self._snapshot, []
        seqs = {packet.seq for packet in packets}
        if len(seqs) != 1:
            self._watch.report("recovery", f"expected one number in all packets of a snapshot, found {len(seqs)}")
            return
        session, next_seq = self._session_of(packets[0].reboots), seqs.pop() + 1
        if self._is_old(session, next_seq, self._started):
            return  # the sequencer asks again where it still wants one
        told_ns = seconds_in(packets[0]) * NS  # its orders tell the microseconds of seconds long gone
        self._begin(session, self._date_of(told_ns or self._trade_ns))

        def read() -> int:
            for packet in packets:
                self._reader.read_packet(packet)
            return told_ns if abs(told_ns - self._trade_ns) > 2 * NS else 0

        self._restore(next_seq, read)

    def _hang_up(self, reason: str) -> None:
        super()._hang_up(reason)
        self._out.clear()

    # -- what the shell takes

    def data_to_send(self) -> bytes:
        """Bytes for the recovery service since the last call."""
        data = bytes(self._out)
        self._out.clear()
        return data


def _told_ns(packet: FlexPacket, now_ns: int) -> int:
    """The venue's time in a packet. A sign of life tells the second only: that counts when ours is another one."""
    second_ns = seconds_in(packet) * NS
    if second_ns and not second_ns - NS <= now_ns <= second_ns + 2 * NS:
        return time_in(packet) or second_ns
    return time_in(packet)
