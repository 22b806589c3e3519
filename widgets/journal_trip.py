"""The chosen trip: its minutes with entry and exit, its figures, and the picture that was kept with it."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QDialog, QLabel, QScrollArea, QVBoxLayout, QWidget

from hts.desk.figures import px_text
from hts.desk.ratios import sign
from hts.desk.trade_detail import DetailFact, bars_around, detail
from hts.desk.trade_journal_state import JournalState
from hts.desk.trade_journal_tables import TripRow
from hts.model.quotes import Bar
from themes import metrics
from widgets.painting import Brush, TextCache
from widgets.panel import PanelContext
from widgets.paragraph import lines_of

HEAD = 24
ROW_MIN, ROW_MAX = 14, 18
RULE_GAP = 5
FACTS_W = 176
AXIS_W = 62
PICTURE_H = 92
LABEL_H = 14  # two prices that lie closer have their labels moved apart
DIALOG = QSize(1_000, 640)


class TripDetail(QWidget):
    """`opened`: the picture was clicked."""

    opened = Signal()

    def __init__(self, state: JournalState, context: PanelContext) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._cache = TextCache()
        self._row: TripRow | None = None
        self._facts: tuple[DetailFact, ...] = ()
        self._bars: list[Bar] = []
        self._picture = QPixmap()
        self._picture_at = QRect()
        self.setMinimumWidth(300)
        self.setAccessibleName(context.texts("journal.detail"))

    def show_trip(self, row: TripRow | None, picture: QPixmap) -> None:
        """Another trip, or the same one with other figures."""
        context = self._context
        self._row, self._picture = row, picture
        self._facts, self._bars = (), []
        if row is not None:
            self._facts = detail(row, self._state.past, context.texts)
            view = context.market.bars.get((row.trip.symbol, 60))
            self._bars = bars_around(row.trip, view.bars if view is not None else (), context.market.trade_ns)
        words = ", ".join(f"{fact.label} {fact.value}" for fact in self._facts)
        self.setAccessibleDescription(words or context.texts("journal.no_choice"))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens, texts = self._context.tokens, self._context.texts
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        x = brush.left(metrics.EDGE_PAD, 16, texts("journal.detail"), "title", tokens.text) + 8
        self._picture_at = QRect()
        if self._row is None:
            text = brush.texts.elided("body", texts("journal.no_choice"), self.width() - 2 * metrics.EDGE_PAD)
            brush.left(metrics.EDGE_PAD, 40, text, "body", tokens.text2)
            return
        name = brush.texts.elided("secondary", self._row.name, self.width() - x - metrics.EDGE_PAD)
        brush.left(x, 16, name, "secondary", tokens.text2)
        facts = QRect(self.width() - FACTS_W, HEAD, FACTS_W, self.height() - HEAD)
        self._paint_facts(brush, facts)
        left = QRect(0, HEAD, facts.x(), self.height() - HEAD)
        if not self._picture.isNull():
            self._paint_picture(painter, left)
            left = left.adjusted(0, 0, 0, -PICTURE_H)
        self._paint_chart(brush, left.adjusted(metrics.EDGE_PAD, 4, -AXIS_W, -6))

    def _paint_facts(self, brush: Brush, box: QRect) -> None:
        tokens = self._context.tokens
        brush.vline(box.x(), box.y(), box.height(), tokens.line)
        tones = {1: tokens.up, -1: tokens.down, 0: tokens.text}
        y, gaps = box.y(), sum(fact.is_rule for fact in self._facts) * RULE_GAP
        height = min(max((box.height() - gaps - 2) // max(len(self._facts), 1), ROW_MIN), ROW_MAX)
        for fact in self._facts:
            if fact.is_rule:
                brush.hline(box.x(), y + 2, box.width(), tokens.line)
                y += RULE_GAP
            if y + height > box.bottom():
                return
            base = metrics.baseline(y, height)
            begin = brush.right(box.right() - metrics.EDGE_PAD, base, fact.value, "body_medium", tones[fact.tone])
            label = brush.texts.elided("secondary", fact.label, begin - box.x() - 14)
            brush.left(box.x() + metrics.EDGE_PAD, base, label, "secondary", tokens.text2)
            y += height

    def _paint_picture(self, painter: QPainter, box: QRect) -> None:
        room = QSize(box.width() - 2 * metrics.EDGE_PAD, PICTURE_H - 8)
        smooth = Qt.TransformationMode.SmoothTransformation
        small = self._picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, smooth)
        self._picture_at = QRect(metrics.EDGE_PAD, box.bottom() - small.height() - 3, small.width(), small.height())
        painter.drawPixmap(self._picture_at.topLeft(), small)

    def _paint_chart(self, brush: Brush, box: QRect) -> None:
        """Candles of a minute, the entry's and the exit's price, and when they were."""
        assert self._row is not None
        tokens, texts, trip = self._context.tokens.of(self._row.currency), self._context.texts, self._row.trip
        if not self._bars or box.height() < 40:
            for number, line in enumerate(
                lines_of(brush.texts, "secondary", texts("journal.no_bars"), box.width() + AXIS_W - 8)
            ):
                brush.left(box.x(), box.y() + 16 + number * LABEL_H, line, "secondary", tokens.text2)
            return
        marks = [trip.entry_px, *([trip.exit_px] if trip.exit_qty else [])]
        seen = [*marks, *([trip.stop_px] if trip.risk else [])]
        low, high = min(*seen, *(bar.low_px for bar in self._bars)), max(*seen, *(bar.high_px for bar in self._bars))
        span = max(high - low, 1)

        def y(px: int) -> int:
            return box.bottom() - round((px - low) * box.height() / span)

        step = box.width() / len(self._bars)
        body = max(min(int(step) - 1, 7), 1)
        for number, bar in enumerate(self._bars):
            x = box.x() + int(number * step)
            ink = {1: tokens.up, -1: tokens.down, 0: tokens.text2}[sign(bar.close_px - bar.open_px)]
            brush.fill(x + body // 2, y(bar.high_px), 1, max(y(bar.low_px) - y(bar.high_px), 1), ink)
            top = y(max(bar.open_px, bar.close_px))
            brush.fill(x, top, body, max(y(min(bar.open_px, bar.close_px)) - top, 1), ink)
            if bar.start_ns <= trip.open_ns < bar.start_ns + 60_000_000_000:
                brush.triangle(x, min(y(bar.low_px) + 6, box.bottom() + 3), True, tokens.own)
            if trip.close_ns and bar.start_ns <= trip.close_ns < bar.start_ns + 60_000_000_000:
                brush.triangle(x, max(y(bar.high_px) - 6, box.y()), False, tokens.own)
        for px, place in spread([(px, y(px)) for px in seen], LABEL_H, box.bottom()):
            ink = tokens.own if px in marks else tokens.attention
            brush.dashes(box.x(), y(px), box.width(), (3, 3), ink)
            brush.left(box.right() + 6, place + 4, px_text(px, self._row.px_decimals), "secondary", ink)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._picture_at.contains(event.position().toPoint()):
            self.opened.emit()
        super().mousePressEvent(event)


def spread(marks: Sequence[tuple[int, int]], apart: int, bottom: int) -> list[tuple[int, int]]:
    """Labels (price, place) from top to bottom, each clear of the one above, the last one no lower than `bottom`.

    What that moved the last one by, is shared out.
    """
    placed: list[tuple[int, int]] = []
    for px, y in sorted(set(marks), key=lambda one: one[1]):
        placed.append((px, max(y, placed[-1][1] + apart) if placed else y))
    wanted = dict(marks)
    moved = max((place - wanted[px] for px, place in placed), default=0)
    up = max(moved // 2, placed[-1][1] - bottom) if placed else 0
    return [(px, place - up) for px, place in placed]


class PictureDialog(QDialog):
    """A kept picture as large as it is; Esc closes it."""

    def __init__(self, picture: QPixmap, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        label = QLabel()
        label.setPixmap(picture)
        label.setAccessibleName(title)
        area = QScrollArea()
        area.setWidget(label)
        area.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        self.resize(DIALOG.boundedTo(picture.size() + QSize(24, 24)))
