"""Price-time book for issues without daily limits: a window of levels around the best price, the rest in a dict.

Levels are integers from 0 on without an end. Each side keeps WINDOW levels around its best one in a list, the others
in a dict; when the best level leaves the window, the window is laid around it anew. The interface is `PriceTimeBook`'s,
except that `total` of a side is read with `column`.
"""

from collections.abc import Iterator

from hts.sim.matching import BUY, NO_LEVEL, SELL, PriceTimeBook, Side

WINDOW = 512
NO_REACH = 1 << 60  # the level of an order without a limit

Record = list[int]
"""[first handle, last handle, quantity] of a level that holds orders."""


class WindowSide(Side):
    """One side's levels; the columns of `Side` stay empty."""

    __slots__ = ("base", "far", "is_buy", "window")

    def __init__(self, side: int) -> None:
        super().__init__(0)
        self.is_buy = side == BUY
        self.base = 0
        self.window: list[Record | None] = [None] * WINDOW
        self.far: dict[int, Record] = {}

    def record(self, level: int) -> Record | None:
        """What stands at a level."""
        at = level - self.base
        return self.window[at] if 0 <= at < WINDOW else self.far.get(level)

    def place(self, level: int, record: Record) -> None:
        """A level comes to hold orders."""
        if self.count == 0:
            self._lay_around(level)
        at = level - self.base
        if 0 <= at < WINDOW:
            self.window[at] = record
        else:
            self.far[level] = record

    def clear(self, level: int) -> None:
        """A level holds nothing any more."""
        at = level - self.base
        if 0 <= at < WINDOW:
            self.window[at] = None
        else:
            del self.far[level]

    def next_level(self, level: int) -> int | None:
        """The next worse level that holds orders."""
        step = -1 if self.is_buy else 1
        at = level - self.base + step
        if not self.is_buy and at < 0:
            between = [other for other in self.far if level < other < self.base]
            if between:
                return min(between)
            at = 0
        if self.is_buy and at >= WINDOW:
            between = [other for other in self.far if self.base + WINDOW <= other < level]
            if between:
                return max(between)
            at = WINDOW - 1
        while 0 <= at < WINDOW:
            if self.window[at] is not None:
                return self.base + at
            at += step
        beyond = [other for other in self.far if (other < min(level, self.base) if self.is_buy else other > level)]
        if not beyond:
            return None
        return max(beyond) if self.is_buy else min(beyond)

    def moved_best(self, level: int) -> None:
        """The best level is another one: the window follows when it has left it."""
        self.best = level
        if not 0 <= level - self.base < WINDOW:
            self._lay_around(level)

    def _lay_around(self, level: int) -> None:
        kept = {self.base + at: record for at, record in enumerate(self.window) if record is not None}
        self.far.update(kept)
        self.base = level - WINDOW // 2
        self.window = [None] * WINDOW
        for other in [other for other in self.far if 0 <= other - self.base < WINDOW]:
            self.window[other - self.base] = self.far.pop(other)


class WindowBook(PriceTimeBook):
    """The resting orders of an issue without limits."""

    def __init__(self) -> None:
        super().__init__(1)
        self._mine = (WindowSide(BUY), WindowSide(SELL))
        self.bids, self.asks = self._mine
        self.sides = self._mine

    def add(self, side: int, level: int, qty: int) -> int:
        """Rest an order at the tail of its level; its handle."""
        handle = self._new_handle(side, level, qty)
        queue = self._mine[side]
        record = queue.record(level)
        if record is None:
            queue.place(level, [handle, handle, qty])
            self._prev[handle] = 0
            if queue.count == 0 or (level > queue.best if side == BUY else level < queue.best):
                queue.moved_best(level)
        else:
            self._prev[handle] = record[1]
            self._next[record[1]] = handle
            record[1] = handle
            record[2] += qty
        queue.total_qty += qty
        queue.count += 1
        return handle

    def remove(self, handle: int) -> int:
        """Take a resting order out; the quantity it had left."""
        level, qty, side = self.level[handle], self.qty[handle], self.side[handle]
        assert qty > 0, handle
        queue = self._mine[side]
        record = queue.record(level)
        assert record is not None, level
        before, after = self._prev[handle], self._next[handle]
        if before:
            self._next[before] = after
        else:
            record[0] = after
        if after:
            self._prev[after] = before
        else:
            record[1] = before
        record[2] -= qty
        queue.total_qty -= qty
        queue.count -= 1
        self.qty[handle] = 0
        self._free.append(handle)
        if before == 0 and after == 0:
            self._emptied(queue, level)
        if self.reserve and (hidden := self.reserve.pop(handle, None)) is not None:
            return qty + hidden[0]
        return qty

    def take(self, side: int, level: int, qty: int, fills: list[tuple[int, int, int]]) -> int:
        """Trade `qty` of `side` against the other side down (up) to `level`; the quantity left."""
        queue = self._mine[side ^ 1]
        while qty > 0 and queue.count:
            best = queue.best
            if best > level if side == BUY else best < level:
                break
            record = queue.record(best)
            assert record is not None, best
            handle = record[0]
            resting = self.qty[handle]
            if resting > qty:
                fills.append((handle, best, qty))
                self.qty[handle] = resting - qty
                record[2] -= qty
                queue.total_qty -= qty
                return 0
            fills.append((handle, best, resting))
            qty -= resting
            if self.reserve and handle in self.reserve:
                self._show_more(handle, side ^ 1, best)
            else:
                self.remove(handle)
        return qty

    def can_fill(self, side: int, level: int, qty: int) -> bool:
        """Whether the other side holds `qty` down (up) to `level`."""
        for at in self.levels_from_best(side ^ 1):
            if at > level if side == BUY else at < level:
                break
            qty -= self.column(side ^ 1, at, at)[0]
            if qty <= 0:
                return True
        return False

    def queue(self, side: int, level: int) -> Iterator[int]:
        """Handles at a level, oldest first. The book must not change meanwhile."""
        record = self._mine[side].record(level)
        handle = record[0] if record else 0
        while handle:
            yield handle
            handle = self._next[handle]

    def levels_from_best(self, side: int) -> Iterator[int]:
        """Levels that hold orders, best first."""
        queue = self._mine[side]
        level = queue.best if queue.count else None
        while level is not None:
            yield level
            level = queue.next_level(level)

    def shown_qty(self, side: int, level: int) -> int:
        """What stands shown at a level."""
        record = self._mine[side].record(level)
        return record[2] if record else 0

    def column(self, side: int, low: int, high: int) -> list[int]:
        """Quantities of levels `low` to `high`, reserves of icebergs included."""
        queue = self._mine[side]
        quantities = [record[2] if (record := queue.record(at)) else 0 for at in range(low, high + 1)]
        for handle, (hidden, _) in self.reserve.items():
            if self.side[handle] == side and low <= self.level[handle] <= high:
                quantities[self.level[handle] - low] += hidden
        return quantities

    def _new_handle(self, side: int, level: int, qty: int) -> int:
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
        return handle

    def _shrink_level(self, side: int, level: int, by: int) -> None:
        queue = self._mine[side]
        record = queue.record(level)
        assert record is not None, level
        record[2] -= by

    @staticmethod
    def _emptied(queue: WindowSide, level: int) -> None:
        following = queue.next_level(level) if level == queue.best and queue.count else None
        queue.clear(level)
        if queue.count == 0:
            queue.best = NO_LEVEL
        elif following is not None:
            queue.moved_best(following)
