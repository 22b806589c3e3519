"""What facts about orders and fills mean for risk: the small frozen views that the guards take."""

from hts.model.enums import ExecType, Side
from hts.model.records import KillSwitchSet
from hts.model.reports import ExecutionReport
from hts.model.scopes import HaltCause, Scope, ScopeKind, TradingState
from hts.oms.order import Order
from hts.risk.exposure import OpenOrder
from hts.risk.guards import Guards, Scopes, scopes_of
from hts.risk.reckoning import in_unit


def order_scopes(order: Order) -> Scopes:
    """The scopes that an order stands in."""
    return scopes_of(order.account, order.venue, order.symbol, order.user, order.strategy)


def open_order(order: Order, unit: str) -> OpenOrder:
    """What risk reserves: what is left, at the price that reaches farthest while an amend is under way."""
    px: int = order.px
    if order.pending:
        prices = [px, *(request.px for request in order.pending if not request.is_cancel)]
        px = max(prices) if order.side is Side.BUY else min(prices)
    return OpenOrder(
        order_id=order.order_id,
        scopes=order_scopes(order),
        symbol=order.symbol,
        unit=unit,
        side=order.side,
        px=px,
        leaves_qty=order.leaves_qty if order.is_working else 0,
    )


def book_fill(guards: Guards, order: Order, unit: str, px: int, qty: int, *, costs: int, mono_ns: int) -> None:
    """A fill, or with a negative quantity its undoing, in every scope of its order. `costs` are money."""
    guards.book_fill(
        order_scopes(order),
        order.symbol,
        unit,
        side=order.side,
        px=px,
        qty=qty,
        costs=in_unit(unit, costs),
        mono_ns=mono_ns,
    )


def take_back_fill(
    guards: Guards,
    order: Order,
    unit: str,
    report: ExecutionReport,
    original: tuple[int, int, int] | None,
    *,
    mono_ns: int,
) -> None:
    """The position without a trade that was cancelled or corrected; what it was corrected to is a trade again.

    `original`: its price, quantity and costs; None when it was of a day before.
    """
    px, qty, costs = original or (report.last_px, report.last_qty, 0)
    book_fill(guards, order, unit, px, -qty, costs=-costs, mono_ns=mono_ns)
    if report.exec_type is ExecType.TRADE_CORRECT:
        book_fill(guards, order, unit, report.last_px, report.last_qty, costs=costs, mono_ns=mono_ns)


def set_kill_switch(guards: Guards, record: KillSwitchSet) -> None:
    """Thrown or released, for the scope that it names or for the account."""
    scope = record.scope or Scope(kind=ScopeKind.ACCOUNT, name=record.account)
    if record.on:
        guards.set_state(scope, TradingState.HALTED, HaltCause.KILL_SWITCH, record.reason)
    else:
        guards.set_state(scope, TradingState.ACTIVE, HaltCause.NONE)
