"""The trader's own orders as the ladder shows them: one cell per side and price, changes asked for, place in the queue.

A change that the trader asked for (a drag to another price) is shown as *arriving* at the new price while the order
stays, *moving*, at the old one: it is there until the venue says otherwise. The ghost goes when the order's view shows
the new price, when the venue answered without it (PENDING_REPLACE came and went), when the core denied a request
before it took this one up, or when the order ended.

The place in the queue is an estimate. It starts with everything that stood at the price when the venue accepted the
order, shrinks with each trade at the price, and is never more than the published quantity less what is shown of our
own. Cancellations ahead of us cannot be told from those behind us and count as behind: the estimate errs to the long
side. The next piece of an order that shows a part stands at the end again. At a price that is not published nothing is
known (UNKNOWN), until it comes into the published levels.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import TypeVar

from msgspec import Struct

from hts.model.enums import OrdStatus, OrdType, Side
from hts.model.units import NO_ID, ClOrdID
from hts.model.views import OrderView

UNKNOWN = -1

Key = tuple[Side, int]
"""Side and price of a cell."""

C = TypeVar("C")


class OwnState(Enum):
    """What the venue knows of the quantity in a cell; the strongest one of its orders."""

    WORKING = "working"
    SENT = "sent"  # not yet accepted
    MOVING = "moving"  # here until the venue confirms the new price
    CANCELING = "canceling"
    ARRIVING = "arriving"  # asked for, not here yet


_STRENGTH = {state: i for i, state in enumerate(OwnState)}

STATE_OF = {
    OrdStatus.PENDING_NEW: OwnState.SENT,
    OrdStatus.NEW: OwnState.WORKING,
    OrdStatus.PARTIALLY_FILLED: OwnState.WORKING,
    OrdStatus.PENDING_CANCEL: OwnState.CANCELING,
    OrdStatus.PENDING_REPLACE: OwnState.MOVING,
}
"""Only these statuses leave something in the book."""


class OwnCell(Struct, frozen=True, kw_only=True):
    """The trader's orders of one side at one price.

    ahead: estimated shares before the first of them, or UNKNOWN.
    progress: permille of the queue that has gone since the order joined it.
    is_picked: keys act on one of them.
    """

    qty: int
    order_ids: tuple[ClOrdID, ...]
    state: OwnState
    ahead: int = UNKNOWN
    progress: int = 0
    is_picked: bool = False


class AskedAmend(Struct):
    """A replace request on its way."""

    px: int
    is_pending: bool = False  # the order's view has shown PENDING_REPLACE


class Place(Struct):
    """An order's estimated place in the queue of its price."""

    px: int
    side: Side
    ahead: int
    ahead_at_start: int


class OwnOrders:
    """All working orders of one symbol, the changes asked for, and their places in the queue."""

    def __init__(self, row_px: Callable[[Side, int], int] = lambda _side, px: px) -> None:
        """`row_px`: the ladder's row of a price of a side."""
        self._row_px = row_px
        self._orders: dict[ClOrdID, OrderView] = {}
        self._asked: dict[ClOrdID, AskedAmend] = {}
        self._places: dict[ClOrdID, Place] = {}
        self._picked = NO_ID

    def pick(self, order_id: ClOrdID) -> bool:
        """Mark the order that keys act on; whether that is another one than before."""
        changed, self._picked = order_id != self._picked, order_id
        return changed

    def order(self, order_id: ClOrdID) -> OrderView | None:
        """A working order by its first ClOrdID."""
        return self._orders.get(order_id)

    def asked(self, order_id: ClOrdID, px: int) -> None:
        """The trader asked for another price and the request is on its way."""
        if order_id in self._orders:
            self._asked[order_id] = AskedAmend(px=px)

    def on_order(self, view: OrderView, level_qty: int) -> None:
        """Take the order as the core knows it; `level_qty` is published at its price now, or UNKNOWN."""
        order_id = view.order_id
        self._settle(view)
        if view.ord_status not in STATE_OF:
            self.drop(order_id)
            return
        before, self._orders[order_id] = self._orders.get(order_id), view
        place = self._places.get(order_id)
        if place is not None and before is not None and pieces(view) > pieces(before):
            place.ahead = UNKNOWN
        at_venue = view.ord_status not in (OrdStatus.PENDING_NEW, OrdStatus.PENDING_REPLACE)
        if at_venue and view.px and (place is None or place.px != view.px):
            self._places[order_id] = Place(px=view.px, side=view.side, ahead=level_qty, ahead_at_start=level_qty)

    def drop(self, order_id: ClOrdID) -> None:
        """Nothing of the order is left."""
        for kept in (self._orders, self._places, self._asked):
            kept.pop(order_id, None)

    def on_refusal(self) -> None:
        """The core denied a request: no ghost stays that it has not taken up. The order itself never moved."""
        self._asked = {order_id: asked for order_id, asked in self._asked.items() if asked.is_pending}

    def on_trade(self, px: int, qty: int) -> None:
        """Shares traded at a price: the queues there are shorter by them."""
        for place in self._places.values():
            if place.px == px and place.ahead != UNKNOWN:
                place.ahead = max(0, place.ahead - qty)

    def on_levels(self, ask_qty: Mapping[int, int], bid_qty: Mapping[int, int]) -> None:
        """A new book: nobody stands behind more than is published."""
        for order_id, place in self._places.items():
            published = (bid_qty if place.side is Side.BUY else ask_qty).get(place.px)
            if published is None:
                continue
            others = max(0, published - shown_qty(self._orders[order_id]))
            if place.ahead == UNKNOWN:
                place.ahead = place.ahead_at_start = others
            place.ahead = min(place.ahead, others)

    def ahead(self, order_id: ClOrdID) -> int:
        """Estimated shares before an order at its price, or UNKNOWN."""
        place = self._places.get(order_id)
        return place.ahead if place is not None else UNKNOWN

    def cells(self) -> dict[Key, OwnCell]:
        """One cell per side and row, ghosts of asked changes included."""
        cells: dict[Key, OwnCell] = {}
        for order_id, view in self._orders.items():
            if view.ord_type is not OrdType.LIMIT:
                continue
            asked = self._asked.get(order_id)
            state = STATE_OF[view.ord_status] if asked is None else OwnState.MOVING
            self._add(cells, view, view.px, state)
            if asked is not None:
                self._add(cells, view, asked.px, OwnState.ARRIVING)
        return cells

    def __iter__(self) -> Iterator[OrderView]:
        return iter(self._orders.values())

    def __len__(self) -> int:
        return len(self._orders)

    def _add(self, cells: dict[Key, OwnCell], view: OrderView, px: int, state: OwnState) -> None:
        ahead, progress = UNKNOWN, 0
        place = self._places.get(view.order_id)
        if place is not None and place.px == px and state is not OwnState.ARRIVING:
            ahead = place.ahead
            start = place.ahead_at_start
            progress = 0 if ahead == UNKNOWN else 1000 - ahead * 1000 // start if start else 1000
        is_picked = view.order_id == self._picked
        key = view.side, self._row_px(view.side, px)
        before = cells.get(key)
        if before is None:
            cells[key] = OwnCell(
                qty=view.leaves_qty,
                order_ids=(view.order_id,),
                state=state,
                ahead=ahead,
                progress=progress,
                is_picked=is_picked,
            )
            return
        first = before if 0 <= before.ahead <= ahead or ahead < 0 else None
        cells[key] = OwnCell(
            qty=before.qty + view.leaves_qty,
            order_ids=(*before.order_ids, view.order_id),
            state=min(before.state, state, key=_STRENGTH.__getitem__),
            ahead=first.ahead if first else ahead,
            progress=first.progress if first else progress,
            is_picked=before.is_picked or is_picked,
        )

    def _settle(self, view: OrderView) -> None:
        asked = self._asked.get(view.order_id)
        if asked is None:
            return
        if view.ord_status is OrdStatus.PENDING_REPLACE:
            asked.is_pending = True
        elif asked.is_pending or view.px == asked.px or view.ord_status not in STATE_OF:
            del self._asked[view.order_id]


def shown_qty(view: OrderView) -> int:
    """How much of an order the book publishes: of one that shows a part, that part at most."""
    return min(view.leaves_qty, view.display_qty) if view.display_qty else view.leaves_qty


def pieces(view: OrderView) -> int:
    """How many pieces of an order that shows a part have traded whole; 0 of one that shows all."""
    return view.cum_qty // view.display_qty if view.display_qty else 0


def by_side(cells: Mapping[Key, C]) -> tuple[dict[int, C], dict[int, C]]:
    """Those of sales and those of purchases, by price."""
    sells = {px: cell for (side, px), cell in cells.items() if side is Side.SELL}
    return sells, {px: cell for (side, px), cell in cells.items() if side is Side.BUY}
