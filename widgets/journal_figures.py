"""The journal's figures in a strip, and its groups with a bar each."""

from typing import Any

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hts.desk.tables import Column
from hts.desk.trade_journal_figures import GroupRow
from hts.desk.trade_journal_report import figure_lines
from hts.desk.trade_journal_state import JournalState
from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext
from widgets.tables_view import TableView

STRIP_H = 44


class FigureStrip(QWidget):
    """The figures in equal cells."""

    def __init__(self, state: JournalState, context: PanelContext) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._cache = TextCache()
        self._lines: list[tuple[str, str]] = []
        self.setFixedHeight(STRIP_H)
        self.setToolTip(context.texts("journal.sharpe_how"))

    def tell(self, saved: int | None) -> None:
        """New figures; `saved` by routing."""
        state = self._state
        texts, currency, days = self._context.texts, state.shown_currency, state.shown_days
        lines = figure_lines(state.figures, state.drawdown.amount, texts, saved, currency=currency, days=days)
        self._lines = lines
        self.setAccessibleName(", ".join(f"{label} {value}" for label, value in lines))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens = self._context.tokens
        brush.fill(0, 0, self.width(), STRIP_H, tokens.header)
        brush.hline(0, STRIP_H - 1, self.width(), tokens.line)
        lines = self._lines
        count = min(len(lines), max(self.width() // 84, 1))
        for number, (label, value) in enumerate(lines[:count]):
            x = self.width() * number // count + metrics.EDGE_PAD
            room = self.width() // count - 2 * metrics.EDGE_PAD
            ink = tokens.up if value.startswith("+") else tokens.down if value.startswith("−") else tokens.text
            brush.left(x, 16, brush.texts.elided("secondary", label, room), "secondary", tokens.text3)
            brush.left(x, 35, brush.texts.elided("price_strong", value, room), "price_strong", ink)


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
