"""The menus of one table: acts on the row first, then what can be done to the whole: select, copy, export, columns.

A panel of one table has it by widgets.tables_panel; one that shows tables among other things makes its own, with the
same words at the same places, and hands the chosen columns to the layout by `stored`, or of several by `stored_of`.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import ref

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from widgets.menus import pop_up
from widgets.panel import Panel
from widgets.table_columns import ColumnDialog
from widgets.table_export import ask_path, export_lines
from widgets.tables_columns import add_column_menu
from widgets.tables_view import TableView

Act = Callable[[], object]
MenuAction = tuple[str, Act]

CAPS: Mapping[str, str] = {"orders.menu_copy": "Ctrl+C", "table.menu_all": "Ctrl+A"}


def no_acts(_key: Hashable) -> Sequence[MenuAction]:
    """A table whose rows only are looked at."""
    return ()


class TableMenu:
    """`acts(key)` are those of a row, `caps` the keys that do the same.

    `title_key` names the sheets and files; without one the panel's does.
    """

    def __init__(
        self,
        panel: Panel,
        view: TableView,
        acts: Callable[[Hashable], Sequence[MenuAction]] = no_acts,
        caps: Mapping[str, str] | None = None,
        *,
        title_key: str = "",
    ) -> None:
        self._whose, self._view = ref(panel), view  # the panel has this: a circle would leave it to the collector
        self._acts, self._caps = acts, {**CAPS, **(caps or {})}
        self._dialog: ColumnDialog | None = None
        self._title_key = title_key or panel.title_key

    @property
    def _panel(self) -> Panel:
        panel = self._whose()
        assert panel is not None
        return panel

    def attach(self) -> "TableMenu":
        """Open on rows and heads from now on."""
        self._view.menu_asked.connect(self._open)
        self._view.head_menu_asked.connect(lambda point: self._popup(self.whole(), point))
        return self

    def whole(self) -> list[MenuAction]:
        """What can be done to the table as a whole."""
        return [
            ("table.menu_all", self._view.mark_all),
            ("orders.menu_copy", self._view.copy),
            ("table.menu_export", self.export),
            ("table.menu_columns", self.choose_columns),
        ]

    def actions(self, key: Hashable) -> list[MenuAction]:
        """The context menu of a row; None stands for the space below the rows."""
        return [*(self._acts(key) if key is not None else ()), *self.whole()]

    def choose_columns(self) -> ColumnDialog:
        """Open the column chooser."""
        self._dialog = ColumnDialog(self._view, self._panel.context.texts, self._panel)
        self._dialog.open()
        return self._dialog

    def export_to(self, path: Path) -> bool:
        """Write the marked rows, else all, with the columns that are chosen."""
        context = self._panel.context
        sheet = (context.texts(self._title_key), self._view.exported())
        return export_lines(path, [sheet], context.texts, context.say)

    def stored(self) -> dict[str, Any]:
        """The chosen columns and widths; empty for those that ship."""
        return {"columns": self._view.choice.stored()} if self._view.choice.is_own else {}

    def take_stored(self, stored: dict[str, Any]) -> None:
        """Take what a layout file holds."""
        self._view.choice.take_stored(stored.get("columns"))
        self._view.fit_again()

    def export(self) -> None:
        """Ask for a file and write it."""
        path = ask_path(
            self._panel, self._panel.context.texts, self._title_key.replace(".", "_").removesuffix("_title")
        )
        if path is not None:
            self.export_to(path)

    def _open(self, key: Hashable, point: QPoint) -> None:
        self._popup(self.actions(key), point)

    def _popup(self, actions: Sequence[MenuAction], point: QPoint) -> None:
        popup(self._panel, self._view, actions, self._caps, point)


def stored_of(menus: Mapping[str, TableMenu]) -> dict[str, Any]:
    """What a panel of several tables keeps of each, by its name; nothing of those that are as they ship."""
    kept = {name: found for name, menu in menus.items() if (found := menu.stored())}
    return {"tables": kept} if kept else {}


def take_stored_of(menus: Mapping[str, TableMenu], stored: dict[str, Any]) -> None:
    """Take it again; what is damaged is as it ships."""
    kept = stored.get("tables")
    for name, menu in menus.items():
        found = kept.get(name) if isinstance(kept, dict) else None
        menu.take_stored(found if isinstance(found, dict) else {})


class IssueMenu(TableMenu):
    """Of rows whose keys are issues: C, or the menu, opens the chart of one."""

    def __init__(self, panel: Panel, view: TableView) -> None:
        super().__init__(
            panel, view, lambda key: [("table.menu_chart", lambda: self._chart(key))], {"table.menu_chart": "C"}
        )
        view.row_keys = frozenset({"C"})
        view.key_pressed.connect(lambda _letter, key: self._chart(key))
        self.attach()

    def _chart(self, key: Hashable) -> None:
        context, panel = self._panel.context, "chart"
        context.selection.choose(str(key), self._panel.group)
        context.run(f"panel.{panel}")


def popup(panel: Panel, view: TableView, actions: Sequence[MenuAction], caps: Mapping[str, str], point: QPoint) -> None:
    """Open a menu of these acts, with the keys that do the same, and of the table's columns."""
    menu = QMenu(panel)
    for text_key, act in actions:
        entry = QAction(panel.context.texts(text_key), menu)
        if text_key in caps:
            entry.setText(f"{entry.text()}\t{caps[text_key]}")
        entry.triggered.connect(lambda _=False, act=act: act())
        menu.addAction(entry)
    add_column_menu(menu, panel.context, view)
    pop_up(menu, point)
