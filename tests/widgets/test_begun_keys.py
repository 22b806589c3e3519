"""A sequence of keys that has begun goes by the window's keymap, but not into a dialog, nor under a cover."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QVBoxLayout

from hts.desk.login import LoginState
from tests.support.panels import panel_context
from tests.support.window import make_window, press
from tests.widgets.test_login import Hand
from widgets.begun_keys import PanelFrame
from widgets.docking import give_keyboard
from widgets.login import LoginCover

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot, desk):
    made = make_window(desk)
    qtbot.addWidget(made)
    yield made
    made.begun_keys.end()


def arrange(window):
    panel = next(p for p in window.workspace.panels if p.objectName() == "ladder")
    give_keyboard(panel)
    window.focus(panel)
    press(window, Qt.Key.Key_J, CONTROL)
    assert window.hint_strip.message == "Arranging  Ladder"
    return panel


def is_over(window):
    return window.hint_strip.message == "" and not any(one.isVisible() for one in window.findChildren(PanelFrame))


def test_a_letter_typed_into_a_dialog_is_the_dialogs(window, qtbot):
    panel = arrange(window)
    dialog = QDialog(window)
    field = QLineEdit(dialog)
    QVBoxLayout(dialog).addWidget(field)
    dialog.open()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is dialog)
    press(field, Qt.Key.Key_F, text="f")
    assert (field.text(), panel.window() is window, is_over(window)) == ("f", True, True)
    dialog.close()


def test_a_letter_typed_under_a_cover_is_the_covers(window, desk):
    panel = arrange(window)
    state = LoginState()
    cover = LoginCover(panel_context(desk), state, Hand(), window)
    state.ask(("key",))
    state.let_in("kim", "trader")
    state.lock()
    cover.refresh(0)
    assert cover.isVisible()
    press(cover, Qt.Key.Key_F, text="f")
    assert (panel.window() is window, is_over(window)) == (True, True)


def test_what_may_follow_other_sequences_is_told_too_and_goes_with_them(window):
    press(window, Qt.Key.Key_G)
    named = window.hint_strip.accessibleName()
    assert window.hint_strip.message == "G …"
    assert "L: Open Ladder; Q: Open Quote" in named
    press(window, Qt.Key.Key_F1)  # no panel's
    assert "Open Ladder" not in window.hint_strip.accessibleName()


def test_a_sentence_stands_over_the_mode_and_gives_way_to_it(window, desk):
    arrange(window)
    window.say("something else")
    assert window.hint_strip.message == "something else"
    window.hint_strip.calm(desk.now_ns + 60_000_000_000)
    assert window.hint_strip.message == "Arranging  Ladder"


def test_another_workspace_ends_the_mode_of_a_panel_that_is_not_seen_any_more(window):
    arrange(window)
    press(window, Qt.Key.Key_2, CONTROL)
    assert window.workspace.name == "scalper"
    assert is_over(window)


def test_where_no_panel_has_been_chosen_the_first_one_is_arranged(window):
    window.focus(None)
    press(window, Qt.Key.Key_J, CONTROL)
    assert window.hint_strip.message == "Arranging  Watchlist"
    assert window.focused.objectName() == "watchlist"
