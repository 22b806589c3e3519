"""The checks before an order leaves the house: one pure function per rule, in the order of CHECKS.

A check sees the proposal and the limits, and says nothing (None) or why not. Cancels are not proposals: they always
pass. Texts are not made here; a Denial carries the rule, the figure and the limit.
"""

from collections.abc import Callable

from msgspec import Struct

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.risk.guard import Guard
from hts.risk.limits import RiskLimits

_MS = 1_000_000
QTY_MAX = 999_999_999  # nine digits


class Proposal(Struct, kw_only=True):
    """A new order, or an order as an amend would make it, with all that the checks need to know.

    `needed` is the cash to hold for it, costs included; `buying_power` and `sellable_qty` already contain what the
    order itself holds when it is amended. `cum_qty`, `old_px`, `old_qty` are those of the order before an amend.
    `md_age_ms` is how long the market data line has been silent; negative when it never spoke.
    """

    account_known: bool = True
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: int
    qty: int
    cum_qty: int = 0
    old_px: int = 0
    old_qty: int = 0
    instrument: Instrument | None
    phase: Phase
    last_px: int
    is_ready: bool
    venue_up: bool
    has_listing: bool
    md_age_ms: int
    needed: int
    buying_power: int
    sellable_qty: int
    working_count: int
    guard: Guard
    mono_ns: int

    @property
    def listed(self) -> Instrument:
        """The issue; checks after `unknown_symbol` can rely on it."""
        assert self.instrument is not None, self.symbol
        return self.instrument

    @property
    def worst_px(self) -> int:
        """The price to reckon with: the limit, or for a market order the worst at which it can buy, or the last."""
        if self.px:
            return self.px
        return self.listed.upper_px if self.side is Side.BUY else self.last_px


Check = Callable[[Proposal, RiskLimits], Denial | None]


def not_ready(order: Proposal, _limits: RiskLimits) -> Denial | None:
    """The core is recovering, or has not got the day's list of issues."""
    return None if order.is_ready and order.has_listing else Denial(rule=Rule.NOT_READY)


def venue_down(order: Proposal, _limits: RiskLimits) -> Denial | None:
    return None if order.venue_up else Denial(rule=Rule.VENUE_DOWN)


def unknown_account(order: Proposal, _limits: RiskLimits) -> Denial | None:
    return None if order.account_known else Denial(rule=Rule.UNKNOWN_ACCOUNT)


def kill_switch(order: Proposal, _limits: RiskLimits) -> Denial | None:
    return Denial(rule=Rule.KILL_SWITCH, detail=order.guard.kill_reason) if order.guard.is_killed else None


def unknown_symbol(order: Proposal, _limits: RiskLimits) -> Denial | None:
    return None if order.instrument else Denial(rule=Rule.UNKNOWN_SYMBOL, detail=order.symbol)


def phase_closed(order: Proposal, _limits: RiskLimits) -> Denial | None:
    return None if order.phase.takes_orders else Denial(rule=Rule.PHASE_CLOSED, detail=order.phase.value)


def type_not_allowed(order: Proposal, _limits: RiskLimits) -> Denial | None:
    """A call auction takes no IOC and no FOK: there is nothing to trade with at once."""
    if order.phase.is_call and order.time_in_force is not TimeInForce.DAY:
        return Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=order.time_in_force.name)
    return None


def market_amend(order: Proposal, _limits: RiskLimits) -> Denial | None:
    """A market order has no price to amend; its quantity can be lowered."""
    if order.ord_type is OrdType.MARKET and order.px != order.old_px:
        return Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=order.ord_type.name)
    return None


def nothing_to_do(order: Proposal, _limits: RiskLimits) -> Denial | None:
    same = order.px == order.old_px and order.qty == order.old_qty
    return Denial(rule=Rule.NOTHING_TO_DO) if same else None


def bad_qty(order: Proposal, _limits: RiskLimits) -> Denial | None:
    """At least one share, or when amending one more than has filled."""
    least = order.cum_qty + 1
    return Denial(rule=Rule.BAD_QTY, figure=order.qty, limit=least, unit=Unit.QTY) if order.qty < least else None


def bad_lot(order: Proposal, _limits: RiskLimits) -> Denial | None:
    lot = order.listed.lot
    return Denial(rule=Rule.BAD_LOT, figure=order.qty, limit=lot, unit=Unit.QTY) if order.qty % lot else None


def qty_increase(order: Proposal, _limits: RiskLimits) -> Denial | None:
    """KRX amends cannot raise the quantity."""
    if order.qty <= order.old_qty:
        return None
    return Denial(rule=Rule.QTY_INCREASE, figure=order.qty, limit=order.old_qty, unit=Unit.QTY)


def price_limits(order: Proposal, _limits: RiskLimits) -> Denial | None:
    """The day's upper and lower limit of the issue."""
    if order.ord_type is OrdType.MARKET:
        return None
    issue = order.listed
    if order.px > issue.upper_px:
        return Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=order.px, limit=issue.upper_px, unit=Unit.PX)
    if order.px < issue.lower_px:
        return Denial(rule=Rule.PRICE_BELOW_LIMIT, figure=order.px, limit=issue.lower_px, unit=Unit.PX)
    return None


def bad_tick(order: Proposal, _limits: RiskLimits) -> Denial | None:
    if order.ord_type is OrdType.MARKET or order.listed.ticks.is_valid(order.px):
        return None
    return Denial(rule=Rule.BAD_TICK, figure=order.px, limit=order.listed.ticks.step_at(order.px), unit=Unit.PX)


def price_band(order: Proposal, limits: RiskLimits) -> Denial | None:
    """Not too far through the last price: a buy above it, a sell below it. Waiting far away harms nobody."""
    if order.ord_type is OrdType.MARKET or not (limits.price_band_bp or limits.price_band_ticks):
        return None
    last_px = order.last_px
    step = order.listed.ticks.step_at(last_px)
    room = max(last_px * limits.price_band_bp // 10_000, step * limits.price_band_ticks)
    bound = last_px + order.side.sign * room
    if (order.px - bound) * order.side.sign <= 0:
        return None
    return Denial(rule=Rule.PRICE_BAND, figure=order.px, limit=bound, unit=Unit.PX)


def qty_limit(order: Proposal, limits: RiskLimits) -> Denial | None:
    """Never more than the wire and the venue can carry, so that a value fits its field whatever the limits are."""
    most = limits.order_qty_max or QTY_MAX
    return Denial(rule=Rule.QTY_LIMIT, figure=order.qty, limit=most, unit=Unit.QTY) if order.qty > most else None


def value_limit(order: Proposal, limits: RiskLimits) -> Denial | None:
    """Value of what can still trade."""
    value = order.worst_px * (order.qty - order.cum_qty)
    if not limits.order_value_max or value <= limits.order_value_max:
        return None
    return Denial(rule=Rule.VALUE_LIMIT, figure=value, limit=limits.order_value_max, unit=Unit.NOTIONAL)


def stale_data(order: Proposal, limits: RiskLimits) -> Denial | None:
    """No order on prices that may be old."""
    if not limits.stale_data_ms or 0 <= order.md_age_ms <= limits.stale_data_ms:
        return None
    return Denial(rule=Rule.STALE_DATA, figure=max(0, order.md_age_ms), limit=limits.stale_data_ms, unit=Unit.MS)


def working_orders(order: Proposal, limits: RiskLimits) -> Denial | None:
    if not limits.working_orders_max or order.working_count < limits.working_orders_max:
        return None
    most = limits.working_orders_max
    return Denial(rule=Rule.WORKING_ORDERS, figure=order.working_count + 1, limit=most, unit=Unit.COUNT)


def duplicate(order: Proposal, limits: RiskLimits) -> Denial | None:
    """The same order again within the window: a bouncing key."""
    key = (order.symbol, order.side, order.ord_type, order.px, order.qty)
    age_ns = order.guard.recent.age_ns(key, order.mono_ns, limits.duplicate_window_ms * _MS)
    if age_ns is None:
        return None
    return Denial(rule=Rule.DUPLICATE, figure=age_ns // _MS, limit=limits.duplicate_window_ms, unit=Unit.MS)


def cash(order: Proposal, _limits: RiskLimits) -> Denial | None:
    """Buying power covers price and costs; a market buy is reckoned at the day's upper limit."""
    if order.side is Side.SELL or order.needed <= order.buying_power:
        return None
    return Denial(rule=Rule.CASH, figure=order.needed, limit=order.buying_power, unit=Unit.NOTIONAL)


def holdings(order: Proposal, _limits: RiskLimits) -> Denial | None:
    """No short sale: shares held and not already offered."""
    if order.side is Side.BUY or order.qty - order.cum_qty <= order.sellable_qty:
        return None
    return Denial(rule=Rule.HOLDINGS, figure=order.qty - order.cum_qty, limit=order.sellable_qty, unit=Unit.QTY)


def order_rate(order: Proposal, limits: RiskLimits) -> Denial | None:
    if order.guard.rate.allows(order.mono_ns):
        return None
    most = limits.orders_per_second
    return Denial(rule=Rule.ORDER_RATE, figure=most + 1, limit=most, unit=Unit.PER_SECOND)


CHECKS: tuple[Check, ...] = (
    not_ready,
    venue_down,
    unknown_account,
    kill_switch,
    unknown_symbol,
    phase_closed,
    type_not_allowed,
    bad_qty,
    bad_lot,
    price_limits,
    bad_tick,
    price_band,
    qty_limit,
    value_limit,
    stale_data,
    working_orders,
    duplicate,
    cash,
    holdings,
    order_rate,
)
"""For a new order. The first denial wins, so what cannot be mended by another price or quantity comes first."""

AMEND_CHECKS: tuple[Check, ...] = (
    not_ready,
    venue_down,
    kill_switch,
    unknown_symbol,
    phase_closed,
    market_amend,
    nothing_to_do,
    bad_qty,
    bad_lot,
    qty_increase,
    price_limits,
    bad_tick,
    price_band,
    qty_limit,
    value_limit,
    stale_data,
    cash,
    order_rate,
)

FLATTEN_CHECKS: tuple[Check, ...] = (not_ready, venue_down, kill_switch, unknown_symbol, phase_closed, holdings)
"""Closing a position lowers the risk: size and rate do not stand in its way."""


def first_denial(order: Proposal, limits: RiskLimits, checks: tuple[Check, ...]) -> Denial | None:
    """Why the proposal is refused, or None."""
    for check in checks:
        denial = check(order, limits)
        if denial is not None:
            return denial
    return None
