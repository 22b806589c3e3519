"""Tokyo's itayose: one price for all orders, found from the book as a whole.

A price qualifies when
    1  every market order executes,
    2  every sell below it and every buy above it executes,
    3  at the price itself one side executes fully (and the other as far as it goes).

What qualifies is one unbroken run of prices; the one nearest to the reference price (the last price, or the base price
before the first) is taken. That 1 and 2 leave no market order behind is what makes Tokyo different from Korea: where
market orders cannot all execute there is no price, and the special quote begins to look for one.
"""

from collections.abc import Sequence

from hts.model.instruments import TickTable
from hts.sim.call_book import CallBook, Uncross


def uncross(book: CallBook, ticks: TickTable, reference_px: int, *, low_px: int, high_px: int) -> Uncross | None:
    """The price within [low_px, high_px] at which the book executes, or None when no price there qualifies."""
    found = [px for px in _candidates(book, ticks, reference_px, low_px, high_px) if book.qualifies(px)]
    if not found:
        return None
    px = min(found, key=lambda at: (abs(at - reference_px), at))
    return Uncross(px, book.qty_at(px))


def _candidates(book: CallBook, ticks: TickTable, reference_px: int, low_px: int, high_px: int) -> Sequence[int]:
    """Prices that stand for every price of the range: between two quotes nothing changes but the distance."""
    marks = {low_px, high_px, ticks.floor(reference_px), ticks.ceil(reference_px)}
    for px in book.prices:
        marks |= {px, ticks.up(px), ticks.down(px)}
    return sorted(px for px in marks if low_px <= px <= high_px and px > 0)
