"""The x-ray's lower right part: the quotes the router saw and the ways it compared; what the venue said."""

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from hts.desk.figures import px_text, qty_text
from hts.desk.order_xray import took_text
from hts.desk.order_xray_route import PlanRow, SeenRow
from hts.desk.order_xray_state import Xray
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush

Columns = Sequence[tuple[str, int, bool]]
Ink = tuple[str, QColor]

HEAD = 22
ROW = 20

# Key of the head, share of the width in thousandths, whether it ends at its right edge.
SEEN = (
    ("seen_venue", 100, False),
    ("bid", 115, True),
    ("bid_qty", 85, True),
    ("ask", 115, True),
    ("ask_qty", 85, True),
    ("fee", 95, True),
    ("latency", 90, True),
    ("age", 85, True),
    ("decision_head", 230, True),
)
PLANS = (("plan", 360, False), ("qty", 120, True), ("cost", 230, True), ("difference", 290, True))


class RoutePainter:
    """Tables without selection."""

    def __init__(self, tokens: Tokens, texts: Texts, decimals: int = 0) -> None:
        self._tokens = tokens
        self._texts = texts
        self.px_decimals = decimals

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
            y = self._heads(brush, box, y, SEEN)
            for seen in route.seen:
                y = self._seen(brush, box, y, seen)
            y = self._title(brush, box, y + 2, texts("order_xray.plans"), "")
            y = self._heads(brush, box, y, PLANS)
            for plan in route.plans:
                y = self._plan(brush, box, y, plan)
        return self._reports(brush, box, y + 2, xray)

    def _title(self, brush: Brush, box: QRect, y: int, title: str, more: str) -> int:
        tokens = self._tokens
        brush.fill(box.x(), y, box.width(), HEAD, tokens.header)
        brush.hline(box.x(), y, box.width(), tokens.line)
        base = metrics.baseline(y, HEAD)
        x = brush.left(box.x() + metrics.EDGE_PAD, base, title, "title", tokens.text) + 8
        brush.left(x, base, more, "secondary", tokens.text2)
        return y + HEAD

    def _edges(self, box: QRect, columns: Columns, number: int) -> tuple[int, int]:
        width = box.width() - 2 * metrics.EDGE_PAD
        before = sum(share for _, share, _ in columns[:number])
        left = box.x() + metrics.EDGE_PAD + width * before // 1000
        return left, left + width * columns[number][1] // 1000 - (0 if number == len(columns) - 1 else 8)

    def _heads(self, brush: Brush, box: QRect, y: int, columns: Columns) -> int:
        heads = [self._texts(f"order_xray.{key}") for key, _, _ in columns]
        inks = [("secondary", self._tokens.text3)] * len(columns)
        self._row(brush, box, y, columns, heads, inks)
        return y + ROW

    def _row(  # noqa: PLR0917
        self, brush: Brush, box: QRect, y: int, columns: Columns, cells: Sequence[str], inks: Sequence[Ink]
    ) -> None:
        base = metrics.baseline(y, ROW)
        brush.hline(box.x(), y + ROW - 1, box.width(), self._tokens.line)
        for number, ((_, _, is_right), cell, (role, ink)) in enumerate(zip(columns, cells, inks, strict=True)):
            left, right = self._edges(box, columns, number)
            text = brush.texts.elided(role, cell, right - left)
            if is_right:
                brush.right(right, base, text, role, ink)
            else:
                brush.left(left, base, text, role, ink)

    def _seen(self, brush: Brush, box: QRect, y: int, row: SeenRow) -> int:
        tokens = self._tokens
        ink = tokens.text3 if row.tone == "excluded" else tokens.text
        said = {"taken": tokens.own, "excluded": tokens.attention, "": tokens.text2}[row.tone]
        cells = (row.venue, row.bid, row.bid_qty, row.ask, row.ask_qty, row.fee_bp, row.latency, row.age, row.decision)
        inks = [("body_medium", ink), *[("body", ink)] * 7, ("body_medium", said)]
        self._row(brush, box, y, SEEN, cells, inks)
        return y + ROW

    def _plan(self, brush: Brush, box: QRect, y: int, row: PlanRow) -> int:
        tokens = self._tokens
        ink = tokens.text if row.is_chosen or not row.why else tokens.text3
        said = tokens.own if row.is_chosen else tokens.attention if row.why else tokens.text2
        cells = (row.name, row.qty, row.cost, row.why or row.difference)
        inks = [("body_medium" if row.is_chosen else "body", ink), ("body", ink), ("body", ink), ("body_medium", said)]
        self._row(brush, box, y, PLANS, cells, inks)
        return y + ROW

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
