"""The optimal sweep of the usual market, fast: one lot at all venues, orders of any size, no charge per order.

The same shares as hts.router.sweep finds in general, for the order path. Nothing is built for levels that are not
reached, and the venues' next levels are a heap of plain integers, the cheapest first. A number in it is

    nano that a share costs at the level x 2**64 + (ppm not found there) x 2**42 + latency in us x 2**6 + place

so that of venues that cost the same the likelier, then the faster, then the first of the list is taken. The place in
the list is what leads from the number back to the venue. What is not usual is answered with None, and asked of the
general way.

tests/router/test_merge.py holds both ways against each other, and this one against an exhaustive solver.
"""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from typing import Any

from hts.model.enums import Phase, Side
from hts.model.routing import NANO, RouteRequest, VenueDepth
from hts.router.costs import taker_terms
from hts.router.eligible import exclusion

_BUY = Side.BUY  # a member of an enum is found eight times as fast under a name of its own
_CONTINUOUS = Phase.CONTINUOUS
_PPM = 1_000_000
_FAR_PX = 1 << 62  # beyond every price
_COST_AT, _MISS_AT, _DELAY_AT = 64, 42, 6  # bits
_PLACES = 1 << _DELAY_AT


class Part:
    """What is taken at one venue: shares, their cost in nano, and the price of the last of them."""

    __slots__ = ("cost_nano", "px", "qty", "venue")
    venue: VenueDepth
    qty: Any  # a Qty, and `px` a Px: to say so at each step of the merge would cost as much as the step
    cost_nano: int
    px: Any


class _Stand(Part):
    """A part that grows: the venue's levels, the next of them, and what a share costs at a price: a * px + b nano.

    `slope` and `base` give the heap's number of a price in the same way. `value` is price times shares so far.
    """

    __slots__ = ("a", "b", "base", "levels", "next_px", "next_qty", "slope", "value")
    levels: Iterator[tuple[int, int]]
    next_px: int
    next_qty: int
    a: int
    b: int
    slope: int
    base: int
    value: int


def usual_parts(request: RouteRequest, venues: Sequence[VenueDepth]) -> list[Part] | None:
    """The optimal parts, in the order of `venues`. None when the case is not usual, or is to be refused."""
    stands = _stands(request, venues)
    return _merged(request, stands) if stands else None


def _stands(request: RouteRequest, venues: Sequence[VenueDepth]) -> list[_Stand] | None:
    """The venues where something can be taken at once; None when the terms of one that is open are not usual."""
    is_buy, stale_ms, lot = request.side is _BUY, request.stale_ms, 0
    is_weighed = request.miss_ppb or request.delay_ppb_per_ms
    stands = []
    for venue in venues:
        bids, asks, phase = venue.bids, venue.asks, venue.phase
        is_offering = True
        if phase is _CONTINUOUS and bids and asks:  # the tests of `exclusion`, without the call
            if not venue.is_up or not venue.is_eligible or (stale_ms and venue.age_ms > stale_ms):
                continue
            if bids[0][0] >= asks[0][0]:
                continue
        elif exclusion(request, venue) is None:
            is_offering = phase.is_continuous and bool(asks if is_buy else bids)
        else:
            continue
        if venue.lot != lot:
            if lot:
                return None
            lot = venue.lot
        if not is_offering:
            continue
        costs = venue.costs
        if venue.order_qty_max or costs.per_order_nano:
            return None
        stand = _Stand()
        stand.venue = venue
        stand.levels = iter(asks if is_buy else bids)
        stand.qty = stand.value = 0
        if is_weighed:
            stand.a, stand.b = taker_terms(request, venue)
        elif is_buy:
            stand.a, stand.b = NANO + costs.taker_ppb, costs.per_share_nano
        else:
            stand.a, stand.b = costs.taker_ppb + costs.sell_tax_ppb - NANO, costs.per_share_nano
        stands.append(stand)
    return stands if 0 < lot <= request.qty and request.px >= 0 and len(stands) <= _PLACES else None


def _merged(request: RouteRequest, stands: list[_Stand]) -> list[Part] | None:
    """The cheapest level next, until the quantity is found or the limit is reached. None at a level of odd lots."""
    is_buy, lot = request.side is _BUY, stands[0].venue.lot
    limit = request.px or (_FAR_PX if is_buy else 0)
    end = (_FAR_PX + 1, 0) if is_buy else (-1, 0)
    left = request.qty if lot == 1 else request.qty // lot * lot
    heap = _heap(stands, is_buy=is_buy, limit=limit)
    while heap:
        stand = stands[heap[0] % _PLACES]
        qty = stand.next_qty
        if qty:
            if lot > 1 and qty % lot:
                return None
            px = stand.px = stand.next_px
            if qty >= left:
                stand.qty += left
                stand.value += left * px
                break
            left -= qty
            stand.qty += qty
            stand.value += qty * px
        px, stand.next_qty = next(stand.levels, end)
        if px > limit if is_buy else px < limit:
            heappop(heap)
        else:
            stand.next_px = px
            heapreplace(heap, stand.slope * px + stand.base)
    parts: list[Part] = []
    for stand in stands:
        if stand.qty:
            stand.cost_nano = stand.a * stand.value + stand.b * stand.qty
            parts.append(stand)
    return parts


def _heap(stands: list[_Stand], *, is_buy: bool, limit: int) -> list[int]:
    """The numbers of the best levels, those within the limit."""
    heap = []
    for place, stand in enumerate(stands):
        venue = stand.venue
        px, stand.next_qty = next(stand.levels)
        stand.next_px = px
        stand.slope = slope = stand.a << _COST_AT
        stand.base = base = (
            (stand.b << _COST_AT) + (_PPM - venue.fill_ppm << _MISS_AT) + (venue.latency_us << _DELAY_AT) + place
        )
        if px <= limit if is_buy else px >= limit:
            heap.append(slope * px + base)
    heapify(heap)
    return heap
