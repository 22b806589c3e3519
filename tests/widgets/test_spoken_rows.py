import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtGui import QAccessible

from tests.widgets.scene import day_scene, naver_scene
from widgets.ladder import LadderPanel
from widgets.ladder_controls import PositionRow
from widgets.order_entry import OrderEntryPanel
from widgets.order_preview import CostPreview
from widgets.own_orders import OwnOrders
from widgets.panels import PANELS, make_panel
from widgets.spoken_rows import speak_rows
from widgets.tables import PositionsPanel

NAME = QAccessible.Text.Name


@pytest.fixture(autouse=True)
def rows_are_spoken(qapp):
    speak_rows()


def spoken(widget):
    interface = QAccessible.queryAccessibleInterface(widget)
    return [interface.child(number).text(NAME) for number in range(interface.childCount())]


def shown(qtbot, scene, cls):
    panel = cls(scene.context)
    qtbot.addWidget(panel)
    panel.resize(620, 700)
    panel.show()
    scene.frame(panel)
    return panel


def test_a_table_says_its_rows_with_their_heads(qtbot):
    panel = shown(qtbot, day_scene(), PositionsPanel)
    rows = spoken(panel.view)
    assert len(rows) == len(panel.view.table) == 9
    assert rows[0].startswith("종목 ")
    assert all("매입단가 " in row for row in rows)


def test_the_selected_row_is_told_and_found_by_its_place(qtbot):
    panel = shown(qtbot, day_scene(), PositionsPanel)
    view = panel.view
    view.select(view.table.row(2).key)
    interface = QAccessible.queryAccessibleInterface(view)
    states = [interface.child(number).state() for number in range(interface.childCount())]
    assert [bool(state.selected) for state in states].index(True) == 2
    rect = interface.child(2).rect()
    assert rect.size() == view.row_rect(2).size()
    found = interface.childAt(rect.center().x(), rect.center().y())
    assert found.text(NAME) == interface.child(2).text(NAME)
    assert interface.childAt(-10, -10) is None
    assert interface.child(99) is None


def test_the_ladder_says_prices_sizes_and_own_orders(qtbot):
    panel = shown(qtbot, naver_scene(), LadderPanel)
    rows = spoken(panel.book)
    best = next(row for row in rows if row.startswith("237,500 "))
    assert "매도잔량 412" in best
    own = next(row for row in rows if row.startswith("236,000 "))
    assert "내 매수 50" in own


def test_interfaces_may_be_asked_after_their_widget_has_gone(qapp):
    kept = []
    for _ in range(20):
        scene = day_scene()
        panel = PositionsPanel(scene.context)
        panel.show()
        scene.frame(panel)
        interface = QAccessible.queryAccessibleInterface(panel.view)
        kept.append(interface.child(0))
        assert kept[-1].text(NAME)
        panel.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    assert not any(row.isValid() for row in kept)
    assert {row.text(NAME) for row in kept} == {""}
    assert all(row.rect().isEmpty() for row in kept)
    assert all(row.parent() is None for row in kept)


@pytest.mark.parametrize("name", PANELS)
def test_every_panel_can_be_walked_by_a_reader(qtbot, name):
    scene = day_scene()
    panel = make_panel(name, scene.context)
    qtbot.addWidget(panel)
    panel.resize(900, 640)
    panel.show()
    scene.frame(panel)
    walked = [QAccessible.queryAccessibleInterface(panel)]
    for interface in walked:
        interface.text(NAME)
        interface.childAt(*QPoint(5, 5).toTuple())
        walked += [interface.child(number) for number in range(min(interface.childCount(), 40))]
    assert all(interface.isValid() for interface in walked)


def test_the_order_form_says_costs_holding_and_own_orders(qtbot):
    scene = day_scene()
    panel = shown(qtbot, scene, OrderEntryPanel)
    panel.resize(340, 1_000)
    scene.selection.set_px(191_000)
    panel.mark_dirty()
    scene.frame(panel)
    own, costs = panel.findChild(OwnOrders), panel.findChild(CostPreview)
    assert spoken(own) == ["보유 320", "내 매수 100, 190,900, 접수"]
    assert spoken(costs)[0].startswith("주문금액 ")
    assert [costs.spoken_rect(number).isEmpty() for number in range(2)] == [False, False]
    assert costs.spoken_rect(99).isEmpty()


def test_the_ladder_says_the_holding_under_it(qtbot):
    panel = shown(qtbot, day_scene(), LadderPanel)
    assert spoken(panel.findChild(PositionRow)) == ["320주 매수, @ 189,624 · +18틱, +568,320 +0.94%"]
