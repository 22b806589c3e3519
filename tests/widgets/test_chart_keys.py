import pytest
from msgspec import structs
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from hts.desk.drawings import Anchor, Kind
from hts.model.enums import OrdStatus, Side
from tests.desk.scene import SAMSUNG, an_order
from tests.widgets.chart_scene import a_chart, closes, settle, show_order
from tests.widgets.scene import day_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NO_KEY = Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
UP, DOWN, LEFT, RIGHT = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right
ENTER, ESC = Qt.Key.Key_Return, Qt.Key.Key_Escape
ABOVE, BELOW = Qt.Key.Key_PageUp, Qt.Key.Key_PageDown


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    made = a_chart(qtbot, scene)
    made.canvas.setFocus()
    return made


def keys(panel, *pressed):
    for one in pressed:
        key, modifiers = one if isinstance(one, tuple) else (one, NO_KEY)
        QTest.keyClick(panel.canvas, key, modifiers)


def test_a_line_is_drawn_by_keys_alone(scene, panel):
    panel.take_tool(Kind.TREND)
    assert panel.canvas.notice == scene.texts("chart.keys.tool")
    keys(panel, *3 * [LEFT], UP, ENTER, (LEFT, CONTROL), (DOWN, CONTROL), ENTER)
    last, series = len(panel.series) - 1, panel.series
    drawn = panel.canvas.board.drawings[-1]
    first, second = drawn.anchors
    assert (drawn.kind, panel.canvas.pen.tool) == (Kind.TREND, None)
    assert (first.trade_ns, second.trade_ns) == (int(series.start_ns[last - 2]), int(series.start_ns[last - 12]))
    assert (first.px, second.px) == (closes(panel)[last] + 100, closes(panel)[last] - 900)
    assert scene.sent == []


def test_a_text_is_placed_by_keys(panel):
    panel.take_tool(Kind.TEXT)
    keys(panel, LEFT, ENTER)
    field = panel.canvas.hand._writing
    QTest.keyClicks(field, "here")
    QTest.keyClick(field, ENTER)
    assert [d.text for d in panel.canvas.board.drawings] == ["here"]


def test_esc_lays_the_tool_down_and_enter_means_nothing_here_any_more(panel):
    panel.take_tool(Kind.HORIZONTAL)
    keys(panel, LEFT, ESC, ENTER)
    assert (panel.canvas.pen.tool, panel.canvas.board.drawings) == (None, ())


def test_a_chosen_drawing_moves_by_bars_and_ticks_and_back(panel):
    board, series = panel.canvas.board, panel.series
    board.add(Kind.TREND, [Anchor(int(series.start_ns[50]), 190_050.5), Anchor(int(series.start_ns[90]), 190_000.0)])
    keys(panel, (RIGHT, CONTROL | SHIFT), (UP, CONTROL | SHIFT))
    moved = board.drawings[0].anchors
    assert moved == (Anchor(int(series.start_ns[51]), 190_150.5), Anchor(int(series.start_ns[91]), 190_100.0))
    keys(panel, (LEFT, CONTROL | SHIFT), (DOWN, CONTROL | SHIFT))
    assert board.drawings[0].anchors[0] == Anchor(int(series.start_ns[50]), 190_050.5)


def lines(scene, panel, *away):
    """Orders so many ticks from the last price; the only ones of the issue."""
    for view in scene.orders.working(SAMSUNG):
        scene.orders.on_view(structs.replace(view, ord_status=OrdStatus.CANCELED))
    last = panel.canvas.marks_layer.marks.last_px
    for number, ticks in enumerate(away):
        scene.orders.on_view(an_order(80 + number, Side.BUY, last + 100 * ticks, 100, SAMSUNG))
    panel.mark_dirty()
    settle(scene, panel)
    return [last + 100 * ticks for ticks in away]


def held(panel):
    drag = panel.canvas.marks_layer.drag
    return (drag.order.px, drag.px) if drag is not None else None


def test_lines_are_taken_one_after_the_other_and_moved_by_ticks(scene, panel):
    low, near, high = lines(scene, panel, -30, -10, 20)
    scene.actions.arm(True)
    settle(scene, panel)
    found = []
    for key in (BELOW, BELOW, BELOW, ABOVE, ABOVE, ABOVE):
        keys(panel, key)
        found.append(held(panel)[0])
    assert found == [near, low, low, near, high, high]
    keys(panel, DOWN, (DOWN, CONTROL), UP)
    assert held(panel) == (high, high - 1_000)
    assert (panel.canvas.notice, scene.sent) == (scene.texts("chart.keys.held"), [])


def test_enter_asks_for_the_price_and_esc_for_nothing(scene, panel):
    (px,) = lines(scene, panel, -10)
    scene.actions.arm(True)
    settle(scene, panel)
    keys(panel, BELOW, DOWN, ESC, BELOW, UP, UP, ENTER)
    assert [(i.cl_ord_id, i.px) for i in scene.sent] == [(80, px + 200)]
    assert (panel.canvas.hand.mode, held(panel)) == ("", None)


def test_delete_cancels_the_line_in_the_hand(scene, panel):
    lines(scene, panel, -10)
    scene.actions.arm(True)
    settle(scene, panel)
    keys(panel, BELOW, Qt.Key.Key_Delete)
    assert ([type(i).__name__ for i in scene.sent], held(panel)) == (["CancelOrder"], None)


def test_a_locked_desk_takes_nothing_into_the_hand_and_says_so(scene, panel):
    lines(scene, panel, -10)
    keys(panel, BELOW)
    assert (held(panel), panel.canvas.notice) == (None, scene.texts("refusal.locked"))


def test_a_line_falls_when_the_keyboard_or_the_mouse_goes_elsewhere(qtbot, scene, panel):
    lines(scene, panel, -10)
    scene.actions.arm(True)
    settle(scene, panel)
    keys(panel, BELOW, UP)
    panel.bar.buttons[60].setFocus()
    gone = [held(panel)]
    panel.canvas.setFocus()
    keys(panel, BELOW, UP)
    QTest.mouseClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, NO_KEY, QPointF(100, 200).toPoint())
    gone.append(held(panel))
    keys(panel, BELOW, UP)
    scene.actions.arm(False)
    settle(scene, panel)
    gone.append(held(panel))
    assert (gone, scene.sent) == ([None, None, None], [])


def test_a_pointer_that_passes_leaves_the_line_in_the_keyboards_hand(scene, panel):
    (px,) = lines(scene, panel, -10)
    scene.actions.arm(True)
    settle(scene, panel)
    keys(panel, BELOW, UP)
    QTest.mouseMove(panel.canvas.viewport(), QPointF(200, 60).toPoint())
    assert held(panel) == (px, px + 100)


def test_enter_sends_nothing_while_the_mouse_holds_a_line(scene, panel):
    scene.actions.arm(True)
    _, label = show_order(scene, panel)
    settle(scene, panel)
    at = label.center().toPoint()
    QTest.mousePress(panel.canvas.viewport(), Qt.MouseButton.LeftButton, NO_KEY, at)
    keys(panel, ENTER)
    assert (panel.canvas.hand.mode, scene.sent) == ("order", [])
