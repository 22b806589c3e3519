import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.footprint import MINUTE_NS
from tests.desk.scene import NAVER, NINE, SAMSUNG, a_trade
from tests.widgets.scene import PanelScene, open_panel
from widgets.footprint import FootprintPanel
from widgets.footprint_paint import HEAD_H, ROW

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return PanelScene()


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, FootprintPanel(scene.context), 620, 400)


def settle(scene, panel, *trades):
    for trade in trades:
        scene.market.on_quote(trade)
    scene.frame(panel)
    QApplication.processEvents()


def minutes(count):
    return [a_trade(qty=i + 1, trade_ns=NINE + i * MINUTE_NS) for i in range(count)]


def shown(panel):
    return [bar.qty for bar in panel.canvas.bars]


def test_the_newest_bars_fill_the_width(scene, panel):
    settle(scene, panel, *minutes(9))
    assert shown(panel) == [7, 8, 9]


def test_arrows_go_back_and_home_returns(scene, panel):
    settle(scene, panel, *minutes(9))
    QTest.keyClick(panel.canvas, Qt.Key.Key_Left)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Left)
    settle(scene, panel, a_trade(qty=50, trade_ns=NINE + 8 * MINUTE_NS + 1))
    back = shown(panel)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Home)
    assert (back, shown(panel)) == ([5, 6, 7], [7, 8, 59])


def test_panning_stops_at_the_oldest_bar(scene, panel):
    settle(scene, panel, *minutes(4))
    for _ in range(20):
        QTest.keyClick(panel.canvas, Qt.Key.Key_Left)
    assert shown(panel) == [1]


def test_chips_choose_length_and_ticks(scene, panel):
    settle(scene, panel, *minutes(9))
    panel.timeframe_chips[5].click()
    panel.group_chips[2].click()
    foot = panel._feet[NAVER, ""]
    assert (shown(panel), foot.group) == ([15, 30], 2)
    assert [value for value, chip in panel.timeframe_chips.items() if chip.look == "chosen"] == [5]


def test_a_click_fills_the_form(scene, panel):
    settle(scene, panel, *minutes(2))
    foot = panel._feet[NAVER, ""]
    row = panel.canvas.top - foot.row_of(237_500)
    QTest.mouseClick(panel.canvas, Qt.MouseButton.LeftButton, pos=QPoint(50, HEAD_H + row * ROW + 4))
    assert scene.selection.px == 237_500


def test_each_issue_has_its_own(scene, panel):
    settle(scene, panel, *minutes(2))
    scene.selection.choose(SAMSUNG)
    settle(scene, panel, a_trade(SAMSUNG, px=191_400, qty=77))
    empty = shown(panel)
    settle(scene, panel, a_trade(SAMSUNG, px=191_400, qty=7))
    assert (empty, shown(panel), "09:00" in panel.subtitle) == ([], [7], False)
