"""The plain rule: best price, then best price with the fee, then the fastest line; the whole order to one venue.

It is what a router without depth does. The best-execution record tells what the plan saves against it.
"""

from collections.abc import Sequence

from hts.model.enums import Side
from hts.model.routing import Exclusion, RouteRequest, VenueCost, VenueDepth
from hts.model.wide import Wide
from hts.router.costs import taker_terms
from hts.router.eligible import best_px
from hts.router.sweep import best_take, cost_of


def simple_choice(request: RouteRequest, venues: Sequence[VenueDepth]) -> VenueDepth | None:
    """The plain rule's venue; None when nobody shows the other side."""
    offering = [venue for venue in venues if best_px(request.side, venue)]
    if not offering:
        return None

    def rank(venue: VenueDepth) -> tuple[int, int, int, str]:
        px = best_px(request.side, venue)
        a, b = taker_terms(request, venue)
        return (px if request.side is Side.BUY else -px), a * px + b, venue.latency_us, venue.venue

    return min(offering, key=rank)


def alone(request: RouteRequest, venue: VenueDepth, excluded: Exclusion | None = None) -> VenueCost:
    """What the order would find at this venue alone, and for how much."""
    if excluded is not None:
        return VenueCost(venue=venue.venue, qty=0, cost_nano=Wide(0), excluded=excluded)
    take = best_take(request, (venue,))
    return VenueCost(venue=venue.venue, qty=sum(take.values()), cost_nano=Wide(cost_of(request, (venue,), take)))
