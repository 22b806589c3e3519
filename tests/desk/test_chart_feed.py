import pytest
from msgspec import structs

from hts.desk.chart_feed import ChartFeed
from hts.desk.chart_pointer import Pointer
from hts.desk.chart_settings import ChartSettings
from hts.desk.chart_styles import Style
from hts.desk.market import MarketState
from hts.model.queries import RequestBars
from hts.model.quotes import Bar, InstrumentDef
from hts.model.views import BarsView
from tests.desk.scene import NAVER, NAVER_ISSUE, NINE, SAMSUNG, SAMSUNG_ISSUE, SECOND, a_trade
from tests.desk.test_chart import MINUTE, minute_bars

MINUTES = ChartSettings(timeframe_s=60)


@pytest.fixture
def market():
    made = MarketState()
    for issue in (NAVER_ISSUE, SAMSUNG_ISSUE):
        made.on_quote(InstrumentDef(instrument=issue))
    made.drain()
    return made


@pytest.fixture
def feed(market):
    return ChartFeed(market, MINUTES, lambda: 4_000)


def bars(market, feed, symbol=NAVER, count=300):
    market.on_bars(BarsView(symbol=symbol, timeframe_s=60, bars=minute_bars(count)))
    return feed.on_changes(market.drain())


def test_questions_are_told_once_until_they_are_forgotten(feed):
    feed.choose(NAVER_ISSUE, MINUTES)
    asked = RequestBars(symbol=NAVER, timeframe_s=60, count=4_000)
    told = [feed.questions(), feed.questions(), feed.awaits]
    feed.forget()
    assert [*told, feed.questions()] == [[asked], [], True, [asked]]


def test_trades_count_after_the_history_and_not_before(market, feed):
    feed.choose(NAVER_ISSUE, MINUTES)
    feed.questions()
    market.on_quote(a_trade(px=1_000, at_s=299 * 60))
    feed.on_changes(market.drain())
    lengths = [len(feed.source)]
    assert bars(market, feed)
    lengths.append(len(feed.source))
    market.on_quote(a_trade(px=1_000, at_s=300 * 60))
    feed.on_changes(market.drain())
    assert [*lengths, len(feed.source), feed.awaits] == [0, 300, 301, False]


def test_bars_of_trades_need_no_history(market, feed):
    feed.choose(NAVER_ISSUE, structs.replace(MINUTES, timeframe_s=-10))
    market.on_quote(a_trade(px=1_000))
    feed.on_changes(market.drain())
    assert (feed.questions(), len(feed.source), feed.awaits) == ([], 1, False)


def compared_with(*symbols):
    made = MINUTES
    for symbol in symbols:
        made = made.compared_with(symbol)
    return made


def test_other_issues_are_asked_for_and_follow_their_own_trades(market, feed):
    third = structs.replace(SAMSUNG_ISSUE, symbol="000660")
    market.on_quote(InstrumentDef(instrument=third))
    feed.choose(NAVER_ISSUE, compared_with(SAMSUNG, "NOSUCH", "000660"))
    assert [q.symbol for q in feed.questions()] == [NAVER, SAMSUNG, "000660"]
    bars(market, feed)
    bars(market, feed, SAMSUNG, 200)
    bars(market, feed, "000660", 100)
    market.on_quote(a_trade(SAMSUNG, px=77, at_s=200 * 60))
    feed.on_changes(market.drain())
    assert [(one.symbol, len(one.series), one.series.columns[3, -1] == 77) for one in feed.compared] == [
        (SAMSUNG, 201, True),
        ("000660", 100, False),
    ]
    assert (len(feed.source), [one.color for one in feed.compared]) == (300, ["group2", "group3"])
    samsung = feed.compared[0]
    feed.choose(NAVER_ISSUE, compared_with(SAMSUNG))
    assert feed.compared == (samsung,)  # what stays is kept
    feed.choose(NAVER_ISSUE, MINUTES)
    assert (feed.compared, feed.questions()) == ((), [])
    feed.choose(NAVER_ISSUE, compared_with(SAMSUNG))  # its trades were not followed meanwhile
    assert [q.symbol for q in feed.questions()] == [SAMSUNG]


def test_an_issue_is_never_compared_with_itself(market, feed):
    feed.choose(SAMSUNG_ISSUE, compared_with(SAMSUNG, NAVER))
    assert [one.symbol for one in feed.compared] == [NAVER]


def test_a_style_is_made_of_the_same_bars(market, feed):
    feed.choose(NAVER_ISSUE, MINUTES)
    feed.questions()
    bars(market, feed)
    source = feed.source
    feed.choose(NAVER_ISSUE, structs.replace(MINUTES, style=Style.HEIKIN_ASHI))
    market.on_quote(a_trade(px=1_000, at_s=300 * 60))
    feed.on_changes(market.drain())
    feed.follow()
    assert (feed.source is source, feed.shown is source, len(feed.shown)) == (True, False, 301)


def test_a_replay_shows_the_past_while_trades_go_on_unseen(market, feed):
    feed.choose(NAVER_ISSUE, MINUTES)
    assert not feed.begin_replay(5)
    feed.questions()
    bars(market, feed)
    assert feed.begin_replay(100)
    market.on_quote(a_trade(px=1_000, at_s=300 * 60))
    feed.on_changes(market.drain())
    seen = (len(feed.shown), feed.replay_marks().last_px, feed.replay_marks().orders, feed.countdown())
    assert seen == (100, int(feed.source.columns[3, 99]), (), "")
    feed.end_replay()
    assert (len(feed.shown), feed.shown is feed.source) == (301, True)


def test_another_issue_ends_the_replay(market, feed):
    feed.choose(NAVER_ISSUE, MINUTES)
    feed.questions()
    bars(market, feed)
    feed.begin_replay(100)
    feed.choose(SAMSUNG_ISSUE, MINUTES)
    assert (feed.replay, len(feed.shown)) == (None, 0)


def test_the_countdown_is_to_the_last_bars_end(market, feed):
    feed.choose(NAVER_ISSUE, MINUTES)
    feed.questions()
    bars(market, feed)
    ends_ns = int(feed.source.start_ns[-1]) + 60 * SECOND
    seen = []
    for left_s in (59, 1, -1):
        market.trade_ns = ends_ns - left_s * SECOND
        seen.append(feed.countdown())
    assert seen == ["00:59", "00:01", ""]


def test_a_pointer_tells_those_who_live():
    class Chart:
        def __init__(self):
            self.told = []

        def point(self, group, trade_ns, owner):
            self.told.append((group, trade_ns, owner is self))

    pointer, one, other = Pointer(), Chart(), Chart()
    pointer.watch(one.point)
    pointer.watch(other.point)
    pointer.point(1, 77, one)
    gone = other.told
    del other
    pointer.point(2, 0, one)
    assert (one.told, gone) == ([(1, 77, True), (2, 0, True)], [(1, 77, False)])


def test_the_regular_session_alone_asks_days_for_their_minutes_and_leaves_the_evening_out(market):
    feed = ChartFeed(market, MINUTES, lambda: 4_000, lambda _venue, _date: (NINE, NINE + 60 * MINUTE))
    daily = structs.replace(MINUTES, timeframe_s=86_400, is_regular=True)
    feed.choose(NAVER_ISSUE, daily)
    assert [(q.timeframe_s, q.count) for q in feed.questions()] == [(86_400, 520), (60, 4_000)]
    day = Bar(NINE, 1, 999, 1, 999, 5_000, 5_000)
    market.on_bars(BarsView(symbol=NAVER, timeframe_s=86_400, bars=(day,)))
    feed.on_changes(market.drain())
    assert not feed.has_history
    minutes = tuple(Bar(NINE + at * MINUTE, 10, 12, 9, 11, 4, 44) for at in (-30, 0, 59, 60))
    market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=minutes))
    assert (feed.on_changes(market.drain()), feed.source.columns[:, -1].tolist()) == (True, [10, 12, 9, 11, 8, 88])
    for at_s, px in ((59 * 60, 20), (60 * 60, 90)):
        market.on_quote(a_trade(px=px, qty=3, at_s=at_s))
    feed.on_changes(market.drain())
    assert feed.source.columns[:, -1].tolist() == [10, 20, 9, 20, 11, 148]
    feed.choose(NAVER_ISSUE, structs.replace(daily, is_regular=False))
    assert (feed.source.columns[:, -1].tolist(), feed.questions()[0].timeframe_s) == (
        [1, 999, 1, 999, 5_000, 5_000],
        86_400,
    )


def test_ticks_of_the_evening_are_not_counted_in_the_regular_session(market):
    feed = ChartFeed(market, MINUTES, lambda: 4_000, lambda _venue, _date: (NINE, NINE + 60 * MINUTE))
    feed.choose(NAVER_ISSUE, structs.replace(MINUTES, timeframe_s=-1, is_regular=True))
    for at_s in (-60, 0, 30, 3_600):
        market.on_quote(a_trade(px=1_000 + at_s, at_s=at_s))
    feed.on_changes(market.drain())
    assert feed.source.columns[3].tolist() == [1_000, 1_030]
    assert [feed.shows("KRX", NINE), feed.shows("KRX", NINE - 1)] == [True, False]
