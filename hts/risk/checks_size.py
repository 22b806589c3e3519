"""Is the quantity one that can exist, and that somebody can have meant."""

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import Side
from hts.model.units import QTY_MAX
from hts.risk.guard import Guard
from hts.risk.proposal import Proposal

_BUY = Side.BUY  # reading a member off its class is felt on the order path


_BP = 10_000
_FAR = 3  # tenths: a price 30% off the last one was hardly meant as a price
_NEAR = 1  # tenths: a quantity within 10% of the price may well be the price
_WITHIN = 10


def bad_qty(order: Proposal) -> Denial | None:
    """At least one share, or when amending one more than has filled."""
    least = order.cum_qty + 1
    return Denial(rule=Rule.BAD_QTY, figure=order.qty, limit=least, unit=Unit.QTY) if order.qty < least else None


def bad_lot(order: Proposal) -> Denial | None:
    assert order.instrument is not None
    lot = order.instrument.lot
    return Denial(rule=Rule.BAD_LOT, figure=order.qty, limit=lot, unit=Unit.QTY) if order.qty % lot else None


def qty_increase(order: Proposal) -> Denial | None:
    """An amend cannot raise the quantity."""
    if order.qty <= order.old_qty:
        return None
    return Denial(rule=Rule.QTY_INCREASE, figure=order.qty, limit=order.old_qty, unit=Unit.QTY)


def listed_shares(order: Proposal) -> Denial | None:
    """More than all shares of the issue, together with what works on the same side in the whole house, cannot exist.

    No limit and no scope can allow it. Where the number of shares is unknown, the width of the wire's field is the
    bound.
    """
    assert order.instrument is not None
    most = order.instrument.listed_shares or QTY_MAX
    total = order.qty
    if not order.order_id:
        symbol, side, opened = order.symbol, order.side, 0
        for guard in order.guards:
            opened = max(opened, guard.exposure.of(symbol).open_qty[side])
        total += opened
    if total <= most:
        return None
    return Denial(rule=Rule.LISTED_SHARES, figure=total, limit=most, unit=Unit.QTY)


def wire_qty(order: Proposal) -> Denial | None:
    """A quantity fits its field on the wire whatever the limits are."""
    if order.qty <= QTY_MAX:
        return None
    return Denial(rule=Rule.QTY_LIMIT, figure=order.qty, limit=QTY_MAX, unit=Unit.QTY)


def px_qty_swap(order: Proposal) -> Denial | None:
    """The quantity is (nearly) the issue's price, and the price is far from it: they were entered the wrong way."""
    last_px = order.last_px
    if last_px <= 0 or not order.has_limit_px:
        return None
    if abs(order.px - last_px) * _WITHIN < last_px * _FAR:
        return None
    as_px = order.qty * 10**order.listed.px_decimals
    if abs(as_px - last_px) * _WITHIN > last_px * _NEAR:
        return None
    return Denial(rule=Rule.PX_QTY_SWAP, figure=order.qty, limit=last_px, unit=Unit.QTY)


def unit_mix(order: Proposal) -> Denial | None:
    """A sum of money where shares belong.

    A buy that is unaffordable as shares but affordable as money, and is at least the price of one share; a sale of
    more than is held whose quantity is (within a tenth) what the holding is worth.
    """
    assert order.instrument is not None
    unit = 10**order.instrument.px_decimals
    as_money = order.qty * unit
    px = order.last_px
    if px <= unit:
        return None
    if order.side is _BUY:
        looks_so = order.needed > order.buying_power and px <= as_money <= order.buying_power
    else:
        worth = order.sellable_qty * px
        looks_so = order.qty > order.sellable_qty and worth > 0 and abs(as_money - worth) * _WITHIN <= worth * _NEAR
    return Denial(rule=Rule.UNIT_MIX, figure=order.qty, limit=px, unit=Unit.QTY) if looks_so else None


# -- limits of scopes


def qty_limit(order: Proposal, guard: Guard) -> Denial | None:
    most = guard.limits.order_qty_max
    if order.qty <= most:
        return None
    return Denial(rule=Rule.QTY_LIMIT, figure=order.qty, limit=most, unit=Unit.QTY, scope=guard.label)


def value_limit(order: Proposal, guard: Guard) -> Denial | None:
    """Value of what can still trade."""
    value, most = order.value, guard.limits.order_value_max
    if value <= most:
        return None
    return Denial(rule=Rule.VALUE_LIMIT, figure=value, limit=most, unit=Unit.NOTIONAL, scope=guard.label)


def listed_share(order: Proposal, guard: Guard) -> Denial | None:
    """Not more than a part of the issue's shares in one order; unknown numbers say nothing."""
    assert order.instrument is not None
    whole, most_bp = order.instrument.listed_shares, guard.limits.listed_share_bp
    if whole <= 0 or order.qty * _BP <= whole * most_bp:
        return None
    return _beyond_part(order, guard, whole, most_bp, Rule.LISTED_SHARE_BP)


def average_volume(order: Proposal, guard: Guard) -> Denial | None:
    """Not more than a part of what a usual day trades in one order; unknown volumes say nothing."""
    whole, most_bp = order.average_volume, guard.limits.average_volume_bp
    if whole <= 0 or order.qty * _BP <= whole * most_bp:
        return None
    return _beyond_part(order, guard, whole, most_bp, Rule.AVERAGE_VOLUME_BP)


def _beyond_part(order: Proposal, guard: Guard, whole: int, most_bp: int, rule: Rule) -> Denial:
    figure = -(-order.qty * _BP // whole)  # rounded up: it is beyond the limit
    return Denial(rule=rule, figure=figure, limit=most_bp, unit=Unit.BP, scope=guard.label)
