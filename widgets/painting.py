"""Painter helpers that every painted panel shares: texts on one baseline, drawn triangles, bars, chips.

Frame budget: a ladder of 40 rows repaints whole in under 2 ms. Texts come as kept pictures (widgets.text_cache):
painting a cell is one look-up and one copy. Rectangles and triangles are filled on whole pixels.
"""

from collections.abc import Sequence
from math import floor

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF, QRegion

from themes import metrics
from widgets.text_cache import FIGURE, TextCache

__all__ = [
    "Brush",
    "TextCache",
    "dirty_rows",
    "dirty_spans",
    "faded",
    "hair_pen",
    "hline",
    "ratio_of",
    "vline",
]


class Brush:
    """A QPainter with the text cache: one per paint event.

    Every text method takes the row's baseline, not a box, so that all sizes of a row stand on one line.
    """

    __slots__ = ("_origin", "painter", "texts")

    def __init__(self, painter: QPainter, texts: TextCache) -> None:
        self.painter = painter
        self.texts = texts
        texts.set_ratio(painter.device().devicePixelRatioF())
        # Where this widget begins on the device, as long as that matters: between whole ratios.
        self._origin: tuple[float, float] | None = None
        if not texts.ratio.is_integer():
            to_device = painter.deviceTransform()
            self._origin = to_device.dx(), to_device.dy()

    def left(self, x: float, baseline: int, text: str, role: str, color: QColor) -> float:
        """Text that begins at x; returns where it ends."""
        found = self.texts.rendered(role, text, color, ends_right=False)
        if self._origin is None:
            self.painter.drawPixmap(round(x) + found.left, baseline + found.top, found.pixmap)  # type: ignore[call-overload]
        else:
            self.copy(round(x), baseline, found.pixmap, (found.left, found.top))
        return x + found.advance

    def figures(self, x: float, baseline: int, text: str, role: str, color: QColor) -> float:
        """A figure that is another at every trade, sign by sign: nothing new has to be rendered. Returns its end."""
        if self._origin is None and FIGURE.fullmatch(text) is not None:
            return x + self.texts.write(self.painter, round(x), baseline, role, text, color, ends_right=False)
        for sign in text:
            x = self.left(x, baseline, sign, role, color)
        return x

    def sizes(self, x: float, baseline: int, text: str, role: str, color: QColor) -> float:
        """The same of a figure that ends at x; returns where it begins."""
        if self._origin is None:
            return x - self.texts.write(self.painter, round(x), baseline, role, text, color, ends_right=True)
        return self.right(x, baseline, text, role, color)

    def right(self, x: float, baseline: int, text: str, role: str, color: QColor) -> float:
        """Text that ends at x; returns where it begins."""
        found = self.texts.rendered(role, text, color, ends_right=True)
        if self._origin is None:
            self.painter.drawPixmap(round(x) + found.left, baseline + found.top, found.pixmap)  # type: ignore[call-overload]
        else:
            self.copy(round(x), baseline, found.pixmap, (found.left, found.top))
        return x - found.advance

    def copy(self, x: int, y: int, pixmap: QPixmap, corner: tuple[float, float] = (0, 0)) -> None:
        """A kept picture, its corner so far from a point.

        Between whole ratios the point is moved onto a pixel of the device. Elsewhere Qt would sample the picture
        between pixels, and otherwise in a part of the widget than in the whole of it.
        """
        left, top = corner
        if self._origin is None:
            self.painter.drawPixmap(x + left, y + top, pixmap)  # type: ignore[call-overload]
            return
        (dx, dy), ratio = self._origin, self.texts.ratio
        self.painter.drawPixmap(QPointF(snapped(x, ratio, dx) + left, snapped(y, ratio, dy) + top), pixmap)

    def center(self, x: float, baseline: int, text: str, role: str, color: QColor) -> None:
        """Text around x, begun on a whole pixel."""
        self.left(x - self.texts.width(role, text) / 2, baseline, text, role, color)

    def fill(self, x: int, y: int, width: int, height: int, color: QColor) -> None:
        """A filled rectangle; one of a pixel's thickness is a hairline."""
        if self.texts.ratio.is_integer():
            self.painter.fillRect(x, y, width, height, color)
        elif height == 1:
            hline(self.painter, self.texts.ratio, (x, y, width), color)
        elif width == 1:
            vline(self.painter, self.texts.ratio, (x, y, height), color)
        else:
            self.painter.fillRect(x, y, width, height, color)

    def hline(self, x: int, y: int, width: int, color: QColor, *, is_last: bool = False) -> None:
        """A hairline; between whole ratios it stands on whole pixels of the device, so that all are equally thick."""
        hline(self.painter, self.texts.ratio, (x, y, width), color, is_last=is_last)

    def vline(self, x: int, y: int, height: int, color: QColor) -> None:
        """A vertical hairline."""
        vline(self.painter, self.texts.ratio, (x, y, height), color)

    def dashes(self, x: int, y: int, width: int, pattern: tuple[int, int], color: QColor) -> None:
        """A horizontal line of dashes and gaps."""
        on, off = pattern
        if not self.texts.ratio.is_integer():
            for dx in range(0, width, on + off):
                hline(self.painter, self.texts.ratio, (x + dx, y, min(on, width - dx)), color)
            return
        key = (f"dashes {on} {off}", width, 1, color.rgba())
        self.copy(x, y, self.texts.shape(key, lambda p: _paint_line(p, width, pattern, color)))

    def frame(self, x: int, y: int, width: int, height: int, color: QColor) -> None:
        """A rectangle's outline of one pixel, inside the rectangle."""
        ratio = self.texts.ratio
        self.hline(x, y, width, color)
        hline(self.painter, ratio, (x, y + height - 1, width), color, is_last=True)
        self.vline(x, y + 1, height - 2, color)
        vline(self.painter, ratio, (x + width - 1, y + 1, height - 2), color, is_last=True)

    def dashed_frame(self, x: int, y: int, width: int, height: int, color: QColor) -> None:
        """An outline of dashes: something asked for that is not there yet."""
        key = ("dashed", width, height, color.rgba())
        ratio = self.texts.ratio
        shape = self.texts.shape(key, lambda p: _paint_dashes(p, ratio, (width, height), color))
        self.copy(x, y, shape)

    def triangle(self, x: int, middle: int, up: bool, color: QColor, width: int = metrics.TRIANGLE_W) -> None:
        """A solid triangle that begins at x, around a vertical middle; four rows of pixels at 7 px width."""
        rows = (width + 1) // 2
        top = middle - rows // 2
        if not self.texts.ratio.is_integer():
            key = ("up" if up else "down", width, rows, color.rgba())
            shape = self.texts.shape(key, lambda p: _paint_triangle(p, width, rows, up=up, color=color))
            self.copy(x, top, shape)
            return
        for i in range(rows):
            span = 2 * i + 1
            y = top + i if up else top + rows - 1 - i
            self.painter.fillRect(x + (width - span) // 2, y, span, 1, color)

    def change(self, x: int, middle: int, change: int, color: QColor, *, is_limit: bool = False) -> None:
        """The sign of a change: a triangle, or an arrow where the price stands at the day's limit."""
        if not is_limit:
            self.triangle(x, middle, change > 0, color)
            return
        self.triangle(x, middle - 2 if change > 0 else middle + 2, change > 0, color)
        stem = metrics.TRIANGLE_W // 2 - 1
        self.fill(x + stem, middle if change > 0 else middle - 4, metrics.TRIANGLE_W - 2 * stem, 4, color)

    def tag(  # noqa: PLR0917
        self, x: int, y: int, height: int, text: str, role: str, ink: QColor, ground: QColor
    ) -> int:
        """A filled label with 5 px of padding; returns its width."""
        width = round(self.texts.width(role, text)) + 10
        self.painter.fillRect(x, y, width, height, ground)
        self.left(x + 5, metrics.baseline(y, height), text, role, ink)
        return width

    def cross(self, x: int, middle: int, color: QColor, size: int = 7) -> None:
        """The cross that cancels: two strokes."""
        key = ("cross", size, size, color.rgba())
        self.copy(x, middle - size // 2 - 1, self.texts.shape(key, lambda p: _paint_cross(p, size, color)))

    def rounded(self, rect: QRect, ground: QColor, edge: QColor | None = None) -> None:
        """A button's ground with the one radius there is."""
        self.painter.save()
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setPen(QPen(edge, 1) if edge is not None else Qt.PenStyle.NoPen)
        self.painter.setBrush(ground)
        box = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5) if edge is not None else QRectF(rect)
        self.painter.drawRoundedRect(box, metrics.RADIUS, metrics.RADIUS)
        self.painter.restore()


def hline(painter: QPainter, ratio: float, at: tuple[int, int, int], color: QColor, *, is_last: bool = False) -> None:
    """A hairline of x, y and a width: the same whole pixels of the device thick wherever it stands.

    `is_last`: the last line of what it belongs to; where a pixel of ours is less than one of the device it stays in it.
    """
    x, y, width = at
    if ratio.is_integer():
        painter.fillRect(x, y, width, 1, color)
    else:
        top = _placed(y, ratio, painter.deviceTransform().dy(), is_last=is_last)
        painter.fillRect(QRectF(x, top, width, hair(ratio)), color)


def vline(painter: QPainter, ratio: float, at: tuple[int, int, int], color: QColor, *, is_last: bool = False) -> None:
    """The same downwards: x, y and a height."""
    x, y, height = at
    if ratio.is_integer():
        painter.fillRect(x, y, 1, height, color)
    else:
        left = _placed(x, ratio, painter.deviceTransform().dx(), is_last=is_last)
        painter.fillRect(QRectF(left, y, hair(ratio), height), color)


def _placed(at: int, ratio: float, origin: float, *, is_last: bool) -> float:
    if is_last and ratio < 1:
        return snapped(at + 1, ratio, origin) - hair(ratio)
    return snapped(at, ratio, origin)


def hair(ratio: float) -> float:
    """How thick a hairline is: whole pixels of the device, and one also where a pixel of ours is less (90 %)."""
    return max(int(ratio), 1) / ratio


def snapped(at: float, ratio: float, origin: float) -> float:
    """A place moved onto a whole pixel of the device; its widget begins at `origin` there, at 150 % often a half.

    Halves go up, as in Qt's own rounding of fills and clips: rounded otherwise, a row would reach into its neighbour's.
    """
    return (floor(origin + at * ratio + 0.5) - origin) / ratio


def ratio_of(painter: QPainter) -> float:
    """Device pixels per pixel of what is painted on."""
    return float(painter.device().devicePixelRatioF())


def hair_pen(painter: QPainter, color: QColor, dashes: Sequence[float] = ()) -> QPen:
    """A pen for lines of a hairline's thickness, whatever the ratio is."""
    pen = QPen(color, max(int(ratio_of(painter)), 1))
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern(dashes)
    return pen


def faded(color: QColor, alpha: int) -> QColor:
    """The colour at `alpha` of 255."""
    made = QColor(color)
    made.setAlpha(alpha)
    return made


def dirty_rows(region: QRegion, top: int, row_height: int, count: int) -> list[int]:
    """Numbers of the rows, each `row_height` high from `top` on, that a paint event's region touches."""
    rows: set[int] = set()
    for rect in iter(region):  # type: ignore[call-overload]
        first = max((rect.top() - top) // row_height, 0)
        last = min((rect.bottom() - top) // row_height, count - 1)
        rows.update(range(first, last + 1))
    return sorted(rows)


def dirty_spans(region: QRegion, top: int, row_height: int, count: int) -> dict[int, tuple[int, int]]:
    """The same with the part of each row that is touched: where it begins and where it ends."""
    spans: dict[int, tuple[int, int]] = {}
    for rect in iter(region):  # type: ignore[call-overload]
        left, right = rect.left(), rect.right() + 1
        first = max((rect.top() - top) // row_height, 0)
        last = min((rect.bottom() - top) // row_height, count - 1)
        for row in range(first, last + 1):
            before = spans.get(row)
            spans[row] = (left, right) if before is None else (min(left, before[0]), max(right, before[1]))
    return spans


def _paint_cross(painter: QPainter, size: int, color: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.2))
    painter.drawLine(QPointF(0.5, 0.5), QPointF(size - 0.5, size - 0.5))
    painter.drawLine(QPointF(0.5, size - 0.5), QPointF(size - 0.5, 0.5))


def _paint_triangle(painter: QPainter, width: int, rows: int, *, up: bool, color: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    base, tip = (rows, 0) if up else (0, rows)
    painter.drawPolygon(QPolygonF([QPointF(0, base), QPointF(width, base), QPointF(width / 2, tip)]))


def _paint_line(painter: QPainter, width: int, pattern: tuple[int, int], color: QColor) -> None:
    on, off = pattern
    for dx in range(0, width, on + off):
        painter.fillRect(dx, 0, min(on, width - dx), 1, color)


def _paint_dashes(painter: QPainter, ratio: float, size: tuple[int, int], color: QColor) -> None:
    width, height = size
    for dx in range(0, width, 5):
        length = min(3, width - dx)
        hline(painter, ratio, (dx, 0, length), color)
        hline(painter, ratio, (dx, height - 1, length), color)
    for dy in range(0, height, 5):
        length = min(3, height - dy)
        vline(painter, ratio, (0, dy, length), color)
        vline(painter, ratio, (width - 1, dy, length), color)
