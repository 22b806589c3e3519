import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from widgets.keys import Field, is_typing, key_name

KEY = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
PAD = Qt.KeyboardModifier.KeypadModifier


def key_press(key, modifiers=NONE, text=""):
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)


@pytest.mark.parametrize(
    ("key", "modifiers", "name"),
    [
        (KEY.Key_F1, NONE, "F1"),
        (KEY.Key_F1, SHIFT, "Shift+F1"),
        (KEY.Key_K, CTRL, "Ctrl+K"),
        (KEY.Key_K, CTRL | SHIFT, "Ctrl+Shift+K"),
        (KEY.Key_1, PAD, "1"),
        (KEY.Key_Enter, PAD, "Enter"),
        (KEY.Key_Escape, NONE, "Esc"),
        (KEY.Key_Up, CTRL, "Ctrl+Up"),
        (KEY.Key_Backspace, NONE, "Backspace"),
        (KEY.Key_Shift, SHIFT, ""),
        (KEY.Key_unknown, NONE, ""),
    ],
)
def test_keys_are_spelled_as_in_keymaps(key, modifiers, name):
    assert key_name(key_press(key, modifiers)) == name


@pytest.mark.parametrize(
    ("key", "modifiers", "text", "typing"),
    [
        (KEY.Key_4, NONE, "4", True),
        (KEY.Key_4, PAD, "4", True),
        (KEY.Key_Backspace, NONE, "\b", True),
        (KEY.Key_V, CTRL, "\x16", True),
        (KEY.Key_K, CTRL, "\x0b", False),
        (KEY.Key_Return, NONE, "\r", False),
        (KEY.Key_Escape, NONE, "\x1b", False),
        (KEY.Key_F3, NONE, "", False),
        (KEY.Key_A, ALT, "a", False),
        (KEY.Key_Up, NONE, "", False),
    ],
)
def test_what_a_text_field_may_have(key, modifiers, text, typing):
    assert is_typing(key_press(key, modifiers, text)) is typing


@pytest.mark.parametrize(("key", "modifiers", "taken"), [(KEY.Key_Y, CTRL, False), (KEY.Key_A, CTRL, True)])
def test_a_field_leaves_every_other_key_to_the_window(qtbot, key, modifiers, taken):
    field = Field("12")
    qtbot.addWidget(field)
    event = key_press(key, modifiers)
    QApplication.sendEvent(field, event)
    assert event.isAccepted() is taken
