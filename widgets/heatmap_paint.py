"""How the heat map is painted: the image from its bytes, bubbles, best prices, own orders, axes, the cursor.

Frame budget: 2 ms. The seen part of the ring is looked up in a table of 256 colours and handed to Qt as one image;
lines of the best prices are runs of equal rows, bubbles are kept pixmaps. The ramp runs from the panel through
one hue: red and blue stay free for what traded.
"""

from dataclasses import dataclass
from functools import partial
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from hts.desk.figures import clock_text, px_text, qty_text
from hts.desk.heatmap import Bytes, HeatMap, Shorts
from hts.desk.heatmap_view import HeatView
from hts.desk.ratios import sign
from hts.desk.texts import Texts
from hts.model.enums import Side
from hts.model.views import OrderView
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush, faded

AXIS_W = 132  # the newest book's sizes and the prices
SIZES_W = 58
TIME_H = 22
LOW_SHARE, HIGH_SHARE = 0.10, 0.995  # of the cells: at and below the one all is darkest, above the other brightest
SPAN_MIN = 24  # of the byte scale: five times the size, at least, from darkest to brightest
DARKEST = 22  # of 255 along the ramp: a published level is never as dark as nothing
LABEL_PX = 18  # least distance of two price labels
LABEL_ROOM = 7  # half a label: one that would be cut at an edge is left out
MARK_PX = 84  # least distance of two time labels
MARKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
BUBBLE_MAX = 15
BUBBLE_MIN = 3  # smaller ones are points
Words = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the pointer is, in pixels of the drawn area."""

    x: int
    y: int


class HeatPainter:
    """Paints one heat map into a widget of a size."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        self._tokens, self._texts = tokens, texts
        self._ramp = ramp((tokens.panel, tokens.heat1, tokens.heat2, tokens.heat3, tokens.heat4))
        self._range = (-1, -1, 0.0)
        self._table: Words = self._ramp
        self._kept: Words = np.zeros((1, 1), np.uint32)  # the image's memory while Qt reads it

    def paint(self, brush: Brush, heat: HeatMap, view: HeatView, own: tuple[OrderView, ...], at: Cursor | None) -> None:
        """Everything, from the ground up."""
        tokens, painter = self._tokens, brush.painter
        width, height = view.width, view.height
        painter.save()
        painter.setClipRect(0, 0, width, height)
        self._cells(painter, heat, view)
        self._time_lines(brush, view)
        self._best(brush, heat, view)
        self._bubbles(brush, heat, view)
        self._own(brush, heat, view, own)
        if at is not None:
            brush.dashes(0, at.y, width, (3, 3), faded(tokens.text2, 120))
            brush.vline(at.x, 0, height, faded(tokens.text2, 80))
        painter.restore()
        brush.fill(width, 0, AXIS_W, height + TIME_H, tokens.panel)
        brush.fill(0, height, width, TIME_H, tokens.panel)
        brush.vline(width, 0, height + TIME_H, tokens.line)
        brush.hline(0, height, width + AXIS_W, tokens.line)
        painter.save()
        painter.setClipRect(width, 0, AXIS_W, height)
        self._sizes(brush, heat, view)
        self._prices(brush, heat, view)
        painter.restore()
        self._times(brush, view)
        if at is not None:
            self._read_out(brush, heat, view, at)

    def _cells(self, painter: QPainter, heat: HeatMap, view: HeatView) -> None:
        bytes_seen = heat.levels[view.level].window(view.first, view.last, view.bottom, view.top)
        self._kept = self._colors(bytes_seen, view.gamma)[bytes_seen]
        rows, columns = self._kept.shape
        image = QImage(self._kept.data, columns, rows, columns * 4, QImage.Format.Format_RGB32)
        target = QRect(view.x(view.first), 0, columns * view.column_px, rows * view.row_px)
        painter.drawImage(target, image)

    def _colors(self, seen: Bytes, gamma: float) -> Words:
        """The table for an image: usual sizes stay dark, so that walls stand out whatever the issue's sizes are."""
        counts = np.bincount(seen.ravel(), minlength=256)
        counts[0] = 0
        total = int(counts.sum())
        below = counts.cumsum()
        low = int(np.searchsorted(below, total * LOW_SHARE))
        high = max(int(np.searchsorted(below, total * HIGH_SHARE)), low + SPAN_MIN)
        if (low, high, gamma) != self._range:
            share = np.clip((np.arange(256) - low) / (high - low), 0.0, 1.0) ** gamma
            place = (DARKEST + share * (255 - DARKEST)).astype(np.intp)
            place[0] = 0
            self._range, self._table = (low, high, gamma), self._ramp[place]
        return self._table

    def _best(self, brush: Brush, heat: HeatMap, view: HeatView) -> None:
        ring = heat.levels[view.level]
        first, last = max(view.first, ring.first), min(view.last, ring.last)
        if first > last:
            return
        numbers = np.arange(first, last + 1)
        tokens = self._tokens
        for rows, color, is_ask in ((ring.bid, tokens.bid_soft, False), (ring.ask, tokens.ask_soft, True)):
            self._steps(brush, view, numbers, rows[numbers % len(rows)], color, is_ask=is_ask)

    def _steps(
        self, brush: Brush, view: HeatView, numbers: NDArray[np.int64], rows: Shorts, color: QColor, *, is_ask: bool
    ) -> None:
        """A line of runs at the edge that the two best prices share, joined where the row changes."""
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        ends = np.r_[starts[1:], len(rows)]
        before = None
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            row = int(rows[start])
            if row < 0:
                before = None
                continue
            x = view.x(int(numbers[start]))
            y = view.y(row) + (view.row_px - 1 if is_ask else 0)
            brush.hline(x, y, (end - start) * view.column_px, color)
            if before is not None:
                brush.vline(x, min(y, before), abs(y - before) + 1, color)
            before = y

    def _bubbles(self, brush: Brush, heat: HeatMap, view: HeatView) -> None:
        """Large trades as circles by area; the many small ones as points, drawn in one call per colour."""
        dots, bottom, top = heat.levels[view.level].dots, view.bottom, view.top
        left, top_y = view.column_px // 2, view.row_px // 2
        seen: list[tuple[int, int, int, int]] = []
        for number in range(view.first, view.last + 1):
            of_column = dots.get(number)
            if of_column is None:
                continue
            x = view.x(number) + left
            for row, dot in of_column.items():
                if bottom <= row <= top:
                    y = (top - row) * view.row_px + top_y
                    seen.append((x, y, dot.buy_qty + dot.sell_qty + dot.call_qty, dot.buy_qty - dot.sell_qty))
        largest = max((qty for _, _, qty, _ in seen), default=1)
        small: dict[int, list[QPoint]] = {0: [], 1: [], -1: []}
        large: list[tuple[int, int, int, int]] = []
        least = largest * BUBBLE_MIN * BUBBLE_MIN // (BUBBLE_MAX * BUBBLE_MAX)
        for x, y, qty, net in seen:
            side = (net > 0) - (net < 0)
            if qty <= least:
                small[side].append(QPoint(x, y))
            else:
                large.append((x, y, round(BUBBLE_MAX * sqrt(qty / largest)), side))
        tones = {0: self._tokens.text2, 1: self._tokens.buy, -1: self._tokens.sell}
        for side, points in small.items():
            if points:
                brush.painter.setPen(QPen(tones[side], 3))
                brush.painter.drawPoints(points)
        for x, y, radius, side in large:
            color = tones[side]
            key = ("bubble", 2 * radius + 2, 2 * radius + 2, color.rgba())
            pixmap = brush.texts.shape(key, partial(_paint_bubble, radius=radius, color=color))
            brush.copy(x - radius - 1, y - radius - 1, pixmap)

    def _own(self, brush: Brush, heat: HeatMap, view: HeatView, own: tuple[OrderView, ...]) -> None:
        """A line from when the order came, and its quantity at the right edge."""
        tokens = self._tokens
        for order in own:
            if not order.px:
                continue
            row = heat.grid.index(order.px)
            y = view.y(row) + view.row_px // 2
            x = max(view.x(order.entered_ns // view.step_ns), 0)
            if x >= view.width or not -view.row_px < y < view.height + view.row_px:
                continue
            brush.hline(x, y, view.width - x, tokens.own)
            side = self._texts(f"side.{order.side.name.lower()}")
            text = f"{side} {qty_text(order.leaves_qty)}"
            width = round(brush.texts.width("cap_strong", text)) + 10
            brush.fill(view.width - width, y - 8, width, 16, tokens.own_dim)
            brush.left(view.width - width + 5, metrics.baseline(y - 8, 16), text, "cap_strong", tokens.own)

    def _sizes(self, brush: Brush, heat: HeatMap, view: HeatView) -> None:
        """The newest book as bars and, where rows are high enough, figures."""
        book, tokens = heat.book, self._tokens
        if book is None:
            return
        scale = max(*book.levels[2::4], *book.levels[3::4], 1)
        tall = view.row_px >= 11
        for i in range(0, len(book.levels), 4):
            for px, qty, bar in (
                (book.levels[i], book.levels[i + 2], tokens.ask_bar2),
                (book.levels[i + 1], book.levels[i + 3], tokens.bid_bar2),
            ):
                y = view.y(heat.grid.index(px))
                if not px or not qty or not -view.row_px < y < view.height:
                    continue
                length = max(qty * (SIZES_W - 4) // scale, 1)
                brush.fill(view.width + 1, y, length, max(view.row_px - 1, 1), bar)
                if tall and 0 <= y <= view.height - view.row_px:
                    base = metrics.baseline(y, view.row_px)
                    digits(brush, view.width + SIZES_W, base, qty_text(qty), "cap", tokens.text)

    def _prices(self, brush: Brush, heat: HeatMap, view: HeatView) -> None:
        issue, tokens = heat.instrument, self._tokens
        tones = {0: tokens.text2, 1: tokens.up, -1: tokens.down}
        every = next(n for n in (1, 2, 5, 10, 20, 50, 100) if n * view.row_px >= LABEL_PX or n == 100)
        end = view.width + AXIS_W - metrics.EDGE_PAD
        tag_y = view.y(heat.grid.index(heat.last_px)) if heat.last_px else -LABEL_PX
        for row in range(max(view.bottom, 0), min(view.top, len(heat.grid) - 1) + 1):
            px = heat.grid.px(row)
            y = view.y(row) + view.row_px // 2
            is_whole = LABEL_ROOM <= y <= view.height - LABEL_ROOM
            if row % every == 0 and is_whole and abs(view.y(row) - tag_y) >= LABEL_PX - 3:
                text = px_text(px, issue.px_decimals)
                brush.right(end, y + 4, text, "secondary", tones[sign(px - issue.base_px)])
        last = heat.last_px
        if last:
            y = view.y(heat.grid.index(last)) + view.row_px // 2
            fill = {1: tokens.up_fill, -1: tokens.down_fill, 0: tokens.raised}[sign(last - issue.base_px)]
            brush.fill(view.width + SIZES_W + 2, y - 9, AXIS_W - SIZES_W - 2, 18, fill)
            ink = tokens.on_fill if last != issue.base_px else tokens.text
            brush.right(end, y + 5, px_text(last, issue.px_decimals), "price_strong", ink)

    def _marks(self, view: HeatView) -> list[tuple[int, int]]:
        """(x, venue time) of the time labels."""
        px_per_s = view.column_px * 1_000_000_000 / view.step_ns
        every_s = next((s for s in MARKS_S if s * px_per_s >= MARK_PX), MARKS_S[-1])
        step = every_s * 1_000_000_000
        first_ns, end_ns = view.first * view.step_ns, (view.last + 1) * view.step_ns
        if end_ns - first_ns > step * 100:
            return []
        times = range(-(-first_ns // step) * step, end_ns, step)
        return [(view.width - round((end_ns - at) * px_per_s / 1e9), at) for at in times]

    def _time_lines(self, brush: Brush, view: HeatView) -> None:
        for x, _ in self._marks(view):
            brush.vline(x, view.height - 4, 4, self._tokens.text3)

    def _times(self, brush: Brush, view: HeatView) -> None:
        base = metrics.baseline(view.height + 1, TIME_H)
        for x, at in self._marks(view):
            text = clock_text(at)
            half = brush.texts.width("secondary", text) / 2
            if x - half >= 2 and x + half < view.width - 2:
                brush.center(x, base, text, "secondary", self._tokens.text3)

    def _read_out(self, brush: Brush, heat: HeatMap, view: HeatView, at: Cursor) -> None:
        """Price in the axis, and a line of what stood and traded under the pointer."""
        tokens, texts, row = self._tokens, self._texts, view.row_at(at.y)
        px = heat.grid.px(row)
        if not px:
            return
        decimals = heat.instrument.px_decimals
        brush.fill(view.width + SIZES_W + 2, at.y - 8, AXIS_W - SIZES_W - 2, 16, tokens.raised)
        base = metrics.baseline(at.y - 8, 16)
        end = view.width + AXIS_W - metrics.EDGE_PAD
        brush.right(end, base, px_text(px, decimals), "body_medium", tokens.text)
        cell = heat.cell(view.level, view.column_at(at.x), row)
        if cell is None:
            return
        parts = [clock_text(cell.trade_ns), px_text(cell.px, decimals)]
        for key, qty in (
            ("heatmap.ask", cell.ask_qty),
            ("heatmap.bid", cell.bid_qty),
            ("heatmap.bought", cell.buy_qty),
            ("heatmap.sold", cell.sell_qty),
        ):
            if qty:
                parts.append(texts(key, qty=qty_text(qty)))
        text = "   ".join(parts)
        width = round(brush.texts.width("secondary", text)) + 12
        x = min(at.x + 12, view.width - width - 4)
        y = at.y - 26 if at.y > 30 else at.y + 12
        brush.fill(x, y, width, 20, tokens.raised)
        brush.frame(x, y, width, 20, tokens.line2)
        brush.left(x + 6, metrics.baseline(y, 20), text, "secondary", tokens.text)


def own_orders(orders: tuple[OrderView, ...]) -> tuple[OrderView, ...]:
    """Limit orders that have a line, sells first so that their labels lie under those of buys."""
    return tuple(sorted((one for one in orders if one.px), key=lambda one: one.side is Side.BUY))


def digits(brush: Brush, x: float, base: int, text: str, role: str, color: QColor) -> float:  # noqa: PLR0917
    """A figure that ends at x, digit by digit: one that changes all the time is put together from twelve pictures."""
    for character in reversed(text):
        x = brush.right(x, base, character, role, color)
    return x


def ramp(stops: tuple[QColor, ...]) -> Words:
    """256 colours through the stops, as Qt's 32-bit words."""
    at = np.linspace(0, len(stops) - 1, 256)
    parts = [
        np.interp(at, range(len(stops)), [channel(color) for color in stops]).astype(np.uint32)
        for channel in (QColor.red, QColor.green, QColor.blue)
    ]
    made: Words = np.uint32(0xFF000000) | parts[0] << np.uint32(16) | parts[1] << np.uint32(8) | parts[2]
    return made


def _paint_bubble(painter: QPainter, radius: int, color: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faded(color, 190))
    painter.drawEllipse(QPointF(radius + 1, radius + 1), radius, radius)
