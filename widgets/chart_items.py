"""What is painted into the chart's panes, and how arrays reach the painter.

Every layer paints in whole pixels through a Plane and hands the painter whole arrays. The arrays reach Qt by pointer
(`Shiboken.wrapInstance` on a float64 array), so there is no Python loop over bars; one buffer per layer and shape is
kept alive and grows when needed. Aim: a pan over a million bars in under 6 ms.

Two passes: `draw` paints what only a new bar or another view changes, and goes into the canvas's still picture;
`draw_moving` paints what a trade changes, the last column and the lines' last pieces, over a copy of that picture.
"""

from typing import Any, Protocol

import numpy as np
from PySide6.QtGui import QColor, QPainter
from shiboken6 import Shiboken

from hts.desk.chart_frames import Floats
from hts.desk.chart_plane import Plane
from widgets.painting import hair_pen, hline, ratio_of, vline

DASH = [3, 4]


class Layer(Protocol):
    """A layer of a pane. `is_at_end`: its moving pass paints nothing left of the last bars."""

    @property
    def is_at_end(self) -> bool: ...

    def draw(self, painter: QPainter, plane: Plane) -> None:
        """The still pass."""

    def draw_moving(self, painter: QPainter, plane: Plane) -> None:
        """The moving pass."""


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


def span(plane: Plane, count: int) -> tuple[int, int]:
    """Numbers of the first and the last bar in view, one beyond either edge; last < first when there is none."""
    return max(int(plane.x0) - 1, 0), min(int(plane.x1) + 1, count - 1)


class Grid:
    """Hairlines at the axes' marks; the first bar of a session has a dashed one."""

    is_at_end = True

    def __init__(self, line: QColor, dash: QColor) -> None:
        self.values: list[float] = []
        self.times: list[tuple[int, bool]] = []
        self._line, self._dash = line, dash

    def draw(self, painter: QPainter, plane: Plane) -> None:
        """Values across, times down."""
        dashed, ratio = hair_pen(painter, self._dash, DASH), ratio_of(painter)
        left, top = int(plane.left), int(plane.top)
        width, height = int(plane.width), int(plane.height)
        for value in self.values:
            hline(painter, ratio, (left, int(plane.y_of(value)), width), self._line)
        for index, is_session in self.times:
            x = int(plane.x_of(index))
            if not is_session:
                vline(painter, ratio, (x, top, height), self._line)
                continue
            painter.setPen(dashed)
            painter.drawLine(x, top, x, top + height)

    def draw_moving(self, _painter: QPainter, _plane: Plane) -> None:
        """Nothing of it moves."""
