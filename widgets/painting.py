"""Painter helpers that every painted panel shares: texts on one baseline, drawn triangles, bars, chips.

Frame budget: a ladder of 40 rows repaints whole in under 2 ms. A laid-out text is therefore kept (`QStaticText`) by
role and content, its width with it, so that painting a cell is one dictionary look-up and one draw call. Rectangles
and triangles are filled on whole pixels; nothing is stroked with anti-aliasing.
"""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QRegion, QStaticText

from themes import fonts, metrics

TEXTS_KEPT_MAX = 8192  # laid-out texts; a busy session shows about 3,000 different quantities
ELLIPSIS = "…"


class TextCache:
    """Laid-out texts by (role, text) with their widths; emptied as a whole when it is full."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[QStaticText, float, QFont, float]] = {}
        self._metrics: dict[str, tuple[QFont, QFontMetricsF, float]] = {}

    def get(self, role: str, text: str) -> tuple[QStaticText, float, QFont, float]:
        """The layout, its width, its font and the font's ascent."""
        found = self._kept.get((role, text))
        return found if found is not None else self._lay_out(role, text)

    def width(self, role: str, text: str) -> float:
        """Advance of a text in pixels."""
        return self.get(role, text)[1]

    def elided(self, role: str, text: str, width: float) -> str:
        """The text, cut to a width with an ellipsis when it must be."""
        if self.width(role, text) <= width:
            return text
        return self._role(role)[1].elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0.0))

    def _lay_out(self, role: str, text: str) -> tuple[QStaticText, float, QFont, float]:
        if len(self._kept) >= TEXTS_KEPT_MAX:
            self._kept.clear()
        font, font_metrics, ascent = self._role(role)
        static = QStaticText(text)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        static.prepare(font=font)
        found = (static, font_metrics.horizontalAdvance(text), font, ascent)
        self._kept[role, text] = found
        return found

    def _role(self, role: str) -> tuple[QFont, QFontMetricsF, float]:
        found = self._metrics.get(role)
        if found is None:
            font = fonts.font(role)
            font_metrics = QFontMetricsF(font)
            found = self._metrics[role] = (font, font_metrics, font_metrics.ascent())
        return found


class Brush:
    """A QPainter with the text cache: one per paint event.

    Every text method takes the row's baseline, not a box, so that all sizes of a row stand on one line.
    """

    __slots__ = ("_font", "_pen", "painter", "texts")

    def __init__(self, painter: QPainter, texts: TextCache) -> None:
        self.painter = painter
        self.texts = texts
        self._font: QFont | None = None
        self._pen: QColor | None = None

    def left(self, x: float, baseline: float, text: str, role: str, color: QColor) -> float:
        """Text that begins at x; returns where it ends."""
        static, width, font, ascent = self.texts.get(role, text)
        self._draw(static, x, baseline - ascent, font, color)
        return x + width

    def right(self, x: float, baseline: float, text: str, role: str, color: QColor) -> float:
        """Text that ends at x; returns where it begins."""
        static, width, font, ascent = self.texts.get(role, text)
        begin = x - width
        self._draw(static, begin, baseline - ascent, font, color)
        return begin

    def center(self, x: float, baseline: float, text: str, role: str, color: QColor) -> None:
        """Text around x, begun on a whole pixel."""
        static, width, font, ascent = self.texts.get(role, text)
        self._draw(static, round(x - width / 2), baseline - ascent, font, color)

    def fill(self, x: int, y: int, width: int, height: int, color: QColor) -> None:
        """A filled rectangle."""
        self.painter.fillRect(x, y, width, height, color)

    def hline(self, x: int, y: int, width: int, color: QColor) -> None:
        """A hairline."""
        self.painter.fillRect(x, y, width, 1, color)

    def vline(self, x: int, y: int, height: int, color: QColor) -> None:
        """A vertical hairline."""
        self.painter.fillRect(x, y, 1, height, color)

    def frame(self, x: int, y: int, width: int, height: int, color: QColor) -> None:
        """A rectangle's outline of one pixel, inside the rectangle."""
        fill = self.painter.fillRect
        fill(x, y, width, 1, color)
        fill(x, y + height - 1, width, 1, color)
        fill(x, y + 1, 1, height - 2, color)
        fill(x + width - 1, y + 1, 1, height - 2, color)

    def dashed_frame(self, x: int, y: int, width: int, height: int, color: QColor) -> None:
        """An outline of dashes: something asked for that is not there yet."""
        fill = self.painter.fillRect
        for dx in range(0, width, 5):
            length = min(3, width - dx)
            fill(x + dx, y, length, 1, color)
            fill(x + dx, y + height - 1, length, 1, color)
        for dy in range(0, height, 5):
            length = min(3, height - dy)
            fill(x, y + dy, 1, length, color)
            fill(x + width - 1, y + dy, 1, length, color)

    def triangle(self, x: int, middle: int, up: bool, color: QColor, width: int = metrics.TRIANGLE_W) -> None:
        """A solid triangle that begins at x, around a vertical middle; four rows of pixels at 7 px width."""
        rows = (width + 1) // 2
        top = middle - rows // 2
        for i in range(rows):
            span = 2 * i + 1
            y = top + i if up else top + rows - 1 - i
            self.painter.fillRect(x + (width - span) // 2, y, span, 1, color)

    def tag(  # noqa: PLR0917
        self, x: int, y: int, height: int, text: str, role: str, ink: QColor, ground: QColor
    ) -> int:
        """A filled label with 5 px of padding; returns its width."""
        width = round(self.texts.width(role, text)) + 10
        self.painter.fillRect(x, y, width, height, ground)
        self.left(x + 5, metrics.baseline(y, height), text, role, ink)
        return width

    def cross(self, x: int, middle: int, color: QColor, size: int = 7) -> None:
        """The cross that cancels: two strokes."""
        self.painter.save()
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(QPen(color, 1.2))
        top = middle - size / 2
        self.painter.drawLine(QPointF(x, top), QPointF(x + size, top + size))
        self.painter.drawLine(QPointF(x, top + size), QPointF(x + size, top))
        self.painter.restore()

    def rounded(self, rect: QRect, ground: QColor, edge: QColor | None = None) -> None:
        """A button's ground with the one radius there is."""
        self.painter.save()
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(QPen(edge, 1) if edge is not None else Qt.PenStyle.NoPen)
        self.painter.setBrush(ground)
        box = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5) if edge is not None else QRectF(rect)
        self.painter.drawRoundedRect(box, metrics.RADIUS, metrics.RADIUS)
        self.painter.restore()

    def _draw(self, static: QStaticText, x: float, y: float, font: QFont, color: QColor) -> None:
        painter = self.painter
        if font is not self._font:
            painter.setFont(font)
            self._font = font
        if color is not self._pen:
            painter.setPen(color)
            self._pen = color
        painter.drawStaticText(QPointF(x, y), static)


def dirty_rows(region: QRegion, top: int, row_height: int, count: int) -> list[int]:
    """Numbers of the rows, each `row_height` high from `top` on, that a paint event's region touches."""
    rows: set[int] = set()
    for rect in iter(region):  # type: ignore[call-overload]
        first = max((rect.top() - top) // row_height, 0)
        last = min((rect.bottom() - top) // row_height, count - 1)
        rows.update(range(first, last + 1))
    return sorted(rows)
