import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from hts.desk.texts import LANGUAGES
from tests.desk.scene import NAVER, SAMSUNG, a_book, a_trade
from tests.support.desk_feed import texts
from tests.support.pointer import move
from tests.widgets.scene import naver_scene, open_panel, settle
from widgets.heatmap import HeatmapPanel
from widgets.heatmap_paint import ramp

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
AT = a_book().trade_ns


@pytest.fixture
def scene():
    return naver_scene()


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, HeatmapPanel(scene.context), 600, 320)


def picture(panel):
    return panel.canvas.grab().toImage()


def test_a_large_level_is_brighter_than_a_small_one(scene, panel):
    view, heat = panel.canvas.view, panel._map(NAVER)
    image = picture(panel)

    def lightness(px):
        x, y = view.x(view.last) + 1, view.y(heat.grid.index(px)) + 4
        return image.pixelColor(x, y).lightness()

    assert lightness(240_500) > lightness(238_000) > lightness(242_500)  # 18,450 > 1,893 > nothing


def test_a_click_fills_the_form(scene, panel):
    view, heat = panel.canvas.view, panel._map(NAVER)
    y = view.y(heat.grid.index(236_500)) + 3
    QTest.mouseClick(panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(40, y))
    assert scene.selection.px == 236_500


def test_dragging_pans_and_sends_no_price(scene, panel):
    for i in range(30):
        scene.market.on_quote(a_book(trade_ns=AT + i * 1_000_000_000))
        settle(scene, panel)
    view = panel.canvas.view
    last = view.last
    QTest.mousePress(panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    move(panel.canvas, QPoint(150, 100))
    QTest.mouseRelease(panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(150, 100))
    panned = (view.last, view.is_following)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Home)
    assert panned == (last - 25, False)
    assert (view.last, view.is_following, scene.selection.px) == (last, True, 0)


def test_keys_zoom_and_pan(scene, panel):
    view, canvas = panel.canvas.view, panel.canvas
    before = (view.row_px, view.column_px, view.top)
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_Plus):
        QTest.keyClick(canvas, key)
    zoomed = (view.row_px, view.column_px)
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_Minus, Qt.Key.Key_Up):
        QTest.keyClick(canvas, key)
    assert before[:2] == (12, 2)
    assert zoomed == (14, 4)
    assert view.top == before[2] + 3


def test_hidden_panels_keep_every_trade(scene, panel):
    panel.hide()
    scene.market.on_quote(a_trade(qty=77, trade_ns=AT + 1))
    settle(scene, panel)
    heat = panel._map(NAVER)
    dots = heat.levels[0].dots[(AT + 1) // heat.levels[0].step_ns]
    assert dots[heat.grid.index(237_500)].buy_qty == 77


def test_another_issue_begins_its_own_map(scene, panel):
    scene.selection.choose(SAMSUNG)
    settle(scene, panel)
    empty = panel._map(SAMSUNG).book
    scene.market.on_quote(a_book(SAMSUNG, ask=191_500, bid=191_400, step=100, trade_ns=AT))
    settle(scene, panel)
    assert (empty, panel._map(SAMSUNG).book.symbol, panel._map(NAVER).book.symbol) == (None, SAMSUNG, NAVER)


def test_the_ramp_runs_through_its_stops():
    words = ramp((QColor(0, 0, 0), QColor(100, 50, 200), QColor(255, 255, 255)))
    assert [hex(int(words[i])) for i in (0, 255)] == ["0xff000000", "0xffffffff"]
    assert abs((int(words[127]) >> 16 & 255) - 100) <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_subtitle_tells_the_step(qtbot, language):
    assert "0.25" in texts(language)("heatmap.subtitle", name="x", step="0.25")


def test_contrast_darkens_usual_sizes_and_leaves_the_walls(panel):
    view, heat = panel.canvas.view, panel._map(NAVER)

    def lightness(px):
        x, y = view.x(view.last) + 1, view.y(heat.grid.index(px)) + 4
        return picture(panel).pixelColor(x, y).lightness()

    usual, wall = 239_000, 240_500
    before = lightness(usual), lightness(wall)
    QTest.keyClick(panel.canvas, Qt.Key.Key_BracketRight)
    more = lightness(usual), lightness(wall)
    for _ in range(9):
        QTest.keyClick(panel.canvas, Qt.Key.Key_BracketLeft)
    less = lightness(usual), lightness(wall)
    assert more[0] < before[0] < less[0]
    assert before[1] == more[1] == less[1]
    assert view.contrast == 0


def test_the_menu_does_what_keys_and_wheel_do(scene, panel):
    view, start = panel.canvas.view, panel.canvas.view.zoom
    acts = {action.text().split("\t")[0]: action for action in panel.canvas.make_menu().actions() if action.text()}
    names = ("taller", "lower", "closer", "wider", "more", "less", "newest")
    assert list(acts) == [scene.texts(f"heatmap.menu.{name}") for name in names]
    seen = []
    for name in names[:6]:
        acts[scene.texts(f"heatmap.menu.{name}")].trigger()
        seen.append((view.zoom[0] - start[0], view.zoom[1] - start[1], view.contrast))
    assert seen == [(1, 0, 2), (0, 0, 2), (0, -1, 2), (0, 0, 2), (0, 0, 3), (0, 0, 2)]
    view.is_following = False
    acts[scene.texts("heatmap.menu.newest")].trigger()
    assert view.is_following
