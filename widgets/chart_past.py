"""Fills of days before in the chart's still picture: a triangle for each bar and side, and its quantity.

All triangles are one array of rectangles: a row of pixels each, so that a year of trades costs one call.
"""

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from hts.desk.chart_past import NONE, PastFills
from hts.desk.chart_plane import Plane
from hts.desk.figures import qty_text
from themes.tokens import Tokens
from widgets.chart_items import Buffer
from widgets.painting import Brush, TextCache, faded

SIZES = ((9, 3.0), (5, 0.0))  # width of a triangle, from which width of a bar on
OFF = 8  # from the price to the triangle's middle
WRITTEN_MAX = 80  # with more in view nobody reads quantities
GROUND = 215  # of 255: a quantity is read over the candle that it stands on


class PastLayer:
    """`fills` is what is marked."""

    def __init__(self, tokens: Tokens, cache: TextCache) -> None:
        self.fills: PastFills = NONE
        self._tokens, self._cache = tokens, cache
        self._rects = Buffer(QRectF)

    def draw(self, painter: QPainter, plane: Plane) -> None:
        """The bars in view, one entry for each pixel and side at most."""
        if not len(self.fills.numbers):
            return
        bar_px = plane.bar_px
        seen = self.fills.within(int(plane.x0) - 1, int(plane.x1) + 1).merged(max(int(1 / bar_px), 1))
        if not len(seen.numbers):
            return
        width = next(size for size, least in SIZES if bar_px >= least)
        self._draw_triangles(painter, plane, seen, width)
        if len(seen.numbers) <= WRITTEN_MAX and width == SIZES[0][0]:
            self._write(Brush(painter, self._cache), plane, seen)

    def _draw_triangles(self, painter: QPainter, plane: Plane, seen: PastFills, width: int) -> None:
        """Purchases below their price, pointing up; sales above, pointing down."""
        rows = (width + 1) // 2
        spans = np.arange(rows) * 2 + 1  # from the tip on
        x, is_buy = np.rint(plane.x_of(seen.numbers)), seen.is_buy.astype(bool)
        middle = np.rint(plane.y_of(seen.px)) + np.where(is_buy, OFF, -OFF)
        down = np.where(is_buy[:, None], np.arange(rows), rows - 1 - np.arange(rows))
        rects = self._rects.take(len(x) * rows)
        rects[:, 0] = (x[:, None] - spans // 2).ravel()
        rects[:, 1] = (middle[:, None] - rows // 2 + down).ravel()
        rects[:, 2], rects[:, 3] = np.tile(spans, len(x)), 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tokens.own)
        painter.drawRects(self._rects.first, len(x) * rows)

    def _write(self, brush: Brush, plane: Plane, seen: PastFills) -> None:
        """Quantities from the newest on; one for which those written leave no room is left out."""
        written: list[QRect] = []
        ground, tokens = faded(self._tokens.panel, GROUND), self._tokens
        xs, ys = np.rint(plane.x_of(seen.numbers)).tolist(), np.rint(plane.y_of(seen.px)).tolist()
        for x, y, is_buy, qty in reversed(list(zip(xs, ys, seen.is_buy.tolist(), seen.qty.tolist(), strict=True))):
            text = qty_text(qty)
            base, width = round(y) + (24 if is_buy else -13), round(self._cache.width("tab", text)) + 4
            room = QRect(round(x) - width // 2, base - 10, width, 12)
            if any(room.intersects(one) for one in written):
                continue
            written.append(room)
            brush.fill(room.x(), room.y(), width, room.height(), ground)
            brush.center(x, base, text, "tab", tokens.own)
