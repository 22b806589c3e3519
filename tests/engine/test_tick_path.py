from hts.engine.engine import Engine
from hts.model.denials import Denial, Rule, Unit
from hts.model.effects import PublishQuote, Reply, RequestHistory, RequestRetransmit, RequestSnapshot, SetTimer
from hts.model.enums import Phase
from hts.model.queries import RequestBars, Subscribe
from hts.model.quotes import InstrumentDef, MdDown, MdFault, MdUp, Packet, PhaseUpdate, RetransmitRefused
from hts.model.views import BarsView, LinkState, NoticeView, StatusView
from tests.engine.kit import AT, Desk, a_config, a_ready_desk, a_snapshot, fee, replies, views
from tests.support.builders import SYMBOL, TRADE_NS, VENUE, a_book, a_trade, an_instrument, an_intent

MS = 1_000_000


def a_packet(first_seq, *quotes, line="A", session=1, count=None):
    records = len(quotes) if count is None else count
    return Packet(line=line, session=session, first_seq=first_seq, count=records, payload=quotes)


def a_live_engine() -> Engine:
    """The payload is the quotes themselves."""
    engine = Engine(a_config(), {VENUE: lambda payload, _count: payload}, fee)
    engine.start(*AT, 0)
    engine.on_snapshot(a_snapshot(), *AT)
    return engine


def status_of(effects):
    return [(v.market_data, v.detail, v.phase) for v in views(effects) if isinstance(v, StatusView)]


def test_snapshot_lists_issues_and_goes_on_to_the_terminals():
    engine = Engine(a_config(), {VENUE: lambda payload, _count: payload}, fee)
    engine.start(*AT, 0)
    effects = engine.on_snapshot(a_snapshot(), *AT)
    quotes = [
        an_instrument(),
        an_instrument("000660"),
        PhaseUpdate("", TRADE_NS, Phase.CONTINUOUS, 0),
        a_book(),
        a_trade(71_000),
    ]
    assert [e.quote for e in effects if isinstance(e, PublishQuote)] == quotes
    assert status_of(effects) == [(LinkState.UP, "", Phase.CONTINUOUS)]


def test_both_lines_are_one_stream():
    engine = a_live_engine()
    book, trade = a_book(bid=71_000, ask=71_100), a_trade(71_100)
    assert engine.on_packet(a_packet(1, book), *AT) == (PublishQuote(book),)
    assert engine.on_packet(a_packet(1, book, line="B"), *AT) == ()
    assert engine.on_packet(a_packet(2, trade), *AT) == (PublishQuote(trade),)
    assert engine.core.home.market.mark_px(SYMBOL) == 71_100


def test_gap_is_asked_for_when_it_does_not_close():
    engine = a_live_engine()
    trade_ns, mono_ns = AT
    ahead = engine.on_packet(a_packet(3, a_trade(71_200)), *AT)
    assert ahead == (SetTimer("md.KRX", mono_ns + 5 * MS),)
    due = engine.on_timer("md.KRX", trade_ns, mono_ns + 5 * MS)
    ask = RequestRetransmit(venue=VENUE, session=1, first_seq=1, count=2)
    assert due == (ask, SetTimer("md.KRX", mono_ns + 205 * MS))
    closed = engine.on_packet(a_packet(1, a_book(), a_trade(71_000), line="R"), trade_ns, mono_ns + 6 * MS)
    assert [e.quote.px for e in closed if hasattr(e.quote, "px")] == [71_000, 71_200]


def test_refused_retransmission_leads_to_a_snapshot():
    engine = a_live_engine()
    engine.on_packet(a_packet(3, a_trade(71_200)), *AT)
    refused = RetransmitRefused(venue=VENUE, session=1, first_seq=1, count=2, detail="gone")
    effects = engine.on_retransmit_refused(refused, *AT)
    assert effects[0] == RequestSnapshot(VENUE)
    after = engine.on_snapshot(a_snapshot(next_seq=3), *AT)
    assert [e.quote for e in after if isinstance(e, PublishQuote)][-1] == a_trade(71_200)


def test_old_snapshot_is_not_applied():
    engine = a_live_engine()
    engine.on_packet(a_packet(1, a_trade(71_300), a_trade(71_400)), *AT)
    assert engine.on_snapshot(a_snapshot(next_seq=2), *AT) == ()


def test_phase_of_the_market_overrides_that_of_issues():
    engine = a_live_engine()
    effects = engine.on_packet(a_packet(1, PhaseUpdate(SYMBOL, TRADE_NS, Phase.HALTED, 0)), *AT)
    assert (engine.core.home.market.phase_of(SYMBOL), engine.core.home.market.phase_of("000660")) == (
        Phase.HALTED,
        Phase.CONTINUOUS,
    )
    assert status_of(effects) == []
    closing = engine.on_packet(a_packet(2, PhaseUpdate("", TRADE_NS, Phase.CLOSE_CALL, 99)), *AT)
    assert status_of(closing) == [(LinkState.UP, "", Phase.CLOSE_CALL)]
    assert engine.core.home.market.phase_of(SYMBOL) is Phase.CLOSE_CALL


def test_orders_before_the_list_of_issues_are_denied():
    desk = Desk()
    desk.start()
    desk.log_on()
    assert replies(desk.intent(an_intent()))[0].denial == Denial(rule=Rule.NOT_READY)


def test_silent_feed_denies_orders_until_it_speaks():
    desk = a_ready_desk()
    desk.mono_ns += 5_001 * MS
    stale = Denial(rule=Rule.STALE_DATA, figure=5_001, limit=5_000, unit=Unit.MS)
    assert replies(desk.intent(an_intent("r1")))[0].denial == stale
    desk.engine.on_packet(a_packet(1, count=0), *desk.at())
    assert replies(desk.intent(an_intent("r2")))[0].accepted
    down = desk.engine.on_md_down(MdDown(venue=VENUE, reason="md_silent"), *desk.at())
    assert status_of(down) == [(LinkState.DOWN, "md_silent", Phase.CONTINUOUS)]
    assert replies(desk.intent(an_intent("r3")))[0].denial == Denial(
        rule=Rule.STALE_DATA, figure=0, limit=5_000, unit=Unit.MS
    )
    up = desk.engine.on_md_up(MdUp(venue=VENUE), *desk.at())
    assert status_of(up) == [(LinkState.UP, "", Phase.CONTINUOUS)]


def test_new_trading_day_forgets_yesterdays_prices():
    engine = a_live_engine()
    engine.on_packet(a_packet(1, a_trade(75_000)), *AT)
    tomorrow = an_instrument(trading_date=20261124, base_px=75_000)
    engine.on_packet(a_packet(1, InstrumentDef(instrument=tomorrow), session=2), *AT)
    market = engine.core.home.market
    assert (list(market.instruments), market.books.last_px(SYMBOL)) == ([SYMBOL], 0)


def test_unusable_data_is_told_in_one_line():
    fault = MdFault(venue=VENUE, detail="expected 5, found 2", count=3)
    (effect,) = a_live_engine().on_md_fault(fault, *AT)
    assert effect.view == NoticeView(
        key="notice.market_data_fault", detail="KRX: expected 5, found 2 (3)", is_warning=True, trade_ns=TRADE_NS
    )


def test_history_is_asked_for_and_answered_to_all_who_wait():
    engine = a_live_engine()
    query = RequestBars(symbol=SYMBOL, timeframe_s=60, count=5)
    ask = RequestHistory(venue=VENUE, symbol=SYMBOL, timeframe_s=60, count=5)
    assert [engine.on_query(client, query, *AT) for client in (4, 2)] == [(ask,)] * 2
    bars = BarsView(symbol=SYMBOL, timeframe_s=60, bars=())
    assert engine.on_bars(bars, *AT) == (Reply(2, bars), Reply(4, bars))
    assert engine.on_bars(bars, *AT) == ()
    assert engine.on_query(1, Subscribe(symbols=()), *AT) == ()


def test_newly_attached_terminal_gets_issues_phases_books_and_trades():
    engine = a_live_engine()
    assert engine.snapshot_quotes() == (
        an_instrument(),
        an_instrument("000660"),
        PhaseUpdate("", TRADE_NS, Phase.CONTINUOUS, 0),
        PhaseUpdate(SYMBOL, TRADE_NS, Phase.CONTINUOUS, 0),
        a_book(),
        a_trade(71_000),
    )


def test_reference_price_moves_once_a_minute():
    market = a_ready_desk().engine.core.home.market
    found = []
    for second, px in ((0, 71_000), (1, 70_000), (59, 69_000), (60, 68_000), (61, 67_000)):
        market.books.apply_trade(a_trade(px))
        found.append(market.reference_px(SYMBOL, second * 1_000_000_000))
    assert found == [71_000, 71_000, 71_000, 68_000, 68_000]
