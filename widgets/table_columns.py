"""Choosing the columns of a table: what is shown, in which order. Space shows or hides, Alt+Up and Alt+Down move."""

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hts.desk.table_columns import ColumnChoice
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.controls import Button

SIZE = (260, 380)


class Chosen(Protocol):
    """What has columns to choose: a table, or one that is painted within a panel."""

    choice: ColumnChoice
    tokens: Tokens

    def fit_again(self) -> None: ...


class ColumnList(QListWidget):
    """One line per column with a check box; the item's data is the column's key."""

    def __init__(self, view: Chosen) -> None:
        super().__init__()
        self._view = view
        self.itemChanged.connect(self._toggle)
        self.fill()

    def fill(self, current: str = "") -> None:
        """Show the choice as it is now."""
        self.blockSignals(True)
        self.clear()
        choice = self._view.choice
        for column in choice.all:
            item = QListWidgetItem(column.head)
            item.setData(Qt.ItemDataRole.UserRole, column.key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_shown = column.key not in choice.hidden
            item.setCheckState(Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
            self.addItem(item)
            if column.key == current:
                self.setCurrentItem(item)
        if self.currentItem() is None:
            self.setCurrentRow(0)
        self.blockSignals(False)

    def _toggle(self, item: QListWidgetItem) -> None:
        key = str(item.data(Qt.ItemDataRole.UserRole))
        if (key in self._view.choice.hidden) is (item.checkState() is Qt.CheckState.Checked):
            self._view.choice.toggle(key)
            self._view.fit_again()
        is_shown = key not in self._view.choice.hidden  # the last one stays; the item itself must, it is telling us
        self.blockSignals(True)
        item.setCheckState(Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
        self.blockSignals(False)

    def move(self, by: int) -> None:  # type: ignore[override]  # of the chosen column, not of the widget
        """Move the current column."""
        item = self.currentItem()
        if item is not None:
            key = str(item.data(Qt.ItemDataRole.UserRole))
            self._view.choice.move(key, by)
            self._view.fit_again()
            self.fill(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.move(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class ColumnDialog(QDialog):
    """The list, buttons to move, a way back to how it ships. Changes hold at once."""

    def __init__(self, view: Chosen, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts("table.columns"))
        self.resize(*SIZE)
        self._view = view
        self.list = ColumnList(view)
        self.list.setAccessibleName(texts("table.columns"))
        box = QVBoxLayout(self)
        box.addWidget(self.list)
        row = QHBoxLayout()
        acts = (
            ("table.up", lambda: self.list.move(-1), "Alt+↑"),
            ("table.down", lambda: self.list.move(1), "Alt+↓"),
            ("table.reset", self._reset, ""),
        )
        for key, act, cap in acts:
            button = Button(view.tokens, texts(key), height=metrics.BUTTON, cap=cap)
            button.clicked.connect(lambda _=False, act=act: act())
            row.addWidget(button)
        box.addLayout(row)

    def _reset(self) -> None:
        self._view.choice.reset()
        self._view.fit_again()
        self.list.fill()
