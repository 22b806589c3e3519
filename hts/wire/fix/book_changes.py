"""MarketDataIncrementalRefresh(X) of a book: what leads from one published book to the next, and back.

Entries are told by their price: Delete for one that is gone, New for one that was not there, Change for another
quantity. MDEntryPositionNo(290) is the level where a deleted entry stood before, and where any other stands after all
changes of the message.
"""

from collections.abc import Iterator
from typing import Final

from hts.base.errors import RemoteProtocolError
from hts.model.quotes import BOOK_DEPTH, BookUpdate
from hts.wire.fix.application import Application, Body, fields, need, read_qty, time
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.entries import BID, OFFER, PHASES, entry_ns, phase_text, read_phase

NEW: Final = "0"  # MDUpdateAction(279)
CHANGE: Final = "1"
DELETE: Final = "2"
_COLUMN: Final = {OFFER: 0, BID: 1}


class BookChanges(Application):
    """Builds and applies changes of one version."""

    def changes(self, req_id: str, before: BookUpdate, after: BookUpdate) -> Body:
        """What changed; a message without entries is not to be sent (`fields` is then empty)."""
        symbol = after.symbol
        day, clock = time(after.trade_ns).split(b"-", 1)
        session = [(272, day), (273, clock), (625, PHASES[after.phase][1]), (58, phase_text(after.phase))]
        entries = [
            [(279, action), (269, kind), (55, symbol), (270, self.px(symbol, px)), (271, qty), (290, place), *session]
            for kind in (BID, OFFER)
            for action, px, qty, place in _differences(levels(before, kind), levels(after, kind))
        ]
        if not entries:
            return Body(msg_type="X", fields=())
        return Body(msg_type="X", fields=(*fields([(262, req_id)]), *self.grouped("X", 268, entries)))

    def apply(self, message: FixMessage, book: BookUpdate) -> BookUpdate:
        """The book after the changes in a message. Raises RemoteProtocolError where they do not fit the book."""
        sides = {kind: dict(levels(book, kind)) for kind in (BID, OFFER)}
        trade_ns, phase = book.trade_ns, book.phase
        for entry in message.entries(268, self.group("X", 268)):
            kind = need(entry, 269)
            if kind not in sides or entry.text(55, book.symbol) != book.symbol:
                continue
            action, px = need(entry, 279), self.read_px(entry, 270, book.symbol)
            if action not in (NEW, CHANGE, DELETE):
                raise RemoteProtocolError(f"MDUpdateAction(279) 0, 1 or 2 expected, found {action}")
            if (px in sides[kind]) is (action == NEW):
                found = "one that is there" if action == NEW else "one that is not"
                raise RemoteProtocolError(f"MDUpdateAction(279) {action} of another price than {px}, found {found}")
            sides[kind].pop(px, None)
            if action != DELETE:
                sides[kind][px] = read_qty(entry, 271)
            trade_ns = entry_ns(entry) or trade_ns
            phase = read_phase(entry, phase)
        found_levels = _published(sides)
        asks, bids = sum(found_levels[2::4]), sum(found_levels[3::4])
        return BookUpdate(book.symbol, trade_ns, found_levels, asks, bids, 0, 0, phase, book.venue)


def levels(book: BookUpdate, kind: str) -> list[tuple[int, int]]:
    """Price and quantity of one side, the best first."""
    at = _COLUMN[kind]
    rows = ((book.levels[n + at], book.levels[n + 2 + at]) for n in range(0, 4 * BOOK_DEPTH, 4))
    return [(px, qty) for px, qty in rows if qty]


def _differences(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> Iterator[tuple[str, int, int | None, int]]:
    """Action, price, quantity, level."""
    old, new = dict(before), dict(after)
    for place, (px, _) in reversed(list(enumerate(before, 1))):
        if px not in new:
            yield DELETE, px, None, place
    for place, (px, qty) in enumerate(after, 1):
        if old.get(px) != qty:
            yield CHANGE if px in old else NEW, px, qty, place


def _published(sides: dict[str, dict[int, int]]) -> tuple[int, ...]:
    found = [0] * (4 * BOOK_DEPTH)
    for kind, side in sides.items():
        ordered = sorted(side.items(), reverse=kind == BID)[:BOOK_DEPTH]
        for level, (px, qty) in enumerate(ordered):
            at = 4 * level + _COLUMN[kind]
            found[at], found[at + 2] = px, qty
    return tuple(found)
