"""What the OUCH dialects share: echoed fields inside `request_id`, numbers for requests without a name, refusals.

An answer repeats fields of the order that mean nothing to the exchange (capacity, display, the client's reference).
They travel in the command's `request_id`, joined by "|", and come back in the events of the order, so that a restart
finds them in the log. A request that a dialect refuses has "!" and the venue's code in front, and an issue that does
not exist.
"""

from hts.model.enums import Side
from hts.model.units import ClOrdID, Qty
from hts.sim.commands import Enter
from hts.sim.events import OrderEvent
from hts.sim.native.book_flow import UNNAMED_FROM, order_ref
from hts.sim.native_names import REFUSED, SEPARATOR


def joined(*parts: str | int) -> str:
    """Echoed fields as one text; a separator inside a part is lost."""
    return SEPARATOR.join(str(part).replace(SEPARATOR, " ") for part in parts)


def split(request_id: str) -> list[str]:
    """The echoed fields."""
    return request_id.split(SEPARATOR)


class UnnamedIds:
    """Request ids beyond those that the wire can name, by session."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def take(self, session: str) -> ClOrdID:
        """The next one."""
        number = self._next.get(session, UNNAMED_FROM)
        self._next[session] = number + 1
        return ClOrdID(number)

    def use(self, session: str, number: int) -> None:
        """A request of before has used this id, if it is one of these."""
        if number >= UNNAMED_FROM:
            self._next[session] = max(self._next.get(session, 0), number + 1)


def refusal(session: str, cl_ord_id: ClOrdID, code: str | int, *echo: str | int, in_seq: int = 0) -> Enter:
    """A command that the exchange refuses, so that the venue's own code has its place in the log and the stream."""
    return Enter(
        session=session,
        cl_ord_id=cl_ord_id,
        in_seq=in_seq,
        request_id=REFUSED + joined(code, *echo),
        symbol="",
        side=Side.BUY,
        qty=Qty(1),
    )


def refused_code(request_id: str) -> str:
    """The code that a dialect put into a refusal; empty for the exchange's own."""
    return split(request_id)[0][len(REFUSED) :] if request_id.startswith(REFUSED) else ""


class NamedOrder:
    """An order as its member knows it: the newest name that the wire gave it, its terms, its echoed fields."""

    __slots__ = ("echo", "name", "px", "qty", "ref")

    def __init__(self, event: OrderEvent) -> None:
        self.ref = order_ref(event)
        self.name: int = event.cl_ord_id
        self.px: int = event.px
        self.qty: int = event.order_qty
        self.echo = split(event.request_id)


class OrderNames:
    """Orders by session and any of their names; filled by the events that members hear. `reduces` as in the feed."""

    def __init__(self, *, reduces: bool = True) -> None:
        self._reduces = reduces
        self._by_first: dict[tuple[str, int], NamedOrder] = {}
        self._first_of: dict[tuple[str, int], int] = {}

    def accepted(self, event: OrderEvent) -> NamedOrder:
        """A new order."""
        order = self._by_first[event.session, event.order_id] = NamedOrder(event)
        self._first_of[event.session, event.cl_ord_id] = event.order_id
        return order

    def amended(self, event: OrderEvent) -> tuple[NamedOrder, int, int]:
        """A changed order, its name and its quantity before the change."""
        order = self.of(event)
        before = (order.name, order.qty)
        if not self._reduces or event.px != order.px or event.order_qty > order.qty:
            order.ref = order_ref(event)  # the feed gives it the same new name
        order.px, order.qty = event.px, event.order_qty
        if event.cl_ord_id < UNNAMED_FROM:
            order.name = event.cl_ord_id
            self._first_of[event.session, event.cl_ord_id] = event.order_id
        return order, *before

    def of(self, event: OrderEvent) -> NamedOrder:
        """The order that an event is about."""
        return self._by_first[event.session, event.order_id]

    def find(self, session: str, name: int) -> NamedOrder | None:
        """The order that a request names."""
        return self._by_first.get((session, self._first_of.get((session, name), 0)))
