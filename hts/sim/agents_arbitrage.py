"""Who trades the same issue at two venues when one bids more than the other asks.

Both venues' crowds follow the same efficient price, but each in its own time; this one ties the books together.
"""

from msgspec import Struct

from hts.model.enums import Side
from hts.model.quotes import BookUpdate

EVERY_NS = 250_000_000  # how often the books are compared
SHARE = 0.6  # of what stands at the touch that is taken at once


class Leg(Struct, frozen=True, kw_only=True):
    """One order of a pair. `is_first`: at the first of the two venues."""

    is_first: bool
    side: Side
    px: int
    qty: int


def legs(first: BookUpdate, second: BookUpdate, lot: int) -> tuple[Leg, ...]:
    """Buy where it is cheaper, sell where it is dearer; nothing while the books do not cross each other."""
    if not (first.phase.is_continuous and second.phase.is_continuous):
        return ()
    for buys_at_first, cheap, dear in ((True, first, second), (False, second, first)):
        ask_px, _, ask_qty, _ = cheap.levels[:4]
        _, bid_px, _, bid_qty = dear.levels[:4]
        if not ask_px or bid_px <= ask_px:
            continue
        qty = int(min(ask_qty, bid_qty) * SHARE) // lot * lot
        if qty <= 0:
            return ()
        return (
            Leg(is_first=buys_at_first, side=Side.BUY, px=ask_px, qty=qty),
            Leg(is_first=not buys_at_first, side=Side.SELL, px=bid_px, qty=qty),
        )
    return ()
