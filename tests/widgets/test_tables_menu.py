"""Panels that show a table among other things offer what a table offers: menus, copy, columns chosen and kept."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.desk.scene import NAVER
from tests.widgets.scene import day_scene, look, show_panel
from widgets.executions import ExecutionsPanel
from widgets.journal import JournalPanel
from widgets.latency import LatencyPanel
from widgets.log import LogPanel
from widgets.price_alerts import PriceAlertsPanel
from widgets.ranking import RankingPanel
from widgets.risk import RiskPanel
from widgets.screener import ScreenerPanel
from widgets.watchlist import WatchlistPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
LISTS = (WatchlistPanel, RankingPanel, ScreenerPanel, LogPanel, PriceAlertsPanel)
WHOLE = ["table.menu_all", "orders.menu_copy", "table.menu_export", "table.menu_columns"]


def menu_of(panel, act) -> list[str]:
    """What stands in the menu that opens."""
    act()
    QApplication.processEvents()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [entry.text() for entry in menu.actions()]
    menu.close()
    return words


@pytest.mark.parametrize("cls", LISTS)
def test_columns_are_chosen_and_kept(qtbot, cls):
    scene = day_scene()
    panel = show_panel(qtbot, cls(scene.context), 500, 300)
    before = [column.key for column in panel.view.columns]
    assert "columns" not in panel.stored()
    dialog = panel.menu.choose_columns()
    dialog.list.setCurrentRow(len(before) - 1)
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    dialog.close()
    shown = [column.key for column in panel.view.columns]
    again = cls(scene.context)
    qtbot.addWidget(again)
    again.take_stored(panel.stored())
    assert (shown, [column.key for column in again.view.columns]) == (before[:-1], before[:-1])
    again.take_stored({"columns": "damaged"})


@pytest.mark.parametrize("cls", LISTS)
def test_the_menus_of_heads_and_rows_end_with_what_the_table_can_do(qtbot, cls):
    scene = day_scene()
    panel = show_panel(qtbot, cls(scene.context), 500, 300)
    column = scene.texts("table.menu_column", column=panel.view.column.head)
    whole = [*(scene.texts(key) for key in WHOLE), column]
    words = menu_of(panel, lambda: panel.view.head_menu_asked.emit(panel.mapToGlobal(panel.rect().center())))
    assert [word.partition("\t")[0] for word in words] == whole
    by_key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), panel.mapToGlobal(QPoint()))
    words = menu_of(panel, lambda: QApplication.sendEvent(panel.view, by_key))
    assert [word.partition("\t")[0] for word in words[-len(whole) :]] == whole


SEVERAL = [(RiskPanel, "scopes"), (RiskPanel, "limits"), (LatencyPanel, "hops"), (LatencyPanel, "health"),
           (JournalPanel, "groups"), (JournalPanel, "days"), (ExecutionsPanel, "days")]  # fmt: skip


@pytest.mark.parametrize(("cls", "name"), SEVERAL)
def test_each_table_of_a_panel_has_menus_and_keeps_its_columns(qtbot, tmp_path, cls, name):
    scene, said = day_scene(), []
    panel = show_panel(qtbot, cls(replace(scene.context, say=said.append)), 700, 500)
    menu, before = panel.menus[name], panel.stored()
    view = menu._view
    whole = [*(scene.texts(key) for key in WHOLE), scene.texts("table.menu_column", column=view.column.head)]
    words = menu_of(panel, lambda: view.head_menu_asked.emit(panel.mapToGlobal(panel.rect().center())))
    assert [word.partition("\t")[0] for word in words] == whole
    words = menu_of(panel, lambda: view.menu_asked.emit(("row",), panel.mapToGlobal(panel.rect().center())))
    assert [word.partition("\t")[0] for word in words[-len(whole) :]] == whole
    shown = [column.key for column in view.columns]
    view.choice.toggle(shown[-1])
    view.fit_again()
    kept = panel.stored()
    assert kept == {**before, "tables": {name: {"columns": view.choice.stored()}}}
    again = cls(scene.context)
    qtbot.addWidget(again)
    again.take_stored(kept)
    assert [column.key for column in again.menus[name]._view.columns] == shown[:-1]
    for damaged in (7, {name: "x"}, {name: {"columns": ["x"]}}):  # nothing changes
        again.take_stored({**kept, "tables": damaged})
        assert [column.key for column in again.menus[name]._view.columns] == shown[:-1]
    assert menu.export_to(tmp_path / "t.csv")
    heads = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert heads == [column.head for column in view.columns if not column.is_drawn]
    assert str(tmp_path / "t.csv") in said[-1]


def test_what_can_be_done_to_a_scope_stands_in_its_menu_with_the_keys(qtbot):
    scene = day_scene()
    panel = show_panel(qtbot, RiskPanel(scene.context), 700, 500)
    words = menu_of(panel, lambda: panel.scopes.menu_asked.emit(("row",), QPoint()))
    acts = ("kill", "reduce", "release", "edit.edit", "edit.all", "edit.scope")
    assert words[:6] == [f"{scene.texts(f'risk.{act}')}\t{key}" for act, key in zip(acts, "KDLEAN", strict=True)]


def test_a_letter_opens_the_chart_of_the_ranked_issue(qtbot):
    scene, ran = day_scene(), []
    panel = show_panel(qtbot, RankingPanel(replace(scene.context, run=ran.append)), 500, 300)
    look(scene, panel, 1_000_000_000)
    panel.view.select(NAVER)
    QTest.keyClick(panel.view, Qt.Key.Key_C)
    assert (ran, scene.selection.symbol()) == (["panel.chart"], NAVER)
