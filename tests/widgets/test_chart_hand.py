"""Real mouse and key events on the chart's canvas."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from hts.desk.drawings import Kind
from hts.model.enums import OrdStatus, Side
from hts.model.intents import CancelOrder, ReplaceOrder
from tests.desk.scene import SAMSUNG, an_order
from tests.support.pointer import move
from tests.widgets.chart_scene import a_chart, click, closes, drag, settle, show_order, spot
from tests.widgets.scene import day_scene
from widgets.chart import ChartPanel
from widgets.chart_menu import draw_menu

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    return a_chart(qtbot, scene)


def held(scene, panel, px_away: int, *, armed=True):
    """An order line in the hand, `px_away` from its price."""
    scene.actions.arm(armed)
    px, label = show_order(scene, panel)
    start = (label.center() - QPointF(20, 0)).toPoint()
    end = QPoint(start.x(), spot(panel, 0, px + px_away).y())
    drag(panel, start, end, release=False)
    return px, end


def release(panel, at):
    QTest.mouseRelease(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_an_order_line_is_dragged_to_a_valid_price_and_asks_for_it(scene, panel):
    px, end = held(scene, panel, -337)
    shown = panel.canvas.marks_layer.drag.px
    release(panel, end)
    assert [(type(i), i.cl_ord_id, i.px, i.qty) for i in scene.sent] == [(ReplaceOrder, 77, px - 300, 100)]
    assert shown == px - 300


@pytest.mark.parametrize("how", ["escape", "right button", "outside", "back"])
def test_a_drag_given_up_asks_for_nothing(scene, panel, how):
    px, end = held(scene, panel, -300)
    if how == "escape":
        QTest.keyClick(panel.canvas, Qt.Key.Key_Escape)
    elif how == "right button":
        QTest.mouseRelease(panel.canvas.viewport(), Qt.MouseButton.RightButton, pos=end)
    elif how == "outside":
        end = QPoint(end.x(), -30)
    else:
        end = QPoint(end.x(), spot(panel, 0, px).y())
        QTest.mouseMove(panel.canvas.viewport(), end)
    release(panel, end)
    assert (scene.sent, panel.canvas.marks_layer.drag) == ([], None)


def test_a_locked_desk_says_so_instead_of_dragging(scene, panel):
    held(scene, panel, -300, armed=False)
    assert panel.canvas.marks_layer.drag is None
    assert panel.canvas.notice == scene.texts("refusal.locked")


def test_an_order_that_ends_in_the_hand_falls(scene, panel):
    px, end = held(scene, panel, -300)
    ended = an_order(77, Side.BUY, px, 100, SAMSUNG, ord_status=OrdStatus.FILLED, leaves_qty=0, cum_qty=100)
    scene.orders.on_view(ended)
    settle(scene, panel)
    release(panel, end)
    assert (scene.sent, panel.canvas.notice) == ([], scene.texts("chart.drag.ended"))


def test_a_link_that_drops_in_the_middle_of_a_drag_sends_nothing(scene, panel):
    _, end = held(scene, panel, -300)
    scene.actions.arm(False)  # what the session does when the link is gone
    settle(scene, panel)
    release(panel, end)
    assert (scene.sent, panel.canvas.notice) == ([], scene.texts("chart.drag.locked"))


def test_a_link_that_is_down_at_the_release_is_told(scene, panel):
    _, end = held(scene, panel, -300)
    scene.actions._send = lambda _intent: False
    release(panel, end)
    assert panel.canvas.notice == scene.texts("refusal.link_down")


def test_the_cross_of_a_label_cancels_also_when_locked(scene, panel):
    _, label = show_order(scene, panel)
    click(panel, QPointF(label.right() - 5, label.center().y()))
    assert [(type(i), i.cl_ord_id) for i in scene.sent] == [(CancelOrder, 77)]


def x_range(panel):
    return [round(x, 3) for x in panel.canvas.price_box.viewRange()[0]]


def y_range(panel):
    return panel.canvas.price_box.viewRange()[1]


def test_the_plot_is_panned_by_dragging_and_by_keys(panel):
    panel.canvas.price_box.setXRange(20, 80, padding=0)
    bar_px = panel.canvas.price_plane.bar_px
    drag(panel, QPoint(300, 60), QPoint(300 + round(10 * bar_px), 60))
    panned = x_range(panel)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Right)
    assert (panned[0], round(panned[1] - panned[0], 3)) == (pytest.approx(10, abs=0.1), 60)
    assert x_range(panel)[0] == pytest.approx(panned[0] + 6, abs=0.01)


def test_keys_zoom_and_lead_to_the_ends(panel):
    box = panel.canvas.price_box
    widths = []
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Minus):
        QTest.keyClick(panel.canvas, key)
        left, right = box.viewRange()[0]
        widths.append(right - left)
    assert widths[0] < widths[1] < widths[2]
    QTest.keyClick(panel.canvas, Qt.Key.Key_Home)
    first = x_range(panel)[0]
    QTest.keyClick(panel.canvas, Qt.Key.Key_End)
    assert (first, x_range(panel)[1] > len(panel.series)) == (0, True)


def test_the_price_axis_is_scaled_by_dragging_and_fits_again_by_a_double_click(panel):
    fitted = list(y_range(panel))
    x = panel.canvas.viewport().width() - 10
    drag(panel, QPoint(x, 100), QPoint(x, 175))
    scaled = list(y_range(panel))
    manual = panel.canvas.is_manual
    QTest.mouseDClick(panel.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 100))
    assert (scaled[1] - scaled[0]) / (fitted[1] - fitted[0]) == pytest.approx(2.718281828**0.5, rel=0.02)
    assert (manual, panel.canvas.is_manual, y_range(panel)) == (True, False, fitted)


def test_a_pane_is_resized_by_its_border_and_the_settings_keep_it(panel):
    pane = panel.canvas.stack.panes[1]
    top = round(pane.box.sceneBoundingRect().top())
    drag(panel, QPoint(200, top), QPoint(200, top - 60))
    QApplication.processEvents()
    assert round(panel.canvas.stack.panes[1].box.sceneBoundingRect().top()) == pytest.approx(top - 60, abs=2)
    assert list(panel.settings.heights) == ["volume"]


def test_a_trend_line_is_drawn_moved_bent_and_deleted(scene, panel):
    canvas = panel.canvas
    panel.adjust(snaps=False)
    canvas.take_tool(Kind.TREND)
    middle = closes(panel)[-1]
    click(panel, spot(panel, 70, middle))
    click(panel, spot(panel, 90, middle))
    made = canvas.board.drawings[0].anchors
    drag(panel, spot(panel, 80, middle), spot(panel, 80, middle) + QPoint(0, -40))
    moved = canvas.board.drawings[0].anchors
    drag(panel, spot(panel, 90, moved[1].px), spot(panel, 95, moved[1].px))
    bent = canvas.board.drawings[0].anchors
    assert moved[0].px - made[0].px == pytest.approx(moved[1].px - made[1].px, rel=1e-6)
    assert moved[0].px > made[0].px
    assert (bent[0], bent[1].trade_ns > moved[1].trade_ns) == (moved[0], True)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    gone = canvas.board.drawings
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (gone, canvas.board.drawings[0].anchors) == ((), moved)


def entry(menu, text):
    return next(action for action in menu.actions() if action.text() == text)


def test_a_drawing_takes_a_colour_from_the_menu_and_so_does_the_next_one(scene, panel):
    canvas, texts, tokens = panel.canvas, scene.texts, scene.context.tokens
    canvas.board.add(Kind.HORIZONTAL, [canvas.hand.anchor(QPointF(spot(panel, 250, closes(panel)[-1] - 1_000)))])
    y = round(canvas.price_plane.y_of(canvas.board.drawings[0].anchors[0].px))

    def inked(token):
        image = canvas.grab().toImage()
        return any(image.pixel(30, y + dy) == getattr(tokens, token).rgb() for dy in (-1, 0, 1))

    assert inked("group1")
    colors = entry(draw_menu(panel), texts("chart.draw.color")).menu()
    assert [action.isChecked() for action in colors.actions()] == [True] + 8 * [False]
    assert all(not action.icon().isNull() for action in colors.actions()[1:])
    entry(colors, texts("chart.draw.color_number", number=2)).trigger()
    assert (canvas.board.drawings[0].color, inked("ma20"), inked("group1")) == ("ma20", True, False)
    canvas.take_tool(Kind.HORIZONTAL)
    click(panel, spot(panel, 250, closes(panel)[-1] - 2_000))
    assert canvas.board.drawings[-1].color == "ma20"
    colors = entry(draw_menu(panel), texts("chart.draw.color")).menu()
    assert [action.isChecked() for action in colors.actions()].index(True) == 2


def test_an_anchor_near_a_bars_price_is_exactly_that(panel):
    canvas = panel.canvas
    canvas.take_tool(Kind.HORIZONTAL)
    high = float(panel.series.columns[1, 80])
    click(panel, spot(panel, 80, high) + QPoint(1, -4))
    anchor = canvas.board.drawings[0].anchors[0]
    assert (anchor.px, anchor.trade_ns) == (high, int(panel.series.start_ns[80]))


def test_a_text_is_written_where_it_was_placed(panel):
    canvas = panel.canvas
    canvas.take_tool(Kind.TEXT)
    click(panel, spot(panel, 80, closes(panel)[-1]))
    field = canvas.viewport().findChild(type(canvas.hand._writing))
    QTest.keyClicks(field, "earnings")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert [d.text for d in canvas.board.drawings] == ["earnings"]


def test_escape_lays_the_tool_down_and_means_nothing_else_here(panel):
    canvas = panel.canvas
    canvas.take_tool(Kind.CHANNEL)
    click(panel, spot(panel, 80, closes(panel)[-1]))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (canvas.pen.tool, canvas.pen.shown()) == (None, ())
    assert not canvas.hand.give_up()  # the next Esc is the window's: cancel all


def test_the_right_button_opens_a_menu_with_everything(panel, qtbot):
    click(panel, QPoint(200, 100), Qt.MouseButton.RightButton)
    menus = [menu for menu in panel.findChildren(QMenu) if menu.isVisible()]
    texts = panel.context.texts
    titles = [action.text() for action in menus[0].actions() if action.text()]
    keys = ("menu.frames", "menu.style", "menu.studies", "sets.title", "menu.draw", "menu.compare", "menu.scale")
    keys += ("regular", "menu.replay", "out.go", "out.copy", "out.picture", "out.bars")
    assert titles[1:] == [texts(f"chart.{key}") for key in keys]
    assert titles[0].endswith("에 알림")
    menus[0].close()


def test_charts_of_a_group_point_at_the_same_time(qtbot, scene, panel):
    other = ChartPanel(scene.context)
    qtbot.addWidget(other)
    other.resize(500, 400)
    other.show()
    other.set_timeframe(60)
    settle(scene, panel, other)
    point = spot(panel, 60, closes(panel)[60])
    move(panel.canvas.viewport(), point)
    QApplication.processEvents()
    assert panel.canvas.cross.index == 60
    assert other.canvas.cross.index == other.series.index_at(int(panel.series.start_ns[60]))
    panel.canvas.hand.leave()
    assert other.canvas.cross.index is None
