"""What was chosen in a panel comes back with the layout; what does not hold is as it was at first."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.desk.footprint import GROUPS, TIMEFRAMES_MIN
from hts.desk.tape import TapeFilter
from hts.desk.trade_journal import Method
from hts.desk.trade_journal_figures import GroupBy
from hts.desk.trade_journal_state import Span
from tests.widgets.scene import naver_scene
from widgets.panels import make_panel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
NONSENSE = (None, -7, 10**30, True, "x" * 10_000, [], {}, 1.5)


@pytest.fixture
def make(qtbot):
    def made(name):
        panel = make_panel(name, naver_scene().context)
        qtbot.addWidget(panel)
        return panel

    return made


def moved(panel, make):
    """A new panel of the kind with what this one stores, through a file."""
    other = make(panel.objectName())
    other.take_stored(json.loads(json.dumps(panel.stored())))
    return other


def test_the_tapes_filter(make):
    tape = make("tape")
    tape.show()
    assert tape.stored() == {}
    QTest.keyClicks(tape.qty_min, "100")
    QTest.keyClicks(tape.big_qty, "5000")
    QTest.mouseClick(tape.side_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(tape.join_button, Qt.MouseButton.LeftButton)
    other = moved(tape, make)
    assert other.stored() == {"least": 100, "side": 1, "venue": "", "joined": True, "big": 5_000}
    assert other._tape("035420").filter == TapeFilter(qty_min=100, side=1, is_joined=True)
    assert (other.qty_min.text(), other.side_button.look, other.join_button.look) == ("100", "chosen", "chosen")


def test_the_heat_maps_zoom(make):
    heat = make("depth_heatmap")
    assert heat.stored() == {}
    heat.canvas._zoom(2, -1)
    heat.canvas.change_contrast(1)
    other = moved(heat, make).canvas.view
    assert other.zoom == heat.canvas.view.zoom != make("depth_heatmap").canvas.view.zoom
    assert other.contrast == 3


def test_the_footprints_bars_and_rows(make):
    foot = make("footprint")
    assert foot.stored() == {}
    foot.choose(TIMEFRAMES_MIN[2], GROUPS[1])
    other = moved(foot, make)
    assert other.stored() == {"minutes": 5, "ticks": 2}
    assert (other.timeframe_chips[5].look, other.group_chips[2].look) == ("chosen", "chosen")


def test_the_journals_days_and_groups(make):
    journal = make("journal")
    for choice in (Span.MONTH, Method.FIFO, GroupBy.WEEKDAY):
        journal.choose(choice)
    journal.choose_currency("JPY")
    journal.choose_benchmark("005930")
    state = moved(journal, make).state
    assert (state.span, state.method, state.group_by, state.currency) == (
        Span.MONTH, Method.FIFO, GroupBy.WEEKDAY, "JPY",
    )  # fmt: skip
    assert state.shown_currency == ""  # nothing of it is there
    assert state.benchmark == "005930"


def test_the_days_of_best_execution(make):
    panel = make("executions")
    panel.choose_span(Span.WEEK)
    assert moved(panel, make).state.span is Span.WEEK


def test_the_ranking_and_its_issues(make):
    ranking = make("ranking")
    assert ranking.stored() == {}
    ranking.choose("gap_up", "kosdaq")
    other = moved(ranking, make)
    assert (other.table.kind, other.table.scope, other.scope.look) == ("gap_up", "kosdaq", "chosen")


def test_what_the_maps_areas_stand_for(make):
    market_map = make("market_map")
    assert market_map.stored() == {}
    market_map.choose("cap")
    other = moved(market_map, make)
    assert (other.map.by, other.chips["cap"].look) == ("cap", "chosen")


def test_the_screeners_condition_though_it_was_not_saved(make):
    screener = make("screener")
    screener.name.setText("mine")
    screener.condition.setText("change > 7 and not etf")
    other = moved(screener, make)
    assert (other.name.text(), other.condition.text()) == ("mine", "change > 7 and not etf")
    assert other._run.node == screener._run.node


@pytest.mark.parametrize(
    "name", ["ranking", "market_map", "screener", "tape", "depth_heatmap", "footprint", "journal", "executions"]
)
def test_nonsense_is_as_it_was_at_first(make, name):
    fresh = make(name).stored()
    keys = ("kind", "scope", "condition", "name", "contrast",
            "least", "side", "venue", "joined", "big", "row", "zoom", "minutes", "ticks", "span", "method", "by",
            "currency")  # fmt: skip
    for value in NONSENSE[:4] + NONSENSE[5:]:
        panel = make(name)
        panel.take_stored(dict.fromkeys(keys, value))
        kept = panel.stored()
        assert kept == fresh or (name == "tape" and value is True and kept["joined"]), value
