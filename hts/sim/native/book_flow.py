"""Exchange events as a market by order: what was added, executed, reduced, replaced, deleted, printed.

Theory of operation. The exchange tells each member about its orders; a feed tells everyone about the book. An order
that comes in is not in the book before it has traded what it can, so it is held back until the first event that is no
fill, and then added with what is left. Fills of orders that are in the book are executions; a fill of one that is not
shown (hidden, pegged, an iceberg's hidden part) becomes a print. An auction executes what is shown, order by order,
and prints once.

The feed's name of an order (`ref`) is made of the venue's order number and, after a change that costs the place in the
queue, of the request that changed it; so order entry and feed agree without sharing state.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Union

from hts.model.enums import OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.sim.events import (
    OrderAccepted,
    OrderAmended,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderStated,
    OrderTraded,
    PhaseChanged,
    SimEvent,
    Traded,
)

GENERATION_BITS = 24
_REFRESHED = 1 << (GENERATION_BITS - 1)
_UNNAMED = 1 << (GENERATION_BITS - 2)  # changed by a request whose id the wire does not name
_GENERATION_MASK = _UNNAMED - 1
UNNAMED_FROM = 1 << 40  # ids of such requests


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
    """An order has a new price or more shares, a new name, and the last place in its queue."""

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


FlowItem = Union[Added, Executed, Reduced, Deleted, Replaced, Printed, PhaseTold]


class _Shown:
    """An order as the feed shows it."""

    __slots__ = ("order", "px", "qty", "ref", "refreshed")

    def __init__(self, ref: int, order: OrderEvent, qty: int) -> None:
        self.ref = ref
        self.order = order
        self.px: int = order.px
        self.qty = qty
        self.refreshed = 0

    def added(self) -> Added:
        """The order as a new one."""
        order = self.order
        return Added(
            order.trade_ns, order.symbol, order.venue_order_id, self.ref, order.side, self.px, self.qty,
            order.session, order.ord_type is OrdType.MARKET, order.time_in_force, order.ord_type,
        )  # fmt: skip

    def deleted(self, trade_ns: int) -> Deleted:
        """The order as one that is gone."""
        order = self.order
        return Deleted(trade_ns, order.symbol, order.venue_order_id, self.ref, order.side, self.px)


def order_ref(order: OrderEvent) -> int:
    """The feed's name of an order that has just come in or was just changed."""
    generation = 0 if order.cl_ord_id == order.order_id else order.cl_ord_id & _GENERATION_MASK
    if order.cl_ord_id >= UNNAMED_FROM:
        generation |= _UNNAMED
    return order.venue_order_id << GENERATION_BITS | generation


def shows_limit_orders(order: OrderEvent) -> int:
    """What of an order a feed of priced orders shows: nothing of hidden, pegged and market orders."""
    if order.ord_type not in _PRICED or order.px <= 0 or getattr(order, "is_hidden", False):
        return 0
    return order.leaves_qty


def shows_every_order(order: OrderEvent) -> int:
    """What a feed shows that knows market orders."""
    if order.ord_type is OrdType.MARKET:
        return order.leaves_qty
    return shows_limit_orders(order)


_PRICED = frozenset({OrdType.LIMIT, OrdType.LIMIT_OR_CLOSE, OrdType.BEST_COUNTER, OrdType.BEST_OWN})
_NO_TRADE = (OrderAccepted, OrderAmended, OrderCanceled, OrderExpired)


class BookFlow:
    """Follows the exchange's events. `shows` says how much of a resting order is public.

    `reduces`: the feed can say that an order became smaller in its place; without it every change is a replacement.
    """

    def __init__(self, shows: Callable[[OrderEvent], int] = shows_limit_orders, *, reduces: bool = True) -> None:
        self._shows = shows
        self._reduces = reduces
        self._shown: dict[int, _Shown] = {}
        self._pending: OrderEvent | None = None
        self._match_id = 0
        self._is_shown_fill = False

    def take(self, events: Iterable[SimEvent]) -> list[FlowItem]:
        """What the feed says about a batch of events."""
        out: list[FlowItem] = []
        for event in events:
            if isinstance(event, OrderTraded):
                self._on_fill(event, out)
            elif isinstance(event, Traded):
                self._on_print(event, out)
            elif isinstance(event, OrderStated):
                continue
            else:
                self._settle(out)
                if isinstance(event, _NO_TRADE):
                    self._on_change(event, out)
                elif isinstance(event, PhaseChanged):
                    out.append(PhaseTold(event.trade_ns, event.symbol, event.phase))
        self._settle(out)
        return out

    def standing(self) -> list[Added]:
        """Everything that is in the book, as it came; what a snapshot says."""
        return [shown.added() for shown in self._shown.values()]

    def _on_change(self, event: OrderEvent, out: list[FlowItem]) -> None:
        shown = self._shown.get(event.venue_order_id)
        if isinstance(event, OrderCanceled | OrderExpired):
            if shown is not None:
                del self._shown[event.venue_order_id]
                out.append(shown.deleted(event.trade_ns))
            return
        if shown is None:
            self._pending = event
            return
        keeps = event.px == shown.px and event.order_qty <= shown.order.order_qty and event.leaves_qty > 0
        if keeps and self._reduces:
            qty = min(shown.qty, event.leaves_qty)  # of an iceberg the hidden part goes first
            if qty < shown.qty:
                by = shown.qty - qty
                out.append(
                    Reduced(
                        event.trade_ns, event.symbol, event.venue_order_id, shown.ref, event.side, shown.px, by, qty
                    )
                )
            shown.qty, shown.order = qty, event
            return
        # Out of its old place; it may trade before it rests again.
        self._pending = event

    def _on_fill(self, event: OrderTraded, out: list[FlowItem]) -> None:
        self._match_id = event.match_id
        if self._pending is not None and self._pending.venue_order_id == event.venue_order_id:
            self._pending = event
            return
        shown = self._shown.get(event.venue_order_id)
        if shown is None:
            if event.is_aggressor:
                self._pending = event  # a stop order that was woken, or a peg that moved
            return
        shown.qty -= min(event.last_qty, shown.qty)
        shown.order = event
        is_auction = not event.is_aggressor and self._taker_is_none(event)
        self._is_shown_fill = True
        out.append(
            Executed(
                event.trade_ns,
                event.symbol,
                event.venue_order_id,
                shown.ref,
                event.side,
                event.last_px,
                event.last_qty,
                event.match_id,
                shown.px,
                shown.qty,
                is_auction,
            )
        )
        if event.leaves_qty == 0:
            del self._shown[event.venue_order_id]
        elif shown.qty == 0:
            self._refresh(event, shown, out)

    def _taker_is_none(self, event: OrderTraded) -> bool:
        """Whether the fill is one side of an auction: no order is coming in."""
        return self._pending is None or self._pending.symbol != event.symbol

    def _refresh(self, event: OrderTraded, shown: _Shown, out: list[FlowItem]) -> None:
        """An iceberg shows its next part, with a new name at the end of the queue."""
        qty = self._shown_qty(event)
        if qty == 0:
            return
        refreshed = shown.refreshed + 1
        ref = event.venue_order_id << GENERATION_BITS | _REFRESHED | refreshed
        del self._shown[event.venue_order_id]
        again = self._shown[event.venue_order_id] = _Shown(ref, event, qty)
        again.px, again.refreshed = shown.px, refreshed
        out.append(again.added())

    def _on_print(self, event: Traded, out: list[FlowItem]) -> None:
        trade = event.trade
        if trade.side == "" or not self._is_shown_fill:
            out.append(
                Printed(trade.trade_ns, trade.symbol, trade.side, trade.px, trade.qty, self._match_id, trade.side == "")
            )
        self._is_shown_fill = False

    def _settle(self, out: list[FlowItem]) -> None:
        """The order that was coming in has its place, or is gone."""
        order, self._pending = self._pending, None
        if order is None:
            return
        qty = self._shown_qty(order) if order.ord_status in _WORKING else 0
        old = self._shown.pop(order.venue_order_id, None)
        if qty and old is not None:
            shown = self._shown[order.venue_order_id] = _Shown(order_ref(order), order, qty)
            out.append(Replaced(order.trade_ns, old.ref, old.px, shown.added()))
        elif qty:
            shown = self._shown[order.venue_order_id] = _Shown(order_ref(order), order, qty)
            out.append(shown.added())
        elif old is not None:
            out.append(old.deleted(order.trade_ns))

    def _shown_qty(self, order: OrderEvent) -> int:
        qty = self._shows(order)
        return min(qty, order.display_qty) if order.display_qty else qty


_WORKING = frozenset({OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED})
SIDE_LETTER = {Side.BUY: "B", Side.SELL: "S"}
