"""Is there money, are there shares, and what would the position become."""

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import CashMargin, OrdType, SecurityType, Side
from hts.risk.guard import Guard
from hts.risk.proposal import Proposal

_BUY = Side.BUY  # reading a member off its class is felt on the order path
_OPEN = CashMargin.MARGIN_OPEN
_CONTRACTS = frozenset({SecurityType.FUTURE, SecurityType.OPTION})


def credit(order: Proposal) -> Denial | None:
    """Borrowed money or shares only where the account may."""
    allowed = order.permissions
    if order.is_short and not allowed.short:
        return Denial(rule=Rule.CREDIT, detail="short")
    if order.credit is _OPEN and not order.is_short and not allowed.margin:
        return Denial(rule=Rule.CREDIT, detail="margin")
    return None


def cash(order: Proposal) -> Denial | None:
    """Buying power of the account's kind covers what is to be held: price and costs, or the collateral of a loan.

    A market buy is reckoned at the day's upper limit. What needs nothing, as a plain sale, passes.
    """
    if not order.needed or order.needed <= order.buying_power:
        return None
    return Denial(rule=Rule.CASH, figure=order.needed, limit=order.buying_power, unit=Unit.NOTIONAL)


def holdings(order: Proposal) -> Denial | None:
    """A plain sale is of shares held and not already offered. Contracts are opened by selling too."""
    if order.side is _BUY or order.is_short or order.listed.security_type in _CONTRACTS:
        return None
    if order.open_qty <= order.sellable_qty:
        return None
    return Denial(rule=Rule.HOLDINGS, figure=order.open_qty, limit=order.sellable_qty, unit=Unit.QTY)


def position_origin(order: Proposal) -> Denial | None:
    """Shares that came without a trade are sold only once somebody has confirmed where they came from."""
    if not order.unproved_qty or order.side is _BUY or order.is_short:
        return None
    proved = max(0, order.sellable_qty - order.unproved_qty)
    if order.open_qty <= proved:
        return None
    return Denial(rule=Rule.POSITION_ORIGIN, figure=order.open_qty, limit=proved, unit=Unit.QTY)


def short_sale(order: Proposal) -> Denial | None:
    """A short sale is of shares that are located: naked short selling is forbidden."""
    if not order.is_short or order.new_qty <= order.permissions.located_qty:
        return None
    return Denial(rule=Rule.SHORT_SALE, figure=order.new_qty, limit=order.permissions.located_qty, unit=Unit.QTY)


def short_price(order: Proposal) -> Denial | None:
    """Where a price rule is in force a short sale is not below its floor, and has a price at all."""
    floor = order.short_floor_px
    if not order.is_short or not floor or (order.has_limit_px and order.px >= floor):
        return None
    return Denial(rule=Rule.SHORT_PRICE, figure=order.px, limit=floor, unit=Unit.PX)


def self_trade(order: Proposal) -> Denial | None:
    """No order that would meet a resting one of the same account.

    An order without a price is taken as far as it would walk in the shown books.
    """
    own = order.guards[0].exposure.of(order.symbol).resting[order.side.other]
    if not own:
        return None
    others = [px for order_id, px in own.items() if order_id != order.order_id]
    if not others:
        return None
    best = min(others) if order.side is Side.BUY else max(others)
    px = order.px if order.px and order.ord_type is not OrdType.MARKET else order.reach.worst_px
    if not px or (px - best) * order.side.sign < 0:
        return None
    return Denial(rule=Rule.SELF_TRADE, figure=px, limit=best, unit=Unit.PX)


# -- limits of scopes. An order that only makes the scope's position smaller passes: it cannot make things worse.


def position_qty(order: Proposal, guard: Guard) -> Denial | None:
    """Shares of one issue, long or short, with all that is open filled."""
    most = guard.limits.position_qty_max
    qty = abs(guard.exposure.of(order.symbol).worst_qty(order.side, order.new_qty))
    if qty <= most or order.reduces_in(guard):
        return None
    return Denial(rule=Rule.POSITION_QTY, figure=qty, limit=most, unit=Unit.QTY, scope=guard.label)


def gross_value(order: Proposal, guard: Guard) -> Denial | None:
    """Value of all positions, long and short added up."""
    most = guard.limits.gross_value_max
    gross, _ = guard.exposure.gross_and_net(order.marks, order.opened)
    if gross <= most or order.reduces_in(guard):
        return None
    return Denial(rule=Rule.GROSS_VALUE, figure=gross, limit=most, unit=Unit.NOTIONAL, scope=guard.label)


def net_value(order: Proposal, guard: Guard) -> Denial | None:
    """Value of all positions, short ones taken off."""
    most = guard.limits.net_value_max
    _, net = guard.exposure.gross_and_net(order.marks, order.opened)
    if abs(net) <= most or order.reduces_in(guard):
        return None
    return Denial(rule=Rule.NET_VALUE, figure=abs(net), limit=most, unit=Unit.NOTIONAL, scope=guard.label)


def daily_loss(order: Proposal, guard: Guard) -> Denial | None:
    """The day's result, realised and open. At the limit nothing new is opened."""
    most = guard.limits.daily_loss_max
    loss = -guard.exposure.pnl(order.marks)
    if loss < most or order.reduces_in(guard):
        return None
    return Denial(rule=Rule.DAILY_LOSS, figure=loss, limit=most, unit=Unit.NOTIONAL, scope=guard.label)
