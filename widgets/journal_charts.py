"""The journal's pictures: the curve with its drawdown below, and the scatter of worst against best on the way."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from hts.desk.figures import money_text, signed_money
from hts.desk.trade_benchmark import Held
from hts.desk.trade_journal import RoundTrip
from hts.desk.trade_journal_state import JournalState
from themes import metrics
from widgets.painting import Brush, TextCache, faded
from widgets.panel import PanelContext

AXIS_W = 92
LABEL_H = 15
LEGEND_H = 16
SWATCH_W = 16  # of a line in the legend
DOT_ROOM = 5  # between the outermost dots and the ends of the axes
POINTS_MAX = 2_000  # more do not fit into the pixels


class EquityChart(QWidget):
    """The result so far after each fill, beside the benchmark; under it how far it lies below its peak."""

    def __init__(self, state: JournalState, context: PanelContext) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._cache = TextCache()
        self.setMinimumHeight(120)

    def tell(self) -> None:
        """Other figures."""
        held, words = self._state.held, self._state.hold_text
        if held is not None and held.values:
            words = f"{words} {signed_money(held.values[-1], self._state.shown_currency)}"
        self.setAccessibleDescription(words)
        self.setToolTip(words)  # the legend has not always room for all of it
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens, texts = self._context.tokens, self._context.texts
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        self._paint_title(brush)
        values = thinned([0, *(value for _, value in self._state.points)])
        if len(values) < 2:
            brush.left(metrics.EDGE_PAD, 40, texts("journal.no_trips"), "body", tokens.text2)
            return
        held = self._state.held
        beside = thinned([0, *held.values]) if held is not None and held.values else []
        top = 28 if held is None else 28 + LEGEND_H
        split = top - 2 + (self.height() - top - 6) * 2 // 3
        width = self.width() - AXIS_W - metrics.EDGE_PAD
        if held is not None:
            self._paint_legend(brush, held)
        self._paint_curve(painter, brush, QRect(metrics.EDGE_PAD, top, width, split - top - 8), values, beside)
        self._paint_falls(painter, brush, QRect(metrics.EDGE_PAD, split + 4, width, self.height() - split - 12), values)

    def _paint_legend(self, brush: Brush, held: Held) -> None:
        """Which line is which, and what the benchmark would have made; or why it has no line."""
        tokens, texts, base = self._context.tokens, self._context.texts, 28 + LEGEND_H // 2 - 1
        brush.fill(metrics.EDGE_PAD, base - 5, SWATCH_W, 2, tokens.text)
        begin = metrics.EDGE_PAD + SWATCH_W + 5
        x = round(brush.left(begin, base, texts("journal.own_line"), "secondary", tokens.text2)) + 16
        room, amount = self.width() - metrics.EDGE_PAD, ""
        if held.values:
            brush.dashes(x, base - 4, SWATCH_W, (4, 2), tokens.group2)
            x += SWATCH_W + 5
            amount = signed_money(held.values[-1], self._state.shown_currency)
            room -= round(self._cache.width("body_medium", amount)) + 8
        text = self._cache.elided("secondary", self._state.hold_text, max(room - x, 0))
        end = brush.left(x, base, text, "secondary", tokens.text2 if held.values else tokens.attention)
        brush.left(end + 8, base, amount, "body_medium", tokens.group2)

    def _paint_curve(
        self, painter: QPainter, brush: Brush, box: QRect, values: Sequence[int], beside: Sequence[int]
    ) -> None:
        tokens = self._context.tokens
        low, high = min(*values, *beside), max(*values, *beside)
        if low == high:
            high = low + 1

        def y(value: int) -> float:
            return box.bottom() - (value - low) * box.height() / (high - low)

        labels = [y(values[-1])]  # the last value's own label stands there
        for value in dict.fromkeys((0, low, high)):
            brush.hline(box.x(), round(y(value)), box.width(), tokens.line if value else tokens.line2)
            if all(abs(y(value) - other) > LABEL_H for other in labels):
                labels.append(y(value))
                brush.left(
                    box.right() + 8,
                    round(y(value)) + 4,
                    money_text(value, self._state.shown_currency),
                    "secondary",
                    tokens.text3,
                )
        step = box.width() / (len(values) - 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line, pen in ((beside, QPen(tokens.group2, 1.2, Qt.PenStyle.DashLine)), (values, QPen(tokens.text, 1.5))):
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([QPointF(box.x() + i * step, y(at)) for i, at in enumerate(line)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        last = values[-1]
        ink = tokens.up if last > 0 else tokens.down if last < 0 else tokens.text
        brush.fill(box.right() + 4, round(y(last)) - 8, AXIS_W - 4, 16, tokens.raised)
        brush.left(
            box.right() + 8, round(y(last)) + 4, signed_money(last, self._state.shown_currency), "body_medium", ink
        )

    def _paint_falls(self, painter: QPainter, brush: Brush, box: QRect, values: Sequence[int]) -> None:
        tokens = self._context.tokens
        falls, peak = [], 0
        for value in values:
            peak = max(peak, value)
            falls.append(peak - value)
        deepest = max(falls)
        brush.hline(box.x(), box.y(), box.width(), tokens.line2)
        if not deepest:
            return
        step = box.width() / (len(falls) - 1)
        points = [QPointF(box.x() + i * step, box.y() + fall * box.height() / deepest) for i, fall in enumerate(falls)]
        area = QPolygonF([QPointF(box.x(), box.y()), *points, QPointF(box.x() + box.width(), box.y())])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.down, 1))
        painter.setBrush(faded(tokens.down, 60))
        painter.drawPolygon(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        brush.left(
            box.right() + 8, box.bottom(), money_text(-deepest, self._state.shown_currency), "secondary", tokens.text3
        )

    def _paint_title(self, brush: Brush) -> None:
        """What the curve is; at the right, and first to have room, the deepest fall."""
        tokens, texts, end = self._context.tokens, self._context.texts, self.width() - metrics.EDGE_PAD
        if self._state.points:
            fall = money_text(-self._state.drawdown.amount, self._state.shown_currency)
            end = round(brush.right(end, 16, texts("journal.deepest", amount=fall), "secondary", tokens.text2)) - 12
        title = self._cache.elided("title", texts("journal.curve"), max(end - metrics.EDGE_PAD, 0))
        brush.left(metrics.EDGE_PAD, 16, title, "title", tokens.text)


class Excursions(QWidget):
    """Each closed trip as a dot: how far against it to the left, how far for it upwards. Losses are hollow."""

    def __init__(self, state: JournalState, context: PanelContext) -> None:
        super().__init__()
        self._state = state
        self._context = context
        self._cache = TextCache()
        self.chosen: object = None
        self.setMinimumSize(180, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens, texts = self._context.tokens, self._context.texts
        brush.fill(0, 0, self.width(), self.height(), tokens.panel)
        x = brush.left(metrics.EDGE_PAD, 16, texts("journal.excursions"), "title", tokens.text) + 8
        trips = [trip for trip in self._state.trips if trip.has_excursion and not trip.is_open][-POINTS_MAX:]
        legend = self._cache.elided("secondary", texts("journal.legend"), self.width() - x - 8)
        brush.left(x, 16, legend, "secondary", tokens.text2)
        box = QRect(14, 46, self.width() - 28, self.height() - 68)
        brush.hline(box.x(), box.bottom(), box.width(), tokens.line2)
        brush.vline(box.right(), box.y(), box.height(), tokens.line2)
        worst = max((-min(trip.mae, 0) for trip in trips), default=0)
        best = max((max(trip.mfe, 0) for trip in trips), default=0)
        self._paint_ends(brush, box, worst, best)
        if not trips:
            brush.left(box.x() + 8, box.y() + 20, texts("journal.no_bars"), "body", tokens.text2)
            return
        self._paint_dots(painter, box.adjusted(DOT_ROOM, DOT_ROOM, -DOT_ROOM, -DOT_ROOM), trips, worst, best)

    def _paint_ends(self, brush: Brush, box: QRect, worst: int, best: int) -> None:
        """What the axes say and how far they reach; a faint cross at half of either."""
        tokens, currency = self._context.tokens, self._state.shown_currency
        reach = [f" {signed_money(one, currency)}" if one else "" for one in (-worst, best)]
        brush.left(box.x(), self.height() - 6, f"MAE{reach[0]}", "cap", tokens.text3)
        brush.right(box.right(), box.y() - 6, f"MFE{reach[1]}", "cap", tokens.text3)
        if worst and best:
            brush.hline(box.x(), box.center().y(), box.width(), tokens.line)
            brush.vline(box.center().x(), box.y(), box.height(), tokens.line)
            brush.right(box.right(), self.height() - 6, "0", "cap", tokens.text3)

    def _paint_dots(self, painter: QPainter, box: QRect, trips: Sequence[RoundTrip], worst: int, best: int) -> None:
        tokens = self._context.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for trip in trips:
            x = box.right() - box.width() * -min(trip.mae, 0) / max(worst, 1)
            y = box.bottom() - box.height() * max(trip.mfe, 0) / max(best, 1)
            is_win = trip.net > 0
            color = tokens.up if is_win else tokens.down
            painter.setPen(QPen(color, 1.2))
            painter.setBrush(color if is_win else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, y), 2.6, 2.6)
            if trip.key == self.chosen:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(tokens.own, 1.5))
                painter.drawEllipse(QPointF(x, y), 6, 6)


def thinned(values: list[int]) -> list[int]:
    """At most POINTS_MAX of them, the first and the last among them."""
    if len(values) <= POINTS_MAX:
        return values
    step = len(values) / (POINTS_MAX - 1)
    return [*(values[int(i * step)] for i in range(POINTS_MAX - 1)), values[-1]]
