"""All orders of the core: found by any ClOrdID of their chain, counted where they work.

The container holds values of `oms.order` and decides nothing: `put` replaces the value of an order and keeps the
indexes true. Working orders stand per account, symbol and side in the order in which they were entered.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from hts.model.enums import OrdType, Side
from hts.model.units import ClOrdID, ExecID, Notional, Px, Qty, VenueOrderID
from hts.oms.order import Booked, Order
from hts.oms.unsaid import Unsaid

_Place = tuple[str, str, Side]
Place = tuple[str, Side, int]
"""Venue, side, price."""


class Orders:
    """Orders by chain, working sets, shares left per side, and the fills that were booked."""

    def __init__(self) -> None:
        self._orders: dict[ClOrdID, Order] = {}
        self._chain: dict[ClOrdID, ClOrdID] = {}
        self._working: dict[str, dict[ClOrdID, None]] = {}
        self._open_qty: dict[_Place, int] = {}
        self._booked: dict[tuple[str, ExecID], Booked] = {}
        self.unsaid: dict[tuple[str, ExecID], Unsaid] = {}  # by what took a trade back and our session did not tell
        self._shown: dict[str, dict[Place, int]] = {}
        self.shown_changes = 0  # counts whenever what venues show of ours changes

    def __len__(self) -> int:
        return len(self._orders)

    def __iter__(self) -> Iterator[Order]:
        """All orders in the order in which they became known."""
        return iter(self._orders.values())

    def get(self, order_id: ClOrdID) -> Order:
        """The order named by its first ClOrdID."""
        return self._orders[order_id]

    def find(self, cl_ord_id: ClOrdID) -> Order | None:
        """The order that this ClOrdID belongs to: its own, or one of a request about it."""
        order_id = self._chain.get(cl_ord_id)
        return self._orders[order_id] if order_id is not None else None

    def put(self, order: Order) -> None:
        """Replace the value of an order, or add it."""
        order_id = order.order_id
        old = self._orders.get(order_id)
        self._orders[order_id] = order
        if old is None or old.pending is not order.pending or old.cl_ord_id != order.cl_ord_id:
            self._link(order)
        place = (order.account, order.symbol, order.side)
        change = order.leaves_qty - (old.leaves_qty if old else 0)
        if change:
            open_qty = self._open_qty.get(place, 0) + change
            assert open_qty >= 0, (place, open_qty)
            self._open_qty[place] = open_qty
        self._show(order, old)
        working = self._working.setdefault(order.account, {})
        if order.is_working:
            working.setdefault(order_id)
        else:
            working.pop(order_id, None)

    def _show(self, order: Order, old: Order | None) -> None:
        """Keep what venues show of our orders; asked for at each decision, so it is not counted anew each time."""
        before, after = _shown(old) if old is not None else None, _shown(order)
        if before == after:
            return
        self.shown_changes += 1
        sizes = self._shown.setdefault(order.symbol, {})
        for shown, sign in ((before, -1), (after, 1)):
            if shown is not None:
                place, qty = shown
                left = sizes.get(place, 0) + sign * qty
                assert left >= 0, (place, left)
                if left:
                    sizes[place] = left
                else:
                    sizes.pop(place, None)

    def shown(self, symbol: str) -> Mapping[Place, int]:
        """What venues show of our working orders of an issue: of an iceberg its shown part, nothing without a price."""
        return self._shown.get(symbol, {})

    def _link(self, order: Order) -> None:
        self._chain[order.order_id] = order.order_id
        self._chain[order.cl_ord_id] = order.order_id
        for request in order.pending:
            self._chain[request.cl_ord_id] = order.order_id

    def link(self, cl_ord_id: ClOrdID, order_id: ClOrdID) -> None:
        """A request of a lost journal tail belongs to this order."""
        self._chain.setdefault(cl_ord_id, order_id)

    def working(
        self, account: str, symbol: str = "", side: Side | None = None, venue: str = "", *, all_systems: bool = False
    ) -> list[Order]:
        """The account's working orders, oldest first; of one symbol, one side and one venue when given.

        Those that another system entered are left out unless asked for.
        """
        orders = (self._orders[order_id] for order_id in self._working.get(account, ()))
        return [
            order
            for order in orders
            if (all_systems or not order.system)
            and (not symbol or order.symbol == symbol)
            and (side is None or order.side is side)
            and (not venue or order.venue == venue)
        ]

    def all_working(self, venue: str = "") -> list[Order]:
        """Working orders of every account, oldest first; of one venue when given."""
        ids = sorted(order_id for working in self._working.values() for order_id in working)
        orders = (self._orders[order_id] for order_id in ids)
        return [order for order in orders if not venue or order.venue == venue]

    def working_count(self, account: str) -> int:
        """How many orders of the account work."""
        return len(self._working.get(account, ()))

    def open_qty(self, account: str, symbol: str, side: Side) -> Qty:
        """Shares left in working orders of one side."""
        return Qty(self._open_qty.get((account, symbol, side), 0))

    # -- fills that were booked

    def booked(self, venue: str, exec_id: ExecID) -> Booked | None:
        """What was booked under this ExecID today; None for an unknown one, and for one that was taken back."""
        found = self._booked.get((venue, exec_id))
        return found if found is not None and found.qty else None

    def booked_like(self, order_id: ClOrdID, px: Px, qty: Qty) -> ExecID | None:
        """The oldest fill of today of an order at this price and of this size that was not taken back."""
        wanted = (order_id, px, qty)
        return next(
            (exec_id for (_, exec_id), one in self._booked.items() if (one.order_id, one.px, one.qty) == wanted), None
        )

    def has_exec_id(self, venue: str, exec_id: ExecID) -> bool:
        """Whether a fill, a correction or a bust with this ExecID was booked today."""
        return (venue, exec_id) in self._booked

    def book(self, venue: str, exec_id: ExecID, booked: Booked) -> None:
        """A fill was booked, or a bust (quantity 0)."""
        assert (venue, exec_id) not in self._booked, (venue, exec_id)
        self._booked[venue, exec_id] = booked

    def charge(self, venue: str, exec_id: ExecID, fee: Notional, tax: Notional) -> None:
        """A fill is charged something else than when it came."""
        known = self._booked.get((venue, exec_id))
        if known is not None:
            self._booked[venue, exec_id] = replace(known, fee=fee, tax=tax)

    def take_back(self, venue: str, exec_id: ExecID) -> None:
        """A fill was busted or corrected: it can be neither again. One of an earlier day is not known here."""
        known = self._booked.get((venue, exec_id))
        if known is not None:
            self._booked[venue, exec_id] = Booked(order_id=known.order_id, px=known.px, qty=Qty(0))

    @property
    def exec_ids(self) -> list[tuple[str, ExecID]]:
        """All ExecIDs of today, sorted."""
        return sorted(self._booked)

    def all_booked(self) -> list[tuple[str, ExecID, Booked]]:
        """All that was booked today, by venue and ExecID."""
        return [(venue, exec_id, booked) for (venue, exec_id), booked in sorted(self._booked.items())]

    def kept(self, venue: str) -> list[Order]:
        """The venue's orders that are over and still known, in the order in which they became known."""
        return [order for order in self if order.venue == venue and not order.is_working]

    def start_day(self, venue: str, counted: AbstractSet[ClOrdID] = frozenset()) -> None:
        """The venue's ExecIDs and OrderIDs begin again, and what was over there before the day is only in the journal.

        What is still `counted` stays, without the OrderID, which another order gets today.
        """
        self._booked = {one: booked for one, booked in self._booked.items() if one[0] != venue}
        self.unsaid = {one: unsaid for one, unsaid in self.unsaid.items() if one[0] != venue}
        over = {order.order_id for order in self.kept(venue)}
        gone = over - counted
        for order_id in over & counted:
            self._orders[order_id] = replace(self._orders[order_id], venue_order_id=VenueOrderID(0))
        self._orders = {order_id: order for order_id, order in self._orders.items() if order_id not in gone}
        self._chain = {one: order_id for one, order_id in self._chain.items() if order_id not in gone}


def _shown(order: Order) -> tuple[Place, int] | None:
    if not order.is_working or not order.venue_order_id or order.ord_type is OrdType.MARKET:
        return None
    qty = min(order.leaves_qty, order.display_qty) if order.display_qty else order.leaves_qty
    return (order.venue, order.side, int(order.px)), int(qty)
