"""Which venues may be considered at all, and why the others may not."""

from collections.abc import Sequence

from msgspec.structs import replace

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

    Levels without quantity are no offers; a book that carries them is passed on without them.
    """
    found = []
    for venue in venues:
        levels = levels_of(request.side, venue)
        if not levels or not venue.phase.is_continuous:
            continue
        if all(qty > 0 for _, qty in levels):
            found.append(venue)
            continue
        kept = tuple(level for level in levels if level[1] > 0)
        if kept:
            found.append(_with_levels(request.side, venue, kept))
    return found


def _with_levels(side: Side, venue: VenueDepth, levels: tuple[tuple[int, int], ...]) -> VenueDepth:
    return replace(venue, asks=levels) if side is Side.BUY else replace(venue, bids=levels)
