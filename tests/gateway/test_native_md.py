"""The feeds of Tokyo, the PTS, Nasdaq and Osaka against the exchange that sends them: books, trades, phases, holes."""

import random

import pytest
from msgspec.structs import replace

from hts.gateway.feed_gateway import MISSED_BREAK
from hts.marketdata import day_trades
from hts.model.enums import Phase, Side, TimeInForce
from hts.model.quotes import BOOK_DEPTH, MdBroken, MdDown, MdFault, MdUp
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import BreakTrade, Enter
from hts.sim.events import PhaseChanged, Traded
from hts.sim.matching import BUY, SELL
from tests.support.foreign_rules import foreign_rules
from tests.support.native_listener import MS, Listener
from tests.support.native_market import DAY, NativeMarket, RandomFlow

VENUES = ("TSE", "JNX", "ODX", "NASDAQ", "OSE")
MOLD = ("JNX", "ODX", "NASDAQ", "OSE")


def levels_of(market, symbol):
    """What BookUpdate.levels should be, from the exchange's own queues."""
    book = market.book(symbol)
    found = [0] * (4 * BOOK_DEPTH)
    for side, at in ((SELL, 0), (BUY, 1)):
        for row, (px, queue) in enumerate([level for level in book[side] if level[0]][:BOOK_DEPTH]):
            found[4 * row + at], found[4 * row + at + 2] = px, sum(queue)
    return tuple(found)


def check_books(market, listener):
    for instrument in market.instruments:
        assert listener.books[instrument.symbol].levels == levels_of(market, instrument.symbol), instrument.symbol


def started(venue, commands=0, seed=1):
    market = NativeMarket(venue)
    flow = RandomFlow(market, seed)
    told = []
    for _ in range(commands):
        told += market.apply(flow.command())
    return market, flow, told


@pytest.mark.parametrize("venue", VENUES)
def test_books_and_trades_are_the_exchange_s_though_both_lines_lose_packets(venue):
    market, flow, _ = started(venue)
    listener = Listener(market)
    listener.pump()
    listener.recover()
    dice = random.Random(5)
    told = []
    for _ in range(250):
        told += market.apply(flow.command())
        datagrams, market.datagrams = list(market.datagrams), []
        for line in "AB":
            listener.hear([data for data in datagrams if dice.random() > 0.15], line)
    market.apply(flow.command())
    listener.pump()  # a last packet shows what was lost at the end
    listener.recover()
    check_books(market, listener)
    assert listener.sequencer.stats.retransmits > 0
    assert listener.reached == 1
    assert not [event for event in listener.told if isinstance(event, MdBroken)]
    expected = [event.trade for event in told if isinstance(event, Traded)]
    heard = listener.trades[: len(expected)]
    assert [(t.symbol, t.px, t.qty) for t in heard] == [(t.symbol, t.px, t.qty) for t in expected]
    for symbol in {t.symbol for t in expected}:
        last = [t for t in heard if t.symbol == symbol][-1]
        own = [t for t in expected if t.symbol == symbol]
        assert (last.open_px, last.high_px, last.low_px, last.cum_qty, last.cum_value) == (
            own[0].px,
            max(t.px for t in own),
            min(t.px for t in own),
            sum(t.qty for t in own),
            sum(t.px * t.qty for t in own),
        )
    if venue != "NASDAQ":  # hidden orders trade there too, and nobody is told who was the aggressor
        assert [t.side for t in heard] == [t.side for t in expected]


@pytest.mark.parametrize("venue", VENUES)
def test_who_comes_late_begins_with_a_snapshot(venue):
    market, flow, _ = started(venue, 200)
    market.datagrams.clear()
    listener = Listener(market)
    market.apply(flow.command())
    listener.pump()
    listener.recover()
    check_books(market, listener)
    assert {i.symbol for i in market.instruments} <= set(listener.issues)
    assert {(i.venue, i.trading_date) for i in listener.issues.values()} == {(venue, DAY)}
    for _ in range(60):
        market.apply(flow.command())
        listener.pump()
        check_books(market, listener)
    assert listener.reached == 1


@pytest.mark.parametrize("venue", VENUES)
def test_a_venue_that_starts_again_is_followed_from_its_new_session_s_first_packet(venue):
    market, flow, _ = started(venue, 60)
    listener = Listener(market)
    listener.pump()
    listener.recover()
    sequence = listener.sequencer.session
    before = dict(listener.books)
    market.feed = market.kind.market_data(market.instruments, market.exchange, DAY, 1, 2)
    market.feed.open(market.trade_ns, 0)
    market.recovery = market.kind.recovery(market.feed)
    market._collect()
    listener.pump()
    assert listener.sequencer.session > sequence
    assert {symbol: book.levels for symbol, book in listener.books.items()} == {
        symbol: book.levels for symbol, book in before.items()
    }
    market.apply(flow.command())
    listener.pump()
    check_books(market, listener)
    assert listener.reached == 1


@pytest.mark.parametrize("venue", VENUES)
def test_what_does_not_add_up_voids_the_books_until_a_snapshot(venue):
    market, flow, _ = started(venue, 80)
    listener = Listener(market)
    listener.pump()
    listener.recover()
    listener.gateway._feed.forget_orders()  # as if an addition had been decoded wrongly
    for _ in range(60):
        market.apply(flow.command())
        listener.pump()
    assert [type(event) for event in listener.told if not isinstance(event, MdUp | MdFault)] == [MdBroken]
    listener.recover()
    assert listener.reached == 2
    market.apply(flow.command())
    listener.pump()
    check_books(market, listener)


@pytest.mark.parametrize("venue", VENUES)
def test_the_phases_of_the_day_are_told_as_they_come(venue):
    whole = foreign_rules().instruments(venue, DAY)
    market = NativeMarket(venue, at="03:55:00" if venue == "NASDAQ" else "07:30:00", instruments=whole)
    listener = Listener(market)
    listener.pump()
    listener.recover()
    last = None
    while (at := market.exchange.next_timer_ns()) is not None and at <= market.exchange.day_end_ns:
        events = market.advance(at)
        listener.pump()
        turned = [event.phase for event in events if isinstance(event, PhaseChanged) and not event.symbol]
        if turned:
            last = turned[-1]
            if not (venue == "NASDAQ" and last.is_call):  # its crosses are moments in another phase
                assert listener.phase() is last, at
    assert last is Phase.CLOSED


@pytest.mark.parametrize("venue", VENUES)
def test_a_silent_feed_is_down_and_comes_back(venue):
    market, flow, _ = started(venue)
    listener = Listener(market)
    listener.pump()
    listener.recover()
    listener.advance(2_000 * MS)
    for _ in range(5):  # not each of them changes the book
        market.apply(flow.command())
    listener.pump()
    listener.advance(2_000 * MS)
    assert [type(event) for event in listener.told] == [MdUp]
    listener.advance(1_100 * MS)
    assert isinstance(listener.told[-1], MdDown)
    for _ in range(5):  # not each of them changes the book
        market.apply(flow.command())
    listener.pump()
    assert isinstance(listener.told[-1], MdUp)
    check_books(market, listener)


def test_history_is_what_was_heard():
    market, flow, told = started("NASDAQ")
    listener = Listener(market)
    listener.pump()
    listener.recover()
    for _ in range(150):
        told += market.apply(flow.command())
        listener.pump()
    trades = [t for t in listener.trades if t.symbol == "AAPL"]
    listener.gateway.request_bars("AAPL", 60, 10)
    listener.settle()
    (view,) = listener.bars
    assert (view.symbol, view.venue, view.timeframe_s) == ("AAPL", "NASDAQ", 60)
    assert sum(bar.qty for bar in view.bars) == sum(t.qty for t in trades) > 0
    assert (view.bars[0].open_px, view.bars[-1].close_px) == (trades[0].px, trades[-1].px)


def test_garbage_on_a_line_is_counted_and_passed_over():
    market, flow, _ = started("JNX")
    listener = Listener(market)
    listener.pump()
    listener.recover()
    listener.hear([b"", b"x" * 19, b"\0" * 20, bytes(40)])
    market.apply(flow.command())
    listener.pump()
    check_books(market, listener)
    assert [event for event in listener.told if isinstance(event, MdFault)]


def test_the_break_of_any_pair_of_a_nasdaq_cross_leaves_the_cross_in_the_public_day():
    """The cross is one print with a match number of its own; its pairs have theirs."""
    market = NativeMarket("NASDAQ", at="09:20:00")
    issue = market.instruments[0]
    listener = Listener(market)
    listener.pump()
    listener.recover()
    for number, (side, qty) in enumerate([(Side.BUY, 300), (Side.SELL, 100), (Side.SELL, 200)], start=1):
        market.apply(
            Enter(
                session="OTHER", cl_ord_id=ClOrdID(number), account="a", symbol=issue.symbol, side=side, qty=Qty(qty),
                px=Px(issue.base_px), time_in_force=TimeInForce.DAY,
            )
        )  # fmt: skip
    market.advance(market.at("09:30:01"))
    pairs = list(market.exchange.trades.matches)
    assert len(pairs) == 2
    for match in pairs:
        market.apply(BreakTrade(session="VENUE", match_id=match))
    listener.pump()
    listener.recover()
    assert {one.cum_qty for one in listener.trades if one.symbol == issue.symbol} == {300}


def test_a_break_of_a_trade_that_is_kept_no_longer_is_told(monkeypatch):
    monkeypatch.setattr(day_trades, "KEPT_MAX", 40)
    market, flow, _ = started("NASDAQ")
    listener = Listener(market)
    listener.pump()
    listener.recover()
    for _ in range(300):
        market.apply(replace(flow.command(), session="OTHER"))
    listener.pump()
    listener.recover()
    before = listener.trades[:]
    first, *_, last = market.exchange.trades.matches
    market.apply(BreakTrade(session="VENUE", match_id=first))
    listener.pump()
    listener.recover()
    assert [told for told in listener.told if isinstance(told, MdFault)] == [
        MdFault(venue="NASDAQ", detail=MISSED_BREAK, count=1)
    ]
    assert listener.trades == before
    market.apply(BreakTrade(session="VENUE", match_id=last))
    listener.pump()
    listener.recover()
    assert len(listener.trades) == len(before) + 1


def test_a_trade_that_nasdaq_breaks_leaves_the_day_and_its_minute():
    market, flow, told = started("NASDAQ")
    listener = Listener(market)
    listener.pump()
    listener.recover()
    for _ in range(300):
        told += market.apply(replace(flow.command(), session="OTHER"))  # only members' trades are broken
    trades = market.exchange.trades
    broken = list(trades.matches)[::3]
    for match in broken:
        told += market.apply(BreakTrade(session="VENUE", match_id=match))
    listener.pump()
    listener.recover()
    traded = [event for event in told if isinstance(event, Traded)]
    standing = {}
    for event in traded:
        if event.match_id not in broken:
            standing.setdefault(event.trade.symbol, []).append(event.trade)
    assert broken
    assert any(len(own) > 1 for own in standing.values())
    for symbol, own in standing.items():
        last = [t for t in listener.trades if t.symbol == symbol][-1]
        assert (last.open_px, last.high_px, last.low_px, last.cum_qty, last.cum_value) == (
            own[0].px, max(t.px for t in own), min(t.px for t in own), sum(t.qty for t in own),
            sum(t.px * t.qty for t in own),
        )  # fmt: skip
        listener.gateway.request_bars(symbol, 60, 1_000)
        listener.settle()
        bars = listener.bars[-1].bars
        assert (sum(bar.qty for bar in bars), bars[-1].close_px) == (last.cum_qty, own[-1].px)
