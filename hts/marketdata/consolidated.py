"""One book over several venues: what an order could trade with, and where.

Theory of operation. A venue's book counts when an order sent there now would trade by price and time: the venue is
reachable, its line speaks, the issue may trade there today, and it is in a continuous phase. A book of a call auction
is left out: its sides may cross, and nothing in it can be taken. What is left out is named with the reason, so that a
person can see why a venue is missing.

Own orders are taken out of the published sizes: they are no liquidity for us, and a price that only we quote is no
price. Levels of the same price are added up; each says how much stands at which venue, in the order of the venues.

Nothing is kept: the view is built from the newest books when it is asked for, so it cannot drift.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from hts.model.enums import Phase, Side
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.model.units import Px, Qty

OwnSizes = Mapping[tuple[str, Side, int], int]
"""Shares of own working orders: (venue, side, price) -> quantity."""


class LeftOut(Enum):
    """Why a venue's book does not count."""

    VENUE_DOWN = "venue_down"
    STALE = "stale"  # its line is silent, or waits for a snapshot
    NOT_ELIGIBLE = "not_eligible"  # the issue does not trade there today
    PHASE = "phase"  # nothing trades by price and time now
    NO_BOOK = "no_book"


class Source(Struct, frozen=True, kw_only=True):
    """One venue's book of an issue with what decides whether it counts."""

    venue: str
    book: BookUpdate | None
    phase: Phase
    is_up: bool = True
    is_live: bool = True
    is_eligible: bool = True

    @property
    def left_out(self) -> LeftOut | None:
        """The first reason that holds; None when the book counts."""
        if not self.is_eligible:
            return LeftOut.NOT_ELIGIBLE
        if not self.is_up:
            return LeftOut.VENUE_DOWN
        if not self.is_live:
            return LeftOut.STALE
        if not self.phase.is_continuous:
            return LeftOut.PHASE
        return LeftOut.NO_BOOK if self.book is None else None


class Level(Struct, frozen=True, kw_only=True):
    """One price. `parts` says how much of `qty` stands at which venue."""

    px: Px
    qty: Qty
    parts: tuple[tuple[str, Qty], ...]


class ConsolidatedBook(Struct, frozen=True, kw_only=True):
    """Best levels first. `left_out` names the venues whose books do not count, and why."""

    symbol: str
    asks: tuple[Level, ...]
    bids: tuple[Level, ...]
    venues: tuple[str, ...]
    left_out: tuple[tuple[str, LeftOut], ...]

    @property
    def best_ask(self) -> Px:
        """0 when there is none."""
        return self.asks[0].px if self.asks else Px(0)

    @property
    def best_bid(self) -> Px:
        """0 when there is none."""
        return self.bids[0].px if self.bids else Px(0)

    @property
    def is_crossed(self) -> bool:
        """Whether one venue's bid is above another's ask: a chance, or a stale book."""
        return bool(self.asks) and bool(self.bids) and self.best_bid > self.best_ask

    def levels(self, side: Side) -> tuple[Level, ...]:
        """What an order of this side would trade with."""
        return self.asks if side is Side.BUY else self.bids


NO_OWN: Final[OwnSizes] = {}


def consolidate(symbol: str, sources: Iterable[Source], own: OwnSizes = NO_OWN) -> ConsolidatedBook:
    """The view of one issue. `sources` come in the order of the venues."""
    counted: list[tuple[str, BookUpdate]] = []
    left_out: list[tuple[str, LeftOut]] = []
    for source in sources:
        why = source.left_out
        if why is not None or source.book is None:
            left_out.append((source.venue, why or LeftOut.NO_BOOK))
        else:
            counted.append((source.venue, source.book))
    return ConsolidatedBook(
        symbol=symbol,
        asks=_side(counted, Side.SELL, own),
        bids=_side(counted, Side.BUY, own),
        venues=tuple(venue for venue, _ in counted),
        left_out=tuple(left_out),
    )


def _side(books: list[tuple[str, BookUpdate]], side: Side, own: OwnSizes) -> tuple[Level, ...]:
    first = 1 if side is Side.BUY else 0
    found: dict[int, list[tuple[str, Qty]]] = {}
    for venue, book in books:
        levels = book.levels
        for at in range(first, 4 * BOOK_DEPTH, 4):
            px, qty = levels[at], levels[at + 2]
            if not px:
                break
            left = qty - own.get((venue, side, px), 0) if own else qty
            if left > 0:
                found.setdefault(px, []).append((venue, Qty(left)))
    return tuple(
        Level(px=Px(px), qty=Qty(sum(qty for _, qty in found[px])), parts=tuple(found[px]))
        for px in sorted(found, reverse=side is Side.BUY)
    )
