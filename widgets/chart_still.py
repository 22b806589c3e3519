"""The canvas's picture of what does not move: made anew layer by layer, since all of it takes longer than a turn may.

A paint event that comes in between, because the crosshair has moved, makes the rest of it at once.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtGui import QPainter, QPixmap

from hts.desk.chart_plane import Plane
from widgets.chart_items import Layer
from widgets.chart_panes import rect_of
from widgets.chart_ranges import mark_axes
from widgets.chart_study_lines import StudyLayer
from widgets.painting import Brush

if TYPE_CHECKING:
    from widgets.chart_canvas import ChartCanvas

Draw: TypeAlias = Callable[[QPainter, Plane], None]


class Still:
    """The picture. `count`: pictures begun since the start, for tests."""

    def __init__(self, canvas: "ChartCanvas") -> None:
        self._canvas = canvas
        self._picture = QPixmap()
        self._shows: object = None  # what the picture was made of
        self._begun: object = None  # what the one is made of that is under way
        self._parts: Iterator[None] = iter(())
        self.count = 0

    def whole(self) -> QPixmap:
        """The picture of what there is now."""
        while self.make_part():
            continue
        return self._picture

    def make_part(self) -> bool:
        """Paint the next part of it; False when it is whole."""
        wanted = self._canvas.still_key()
        if wanted == self._shows:
            return False
        if wanted != self._begun:
            self.count += 1
            self._shows, self._begun = None, wanted
            self._parts = self._paint()
        if next(self._parts, self) is self:
            self._shows, self._begun = wanted, None
            return False
        return True

    def _paint(self) -> Iterator[None]:
        """Its parts, each with a painter of its own: another picture may be wanted before this one is whole."""
        canvas = self._canvas
        mark_axes(canvas)
        self._clear()
        yield
        for pane in canvas.stack.panes:
            plane = canvas.plane_of(pane)
            for layer in pane.layers:
                for draw in draws_of(layer):
                    painter = QPainter(self._picture)
                    painter.setClipRect(rect_of(plane))
                    draw(painter, plane)
                    painter.end()
                    yield
            painter = QPainter(self._picture)
            pane.axis.draw(Brush(painter, canvas.cache), plane)
            painter.end()
            yield

    def _clear(self) -> None:
        """A blank picture; the one of before where it has the size, for memory that is there already."""
        canvas, before = self._canvas, self._picture
        view = canvas.viewport()
        canvas.cache.set_ratio(view.devicePixelRatioF())
        size = canvas.cache.size_of(view.width(), view.height())
        if (before.width(), before.height()) != size or before.devicePixelRatio() != canvas.cache.ratio:
            self._picture = QPixmap(*size)  # without alpha: copied, not blended
            self._picture.setDevicePixelRatio(canvas.cache.ratio)
        self._picture.fill(canvas.tokens.panel)


def draws_of(layer: Layer) -> Iterator[Draw]:
    """What a layer has for the picture, in pieces that are short."""
    if isinstance(layer, StudyLayer):
        yield from (partial(layer.draw_study, one=one) for one in layer.studies)
    else:
        yield layer.draw
