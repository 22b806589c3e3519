"""The x-ray's lower right part: the quotes the router saw and the ways it compared; what the venue said."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from hts.desk.figures import px_text, qty_text
from hts.desk.order_xray import took_text
from hts.desk.order_xray_route import PlanRow, SeenRow
from hts.desk.order_xray_state import Xray
from hts.desk.tables import Column
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.order_xray_table import XrayTable
from widgets.painting import Brush

Ink = tuple[str, QColor]

HEAD = 22
ROW = 20


class RoutePainter:
    """Tables without selection: `seen` and `plans` say which columns they have."""

    def __init__(self, tokens: Tokens, texts: Texts, seen: XrayTable, plans: XrayTable) -> None:
        self._tokens = tokens
        self._texts = texts
        self._seen, self._plans = seen, plans
        self.px_decimals = 0

    def paint(self, brush: Brush, box: QRect, xray: Xray) -> int:
        """All of it; where it ends."""
        tokens, texts = self._tokens, self._texts
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.panel)
        y = self._title(brush, box, box.y(), texts("order_xray.router"), texts("order_xray.seen"))
        route = xray.route
        if route is None:
            key = "order_xray.no_route_part" if xray.view.parent_id else "order_xray.no_route"
            text = brush.texts.elided("body", texts(key), box.width() - 2 * metrics.EDGE_PAD)
            brush.left(box.x() + metrics.EDGE_PAD, metrics.baseline(y, ROW), text, "body", tokens.text2)
            y += ROW
        else:
            y = self._heads(brush, box, y, self._seen)
            for seen in route.seen:
                y = self._row(brush, box, y, self._seen, seen, self._seen_ink)
            y = self._title(brush, box, y + 2, texts("order_xray.plans"), "")
            y = self._heads(brush, box, y, self._plans)
            for plan in route.plans:
                y = self._row(brush, box, y, self._plans, plan, self._plan_ink)
        return self._reports(brush, box, y + 2, xray)

    def _title(self, brush: Brush, box: QRect, y: int, title: str, more: str) -> int:
        tokens = self._tokens
        brush.fill(box.x(), y, box.width(), HEAD, tokens.header)
        brush.hline(box.x(), y, box.width(), tokens.line)
        base = metrics.baseline(y, HEAD)
        x = brush.left(box.x() + metrics.EDGE_PAD, base, title, "title", tokens.text) + 8
        brush.left(x, base, more, "secondary", tokens.text2)
        return y + HEAD

    def _heads(self, brush: Brush, box: QRect, y: int, table: XrayTable) -> int:
        base = metrics.baseline(y, ROW)
        for column, left, right in table.places(box.x(), box.width()):
            self._cell(brush, column, (left, right, base), column.head, ("secondary", self._tokens.text3))
        brush.hline(box.x(), y + ROW - 1, box.width(), self._tokens.line)
        return y + ROW

    def _row(  # noqa: PLR0917
        self, brush: Brush, box: QRect, y: int, table: XrayTable, row: Any, ink_of: Callable[[Any, str], Ink]
    ) -> int:
        base = metrics.baseline(y, ROW)
        brush.hline(box.x(), y + ROW - 1, box.width(), self._tokens.line)
        for column, left, right in table.places(box.x(), box.width()):
            self._cell(brush, column, (left, right, base), column.text(row), ink_of(row, column.key))
        return y + ROW

    @staticmethod
    def _cell(brush: Brush, column: Column[Any], at: tuple[int, int, int], text: str, look: Ink) -> None:
        (left, right, base), (role, ink) = at, look
        shown = brush.texts.elided(role, text, right - left)
        if column.is_right:
            brush.right(right, base, shown, role, ink)
        else:
            brush.left(left, base, shown, role, ink)

    def _seen_ink(self, row: SeenRow, key: str) -> Ink:
        tokens = self._tokens
        if key == "decision":
            said = {"taken": tokens.own, "excluded": tokens.attention, "": tokens.text2}[row.tone]
            return "body_medium", said
        ink = tokens.text3 if row.tone == "excluded" else tokens.text
        return "body_medium" if key == "venue" else "body", ink

    def _plan_ink(self, row: PlanRow, key: str) -> Ink:
        tokens = self._tokens
        if key == "difference":
            said = tokens.own if row.is_chosen else tokens.attention if row.why else tokens.text2
            return "body_medium", said
        ink = tokens.text if row.is_chosen or not row.why else tokens.text3
        return "body_medium" if row.is_chosen and key == "plan" else "body", ink

    def _reports(self, brush: Brush, box: QRect, y: int, xray: Xray) -> int:
        """The venue's reports in time, as many as have room."""
        told = xray.trace.told if xray.trace is not None else ()
        if not told or y + HEAD + ROW > box.bottom():
            return y
        tokens, texts = self._tokens, self._texts
        y = self._title(brush, box, y, texts("order_xray.reports"), "")
        for one in told:
            if y + ROW > box.bottom():
                return y
            base = metrics.baseline(y, ROW)
            at = f"+{took_text(one.mono_ns - xray.start_ns)}" if xray.start_ns else "—"
            brush.left(box.x() + metrics.EDGE_PAD, base, at, "secondary", tokens.text2)
            x = box.x() + metrics.EDGE_PAD + 76
            word = texts(f"exec_type.{one.exec_type.name.lower()}")
            brush.left(x, base, word, "body_medium", tokens.text)
            if one.qty:
                fill = f"{qty_text(one.qty)} @ {px_text(one.px, self.px_decimals)}"
                brush.left(x + 12 + brush.texts.width("body_medium", word), base, fill, "body", tokens.text)
            brush.hline(box.x(), y + ROW - 1, box.width(), tokens.line)
            y += ROW
        return y
