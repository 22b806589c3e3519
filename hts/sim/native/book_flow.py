"""The engine's news by order, with the names that a feed gives to orders.

Theory of operation. The engine tells what each shown order does (BookOrderAdded, Executed, Reduced, Deleted). A feed
needs a little more: a name of its own for each order (`ref`), which changes when the order loses its place; an amend
told as one replacement instead of a delete and an add; the price that the order has beside the one at which it traded;
and a print for what touched nothing that is shown.

A `ref` is made of the venue's order number and, after a change that costs the place in the queue, of the request that
changed it; so order entry and feed agree on it without sharing state. An iceberg gets a new one with each part that it
shows.
"""

from collections.abc import Iterable
from typing import NamedTuple, Union

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.sim.events import (
    Announced,
    BookOrderAdded,
    BookOrderDeleted,
    BookOrderExecuted,
    BookOrderReduced,
    OrderAccepted,
    OrderAmended,
    OrderEvent,
    PhaseChanged,
    SimEvent,
    Traded,
)

GENERATION_BITS = 24
_REFRESHED = 1 << (GENERATION_BITS - 1)
_UNNAMED = 1 << (GENERATION_BITS - 2)  # changed by a request whose id the wire does not name
_GENERATION_MASK = _UNNAMED - 1
UNNAMED_FROM = 1 << 40  # ids of such requests
SIDE_LETTER = {Side.BUY: "B", Side.SELL: "S"}


class Added(NamedTuple):
    """An order is in the book. `number` is the venue's of the order, `ref` the feed's name of it as it stands now."""

    trade_ns: int
    symbol: str
    number: int
    ref: int
    side: Side
    px: int
    qty: int  # what is shown
    session: str = ""
    is_market: bool = False
    time_in_force: TimeInForce = TimeInForce.DAY
    ord_type: OrdType = OrdType.LIMIT


class Executed(NamedTuple):
    """A shown order traded at `px`; `own_px` is the order's. An auction prints once for all and not here."""

    trade_ns: int
    symbol: str
    number: int
    ref: int
    side: Side
    px: int
    qty: int
    match_id: int
    own_px: int
    leaves: int  # of what is shown
    is_auction: bool


class Reduced(NamedTuple):
    """A shown order has lost `by` shares and keeps its place."""

    trade_ns: int
    symbol: str
    number: int
    ref: int
    side: Side
    px: int
    by: int
    leaves: int


class Deleted(NamedTuple):
    """An order is no longer in the book."""

    trade_ns: int
    symbol: str
    number: int
    ref: int
    side: Side
    px: int


class Replaced(NamedTuple):
    """An order has other terms, a new name, and the last place in its queue."""

    trade_ns: int
    old_ref: int
    old_px: int
    new: Added


class Printed(NamedTuple):
    """A trade: `is_auction` prints an uncross once; otherwise nothing that is shown was touched."""

    trade_ns: int
    symbol: str
    side: str
    px: int
    qty: int
    match_id: int
    is_auction: bool


class PhaseTold(NamedTuple):
    """A phase of an issue, or of the market (`symbol` empty)."""

    trade_ns: int
    symbol: str
    phase: Phase


FlowItem = Union[Added, Executed, Reduced, Deleted, Replaced, Printed, PhaseTold, Announced]


class _Terms(NamedTuple):
    """What the feed adds to an order."""

    ref: int
    time_in_force: TimeInForce
    ord_type: OrdType


def order_ref(order: OrderEvent) -> int:
    """The feed's name of an order that has just come in or was just changed."""
    generation = 0 if order.cl_ord_id == order.order_id else order.cl_ord_id & _GENERATION_MASK
    if order.cl_ord_id >= UNNAMED_FROM:
        generation |= _UNNAMED
    return order.venue_order_id << GENERATION_BITS | generation


class BookFlow:
    """Follows the exchange's events.

    `reduces`: the feed can say that an order became smaller in its place; without it every change is a replacement.
    """

    def __init__(self, *, reduces: bool = True) -> None:
        self._reduces = reduces
        self._terms: dict[int, _Terms] = {}
        self._shown: dict[int, Added] = {}
        self._refreshed: dict[int, int] = {}
        self._gone: dict[int, Added] = {}  # deleted by a change that may add it again
        self._left: set[int] = set()  # out of the book since the batch began

    def take(self, events: Iterable[SimEvent]) -> list[FlowItem]:
        """What the feed says about a batch of events."""
        out: list[FlowItem] = []
        for event in events:
            match event:
                case BookOrderAdded():
                    self._on_added(event, out)
                case BookOrderExecuted():
                    self._on_executed(event, out)
                case BookOrderReduced():
                    self._on_reduced(event, out)
                case BookOrderDeleted():
                    self._on_deleted(event, out)
                case Traded():
                    self._on_print(event, out)
                case PhaseChanged(trade_ns=trade_ns, symbol=symbol, phase=phase):
                    out.append(PhaseTold(trade_ns, symbol, phase))
                case Announced():
                    out.append(event)
                case OrderAccepted() | OrderAmended():
                    self._on_terms(event)
        out += [_deleted(gone, gone.trade_ns) for gone in self._gone.values()]
        self._left.update(self._gone)
        self._gone.clear()
        for number in self._left:
            if number not in self._shown:
                self._terms.pop(number, None)
                self._refreshed.pop(number, None)
        self._left.clear()
        return out

    def standing(self) -> list[Added]:
        """Everything that is in the book, as it came; what a snapshot says."""
        return list(self._shown.values())

    def _on_terms(self, event: OrderEvent) -> None:
        """An order came in, or a request changed it: if that costs it its place, it gets this name."""
        self._terms[event.venue_order_id] = _Terms(order_ref(event), event.time_in_force, event.ord_type)

    def _on_added(self, event: BookOrderAdded, out: list[FlowItem]) -> None:
        number = event.venue_order_id
        terms = self._terms.get(number) or _Terms(number << GENERATION_BITS, TimeInForce.DAY, OrdType.LIMIT)
        old = self._gone.pop(number, None)
        ref = terms.ref
        if (old is not None and old.ref == ref) or number in self._refreshed:
            count = self._refreshed[number] = self._refreshed.get(number, 0) + 1
            ref = number << GENERATION_BITS | _REFRESHED | count
        added = self._shown[number] = Added(
            event.trade_ns, event.symbol, number, ref, event.side, event.px, event.qty, event.session,
            event.is_market, terms.time_in_force, terms.ord_type,
        )  # fmt: skip
        out.append(added if old is None else Replaced(event.trade_ns, old.ref, old.px, added))

    def _on_executed(self, event: BookOrderExecuted, out: list[FlowItem]) -> None:
        number = event.venue_order_id
        shown = self._shown[number]
        is_auction = not event.is_printable
        out.append(
            Executed(
                event.trade_ns,
                event.symbol,
                number,
                shown.ref,
                event.side,
                event.px,
                event.qty,
                event.match_id,
                shown.px,
                event.leaves_qty,
                is_auction,
            )
        )
        if event.leaves_qty:
            self._shown[number] = shown._replace(qty=event.leaves_qty)
        else:
            del self._shown[number]
            self._left.add(number)
            self._refreshed.setdefault(number, 0)

    def _on_reduced(self, event: BookOrderReduced, out: list[FlowItem]) -> None:
        number = event.venue_order_id
        shown = self._shown[number]
        if not self._reduces and number in self._terms and self._terms[number].ref != shown.ref:
            again = self._shown[number] = shown._replace(
                trade_ns=event.trade_ns, ref=self._terms[number].ref, qty=event.leaves_qty
            )
            out.append(Replaced(event.trade_ns, shown.ref, shown.px, again))
            return
        self._shown[number] = shown._replace(qty=event.leaves_qty)
        out.append(
            Reduced(event.trade_ns, event.symbol, number, shown.ref, event.side, shown.px, event.by, event.leaves_qty)
        )

    def _on_deleted(self, event: BookOrderDeleted, out: list[FlowItem]) -> None:
        number = event.venue_order_id
        shown = self._shown.pop(number)
        terms = self._terms.get(number)
        if terms is not None and terms.ref != shown.ref and number not in self._refreshed:
            self._gone[number] = shown._replace(trade_ns=event.trade_ns)
            return
        out.append(_deleted(shown, event.trade_ns))
        self._left.add(number)

    def _on_print(self, event: Traded, out: list[FlowItem]) -> None:
        trade = event.trade
        is_auction = trade.side == ""
        if is_auction or not event.maker_id:
            out.append(
                Printed(trade.trade_ns, trade.symbol, trade.side, trade.px, trade.qty, event.match_id, is_auction)
            )


def _deleted(shown: Added, trade_ns: int) -> Deleted:
    return Deleted(trade_ns, shown.symbol, shown.number, shown.ref, shown.side, shown.px)
