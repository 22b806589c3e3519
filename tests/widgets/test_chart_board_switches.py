"""Drawings that are hidden or locked, a tool that is kept, a copy: by switches of the chart that are stored with it."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from hts.desk.chart_settings import SWITCHES, settings_of
from hts.desk.drawings import Kind
from tests.widgets.chart_scene import a_chart, closes, settle, spot
from tests.widgets.scene import day_scene
from widgets.chart_menu import draw_menu, duplicate

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise\\(\\)")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    made = a_chart(qtbot, scene)
    made.adjust(snaps=False)
    return made


def a_line(panel):
    """A horizontal line at the last price, and a point on it."""
    panel.take_tool(Kind.HORIZONTAL)
    at = spot(panel, len(panel.series) - 20, closes(panel)[-1])
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    return at


def drag(panel, begin, by):
    view = panel.canvas.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(view, begin + by)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=begin + by)


def pixels(panel):
    return panel.canvas.grab().toImage()


def test_hidden_drawings_are_not_painted_nor_taken_and_a_tool_shows_them_again(panel):
    bare = pixels(panel)
    at = a_line(panel)
    panel.canvas.board.selected = 0
    shown = pixels(panel)
    panel.adjust(hides_drawings=True)
    panel.canvas.leaveEvent(None)
    assert shown != bare
    before = panel.canvas.board.drawings
    drag(panel, at, QPoint(0, 30))
    assert panel.canvas.board.drawings == before
    panel.take_tool(Kind.TREND)
    assert not panel.settings.hides_drawings


def test_hidden_drawings_are_in_no_hand(panel):
    """Neither the one that was chosen before, nor one that brackets would choose, nor a tool's next."""
    a_line(panel)
    board = panel.canvas.board
    (line,) = board.drawings
    panel.take_tool(Kind.TREND)
    board.selected = line.drawing_id
    panel.adjust(hides_drawings=True)
    assert (board.selected, panel.canvas.pen.tool) == (0, None)
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for key, modifiers in (
        (Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Up, control),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
    ):
        QTest.keyClick(panel.canvas, key, modifiers)
    assert board.drawings == (line,)
    panel.adjust(hides_drawings=False)
    QTest.keyClick(panel.canvas, Qt.Key.Key_BracketRight)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Delete)
    assert board.drawings == ()


def test_locked_drawings_move_by_nothing_and_are_not_deleted(panel):
    at = a_line(panel)
    (line,) = panel.canvas.board.drawings
    panel.adjust(locks_drawings=True)
    drag(panel, at, QPoint(0, 30))
    assert panel.canvas.board.drawings == (line,)
    panel.canvas.board.selected = line.drawing_id
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(panel.canvas, Qt.Key.Key_Up, control)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Delete)
    assert (panel.canvas.board.drawings, panel.canvas.notice.startswith("그림이 잠겨 있습니다")) == ((line,), True)
    enabled = {action.text().split("\t")[0]: action.isEnabled() for action in draw_menu(panel).actions()}
    assert (enabled["선택 삭제"], enabled["모두 삭제"], enabled["선택 복제"]) == (False, False, True)
    panel.adjust(locks_drawings=False)
    drag(panel, at, QPoint(0, 30))
    assert panel.canvas.board.drawings != (line,)


def test_a_kept_tool_draws_until_esc(panel):
    panel.adjust(keeps_tool=True)
    a_line(panel)
    for n in (40, 60):
        at = spot(panel, len(panel.series) - n, closes(panel)[-n])
        QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (len(panel.canvas.board.drawings), panel.canvas.pen.tool) == (3, Kind.HORIZONTAL)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Escape)
    assert panel.canvas.pen.tool is None


def test_a_copy_stands_a_little_below_also_over_a_night(scene, panel):
    assert not duplicate(panel.canvas)
    a_line(panel)
    panel.canvas.change_board(lambda: duplicate(panel.canvas))
    first, copy = panel.canvas.board.drawings
    plane = panel.canvas.price_plane
    assert plane.y_of(copy.anchors[0].px) - plane.y_of(first.anchors[0].px) == pytest.approx(20)
    series = panel.series
    moved = series.x_of(copy.anchors[0].trade_ns) - series.x_of(first.anchors[0].trade_ns)
    assert moved * plane.bar_px == pytest.approx(20, abs=0.1)
    settle(scene, panel)


def test_the_switches_are_stored_with_the_chart(panel):
    for switch in SWITCHES:
        panel.adjust(**{switch: True})
    found = settings_of(json.loads(json.dumps(panel.stored())))
    assert [getattr(found, switch) for switch in SWITCHES] == [True] * len(SWITCHES)
    assert not any(getattr(settings_of(dict.fromkeys(SWITCHES, 1)), switch) for switch in SWITCHES)
