"""The consolidated book, as far as a single order needs it: the best price, and how far an order would walk."""

from collections.abc import Iterable
from heapq import merge

from msgspec import Struct

from hts.model.enums import Side
from hts.model.quotes import BookUpdate

_PER_LEVEL = 4  # ask price, bid price, ask quantity, bid quantity


class Reach(Struct, frozen=True, kw_only=True):
    """What an order would meet in the shown levels of all venues: the worst price it would reach, and how much."""

    worst_px: int
    shown_qty: int


def levels(book: BookUpdate, side: Side) -> Iterable[tuple[int, int]]:
    """(price, quantity) of the resting `side`, best first."""
    px_at = 0 if side is Side.SELL else 1
    for level in range(0, len(book.levels), _PER_LEVEL):
        px, qty = book.levels[level + px_at], book.levels[level + px_at + 2]
        if px and qty:
            yield px, qty


def best_px(books: tuple[BookUpdate, ...], side: Side) -> int:
    """The best resting price of `side` at any venue; 0 when nothing rests."""
    best = 0
    at = 0 if side is Side.SELL else 1
    for book in books:
        px = book.levels[at]
        if px and (not best or (px - best) * side.sign > 0):
            best = px
    return best


def reach(books: tuple[BookUpdate, ...], side: Side, qty: int) -> Reach:
    """Walk a marketable order of `side` through the other side of all books, best prices first."""
    other = side.other
    merged = merge(*(levels(book, other) for book in books), key=lambda level: level[0] * side.sign)
    worst, shown = 0, 0
    for px, resting in merged:
        worst, shown = px, shown + resting
        if shown >= qty:
            break
    return Reach(worst_px=worst, shown_qty=shown)


def shown_within(books: tuple[BookUpdate, ...], side: Side, bound_px: int) -> int:
    """How much an order of `side` finds up to `bound_px`."""
    found = 0
    for book in books:
        for px, qty in levels(book, side.other):
            if (px - bound_px) * side.sign > 0:
                break
            found += qty
    return found
