"""How the footprint is painted: a column per bar with sold x bought per row, sums under it, the profile at the right.

The ground of a row grows with its volume, grey; red and blue stay for figures that outweigh the other side and for
delta. The point of control is framed, the value area has a line at the column's left.
"""

from collections.abc import Sequence

from PySide6.QtCore import QRect

from hts.desk.figures import clock_text, px_text, qty_text, signed_text
from hts.desk.footprint import FootBar, Footprint, Profile, Traded
from hts.desk.ratios import sign
from hts.desk.spoken_charts import SpokenPlace
from hts.desk.texts import Texts
from themes import metrics
from themes.tokens import Tokens
from widgets.heatmap_paint import digits
from widgets.painting import Brush, faded

ROW = 16
AXIS_W = 72
PROFILE_W = 96
COLUMN_W = 104
HEAD_H = 20
SUM_ROW = 18
SUMS = ("delta", "cum_delta", "volume")
FOOT_H = SUM_ROW * len(SUMS) + 1
LABEL_W = 74  # left of the columns: what the sums are


class FootPainter:
    """Paints into a widget of a size. `top`: number of the highest row."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        self._tokens, self._texts = tokens, texts
        self._tones = {0: tokens.text2, 1: tokens.up, -1: tokens.down}
        self._sides = {0: tokens.text2, 1: tokens.buy, -1: tokens.sell}

    @staticmethod
    def columns(width: int) -> int:
        """Bars that fit into a width."""
        return max((width - LABEL_W - AXIS_W - PROFILE_W) // COLUMN_W, 1)

    @staticmethod
    def rows(height: int) -> int:
        """Rows that fit into a height."""
        return max((height - HEAD_H - FOOT_H) // ROW, 1)

    def paint(  # noqa: PLR0917
        self, brush: Brush, size: QRect, foot: Footprint, bars: Sequence[FootBar], profile: Profile, top: int
    ) -> None:
        """Everything. `bars` oldest first."""
        tokens, width, height = self._tokens, size.width(), size.height()
        brush.fill(0, 0, width, height, tokens.panel)
        right = width - AXIS_W - PROFILE_W
        bottom = height - FOOT_H
        brush.painter.save()
        brush.painter.setClipRect(0, HEAD_H, width, bottom - HEAD_H)
        self._paint_axis(brush, foot, top, right, bottom)
        self._paint_profile(brush, profile, top, right, bottom)
        first_x = right - len(bars) * COLUMN_W
        for i, bar in enumerate(bars):
            self._paint_bar(brush, foot, bar, first_x + i * COLUMN_W, top, bottom)
        brush.painter.restore()
        self._paint_heads(brush, bars, first_x, right)
        self._paint_sums(brush, foot, bars, first_x, bottom)

    def place_rect(self, size: QRect, foot: Footprint, bars: int, top: int, place: SpokenPlace) -> QRect:
        """Where something that is told of stands: a column, a cell of the newest bar, a row of the profile."""
        right, bottom = size.width() - AXIS_W - PROFILE_W, size.height() - FOOT_H
        x, width = right - (bars - place.bar) * COLUMN_W, COLUMN_W
        if place.bar < 0:
            x, width = right + AXIS_W, PROFILE_W
        if not place.px:
            return QRect(x, 0, width, size.height())
        y = self._y(foot.row_of(place.px), top)
        return QRect(x, y, width, ROW) if HEAD_H <= y <= bottom - ROW else QRect()

    def _y(self, row: int, top: int) -> int:
        return HEAD_H + (top - row) * ROW

    def _paint_axis(self, brush: Brush, foot: Footprint, top: int, right: int, bottom: int) -> None:
        tokens, issue = self._tokens, foot.instrument
        tones = {0: tokens.text, 1: tokens.up, -1: tokens.down}
        end = right + AXIS_W - metrics.CELL_PAD
        last_row = foot.row_of(foot.last_px) if foot.last_px else -1
        for i in range((bottom - HEAD_H) // ROW):
            row, y = top - i, HEAD_H + i * ROW
            px = foot.row_px(row) if row >= 0 else 0
            if not px:
                continue
            brush.hline(0, y + ROW - 1, right, faded(tokens.line, 255) if row % 5 == 0 else tokens.header)
            base = metrics.baseline(y, ROW)
            text = px_text(px, issue.px_decimals)
            if row == last_row:
                fill = {1: tokens.up_fill, -1: tokens.down_fill, 0: tokens.raised}[sign(foot.last_px - issue.base_px)]
                brush.fill(right + 1, y, AXIS_W - 1, ROW, fill)
                brush.right(end, base, text, "body_medium", tokens.on_fill)
            else:
                brush.right(end, base, text, "secondary", tones[sign(px - issue.base_px)])
        brush.vline(right, HEAD_H, bottom - HEAD_H, tokens.line2)

    def _paint_bar(  # noqa: PLR0917
        self, brush: Brush, foot: Footprint, bar: FootBar, x: int, top: int, bottom: int
    ) -> None:
        tokens = self._tokens
        largest = max((traded.qty for traded in bar.rows.values()), default=1)
        middle = x + 8 + (COLUMN_W - 8) // 2
        brush.vline(x, HEAD_H, bottom - HEAD_H, tokens.line)
        for row, traded in bar.rows.items():
            y = self._y(row, top)
            if HEAD_H <= y <= bottom - ROW:
                length = max(traded.qty * (COLUMN_W - 12) // largest, 1)
                brush.fill(x + 9, y + 1, length, ROW - 2, tokens.raised)
                self._paint_figures(brush, bar, row, traded, middle, y)
        body_top, body_end = sorted((self._y(foot.row_of(bar.open_px), top), self._y(foot.row_of(bar.close_px), top)))
        tone = self._tones[sign(bar.close_px - bar.open_px)]
        high, low = self._y(foot.row_of(bar.high_px), top), self._y(foot.row_of(bar.low_px), top)
        brush.vline(x + 4, high, low - high + ROW, tone)
        brush.fill(x + 2, body_top, 5, body_end - body_top + ROW, tone)
        value_top, value_end = self._y(bar.value_high, top), self._y(bar.value_low, top)
        brush.vline(x + COLUMN_W - 2, value_top, value_end - value_top + ROW, tokens.text3)
        brush.frame(x + 8, self._y(bar.poc, top), COLUMN_W - 11, ROW, tokens.text2)

    def _paint_figures(  # noqa: PLR0917
        self, brush: Brush, bar: FootBar, row: int, traded: Traded, middle: int, y: int
    ) -> None:
        """Sold left of the middle, bought right of it; what outweighs is heavy and in its colour."""
        tokens, base = self._tokens, metrics.baseline(y, ROW)
        sold, bought = qty_text(traded.sell_qty), qty_text(traded.buy_qty)
        heavy, ink = ("cap_strong", tokens.sell) if row in bar.sold else ("cap", tokens.text)
        digits(brush, middle - 6, base, sold, heavy, ink)
        brush.center(middle, base, "×", "cap", tokens.text3)
        heavy, ink = ("cap_strong", tokens.buy) if row in bar.bought else ("cap", tokens.text)
        width = sum(brush.texts.width(heavy, character) for character in bought)
        digits(brush, middle + 6 + width, base, bought, heavy, ink)

    def _paint_profile(self, brush: Brush, profile: Profile, top: int, right: int, bottom: int) -> None:
        """Volume of all bars by row: sold, bought and auctions end to end; the value area is brighter."""
        tokens = self._tokens
        left = right + AXIS_W
        largest = max((traded.qty for traded in profile.rows.values()), default=1)
        room = PROFILE_W - 6
        for row, traded in profile.rows.items():
            y = self._y(row, top)
            if not HEAD_H <= y <= bottom - ROW:
                continue
            inside = profile.value_low <= row <= profile.value_high
            length = max(traded.qty * room // largest, 1)
            brush.fill(left + 1, y + 1, length, ROW - 2, tokens.profile if inside else tokens.raised)
            net = abs(traded.delta) * room // largest
            brush.fill(left + 1, y + ROW - 4, net, 3, tokens.buy if traded.delta > 0 else tokens.sell)
            if row == profile.poc:
                brush.frame(left + 1, y, PROFILE_W - 2, ROW, tokens.text2)
                text = self._texts("footprint.poc")
                brush.right(left + PROFILE_W - 6, metrics.baseline(y, ROW), text, "cap", tokens.text)
            elif row in {profile.value_high, profile.value_low}:
                text = self._texts("footprint.vah" if row == profile.value_high else "footprint.val")
                brush.right(left + PROFILE_W - 6, metrics.baseline(y, ROW), text, "cap", tokens.text2)
        brush.vline(left, HEAD_H, bottom - HEAD_H, tokens.line2)

    def _paint_heads(self, brush: Brush, bars: Sequence[FootBar], x: int, right: int) -> None:
        tokens, texts = self._tokens, self._texts
        base = metrics.baseline(0, HEAD_H)
        for i, bar in enumerate(bars):
            text = clock_text(bar.start_ns)[:5]
            brush.center(x + i * COLUMN_W + COLUMN_W / 2, base, text, "secondary", tokens.text2)
        brush.right(right + AXIS_W - metrics.CELL_PAD, base, texts("footprint.px"), "secondary", tokens.text3)
        brush.left(right + AXIS_W + 6, base, texts("footprint.profile"), "secondary", tokens.text3)
        brush.hline(0, HEAD_H - 1, right + AXIS_W + PROFILE_W, tokens.line)

    def _paint_sums(self, brush: Brush, foot: Footprint, bars: Sequence[FootBar], x: int, top: int) -> None:
        tokens, texts = self._tokens, self._texts
        width = x + len(bars) * COLUMN_W + AXIS_W + PROFILE_W
        brush.fill(0, top, width, FOOT_H, tokens.header)
        brush.hline(0, top, width, tokens.line2)
        running = foot.delta_before(bars[0].start_ns)
        for i, key in enumerate(SUMS):
            base = metrics.baseline(top + 1 + i * SUM_ROW, SUM_ROW)
            brush.left(metrics.EDGE_PAD, base, texts(f"footprint.{key}"), "secondary", tokens.text2)
        for i, bar in enumerate(bars):
            end = x + (i + 1) * COLUMN_W - 8
            running += bar.delta
            for line, (text, value) in enumerate(
                ((signed_text(bar.delta), bar.delta), (signed_text(running), running), (qty_text(bar.qty), 0))
            ):
                base = metrics.baseline(top + 1 + line * SUM_ROW, SUM_ROW)
                ink = tokens.text if line == 2 else self._sides[sign(value)]
                brush.right(end, base, text, "secondary", ink)
