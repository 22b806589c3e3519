"""The feed of the real exchange with its background flow, read back by the core's side of the wire."""

import msgspec

from hts.gateway.krx_md import KrxMdGateway, MdConfig
from hts.marketdata.sequencer import Sequencer, SequencerConfig
from hts.model.quotes import BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate
from hts.rules.krx_ticks import tick_table
from hts.sim.agents import Agents
from hts.sim.events import PhaseChanged, Traded
from hts.sim.exchange import Exchange
from hts.sim.korea.krx_profile import krx_profile
from hts.sim.publisher import Publisher, PublisherConfig
from tests.sim.crowd import DAY, at
from tests.support.market_rules import market_rules
from tests.wire.mdcs.samples import LAYOUT


def whole_us(quote):
    return msgspec.structs.replace(quote, trade_ns=quote.trade_ns // 1000 * 1000)


class Venue:
    def __init__(self, start_ns):
        self.rules = market_rules()
        self.instruments = self.rules.instruments(DAY)
        self.exchange = Exchange(krx_profile(self.rules, DAY), self.instruments, DAY, 5)
        self.exchange.advance(start_ns)
        self.agents = Agents(5, self.instruments, DAY)
        self.publisher = Publisher(LAYOUT, self.instruments, self.exchange, PublisherConfig(session=1))
        self.publisher.open(start_ns, start_ns)
        self.events = []
        self.now_ns = start_ns

    def ticks(self, _market, is_etf, trading_date):
        return tick_table(self.rules.ticks_limits, is_etf=is_etf, trading_date=trading_date)

    def publish(self, events):
        self.agents.on_events(events)
        self.publisher.on_events(events, self.now_ns, self.now_ns)
        self.events += events

    def run(self, until_ns):
        while (due_ns := min(self.agents.next_timer_ns(), self.exchange.next_timer_ns() or until_ns)) < until_ns:
            self.now_ns = max(due_ns, self.now_ns)
            self.publish(self.exchange.advance(self.now_ns))
            for command in self.agents.on_timer(self.now_ns):
                self.publish(self.exchange.apply(command, self.now_ns))


def test_an_opening_comes_through_the_wire_whole():
    venue = Venue(at(8, 59, 30))
    names_ja = {i.symbol: i.name_ja for i in venue.instruments}
    gateway = KrxMdGateway(LAYOUT, MdConfig(), venue.ticks, names_ja=names_ja)
    sequencer = Sequencer(SequencerConfig())
    sequencer.resume(1, 1, 0)
    venue.run(at(9, 1))
    quotes = []
    for line, data in venue.publisher.datagrams():
        packet = gateway.receive_packet(line, data, 0, 0)
        assert packet is not None
        for fit in sequencer.push(packet, 0):
            quotes += gateway.decode(fit.payload, fit.count)
    assert gateway.faults == {}
    assert sequencer.next_seq == venue.publisher.next_seq
    listed = [quote.instrument for quote in quotes if isinstance(quote, InstrumentDef)]
    assert listed == list(venue.instruments)
    trades = [quote for quote in quotes if isinstance(quote, TradeUpdate)]
    printed = [whole_us(event.trade) for event in venue.events if isinstance(event, Traded)]
    assert trades == printed
    assert len(trades) > 100
    phases = [quote for quote in quotes if isinstance(quote, PhaseUpdate)]
    changes = [event for event in venue.events if isinstance(event, PhaseChanged)]
    assert [(p.symbol, p.phase, p.until_ns) for p in phases[1:]] == [(e.symbol, e.phase, e.until_ns) for e in changes]
    books = {quote.symbol: quote for quote in quotes if isinstance(quote, BookUpdate)}
    assert books == {i.symbol: whole_us(venue.exchange.depth(i.symbol)) for i in venue.instruments}
