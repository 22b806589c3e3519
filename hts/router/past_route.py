"""A routing decision of the past, judged: what the chosen way saves against the ways that were not taken."""

from msgspec.structs import replace

from hts.model.past_fills import PastRoute
from hts.model.routing import NANO, RouteRecord
from hts.model.units import Px, Qty
from hts.router.best_execution import arrival_px, saving_nano
from hts.router.plan import explain


def past_route(record: RouteRecord, trade_date: int, currency: str) -> PastRoute:
    """Of one decision; what was saved is in steps of the price, as the router weighs.

    The alternatives are not in the journal: they follow from the books that were seen.
    """
    told = replace(record, plan=explain(record.request, record.seen, record.plan))
    able = [one for one in told.plan.alternatives if one.excluded is None and one.qty]
    asked: dict[str, int] = {}
    for part in record.plan.slices:
        asked[part.venue] = asked.get(part.venue, 0) + part.qty
    # Of venues that are as good the one that was used is named.
    best = min(able, key=lambda one: (saving_nano(told, one), one.venue not in asked), default=None)
    return PastRoute(
        work_id=record.order_id,
        account=record.account,
        symbol=record.symbol,
        side=record.request.side,
        trade_ns=record.trade_ns,
        trade_date=trade_date,
        currency=currency,
        qty=Qty(record.request.qty),
        arrival_px=Px(arrival_px(record)),
        best_single=best.venue if best is not None else "",
        saved_best_single=saving_nano(told, best) // NANO,
        saved_simple=saving_nano(told, told.plan.simple) // NANO,
        asked=tuple((venue, Qty(qty)) for venue, qty in asked.items()),
    )
