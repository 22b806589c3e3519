"""The protected quote: odd lots trade and are shown on the feed, but do not make a best price alone."""

from collections.abc import Iterable


def protected_px(levels: Iterable[tuple[int, int]], round_lot: int) -> int:
    """The best price at which the orders from the best one on add up to a round lot; 0 when they never do.

    `levels`: (price, quantity) from the best price on. Odd lots count at the least aggressive price among them.
    """
    total = 0
    for px, qty in levels:
        total += qty
        if total >= round_lot:
            return px
    return 0
