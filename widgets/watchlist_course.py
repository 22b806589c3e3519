"""The day's course of an issue as a small line: painted once for each course and price, then copied.

A price that moves goes to and fro between a few values, and each of them has its line. To draw one costs ten times as
much as to copy it, the more so the later in the day it is.
"""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from hts.desk.watchlist import SPARK_STEPS, IssueRow
from themes.tokens import Tokens
from widgets.painting import Brush, TextCache, faded

WIDTH = 46
HEIGHT = 13
MARGIN = 2  # around the line: its thickness, and the point at its end
SHORT = 8  # a line of fewer steps is hard to read by itself
SPAN_MIN = 100  # a price that moves less than 1/100 of itself is drawn nearly flat
PICTURES_KEPT_MAX = 160  # 3 KiB each


class Courses:
    """The lines' pictures, those that were painted first going first."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._pictures: dict[tuple[object, ...], QPixmap] = {}

    def __len__(self) -> int:
        return len(self._pictures)

    def paint(self, brush: Brush, row: IssueRow, corner: tuple[int, int], tone: QColor) -> None:
        """The row's line, its left upper corner at a point; `tone` is the colour of its change."""
        (x, y), tokens = corner, self._tokens
        colors = tone.rgba(), tokens.text2.rgba(), tokens.line2.rgba()
        key = (row.course, row.base_px, bool(row.change), colors, brush.texts.ratio)
        found = self._pictures.get(key)
        if found is None:
            if len(self._pictures) >= PICTURES_KEPT_MAX:
                del self._pictures[next(iter(self._pictures))]
            found = self._pictures[key] = self._picture(brush.texts, row, tone)
        brush.copy(x - MARGIN, y - MARGIN, found)

    def _picture(self, texts: TextCache, row: IssueRow, tone: QColor) -> QPixmap:
        picture = texts.blank(WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)
        painter = QPainter(picture)
        self._draw(Brush(painter, texts), row, tone)
        painter.end()
        return picture

    def _draw(self, brush: Brush, row: IssueRow, tone: QColor) -> None:
        """The line begins at the base price and stops at now; the dashes are the base price.

        While the line is short, a level of the last price over the whole width tells where it stands.
        """
        first = next((i for i, px in enumerate(row.course) if px), len(row.course))
        prices = row.course[first:]
        if not prices:
            return
        x = y = MARGIN
        low, high = min(*prices, row.base_px), max(*prices, row.base_px)
        span = max(high - low, row.base_px // SPAN_MIN, 1)
        bottom = y + HEIGHT - (HEIGHT - (high - low) * HEIGHT / span) / 2
        scale, step = HEIGHT / span, WIDTH / SPARK_STEPS
        base_y = round(bottom - (row.base_px - low) * scale)
        brush.dashes(x, base_y, WIDTH, (2, 2), self._tokens.line2)
        end_x, end_y = x + len(row.course) * step, bottom - (prices[-1] - low) * scale
        if len(row.course) < SHORT and row.change:
            brush.fill(round(end_x), round(end_y), x + WIDTH - round(end_x), 1, faded(tone, 130))
        painter = brush.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._tokens.text2, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        line = [QPointF(x + i * step, bottom - (px - low) * scale) for i, px in enumerate(prices, first + 1)]
        painter.drawPolyline([QPointF(x + first * step, base_y + 0.5), *line])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        brush.fill(round(end_x) - 1, round(end_y) - 1, 3, 3, tone)
