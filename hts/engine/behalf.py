"""What can be asked of another system's orders: to be cancelled, by the drop copy's line where its session may.

Everything else about them is their own system's business: they are not amended, and not the newest order of anybody's.
"""

from collections.abc import Iterable

from hts.engine.core import Core
from hts.model.denials import Denial, Rule
from hts.model.requests import CancelOnBehalf, OrderCancelRequest
from hts.model.units import ClOrdID
from hts.model.views import LinkState
from hts.oms.order import Order


def reaches_others(core: Core, venue: str) -> bool:
    """Whether cancels of other systems' orders may be sent there now."""
    found = core.venues.get(venue)
    return found is not None and found.copies.may_cancel and found.copies.state is LinkState.UP


def reaches(core: Core, order: Order) -> bool:
    """Whether a cancel of this order may be sent now."""
    return reaches_others(core, order.venue) if order.system else core.is_up(order.venue)


def foreign_denial(core: Core, order: Order) -> Denial | None:
    """Why another system's order cannot be cancelled from here; None when it can."""
    if reaches_others(core, order.venue):
        return None
    found = core.venues.get(order.venue)
    is_offered = found is not None and found.copies.may_cancel
    return Denial(rule=Rule.FOREIGN_LINE if is_offered else Rule.FOREIGN, detail=order.system)


def left_ones(orders: Iterable[Order]) -> str:
    """How a notice names orders that go on: how many, and whose."""
    names = [order.system for order in orders]
    return f"{len(names)} ({', '.join(sorted(set(names)))})"


def cancel_request(order: Order, cl_ord_id: ClOrdID, request_id: str) -> OrderCancelRequest | CancelOnBehalf:
    """The cancel of an order, in the words of the line that reaches it."""
    if order.system:
        return CancelOnBehalf(
            cl_ord_id=cl_ord_id,
            system=order.system,
            venue_order_id=order.venue_order_id,
            account=order.account,
            symbol=order.symbol,
            side=order.side,
        )
    return OrderCancelRequest(
        cl_ord_id=cl_ord_id,
        orig_cl_ord_id=order.cl_ord_id,
        request_id=request_id,
        account=order.account,
        symbol=order.symbol,
        side=order.side,
    )
