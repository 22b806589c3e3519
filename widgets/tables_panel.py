"""What every panel of one table can do: choose the issue, act on rows by key and menu, choose columns, export."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hts.model.units import NO_ID, ClOrdID
from widgets.panel import Panel, PanelContext
from widgets.table_columns import ColumnDialog
from widgets.table_export import ask_path
from widgets.tables_empty import Empty
from widgets.tables_menu import CAPS, Act, MenuAction, TableMenu, popup
from widgets.tables_view import TableView

__all__ = ["CHART", "XRAY", "MenuAction", "TablePanel"]

XRAY, CHART = "X", "C"


class TablePanel(Panel):
    """A panel of one table: a double click chooses the row's issue everywhere.

    `letters` are the keys that act on a row, and the text keys of what they do: they stand in the context menu too.
    """

    shows_money = True
    letters: ClassVar[dict[str, str]] = {CHART: "table.menu_chart"}
    empty: ClassVar[tuple[str, str]] = ("", "")  # text key of why there are no rows, and the action of the one step

    def __init__(self, context: PanelContext, parent: QWidget | None, *, group: int, view: TableView) -> None:
        super().__init__(context, parent, group=group)
        self.view = view
        self._menu = TableMenu(self, view)
        view.setAccessibleName(context.texts(self.title_key))
        view.row_keys = frozenset(self.letters)
        view.parts.is_whole = False
        view.empty = Empty(context, *self.empty) if self.empty[0] else None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(view)
        self.setFocusProxy(view)
        view.activated.connect(self._choose)
        view.menu_asked.connect(self._open_menu)
        view.head_menu_asked.connect(self._open_head_menu)
        view.key_pressed.connect(self.act)

    # Rows

    def row_of(self, key: Hashable) -> Any:
        """The row of a key, None when it is gone."""
        number = self.view.table.find(key)
        return self.view.table.row(number) if number >= 0 else None

    def symbol_of(self, key: Hashable) -> str:
        """The issue that a row speaks of, "" when it is gone."""
        row = self.row_of(key)
        return self.row_symbol(row) if row is not None else ""

    def row_symbol(self, row: Any) -> str:
        """The issue of a row."""
        return str(row.view.symbol)

    def row_order(self, _row: Any) -> ClOrdID:
        """The order or work that a row speaks of; 0 for none."""
        return NO_ID

    # Acts

    def act(self, letter: str, key: Hashable) -> None:
        """What a letter does to a row."""
        row = self.row_of(key)
        if row is None:
            return
        if letter == XRAY and self.row_order(row):
            self.context.answers.look_at(self.row_order(row))
            self._open("order_xray")
        elif letter == CHART:
            self._choose(key)
            self._open("chart")

    def _open(self, panel: str) -> None:
        self.context.run(f"panel.{panel}")

    def menu_actions(self, key: Hashable) -> list[MenuAction]:
        """Text keys and acts of the context menu, those of the row first."""
        actions: list[MenuAction] = []
        if key is not None:
            actions += [(text_key, self._letter_act(letter, key)) for letter, text_key in self.letters.items()]
            actions.append(("orders.menu_select", lambda: self._choose(key)))
        return [*actions, *self.table_actions()]

    def _letter_act(self, letter: str, key: Hashable) -> Act:
        return lambda: self.act(letter, key)

    def table_actions(self) -> list[MenuAction]:
        """What can be done to the table as a whole."""
        return [
            ("table.menu_all", self.view.mark_all),
            ("orders.menu_copy", self.view.copy),
            ("table.menu_export", self._export),
            ("table.menu_columns", self.choose_columns),
        ]

    def _choose(self, key: Hashable) -> None:
        symbol = self.symbol_of(key)
        if symbol:
            self.context.selection.choose(symbol, self.group)

    def _open_menu(self, key: Hashable, point: QPoint) -> None:
        self._popup(self.menu_actions(key), point)

    def _open_head_menu(self, point: QPoint) -> None:
        self._popup(self.table_actions(), point)

    def _popup(self, actions: list[MenuAction], point: QPoint) -> None:
        caps = {text_key: letter for letter, text_key in self.letters.items()}
        popup(self, self.view, actions, {**CAPS, **caps, "orders.menu_cancel": "Del"}, point)

    def choose_columns(self) -> ColumnDialog:
        """Open the column chooser."""
        return self._menu.choose_columns()

    def _export(self) -> None:
        path = ask_path(self, self.context.texts, self.title_key.partition(".")[0])
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> bool:
        """Write the marked rows, else all, with the columns that are chosen."""
        return self._menu.export_to(path)

    # Keeping

    def stored(self) -> dict[str, Any]:
        return self._menu.stored()

    def take_stored(self, stored: dict[str, Any]) -> None:
        self._menu.take_stored(stored)

    def show_rows(self, now_ns: int, footer: Any) -> None:
        """Update the view; come back at the next frame while something still flashes."""
        if self.view.show_rows(now_ns, footer):
            self.mark_dirty()

    def show_more(self) -> bool:
        return self.view.parts.update()
