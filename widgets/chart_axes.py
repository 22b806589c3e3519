"""The chart's axes, painted by us: labels on the grid's lines, tags over them where something of interest stands.

The library keeps their ranges; nothing of its own tick painting is used. Tags move with the last price, so axes belong
to the canvas's moving layer and paint nothing when the scene is painted.
"""

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from hts.desk.chart_marks import Marks
from hts.desk.chart_scale import TimeMark, stacked
from hts.desk.figures import px_text
from themes import metrics
from themes.tokens import Tokens
from widgets.chart_marks import tag_texts
from widgets.painting import Brush, TextCache

TAG_HEIGHT = 17
TAG_ROOM = 15  # a label nearer than this to a tag gives way
PAD = 8


class PaintedAxis(pg.AxisItem):  # type: ignore[misc]  # the library is untyped
    """An axis that paints itself in its own rectangle."""

    def __init__(self, side: str, tokens: Tokens, cache: TextCache) -> None:
        super().__init__(side)
        self.setStyle(showValues=False)
        self.tokens, self.cache = tokens, cache

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Nothing in the still layer."""

    def move(self, painter: QPainter) -> None:
        """Ground and `draw`, with the painter at the axis's corner."""
        width, height = int(self.size().width()), int(self.size().height())
        brush = Brush(painter, self.cache)
        brush.fill(0, 0, width, height, self.tokens.panel)
        self.draw(brush, width, height)

    def draw(self, brush: Brush, width: int, height: int) -> None:
        """Labels and tags."""
        raise NotImplementedError

    def place(self, value: float, length: float) -> float:
        """Where a value stands along the axis, from its low end."""
        low, high = self.range
        return (value - low) / (high - low) * length if high > low else 0.0


class PriceAxis(PaintedAxis):
    """Right axis of the price pane: round prices, and tags of last, own orders, average, base, crosshair."""

    def __init__(self, tokens: Tokens, cache: TextCache, lines: Callable[[], list[int]]) -> None:
        super().__init__("right", tokens, cache)
        self.marks = Marks()
        self.decimals = 0
        self.cross_px: int | None = None
        self._lines = lines

    def draw(self, brush: Brush, width: int, height: int) -> None:
        tokens = self.tokens
        brush.vline(0, 0, height, tokens.line2)
        tags = self.tags(height)
        if self.cross_px is not None:
            text = px_text(self.cross_px, self.decimals)
            tags.append(("cross", height - self.place(self.cross_px, height), text))
        for px in self._lines():
            y = round(height - self.place(px, height))
            if all(abs(y - tag_y) > TAG_ROOM for _, tag_y, _ in tags):
                base = metrics.baseline(y - 8, 16)
                brush.right(width - PAD, base, px_text(px, self.decimals), "secondary", tokens.text3)
        for role, tag_y, text in tags:
            self._draw_tag(brush, role, round(tag_y), text, width)

    def tags(self, height: float) -> list[tuple[str, float, str]]:
        """Role, middle and text of the tags in view, the most important one last; they give way to it, none overlap."""
        seen = []
        for role, px, text in tag_texts(self.marks, self.decimals):
            y = height - self.place(px, height)
            if -TAG_HEIGHT < y < height + TAG_HEIGHT:
                seen.append((role, y, text))
        if not seen:
            return []
        half = TAG_HEIGHT / 2
        places = stacked([y for _, y, _ in seen], len(seen) - 1, TAG_HEIGHT + 1, half, height - half)
        return [(role, y, text) for (role, _, text), y in zip(seen, places, strict=True)]

    def _draw_tag(self, brush: Brush, role: str, y: int, text: str, width: int) -> None:
        tokens = self.tokens
        last = tokens.sell_fill if self.marks.direction < 0 else tokens.buy_fill
        ground, ink = {
            "base": (tokens.raised, tokens.text),
            "order": (tokens.own_dim, tokens.own),
            "average": (tokens.own, tokens.on_own),
            "last": (last if self.marks.direction else tokens.line2, tokens.on_fill),
            "cross": (tokens.line2, tokens.text),
        }[role]
        top = y - TAG_HEIGHT // 2
        brush.fill(1, top, width - 1, TAG_HEIGHT, ground)
        kind = "price_strong" if role == "last" else "secondary"
        brush.right(width - PAD, metrics.baseline(top, TAG_HEIGHT), text, kind, ink)


class VolumeAxis(PaintedAxis):
    """Right axis of the volume pane: the top quantity."""

    def __init__(self, tokens: Tokens, cache: TextCache, label: Callable[[], str]) -> None:
        super().__init__("right", tokens, cache)
        self._label = label

    def draw(self, brush: Brush, width: int, height: int) -> None:
        brush.vline(0, 0, height, self.tokens.line2)
        brush.hline(0, 0, width, self.tokens.line2)
        brush.right(width - PAD, 16, self._label(), "secondary", self.tokens.text3)


class TimeAxis(PaintedAxis):
    """Times, dates where a session begins, and the crosshair's time."""

    def __init__(self, tokens: Tokens, cache: TextCache, marks: Callable[[], list[TimeMark]]) -> None:
        super().__init__("bottom", tokens, cache)
        self.cross: tuple[int, str] | None = None
        self._marks = marks

    def draw(self, brush: Brush, width: int, height: int) -> None:
        tokens, base = self.tokens, metrics.baseline(0, height)
        brush.hline(0, 0, width, tokens.line2)
        for mark in self._marks():
            x = self.place(mark.index, width)
            half = self.cache.width("secondary", mark.text) / 2
            if half <= x <= width - half:
                role, color = ("cap_strong", tokens.text) if mark.is_session else ("secondary", tokens.text3)
                brush.center(x, base, mark.text, role, color)
        if self.cross is not None:
            index, text = self.cross
            half = round(self.cache.width("secondary", text) / 2) + 5
            x = min(max(round(self.place(index, width)), half), width - half)
            brush.fill(x - half, 1, 2 * half, height - 1, tokens.line2)
            brush.center(x, base, text, "secondary", tokens.text)
