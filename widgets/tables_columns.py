"""The column of a painted table that keys act on: sorted by, moved, hidden, made wider without the mouse."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from hts.desk.table_columns import WIDTH_MAX, WIDTH_MIN
from widgets.menus import literal

if TYPE_CHECKING:
    from widgets.panel import PanelContext
    from widgets.tables_view import TableView

WIDTH_STEP = 8  # pixels


class ColumnCursor:
    """`key` names the column, "" for none yet. Acts are True when done, False where there is nothing to do them to."""

    def __init__(self, view: "TableView") -> None:
        self._view = view
        self.key = ""

    @property
    def _at(self) -> int:
        """Its place among the columns that have room; where none was chosen the sorted one's, else the first."""
        keys = [column.key for _, column in self._view.shown_columns()]
        for key in (self.key, self._view.table.sort_by):
            if key in keys:
                return keys.index(key)
        return 0

    @property
    def head(self) -> str:
        """What the column is called."""
        return self._view.shown_columns()[self._at][1].head

    def _go(self, at: int) -> None:
        shown = self._view.shown_columns()
        column = shown[at % len(shown)][1]
        self.key = column.key
        self._view.setAccessibleDescription(column.head)
        self._view.viewport().update()

    def take_at(self, x: int) -> None:
        """The column that stands there."""
        for at, (number, _) in enumerate(self._view.shown_columns()):
            left, width = self._view.column_box(number)
            if left <= x < left + width:
                self._go(at)

    def step(self, by: int) -> bool:
        """The next column, round the ends; the first press shows where it stands."""
        known = self.key in [column.key for _, column in self._view.shown_columns()]
        self._go(self._at + by if known else self._at)
        return True

    def sort(self) -> bool:
        """Sort by it: first descending, then ascending, then in the natural order again."""
        self._go(self._at)
        self._view.table.toggle_sort(self.key)
        self._sorted()
        return True

    def reverse(self) -> bool:
        """The other way round by whatever column the table is sorted by."""
        table = self._view.table
        if not table.sort_by:
            return False
        table.sort_as(table.sort_by, descending=not table.descending)
        self._sorted()
        return True

    def _sorted(self) -> None:
        """The selected row stays in sight."""
        self._view.resorted()
        if self._view.selected is not None:
            self._view.reveal(self._view.selected)

    def move(self, by: int) -> bool:
        """Move the column past the next one that has room."""
        self._go(self._at)
        choice = self._view.choice
        shown = [column.key for _, column in self._view.shown_columns()]
        to = shown.index(self.key) + by
        if not 0 <= to < len(shown):
            return False
        every = [column.key for column in choice.all]
        choice.move(self.key, every.index(shown[to]) - every.index(self.key))
        self._view.fit_again()
        return True

    def hide(self) -> bool:
        """Hide the column; the last one stays."""
        self._go(self._at)
        if len(self._view.choice.shown) == 1:
            return False
        at, key = self._at, self.key
        self._view.choice.toggle(key)
        self._view.fit_again()
        self._go(min(at, len(self._view.shown_columns()) - 1))
        return True

    def widen(self, by: int) -> bool:
        """Make the column wider or narrower by steps."""
        self._go(self._at)
        number = next(i for i, column in self._view.shown_columns() if column.key == self.key)
        width = self._view.column_box(number)[1] + by * WIDTH_STEP
        if not WIDTH_MIN <= width <= WIDTH_MAX:
            return False
        self._view.choice.set_width(self.key, width)
        self._view.fit_again()
        return True


COLUMN_ACTS = (
    *("table.next_column", "table.previous_column", "table.sort", "table.reverse", "table.move_left"),
    *("table.move_right", "table.hide", "table.wider", "table.narrower"),
)


def column_acts(view: "TableView") -> dict[str, Callable[[], bool]]:
    """What keys and menus do to the column, by action."""
    column = view.column
    return {
        "table.next_column": lambda: column.step(1),
        "table.previous_column": lambda: column.step(-1),
        "table.sort": column.sort,
        "table.reverse": column.reverse,
        "table.move_left": lambda: column.move(-1),
        "table.move_right": lambda: column.move(1),
        "table.hide": column.hide,
        "table.wider": lambda: column.widen(1),
        "table.narrower": lambda: column.widen(-1),
    }


def add_column_menu(menu: QMenu, context: "PanelContext", view: "TableView") -> None:
    """At the end of a table's menu: what can be done to the column that keys act on, or that was clicked on."""
    inner = menu.addMenu(literal(context.texts("table.menu_column", column=view.column.head)))
    for action, act in column_acts(view).items():
        keys = context.keys(action)
        entry = inner.addAction(context.texts(f"action.{action}") + (f"\t{keys}" if keys else ""))
        entry.triggered.connect(lambda _=False, act=act: act())
