"""Which venues may be considered at all, and why the others may not."""

from collections.abc import Sequence

from hts.model.enums import Side
from hts.model.routing import Exclusion, RouteRequest, VenueDepth
from hts.router.costs import levels_of


def exclusion(request: RouteRequest, venue: VenueDepth) -> Exclusion | None:
    """Why this venue gets no part of the order; None when it may."""
    if not venue.is_up:
        return Exclusion.DOWN
    if not venue.is_eligible:
        return Exclusion.NOT_ELIGIBLE
    if not venue.phase.takes_orders:
        return Exclusion.PHASE
    if request.stale_ms and venue.age_ms > request.stale_ms:
        return Exclusion.STALE
    if venue.phase.is_continuous and venue.bids and venue.asks and venue.bids[0][0] >= venue.asks[0][0]:
        return Exclusion.CROSSED
    return None


def considered(request: RouteRequest, venues: Sequence[VenueDepth]) -> list[VenueDepth]:
    """The venues that may get a part."""
    return [venue for venue in venues if exclusion(request, venue) is None]


def takeable(request: RouteRequest, venues: Sequence[VenueDepth]) -> list[VenueDepth]:
    """Those where something can be taken at once: continuous trading, and a level on the other side.

    Levels without quantity are no offers; a venue that shows nothing else is left out.
    """
    is_buy = request.side is Side.BUY
    return [
        venue
        for venue in venues
        if (levels := venue.asks if is_buy else venue.bids)
        and venue.phase.is_continuous
        and (levels[0][1] or any(qty for _, qty in levels))
    ]


def best_px(side: Side, venue: VenueDepth) -> int:
    """The best price of the other side that has a quantity; 0 when there is none."""
    return next((px for px, qty in levels_of(side, venue) if qty), 0)
