import random

import msgspec
import pytest

from hts.gateway.krx_md import KrxMdGateway, MdConfig
from hts.marketdata.sequencer import Sequencer, SequencerConfig
from hts.model.effects import RequestSnapshot
from hts.model.enums import Phase
from hts.model.quotes import (
    BookUpdate,
    InstrumentDef,
    Packet,
    PhaseUpdate,
    RetransmitRefused,
    Snapshot,
    TradeUpdate,
)
from hts.sim.md_service import MdService
from hts.sim.publisher import Publisher, PublisherConfig
from hts.wire.mdcs.packets import decode_packet
from hts.wire.mdcs.records import Decoder
from hts.wire.mdcs.recovery import Refusal
from tests.sim.feed_market import UNTIL_NS, FeedMarket
from tests.wire.mdcs.samples import ISSUES, LAYOUT, OPEN_NS, ticks

MS = 1_000_000
SYMBOLS = tuple(i.symbol for i in ISSUES)


def a_publisher(session=1, market=None, **options):
    market = market or FeedMarket(SYMBOLS)
    return Publisher(LAYOUT, ISSUES, market, PublisherConfig(session=session, **options)), market


def an_open_publisher(**options):
    publisher, market = a_publisher(**options)
    publisher.open(OPEN_NS, 0)
    publisher.datagrams()
    return publisher, market


def packets(publisher):
    """What went out, decoded; both lines must carry the same but for the letter."""
    sent = [(line, decode_packet(data)) for line, data in publisher.datagrams()]
    assert [line for line, _ in sent] == ["A", "B"] * (len(sent) // 2)
    assert [p.line for _, p in sent] == [line for line, _ in sent]
    on_a, on_b = [p for _, p in sent[::2]], [p for _, p in sent[1::2]]
    assert on_a == [msgspec.structs.replace(p, line="A") for p in on_b]
    return on_a


def quotes(found):
    decoder = Decoder(LAYOUT, ticks, known=ISSUES)
    return [quote for p in found for quote in decoder.decode(p.payload, p.count, p.trade_ns)]


def test_session_opens_with_the_whole_state():
    publisher, market = a_publisher()
    market.trade("AAPL", 58_600, 7, OPEN_NS)
    market.phases["247540"] = Phase.HALTED
    publisher.open(OPEN_NS, 0)
    found = packets(publisher)
    assert [p.first_seq for p in found] == [1, 3, 7, 9]
    assert publisher.next_seq == 10
    assert quotes(found) == [
        *(InstrumentDef(instrument=i) for i in ISSUES),
        PhaseUpdate("", OPEN_NS, Phase.CONTINUOUS, UNTIL_NS),
        PhaseUpdate("247540", OPEN_NS, Phase.HALTED, UNTIL_NS),
        market.depth("005930"),
        market.depth("247540"),
        TradeUpdate("AAPL", OPEN_NS, 58_600, 0, "", 58_600, 58_600, 58_600, 7, 7 * 58_600, Phase.CONTINUOUS),
        market.depth("AAPL"),
    ]


def test_batch_publishes_trades_in_order_and_each_changed_book_once():
    publisher, market = an_open_publisher()
    events = [
        market.trade("005930", 71_600, 10, OPEN_NS + 1000),
        market.change_book("005930", 110, OPEN_NS + 1000),
        market.trade("005930", 71_700, 5, OPEN_NS + 1000),
        market.change_book("005930", 105, OPEN_NS + 1000),
        market.change_book("AAPL", 3, OPEN_NS + 1000),
    ]
    publisher.on_events(events, OPEN_NS + 1000, 0)
    found = packets(publisher)
    assert [(p.first_seq, p.count) for p in found] == [(9, 3), (12, 1)]
    assert quotes(found) == [events[0].trade, events[2].trade, market.depth("005930"), market.depth("AAPL")]
    assert found[0].payload[163:185] == b"0000007160000000071500"  # best ask, best bid


def test_records_carry_their_sequence_number():
    publisher, market = an_open_publisher()
    publisher.on_events([market.trade("005930", 71_600, 1, OPEN_NS) for _ in range(20)], OPEN_NS, 0)
    for packet in packets(publisher):
        numbers = [int(record[5:13]) for _, record in LAYOUT.split(packet.payload, packet.count)]
        assert numbers == list(range(packet.first_seq, packet.first_seq + packet.count))


def test_market_wide_phase_is_one_quote_even_at_a_packets_end():
    for trades in range(12):
        publisher, market = an_open_publisher()
        events = [market.trade("005930", 71_600, 1, OPEN_NS) for _ in range(trades)]
        events.append(market.change_phase(Phase.CLOSE_CALL, OPEN_NS))
        publisher.on_events(events, OPEN_NS, 0)
        phases = [quote for quote in quotes(packets(publisher)) if isinstance(quote, PhaseUpdate)]
        assert phases == [PhaseUpdate("", OPEN_NS, Phase.CLOSE_CALL, UNTIL_NS)]


def test_phase_of_one_issue_names_it():
    publisher, market = an_open_publisher()
    publisher.on_events([market.change_phase(Phase.HALTED, OPEN_NS, "AAPL")], OPEN_NS, 0)
    assert quotes(packets(publisher)) == [PhaseUpdate("AAPL", OPEN_NS, Phase.HALTED, UNTIL_NS)]


def test_batch_without_public_events_sends_nothing():
    publisher, _ = an_open_publisher()
    publisher.on_events([], OPEN_NS, 0)
    assert publisher.datagrams() == []


def test_quiet_feed_sends_heartbeats_with_the_next_number():
    publisher, market = a_publisher()
    assert publisher.next_timer_ns() is None
    publisher.open(OPEN_NS, 0)
    packets(publisher)
    assert publisher.next_timer_ns() == 400 * MS
    publisher.on_events([market.change_book("005930", 1, OPEN_NS)], OPEN_NS, 300 * MS)
    packets(publisher)
    publisher.on_timer(OPEN_NS, 699 * MS)
    assert publisher.datagrams() == []
    publisher.on_timer(OPEN_NS + 5, 700 * MS)
    assert packets(publisher) == [Packet(line="A", session=1, first_seq=10, count=0, payload=b"", trade_ns=OPEN_NS + 5)]
    assert publisher.next_timer_ns() == 1100 * MS


def test_retransmission_gives_the_packets_as_they_were_sent():
    publisher, market = an_open_publisher()
    sent = []
    for qty in range(1, 5):
        publisher.on_events([market.change_book(symbol, qty, OPEN_NS) for symbol in SYMBOLS], OPEN_NS, 0)
        sent += packets(publisher)
    again = [msgspec.structs.replace(p, line="R") for p in sent]
    assert [(p.first_seq, p.count) for p in sent[:4]] == [(9, 2), (11, 1), (12, 2), (14, 1)]
    assert publisher.retransmit(1, 11, 1) == again[1:2]
    assert publisher.retransmit(1, 10, 4) == again[0:3]
    assert publisher.retransmit(1, 9, 999) == again


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ((2, 9, 1), Refusal.WRONG_SESSION),
        ((1, 0, 1), Refusal.BAD_REQUEST),
        ((1, 9, 0), Refusal.BAD_REQUEST),
        ((1, 19, 1), Refusal.NOT_YET),
        ((1, 15, 1), Refusal.TOO_OLD),
    ],
)
def test_what_cannot_be_retransmitted_is_refused(request_, answer):
    publisher, market = an_open_publisher(kept_packets_max=2)
    for qty in range(1, 11):
        publisher.on_events([market.change_book("005930", qty, OPEN_NS)], OPEN_NS, 0)
    assert (publisher.oldest_seq, publisher.next_seq) == (17, 19)
    assert publisher.retransmit(*request_) == answer


def test_restored_events_are_remembered_but_not_published():
    publisher, market = a_publisher()
    publisher.restore([market.trade("005930", 71_600, 4, OPEN_NS), market.change_book("005930", 1, OPEN_NS)])
    assert publisher.datagrams() == []
    assert [(bar.close_px, bar.qty) for bar in publisher.today.bars("005930", 60)] == [(71_600, 4)]


class Listener:
    """The core's side: gateway, sequencer and the quotes applied, over lines that lose and links that are cut."""

    def __init__(self, service, dice, loss):
        self.service, self.dice, self.loss = service, dice, loss
        self.gateway = KrxMdGateway(LAYOUT, MdConfig(), ticks)
        self.sequencer = Sequencer(SequencerConfig(tries_max=3))
        self.applied = []
        self.books = {}
        self.trades = {}
        self.conn = 0
        self.link_up(0)

    def link_up(self, now):
        self.conn += 1
        self.service.connected(self.conn, OPEN_NS, now)
        self.gateway.connected(OPEN_NS, now)

    def cut(self, now):
        self.service.disconnected(self.conn, OPEN_NS, now)
        self.gateway.disconnected("cut", OPEN_NS, now)
        self.gateway.on_timer(OPEN_NS, now + 10**10)
        self.link_up(now)

    def hear(self, datagrams, now):
        copies = [d for d in datagrams if self.dice.random() >= self.loss for _ in range(self.dice.choice((1, 1, 2)))]
        self.dice.shuffle(copies)
        for line, data in copies:
            packet = self.gateway.receive_packet(line, data, OPEN_NS, now)
            assert packet is not None
            self.apply(self.sequencer.push(packet, now))
        self.recover(now)

    def apply(self, found):
        for packet in found:
            self.applied += range(packet.first_seq, packet.first_seq + packet.count)
            self.show(self.gateway.decode(packet.payload, packet.count))

    def show(self, found):
        for quote in found:
            if isinstance(quote, BookUpdate):
                self.books[quote.symbol] = quote
            elif isinstance(quote, TradeUpdate):
                self.trades[quote.symbol] = quote

    def recover(self, now):
        while (request := self.sequencer.next_request(now)) is not None:
            if isinstance(request, RequestSnapshot):
                self.gateway.request_snapshot()
            else:
                self.gateway.request_retransmit(request.session, request.first_seq, request.count)
            self.service.receive_data(self.conn, self.gateway.data_to_send(), OPEN_NS, now)
            if self.dice.random() < self.loss / 3:
                self.cut(now)
            for conn, data in self.service.data_to_send():
                assert conn == self.conn
                self.gateway.receive_data(data, OPEN_NS, now)
            self.take_events(now)

    def take_events(self, now):
        while (event := self.gateway.next_event()) is not None:
            if isinstance(event, Packet):
                self.apply(self.sequencer.push(event, now))
            elif isinstance(event, RetransmitRefused):
                self.sequencer.refuse(event.session)
            elif isinstance(event, Snapshot) and not self.sequencer.is_stale(event.session, event.next_seq):
                self.applied += range(len(self.applied) + 1, event.next_seq)
                self.show(event.quotes)
                self.apply(self.sequencer.resume(event.session, event.next_seq, now))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kept", [4, 20_000])
def test_listener_ends_with_every_record_and_the_venues_books_whatever_is_lost(seed, kept):
    dice = random.Random(seed)
    market = FeedMarket(SYMBOLS)
    publisher, _ = a_publisher(market=market, kept_packets_max=kept)
    service = MdService(publisher, ISSUES, lambda *_: ())
    listener = Listener(service, dice, loss=dice.choice((0.0, 0.2, 0.6)))
    publisher.open(OPEN_NS, 0)
    now = 0
    for step in range(1, 120):
        now += 20 * MS
        trade_ns = OPEN_NS + step * 20 * MS
        events = [market.change_book(dice.choice(SYMBOLS), step, trade_ns) for _ in range(dice.randint(0, 3))]
        if dice.random() < 0.5:
            events.append(market.trade(dice.choice(SYMBOLS), 71_000 + step, 1, trade_ns))
        publisher.on_events(events, trade_ns, now)
        publisher.on_timer(trade_ns, now)
        listener.hear(publisher.datagrams(), now)
    listener.loss = 0.0
    for _ in range(20):
        now += 400 * MS
        publisher.on_timer(OPEN_NS, now)
        listener.hear(publisher.datagrams(), now)
    assert listener.applied == list(range(1, publisher.next_seq))
    assert {symbol: listener.books[symbol].levels for symbol in SYMBOLS} == {
        symbol: market.books[symbol].levels for symbol in SYMBOLS
    }
    assert {symbol: trade.cum_qty for symbol, trade in listener.trades.items()} == {
        symbol: figures.cum_qty for symbol, figures in market.figures.items()
    }
    assert listener.gateway.faults == {}


def test_restarted_venue_is_followed_into_its_later_session():
    dice = random.Random(1)
    market = FeedMarket(SYMBOLS)
    first, _ = a_publisher(market=market)
    listener = Listener(MdService(first, ISSUES, lambda *_: ()), dice, loss=0.0)
    first.open(OPEN_NS, 0)
    listener.hear(first.datagrams(), 0)
    first.on_events([market.change_book("005930", 5, OPEN_NS)], OPEN_NS, 0)
    listener.hear(first.datagrams(), 1)
    second, _ = a_publisher(session=2, market=market)
    listener.service = MdService(second, ISSUES, lambda *_: ())
    listener.cut(2)
    second.open(OPEN_NS, 3)
    second.datagrams()  # the listener was not there
    second.on_timer(OPEN_NS, 500 * MS)
    listener.applied = []
    for late in (0, 10):
        listener.hear(second.datagrams(), (500 + late) * MS)
    assert listener.applied == list(range(1, 9))
    assert (listener.sequencer.session, listener.sequencer.has_gap) == (2, False)
