"""The ladder: one row per tick, built whole from the newest book, trade, orders and position.

Theory of operation. Quotes and views only replace what is known and mark the ladder as changed; `rows` builds the
visible rows once per frame. A row is a frozen value of ints, so the widget repaints exactly those rows that differ
from the ones it painted last. Bars are permilles of a rounded-up largest quantity (`nice_ceiling`): the scale changes
rarely, so one growing level does not repaint forty rows.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from hts.desk.combined import as_update, combine
from hts.desk.issue_day import IssueDay, day_limits, levels_of, nice_ceiling, totals_of
from hts.desk.ladder_auction import AuctionView, Call
from hts.desk.ladder_grid import LadderScroll, PriceGrid
from hts.desk.ladder_orders import UNKNOWN, Key, OwnOrders, OwnState, by_side
from hts.desk.ladder_rows import Holding, LadderRow, OffScreen, Totals
from hts.desk.ladder_stops import StopCell, in_rows, stop_cells
from hts.desk.ratios import change_bp, divide, sign
from hts.model.enums import Phase, Side
from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, TradeUpdate
from hts.model.units import ClOrdID
from hts.model.views import OrderView, PositionView
from hts.model.work import WorkView

ROWS_AT_FIRST = 37
EMPHASISED_TICKS = 5  # every fifth tick has a stronger line


class LadderState:
    """One issue's ladder.

    grid, scroll: the price axis and the part of it that is seen.
    book: the newest one, None before the first. day: the newest trade and what follows from it.
    ask_qty, bid_qty: published quantity by price. volume: traded quantity by price, as far as it was seen.
    ask_elsewhere, bid_elsewhere: of that, what stands at other venues than the home, in a book of several venues.
    has_changed: something arrived since the last `rows`.
    has_queues: the quantities are one venue's, so that an order's place among them can be told.
    """

    def __init__(
        self,
        instrument: Instrument,
        count: int = ROWS_AT_FIRST,
        *,
        has_queues: bool = True,
        static_vi: Fraction | None = None,
    ) -> None:
        """`static_vi`: how far from the last call's price a trade is interrupted; None for no such rule."""
        self.instrument = instrument
        self.day = IssueDay(instrument, static_vi)
        self.stops: dict[Key, StopCell] = {}
        self.grid = PriceGrid(instrument)
        self.scroll = LadderScroll(len(self.grid), count)
        self.scroll.recentre(self.grid.index(instrument.base_px))
        self.orders = OwnOrders(lambda side, px: self.grid.row_px(px, up=side is Side.SELL))
        self.book: BookUpdate | None = None
        self.position: PositionView | None = None
        self.has_changed = True
        self.has_queues = has_queues
        self._bare: dict[int, LadderRow] = {}
        self.call = Call()
        self.ask_elsewhere: dict[int, int] = {}
        self.bid_elsewhere: dict[int, int] = {}
        self.ask_qty: dict[int, int] = {}
        self.bid_qty: dict[int, int] = {}
        self.volume: dict[int, int] = {}
        self.volume_max = 0

    @property
    def phase(self) -> Phase:
        """Phase of the newest book, CLOSED before the first."""
        return self.book.phase if self.book else Phase.CLOSED

    @property
    def trade(self) -> TradeUpdate | None:
        """The newest one, None before the first."""
        return self.day.trade

    @property
    def best_ask(self) -> int:
        """Lowest ask, 0 when there is none."""
        return self.book.levels[0] if self.book else 0

    @property
    def best_bid(self) -> int:
        """Highest bid, 0 when there is none."""
        return self.book.levels[1] if self.book else 0

    @property
    def last_px(self) -> int:
        """Last price of the day, else the base price."""
        return self.trade.px if self.trade else self.instrument.base_px

    @property
    def reference_px(self) -> int:
        """The price that belongs in the middle: expected price in a call, else between the best two, else the last."""
        if self.book is not None and self.book.phase.is_call and self.book.expected_px:
            return self.book.expected_px
        if self.best_ask and self.best_bid:
            return (self.best_ask + self.best_bid) // 2
        return self.last_px

    def on_book(self, book: BookUpdate) -> None:
        """A new book replaces the one before."""
        self.book = book
        self.ask_qty, self.bid_qty = levels_of(book)
        self.orders.on_levels(*self.call.on_book(book, self.ask_qty, self.bid_qty))
        self.has_changed = True

    def on_combined(self, books: Sequence[BookUpdate]) -> None:
        """New books of several venues, the home's first."""
        book, home = combine(books), books[0].venue
        self.book = as_update(book, books)
        self.ask_qty, self.bid_qty = levels_of(self.book)
        lead = next(one for one in books if one.venue == self.book.venue)
        self.call.on_book(lead, *levels_of(lead))
        self.has_changed = True
        self.ask_elsewhere = {level.px: level.qty_elsewhere(home) for level in book.asks}
        self.bid_elsewhere = {level.px: level.qty_elsewhere(home) for level in book.bids}

    def on_trade(self, trade: TradeUpdate) -> None:
        """The last trade, its volume, and what it took from the queues; an auction's begins a new VI reference."""
        self.day.on_trades((trade,))
        row_px = self.grid.row_px(trade.px)
        volume = self.volume.get(row_px, 0) + trade.qty
        self.volume[row_px] = volume
        self.volume_max = max(self.volume_max, volume)
        if self.has_queues:
            self.orders.on_trade(trade.px, trade.qty)
        self.has_changed = True

    def on_order(self, view: OrderView) -> None:
        """An order of this symbol changed."""
        self.orders.on_order(view, self._level_qty(view.side, view.px))
        self.has_changed = True

    def _level_qty(self, side: Side, px: int) -> int:
        """Quantity at a price; 0 where the book is published and empty, UNKNOWN deeper than it is published.

        In a call what lies at the expected price or better is published without what trades, or not at all.
        """
        levels = self.bid_qty if side is Side.BUY else self.ask_qty
        if not self.has_queues or not levels or self.call.takes(side, px):
            return UNKNOWN
        is_deeper = px < min(levels) if side is Side.BUY else px > max(levels)
        return UNKNOWN if is_deeper else levels.get(px, 0)

    def on_works(self, works: Iterable[WorkView]) -> None:
        """Everything that the core watches or works on."""
        stops = stop_cells(works, self.instrument)
        if stops != self.stops:
            self.stops = stops
            self.has_changed = True

    def forget_order(self, order_id: ClOrdID) -> None:
        """An order that the core no longer speaks of."""
        self.orders.drop(order_id)
        self.has_changed = True

    def on_position(self, view: PositionView) -> None:
        """The holding of this symbol changed."""
        self.position = view
        self.has_changed = True

    def on_refusal(self) -> None:
        """The core denied a request of this account."""
        self.orders.on_refusal()
        self.has_changed = True

    def recentre(self) -> None:
        """Put the reference price in the middle now."""
        self.scroll.recentre(self.grid.index(self.reference_px))
        self.has_changed = True

    def follow(self) -> None:
        """Once per frame: let the axis follow the market where that is allowed."""
        if self.scroll.follow(self.grid.index(self.reference_px)):
            self.has_changed = True

    def rows(self) -> list[LadderRow]:
        """The visible rows from the top down."""
        self.has_changed = False
        frame = RowMaker(self)
        top = self.scroll.top
        return [frame.row(self.grid.px(top - i)) for i in range(min(self.scroll.count, len(self.grid)))]

    def bare(self, px: int) -> LadderRow:
        """What a price is all day, with nothing at it."""
        row = self._bare.get(px)
        if row is None:
            base, marked = self.instrument.base_px, EMPHASISED_TICKS * self.instrument.ticks.step_at(px)
            row = LadderRow(px=px, bp=change_bp(px, base), tone=sign(px - base), is_fifth=px % marked == 0)
            self._bare[px] = row
        return row

    def row_of(self, px: int) -> int:
        """Number of the row that shows a price, counted from the top; outside 0..count when it is off screen."""
        return self.scroll.top - self.grid.index(px)

    def px_of(self, row: int) -> int:
        """Price of a row; 0 outside the axis."""
        return self.grid.px(self.scroll.top - row)

    def off_screen(self) -> tuple[list[OffScreen], list[OffScreen]]:
        """Prices of interest above (highest first) and below (nearest first) the visible rows."""
        top_px = self.grid.px(self.scroll.top)
        bottom_px = self.px_of(min(self.scroll.count, len(self.grid)) - 1)
        marks = [self._mark(key, px) for key, px in self.prices_of_interest() if px]
        marks += self._orders_beyond(bottom_px, top_px)
        marks.sort(key=lambda mark: -mark.px)
        return [m for m in marks if m.px > top_px], [m for m in marks if m.px < bottom_px]

    def auction(self) -> AuctionView | None:
        """The call, of the venue that leads where several are shown; None outside of one."""
        return self.call.view(self.orders, self.instrument.base_px)

    def totals(self) -> Totals:
        """Sums of the published book."""
        return totals_of(self.book)

    def holding(self) -> Holding | None:
        """The open position marked to the last price, None when flat."""
        if self.position is None or not self.position.qty:
            return None
        qty, cost, last = self.position.qty, abs(self.position.cost), self.last_px
        average = self.instrument.average_px(cost, abs(qty))
        pnl = self.instrument.money(last, qty) - (cost if qty > 0 else -cost)
        ticks = self.grid.distance(average, last) * (1 if qty > 0 else -1)
        bp, decimals = divide(pnl * 10_000, cost) if cost else 0, self.instrument.money_decimals
        return Holding(qty=qty, average_px=average, pnl=pnl, bp=bp, ticks=ticks, money_decimals=decimals)

    def prices_of_interest(self) -> list[tuple[str, int]]:
        """Key and price of everything that is named on the axis; 0 when it does not exist yet."""
        trade, holding = self.trade, self.holding()
        day = [("high", trade.high_px), ("open", trade.open_px), ("low", trade.low_px)] if trade else []
        average = [("average", holding.average_px)] if holding else []
        above, below = self.day.vi_prices
        interrupted = [("vi", above), ("vi", below)]
        lower_px, upper_px = day_limits(self.instrument)
        return [("upper", upper_px), *day, *average, *interrupted, ("lower", lower_px)]

    def _mark(self, key: str, px: int, qty: int = 0) -> OffScreen:
        base = self.instrument.base_px
        return OffScreen(key=key, px=px, bp=change_bp(px, base), tone=sign(px - base), qty=qty)

    def _orders_beyond(self, bottom_px: int, top_px: int) -> list[OffScreen]:
        cells = self.orders.cells()
        orders = [
            self._mark("own_sell" if side is Side.SELL else "own_buy", px, cell.qty)
            for (side, px), cell in cells.items()
            if not bottom_px <= px <= top_px and cell.state is not OwnState.ARRIVING
        ]
        return orders + [
            self._mark("stop", px, cell.qty) for (_, px), cell in self.stops.items() if not bottom_px <= px <= top_px
        ]


class RowMaker:
    """What all rows of one frame share."""

    def __init__(self, state: LadderState) -> None:
        self.state = state
        self.base = state.instrument.base_px
        self.sells, self.buys = by_side(state.orders.cells())
        grid = state.grid
        self.ask, self.bid = grid.gathered(state.ask_qty, up=True), grid.gathered(state.bid_qty, up=False)
        self.ask_elsewhere = grid.gathered(state.ask_elsewhere, up=True)
        self.bid_elsewhere = grid.gathered(state.bid_elsewhere, up=False)
        self.qty_scale = nice_ceiling(max((*self.ask.values(), *self.bid.values()), default=0))
        self.volume, self.volume_scale = state.volume, nice_ceiling(state.volume_max)
        trade, book, holding = state.trade, state.book, state.holding()
        self.best_ask = grid.row_px(state.best_ask, up=True) if state.best_ask else 0
        self.last_px = grid.row_px(trade.px) if trade else 0
        self.last_qty = trade.qty * ((trade.side == "1") - (trade.side == "2")) if trade else 0
        self.expected_px = book.expected_px if book and book.phase.is_call else 0
        self.expected_qty = book.expected_qty if book and self.expected_px else 0
        self.sell_fills, self.buy_fills = by_side(state.call.fills(state.orders))
        self.imbalance = state.call.imbalance
        self.sell_stops, self.buy_stops = by_side(in_rows(state.stops, lambda px: grid_px(state, px)))
        self.average_px, self.vwap_px = holding.average_px if holding else 0, state.day.vwap_px
        self.average_row_px = grid.px(grid.index(self.average_px)) if self.average_px else 0
        self.vwap_row_px = grid.px(grid.index(self.vwap_px)) if self.vwap_px else 0
        self.tags: dict[int, tuple[str, ...]] = {}
        for key, px in (*state.prices_of_interest(), ("base", self.base)):
            if px and key != "average":
                row_px = grid.row_px(px)
                self.tags[row_px] = (*self.tags.get(row_px, ()), key)
        own = (self.sells, self.buys, self.sell_stops, self.buy_stops, self.sell_fills, self.buy_fills)
        places = {self.last_px, self.expected_px, self.best_ask, self.average_row_px, self.vwap_row_px}
        self.marked = places.union(self.tags, *own)

    def row(self, px: int) -> LadderRow:
        """The row of one price. Most have sizes and volume at most, and a third of a row's fields."""
        if px in self.marked:
            return self.marked_row(px)
        bare = self.state.bare(px)
        is_published, volume = px in self.ask or px in self.bid, self.volume.get(px, 0)
        if not (is_published or volume):
            return bare
        ask, bid = self.ask.get(px, 0), self.bid.get(px, 0)
        return LadderRow(
            px=px,
            bp=bare.bp,
            tone=bare.tone,
            is_published=is_published,
            is_fifth=bare.is_fifth,
            ask_qty=ask,
            ask_share=ask * 1000 // self.qty_scale,
            ask_share_elsewhere=self.ask_elsewhere.get(px, 0) * 1000 // self.qty_scale,
            bid_qty=bid,
            bid_share=bid * 1000 // self.qty_scale,
            bid_share_elsewhere=self.bid_elsewhere.get(px, 0) * 1000 // self.qty_scale,
            volume_share=volume * 1000 // self.volume_scale,
        )

    def marked_row(self, px: int) -> LadderRow:
        """A row with whatever there may be."""
        ask, bid, bare = self.ask.get(px, 0), self.bid.get(px, 0), self.state.bare(px)
        is_last, is_expected = px == self.last_px, px == self.expected_px
        return LadderRow(
            px=px,
            bp=bare.bp,
            tone=bare.tone,
            is_published=px in self.ask or px in self.bid,
            is_last=is_last,
            is_expected=is_expected,
            is_fifth=bare.is_fifth,
            is_best_ask=px == self.best_ask,
            ask_qty=ask,
            ask_share=ask * 1000 // self.qty_scale,
            ask_share_elsewhere=self.ask_elsewhere.get(px, 0) * 1000 // self.qty_scale,
            bid_qty=bid,
            bid_share=bid * 1000 // self.qty_scale,
            bid_share_elsewhere=self.bid_elsewhere.get(px, 0) * 1000 // self.qty_scale,
            volume_share=self.volume.get(px, 0) * 1000 // self.volume_scale,
            last_qty=self.last_qty if is_last else 0,
            sell=self.sells.get(px),
            buy=self.buys.get(px),
            tags=self.tags.get(px, ()),
            average_px=self.average_px if px == self.average_row_px else 0,
            vwap_px=self.vwap_px if px == self.vwap_row_px else 0,
            sell_stop=self.sell_stops.get(px),
            buy_stop=self.buy_stops.get(px),
            expected_qty=self.expected_qty if is_expected else 0,
            imbalance=self.imbalance if is_expected else 0,
            sell_fill=self.sell_fills.get(px),
            buy_fill=self.buy_fills.get(px),
        )


def grid_px(state: LadderState, px: int) -> int:
    """The row that a price lies in."""
    return state.grid.px(state.grid.index(px))
