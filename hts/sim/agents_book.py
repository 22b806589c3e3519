"""What the background flow sees of one issue: depth by price, and which orders are its own.

Everything is learnt from the exchange's events, those of other members included, so that feeding the day's events
again restores it. Prices are positions on the issue's grid. An event carries the order as it stands, so one rule
serves them all: take the old remainder off its level, put the new one on.
"""

from bisect import bisect_left

from hts.model.enums import Side
from hts.model.units import ClOrdID
from hts.sim.commands import AGENTS
from hts.sim.events import OrderAccepted, OrderAmended, OrderCanceled, OrderExpired, OrderTraded

StandingEvent = OrderAccepted | OrderAmended | OrderCanceled | OrderExpired | OrderTraded


class SideBook:
    """Depth of one side: `qty` by level, and our own order ids by level, oldest first."""

    def __init__(self, *, is_bid: bool) -> None:
        self.is_bid = is_bid
        self.qty: dict[int, int] = {}
        self.own: dict[int, list[ClOrdID]] = {}

    def best(self) -> int | None:
        """Level at the touch, None when the side is empty."""
        if not self.qty:
            return None
        return max(self.qty) if self.is_bid else min(self.qty)

    def worst_own(self) -> int | None:
        """Our level that is farthest from the touch."""
        if not self.own:
            return None
        return min(self.own) if self.is_bid else max(self.own)

    def add(self, level: int, qty: int) -> None:
        """Change the quantity of a level; an emptied level disappears."""
        left = self.qty.get(level, 0) + qty
        assert left >= 0, (level, left)
        if left:
            self.qty[level] = left
        else:
            self.qty.pop(level, None)


class _Standing:
    """The working remainder of one order."""

    __slots__ = ("leaves", "level", "order_qty", "side")

    def __init__(self, side: SideBook, level: int, leaves: int, order_qty: int) -> None:
        self.side = side
        self.level = level
        self.leaves = leaves
        self.order_qty = order_qty


class IssueBook:
    """Both sides of one issue."""

    def __init__(self, grid: tuple[int, ...]) -> None:
        self.grid = grid
        self.bids = SideBook(is_bid=True)
        self.asks = SideBook(is_bid=False)
        self._standing: dict[tuple[str, ClOrdID], _Standing] = {}
        self.own_count = 0

    def level_of(self, px: int) -> int:
        """Position of a price on the grid (the next higher one for a price off the grid)."""
        return bisect_left(self.grid, px)

    def own_order_qty(self, order_id: ClOrdID) -> int:
        """OrderQty(38) of our own order, filled shares included; 0 when it does not stand."""
        standing = self._standing.get((AGENTS, order_id))
        return standing.order_qty if standing is not None else 0

    def on_order(self, event: StandingEvent) -> None:
        """Take over the order as it stands after the event."""
        key = (event.session, event.order_id)
        leaves = event.leaves_qty
        standing = self._standing.get(key)
        if standing is not None:
            if leaves and type(event) is not OrderAmended:
                standing.side.add(standing.level, leaves - standing.leaves)
                standing.leaves = leaves
                return
            self._remove(key, standing)
        if leaves and event.px:
            self._insert(key, event, leaves)

    def _insert(self, key: tuple[str, ClOrdID], event: StandingEvent, leaves: int) -> None:
        side = self.bids if event.side is Side.BUY else self.asks
        level = self.level_of(event.px)
        side.add(level, leaves)
        self._standing[key] = _Standing(side, level, leaves, event.order_qty)
        if event.session == AGENTS:
            side.own.setdefault(level, []).append(event.order_id)
            self.own_count += 1

    def _remove(self, key: tuple[str, ClOrdID], standing: _Standing) -> None:
        standing.side.add(standing.level, -standing.leaves)
        del self._standing[key]
        if key[0] == AGENTS:
            ids = standing.side.own[standing.level]
            ids.remove(key[1])
            if not ids:
                del standing.side.own[standing.level]
            self.own_count -= 1
