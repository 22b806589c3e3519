"""A trader's hand by script: keys and clicks that go the way of real ones, and waiting for what they bring about.

A key is given to the window as the window system gives it, as a press and a release, and Qt finds the widget that has
the keyboard; a click likewise, and Qt finds the widget under the pointer. Waiting runs the event loop, so that frames
are painted meanwhile.
"""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

POLL_MS: Final = 16


class Hand:
    """Presses keys and clicks on one window that is shown."""

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
            if character in {" ", ","}:  # which part and separate what a sequence is spelled of
                self._strike(Qt.Key(ord(character)), Qt.KeyboardModifier.NoModifier, character)
                continue
            combination = QKeySequence(character)[0]  # type: ignore[index]  # the stubs lack it
            self._strike(combination.key(), combination.keyboardModifiers(), character)

    def click(self, widget: QWidget, at: QPoint) -> None:
        """The left button, on a place of a widget of the window."""
        target = self._window.windowHandle()
        assert target is not None, "the window must be shown first"
        place, left = QPointF(widget.mapTo(self._window, at)), Qt.MouseButton.LeftButton
        where = QPointF(widget.mapToGlobal(at))
        for kind, held in (
            (QEvent.Type.MouseMove, Qt.MouseButton.NoButton),
            (QEvent.Type.MouseButtonPress, left),
            (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
        ):
            button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else left
            event = QMouseEvent(kind, place, place, where, button, held, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(target, event)

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
