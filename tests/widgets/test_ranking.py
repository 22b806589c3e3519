import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.widgets.scene import day_scene, look, show_panel
from widgets.ranking import LOOK_NS, REMEMBER_NS, RankingPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    return settled(scene, show_panel(qtbot, RankingPanel(scene.context), 640, 320))


def settled(scene, panel, after=LOOK_NS):
    return look(scene, panel, after)


def shown(panel):
    return [panel.table.row(i).name for i in range(len(panel.table))]


def test_rises_and_falls(scene, panel):
    rises = shown(panel)
    panel.chips["fall"].click()
    settled(scene, panel)
    assert (rises[0], shown(panel)) == ("NAVER", ["KB금융", "SK하이닉스"])
    assert panel.subtitle == "하락률 · 전체"


def test_the_keyboard_chooses_an_issue(scene, panel):
    panel.view.setFocus()
    for _ in range(2):
        QTest.keyClick(panel.view, Qt.Key.Key_Down)
    name = scene.market.instruments[scene.selection.symbol()].name_ko
    assert name == shown(panel)[panel.table.find(scene.selection.symbol())]
    assert panel.view.selected == scene.selection.symbol()


def test_it_is_made_anew_once_a_second_at_most(scene, panel):
    made = []
    update = panel.table.update
    panel.table.update = lambda *args: made.append(1) or update(*args)
    for _ in range(10):
        settled(scene, panel, after=LOOK_NS // 5)
    assert len(made) == 2


def test_the_choice_and_the_scope_say_what_is_shown(scene, panel):
    panel.more.chosen.emit(4)
    panel.scope.click()
    settled(scene, panel)
    assert (panel.table.kind, panel.table.scope, panel.subtitle) == ("surge", "kospi", "거래량급증 · KOSPI")
    again = RankingPanel(scene.context)
    again.take_kept(panel.kept())
    again.take_kept(("no", "such"))
    assert (again.table.kind, again.table.scope) == ("surge", "kospi")
    again.deleteLater()


def test_places_are_remembered_every_minute(scene, panel):
    settled(scene, panel, after=REMEMBER_NS)
    assert len(panel.table._places) == len(panel.table)
