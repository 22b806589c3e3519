"""May anything leave now, for this account, this issue, this venue, this kind of order."""

from typing import Final

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, TimeInForce
from hts.model.scopes import TradingState
from hts.risk.guard import Guard
from hts.risk.guards import SCOPES_MAX
from hts.risk.proposal import Proposal

_HALTED: Final = TradingState.HALTED  # reading a member off its class costs more than the rest of the check
_REDUCING: Final = TradingState.REDUCING


def not_ready(order: Proposal) -> Denial | None:
    """The core is recovering, or has not got the day's list of issues."""
    return None if order.is_ready and order.has_listing else Denial(rule=Rule.NOT_READY)


def venue_down(order: Proposal) -> Denial | None:
    return None if order.venue_up else Denial(rule=Rule.VENUE_DOWN)


def unknown_account(order: Proposal) -> Denial | None:
    return None if order.account_known else Denial(rule=Rule.UNKNOWN_ACCOUNT, detail=order.account)


def halted(order: Proposal) -> Denial | None:
    """A scope of the order is stopped: by its kill switch, by a breaker, by a person."""
    for guard in order.guards:
        if guard.state is _HALTED:
            if guard.is_killed:
                return Denial(rule=Rule.KILL_SWITCH, detail=guard.detail, scope=guard.label)
            return Denial(rule=Rule.HALTED, detail=guard.detail, scope=str(guard.scope))
    return None


def unknown_symbol(order: Proposal) -> Denial | None:
    return None if order.instrument else Denial(rule=Rule.UNKNOWN_SYMBOL, detail=order.symbol)


def restricted(order: Proposal) -> Denial | None:
    """The issue is on a list of one of the scopes; what only closes a position passes."""
    for guard in order.guards:
        why = guard.restricted.get(order.symbol) if guard.restricted else None
        if why is not None and not order.reduces_in(guard):
            return Denial(rule=Rule.RESTRICTED, detail=why, scope=guard.label)
    return None


def scopes_full(order: Proposal) -> Denial | None:
    """A name that nobody has used today, when as many are remembered as there is room for."""
    for guard in order.guards:
        if not guard.has_room:
            name = str(guard.scope)
            return Denial(rule=Rule.SCOPES_FULL, limit=SCOPES_MAX, unit=Unit.COUNT, detail=name)
    return None


def reducing(order: Proposal) -> Denial | None:
    """In a scope that may only reduce, an order makes that scope's position smaller."""
    for guard in order.guards:
        if guard.state is _REDUCING and not order.reduces_in(guard):
            issue = guard.exposure.of(order.symbol)
            held = order.held_qty if guard is order.guards[0] else issue.qty
            most = max(0, abs(held) - issue.open_qty[order.side]) if held * order.side.sign < 0 else 0
            return Denial(
                rule=Rule.REDUCING, figure=order.new_qty, limit=most, unit=Unit.QTY, scope=str(guard.scope)
            )  # fmt: skip
    return None


def phase_closed(order: Proposal) -> Denial | None:
    return None if order.phase.takes_orders else Denial(rule=Rule.PHASE_CLOSED, detail=order.phase.value)


def venue_not_eligible(order: Proposal) -> Denial | None:
    """The venue takes orders of no kind in this phase, or has no rows at all in a table that knows venues."""
    table = order.eligibility
    if not table.venues or table.row(order.venue, order.phase) is not None:
        return None
    return Denial(rule=Rule.VENUE_NOT_ELIGIBLE, detail=order.venue)


def type_not_allowed(order: Proposal) -> Denial | None:
    """The venue's table for the phase; without one, a call auction takes no order that wants to trade at once."""
    row = order.eligibility.row(order.venue, order.phase)
    if row is None:
        if order.phase.is_call and order.time_in_force is not TimeInForce.DAY:
            return Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=order.time_in_force.name)
        return None
    if (order.ord_type, order.time_in_force) not in row.pairs:
        takes_type = any(ord_type is order.ord_type for ord_type, _ in row.pairs)
        return Denial(
            rule=Rule.TYPE_NOT_ALLOWED, detail=order.time_in_force.name if takes_type else order.ord_type.name
        )  # fmt: skip
    wanted = (
        ("display_qty", order.display_qty),
        ("min_qty", order.min_qty),
        ("post_only", order.post_only),
        ("short", order.is_short),
    )
    for feature, is_wanted in wanted:
        if is_wanted and feature not in row.features:
            return Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=feature)
    return None


def market_amend(order: Proposal) -> Denial | None:
    """A market order has no price to amend; its quantity can be lowered."""
    if order.ord_type is OrdType.MARKET and order.px != order.old_px:
        return Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=order.ord_type.name)
    return None


def nothing_to_do(order: Proposal) -> Denial | None:
    same = order.px == order.old_px and order.qty == order.old_qty
    return Denial(rule=Rule.NOTHING_TO_DO) if same else None


def stale_data(order: Proposal, guard: Guard) -> Denial | None:
    """No order on prices that may be old."""
    most = guard.limits.stale_data_ms
    if 0 <= order.md_age_ms <= most:
        return None
    return Denial(
        rule=Rule.STALE_DATA, figure=max(0, order.md_age_ms), limit=most, unit=Unit.MS, scope=guard.label
    )  # fmt: skip
