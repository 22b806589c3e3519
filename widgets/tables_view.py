"""A painted table: head, visible rows, footer. Its cost does not grow with the number of rows.

The table (hts.desk.tables) is asked only for rows that can be seen. `show_rows` compares them with the rows that were
painted last and updates the rectangles that differ, in parts where a panel asks for them. A change in a column that
flashes tints its cell for a moment, a few cells at a time: a glance finds what moved, a busy market does not turn into
a light organ.
"""

from collections.abc import Hashable
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from hts.desk.table_columns import ColumnChoice
from hts.desk.tables import Column, Table
from hts.desk.tables_marks import Marks
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush, TextCache, dirty_rows
from widgets.spoken_rows import tell_current
from widgets.tables_columns import ColumnCursor
from widgets.tables_empty import Empty
from widgets.tables_fit import fitted_figure, fitted_name, whole_figure
from widgets.tables_flashes import Flashes
from widgets.tables_head import TableHead
from widgets.tables_keys import press_key
from widgets.tables_parts import RowParts
from widgets.tables_places import Places
from widgets.tables_rows import ChosenRows
from widgets.tables_scroll import style_scroll_bar
from widgets.tables_tones import RowTones

HEAD = metrics.TABLE_HEAD


class TableView(ChosenRows):
    """Shows one Table.

    activated(key): double click or Enter on a row.   chosen(key): a row was selected.
    deleted(key): the Delete key, once for each chosen row.  menu_asked(key, point): context menu at a global point.
    head_menu_asked(point): the same on the heads.  columns_changed: the user chose others, or another width.
    key_pressed(letter, key): one of `row_keys` on the selected row.
    """

    activated = Signal(object)
    chosen = Signal(object)
    deleted = Signal(object)
    menu_asked = Signal(object, QPoint)
    head_menu_asked = Signal(QPoint)
    key_pressed = Signal(str, object)
    columns_changed = Signal()

    def __init__(self, table: Table[Any], tokens: Tokens, *, footer: int = metrics.TABLE_FOOTER) -> None:
        super().__init__()
        self.table = table
        self.choice = ColumnChoice(table.columns)
        self.columns: list[Column[Any]] = list(table.columns)
        self.selected: Hashable = None
        self.marks = Marks()
        self._head = TableHead(self)
        self.column = ColumnCursor(self)
        self.grows_at_top = False  # a log: the newest row is the first one
        self.painted_rows = 0  # rows painted since the start, for tests and the benchmark
        self.cache = TextCache()
        self.tokens = tokens
        self.row_tones = RowTones(tokens)
        self.tones = self.row_tones.own
        self._footer_height = footer
        self._visible: list[Any] = []
        self._footer: Any = None
        self.parts = RowParts(lambda i: self.viewport().update(self.row_rect(i)))
        self._places = Places()
        self.row_keys: frozenset[str] = frozenset()
        self.empty: Empty | None = None
        self._flashes = Flashes()
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        style_scroll_bar(self.verticalScrollBar(), tokens)
        self._fit()

    def restyle(self) -> None:
        """The scroll bar keeps its colours as a style sheet."""
        style_scroll_bar(self.verticalScrollBar(), self.tokens)
        self.viewport().update()

    # What is shown

    def show_rows(self, now_ns: int, footer: Any = None) -> bool:
        """Once per frame: update what differs. True while a flash has to end, so that the next frame must come."""
        self._expire(now_ns)
        bar = self.verticalScrollBar()
        if bar.maximum() != self._last_first():
            bar.setRange(0, self._last_first())
        if self.grows_at_top:
            self._hold_place()
        before, rows = self._visible, self._rows_in_view()
        self._visible = rows
        if bool(before) != bool(rows):
            self.viewport().update()  # the words that stand in an empty table
        for i in range(max(len(before), len(rows))):
            old, new = before[i] if i < len(before) else None, rows[i] if i < len(rows) else None
            if old != new:
                self._flash(old, new, now_ns)
                self.parts.note(i)
        self.parts.update()
        if footer != self._footer:
            self._footer = footer
            self.viewport().update(self._footer_rect())
        return bool(self._flashes)

    def _hold_place(self) -> None:
        """Who reads further down is not moved by rows that come above."""
        bar = self.verticalScrollBar()
        if bar.value() and self._visible and not self.table.sort_by:
            at = self.table.find(self._visible[0].key)
            if at > 0 and at != bar.value():
                bar.setValue(at)

    def row_rect(self, i: int) -> QRect:
        """Where the i-th visible row stands."""
        return QRect(0, HEAD + i * metrics.TABLE_ROW, self.viewport().width(), metrics.TABLE_ROW)

    def select(self, key: Hashable) -> None:
        """Mark a row without telling anybody."""
        if key != self.selected:
            changed = (self.selected, key)
            self.selected = key
            for i, row in enumerate(self._visible):
                if row.key in changed:
                    self.viewport().update(self.row_rect(i))
            tell_current(self)

    def column_rect(self, key: str) -> tuple[int, int]:
        """Left edge and width of a column."""
        i = next(i for i, column in enumerate(self.columns) if column.key == key)
        return self.column_box(i)

    def column_box(self, i: int) -> tuple[int, int]:
        """The same by the column's number."""
        return self._places.lefts[i], self._places.widths[i]

    def _rows_in_view(self) -> list[Any]:
        first = self.verticalScrollBar().value()
        return [self.table.row(i) for i in range(first, min(first + self.capacity, len(self.table)))]

    @property
    def capacity(self) -> int:
        return max((self.viewport().height() - HEAD - self._footer_height) // metrics.TABLE_ROW, 1)

    def _last_first(self) -> int:
        return max(len(self.table) - self.capacity, 0)

    def _flash(self, old: Any, new: Any, now_ns: int) -> None:
        if old is not None and new is not None and old.key == new.key and self.has_cells(new):
            self._flashes.note(old, new, self.columns, now_ns)

    def _expire(self, now_ns: int) -> None:
        over = self._flashes.expire(now_ns)
        for i, row in enumerate(self._visible if over else ()):
            if row.key in over:
                self.parts.note(i)

    # Geometry

    def _fit(self) -> None:
        self.columns = self.choice.shown
        self._places.fit(self.columns, self.choice.widths, self.viewport().width())
        self.verticalScrollBar().setPageStep(self.capacity)

    def fit_again(self) -> None:
        """The choice of columns changed."""
        self._fit()
        self.viewport().update()
        self.columns_changed.emit()

    def resorted(self) -> None:
        """The rows stand in another order."""
        self._visible = self._rows_in_view()
        self.viewport().update()

    def _footer_rect(self) -> QRect:
        view = self.viewport()
        return QRect(0, view.height() - self._footer_height, view.width(), self._footer_height)

    def shown_columns(self) -> list[tuple[int, Column[Any]]]:
        """Numbers and columns that have room."""
        return self._places.shown

    def cell_edges(self, i: int) -> tuple[int, int]:
        """Where the text of a cell of column i begins and ends."""
        return self._places.edges[i]

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        brush = Brush(painter, self.cache)
        view = self.viewport()
        rows_end = HEAD + len(self._visible) * metrics.TABLE_ROW
        for i in dirty_rows(event.region(), HEAD, metrics.TABLE_ROW, len(self._visible)):
            y = HEAD + i * metrics.TABLE_ROW
            painter.setClipRect(0, y, view.width(), metrics.TABLE_ROW)  # into one rectangle Qt copies the fast way
            self._paint_row(brush, self._visible[i], y)
            self.painted_rows += 1
        painter.setClipping(False)
        if event.rect().bottom() >= rows_end:
            brush.fill(0, rows_end, view.width(), view.height() - rows_end, self.tokens.panel)
            if self.empty is not None and not self._visible:
                self.empty.paint(self, brush, view.height() - HEAD - self._footer_height)
        if event.rect().top() < HEAD:
            self._head.paint(brush)
        footer = self._footer_rect()
        if self._footer_height and event.rect().bottom() >= footer.top():
            brush.fill(footer.x(), footer.y(), footer.width(), footer.height(), self.tokens.header)
            brush.hline(0, footer.y(), footer.width(), self.tokens.line2)
            if self._footer is not None:
                self.paint_footer(brush, self._footer, metrics.baseline(footer.y(), footer.height()))

    def _paint_row(self, brush: Brush, row: Any, y: int) -> None:
        tokens, width = self.tokens, self.viewport().width()
        is_selected = row.key == self.selected
        is_marked = is_selected or row.key in self.marks.keys
        brush.fill(0, y, width, metrics.TABLE_ROW, tokens.selected if is_marked else tokens.panel)
        brush.hline(0, y + metrics.TABLE_ROW - 1, width, tokens.line, is_last=True)
        if is_selected:
            brush.fill(0, y, metrics.SELECTED_BAR, metrics.TABLE_ROW - 1, tokens.own)
        self.paint_row(brush, row, y, metrics.baseline(y, metrics.TABLE_ROW))

    def paint_row(self, brush: Brush, row: Any, y: int, base: int) -> None:
        """All cells of a row; the ground is painted already."""
        for i, column in self.shown_columns():
            self.paint_cell(brush, row, (i, column), y, base)

    def paint_cell(self, brush: Brush, row: Any, at: tuple[int, Column[Any]], y: int, base: int) -> None:
        """One cell."""
        i, column = at
        begin, end = self.cell_edges(i)
        flash = self._flashes.of(row.key, column.key) if column.flashes else 0
        if flash:
            ground = self.row_tones.flash(row, flash)
            brush.fill(self._places.lefts[i], y, self._places.widths[i], metrics.TABLE_ROW - 1, ground)
        text, (role, color) = column.text(row), self.cell_style(row, column)
        if column.is_right:
            text, role = fitted_figure(brush.texts, text, role, end - begin)
            brush.right(end, base, text, role, color)
        else:
            room = sum(self.column_box(i)) - begin  # the next column's own padding keeps the distance
            text, role = fitted_name(brush.texts, text, role, room)
            brush.left(begin, base, text, role, color)

    def has_cells(self, _row: Any) -> bool:
        """Whether the columns speak of the row; False for heads of groups."""
        return True

    def cell_style(self, row: Any, column: Column[Any]) -> tuple[str, QColor]:
        """Type role and colour of a cell; the quiet role is the body in grey."""
        if column.role == "body_quiet":
            return "body", self.tokens.text2
        return column.role, self.row_tones.of(row)[column.tone(row)]

    def paint_footer(self, brush: Brush, footer: Any, base: int) -> None:
        """The footer's texts; its ground is painted already."""

    def tooltip_of(self, _row: Any) -> str:
        """What the row says when the pointer rests on it; empty for nothing."""
        return ""

    # Gestures

    def _key_at(self, y: int) -> Hashable:
        i = (y - HEAD) // metrics.TABLE_ROW
        return self._visible[i].key if 0 <= i < len(self._visible) and y >= HEAD else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.verticalScrollBar().setRange(0, self._last_first())
        self._visible = self._rows_in_view()
        self.viewport().update()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self._visible = self._rows_in_view()
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().viewportEvent(event)
        i = (event.pos().y() - HEAD) // metrics.TABLE_ROW
        row = self._visible[i] if 0 <= i < len(self._visible) else None
        text = self.tooltip_of(row) or whole_figure(self, row, event.pos().x()) if row is not None else ""
        QToolTip.showText(event.globalPos(), text, self.viewport())
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if point.y() < HEAD:
            if event.button() is Qt.MouseButton.LeftButton and not self._head.press(point.x()):
                self._head.sort_at(point.x())
                self.resorted()
            return
        key = self._key_at(point.y())
        if key is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.marks.toggle(key, self.selected)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.marks.mark_to(key, self.selected, self.table)
        else:
            self._choose(key, keeps_marks=event.button() is not Qt.MouseButton.LeftButton)
            return
        self.select(key)
        self.viewport().update()

    def _choose(self, key: Hashable, *, keeps_marks: bool = False) -> None:
        """Select a row and tell; other marks end unless the row is one of them and they are to be acted on."""
        if not (keeps_marks and key in self.marks.keys) and self.marks.clear():
            self.viewport().update()
        self.marks.anchor = key
        self.select(key)
        self.chosen.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._head.is_dragging:
            self._head.drag(point.x())
            self._fit()
            self.viewport().update()
            return
        is_edge = point.y() < HEAD and self._head.edge_at(point.x()) >= 0
        self.viewport().setCursor(Qt.CursorShape.SplitHCursor if is_edge else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._head.release():
            self.columns_changed.emit()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        key = self._key_at(event.position().toPoint().y())
        if key is not None:
            self.activated.emit(key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = self.viewport().mapFrom(self, event.pos())
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            at = self._visible_number(self.selected)
            below = self.row_rect(at).bottomLeft() if at >= 0 else QPoint(0, HEAD)
            self.menu_asked.emit(self.selected, self.viewport().mapToGlobal(below))
            return
        if point.y() < HEAD:
            self.column.take_at(point.x())
            self.head_menu_asked.emit(event.globalPos())
            return
        key = self._key_at(point.y())
        if key is not None:
            self._choose(key, keeps_marks=True)
        self.menu_asked.emit(key, event.globalPos())

    def _visible_number(self, key: Hashable) -> int:
        return next((i for i, row in enumerate(self._visible) if row.key == key), -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_key(self, event):
            event.ignore()  # the window's: the scroll area would keep every arrow to itself
