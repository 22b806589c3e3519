from hts.desk.market import NEW_TRADES_MAX, NOTHING, MarketChanges, MarketState
from hts.model.enums import Phase
from hts.model.quotes import InstrumentDef, PhaseUpdate
from tests.support.desk_feed import bars, book, instruments, trade

S = "005930"


def test_latest_values_win_and_changes_are_named_once():
    market = MarketState()
    first, second = trade(S, 191_400), trade(S, 191_500)
    for quote in (book(S, 191_400, 191_300), book(S, 191_500, 191_400), first, second):
        market.on_quote(quote)
    assert (market.best_ask(S), market.best_bid(S), market.last_px(S)) == (191_500, 191_400, 191_500)
    assert market.drain() == MarketChanges(books=frozenset({S}), trades={S: (first, second)})
    assert market.drain() is NOTHING


def test_a_slow_frame_keeps_the_newest_trades():
    market = MarketState()
    for qty in range(NEW_TRADES_MAX + 5):
        market.on_quote(trade(S, 191_400, qty))
    kept = market.drain().trades[S]
    assert (len(kept), kept[0].qty, kept[-1].qty) == (NEW_TRADES_MAX, 5, NEW_TRADES_MAX + 4)


def test_an_issues_own_phase_wins_until_the_market_changes():
    market = MarketState()
    market.on_quote(PhaseUpdate("", 1, Phase.CONTINUOUS, 9))
    market.on_quote(PhaseUpdate(S, 2, Phase.HALTED, 0))
    assert (market.phase_of(S), market.phase_of("000660"), market.phase_until_ns) == (
        Phase.HALTED,
        Phase.CONTINUOUS,
        9,
    )
    market.on_quote(PhaseUpdate("", 3, Phase.CLOSE_CALL, 12))
    assert market.phase_of(S) is Phase.CLOSE_CALL
    assert market.drain() == MarketChanges(phases=True)


def test_before_the_first_trade_the_base_price_stands_in():
    market = MarketState()
    market.on_quote(InstrumentDef(instrument=instruments()[0]))
    assert (market.last_px(S), market.direction(S, 188_800), market.direction(S, 188_700)) == (188_700, 1, 0)
    assert (market.last_px("999999"), market.best_bid("999999"), market.direction("999999", 1)) == (0, 0, 0)


def test_history_is_kept_by_symbol_and_time_frame():
    market = MarketState()
    view = bars(S, 60, 5)
    market.on_bars(view)
    assert market.drain() == MarketChanges(bars=frozenset({(S, 60)}))
    assert market.bars[S, 60] is view


def test_venue_time_never_goes_back():
    market = MarketState()
    market.on_quote(trade(S, 191_400, trade_ns=50))
    market.on_quote(book(S, 191_400, 191_300, trade_ns=40))
    assert market.trade_ns == 50


def test_a_shorter_history_never_takes_away_a_longer_one():
    market = MarketState()
    long, short = bars(S, 60, 50), bars(S, 60, 5)
    for view in (long, short):
        market.on_bars(view)
    assert market.bars[S, 60].bars == long.bars[:45] + short.bars
    market.on_bars(long)
    assert market.bars[S, 60] is long
