"""What a key does in a painted table: move, mark, copy, delete, act on the row."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from widgets.tables_view import TableView

STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def press_key(view: "TableView", event: QKeyEvent) -> bool:
    """Do it; False when the key means nothing here. Enter never goes on to the window, where it sends an order."""
    key, modifiers = Qt.Key(event.key()), event.modifiers()
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return False
    if control:
        acts = {Qt.Key.Key_C: view.copy, Qt.Key.Key_A: view.mark_all}
        if key not in acts or shift:
            return False
        acts[key]()
        return True
    if key in STEPS or key in PAGES:
        view.move_selection(STEPS.get(key) or PAGES[key] * view.capacity, extends=shift)
        return True
    is_plain = not modifiers & ~Qt.KeyboardModifier.KeypadModifier
    return _act_on_row(view, key, event.text().upper(), is_plain=is_plain) or (is_plain and key in ENTER)


def _act_on_row(view: "TableView", key: Qt.Key, letter: str, *, is_plain: bool) -> bool:
    """Keys that need a row."""
    if view.selected is None and not view.marks.keys:
        return False
    if key == Qt.Key.Key_Delete:
        for one in view.chosen_keys:
            view.deleted.emit(one)
    elif key in ENTER and view.selected is not None:
        view.activated.emit(view.selected)
    elif is_plain and letter and letter in view.row_keys and view.selected is not None:
        view.key_pressed.emit(letter, view.selected)
    else:
        return False
    return True
