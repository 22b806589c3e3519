"""How much to take at which venue: the cheapest way to take as much as the limit allows, exactly.

Theory of operation. First as many shares as possible, then the least total cost (hts.router.costs). Within a venue the
book is taken from the best level down, in whole lots, so the cost of n lots is convex in n: each further lot costs at
least as much as the one before. Sums of convex functions are minimised by always taking the cheapest next lot: a merge
of the venues' ladders. Two things break convexity and are dealt with around that merge:

lots      Two lots may occur, the bigger a multiple of the smaller. What is left of the quantity modulo the bigger lot
          can only come from the venues with the smaller one: it is taken there first. The rest of those venues is
          offered in chunks of the bigger lot, and the merge goes on in bigger lots.
per order A charge for each order that trades makes using a venue at all a decision. Every subset of the venues that
          charge it is tried; there are few.

This is the general way. The usual market, where neither occurs, goes a shorter one on the order path
(hts.router.merge). tests/router/test_sweep.py holds this against an exhaustive solver.
"""

from collections.abc import Iterator, Sequence
from heapq import heapify, heapreplace
from itertools import combinations

from hts.model.routing import RouteRequest, VenueDepth
from hts.model.units import Px, Qty
from hts.router.costs import is_within, levels_of, taker_terms
from hts.router.merge import Part

Run = tuple[int, int]
"""(cost of one lot in nano, number of lots): a stretch of a venue's ladder with one marginal cost."""

Take = dict[str, int]
"""Shares by venue."""


def best_parts(request: RouteRequest, venues: Sequence[VenueDepth]) -> list[Part]:
    """The optimal shares by venue with what they cost, in the order of `venues`. Raises ValueError as `best_take`."""
    take = best_take(request, venues)
    return [_part(request, venue, take[venue.venue]) for venue in venues if take.get(venue.venue)]


def best_take(request: RouteRequest, venues: Sequence[VenueDepth]) -> Take:
    """The optimal shares by venue; at most `request.qty` together, and nothing outside of the limit.

    Raises ValueError when the lots of the venues do not fit (`are_lots_routable`).
    """
    charged = [venue for venue in venues if venue.costs.per_order_nano]
    if not charged:
        return _take(request, venues)
    free = [venue for venue in venues if not venue.costs.per_order_nano]
    best: tuple[int, int] | None = None
    found: Take = {}
    for count in range(len(charged) + 1):
        for chosen in combinations(charged, count):
            take = _take(request, [*free, *chosen])
            key = (-sum(take.values()), cost_of(request, venues, take))
            if best is None or key < best:
                best, found = key, take
    return found


def cost_of(request: RouteRequest, venues: Sequence[VenueDepth], take: Take) -> int:
    """Total cost in nano of taking these shares from the displayed books, charges per order included."""
    return sum(_part(request, venue, take[venue.venue]).cost_nano for venue in venues if take.get(venue.venue))


def _part(request: RouteRequest, venue: VenueDepth, qty: int) -> Part:
    """`qty` shares off one displayed book, the charge per order included."""
    a, b = taker_terms(request, venue)
    left, total, reach = qty, venue.costs.per_order_nano, 0
    for px, shown in levels_of(request.side, venue):
        share = min(shown, left)
        total += share * (a * px + b)
        left -= share
        reach = px
        if not left:
            break
    assert not left, (venue.venue, left)
    part = Part()
    part.venue, part.qty, part.cost_nano, part.px = venue, Qty(qty), total, Px(reach)
    return part


def are_lots_routable(venues: Sequence[VenueDepth]) -> bool:
    """At most two different lots, the bigger a multiple of the smaller."""
    lots = sorted({venue.lot for venue in venues})
    return len(lots) == 1 or not lots or (len(lots) == 2 and lots[1] % lots[0] == 0)


def _take(request: RouteRequest, venues: Sequence[VenueDepth]) -> Take:
    small = min((venue.lot for venue in venues), default=1)
    big = max((venue.lot for venue in venues), default=1)
    if small == big:
        return _merge(request, venues, small, request.qty)
    if not are_lots_routable(venues):
        raise ValueError(f"two lots, one a multiple of the other, expected; found {sorted({v.lot for v in venues})}")
    return _two_lots(request, venues, small, big)


def _merge(request: RouteRequest, venues: Sequence[VenueDepth], lot: int, qty: int) -> Take:
    """The cheapest `qty` shares (rounded down to a lot) of venues with one lot; ties go to the likelier, faster one."""
    take: Take = {}
    wanted = qty // lot
    if wanted <= 0:
        return take
    heap: list[tuple[int, int, int, Iterator[Run], str]] = []
    ranked = sorted(venues, key=_preference)
    for rank, venue in enumerate(ranked):
        runs = _runs(request, venue, lot)
        first = next(runs, None)
        if first is not None:
            heap.append((first[0], rank, first[1], runs, venue.venue))
    heapify(heap)
    while heap:
        _, rank, chunks, runs, name = heap[0]
        used = min(chunks, wanted)
        take[name] = take.get(name, 0) + used * lot
        wanted -= used
        if not wanted:
            break
        following = next(runs, None)
        if following is None:
            heap[0] = heap[-1]
            heap.pop()
            heapify(heap)
        else:
            heapreplace(heap, (following[0], rank, following[1], runs, name))
    return take


def _preference(venue: VenueDepth) -> tuple[int, int]:
    """Of venues that cost the same: the likelier, then the faster, then (a stable sort) the first of the list."""
    return -venue.fill_ppm, venue.latency_us


def _runs(request: RouteRequest, venue: VenueDepth, lot: int) -> Iterator[Run]:
    """The venue's ladder in whole lots. A lot that lies across levels is a run of its own."""
    side, limit = request.side, request.px
    a, b = taker_terms(request, venue)
    room = venue.order_qty_max // lot if venue.order_qty_max else -1
    part_qty = part_cost = 0
    for px, shown_qty in levels_of(side, venue):
        if not is_within(side, px, limit) or room == 0:
            return
        unit, used = a * px + b, 0
        if part_qty:
            used = min(shown_qty, lot - part_qty)
            part_qty += used
            part_cost += used * unit
            if part_qty < lot:
                continue
            yield part_cost, 1
            room -= 1
            part_qty = part_cost = 0
        chunks, rest = divmod(shown_qty - used, lot)
        if room >= 0:
            chunks = min(chunks, room)
        if chunks:
            yield unit * lot, chunks
            room -= chunks if room > 0 else 0
        part_qty, part_cost = rest, rest * unit


def _two_lots(request: RouteRequest, venues: Sequence[VenueDepth], small: int, big: int) -> Take:
    """Fix what only the small lot can supply, then merge in big lots."""
    fine = _pieces(request, venues, small)
    coarse = _pieces(request, venues, big)
    depth_fine = small * sum(count for _, _, count, _ in fine)
    depth = depth_fine + big * sum(count for _, _, count, _ in coarse)
    residue = request.qty % big // small * small
    if depth <= request.qty or depth_fine <= residue:
        left = request.qty - depth_fine
        return _add(_cheapest(fine, depth_fine // small), _cheapest(coarse, max(left, 0) // big))
    take = _cheapest(fine, residue // small)
    chunks = [*coarse, *_chunked(fine, residue // small, small, big // small)]
    return _add(take, _cheapest(sorted(chunks, key=_by_cost), (request.qty - residue) // big))


Piece = tuple[int, int, int, tuple[tuple[str, int], ...]]
"""(cost of one chunk, rank, number of chunks, the shares of each venue in one chunk)."""


def _by_cost(piece: Piece) -> tuple[int, int]:
    return piece[0], piece[1]


def _pieces(request: RouteRequest, venues: Sequence[VenueDepth], lot: int) -> list[Piece]:
    """The ladders of all venues with this lot as one, cheapest first."""
    ranked = sorted(venues, key=_preference)
    pieces = [
        (cost, rank, count, ((venue.venue, lot),))
        for rank, venue in enumerate(ranked)
        if venue.lot == lot
        for cost, count in _runs(request, venue, lot)
    ]
    return sorted(pieces, key=_by_cost)


def _cheapest(pieces: Sequence[Piece], chunks: int) -> Take:
    """The first `chunks` chunks of a sorted ladder."""
    take: Take = {}
    for _, _, count, parts in pieces:
        used = min(count, chunks)
        if not used:
            break
        for name, shares in parts:
            take[name] = take.get(name, 0) + used * shares
        chunks -= used
    return take


def _chunked(pieces: Sequence[Piece], skip: int, lot: int, per_chunk: int) -> list[Piece]:
    """A sorted ladder without its first `skip` lots, in chunks of `per_chunk` lots; an incomplete last one is lost."""
    chunks: list[Piece] = []
    cost_part, parts, got = 0, Take(), 0
    for cost, rank, lots, names in pieces:
        count = lots
        gone = min(skip, count)
        skip -= gone
        count -= gone
        if got and count:
            used = min(per_chunk - got, count)
            cost_part, parts, got = cost_part + used * cost, _add(parts, {names[0][0]: used * lot}), got + used
            count -= used
            if got < per_chunk:
                continue
            chunks.append((cost_part, rank, 1, tuple(parts.items())))
        whole, got = divmod(count, per_chunk)
        if whole:
            chunks.append((cost * per_chunk, rank, whole, ((names[0][0], lot * per_chunk),)))
        cost_part, parts = got * cost, {names[0][0]: got * lot} if got else {}
    return chunks


def _add(one: Take, other: Take) -> Take:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
