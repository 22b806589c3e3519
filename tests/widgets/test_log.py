import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.model.views import NoticeView
from tests.desk.scene import NINE
from tests.widgets.scene import PanelScene
from widgets.log import LogPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return PanelScene()


@pytest.fixture
def panel(qtbot, scene):
    panel = LogPanel(scene.context)
    qtbot.addWidget(panel)
    panel.resize(600, 300)
    panel.show()
    qtbot.waitExposed(panel)
    for i, is_warning in enumerate((False, True, False)):
        scene.orders.on_view(NoticeView(key="notice.latency", detail=str(i), is_warning=is_warning, trade_ns=NINE))
    scene.frame(panel)
    QApplication.processEvents()
    return panel


def shown(panel):
    return [row.number for row in panel._table.exported()]


def test_notices_stand_newest_first(panel):
    assert (shown(panel), "3" in panel.subtitle) == ([2, 1, 0], True)


def test_chips_and_words_pick(panel):
    panel.chips["warning"].click()
    warnings = shown(panel)
    panel.chips["warning"].click()
    QTest.keyClicks(panel.words, "2")
    assert (warnings, shown(panel)) == ([1], [2])
    assert [kind for kind, chip in panel.chips.items() if chip.look == "chosen"] == []


def test_a_new_notice_comes_while_a_filter_stands(scene, panel):
    panel.chips["warning"].click()
    scene.orders.on_view(NoticeView(key="notice.latency", is_warning=True))
    scene.frame(panel)
    assert shown(panel) == [3, 1]
