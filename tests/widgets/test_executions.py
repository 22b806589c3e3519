import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.trade_journal_state import Span
from tests.desk.test_executions import filled, route
from tests.desk.test_trade_journal_state import page
from tests.widgets.scene import naver_scene
from widgets.executions import ExecutionsPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return naver_scene()


@pytest.fixture
def panel(qtbot, scene):
    made = ExecutionsPanel(scene.context)
    qtbot.addWidget(made)
    made.resize(1_100, 500)
    made.show()
    qtbot.waitExposed(made)
    settle(scene, made)
    fills = (filled(1, 7, "KRX", 1_000, 60), filled(2, 7, "NXT", 1_005, 40), filled(3, 8, "NXT", 1_000, 9, 20261123))
    scene.context.answers.take(replace(page(*fills), routes=(route(7), route(8, date=20261123))))
    settle(scene, made)
    return made


def settle(scene, panel):
    scene.frame(panel)
    panel.refresh_if_dirty(scene.now_ns)
    QApplication.processEvents()


def test_it_tells_orders_days_and_the_sum(panel):
    assert (len(panel.state.table), len(panel.state.days)) == (2, 2)
    assert panel.subtitle == "주문 2건 · 단독 시장 대비 절감 +100 (+9.16 bp)"
    assert panel.grab().width() == 1_100


def test_enter_on_a_day_narrows_the_orders(scene, panel):
    panel.days.setFocus()
    QTest.keyClick(panel.days, Qt.Key.Key_Down)
    QTest.keyClick(panel.days, Qt.Key.Key_Return)
    settle(scene, panel)
    assert [panel.state.table.row(i).key for i in range(len(panel.state.table))] == [8]
    QTest.keyClick(panel.days, Qt.Key.Key_Return)
    settle(scene, panel)
    assert len(panel.state.table) == 2
    QTest.mouseClick(panel.chips[Span.DAY], Qt.MouseButton.LeftButton)
    settle(scene, panel)
    assert (len(panel.state.table), panel.chips[Span.DAY].look) == (1, "chosen")


def test_a_letter_looks_at_the_order(scene, panel):
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_X)
    assert scene.context.answers.looked_at == 8


def test_the_days_go_into_the_file_too(panel, tmp_path):
    assert panel.export_to(tmp_path / "e.csv")
    assert "최선 단독" in (tmp_path / "e.csv").read_text(encoding="utf-8-sig")
