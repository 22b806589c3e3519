"""Tokyo's closing auction: a price within a range around the last one, or a special execution at the range's end.

The range is the last price plus and minus two renewal widths, cut at the daily limits. Where the book executes outside
of it, it executes at the bound instead, as far as both sides have a lot there; market orders may then stay unfilled.
At a daily limit the shares are allocated by participant.
"""

from enum import Enum
from typing import NamedTuple

from hts.model.enums import Side
from hts.sim.call_book import CallBook
from hts.sim.tse.itayose import uncross
from hts.sim.tse.special_quote import QuoteTerms, step_from


class Kind(Enum):
    """How a closing price came about."""

    AUCTION = "auction"
    SPECIAL = "special"  # at the range's bound, by price and time
    LIMIT = "limit"  # at a daily limit, allocated by participant


class Close(NamedTuple):
    """The closing auction's execution."""

    px: int
    qty: int
    kind: Kind


def closing_range(terms: QuoteTerms, last_px: int) -> tuple[int, int]:
    """Lowest and highest closing price."""
    widths = terms.rule.closing_widths
    return step_from(terms, last_px, Side.SELL, widths), step_from(terms, last_px, Side.BUY, widths)


def closing_execution(book: CallBook, terms: QuoteTerms, last_px: int, lot: int) -> Close | None:
    """What executes at the close; None when nothing does."""
    low, high = closing_range(terms, last_px)
    found = uncross(book, terms.ticks, last_px, low_px=low, high_px=high)
    if found is not None:
        return Close(found.px, found.qty, Kind.AUCTION)
    side = book.pressure(low, high)
    if side is None:
        return None
    px = high if side is Side.BUY else low
    qty = book.qty_at(px)
    if qty < lot:
        return None
    return Close(px, qty, Kind.LIMIT if px in terms.limits else Kind.SPECIAL)
