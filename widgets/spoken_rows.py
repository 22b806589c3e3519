"""Painted lists and ladders as lists of rows for screen readers.

Qt asks for the accessible interface of a widget only when something listens. Our factory answers for widgets that are
SpeaksRows with a list whose children are the rows; a child is made when it is asked for and looks its text up then, so
nothing is kept up to date while nobody reads it. See docs/adr/0011-rows-for-screen-readers.md.
"""

from typing import Protocol, cast, runtime_checkable

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import isValid

ROWS_MAX = 2_000  # a reader that walks a longer table walks its beginning


@runtime_checkable
class SpeaksRows(Protocol):
    """A widget that paints rows."""

    def spoken_count(self) -> int: ...

    def spoken_row(self, number: int) -> str: ...

    def spoken_rect(self, number: int) -> QRect:
        """In the widget; empty for a row that is not in view."""

    def spoken_current(self) -> int:
        """The row with the keyboard, -1 for none."""


class RowInterface(QAccessibleInterface):
    """One row. It outlives neither its list nor the text that it looks up."""

    def __init__(self, owner: QWidget, number: int) -> None:
        super().__init__()
        self._owner, self._number = owner, number

    @property
    def _rows(self) -> SpeaksRows:
        return cast("SpeaksRows", self._owner)

    def isValid(self) -> bool:
        return bool(isValid(self._owner)) and self._number < self._rows.spoken_count()

    def object(self) -> QObject | None:  # type: ignore[override]  # a row is no object of Qt's
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self._owner.window().windowHandle() if isValid(self._owner) else None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return QAccessible.queryAccessibleInterface(self._owner) if isValid(self._owner) else None

    def child(self, _index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, _x: int, _y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, _child: QAccessibleInterface) -> int:
        return -1

    def text(self, kind: QAccessible.Text) -> str:
        return self._rows.spoken_row(self._number) if kind is QAccessible.Text.Name and self.isValid() else ""

    def setText(self, _kind: QAccessible.Text, _text: str) -> None:
        return

    def rect(self) -> QRect:
        if not self.isValid():
            return QRect()
        rect = self._rows.spoken_rect(self._number)
        return QRect(self._owner.mapToGlobal(rect.topLeft()), rect.size()) if not rect.isEmpty() else QRect()

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if self.isValid():
            state.selectable = state.focusable = True
            state.selected = state.focused = self._rows.spoken_current() == self._number
            state.offscreen = self._rows.spoken_rect(self._number).isEmpty()
        return state

    def foregroundColor(self) -> QColor:
        return QColor()

    def backgroundColor(self) -> QColor:
        return QColor()


class ListInterface(QAccessibleWidget):
    """The list. Qt owns it and deletes it with its widget."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, QAccessible.Role.List)
        self._owner = owner
        self._children: dict[int, RowInterface] = {}

    @property
    def _rows(self) -> SpeaksRows:
        return cast("SpeaksRows", self._owner)

    def childCount(self) -> int:
        return min(self._rows.spoken_count(), ROWS_MAX) if isValid(self._owner) else 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        if not 0 <= index < self.childCount():
            return None
        if index not in self._children:
            self._children[index] = made = RowInterface(self._owner, index)
            QAccessible.registerAccessibleInterface(made)
        return self._children[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((number for number, made in self._children.items() if made is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        at = self._owner.mapFromGlobal(QPoint(x, y))
        for number in range(self.childCount()):
            if self._rows.spoken_rect(number).contains(at):
                return self.child(number)
        return None


_kept: list[ListInterface] = []


def _interface_of(_class_name: str, of: QObject) -> QAccessibleInterface | None:
    if isinstance(of, QWidget) and isinstance(of, SpeaksRows):
        made = ListInterface(of)
        _kept[:] = [one for one in _kept if isValid(one)]
        _kept.append(made)  # Qt holds a pointer to it, and Python must not collect it before
        return made
    return None


def speak_rows() -> None:
    """Let Qt ask us; once per process."""
    if not getattr(speak_rows, "is_done", False):
        QAccessible.installFactory(_interface_of)
        speak_rows.is_done = True  # type: ignore[attr-defined]


def tell_current(widget: QWidget) -> None:
    """The row with the keyboard changed: a reader says it."""
    if QAccessible.isActive() and isinstance(widget, SpeaksRows):
        event = QAccessibleEvent(widget, QAccessible.Event.Focus)
        event.setChild(widget.spoken_current())
        QAccessible.updateAccessibility(event)
