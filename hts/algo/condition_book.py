"""Thousands of price conditions on one issue, at the cost of the few that are near.

Theory of operation. A tick asks only for the nearest threshold on each side, so thresholds are kept sorted, by what is
watched (source, venue, direction). Trails would each have to follow every new extreme. But trails that watch the same
price and have seen its newest extreme share it: they are one bunch, and a new extreme moves the bunch. A trail that
begins in the middle of a move is a bunch of its own until the price passes its bunch's extreme, then the bunches
merge. Within a bunch the shortest distance comes true first, for each unit of distance.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator

from hts.algo.conditions import has_begun, is_trail_met, watched_px
from hts.model.conditional import (
    ConditionalOrder,
    ExtremeMoved,
    PriceCondition,
    PriceSource,
    Quote,
    TrailBegun,
    TrailCondition,
    TrailUnit,
    Triggered,
    trail_px,
)
from hts.model.instruments import TickTable
from hts.model.units import ClOrdID

Key = tuple[PriceSource, str, bool]
Entry = tuple[int, ClOrdID]
FAR = 1 << 62
BEGINS_AT_ONCE = -FAR  # before every start price, in both directions


class Bunch:
    """Trails with one extreme: (distance, cond_id), shortest first, by unit."""

    __slots__ = ("extreme_px", "trails")

    def __init__(self, extreme_px: int) -> None:
        self.extreme_px = extreme_px
        self.trails: dict[TrailUnit, list[Entry]] = {}

    def absorb(self, other: "Bunch") -> None:
        """Take over another bunch's trails."""
        for unit, entries in other.trails.items():
            mine = self.trails.setdefault(unit, [])
            mine.extend(entries)
            mine.sort()


class Watch:
    """All conditions on one watched price in one direction.

    Prices are compared "signed": as they are for at-or-above, negated for at-or-below, so that both directions read
    alike. While low <= signed price < high nothing can happen here.
    """

    __slots__ = ("bunches", "high", "is_above", "low", "sleeping", "source", "thresholds")

    def __init__(self, source: PriceSource, *, is_above: bool) -> None:
        self.source = source
        self.is_above = is_above
        self.low, self.high = FAR, -FAR
        self.thresholds: list[Entry] = []  # (px, or -px for at-or-below; so the first is the nearest)
        self.sleeping: list[Entry] = []  # trails that have not begun, the same way round
        self.bunches: list[Bunch] = []  # the farthest extreme first


class ConditionBook:
    """The price conditions of one issue. `tick` tells which came true; they are then forgotten."""

    def __init__(self, ticks: TickTable) -> None:
        self._ticks = ticks
        self._watches: dict[Key, Watch] = {}
        self._by_venue: dict[str, list[Watch]] = {}
        self._orders: dict[ClOrdID, PriceCondition | TrailCondition] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def add(self, order: ConditionalOrder, extreme_px: int = 0) -> None:
        """Watch for it. `extreme_px`: of a trail that was already under way before a restart."""
        condition = order.condition
        assert isinstance(condition, PriceCondition | TrailCondition), order
        assert order.cond_id not in self._orders, order.cond_id
        self._orders[order.cond_id] = condition
        watch = self._watch(condition)
        watch.low = FAR  # look again at the next tick
        sign = 1 if condition.is_above else -1
        if isinstance(condition, PriceCondition):
            insort(watch.thresholds, (sign * condition.px, order.cond_id))
        elif extreme_px:
            self._join(watch, order.cond_id, condition, extreme_px)
        else:
            start = -sign * condition.from_px if condition.from_px else BEGINS_AT_ONCE
            insort(watch.sleeping, (start, order.cond_id))

    def remove(self, cond_id: ClOrdID) -> None:
        """Forget a condition; nothing when it is not watched."""
        condition = self._orders.pop(cond_id, None)
        if condition is None:
            return
        watch = self._watches[key_of(condition)]
        for entries in _lists(watch):
            for place, entry in enumerate(entries):
                if entry[1] == cond_id:
                    del entries[place]
                    return

    def watches(self, venue: str) -> bool:
        """Whether a condition watches this venue's prices (empty: those of all venues)."""
        return venue in self._by_venue

    def tick(self, quote: Quote) -> tuple[list[Triggered], list[ExtremeMoved | TrailBegun]]:
        """What a new quote makes true, nearest first; which trails it began and which extremes it moved."""
        triggered: list[Triggered] = []
        moved: list[ExtremeMoved | TrailBegun] = []
        for watch in self._by_venue.get(quote.venue, ()):
            px = watched_px(watch.source, quote)
            if px and not watch.low <= (px if watch.is_above else -px) < watch.high:
                self._look(watch, quote.venue, px, triggered, moved)
        return triggered, moved

    def extreme_of(self, cond_id: ClOrdID) -> int:
        """A trail's extreme so far; 0 when it has not begun."""
        condition = self._orders.get(cond_id)
        if not isinstance(condition, TrailCondition):
            return 0
        for bunch in self._watches[key_of(condition)].bunches:
            if any(entry[1] == cond_id for entry in bunch.trails.get(condition.unit, ())):
                return bunch.extreme_px
        return 0

    # -- inside

    def _watch(self, condition: PriceCondition | TrailCondition) -> Watch:
        key = key_of(condition)
        watch = self._watches.get(key)
        if watch is None:
            watch = self._watches[key] = Watch(condition.source, is_above=condition.is_above)
            self._by_venue.setdefault(condition.venue, []).append(watch)
        return watch

    def _look(
        self, watch: Watch, venue: str, px: int, triggered: list[Triggered], moved: list[ExtremeMoved | TrailBegun]
    ) -> None:
        is_above = watch.is_above
        self._thresholds(watch, px, triggered, is_above=is_above)
        if watch.bunches and self._move(watch, px, is_above=is_above):
            moved.append(ExtremeMoved(source=watch.source, venue=venue, is_above=is_above, px=px))
        if watch.sleeping:
            self._begin(watch, px, moved)
        if watch.bunches:
            self._trails(watch, px, triggered)
        self._set_bounds(watch)

    def _set_bounds(self, watch: Watch) -> None:
        sign = 1 if watch.is_above else -1
        low, high = -FAR, watch.thresholds[0][0] if watch.thresholds else FAR
        for bunch in watch.bunches:
            low = max(low, sign * bunch.extreme_px)
            for entries in bunch.trails.values():
                if entries:
                    condition = self._orders[entries[0][1]]
                    assert isinstance(condition, TrailCondition), entries[0]
                    high = min(high, sign * trail_px(condition, bunch.extreme_px, self._ticks))
        if watch.sleeping:
            low = max(low, 1 - watch.sleeping[0][0])
        watch.low, watch.high = low, high

    def _thresholds(self, watch: Watch, px: int, triggered: list[Triggered], *, is_above: bool) -> None:
        signed = px if is_above else -px
        count = 0
        for threshold, cond_id in watch.thresholds:
            if threshold > signed:
                break
            count += 1
            triggered.append(Triggered(cond_id=cond_id, px=px))
            del self._orders[cond_id]
        del watch.thresholds[:count]

    def _move(self, watch: Watch, px: int, *, is_above: bool) -> bool:
        """A price beyond the nearest extremes carries those bunches along, as one."""
        bunches = watch.bunches
        beyond = [b for b in bunches if (px < b.extreme_px if is_above else px > b.extreme_px)]
        if not beyond:
            return False
        first, *others = beyond
        for other in others:
            first.absorb(other)
            bunches.remove(other)
        first.extreme_px = px
        same = [b for b in bunches if b is not first and b.extreme_px == px]
        for other in same:
            first.absorb(other)
            bunches.remove(other)
        return True

    def _begin(self, watch: Watch, px: int, moved: list[ExtremeMoved | TrailBegun]) -> None:
        begun = []
        for entry in watch.sleeping:
            condition = self._orders[entry[1]]
            assert isinstance(condition, TrailCondition), entry
            if has_begun(condition, px):
                begun.append(entry)
                moved.append(TrailBegun(cond_id=entry[1], px=px))
                self._join(watch, entry[1], condition, px)
            elif condition.from_px:
                break  # the others begin farther away
        for entry in begun:
            del watch.sleeping[bisect_left(watch.sleeping, entry)]

    def _trails(self, watch: Watch, px: int, triggered: list[Triggered]) -> None:
        for bunch in list(watch.bunches):
            for entries in bunch.trails.values():
                while entries:
                    cond_id = entries[0][1]
                    condition = self._orders[cond_id]
                    assert isinstance(condition, TrailCondition), cond_id
                    if not is_trail_met(condition, bunch.extreme_px, px, self._ticks):
                        break
                    triggered.append(Triggered(cond_id=cond_id, px=px))
                    del entries[0], self._orders[cond_id]
            if not any(bunch.trails.values()):
                watch.bunches.remove(bunch)

    def _join(self, watch: Watch, cond_id: ClOrdID, condition: TrailCondition, extreme_px: int) -> None:
        bunch = next((b for b in watch.bunches if b.extreme_px == extreme_px), None)
        if bunch is None:
            bunch = Bunch(extreme_px)
            watch.bunches.append(bunch)
        insort(bunch.trails.setdefault(condition.unit, []), (condition.distance, cond_id))


def key_of(condition: PriceCondition | TrailCondition) -> Key:
    """What is watched, in which direction."""
    return condition.source, condition.venue, condition.is_above


def _lists(watch: Watch) -> Iterator[list[Entry]]:
    yield watch.thresholds
    yield watch.sleeping
    for bunch in watch.bunches:
        yield from bunch.trails.values()
