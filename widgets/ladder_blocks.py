"""What stands around the ladder's rows: the instrument, the column heads, the sticky rows, the totals."""

from dataclasses import dataclass
from operator import attrgetter

from PySide6.QtGui import QColor

from hts.desk.figures import px_text, qty_text, signed_text
from hts.desk.ladder import LadderState
from hts.desk.ladder_auction import AuctionView
from hts.desk.ladder_rows import OffScreen, Totals
from hts.desk.ratios import bp_text, change_bp, sign
from hts.desk.tables_issue import at_limit
from hts.desk.texts import Texts
from hts.model.instruments import Instrument
from themes import metrics
from themes.tokens import Tokens
from widgets.ladder_columns import DIGIT_INSET, PRICE_RIGHT, Columns
from widgets.painting import Brush
from widgets.tables_fit import fitted_figure

PRICE_ROOM, WIDE_PRICE_ROOM = 132, 138  # for the price at the right; of seven digits with as wide a change
WIDE_PX = 1_000_000
FIGURE_WIDTH = 64
LABEL_WIDTH = 54
LABEL_INSET = 14
FIGURES_WIDTH = 2 * (FIGURE_WIDTH + LABEL_WIDTH) - LABEL_INSET  # of two columns

MILLION = 1_000_000
IDENTITY_OF = attrgetter("instrument", "is_call", "stale_s")  # what decides how the block looks
FIGURES_OF = attrgetter("vwap_px", "cum_qty", "turnover", "expected_qty")


@dataclass(frozen=True, slots=True)
class InstrumentBlock:
    """Figures of the instrument block; in a call auction the price is the expected one."""

    instrument: Instrument
    px: int
    is_call: bool
    expected_qty: int
    vwap_px: int
    cum_qty: int
    turnover: int
    stale_s: int


def price_room(block: InstrumentBlock) -> int:
    """Pixels for the price of an issue; the same all day, so that nothing moves with the price."""
    return WIDE_PRICE_ROOM if block.instrument.base_px >= WIDE_PX else PRICE_ROOM


@dataclass(frozen=True, slots=True)
class Blocks:
    """Everything around the rows, comparable, so that only what changed is painted."""

    instrument: InstrumentBlock | None = None
    above: tuple[OffScreen, ...] = ()
    below: tuple[OffScreen, ...] = ()
    totals: Totals | None = None
    decimals: int = 0
    auction: AuctionView | None = None

    @classmethod
    def of(cls, state: LadderState, stale_s: int) -> "Blocks":
        """What a ladder's state shows now."""
        above, below = state.off_screen()
        trade, book, is_call = state.trade, state.book, state.phase.is_call
        expected_px = book.expected_px if book and is_call else 0
        block = InstrumentBlock(
            instrument=state.instrument,
            px=expected_px or state.last_px,
            is_call=is_call,
            expected_qty=book.expected_qty if book else 0,
            vwap_px=state.day.vwap_px,
            cum_qty=trade.cum_qty if trade else 0,
            turnover=state.day.turnover,
            stale_s=stale_s,
        )
        decimals = state.instrument.px_decimals
        return cls(block, tuple(above), tuple(below), state.totals(), decimals, state.auction())


class BlockPainter:
    """Paints the blocks of a ladder."""

    def __init__(self, tokens: Tokens, texts: Texts) -> None:
        self._tokens = tokens
        self._texts = texts
        self._tones = {1: tokens.up, -1: tokens.down, 0: tokens.text}
        self._sides = {1: tokens.buy, -1: tokens.sell, 0: tokens.text}

    def changed(self, old: InstrumentBlock | None, new: InstrumentBlock | None, width: int) -> tuple[int, int]:
        """Which part of the instrument block differs: where it begins and ends."""
        if old == new:
            return 0, 0
        if old is None or new is None or IDENTITY_OF(old) != IDENTITY_OF(new):
            return 0, width
        figures = width - price_room(new)
        begin = figures if FIGURES_OF(old) == FIGURES_OF(new) else max(figures - FIGURES_WIDTH, 0)
        return begin, figures if old.px == new.px else width

    def instrument(self, brush: Brush, block: InstrumentBlock | None, width: int, span: tuple[int, int]) -> None:
        """Name and code, the day's figures, the price with its change, as far as they stand in a span."""
        tokens, height, (begin, end) = self._tokens, metrics.LADDER_INSTRUMENT, span
        brush.fill(0, 0, width, height, tokens.panel)
        brush.hline(0, height - 1, width, tokens.line)
        if block is None:
            return
        name = self._texts.name(block.instrument)
        name_end, figures = metrics.EDGE_PAD + brush.texts.width("name", name) + 12, width - price_room(block)
        if begin < figures and end > figures - FIGURES_WIDTH:
            self._figures(brush, block, width, name_end)
        if end > figures:
            self._price(brush, block, width)
        if begin < max(name_end, 2 * LABEL_WIDTH):
            name = brush.texts.elided("name", name, figures - metrics.EDGE_PAD)
            brush.left(metrics.EDGE_PAD, 20, name, "name", tokens.text)
            self._code(brush, block)

    def _price(self, brush: Brush, block: InstrumentBlock, width: int) -> None:
        """The price with its change, at the right."""
        issue, right = block.instrument, width - metrics.EDGE_PAD
        change = block.px - issue.base_px
        color = self._tones[sign(change)]
        brush.right(right, 21, px_text(block.px, issue.px_decimals), "quote", color)
        begin = brush.right(right, 37, bp_text(change_bp(block.px, issue.base_px)) + "%", "body_medium", color)
        begin = brush.right(begin - 8, 37, px_text(abs(change), issue.px_decimals), "body_medium", color)
        if change:
            brush.change(round(begin) - 12, 33, change, color, is_limit=at_limit(issue, block.px))

    def _code(self, brush: Brush, block: InstrumentBlock) -> None:
        """Code and market; what makes the price special takes the market's place."""
        issue, tokens, texts = block.instrument, self._tokens, self._texts
        if block.stale_s >= 0:
            end = brush.left(metrics.EDGE_PAD, 37, issue.symbol, "secondary", tokens.text2)
            text = texts("ladder.stale", age=block.stale_s)
            brush.tag(round(end) + 8, 26, 15, text, "cap_strong", tokens.on_own, tokens.attention)
        elif block.is_call:
            end = brush.left(metrics.EDGE_PAD, 37, issue.symbol, "secondary", tokens.text2)
            brush.left(end + 8, 37, texts("ladder.expected_px"), "cap_strong", tokens.attention)
        else:
            market = texts(f"market.{issue.market.name.lower()}")
            brush.left(metrics.EDGE_PAD, 37, f"{issue.symbol} · {market}", "secondary", tokens.text2)

    def _figures(self, brush: Brush, block: InstrumentBlock, width: int, name_end: float) -> None:
        """As many columns of figures as the name leaves room for: it is never cut for them."""
        issue, tokens = block.instrument, self._tokens
        base = px_text(issue.base_px, issue.px_decimals)
        first = (("ladder.base", base, tokens.text), ("ladder.cum_qty", qty_text(block.cum_qty), tokens.text))
        vwap = px_text(block.vwap_px, issue.px_decimals) if block.vwap_px else "—"
        if block.is_call:
            expected = qty_text(block.expected_qty)
            second = (("ladder.vwap", vwap, tokens.vwap), ("ladder.expected_qty", expected, tokens.text))
        else:
            value = qty_text(block.turnover // MILLION)
            second = (("ladder.vwap", vwap, tokens.vwap), ("ladder.cum_value", value, tokens.text))
        right = width - price_room(block)
        ends = (right, max(name_end, 2 * LABEL_WIDTH))
        self._pairs(brush, first, ends, 20)
        self._pairs(brush, second, ends, 37)

    def _pairs(
        self, brush: Brush, pairs: tuple[tuple[str, str, QColor], ...], ends: tuple[int, float], base: int
    ) -> None:
        right, left = ends
        step = FIGURE_WIDTH + LABEL_WIDTH
        for i, (key, whole, color) in enumerate(reversed(pairs)):
            edge = right - i * step
            if edge - step + LABEL_INSET < left:
                return  # a narrow ladder shows name and price first
            begin = brush.left(edge - step + LABEL_INSET, base, self._texts(key), "secondary", self._tokens.text3)
            figure, role = fitted_figure(brush.texts, whole, "body", edge - begin - metrics.CELL_PAD)
            brush.sizes(edge, base, figure, role, color)

    def heads(self, brush: Brush, columns: Columns) -> None:
        """Column heads on the same edges as their cells."""
        tokens, y, height = self._tokens, metrics.LADDER_INSTRUMENT, metrics.LADDER_HEAD
        brush.fill(0, y, columns.width, height, tokens.panel)
        brush.hline(0, y + height - 1, columns.width, tokens.line)
        for x in columns.edges:
            brush.vline(x, y, height, tokens.line)
        base, texts, color = metrics.baseline(y, height), self._texts, tokens.text3
        sell, buy = texts("ladder.own_sell"), texts("ladder.own_buy")
        room = columns.ask - columns.own_sell
        if columns.has_stops:
            stop = texts("ladder.stop_head")
            brush.center(columns.own_sell / 2, base, stop, "secondary", color)
            brush.center((columns.buy_stop + columns.width) / 2, base, stop, "secondary", color)
        if max(brush.texts.width("secondary", text) for text in (sell, buy)) > room - DIGIT_INSET - 2:
            sell, buy = texts("side.sell"), texts("side.buy")
        brush.right(columns.ask - DIGIT_INSET, base, sell, "secondary", color)
        brush.right(columns.price - DIGIT_INSET, base, texts("ladder.ask"), "secondary", color)
        brush.right(columns.volume - metrics.CELL_PAD, base, texts("ladder.px"), "secondary", color)
        if columns.volume < columns.bid:
            brush.left(columns.volume + metrics.CELL_PAD, base, texts("ladder.volume"), "secondary", color)
        brush.right(columns.own_buy - DIGIT_INSET, base, texts("ladder.bid"), "secondary", color)
        brush.left(columns.own_buy + metrics.CELL_PAD, base, buy, "secondary", color)

    def sticky(self, brush: Brush, blocks: Blocks, y: int, width: int, *, is_above: bool) -> None:
        """Prices of interest that are off screen, with their distance from the base price."""
        tokens, height = self._tokens, metrics.LADDER_STICKY
        marks = blocks.above if is_above else blocks.below
        brush.fill(0, y, width, height, tokens.header)
        brush.hline(0, y + height - 1 if is_above else y, width, tokens.line)
        base = metrics.baseline(y, height)
        if marks:
            brush.triangle(width - metrics.EDGE_PAD - metrics.TRIANGLE_W, y + height // 2, is_above, tokens.text2)
        x: float = metrics.EDGE_PAD
        room = width - 2 * metrics.EDGE_PAD - metrics.TRIANGLE_W
        for mark in marks:
            is_own = mark.key in {"own_sell", "own_buy", "average", "stop"}
            label = self._texts(f"ladder_mark.{mark.key}")
            figure = px_text(mark.px, blocks.decimals)
            detail = qty_text(mark.qty) if mark.qty else bp_text(mark.bp)
            if x + sum(brush.texts.width("body", t) for t in (label, figure, detail)) + 16 > room:
                return
            color = tokens.own if is_own else tokens.attention if mark.key == "vi" else self._tones[mark.tone]
            x = brush.left(x, base, label, "secondary", tokens.own if is_own else tokens.text2) + 6
            x = brush.left(x, base, figure, "body", color) + 4
            x = brush.left(x, base, detail, "body", color) + 16

    def totals(self, brush: Brush, totals: Totals | None, y: int, columns: Columns) -> None:
        """Sums under their columns, the difference under the price, and the balance of both as a line."""
        tokens, height = self._tokens, metrics.LADDER_TOTALS
        brush.fill(0, y, columns.width, height, tokens.panel)
        brush.hline(0, y, columns.width, tokens.line2)
        if totals is None:
            return
        base = metrics.baseline(y, height - 2)
        begin = brush.sizes(columns.price - DIGIT_INSET, base, qty_text(totals.ask_qty), "title", tokens.sell)
        label = self._texts("ladder.total")
        if metrics.EDGE_PAD + brush.texts.width("secondary", label) + 6 <= begin:
            brush.left(metrics.EDGE_PAD, base, label, "secondary", tokens.text2)
        color = self._sides[sign(totals.difference)]
        brush.sizes(columns.volume - PRICE_RIGHT, base, signed_text(totals.difference), "title", color)
        brush.sizes(columns.own_buy - DIGIT_INSET, base, qty_text(totals.bid_qty), "title", tokens.buy)
        asks = columns.width * totals.ask_share // 1000
        brush.fill(0, y + height - 2, asks, 2, tokens.sell)
        brush.fill(asks + 1, y + height - 2, columns.width - asks - 1, 2, tokens.buy)
