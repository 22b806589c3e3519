import pytest
from msgspec.structs import replace

from hts.app.desk_files import DeskFiles
from hts.app.terminal_watch import ASK_MINUTES_NS, ASK_NS, LOOK_NS, TerminalWatch
from hts.desk import price_alerts, screener
from hts.desk.orders import OrdersState
from hts.desk.price_alerts import PriceAlerts
from hts.desk.screener import Screen, ScreenBook, word_names
from hts.desk.screener_universe import DAY_S, DAYS
from hts.desk.settings import Settings
from hts.desk.toasts import Toasts
from hts.model.queries import RequestBars
from hts.model.views import NoticeView
from tests.desk.scene import ACCOUNT, NAVER, NINE, SAMSUNG, a_trade
from tests.desk.test_screener_universe import Desk
from tests.support.desk_feed import texts


class Home:
    """A watch over a home directory; `again` is the next run of the terminal."""

    def __init__(self, path):
        self.files, self.path = DeskFiles(path), path
        self.again()

    def again(self):
        self.desk, self.orders, self.alerts = Desk(), OrdersState(ACCOUNT), PriceAlerts()
        self.queries, self.toasts, self.now = [], Toasts(Settings()), 0
        self.watch = TerminalWatch(
            self.files,
            self.orders,
            self.desk.universe,
            self.alerts,
            query=self.queries.append,
            toasts=self.toasts,
        )
        self.watch.speak(texts("ko"), word_names(texts("ko"), texts("en")))

    def look(self, *quotes, after=LOOK_NS):
        self.now += after
        self.desk.frame(*quotes)
        self.watch.look(self.now, NINE)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_what_fires_is_a_notice_with_a_sound_and_is_kept(home):
    home.alerts.add(NAVER, "price_above", "230,000", repeats=False, sounds=True)
    home.look(a_trade(px=231_000))
    home.look()
    detail = "NAVER 231,000 · 가격 230,000 이상"
    assert home.orders.notices == [NoticeView(key="notice.price_alert", detail=detail, trade_ns=NINE)]
    news = [toast.news for toast in home.toasts.shown]
    assert [(one.title, one.detail, one.sound, one.symbol) for one in news] == [
        ("NAVER 231,000", "가격 230,000 이상", "alert", NAVER)
    ]
    home.again()
    assert [rule.is_done for rule in home.alerts.rules.values()] == [True]


def test_nothing_is_compared_oftener_than_it_should(home):
    home.alerts.add(NAVER, "price_above", "230,000", repeats=False, sounds=False)
    home.look()
    home.look(a_trade(px=231_000), after=LOOK_NS // 2)
    early = list(home.orders.notices)
    home.look(after=LOOK_NS // 2)
    assert (early, len(home.orders.notices)) == ([], 1)
    assert [toast.news.sound for toast in home.toasts.shown] == [""]


def test_minutes_are_asked_for_one_issue_after_the_other_while_a_rule_needs_them(home):
    home.alerts.add(NAVER, "condition", "price > ma(5, 3m)", repeats=True, sounds=False)
    home.alerts.add(SAMSUNG, "condition", "rsi(14, 1m) < 30", repeats=True, sounds=False)
    for _ in range(8):
        home.look(after=ASK_MINUTES_NS)
    needed = 14 + 1 + 3 * 14
    assert [query for query in home.queries if query.timeframe_s == 60] == [
        RequestBars(symbol=NAVER, timeframe_s=60, count=needed, venue="KRX"),
        RequestBars(symbol=SAMSUNG, timeframe_s=60, count=needed, venue="KRX"),
    ]
    assert not home.alerts.needs_days


def test_screens_that_tell_are_watched_without_their_panel(home):
    book = ScreenBook([Screen(name="오름", condition="등락률 > 5", alerts=True), Screen(name="x", condition="etf")])
    home.files.save(screener.FILE, book.dump())
    home.again()
    home.look(a_trade(px=218_500))
    home.look(a_trade(px=231_000))
    assert [notice.detail for notice in home.orders.notices] == ["NAVER 231,000 · 조건검색 '오름' 편입"]


def test_past_days_are_asked_for_one_issue_at_a_time_while_needed(home):
    home.look(after=ASK_NS)
    none = list(home.queries)
    home.alerts.add(NAVER, "rsi_above", "70", repeats=False, sounds=False)
    for _ in range(5):
        home.look(after=ASK_NS)
    home.look(after=1)
    asked = [RequestBars(symbol=symbol, timeframe_s=DAY_S, count=DAYS) for symbol in (NAVER, SAMSUNG)]
    assert (none, home.queries) == ([], asked)


def test_past_days_are_asked_for_at_the_venue_that_lists_the_issue(home):
    issues = home.desk.universe._issues
    issues[NAVER] = replace(issues[NAVER], venue="TSE")
    home.alerts.add(NAVER, "rsi_above", "70", repeats=False, sounds=False)
    home.look(after=ASK_NS)
    assert home.queries == [RequestBars(symbol=NAVER, timeframe_s=DAY_S, count=DAYS, venue="TSE")]


def test_damaged_files_are_set_aside_and_named(home, tmp_path):
    (tmp_path / price_alerts.FILE).write_text("{")
    (tmp_path / screener.FILE).write_text("{")
    home.again()
    assert home.alerts.rules == {}
    assert (tmp_path / f"{price_alerts.FILE}.damaged").exists()
    assert len(home.files.problems) == 1


def test_a_bad_rule_is_left_out_and_the_file_kept_beside(home, tmp_path):
    good = '{"rule_id": 1, "symbol": "035420", "kind": "price_above", "value": "1"}'
    (tmp_path / price_alerts.FILE).write_text(f'{{"rules": [{good}, 7]}}')
    home.again()
    assert list(home.alerts.rules) == [1]
    assert (tmp_path / f"{price_alerts.FILE}.damaged").exists()
    home.again()
    assert list(home.alerts.rules) == [1]


def test_a_window_made_anew_keeps_the_rules(home):
    home.alerts.add(NAVER, "price_above", "1", repeats=False, sounds=False)
    home.watch.speak(texts("en"), {})
    assert list(home.alerts.rules) == [1]
