"""The x-ray's list of what else was refused today; a click looks at that order."""

from PySide6.QtCore import QRect

from hts.desk.order_xray_refused import RefusedRow
from hts.desk.texts import Texts
from hts.model.enums import Side
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush
from widgets.tables_fit import fitted_name

HEAD = 22
ROW = 20
AT_W, SIDE_W, NAME_W, TERMS_W, STATE_W = 66, 40, 124, 118, 62
CAUSE_MIN = 90  # pixels; with less a cause says nothing


class RefusedPainter:
    """`row_at` says whose row lies under a point of the box that was painted last."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        self._tokens = tokens
        self._texts = texts
        self._rows: list[tuple[QRect, RefusedRow]] = []

    def forget(self) -> None:
        """Nothing of it is on the picture any more."""
        self._rows.clear()

    def row_at(self, x: int, y: int) -> RefusedRow | None:
        """The row there."""
        return next((row for rect, row in self._rows if rect.contains(x, y)), None)

    def rect_of(self, number: int) -> QRect:
        """Where a row was painted last; empty where it had no room."""
        return self._rows[number][0] if number < len(self._rows) else QRect()

    def paint(self, brush: Brush, box: QRect, rows: tuple[RefusedRow, ...]) -> None:
        """As many as have room; nothing where not one has."""
        self._rows.clear()
        if not rows or box.height() < HEAD + ROW:
            return
        tokens, texts = self._tokens, self._texts
        brush.fill(box.x(), box.y(), box.width(), HEAD, tokens.header)
        brush.hline(box.x(), box.y(), box.width(), tokens.line)
        base = metrics.baseline(box.y(), HEAD)
        x = brush.left(box.x() + metrics.EDGE_PAD, base, texts("order_xray.refused"), "title", tokens.text) + 8
        brush.left(x, base, texts("order_xray.refused_count", count=len(rows)), "secondary", tokens.text2)
        for number, row in enumerate(rows[: (box.height() - HEAD) // ROW]):
            rect = QRect(box.x(), box.y() + HEAD + number * ROW, box.width(), ROW)
            self._rows.append((rect, row))
            self._row(brush, rect, row)

    def _row(self, brush: Brush, box: QRect, row: RefusedRow) -> None:
        tokens = self._tokens
        if row.is_shown:
            brush.fill(box.x(), box.y(), box.width(), ROW - 1, tokens.selected)
            brush.fill(box.x(), box.y(), metrics.SELECTED_BAR, ROW - 1, tokens.own)
        brush.hline(box.x(), box.bottom(), box.width(), tokens.line)
        base, x = metrics.baseline(box.y(), ROW), box.x() + metrics.EDGE_PAD
        brush.left(x, base, row.at, "body", tokens.text2)
        x += AT_W
        brush.left(x, base, row.side_text, "body_medium", tokens.buy if row.side is Side.BUY else tokens.sell)
        x += SIDE_W
        name, role = fitted_name(brush.texts, row.name, "body", NAME_W - 8)
        brush.left(x, base, name, role, tokens.text)
        x += NAME_W + TERMS_W
        brush.right(x, base, brush.texts.elided("body", row.terms, TERMS_W), "body", tokens.text)
        x += 14
        brush.left(x, base, brush.texts.elided("body_medium", row.state, STATE_W - 8), "body_medium", tokens.attention)
        x += STATE_W
        room = box.right() - metrics.EDGE_PAD - x
        if room >= CAUSE_MIN:
            brush.left(x, base, brush.texts.elided("secondary", row.cause, room), "secondary", tokens.text2)
