"""The ladder's painted body: instrument, heads, sticky rows, price rows, totals.

Frame budget: whole repaint under 2 ms, eight changed rows under 0.4 ms (bench/bench_ladder.py). `show_state` compares
the rows with those it painted last and updates only the parts that differ; `paintEvent` paints only the rows that
its region touches, and of them the cells.
"""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QWidget

from hts.desk.figures import px_text, qty_text
from hts.desk.ladder import LadderState
from hts.desk.ladder_rows import LadderRow
from hts.desk.spoken import ladder_row_text
from hts.desk.texts import Texts
from hts.model.enums import Side
from hts.model.units import ClOrdID
from themes import metrics
from themes.tokens import Tokens
from widgets.ladder_auction import AuctionPainter
from widgets.ladder_blocks import BlockPainter, Blocks
from widgets.ladder_columns import Columns, Hover
from widgets.ladder_paint import RowPainter
from widgets.painting import Brush, TextCache, dirty_spans, faded

ABOVE_ROWS = metrics.LADDER_INSTRUMENT + metrics.LADDER_HEAD + metrics.LADDER_STICKY
BELOW_ROWS = metrics.LADDER_STICKY + metrics.LADDER_TOTALS


@dataclass(frozen=True, slots=True)
class Held:
    """A chip under the pressed button: own orders, or stops that wait at a price."""

    at: QPoint
    side: Side
    px: int
    qty: int
    ids: tuple[ClOrdID, ...]
    is_stop: bool = False
    can_move: bool = True


class LadderCanvas(QWidget):
    """Rows, blocks and the ghost of what is dragged. Gestures are LadderBook's."""

    def __init__(self, tokens: Tokens, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(texts("ladder.name"))
        self.setMinimumSize(360, ABOVE_ROWS + BELOW_ROWS + 5 * metrics.LADDER_ROW)
        self.rows: list[LadderRow] = []
        self.painted_rows = 0  # rows painted since the start, for tests and the benchmark
        self._tokens, self._texts = tokens, texts
        self._cache = TextCache()
        self._state: LadderState | None = None
        self._painter: RowPainter | None = None
        self._block_painter = BlockPainter(tokens, texts)
        self._auction_painter = AuctionPainter(tokens, texts, 0)
        self._blocks = Blocks()
        self._stale_s = -1
        self._bid_shown = 0
        self._later: list[QRect] = []
        self._preview_qty = 0
        self._hover = Hover()
        self._pressed: Held | None = None
        self._drag_px = 0

    @property
    def columns(self) -> Columns | None:
        """Where the columns stand; None before a state is shown."""
        return self._painter.columns if self._painter else None

    def set_state(self, state: LadderState | None) -> None:
        """Show another issue's ladder, or none."""
        self._state = state
        self.rows = []
        self._pressed, self._hover = None, Hover()
        self._blocks = Blocks.of(state, -1) if state is not None else Blocks()
        self._fit()
        self.update()

    def show_state(self, *, preview_qty: int, stale_s: int) -> None:
        """Once per frame: update what differs. `preview_qty` is shown under the pointer, 0 when a click sends nothing.

        `stale_s` is the age of the data in seconds, -1 while it is live.
        """
        state = self._state
        if state is None:
            return
        if self._hover.qty != preview_qty:
            self._preview_qty = preview_qty
            self._set_hover(self._hover.px, self._hover.side, is_stop=self._hover.is_stop)
        if (stale_s >= 0) != (self._stale_s >= 0):
            self.update()
        self._stale_s = stale_s
        blocks = Blocks.of(state, stale_s)
        if (blocks.auction is None) != (self._blocks.auction is None):
            self._blocks = blocks
            state.scroll.cut(self._room)  # the strip of a call takes the lowest rows: no other one moves
            state.has_changed = True
            blocks = Blocks.of(state, stale_s)
            self.update()
        if state.has_changed or not self.rows:
            self._show_rows(state.rows())
        self._show_blocks(blocks)

    def row_rect(self, row: int) -> QRect:
        """Where a row stands."""
        return QRect(0, ABOVE_ROWS + row * metrics.LADDER_ROW, self.width(), metrics.LADDER_ROW)

    def spoken_count(self) -> int:
        """Rows in view, for screen readers."""
        return len(self.rows)

    def spoken_row(self, number: int) -> str:
        """A row in words."""
        decimals = self._state.instrument.px_decimals if self._state is not None else 0
        return ladder_row_text(self.rows[number], self._texts, decimals)

    def spoken_rect(self, number: int) -> QRect:
        """Where a row stands."""
        return self.row_rect(number)

    def spoken_current(self) -> int:
        """The row of the price that the pointer or the keys are at."""
        return next((n for n, row in enumerate(self.rows) if row.px == self._hover.px), -1)

    def recentre(self) -> None:
        """Put the market in the middle now."""
        if self._state is not None:
            self._state.recentre()
            self._show_rows(self._state.rows())

    def _show_rows(self, rows: list[LadderRow]) -> None:
        before, bid_was = self.rows, self._bid_shown
        self.rows, self._bid_shown = rows, self._state.best_bid if self._state is not None else 0
        if len(before) != len(rows) or self._painter is None:
            self.update()
            return
        changed, height = self._painter.changed, metrics.LADDER_ROW
        for i, row in enumerate(rows):
            if row.average_px and (row.px <= bid_was) != (row.px <= self._bid_shown):
                self.update(self.row_rect(i))  # its label goes to the other side
            elif row != before[i]:
                left, right = changed(before[i], row)
                self.update(left, ABOVE_ROWS + i * height, right - left, height)

    def _show_blocks(self, blocks: Blocks) -> None:
        """What differs around the rows waits for `show_more`: the rows are painted in a turn of their own."""
        before, self._blocks = self._blocks, blocks
        left, right = self._block_painter.changed(before.instrument, blocks.instrument, self.width())
        if left < right:
            self._later.append(QRect(left, 0, right - left, metrics.LADDER_INSTRUMENT))
        if blocks.above != before.above:
            self._later.append(QRect(0, ABOVE_ROWS - metrics.LADDER_STICKY, self.width(), metrics.LADDER_STICKY))
        if blocks.below != before.below:
            self._later.append(QRect(0, self._bottom, self.width(), metrics.LADDER_STICKY))
        if blocks.auction != before.auction:
            self._later.append(QRect(0, self._bottom - self._strip, self.width(), self._strip))
        if blocks.totals != before.totals:
            self._later.append(QRect(0, self._bottom + metrics.LADDER_STICKY, self.width(), metrics.LADDER_TOTALS))

    def show_more(self) -> bool:
        """Update what differs around the rows; False when nothing does."""
        later, self._later = self._later, []
        for box in later:
            self.update(box)
        return bool(later)

    @property
    def _bottom(self) -> int:
        """Where the lower sticky row stands."""
        return self.height() - BELOW_ROWS

    @property
    def _strip(self) -> int:
        """Height of a call's strip above the lower sticky row, 0 outside of calls."""
        return metrics.LADDER_AUCTION if self._blocks.auction is not None else 0

    @property
    def _room(self) -> int:
        """Rows for which there is room."""
        return max((self._bottom - self._strip - ABOVE_ROWS) // metrics.LADDER_ROW, 1)

    def _fit(self) -> None:
        state = self._state
        if state is None:
            self._painter = None
            return
        decimals = state.instrument.px_decimals
        columns = Columns.fit(self.width(), px_text(state.instrument.upper_px, decimals))
        self._painter = RowPainter(self._tokens, self._texts, columns, decimals)
        self._auction_painter = AuctionPainter(self._tokens, self._texts, decimals)
        state.scroll.resize(self._room)
        state.has_changed = True

    def restyle(self) -> None:
        """Rows keep pictures of their grounds."""
        if self._painter is not None:
            self._painter.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        state, row_painter = self._state, self._painter
        if state is None or row_painter is None:
            brush.fill(0, 0, self.width(), self.height(), self._tokens.panel)
            base = metrics.baseline(0, self.height())
            brush.center(self.width() / 2, base, self._texts("ladder.empty"), "body", self._tokens.text3)
            return
        region = event.region()
        dirty, best_bid = dirty_spans(region, ABOVE_ROWS, metrics.LADDER_ROW, len(self.rows)), state.best_bid
        for i, span in dirty.items():
            y = ABOVE_ROWS + i * metrics.LADDER_ROW
            # One rectangle: into a region of many Qt copies pictures the slow way.
            painter.setClipRect(span[0], y, span[1] - span[0], metrics.LADDER_ROW)
            row_painter.paint(brush, self.rows[i], y, self._hover, best_bid, span)
        self.painted_rows += len(dirty)
        self._paint_blocks(brush, region, row_painter.columns)
        painter.setClipping(False)
        if self._stale_s >= 0:
            dim = faded(self._tokens.panel, 150)
            for i in dirty:
                brush.fill(0, ABOVE_ROWS + i * metrics.LADDER_ROW, self.width(), metrics.LADDER_ROW, dim)
        if self._drag_px and self._pressed is not None:
            self._paint_drag(brush, row_painter)

    def _paint_blocks(self, brush: Brush, region: QRegion, columns: Columns) -> None:
        bottom, blocks, paint, width = self._bottom, self._blocks, self._block_painter, columns.width
        above, rows_end = ABOVE_ROWS - metrics.LADDER_STICKY, ABOVE_ROWS + len(self.rows) * metrics.LADDER_ROW

        def is_dirty(top: int, end: int) -> bool:
            """Whether a block is to be painted; then only what is dirty of it can be."""
            box = region.intersected(QRect(0, top, width, end - top)).boundingRect()
            if not box.isEmpty():
                brush.painter.setClipRect(box)
            return not box.isEmpty()

        if is_dirty(0, metrics.LADDER_INSTRUMENT):
            box = brush.painter.clipBoundingRect()
            paint.instrument(brush, blocks.instrument, width, (round(box.left()), round(box.right())))
        if is_dirty(metrics.LADDER_INSTRUMENT, above):
            paint.heads(brush, columns)
        if is_dirty(above, ABOVE_ROWS):
            paint.sticky(brush, blocks, above, width, is_above=True)
        strip = bottom - self._strip
        if is_dirty(rows_end, strip):
            brush.fill(0, rows_end, width, strip - rows_end, self._tokens.panel)
            if columns.has_stops:
                brush.fill(0, rows_end, columns.own_sell, strip - rows_end, self._tokens.field)
                brush.fill(columns.buy_stop, rows_end, width - columns.buy_stop, strip - rows_end, self._tokens.field)
            for x in columns.edges:  # less than a row is left over: the columns run down to the edge
                brush.vline(x, rows_end, strip - rows_end, self._tokens.line)
        if blocks.auction is not None and is_dirty(strip, bottom):
            self._auction_painter.paint(brush, blocks.auction, strip, width)
        if is_dirty(bottom, bottom + metrics.LADDER_STICKY):
            paint.sticky(brush, blocks, bottom, width, is_above=False)
        if is_dirty(bottom + metrics.LADDER_STICKY, self.height()):
            paint.totals(brush, blocks.totals, bottom + metrics.LADDER_STICKY, columns)

    def _paint_drag(self, brush: Brush, row_painter: RowPainter) -> None:
        """The chip under the pointer, outlined: nothing has been asked for yet."""
        assert self._state is not None
        assert self._pressed is not None
        held, side = self._pressed, self._pressed.side
        row = self._state.row_of(self._drag_px)
        if not 0 <= row < len(self.rows):
            return
        y = ABOVE_ROWS + row * metrics.LADDER_ROW
        text = qty_text(held.qty)
        rect = row_painter.stop_rect if held.is_stop else row_painter.chip_rect
        left, width = rect(self._cache.width("price_strong", text), side)
        brush.fill(left, y + 2, width, metrics.LADDER_ROW - 4, self._tokens.own_dim)
        brush.dashed_frame(left, y + 2, width, metrics.LADDER_ROW - 4, self._tokens.own)
        brush.center(left + width / 2, metrics.baseline(y, metrics.LADDER_ROW), text, "price_strong", self._tokens.own)

    def _set_hover(self, px: int, side: Side | None, *, is_stop: bool = False) -> None:
        hover = Hover(px, side, self._preview_qty, is_stop)
        if hover != self._hover:
            changed = {self._hover.px, px} - {0}
            self._hover = hover
            self._update_prices(changed)

    def _set_drag(self, px: int) -> None:
        if px != self._drag_px:
            changed = {self._drag_px, px} - {0}
            self._drag_px = px
            self._update_prices(changed)

    def _end_drag(self) -> None:
        changed = {self._drag_px} - {0}
        self._pressed, self._drag_px = None, 0
        self._update_prices(changed)

    def _update_prices(self, prices: set[int]) -> None:
        if self._state is not None:
            for px in prices:
                self.update(self.row_rect(self._state.row_of(px)))
