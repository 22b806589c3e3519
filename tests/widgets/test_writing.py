"""No order leaves because somebody writes: keys that trade rest in every field that is not the order form's."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from hts.app.hand import Hand
from hts.desk.action_names import may_trade
from hts.model.enums import OrdType
from hts.model.intents import CancelAll, NewOrder, ReplaceOrder
from tests.support.desk_feed import busy_desk, texts
from tests.support.window import frame, make_window
from widgets.chart_studies import StudiesDialog
from widgets.controls import Button, StartButton
from widgets.keys import is_writing
from widgets.table_columns import ColumnDialog
from widgets.tables_panel import TablePanel

WRITTEN_IN = (
    *("watchlist", "tape", "screener", "alerts", "log", "journal", "keymap_editor", "algo_form", "basket_form", "risk"),
)
KEYS = ("F1", "F2", "F3", "F4", "F8", "Shift+F1", "Ctrl+F1", "Ctrl+R", "Ctrl+R", "Ctrl+P", "Ctrl+F", "Ctrl+F")


@pytest.fixture
def desk():
    made = busy_desk()
    for name in ("entry.warn_qty", "entry.warn_krw", "entry.warn_ticks"):
        made.actions.settings.set(name, 0)
    return made


@pytest.fixture
def window(qtbot, desk):
    made = make_window(desk)
    qtbot.addWidget(made)
    desk.actions.arm(on=True)
    made.activateWindow()
    return made


def test_the_keys_of_this_story_trade_where_nobody_writes(window, desk):
    keymap = window._context.keymap_book.keymap
    assert all(may_trade(keymap.press(key, armed=True).action) for key in KEYS)
    window.workspace.setFocus()
    Hand(window).press(" ".join(KEYS))
    assert len(desk.sent) >= 8


def test_nothing_leaves_from_a_field_of_a_panel(window, desk):
    hand, seen = Hand(window), set()
    for name in WRITTEN_IN:
        assert window.run_action(f"panel.{name}") is None
        frame(window, desk)
        panel = next(panel for panel in window.workspace.panels if panel.objectName() == name)
        for field in panel.findChildren(QLineEdit):
            if not (field.isVisible() and field.isEnabled()):
                continue
            seen.add(name)
            field.setFocus()
            assert QApplication.focusWidget() is field
            window.hint_strip.say("", 0)
            hand.press(" ".join(KEYS))
            assert (desk.sent, window.hint_strip.message) == ([], texts("en")("refusal.writing")), name
            hand.press("Shift+Esc")  # cancels pass: they take risk away
            assert [type(one) for one in desk.sent] == [CancelAll], name
            desk.sent.clear()
    assert seen == set(WRITTEN_IN) - {"watchlist", "risk"}  # theirs come and go


def test_nothing_leaves_from_the_command_box_or_a_name(window, desk):
    hand = Hand(window)
    hand.press("Ctrl+K")
    assert is_writing(QApplication.focusWidget())
    hand.press("F3 Ctrl+F Ctrl+F")
    hand.press("Esc")
    assert not is_writing(QApplication.focusWidget())
    window.run_action("workspace.new")
    window.run_action("workspace.rename")
    assert is_writing(QApplication.focusWidget())
    hand.press("F3 F1")
    assert [type(one) for one in desk.sent] == []


def test_the_order_forms_own_fields_trade(window, desk):
    form = next(panel for panel in window.workspace.panels if panel.objectName() == "order_entry")
    for field in (form._px, form._qty):
        field.setFocus()
        assert QApplication.focusWidget() is field
        Hand(window).press("F3 Return")
    assert [(type(one), one.ord_type) for one in desk.sent] == [
        (NewOrder, OrdType.MARKET),
        (NewOrder, OrdType.LIMIT),
    ] * 2


def test_a_dialog_keeps_its_keys(window, desk, qtbot):
    panel = next(one for one in window.workspace.panels if isinstance(one, TablePanel))
    dialog = panel.choose_columns()
    assert isinstance(dialog, ColumnDialog)
    qtbot.addWidget(dialog)
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F3, Qt.Key.Key_F8):
        QTest.keyClick(dialog.list, key)
    window.make_later_panels()
    window.run_action("panel.chart")
    chart = next(one for one in window.workspace.panels if one.objectName() == "chart")
    studies = StudiesDialog(chart)
    qtbot.addWidget(studies)
    studies.show()
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F3, Qt.Key.Key_Return):
        QTest.keyClick(studies.search, key)
    assert desk.sent == []


def test_enter_presses_the_button_that_has_the_keyboard(window, desk):
    """It sent the order form's order instead."""
    form = next(panel for panel in window.workspace.panels if panel.objectName() == "order_entry")
    buttons = [
        one for one in form.findChildren(Button) if one.isVisible() and one.focusPolicy() is Qt.FocusPolicy.TabFocus
    ]
    pressed = []
    assert buttons
    assert not any(isinstance(one, StartButton) for one in buttons)
    for button in buttons:
        button.clicked.disconnect()
        button.clicked.connect(lambda _=False, one=button: pressed.append(one.text()))
        button.setFocus()
        Hand(window).press("Return")
        Hand(window).press("Enter")
    assert pressed == [button.text() for button in buttons for _ in range(2)]
    assert desk.sent == []


def test_enter_in_a_table_sends_nothing(window, desk):
    for panel in window.workspace.panels:
        if isinstance(panel, TablePanel):
            panel.view.select(None)
            panel.view.setFocus()
            Hand(window).press("Return")
    assert desk.sent == []


def test_keys_with_ctrl_and_alt_reach_the_window_from_every_panel(window, desk):
    window.make_later_panels()
    for name in ("orders", "ladder", "chart", "quote", "tape", "order_entry", "positions", "depth_heatmap", "fills"):
        window.run_action(f"panel.{name}")
        frame(window, desk)
        before = desk.form.px
        Hand(window).press("Alt+Up Ctrl+Up")
        assert [type(one) for one in desk.sent] == [ReplaceOrder], name
        assert desk.form.px == before + 10 * 100, name  # ten ticks
        desk.sent.clear()
