"""The window's second line: each venue's phase with its countdown, segments or trouble, link health, latency."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hts.desk.market_level import LevelRow, MarketLevels, level_text
from hts.desk.ratios import bp_text, sign
from hts.desk.status import Level, PhaseRow, Strip, strip
from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext

HEIGHT = metrics.STATUS_STRIP
BANNER_ROOM = 480  # a sentence of trouble needs about so much: the other venues give way to it


class StatusStrip(QWidget):
    """`refresh` compares what it would say with what it shows, so that it repaints about once per second."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFixedHeight(HEIGHT)
        self._context = context
        self._cache = TextCache()
        self._shown: Strip | None = None
        self._levels = MarketLevels()
        self._rows: tuple[LevelRow, ...] = ()
        self._is_quiet = False

    def refresh(self, *, link_is_up: bool, trade_ns: int) -> None:
        """Take the state of things at venue time `trade_ns`."""
        context = self._context
        wanted = strip(context.market, context.orders, context.texts, link_is_up=link_is_up, trade_ns=trade_ns)
        rows = self._levels.update(context.universe, trade_ns)
        if rows != self._rows:
            self._rows = rows
            self.setToolTip("\n".join(level_text(row, context.texts) for row in rows))
            self.update()
        is_quiet = context.settings.flag("notify.quiet")
        if (wanted, is_quiet) != (self._shown, self._is_quiet):
            self._shown, self._is_quiet = wanted, is_quiet
            said = wanted.banner or ", ".join(f"{row.venue} {row.phase}" for row in (wanted.phase, *wanted.others))
            self.setAccessibleName(f"{said}, {context.texts('strip.quiet')}" if is_quiet else said)
            self.update()

    @property
    def banner(self) -> str:
        """The trouble that is shown; empty for none."""
        return self._shown.banner if self._shown is not None else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens = self._context.tokens
        painter.fillRect(event.rect(), tokens.header)
        brush.hline(0, HEIGHT - 1, self.width(), tokens.line)
        if self._shown is None:
            return
        right = self._paint_right(brush, self._shown)
        left = self._paint_phase(brush, self._shown.phase, 12)
        room = right - (BANNER_ROOM if self._shown.banner else 0)
        for row in self._shown.others:
            if left + self._phase_width(row) > room:
                break
            left = self._paint_phase(brush, row, left)
        if not self._shown.banner:
            self._paint_levels(brush, left, right)
        else:
            ground = tokens.danger if self._shown.banner_level is Level.DOWN else tokens.warn_tint
            ink = tokens.on_fill if self._shown.banner_level is Level.DOWN else tokens.attention
            brush.fill(left, 2, right - left, HEIGHT - 5, ground)
            text = self._cache.elided("title", self._shown.banner, right - left - 24)
            brush.left(left + 12, metrics.baseline(0, HEIGHT - 1), text, "title", ink)

    def _paint_levels(self, brush: Brush, left: int, right: int) -> None:
        """What each segment comes to, as far as there is room."""
        tokens, texts, width = self._context.tokens, self._context.texts, self._cache.width
        base, middle = metrics.baseline(0, HEIGHT - 1), (HEIGHT - 1) // 2
        for row in self._rows:
            name = texts("strip.level", segment=texts(f"market.{row.segment}"), count=row.issues)
            figure, mark = f"{bp_text(row.bp)}%", metrics.TRIANGLE_SMALL_W
            if left + width("secondary", name) + width("title", figure) + 2 * mark + 34 > right:
                return
            there = tokens.of(row.currency)
            ink = {1: there.up, -1: there.down, 0: tokens.text}[sign(row.bp)]
            x = round(brush.left(left, base, name, "secondary", tokens.text2)) + 7
            if row.bp:
                brush.triangle(x, middle, row.bp > 0, ink, mark)
                x += mark + 4
            left = round(brush.left(x, base, figure, "title", ink)) + 18

    def _color(self, level: Level) -> QColor:
        tokens = self._context.tokens
        colors = {Level.HEALTHY: tokens.healthy, Level.ATTENTION: tokens.attention, Level.DOWN: tokens.danger}
        return colors[level]

    def _dot(self, brush: Brush, x: int, level: Level) -> int:
        size = metrics.HEALTH_DOT
        brush.fill(x, (HEIGHT - 1 - size) // 2, size, size, self._color(level))
        return x + size

    def _phase_width(self, phase: PhaseRow) -> float:
        """Room that a venue's phase takes."""
        width = self._cache.width
        words = 14 + width("title", phase.venue) + 8 + width("body", phase.phase) + 25
        if not phase.left:
            return words
        until = self._context.texts("strip.until", time=phase.until)
        return words + 10 + width("secondary", until) + 8 + width("title", phase.left)

    def _paint_phase(self, brush: Brush, phase: PhaseRow, begin: int) -> int:
        tokens, base = self._context.tokens, metrics.baseline(0, HEIGHT - 1)
        size = metrics.GROUP_SQUARE
        brush.fill(begin, (HEIGHT - 1 - size) // 2, size, size, self._color(phase.level))
        x = brush.left(begin + 14, base, phase.venue, "title", tokens.text)
        x = brush.left(x + 8, base, phase.phase, "body", tokens.text)
        if phase.left:
            until = self._context.texts("strip.until", time=phase.until)
            x = brush.left(x + 10, base, until, "secondary", tokens.text2)
            x = brush.left(x + 8, base, phase.left, "title", tokens.text)
        brush.vline(round(x) + 12, 6, HEIGHT - 13, tokens.line2)
        return round(x) + 25

    def _paint_right(self, brush: Brush, shown: Strip) -> int:
        """Latency and links, from the right edge; returns where they begin."""
        tokens, texts = self._context.tokens, self._context.texts
        base = metrics.baseline(0, HEIGHT - 1)
        x = brush.right(self.width() - 14, base, texts("strip.ms"), "secondary", tokens.text3) - 4
        for figure, name in ((shown.p99, "p99"), (shown.p50, "p50")):
            x = brush.right(x, base, figure or "—", "title", tokens.text) - 6
            x = brush.right(x, base, name, "secondary", tokens.text3) - 10
        x = brush.right(x, base, texts("strip.round_trip"), "secondary", tokens.text2) - 12
        brush.vline(round(x), 6, HEIGHT - 13, tokens.line2)
        x -= 12
        for link in reversed(shown.links):
            if link.figure:
                x = brush.right(x, base, link.figure, "body_medium", tokens.text) - 5
            x = brush.right(x, base, link.name, "secondary", tokens.text2) - 5
            self._dot(brush, round(x) - metrics.HEALTH_DOT, link.level)
            x = round(x) - metrics.HEALTH_DOT - 14
        if self._is_quiet:
            x = brush.right(x, base, texts("strip.quiet"), "tab", tokens.attention) - 14
        return round(x)
