"""The watchlist panel: the table engine with group heads, the day's course and a column of triangles."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hts.desk.frame import Frame
from hts.desk.ratios import bp_text, sign
from hts.desk.tables import Column
from hts.desk.watchlist import DAY_MINUTES, OWN, GroupRow, IssueRow, WatchlistTable
from hts.desk.watchlist_groups import FILE
from hts.model.queries import RequestBars
from themes import metrics
from widgets.heat import heat, heat_ink
from widgets.painting import Brush
from widgets.panel import Panel, PanelContext
from widgets.tables_menu import TableMenu
from widgets.tables_view import TableView
from widgets.watchlist_course import Courses
from widgets.watchlist_edit import WatchEdit, load_groups

ASK_MS = 60  # between two questions for history: the first seconds belong to the book and the chart
ASK_FIRST_MS = 2_000


class WatchlistView(TableView):
    """Paints group heads over the whole width and courses as lines. moved(key, step): Ctrl and an arrow."""

    moved = Signal(object, int)

    def __init__(self, table: WatchlistTable, context: PanelContext) -> None:
        super().__init__(table, context.tokens, footer=0)
        self._table = table
        self._texts = context.texts
        self._courses = Courses(context.tokens)

    def has_cells(self, row: Any) -> bool:
        return isinstance(row, IssueRow)

    def paint_row(self, brush: Brush, row: Any, y: int, base: int) -> None:
        if isinstance(row, GroupRow):
            self._paint_group(brush, row, y, base)
        else:
            super().paint_row(brush, row, y, base)

    def paint_cell(self, brush: Brush, row: IssueRow, at: tuple[int, Column[Any]], y: int, base: int) -> None:
        i, column = at
        if column.key == "course":
            at_x, tone = self.cell_edges(i)[0], self.row_tones.of(row)[sign(row.change)]
            self._courses.paint(brush, row, (at_x, y + 4), tone)
            return
        if column.key == "percent" and self._table.own.heat:
            self._paint_heat(brush, row, self.cell_edges(i), y, base)
            return
        super().paint_cell(brush, row, at, y, base)
        if column.key == "change" and row.change:
            x = self.cell_edges(i)[0]
            tone = self.row_tones.of(row)[sign(row.change)]
            brush.change(x, y + metrics.TABLE_ROW // 2, row.change, tone, is_limit=row.is_limit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in steps and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.selected is not None:
            self.moved.emit(self.selected, steps[key])
        else:
            super().keyPressEvent(event)

    def _paint_group(self, brush: Brush, row: GroupRow, y: int, base: int) -> None:
        tokens, width = self.tokens, self.viewport().width()
        brush.fill(0, y, width, metrics.TABLE_ROW - 1, tokens.header)
        if row.key == self.selected:
            brush.fill(0, y, metrics.SELECTED_BAR, metrics.TABLE_ROW - 1, tokens.own)
        ink = tokens.text if row.group.startswith(OWN) else tokens.text2
        x = brush.left(metrics.EDGE_PAD, base, row.name, "tab", ink) + 6
        x = brush.left(x, base, str(row.count), "secondary", tokens.text3)
        if row.is_folded:
            brush.left(x + 6, base, "…", "secondary", tokens.text3)
        there = self.tokens.of(row.currency)
        tone = self.row_tones.of(row)[sign(row.average_bp)]
        average = self._texts("watchlist.average", bp=bp_text(row.average_bp))
        x = brush.right(width - metrics.EDGE_PAD, base, average, "secondary", tone) - 14
        small = metrics.TRIANGLE_SMALL_W
        for count, is_up, color in ((row.down, False, there.down), (row.up, True, there.up)):
            x = brush.right(x, base, str(count), "secondary", color) - small - 4
            brush.triangle(round(x), y + metrics.TABLE_ROW // 2, is_up, color, small)
            x -= 12

    def _paint_heat(self, brush: Brush, row: IssueRow, edges: tuple[int, int], y: int, base: int) -> None:
        """The percentage on a ground in the colour of its change, as in the market map."""
        begin, end = edges
        brush.fill(begin, y + 1, end - begin + 4, metrics.TABLE_ROW - 3, heat(self.tokens.of(row.currency), row.bp))
        brush.right(end, base, bp_text(row.bp), "body_medium", heat_ink(self.tokens.of(row.currency), row.bp))


class WatchlistPanel(Panel):
    """관심종목: a click chooses the issue everywhere; own groups are edited in the line above and by menu and keys."""

    title_key = "watchlist.title"
    is_calm = True

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        self.own = context.once(FILE, lambda: load_groups(context.files))
        self._table = WatchlistTable(context.texts, self.own, context.hours)
        self._version = self.own.version
        self.view = WatchlistView(self._table, context)
        self.view.parts.is_whole = False
        self.view.setParent(self)  # before the fields in the tab order: a window that opens lets keys trade
        self.view.setAccessibleName(context.texts(self.title_key))
        self.menu = TableMenu(self, self.view)
        self.edit = WatchEdit(context, self.own, self.view, self.menu.whole)
        self.setFocusProxy(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.edit)
        column.addWidget(self.view, 1)
        self.view.chosen.connect(self._choose)
        self.edit.changed.connect(self.mark_dirty)
        self._changed: set[str] = set()
        self._is_new = self._follows = True  # follows: another panel chose, so a head loses its mark
        self._table.on_trades(context.market.trades.values())
        self._asked: set[str] = set()
        self._asking = QTimer(self)
        self._asking.setInterval(ASK_FIRST_MS)
        self._asking.timeout.connect(self.ask_next)
        self._asking.start()

    @property
    def subtitle(self) -> str:
        return self.context.texts("watchlist.count", count=self._table.count)

    def concerns(self, frame: Frame) -> bool:
        market = frame.market
        is_other = self.own.version != self._version  # perhaps by another watchlist
        told = market.trades or market.instruments or market.bars or frame.orders.positions or frame.selection
        return bool(told) or is_other

    def on_frame(self, frame: Frame) -> None:
        """Every trade counts for the courses, also while the panel is hidden."""
        for trades in frame.market.trades.values():
            self._table.on_trades(trades)
        self._changed |= frame.market.trades.keys()
        self._changed |= {symbol for symbol, _ in frame.market.bars}
        self._follows = self._follows or frame.selection
        self._is_new = self._is_new or frame.market.instruments
        super().on_frame(frame)

    def ask_next(self) -> None:
        """Ask for the day of one more issue; ends when every issue was asked for."""
        waiting = [symbol for symbol in self._table.unseeded(self.context.market) if symbol not in self._asked]
        if waiting:
            self._asking.setInterval(ASK_MS)
            self._asked.add(waiting[0])
            venue = self.context.market.home_of(waiting[0])
            self.context.query(RequestBars(symbol=waiting[0], timeframe_s=60, count=DAY_MINUTES, venue=venue))
        elif self._asked:
            self._asking.stop()

    def refresh(self, now_ns: int) -> None:
        changed, self._changed = self._changed, set()
        if self.own.version != self._version:
            self._version = self.own.version
            self.view.viewport().update()
        self._table.seed(self.context.market)
        self._table.update(self.context.market, self.context.orders, None if self._is_new else changed)
        self._is_new = False
        selected = self.view.selected
        is_head = isinstance(selected, str) and self._table.find(selected) >= 0 and not self._follows
        if not is_head and (not isinstance(selected, tuple) or selected[1] != self.symbol):
            self.view.select(self._key_of(self.symbol))
        self._follows = False
        if self.view.show_rows(now_ns):
            self.mark_dirty()

    def step_issue(self, by: int) -> None:
        """Choose the next issue, or the one before: heads are stepped over, and the ends are ends."""
        table, selected = self._table, self.view.selected
        at = table.find(selected) if selected is not None else -1
        places = range(at + 1, len(table)) if by > 0 else range(at - 1, -1, -1)
        to = next((place for place in places if isinstance(table.row(place), IssueRow)), -1)
        if to >= 0:
            self.view.select(selected if at >= 0 else table.row(0).key)
            self.view.move_selection(to - max(at, 0))

    def stored(self) -> dict[str, Any]:
        return self.menu.stored()

    def take_stored(self, stored: dict[str, Any]) -> None:
        self.menu.take_stored(stored)

    def show_more(self) -> bool:
        return self.view.parts.update()

    def _key_of(self, symbol: str) -> tuple[str, str] | None:
        """The first row of an issue."""
        return next((row.key for row in self._table.exported() if row.symbol == symbol), None)

    def _choose(self, key: object) -> None:
        if isinstance(key, tuple):
            self.context.selection.choose(key[1], self.group)
