"""Own orders, average price, base price, last price and fills over the candles; and the crosshair.

Order lines end in a label in the margin right of the last bar, with a cross that cancels; `order_at` tells which label
or line is under the pointer, so that the pane can drag it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter

from hts.desk.chart_marks import FillMark, LineKind, Marks, OrderLine
from hts.desk.chart_plane import Plane
from hts.desk.chart_scale import stacked
from hts.desk.figures import px_text, qty_text, signed_text
from hts.desk.ratios import bp_text
from hts.desk.texts import Texts
from hts.model.enums import Side
from hts.model.units import ClOrdID
from themes.tokens import Tokens
from widgets.chart_labels import CROSS_ROOM, LABEL_HEIGHT, OrderLabels
from widgets.chart_past import PastLayer
from widgets.painting import Brush, TextCache, faded

LABEL_GAP = 8  # between label and axis
FILLS_NEAR = 6  # quantities of later bars that may be in the way: they are a bar's width apart
FILLS_REACH = 150  # pixels: wider than two quantities side by side
FILL_GROUND = 215  # of 255: a fill's quantity is read over the candle that it stands on
GRAB_PX = 4  # a line is taken within this distance
TAG_ORDER = ("base", "order", "average", "last")
DASHED, WATCHED, DOTTED, CROSSED = (5, 4), (2, 5), (1, 2), (3, 3)


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


class MarksLayer:
    """Paints a Marks value, all of it in the moving pass; what was traded on days before is still."""

    is_at_end = False

    def __init__(self, tokens: Tokens, texts: Texts, cache: TextCache) -> None:
        self.marks = Marks()
        self.decimals = 0
        self.last_index = 0  # of the series
        self.drag: Drag | None = None
        self.past = PastLayer(tokens, cache)
        self._tokens, self._texts, self._cache = tokens, texts, cache
        self._labels: list[tuple[OrderLine, QRectF]] = []
        self._line_y: dict[ClOrdID, int] = {}
        self._average_y = 0
        self.labels_left = inf  # where the widest label begins that was painted last
        self._pictures = OrderLabels(tokens)
        self._tones = {1: tokens.up, -1: tokens.down, 0: tokens.text2}

    @property
    def lines_y(self) -> list[int]:
        """Where the own lines were painted last."""
        return [*self._line_y.values(), *([self._average_y] if self.marks.average_px else [])]

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

    def draw(self, painter: QPainter, plane: Plane) -> None:
        """Fills of days before."""
        self.past.draw(painter, plane)

    def draw_moving(self, painter: QPainter, plane: Plane) -> None:
        """Lines, fills, labels, and the line that is dragged."""
        marks, tokens = self.marks, self._tokens
        brush = Brush(painter, self._cache)
        left, width = int(plane.left), int(plane.width)

        def y_of(px: float) -> int:
            return int(plane.y_of(px))

        if marks.base_px:
            brush.dashes(left, y_of(marks.base_px), width, DOTTED, self._tones[0])
        if marks.last_px:
            # From the last bar on: what a trade moves stays at the right.
            begin = min(max(int(plane.x_of(self.last_index)), left), left + width)
            begin = left if begin == left + width else begin
            brush.dashes(begin, y_of(marks.last_px), left + width - begin, DOTTED, self._tones[marks.direction])
        self._draw_fills(brush, marks.fills, plane)
        if marks.average_px:
            self._average_y = y_of(marks.average_px)
            brush.hline(left, self._average_y, width, tokens.own)
        for order in marks.orders:
            pattern = DASHED if order.kind is LineKind.ORDER else WATCHED
            brush.dashes(left, y_of(order.px), width, pattern, tokens.own)
        self._draw_labels(brush, y_of, plane)
        if self.drag is not None:
            y = y_of(self.drag.px)
            brush.dashes(left, y, width, DASHED, tokens.own)
            self._draw_ghost(brush, self.drag, y, plane)

    def _draw_labels(self, brush: Brush, y_of: Callable[[float], int], plane: Plane) -> None:
        """Labels of the orders, then of the average price, which keeps its place while the others give way."""
        marks = self.marks
        self._labels, self.labels_left = [], inf
        self._line_y = {order.order_id: y_of(order.px) for order in marks.orders}
        wanted = [*self._line_y.values(), *([y_of(marks.average_px)] if marks.average_px else [])]
        seen = [i for i, y in enumerate(wanted) if plane.top <= y <= plane.bottom]
        if not seen:
            return
        half = LABEL_HEIGHT / 2
        ends = plane.top + half, plane.bottom - half
        places = stacked([wanted[i] for i in seen], len(seen) - 1, LABEL_HEIGHT + 2, *ends)
        for i, y in zip(seen, places, strict=True):
            if i < len(marks.orders):
                self._draw_order(brush, marks.orders[i], round(y), plane)
            else:
                self._draw_average(brush, round(y), plane)

    def _draw_order(self, brush: Brush, order: OrderLine, y: int, plane: Plane) -> None:
        text = order.text(self._texts)
        x, top, width = self._label_at(text, y, plane)
        self.labels_left = min(self.labels_left, x)
        self._pictures.paint(brush, (x, top), text, order.side, is_ghost=order.is_pending, has_cross=True)
        self._labels.append((order, QRectF(x, top, width, LABEL_HEIGHT)))

    def _draw_ghost(self, brush: Brush, drag: Drag, y: int, plane: Plane) -> None:
        """What would be asked for: the price on its tick, and how far it is from where the order rests."""
        change = signed_text(drag.px - drag.order.px, self.decimals)
        text = f"{drag.order.text(self._texts)}  {px_text(drag.px, self.decimals)}  ({change})"
        x, top, _ = self._label_at(text, y, plane)
        self.labels_left = min(self.labels_left, x)
        self._pictures.paint(brush, (x, top), text, drag.order.side, is_ghost=True, has_cross=False)

    def _label_at(self, text: str, y: int, plane: Plane) -> tuple[int, int, int]:
        """Left edge, top and width of a label around a height."""
        width = OrderLabels.width(self._cache, text)
        return int(plane.right) - LABEL_GAP - width, y - LABEL_HEIGHT // 2, width

    def _average_label(self, plane: Plane) -> tuple[int, str]:
        """Where the average price's label begins, and what it says."""
        marks = self.marks
        qty, pnl = qty_text(marks.position_qty), signed_text(marks.pnl, marks.money_decimals)
        text = self._texts("chart.average", qty=qty, pnl=pnl, percent=bp_text(marks.pnl_bp))
        return int(plane.right) - LABEL_GAP - round(self._cache.width("tab", text)) - 10, text

    def reach(self, plane: Plane) -> float:
        """Where the labels begin that are there, and those that tell new quantities and the new result."""
        new = [self._label_at(order.text(self._texts), 0, plane)[0] for order in self.marks.orders]
        new += [self._average_label(plane)[0]] if self.marks.average_px else []
        return min([self.labels_left, *new])

    def _draw_average(self, brush: Brush, y: int, plane: Plane) -> None:
        tokens, (x, text) = self._tokens, self._average_label(plane)
        self.labels_left = min(self.labels_left, x)
        brush.tag(x, y - LABEL_HEIGHT // 2, LABEL_HEIGHT, text, "tab", tokens.on_own, tokens.own)

    def _draw_fills(self, brush: Brush, fills: Sequence[FillMark], plane: Plane) -> None:
        """The newest first: a quantity for which those of later bars leave no room is not written over them.

        Of a day's fills those far from what is painted are left out.
        """
        written: list[QRect] = []
        seen, ground = brush.painter.clipBoundingRect(), faded(self._tokens.panel, FILL_GROUND)
        first, last = plane.index_at(seen.left() - FILLS_REACH), plane.index_at(seen.right() + FILLS_REACH)
        for fill in reversed(fills):
            if not first <= fill.index <= last:
                continue
            x, y = round(plane.x_of(fill.index)), round(plane.y_of(fill.px))
            is_buy, text = fill.side is Side.BUY, qty_text(fill.qty)
            brush.triangle(x - 4, y + 8 if is_buy else y - 8, is_buy, self._tokens.own, 9)
            base, width = y + 24 if is_buy else y - 13, round(self._cache.width("tab", text)) + 4
            room = QRect(x - width // 2, base - 10, width, 12)
            if any(room.intersects(one) for one in written[-FILLS_NEAR:]):
                continue
            written.append(room)
            brush.fill(room.x(), room.y(), width, room.height(), ground)
            brush.center(x, base, text, "tab", self._tokens.own)


def draw_cross(brush: Brush, plane: Plane, at: tuple[float | None, float | None], ink: QColor) -> None:
    """The crosshair's lines in one pane: a bar number, and in the pane of the pointer a value."""
    index, value = at
    if index is not None:
        x = int(plane.x_of(index))
        for y in range(int(plane.top), int(plane.bottom), sum(CROSSED)):
            brush.vline(x, y, CROSSED[0], ink)
    if value is not None:
        brush.dashes(int(plane.left), int(plane.y_of(value)), int(plane.width), CROSSED, ink)


def tag_texts(marks: Marks, decimals: int) -> tuple[tuple[str, int, str], ...]:
    """Role, price and text of every price tag of the axis, one per price, the most important one last."""
    tags = [("base", marks.base_px)] if marks.base_px else []
    tags += [("order", order.px) for order in marks.orders]
    tags += [("average", marks.average_px)] if marks.average_px else []
    tags += [("last", marks.last_px)] if marks.last_px else []
    roles = {px: role for role, px in tags}  # the last role of a price is the one that counts
    kept = sorted(((role, px) for px, role in roles.items()), key=lambda tag: TAG_ORDER.index(tag[0]))
    return tuple((role, px, px_text(px, decimals)) for role, px in kept)
