"""The book rebuilt from a message file, and how it compares with the recorded one.

Theory of operation
-------------------
A message file tells what happens within the recorded depth. Two things it cannot tell: what rests at the start
(taken from the first recorded row, with the first event undone), and what happens to a level while it lies deeper
than the recorded depth. So a rebuilt book may differ from the recorded one, but a difference can only begin at a
price that was out of view the event before. `compare` holds every difference against that rule:

    surfaced    the recorded book has a level that we never heard of: entered before the start, or out of view
    gone        we still have a level that the recorded book has not: it was cancelled out of view
    changed     both have the level, with other sizes: part of it came or went out of view

and calls a difference unexplained when its price was in view already. As a second proof `Depth.adopt` takes
over each level at the moment it comes into view; a book so informed must equal the recorded one after every event.
"""

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from hts.wire.lobster.messages import EventType, LobsterError, LobsterMessage
from hts.wire.lobster.orderbook import BookRow, Level


class Depth:
    """Sizes by price, both sides. Negative sizes cannot arise: what is taken beyond the known rest is dropped."""

    def __init__(self) -> None:
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}

    @classmethod
    def before(cls, message: LobsterMessage, row: BookRow) -> "Depth":
        """The book before an event, from the recorded book after it."""
        depth = cls()
        depth.bids.update(row.bids)
        depth.asks.update(row.asks)
        if message.event_type.is_visible:
            sign = -1 if message.event_type is EventType.SUBMISSION else 1
            depth.change(is_buy=message.is_buy, price=message.price, size=sign * message.size)
        return depth

    def apply(self, message: LobsterMessage) -> None:
        """One event. Hidden executions, crosses and halts do not touch the visible book."""
        if message.event_type.is_visible:
            sign = 1 if message.event_type is EventType.SUBMISSION else -1
            self.change(is_buy=message.is_buy, price=message.price, size=sign * message.size)

    def change(self, *, is_buy: bool, price: int, size: int) -> None:
        """Add a signed size at a price; an emptied level disappears."""
        side = self.bids if is_buy else self.asks
        left = side.get(price, 0) + size
        if left > 0:
            side[price] = left
        else:
            side.pop(price, None)

    def adopt(self, before: BookRow, after: BookRow) -> tuple[tuple[bool, Level], ...]:
        """Take over the levels of `after` that were out of view in `before`: (is_buy, (price, signed change))."""
        changes: list[tuple[bool, Level]] = []
        for is_buy in (True, False):
            side = self.bids if is_buy else self.asks
            recorded = dict(after.bids if is_buy else after.asks)
            for price in sorted(recorded.keys() | side.keys()):
                missing = recorded.get(price, 0) - side.get(price, 0)
                if missing and in_view(after, price, is_buy=is_buy) and not in_view(before, price, is_buy=is_buy):
                    changes.append((is_buy, (price, missing)))
        for is_buy, (price, size) in changes:
            self.change(is_buy=is_buy, price=price, size=size)
        return tuple(changes)

    def levels(self, count: int) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
        """Best `count` asks and bids, from the touch down."""
        asks = sorted(self.asks.items())[:count]
        bids = sorted(self.bids.items(), reverse=True)[:count]
        return tuple(asks), tuple(bids)


class DifferenceKind(Enum):
    """How a level of the rebuilt book differs from the recorded one."""

    SURFACED = "surfaced"
    GONE = "gone"
    CHANGED = "changed"


class Difference(Struct, frozen=True, kw_only=True):
    """A level that differs, from the first event on at which it does, until the event before `until_event`."""

    first_event: int  # 1 is the first line
    until_event: int  # first event at which the level agrees again, or has left the recorded depth
    is_buy: bool
    price: int
    rebuilt_size: int  # at the first event
    recorded_size: int
    kind: DifferenceKind
    is_explained: bool  # the price was out of view just before: the two books agree on what is in view


class BookReport(Struct, frozen=True, kw_only=True):
    """How many events the rebuilt book equals the recorded one after."""

    events: int
    depth: int  # recorded levels
    top_equal: int  # best bid and ask, price and size
    depth_equal: int  # all recorded levels
    informed_top_equal: int  # the same, with each level taken over when it comes into view
    informed_depth_equal: int
    differences: tuple[Difference, ...]

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """Differences that the limits of the recording do not account for."""
        return tuple(d for d in self.differences if not d.is_explained)


def in_view(row: BookRow, price: int, *, is_buy: bool) -> bool:
    """Whether a row tells the size at a price: it is not deeper than the row's last level."""
    levels = row.bids if is_buy else row.asks
    if len(levels) < row.depth:
        return True  # the whole side is recorded
    return price >= levels[-1][0] if is_buy else price <= levels[-1][0]


def rebuild(messages: Sequence[LobsterMessage], start: Depth | None, levels: int) -> list[BookRow]:
    """The book after each event, from the message file alone (and what rested at the start, when known)."""
    depth = start if start is not None else Depth()
    rows: list[BookRow] = []
    for message in messages:
        depth.apply(message)
        asks, bids = depth.levels(levels)
        rows.append(BookRow(asks=asks, bids=bids, depth=levels))
    return rows


def check_lengths(messages: Sequence[LobsterMessage], rows: Sequence[BookRow]) -> None:
    """The two files go line by line."""
    if len(messages) != len(rows):
        number = min(len(messages), len(rows)) + 1
        raise LobsterError(f"line {number}: expected as many books as messages, {len(messages)}, found {len(rows)}")


def compare(messages: Sequence[LobsterMessage], rows: Sequence[BookRow]) -> BookReport:
    """Rebuild with and without taking over what comes into view, and hold both against the recorded book."""
    check_lengths(messages, rows)
    rebuilt = Depth.before(messages[0], rows[0])
    informed = Depth.before(messages[0], rows[0])
    tracker = _Tracker()
    counts = [0, 0, 0, 0]
    before = rows[0]
    for event, (message, row) in enumerate(zip(messages, rows, strict=True), 1):
        rebuilt.apply(message)
        informed.apply(message)
        informed.adopt(before, row)
        before = row
        for i, depth in enumerate((rebuilt, informed)):
            asks, bids = depth.levels(row.depth)
            counts[2 * i] += (asks[:1], bids[:1]) == (row.asks[:1], row.bids[:1])
            counts[2 * i + 1] += (asks, bids) == (row.asks, row.bids)
        tracker.look(event, rebuilt, row)
    return BookReport(
        events=len(messages),
        depth=rows[0].depth,
        top_equal=counts[0],
        depth_equal=counts[1],
        informed_top_equal=counts[2],
        informed_depth_equal=counts[3],
        differences=tracker.finish(len(messages) + 1),
    )


class _Tracker:
    """Follows each price that differs until it agrees again or leaves the view."""

    def __init__(self) -> None:
        self._open: dict[tuple[bool, int], Difference] = {}
        self._done: list[Difference] = []
        self._before: BookRow | None = None

    def look(self, event: int, rebuilt: Depth, row: BookRow) -> None:
        """Compare all prices in view after an event."""
        for is_buy in (True, False):
            ours = rebuilt.bids if is_buy else rebuilt.asks
            recorded = dict(row.bids if is_buy else row.asks)
            known = {price for side, price in self._open if side is is_buy}
            for price in ours.keys() | recorded.keys() | known:
                if not in_view(row, price, is_buy=is_buy):
                    self._close(event, (is_buy, price))
                    continue
                mine, theirs = ours.get(price, 0), recorded.get(price, 0)
                if mine == theirs:
                    self._close(event, (is_buy, price))
                elif (is_buy, price) not in self._open:
                    self._start(event, is_buy=is_buy, price=price, mine=mine, theirs=theirs)
        self._before = row

    def _start(self, event: int, *, is_buy: bool, price: int, mine: int, theirs: int) -> None:
        kind = DifferenceKind.CHANGED if mine and theirs else DifferenceKind.GONE if mine else DifferenceKind.SURFACED
        self._open[is_buy, price] = Difference(
            first_event=event,
            until_event=0,
            is_buy=is_buy,
            price=price,
            rebuilt_size=mine,
            recorded_size=theirs,
            kind=kind,
            is_explained=self._before is not None and not in_view(self._before, price, is_buy=is_buy),
        )

    def _close(self, event: int, key: tuple[bool, int]) -> None:
        difference = self._open.pop(key, None)
        if difference is not None:
            self._done.append(replace(difference, until_event=event))

    def finish(self, event: int) -> tuple[Difference, ...]:
        """All differences in the order in which they began."""
        for key in list(self._open):
            self._close(event, key)
        return tuple(sorted(self._done, key=lambda d: (d.first_event, d.is_buy, d.price)))
