"""Another system's orders under a kill switch: each of them is being cancelled, where the drop copy's line reaches it.

At the very moment of the stop this holds for all that the core knows. What comes later, becomes reachable later, or was
refused to be cancelled, the core finds with its status, once a second.
"""

from typing import Final

from hts.engine.behalf import reaches_others
from hts.engine.core import Core
from hts.engine.recovery import STATUS_PERIOD_NS
from hts.lab.steps import Violate
from hts.model.units import ClOrdID

PATIENCE_NS: Final = STATUS_PERIOD_NS + 200_000_000  # a disk may hold the core's clock back for a moment


class Others:
    """What a stop has let work on, and since when."""

    def __init__(self) -> None:
        self._since_ns: dict[ClOrdID, int] = {}

    def begin(self) -> None:
        """Another process, with a clock of its own."""
        self._since_ns.clear()

    def check(self, violate: Violate, core: Core, now_ns: int, *, is_stop: bool) -> None:
        """After a write at the core's `now_ns`; `is_stop`: the kill switch went on with it."""
        left = self._left(core)
        self._since_ns = {order_id: self._since_ns.get(order_id, now_ns) for order_id in left}
        for order_id, since_ns in self._since_ns.items():
            if is_stop or now_ns - since_ns > PATIENCE_NS:
                violate(f"order {order_id} of another system works on under the kill switch")

    def _left(self, core: Core) -> list[ClOrdID]:
        guards = core.state.guards
        if core.is_halted or not core.is_ready or not any(guard.is_killed for guard in guards.halted):
            return []
        return [
            order.order_id
            for order in core.state.orders.all_working()
            if order.system
            and not order.has_pending_cancel
            and guards.account(order.account).is_killed
            and reaches_others(core, order.venue)
        ]
