"""Latency by hop and venue, and the health of the lines. R counts anew from now; the menus export."""

from typing import Any

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hts.base.histogram import place_of
from hts.desk.figures import clock_text
from hts.desk.frame import Frame
from hts.desk.latency import HIGH_NS, LOW_NS, PERCENTILES, HealthRow, LatencyRow, LatencyState, is_silent
from hts.desk.order_xray import took_text
from hts.desk.tables import Column
from hts.model.queries import RequestLatency
from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import Panel, PanelContext
from widgets.tables_menu import TableMenu, stored_of, take_stored_of
from widgets.tables_view import TableView

ASK_MS = 1_000
CHART_H = 132
HEALTH_ROWS = 2, 7
RESET = "R"
AXIS = ("1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s")


class HopsView(TableView):
    """A distribution in each row with a mark at the budget; what is over it in orange."""

    def paint_cell(self, brush: Brush, row: LatencyRow, at: tuple[int, Column[Any]], y: int, base: int) -> None:
        if at[1].key != "bars":
            super().paint_cell(brush, row, at, y, base)
            return
        begin, end = self.cell_edges(at[0])
        paint_bars(brush, QRect(begin, y + 3, end - begin, metrics.TABLE_ROW - 7), row.bars, row.mark, self.tokens)

    def cell_style(self, row: LatencyRow, column: Column[Any]) -> tuple[str, QColor]:
        role, color = super().cell_style(row, column)
        late = {"p50": row.p50, "p99": row.p99, "p999": row.p999, "largest": row.largest}
        return role, self.tokens.attention if late.get(column.key, 0) > row.budget else color


class HealthView(TableView):
    """A silent feed, gaps and breaks in orange."""

    def cell_style(self, row: HealthRow, column: Column[Any]) -> tuple[str, QColor]:
        role, color = super().cell_style(row, column)
        health = row.health
        bad = {
            "silent": is_silent(health),
            "gaps": bool(health.gaps),
            "overflows": bool(health.overflows),
            "session_downs": bool(health.session_downs),
            "misfits": bool(health.misfits),
        }
        return role, self.tokens.attention if bad.get(column.key, False) else color


def paint_bars(brush: Brush, box: QRect, bars: tuple[int, ...], mark: int, tokens: Any) -> None:
    """Counts as grey bars; those beyond the mark orange; a line at the mark."""
    most = max(bars, default=0)
    for i, count in enumerate(bars):
        left = box.x() + box.width() * i // len(bars)
        width = max(box.x() + box.width() * (i + 1) // len(bars) - left - 1, 1)
        if count:
            height = max(box.height() * count // most, 1)
            color = tokens.attention if i > mark else tokens.text3
            brush.fill(left, box.bottom() + 1 - height, width, height, color)
    x = box.x() + box.width() * (mark + 1) // len(bars)
    brush.vline(x, box.y() - 1, box.height() + 2, tokens.own)


class HopChart(QWidget):
    """One hop's histogram on a logarithmic axis with its percentiles."""

    BARS = 96

    def __init__(self, state: LatencyState, context: PanelContext) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._cache = TextCache()
        self.row: LatencyRow | None = None
        self.setFixedHeight(CHART_H)
        self.setAccessibleName(context.texts("latency.distribution"))

    def show_row(self, row: LatencyRow | None) -> None:
        """The hop to show."""
        if row != self.row:
            self.row = row
            if row is not None:
                figures = f"p50 {took_text(row.p50)}, p99 {took_text(row.p99)}"
                self.setAccessibleDescription(f"{row.name} {row.venue}: {figures}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        brush = Brush(QPainter(self), self._cache)
        tokens = self._context.tokens
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        row = self.row
        if row is None:
            text = self._context.texts("latency.nothing")
            brush.left(metrics.EDGE_PAD, 24, text, "body", tokens.text2)
            return
        title = f"{row.name} {row.venue}".strip()
        x = brush.left(metrics.EDGE_PAD, 16, title, "title", tokens.text) + 10
        brush.left(x, 16, f"n = {row.total:,}", "secondary", tokens.text2)
        found = self._state.of(row.key)
        box = QRect(metrics.EDGE_PAD, 40, self.width() - 2 * metrics.EDGE_PAD, CHART_H - 60)
        bars = found.shares(LOW_NS, HIGH_NS, self.BARS)
        paint_bars(brush, box, bars, bar_of(row.budget, self.BARS), tokens)
        brush.hline(box.x(), box.bottom() + 1, box.width(), tokens.line2)
        decades = len(AXIS) - 1
        for i, label in enumerate(AXIS):
            at = box.x() + box.width() * i // decades
            if i == decades:
                brush.right(at, self.height() - 5, label, "cap", tokens.text3)
            elif i == 0:
                brush.left(at, self.height() - 5, label, "cap", tokens.text3)
            else:
                brush.center(at, self.height() - 5, label, "cap", tokens.text3)
        self._paint_percentiles(brush, box, row)

    def _paint_percentiles(self, brush: Brush, box: QRect, row: LatencyRow) -> None:
        """Lines at the percentiles; labels step aside from one another."""
        tokens = self._context.tokens
        free = float(box.x())
        for per_mille, value in zip(PERCENTILES, (row.p50, row.p99, row.p999), strict=True):
            x = box.x() + box.width() * (bar_of(value, self.BARS) + 1) // self.BARS
            brush.vline(x, box.y() - 6, box.height() + 6, tokens.text2)
            label = f"p{per_mille / 10:g} {took_text(value)}"
            width = brush.texts.width("secondary", label)
            begin = min(max(x - width / 2, free), box.right() - width)
            brush.left(begin, box.y() - 9, label, "secondary", tokens.attention if value > row.budget else tokens.text)
            free = begin + width + 10


def bar_of(value: int, bars: int) -> int:
    """Which bar of the axis a duration stands in."""
    return place_of(value, LOW_NS, HIGH_NS, bars)


class LatencyPanel(Panel):
    """지연."""

    title_key = "latency.title"

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        texts = context.texts
        self.state = LatencyState(texts)
        self.chart = HopChart(self.state, context)
        self.hops = HopsView(self.state.hops, context.tokens, footer=0)
        self.hops.setAccessibleName(texts("latency.title"))
        self.hops.row_keys = frozenset({RESET})
        self.health = HealthView(self.state.health, context.tokens)
        self.health.setAccessibleName(texts("latency.health"))
        self.health.paint_footer = self._paint_clock  # type: ignore[method-assign]
        self._fit_health()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for widget, stretch in ((self.chart, 0), (self.hops, 1), (self.health, 0)):
            box.addWidget(widget, stretch)
        self.setFocusProxy(self.hops)
        self.hops.chosen.connect(lambda _key: self._show_chosen())
        self.hops.key_pressed.connect(lambda _letter, _key: self.reset())
        anew, caps = [("latency.menu_reset", self.reset)], {"latency.menu_reset": RESET}
        self.menus = {
            name: TableMenu(self, view, lambda _key: anew, caps, title_key=title_key).attach()
            for name, view, title_key in (
                ("hops", self.hops, "latency.title"),
                ("health", self.health, "latency.health"),
            )
        }
        self._timer = QTimer(self)
        self._timer.setInterval(ASK_MS)
        self._timer.timeout.connect(self._ask)
        self._timer.start()

    def _fit_health(self) -> None:
        """As many rows as there are venues, up to all that we know: the hops have the rest."""
        rows = min(max(len(self.state.health), HEALTH_ROWS[0]), HEALTH_ROWS[1])
        height = metrics.TABLE_HEAD + rows * metrics.TABLE_ROW + metrics.TABLE_FOOTER
        if height != self.health.height():
            self.health.setFixedHeight(height)

    @property
    def subtitle(self) -> str:
        late = sum(row.is_over for row in map(self.state.hops.row, range(len(self.state.hops))))
        return self.context.texts("latency.late", count=late)

    def concerns(self, frame: Frame) -> bool:
        return frame.answers

    def stored(self) -> dict[str, Any]:
        return stored_of(self.menus)

    def take_stored(self, stored: dict[str, Any]) -> None:
        take_stored_of(self.menus, stored)

    def _ask(self) -> None:
        if self.isVisible():
            self.context.query(RequestLatency())
            self.mark_dirty()

    def reset(self) -> None:
        """Count from now on."""
        self.state.reset()
        self.mark_dirty()
        self.context.say(self.context.texts("latency.was_reset"))

    def _show_chosen(self) -> None:
        table = self.state.hops
        at = table.find(self.hops.selected) if self.hops.selected is not None else -1
        self.chart.show_row(table.row(max(at, 0)) if len(table) else None)

    def refresh(self, now_ns: int) -> None:
        answers = self.context.answers
        if answers.latency is None:
            self.context.query(RequestLatency())
        self.state.update(answers.latency, answers.stamps)
        self._fit_health()
        self._show_chosen()
        self.hops.show_rows(now_ns)
        self.health.show_rows(now_ns, answers.latency)

    def _paint_clock(self, brush: Brush, footer: Any, base: int) -> None:
        """The venue's clock, how many terminals are attached, since when is counted."""
        texts, tokens = self.context.texts, self.context.tokens
        status = self.context.orders.status
        speed = status.speed_milli if status is not None else 1000
        text = texts(
            "latency.clock",
            time=clock_text(footer.trade_ns, with_ms=True),
            speed=f"{speed / 1000:g}",
            count=footer.clients,
        )
        brush.left(metrics.EDGE_PAD, base, text, "secondary", tokens.text2)
