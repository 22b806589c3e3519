"""What of the chart's canvas is painted in which turn of the loop.

A turn lasts as long as a key may have to wait (widgets.frame_clock); to make the still picture anew and to paint all of
a chart takes longer. So a frame only notes that all is to be painted. Then come the parts of the still picture, and
behind them the canvas in bands: from the last bars on first, then what is left of them. What a gesture changes is
painted in one piece: the hand that moves it waits for nothing else.
"""

from collections import deque
from itertools import pairwise
from time import perf_counter_ns
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

from widgets.chart_ranges import touched

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

BAND_PX = 100_000  # pixels of the device that are painted in one turn
LABELS_NS = 250_000_000  # figures at the panes' left follow the trades so often


class CanvasTurns:
    """What waits to be painted."""

    def __init__(self, canvas: "ChartCanvas") -> None:
        self._canvas = canvas
        self._bands: deque[QRect] = deque()
        self._gathers = self._is_all_due = False
        self._labels_ns = 0

    def gather(self) -> None:
        """A frame changes the canvas; `paint` tells that it is done."""
        self._gathers = True

    def repaint(self) -> None:
        """All of the canvas is another."""
        if self._gathers:
            self._is_all_due = True
        else:
            self._canvas.viewport().update()

    def paint(self) -> None:
        """Paint what a trade moves at once; what else is due waits for `show_more`."""
        view, now_ns = self._canvas.viewport(), perf_counter_ns()
        is_whole, end = self._is_all_due or bool(self._bands), touched(self._canvas)
        right = QRect(end.left(), 0, end.width(), view.height() if is_whole else end.bottom() + 1)
        found = bands(right, view.devicePixelRatioF())
        if not is_whole:
            view.update(found.pop(0))
        if is_whole or now_ns - self._labels_ns >= LABELS_NS:
            self._labels_ns = now_ns
            found += bands(QRect(0, 0, end.left(), view.height()), view.devicePixelRatioF())
        self._bands = deque(found)
        self._gathers = self._is_all_due = False

    def show_more(self) -> bool:
        """A part of the still picture, or the next band; False when nothing waits."""
        if not self._bands:
            return False
        if not self._canvas.still.make_part():
            self._canvas.viewport().update(self._bands.popleft())
        return True


def bands(box: QRect, ratio: float) -> list[QRect]:
    """A rectangle from its top to its foot, in bands of about the same height."""
    if box.isEmpty():
        return []
    count = max(-int(-box.width() * box.height() * ratio * ratio // BAND_PX), 1)
    tops = [box.top() + box.height() * i // count for i in range(count + 1)]
    return [QRect(box.left(), top, box.width(), end - top) for top, end in pairwise(tops)]
