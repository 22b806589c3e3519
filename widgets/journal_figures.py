"""The journal's figures in a strip, and its groups with a bar each."""

from typing import Any

from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from hts.desk.tables import Column
from hts.desk.trade_journal_figures import GroupRow
from hts.desk.trade_journal_report import figure_lines
from hts.desk.trade_journal_state import JournalState
from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext
from widgets.tables_view import TableView

STRIP_H = 44  # a row of figures
CELL_MIN_W, ROWS_MAX = 84, 2


class FigureStrip(QWidget):
    """The figures in a row of cells, in a second one where one has no room for all; the last ones give way."""

    def __init__(self, state: JournalState, context: PanelContext) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._cache = TextCache()
        self._lines: list[tuple[str, str]] = []
        self.setFixedHeight(STRIP_H)
        self.setToolTip(f"{context.texts('journal.r_how')}\n{context.texts('journal.sharpe_how')}")

    def tell(self, saved: int | None) -> None:
        """New figures; `saved` by routing."""
        state = self._state
        texts, currency, days = self._context.texts, state.shown_currency, state.shown_days
        lines = figure_lines(state.figures, state.drawdown.amount, texts, saved, currency=currency, days=days)
        self._lines = lines
        self.setAccessibleName(", ".join(f"{label} {value}" for label, value in lines))
        self._fit()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens = self._context.tokens
        brush.fill(0, 0, self.width(), self.height(), tokens.header)
        count = self._per_row()
        for number, (label, value) in enumerate(self._lines[: count * ROWS_MAX]):
            row, place = divmod(number, count)
            begin, end = self._edges(row * count, place)
            x, y, room = begin + metrics.EDGE_PAD, row * STRIP_H, end - begin - 2 * metrics.EDGE_PAD
            ink = tokens.up if value.startswith("+") else tokens.down if value.startswith("−") else tokens.text
            brush.left(x, y + 16, brush.texts.elided("secondary", label, room), "secondary", tokens.text3)
            brush.left(x, y + 35, brush.texts.elided("price_strong", value, room), "price_strong", ink)
        for row in range(1, self.height() // STRIP_H + 1):
            brush.hline(0, row * STRIP_H - 1, self.width(), tokens.line)

    def _edges(self, first: int, place: int) -> tuple[int, int]:
        """Of a cell of the row that begins with figure `first`: what is longer has more room, where there is any."""
        cells = self._lines[first : first + self._per_row()]
        needs = [
            max(self._cache.width("secondary", label), self._cache.width("price_strong", value)) + 2 * metrics.EDGE_PAD
            for label, value in cells
        ]
        free = self.width() - sum(needs)
        if free < 0 or len(cells) < self._per_row():
            return self.width() * place // self._per_row(), self.width() * (place + 1) // self._per_row()
        each = free / len(cells)
        begin = sum(needs[:place]) + each * place
        return round(begin), round(begin + needs[place] + each)

    def _per_row(self) -> int:
        """As many cells as the fewest rows need, all of them equally wide."""
        fit = max(self.width() // CELL_MIN_W, 1)
        rows = -(-len(self._lines) // fit) or 1
        return -(-len(self._lines) // rows) if rows <= ROWS_MAX and self._lines else fit

    def _fit(self) -> None:
        height = STRIP_H * (min(-(-len(self._lines) // self._per_row()), ROWS_MAX) or 1)
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class GroupsView(TableView):
    """A signed bar whose zero stands where the data puts it."""

    def paint_cell(self, brush: Brush, row: GroupRow, at: tuple[int, Column[Any]], y: int, base: int) -> None:
        if at[1].key != "bar":
            super().paint_cell(brush, row, at, y, base)
            return
        begin, end = self.cell_edges(at[0])
        nets = [one.figures.net for one in self.table.exported()]
        low, high = min(0, *nets, 0), max(0, *nets, 1)
        zero = begin + (end - begin) * -low // (high - low)
        x = begin + (end - begin) * (row.figures.net - low) // (high - low)
        color = self.tones[1 if row.figures.net > 0 else -1]
        brush.fill(min(zero, x), y + 5, max(abs(x - zero), 1), metrics.TABLE_ROW - 11, color)
        brush.vline(zero, y + 2, metrics.TABLE_ROW - 5, self.tokens.line2)
