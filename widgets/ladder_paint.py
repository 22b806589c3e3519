"""Painting of one ladder row, cell by cell, on whole pixels.

Digits over bars are neutral; only price, change and side carry colour. Sizes right-align on both sides of the book, so
that magnitude reads by length. Marks never cross digits: the average price ends in a label on the side where nothing
is published, the volume-weighted price in the volume column.
"""

from operator import attrgetter
from typing import Final

from PySide6.QtGui import QColor, QPainter, QPixmap

from hts.desk.chart_scale import qty_label
from hts.desk.figures import px_text, qty_text
from hts.desk.ladder_auction import CallFill
from hts.desk.ladder_orders import OwnCell, OwnState
from hts.desk.ladder_rows import LadderRow
from hts.desk.ladder_stops import StopCell, StopState
from hts.desk.ratios import bp_text
from hts.desk.spoken import call_fill_text, range_text
from hts.desk.texts import Texts
from hts.model.enums import Side
from themes import metrics
from themes.tokens import Tokens
from widgets.ladder_columns import DIGIT_INSET, PRICE_RIGHT, VOLUME_WIDTH, Columns, Hover
from widgets.painting import Brush, faded, hline, ratio_of, vline
from widgets.tables_fit import fitted_figure

CHIP_PAD: Final = 6
CHIP_CROSS: Final = 7
STOP_PAD: Final = 6
CHIP_SIDE: Final = 3  # the side's colour at the chip's outer edge
LAST_PAD: Final = 3  # at both edges of the newest trade's size
VWAP_LEFT: Final = 4  # so far the line of the average price reaches over the price column

IN_ASK: Final = ("ask_qty", "ask_share", "ask_share_elsewhere")
IN_BID: Final = ("bid_qty", "bid_share", "bid_share_elsewhere")
IN_VOLUME: Final = ("volume_share", "last_qty")
BEYOND: Final = tuple(name for name in LadderRow.__struct_fields__ if name not in {*IN_ASK, *IN_BID, *IN_VOLUME})
ASK_OF, BID_OF, VOLUME_OF, BEYOND_OF = (attrgetter(*names) for names in (IN_ASK, IN_BID, IN_VOLUME, BEYOND))
DIGIT_ROOM: Final = 11  # of one digit and its part of the separators, generously


class RowPainter:
    """Paints rows of one ladder; built once per theme and width."""

    def __init__(self, tokens: Tokens, texts: Texts, columns: Columns, px_decimals: int) -> None:
        self.columns = columns
        self._tokens = tokens
        self._texts = texts
        self._decimals = px_decimals
        cell = min(columns.price - columns.ask, columns.own_buy - columns.bid) - DIGIT_INSET - 1
        self._qty_max = 10 ** max(cell // DIGIT_ROOM, 0) - 1  # surely no wider than its cell
        self._hairline = faded(tokens.line, 140)
        self._grounds: dict[tuple[int, float], QPixmap] = {}  # a picture per kind of row
        self._tones = {
            1: (tokens.up, tokens.up_soft),
            -1: (tokens.down, tokens.down_soft),
            0: (tokens.text, tokens.text2),
        }

    def restyle(self) -> None:
        """Drop the pictures of rows that were painted in other colours."""
        self._grounds.clear()
        self._hairline = faded(self._tokens.line, 140)

    def chip_rect(self, brush_width: float, side: Side) -> tuple[int, int]:
        """Left edge and width of an own-order chip whose quantity is `brush_width` wide."""
        width = round(brush_width) + 2 * CHIP_PAD + CHIP_CROSS + 4 + CHIP_SIDE
        left = self.columns.ask - 3 - width if side is Side.SELL else self.columns.own_buy + 3
        return left, width

    def stop_rect(self, brush_width: float, side: Side) -> tuple[int, int]:
        """Left edge and width of a stop's chip: the whole STOP area, or the outer edge where there is none."""
        columns = self.columns
        if columns.has_stops:
            return (2 if side is Side.SELL else columns.buy_stop + 2), columns.own_sell - 3
        width = round(brush_width) + 2 * STOP_PAD
        return (1, width) if side is Side.SELL else (columns.width - 1 - width, width)

    def changed(self, old: LadderRow, new: LadderRow) -> tuple[int, int]:
        """Which part of a row differs: where it begins and ends. Sizes change all the time, and stand in one cell."""
        columns = self.columns
        qty = max(old.ask_qty, old.bid_qty, new.ask_qty, new.bid_qty)
        if qty > self._qty_max or new.is_expected or BEYOND_OF(old) != BEYOND_OF(new):
            return 0, columns.width
        has_ask, has_bid = ASK_OF(old) != ASK_OF(new), BID_OF(old) != BID_OF(new)
        has_volume = VOLUME_OF(old) != VOLUME_OF(new)
        left = columns.ask if has_ask else columns.volume if has_volume else columns.bid
        right = columns.own_buy if has_bid else columns.bid if has_volume else columns.price
        return left, right

    def paint(  # noqa: PLR0917
        self, brush: Brush, row: LadderRow, y: int, hover: Hover, best_bid: int, span: tuple[int, int]
    ) -> None:
        """The row at y, its ground included, as far as it stands between the two edges of `span`."""
        is_hovered, columns, (left, right) = hover.px == row.px, self.columns, span
        self._ground(brush, row, y, is_hovered)
        base = metrics.baseline(y, metrics.LADDER_ROW)
        if row.ask_qty and left < columns.price:
            self._ask(brush, row, y, base)
        if row.bid_qty and right > columns.bid:
            self._bid(brush, row, y, base)
        if left < columns.volume and right > columns.price:
            self._price(brush, row, y, base)
        if left < columns.bid and right > columns.volume - VWAP_LEFT:
            self._volume(brush, row, y, base)
        if row.expected_qty:
            self._expected(brush, row, base)
        if row.average_px:
            self._average(brush, row, y, best_bid)
        if row.sell is not None:
            self._own(brush, row.sell, row.sell_fill, Side.SELL, y, base)
        if row.buy is not None:
            self._own(brush, row.buy, row.buy_fill, Side.BUY, y, base)
        if row.sell_stop is not None:
            self._stop(brush, row.sell_stop, Side.SELL, y, base)
        if row.buy_stop is not None:
            self._stop(brush, row.buy_stop, Side.BUY, y, base)
        if is_hovered and hover.side is not None and hover.qty:
            self._preview(brush, row, hover, y, base)

    def _ground(self, brush: Brush, row: LadderRow, y: int, is_hovered: bool) -> None:
        """Ground, column lines and the lower line."""
        kind = row.is_last + 2 * is_hovered + 4 * row.is_expected + 8 * row.is_best_ask + 16 * row.is_fifth
        key = (kind, brush.texts.ratio)
        pixmap = self._grounds.get(key)
        if pixmap is None:
            pixmap = self._grounds[key] = brush.texts.blank(self.columns.width, metrics.LADDER_ROW)
            painter = QPainter(pixmap)
            self._paint_ground(painter, row, is_hovered)
            painter.end()
        brush.copy(0, y, pixmap)

    def _paint_ground(self, painter: QPainter, row: LadderRow, is_hovered: bool) -> None:
        tokens, columns, ratio = self._tokens, self.columns, ratio_of(painter)
        ground = tokens.warn_tint if row.is_expected else tokens.selected if is_hovered else tokens.panel
        painter.fillRect(0, 0, columns.width, metrics.LADDER_ROW, ground)
        if row.is_last:
            painter.fillRect(columns.price, 0, columns.bid - columns.price, metrics.LADDER_ROW, tokens.raised)
        if columns.has_stops and not (row.is_expected or is_hovered):
            painter.fillRect(0, 0, columns.own_sell, metrics.LADDER_ROW, tokens.field)
            painter.fillRect(columns.buy_stop, 0, columns.width - columns.buy_stop, metrics.LADDER_ROW, tokens.field)
        for x in columns.edges:
            vline(painter, ratio, (x, 0, metrics.LADDER_ROW), tokens.line)
        if row.is_expected:
            hline(painter, ratio, (0, 0, columns.width), tokens.attention)
        lower = tokens.text3 if row.is_best_ask else tokens.line2 if row.is_fifth else self._hairline
        lower = tokens.attention if row.is_expected else lower
        hline(painter, ratio, (0, metrics.LADDER_ROW - 1, columns.width), lower)

    def _ask(self, brush: Brush, row: LadderRow, y: int, base: int) -> None:
        tokens, columns = self._tokens, self.columns
        length = max((columns.price - columns.ask - 4) * row.ask_share // 1000, 1)
        part = (columns.price - columns.ask - 4) * row.ask_share_elsewhere // 1000
        home = length - part
        brush.fill(columns.price - home, y + metrics.BAR_ABOVE, home, metrics.LADDER_BAR, tokens.ask_bar)
        if part:
            brush.fill(columns.price - length, y + metrics.BAR_ABOVE, part, metrics.LADDER_BAR, tokens.profile)
        role = "price_strong" if row.is_best_ask else "price"
        brush.sizes(columns.price - DIGIT_INSET, base, qty_text(row.ask_qty), role, tokens.text)

    def _bid(self, brush: Brush, row: LadderRow, y: int, base: int) -> None:
        tokens, columns = self._tokens, self.columns
        length = max((columns.own_buy - columns.bid - 4) * row.bid_share // 1000, 1)
        part = (columns.own_buy - columns.bid - 4) * row.bid_share_elsewhere // 1000
        home = length - part
        brush.fill(columns.bid + 1, y + metrics.BAR_ABOVE, home, metrics.LADDER_BAR, tokens.bid_bar)
        if part:
            brush.fill(columns.bid + 1 + home, y + metrics.BAR_ABOVE, part, metrics.LADDER_BAR, tokens.profile)
        brush.sizes(columns.own_buy - DIGIT_INSET, base, qty_text(row.bid_qty), "price", tokens.text)

    def _price(self, brush: Brush, row: LadderRow, y: int, base: int) -> None:
        tokens, columns = self._tokens, self.columns
        strong, soft = self._tones[row.tone]
        color = strong if row.is_published or row.is_last or row.is_expected else soft
        if row.is_last or row.is_expected:
            brush.fill(columns.price + 1, y, 2, metrics.LADDER_ROW - 1, color)
        role = "price_strong" if row.is_published or row.is_last or row.is_expected else "price_plain"
        begin = brush.right(columns.volume - PRICE_RIGHT, base, px_text(row.px, self._decimals), role, color)
        brush.right(columns.volume - metrics.CELL_PAD, base, bp_text(row.bp), "secondary", color)
        x = columns.price + 4
        for tag in row.tags:
            is_vi = tag == "vi"
            text = self._texts(f"ladder_tag.{tag}")
            width = round(brush.texts.width("cap", text)) + 6
            if x + width > begin - 2:
                break
            brush.fill(x, y + 3, width, metrics.LADDER_ROW - 7, tokens.line2 if row.is_last else tokens.raised)
            brush.left(x + 3, base - 1, text, "cap", tokens.attention if is_vi else tokens.text)
            x += width + 2

    def _volume(self, brush: Brush, row: LadderRow, y: int, base: int) -> None:
        tokens, columns = self._tokens, self.columns
        if columns.volume == columns.bid or row.expected_qty:
            return
        if row.last_qty or row.is_last:
            color = tokens.buy if row.last_qty > 0 else tokens.sell if row.last_qty < 0 else tokens.text
            if row.last_qty:
                self._last(brush, row.last_qty, y, base, color)
            return
        if row.volume_share:
            length = max((VOLUME_WIDTH - 5) * row.volume_share // 1000, 1)
            brush.fill(columns.volume + 1, y + metrics.BAR_ABOVE, length, metrics.LADDER_BAR, tokens.profile)
        if row.vwap_px:
            text = self._texts("ladder.vwap")
            width = round(brush.texts.width("cap", text))
            brush.hline(columns.volume - VWAP_LEFT, y + metrics.LADDER_ROW // 2, VOLUME_WIDTH, tokens.vwap)
            brush.fill(columns.bid - width - 6, y + 4, width + 4, metrics.LADDER_BAR - 1, tokens.panel)
            brush.left(columns.bid - width - 4, base, text, "cap", tokens.vwap)

    def _expected(self, brush: Brush, row: LadderRow, base: int) -> None:
        """What a call would trade here in place of the volume, the price's name, and the side of which some is left."""
        tokens, columns, texts = self._tokens, self.columns, self._texts
        if columns.volume < columns.bid:
            room = columns.bid - columns.volume - 2 * metrics.CELL_PAD
            text, role = fitted_figure(brush.texts, qty_text(row.expected_qty), "price_strong", room)
            brush.right(columns.bid - metrics.CELL_PAD, base, text, role, tokens.attention)
        word = texts("ladder.expected_px")
        if row.sell is None and brush.texts.width("secondary", word) <= columns.ask - columns.own_sell - 12:
            brush.left(columns.own_sell + metrics.CELL_PAD, base, word, "secondary", tokens.attention)
        # The word stands in the empty column across from what is left.
        if row.imbalance > 0 and not row.ask_qty:
            begin, end, key, color = columns.ask, columns.price, "ladder.call_bids_left", tokens.buy
        elif row.imbalance < 0 and not row.bid_qty:
            begin, end, key, color = columns.bid, columns.own_buy, "ladder.call_asks_left", tokens.sell
        else:
            return
        if brush.texts.width("secondary", texts(key)) <= end - begin - DIGIT_INSET - 4:
            brush.right(end - DIGIT_INSET, base, texts(key), "secondary", color)

    def _last(self, brush: Brush, last_qty: int, y: int, base: int, color: QColor) -> None:
        """The newest trade's size: smaller, then in fewer characters, where the column has no room for all of it."""
        columns, qty = self.columns, abs(last_qty)
        begin = columns.volume + LAST_PAD + metrics.TRIANGLE_SMALL_W + 2
        end = columns.bid - LAST_PAD
        short = qty_label(qty, self._texts.language)
        forms = (("price_strong", qty_text(qty)), ("secondary", qty_text(qty)), ("secondary", short), ("cap", short))
        fitting = (form for form in forms if brush.texts.width(*form) <= end - begin)
        role, text = next(fitting, forms[-1])
        middle = y + metrics.LADDER_ROW // 2
        brush.triangle(columns.volume + LAST_PAD, middle, last_qty > 0, color, metrics.TRIANGLE_SMALL_W)
        brush.sizes(end, base, text, role, color)

    def _average(self, brush: Brush, row: LadderRow, y: int, best_bid: int) -> None:
        """The label stands where nothing is published: left below the market, right above it."""
        tokens, columns = self._tokens, self.columns
        text = self._texts("ladder.average", px=px_text(row.average_px, self._decimals))
        width = round(brush.texts.width("tab", text)) + 10
        if row.px <= best_bid:
            right = columns.price - 5
            brush.hline(right, y + metrics.LADDER_ROW // 2, 8, tokens.own)
            brush.tag(right - width, y + 2, metrics.LADDER_ROW - 5, text, "tab", tokens.on_own, tokens.own)
        else:
            left = columns.bid + 5
            # A mark never crosses the last trade's digits, or another mark's word.
            begin = columns.bid if row.is_last or row.vwap_px else columns.volume
            brush.hline(begin, y + metrics.LADDER_ROW // 2, left - begin, tokens.own)
            brush.tag(left, y + 2, metrics.LADDER_ROW - 5, text, "tab", tokens.on_own, tokens.own)

    def _own(  # noqa: PLR0917  a cell, what a call makes of it, and where it stands
        self, brush: Brush, cell: OwnCell, fill: CallFill | None, side: Side, y: int, base: int
    ) -> None:
        tokens = self._tokens
        text = qty_text(cell.qty)
        left, width = self.chip_rect(brush.texts.width("price_strong", text), side)
        top, height = y + 2, metrics.LADDER_ROW - 4
        is_solid = cell.state is OwnState.WORKING
        if is_solid:
            brush.fill(left, top, width, height, tokens.own)
        elif cell.state is not OwnState.ARRIVING:
            brush.fill(left, top, width, height, tokens.own_dim)
        if not is_solid:
            brush.dashed_frame(left, top, width, height, tokens.own)
        if cell.is_picked:  # keys act on it
            brush.frame(left - 1, top - 1, width + 2, height + 2, tokens.text)
        brush.fill(left, top, CHIP_SIDE, height, tokens.sell_fill if side is Side.SELL else tokens.buy_fill)
        ink = tokens.on_own if is_solid else tokens.own
        brush.left(left + CHIP_SIDE + CHIP_PAD - 1, base, text, "price_strong", ink)
        if cell.state is not OwnState.ARRIVING:
            brush.cross(left + width - CHIP_PAD - CHIP_CROSS + 1, y + metrics.LADDER_ROW // 2, ink)
        if fill is not None and cell.state is not OwnState.ARRIVING:
            self._call_fill(brush, fill, side, (left, width), base)
        elif cell.ahead >= 0:
            self._queue(brush, cell, side, (left, width), base)

    def _stop(self, brush: Brush, cell: StopCell, side: Side, y: int, base: int) -> None:
        """Filled while it is watched, dashed while it waits; the side's colour at its inner edge."""
        tokens = self._tokens
        text = qty_text(cell.qty)
        left, width = self.stop_rect(brush.texts.width("secondary", text), side)
        top, height = y + 2, metrics.LADDER_ROW - 4
        brush.fill(left, top, width, height, tokens.own_dim)
        if cell.state is StopState.ARMED:
            brush.frame(left, top, width, height, tokens.own)
        else:
            brush.dashed_frame(left, top, width, height, tokens.own)
        at = left + width - CHIP_SIDE if side is Side.SELL else left
        brush.fill(at, top, CHIP_SIDE, height, tokens.sell_fill if side is Side.SELL else tokens.buy_fill)
        shown = brush.texts.elided("secondary", text, width - CHIP_SIDE - 4)
        brush.center(left + width / 2, base - 1, shown, "secondary", tokens.healthy if cell.is_profit else tokens.own)

    def _queue(self, brush: Brush, cell: OwnCell, side: Side, chip: tuple[int, int], base: int) -> None:
        """Shares ahead, underlined as far as the queue has gone."""
        text = qty_text(cell.ahead)
        width = round(brush.texts.width("secondary", text))
        left, chip_width = chip
        x = left - 6 - width if side is Side.SELL else left + chip_width + 6
        if not self.columns.own_sell <= x <= self.columns.width - width:
            return
        brush.left(x, base - 1, text, "secondary", self._tokens.own)
        brush.fill(x, base + 2, width, 2, self._tokens.line2)
        brush.fill(x, base + 2, width * cell.progress // 1000, 2, self._tokens.own)

    def _call_fill(self, brush: Brush, fill: CallFill, side: Side, chip: tuple[int, int], base: int) -> None:
        """What the call would do with the orders of a chip: a word beside it, its figure, or a line of its share."""
        tokens, columns, (left, width) = self._tokens, self.columns, chip
        color = tokens.healthy if fill.least == fill.qty else tokens.own if fill.most else tokens.text2
        room = left - 6 - columns.own_sell - 2 if side is Side.SELL else columns.buy_stop - 2 - (left + width + 6)
        is_part = fill.most and fill.least < fill.qty
        for text in (call_fill_text(fill, self._texts), *([range_text(fill)] if is_part else [])):
            if brush.texts.width("secondary", text) <= room:
                if side is Side.SELL:
                    brush.right(left - 6, base, text, "secondary", color)
                else:
                    brush.left(left + width + 6, base, text, "secondary", color)
                return
        if fill.most:
            brush.fill(left, base + 4, max(width * fill.most // fill.qty, 1), 2, color)

    def _preview(self, brush: Brush, row: LadderRow, hover: Hover, y: int, base: int) -> None:
        """What a click here would send, while no own order is in the way."""
        side = hover.side
        assert side is not None
        if hover.is_stop:
            left, width = self.stop_rect(brush.texts.width("secondary", qty_text(hover.qty)), side)
            brush.dashed_frame(left, y + 2, width, metrics.LADDER_ROW - 4, self._tokens.own)
            brush.center(left + width / 2, base, qty_text(hover.qty), "secondary", self._tokens.own)
            return
        if (row.sell if side is Side.SELL else row.buy) is not None:
            return
        text = qty_text(hover.qty)
        left, width = self.chip_rect(brush.texts.width("price_strong", text), side)
        brush.dashed_frame(left, y + 2, width, metrics.LADDER_ROW - 4, self._tokens.own)
        brush.center(left + width / 2, base, text, "price_strong", self._tokens.own)
