"""What a painted table says to screen readers (widgets.spoken_rows) and keeps when its window is made anew."""

from collections.abc import Hashable
from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractScrollArea

from hts.desk.spoken import table_row_text
from hts.desk.tables import Column, Table


class SpokenTable(QAbstractScrollArea):
    """The part of TableView that others ask."""

    table: Table[Any]
    columns: list[Column[Any]]
    selected: Hashable
    _visible: list[Any]

    def row_rect(self, i: int) -> QRect:
        """Where the i-th visible row stands."""
        raise NotImplementedError

    def spoken_count(self) -> int:
        """All rows, for screen readers."""
        return len(self.table)

    def spoken_row(self, number: int) -> str:
        """A row in words."""
        return table_row_text(self.table.row(number), tuple(self.columns))

    def spoken_rect(self, number: int) -> QRect:
        """Where a row stands; empty while it is scrolled away."""
        i = number - self.verticalScrollBar().value()
        return self.row_rect(i) if 0 <= i < len(self._visible) else QRect()

    def spoken_current(self) -> int:
        """The selected row."""
        return self.table.find(self.selected) if self.selected is not None else -1

    def kept(self) -> tuple[str, bool, Hashable, int]:
        """Sort order, selection and scroll, for a window that is made anew."""
        return self.table.sort_by, self.table.descending, self.selected, self.verticalScrollBar().value()

    def take_kept(self, kept: Any) -> None:
        """Be sorted, selected and scrolled as before."""
        sort_by, descending, self.selected, first = kept
        self.table.sort_as(sort_by, descending=descending)
        self.verticalScrollBar().setRange(0, max(first, self.verticalScrollBar().maximum()))
        self.verticalScrollBar().setValue(first)
        self.viewport().update()
