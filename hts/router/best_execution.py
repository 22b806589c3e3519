"""Best execution: what the chosen way cost against the ways that were not taken, per order and per day.

Slippage is measured from the arrival price: the best counter price of the usable venues when the order was decided.
All savings are of a complete order: what a venue alone could not have filled is reckoned at the worst price that the
plan itself reached, in favour of that venue.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from hts.model.enums import LastLiquidityInd, Side
from hts.model.routing import NANO, ChildFill, RouteRecord, VenueCost
from hts.router.eligible import best_px, considered, takeable

_QTY_BY: Final = {
    LastLiquidityInd.ADDED: "added_qty",
    LastLiquidityInd.REMOVED: "removed_qty",
    LastLiquidityInd.AUCTION: "auction_qty",
}
_SUMS: Final = ("orders", "asked_qty", "filled_qty", "value", "costs", "fees", *_QTY_BY.values())


class Execution(Struct, frozen=True, kw_only=True):
    """One order, judged. Money in the currency's smallest unit, slippage in hundredths of a basis point.

    `saved_best_single` and `saved_simple` compare what the plan would pay from the books that were seen.
    """

    order_id: int
    account: str
    symbol: str
    side: Side
    trade_ns: int
    qty: int
    filled_qty: int
    value: int
    costs: int
    arrival_px: int
    slippage_cbp: int
    saved_best_single: int
    saved_simple: int
    by_venue: Mapping[str, int]
    fees_by_venue: Mapping[str, int] = {}


class VenueStatistics(Struct, frozen=True, kw_only=True):
    """One venue's day: shares and value that traded there, what was asked for and found, and what was charged.

    `added_qty`, `removed_qty`, `auction_qty`: shares that rested, took, or traded in an auction; others did not tell.
    """

    venue: str
    orders: int
    asked_qty: int
    filled_qty: int
    value: int
    costs: int
    fees: int = 0
    added_qty: int = 0
    removed_qty: int = 0
    auction_qty: int = 0

    @property
    def fee_cbp(self) -> int:
        """Fees on the value, in hundredths of a basis point, cut."""
        return self.fees * 1_000_000 // self.value if self.value else 0

    @property
    def fill_rate_bp(self) -> int:
        """Filled of asked, in basis points."""
        return self.filled_qty * 10_000 // self.asked_qty if self.asked_qty else 0


def judge(records: Sequence[RouteRecord], fills: Iterable[ChildFill]) -> tuple[Execution, ...]:
    """Every routed order of the records, oldest first; later decisions for the same order count to the first one."""
    first: dict[int, RouteRecord] = {}
    for record in records:
        first.setdefault(record.order_id, record)
    by_order: dict[int, list[ChildFill]] = {order_id: [] for order_id in first}
    for fill in fills:
        if fill.order_id in by_order:
            by_order[fill.order_id].append(fill)
    return tuple(_execution(record, by_order[order_id]) for order_id, record in first.items())


def saving_nano(record: RouteRecord, other: VenueCost | None) -> int:
    """What the plan's marketable part saves against doing it at one venue; 0 when there is no such venue.

    Less found there is not a saving: the missing shares are reckoned at the dearest slice of the plan.
    """
    plan = record.plan
    if other is None or not plan.taken_qty:
        return 0
    taking = [part for part in plan.slices if part.cost_nano]
    dearest = max(-(-part.cost_nano // part.qty) for part in taking)
    missing = max(plan.taken_qty - other.qty, 0)
    cost = other.cost_nano if other.qty <= plan.taken_qty else other.cost_nano * plan.taken_qty // other.qty
    return cost + missing * dearest - plan.cost_nano


def saved_best_single_nano(record: RouteRecord) -> int:
    """What the plan saves against the best single venue; 0 where none could take anything."""
    alternatives = [one for one in record.plan.alternatives if one.excluded is None and one.qty]
    return min((saving_nano(record, one) for one in alternatives), default=0)


def arrival_px(record: RouteRecord) -> int:
    """The best counter price among the usable venues; 0 when nobody offered."""
    request = record.request
    best = [best_px(request.side, v) for v in takeable(request, considered(request, record.seen))]
    if not best:
        return 0
    return min(best) if request.side is Side.BUY else max(best)


def venue_statistics(records: Iterable[RouteRecord], fills: Iterable[ChildFill]) -> tuple[VenueStatistics, ...]:
    """The day by venue, in the order of the names."""
    found: dict[str, Counter[str]] = {}
    for record in records:
        for part in record.plan.slices:
            found.setdefault(part.venue, Counter()).update(orders=1, asked_qty=part.qty)
    for fill in fills:
        row = found.setdefault(fill.venue, Counter())
        row.update(filled_qty=fill.qty, value=fill.value or fill.px * fill.qty, costs=fill.cost, fees=fill.fee)
        if fill.liquidity in _QTY_BY:
            row[_QTY_BY[fill.liquidity]] += fill.qty
    return tuple(VenueStatistics(venue=name, **{key: row[key] for key in _SUMS}) for name, row in sorted(found.items()))


def _execution(record: RouteRecord, fills: Sequence[ChildFill]) -> Execution:
    value = sum(fill.px * fill.qty for fill in fills)
    qty = sum(fill.qty for fill in fills)
    arrival = arrival_px(record)
    by_venue: Counter[str] = Counter()
    fees: Counter[str] = Counter()
    for fill in fills:
        by_venue[fill.venue] += fill.qty
        fees[fill.venue] += fill.fee
    return Execution(
        order_id=record.order_id,
        account=record.account,
        symbol=record.symbol,
        side=record.request.side,
        trade_ns=record.trade_ns,
        qty=record.request.qty,
        filled_qty=qty,
        value=value,
        costs=sum(fill.cost for fill in fills),
        arrival_px=arrival,
        slippage_cbp=_slippage_cbp(record.request.side, value, qty, arrival),
        saved_best_single=saved_best_single_nano(record) // NANO,
        saved_simple=saving_nano(record, record.plan.simple) // NANO,
        by_venue=dict(by_venue),
        fees_by_venue=dict(fees),
    )


def _slippage_cbp(side: Side, value: int, qty: int, arrival: int) -> int:
    """How much worse than the arrival price, in hundredths of a basis point; negative is better."""
    if not qty or not arrival:
        return 0
    return side.sign * (value - arrival * qty) * 1_000_000 // (arrival * qty)
