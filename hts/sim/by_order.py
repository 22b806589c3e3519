"""The feed by order: what each shown order does, for venues that publish it."""

from typing import TYPE_CHECKING

from hts.sim.events import BookOrderAdded, BookOrderDeleted, BookOrderExecuted, BookOrderReduced, SimEvent
from hts.sim.order import Order

if TYPE_CHECKING:
    from hts.sim.issue import Issue


def added(issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent]) -> None:
    """An order stands shown in the book."""
    told = BookOrderAdded(
        trade_ns=trade_ns,
        symbol=issue.symbol,
        venue_order_id=order.venue_order_id,
        side=order.side,
        px=order.px,
        qty=issue.book.qty[order.handle],
        session=order.session,
        is_market=order.is_market,
    )
    events.append(told)


def executed(
    issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent], *, px: int, qty: int, is_printable: bool = True
) -> None:
    """A fill of a shown order. An iceberg whose shown part is gone is told of again by `refilled`."""
    handle = order.handle
    is_gone = not order.leaves_qty or handle in issue.book.refilled
    told = BookOrderExecuted(
        trade_ns=trade_ns,
        symbol=issue.symbol,
        venue_order_id=order.venue_order_id,
        side=order.side,
        px=px,
        qty=qty,
        leaves_qty=0 if is_gone else issue.book.qty[handle],
        match_id=issue.numbers.match_id,
        is_printable=is_printable,
    )
    events.append(told)


def refilled(issue: "Issue", trade_ns: int, events: list[SimEvent]) -> None:
    """Icebergs that have shown their next part."""
    for handle in issue.book.refilled:
        order = issue.owner[handle]
        if order is not None and issue.tells_orders:
            added(issue, order, trade_ns, events)
    issue.book.refilled.clear()


def reduced(issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent], *, by: int, leaves_qty: int) -> None:
    """A shown order lost a part of what it shows, without a trade."""
    told = BookOrderReduced(
        trade_ns=trade_ns,
        symbol=issue.symbol,
        venue_order_id=order.venue_order_id,
        side=order.side,
        by=by,
        leaves_qty=leaves_qty,
    )
    events.append(told)


def deleted(issue: "Issue", order: Order, trade_ns: int, events: list[SimEvent]) -> None:
    """A shown order left the book without a trade."""
    told = BookOrderDeleted(
        trade_ns=trade_ns, symbol=issue.symbol, venue_order_id=order.venue_order_id, side=order.side
    )
    events.append(told)
