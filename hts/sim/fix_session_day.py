"""What the day's events left of one order session, for the messages that FIX clients hear."""

from collections.abc import Callable

from hts.sim.events import (
    CancelRefused,
    MassCanceled,
    OrderEvent,
    OrderStated,
    OrderTraded,
    SimEvent,
    TradeCorrected,
    TradeUndone,
)
from hts.sim.fix_names import FixNames, unpacked


class SessionDay:
    """What the day's events left of one session: names, orders as they stand, how much was told.

    `name_of` gives the client's name of a request out of its `request_id`; "": its number is its name.
    """

    def __init__(self, name_of: Callable[[str], str] = lambda request_id: unpacked(request_id)[0]) -> None:
        self.names = FixNames()
        self._name_of = name_of
        self.count = 0  # events so far
        self.orders: dict[int, OrderEvent] = {}  # newest event by the chain's first number
        self.chain: dict[int, int] = {}  # number of a request: the chain's first
        self.value: dict[int, int] = {}  # price times quantity of the fills, by the chain's first number
        self.stated: list[tuple[OrderStated, int]] = []  # of a mass status that has not ended
        self.status_names: dict[int, str] = {}

    def learn(self, event: SimEvent) -> None:
        """Names, orders and fills out of one private event."""
        self.count += 1
        if isinstance(event, CancelRefused | MassCanceled):
            self.names.learn(event.cl_ord_id, self._name_of(event.request_id))
        if not isinstance(event, OrderEvent) or isinstance(event, OrderStated):
            return
        if event.cl_ord_id == event.order_id or event.orig_cl_ord_id:
            self.names.learn(event.cl_ord_id, self._name_of(event.request_id))
        if isinstance(event, OrderTraded):
            self.value[event.order_id] = self.value.get(event.order_id, 0) + event.last_px * event.last_qty
        elif isinstance(event, TradeUndone):
            now = event.last_px * event.last_qty if isinstance(event, TradeCorrected) else 0
            self.value[event.order_id] = self.value.get(event.order_id, 0) + now - event.undone_px * event.undone_qty
        if event.venue_order_id:
            self.orders[event.order_id] = event
            self.chain[event.cl_ord_id] = event.order_id

    def order(self, cl_ord_id: str) -> OrderEvent | None:
        """The order that one of its names stands for."""
        return self.orders.get(self.chain.get(self.names.find(cl_ord_id), 0))
