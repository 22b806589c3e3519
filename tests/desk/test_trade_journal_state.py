import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.desk.answers import Answers
from hts.desk.trade_calendar import money_label
from hts.desk.trade_detail import detail
from hts.desk.trade_journal import Method
from hts.desk.trade_journal_figures import GroupBy
from hts.desk.trade_journal_notes import Note, Notes
from hts.desk.trade_journal_report import figure_lines, html_report
from hts.desk.trade_journal_state import JournalState, Span
from hts.desk.trade_journal_tables import held_text
from hts.model.enums import Side
from hts.model.past_fills import FillsPage
from hts.model.queries import RequestBars, RequestFills
from hts.model.quotes import Bar
from hts.model.views import BarsView
from tests.desk.scene import ACCOUNT, NAVER, NAVER_ISSUE, NINE, SAMSUNG, Scene
from tests.desk.test_trade_journal import MINUTE, past

WON = (past(1, Side.BUY, 1_000, 10), past(2, Side.SELL, 1_100, 10))
LOST = (past(3, Side.BUY, 1_000, 10, date=20261123), past(4, Side.SELL, 950, 10, date=20261123))


def page(*fills, after=(0, 0), behind=(1, 2), is_last=True, fault=""):
    return FillsPage(
        account=ACCOUNT, first_date=0, last_date=99_999_999, after=after, fills=fills, next=behind, is_last=is_last,
        fault=fault,
    )  # fmt: skip


class Desk:
    def __init__(self, scene=None):
        self.scene, self.answers, self.asked = scene or Scene(language="en"), Answers(), []
        self.notes = Notes("", lambda _text: True, self.asked.append)
        self.state = JournalState(
            self.answers, self.scene.market, self.asked.append, self.scene.texts, notes=self.notes, account=ACCOUNT
        )

    def take(self, *pages):
        for one in pages:
            self.answers.take(one)
        self.state.reckon(NINE)


def asked_fills(desk):
    return [one.after for one in desk.asked if isinstance(one, RequestFills)]


def test_pages_are_asked_for_one_after_the_other():
    desk = Desk()
    desk.state.ask()
    desk.state.ask()
    desk.take(page(*WON, is_last=False), page(*LOST, after=(1, 2), behind=(1, 4)))
    assert asked_fills(desk) == [(0, 0), (1, 2)]
    assert (len(desk.state.past.fills), desk.state.past.is_whole) == (4, True)
    desk.state.past.ask_again()
    desk.state.past.ask_again()
    assert asked_fills(desk)[2:] == [(1, 4)]
    desk.take(page(*WON))  # an answer to an old question
    assert len(desk.state.past.fills) == 4


def test_days_method_and_groups_are_chosen():
    desk = Desk()
    desk.state.ask()
    desk.take(page(*WON, *LOST))
    assert (desk.state.figures.net, desk.state.drawdown.amount, len(desk.state.table)) == (500, 500, 2)
    desk.state.span, desk.state.method, desk.state.group_by = Span.DAY, Method.FIFO, GroupBy.WEEKDAY
    desk.state.reckon(NINE)
    assert (desk.state.figures.net, desk.state.groups.row(0).name) == (-500, "Fri")
    cells = {column.key: column.text(desk.state.table.row(0)) for column in desk.state.table.columns}
    assert (cells["date"], cells["net"], cells["held"], cells["entry"]) == ("2026-11-23", "−500", "00:01:00", "1,000")


def test_excursions_come_with_the_minutes_that_are_asked_for_once():
    desk = Desk()
    desk.state.ask()
    desk.take(page(*WON))
    desk.take()
    assert [one for one in desk.asked if isinstance(one, RequestBars)] == [
        RequestBars(symbol=NAVER, timeframe_s=60, count=800)
    ]
    bars = (Bar(NINE + MINUTE, 1_000, 1_200, 900, 1_000, 1, 1),)
    desk.scene.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=bars))
    desk.take()
    assert (desk.state.trips[0].mfe, desk.state.trips[0].mae) == (2_000, -1_000)


def test_the_report_holds_everything_and_escapes_what_was_written():
    desk = Desk()
    desk.state.ask()
    desk.take(page(*WON, *LOST))
    desk.notes.put(desk.state.trips[0].key, Note(text="<script>alert(1)</script>", tags=("a&b",)))
    desk.state.reckon(NINE)
    html = html_report(desk.state, desk.scene.texts, ACCOUNT)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "a&amp;b" in html
    assert html.count("<tr>") == 2 + 2 + 3 + 3  # figures, one issue, two days, two trips, with their heads
    assert "polyline" in html
    assert "polyline" not in html_report(Desk().state, desk.scene.texts, ACCOUNT)


def test_what_could_not_be_read_is_kept_to_be_said():
    desk = Desk()
    desk.state.ask()
    desk.take(page(fault="00000001.journal: damaged"))
    assert desk.state.past.fault == "00000001.journal: damaged"


def test_how_long_a_trip_was_held():
    assert [held_text(s * 1_000_000_000) for s in (5, 3_661, 90_061)] == ["00:00:05", "01:01:01", "1d 01:01"]


def test_one_day_alone_is_shown_and_the_calendar_keeps_all_days():
    desk = Desk()
    desk.state.ask()
    desk.take(page(*WON, *LOST))
    desk.state.day = 20261120
    desk.state.reckon(NINE)
    assert (desk.state.figures.net, len(desk.state.table), desk.state.points[-1][1]) == (1_000, 1, 1_000)
    (month,) = desk.state.calendar(1)
    assert (month.wins, month.losses, month.amount) == (1, 1, 500)
    assert [desk.state.next_day(20261120, by) for by in (-1, 1, 9)] == [20261120, 20261123, 20261123]


def test_an_open_trip_counts_to_every_span_but_of_single_days_to_its_first():
    desk = Desk()
    desk.state.ask()
    desk.take(page(past(1, Side.BUY, 1_000, 10), *LOST[:1]))
    shown = []
    for day in (0, 20261120, 20261123):
        desk.state.day = day
        desk.state.reckon(NINE)
        shown.append(len(desk.state.table))
    assert shown == [1, 1, 0]


def test_a_page_that_went_with_the_link_is_asked_for_again():
    desk = Desk()
    desk.state.past.on_up()
    desk.state.ask()
    desk.state.past.on_up()
    assert asked_fills(desk) == [(0, 0), (0, 0)]
    desk.take(page(*WON), page(*WON))
    assert len(desk.state.past.fills) == 2


def in_currency(one, issue):
    return replace(one, currency=issue.currency, value=issue.money(one.fill.px, one.fill.qty))


@pytest.mark.parametrize(
    ("currency", "decimals", "px", "result", "entry", "label"),
    [
        # 2,500.0 yen in tenths, 10 shares, 10.0 yen dearer: 100 yen
        ("JPY", 1, 25_000, "+100", "2,500.0", "+100"),
        # 2.5000 dollars in hundredths of a cent, 10 shares, 0.0100 dearer: 10 cents
        ("USD", 4, 25_000, "+0.10", "2.5000", "+0.10"),
    ],
)
def test_money_is_told_in_the_units_of_its_currency(currency, decimals, px, result, entry, label):  # noqa: PLR0917
    desk = Desk()
    issue = replace(NAVER_ISSUE, currency=currency, px_decimals=decimals)
    desk.scene.market.instruments[NAVER] = issue
    bars = (Bar(NINE + MINUTE, px, px + 100, px, px, 1, 1),)
    desk.scene.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=bars, venue=issue.venue))
    desk.state.ask()
    trip = (in_currency(past(1, Side.BUY, px, 10), issue), in_currency(past(2, Side.SELL, px + 100, 10), issue))
    desk.take(page(*trip))
    row = desk.state.table.row(0)
    cells = {column.key: column.text(row) for column in desk.state.table.columns}
    assert (cells["net"], cells["mfe"], cells["entry"]) == (result, result, entry)
    groups = {column.key: column.text(desk.state.groups.row(0)) for column in desk.state.groups.columns}
    assert (groups["net"], groups["expectancy"]) == (result, result)
    texts, state = desk.scene.texts, desk.state
    figures = dict(figure_lines(state.figures, state.drawdown.amount, texts, 250, currency=state.shown_currency))
    assert figures[texts("journal.net")] == result
    of_days = dict(figure_lines(state.figures, 0, texts, currency=currency, days=(100, 300, 200)))
    assert of_days[texts("journal.sharpe", days=3)] == "+2.00"
    assert state.shown_days == (state.days[20261120],)
    facts = {fact.label: fact.value for fact in detail(row, state.past, texts)}
    assert (facts["Gross"], facts["Entry"]) == (result, entry)
    assert money_label(state.days[20261120], "en", currency) == label


def test_minutes_are_asked_for_at_the_venue_that_lists_the_issue():
    desk = Desk()
    desk.scene.market.instruments[NAVER] = replace(NAVER_ISSUE, venue="TSE", currency="JPY", px_decimals=1)
    desk.state.ask()
    desk.take(page(*WON))
    assert [(one.symbol, one.venue) for one in desk.asked if isinstance(one, RequestBars)] == [(NAVER, "TSE")]


STEPS = st.lists(
    st.tuples(st.sampled_from(list(Side)), st.integers(90, 110), st.integers(1, 9), st.booleans(), st.booleans()),
    min_size=2, max_size=14,
)  # fmt: skip


SCENE = Scene(language="en")  # of which only texts and issues are used


def test_another_method_begins_anew():
    desk = Desk()
    desk.state.ask()
    desk.take(page(past(1, Side.BUY, 100, 10), past(2, Side.BUY, 200, 10), past(3, Side.SELL, 300, 10)))
    nets = []
    for method in (Method.AVERAGE, Method.FIFO, Method.FIFO, Method.AVERAGE):
        desk.state.method = method
        desk.state.reckon(NINE)
        nets.append(sum(trip.net for trip in desk.state.trips))
    assert nets == [1_500, 2_000, 2_000, 1_500]


def shown(state):
    return state.trips, state.points, state.figures, state.days, state.drawdown


@settings(max_examples=25, deadline=None)
@given(STEPS, st.integers(1, 4))
def test_what_grows_with_the_fills_is_what_one_reckons_from_the_beginning(steps, size):
    """Fills page by page, some of them taken back, some dollars among them, the method changed on the way."""
    fills = []
    for number, (side, px, qty, undoes, is_dollar) in enumerate(steps, 1):
        made = past(number, side, px, qty)
        if undoes and number > 1:
            made = replace(made, undoes=number - 1)
        fills.append(replace(made, currency="USD") if is_dollar else made)
    grown, whole = Desk(SCENE), Desk(SCENE)
    for desk in (grown, whole):
        desk.state.ask()
        desk.state.currency = "KRW"
    for first in range(0, len(fills), size):
        part = fills[first : first + size]
        is_last = first + size >= len(fills)
        grown.take(page(*part, after=(0, first), behind=(0, first + size), is_last=is_last))
        grown.state.method = Method.FIFO if first % 3 else Method.AVERAGE
        grown.state.reckon(NINE)
    whole.state.method = grown.state.method
    whole.take(page(*fills))
    assert shown(grown.state) == shown(whole.state)


def test_only_history_that_was_asked_for_concerns_the_journal():
    desk = Desk()
    desk.state.ask()
    desk.take(page(*WON))
    keys = [(NAVER, 60), (NAVER, 86_400), ("005930", 60)]
    assert [desk.state.concerns([one]) for one in keys] == [True, False, False]
    desk.state.benchmark = "005930"
    desk.state.reckon(NINE)
    assert [desk.state.concerns([one]) for one in (*keys, ("005930", 86_400))] == [True, False, True, True]


def test_a_group_alone_has_its_own_curve_figures_and_trips():
    scene = Scene(language="en")
    desk = Desk(scene)
    other = (past(5, Side.BUY, 500, 10, SAMSUNG), past(6, Side.SELL, 450, 10, SAMSUNG))
    desk.state.ask()
    desk.take(page(*WON, *LOST, *other))
    whole = (desk.state.figures.net, len(desk.state.points), desk.state.narrowed_text)
    desk.state.narrowed = NAVER
    desk.state.reckon(NINE)
    state = desk.state
    assert whole == (0, 6, "")  # a point of each fill
    assert (state.figures.net, [value for _, value in state.points], state.narrowed_text) == (
        500,
        [1_000, 500],
        "NAVER",
    )
    assert (len(state.table), len(state.groups), state.drawdown.amount, state.held) == (2, 2, 500, None)
    assert state.shown_days == (1_000, -500)
    state.group_by = GroupBy.HOUR
    state.reckon(NINE)
    assert (state.narrowed, len(state.table)) == (None, 3)  # no hour is called so


def test_a_group_alone_is_what_all_trips_of_it_are():
    desk = Desk()
    desk.state.ask()
    desk.take(page(*WON, *LOST))
    for by in GroupBy:
        desk.state.group_by, desk.state.narrowed = by, None
        desk.state.reckon(NINE)
        for group in list(desk.state.groups.exported()):
            desk.state.narrowed = group.key
            desk.state.reckon(NINE)
            assert desk.state.figures == group.figures
