"""Paints an order's way twice: to scale on one ruler (where did the time go), and hop by hop in equal cells."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from hts.desk.order_xray import TERMINAL_HOPS, HopTime, Ruler, Span, Way, ruler_of, took_text
from hts.desk.order_xray_state import Xray
from hts.desk.texts import Texts
from hts.model.trace import Hop
from themes import metrics
from themes.tokens import Tokens, contrast
from widgets.painting import Brush

RULER = 40
CELL = 92
SPAN = 24
BAR = 5
FULL = 4, 5  # a budget stands at four fifths of a bar, so that an overrun has room to show
NARROW = 96  # cells narrower than this leave the second column of figures out
TICKS, BENT_TICKS = 10, 8


class WayPainter:
    """Ruler, cells and spans of one order."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        self._tokens = tokens
        self._texts = texts

    @property
    def height(self) -> int:
        """All three blocks together."""
        return RULER + CELL + SPAN

    def paint(self, brush: Brush, box: QRect, xray: Xray) -> None:
        """All of it."""
        self._ruler(brush, QRect(box.x(), box.y(), box.width(), RULER), xray.way)
        count = len(xray.way.hops)
        for number, hop in enumerate(xray.way.hops):
            self._cell(brush, self.cell_rect(box, number, count), hop, xray.usual.get(hop.hop, 0), number)
        self._spans(brush, QRect(box.x(), box.y() + RULER + CELL, box.width(), SPAN), xray.way.spans)

    @staticmethod
    def cell_rect(box: QRect, number: int, count: int) -> QRect:
        """A hop's cell in the box of all three blocks."""
        left, right = (box.x() + box.width() * at // count for at in (number, number + 1))
        return QRect(left, box.y() + RULER, right - left, CELL)

    @staticmethod
    def span_rect(box: QRect, number: int, count: int) -> QRect:
        """A span's place in it."""
        left, right = (box.x() + box.width() * at // count for at in (number, number + 1))
        return QRect(left, box.y() + RULER + CELL, right - left, SPAN)

    def _color(self, hop: HopTime) -> QColor:
        """Whose time it is."""
        tokens = self._tokens
        if hop.hop is Hop.VENUE:
            return tokens.edge
        return tokens.group1 if hop.hop in TERMINAL_HOPS else tokens.group2

    @staticmethod
    def _zone(hop: Hop) -> str:
        if hop is Hop.VENUE:
            return "venue"
        return "terminal" if hop in TERMINAL_HOPS else "core"

    def _ruler(self, brush: Brush, box: QRect, way: Way) -> None:
        """Segments to scale; what waits for the screen's frames has a shorter scale where it would squeeze the rest."""
        tokens = self._tokens
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.panel)
        ruler = ruler_of(way)
        if not ruler.total_ns:
            return
        left, width = box.x() + metrics.EDGE_PAD, box.width() - 2 * metrics.EDGE_PAD

        def x_of(ns: int) -> int:
            return left + width * ruler.place(ns) // 1_000

        self._ticks(brush, QRect(left, box.y(), width, box.height()), ruler)
        top, height = box.y() + 20, 14
        brush.fill(left, top, width, height, tokens.field)
        for hop in way.hops:
            if not hop.is_known:
                continue
            x, end = x_of(hop.begin_ns), x_of(hop.begin_ns + hop.took_ns)
            ground = self._color(hop)
            brush.fill(x, top, max(end - x, 1), height, ground)
            if hop.is_over:
                brush.fill(x, top + height, max(end - x, 1), 3, tokens.attention)
            label = f"{self._texts(f'hop.{hop.hop.value}')} {took_text(hop.took_ns)}"
            if brush.texts.width("cap_strong", label) + 10 <= end - x:
                ink = max((tokens.text, tokens.gutter), key=lambda one: contrast(one, ground))
                brush.left(x + 5, metrics.baseline(top, height), label, "cap_strong", ink)
            brush.vline(x, top, height, tokens.panel)
        if ruler.is_bent:
            bend = x_of(ruler.bend_ns)
            for offset in (-3, 1):
                brush.fill(bend + offset, top - 2, 2, height + 4, tokens.panel)

    def _ticks(self, brush: Brush, box: QRect, ruler: Ruler) -> None:
        """Times above the line: evenly up to the bend, and the end of all."""
        tokens = self._tokens
        count = BENT_TICKS if ruler.is_bent else TICKS
        times = [ruler.bend_ns * number // count for number in range(count + 1)]
        for ns in (*times, *([ruler.total_ns] if ruler.is_bent else ())):
            x = box.x() + box.width() * ruler.place(ns) // 1_000
            brush.vline(min(x, box.right()), box.y() + 16, 3, tokens.line2)
            label = took_text(ns) if ns else "0"
            if ns == ruler.total_ns:
                brush.right(box.right(), box.y() + 12, label, "cap", tokens.text3)
            elif not ns:
                brush.left(box.x(), box.y() + 12, label, "cap", tokens.text3)
            else:
                brush.center(x, box.y() + 12, label, "cap", tokens.text3)

    def _cell(self, brush: Brush, box: QRect, hop: HopTime, usual_ns: int, number: int) -> None:
        tokens, texts = self._tokens, self._texts
        x, right = box.x() + metrics.EDGE_PAD, box.right() - metrics.CELL_PAD
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.warn_tint if hop.is_over else tokens.panel)
        brush.fill(box.x() + 1, box.y(), box.width() - 2, 2, self._color(hop) if hop.is_known else tokens.line2)
        brush.vline(box.x(), box.y(), box.height(), tokens.line)
        name = brush.texts.elided("body_medium", texts(f"hop.{hop.hop.value}"), right - x - 14)
        end = brush.left(x, box.y() + 17, name, "body_medium", tokens.text)
        zone = texts(f"order_xray.{self._zone(hop.hop)}")
        if end + brush.texts.width("cap", zone) + 10 > right:
            zone = str(number + 1)
        brush.right(right, box.y() + 17, zone, "cap", tokens.text3)
        ink = tokens.attention if hop.is_over else tokens.text if hop.is_known else tokens.text3
        figure, _, unit = took_text(hop.took_ns).partition(" ")
        end = brush.left(x, box.y() + 37, figure, "figure", ink)
        brush.left(end + 4, box.y() + 37, unit, "secondary", tokens.text2)
        self._bar(brush, QRect(x, box.y() + 43, right - x, BAR), hop.took_ns, hop.budget_ns)
        rows = (
            (texts("order_xray.budget"), took_text(hop.budget_ns)),
            (texts("order_xray.usual"), took_text(usual_ns) if usual_ns else "—"),
            (texts("order_xray.at"), f"+{took_text(hop.begin_ns)}" if hop.is_known else "—"),
        )
        for i, (label, value) in enumerate(rows):
            base = box.y() + 62 + 13 * i
            if box.width() >= NARROW:
                brush.left(x, base, label, "cap", tokens.text3)
            brush.right(right, base, value, "cap", tokens.text2)

    def _bar(self, brush: Brush, box: QRect, took_ns: int, budget_ns: int) -> None:
        """Time against budget, with a mark at the budget."""
        tokens = self._tokens
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.line)
        mark = box.width() * FULL[0] // FULL[1]
        if took_ns > 0:
            width = max(min(mark * took_ns // budget_ns, box.width()), 1)
            color = tokens.attention if took_ns > budget_ns else tokens.healthy
            brush.fill(box.x(), box.y(), width, box.height(), color)
        brush.vline(box.x() + mark, box.y() - 2, box.height() + 4, tokens.text2)

    def _spans(self, brush: Brush, box: QRect, spans: tuple[Span, ...]) -> None:
        """The three budgets side by side."""
        tokens = self._tokens
        brush.fill(box.x(), box.y(), box.width(), box.height(), tokens.header)
        brush.hline(box.x(), box.y(), box.width(), tokens.line)
        base = metrics.baseline(box.y(), box.height())
        for number, span in enumerate(spans):
            left = box.x() + box.width() * number // len(spans) + metrics.EDGE_PAD
            right = box.x() + box.width() * (number + 1) // len(spans) - metrics.EDGE_PAD
            is_over = span.took_ns > span.budget_ns
            figure = f"{took_text(span.took_ns)} / {took_text(span.budget_ns)}"
            begin = round(brush.right(right, base, figure, "body_medium", tokens.attention if is_over else tokens.text))
            label = brush.texts.elided("secondary", self._texts(span.key), begin - left - 12)
            end = round(brush.left(left, base, label, "secondary", tokens.text2))
            if begin - end > 60:
                self._bar(brush, QRect(end + 10, base - 7, begin - end - 20, BAR), span.took_ns, span.budget_ns)
