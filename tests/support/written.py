"""Every text that panels paint, with the place it takes: what runs into another text, or out of its widget."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from widgets.painting import Brush

ABOVE, BELOW = 7, 1  # of a baseline: what letters of 10 to 13 px surely take
TOUCHING = 1.5  # pixels that two texts may share: an advance is a little wider than its letters


class Text(NamedTuple):
    """A text and its rectangle in its widget."""

    rect: QRectF
    text: str


class Written:
    """Texts by widget, in the order of painting; one that is painted over is gone."""

    def __init__(self) -> None:
        self._of: dict[QWidget, list[Text]] = {}

    def clear(self) -> None:
        """Forget everything before another picture is taken."""
        self._of.clear()

    def write(self, brush: Brush, begin: float, end: float, baseline: int, text: str) -> None:
        device, painter = brush.painter.device(), brush.painter
        if not isinstance(device, QWidget) or not text.strip():
            return
        rect = painter.worldTransform().mapRect(QRectF(begin, baseline - ABOVE, end - begin, ABOVE + BELOW))
        if painter.hasClipping() and not painter.clipBoundingRect().contains(rect):
            return  # what scrolls out of a part is cut there by intent
        self._of.setdefault(device, []).append(Text(rect, text))

    def cover(self, brush: Brush, area: QRectF) -> None:
        """Something opaque is painted over an area."""
        device = brush.painter.device()
        kept = self._of.get(device) if isinstance(device, QWidget) else None
        if kept:
            area = brush.painter.worldTransform().mapRect(area)
            kept[:] = [one for one in kept if not area.contains(one.rect.center())]

    def faults(self) -> list[str]:
        """What runs into each other, and what leaves its widget."""
        found = set()
        for widget, texts in self._of.items():
            name = type(widget.parentWidget() or widget).__name__
            found |= {
                f"{name}: {one.text!r} leaves the widget"
                for one in texts
                if one.rect.left() < -TOUCHING or one.rect.right() > widget.width() + TOUCHING
            }
            found |= {f"{name}: {one!r} on {other!r}" for one, other in _overlaps(texts)}
        return sorted(found)


def _overlaps(texts: list[Text]) -> Iterator[tuple[str, str]]:
    ordered = sorted(texts, key=lambda one: one.rect.left())
    for i, one in enumerate(ordered):
        for other in ordered[i + 1 :]:
            if other.rect.left() > one.rect.right() - TOUCHING:
                break
            shared = one.rect.intersected(other.rect)
            if shared.height() > 2 and shared.width() > TOUCHING:
                yield one.text, other.text


@contextmanager
def recorded() -> Iterator[Written]:
    """Record while panels are painted by the shared painter."""
    written = Written()
    left, right, fill = Brush.left, Brush.right, Brush.fill

    def note_left(self, x, baseline, text, role, color):  # noqa: PLR0917  the signature is the painter's
        end = left(self, x, baseline, text, role, color)
        written.write(self, x, end, baseline, text)
        return end

    def note_right(self, x, baseline, text, role, color):  # noqa: PLR0917  the signature is the painter's
        begin = right(self, x, baseline, text, role, color)
        written.write(self, begin, x, baseline, text)
        return begin

    def note_fill(self, x, y, width, height, color):  # noqa: PLR0917  the signature is the painter's
        fill(self, x, y, width, height, color)
        if color.alpha() == 255:
            written.cover(self, QRectF(x, y, width, height))

    Brush.left, Brush.right, Brush.fill = note_left, note_right, note_fill
    try:
        yield written
    finally:
        Brush.left, Brush.right, Brush.fill = left, right, fill
