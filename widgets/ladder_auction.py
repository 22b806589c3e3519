"""The strip under the ladder's rows in a call: what the call would leave, what it would fill of ours, its course."""

from itertools import pairwise

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPen, QPolygonF

from hts.desk.figures import px_text, qty_text
from hts.desk.ladder_auction import AuctionView, CallFill, CoursePoint
from hts.desk.spoken import range_text
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush

LINE_H = metrics.LADDER_AUCTION // 2
WORDS_SHARE = (11, 20)  # of the width, for the words; the rest is the course's
GAP = 8
COURSE_PAD = 5  # above and below the course


class AuctionPainter:
    """Paints the strip of one ladder."""

    def __init__(self, tokens: Tokens, texts: Texts, decimals: int) -> None:
        self._tokens, self._texts, self._decimals = tokens, texts, decimals

    def paint(self, brush: Brush, view: AuctionView, y: int, width: int) -> None:
        """Two lines of words at the left, the course of the expected price at the right."""
        tokens = self._tokens
        brush.fill(0, y, width, metrics.LADDER_AUCTION, tokens.warn_tint)
        brush.hline(0, y, width, tokens.attention)
        split = width * WORDS_SHARE[0] // WORDS_SHARE[1]
        self._left_over(brush, view, y, split)
        self._own(brush, view, y + LINE_H, split)
        brush.vline(split, y + COURSE_PAD, metrics.LADDER_AUCTION - 2 * COURSE_PAD, tokens.line2)
        self._course(brush, view, y, (split + GAP, width - metrics.EDGE_PAD))

    def _left_over(self, brush: Brush, view: AuctionView, y: int, end: int) -> None:
        """Side and quantity that would not trade at the expected price, and what would."""
        tokens, texts, base = self._tokens, self._texts, metrics.baseline(y, LINE_H)
        if not view.px:
            brush.left(metrics.EDGE_PAD, base, texts("ladder.expected_px") + " —", "secondary", tokens.text2)
            return
        x = brush.left(metrics.EDGE_PAD, base, texts("ladder.expected_qty"), "secondary", tokens.text2) + 6
        x = brush.left(x, base, qty_text(view.qty), "body_medium", tokens.text) + 2 * GAP
        left = "ladder.call_bids_left" if view.imbalance > 0 else "ladder.call_asks_left"
        key = left if view.imbalance else "ladder.call_even"
        color = tokens.buy if view.imbalance > 0 else tokens.sell if view.imbalance else tokens.text2
        word, figure = texts(key), qty_text(abs(view.imbalance)) if view.imbalance else ""
        if x + brush.texts.width("secondary", word) + 6 + brush.texts.width("body_medium", figure) <= end - GAP:
            x = brush.left(x, base, word, "secondary", color) + 6
        if x + brush.texts.width("body_medium", figure) <= end - GAP:
            brush.left(x, base, figure, "body_medium", color)

    def _own(self, brush: Brush, view: AuctionView, y: int, end: int) -> None:
        """What the call would fill of the own orders, of each side."""
        tokens, texts, base = self._tokens, self._texts, metrics.baseline(y, LINE_H)
        x = metrics.EDGE_PAD
        parts = [(side, fill) for side, fill in (("buy", view.buy), ("sell", view.sell)) if fill is not None]
        if not parts:
            text = brush.texts.elided("secondary", texts("ladder.call_none"), end - GAP - x)
            brush.left(x, base, text, "secondary", tokens.text3)
            return
        words = [(texts(f"side.{side}"), self._part(fill), side) for side, fill in parts]
        rest = sum(self._width(brush, word, figure) + 2 * GAP for word, figure, _ in words)
        head = texts("ladder.call_own")
        at: float = x
        if x + brush.texts.width("secondary", head) + GAP + rest <= end:
            at = brush.left(x, base, head, "secondary", tokens.own) + GAP
        for word, figure, side in words:
            if at + self._width(brush, word, figure) > end:
                return
            at = brush.left(at, base, word, "secondary", tokens.buy if side == "buy" else tokens.sell) + 4
            at = brush.left(at, base, figure, "body_medium", tokens.own) + 2 * GAP

    @staticmethod
    def _part(fill: CallFill) -> str:
        """Shares of all shares: `27~30 / 50`."""
        return f"{range_text(fill)} / {qty_text(fill.qty)}"

    @staticmethod
    def _width(brush: Brush, word: str, figure: str) -> float:
        return brush.texts.width("secondary", word) + 4 + brush.texts.width("body_medium", figure)

    def _course(self, brush: Brush, view: AuctionView, y: int, ends: tuple[int, int]) -> None:
        """Steps from the call's beginning to now between its lowest and highest price, which stand at the right."""
        tokens, course = self._tokens, view.course
        if not course:
            return
        low, high = min(point.px for point in course), max(point.px for point in course)
        lines = [px_text(px, self._decimals) for px in (high, low)]
        room = max(brush.texts.width("cap", line) for line in lines)
        left, right = ends[0], round(ends[1] - room - GAP)
        for line, top in zip(lines, (y, y + LINE_H), strict=True):
            brush.right(ends[1], metrics.baseline(top, LINE_H), line, "cap", tokens.text2)
        top, bottom = y + COURSE_PAD + 1, y + metrics.LADDER_AUCTION - COURSE_PAD - 2
        if right - left < 3 * GAP:
            return
        painter = brush.painter
        color = {1: tokens.up, -1: tokens.down, 0: tokens.text}[view.tone]
        painter.setPen(QPen(color, 1.0))
        points = steps(course, (left, right), (top, bottom))
        painter.drawPolyline(QPolygonF(points))
        end = points[-1]
        brush.fill(round(end.x()) - 1, round(end.y()) - 1, 3, 3, color)


def steps(course: tuple[CoursePoint, ...], across: tuple[int, int], down: tuple[int, int]) -> list[QPointF]:
    """Corners of the course: each price holds until the next one came. A level course lies in the middle."""
    (left, right), (top, bottom) = across, down
    first_ns, last_ns = course[0].trade_ns, course[-1].trade_ns
    low, high = min(point.px for point in course), max(point.px for point in course)
    span_ns, span_px = max(last_ns - first_ns, 1), high - low

    def corner(trade_ns: int, px: int) -> QPointF:
        x = left + (right - left) * (trade_ns - first_ns) // span_ns
        y = bottom - (bottom - top) * (px - low) // span_px if span_px else (top + bottom) // 2
        return QPointF(x + 0.5, y + 0.5)

    corners = [corner(first_ns, course[0].px)]
    for before, point in pairwise(course):
        corners += [corner(point.trade_ns, before.px), corner(point.trade_ns, point.px)]
    return corners if len(course) > 1 else [QPointF(left + 0.5, corners[0].y()), QPointF(right + 0.5, corners[0].y())]
