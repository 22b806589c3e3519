"""Labels of own orders on the chart as pictures: each is painted once, then copied with every trade."""

from PySide6.QtGui import QPainter, QPixmap

from hts.model.enums import Side
from themes import fonts, metrics
from themes.tokens import Tokens
from widgets.painting import Brush, TextCache

LABEL_HEIGHT = 17
CROSS_ROOM = 18
LABELS_KEPT_MAX = 64  # 10 KiB each


class OrderLabels:
    """The pictures, those that were painted first going first."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._pictures: dict[tuple[object, ...], QPixmap] = {}

    def __len__(self) -> int:
        return len(self._pictures)

    @staticmethod
    def width(texts: TextCache, text: str) -> int:
        """Of a label, with the room of its cross."""
        return round(texts.width("tab", text)) + 16 + CROSS_ROOM

    def paint(
        self, brush: Brush, at: tuple[int, int], text: str, side: Side, *, is_ghost: bool, has_cross: bool
    ) -> None:
        """A label whose left upper corner is at a point. A ghost's outline is dashed: it is not so yet."""
        tokens = self._tokens
        edge = tokens.buy_fill if side is Side.BUY else tokens.sell_fill
        ground = tokens.own_dim if is_ghost else tokens.panel
        colors = tokens.own.rgba(), ground.rgba(), edge.rgba()
        key = (text, is_ghost, has_cross, colors, brush.texts.ratio, fonts.revision())
        found = self._pictures.get(key)
        if found is None:
            if len(self._pictures) >= LABELS_KEPT_MAX:
                del self._pictures[next(iter(self._pictures))]
            width = self.width(brush.texts, text)
            found = self._pictures[key] = brush.texts.blank(width, LABEL_HEIGHT)
            painter = QPainter(found)
            inner = Brush(painter, brush.texts)
            inner.fill(0, 0, width, LABEL_HEIGHT, ground)
            (inner.dashed_frame if is_ghost else inner.frame)(0, 0, width, LABEL_HEIGHT, tokens.own)
            inner.fill(0, 0, 3, LABEL_HEIGHT, edge)
            inner.left(9, metrics.baseline(0, LABEL_HEIGHT), text, "tab", tokens.own)
            if has_cross:
                inner.vline(width - CROSS_ROOM, 0, LABEL_HEIGHT, tokens.own)
                inner.cross(width - CROSS_ROOM + 6, LABEL_HEIGHT // 2, tokens.own)
            painter.end()
        brush.copy(*at, found)
