import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.desk.scene import NAVER, SAMSUNG
from tests.widgets.chart_scene import a_chart
from tests.widgets.scene import PanelScene, day_scene
from widgets.chart_menu import compare_menu
from widgets.issue_search import IssueSearch
from widgets.menus import pop_up

pytestmark = [
    pytest.mark.qt_log_ignore("propagateSizeHints"),
    pytest.mark.qt_log_ignore("grabbing the keyboard"),
    pytest.mark.qt_log_ignore("raise"),
]


@pytest.fixture
def scene():
    return PanelScene()


@pytest.fixture
def chosen():
    return []


@pytest.fixture
def search(qtbot, scene, chosen):
    menu = QMenu()
    qtbot.addWidget(menu)
    made = IssueSearch(menu, scene.context, chosen.append)
    menu.addAction("listed").triggered.connect(lambda: chosen.append("listed"))
    menu.popup(QPoint(10, 10))
    QApplication.processEvents()
    yield made
    menu.close()


def offered(search):
    return [one.text() for one in search._menu.actions() if one.text() and one.text() != "listed"]


def test_what_is_typed_is_offered_and_enter_takes_the_first(search, chosen):
    search.field.setText("ㅅㅅㅈ")
    shown = offered(search)
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert (shown, chosen, search._menu.isVisible()) == ([f"삼성전자  {SAMSUNG}"], [SAMSUNG], False)


def test_the_arrows_mark_what_enter_takes(search, chosen):
    QTest.keyClicks(search.field, "0")
    rows = offered(search)
    menu = search._menu
    menu.setActiveAction(next(one for one in menu.actions() if one.text() == rows[1]))
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert (len(rows), chosen) == (2, [rows[1].split()[-1]])


def test_an_issue_that_does_not_exist_is_said_and_nothing_is_chosen(scene, search, chosen):
    for text in ("ZZZZ", "x" * 10_000, "\u202e🙂"):
        search.field.setText(text)
        QTest.keyClick(search.field, Qt.Key.Key_Return)
        assert len(offered(search)) == 1
    assert (chosen, search._menu.isVisible()) == ([], True)
    search.field.clear()
    assert offered(search) == []


def test_esc_closes_the_menu(search, chosen):
    QTest.keyClicks(search.field, "NAV")
    QTest.keyClick(search.field, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert (chosen, search._menu.isVisible()) == ([], False)


def test_a_chart_is_compared_with_what_was_searched_for_and_never_with_itself(qtbot):
    scene = day_scene()
    panel = a_chart(qtbot, scene)
    menu = compare_menu(panel)
    pop_up(menu, QPoint(0, 0))
    search = next(one for one in menu.actions() if isinstance(one, IssueSearch))
    QTest.keyClicks(search.field, SAMSUNG)  # its own
    own = search._symbols
    search.field.clear()
    QTest.keyClicks(search.field, "NAVER")
    QTest.keyClick(search.field, Qt.Key.Key_Return)
    assert (own, [one.symbol for one in panel.settings.compare]) == ([], [NAVER])
