"""From Qt's key events to the names that keymaps use, and the line edit that leaves trading keys alone."""

from functools import lru_cache

from PySide6.QtCore import QKeyCombination, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QWidget

WRITABLE = (QLineEdit, QTextEdit, QPlainTextEdit)
_MODIFIER_KEYS = frozenset(
    {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock}
)
_EDIT_KEYS = frozenset(
    {
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
    }
)
_EDIT_SHORTCUTS = frozenset({Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Z})


def key_name(event: QKeyEvent) -> str:
    """The key in keymap spelling ("Ctrl+K", "F1"); empty for a modifier alone."""
    return _name(event.keyCombination().toCombined())


@lru_cache(maxsize=512)
def _name(combined: int) -> str:
    """Kept: spelling a key costs more than the rest of the way from the key to the wire within the window."""
    combination = QKeyCombination.fromCombined(combined)
    key = combination.key()
    if key in _MODIFIER_KEYS or key is Qt.Key.Key_unknown:
        return ""
    modifiers = combination.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    spelled = QKeySequence(QKeyCombination(modifiers, key))
    return spelled.toString(QKeySequence.SequenceFormat.PortableText)


def is_typing(event: QKeyEvent) -> bool:
    """Whether a text field should have the key: printable characters, editing keys, clipboard keys."""
    key = Qt.Key(event.key())
    if event.modifiers() & Qt.KeyboardModifier.AltModifier:
        return False
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return key in _EDIT_SHORTCUTS
    if key in _EDIT_KEYS:
        return True
    text = event.text()
    return bool(text) and text.isprintable()


def is_writing(widget: QWidget | None) -> bool:
    """Whether the keyboard is in a text that is no order's: a search, a name, a note, the command box."""
    return isinstance(widget, WRITABLE) and not getattr(widget, "is_of_order", False)


class Field(QLineEdit):
    """A line edit that takes typing and hands every other key to the window: F-keys, Esc, Enter, arrows."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The second key of a sequence ("Ctrl+O D") is the window's too."""
        if is_typing(event) and not getattr(self.window(), "awaits_key", False):
            super().keyPressEvent(event)
        else:
            event.ignore()


class PressedByEnter:
    """Enter presses a button that has the keyboard, where elsewhere it would send an order; held down, once.

    Put before the class of the button. Keys with Ctrl or Alt are the window's: a button would move the focus by arrows.
    """

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()  # type: ignore[attr-defined]  # the button's
            event.accept()
        elif event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
        else:
            super().keyPressEvent(event)  # type: ignore[misc]  # the button's


class OwnKeys:
    """Enter, held down or not, and Esc mean the field while it has the keyboard, not the window's orders.

    Put before the class of the field; `finish` and `leave` say what they mean.
    """

    def finish(self, event: QKeyEvent) -> None:
        """Enter was pressed."""
        raise NotImplementedError

    def leave(self) -> None:
        """Esc was pressed."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.finish(event)
            event.accept()
        elif event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.leave()
            event.accept()
        else:
            super().keyPressEvent(event)  # type: ignore[misc]  # the field's


class OwnField(OwnKeys, Field):
    """A text that is no order's: a search, a name, a note. Esc gives the keyboard back to the panel. Signal: `left`."""

    left = Signal()

    def finish(self, event: QKeyEvent) -> None:
        """As Qt's: returnPressed and editingFinished."""
        QLineEdit.keyPressEvent(self, event)

    def leave(self) -> None:
        """To the panel, or to the window, where keys trade again."""
        self.left.emit()
        at = self.parentWidget()
        while at is not None and at.focusPolicy() is Qt.FocusPolicy.NoFocus and at.focusProxy() is None:
            at = at.parentWidget()
        if at is not None:
            at.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.clearFocus()
