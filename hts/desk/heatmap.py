"""Liquidity over time: the published book of one issue as columns of an image, with what traded on top.

Theory of operation. A pyramid of three rings keeps the same market in steps of different length. A column's number is
its venue time divided by the step; it lies at its number modulo the ring's width, so nothing is ever moved. A cell is
one tick of the day's price axis and holds ten times the binary logarithm of the quantity, in one byte: colours are
looked up when the image is drawn. The newest column is rewritten by every book; while no book comes, time goes on and
columns repeat the last one. Only published levels are there: beyond them the venue says nothing, and so do we.
"""

from collections.abc import Iterable
from math import log2

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hts.desk.issue_day import levels_of
from hts.desk.ladder_grid import PriceGrid
from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, TradeUpdate

Bytes = NDArray[np.uint8]
Shorts = NDArray[np.int16]

SECOND_NS = 1_000_000_000
STEPS_NS = (SECOND_NS // 4, 2 * SECOND_NS, 16 * SECOND_NS)
COLUMNS = 2048
NO_ROW = -1


class Dot(Struct):
    """What traded in one column at one price, by aggressor."""

    buy_qty: int = 0
    sell_qty: int = 0
    call_qty: int = 0

    @property
    def qty(self) -> int:
        """All of it."""
        return self.buy_qty + self.sell_qty + self.call_qty


class Cell(Struct, frozen=True, kw_only=True):
    """What the cursor reads: time, price, what stood there and what traded there."""

    trade_ns: int
    px: int
    ask_qty: int
    bid_qty: int
    buy_qty: int
    sell_qty: int


class HeatLevel:
    """One ring. cells: (rows, columns), row 0 at the lower limit. bid, ask: row of the best price by column."""

    def __init__(self, rows: int, step_ns: int) -> None:
        self.step_ns = step_ns
        self.cells: Bytes = np.zeros((rows, COLUMNS), np.uint8)
        self.bid: Shorts = np.full(COLUMNS, NO_ROW, np.int16)
        self.ask: Shorts = np.full(COLUMNS, NO_ROW, np.int16)
        self.dots: dict[int, dict[int, Dot]] = {}  # column number -> row -> what traded
        self.last = -1  # number of the newest column
        self.first = 0  # number of the oldest one that is kept
        self._books: list[BookUpdate | None] = [None] * COLUMNS
        self._used: list[tuple[int, ...]] = [()] * COLUMNS  # rows that a column has filled

    def advance(self, number: int) -> None:
        """Repeat the newest column up to a number; columns that fall out are forgotten."""
        if self.last < 0:
            self.last = self.first = number
            return
        if number <= self.last:
            return
        at = self.last % COLUMNS
        book, used, column = self._books[at], self._used[at], self.cells[:, at].copy()
        bid, ask = self.bid[at], self.ask[at]
        begin = self.last + 1
        if number - self.last >= COLUMNS:
            self._clear()
            begin = self.first = number
        for new in range(begin, number + 1):
            to = new % COLUMNS
            self.dots.pop(new - COLUMNS, None)
            self.cells[:, to] = column
            self.bid[to], self.ask[to] = bid, ask
            self._books[to], self._used[to] = book, used
        self.last = number
        self.first = max(self.first, number - COLUMNS + 1)

    def _clear(self) -> None:
        """Time went on by more than the ring holds: what was before is gone."""
        self.cells[:] = 0
        self.bid[:] = self.ask[:] = NO_ROW
        self.dots.clear()
        self._books, self._used = [None] * COLUMNS, [()] * COLUMNS

    def put(self, number: int, book: BookUpdate, values: dict[int, int], best: tuple[int, int]) -> None:
        """Write the book into its column; one older than the newest column comes too late to matter."""
        self.advance(number)
        if number < self.last:
            return
        at = number % COLUMNS
        for row in self._used[at]:
            self.cells[row, at] = 0
        for row, value in values.items():
            self.cells[row, at] = value
        self._used[at] = tuple(values)
        self.bid[at], self.ask[at] = best
        self._books[at] = book

    def add(self, number: int, row: int, trade: TradeUpdate) -> None:
        """Add a trade to its column, if that is kept."""
        self.advance(number)
        if number < self.first:
            return
        dot = self.dots.setdefault(number, {}).setdefault(row, Dot())
        if trade.side == "1":
            dot.buy_qty += trade.qty
        elif trade.side == "2":
            dot.sell_qty += trade.qty
        else:
            dot.call_qty += trade.qty

    def book(self, number: int) -> BookUpdate | None:
        """The book that a kept column shows."""
        return self._books[number % COLUMNS] if self.first <= number <= self.last else None

    def window(self, first: int, last: int, bottom: int, top: int) -> Bytes:
        """Cells of the columns first..last and the rows bottom..top, highest row first; zeros where nothing is kept."""
        found: Bytes = np.zeros((top - bottom + 1, last - first + 1), np.uint8)
        begin, end = max(first, self.first), min(last, self.last)
        low, high = max(bottom, 0), min(top, len(self.cells) - 1)
        if begin > end or low > high:
            return found
        columns = np.arange(begin, end + 1) % COLUMNS
        part = self.cells[low : high + 1][:, columns][::-1]
        found[top - high : top - low + 1, begin - first : end - first + 1] = part
        return found


class HeatMap:
    """One issue's history. Feed books and trades as they come, and the venue's time once per frame."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.grid = PriceGrid(instrument)
        self.levels = tuple(HeatLevel(len(self.grid), step_ns) for step_ns in STEPS_NS)
        self.book: BookUpdate | None = None
        self.last_px = 0
        self.version = 0

    def on_book(self, book: BookUpdate) -> None:
        """A new book: the newest column of every ring."""
        self.book = book
        values: dict[int, int] = {}
        levels = book.levels
        for i in range(0, len(levels), 4):
            for px, qty in ((levels[i], levels[i + 2]), (levels[i + 1], levels[i + 3])):
                if px and qty:
                    values[self.grid.index(px)] = heat(qty)
        best = tuple(self.grid.index(px) if px else NO_ROW for px in (levels[1], levels[0]))
        for level in self.levels:
            level.put(book.trade_ns // level.step_ns, book, values, (best[0], best[1]))
        self.version += 1

    def on_trades(self, trades: Iterable[TradeUpdate]) -> None:
        """Trades, oldest first."""
        for trade in trades:
            self.last_px = trade.px
            row = self.grid.index(trade.px)
            for level in self.levels:
                level.add(trade.trade_ns // level.step_ns, row, trade)
            self.version += 1

    def advance(self, trade_ns: int) -> None:
        """The venue's time goes on; whether a column began shows in `version`."""
        for level in self.levels:
            number = trade_ns // level.step_ns
            if 0 <= level.last < number:
                level.advance(number)
                self.version += 1

    @property
    def reference_row(self) -> int:
        """The row that belongs in the middle: between the best two, else the last price, else the base."""
        book = self.book
        if book is not None and book.phase.is_call and book.expected_px:
            return self.grid.index(book.expected_px)
        if book is not None and book.levels[0] and book.levels[1]:
            return self.grid.index((book.levels[0] + book.levels[1]) // 2)
        return self.grid.index(self.last_px or self.instrument.base_px)

    def cell(self, level: int, number: int, row: int) -> Cell | None:
        """What is known of one cell; None where nothing is kept."""
        ring = self.levels[level]
        book, px = ring.book(number), self.grid.px(row)
        if book is None or not px:
            return None
        asks, bids = levels_of(book)
        dot = ring.dots.get(number, {}).get(row, Dot())
        return Cell(
            trade_ns=number * ring.step_ns,
            px=px,
            ask_qty=asks.get(px, 0),
            bid_qty=bids.get(px, 0),
            buy_qty=dot.buy_qty,
            sell_qty=dot.sell_qty,
        )


def heat(qty: int) -> int:
    """The byte of a quantity: ten times the binary logarithm, at least 1 for anything that is there."""
    return min(max(round(10 * log2(1 + qty)), 1), 255) if qty > 0 else 0
