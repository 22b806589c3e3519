"""Exchange events to the market data feed: records, packets, lines A and B, and what a late listener can ask for.

Theory of operation. One batch of exchange events becomes records in the order of the events, but for the books: each
issue that changed is published once, after the batch, as it then stands. Records are packed into packets in this
order; a packet never crosses batches, so nothing waits for company. Each packet goes out on both lines and is kept.

Sequence numbers count records from 1 in each feed session. Kept packets are bounded; a request for older ones is
refused with the number of the oldest record still there, and the listener takes a snapshot. A snapshot is made of the
same records as the opening of a session (issue list, phases, book and day figures of each issue) and is valid just
before the next sequence number, which always is a packet's border.

A venue that starts again opens a session with a higher number (the wall clock's seconds at the start will do): what it
publishes from then on need not repeat the numbering of before. Replayed events go to `restore`, not to `on_events`.

Heartbeats (no records) go out when a line was quiet for `heartbeat_ns`.
"""

from collections import deque
from collections.abc import Iterable
from typing import Protocol

import msgspec
from msgspec import Struct

from hts.model.enums import Market, Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, Packet, PhaseUpdate, TradeUpdate
from hts.sim.events import BookChanged, PhaseChanged, SimEvent, Traded
from hts.sim.figures import DayFigures
from hts.sim.today_bars import TodayBars
from hts.wire.mdcs.encode import Encoder
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.mdcs.packets import PAYLOAD_LENGTH_MAX, encode_packet
from hts.wire.mdcs.recovery import Refusal

MS = 1_000_000
LINES = ("A", "B")
WHOLE_MARKETS = (Market.KOSPI, Market.KOSDAQ)  # a phase of the whole venue is told once in each


class FeedSource(Protocol):
    """What the feed reads from the exchange."""

    def depth(self, symbol: str, levels: int = ...) -> BookUpdate:
        """The published book now."""
        ...

    def day(self, symbol: str) -> DayFigures:
        """The day's figures so far."""
        ...

    def phase(self, symbol: str = "") -> Phase:
        """The phase of an issue, or of the market."""
        ...

    def phase_until_ns(self, symbol: str = "") -> int:
        """Scheduled start of the next phase; 0 when there is none."""
        ...


class PublisherConfig(Struct, frozen=True, kw_only=True):
    """`session` must be higher at each start of the venue. Heartbeats are due every 500 ms; 400 leaves room."""

    session: int
    heartbeat_ns: int = 400 * MS
    kept_packets_max: int = 20_000


class Publisher:
    """The sending side of the feed."""

    def __init__(
        self, layout: MdcsLayout, instruments: tuple[Instrument, ...], market: FeedSource, config: PublisherConfig
    ) -> None:
        assert config.session > 0, config.session
        self._encoder = Encoder(layout, instruments)
        self._instruments = instruments
        self._market = market
        self._config = config
        self.today = TodayBars()
        self.next_seq = 1
        self._records: list[bytes] = []  # of the packet being filled
        self._records_length = 0
        self._kept: deque[Packet] = deque(maxlen=config.kept_packets_max)
        self._out: list[tuple[str, bytes]] = []
        self._sent_ns: int | None = None

    @property
    def session(self) -> int:
        """Number of the feed session."""
        return self._config.session

    @property
    def oldest_seq(self) -> int:
        """First record that can still be retransmitted; `next_seq` when there is none."""
        return self._kept[0].first_seq if self._kept else self.next_seq

    # -- publishing

    def open(self, trade_ns: int, mono_ns: int) -> None:
        """Begin the session: issue list, phases, book and day figures of every issue."""
        assert self.next_seq == 1, self.next_seq
        for record in self._state(trade_ns, first_seq=1):
            self._add(record, trade_ns)
        self._flush(trade_ns)
        self._sent_ns = mono_ns

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:
        """Publish one batch of exchange events."""
        changed: dict[str, None] = {}
        for event in events:
            match event:
                case Traded(trade=trade):
                    self.today.apply(trade)
                    best = self._market.depth(trade.symbol).levels
                    self._add(self._encoder.trade(trade, best[0], best[1], self._seq), trade_ns)
                case BookChanged(symbol=symbol):
                    changed[symbol] = None
                case PhaseChanged():
                    self._add_phase(event, trade_ns)
        for symbol in changed:
            self._add(self._encoder.book(self._market.depth(symbol), self._seq), trade_ns)
        if self._records:
            self._flush(trade_ns)
            self._sent_ns = mono_ns

    def restore(self, events: Iterable[SimEvent]) -> None:
        """Events of a replayed command log: today's bars remember them, nothing is published."""
        for event in events:
            if isinstance(event, Traded):
                self.today.apply(event.trade)

    def datagrams(self) -> list[tuple[str, bytes]]:
        """(line, datagram) in sending order, since the last call."""
        out, self._out = self._out, []
        return out

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next heartbeat; None before the session is open."""
        return None if self._sent_ns is None else self._sent_ns + self._config.heartbeat_ns

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """Send a heartbeat when one is due."""
        due_ns = self.next_timer_ns()
        if due_ns is not None and mono_ns >= due_ns:
            self._send(self._packet(b"", 0, trade_ns))
            self._sent_ns = mono_ns

    # -- recovery

    def retransmit(self, session: int, first_seq: int, count: int) -> list[Packet] | Refusal:
        """The kept packets that hold records of [first_seq, first_seq + count), as they were first sent."""
        if session != self.session:
            return Refusal.WRONG_SESSION
        if count <= 0 or first_seq <= 0:
            return Refusal.BAD_REQUEST
        if first_seq >= self.next_seq:
            return Refusal.NOT_YET
        if first_seq < self.oldest_seq:
            return Refusal.TOO_OLD
        found: list[Packet] = []
        for packet in reversed(self._kept):  # what is asked for again is mostly new
            if packet.first_seq + packet.count <= first_seq:
                break
            if packet.first_seq < first_seq + count:
                found.append(msgspec.structs.replace(packet, line="R"))
        return found[::-1]

    def snapshot(self, trade_ns: int) -> list[bytes]:
        """Records of the state as it is now: valid just before `next_seq`."""
        assert not self._records, "a snapshot lies between packets"
        return self._state(trade_ns, first_seq=self.next_seq)

    # -- inside

    @property
    def _seq(self) -> int:
        """Sequence number of the record that is added next."""
        return self.next_seq + len(self._records)

    def _state(self, trade_ns: int, first_seq: int) -> list[bytes]:
        """Issue list, phases, then book and day figures of each issue."""
        records: list[bytes] = []
        for instrument in self._instruments:
            records.append(self._encoder.issue(instrument, first_seq + len(records)))
        market_phase = self._market.phase()
        update = PhaseUpdate("", trade_ns, market_phase, self._market.phase_until_ns())
        for market in WHOLE_MARKETS:
            records.append(self._encoder.operation(update, market, first_seq + len(records)))
        for instrument in self._instruments:
            symbol = instrument.symbol
            phase = self._market.phase(symbol)
            if phase is not market_phase:
                update = PhaseUpdate(symbol, trade_ns, phase, self._market.phase_until_ns(symbol))
                records.append(self._encoder.operation(update, instrument.market, first_seq + len(records)))
        for instrument in self._instruments:
            book = self._market.depth(instrument.symbol)
            records.append(self._encoder.snapshot(book, self._last_trade(instrument.symbol, trade_ns)))
        return records

    def _last_trade(self, symbol: str, trade_ns: int) -> TradeUpdate | None:
        figures = self._market.day(symbol)
        if figures.cum_qty == 0:
            return None
        return TradeUpdate(
            symbol,
            trade_ns,
            figures.last_px,
            0,
            "",
            figures.open_px,
            figures.high_px,
            figures.low_px,
            figures.cum_qty,
            figures.cum_value,
            self._market.phase(symbol),
        )

    def _add_phase(self, event: PhaseChanged, trade_ns: int) -> None:
        update = PhaseUpdate(event.symbol, event.trade_ns, event.phase, event.until_ns)
        if event.symbol:
            self._add(self._encoder.operation(update, Market.KOSPI, self._seq), trade_ns)
            return
        for market in WHOLE_MARKETS:
            self._add(self._encoder.operation(update, market, self._seq), trade_ns)

    def _add(self, record: bytes, trade_ns: int) -> None:
        if self._records_length + len(record) > PAYLOAD_LENGTH_MAX:
            self._flush(trade_ns)
        self._records.append(record)
        self._records_length += len(record)

    def _flush(self, trade_ns: int) -> None:
        if not self._records:
            return
        packet = self._packet(b"".join(self._records), len(self._records), trade_ns)
        self.next_seq += packet.count
        self._records = []
        self._records_length = 0
        self._kept.append(packet)
        self._send(packet)

    def _packet(self, payload: bytes, count: int, trade_ns: int) -> Packet:
        return Packet(
            line="A",
            session=self._config.session,
            first_seq=self.next_seq,
            count=count,
            payload=payload,
            trade_ns=trade_ns,
        )

    def _send(self, packet: Packet) -> None:
        for line in LINES:
            self._out.append((line, encode_packet(msgspec.structs.replace(packet, line=line))))
