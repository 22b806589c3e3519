"""A holding at average cost.

Integer rounding: selling `q` of `Q` shares moves `cost * q // Q` out of the cost (rounded towards zero, so the rest
stays with the shares that are kept, and the last share takes what is left). Nothing is lost: cost moved out plus cost
kept is the cost before. Fees and tax are not part of the cost; they lower the realised profit at once.
"""

from msgspec import Struct

from hts.model.enums import Side
from hts.model.units import Notional, Qty


class Position(Struct, frozen=True, kw_only=True):
    """Signed quantity; `cost` has the sign of `qty`. `bought_qty - sold_qty == qty` proves the sum of fills."""

    account: str
    symbol: str
    currency: str
    qty: Qty = Qty(0)
    cost: Notional = Notional(0)
    realised: Notional = Notional(0)
    fees: Notional = Notional(0)
    taxes: Notional = Notional(0)
    bought_qty: Qty = Qty(0)
    sold_qty: Qty = Qty(0)


def after_fill(position: Position, side: Side, *, px: int, qty: int, fee: int, tax: int) -> Position:
    """The position after a fill of `qty` at `px`: what closes realises profit, what opens adds cost."""
    assert qty > 0, qty
    signed = qty * side.sign
    closing = min(qty, abs(position.qty)) if position.qty * signed < 0 else 0
    opening = qty - closing
    moved = _cost_share(position, closing)
    gain = -side.sign * px * closing - moved  # selling a long brings px * closing in; covering a short pays it
    after = Position(
        account=position.account,
        symbol=position.symbol,
        currency=position.currency,
        qty=Qty(position.qty + signed),
        cost=Notional(position.cost - moved + side.sign * px * opening),
        realised=Notional(position.realised + gain - fee - tax),
        fees=Notional(position.fees + fee),
        taxes=Notional(position.taxes + tax),
        bought_qty=Qty(position.bought_qty + (qty if side is Side.BUY else 0)),
        sold_qty=Qty(position.sold_qty + (qty if side is Side.SELL else 0)),
    )
    assert after.bought_qty - after.sold_qty == after.qty, after
    assert after.qty != 0 or after.cost == 0, after
    return after


def _cost_share(position: Position, closing: int) -> int:
    """The signed part of the cost that belongs to `closing` shares."""
    if closing == 0:
        return 0
    share = abs(position.cost) * closing // abs(position.qty)
    return share if position.qty > 0 else -share
