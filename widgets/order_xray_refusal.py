"""The x-ray's card of a refusal: rule or reason, figure and limit, how far off, what to do, row by row."""

from PySide6.QtCore import QRect

from hts.desk.order_xray_refusal import WhyRow
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush

HEAD = 22
ROW = 22
LABEL_W = 116
BAR = 2


class RefusalPainter:
    """Rows without selection; figure and limit stand out."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        self._tokens = tokens
        self._texts = texts

    @staticmethod
    def height(rows: tuple[WhyRow, ...]) -> int:
        """What all rows need; 0 for none."""
        return HEAD + ROW * len(rows) + 2 if rows else 0

    def paint(self, brush: Brush, box: QRect, rows: tuple[WhyRow, ...]) -> None:
        """As many rows as have room."""
        tokens = self._tokens
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.panel)
        brush.fill(box.x(), box.y(), box.width(), HEAD, tokens.header)
        brush.hline(box.x(), box.y(), box.width(), tokens.line)
        brush.fill(box.x(), box.y() + 1, BAR, box.height() - 2, tokens.attention)
        title = self._texts("order_xray.why.title")
        brush.left(box.x() + metrics.EDGE_PAD, metrics.baseline(box.y(), HEAD), title, "title", tokens.text)
        widest = max((brush.texts.width("body", row.label) for row in rows), default=0)
        left = box.x() + metrics.EDGE_PAD + max(LABEL_W, round(widest) + 16)
        for number, row in enumerate(rows):
            y = box.y() + HEAD + number * ROW
            if y + ROW > box.bottom() + 1:
                return
            base = metrics.baseline(y, ROW)
            brush.left(box.x() + metrics.EDGE_PAD, base, row.label, "body", tokens.text2)
            role, ink = ("price_strong", tokens.attention) if row.is_main else ("body_medium", tokens.text)
            room = box.right() - metrics.EDGE_PAD - left
            brush.left(left, base, brush.texts.elided(role, row.value, room), role, ink)
            brush.hline(box.x(), y + ROW - 1, box.width(), tokens.line)
