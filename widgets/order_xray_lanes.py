"""The x-ray's lanes of a routed order: a line of time for each part, all on one axis."""

from PySide6.QtCore import QRect

from hts.desk.order_xray import took_text
from hts.desk.order_xray_lanes import Lane, Lanes
from hts.desk.spoken_xray import lane_result
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush

HEAD = 22
AXIS = 16
ROW = 22
LABEL_W = 170
RESULT_W = 120
BAR = 8
TICKS = 5


class LanesPainter:
    """`lane_at` says whose lane lies under a point of the box that was painted last."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        self._tokens = tokens
        self._texts = texts
        self._rows: list[tuple[QRect, Lane]] = []

    @staticmethod
    def height(lanes: Lanes | None) -> int:
        """What all lanes need; 0 without any."""
        return HEAD + AXIS + ROW * len(lanes.lanes) + 2 if lanes is not None else 0

    def lane_at(self, x: int, y: int) -> Lane | None:
        """The lane there."""
        return next((lane for rect, lane in self._rows if rect.contains(x, y)), None)

    def rect_of(self, number: int) -> QRect:
        """Where a lane was painted last; empty where it had no room."""
        return self._rows[number][0] if number < len(self._rows) else QRect()

    def paint(self, brush: Brush, box: QRect, lanes: Lanes | None) -> None:
        """As many as have room."""
        self._rows.clear()
        if lanes is None:
            return
        tokens, texts = self._tokens, self._texts
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.panel)
        brush.fill(box.x(), box.y(), box.width(), HEAD, tokens.header)
        brush.hline(box.x(), box.y(), box.width(), tokens.line)
        base = metrics.baseline(box.y(), HEAD)
        x = brush.left(box.x() + metrics.EDGE_PAD, base, texts("order_xray.lanes"), "title", tokens.text) + 8
        brush.left(x, base, texts("order_xray.lanes_count", count=len(lanes.lanes)), "secondary", tokens.text2)
        axis = QRect(box.x() + LABEL_W, box.y() + HEAD, box.width() - LABEL_W - RESULT_W, AXIS)
        self._axis(brush, axis, lanes.span_ns, ROW * len(lanes.lanes))
        for number, lane in enumerate(lanes.lanes):
            row = QRect(box.x(), axis.bottom() + 1 + number * ROW, box.width(), ROW)
            if row.bottom() > box.bottom():
                return
            self._rows.append((row, lane))
            self._lane(brush, row, axis, lane, lanes.span_ns)

    def _axis(self, brush: Brush, axis: QRect, span_ns: int, depth: int) -> None:
        tokens = self._tokens
        for number in range(TICKS):
            x = axis.x() + axis.width() * number // (TICKS - 1)
            brush.vline(x, axis.bottom(), depth + 1, tokens.line)
            text = took_text(span_ns * number // (TICKS - 1)) if number else "0"
            brush.center(x, axis.y() + 12, text, "cap", tokens.text3)

    def _lane(self, brush: Brush, row: QRect, axis: QRect, lane: Lane, span_ns: int) -> None:
        tokens = self._tokens
        if lane.is_shown:
            brush.fill(row.x(), row.y(), row.width(), ROW - 1, tokens.selected)
            brush.fill(row.x(), row.y(), metrics.SELECTED_BAR, ROW - 1, tokens.own)
        brush.hline(row.x(), row.bottom(), row.width(), tokens.line)
        base, middle = metrics.baseline(row.y(), ROW), row.y() + ROW // 2
        x = brush.left(row.x() + metrics.EDGE_PAD, base, lane.venue, "body_medium", tokens.text) + 8
        terms = brush.texts.elided("secondary", lane.terms, axis.x() - x - 12)
        brush.left(x, base, terms, "secondary", tokens.text2)

        def place(ns: int) -> int:
            return axis.x() + axis.width() * ns // span_ns

        if lane.wire_ns >= 0:
            begin, end = place(lane.wire_ns), place(max(lane.end_ns, lane.wire_ns))
            brush.hline(axis.x(), middle, begin - axis.x(), tokens.line2)
            ack = place(lane.ack_ns) if lane.ack_ns >= 0 else end
            brush.fill(begin, middle - BAR // 2, max(ack - begin, 2), BAR, tokens.profile)
            brush.fill(ack, middle - 1, max(end - ack, 0), 2, tokens.line2)
            if lane.ack_ns >= 0:
                ink = tokens.attention if lane.is_refused else tokens.text2
                brush.fill(ack - 1, middle - BAR // 2 - 1, 2, BAR + 2, ink)
            for at, _ in lane.fills:
                brush.fill(place(at) - 2, middle - BAR // 2 - 1, 4, BAR + 2, tokens.healthy)
        result = lane_result(lane, self._texts)
        ink = tokens.attention if lane.is_refused else tokens.text
        brush.right(row.right() - metrics.EDGE_PAD, base, result, "secondary", ink)
