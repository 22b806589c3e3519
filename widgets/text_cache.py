"""Texts as pictures: laid out once per type role, colour and alignment, then copied.

Drawing a laid-out text costs six times as much as drawing a small pixmap. A right-aligned text is rendered with its end
on the pixmap's right edge, so that the digits of a column stand exactly under each other. Figures are put together from
pictures of their signs; those that are new at every change of a market, as sizes are, straight on what is painted,
since to make and to free a picture of each costs three times as much as all its signs. All caches share what they keep:
what a window shows is bounded as a whole, whatever number of panels it has.
"""

import re
from collections.abc import Callable
from math import ceil, floor
from typing import ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from themes import fonts

PIXMAPS_KEPT_MAX = 2048  # 3 KiB each, in each of two generations
WIDTHS_KEPT_MAX = 16_384
ASCENT = 14  # room above the baseline of 10 to 13 px text; larger roles take their own

Key = tuple[str, str, int, bool]
SAME_WIDTH = str.maketrans("123456789", "000000000")
FIGURE = re.compile(r"([+−]?[0-9])([0-9,.]+)")  # the face has other signs before a digit: the two are one piece


class Rendered:
    """A text as a pixmap. `left` and `top` lead from the text's origin to the pixmap's corner.

    They are whole pixels at whole ratios, and whole pixels of the device at others.
    """

    __slots__ = ("advance", "left", "pixmap", "top")

    def __init__(self, pixmap: QPixmap, left: float, top: float, advance: float) -> None:
        self.pixmap = pixmap
        self.left = left
        self.top = top
        self.advance = advance


class Layout:
    """Figures of one form in one ink. `left`: from their origin to their picture's corner; `first`: signs in a piece.

    places: of each piece its distance from the corner, the part of a pixel at which it begins, its pictures by sign.
    """

    __slots__ = ("advance", "ascent", "first", "left", "places")

    def __init__(self, left: int, advance: float, ascent: int, first: int) -> None:
        self.left = left
        self.advance = advance
        self.ascent = ascent
        self.first = first
        self.places: list[tuple[int, float, dict[str, QPixmap]]] = []


class Store:
    """Pictures of one ratio, which all caches share. Full, it keeps what was asked for since it was last full.

    signs: single signs of figures by the part of a pixel at which they begin. shapes: see TextCache.shape.
    layouts: where the signs of a figure stand, by its form: all digits are equally wide.
    """

    def __init__(self) -> None:
        self.texts: dict[Key, Rendered] = {}
        self.older: dict[Key, Rendered] = {}
        self._fading: list[Key] = []  # of the older ones, the next to go last
        self.signs: dict[tuple[str, str, int, float], QPixmap] = {}
        self.shapes: dict[tuple[str, int, int, int], QPixmap] = {}
        self.layouts: dict[Key, Layout] = {}

    def keep(self, key: Key, found: Rendered) -> None:
        """Begin a new generation when this one is full: what is shown all the time comes over by being asked for.

        The older one goes picture by picture: to free all of them at once takes milliseconds.
        """
        if len(self.texts) >= PIXMAPS_KEPT_MAX:
            self.older = dict(self.texts)
            self._fading = list(reversed(self.older))
            self.texts.clear()
        elif self._fading:
            self.older.pop(self._fading.pop(), None)
        self.texts[key] = found


class TextCache:
    """Rendered texts and shapes, and the widths of texts.

    `cuts`, when a test sets it, collects every text that had to be cut, with the width that it had.
    """

    cuts: ClassVar[list[tuple[str, float]] | None] = None
    _stores: ClassVar[dict[float, Store]] = {}
    _widths: ClassVar[dict[tuple[str, str], float]] = {}
    _roles: ClassVar[dict[str, tuple[QFont, QFontMetricsF]]] = {}
    _extents: ClassVar[dict[str, tuple[int, int]]] = {}
    _revision: ClassVar[int] = 0  # of the faces that all this was measured with

    def __init__(self) -> None:
        self.ratio = 0.0
        self.set_ratio(1.0)

    def set_ratio(self, ratio: float) -> None:
        """Device pixels per pixel."""
        if fonts.revision() != TextCache._revision:
            TextCache._revision = fonts.revision()
            for kept in (self._stores, self._widths, self._roles, self._extents):
                kept.clear()
        elif ratio == self.ratio:
            return
        self.ratio = ratio
        self._store = self._stores.setdefault(ratio, Store())
        self._kept = self._store.texts

    def width(self, role: str, text: str) -> float:
        """Advance of a text in pixels."""
        found = self._widths.get((role, text))
        if found is None:
            if len(self._widths) >= WIDTHS_KEPT_MAX:
                self._widths.clear()
            found = self._widths[role, text] = self._role(role)[1].horizontalAdvance(text)
        return found

    def elided(self, role: str, text: str, width: float) -> str:
        """The text, cut to a width with an ellipsis when it must be."""
        if self.width(role, text) <= width:
            return text
        if TextCache.cuts is not None:
            TextCache.cuts.append((text, width))
        return self._role(role)[1].elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0.0))

    def rendered(self, role: str, text: str, color: QColor, *, ends_right: bool) -> Rendered:
        """The text in a colour; `ends_right` puts its end on the pixmap's right edge."""
        key = (role, text, color.rgba(), ends_right)
        found = self._kept.get(key)
        if found is None:
            found = self._store.older.pop(key, None) or self._render(key, color)
            self._store.keep(key, found)
        return found

    def write(  # noqa: PLR0917  where, and what: as a painter's own methods
        self, painter: QPainter, x: int, baseline: int, role: str, text: str, color: QColor, *, ends_right: bool
    ) -> float:
        """At whole ratios: paint a figure and keep no picture of it, from x on or up to x; returns its advance."""
        layout = self._layout(role, text, color, ends_right=ends_right)
        if layout is None:
            found = self.rendered(role, text, color, ends_right=ends_right)
            painter.drawPixmap(x + found.left, baseline + found.top, found.pixmap)  # type: ignore[call-overload]
            return found.advance
        self._put_together(painter, (x + layout.left, baseline - layout.ascent), (role, text, color), layout)
        return layout.advance

    def _layout(self, role: str, text: str, color: QColor, *, ends_right: bool) -> Layout | None:
        """Where the signs of a figure stand; None for another text."""
        key = (role, text.translate(SAME_WIDTH), color.rgba(), ends_right)
        found = self._store.layouts.get(key)
        if found is None:
            figure = FIGURE.fullmatch(key[1])
            if figure is None:
                return None
            pieces = (figure[1], *figure[2])
            advance = sum([self.width(role, piece) for piece in pieces])
            left, begin = _place(advance, ends_right=ends_right)
            found = self._store.layouts[key] = Layout(left, advance, self._extent(role)[0], len(figure[1]))
            for piece in pieces:
                found.places.append((floor(begin) - 1, begin - floor(begin), {}))
                begin += self.width(role, piece)
        return found

    def shape(self, key: tuple[str, int, int, int], paint: Callable[[QPainter], None]) -> QPixmap:
        """A small picture, painted when it is first asked for. `key`: kind, width, height, colour."""
        shapes = self._store.shapes
        found = shapes.get(key)
        if found is None:
            if len(shapes) >= PIXMAPS_KEPT_MAX:
                shapes.clear()
            found = shapes[key] = self.blank(key[1], key[2])
            painter = QPainter(found)
            paint(painter)
            painter.end()
        return found

    def _render(self, key: Key, color: QColor) -> Rendered:
        role, text, _, ends_right = key
        font, _ = self._role(role)
        advance = self.width(role, text)
        if not self.ratio.is_integer():
            return self._render_between(key, font, color)
        left, begin = _place(advance, ends_right=ends_right)
        ascent, height = self._extent(role)
        pixmap = self.blank(ceil(advance) + 2, height)
        painter = QPainter(pixmap)
        layout = self._layout(role, text, color, ends_right=ends_right)
        if layout is not None:
            self._put_together(painter, (0, 0), (role, text, color), layout)
        else:
            painter.setFont(font)
            painter.setPen(color)
            painter.drawText(QPointF(begin, float(ascent)), text)
        painter.end()
        return Rendered(pixmap, left, -ascent, advance)

    def _render_between(self, key: Key, font: QFont, color: QColor) -> Rendered:
        """Between whole ratios: end or beginning and baseline lie on pixels of the device, as Brush.copy puts them."""
        role, text, _, ends_right = key
        ratio, advance = self.ratio, self.width(role, text)
        margin = ceil(ratio)
        ascent, height = self._extent(role)
        width, above = ceil(advance * ratio) + 2 * margin, ceil(ascent * ratio)
        pixmap = self._blank(width, above + ceil((height - ascent) * ratio))
        begin = (width - margin if ends_right else margin) / ratio
        painter = QPainter(pixmap)
        painter.setFont(font)
        painter.setPen(color)
        # Qt keeps places in steps of a 64th: counted from the text's own end, those of all figures are the same.
        painter.translate(begin, above / ratio)
        painter.drawText(QPointF(-advance if ends_right else 0.0, 0.0), text)
        painter.end()
        return Rendered(pixmap, -begin, -above / ratio, advance)

    def _put_together(
        self, painter: QPainter, corner: tuple[int, int], what: tuple[str, str, QColor], layout: Layout
    ) -> None:
        """A figure from pictures of its signs: the same pixels as if it were laid out, in a fifth of the time."""
        (left, top), (role, text, color), first = corner, what, layout.first
        pieces = text if first == 1 else [text[:first], *text[first:]]
        for piece, (at, part, pictures) in zip(pieces, layout.places, strict=True):
            picture = pictures.get(piece)
            if picture is None:
                picture = pictures[piece] = self._sign((role, piece, color.rgba(), part), color)
            painter.drawPixmap(left + at, top, picture)

    def _sign(self, key: tuple[str, str, int, float], color: QColor) -> QPixmap:
        role, sign, _, part = key
        signs = self._store.signs
        if key in signs:
            return signs[key]
        if len(signs) >= PIXMAPS_KEPT_MAX:
            signs.clear()
            self._store.layouts.clear()  # they hold them too
        ascent, height = self._extent(role)
        found = signs[key] = self.blank(ceil(self.width(role, sign)) + 3, height)
        painter = QPainter(found)
        painter.setFont(self._role(role)[0])
        painter.setPen(color)
        painter.drawText(QPointF(1 + part, float(ascent)), sign)
        painter.end()
        return found

    def _extent(self, role: str) -> tuple[int, int]:
        """Room above the baseline, and the whole height."""
        found = self._extents.get(role)
        if found is None:
            font_metrics = self._role(role)[1]
            ascent = max(ceil(font_metrics.ascent()), ASCENT)
            found = self._extents[role] = ascent, ascent + ceil(font_metrics.descent()) + 1
        return found

    def blank(self, width: int, height: int) -> QPixmap:
        """A transparent pixmap of a size in pixels at 100 %."""
        return self._blank(*self.size_of(width, height))

    def size_of(self, width: int, height: int) -> tuple[int, int]:
        """Pixels of the device that cover a size in pixels at 100 %."""
        return ceil(width * self.ratio), ceil(height * self.ratio)

    def _blank(self, width: int, height: int) -> QPixmap:
        """The same of a size in pixels of the device."""
        pixmap = QPixmap(width, height)
        pixmap.setDevicePixelRatio(self.ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        return pixmap

    def _role(self, role: str) -> tuple[QFont, QFontMetricsF]:
        found = self._roles.get(role)
        if found is None:
            font = fonts.font(role)
            found = self._roles[role] = (font, QFontMetricsF(font))
        return found


def _place(advance: float, *, ends_right: bool) -> tuple[int, float]:
    """From the text's origin to its picture's left edge, and from there to its first sign.

    One pixel is around for what hangs over the advance.
    """
    width = ceil(advance) + 2
    return (1 - width, width - 1 - advance) if ends_right else (-1, 1.0)
