"""Nasdaq's opening and closing cross: the price, and the imbalance message (NOII) before it.

The cross price (Rules 4752 and 4754), each step among what the one before leaves:
    1  most shares execute,
    2  the smallest imbalance remains,
    3  a price at which entered shares of the bigger side remain unexecuted,
    4  nearest to the reference (the middle of the best bid and offer; the last price where a side is empty).
The price is then held within a collar around the reference.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from hts.model.instruments import TickTable
from hts.sim.call_book import CallBook, Uncross

VARIATIONS = ((Fraction(30, 100), "C"), (Fraction(20, 100), "B"), (Fraction(10, 100), "A"))


class Imbalance(NamedTuple):
    """NOII: what the cross would do now. Prices are 0 where there is none."""

    paired: int
    imbalance: int
    direction: str  # B, S, N, or O for too few orders
    far_px: int
    near_px: int
    reference_px: int
    variation: str


def cross_price(book: CallBook, ticks: TickTable, reference_px: int, *, low_px: int, high_px: int) -> Uncross | None:
    """Price and quantity of the cross within the collar; None when nothing pairs."""
    prices = _candidates(book, ticks, reference_px, low_px, high_px)
    best = max((book.qty_at(px) for px in prices), default=0)
    if best == 0:
        return None
    found = [px for px in prices if book.qty_at(px) == best]
    least = min(abs(_gap(book, px)) for px in found)
    found = [px for px in found if abs(_gap(book, px)) == least]
    unexecuted = [px for px in found if px in _surplus_prices(book, px)]
    px = min(unexecuted or found, key=lambda at: (abs(at - reference_px), at))
    return Uncross(px, best)


def collar(reference_px: int, ratio: Fraction, floor_px: int) -> tuple[int, int]:
    """Bounds of the cross around a reference price: a share of it, at least `floor_px`."""
    width = max(reference_px * ratio.numerator // ratio.denominator, floor_px)
    return max(reference_px - width, 1), reference_px + width


def imbalance(
    cross_only: CallBook, whole: CallBook, ticks: TickTable, *, best_bid: int, best_ask: int, last_px: int
) -> Imbalance:
    """The imbalance message. `cross_only`: on-open or on-close orders alone; `whole`: with the continuous book."""
    middle = (best_bid + best_ask) // 2 if best_bid and best_ask else last_px
    low, high = (best_bid, best_ask) if best_bid and best_ask else (last_px, last_px)
    inside = cross_price(whole, ticks, middle, low_px=low, high_px=high)
    reference_px = inside.px if inside else (ticks.floor(middle) or last_px)
    everywhere = (1, max([*whole.prices, last_px]) * 2)
    far = cross_price(cross_only, ticks, middle, low_px=everywhere[0], high_px=everywhere[1])
    near = cross_price(whole, ticks, middle, low_px=everywhere[0], high_px=everywhere[1])
    gap = _gap(whole, reference_px)
    direction = "B" if gap > 0 else "S" if gap < 0 else "N"
    if not cross_only.bid_total and not cross_only.ask_total:
        direction = "O"
    return Imbalance(
        paired=whole.qty_at(reference_px),
        imbalance=abs(gap),
        direction=direction,
        far_px=far.px if far else 0,
        near_px=near.px if near else 0,
        reference_px=reference_px,
        variation=variation(near.px if near else 0, reference_px),
    )


def variation(near_px: int, reference_px: int) -> str:
    """The letter for how far the near price is from the reference."""
    if not near_px or not reference_px:
        return " "
    away = Fraction(abs(near_px - reference_px), reference_px)
    for ratio, letter in VARIATIONS:
        if away >= ratio:
            return letter
    percent = int(away * 100)
    return str(percent) if percent else "L"


def _gap(book: CallBook, px: int) -> int:
    return book.demand(px) - book.supply(px)


def _candidates(book: CallBook, ticks: TickTable, reference_px: int, low_px: int, high_px: int) -> list[int]:
    marks: set[int] = {low_px, high_px, ticks.floor(reference_px), ticks.ceil(reference_px)}
    marks.update(_around(book.prices, ticks))
    return sorted(px for px in marks if max(low_px, 1) <= px <= high_px)


def _surplus_prices(book: CallBook, px: int) -> list[int]:
    """Prices of the orders on the side that is too big at `px`."""
    gap = _gap(book, px)
    return book.bid_prices if gap > 0 else book.ask_prices if gap < 0 else []


def _around(prices: Iterable[int], ticks: TickTable) -> Iterable[int]:
    for px in prices:
        yield px
        yield ticks.up(px)
        yield ticks.down(px)
