"""How many, how fast, and again and again."""

from hts.model.denials import Denial, Rule, Unit
from hts.risk.guard import Guard
from hts.risk.proposal import Proposal
from hts.risk.throttle import OrderKey

_MS = 1_000_000


def key_of(order: Proposal) -> OrderKey:
    """What makes it the same order as another one."""
    return (order.symbol, order.side, order.ord_type, order.px, order.qty)


def working_orders(_order: Proposal, guard: Guard) -> Denial | None:
    most = guard.limits.working_orders_max
    count = guard.exposure.working + 1
    if count <= most:
        return None
    return Denial(rule=Rule.WORKING_ORDERS, figure=count, limit=most, unit=Unit.COUNT, scope=guard.label)


def duplicate(order: Proposal, guard: Guard) -> Denial | None:
    """The same order again within the window: a bouncing key. Parts of one order are none."""
    window_ms = guard.limits.duplicate_window_ms
    age_ns = guard.recent.age_ns(key_of(order), order.mono_ns, window_ms * _MS, order.parent_id)
    if age_ns is None:
        return None
    return Denial(rule=Rule.DUPLICATE, figure=age_ns // _MS, limit=window_ms, unit=Unit.MS, scope=guard.label)


def duplicate_burst(order: Proposal, guard: Guard) -> Denial | None:
    """The same order many times, each just outside the window of a bouncing key: a loop, not a hand."""
    most = guard.limits.burst_orders_max
    count = guard.recent.count(key_of(order), order.mono_ns, guard.limits.burst_window_ms * _MS) + 1
    if count <= most:
        return None
    return Denial(rule=Rule.DUPLICATE_BURST, figure=count, limit=most, unit=Unit.COUNT, scope=guard.label)


def order_rate(order: Proposal, guard: Guard) -> Denial | None:
    if guard.rate.allows(order.mono_ns):
        return None
    most = guard.limits.orders_per_second
    return Denial(rule=Rule.ORDER_RATE, figure=most + 1, limit=most, unit=Unit.PER_SECOND, scope=guard.label)


def message_rate(order: Proposal, guard: Guard) -> Denial | None:
    """Everything that is sent counts, cancels too; only orders and amends wait for room."""
    if guard.messages.allows(order.mono_ns):
        return None
    most = guard.limits.messages_per_second
    return Denial(rule=Rule.MESSAGE_RATE, figure=most + 1, limit=most, unit=Unit.PER_SECOND, scope=guard.label)
