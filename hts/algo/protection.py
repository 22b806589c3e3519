"""Brackets, one-cancels-other, and what a triggered condition may send.

Theory of operation. Nothing here remembers; the answer follows from the orders as the core has them. A protecting order
never sells more than is open: what its entry has filled, less what exits have filled, less what exits may still fill.
So a stop that comes true while the profit-taker works first takes the profit-taker back, and is sent when the venue
has confirmed that: there is no moment in which both could trade the same shares.
"""

from collections.abc import Sequence
from typing import Union

from msgspec import Struct

from hts.model.conditional import ConditionalOrder, GapRule
from hts.model.enums import OrdType, Side
from hts.model.instruments import TickTable
from hts.model.routing import CancelChild, ChildState
from hts.model.units import ClOrdID, Px, Qty


class Entry(Struct, frozen=True, kw_only=True):
    """The order that is protected, as it stands. `qty` and `px` (the average of its fills) where it is one order."""

    cum_qty: int
    is_done: bool
    qty: int = 0
    px: int = 0


class SendConditional(Struct, frozen=True, kw_only=True):
    """Enter the order now."""

    cond_id: ClOrdID
    qty: Qty
    px: Px
    ord_type: OrdType


class EndConditional(Struct, frozen=True, kw_only=True):
    """The conditional order is over. `cause` is a key of the text catalogue."""

    cond_id: ClOrdID
    cause: str


Protection = Union[SendConditional, EndConditional, CancelChild]


def open_qty(entry: Entry, exits: Sequence[ChildState]) -> int:
    """Shares of the entry that no exit has closed."""
    return entry.cum_qty - sum(child.cum_qty for child in exits)


def unprotected_qty(entry: Entry, exits: Sequence[ChildState]) -> int:
    """Shares that are open and that no exit may still trade."""
    return open_qty(entry, exits) - sum(child.leaves_qty for child in exits if not child.is_done)


def profit_orders(
    order: ConditionalOrder, entry: Entry, exits: Sequence[ChildState], own: Sequence[ChildState] = ()
) -> tuple[Protection, ...]:
    """A bracket's resting profit-taker: it grows with the entry's fills, one more order for each growth.

    A new one stands where the last one was moved to. When a fill of the entry is broken the newest is taken back, and
    what is still open is placed again.
    """
    unprotected = unprotected_qty(entry, exits)
    if unprotected < 0:
        newest = next((child for child in reversed(own) if not child.is_done), None)
        if newest is None or newest.is_pending:
            return ()
        return (CancelChild(cl_ord_id=newest.cl_ord_id, cause="conditional.cancel.broken"),)
    qty = min(unprotected, int(order.qty) - _placed(exits))
    if qty <= 0:
        return ()
    px = Px(own[-1].px) if own else order.px
    return (SendConditional(cond_id=order.cond_id, qty=Qty(qty), px=px, ord_type=order.ord_type),)


def on_true(
    order: ConditionalOrder,
    trigger_px: int,
    ticks: TickTable,
    *,
    entry: Entry | None = None,
    others: Sequence[ChildState] = (),
    own: Sequence[ChildState] = (),
) -> tuple[Protection, ...]:
    """What a condition that is true does now; asked again until it has ended.

    `others` are the children of the other exits of the same entry, `own` those of this one. Without an entry it sends
    its whole quantity once. With one it first takes the others back, then closes what is open, and goes on doing so
    while the entry can still fill.
    """
    if entry is None:
        return () if own else (_send(order, int(order.qty), trigger_px, ticks),)
    exits = (*others, *own)
    working = [child for child in others if not child.is_done]
    if working:
        return tuple(
            CancelChild(cl_ord_id=child.cl_ord_id, cause="conditional.cancel.stop")
            for child in working
            if not child.is_pending
        )
    qty = min(unprotected_qty(entry, exits), int(order.qty) - _placed(own))
    if qty > 0:
        return (_send(order, qty, trigger_px, ticks),)
    is_closed = entry.is_done and unprotected_qty(entry, exits) <= 0
    return (
        EndConditional(cond_id=order.cond_id, cause="conditional.end.sent" if own else "conditional.end.closed"),
    ) * is_closed


def is_orphan(order: ConditionalOrder, entry: Entry | None, exits: Sequence[ChildState]) -> bool:
    """Whether a protecting order has nothing left to protect, now or ever."""
    return bool(order.protects) and entry is not None and entry.is_done and open_qty(entry, exits) <= 0


def group_ends(sent: ConditionalOrder, others: Sequence[ConditionalOrder]) -> tuple[EndConditional, ...]:
    """One of a group is sent: the others end."""
    if not sent.group_id:
        return ()
    return tuple(
        EndConditional(cond_id=other.cond_id, cause="conditional.end.group")
        for other in others
        if other.group_id == sent.group_id and other.cond_id != sent.cond_id
    )


def is_gapped(order: ConditionalOrder, stop_px: int, px: int, ticks: TickTable) -> bool:
    """Whether the price has jumped so far beyond the stop that the order waits for it to come back."""
    if order.gap_rule is GapRule.SEND or not order.gap_ticks or not stop_px:
        return False
    if order.side is Side.SELL:
        return px < ticks.move(ticks.floor(stop_px), -order.gap_ticks)
    return px > ticks.move(ticks.floor(stop_px), order.gap_ticks)


def _send(order: ConditionalOrder, qty: int, trigger_px: int, ticks: TickTable) -> SendConditional:
    return SendConditional(
        cond_id=order.cond_id, qty=Qty(qty), px=_order_px(order, trigger_px, ticks), ord_type=order.ord_type
    )


def _order_px(order: ConditionalOrder, trigger_px: int, ticks: TickTable) -> Px:
    """The limit: as given, or the trigger price moved through the market so that it trades; 0 for a market order."""
    if order.ord_type is OrdType.MARKET:
        return Px(0)
    if order.px or not trigger_px:
        return order.px
    away = order.px_offset_ticks if order.side is Side.BUY else -order.px_offset_ticks
    return ticks.move(ticks.floor(trigger_px), away)


def _placed(exits: Sequence[ChildState]) -> int:
    return sum(child.cum_qty + (0 if child.is_done else child.leaves_qty) for child in exits)
