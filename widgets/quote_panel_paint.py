"""How the quote panel's blocks are painted: the issue, a level, the day, ticks, totals.

Digits on bars are neutral; price, change and side alone carry colour. Each block is painted into its own rectangle, so
that a changed level repaints one row.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from hts.desk.chart_scale import qty_label
from hts.desk.figures import big_text, clock_text, percent_text, px_text, qty_text, signed_text
from hts.desk.quote_panel import DayRow, QuoteFoot, QuoteHead, QuoteRow, TickRow
from hts.desk.ratios import bp_text, sign
from hts.desk.tables_issue import at_limit
from hts.desk.texts import Texts
from hts.model.instruments import Instrument
from themes import metrics
from themes.tokens import Tokens
from widgets.painting import Brush

PX_W, PERCENT_W = 84, 50
CHANGE_W = 56  # room that a bar leaves to the change beside it
PAD = metrics.CELL_PAD
BALANCE = 2
TAG_H = 14


@dataclass(frozen=True, slots=True)
class QuoteColumns:
    """Where the three columns stand: asks and changes, price and percent, bids and changes."""

    width: int
    left: int
    right: int

    @classmethod
    def fit(cls, width: int) -> "QuoteColumns":
        """Divide a width; the price column keeps its size."""
        side = max((width - PX_W - PERCENT_W) // 2, 60)
        return cls(width=width, left=side, right=side + PX_W + PERCENT_W)


class QuotePainter:
    """Paints with the panel's columns; `decimals` are those of the issue's prices."""

    def __init__(self, tokens: Tokens, texts: Texts, columns: QuoteColumns, issue: Instrument) -> None:
        self._tokens, self._texts = tokens, texts
        self.columns = columns
        self._issue = issue
        self._decimals = issue.px_decimals
        self._tones = {0: tokens.text, 1: tokens.up, -1: tokens.down}
        self._sides = {0: tokens.text, 1: tokens.buy, -1: tokens.sell}

    def head(self, brush: Brush, rect: QRect, head: QuoteHead) -> None:
        """Name and code left; price large at the right with its change under it."""
        tokens, texts, width = self._tokens, self._texts, rect.width()
        brush.fill(rect.x(), rect.y(), width, rect.height(), tokens.panel)
        tone = self._tones[sign(head.change)]
        right, top = width - metrics.EDGE_PAD, rect.y()
        px = brush.right(right, top + 24, px_text(head.px, self._decimals), "quote", tone)
        percent = brush.right(right, top + 41, f"{bp_text(head.bp)}%", "price", tone) - 8
        change = px_text(abs(head.change), self._decimals)
        begin = brush.right(percent, top + 41, change, "price", tone)
        if head.change:
            is_limit = at_limit(self._issue, head.px)
            brush.change(round(begin) - metrics.TRIANGLE_W - 4, top + 37, head.change, tone, is_limit=is_limit)
        room = px - metrics.EDGE_PAD - 12
        name = brush.texts.elided("name", texts.name(self._issue), room)
        brush.left(metrics.EDGE_PAD, top + 22, name, "name", tokens.text)
        market = f"{self._issue.symbol} · {texts(f'market.{self._issue.market.name.lower()}')}"
        end = brush.left(metrics.EDGE_PAD, top + 41, market, "secondary", tokens.text2)
        if head.is_expected:
            text = texts("quote.expected", qty=qty_text(head.expected_qty))
            if end + 12 + brush.texts.width("secondary", text) < begin - 12:
                brush.left(end + 12, top + 41, text, "secondary", tokens.attention)

    def heads(self, brush: Brush, rect: QRect) -> None:
        """Column heads, aligned like their cells."""
        tokens, texts, columns = self._tokens, self._texts, self.columns
        base, y = metrics.baseline(rect.y(), rect.height()), rect.y()
        brush.fill(rect.x(), y, rect.width(), rect.height(), tokens.panel)
        brush.hline(0, y + rect.height() - 1, rect.width(), tokens.line)
        ink, middle = tokens.text3, columns.left + PX_W
        brush.right(CHANGE_W - 4, base, texts("quote.change"), "secondary", ink)
        brush.right(columns.left - PAD, base, texts("quote.ask_qty"), "secondary", ink)
        brush.right(middle - PAD, base, texts("quote.px"), "secondary", ink)
        brush.right(columns.right - PAD, base, texts("quote.percent"), "secondary", ink)
        bid_end = columns.right + (columns.width - columns.right) - CHANGE_W
        brush.right(bid_end, base, texts("quote.bid_qty"), "secondary", ink)
        brush.right(columns.width - PAD, base, texts("quote.change"), "secondary", ink)

    def level(self, brush: Brush, rect: QRect, row: QuoteRow | None, *, is_ask: bool, is_cursor: bool) -> None:
        """Price, percent, size with its bar, change, own orders. Only the columns that the level owns."""
        tokens, columns = self._tokens, self.columns
        y, height = rect.y(), rect.height()
        x, end = (0, columns.right) if is_ask else (columns.left, columns.width)
        brush.fill(x, y, end - x, height, tokens.selected if is_cursor else tokens.panel)
        brush.hline(x, y + height - 1, end - x, tokens.line)
        brush.vline(columns.left, y, height, tokens.line2)
        brush.vline(columns.right, y, height, tokens.line2)
        if row is None:
            return
        base, tone = metrics.baseline(y, height), self._tones[row.tone]
        if row.is_last:
            brush.fill(columns.left + 1, y, columns.right - columns.left - 1, height - 1, tokens.raised)
            brush.fill(columns.left + 1, y, metrics.SELECTED_BAR, height - 1, tone)
        brush.right(columns.left + PX_W - PAD, base, px_text(row.px, self._decimals), "price_strong", tone)
        brush.right(columns.right - PAD, base, bp_text(row.bp), "secondary", tone)
        if row.tag:
            tag = self._texts(f"ladder_tag.{row.tag}")
            width = round(brush.texts.width("cap", tag)) + 4
            tall = min(height - 7, TAG_H)
            brush.fill(columns.left + 4, y + (height - 1 - tall) // 2, width, tall, tokens.raised)
            brush.left(columns.left + 6, base, tag, "cap", tokens.text2)
        self._size(brush, rect, row, is_ask=is_ask)

    def _size(self, brush: Brush, rect: QRect, row: QuoteRow, *, is_ask: bool) -> None:
        tokens, columns, y = self._tokens, self.columns, rect.y()
        base = metrics.baseline(y, rect.height())
        room = (columns.left if is_ask else columns.width - columns.right) - CHANGE_W - 2
        length = max(row.share * room // 1000, 1)
        bar_y, bar_h = y + metrics.BAR_ABOVE, rect.height() - metrics.BAR_ABOVE - metrics.BAR_BELOW
        if is_ask:
            brush.fill(columns.left - length, bar_y, length, bar_h, tokens.ask_bar)
            brush.right(columns.left - PAD, base, qty_text(row.qty), "price", tokens.text)
            change_end = CHANGE_W - 4
        else:
            brush.fill(columns.right + 1, bar_y, length, bar_h, tokens.bid_bar)
            brush.right(columns.width - CHANGE_W, base, qty_text(row.qty), "price", tokens.text)
            change_end = columns.width - PAD
        if row.own_qty:
            text = qty_text(row.own_qty)
            width = round(brush.texts.width("price_strong", text)) + 8
            left = 2 if is_ask else columns.width - width - 2
            brush.fill(left, y + 2, width, rect.height() - 5, tokens.own)
            brush.left(left + 4, base, text, "price_strong", tokens.on_own)
        elif row.change:
            ink = tokens.up if row.change > 0 else tokens.down
            brush.right(change_end, base, signed_text(row.change), "secondary", ink)

    def day_row(self, brush: Brush, rect: QRect, row: DayRow | None) -> None:
        """A label and its figure."""
        tokens = self._tokens
        base = metrics.baseline(rect.y(), rect.height())
        brush.fill(rect.x(), rect.y(), rect.width(), rect.height(), tokens.panel)
        if row is None:
            return
        x = brush.left(rect.x() + 8, base, self._texts(f"quote.day.{row.key}"), "secondary", tokens.text2)
        text = px_text(row.value, self._decimals) if row.is_px else qty_text(row.value)
        if row.is_money:
            text = big_text(row.value, self._texts.language)
        end = rect.right() + 1 - metrics.EDGE_PAD
        roles = ("body_medium", "secondary", "cap")
        role = next((one for one in roles if x + 4 + brush.texts.width(one, text) <= end), "")
        if not role:
            text, role = text if row.is_px or row.is_money else qty_label(row.value, self._texts.language), "cap"
        brush.right(end, base, text if row.value else "—", role, self._tones[row.tone])

    def tick(self, brush: Brush, rect: QRect, row: TickRow | None, *, with_time: bool = False) -> None:
        """A trade: price in its tone, quantity in the colour of who was the aggressor."""
        tokens = self._tokens
        base = metrics.baseline(rect.y(), rect.height())
        brush.fill(rect.x(), rect.y(), rect.width(), rect.height(), tokens.panel)
        if row is None:
            return
        x, px = rect.x() + metrics.EDGE_PAD, px_text(row.px, self._decimals)
        ink: QColor = {1: tokens.buy, -1: tokens.sell, 0: tokens.text2}[row.side]
        if with_time:
            # Under the book's own columns of prices and sizes.
            brush.left(x, base, clock_text(row.trade_ns, with_ms=True), "secondary", tokens.text2)
            brush.right(self.columns.left + PX_W - PAD, base, px, "body", self._tones[row.tone])
            brush.right(self.columns.width - CHANGE_W, base, qty_text(row.qty), "body", ink)
            return
        brush.left(x, base, px, "body", self._tones[row.tone])
        brush.right(rect.right() + 1 - PAD, base, qty_text(row.qty), "body", ink)

    def foot(self, brush: Brush, rect: QRect, foot: QuoteFoot) -> None:
        """Totals under their columns, the balance of both, and the strength."""
        tokens, texts, columns = self._tokens, self._texts, self.columns
        y, height = rect.y(), metrics.TABLE_FOOTER
        base = metrics.baseline(y, height)
        brush.fill(0, y, rect.width(), rect.height(), tokens.header)
        brush.hline(0, y, rect.width(), tokens.line2)
        brush.left(metrics.EDGE_PAD, base, texts("quote.total"), "secondary", tokens.text2)
        brush.right(columns.left - PAD, base, qty_text(foot.ask_qty), "title", tokens.sell)
        difference = foot.bid_qty - foot.ask_qty
        ink = self._sides[sign(difference)]
        brush.right(columns.left + PX_W - PAD + 16, base, signed_text(difference), "title", ink)
        brush.right(columns.width - CHANGE_W, base, qty_text(foot.bid_qty), "title", tokens.buy)
        split = rect.width() * foot.ask_share // 1000
        brush.fill(0, y + height, split, BALANCE, tokens.sell)
        brush.fill(split, y + height, rect.width() - split, BALANCE, tokens.buy)
        base = metrics.baseline(y + height + BALANCE, metrics.TABLE_ROW)
        x = brush.left(metrics.EDGE_PAD, base, texts("quote.strength"), "secondary", tokens.text2) + 8
        strength = percent_text(foot.strength_bp, 10_000).lstrip("+") if foot.strength_bp else "—"
        tone = self._sides[sign(foot.strength_bp - 10_000)] if foot.strength_bp else tokens.text
        x = brush.left(x, base, strength, "title", tone) + 14
        ratio = texts("quote.balance", ask=f"{foot.ask_share / 10:.1f}", bid=f"{100 - foot.ask_share / 10:.1f}")
        end = brush.right(rect.width() - metrics.EDGE_PAD, base, ratio, "secondary", tokens.text2) - 14
        vwap = px_text(foot.vwap_px, self._decimals)
        label = texts("quote.vwap")
        if foot.vwap_px and x + brush.texts.width("secondary", label) + 6 + brush.texts.width("body", vwap) <= end:
            brush.left(brush.left(x, base, label, "secondary", tokens.text2) + 6, base, vwap, "body", tokens.vwap)
