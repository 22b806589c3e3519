"""A trader's hand by script: keys that go the way of real ones, and waiting for what they bring about.

A key is given to the window as the window system gives it, as a press and a release, and Qt finds the widget that has
the keyboard. Waiting runs the event loop, so that frames are painted meanwhile.
"""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

POLL_MS: Final = 16


class Hand:
    """Presses keys on one window that is shown."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def press(self, keys: str) -> None:
        """A key sequence in the keymap's spelling: "F3", "Ctrl+K", "G B"."""
        for name in keys.split():
            combination = QKeySequence(name)[0]  # type: ignore[index]  # the stubs lack it
            self._strike(combination.key(), combination.keyboardModifiers(), name if len(name) == 1 else "")

    def type(self, text: str) -> None:
        """Characters, one key each."""
        for character in text:
            combination = QKeySequence(character)[0]  # type: ignore[index]  # the stubs lack it
            self._strike(combination.key(), combination.keyboardModifiers(), character)

    def _strike(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> None:
        target = self._window.windowHandle()
        assert target is not None, "the window must be shown first"
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text))


def spin(condition: Callable[[], bool], seconds: float) -> bool:
    """Run the event loop until the condition holds; False when it did not in time.

    It is asked once more after the loop has ended, since events of the same turn may have come behind the answer.
    """
    loop = QEventLoop()
    timer = QTimer()
    end = time.monotonic() + seconds
    timer.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > end else None)
    timer.start(POLL_MS)
    while not (is_met := condition()) and time.monotonic() <= end:
        loop.exec()
    timer.stop()
    return is_met
