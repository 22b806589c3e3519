"""Histories by venue, and as one: kept apart, asked for apart, added up by hand."""

import pytest
from msgspec.structs import replace

from hts.desk.chart_feed import ChartFeed
from hts.desk.chart_marks import marks_of
from hts.desk.chart_settings import ChartSettings
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.venue_bars import as_one, longer
from hts.desk.venue_tabs import COMBINED, HOME
from hts.model.enums import Side
from hts.model.queries import RequestBars
from hts.model.quotes import Bar, InstrumentDef
from hts.model.views import BarsView
from tests.desk.scene import ACCOUNT, NAVER, NAVER_ISSUE, NINE, SECOND, a_fill, a_trade, an_order

MINUTE = 60 * SECOND
MINUTES = ChartSettings(timeframe_s=60)
# start, open, high, low, close, quantity, value
KRX = (Bar(NINE, 100, 120, 90, 110, 5, 500), Bar(NINE + MINUTE, 110, 111, 109, 110, 1, 110))
NXT = (Bar(NINE - MINUTE, 99, 99, 98, 98, 2, 197), Bar(NINE, 101, 125, 100, 124, 3, 330))
BOTH = (NXT[0], Bar(NINE, 100, 125, 90, 110, 8, 830), KRX[1])


def view(bars, venue):
    return BarsView(symbol=NAVER, timeframe_s=60, bars=bars, venue=venue)


@pytest.fixture
def market():
    made = MarketState()
    made.on_quote(InstrumentDef(instrument=NAVER_ISSUE))
    made.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, venue="NXT")))
    made.drain()
    return made


@pytest.fixture
def feed(market):
    return ChartFeed(market, MINUTES, lambda: 400)


def shown(feed) -> list[tuple[int, ...]]:
    series = feed.source
    rows = zip(series.start_ns, *series.columns, strict=True)
    return [tuple(int(value) for value in row) for row in rows]


def rows(bars):
    return [(b.start_ns, b.open_px, b.high_px, b.low_px, b.close_px, b.qty, b.value) for b in bars]


def test_bars_of_two_venues_are_one_history():
    assert as_one([KRX, NXT]) == BOTH
    assert as_one([KRX]) == KRX
    assert as_one([]) == ()


def test_a_shorter_answer_takes_nothing_away_and_keeps_its_venue():
    kept = longer(view(NXT, "NXT"), view(NXT[1:], "NXT"))
    assert (kept.bars, kept.venue) == (NXT, "NXT")
    assert longer(None, view(NXT, "NXT")).bars == NXT


def test_another_venues_answer_does_not_replace_the_homes(market):
    market.on_bars(view(KRX, "KRX"))
    market.on_bars(view(NXT, "NXT"))
    changes = market.drain()
    assert (changes.bars, changes.bars_elsewhere) == ({(NAVER, 60)}, {("NXT", NAVER, 60)})
    assert market.bars[NAVER, 60].bars == KRX
    assert market.venues.bars["NXT", NAVER, 60].bars == NXT
    assert not market.drain()


@pytest.mark.parametrize(
    ("venue", "asked", "wanted"),
    [(HOME, ["KRX"], KRX), ("KRX", ["KRX"], KRX), ("NXT", ["NXT"], NXT), (COMBINED, ["KRX", "NXT"], BOTH)],
)
def test_a_chart_shows_the_history_of_its_tab(market, feed, venue, asked, wanted):
    feed.choose(NAVER_ISSUE, MINUTES, venue)
    assert feed.questions() == [RequestBars(symbol=NAVER, timeframe_s=60, count=400, venue=one) for one in asked]
    for bars, of in ((KRX, "KRX"), (NXT, "NXT")):
        market.on_bars(view(bars, of))
        feed.on_changes(market.drain())
    assert shown(feed) == rows(wanted)
    assert not feed.awaits


def test_trades_count_on_their_tab_once_all_histories_came(market, feed):
    feed.choose(NAVER_ISSUE, MINUTES, COMBINED)
    feed.questions()
    market.on_bars(view(KRX, "KRX"))
    market.on_quote(a_trade(px=130, qty=7, trade_ns=NINE + MINUTE, venue="NXT"))
    feed.on_changes(market.drain())
    before = feed.has_history
    market.on_bars(view(NXT, "NXT"))
    feed.on_changes(market.drain())
    for venue, px in (("NXT", 131), ("KRX", 132)):
        market.on_quote(a_trade(px=px, qty=7, trade_ns=NINE + MINUTE, venue=venue))
        feed.on_changes(market.drain())
    assert (before, feed.has_history) == (False, True)
    assert shown(feed)[-1] == (NINE + MINUTE, 110, 132, 109, 132, 15, 110 + 7 * 131 + 7 * 132)


def test_another_tab_is_another_series(market, feed):
    market.on_bars(view(KRX, "KRX"))
    market.on_bars(view(NXT, "NXT"))
    feed.choose(NAVER_ISSUE, MINUTES, "NXT")
    assert shown(feed) == rows(NXT)
    feed.choose(NAVER_ISSUE, MINUTES, "KRX")
    assert shown(feed) == rows(KRX)


def test_orders_fills_and_last_price_are_those_of_the_tab(market, feed):
    orders = OrdersState(ACCOUNT)
    orders.on_view(an_order(1, Side.BUY, 236_000, 50))
    orders.on_view(an_order(2, Side.BUY, 235_500, 11, venue="NXT"))
    orders.on_view(a_fill(1, Side.BUY, 237_000, 5, NAVER, venue="NXT"))
    market.on_quote(a_trade(px=237_500))
    market.on_quote(a_trade(px=238_000, venue="NXT"))
    feed.choose(NAVER_ISSUE, MINUTES, "NXT")
    feed.source.replace([Bar(NINE - MINUTE, 1, 1, 1, 1, 1, 1)])
    found = {}
    for venue in ("KRX", "NXT", COMBINED):
        marks = marks_of(NAVER_ISSUE, feed.source, market, orders, venue)
        found[venue] = ([order.px for order in marks.orders], len(marks.fills), marks.last_px)
    assert found == {
        "KRX": ([236_000], 0, 237_500),
        "NXT": ([235_500], 1, 238_000),
        COMBINED: ([236_000, 235_500], 1, 237_500),
    }
