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

BAND_PX = 320_000  # pixels of the device that are painted in one turn
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
        now_ns = perf_counter_ns()
        if self._is_all_due or now_ns - self._labels_ns >= LABELS_NS:
            self._labels_ns = now_ns
            self._bands = deque(bands(self._canvas, is_whole=self._is_all_due or bool(self._bands)))
        if not self._is_all_due:
            self._canvas.viewport().update(touched(self._canvas))
        self._gathers = self._is_all_due = False

    def show_more(self) -> bool:
        """A part of the still picture, or the next band; False when nothing waits."""
        if not self._bands:
            return False
        if not self._canvas.still.make_part():
            self._canvas.viewport().update(self._bands.popleft())
        return True


def bands(canvas: "ChartCanvas", *, is_whole: bool) -> list[QRect]:
    """From the last bars on to the right where all is to be painted; then everything left of them."""
    view, ratio = canvas.viewport(), canvas.viewport().devicePixelRatioF()
    x, width, height = touched(canvas).left(), view.width(), view.height()
    columns = [(x, width - x)] if is_whole or not x else []
    columns += [(0, x)] if x else []
    found = []
    for left, wide in columns:
        count = max(-int(-wide * height * ratio * ratio // BAND_PX), 1)
        tops = [height * i // count for i in range(count + 1)]
        found += [QRect(left, top, wide, end - top) for top, end in pairwise(tops)]
    return found
