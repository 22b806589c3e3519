"""One book of all venues that trade an issue: quantities added per price, and who has how much.

A venue publishes so many levels and no more: a price that lies deeper than one venue publishes counts what the others
publish there. Two venues' books may cross each other; nothing is taken out, since both are really there.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from hts.model.quotes import BookUpdate, TradeUpdate


class Level(Struct, frozen=True):
    """Quantity of all venues at a price; `parts` names each venue that has some, in the order of the books."""

    px: int
    qty: int
    parts: tuple[tuple[str, int], ...]

    def qty_elsewhere(self, home: str) -> int:
        """What stands at other venues than `home`."""
        return sum(qty for venue, qty in self.parts if venue != home)


class CombinedBook(Struct, frozen=True, kw_only=True):
    """Levels best first, as many as there are prices."""

    asks: tuple[Level, ...]
    bids: tuple[Level, ...]


def combine(books: Sequence[BookUpdate]) -> CombinedBook:
    """The venues' books of one issue added per price."""
    asks = _levels((book.venue, book.levels[0::4], book.levels[2::4]) for book in books)
    bids = _levels((book.venue, book.levels[1::4], book.levels[3::4]) for book in books)
    return CombinedBook(
        asks=tuple(sorted(asks, key=lambda level: level.px)),
        bids=tuple(sorted(bids, key=lambda level: -level.px)),
    )


def _levels(sides: Iterable[tuple[str, Sequence[int], Sequence[int]]]) -> list[Level]:
    parts: dict[int, list[tuple[str, int]]] = {}
    for venue, prices, quantities in sides:
        for px, qty in zip(prices, quantities, strict=True):
            if px and qty:
                parts.setdefault(px, []).append((venue, qty))
    return [Level(px, sum(qty for _, qty in of_px), tuple(of_px)) for px, of_px in parts.items()]


def as_update(book: CombinedBook, books: Sequence[BookUpdate]) -> BookUpdate:
    """The combined book as a ladder takes it, with as many levels as it has.

    Phase and expected price are those of the first venue that takes orders, else of the first one.
    """
    lead = next((one for one in books if one.phase.takes_orders), books[0])
    levels: list[int] = []
    for i in range(max(len(book.asks), len(book.bids))):
        ask = book.asks[i] if i < len(book.asks) else None
        bid = book.bids[i] if i < len(book.bids) else None
        levels += [ask.px if ask else 0, bid.px if bid else 0, ask.qty if ask else 0, bid.qty if bid else 0]
    return replace(
        lead,
        trade_ns=max(one.trade_ns for one in books),
        levels=tuple(levels) or (0, 0, 0, 0),
        total_ask_qty=sum(one.total_ask_qty for one in books),
        total_bid_qty=sum(one.total_bid_qty for one in books),
    )


def with_day(trade: TradeUpdate, newest: Sequence[TradeUpdate]) -> TradeUpdate:
    """A trade with the day's figures of all venues; `newest` has each venue's newest trade, the home's first."""
    assert newest, trade
    return replace(
        trade,
        open_px=newest[0].open_px,
        high_px=max(one.high_px for one in newest),
        low_px=min(one.low_px for one in newest),
        cum_qty=sum(one.cum_qty for one in newest),
        cum_value=sum(one.cum_value for one in newest),
    )
