"""A call auction on the ladder: what it would fill of the trader's own orders now, what it leaves, its course so far.

Theory of operation. What a call would do at its expected price E follows from price-time priority. An order that is
better than E trades whole, one that is worse waits. At E itself the oldest trade, and how old the own order is among
the others is known in part only, so the answer is a pair: `least` if it is the last of its queue, `most` if the first.

Two kinds of books are published in calls. Korea's shows what the uncross would *leave*: at E stands the part that gets
nothing, R, so an order of Q there gets at least Q - R. Venues that tell every order show the *whole* book, crossed:
there the quantity that trades at E is what is expected less all that is better, and the place in the queue, known not
to be worse than its estimate, gives a second lower bound. Which kind it is shows at E: where both sides reach it, the
book is whole. Hidden quantities and market orders that the feed does not tell make the answer an estimate.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from hts.desk.ladder_orders import STATE_OF, UNKNOWN, Key, OwnOrders
from hts.desk.ratios import change_bp, sign
from hts.model.enums import OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.quotes import BookUpdate
from hts.model.views import OrderView

POINTS_MAX = 240  # of the course; beyond that every second one of the older goes
AT_MARKET = 0
ONLY_IN = {TimeInForce.AT_OPEN: Phase.OPEN_CALL, TimeInForce.AT_CLOSE: Phase.CLOSE_CALL}
CLEARS_AT_A_PRICE = frozenset({OrdType.MARKET, OrdType.LIMIT, OrdType.LIMIT_OR_CLOSE})

Levels = Mapping[int, int]
"""Quantity by price of one side."""


class CallFill(Struct, frozen=True, kw_only=True):
    """How many of `qty` shares the call would fill: at least, and at most."""

    qty: int
    least: int
    most: int


class CoursePoint(Struct, frozen=True):
    """Expected price and quantity from a moment of the venue's clock on."""

    trade_ns: int
    px: int
    qty: int


class AuctionView(Struct, frozen=True, kw_only=True):
    """The call as it stands. `bp` against the base price; `imbalance` positive on the buy side.

    buy, sell: of all own orders that take part, those at the market included.
    """

    px: int
    qty: int
    bp: int
    tone: int
    imbalance: int
    buy: CallFill | None
    sell: CallFill | None
    course: tuple[CoursePoint, ...]


class Call:
    """The call of one issue at one venue, from book to book; nothing outside of calls."""

    def __init__(self) -> None:
        self._book: BookUpdate | None = None
        self._phase: Phase | None = None
        self._sides: dict[Side, Levels] = {Side.BUY: {}, Side.SELL: {}}
        self._course: list[CoursePoint] = []

    @property
    def px(self) -> int:
        """The expected price, 0 when there is none."""
        return self._book.expected_px if self._book is not None else 0

    @property
    def is_whole(self) -> bool:
        """Whether the book holds what would trade, too: both sides reach the expected price."""
        asks, bids = self._sides[Side.SELL], self._sides[Side.BUY]
        return bool(self.px and asks and bids) and min(asks) <= self.px <= max(bids)

    @property
    def imbalance(self) -> int:
        """What the expected price would leave at it, positive on the buy side; 0 when both sides trade out."""
        return sum(max(self._at_px(side)[1], 0) * side.sign for side in (Side.BUY, Side.SELL))

    def on_book(self, book: BookUpdate, asks: Levels, bids: Levels) -> tuple[Levels, Levels]:
        """The newest book; returns the asks and bids whose quantity is all that stands at their price."""
        if not book.phase.is_call:
            self._book, self._phase = None, None
            self._sides = {Side.BUY: {}, Side.SELL: {}}
            self._course.clear()
            return asks, bids
        if book.phase is not self._phase:
            self._phase = book.phase
            self._course.clear()
        self._book = book
        self._sides = {Side.BUY: bids, Side.SELL: asks}
        self._note(book)
        if self.is_whole or not self.px:
            return asks, bids
        return {px: asks[px] for px in asks if px > self.px}, {px: bids[px] for px in bids if px < self.px}

    def _note(self, book: BookUpdate) -> None:
        course, point = self._course, CoursePoint(book.trade_ns, book.expected_px, book.expected_qty)
        if not point.px or (course and (course[-1].px, course[-1].qty) == (point.px, point.qty)):
            return
        course.append(point)
        if len(course) > POINTS_MAX:
            del course[1 : POINTS_MAX // 2 : 2]

    def takes(self, side: Side, px: int) -> bool:
        """Whether the published book does not tell what stands at a price, because some of it would trade."""
        if not self.px or self.is_whole:
            return False
        return (px - self.px) * side.sign >= 0

    def fills(self, orders: OwnOrders) -> dict[Key, CallFill]:
        """What the call would fill of each side and price, AT_MARKET for orders at the market."""
        if self._book is None or not self.px:
            return {}
        taking: dict[Key, list[OrderView]] = {}
        for view in self._taking_part(orders):
            taking.setdefault((view.side, self._limit(view)), []).append(view)
        found: dict[Key, CallFill] = {}
        for side in (Side.BUY, Side.SELL):
            left = self._book.expected_qty
            # Best first: market orders, then from the keenest price on.
            keys = sorted((key for key in taking if key[0] is side), key=lambda key: (key[1] != 0, -key[1] * side.sign))
            for key in keys:
                found[key] = self._fill(key, taking[key], orders, left)
                left -= found[key].most
        return found

    def view(self, orders: OwnOrders, base_px: int) -> AuctionView | None:
        """Everything that is told of the call; None outside of calls."""
        book = self._book
        if book is None:
            return None
        fills = self.fills(orders)
        return AuctionView(
            px=book.expected_px,
            qty=book.expected_qty,
            bp=change_bp(book.expected_px, base_px) if book.expected_px else 0,
            tone=sign(book.expected_px - base_px) if book.expected_px else 0,
            imbalance=self.imbalance,
            buy=_sum(fills, Side.BUY),
            sell=_sum(fills, Side.SELL),
            course=tuple(self._course),
        )

    def _taking_part(self, orders: OwnOrders) -> Iterator[OrderView]:
        """Orders that this venue has taken and that its call would look at."""
        book = self._book
        assert book is not None
        for view in orders:
            is_there = view.ord_status in STATE_OF and view.ord_status is not OrdStatus.PENDING_NEW
            is_meant = ONLY_IN.get(view.time_in_force, book.phase) is book.phase
            if is_there and is_meant and view.ord_type in CLEARS_AT_A_PRICE and view.venue == book.venue:
                yield view

    def _limit(self, view: OrderView) -> int:
        """An order's price in this call."""
        turns = view.ord_type is OrdType.LIMIT_OR_CLOSE and self._phase is Phase.CLOSE_CALL
        return AT_MARKET if turns or view.ord_type is OrdType.MARKET else int(view.px)

    def _fill(self, key: Key, views: list[OrderView], orders: OwnOrders, left: int) -> CallFill:
        side, px = key
        qty = sum(int(view.leaves_qty) for view in views)
        better = (px - self.px) * side.sign
        if px == AT_MARKET or better > 0:
            sure = min(qty, left)
            return CallFill(qty=qty, least=sure, most=sure)
        if better < 0:
            return CallFill(qty=qty, least=0, most=0)
        trading, rest = self._at_px(side)
        most = min(qty, left, trading)
        by_place = 0
        if self.is_whole:
            for view in views:
                ahead = orders.ahead(view.order_id)
                by_place += max(min(trading - ahead, int(view.leaves_qty)), 0) if ahead != UNKNOWN else 0
        by_rest = 0 if rest == UNKNOWN else qty - rest
        return CallFill(qty=qty, least=min(max(by_rest, by_place, 0), most), most=most)

    def _at_px(self, side: Side) -> tuple[int, int]:
        """(at most what trades, what is left or UNKNOWN) of a side at the expected price itself."""
        book, levels = self._book, self._sides[side]
        if book is None or not self.px:
            return 0, 0
        there = levels.get(self.px, 0)
        if not self.is_whole:
            return book.expected_qty, there
        better = sum(qty for px, qty in levels.items() if (px - self.px) * side.sign > 0)
        trading = max(book.expected_qty - better, 0)
        if not there:
            return trading, UNKNOWN  # deeper than it is published, or an order that the book does not have yet
        return min(trading, there), there - min(trading, there)


def _sum(fills: Mapping[Key, CallFill], side: Side) -> CallFill | None:
    """One figure of all of a side; None where nothing takes part."""
    parts = [fill for (of_side, _), fill in fills.items() if of_side is side]
    if not parts:
        return None
    return CallFill(
        qty=sum(fill.qty for fill in parts),
        least=sum(fill.least for fill in parts),
        most=sum(fill.most for fill in parts),
    )
