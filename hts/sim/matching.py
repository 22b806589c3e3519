"""One issue's resting orders: price-time priority on flat arrays.

Theory of operation. A day's prices lie between two limits, so a price is a small number: its level, the index of the
price among the valid prices of the day (hts.sim.grid). For each side there is one list per column (`head`, `tail`,
`total`) indexed by level. An order is a small number too, its handle, and its columns (`level`, `qty`, `prev`, `next`,
`side`) are lists indexed by handle: the queue of a level is linked through them, so entering at the tail and leaving
from anywhere cost the same few list accesses however long the queue is. Handles are used again once an order is gone.
Handle 0 and level -1 mean none.

The best level of each side is remembered. It is searched again, level by level, only when its queue empties; the next
level of a busy book is near. A grid may have up to LEVELS_MAX prices: an issue with a far wider band needs limits.

The two sides have their own columns because in a call auction they overlap. `enter` and `take` are for continuous
trading, where they do not.

An iceberg shows a part of itself; `qty` and `total` count what is shown, `reserve` holds the rest by handle. When the
shown part is gone, the next one comes to the tail of the same level (and the handle to `refilled`).
"""

from collections.abc import Iterator

from hts.model.enums import TimeInForce

BUY = 0
SELL = 1
NO_LEVEL = -1
LEVELS_MAX = 1 << 18  # 8 columns of this many list slots take about 16 MB


class Side:
    """One side's columns by level. `best` is NO_LEVEL when `count` (resting orders) is 0."""

    __slots__ = ("best", "count", "head", "tail", "total", "total_qty")

    def __init__(self, levels: int) -> None:
        self.head = [0] * levels
        self.tail = [0] * levels
        self.total = [0] * levels
        self.best = NO_LEVEL
        self.count = 0
        self.total_qty = 0


class PriceTimeBook:
    """The resting orders of one issue."""

    def __init__(self, levels: int) -> None:
        assert 0 < levels <= LEVELS_MAX, levels
        self.levels = levels
        self.bids = Side(levels)
        self.asks = Side(levels)
        self.sides = (self.bids, self.asks)
        self.level = [NO_LEVEL]
        self.qty = [0]
        self.side = [BUY]
        self._prev = [0]
        self._next = [0]
        self._free: list[int] = []
        self.reserve: dict[int, list[int]] = {}  # handle: [not shown, shown at a time]
        self.refilled: list[int] = []  # icebergs that have shown a new part, for the owner of the book to take

    def enter(
        self, side: int, level: int, qty: int, time_in_force: TimeInForce, fills: list[tuple[int, int, int]]
    ) -> tuple[int, int]:
        """Match a new order, rest what a DAY order has left: (handle or 0, quantity left).

        `fills` gets one (handle, level, qty) per resting order hit, best first. A fill-or-kill order that cannot be
        filled whole trades nothing.
        """
        if time_in_force is TimeInForce.FOK and not self.can_fill(side, level, qty):
            return 0, qty
        left = self.take(side, level, qty, fills)
        if left == 0 or time_in_force is not TimeInForce.DAY:
            return 0, left
        return self.add(side, level, left), left

    def add_iceberg(self, side: int, level: int, qty: int, display_qty: int) -> int:
        """Rest an order that shows `display_qty` at a time; its handle."""
        assert 0 < display_qty < qty, (display_qty, qty)
        handle = self.add(side, level, display_qty)
        self.reserve[handle] = [qty - display_qty, display_qty]
        return handle

    def add(self, side: int, level: int, qty: int) -> int:
        """Rest an order at the tail of its level; its handle."""
        if self._free:
            handle = self._free.pop()
            self.level[handle] = level
            self.qty[handle] = qty
            self.side[handle] = side
            self._next[handle] = 0
        else:
            handle = len(self.level)
            self.level.append(level)
            self.qty.append(qty)
            self.side.append(side)
            self._prev.append(0)
            self._next.append(0)
        queue = self.sides[side]
        last = queue.tail[level]
        self._prev[handle] = last
        if last:
            self._next[last] = handle
        else:
            queue.head[level] = handle
            best = queue.best
            if best < 0 or (level > best if side == BUY else level < best):
                queue.best = level
        queue.tail[level] = handle
        queue.total[level] += qty
        queue.total_qty += qty
        queue.count += 1
        return handle

    def remove(self, handle: int) -> int:
        """Take a resting order out; the quantity it had left."""
        level = self.level[handle]
        qty = self.qty[handle]
        assert qty > 0, handle
        side = self.side[handle]
        queue = self.sides[side]
        before = self._prev[handle]
        after = self._next[handle]
        if before:
            self._next[before] = after
        else:
            queue.head[level] = after
        if after:
            self._prev[after] = before
        else:
            queue.tail[level] = before
        queue.total[level] -= qty
        queue.total_qty -= qty
        queue.count -= 1
        self.qty[handle] = 0
        self._free.append(handle)
        if before == 0 and after == 0 and level == queue.best:
            self._search_best(side, queue, level)
        if self.reserve and (hidden := self.reserve.pop(handle, None)) is not None:
            return qty + hidden[0]
        return qty

    def reduce(self, handle: int, by: int) -> None:
        """Take `by` away from a resting order, which keeps its place; the reserve goes first."""
        if self.reserve and (hidden := self.reserve.get(handle)) is not None:
            assert 0 < by < self.qty[handle] + hidden[0], (by, self.qty[handle], hidden)
            taken = min(by, hidden[0])
            hidden[0] -= taken
            by -= taken
            if hidden[0] == 0:
                del self.reserve[handle]
            if by == 0:
                return
        assert 0 < by < self.qty[handle], (by, self.qty[handle])
        side = self.side[handle]
        self.qty[handle] -= by
        self._shrink_level(side, self.level[handle], by)
        self.sides[side].total_qty -= by

    def _shrink_level(self, side: int, level: int, by: int) -> None:
        self.sides[side].total[level] -= by

    def take(self, side: int, level: int, qty: int, fills: list[tuple[int, int, int]]) -> int:
        """Trade `qty` of `side` against the other side down (up) to `level`; the quantity left."""
        queue = self.asks if side == BUY else self.bids
        while qty > 0:
            best = queue.best
            if best < 0 or (best > level if side == BUY else best < level):
                break
            handle = queue.head[best]
            resting = self.qty[handle]
            if resting > qty:
                fills.append((handle, best, qty))
                self.qty[handle] = resting - qty
                queue.total[best] -= qty
                queue.total_qty -= qty
                return 0
            fills.append((handle, best, resting))
            qty -= resting
            if self.reserve and handle in self.reserve:
                self._show_more(handle, side ^ 1, best)
            else:
                self.remove(handle)
        return qty

    def _show_more(self, handle: int, side: int, level: int) -> None:
        """An iceberg's shown part is gone: the next one joins the tail of the level, under the same handle."""
        hidden, display_qty = self.reserve[handle]
        shown = min(hidden, display_qty)
        self.remove(handle)
        again = self.add(side, level, shown)  # the handle that has just become free
        assert again == handle, (again, handle)
        if hidden > shown:
            self.reserve[handle] = [hidden - shown, display_qty]
        self.refilled.append(handle)

    def hit(self, handle: int, qty: int) -> None:
        """Trade `qty` of what one resting order shows, wherever it stands."""
        shown = self.qty[handle]
        assert 0 < qty <= shown, (qty, shown)
        side, level = self.side[handle], self.level[handle]
        if qty < shown:
            self.qty[handle] = shown - qty
            self._shrink_level(side, level, qty)
            self.sides[side].total_qty -= qty
        elif handle in self.reserve:
            self._show_more(handle, side, level)
        else:
            self.remove(handle)

    def shown_qty(self, side: int, level: int) -> int:
        """What stands shown at a level."""
        return self.sides[side].total[level]

    def can_fill(self, side: int, level: int, qty: int) -> bool:
        """Whether the other side holds `qty` down (up) to `level`."""
        queue = self.asks if side == BUY else self.bids
        best = queue.best
        if best < 0:
            return False
        reach = range(best, level + 1) if side == BUY else range(best, level - 1, -1)
        if self.reserve:
            hidden = (self.reserve[h][0] for h in self.reserve if self.side[h] != side and self.level[h] in reach)
            qty -= sum(hidden)
        for at in reach:
            qty -= queue.total[at]
            if qty <= 0:
                return True
        return False

    def queue(self, side: int, level: int) -> Iterator[int]:
        """Handles at a level, oldest first. The book must not change meanwhile."""
        handle = self.sides[side].head[level]
        while handle:
            yield handle
            handle = self._next[handle]

    def levels_from_best(self, side: int) -> Iterator[int]:
        """Levels that hold orders, best first."""
        queue = self.sides[side]
        total = queue.total
        left = queue.total_qty
        level = queue.best
        step = -1 if side == BUY else 1
        while left > 0:
            if total[level]:
                left -= total[level]
                yield level
            level += step

    def column(self, side: int, low: int, high: int) -> list[int]:
        """Quantities of levels `low` to `high`, reserves of icebergs included."""
        quantities = self.sides[side].total[low : high + 1]
        for handle, (hidden, _) in self.reserve.items():
            if self.side[handle] == side and low <= self.level[handle] <= high:
                quantities[self.level[handle] - low] += hidden
        return quantities

    def content(self) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        """(side, level, quantities in queue order) from the best of each side: equal books give equal contents."""
        return tuple(
            (side, level, tuple(self.qty[handle] for handle in self.queue(side, level)))
            for side in (BUY, SELL)
            for level in self.levels_from_best(side)
        )

    def _search_best(self, side: int, queue: Side, level: int) -> None:
        if queue.count == 0:
            queue.best = NO_LEVEL
            return
        step = -1 if side == BUY else 1
        head = queue.head
        level += step
        while not head[level]:
            level += step
        queue.best = level
