"""Menus are gone when they are closed, and show names as they are written."""

import pytest
from msgspec import structs
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from hts.model.quotes import InstrumentDef
from tests.desk.scene import NAVER
from tests.widgets.chart_scene import a_chart
from tests.widgets.scene import day_scene
from widgets.chart_menu import compare_menu
from widgets.controls import Choice
from widgets.keys import OwnField
from widgets.menus import literal, pop_up
from widgets.screener import ScreenerPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise\\(\\)|grabbing")


@pytest.fixture
def scene():
    return day_scene()


def close_all(widget):
    """How many menus are left when the open ones are closed."""
    for menu in widget.findChildren(QMenu):
        if menu.isVisible():
            menu.close()
    for _ in range(2):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    return len(widget.findChildren(QMenu))


def test_a_chart_keeps_nothing_of_the_menus_that_were_open(qtbot, scene):
    panel = a_chart(qtbot, scene)
    for _ in range(3):
        panel.open_whole_menu(QPoint(10, 10))
        assert len(panel.findChildren(QMenu)) > 6
        assert close_all(panel) == 0


def test_a_screener_and_a_field_of_choices_keep_nothing_either(qtbot, scene):
    panel = ScreenerPanel(scene.context)
    qtbot.addWidget(panel)
    panel.show()
    for _ in range(2):
        panel._open_words()
        panel.open_basket_menu()
        panel.choice._open()
        assert close_all(panel) == 0


def test_a_menu_goes_with_those_within_it_after_its_act(qtbot):
    widget, done = QWidget(), []
    qtbot.addWidget(widget)
    menu, inner = QMenu(widget), QMenu("within", widget)
    menu.addMenu(inner)
    action = inner.addAction("act")
    action.triggered.connect(lambda: done.append(1))
    pop_up(menu, QPoint(5, 5))
    inner.popup(QPoint(9, 9))
    inner.setActiveAction(action)
    QTest.keyClick(inner, Qt.Key.Key_Return)
    assert (done, close_all(widget)) == ([1], 0)


def test_names_with_an_ampersand_are_whole(qtbot, scene):
    issue = structs.replace(scene.market.instruments[NAVER], name_en="J&J", name_ko="J&J", name_ja="J&J")
    scene.market.on_quote(InstrumentDef(instrument=issue))
    panel = a_chart(qtbot, scene)
    shown = [action.text() for action in compare_menu(panel).actions()]
    assert f"J&&J  {NAVER}" in shown, "of the library's two the menu paints one"
    choice = Choice(scene.context.tokens, "sets", [("R&D", "")])
    qtbot.addWidget(choice)
    choice._open()
    (menu,) = choice.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == ["R&&D"]
    assert (literal("a && b"), literal("plain")) == ("a &&&& b", "plain")


@pytest.mark.parametrize(("title", "typed"), [("chart.out.go", "10:00"), ("chart.menu.compare", "000660")])
def test_what_is_entered_in_a_menu_within_another_closes_both(qtbot, scene, title, typed):
    panel = a_chart(qtbot, scene)
    panel.open_whole_menu(QPoint(10, 10))
    whole = next(menu for menu in panel.findChildren(QMenu) if menu.isVisible())
    whole.setActiveAction(next(one for one in whole.actions() if one.text() == scene.texts(title)))
    QTest.keyClick(whole, Qt.Key.Key_Right)
    inner = whole.activeAction().menu()
    (field,) = inner.findChildren(OwnField)
    QTest.keyClicks(field, typed)
    assert inner.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert QApplication.activePopupWidget() is None
    assert close_all(panel) == 0
