import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.texts import LANGUAGES
from hts.model.enums import Phase, Side
from tests.desk.scene import NAVER_ASKS, a_book, a_trade, an_order
from tests.support.desk_feed import quiet_desk
from tests.support.panels import panel_context
from tests.widgets.scene import naver_scene
from widgets.painting import Brush
from widgets.quote_panel import HEAD, HEADS, WIDTH_MIN, QuotePanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return naver_scene()


@pytest.fixture
def panel(qtbot, scene):
    panel = QuotePanel(scene.context)
    qtbot.addWidget(panel)
    panel.resize(400, 640)
    panel.show()
    qtbot.waitExposed(panel)
    settle(scene, panel)
    return panel


def settle(scene, panel):
    frame = scene.frame(panel)
    QApplication.processEvents()
    return frame


def row_point(panel, row):
    height = panel.book._row_height()
    return QPoint(panel.book.width() // 2, HEAD + HEADS + row * height + height // 2)


def test_a_click_on_a_level_fills_the_form_and_sends_nothing(scene, panel):
    sent = list(scene.sent)
    QTest.mouseClick(panel.book, Qt.MouseButton.LeftButton, pos=row_point(panel, 7))
    assert (scene.selection.px, scene.sent) == (238_500, sent)


def test_the_keyboard_chooses_a_level(scene, panel):
    panel.book.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(panel.book, key)
    assert scene.selection.px == 236_500
    assert "236,500" in panel.book.accessibleDescription()


def test_a_changed_level_repaints_its_row_and_the_totals_alone(scene, panel):
    before = panel.book.painted_blocks
    scene.market.on_quote(a_book(asks=(500, *NAVER_ASKS[1:])))
    settle(scene, panel)
    assert panel.book.painted_blocks - before == 2


def test_own_orders_and_ticks_stand_in_the_view(scene, panel):
    scene.orders.on_view(an_order(9, Side.SELL, 238_000, 70))
    scene.context.universe.on_changes(scene.market, dataclass_changes(scene))
    panel.mark_dirty()
    panel.refresh_if_dirty(scene.now_ns)
    view = panel.book._view
    assert [row.own_qty for row in view.asks] == [0, 30, 0, 0, 50, 0, 0, 0, 70, 0]
    assert [tick.px for tick in view.ticks] == [238_500]


def dataclass_changes(scene):
    scene.market.on_quote(a_trade(px=238_500))
    return scene.market.drain()


def test_a_call_shows_three_levels_a_side(scene, panel):
    call = a_book(asks=(1, 2, 3), bids=(4, 5, 6), phase=Phase.OPEN_CALL, expected_px=237_000, expected_qty=9)
    scene.market.on_quote(call)
    settle(scene, panel)
    assert panel.book.levels() == [238_500, 238_000, 237_500, 237_000, 236_500, 236_000]


def test_an_unknown_issue_shows_why_it_is_empty(scene, panel):
    scene.selection.choose("999999")
    settle(scene, panel)
    assert (panel.subtitle, panel.book.levels()) == ("", [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_beside_their_figures(qtbot, language):
    context = dataclasses.replace(panel_context(quiet_desk(), language))
    panel = QuotePanel(context)
    qtbot.addWidget(panel)
    width = panel.book._cache.width
    labels = ("open", "high", "low", "base", "upper", "lower", "vi_up", "vi_down", "volume", "turnover")
    room = (400 - 134) // 2 - 8 - width("body_medium", "11,482,907") - 8
    assert [key for key in labels if width("secondary", context.texts(f"quote.day.{key}")) > room] == []


def test_the_figures_of_the_day_stand_on_the_lines_of_the_levels(scene, panel):
    settle(scene, panel)
    rects = {key: rect for key, rect, _, _ in panel.book._blocks()}
    assert [rects[f"day {i}"].y() for i in range(10)] == [rects[f"level {i}"].y() for i in range(10)]
    assert "day 10" not in rects


def test_the_vwap_stands_between_strength_and_balance(scene, panel, monkeypatch):
    written = []
    left = Brush.left
    monkeypatch.setattr(Brush, "left", lambda *given: written.append(given[3]) or left(*given))
    panel.resize(WIDTH_MIN, 600)
    settle(scene, panel)
    panel.book.grab()
    assert written[written.index("VWAP") + 1] == "233,912"
