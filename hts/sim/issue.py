"""One listed issue at the simulated exchange: its book, its calls, its day's figures.

Market orders. In continuous trading a market order takes what there is; what is left rests before every limit order,
at the far daily limit's level, and trades at its deemed price: a step better than the best limit order of its own
side (the last price when there is none), or the incoming order's price where that is better for it. In a call it is
deemed at a price by hts.sim.auction. It ranks with limit orders at the daily limit, by time. On a replayed
foreign issue the rest of a market order is cancelled instead.
"""

from hts.model.enums import Market, OrdStatus, Phase, TimeInForce
from hts.model.instruments import Instrument
from hts.model.quotes import BOOK_DEPTH, BookUpdate, TradeUpdate
from hts.model.reasons import Reason
from hts.model.units import ExecID, Px, Qty
from hts.sim.auction import (
    NO_QUOTES,
    CallPrice,
    LimitQuotes,
    call_price,
    deemed_prices,
    paired,
    simultaneous_allocation,
)
from hts.sim.events import OrderCanceled, OrderTraded, SimEvent, Traded
from hts.sim.exchange_state import IssueState
from hts.sim.figures import NO_TRADES
from hts.sim.matching import BUY, NO_LEVEL, SELL, PriceGrid, PriceTimeBook
from hts.sim.order import Order

CALL_DEPTH = 3  # levels published during a call


class Numbers:
    """The venue's running numbers, shared by all issues."""

    __slots__ = ("exec_id", "match_id", "venue_order_id")

    def __init__(self) -> None:
        self.exec_id = 0
        self.match_id = 0
        self.venue_order_id = 0


class Issue:
    """Orders come in checked; events go out in order."""

    def __init__(self, instrument: Instrument, numbers: Numbers) -> None:
        self.instrument = instrument
        self.grid = PriceGrid(instrument.ticks, instrument.lower_px, instrument.upper_px)
        self.book = PriceTimeBook(len(self.grid.prices))
        self.phase = Phase.CLOSED
        self.is_disclosed = True
        self.figures = NO_TRADES
        self.market_qty = [0, 0]  # resting market orders, by side
        self._numbers = numbers
        self._owner: list[Order | None] = [None]
        self._extreme = (len(self.grid.prices) - 1, 0)
        self._expected: CallPrice | None = None
        self._depth: BookUpdate | None = None
        self._is_stale = True

    @property
    def last_px(self) -> int:
        """The last trade's price; the base price before the first."""
        return self.figures.last_px or self.instrument.base_px

    # -- orders --

    def enter(self, order: Order, trade_ns: int, events: list[SimEvent]) -> None:
        """Match a new or re-priced order, then rest, cancel or complete it."""
        self._is_stale = True
        side = BUY if order.is_buy else SELL
        level = self._extreme[side] if order.is_market else self.grid.level_of[order.px]
        if self.phase.is_call:
            self._rest(order, side, self.book.add(side, level, order.leaves_qty))
            return
        rests = order.time_in_force is TimeInForce.DAY
        if order.is_market and self.instrument.market is Market.REPLAY and rests:
            rests = False
        time_in_force = order.time_in_force if rests or order.time_in_force is TimeInForce.FOK else TimeInForce.IOC
        deemed_px = self._deemed_resting_px(1 - side)
        fills: list[tuple[int, int, int]] = []
        handle, left = self.book.enter(side, level, order.leaves_qty, time_in_force, fills)
        for maker_handle, at, qty in fills:
            maker = self._owner[maker_handle]
            assert maker is not None, maker_handle
            px = self.grid.prices[at]
            if maker.is_market:
                px = self._market_px(order, deemed_px)
            self._trade(maker, order, events, px=px, qty=qty, trade_ns=trade_ns)
        if handle:
            self._rest(order, side, handle)
        elif left:
            order.end(OrdStatus.CANCELED)
            events.append(order.event(OrderCanceled, trade_ns, reason=Reason.NO_LIQUIDITY))

    def remove(self, order: Order) -> None:
        """Take a resting order out of the book."""
        self._is_stale = True
        left = self.book.remove(order.handle)
        assert left == order.leaves_qty, (left, order.leaves_qty)
        if order.is_market:
            self.market_qty[BUY if order.is_buy else SELL] -= left
        self._owner[order.handle] = None
        order.handle = 0

    def reduce(self, order: Order, by: int) -> None:
        """A resting order loses `by` shares and keeps its place."""
        self._is_stale = True
        self.book.reduce(order.handle, by)
        order.leaves_qty -= by
        if order.is_market:
            self.market_qty[BUY if order.is_buy else SELL] -= by

    def resting(self) -> list[Order]:
        """Every order in the book, in the order of acceptance."""
        found = [order for order in self._owner if order is not None]
        return sorted(found, key=lambda order: order.venue_order_id)

    # -- calls --

    def expected(self) -> CallPrice | None:
        """Where the running call would uncross now; None outside of calls or when nothing would trade."""
        if not self.phase.is_call:
            return None
        self._refresh()
        return self._expected

    def uncross(self, trade_ns: int, events: list[SimEvent]) -> None:
        """End the running call: everything that can trade does, at one price."""
        found = self.expected()
        if found is None:
            return
        self._is_stale = True
        level = self.grid.level_of[found.px]
        at_limit = self._extreme.index(level) if self.phase is Phase.OPEN_CALL and level in self._extreme else None
        queues = [self._auction_fills(side, level, found.qty, shared=at_limit == side) for side in (BUY, SELL)]
        for bid, ask, qty in paired(queues[BUY], queues[SELL]):
            self._numbers.match_id += 1
            for order in (bid, ask):
                order.fill(qty)
                self._tell_fill(order, events, px=found.px, qty=qty, trade_ns=trade_ns, is_aggressor=False)
        for order, qty in (*queues[BUY], *queues[SELL]):
            self._settle_in_book(order, qty)
        events.append(self._print(found.px, found.qty, "", trade_ns))

    def _auction_fills(self, side: int, level: int, qty: int, *, shared: bool) -> list[tuple[Order, int]]:
        """(order, quantity) of one side, by price and time; `shared`: by tiers, at a daily limit."""
        queue: list[Order] = []
        left = qty
        for at in self.book.levels_from_best(side):
            if left <= 0 or (at < level if side == BUY else at > level):
                break
            orders = [order for handle in self.book.queue(side, at) if (order := self._owner[handle]) is not None]
            queue += orders
            left -= sum(order.leaves_qty for order in orders)
        if shared:
            shares = simultaneous_allocation([order.leaves_qty for order in queue], qty, self.instrument.lot)
            return [(order, share) for order, share in zip(queue, shares, strict=True) if share]
        fills: list[tuple[Order, int]] = []
        for order in queue:
            share = min(order.leaves_qty, qty)
            if share == 0:
                break
            fills.append((order, share))
            qty -= share
        assert qty == 0, (self.instrument.symbol, side, qty)
        return fills

    def _settle_in_book(self, order: Order, qty: int) -> None:
        """The book follows what an order got in the auction."""
        if order.is_market:
            self.market_qty[BUY if order.is_buy else SELL] -= qty
        if order.leaves_qty:
            self.book.reduce(order.handle, qty)
            return
        self.book.remove(order.handle)
        self._owner[order.handle] = None
        order.handle = 0

    def _call_price(self) -> CallPrice | None:
        bids, asks = self.book.bids, self.book.asks
        if bids.best < 0 or asks.best < 0:
            return None
        if not any(self.market_qty):
            if bids.best < asks.best:
                return None
            return call_price(self.grid.prices, bids.total, asks.total, self.last_px, low=asks.best, high=bids.best)
        columns = (list(bids.total), list(asks.total))
        level_of = self.grid.level_of
        for side, px in enumerate(self._call_deemed()):
            columns[side][self._extreme[side]] -= self.market_qty[side]
            columns[side][level_of[px]] += self.market_qty[side]
        levels = range(len(self.grid.prices))
        low = next((level for level in levels if columns[SELL][level]), NO_LEVEL)
        high = next((level for level in reversed(levels) if columns[BUY][level]), NO_LEVEL)
        return call_price(self.grid.prices, columns[BUY], columns[SELL], self.last_px, low=low, high=high)

    def _call_deemed(self) -> tuple[int, int]:
        instrument = self.instrument
        return deemed_prices(
            instrument.ticks,
            (instrument.lower_px, instrument.upper_px),
            self.last_px,
            self._limit_quotes(BUY),
            self._limit_quotes(SELL),
            market_qty=(self.market_qty[BUY], self.market_qty[SELL]),
        )

    def _limit_quotes(self, side: int) -> LimitQuotes:
        extreme, total = self._extreme[side], self.book.sides[side].total
        levels = [
            level
            for level in self.book.levels_from_best(side)
            if level != extreme or total[level] > self.market_qty[side]
        ]
        if not levels:
            return NO_QUOTES
        prices = (self.grid.prices[levels[0]], self.grid.prices[levels[-1]])
        return LimitQuotes(min(prices), max(prices))

    # -- figures and depth --

    def depth(self, levels: int, trade_ns: int) -> BookUpdate:
        """The published book; during a call what the uncross would leave, three levels, nothing while it is dark."""
        self._refresh()
        if levels != BOOK_DEPTH:
            return self._build_depth(levels, trade_ns)
        if self._depth is None:
            self._depth = self._build_depth(levels, trade_ns)
        return self._depth

    def changed_phase(self, phase: Phase, *, is_disclosed: bool = True) -> None:
        """A new phase is running."""
        self.phase = phase
        self.is_disclosed = is_disclosed
        self._is_stale = True

    def print_hidden(self, px: int, qty: int, side: str, trade_ns: int) -> Traded:
        """A trade outside of the book counts among the day's figures."""
        return self._print(px, qty, side, trade_ns)

    def save(self) -> IssueState:
        """All that a restart must bring back."""
        handles = (
            handle
            for side in (BUY, SELL)
            for level in self.book.levels_from_best(side)
            for handle in self.book.queue(side, level)
        )
        queue = tuple(order.venue_order_id for handle in handles if (order := self._owner[handle]) is not None)
        return IssueState(self.instrument.symbol, self.phase, self.is_disclosed, self.figures, queue)

    def load(self, state: IssueState, queue: list[Order]) -> None:
        """Take over a saved state; `queue` are its orders as they stood."""
        self.changed_phase(state.phase, is_disclosed=state.is_disclosed)
        self.figures = state.figures
        for order in queue:
            side = BUY if order.is_buy else SELL
            level = self._extreme[side] if order.is_market else self.grid.level_of[order.px]
            self._rest(order, side, self.book.add(side, level, order.leaves_qty))

    def _build_depth(self, count: int, trade_ns: int) -> BookUpdate:
        bids, asks, expected = self.book.bids, self.book.asks, self._expected
        rows: list[list[tuple[int, int]]] = [[], []]
        if self.is_disclosed:
            count = min(count, CALL_DEPTH) if self.phase.is_call else count
            skip = expected.qty if expected else 0
            rows = [self._visible(side, skip, count) for side in (BUY, SELL)]
        else:
            expected = None
        flat: list[int] = []
        for at in range(BOOK_DEPTH):
            bid = rows[BUY][at] if at < len(rows[BUY]) else (0, 0)
            ask = rows[SELL][at] if at < len(rows[SELL]) else (0, 0)
            flat += (ask[0], bid[0], ask[1], bid[1])
        return BookUpdate(
            symbol=self.instrument.symbol,
            trade_ns=trade_ns,
            levels=tuple(flat),
            total_ask_qty=asks.total_qty if self.is_disclosed else 0,
            total_bid_qty=bids.total_qty if self.is_disclosed else 0,
            expected_px=expected.px if expected else 0,
            expected_qty=expected.qty if expected else 0,
            phase=self.phase,
        )

    def _visible(self, side: int, skip: int, count: int) -> list[tuple[int, int]]:
        """(price, quantity) from the best, the first `skip` shares left out; market orders at their deemed price."""
        market, total, prices = self.market_qty[side], self.book.sides[side].total, self.grid.prices
        rows: list[tuple[int, int]] = []
        if market > skip:
            px = self._call_deemed()[side] if self.phase.is_call else self._deemed_resting_px(side)
            rows.append((px, market - skip))
        skip = max(skip - market, 0)
        for level in self.book.levels_from_best(side):
            qty = total[level] - (market if level == self._extreme[side] else 0)
            if qty <= skip:
                skip -= qty
                continue
            if rows and rows[-1][0] == prices[level]:
                qty += rows.pop()[1]
            elif len(rows) >= count:
                break
            rows.append((prices[level], qty - skip))
            skip = 0
        return rows[:count]

    def _refresh(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self._depth = None
            self._expected = self._call_price() if self.phase.is_call else None

    # -- trades --

    def _deemed_resting_px(self, side: int) -> int:
        """What a resting market order of `side` counts as in continuous trading; 0 when there is none."""
        if not self.market_qty[side]:
            return 0
        instrument, quotes = self.instrument, self._limit_quotes(side)
        ticks = instrument.ticks
        if side == BUY:
            return min(
                ticks.up(quotes.highest_px) if quotes.highest_px else ticks.ceil(self.last_px), instrument.upper_px
            )
        return max(ticks.down(quotes.lowest_px) if quotes.lowest_px else ticks.floor(self.last_px), instrument.lower_px)

    @staticmethod
    def _market_px(taker: Order, deemed_px: int) -> int:
        """Price of a trade with a resting market order: deemed, or the taker's limit where that reaches further."""
        if taker.is_market:
            return deemed_px
        return min(deemed_px, taker.px) if taker.is_buy else max(deemed_px, taker.px)

    def _trade(self, maker: Order, taker: Order, events: list[SimEvent], *, px: int, qty: int, trade_ns: int) -> None:
        self._numbers.match_id += 1
        handle = maker.handle
        for order in (maker, taker):
            order.fill(qty)
            self._tell_fill(order, events, px=px, qty=qty, trade_ns=trade_ns, is_aggressor=order is taker)
        if maker.is_market:
            self.market_qty[BUY if maker.is_buy else SELL] -= qty
        if maker.leaves_qty == 0:
            self._owner[handle] = None
            maker.handle = 0
        events.append(self._print(px, qty, taker.side.value, trade_ns))

    def _tell_fill(
        self, order: Order, events: list[SimEvent], *, px: int, qty: int, trade_ns: int, is_aggressor: bool
    ) -> None:
        self._numbers.exec_id += 1
        events.append(
            order.event(
                OrderTraded,
                trade_ns,
                exec_id=ExecID(self._numbers.exec_id),
                match_id=self._numbers.match_id,
                last_px=Px(px),
                last_qty=Qty(qty),
                is_aggressor=is_aggressor,
            )
        )

    def _print(self, px: int, qty: int, side: str, trade_ns: int) -> Traded:
        self.figures = day = self.figures.after(px, qty)
        return Traded(
            trade=TradeUpdate(
                symbol=self.instrument.symbol,
                trade_ns=trade_ns,
                px=px,
                qty=qty,
                side=side,
                open_px=day.open_px,
                high_px=day.high_px,
                low_px=day.low_px,
                cum_qty=day.cum_qty,
                cum_value=day.cum_value,
                phase=self.phase,
            )
        )

    def _rest(self, order: Order, side: int, handle: int) -> None:
        while len(self._owner) <= handle:
            self._owner.append(None)
        self._owner[handle] = order
        order.handle = handle
        if order.is_market:
            self.market_qty[side] += order.leaves_qty
