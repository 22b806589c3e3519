"""Own orders, average price, base price, last price and fills over the candles; and the crosshair.

Order lines end in a label in the margin right of the last bar, with a cross that cancels; `order_at` tells which label
or line is under the pointer, so that the pane can drag it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QTransform

from hts.desk.chart_marks import FillMark, Marks, OrderLine
from hts.desk.chart_scale import stacked
from hts.desk.figures import px_text, qty_text, signed_text
from hts.desk.ratios import bp_text
from hts.desk.texts import Texts
from hts.model.enums import Side
from hts.model.units import ClOrdID
from themes import metrics
from themes.tokens import Tokens
from widgets.chart_items import PaneItem
from widgets.painting import Brush, TextCache

LABEL_HEIGHT = 17
LABEL_GAP = 8  # between label and axis
CROSS_ROOM = 18
GRAB_PX = 4  # a line is taken within this distance
TAG_ORDER = ("base", "order", "average", "last")
DASHED, DOTTED, CROSSED = (5, 4), (1, 2), (3, 3)


@dataclass(slots=True)
class Drag:
    """An order line on its way; nothing has been asked for yet. `offset`: from the line to the pointer."""

    order: OrderLine
    px: int
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """What is under the pointer."""

    order: OrderLine
    is_cross: bool
    offset: float = 0.0  # of a label that gave way, from its line


class MarksItem(PaneItem):
    """Paints a Marks value."""

    def __init__(self, tokens: Tokens, texts: Texts, cache: TextCache) -> None:
        super().__init__()
        self.marks = Marks()
        self.decimals = 0
        self.drag: Drag | None = None
        self._tokens, self._texts, self._cache = tokens, texts, cache
        self._labels: list[tuple[OrderLine, QRectF]] = []
        self._line_y: dict[ClOrdID, int] = {}
        self._tones = {1: tokens.up, -1: tokens.down, 0: tokens.text2}

    def order_at(self, point: QPointF) -> Hit | None:
        """The order whose label, or whose line, is at a point of the scene."""
        for order, label in self._labels:
            if label.contains(point):
                offset = int(label.center().y()) - self._line_y[order.order_id]
                return Hit(order, is_cross=point.x() >= label.right() - CROSS_ROOM, offset=offset)
        for order, _ in self._labels:
            if abs(point.y() - self._line_y[order.order_id]) <= GRAB_PX:
                return Hit(order, is_cross=False)
        return None

    def draw_moving(self, painter: QPainter, transform: QTransform) -> None:
        marks, tokens, rect = self.marks, self._tokens, self.pane
        brush = Brush(painter, self._cache)
        left, width = int(rect.left()), int(rect.width())

        def y_of(px: float) -> int:
            return int(px * transform.m22() + transform.dy())

        if marks.base_px:
            brush.dashes(left, y_of(marks.base_px), width, DOTTED, self._tones[0])
        if marks.last_px:
            brush.dashes(left, y_of(marks.last_px), width, DOTTED, self._tones[marks.direction])
        for fill in marks.fills:
            self._draw_fill(brush, fill, transform)
        if marks.average_px:
            brush.hline(left, y_of(marks.average_px), width, tokens.own)
        for order in marks.orders:
            brush.dashes(left, y_of(order.px), width, DASHED, tokens.own)
        self._draw_labels(brush, y_of, rect)
        if self.drag is not None:
            y = y_of(self.drag.px)
            brush.dashes(left, y, width, DASHED, tokens.own)
            self._draw_order(brush, self.drag.order, y, rect, is_ghost=True)

    def _draw_labels(self, brush: Brush, y_of: Callable[[float], int], rect: QRectF) -> None:
        """Labels of the orders, then of the average price, which keeps its place while the others give way."""
        marks = self.marks
        self._labels = []
        self._line_y = {order.order_id: y_of(order.px) for order in marks.orders}
        wanted = [*self._line_y.values(), *([y_of(marks.average_px)] if marks.average_px else [])]
        seen = [i for i, y in enumerate(wanted) if rect.top() <= y <= rect.bottom()]
        if not seen:
            return
        half = LABEL_HEIGHT / 2
        ends = rect.top() + half, rect.bottom() - half
        places = stacked([wanted[i] for i in seen], len(seen) - 1, LABEL_HEIGHT + 2, *ends)
        for i, y in zip(seen, places, strict=True):
            if i < len(marks.orders):
                self._draw_order(brush, marks.orders[i], round(y), rect)
            else:
                self._draw_average(brush, round(y), rect)

    def _draw_order(self, brush: Brush, order: OrderLine, y: int, rect: QRectF, *, is_ghost: bool = False) -> None:
        tokens = self._tokens
        side = self._texts(f"side.{order.side.name.lower()}")
        text = self._texts("chart.order", side=side, qty=qty_text(order.qty))
        width = round(self._cache.width("tab", text)) + 16 + CROSS_ROOM
        x, top = int(rect.right()) - LABEL_GAP - width, y - LABEL_HEIGHT // 2
        brush.fill(x, top, width, LABEL_HEIGHT, tokens.own_dim if order.is_pending or is_ghost else tokens.panel)
        if order.is_pending or is_ghost:
            brush.dashed_frame(x, top, width, LABEL_HEIGHT, tokens.own)
        else:
            brush.frame(x, top, width, LABEL_HEIGHT, tokens.own)
        brush.fill(x, top, 3, LABEL_HEIGHT, tokens.buy_fill if order.side is Side.BUY else tokens.sell_fill)
        brush.left(x + 9, metrics.baseline(top, LABEL_HEIGHT), text, "tab", tokens.own)
        if not is_ghost:
            brush.vline(x + width - CROSS_ROOM, top, LABEL_HEIGHT, tokens.own)
            brush.cross(x + width - CROSS_ROOM + 6, y, tokens.own)
            self._labels.append((order, QRectF(x, top, width, LABEL_HEIGHT)))

    def _draw_average(self, brush: Brush, y: int, rect: QRectF) -> None:
        marks, tokens = self.marks, self._tokens
        qty, pnl = qty_text(marks.position_qty), signed_text(marks.pnl, self.decimals)
        text = self._texts("chart.average", qty=qty, pnl=pnl, percent=bp_text(marks.pnl_bp))
        width = round(self._cache.width("tab", text)) + 10
        x = int(rect.right()) - LABEL_GAP - width
        brush.tag(x, y - LABEL_HEIGHT // 2, LABEL_HEIGHT, text, "tab", tokens.on_own, tokens.own)

    def _draw_fill(self, brush: Brush, fill: FillMark, transform: QTransform) -> None:
        """A buy points up from below its price, a sell down from above."""
        x = round(fill.index * transform.m11() + transform.dx())
        y = round(fill.px * transform.m22() + transform.dy())
        is_buy = fill.side is Side.BUY
        brush.triangle(x - 4, y + 8 if is_buy else y - 8, is_buy, self._tokens.own, 9)
        brush.center(x, y + 23 if is_buy else y - 13, qty_text(fill.qty), "tab", self._tokens.own)


class CrossItem(PaneItem):
    """The crosshair's lines in one pane; `at` gives the bar number and, in the pane of the pointer, the value."""

    def __init__(self, tokens: Tokens, cache: TextCache, at: Callable[[], tuple[int | None, float | None]]) -> None:
        super().__init__()
        self._at = at
        self._ink = tokens.text3
        self._cache = cache

    def draw_moving(self, painter: QPainter, transform: QTransform) -> None:
        index, value = self._at()
        if index is None and value is None:
            return
        rect = self.pane
        brush = Brush(painter, self._cache)
        if index is not None:
            x = int(index * transform.m11() + transform.dx())
            for y in range(int(rect.top()), int(rect.bottom()), sum(CROSSED)):
                brush.vline(x, y, CROSSED[0], self._ink)
        if value is not None:
            y = int(value * transform.m22() + transform.dy())
            brush.dashes(int(rect.left()), y, int(rect.width()), CROSSED, self._ink)


def tag_texts(marks: Marks, decimals: int) -> tuple[tuple[str, int, str], ...]:
    """Role, price and text of every price tag of the axis, one per price, the most important one last."""
    tags = [("base", marks.base_px)] if marks.base_px else []
    tags += [("order", order.px) for order in marks.orders]
    tags += [("average", marks.average_px)] if marks.average_px else []
    tags += [("last", marks.last_px)] if marks.last_px else []
    roles = {px: role for role, px in tags}  # the last role of a price is the one that counts
    kept = sorted(((role, px) for px, role in roles.items()), key=lambda tag: TAG_ORDER.index(tag[0]))
    return tuple((role, px, px_text(px, decimals)) for role, px in kept)
