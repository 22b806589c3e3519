import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.desk.scene import NAVER, SAMSUNG, a_trade
from tests.widgets.scene import day_scene
from widgets.tables_view import HEAD, ROW
from widgets.watchlist import WatchlistPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    panel = WatchlistPanel(scene.context)
    qtbot.addWidget(panel)
    panel.resize(372, 500)
    panel.show()
    qtbot.waitExposed(panel)
    settle(scene, panel)
    return panel


def settle(scene, panel):
    scene.frame(panel)
    QApplication.processEvents()


def click(panel, i):
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, HEAD + i * ROW + 5))


def test_a_click_chooses_the_issue_everywhere_and_a_click_on_a_head_does_not(scene, panel):
    click(panel, 0)
    chosen = [scene.selection.symbol()]
    click(panel, 4)
    chosen.append(scene.selection.symbol())
    assert chosen == [SAMSUNG, NAVER]
    assert panel.view.selected == ("held", NAVER)


def test_the_choice_of_another_panel_is_marked(scene, panel):
    scene.selection.choose(NAVER)
    settle(scene, panel)
    assert panel.view.selected == ("held", NAVER)


def test_a_trade_repaints_the_rows_of_its_issue_and_the_heads_that_sum_it(scene, panel):
    before = panel.view.painted_rows
    scene.market.on_quote(a_trade("015760", px=47_900))
    settle(scene, panel)
    assert panel.view.painted_rows - before == 4


def test_the_subtitle_counts_issues_once(panel):
    assert panel.subtitle == "9종목"
