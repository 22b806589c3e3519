import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.model.views import NoticeView
from tests.desk.scene import NINE
from tests.support.written import recorded
from tests.widgets.scene import PanelScene
from widgets.log import LogPanel
from widgets.price_alerts import PriceAlertsPanel

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


def test_lines_that_come_above_do_not_move_what_is_read(panel, scene):
    def tell(count):
        for _ in range(count):
            detail = f"{len(scene.orders.notices)} more"  # the same again would be one line
            scene.orders.on_view(NoticeView(key="notice.latency", detail=detail, trade_ns=NINE))
        scene.frame(panel)
        QApplication.processEvents()

    tell(60)
    bar, view = panel.view.verticalScrollBar(), panel.view
    assert (bar.value(), view._visible[0].number) == (0, 62)
    bar.setValue(20)
    read = view._visible[0].number
    tell(7)
    assert (view._visible[0].number, bar.value()) == (read, 27)
    bar.setValue(0)
    tell(1)
    assert view._visible[0].number == 70  # at the top the newest is seen
    view.table.toggle_sort("text")
    bar.setValue(20)
    tell(1)
    assert bar.value() == 20  # in another order it is a place and no row that is looked at


def test_what_is_told_again_says_how_often_and_from_when_to_when(panel, scene):
    for second in range(3):
        view = NoticeView(key="notice.latency", detail="48 ms", trade_ns=NINE + second * 1_000_000_000)
        scene.orders.on_view(view)
    scene.frame(panel)
    row = panel.view._visible[0]
    assert panel.view.tooltip_of(row) == f"{row.text}\n3회, 09:00:00 ~ 09:00:02"
    assert panel.view.tooltip_of(panel.view._visible[1]) == panel.view._visible[1].text


def test_a_log_and_alerts_without_a_line_say_why_they_are_empty(qtbot, scene):
    said = []
    for made in (LogPanel, PriceAlertsPanel):
        panel = made(scene.context)
        qtbot.addWidget(panel)
        panel.resize(600, 300)
        panel.show()
        scene.frame(panel)
        with recorded() as written:
            panel.grab()
        said.append(next(one.text for one in written._of[panel.view.viewport()]))
    assert said == ["남은 기록이 없습니다", "이 단말이 켜져 있는 동안 발생한 알림이 없습니다"]
