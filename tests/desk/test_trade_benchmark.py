"""What the same money would have made in one issue: by hand, and as the journal asks for it."""

from msgspec.structs import replace

from hts.desk.trade_benchmark import Held, Prices, held
from hts.desk.trade_journal_report import hold_lines, html_report
from hts.model.enums import Side
from hts.model.queries import RequestBars
from hts.model.quotes import Bar, InstrumentDef
from hts.model.views import BarsView
from tests.desk.scene import ACCOUNT, NAVER, NAVER_ISSUE, NINE, SAMSUNG
from tests.desk.test_trade_journal import DAY, MINUTE, journal, past
from tests.desk.test_trade_journal_state import LOST, WON, Desk, page


def a_bar(start_ns, open_px, close_px):
    return Bar(start_ns, open_px, max(open_px, close_px), min(open_px, close_px), close_px, 1, 1)


MINUTES = (a_bar(NINE, 100, 104), a_bar(NINE + MINUTE, 105, 110))
DAYS = (a_bar(NINE - 33 * 60 * MINUTE, 80, 90), a_bar(NINE - 9 * 60 * MINUTE, 95, 99))


def test_a_price_is_what_was_known_at_that_time():
    prices = Prices(MINUTES, DAYS)
    at = (NINE, NINE + MINUTE - 1, NINE + MINUTE, NINE + 2 * MINUTE, NINE + 9 * DAY)
    assert [prices.at(one) for one in at] == [100, 100, 105, 110, 110]
    # Before the minutes: the day that is over, never the one that is on its way.
    assert [prices.at(one) for one in (NINE - 1, NINE - 9 * 60 * MINUTE - 1, NINE - 3 * DAY)] == [90, 0, 0]
    assert Prices((), ()).at(NINE) == 0


def test_the_money_is_put_in_at_the_first_point():
    """1,000 at 100: 105 makes 50, 110 makes 100."""
    times = [NINE + 30, NINE + MINUTE, NINE + 2 * MINUTE]
    assert held("X", Prices(MINUTES, ()), times, 1_000) == Held(symbol="X", invested=1_000, values=(0, 50, 100))
    assert held("X", Prices(MINUTES, ()), [NINE - 1, NINE], 1_000).fault == "journal.hold_unknown"


def test_what_is_invested_is_at_cost_and_counts_shorts_too():
    made = journal(
        past(1, Side.BUY, 100, 10), past(2, Side.SELL, 50, 4, SAMSUNG), past(3, Side.SELL, 120, 5),
        past(4, Side.SELL, 120, 9), past(5, Side.BUY, 50, 4, SAMSUNG),
    )  # fmt: skip
    assert [one.invested for one in made.realised] == [1_000, 1_200, 700, 480 + 200, 480]


def a_desk(benchmark, *fills):
    desk = Desk()
    desk.state.ask()
    desk.state.benchmark = benchmark
    desk.take(page(*(fills or WON)))
    return desk


def asked(desk, symbol):
    return [(one.timeframe_s, one.count) for one in desk.asked if isinstance(one, RequestBars) and one.symbol == symbol]


def test_the_journal_asks_for_minutes_and_days_and_draws_the_line_when_they_came():
    desk = a_desk(SAMSUNG)
    desk.state.reckon(NINE)
    assert asked(desk, SAMSUNG) == [(60, 4_000), (86_400, 520)]
    assert desk.state.held == Held(symbol=SAMSUNG, fault="journal.hold_waiting")
    assert hold_lines(desk.state) == [("삼성전자: its history is on the way", "—")]
    bars = (a_bar(NINE + MINUTE, 1_000, 1_010), a_bar(NINE + 2 * MINUTE, 1_020, 1_030))
    desk.scene.market.on_bars(BarsView(symbol=SAMSUNG, timeframe_s=60, bars=bars))
    desk.state.reckon(NINE)
    assert desk.state.held == Held(symbol=SAMSUNG, invested=10_000, values=(0, 200))
    assert hold_lines(desk.state) == [("삼성전자 held with 10,000, the most invested at once", "+200")]
    html = html_report(desk.state, desk.scene.texts, ACCOUNT)
    assert html.count("<polyline") == 2
    assert "the most invested at once: +200" in html


def test_only_the_shown_days_and_what_follows_a_new_fill_count():
    desk = a_desk(SAMSUNG, *WON, past(3, Side.BUY, 1_000, 20, date=20261123), LOST[1])
    bars = tuple(a_bar(NINE + n * MINUTE, 1_000 + n, 1_000 + n) for n in range(4))
    desk.scene.market.on_bars(BarsView(symbol=SAMSUNG, timeframe_s=60, bars=bars))
    desk.state.reckon(NINE)
    assert desk.state.held.invested == 20_000
    desk.state.day = 20261120
    desk.state.reckon(NINE)
    assert desk.state.held.invested == 10_000
    assert asked(desk, SAMSUNG) == [(60, 4_000), (86_400, 520)]
    desk.state.day = 0
    desk.take(replace(page(past(9, Side.BUY, 1_000, 1, date=20261123)), after=(1, 2)))
    desk.state.past.ask_again()
    desk.take(replace(page(past(9, Side.BUY, 1_000, 1, date=20261123)), after=(1, 2)))
    desk.state.reckon(NINE)
    assert asked(desk, SAMSUNG)[2:] == [(60, 7)]  # the minutes from the fourth to the ninth, and one more


def test_an_issue_of_another_currency_or_none_is_refused_in_words():
    desk = a_desk(SAMSUNG)
    desk.scene.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, symbol="MSFT", currency="USD")))
    for symbol, fault in (("MSFT", "hold_currency"), ("gone", "hold_unknown")):
        desk.state.benchmark = symbol
        desk.state.reckon(NINE)
        assert desk.state.held == Held(symbol=symbol, fault=f"journal.{fault}")
        assert desk.state.hold_text
        assert asked(desk, symbol) == []
    desk.state.benchmark = ""
    desk.state.reckon(NINE)
    assert (desk.state.held, desk.state.hold_text, hold_lines(desk.state)) == (None, "", [])


def test_a_trip_behind_the_known_minutes_has_them_asked_for_once():
    desk = a_desk("", *WON)
    bars = (a_bar(NINE + MINUTE, 1_000, 1_010),)
    desk.scene.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=bars))
    desk.state.reckon(NINE)
    desk.state.reckon(NINE)
    assert asked(desk, NAVER) == [(60, 800)]  # the trip was known when it was asked
    desk.state.past.ask_again()
    desk.take(replace(page(*LOST), after=(1, 2)))
    desk.take()
    assert asked(desk, NAVER) == [(60, 800), (60, 4)]
