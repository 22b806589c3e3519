"""Market data of a venue with an ITCH over MoldUDP64: two lines, re-requests by datagram, snapshots by SoupBinTCP.

Theory of operation. A datagram becomes a Packet as it is (its bytes are the payload); the engine's sequencer decides
which may be applied, in order, and calls `decode`, which hands the messages to the venue's reader and returns what has
changed. Sessions are numbered in the order in which they are heard of, so that a later one begins at 1 again.

A gap that both lines left is asked for by one datagram (Ask); the answer comes as packets of line R. The state as a
whole comes by a login at the snapshot port: the orders are built anew from its messages, and its last one names the
number of the first message that follows. A snapshot that is older than what was read is dropped; so is one of a
session that a newer one has replaced. It is asked for only once the feed has named its session.
"""

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.gateway.actions import Ask
from hts.gateway.feed_gateway import FeedGateway, Line
from hts.gateway.feed_reader import FeedReader
from hts.gateway.feed_session import FeedSessions, session_date
from hts.model.quotes import AnyQuote, Packet
from hts.wire.layout.codec import BinaryLayout
from hts.wire.moldudp.packets import MoldCodec, MoldPacket, MoldRequest
from hts.wire.soupbin.client import SoupClient
from hts.wire.soupbin.events import LoggedOn, Sequenced, SessionEnded

RETRANSMITTED: Final = "R"
MS: Final = 1_000_000
END_OF_SNAPSHOT: Final = b"G"
REQUEST_MAX: Final = 1_000


class MoldMdConfig(Struct, frozen=True, kw_only=True):
    """Whose feed it is; waiting times in monotonic nanoseconds and bounds."""

    venue: str
    username: str
    password: str
    silence_ns: int = 3_000 * MS  # the venue sends a heartbeat every second
    answer_ns: int = 5_000 * MS
    snapshot_messages_max: int = 5_000_000

    def __repr__(self) -> str:
        return f"MoldMdConfig(venue={self.venue!r}, username={self.username!r})"


class MoldMdGateway(FeedGateway):
    """One feed. `date_of` gives the venue's date of a time, for sessions whose name tells none."""

    def __init__(
        self,
        config: MoldMdConfig,
        reader: FeedReader,
        mold: MoldCodec,
        soup_layout: BinaryLayout,
        date_of: Callable[[int], int],
    ) -> None:
        super().__init__(config.venue, reader, config.silence_ns, config.answer_ns)
        self._config = config
        self.reader = reader
        self._mold = mold
        self._soup_layout = soup_layout
        self._date_of = date_of
        self._sessions = FeedSessions()
        self._newest: tuple[bytes, MoldPacket] | None = None
        self._wants_snapshot = False
        self._soup = self._new_soup()
        self._snapshot: list[bytes] = []
        self._snapshot_session = 0

    def _new_soup(self) -> SoupClient:
        return SoupClient(self._soup_layout, username=self._config.username, password=self._config.password)

    # -- the lines

    def receive_packet(self, line: str, data: bytes, trade_ns: int, mono_ns: int) -> Packet | None:
        """One datagram of a line, or an answer ("R"); None when it cannot be used."""
        self._at(trade_ns, mono_ns)
        try:
            found = self._mold.decode(data)
            if not found.session.strip():
                raise RemoteProtocolError("MoldUDP64: the name of a session expected, found none")  # noqa: TRY301
        except RemoteProtocolError as error:
            self._watch.report("malformed", f"line {line}: {error}")
            return None
        session = self._sessions.number_of(found.session)
        self._newest = (data, found)
        told_ns = 0
        if line != RETRANSMITTED:
            self._watch.heard(line, mono_ns)
            told_ns = self.reader.time_of(found.messages) if session == self._session else 0
        self._dial_if_wanted()
        return Packet(
            line=line,
            session=session,
            first_seq=found.seq,
            count=len(found.messages),
            payload=data,
            trade_ns=told_ns,
            venue=self.venue,
        )

    def decode(self, payload: bytes, count: int) -> tuple[AnyQuote, ...]:  # noqa: ARG002  the payload tells it
        """The changes of a packet that is next in sequence."""
        if self._newest is not None and payload is self._newest[0]:
            packet = self._newest[1]
        else:
            packet = self._mold.decode(payload)
        session = self._sessions.number_of(packet.session)
        if session != self._session:
            self._begin(session, self._date(session))
        messages = packet.messages[max(self._next_seq - packet.seq, 0) :]
        self._next_seq = max(self._next_seq, packet.next_seq)
        return self._changes(lambda: self._read(messages))

    def _read(self, messages: Iterable[bytes]) -> None:
        for message in messages:
            self.reader.read(message)

    def _date(self, session: int) -> int:
        return session_date(self._sessions.name_of(session), lambda: self._date_of(self._trade_ns))

    # -- requests

    def request_retransmit(self, session: int, first_seq: int, count: int) -> None:
        """Ask for messages again; the sequencer repeats it when nothing comes."""
        name = self._sessions.name_of(session)
        if name:
            request = MoldRequest(session=name, seq=first_seq, count=min(count, REQUEST_MAX))
            self._events.append(Ask(data=self._mold.encode_request(request)))

    def request_snapshot(self) -> None:
        """Ask for the whole state, as soon as the feed has told its session."""
        self._wants_snapshot = True
        self._dial_if_wanted()

    # -- the snapshot's connection

    def _dial_if_wanted(self) -> None:
        if self._wants_snapshot and self._line is Line.IDLE and self._sessions.newest:
            self._wants_snapshot = False
            self._dial()

    def connected(self, trade_ns: int, mono_ns: int) -> None:
        """The shell has opened the connection: log in, and everything comes by itself."""
        self._at(trade_ns, mono_ns)
        if not self._opened():
            return
        self._wait()
        self._snapshot = []
        self._snapshot_session = self._sessions.newest
        self._soup = self._new_soup()
        self._soup.connected(mono_ns)

    def disconnected(self, reason: str, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  the sequencer asks again
        """The connection is gone, or could not be opened."""
        self._closed()
        self._snapshot = []
        self._soup.disconnected()

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:
        """Bytes of the snapshot, in any cut."""
        self._at(trade_ns, mono_ns)
        if self._line is not Line.OPEN:
            return
        self._wait()
        self._soup.receive_data(data, mono_ns)
        while self._line is Line.OPEN and (event := self._soup.next_event()) is not None:
            if isinstance(event, Sequenced):
                self._take(event.message)
            elif not isinstance(event, LoggedOn | SessionEnded):
                self._fail(f"expected a snapshot, found {event}")

    def _take(self, message: bytes) -> None:
        if message[:1] == END_OF_SNAPSHOT and message[1:].strip().isdigit():
            messages, self._snapshot = self._snapshot, []
            self._hang_up("snapshot_complete")
            self._apply(messages, int(message[1:]))
        elif len(self._snapshot) >= self._config.snapshot_messages_max:
            self._fail(f"expected a snapshot up to {self._config.snapshot_messages_max} messages, found more")
        else:
            self._snapshot.append(message)

    def _apply(self, messages: list[bytes], next_seq: int) -> None:
        session = self._snapshot_session
        if self._is_old(session, next_seq, self._sessions.newest):
            return  # the sequencer asks again where it still wants one
        self._begin(session, self._date(session))
        self._restore(next_seq, lambda: self._told_by(messages))

    def _told_by(self, messages: list[bytes]) -> int:
        told_ns = 0
        for message in messages:
            self.reader.read(message)
            told_ns = max(told_ns, self._feed.trade_ns)
        return told_ns

    # -- what the shell takes

    def data_to_send(self) -> bytes:
        """Bytes for the snapshot service since the last call."""
        return self._soup.data_to_send()
