"""Working an order through children: what to send next, from the parent and its children as they stand.

Theory of operation. There is no memory in here. The core's orders are the truth: what children have filled, what may
still trade at a venue (a child whose cancel is on its way may still fill), and so what is free to be placed. The same
question after a restart gives the same answer.

    at risk = leaves of every child that is not done         free = qty - filled - at risk

It is negative when a child that was over has filled after all: then what works is taken back.
Free quantity is placed by hts.router.plan. A child is taken back when its venue stops trading the issue, or when a
counter order elsewhere has come within the limit and the child's quantity is needed to take it.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from hts.model.routing import (
    CancelChild,
    ChildState,
    ParentState,
    RoutePlan,
    RouteRequest,
    Slice,
    Urgency,
    VenueDepth,
)
from hts.router.eligible import considered, exclusion, takeable
from hts.router.plan import decide
from hts.router.sweep import are_lots_routable, best_take

ROUNDS_MAX = 50  # a parent that was placed so often and never filled goes round in circles

Action = Slice | CancelChild


def filled_qty(children: Sequence[ChildState]) -> int:
    """Shares that the parent has."""
    return sum(child.cum_qty for child in children)


def at_risk_qty(children: Sequence[ChildState]) -> int:
    """Shares that may still trade."""
    return sum(child.leaves_qty for child in children if not child.is_done)


class Step(Struct, frozen=True, kw_only=True):
    """What to do now: take children back, and place `request` as `plan` says."""

    cancels: tuple[CancelChild, ...] = ()
    request: RouteRequest | None = None
    plan: RoutePlan = RoutePlan()

    @property
    def actions(self) -> tuple[Action, ...]:
        """All of it, in order."""
        return (*self.cancels, *self.plan.slices)


def next_step(parent: ParentState, children: Sequence[ChildState], venues: Sequence[VenueDepth]) -> Step:
    """What to do now; empty when the parent waits for its children, or is over."""
    working = [child for child in children if not child.is_done]
    free = parent.request.qty - filled_qty(children) - at_risk_qty(children)
    if parent.is_ending or free < 0:
        return Step(cancels=tuple(_cancel(child, "ending") for child in working if not child.is_pending))
    usable = _without_refusers(venues, children)
    cancels = _leave_dead_venues(parent.request, working, venues)
    if not cancels:
        cancels = _for_better_price(parent.request, working, usable, free)
    if free == 0 or parent.rounds >= ROUNDS_MAX:
        return Step(cancels=tuple(cancels))
    request = replace(parent.request, qty=free, seed=parent.request.seed + parent.rounds)
    plan = decide(request, usable)
    assert plan.placed_qty <= free, (parent.order_id, plan.placed_qty, free)
    return Step(cancels=tuple(cancels), request=request, plan=plan)


def is_over(parent: ParentState, children: Sequence[ChildState]) -> bool:
    """Nothing of the parent can trade any more."""
    if at_risk_qty(children):
        return False
    return parent.is_ending or filled_qty(children) >= parent.request.qty or parent.rounds >= ROUNDS_MAX


def _without_refusers(venues: Sequence[VenueDepth], children: Sequence[ChildState]) -> list[VenueDepth]:
    """A venue that rejected a child of this order is not asked again; the others are."""
    refusers = {child.venue for child in children if child.was_rejected}
    return [venue for venue in venues if venue.venue not in refusers]


def _leave_dead_venues(
    request: RouteRequest, working: Sequence[ChildState], venues: Sequence[VenueDepth]
) -> list[CancelChild]:
    """Children at venues that trade no more: a halt or the session's end. A venue that is down cannot be asked."""
    dead = {venue.venue for venue in venues if venue.is_up and exclusion(request, venue) is not None}
    return [_cancel(child, "venue_stopped") for child in working if child.venue in dead and not child.is_pending]


def _for_better_price(
    request: RouteRequest, working: Sequence[ChildState], venues: Sequence[VenueDepth], free: int
) -> list[CancelChild]:
    """Resting children give way when their quantity could be taken elsewhere within the limit now."""
    if request.urgency is not Urgency.SWEEP or not request.px:
        return []
    resting = [child for child in working if child.rests and not child.is_pending]
    offering = takeable(request, considered(request, venues))
    if not resting or not offering or not are_lots_routable(offering):
        return []
    wanted = sum(child.leaves_qty for child in resting)
    take = best_take(replace(request, qty=wanted + free), offering)
    need = sum(take.values()) - free
    cancels = []
    for child in sorted(resting, key=lambda child: (take.get(child.venue, 0), child.cl_ord_id)):
        if need <= 0:
            break
        if take.get(child.venue, 0) and len(take) == 1:
            continue  # the offer is at the child's own venue: it is about to trade with it
        cancels.append(_cancel(child, "better_price"))
        need -= child.leaves_qty
    return cancels


def _cancel(child: ChildState, cause: str) -> CancelChild:
    return CancelChild(cl_ord_id=child.cl_ord_id, cause=f"route.cancel.{cause}")
