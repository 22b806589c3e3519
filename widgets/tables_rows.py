"""Choosing rows of a painted table: one by keys, several by marks; what is copied and exported of them."""

from collections.abc import Hashable

from PySide6.QtGui import QGuiApplication

from hts.desk.table_export import lines_of, tsv
from hts.desk.tables_marks import Marks
from widgets.tables_spoken import SpokenTable


class ChosenRows(SpokenTable):
    """The part of TableView that knows which rows are meant."""

    marks: Marks

    @property
    def capacity(self) -> int:
        """Rows that have room."""
        raise NotImplementedError

    def select(self, key: Hashable) -> None:
        """Mark a row without telling anybody."""
        raise NotImplementedError

    def _choose(self, key: Hashable, *, keeps_marks: bool = False) -> None:
        raise NotImplementedError

    @property
    def chosen_keys(self) -> list[Hashable]:
        """The marked rows in the order that is shown, else the selected one."""
        return self.marks.chosen(self.selected, self.table)

    def mark_all(self) -> None:
        """Choose every row."""
        self.marks.mark_all(self.table)
        self.viewport().update()

    def exported(self) -> list[list[str]]:
        """Heads and cells of the columns that are chosen: of the marked rows, else of all."""
        rows = [self.table.row(self.table.find(key)) for key in self.chosen_keys] if self.marks.keys else []
        return lines_of(self.columns, rows or self.table.exported())

    def copy(self) -> None:
        """Put the marked rows, else all, into the clipboard with tabs between the cells."""
        QGuiApplication.clipboard().setText(tsv(self.exported()))

    def move_selection(self, step: int, *, extends: bool = False) -> None:
        count = len(self.table)
        if not count:
            return
        at = self.table.find(self.selected) if self.selected is not None else -1
        to = min(max(at + step, 0), count - 1) if at >= 0 else 0
        self._bring_into_view(to)
        key = self.table.row(to).key
        if extends:
            self.marks.mark_to(key, self.selected, self.table)
            self.select(key)
            self.viewport().update()
        else:
            self._choose(key)

    def reveal(self, key: Hashable) -> None:
        """Select a row and bring it into view, without telling anybody."""
        to = self.table.find(key)
        if to >= 0:
            self.select(key)
            self._bring_into_view(to)

    def _bring_into_view(self, to: int) -> None:
        bar = self.verticalScrollBar()
        bar.setMaximum(max(bar.maximum(), len(self.table) - self.capacity))
        if not bar.value() <= to < bar.value() + self.capacity:
            bar.setValue(to if to < bar.value() else to - self.capacity + 1)
