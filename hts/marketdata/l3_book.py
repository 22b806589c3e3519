"""Order books order by order (level 3), of all issues of a feed.

Theory of operation. An order lies in the queue of its price: a dict from order id to quantity, whose order of insertion
is the order of arrival, that is the time priority. A reduction keeps the place, a replacement takes a new one at the
end. Per order only its queue is remembered. Totals and best prices are computed when asked for, because a feed has
hundreds of changes for each look at a book.

Order ids are unique over all issues of the feed and day (ITCH); where they are not (FLEX, OSE), the caller makes them
unique. What does not fit the books raises RemoteProtocolError and changes nothing: then messages were lost upstream.
"""

from hts.base.errors import RemoteProtocolError

ORDERS_MAX = 20_000_000  # a whole market's day has never had more at a time

Queue = dict[int, int]
Side = dict[int, Queue]
Level = tuple[int, int, int]  # price, quantity, orders


class L3Books:
    """Books by the feed's number of the issue."""

    def __init__(self, orders_max: int = ORDERS_MAX) -> None:
        self._orders: dict[int, tuple[Side, int]] = {}
        self._sides: dict[int, tuple[Side, Side]] = {}  # asks, bids
        self._orders_max = orders_max

    def __contains__(self, order_id: object) -> bool:
        """Whether the order is alive."""
        return order_id in self._orders

    def __len__(self) -> int:
        """How many orders are alive."""
        return len(self._orders)

    def add(self, book: int, order_id: int, is_bid: bool, qty: int, px: int) -> None:
        """A new order at the end of its queue."""
        orders = self._orders
        if order_id in orders or qty <= 0:
            raise RemoteProtocolError(f"order {order_id}: a new one with a quantity expected, found {qty} of it")
        if len(orders) >= self._orders_max:
            raise RemoteProtocolError(f"order {order_id}: up to {self._orders_max} live orders expected, found more")
        sides = self._sides.get(book)
        if sides is None:
            sides = self._sides[book] = ({}, {})
        side = sides[is_bid]
        queue = side.get(px)
        if queue is None:
            side[px] = {order_id: qty}
        else:
            queue[order_id] = qty
        orders[order_id] = (side, px)

    def reduce(self, order_id: int, qty: int) -> None:
        """An order was traded or partly cancelled; it goes when nothing is left."""
        try:
            side, px = self._orders[order_id]
        except KeyError:
            raise _unknown(order_id) from None
        queue = side[px]
        left = queue[order_id] - qty
        if left > 0:
            queue[order_id] = left
        elif left == 0:
            self.delete(order_id)
        else:
            raise RemoteProtocolError(f"order {order_id}: up to {queue[order_id]} expected, found {qty}")

    def delete(self, order_id: int) -> None:
        """The order is gone."""
        try:
            side, px = self._orders.pop(order_id)
        except KeyError:
            raise _unknown(order_id) from None
        queue = side[px]
        if len(queue) == 1:
            del side[px]
        else:
            del queue[order_id]

    def replace(self, order_id: int, new_order_id: int, qty: int, px: int) -> None:
        """The order is gone; another of the same issue and side comes, without its priority."""
        orders = self._orders
        place = orders.get(order_id)
        if place is None:
            raise _unknown(order_id)
        if (new_order_id in orders and new_order_id != order_id) or qty <= 0:
            raise RemoteProtocolError(f"order {new_order_id}: a new one with a quantity expected, found {qty} of it")
        self.delete(order_id)
        side = place[0]
        queue = side.get(px)
        if queue is None:
            side[px] = {new_order_id: qty}
        else:
            queue[new_order_id] = qty
        orders[new_order_id] = (side, px)

    def clear(self) -> None:
        """Forget everything: a new day, or a gap that cannot be closed."""
        self._orders = {}
        self._sides = {}

    def books(self) -> tuple[int, ...]:
        """Issues that ever had an order."""
        return tuple(self._sides)

    def levels(self, book: int, *, is_bid: bool, depth: int = 10) -> tuple[Level, ...]:
        """Best price first."""
        side = self._side(book, is_bid)
        prices = sorted(side, reverse=is_bid)[:depth]
        return tuple((px, sum(side[px].values()), len(side[px])) for px in prices)

    def best(self, book: int, *, is_bid: bool) -> Level | None:
        """The best price with quantity and orders, None on an empty side."""
        side = self._side(book, is_bid)
        if not side:
            return None
        px = max(side) if is_bid else min(side)
        return px, sum(side[px].values()), len(side[px])

    def queue(self, book: int, px: int, *, is_bid: bool) -> tuple[tuple[int, int], ...]:
        """Orders at a price as (order id, quantity), first in time first."""
        return tuple(self._side(book, is_bid).get(px, {}).items())

    def qty_of(self, order_id: int) -> int:
        """What is left of a live order."""
        place = self._orders.get(order_id)
        if place is None:
            raise _unknown(order_id)
        return place[0][place[1]][order_id]

    def ahead_of(self, order_id: int) -> int:
        """The quantity that trades before the order at its price."""
        place = self._orders.get(order_id)
        if place is None:
            raise _unknown(order_id)
        side, px = place
        ahead = 0
        for other, qty in side[px].items():
            if other == order_id:
                break
            ahead += qty
        return ahead

    def _side(self, book: int, is_bid: bool) -> Side:
        sides = self._sides.get(book)
        return {} if sides is None else sides[is_bid]


def _unknown(order_id: int) -> RemoteProtocolError:
    return RemoteProtocolError(f"order {order_id}: an order of the book expected, found none")
