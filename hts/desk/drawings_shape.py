"""How a drawing looks in one pane: lines, boxes and labels in pixels, and what of it is under the pointer."""

from collections.abc import Callable
from math import hypot

from msgspec import Struct

from hts.desk.chart import Series
from hts.desk.chart_plane import Plane
from hts.desk.drawings import Anchor, Drawing, Kind

HIT_PX = 5.0
HANDLE_PX = 7.0
FAR_PX = 20_000.0  # rays end here: the painter's numbers stay small
FIBONACCI_BY_RANK = (0.0, 1.0, 0.5, 0.618, 0.382, 0.236, 0.786, 1.618)
LABEL_HEIGHT = 16.0
LABEL_APART = 11.0  # nearer to each other a retracement's labels cannot be read
LABEL_ROOM = 110.0  # beside a retracement's lines

Point = tuple[float, float]


class Label(Struct, frozen=True):
    """Text whose baseline row is `LABEL_HEIGHT` high from y on; it ends at x with `ends`."""

    x: float
    y: float
    text: str
    ends: bool = False
    is_box: bool = False


class Shape(Struct, frozen=True, kw_only=True):
    """Segments as (x1, y1, x2, y2, strength 0..1), filled boxes as (x, y, width, height), labels, handles."""

    lines: tuple[tuple[float, float, float, float, float], ...] = ()
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    labels: tuple[Label, ...] = ()
    handles: tuple[Point, ...] = ()


class Measure(Struct, frozen=True, kw_only=True):
    """What a measurement says: change of price and its share, bars and time between."""

    change: float
    percent: float
    bars: int
    seconds: int


def shape_of(
    drawing: Drawing, series: Series, plane: Plane, say: Callable[[float], str], tell: Callable[[Measure], str]
) -> Shape:
    """`say` writes a price, `tell` a measurement."""
    points = tuple(point_of(anchor, series, plane) for anchor in drawing.anchors)
    makers = {
        Kind.TREND: _trend,
        Kind.RAY: _ray,
        Kind.CHANNEL: _channel,
        Kind.RECTANGLE: _rectangle,
    }
    maker = makers.get(drawing.kind)
    if maker is not None and len(points) == drawing.kind.anchors:
        return maker(points)
    if drawing.kind is Kind.HORIZONTAL:
        (_, y) = points[0]
        label = Label(plane.left + 6, y - LABEL_HEIGHT, say(drawing.anchors[0].px))
        return Shape(lines=((plane.left, y, plane.right, y, 1.0),), labels=(label,), handles=points)
    if drawing.kind is Kind.VERTICAL:
        (x, _) = points[0]
        return Shape(lines=((x, plane.top, x, plane.bottom, 1.0),), handles=points)
    if drawing.kind is Kind.TEXT:
        return Shape(labels=(Label(points[0][0], points[0][1] - LABEL_HEIGHT / 2, drawing.text),), handles=points)
    if len(points) < 2:
        return Shape(handles=points)
    if drawing.kind is Kind.FIBONACCI:
        return _fibonacci(drawing, points, plane, say)
    if drawing.kind is Kind.MEASURE:
        return _measure(drawing, points, series, tell)
    return _trend(points)  # a channel that still lacks its third point


def point_of(anchor: Anchor, series: Series, plane: Plane) -> Point:
    """Pixel of an anchor."""
    return _near(plane.x_of(series.x_of(anchor.trade_ns))), _near(plane.y_of(anchor.px))


def _near(value: float) -> float:
    return min(max(float(value), -FAR_PX), FAR_PX)


def _trend(points: tuple[Point, ...]) -> Shape:
    (x1, y1), (x2, y2) = points[:2]
    return Shape(lines=((x1, y1, x2, y2, 1.0),), handles=points)


def _ray(points: tuple[Point, ...]) -> Shape:
    (x1, y1), (x2, y2) = points
    length = hypot(x2 - x1, y2 - y1)
    if length < 1e-6:
        return Shape(handles=points)
    factor = FAR_PX / length
    return Shape(lines=((x1, y1, x1 + (x2 - x1) * factor, y1 + (y2 - y1) * factor, 1.0),), handles=points)


def _channel(points: tuple[Point, ...]) -> Shape:
    (x1, y1), (x2, y2), (x3, y3) = points
    slope = (y2 - y1) / (x2 - x1) if abs(x2 - x1) > 1e-6 else 0.0
    away = y3 - (y1 + slope * (x3 - x1))
    lines = (
        (x1, y1, x2, y2, 1.0),
        (x1, y1 + away, x2, y2 + away, 1.0),
        (x1, y1 + away / 2, x2, y2 + away / 2, 0.45),
    )
    return Shape(lines=lines, handles=points)


def _rectangle(points: tuple[Point, ...]) -> Shape:
    (x1, y1), (x2, y2) = points
    lines = ((x1, y1, x2, y1, 1.0), (x2, y1, x2, y2, 1.0), (x2, y2, x1, y2, 1.0), (x1, y2, x1, y1, 1.0))
    return Shape(lines=lines, boxes=((min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)),), handles=points)


def _fibonacci(drawing: Drawing, points: tuple[Point, ...], plane: Plane, say: Callable[[float], str]) -> Shape:
    """Shares of the way back from the second anchor to the first."""
    begin, end = drawing.anchors[0].px, drawing.anchors[1].px
    left, right = sorted((points[0][0], points[1][0]))
    lines, labels = [(*points[0], *points[1], 0.3)], []
    written: list[float] = []
    for share in FIBONACCI_BY_RANK:
        px = end + (begin - end) * share
        if px <= 0:
            continue
        y = _near(plane.y_of(px))
        lines.append((left, y, right, y, 1.0 if share in (0.0, 0.5, 1.0) else 0.7))
        if any(abs(y - other) < LABEL_APART for other in written):
            continue  # no room beside a level that counts for more
        written.append(y)
        text = f"{share * 100:.1f}%  {say(px)}"
        if left - plane.left >= LABEL_ROOM:
            labels.append(Label(left - 6, y - LABEL_HEIGHT / 2, text, ends=True))
        else:  # no room beside the lines: on them
            labels.append(Label(max(left, plane.left) + 4, y - LABEL_HEIGHT, text))
    return Shape(lines=tuple(lines), labels=tuple(labels), handles=points)


def _measure(drawing: Drawing, points: tuple[Point, ...], series: Series, tell: Callable[[Measure], str]) -> Shape:
    (x1, y1), (x2, y2) = points
    box = _rectangle(points)
    first, last = drawing.anchors
    measure = Measure(
        change=last.px - first.px,
        percent=100 * (last.px - first.px) / first.px if first.px else 0.0,
        bars=round(series.x_of(last.trade_ns) - series.x_of(first.trade_ns)),
        seconds=(last.trade_ns - first.trade_ns) // 1_000_000_000,
    )
    y = max(y1, y2) + 4 if y2 >= y1 else min(y1, y2) - LABEL_HEIGHT - 6
    middle = (x1 + x2) / 2
    lines = ((middle, y1, middle, y2, 1.0), (x1, y2, x2, y2, 0.45))
    return Shape(lines=lines, boxes=box.boxes, labels=(Label(middle, y, tell(measure), is_box=True),), handles=points)


class Hit(Struct, frozen=True):
    """Which drawing is under the pointer; `handle` is the anchor's number, -1 for its body."""

    drawing_id: int
    handle: int


def hit_of(shape: Shape, drawing_id: int, at: Point, text_width: Callable[[str], float]) -> Hit | None:
    """What of a shape is under a point."""
    x, y = at
    for number, (hx, hy) in enumerate(shape.handles):
        if abs(x - hx) <= HANDLE_PX and abs(y - hy) <= HANDLE_PX:
            return Hit(drawing_id, number)
    if any(_distance(at, line) <= HIT_PX for line in shape.lines):
        return Hit(drawing_id, -1)
    for label in shape.labels:
        width = text_width(label.text)
        left = label.x - width if label.ends else label.x - width / 2 if label.is_box else label.x
        if left <= x <= left + width and label.y <= y <= label.y + LABEL_HEIGHT:
            return Hit(drawing_id, -1)
    return None


def _distance(at: Point, line: tuple[float, float, float, float, float]) -> float:
    """From a point to a segment."""
    (x, y), (x1, y1, x2, y2, _) = at, line
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    share = 0.0 if length < 1e-9 else min(max(((x - x1) * dx + (y - y1) * dy) / length, 0.0), 1.0)
    return hypot(x - x1 - share * dx, y - y1 - share * dy)
