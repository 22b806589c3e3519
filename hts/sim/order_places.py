"""Where an accepted order can wait outside of the shown book: hidden, as a sleeping stop, or for its phase.

Each place keeps orders in time order and knows how to let one go. `Order.home` is the place it is in.
"""

from bisect import insort
from collections.abc import Iterator

from hts.sim.order import Order


class Waiting:
    """Orders that wait for something, oldest first: the phase that they are meant for, or a hidden match."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}

    def __iter__(self) -> Iterator[Order]:
        return iter(tuple(self._orders.values()))

    def __len__(self) -> int:
        return len(self._orders)

    def add(self, order: Order) -> None:
        """The order waits from now on."""
        self._orders[order.venue_order_id] = order
        order.home = self

    def put_back(self, order: Order) -> None:
        """The order returns to where it was, first of all."""
        self._orders = {order.venue_order_id: order, **self._orders}
        order.home = self

    def discard(self, order: Order) -> None:
        """The order leaves."""
        del self._orders[order.venue_order_id]
        order.home = None


class Hidden:
    """Orders outside of the shown book, by side: pegged, at the midpoint, or not displayed."""

    def __init__(self) -> None:
        self.sides = (Waiting(), Waiting())

    def __bool__(self) -> bool:
        return any(map(len, self.sides))

    def add(self, order: Order) -> None:
        """The order waits hidden."""
        self.sides[0 if order.is_buy else 1].add(order)

    def discard(self, order: Order) -> None:
        """The order leaves."""
        self.sides[0 if order.is_buy else 1].discard(order)

    def orders(self) -> list[Order]:
        """All of them, buys first, oldest first."""
        return [order for side in self.sides for order in side]


class Stops:
    """Sleeping stop orders: sells by the higher stop price first, buys by the lower one, then by time."""

    def __init__(self) -> None:
        self._buys: list[tuple[int, int, Order]] = []
        self._sells: list[tuple[int, int, Order]] = []

    def __bool__(self) -> bool:
        return bool(self._buys or self._sells)

    def add(self, order: Order) -> None:
        """The order sleeps until its stop price is reached."""
        side = self._buys if order.is_buy else self._sells
        insort(side, _place(order), key=lambda placed: placed[:2])
        order.home = self

    def discard(self, order: Order) -> None:
        """The order leaves."""
        side = self._buys if order.is_buy else self._sells
        side.remove(_place(order))
        order.home = None

    def first(self) -> list[Order]:
        """The next one of each side to wake, sell first."""
        return [side[0][2] for side in (self._sells, self._buys) if side]

    def orders(self) -> list[Order]:
        """All of them, in the order of acceptance."""
        return sorted((placed[2] for placed in self._buys + self._sells), key=lambda order: order.venue_order_id)


def _place(order: Order) -> tuple[int, int, Order]:
    return (order.stop_px if order.is_buy else -order.stop_px, order.venue_order_id, order)


class FixedBoard:
    """Trading at one price, by time. Until `is_matching` orders are collected."""

    def __init__(self) -> None:
        self.px = 0
        self.is_open = False
        self.is_matching = False
        self.sides = (Waiting(), Waiting())

    def add(self, order: Order) -> None:
        """The order waits at the fixed price."""
        self.sides[0 if order.is_buy else 1].add(order)

    def put_back(self, order: Order) -> None:
        """The order returns to the head of its side."""
        self.sides[0 if order.is_buy else 1].put_back(order)

    def discard(self, order: Order) -> None:
        """The order leaves."""
        self.sides[0 if order.is_buy else 1].discard(order)

    def against(self, order: Order) -> Order | None:
        """The oldest order of the other side."""
        return next(iter(self.sides[1 if order.is_buy else 0]), None)

    def pairs(self) -> tuple[Order, Order] | None:
        """The oldest of both sides; None when one side is empty."""
        bid, ask = next(iter(self.sides[0]), None), next(iter(self.sides[1]), None)
        return (bid, ask) if bid is not None and ask is not None else None

    def orders(self) -> list[Order]:
        """All of them, buys first, oldest first."""
        return [order for side in self.sides for order in side]

    def qty(self, side: int) -> int:
        """What waits on one side."""
        return sum(order.leaves_qty for order in self.sides[side])


class Negotiated(Waiting):
    """Orders whose price and counterparty were agreed on elsewhere; each meets its counterpart, whole, or waits."""

    def counterpart(self, order: Order) -> Order | None:
        """The oldest order of the named member that names this order's member, with the same terms."""
        return next((other for other in self if _agree(order, other)), None)


def _agree(one: Order, other: Order) -> bool:
    return (
        one.is_buy != other.is_buy
        and (one.px, one.leaves_qty) == (other.px, other.leaves_qty)
        and (one.session, one.counterparty) == (other.counterparty, other.session)
    )
