"""The core's side of a native feed in memory: gateway, sequencer and newest quotes, on a market of tests.support."""

from hts.app.config import VenueSettings
from hts.app.core_feeds import market_data_gateway
from hts.gateway.actions import Ask, Dial, Hangup
from hts.marketdata.sequencer import Sequencer, SequencerConfig
from hts.model.effects import RequestRetransmit, RequestSnapshot
from hts.model.quotes import (
    BookUpdate,
    InstrumentDef,
    MdBroken,
    MdDown,
    MdFault,
    MdUp,
    Packet,
    PhaseUpdate,
    RetransmitRefused,
    Snapshot,
    TradeUpdate,
)

MS = 1_000_000


class Listener:
    """Time is `mono_ns`; what both lines lose is decided by the test. `recover` plays the runner's part."""

    def __init__(self, market):
        self.market = market
        self.gateway = market_data_gateway(market.venue, None, None, VenueSettings())
        self.sequencer = Sequencer(SequencerConfig(venue=market.venue))
        self.mono_ns = 0
        self.books = {}
        self.trades = []
        self.phases = {}
        self.issues = {}
        self.told = []
        self.bars = []
        self.reached = 0  # snapshots that were applied
        self._conn = 0
        self._is_connected = False

    def hear(self, datagrams, line="A"):
        """Packets of a line, in this order."""
        for data in datagrams:
            packet = self.gateway.receive_packet(line, data, self.market.trade_ns, self.mono_ns)
            if packet is not None:
                self._push(packet)
            self.settle()

    def pump(self):
        """Everything that the market has sent, on line A."""
        datagrams, self.market.datagrams = list(self.market.datagrams), []
        self.hear(datagrams)

    def recover(self, rounds=400):
        """Time passes until nothing is missing."""
        for _ in range(rounds):
            if self.sequencer.is_live and not self.sequencer.has_gap:
                return
            self.mono_ns += 10 * MS
            self.settle()
            if self.sequencer.session == 0:
                return  # nothing was heard: nobody knows what to ask for
        raise AssertionError(f"still missing: {self.sequencer.stats}")

    def settle(self):
        """What the runner does after each call."""
        while True:
            while (request := self.sequencer.next_request(self.mono_ns)) is not None:
                if isinstance(request, RequestSnapshot):
                    self.gateway.request_snapshot()
                else:
                    assert isinstance(request, RequestRetransmit)
                    self.gateway.request_retransmit(request.session, request.first_seq, request.count)
            events = []
            while (event := self.gateway.next_event()) is not None:
                events.append(event)
                self._take(event)
            if not self._carry() and not events:
                return

    def advance(self, ns):
        """The machine's time passes, and the gateway's timer fires where it is due."""
        self.mono_ns += ns
        due = self.gateway.next_timer_ns()
        if due is not None and due <= self.mono_ns:
            self.gateway.on_timer(self.market.trade_ns, self.mono_ns)
        self.settle()

    def _take(self, event):
        recovery = self.market.recovery
        match event:
            case Dial():
                self._conn += 1
                recovery.connected(self._conn, self.market.trade_ns, self.mono_ns)
                self._is_connected = True
                self.gateway.connected(self.market.trade_ns, self.mono_ns)
            case Hangup():
                recovery.disconnected(self._conn, self.market.trade_ns, self.mono_ns)
                self._is_connected = False
                self.gateway.disconnected("closed", self.market.trade_ns, self.mono_ns)
            case Ask(data=data):
                answer = self.market.feed.answer(data)
                if answer is not None:
                    self.hear([answer], "R")
            case Packet():
                self._push(event)
            case Snapshot():
                if not self.sequencer.is_stale(event.session, event.next_seq):
                    self.reached += 1
                    self._quotes(event.quotes)
                    for packet in self.sequencer.resume(event.session, event.next_seq, self.mono_ns):
                        self._quotes(self.gateway.decode(packet.payload, packet.count))
            case RetransmitRefused(session=session):
                self.sequencer.refuse(session)
                self.told.append(event)
            case MdBroken():
                self.sequencer.distrust()
                self.told.append(event)
            case MdUp() | MdDown() | MdFault():
                self.told.append(event)
            case _:
                self.bars.append(event)

    def _push(self, packet):
        for ready in self.sequencer.push(packet, self.mono_ns):
            self._quotes(self.gateway.decode(ready.payload, ready.count))

    def _carry(self):
        """Bytes of the recovery connection, both ways; whether there were any."""
        moved = False
        up = self.gateway.data_to_send()
        if up and self._is_connected:
            moved = True
            self.market.recovery.receive_data(self._conn, up, self.market.trade_ns, self.mono_ns)
        for conn, data in self.market.recovery.data_to_send():
            if conn == self._conn and self._is_connected:
                moved = True
                self.gateway.receive_data(data, self.market.trade_ns, self.mono_ns)
        for conn in self.market.recovery.closing():
            if conn == self._conn and self._is_connected:
                moved = True
                self._is_connected = False
                self.gateway.disconnected("closed by the venue", self.market.trade_ns, self.mono_ns)
        return moved

    def _quotes(self, quotes):
        for quote in quotes:
            match quote:
                case BookUpdate(symbol=symbol):
                    self.books[symbol] = quote
                case TradeUpdate():
                    self.trades.append(quote)
                case PhaseUpdate(symbol=symbol):
                    if not symbol:
                        self.phases.clear()
                    self.phases[symbol] = quote.phase
                case InstrumentDef(instrument=instrument):
                    self.issues[instrument.symbol] = instrument

    def phase(self, symbol=""):
        """Of an issue, as a Market of the engine would answer."""
        return self.phases.get(symbol, self.phases.get(""))
