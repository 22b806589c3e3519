"""Market data gateway of the KRX and of Nextrade: datagrams of two lines to packets, and the recovery connection.

Theory of operation. Two independent things meet here.

The lines. `receive_packet` checks a datagram down to the last digit of its records and returns the packet, or counts
and reports a fault and returns None: the packet is then as good as lost and comes back by retransmission. Ordering is
not done here: the engine's sequencer tells which packets may be applied, and calls `decode` for their payloads. A feed
on which no packet has come for `silence_ns` on any line is down (the venue sends heartbeats every 500 ms).

The recovery connection. It is dialled from the start and again after each loss, with a growing delay. Requests carry
an id and are remembered until their first answer. When the connection is lost, snapshot and history requests are sent
again on the next one; a retransmission is not, because the sequencer asks again by itself. A service that owes an
answer and says nothing for `answer_ns` is hung up on. Answers come out as packets of line "R", Snapshot, BarsView or
RetransmitRefused.

    WAITING --timer: Dial--> DIALLING --connected--> OPEN --fault or silence: Hangup--> CLOSING
       ^-------------------------- disconnected, from any state --------------------------+
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Union

from msgspec import Struct
from msgspec.structs import replace

from hts.base.errors import RemoteProtocolError
from hts.gateway.actions import Dial, Hangup
from hts.gateway.contract import MdEvent
from hts.gateway.feed_lines import FeedLines
from hts.model.instruments import Instrument
from hts.model.quotes import AnyQuote, Bar, MdDown, MdFault, MdUp, Packet, RetransmitRefused, Snapshot
from hts.model.venues import HOME_VENUE
from hts.model.views import BarsView
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.mdcs.packets import decode_packet
from hts.wire.mdcs.records import Decoder, TickSource
from hts.wire.mdcs.recovery import (
    AnyRecovery,
    FrameReader,
    HistoryPart,
    HistoryRequest,
    Refusal,
    RequestRefused,
    RetransmitRequest,
    Retransmitted,
    SnapshotPart,
    SnapshotRequest,
    encode_recovery,
)

RETRANSMITTED = "R"  # the line letter of packets that come by the recovery connection
MS = 1_000_000
HISTORY_COUNT_MAX = 65_535  # the request's field has two bytes


class MdConfig(Struct, frozen=True, kw_only=True):
    """Whose feed it is; waiting times in monotonic nanoseconds and bounds."""

    venue: str = HOME_VENUE

    silence_ns: int = 2_000 * MS
    answer_ns: int = 5_000 * MS
    dial_ns: int = 5_000 * MS
    delay_first_ns: int = 100 * MS
    delay_max_ns: int = 2_000 * MS
    requests_max: int = 64
    snapshot_bytes_max: int = 32 * 1024 * 1024


class Line(Enum):
    """Where the recovery connection stands."""

    WAITING = "waiting"
    DIALLING = "dialling"
    OPEN = "open"
    CLOSING = "closing"


Request = Union[RetransmitRequest, SnapshotRequest, HistoryRequest]


class KrxMdGateway:
    """One feed: two lines in, one recovery connection."""

    def __init__(
        self,
        layout: MdcsLayout,
        config: MdConfig,
        ticks: TickSource,
        *,
        known: Iterable[Instrument] = (),
        names_ja: Mapping[str, str] | None = None,
    ) -> None:
        self.venue = config.venue
        self._layout = layout
        self._config = config
        self._decoder = Decoder(layout, ticks, known=known, names_ja=names_ja, report=self._report, venue=config.venue)
        self._events: deque[MdEvent] = deque((Dial(),))
        self._faults: Counter[str] = Counter()
        self._last_packet_ns: int | None = None  # None while the feed is down
        self._lines = FeedLines(config.silence_ns)
        self.venue_trade_ns = 0  # the newest venue time seen on the feed

        self._line = Line.DIALLING
        self._due_ns: int | None = None  # end of WAITING or DIALLING
        self._delay_ns = config.delay_first_ns
        self._reader = FrameReader()
        self._out = bytearray()
        self._request_id = 0
        self._requests: dict[int, Request] = {}  # without a first answer
        self._owed_since_ns: int | None = None
        self._snapshot: _SnapshotParts | None = None
        self._histories: dict[int, tuple[HistoryRequest, list[Bar]]] = {}
        self._symbols: dict[int, str] = {}  # of history requests

    @property
    def is_up(self) -> bool:
        """Whether packets arrive."""
        return self._last_packet_ns is not None

    @property
    def faults(self) -> dict[str, int]:
        """How often each kind of fault has happened: malformed, unknown_isin, unknown_code, recovery."""
        return dict(self._faults)

    # -- the lines

    def receive_packet(self, line: str, data: bytes, trade_ns: int, mono_ns: int) -> Packet | None:  # noqa: ARG002  every call has both times
        """One datagram that came in on `line`; None when it cannot be used."""
        try:
            packet = decode_packet(data, self.venue)
            if packet.line != line:
                raise RemoteProtocolError(f"packet: expected line {line}, found {packet.line}")  # noqa: TRY301
            self._layout.split(packet.payload, packet.count)
        except RemoteProtocolError as error:
            self._report("malformed", f"line {line}: {error}")
            return None
        if self._last_packet_ns is None:
            self._events.append(MdUp(venue=self.venue))
        self._last_packet_ns = mono_ns
        news = self._lines.heard(line, mono_ns)
        if news:
            self._events.append(MdFault(venue=self.venue, detail=news, count=1))
        self.venue_trade_ns = packet.trade_ns
        self._watch_debt(mono_ns)
        return packet

    def decode(self, payload: bytes, count: int) -> tuple[AnyQuote, ...]:
        """Quotes of a packet that is next in sequence. What cannot be used is counted and reported, never raised."""
        return self._decoder.decode(payload, count, self.venue_trade_ns)

    # -- requests

    def request_retransmit(self, session: int, first_seq: int, count: int) -> None:
        """Ask for records again. Dropped while the connection is down: the sequencer asks again by itself."""
        if self._line is Line.OPEN:
            rid = self._next_id()
            self._ask(RetransmitRequest(request_id=rid, session=session, first_seq=first_seq, count=count))

    def request_snapshot(self) -> None:
        """Ask for the whole state; one request at a time, kept until the connection stands."""
        if self._snapshot is None and not any(isinstance(r, SnapshotRequest) for r in self._requests.values()):
            self._ask(SnapshotRequest(request_id=self._next_id()))

    def request_bars(self, symbol: str, timeframe_s: int, count: int) -> None:
        """Ask for history; answered by one BarsView, empty when there is none."""
        isin = self._decoder.isins.get(symbol)
        if isin is None or timeframe_s <= 0 or count <= 0 or len(self._symbols) >= self._config.requests_max:
            self._events.append(BarsView(symbol=symbol, timeframe_s=timeframe_s, bars=(), venue=self.venue))
            return
        rid = self._next_id()
        self._symbols[rid] = symbol
        count = min(count, HISTORY_COUNT_MAX)
        self._ask(HistoryRequest(request_id=rid, isin=isin, timeframe_s=timeframe_s, count=count))

    # -- the recovery connection

    def connected(self, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """The shell has opened the connection: everything still wanted is asked again."""
        if self._line is not Line.DIALLING:
            self._events.append(Hangup(reason="not_wanted"))
            return
        self._line = Line.OPEN
        self._due_ns = None
        self._reader = FrameReader()
        self._out.clear()
        self._owed_since_ns = None
        for request in self._requests.values():
            self._out += encode_recovery(request)
        self._watch_debt(mono_ns)

    def disconnected(self, reason: str, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """The connection is gone, or could not be opened."""
        if self._line is Line.WAITING:
            return
        self._line = Line.WAITING
        self._due_ns = mono_ns + self._delay_ns
        self._delay_ns = min(self._delay_ns * 2, self._config.delay_max_ns)
        self._owed_since_ns = None
        self._out.clear()
        self._requests = {rid: r for rid, r in self._requests.items() if not isinstance(r, RetransmitRequest)}
        for request, _ in self._histories.values():
            self._requests[request.request_id] = request
        self._histories = {}
        if self._snapshot is not None:
            self._snapshot = None
            self.request_snapshot()

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """Bytes of the recovery connection, in any cut."""
        if self._line is not Line.OPEN:
            return
        self._reader.receive_data(data)
        try:
            while (message := self._reader.next_message()) is not None:
                self._take(message)
        except RemoteProtocolError as error:
            self._report("recovery", str(error))
            self._hang_up("protocol_fault")
            return
        self._delay_ns = self._config.delay_first_ns
        self._owed_since_ns = None
        self._watch_debt(mono_ns)

    def next_event(self) -> MdEvent | None:
        """The oldest event or instruction not yet taken."""
        return self._events.popleft() if self._events else None

    def data_to_send(self) -> bytes:
        """Bytes for the recovery service since the last call."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`; None when nothing is due."""
        due = [self._due_ns] if self._due_ns is not None else []
        if self._last_packet_ns is not None:
            due.append(self._last_packet_ns + self._config.silence_ns)
        if self._owed_since_ns is not None:
            due.append(self._owed_since_ns + self._config.answer_ns)
        return min(due, default=None)

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """What is due at `mono_ns`; early and late calls are harmless."""
        if self._last_packet_ns is not None and mono_ns - self._last_packet_ns >= self._config.silence_ns:
            self._last_packet_ns = None
            self._lines.all_silent()
            detail = f"no packet on lines A and B for {self._config.silence_ns // MS} ms"
            self._events.append(MdDown(venue=self.venue, reason="md_silent", detail=detail))
        if self._due_ns is not None and mono_ns >= self._due_ns:
            self._due_ns = None
            if self._line is Line.WAITING:
                self._line = Line.DIALLING
                self._due_ns = mono_ns + self._config.dial_ns
                self._events.append(Dial())
            else:
                self._hang_up("dial_timeout")
        if self._owed_since_ns is not None and mono_ns - self._owed_since_ns >= self._config.answer_ns:
            self._report("recovery", f"expected an answer within {self._config.answer_ns // MS} ms, found none")
            self._hang_up("recovery_silent")
        self._watch_debt(mono_ns)

    # -- inside

    def _ask(self, request: Request) -> None:
        if isinstance(request, RetransmitRequest) and len(self._requests) >= self._config.requests_max:
            return
        self._requests[request.request_id] = request
        if self._line is Line.OPEN:
            self._out += encode_recovery(request)

    def _next_id(self) -> int:
        self._request_id = self._request_id % 0xFFFF_FFFF + 1
        return self._request_id

    def _watch_debt(self, mono_ns: int) -> None:
        """The service owes an answer from now on, or no longer."""
        owes = self._line is Line.OPEN and (self._requests or self._snapshot or self._histories)
        if not owes:
            self._owed_since_ns = None
        elif self._owed_since_ns is None:
            self._owed_since_ns = mono_ns

    def _hang_up(self, reason: str) -> None:
        self._line = Line.CLOSING
        self._due_ns = None
        self._owed_since_ns = None
        self._out.clear()
        self._events.append(Hangup(reason=reason))

    def _take(self, message: AnyRecovery) -> None:
        match message:
            case Retransmitted():
                self._take_packet(message)
            case SnapshotPart():
                self._take_snapshot(message)
            case HistoryPart():
                self._take_history(message)
            case RequestRefused():
                self._take_refusal(message)
            case _:
                raise RemoteProtocolError(f"recovery: expected an answer, found a {type(message).__name__}")

    def _take_packet(self, message: Retransmitted) -> None:
        self._requests.pop(message.request_id, None)
        packet = message.packet
        if packet.line != RETRANSMITTED:
            raise RemoteProtocolError(f"recovery: expected a packet of line R, found {packet.line}")
        try:
            self._layout.split(packet.payload, packet.count)
        except RemoteProtocolError as error:
            # Wrong at its source: it would be wrong again, and the sequencer goes around it by a snapshot.
            self._report("malformed", f"line R: {error}")
            return
        self._events.append(packet if packet.venue == self.venue else replace(packet, venue=self.venue))

    def _take_snapshot(self, part: SnapshotPart) -> None:
        if isinstance(self._requests.get(part.request_id), SnapshotRequest):
            del self._requests[part.request_id]
            self._snapshot = _SnapshotParts(part)
        snapshot = self._snapshot
        if snapshot is None or not snapshot.belongs(part):
            raise RemoteProtocolError(f"recovery: expected a part of a snapshot asked for, found {part.request_id}")
        snapshot.size += len(part.payload)
        if snapshot.size > self._config.snapshot_bytes_max:
            raise RemoteProtocolError(f"recovery: expected a snapshot below {self._config.snapshot_bytes_max} bytes")
        # A snapshot is whole or useless: a malformed part must not be skipped like a packet.
        self._layout.split(part.payload, part.count)
        snapshot.quotes += self._decoder.decode(part.payload, part.count, part.trade_ns)
        if part.is_last:
            self._snapshot = None
            self._events.append(
                Snapshot(
                    session=part.session,
                    next_seq=part.next_seq,
                    trade_ns=part.trade_ns,
                    quotes=tuple(snapshot.quotes),
                    venue=self.venue,
                )
            )

    def _take_history(self, part: HistoryPart) -> None:
        request = self._requests.get(part.request_id)
        if isinstance(request, HistoryRequest):
            del self._requests[part.request_id]
            self._histories[part.request_id] = (request, [])
        if part.request_id not in self._histories:
            raise RemoteProtocolError(f"recovery: expected bars that were asked for, found {part.request_id}")
        request, bars = self._histories[part.request_id]
        bars += part.bars
        if len(bars) > request.count:
            raise RemoteProtocolError(f"recovery: expected at most {request.count} bars, found {len(bars)}")
        if part.is_last:
            del self._histories[part.request_id]
            self._answer_bars(request, tuple(bars))

    def _answer_bars(self, request: HistoryRequest, bars: tuple[Bar, ...]) -> None:
        symbol = self._symbols.pop(request.request_id)
        timeframe_s = request.timeframe_s
        self._events.append(BarsView(symbol=symbol, timeframe_s=timeframe_s, bars=bars, venue=self.venue))

    def _take_refusal(self, refused: RequestRefused) -> None:
        request = self._requests.pop(refused.request_id, None)
        match request:
            case HistoryRequest():
                self._answer_bars(request, ())
            case RetransmitRequest() if refused.refusal is not Refusal.NOT_YET:
                self._events.append(
                    RetransmitRefused(
                        venue=self.venue,
                        session=request.session,
                        first_seq=request.first_seq,
                        count=request.count,
                        detail=refused.refusal.name.lower(),
                    )
                )

    def _report(self, kind: str, detail: str) -> None:
        self._faults[kind] += 1
        count = self._faults[kind]
        # The first of a kind is told, then the 10th, the 100th ...: a broken line must not flood the screen.
        if str(count).strip("0") == "1":
            self._events.append(MdFault(venue=self.venue, detail=detail, count=count))


class _SnapshotParts:
    """A snapshot that is being received."""

    def __init__(self, first: SnapshotPart) -> None:
        self._key = (first.request_id, first.session, first.next_seq)
        self.size = 0
        self.quotes: list[AnyQuote] = []

    def belongs(self, part: SnapshotPart) -> bool:
        """Whether the part is of the same answer."""
        return (part.request_id, part.session, part.next_seq) == self._key
