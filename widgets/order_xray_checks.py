"""The x-ray's list of rules: each with figure and limit, in as many columns as fit; the one that refused stands out."""

from PySide6.QtCore import QRect

from hts.desk.order_xray import took_text
from hts.desk.order_xray_checks import CheckRow
from hts.desk.order_xray_state import Xray
from hts.desk.texts import Texts
from hts.model.trace import Hop
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush

HEAD = 22
ROW = 18
COLUMN_MIN = 250
MARK_W = 16
BAR_W, BAR = 40, 4


class ChecksPainter:
    """Rows without selection."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        self._tokens = tokens
        self._texts = texts

    @staticmethod
    def height(xray: Xray, width: int) -> int:
        """What all rows need at a width."""
        columns = max(width // COLUMN_MIN, 1)
        return HEAD + max(-(-len(xray.checks) // columns), 1) * ROW + 4

    def paint(self, brush: Brush, box: QRect, xray: Xray) -> None:
        """As many rows as have room; the refusal is among them."""
        tokens = self._tokens
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.panel)
        self._head(brush, box, xray)
        top, room = box.y() + HEAD, max((box.height() - HEAD) // ROW, 1)
        if not xray.checks:
            key = "order_xray.checks_none" if xray.trace is not None else "order_xray.asking"
            text = brush.texts.elided("body", self._texts(key), box.width() - 2 * metrics.EDGE_PAD)
            brush.left(box.x() + metrics.EDGE_PAD, top + 15, text, "body", tokens.text2)
            return
        columns = max(box.width() // COLUMN_MIN, 1)
        lines = min(-(-len(xray.checks) // columns), room)
        shown = self._that_fit(xray.checks, lines * columns)
        for number, row in enumerate(shown):
            column, line = divmod(number, lines)
            left = box.x() + box.width() * column // columns
            width = box.width() * (column + 1) // columns - (left - box.x())
            self._row(brush, QRect(left, top + line * ROW, width, ROW), row)
        for column in range(1, columns):
            brush.vline(box.x() + box.width() * column // columns, top, lines * ROW, tokens.line)

    @staticmethod
    def _that_fit(rows: tuple[CheckRow, ...], count: int) -> tuple[CheckRow, ...]:
        """Up to the refusal; of an order that passed those with figures first, since they tell how near it was."""
        if not all(row.is_passed for row in rows):
            return rows[-count:]
        return tuple(sorted(rows, key=lambda row: not row.figure))[:count]

    def _head(self, brush: Brush, box: QRect, xray: Xray) -> None:
        tokens, texts = self._tokens, self._texts
        brush.fill(box.x(), box.y(), box.width(), HEAD, tokens.header)
        brush.hline(box.x(), box.y(), box.width(), tokens.line)
        base = metrics.baseline(box.y(), HEAD)
        x = brush.left(box.x() + metrics.EDGE_PAD, base, texts("order_xray.checks"), "title", tokens.text) + 8
        passed = sum(row.is_passed for row in xray.checks)
        is_refused = passed < len(xray.checks)
        if xray.checks:
            told = texts("order_xray.checks_refused" if is_refused else "order_xray.checks_passed", count=passed)
            x = brush.left(x, base, told, "secondary", tokens.attention if is_refused else tokens.text2) + 8
        took = next((hop.took_ns for hop in xray.way.hops if hop.hop is Hop.CHECK and hop.is_known), 0)
        text = texts("order_xray.checks_took", took=took_text(took)) if took else ""
        if text and x + brush.texts.width("secondary", text) < box.right() - metrics.EDGE_PAD:
            brush.right(box.right() - metrics.EDGE_PAD, base, text, "secondary", tokens.text2)

    def _row(self, brush: Brush, box: QRect, row: CheckRow) -> None:
        tokens = self._tokens
        ink = tokens.text if row.is_passed else tokens.attention
        if not row.is_passed:
            brush.fill(box.x(), box.y(), box.width(), ROW, tokens.warn_tint)
        brush.hline(box.x(), box.bottom(), box.width(), tokens.line)
        x, middle = box.x() + metrics.EDGE_PAD, box.y() + ROW // 2
        if row.is_passed:
            brush.fill(x, middle - 3, metrics.HEALTH_DOT, metrics.HEALTH_DOT, tokens.healthy)
        else:
            brush.cross(x, middle, tokens.attention)
        base = metrics.baseline(box.y(), ROW)
        right = box.right() - metrics.EDGE_PAD
        role = "secondary" if row.is_passed else "body_medium"
        begin = round(brush.right(right, base, row.figure, role, ink)) if row.figure else right
        if row.share and begin - BAR_W - 8 > x + MARK_W + box.width() // 3:
            begin -= BAR_W + 8
            brush.fill(begin, middle - BAR // 2, BAR_W, BAR, tokens.line)
            color = tokens.attention if not row.is_passed else tokens.healthy if row.share < 800 else tokens.own
            brush.fill(begin, middle - BAR // 2, max(BAR_W * row.share // 1_000, 1), BAR, color)
        name = brush.texts.elided(role, row.name, begin - x - MARK_W - 6)
        brush.left(x + MARK_W, base, name, role, ink if not row.is_passed else tokens.text2)
