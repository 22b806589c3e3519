"""The drawings on a chart: painted over the bars, found under the pointer."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from hts.desk.chart_frames import DAY_S
from hts.desk.chart_plane import Plane
from hts.desk.chart_scale import percent_text, value_text
from hts.desk.drawings import Drawing, Kind
from hts.desk.drawings_shape import LABEL_HEIGHT, Hit, Measure, Shape, hit_of, shape_of
from hts.desk.figures import px_text, signed_text
from themes import metrics
from widgets.painting import Brush, faded

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

BOX_ALPHA = 30
LABEL_GROUND = 190  # of 255
HANDLE = 7
ROLE = "secondary"


class DrawingLayer:
    """Everything that the trader drew, in the moving pass: a gesture moves any of it."""

    is_at_end = False

    def __init__(self, canvas: "ChartCanvas") -> None:
        self._canvas = canvas

    def draw(self, _painter: QPainter, _plane: Plane) -> None:
        """Nothing of it is still."""

    def draw_moving(self, painter: QPainter, plane: Plane) -> None:
        """All drawings; the selected one with its handles."""
        pen, tokens = self._canvas.pen, self._canvas.tokens
        if self._canvas.settings.hides_drawings:
            return
        for drawing in pen.shown():
            shape = self.shape(drawing, plane)
            chosen = drawing.drawing_id in (pen.board.selected, 0)
            self._draw_shape(painter, shape, self._color(drawing), is_chosen=chosen)
            if chosen:
                for x, y in shape.handles:
                    box = (round(x) - HANDLE // 2, round(y) - HANDLE // 2, HANDLE, HANDLE)
                    painter.fillRect(*box, tokens.panel)
                    Brush(painter, self._canvas.cache).frame(*box, tokens.text)

    def shape(self, drawing: Drawing, plane: Plane) -> Shape:
        """How a drawing looks now."""
        return shape_of(drawing, self._canvas.series, plane, self._price, self._measure)

    def hit(self, x: float, y: float) -> Hit | None:
        """The topmost drawing at a point; the selected one first. None that are hidden, or may not be moved."""
        settings = self._canvas.settings
        if settings.hides_drawings or settings.locks_drawings:
            return None
        plane, board = self._canvas.price_plane, self._canvas.board
        ordered = sorted(board.drawings, key=lambda d: (d.drawing_id == board.selected, d.drawing_id), reverse=True)
        for drawing in ordered:
            found = hit_of(self.shape(drawing, plane), drawing.drawing_id, (x, y), self._width)
            if found is not None:
                return found
        return None

    def _width(self, text: str) -> float:
        return self._canvas.cache.width(ROLE, text)

    def _color(self, drawing: Drawing) -> QColor:
        tokens = self._canvas.tokens
        if drawing.kind is Kind.MEASURE:
            return tokens.up if drawing.anchors[-1].px >= drawing.anchors[0].px else tokens.down
        own = "group2" if drawing.kind is Kind.FIBONACCI else "group1"
        color: QColor = getattr(tokens, drawing.color or own)
        return color

    def _draw_shape(self, painter: QPainter, shape: Shape, color: QColor, *, is_chosen: bool) -> None:
        tint = QColor(color)
        tint.setAlpha(BOX_ALPHA)
        for box in shape.boxes:
            painter.fillRect(QRectF(*box), tint)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for x1, y1, x2, y2, strength in shape.lines:
            ink = QColor(color)
            ink.setAlphaF(strength)
            if x1 == x2 or y1 == y2:  # on whole pixels, or it would be two grey ones
                x1, y1, x2, y2 = (int(v) + 0.5 for v in (x1, y1, x2, y2))  # noqa: PLW2901
            painter.setPen(QPen(ink, 2.0 if is_chosen else 1.2))
            painter.drawLine(QLineF(x1, y1, x2, y2))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        brush = Brush(painter, self._canvas.cache)
        tokens = self._canvas.tokens
        for label in shape.labels:
            base = metrics.baseline(int(label.y), int(LABEL_HEIGHT))
            if label.is_box:
                width = round(self._width(label.text)) + 10
                ground = tokens.up_fill if color is tokens.up else tokens.down_fill
                brush.tag(int(label.x - width / 2), int(label.y), 18, label.text, ROLE, tokens.on_fill, ground)
                continue
            width = round(self._width(label.text)) + 4
            begin = round(label.x - width + 2 if label.ends else label.x - 2)
            brush.fill(begin, base - 10, width, 13, faded(tokens.panel, LABEL_GROUND))  # read over candles and lines
            if label.ends:
                brush.right(label.x, base, label.text, ROLE, color)
            else:
                brush.left(label.x, base, label.text, ROLE, color)

    def _price(self, px: float) -> str:
        return px_text(round(px), self._canvas.decimals)

    def _measure(self, measure: Measure) -> str:
        canvas = self._canvas
        change = signed_text(round(measure.change), canvas.decimals)
        seconds = abs(measure.seconds)
        if canvas.series.timeframe_s >= DAY_S or seconds >= DAY_S:
            time = canvas.texts("chart.measure.days", count=value_text(seconds / DAY_S, 100))
        else:
            time = canvas.texts("chart.measure.minutes", count=str(seconds // 60))
        bars = canvas.texts("chart.measure.bars", count=str(abs(measure.bars)))
        return f"{change}  {percent_text(measure.percent)}  {bars}  {time}"
