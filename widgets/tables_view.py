"""A painted table: head, visible rows, footer. Its cost does not grow with the number of rows.

The table (hts.desk.tables) is asked only for rows that can be seen. `show_rows` compares them with the rows that were
painted last and updates the rectangles that differ. A change in a column that flashes tints its cell for FLASH_NS, at
most FLASHES_MAX cells at a time: a glance finds what moved, a busy market does not turn into a light organ.
"""

from collections.abc import Hashable
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from hts.desk.tables import Column, Table
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush, TextCache, dirty_rows
from widgets.tables_scroll import style_scroll_bar

FLASH_NS = 200_000_000
FLASHES_MAX = 24
HEAD = metrics.TABLE_HEAD
SQUEEZE_MIN = 0.95  # narrower than this and columns give way instead


class TableView(QAbstractScrollArea):
    """Shows one Table.

    activated(key): double click or Enter on a row.   chosen(key): a row was selected.
    deleted(key): the Delete key on the selected row.  menu_asked(key, point): context menu at a global point.
    """

    activated = Signal(object)
    chosen = Signal(object)
    deleted = Signal(object)
    menu_asked = Signal(object, QPoint)

    def __init__(self, table: Table[Any], tokens: Tokens, *, footer: int = metrics.TABLE_FOOTER) -> None:
        super().__init__()
        self.table = table
        self.selected: Hashable = None
        self.painted_rows = 0  # rows painted since the start, for tests and the benchmark
        self.cache = TextCache()
        self.tokens = tokens
        self.tones = {None: tokens.text, 0: tokens.text, 1: tokens.up, -1: tokens.down, 2: tokens.own}
        self._footer_height = footer
        self._visible: list[Any] = []
        self._footer: Any = None
        self._lefts: list[int] = []
        self._widths: list[int] = []
        self._flashes: dict[tuple[Hashable, str], tuple[int, int]] = {}
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        style_scroll_bar(self.verticalScrollBar(), tokens)
        self._fit()

    def restyle(self) -> None:
        """The scroll bar keeps its colours as a style sheet."""
        style_scroll_bar(self.verticalScrollBar(), self.tokens)
        self.viewport().update()

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

    # What is shown

    def show_rows(self, now_ns: int, footer: Any = None) -> bool:
        """Once per frame: update what differs. True while a flash has to end, so that the next frame must come."""
        self._expire(now_ns)
        bar = self.verticalScrollBar()
        if bar.maximum() != self._last_first():
            bar.setRange(0, self._last_first())
        before, rows = self._visible, self._rows_in_view()
        self._visible = rows
        for i in range(max(len(before), len(rows))):
            old, new = before[i] if i < len(before) else None, rows[i] if i < len(rows) else None
            if old != new:
                self._flash(old, new, now_ns)
                self.viewport().update(self.row_rect(i))
        if footer != self._footer:
            self._footer = footer
            self.viewport().update(self._footer_rect())
        return bool(self._flashes)

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

    def column_rect(self, key: str) -> tuple[int, int]:
        """Left edge and width of a column."""
        i = next(i for i, column in enumerate(self.table.columns) if column.key == key)
        return self._lefts[i], self._widths[i]

    def _rows_in_view(self) -> list[Any]:
        first = self.verticalScrollBar().value()
        return [self.table.row(i) for i in range(first, min(first + self._capacity(), len(self.table)))]

    def _capacity(self) -> int:
        return max((self.viewport().height() - HEAD - self._footer_height) // metrics.TABLE_ROW, 1)

    def _last_first(self) -> int:
        return max(len(self.table) - self._capacity(), 0)

    def _flash(self, old: Any, new: Any, now_ns: int) -> None:
        if old is None or new is None or old.key != new.key or not self.has_cells(new):
            return
        for column in self.table.columns:
            if column.flashes and len(self._flashes) < FLASHES_MAX:
                change = column.order(new) - column.order(old)
                if change:
                    self._flashes[new.key, column.key] = (now_ns + FLASH_NS, 1 if change > 0 else -1)

    def _expire(self, now_ns: int) -> None:
        for key, column in [k for k, (until_ns, _) in self._flashes.items() if until_ns <= now_ns]:
            del self._flashes[key, column]
            for i, row in enumerate(self._visible):
                if row.key == key:
                    self.viewport().update(self.row_rect(i))

    # Geometry

    def _fit(self) -> None:
        columns, room = self.table.columns, self.viewport().width()
        natural = [column.width for column in columns]
        for i in sorted(range(len(columns)), key=lambda i: -columns[i].rank):
            if sum(natural) * SQUEEZE_MIN <= room or not columns[i].rank:
                break
            natural[i] = 0  # gives way as a whole: half a figure is worse than none
        scale = max(room / sum(natural), SQUEEZE_MIN)
        edges = [0]
        for width in natural:
            edges.append(edges[-1] + width)
        scaled = [round(edge * scale) for edge in edges]
        self._lefts = scaled[:-1]
        self._widths = [b - a for a, b in pairwise(scaled)]
        self.verticalScrollBar().setPageStep(self._capacity())

    def _footer_rect(self) -> QRect:
        view = self.viewport()
        return QRect(0, view.height() - self._footer_height, view.width(), self._footer_height)

    def shown_columns(self) -> list[tuple[int, Column[Any]]]:
        """Numbers and columns that have room."""
        return [(i, column) for i, column in enumerate(self.table.columns) if self._widths[i]]

    def cell_edges(self, i: int) -> tuple[int, int]:
        """Where the text of a cell of column i begins and ends."""
        left, width = self._lefts[i], self._widths[i]
        begin = metrics.EDGE_PAD if i == 0 else left + metrics.CELL_PAD
        last = not any(self._widths[i + 1 :])
        return begin, left + width - (metrics.EDGE_PAD if last else metrics.CELL_PAD)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        brush = Brush(painter, self.cache)
        view = self.viewport()
        rows_end = HEAD + len(self._visible) * metrics.TABLE_ROW
        for i in dirty_rows(event.region(), HEAD, metrics.TABLE_ROW, len(self._visible)):
            self._paint_row(brush, self._visible[i], HEAD + i * metrics.TABLE_ROW)
            self.painted_rows += 1
        if event.rect().bottom() >= rows_end:
            brush.fill(0, rows_end, view.width(), view.height() - rows_end, self.tokens.panel)
        if event.rect().top() < HEAD:
            self._paint_head(brush)
        footer = self._footer_rect()
        if self._footer_height and event.rect().bottom() >= footer.top():
            brush.fill(footer.x(), footer.y(), footer.width(), footer.height(), self.tokens.header)
            brush.hline(0, footer.y(), footer.width(), self.tokens.line2)
            if self._footer is not None:
                self.paint_footer(brush, self._footer, metrics.baseline(footer.y(), footer.height()))

    def _paint_head(self, brush: Brush) -> None:
        tokens, base = self.tokens, metrics.baseline(0, HEAD)
        brush.fill(0, 0, self.viewport().width(), HEAD, tokens.panel)
        brush.hline(0, HEAD - 1, self.viewport().width(), tokens.line)
        for i, column in self.shown_columns():
            begin, end = self.cell_edges(i)
            is_sorted = column.key == self.table.sort_by
            color = tokens.text if is_sorted else tokens.text3
            width = brush.texts.width("secondary", column.head)
            if column.is_right:
                brush.right(end, base, column.head, "secondary", color)
                mark = round(end - width) - metrics.TRIANGLE_SMALL_W - 3
            else:
                brush.left(begin, base, column.head, "secondary", color)
                mark = round(begin + width) + 3
            if is_sorted:
                up = not self.table.descending
                brush.triangle(mark, HEAD // 2, up, tokens.text2, metrics.TRIANGLE_SMALL_W)

    def _paint_row(self, brush: Brush, row: Any, y: int) -> None:
        tokens, width = self.tokens, self.viewport().width()
        is_selected = row.key == self.selected
        brush.fill(0, y, width, metrics.TABLE_ROW, tokens.selected if is_selected else tokens.panel)
        brush.hline(0, y + metrics.TABLE_ROW - 1, width, tokens.line)
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
        flash = self._flashes.get((row.key, column.key)) if column.flashes else None
        if flash is not None:
            tint = self.tokens.up_tint if flash[1] > 0 else self.tokens.down_tint
            brush.fill(self._lefts[i], y, self._widths[i], metrics.TABLE_ROW - 1, tint)
        text, (role, color) = column.text(row), self.cell_style(row, column)
        if column.is_right:
            brush.right(end, base, text, role, color)
        else:
            # The next column's own padding keeps the distance.
            room = self._lefts[i] + self._widths[i] - begin
            brush.left(begin, base, brush.texts.elided(role, text, room), role, color)

    def has_cells(self, _row: Any) -> bool:
        """Whether the columns speak of the row; False for heads of groups."""
        return True

    def cell_style(self, row: Any, column: Column[Any]) -> tuple[str, QColor]:
        """Type role and colour of a cell; the quiet role is the body in grey."""
        if column.role == "body_quiet":
            return "body", self.tokens.text2
        return column.role, self.tones[column.tone(row)]

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
        text = self.tooltip_of(self._visible[i]) if 0 <= i < len(self._visible) else ""
        QToolTip.showText(event.globalPos(), text, self.viewport())
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if point.y() < HEAD:
            if event.button() is Qt.MouseButton.LeftButton:
                self._sort_at(point.x())
            return
        key = self._key_at(point.y())
        if key is not None:
            self.select(key)
            self.chosen.emit(key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        key = self._key_at(event.position().toPoint().y())
        if key is not None:
            self.activated.emit(key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        key = self._key_at(self.viewport().mapFrom(self, event.pos()).y())
        if key is not None:
            self.select(key)
        self.menu_asked.emit(key, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_C and control:
            self.copy()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not control:
            self._move(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Delete and self.selected is not None:
            self.deleted.emit(self.selected)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected is not None:
            self.activated.emit(self.selected)
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the whole table into the clipboard as CSV."""
        QGuiApplication.clipboard().setText(self.table.csv())

    def _sort_at(self, x: int) -> None:
        for column, left, width in zip(self.table.columns, self._lefts, self._widths, strict=True):
            if left <= x < left + width:
                self.table.toggle_sort(column.key)
                self._visible = self._rows_in_view()
                self.viewport().update()

    def _move(self, step: int) -> None:
        count = len(self.table)
        if not count:
            return
        at = self.table.find(self.selected) if self.selected is not None else -1
        to = min(max(at + step, 0), count - 1) if at >= 0 else 0
        bar = self.verticalScrollBar()
        if not bar.value() <= to < bar.value() + self._capacity():
            bar.setValue(to if step < 0 else to - self._capacity() + 1)
        self.select(self.table.row(to).key)
        self.chosen.emit(self.selected)
