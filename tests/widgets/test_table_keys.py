"""Every table without the mouse: sorted, columns moved, hidden, made wider; by keys and by the menu of a row."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from hts.app.hand import Hand
from tests.support.desk_feed import texts
from tests.support.window import frame, make_window
from widgets.panels import PANELS
from widgets.table_columns import ColumnDialog
from widgets.tables_view import TableView

EN = texts("en")
WITH_TABLES = ("watchlist", "positions", "orders", "fills", "account", "works", "ranking", "screener", "executions",
               "journal", "alerts", "notices", "log", "latency", "risk", "basket_form", "keymap_editor",
               "screen_numbers")  # fmt: skip


@pytest.fixture
def window(qtbot, desk):
    made = make_window(desk)
    qtbot.addWidget(made)
    made.activateWindow()
    return made


def panel_of(window, desk, name):
    if name not in {panel.objectName() for panel in window.workspace.panels}:
        window.run_action(f"panel.{name}")
    frame(window, desk)
    return next(panel for panel in window.workspace.panels if panel.objectName() == name)


@pytest.fixture
def orders(window, desk):
    panel = panel_of(window, desk, "orders")
    panel.setFocus()
    return panel.view


def keys_of(view):
    """Columns that have room."""
    return [column.key for _, column in view.shown_columns()]


def rows_of(view):
    return [view.table.row(i).key for i in range(len(view.table))]


def test_a_column_is_chosen_and_sorted_by_three_times(window, orders):
    hand, natural = Hand(window), rows_of(orders)
    hand.press("Ctrl+Right")
    assert orders.column.key == keys_of(orders)[0]
    hand.press("Ctrl+Right Ctrl+Right Ctrl+Left")
    head = orders.shown_columns()[1][1].head
    assert (orders.column.key, orders.accessibleDescription()) == (keys_of(orders)[1], head)
    hand.press("Ctrl+Left Ctrl+Left")
    assert orders.column.key == keys_of(orders)[-1]  # round the end
    orders.column.key = "px"
    hand.press("Ctrl+Shift+S")
    down = rows_of(orders)
    assert (orders.table.sort_by, orders.table.descending) == ("px", True)
    hand.press("Ctrl+Shift+D")
    assert (orders.table.sort_by, orders.table.descending, sorted(rows_of(orders))) == ("px", False, sorted(down))
    assert down not in (natural, rows_of(orders))
    hand.press("Ctrl+Shift+S")
    assert rows_of(orders) == natural
    hand.press("Ctrl+Shift+D")
    assert (orders.table.sort_by, window.hint_strip.message) == ("", EN("refusal.not_sorted"))


def test_the_chosen_row_stays_in_sight_when_the_table_is_sorted(window, desk):
    view = panel_of(window, desk, "fills").view
    view.setFocus()
    Hand(window).press("Down Down")
    chosen = view.selected
    Hand(window).press("Ctrl+Shift+S Ctrl+Shift+D")
    assert view.selected == chosen
    assert view.spoken_rect(view.table.find(chosen)).isValid()


def test_a_column_is_moved_hidden_and_made_wider(window, orders):
    hand, before = Hand(window), keys_of(orders)
    hand.press("Ctrl+Right Ctrl+Shift+Right")
    assert keys_of(orders) == [before[1], before[0], *before[2:]]
    hand.press("Ctrl+Shift+Left Ctrl+Shift+Left")
    assert (keys_of(orders), orders.column.key) == (before, before[0])  # the first one goes no further
    width = orders.column_rect(before[0])[1]
    hand.press("Ctrl+Alt+Right Ctrl+Alt+Right Ctrl+Alt+Left")
    assert orders.column_rect(before[0])[1] == width + 8
    hand.press("Ctrl+H")
    assert before[0] not in [column.key for column in orders.columns]
    heads = {column.key: column.head for column in orders.choice.all}
    assert window.hint_strip.message == f"Column hidden: {heads[before[0]]}. Ctrl+Shift+C brings it back"
    assert orders.column.key == keys_of(orders)[0]


def test_the_last_column_stays(window, orders):
    for _ in range(40):
        Hand(window).press("Ctrl+H")
    assert (len(orders.columns), window.hint_strip.message) == (1, EN("refusal.last_column"))


def test_the_menu_of_a_row_has_the_same_acts_with_their_keys(window, orders):
    Hand(window).press("Down")
    by_key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), orders.mapToGlobal(QPoint()))
    QApplication.sendEvent(orders, by_key)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    inner = next(entry for entry in menu.actions() if entry.menu() is not None)
    assert inner.text() == EN("table.menu_column", column=orders.columns[0].head)
    entries = dict(entry.text().split("\t")[::-1] for entry in inner.menu().actions())
    assert entries["Ctrl+Shift+S"] == EN("action.table.sort")
    assert entries["Ctrl+H"] == EN("action.table.hide")
    next(one for one in inner.menu().actions() if one.text().endswith("Ctrl+Shift+S")).trigger()
    menu.close()
    assert orders.table.sort_by == keys_of(orders)[0]


def test_every_table_of_every_panel_is_reached(window, desk):
    """By the same keys, with a chooser of columns, and what is chosen comes back with the layout."""
    hand = Hand(window)
    for name in WITH_TABLES:
        panel = panel_of(window, desk, name)
        views = [view for view in panel.findChildren(TableView) if view.isVisible()]
        assert views, name
        for view in views:
            view.setFocus()
            assert QApplication.focusWidget() is view
            hand.press("Ctrl+Right Ctrl+Shift+S")
            key = view.column.key
            assert (view.table.sort_by, view.table.descending) == (key, True), (name, key)
            hand.press("Ctrl+Shift+C")
            dialog = panel.findChildren(ColumnDialog)[-1]
            assert dialog.list.count() == len(view.table.columns)
            dialog.close()
            view.setFocus()
            count = len(view.columns)
            hand.press("Ctrl+H")
            assert len(view.columns) == count - 1, name
        again = type(panel)(window.context)
        again.take_stored(panel.stored())
        shown = [[column.key for column in view.columns] for view in again.findChildren(TableView)]
        assert shown == [[column.key for column in view.columns] for view in panel.findChildren(TableView)], name
        again.deleteLater()
        window.run_action("panel.close")  # there is room for so many


def test_no_panel_with_a_table_is_left_out(window, desk):
    found = set()
    for name in PANELS:
        panel = window.workspace.open_panel(name, 1, beside=None)
        if panel is not None and panel.findChildren(TableView):
            found.add(name)
        if panel is not None:
            window.workspace.close_panel(panel)
    assert found == set(WITH_TABLES)


def test_where_there_is_no_table_it_is_said(window, desk):
    panel_of(window, desk, "tape").view.setFocus()
    Hand(window).press("Ctrl+Shift+S")
    assert window.hint_strip.message == EN("refusal.no_table")
