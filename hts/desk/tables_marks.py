"""Rows of a table that are chosen together: marked one by one, as a range, or all."""

from collections.abc import Hashable
from typing import Any

from hts.desk.tables import Table


class Marks:
    """`keys` of marked rows; `anchor` is where a range begins."""

    def __init__(self) -> None:
        self.keys: set[Hashable] = set()
        self.anchor: Hashable = None

    def clear(self) -> bool:
        """Mark nothing; whether anything was."""
        had, self.keys = bool(self.keys), set()
        return had

    def mark_all(self, table: Table[Any]) -> None:
        """Every row."""
        self.keys = {row.key for row in table.exported()}

    def toggle(self, key: Hashable, selected: Hashable) -> None:
        """Add a row to the marked ones, or take it away; the first time the selected one is among them."""
        if not self.keys and selected is not None:
            self.keys = {selected}
        self.keys ^= {key}
        self.anchor = key

    def mark_to(self, key: Hashable, selected: Hashable, table: Table[Any]) -> None:
        """From the anchor, else from the selected row, up to a row."""
        self.anchor = self.anchor if self.anchor is not None else selected
        begin, end = table.find(self.anchor), table.find(key)
        if begin >= 0 and end >= 0:
            self.keys = {table.row(i).key for i in range(min(begin, end), max(begin, end) + 1)}

    def chosen(self, selected: Hashable, table: Table[Any]) -> list[Hashable]:
        """The marked rows that are still there in the order that is shown, else the selected one."""
        if not self.keys:
            return [selected] if selected is not None else []
        return sorted((key for key in self.keys if table.find(key) >= 0), key=table.find)
