"""The trades of one issue that may still be broken: four numbers each, 32 bytes, in arrays by arrival.

A broken one keeps its place with the quantity 0, so that nothing moves. Numbers of matches and times that rise, which
is what a feed tells in the ordinary, are searched by halves; else the arrays are walked.
"""

from array import array
from bisect import bisect_left
from itertools import compress
from typing import Final, NamedTuple

PRINT_BYTES: Final = 32


class Print(NamedTuple):
    """One trade as it was told."""

    trade_ns: int
    px: int
    qty: int


class KeptPrints:
    """`qty`: what the kept trades that stand add up to."""

    __slots__ = ("_dropped", "_is_rising", "_match", "_ns", "_px", "_qty", "qty")

    def __init__(self) -> None:
        self._match = array("Q")
        self._ns = array("q")
        self._px = array("q")
        self._qty = array("q")
        self._is_rising = True
        self._dropped = (0, 0)  # the least and the greatest number of those that were let go
        self.qty = 0

    def __len__(self) -> int:
        """How many have a place, broken ones with them."""
        return len(self._match)

    def add(self, match: int, one: Print) -> None:
        """The newest."""
        if self._match and (match <= self._match[-1] or one.trade_ns < self._ns[-1]):
            self._is_rising = False
        self._match.append(match)
        self._ns.append(one.trade_ns)
        self._px.append(one.px)
        self._qty.append(one.qty)
        self.qty += one.qty

    def take(self, match: int) -> Print | None:
        """Strike out the oldest that stands under this number."""
        at = self._find(match)
        if at is None:
            return None
        gone = Print(self._ns[at], self._px[at], self._qty[at])
        self._qty[at] = 0
        self.qty -= gone.qty
        return gone

    def _find(self, match: int) -> int | None:
        matches, size = self._match, len(self._match)
        if not size:
            return None
        if self._is_rising:
            at = bisect_left(matches, match)
            return at if at < size and matches[at] == match and self._qty[at] else None
        return next((at for at, one in enumerate(matches) if one == match and self._qty[at]), None)

    def drop(self, count: int) -> None:
        """Let the oldest go, one or more."""
        least, greatest = self._dropped
        going = sorted(self._match[:count])
        self._dropped = (min(least or going[0], going[0]), max(greatest, going[-1]))
        self.qty -= sum(self._qty[:count])
        for numbers in (self._match, self._ns, self._px, self._qty):
            del numbers[:count]

    def may_have_dropped(self, match: int) -> bool:
        """Whether the number lies among those that were let go."""
        least, greatest = self._dropped
        return least <= match <= greatest

    def ends(self) -> tuple[int, int]:
        """The prices of the oldest and of the newest that stand; zeros for none."""
        first = next(compress(self._px, self._qty), 0)
        return first, next(compress(reversed(self._px), reversed(self._qty)), 0)

    def extremes(self) -> tuple[int, int]:
        """The highest and the lowest price of those that stand; zeros for none."""
        return max(compress(self._px, self._qty), default=0), min(compress(self._px, self._qty), default=0)

    def between(self, start_ns: int, end_ns: int) -> list[Print]:
        """Those of a span that stand, oldest first."""
        first, last = 0, len(self._ns)
        if self._is_rising:
            first, last = bisect_left(self._ns, start_ns), bisect_left(self._ns, end_ns)
        rows = zip(self._ns[first:last], self._px[first:last], self._qty[first:last], strict=True)
        return [Print(*row) for row in rows if row[2] and start_ns <= row[0] < end_ns]
