"""Where to rest: by what a resting share is worth at each venue.

A resting order at price p fills when the queue before it has traded. The venue's rate of trading at the touch against
the quantity in front of us gives the time to wait; the venues are weighed by what they can fill in the same time. A
maker fee or rebate decides between equal ones.
"""

from collections.abc import Sequence

from hts.model.enums import Side
from hts.model.routing import RouteRequest, VenueDepth
from hts.router.costs import maker_terms


def queue_before(side: Side, venue: VenueDepth, px: int) -> int:
    """Displayed quantity that trades before an order that joins at `px` now."""
    own = venue.bids if side is Side.BUY else venue.asks
    return sum(qty for at, qty in own if (at >= px if side is Side.BUY else at <= px))


def wait_ms(side: Side, venue: VenueDepth, px: int) -> int:
    """Expected wait until the queue before us has traded; very long where nothing trades."""
    if venue.queue_qty_per_s <= 0:
        return 1_000_000_000
    return queue_before(side, venue, px) * 1_000 // venue.queue_qty_per_s


def best_queue(request: RouteRequest, venues: Sequence[VenueDepth], px: int) -> VenueDepth:
    """The venue where an order at `px` is likely to fill first; then the cheapest, then the fastest."""
    assert venues, request

    def rank(venue: VenueDepth) -> tuple[int, int, int, str]:
        a, b = maker_terms(request.side, venue)
        return wait_ms(request.side, venue, px), a * px + b, venue.latency_us, venue.venue

    return min(venues, key=rank)


def spread_over(request: RouteRequest, venues: Sequence[VenueDepth], px: int, qty: int) -> dict[str, int]:
    """`qty` shared out so that the parts fill in about the same time: by rate of trading, in whole lots.

    A venue gets what it trades in the time that the fastest queue needs, the rest of a lot goes to the best queue.
    """
    weights = {venue.venue: venue.queue_qty_per_s + 1 for venue in venues}
    total = sum(weights.values())
    shares = {venue.venue: qty * weights[venue.venue] // total // venue.lot * venue.lot for venue in venues}
    left = qty - sum(shares.values())
    ranked = sorted(venues, key=lambda venue: (venue.lot, wait_ms(request.side, venue, px), venue.venue))
    first = best_queue(request, venues, px)
    for venue in (first, *ranked):
        more = left // venue.lot * venue.lot
        shares[venue.venue] += more
        left -= more
    return {name: share for name, share in shares.items() if share}
