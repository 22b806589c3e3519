"""The chart's axes: labels on the grid's lines, tags over them where something of interest stands.

Right of the panes grounds and labels are in the still picture; tags, which move with the last price, are painted over
them, and a label that has to give way to one is taken away.
"""

from collections.abc import Callable
from typing import NamedTuple

from hts.desk.chart_marks import Marks
from hts.desk.chart_plane import Plane
from hts.desk.chart_scale import TimeMark, stacked
from themes import metrics
from themes.tokens import Tokens
from widgets.chart_marks import tag_texts
from widgets.painting import Brush, TextCache

AXIS_WIDTH = 70
TIME_HEIGHT = 22
TAG_HEIGHT = 17
COUNTDOWN_HEIGHT = 14  # more under the last price's tag
LABEL_HEIGHT = 14
TAG_ROOM = 15  # a label nearer than this to a tag gives way
PAD = 8
TAG_PAD = 4  # left of a tag's figure


class AxisLabel(NamedTuple):
    """A value that has a line, and what its label says."""

    value: float
    text: str


class Tag(NamedTuple):
    """What stands over the labels: its role, where it would be and what it says."""

    role: str
    y: float
    text: str


class ValueAxis:
    """Right of a pane. `cross` is the crosshair's value; in the price pane `marks` has tags of their own."""

    def __init__(self, tokens: Tokens, cache: TextCache) -> None:
        self.labels: list[AxisLabel] = []
        self.cross: AxisLabel | None = None
        self.marks = Marks()
        self.decimals = 0
        self.countdown = ""  # until the last bar ends
        self.others: Callable[[], list[tuple[str, float, str]]] = list  # compared issues: colour token, value, text
        self.is_manual = False
        self._tokens, self._cache = tokens, cache

    def draw(self, brush: Brush, plane: Plane) -> None:
        """Ground and labels: the still pass."""
        tokens, left, top = self._tokens, int(plane.right), int(plane.top)
        height = int(plane.bottom) - top
        brush.fill(left, top, AXIS_WIDTH, height, tokens.panel)
        brush.vline(left, top, height, tokens.line2)
        for y, text in self._labels_in(plane):
            brush.right(left + AXIS_WIDTH - PAD, metrics.baseline(y - 8, 16), text, "secondary", tokens.text3)

    def draw_moving(self, brush: Brush, plane: Plane) -> None:
        """Tags, over labels that give way to them."""
        tokens, left, top = self._tokens, int(plane.right), int(plane.top)
        tags = self.tags(plane)
        if self.cross is not None:
            tags.append(Tag("cross", float(plane.y_of(self.cross.value)), self.cross.text))
        for y, _ in self._labels_in(plane) if tags else ():
            if any(self._covers(tag, y) for tag in tags):
                brush.fill(left + 1, y - LABEL_HEIGHT // 2, AXIS_WIDTH - 1, LABEL_HEIGHT, tokens.panel)
        if self.is_manual:
            brush.fill(left, top, 2, int(plane.bottom) - top, tokens.text3)
        for tag in tags:
            self._draw_tag(brush, left, tag)

    def _labels_in(self, plane: Plane) -> list[tuple[int, str]]:
        """The labels that have room in the pane, each with its middle."""
        top, bottom = int(plane.top), int(plane.bottom)
        found = [(round(float(plane.y_of(label.value))), label.text) for label in self.labels]
        return [(y, text) for y, text in found if top + 6 <= y <= bottom - 6]

    def _covers(self, tag: Tag, y: float) -> bool:
        below = COUNTDOWN_HEIGHT if tag.role == "last" and self.countdown else 0
        return -TAG_ROOM < y - tag.y < TAG_ROOM + below

    def tags(self, plane: Plane) -> list[Tag]:
        """Tags in view, the most important one last; they give way to it, none overlap."""
        told = (*self.others(), *tag_texts(self.marks, self.decimals))
        found = [Tag(role, float(plane.y_of(px)), text) for role, px, text in told]
        seen = [tag for tag in found if plane.top - TAG_HEIGHT < tag.y < plane.bottom + TAG_HEIGHT]
        if not seen:
            return []
        half = TAG_HEIGHT / 2
        ends = plane.top + half, plane.bottom - half
        places = stacked([tag.y for tag in seen], len(seen) - 1, TAG_HEIGHT + 1, *ends)
        if seen[-1].role == "last" and self.countdown:
            places = self._below_countdown(places)
        return [Tag(tag.role, y, tag.text) for tag, y in zip(seen, places, strict=True)]

    @staticmethod
    def _below_countdown(places: list[float]) -> list[float]:
        """Make room for the countdown under the last one: those below it move on."""
        last, free = places[-1], places[-1] + COUNTDOWN_HEIGHT
        for i in sorted(range(len(places) - 1), key=lambda i: places[i]):
            if places[i] >= last:
                places[i] = max(places[i], free + TAG_HEIGHT + 1)
                free = places[i]
        return places

    def _draw_tag(self, brush: Brush, left: int, tag: Tag) -> None:
        tokens, marks = self._tokens, self.marks
        last = tokens.down_fill if marks.direction < 0 else tokens.up_fill
        looks = {
            "base": (tokens.raised, tokens.text),
            "order": (tokens.own_dim, tokens.own),
            "average": (tokens.own, tokens.on_own),
            "last": (last if marks.direction else tokens.line2, tokens.on_fill if marks.direction else tokens.text),
            "cross": (tokens.line2, tokens.text),
        }
        ground, ink = looks.get(tag.role) or (tokens.raised, getattr(tokens, tag.role))
        top = round(tag.y) - TAG_HEIGHT // 2
        more = COUNTDOWN_HEIGHT if tag.role == "last" and self.countdown else 0
        brush.fill(left + 1, top, AXIS_WIDTH - 1, TAG_HEIGHT + more, ground)
        right = left + AXIS_WIDTH - PAD
        kind = "price_strong" if tag.role == "last" else "secondary"
        if self._cache.width(kind, tag.text) > AXIS_WIDTH - PAD - TAG_PAD:
            kind = "title" if kind == "price_strong" else "cap"  # seven digits, in smaller type
        brush.right(right, metrics.baseline(top, TAG_HEIGHT), tag.text, kind, ink)
        if more:
            brush.right(right, metrics.baseline(top + TAG_HEIGHT - 2, more), self.countdown, "secondary", ink)


class TimeAxis:
    """Times, dates where a session begins, and the crosshair's time."""

    def __init__(self, tokens: Tokens, cache: TextCache) -> None:
        self.marks: list[TimeMark] = []
        self.cross: tuple[float, str] | None = None
        self._tokens, self._cache = tokens, cache

    def draw(self, brush: Brush, plane: Plane, top: int) -> None:
        """Below all panes, from `top` on; `plane` is any pane's."""
        tokens, left, width = self._tokens, int(plane.left), int(plane.width)
        base = metrics.baseline(top, TIME_HEIGHT)
        brush.fill(left, top, width + AXIS_WIDTH, TIME_HEIGHT, tokens.panel)
        brush.hline(left, top, width + AXIS_WIDTH, tokens.line2)
        brush.vline(left + width, top, TIME_HEIGHT, tokens.line2)
        for mark in self.marks:
            x = float(plane.x_of(mark.index))
            half = self._cache.width("secondary", mark.text) / 2
            if left + half <= x <= left + width - half:
                role, color = ("cap_strong", tokens.text) if mark.is_session else ("secondary", tokens.text3)
                brush.center(x, base, mark.text, role, color)
        if self.cross is not None:
            index, text = self.cross
            half = round(self._cache.width("secondary", text) / 2) + 5
            x = min(max(round(float(plane.x_of(index))), left + half), left + width - half)
            brush.fill(x - half, top + 1, 2 * half, TIME_HEIGHT - 1, tokens.line2)
            brush.center(x, base, text, "secondary", tokens.text)
