"""Which parts of an order go where: one pure function from the request and the venues' depth to slices.

    decide    refuse what cannot be placed, take what the limit allows (optimal: hts.router.sweep), place the rest
    explain   what else was possible: each venue alone, and the plain rule; for the record, off the order path

A plan never asks for more than the request. Slices that take are IOC when the remainder is dealt with elsewhere, so
that nothing is left behind at a venue by accident.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.routing import (
    Remainder,
    RoutePlan,
    RouteRefusal,
    RouteRequest,
    Slice,
    Urgency,
    VenueDepth,
)
from hts.model.units import Px, Qty
from hts.model.wide import Wide
from hts.router.eligible import considered, exclusion, takeable
from hts.router.merge import Part, usual_parts
from hts.router.posting import best_queue, spread_over
from hts.router.simple import alone, simple_choice
from hts.router.sweep import are_lots_routable, best_parts
from hts.router.timing import holds

_SWEEP = Urgency.SWEEP  # a member of an enum is found eight times as fast under a name of its own
_IOC = TimeInForce.IOC


def decide(request: RouteRequest, venues: Sequence[VenueDepth]) -> RoutePlan:
    """The slices for an order. A refusal is a plan without slices."""
    if request.urgency is _SWEEP:
        parts = usual_parts(request, venues)
        if parts is not None:
            return _swept(request, venues, parts)
    open_venues = considered(request, venues)
    refusal = _refusal(request, venues, open_venues)
    if refusal is not None:
        return RoutePlan(refusal=refusal, unplaced_qty=max(request.qty, 0))
    if request.urgency is _SWEEP:
        return _swept(request, venues, best_parts(request, takeable(request, open_venues)))
    if request.urgency is Urgency.MIDPOINT:
        return _midpoint(request, open_venues)
    return _rest(request, open_venues, request.qty, ())


def explain(request: RouteRequest, venues: Sequence[VenueDepth], plan: RoutePlan) -> RoutePlan:
    """The same plan with its alternatives: each venue alone, and what the plain rule would have done."""
    usable = takeable(request, considered(request, venues))
    by_name = {venue.venue: venue for venue in usable}
    alternatives = tuple(
        alone(request, by_name.get(venue.venue, _without_book(venue)), exclusion(request, venue)) for venue in venues
    )
    chosen = simple_choice(request, usable)
    return replace(plan, alternatives=alternatives, simple=alone(request, chosen) if chosen else None)


def _refusal(request: RouteRequest, venues: Sequence[VenueDepth], usable: Sequence[VenueDepth]) -> RouteRefusal | None:
    if request.qty <= 0 or request.px < 0:
        return RouteRefusal.BAD_QTY
    if not venues:
        return RouteRefusal.NO_VENUE
    if not usable:
        return RouteRefusal.ALL_EXCLUDED
    lots = {venue.lot for venue in usable}
    if (len(lots) > 1 and not are_lots_routable(usable)) or request.qty < min(lots):
        return RouteRefusal.BAD_LOT
    return None


def _swept(request: RouteRequest, venues: Sequence[VenueDepth], parts: Sequence[Part]) -> RoutePlan:
    """The plan that takes these parts: IOC limit orders, and what is left dealt with as the request says.

    A slice's limit is the worst price that its part reaches: a book that moves away costs no more.
    """
    waits = holds([part.venue.latency_us for part in parts], request.jitter_us_max, request.seed)
    taken = cost_nano = 0
    slices = []
    for part, wait_us in zip(parts, waits, strict=True):
        qty, cost = part.qty, part.cost_nano
        taken += qty
        cost_nano += cost
        slices.append(
            Slice(
                venue=part.venue.venue, qty=qty, px=part.px, time_in_force=_IOC, hold_us=wait_us, cost_nano=Wide(cost)
            )
        )  # fmt: skip
    left = request.qty - taken
    if left > 0 and request.remainder is Remainder.POST:
        open_venues = considered(request, venues)
        if _resting_px(request, open_venues):
            plan = _rest(request, open_venues, left, tuple(slices))
            return replace(plan, taken_qty=taken, cost_nano=Wide(cost_nano))
    if not slices:
        return RoutePlan(refusal=RouteRefusal.NOTHING_WITHIN_LIMIT, unplaced_qty=request.qty)
    return RoutePlan(slices=tuple(slices), taken_qty=taken, cost_nano=Wide(cost_nano), unplaced_qty=left)


def _resting_px(request: RouteRequest, venues: Sequence[VenueDepth]) -> int:
    """Where a rest would stand: at the limit; without a limit at the own side's best price anywhere, 0 if none."""
    if request.px:
        return request.px
    own = [side[0][0] for venue in venues if (side := venue.bids if request.side is Side.BUY else venue.asks)]
    if not own:
        return 0
    return max(own) if request.side is Side.BUY else min(own)


def _rest(request: RouteRequest, venues: Sequence[VenueDepth], qty: int, before: tuple[Slice, ...]) -> RoutePlan:
    """Limit orders that stand in the book, by urgency at one venue or spread over all."""
    px = _resting_px(request, venues)
    if not px:
        refusal = None if before else RouteRefusal.NOTHING_WITHIN_LIMIT
        return RoutePlan(slices=before, unplaced_qty=qty, refusal=refusal)
    if request.urgency is Urgency.POST and len(venues) > 1:
        shares = spread_over(request, venues, px, qty)
    else:
        fitting = [venue for venue in venues if venue.lot <= qty]
        if not fitting:
            return RoutePlan(slices=before, unplaced_qty=qty, refusal=None if before else RouteRefusal.BAD_LOT)
        venue = best_queue(request, fitting, px)
        shares = {venue.venue: qty // venue.lot * venue.lot}
    resting = tuple(Slice(venue=name, qty=Qty(share), px=Px(px)) for name, share in shares.items())
    return RoutePlan(slices=(*before, *resting), unplaced_qty=qty - sum(shares.values()))


def _midpoint(request: RouteRequest, venues: Sequence[VenueDepth]) -> RoutePlan:
    offering = [venue for venue in venues if venue.has_midpoint and venue.phase.is_continuous]
    offering = [venue for venue in offering if venue.lot <= request.qty]
    if not offering:
        return _rest(request, venues, request.qty, ())
    venue = best_queue(request, offering, _resting_px(request, offering) or 1)
    qty = request.qty // venue.lot * venue.lot
    part = Slice(venue=venue.venue, qty=Qty(qty), px=Px(request.px), ord_type=OrdType.MIDPOINT)
    return RoutePlan(slices=(part,), unplaced_qty=request.qty - qty)


def _without_book(venue: VenueDepth) -> VenueDepth:
    return replace(venue, bids=(), asks=())
