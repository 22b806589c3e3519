"""The bars of a chart in every style, and the volumes under them."""

from math import floor
from typing import Any

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from hts.desk.chart import Series, Window
from hts.desk.chart_frames import CLOSE, HIGH, LOW, OPEN, QTY, Floats
from hts.desk.chart_plane import Plane
from hts.desk.chart_styles import Style
from themes.tokens import Tokens
from widgets.chart_items import Buffer, span
from widgets.painting import hair_pen, hline, ratio_of, vline

BODY_SHARE = 0.66  # of a bar's room
BODY_MIN_PX = 3.0  # narrower bars are single lines
SMOOTH_MIN_PX = 1.5  # narrower bars need no smoothed lines
FILL_ALPHA = 36
LINES = frozenset({Style.LINE, Style.STEP, Style.AREA})


def body_px(plane: Plane, width: int) -> int:
    """Width of the body of a column of `width` bars: odd, so that the wick stands in its middle."""
    return max(int(width * plane.bar_px * BODY_SHARE / 2) * 2 + 1, 1)


def centers(window: Window, plane: Plane) -> Floats:
    """Middle of each column in pixels, on half pixels so that one-pixel lines are sharp."""
    numbers = window.first + np.arange(window.columns.shape[1]) * window.width + (window.width - 1) / 2
    found: Floats = np.floor(plane.x_of(numbers)) + 0.5
    return found


class SeriesLayer:
    """A layer that paints columns of a series; the last one in the moving pass."""

    is_at_end = True

    def __init__(self, tokens: Tokens) -> None:
        self.series = Series(60)
        self._tokens = tokens
        self._lines = Buffer(QLineF)
        self._rects = Buffer(QRectF)

    def draw(self, painter: QPainter, plane: Plane) -> None:
        """All columns in view but the series' last one; at most one column per pixel."""
        first, last = span(plane, len(self.series))
        window = self.series.window(first, last, 1 / plane.bar_px)
        count = window.columns.shape[1]
        if window.first + count * window.width >= len(self.series):
            count -= 1
        if count > 0:
            self.draw_columns(painter, plane, Window(window.first, window.width, window.columns[:, :count]))

    def draw_moving(self, painter: QPainter, plane: Plane) -> None:
        """The last column, if it is in view."""
        last = len(self.series) - 1
        if last < 0 or not plane.x0 - 1 <= last <= plane.x1 + 1:
            return
        window = self.series.window(last, last, 1 / plane.bar_px)
        self.draw_last(painter, plane, window)

    def draw_columns(self, painter: QPainter, plane: Plane, window: Window) -> None:
        """Paint the columns, of which there is at least one."""
        raise NotImplementedError

    def draw_last(self, painter: QPainter, plane: Plane, window: Window) -> None:
        """Paint the window's last column."""
        raise NotImplementedError

    def fill_rects(self, painter: QPainter, count: int, color: QColor) -> None:
        """Fill the first `count` rectangles of the buffer."""
        if count:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRects(self._rects.first, count)

    def stroke(self, painter: QPainter, count: int, pen: QPen | QColor) -> None:
        """Draw the first `count` lines of the buffer; in a colour they are hairlines."""
        if count:
            painter.setPen(hair_pen(painter, pen) if isinstance(pen, QColor) else pen)
            painter.drawLines(self._lines.first, count)


class BarsLayer(SeriesLayer):
    """Candles, hollow candles, bars, a line, steps, or a filled line."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(tokens)
        self.style = Style.CANDLES

    def draw_columns(self, painter: QPainter, plane: Plane, window: Window) -> None:
        """All at once, per colour."""
        x = centers(window, plane)
        if self.style in LINES:
            self._draw_line(painter, plane, x, window.columns[CLOSE])
            return
        # Highs and lows of narrow columns are drawn alone; nobody sees their openings.
        y = np.floor(plane.y_of(window.columns[:4])) + 0.5
        rising = window.columns[CLOSE] >= window.columns[OPEN]
        body = body_px(plane, window.width)
        for color, which in ((self._tokens.up, rising), (self._tokens.down, ~rising)):
            at = np.flatnonzero(which)
            if len(at):
                self._draw_side(painter, (x[at], y[:, at]), body, color)

    def _draw_side(self, painter: QPainter, at: tuple[Floats, Floats], body: int, color: QColor) -> None:
        x, y = at
        self._wicks(x, y)
        self.stroke(painter, len(x), color)
        if body < BODY_MIN_PX:
            return
        if self.style is Style.BARS:
            self._ticks(painter, at, body, color)
            return
        rects = self._rects.take(len(x))
        rects[:, 0] = x - body / 2
        rects[:, 1] = np.minimum(y[OPEN], y[CLOSE]) - 0.5
        rects[:, 2] = body
        rects[:, 3] = np.abs(y[OPEN] - y[CLOSE]) + 1
        self.fill_rects(painter, len(x), color)
        if self.style is Style.HOLLOW and color is self._tokens.up and body > BODY_MIN_PX:
            tall = rects[:, 3] > 2
            inner = rects[tall] + (1, 1, -2, -2)
            rects[: len(inner)] = inner
            self.fill_rects(painter, len(inner), self._tokens.panel)

    def _wicks(self, x: Floats, y: Floats) -> None:
        lines = self._lines.take(len(x))
        lines[:, 0] = lines[:, 2] = x
        lines[:, 1] = y[HIGH]
        lines[:, 3] = y[LOW] + 0.01  # a bar of one price is a dot, not nothing

    def _ticks(self, painter: QPainter, at: tuple[Floats, Floats], body: int, color: QColor) -> None:
        """The opening to the left, the close to the right."""
        x, y = at
        for row, by in ((OPEN, -(body // 2)), (CLOSE, body // 2)):
            lines = self._lines.take(len(x))
            lines[:, 0], lines[:, 2] = x, x + by
            lines[:, 1] = lines[:, 3] = y[row]
            self.stroke(painter, len(x), color)

    def _draw_line(self, painter: QPainter, plane: Plane, x: Floats, close: Floats) -> None:
        y = plane.y_of(close)
        if self.style is Style.AREA:
            self._draw_area(painter, plane, x, y)
        step = self.style is Style.STEP
        pieces = len(x) - 1
        lines = self._lines.take(max(pieces, 0))
        lines[:, 0], lines[:, 2] = x[:-1], x[1:]
        lines[:, 1] = y[:-1]
        lines[:, 3] = y[:-1] if step else y[1:]
        is_smooth = plane.bar_px >= SMOOTH_MIN_PX and not step
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=is_smooth)
        self.stroke(painter, pieces, QPen(self._tokens.text2, 1.3) if is_smooth else self._tokens.text2)
        if step:
            lines[:, 0] = x[1:]
            lines[:, 1], lines[:, 3] = y[:-1], y[1:]
            self.stroke(painter, pieces, self._tokens.text2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _draw_area(self, painter: QPainter, plane: Plane, x: Floats, y: Floats) -> None:
        """Down to the pane's foot, in columns as wide as the way to the next one."""
        rects = self._rects.take(len(x))
        edges = np.r_[x[0], (x[:-1] + x[1:]) / 2, x[-1]]
        rects[:, 0] = np.floor(edges[:-1])
        rects[:, 2] = np.floor(edges[1:]) - rects[:, 0]
        rects[:, 1] = np.floor(y)
        rects[:, 3] = np.maximum(plane.bottom - rects[:, 1], 0)
        color = QColor(self._tokens.text2)
        color.setAlpha(FILL_ALPHA)
        self.fill_rects(painter, len(x), color)

    def draw_last(self, painter: QPainter, plane: Plane, window: Window) -> None:
        """By hand: for a single column, arrays cost more than they save."""
        column = window.columns[:, -1].tolist()
        number = window.first + (window.columns.shape[1] - 1) * window.width + (window.width - 1) / 2
        x = floor(plane.x_of(number))
        if self.style in LINES:
            self._draw_last_piece(painter, plane, window)
            return
        opened, high, low, close = (floor(plane.y_of(px)) for px in column[:4])
        color = self._tokens.up if column[CLOSE] >= column[OPEN] else self._tokens.down
        vline(painter, ratio_of(painter), (x, high, low - high + 1), color)
        body = body_px(plane, window.width)
        if body < BODY_MIN_PX:
            return
        half = body // 2
        if self.style is Style.BARS:
            hline(painter, ratio_of(painter), (x - half, opened, half), color)
            hline(painter, ratio_of(painter), (x, close, half + 1), color)
            return
        top, height = min(opened, close), abs(opened - close) + 1
        painter.fillRect(x - half, top, body, height, color)
        if self.style is Style.HOLLOW and color is self._tokens.up and body > BODY_MIN_PX and height > 2:
            painter.fillRect(x - half + 1, top + 1, body - 2, height - 2, self._tokens.panel)

    def _draw_last_piece(self, painter: QPainter, plane: Plane, window: Window) -> None:
        """From the column before to the last one."""
        begin = max(window.first - window.width, 0)
        pair = self.series.window(begin, len(self.series) - 1, 1 / plane.bar_px)
        columns = pair.columns[:, -2:]
        first = pair.first + (pair.columns.shape[1] - columns.shape[1]) * pair.width
        part = Window(first, pair.width, columns)
        self._draw_line(painter, plane, centers(part, plane), columns[CLOSE])


class VolumeLayer(SeriesLayer):
    """Bars from the pane's floor; a column that stands for many bars has their mean height."""

    def draw_columns(self, painter: QPainter, plane: Plane, window: Window) -> None:
        """All at once, per colour."""
        x, base = centers(window, plane), floor(plane.y_of(0.0))
        height = np.maximum(np.floor(base - plane.y_of(window.columns[QTY] / window.width)), 1.0)
        body = body_px(plane, window.width)
        rising = window.columns[CLOSE] >= window.columns[OPEN]
        for color, which in ((self._tokens.up_bar, rising), (self._tokens.down_bar, ~rising)):
            at: Any = np.flatnonzero(which)
            rects = self._rects.take(len(at))
            rects[:, 0] = x[at] - body / 2
            rects[:, 1] = base - height[at]
            rects[:, 2] = body
            rects[:, 3] = height[at]
            self.fill_rects(painter, len(at), color)

    def draw_last(self, painter: QPainter, plane: Plane, window: Window) -> None:
        """One bar."""
        column = window.columns[:, -1].tolist()
        number = window.first + (window.columns.shape[1] - 1) * window.width + (window.width - 1) / 2
        x, base = floor(plane.x_of(number)), floor(plane.y_of(0.0))
        height = max(floor(base - plane.y_of(column[QTY] / window.width)), 1)
        body = body_px(plane, window.width)
        color = self._tokens.up_bar if column[CLOSE] >= column[OPEN] else self._tokens.down_bar
        painter.fillRect(x - body // 2, base - height, body, height, color)
