"""Special quotes (tokubetsu kehai): how Tokyo walks to a price that is too far away.

When the itayose price lies more than one renewal width from the last price (or none qualifies because market orders
cannot all execute), nothing trades: a special quote is shown one width away on the side that pushes, and moves by one
more width every three minutes until the book executes within it. At a daily limit it stays and is a limit quote.

The width is that of the price from which it is measured. A quote that would fall off the grid is moved back towards
the price it came from, so that no step is wider than its width.
"""

from typing import NamedTuple, Union

from hts.model.enums import Side
from hts.model.instruments import TickTable
from hts.rules.dates import NS
from hts.rules.jp_prices import QuoteRule
from hts.rules.krx_limits import PriceLimits
from hts.sim.call_book import CallBook, Uncross
from hts.sim.tse.itayose import uncross


class SpecialQuote(NamedTuple):
    """Shown at `px` since the newest step; `next_ns` is when it moves on. At a daily limit it does not."""

    side: Side
    px: int
    next_ns: int
    is_limit: bool = False


Outcome = Union[Uncross, SpecialQuote, None]


class QuoteTerms(NamedTuple):
    """What holds for an issue on a day."""

    ticks: TickTable
    limits: PriceLimits
    rule: QuoteRule


def next_outcome(book: CallBook, terms: QuoteTerms, last_px: int, shown: SpecialQuote | None, now_ns: int) -> Outcome:
    """What the book does now: it executes, it shows a special quote (the same, moved on, or a first one), or nothing.

    Call it at the opening, with every order that comes while a quote is shown, and at `next_ns`.
    """
    reference_px = shown.px if shown else last_px
    low, high = bounds(terms, last_px, shown)
    found = uncross(book, terms.ticks, reference_px, low_px=low, high_px=high)
    if found is not None:
        return found
    side = book.pressure(low, high)
    if side is None:
        return None
    if shown is None or shown.side is not side:
        return quote_from(terms, last_px, side, now_ns)
    if shown.is_limit or now_ns < shown.next_ns:
        return shown
    moved = quote_from(terms, shown.px, side, shown.next_ns)
    low, high = bounds(terms, last_px, moved)
    # What the quote reaches now executes; a quote is only shown where the book does not.
    return uncross(book, terms.ticks, moved.px, low_px=low, high_px=high) or moved


def quote_from(terms: QuoteTerms, from_px: int, side: Side, since_ns: int) -> SpecialQuote:
    """A quote one width from a price, within the daily limits."""
    px = step_from(terms, from_px, side)
    is_limit = px == (terms.limits.upper_px if side is Side.BUY else terms.limits.lower_px)
    return SpecialQuote(side, px, since_ns + terms.rule.special_s * NS, is_limit)


def step_from(terms: QuoteTerms, from_px: int, side: Side, widths: int = 1) -> int:
    """The price so many widths away, on the grid and within the daily limits."""
    width = terms.rule.width_at(from_px) * widths
    if side is Side.BUY:
        return min(terms.ticks.floor(from_px + width), terms.limits.upper_px)
    return max(terms.ticks.ceil(max(from_px - width, 1)), terms.limits.lower_px)


def bounds(terms: QuoteTerms, last_px: int, shown: SpecialQuote | None) -> tuple[int, int]:
    """Where the book may execute: one width around the last price, and as far as the quote shown reaches."""
    low, high = step_from(terms, last_px, Side.SELL), step_from(terms, last_px, Side.BUY)
    if shown is None:
        return low, high
    return (low, max(high, shown.px)) if shown.side is Side.BUY else (min(low, shown.px), high)
