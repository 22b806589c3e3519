"""What is painted into the chart's panes: grid, candles, volume, averages, marks.

Every item paints in whole device pixels: it takes the world transform's scale, resets it, and hands the painter whole
arrays. The arrays reach Qt by pointer (`Shiboken.wrapInstance` on a float64 array), so there is no Python loop over
bars; one buffer per item is kept alive and grows when needed. Aim: a pan over a million bars in under 6 ms.

Two layers: `draw` paints what only a new bar or another view changes, and goes into the canvas's still picture;
`draw_moving` paints what a trade changes, the last column and the lines' last pieces, over a copy of that picture.
"""

from collections.abc import Callable
from math import floor, isfinite
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from shiboken6 import Shiboken

from hts.desk.chart import CLOSE, HIGH, LOW, OPEN, QTY, Floats, Ints, Series, Window, sessions

BODY_SHARE = 0.7  # of a bar's room
BODY_MIN_PX = 3.0  # narrower bars are single lines
EVERYTHING = QRectF(-1e9, -1e12, 4e9, 2e12)


class Buffer:
    """A float64 array of n x 4 and the Qt value that looks into it."""

    def __init__(self, kind: type[Any]) -> None:
        self._kind = kind
        self._room(1024)

    def take(self, count: int) -> Floats:
        """Room for `count` shapes, to be filled before `first` is handed to the painter."""
        if count > len(self._array):
            self._room(2 * count)
        return self._array[:count]

    @property
    def first(self) -> Any:
        """The first shape, as the painter wants it together with a count."""
        return self._first

    def _room(self, count: int) -> None:
        self._array: Floats = np.zeros((count, 4))
        self._first = Shiboken.wrapInstance(self._array.ctypes.data, self._kind)


class PaneItem(pg.GraphicsObject):  # type: ignore[misc]  # the library is untyped
    """Covers the whole pane; never limits the view's range."""

    def __init__(self) -> None:
        super().__init__()
        self.pane = QRectF()
        self.span = (0.0, 0.0)
        self.moves = True  # whether anything moves with each trade
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        """As large as any view: the view clips."""
        return EVERYTHING

    def dataBounds(self, *_: Any, **__: Any) -> None:
        """The panel chooses ranges itself."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Hand over to `draw` in pixels; `pane` is its rectangle, `span` the part of its width to be painted."""
        box = self.getViewBox()
        if box is None:
            return
        transform = painter.worldTransform()
        self.pane = rect = transform.mapRect(box.viewRect()).normalized()
        exposed = transform.mapRect(option.exposedRect).normalized()
        self.span = (max(exposed.left(), rect.left()), min(exposed.right(), rect.right()))
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self.draw(painter, transform)
        painter.setWorldTransform(transform)

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """Paint the still layer in pixels."""

    def move(self, painter: QPainter, transform: QTransform) -> None:
        """Paint the moving layer: `draw_moving` in the pane, with the painter in pixels already."""
        box = self.getViewBox()
        if box is not None:
            self.pane = transform.mapRect(box.viewRect()).normalized()
            self.span = (self.pane.left(), self.pane.right())
            self.draw_moving(painter, transform)

    def draw_moving(self, painter: QPainter, transform: QTransform) -> None:
        """Paint what moves with each trade."""


class SeriesItem(PaneItem):
    """An item that paints bars of the series that `series` gives."""

    def __init__(self, series: Callable[[], Series], up: QColor, down: QColor) -> None:
        super().__init__()
        self._series = series
        self._up, self._down = up, down
        self._lines = Buffer(QLineF)
        self._rects = Buffer(QRectF)

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        """All columns in view but the series' last one; at most one column per pixel."""
        series = self._series()
        first, last = (int((x - transform.dx()) / transform.m11()) for x in self.span)
        window = series.window(first - 1, last + 1, 1 / transform.m11())
        count = window.columns.shape[1]
        if window.first + count * window.width >= len(series):
            count -= 1
        if count > 0:
            self.draw_columns(painter, transform, Window(window.first, window.width, window.columns[:, :count]))

    def draw_moving(self, painter: QPainter, transform: QTransform) -> None:
        """The last column by hand: for a single one, arrays cost more than they save."""
        last = len(self._series()) - 1
        if last < 0:
            return
        window = self._series().window(last, last, 1 / transform.m11())
        column = window.columns[:, -1].tolist()
        at = window.first + (window.columns.shape[1] - 1) * window.width + (window.width - 1) / 2
        x = floor(at * transform.m11() + transform.dx())
        color = self._up if column[CLOSE] >= column[OPEN] else self._down
        self.draw_last(painter, transform, (x, column, window.width), color)

    def draw_last(
        self, painter: QPainter, transform: QTransform, at: tuple[int, list[float], int], color: QColor
    ) -> None:
        """Paint one column: the pixel of its middle, its six figures and how many bars it stands for."""
        raise NotImplementedError

    def draw_columns(self, painter: QPainter, transform: QTransform, window: Window) -> None:
        """Paint the columns, of which there is at least one."""
        raise NotImplementedError

    def colors(self, window: Window) -> tuple[tuple[QColor, Any], ...]:
        """Column numbers of rising and of falling bars with their colours."""
        rising = window.columns[CLOSE] >= window.columns[OPEN]
        return ((self._up, np.flatnonzero(rising)), (self._down, np.flatnonzero(~rising)))


def column_centers(window: Window, transform: QTransform) -> Floats:
    """Middle of each column in pixels, on half pixels so that one-pixel lines are sharp."""
    numbers = window.first + np.arange(window.columns.shape[1]) * window.width + (window.width - 1) / 2
    centers: Floats = np.floor(numbers * transform.m11() + transform.dx()) + 0.5
    return centers


class Candles(SeriesItem):
    """Wicks as lines, bodies as rectangles; only high-low lines when a bar is narrower than BODY_MIN_PX."""

    def draw_columns(self, painter: QPainter, transform: QTransform, window: Window) -> None:
        x = column_centers(window, transform)
        y = np.floor(window.columns[:4] * transform.m22() + transform.dy()) + 0.5
        body = np.floor(window.width * transform.m11() * BODY_SHARE / 2) * 2 + 1
        for color, which in self.colors(window):
            if len(which):
                self._draw_side(painter, color, (x[which], y[:, which]), body)

    def draw_last(
        self, painter: QPainter, transform: QTransform, at: tuple[int, list[float], int], color: QColor
    ) -> None:
        x, column, width = at
        first, high, low, last = (floor(px * transform.m22() + transform.dy()) for px in column[:4])
        painter.fillRect(x, high, 1, low - high + 1, color)
        body = floor(width * transform.m11() * BODY_SHARE / 2) * 2 + 1
        if body >= BODY_MIN_PX:
            painter.fillRect(x - body // 2, min(first, last), body, abs(first - last) + 1, color)

    def _draw_side(self, painter: QPainter, color: QColor, at: tuple[Floats, Floats], body: float) -> None:
        x, y = at
        lines = self._lines.take(len(x))
        lines[:, 0] = lines[:, 2] = x
        lines[:, 1] = y[HIGH]
        lines[:, 3] = y[LOW] + 0.01  # a bar of one price is a dot, not nothing
        painter.setPen(color)
        painter.drawLines(self._lines.first, len(x))
        if body < BODY_MIN_PX:
            return
        rects = self._rects.take(len(x))
        rects[:, 0] = x - body / 2
        rects[:, 1] = np.minimum(y[OPEN], y[CLOSE]) - 0.5
        rects[:, 2] = body
        rects[:, 3] = np.abs(y[OPEN] - y[CLOSE]) + 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRects(self._rects.first, len(x))


class Volumes(SeriesItem):
    """Bars from the pane's floor; a column that stands for many bars has their mean height."""

    def draw_columns(self, painter: QPainter, transform: QTransform, window: Window) -> None:
        x = column_centers(window, transform)
        floor = np.floor(transform.dy())
        height = np.maximum(np.floor(window.columns[QTY] / window.width * -transform.m22()), 1.0)
        body = max(np.floor(window.width * transform.m11() * BODY_SHARE / 2) * 2 + 1, 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        for color, which in self.colors(window):
            rects = self._rects.take(len(which))
            rects[:, 0] = x[which] - body / 2
            rects[:, 1] = floor - height[which]
            rects[:, 2] = body
            rects[:, 3] = height[which]
            painter.setBrush(color)
            if len(which):
                painter.drawRects(self._rects.first, len(which))

    def draw_last(
        self, painter: QPainter, transform: QTransform, at: tuple[int, list[float], int], color: QColor
    ) -> None:
        x, column, width = at
        base = floor(transform.dy())
        height = max(floor(column[QTY] / width * -transform.m22()), 1)
        body = max(floor(width * transform.m11() * BODY_SHARE / 2) * 2 + 1, 1)
        painter.fillRect(x - body // 2, base - height, body, height, color)


class Averages(PaneItem):
    """The series' lines, each in its colour; at most one point per pixel."""

    def __init__(self, series: Callable[[], Series], colors: dict[str, QColor]) -> None:
        super().__init__()
        self._series = series
        self._colors = colors
        self._lines = Buffer(QLineF)

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        series = self._series()
        step = max(int(1 / transform.m11()), 1)
        first, last = (int((x - transform.dx()) / transform.m11()) for x in self.span)
        first, last = max(first - step - 1, 0) // step * step, min(last + step + 2, len(series) - 1)
        if last > first:
            self._draw_lines(painter, transform, np.arange(first, last, step))

    def draw_moving(self, painter: QPainter, transform: QTransform) -> None:
        """From the last still point to the last bar."""
        series, step = self._series(), max(int(1 / transform.m11()), 1)
        last = len(series) - 1
        if last < 1:
            return
        before = (last - 1) // step * step
        is_one_day = bool(np.ptp(sessions(series.start_ns[[before, last]])) == 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, line in series.lines.items():
            if name not in self._colors or (name == "vwap" and not is_one_day):
                continue
            ends = [
                QPointF(at * transform.m11() + transform.dx(), line[at] * transform.m22() + transform.dy())
                for at in (before, last)
            ]
            if all(isfinite(end.y()) for end in ends):
                painter.setPen(QPen(self._colors[name], 1.2))
                painter.drawLine(*ends)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _draw_lines(self, painter: QPainter, transform: QTransform, at: Ints) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, line in self._series().lines.items():
            if name in self._colors:
                self._draw_line(painter, transform, at, (name, line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _draw_line(self, painter: QPainter, transform: QTransform, at: Ints, line: tuple[str, Floats]) -> None:
        name, values = line
        x = at * transform.m11() + transform.dx()
        y = values[at] * transform.m22() + transform.dy()
        joined = np.isfinite(y[:-1]) & np.isfinite(y[1:])
        if name == "vwap":  # each session has its own
            days = sessions(self._series().start_ns[at])
            joined &= days[1:] == days[:-1]
        known = np.flatnonzero(joined)
        lines = self._lines.take(len(known))
        lines[:, 0], lines[:, 1] = x[known], y[known]
        lines[:, 2], lines[:, 3] = x[known + 1], y[known + 1]
        painter.setPen(QPen(self._colors[name], 1.2))
        if len(known):
            painter.drawLines(self._lines.first, len(known))


class Grid(PaneItem):
    """Hairlines at the axes' marks; the first bar of a session has a dashed one."""

    def __init__(
        self, marks: Callable[[], tuple[list[int], list[tuple[int, bool]]]], line: QColor, dash: QColor
    ) -> None:
        super().__init__()
        self.moves = False
        self._marks = marks
        self._colors = line, dash

    def draw(self, painter: QPainter, transform: QTransform) -> None:
        prices, times = self._marks()
        rect = self.pane
        plain, dashed = (QPen(color, 1) for color in self._colors)
        dashed.setDashPattern([3, 4])
        painter.setPen(plain)
        left, right, top, bottom = int(rect.left()), int(rect.right()), int(rect.top()), int(rect.bottom())
        for px in prices:
            y = int(px * transform.m22() + transform.dy())
            painter.drawLine(left, y, right, y)
        for index, is_session in times:
            x = int(index * transform.m11() + transform.dx())
            painter.setPen(dashed if is_session else plain)
            painter.drawLine(x, top, x, bottom)
