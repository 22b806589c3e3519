"""Keys by script go where a person's keys go."""

import pytest
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from hts.app.hand import Hand, spin
from widgets.keys import key_name


class Keys(QWidget):
    """Notes the keys that reach it."""

    def __init__(self):
        super().__init__()
        self.names = []

    def keyPressEvent(self, event):
        self.names.append(key_name(event))


@pytest.fixture
def window(qtbot):
    made = Keys()
    made.setMinimumSize(100, 100)
    qtbot.addWidget(made)
    made.show()
    return made


def test_keys_are_pressed_as_the_keymap_spells_them(window):
    Hand(window).press("F3")
    Hand(window).press("Ctrl+K")
    Hand(window).press("Shift+F1 G")
    assert window.names == ["F3", "Ctrl+K", "Shift+F1", "G"]


def test_the_widget_with_the_keyboard_gets_the_text(window, qtbot):
    field = QLineEdit(window)
    field.show()
    window.activateWindow()
    field.setFocus()
    assert spin(field.hasFocus, 5.0)
    Hand(window).type("0126Z0, 삼성 a")
    assert (field.text(), window.names) == ("0126Z0, 삼성 a", [])


def test_a_click_reaches_the_widget_under_it(window):
    button, pressed = QPushButton(window), []
    button.setGeometry(10, 20, 60, 30)
    button.clicked.connect(lambda: pressed.append(1))
    button.show()
    Hand(window).click(button, QPoint(5, 5))
    Hand(window).click(window, QPoint(90, 90))
    assert pressed == [1]


def test_waiting_ends_when_the_condition_holds_or_the_time_is_over():
    done = []
    QTimer.singleShot(0, lambda: done.append(1))
    assert spin(lambda: bool(done), 5.0)
    assert not spin(lambda: False, 0.05)


def test_a_condition_that_held_for_a_moment_only_is_waited_for_again():
    answers = iter([False, True, False, True, True])
    assert spin(lambda: next(answers), 5.0)
    assert list(answers) == []
