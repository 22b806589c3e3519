"""The quote panel (현재가/호가창): ten levels a side, totals, ticks and the day of one issue.

A click on a level, or Enter on the level that the arrows chose, puts its price into the order form: nothing is sent.
`show_view` compares each block with what it painted last and updates the rectangles that differ.
"""

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hts.desk.combined import with_day
from hts.desk.figures import px_text, qty_text
from hts.desk.frame import Frame
from hts.desk.quote_panel import QuoteRow, QuoteState, QuoteView
from hts.desk.ratios import bp_text
from hts.desk.venue_tabs import COMBINED, HOME, books_of, new_trades, phases_text, tabs_of, trades_of
from hts.model.enums import Side
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, TradeUpdate
from themes import metrics
from widgets.ladder_tabs import VenueTabs
from widgets.painting import Brush, TextCache
from widgets.panel import Panel, PanelContext
from widgets.paragraph import lines_of
from widgets.quote_panel_paint import BALANCE, QuoteColumns, QuotePainter
from widgets.spoken_rows import tell_current

HEAD = 48
HEADS = metrics.TABLE_HEAD
TOTALS = metrics.TABLE_FOOTER + BALANCE  # above the line with both sums
CALL_DEPTH = 3  # levels that a venue publishes in a call
WIDTH_MIN = 340  # five digits of size beside a price and a change
ROW_MIN, ROW_MAX, CALL_ROW = 17, 24, 28
DAY_ROW = 20
CALL_ROW_MAX = 40
HIDDEN_LINE = 15  # of the sentence that stands for levels which are not published
CALL_DAY = 8 * DAY_ROW  # the day in two columns, and some trades
KEPT_MAX = 48  # issues and tabs whose state is kept

Block = tuple[str, QRect, Any, Callable[[Brush, QRect, Any], None]]


class QuoteBook(QWidget):
    """The painted body. picked(px): a price was chosen."""

    picked = Signal(int)

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(WIDTH_MIN, HEAD + HEADS + 2 * BOOK_DEPTH * ROW_MIN + TOTALS + metrics.TABLE_ROW)
        self.setAccessibleName(context.texts("quote.name"))
        self.painted_blocks = 0  # blocks painted since the start, for tests
        self._context, self._cache = context, TextCache()
        self._painter: QuotePainter | None = None
        self._issue: Instrument | None = None
        self._view: QuoteView | None = None
        self._shown: dict[str, tuple[QRect, Any]] = {}
        self._cursor = -1

    def set_issue(self, issue: Instrument | None) -> None:
        """Show another issue, or none."""
        self._issue, self._view, self._cursor = issue, None, -1
        self._fit()

    def show_view(self, view: QuoteView) -> None:
        """Update what differs."""
        self._view = view
        now = {key: (rect, value) for key, rect, value, _ in self._blocks()}
        if now.keys() != self._shown.keys():
            self.update()
        for key, block in now.items():
            if block != self._shown.get(key):
                self.update(block[0])
        self._shown = now

    def rows(self) -> list[QuoteRow | None]:
        """Levels from the top down, None for an empty one."""
        view = self._view
        if view is None:
            return []
        depth = self._depth()
        return [*view.asks[BOOK_DEPTH - depth :], *view.bids[:depth]]

    def levels(self) -> list[int]:
        """Prices from the top down, 0 for an empty level."""
        return [row.px if row is not None else 0 for row in self.rows()]

    def spoken_count(self) -> int:
        """Levels of both sides."""
        return len(self.rows())

    def spoken_row(self, number: int) -> str:
        """Price, change, whose size and how much; own orders."""
        rows, texts = self.rows(), self._context.texts
        row = rows[number]
        side = texts("quote.ask_qty" if number < len(rows) // 2 else "quote.bid_qty")
        if row is None or self._issue is None:
            return f"{side} —"  # a level that nobody stands at
        text = f"{px_text(row.px, self._issue.px_decimals)} {bp_text(row.bp)}% {side} {qty_text(row.qty)}"
        return f"{text} {texts('quote.own', qty=qty_text(row.own_qty))}" if row.own_qty else text

    def spoken_rect(self, number: int) -> QRect:
        """Where a level stands."""
        row = self._row_height()
        return QRect(0, HEAD + HEADS + number * row, self.width(), row)

    def spoken_current(self) -> int:
        """The level that the arrows chose."""
        return self._cursor

    def _depth(self) -> int:
        view = self._view
        assert view is not None
        deeper = (*view.asks[: BOOK_DEPTH - CALL_DEPTH], *view.bids[CALL_DEPTH:])
        return CALL_DEPTH if view.head.phase.is_call and not any(deeper) else BOOK_DEPTH

    def _row_height(self) -> int:
        room = self.height() - HEAD - HEADS - TOTALS - metrics.TABLE_ROW
        if self._depth() == CALL_DEPTH:  # few levels: as tall as the day's figures under them allow
            return min(max((room - CALL_DAY) // (2 * CALL_DEPTH), CALL_ROW), CALL_ROW_MAX)
        return min(max(room // (2 * BOOK_DEPTH), ROW_MIN), ROW_MAX)

    def _blocks(self) -> Iterator[Block]:
        """Every block with its rectangle, its value and how it is painted."""
        view, paint = self._view, self._painter
        if view is None or paint is None:
            return
        width, depth, row = self.width(), self._depth(), self._row_height()
        yield "head", QRect(0, 0, width, HEAD), view.head, paint.head
        yield "heads", QRect(0, HEAD, width, HEADS), row, lambda brush, rect, _: paint.heads(brush, rect)
        top, middle = HEAD + HEADS, HEAD + HEADS + depth * row
        for i, (level, is_ask) in enumerate(
            [*((one, True) for one in view.asks[BOOK_DEPTH - depth :]), *((one, False) for one in view.bids[:depth])]
        ):
            x, end = (0, paint.columns.right) if is_ask else (paint.columns.left, width)
            rect = QRect(x, top + i * row, end - x, row)
            yield f"level {i}", rect, (level, is_ask, i == self._cursor), self._paint_level
        columns, foot_y = paint.columns, middle + depth * row
        if depth == BOOK_DEPTH:
            for i, day in enumerate(view.day):  # one beside each level, on its line
                rect = QRect(columns.right + 1, top + i * row, width - columns.right - 1, row)
                yield f"day {i}", rect, day, paint.day_row
            for i in range(depth):
                tick = view.ticks[i] if i < len(view.ticks) else None
                yield f"tick {i}", QRect(0, middle + i * row, columns.left, row), tick, paint.tick
        else:
            hidden = QRect(columns.right + 1, top, width - columns.right - 1, depth * row)
            yield "hidden", hidden, depth, self._paint_hidden
            yield "void", QRect(0, middle, columns.left, depth * row), None, paint.tick
        yield "foot", QRect(0, foot_y, width, TOTALS + metrics.TABLE_ROW), view.foot, paint.foot
        yield from self._below(view, paint, foot_y + TOTALS + metrics.TABLE_ROW, is_call=depth == CALL_DEPTH)

    def _below(self, view: QuoteView, paint: QuotePainter, top: int, *, is_call: bool) -> Iterator[Block]:
        """What stands under the totals: in a call the day in two columns, else older trades with their times."""
        width, row, bottom = self.width(), DAY_ROW, self.height()
        y = top
        if is_call:
            for i in range(0, len(view.day), 2):
                if y + row > bottom:
                    break
                for side in range(2):
                    day = view.day[i + side] if i + side < len(view.day) else None
                    rect = QRect(side * (width // 2), y, width - width // 2 if side else width // 2, row)
                    yield f"day {i + side}", rect, day, paint.day_row
                y += row
        ticks = view.ticks if is_call else view.ticks[BOOK_DEPTH:]
        for i, tick in enumerate(ticks):
            if y + row > bottom:
                break
            rect = QRect(0, y, width, row)
            yield f"older {i}", rect, tick, lambda brush, at, one: paint.tick(brush, at, one, with_time=True)
            y += row
        yield "rest", QRect(0, y, width, max(bottom - y, 0)), None, paint.tick

    def _paint_level(self, brush: Brush, rect: QRect, value: Any) -> None:
        assert self._painter is not None
        row, is_ask, is_cursor = value
        self._painter.level(brush, rect, row, is_ask=is_ask, is_cursor=is_cursor)

    def _paint_hidden(self, brush: Brush, rect: QRect, depth: int) -> None:
        tokens, texts = self._context.tokens, self._context.texts
        brush.fill(rect.x(), rect.y(), rect.width(), rect.height(), tokens.panel)
        lines = lines_of(brush.texts, "secondary", texts("quote.hidden", depth=depth + 1), rect.width() - 12)
        for number, line in enumerate(lines[: depth * self._row_height() // HIDDEN_LINE]):
            base = metrics.baseline(rect.y(), CALL_ROW) + number * HIDDEN_LINE
            brush.left(rect.x() + 8, base, line, "secondary", tokens.text3)

    def _fit(self) -> None:
        context, issue = self._context, self._issue
        columns = QuoteColumns.fit(self.width())
        self._painter = QuotePainter(context.tokens, context.texts, columns, issue) if issue is not None else None
        self._shown = {}
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        brush = Brush(painter, self._cache)
        tokens, texts = self._context.tokens, self._context.texts
        if self._view is None or self._painter is None:
            brush.fill(0, 0, self.width(), self.height(), tokens.panel)
            base = metrics.baseline(0, self.height())
            brush.center(self.width() / 2, base, texts("ladder.empty"), "body", tokens.text3)
            return
        region = event.region()
        for _, rect, value, paint in self._blocks():
            if region.intersects(rect):
                paint(brush, rect, value)
                self.painted_blocks += 1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        levels = self.levels()
        i = (round(event.position().y()) - HEAD - HEADS) // max(self._row_height(), 1) if levels else -1
        if event.button() is Qt.MouseButton.LeftButton and 0 <= i < len(levels) and levels[i]:
            self._move_to(i)
            self.picked.emit(levels[i])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, levels = event.key(), self.levels()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and levels and not event.modifiers():
            step = 1 if key == Qt.Key.Key_Down else -1
            self._move_to(min(max(self._cursor + step, 0), len(levels) - 1) if self._cursor >= 0 else len(levels) // 2)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._cursor < len(levels) and levels[self._cursor]:
            self.picked.emit(levels[self._cursor])
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._move_to(-1)

    def _move_to(self, cursor: int) -> None:
        self._cursor = cursor
        if self._view is not None:
            self.show_view(self._view)
            levels = self.levels()
            if 0 <= cursor < len(levels) and self._issue is not None:
                texts = self._context.texts
                self.setAccessibleDescription(texts("quote.at", px=px_text(levels[cursor], self._issue.px_decimals)))
                tell_current(self)


class QuotePanel(Panel):
    """현재가: one venue's quote, or all venues' together."""

    title_key = "quote.title"
    keeps_width = True  # a book without its bids is none
    shows_issue = True
    shows_money = True  # own orders stand at their levels

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        super().__init__(context, parent, group=group)
        context = self.context  # in the colours of the issue's market
        self.tabs = VenueTabs(context.tokens, context.texts)
        self.book = QuoteBook(context)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.book, 1)
        self.tabs.chosen.connect(self._choose_venue)
        self.book.picked.connect(context.selection.set_px)
        self._states: dict[tuple[str, str], QuoteState] = {}
        self._state: QuoteState | None = None
        self._chosen = HOME

    @property
    def subtitle(self) -> str:
        return self.context.texts.name(self._state.instrument) if self._state is not None else ""

    @property
    def venue(self) -> str:
        """Venue of the tab that is shown: COMBINED for all, HOME where there are no tabs."""
        venues = self.context.market.venues_of(self.symbol)
        if len(venues) < 2:
            return HOME
        return self._chosen if self._chosen in {*venues, COMBINED} else venues[0]

    def concerns(self, frame: Frame) -> bool:
        market, symbol = frame.market, self.symbol
        elsewhere = any(of_symbol in {symbol, ""} for _, of_symbol in market.elsewhere)
        moved = market.touches(symbol) or elsewhere or market.instruments or market.phases
        return bool(moved or frame.selection or symbol in frame.orders.symbols)

    def on_frame(self, frame: Frame) -> None:
        """Trades of calls begin new references for the interruption, so none may be missed."""
        if frame.market.trades or frame.market.trades_elsewhere:
            for (symbol, venue), state in self._states.items():
                trades = new_trades(frame.market, symbol, venue)
                if trades:
                    state.on_trades(self._whole(trades, symbol, venue))
        super().on_frame(frame)

    def _whole(self, trades: list[TradeUpdate], symbol: str, venue: str) -> list[TradeUpdate]:
        if venue != COMBINED:
            return trades
        newest = trades_of(self.context.market, symbol, venue)
        return [with_day(trade, newest) for trade in trades]

    def refresh(self, now_ns: int) -> None:
        market, texts, symbol, venue = self.context.market, self.context.texts, self.symbol, self.venue
        tabs = tabs_of(market, symbol, texts)
        self.tabs.show_tabs(tabs, venue, phases_text(market, symbol, venue, texts) if tabs else "")
        state = self._current(symbol, venue)
        if state is not self._state:
            self._state = state
            self.book.set_issue(state.instrument if state is not None else None)
        if state is None:
            return
        books = books_of(market, symbol, venue)
        if books:
            state.on_books(books, now_ns)
        self.book.show_view(self._view(state, symbol, venue))
        if state.next_expiry_ns:
            self.mark_dirty()  # a change disappears without anything arriving

    def _view(self, state: QuoteState, symbol: str, venue: str) -> QuoteView:
        universe = self.context.universe
        venues = self._venues(symbol, venue)
        ticks = sorted((t for one in venues for t in universe.recent.get((one, symbol), ())), key=lambda t: t.trade_ns)
        own: dict[tuple[bool, int], int] = {}
        for order in self.context.orders.working(symbol):
            if venue in {HOME, COMBINED, order.venue}:
                key = (order.side is Side.SELL, order.px)
                own[key] = own.get(key, 0) + order.leaves_qty
        return state.view(ticks, own, universe.flow(venues, symbol).strength_bp)

    def _venues(self, symbol: str, venue: str) -> tuple[str, ...]:
        if venue == COMBINED:
            return self.context.market.venues_of(symbol)
        return (self.context.market.instruments[symbol].venue,) if venue == HOME else (venue,)

    def _current(self, symbol: str, venue: str) -> QuoteState | None:
        issue = self.context.market.instruments.get(symbol)
        if issue is None:
            return None
        state = self._states.get((symbol, venue))
        if state is None or state.instrument != issue:
            if len(self._states) >= KEPT_MAX:
                del self._states[next(iter(self._states))]
            state = self._states[symbol, venue] = QuoteState(issue, self.context.static_vi(issue))
            trades = list(trades_of(self.context.market, symbol, venue))
            if trades:
                state.on_trades(self._whole([max(trades, key=lambda t: t.trade_ns)], symbol, venue))
        return state

    def _choose_venue(self, venue: str) -> None:
        self._chosen = venue
        self.mark_dirty()
