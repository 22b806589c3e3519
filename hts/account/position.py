"""One row of holdings at average and at FIFO cost: an issue held with own money, or under one loan date.

Integer rounding: closing `q` of `Q` shares moves `cost * q // Q` out of the cost (rounded towards zero, so the rest
stays with the shares that are kept, and the last share takes what is left). Nothing is lost: cost moved out plus cost
kept is the cost before. The same holds for each lot, for the loan, and for interest that has run up. Fees and tax are
not part of the cost; they lower the realised profit at once.

Credit. `loan` is what the lender paid of the cost: positive under a credit purchase. Under a sale of borrowed shares
both are negative: the lender keeps the proceeds, so opening moves no cash, and covering pays only the difference.
"""

from typing import Final

from msgspec import Struct

from hts.model.enums import Side
from hts.model.units import Notional, Px, Qty

CASH: Final = ""
MARGIN: Final = "margin"  # 신용융자, 信用買, bought with a loan
SHORT: Final = "short"  # 대주, 信用売, borrowed shares sold
PPM: Final = 1_000_000


class Lot(Struct, frozen=True, kw_only=True):
    """Shares that came on one day at one price; signed like the position."""

    open_date: int
    qty: Qty
    cost: Notional


class Position(Struct, frozen=True, kw_only=True):
    """Signed quantity; `cost` has the sign of `qty`. `bought_qty - sold_qty + adjusted_qty == qty` proves the sum.

    `lots` are the same shares oldest first, at what each cost; `fifo_realised` is the profit by that order.
    """

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
    adjusted_qty: Qty = Qty(0)  # by splits, stock dividends and the like
    fifo_realised: Notional = Notional(0)
    lots: tuple[Lot, ...] = ()
    credit: str = CASH
    loan_date: int = 0
    due_date: int = 0
    loan: Notional = Notional(0)
    accrued_micro: int = 0  # interest that has run up, in millionths
    accrued_to: int = 0  # the day up to which it has

    @property
    def fifo_cost(self) -> Notional:
        """What the open shares cost, oldest out first."""
        return Notional(sum(lot.cost for lot in self.lots))


class Closed(Struct, frozen=True, kw_only=True):
    """What left a row when part of it was closed."""

    qty: int = 0
    loan: int = 0
    accrued_micro: int = 0


def after_fill(
    position: Position,
    side: Side,
    *,
    px: int,
    qty: int,
    fee: int,
    tax: int,
    value: int = 0,
    trade_date: int = 0,
    financed_ppm: int = 0,
) -> Position:
    """The position after a fill of `qty`: what closes realises profit, what opens adds cost.

    `value` is the fill's value where it is not px x qty (a contract's multiplier, prices below the currency's unit).
    """
    assert qty > 0, qty
    value = value or px * qty
    signed = qty * side.sign
    closing = min(qty, abs(position.qty)) if position.qty * signed < 0 else 0
    assert closing in (0, qty) or position.credit == CASH, (position, qty)
    closing_value = value * closing // qty
    moved = share(position.cost, closing, position.qty)
    gain = -side.sign * closing_value - moved  # selling a long brings its value in; covering a short pays it
    opened = side.sign * (value - closing_value)
    lots, lots_moved = without(position.lots, closing)
    if opened or closing < qty:
        lots = _with(lots, Lot(open_date=trade_date, qty=Qty(side.sign * (qty - closing)), cost=Notional(opened)))
    closed = closed_part(position, closing)
    after = Position(
        account=position.account,
        symbol=position.symbol,
        currency=position.currency,
        qty=Qty(position.qty + signed),
        cost=Notional(position.cost - moved + opened),
        realised=Notional(position.realised + gain - fee - tax),
        fees=Notional(position.fees + fee),
        taxes=Notional(position.taxes + tax),
        bought_qty=Qty(position.bought_qty + (qty if side is Side.BUY else 0)),
        sold_qty=Qty(position.sold_qty + (qty if side is Side.SELL else 0)),
        adjusted_qty=position.adjusted_qty,
        fifo_realised=Notional(position.fifo_realised - side.sign * closing_value - lots_moved - fee - tax),
        lots=lots,
        credit=position.credit,
        loan_date=position.loan_date,
        due_date=position.due_date,
        loan=Notional(position.loan - closed.loan + _lent(opened, financed_ppm)),
        accrued_micro=position.accrued_micro - closed.accrued_micro,
        accrued_to=position.accrued_to,
    )
    check(after)
    return after


def closed_part(position: Position, closing: int) -> Closed:
    """What closing so many shares pays back of the loan, and the interest that goes with it."""
    if closing == 0:
        return Closed()
    return Closed(
        qty=closing,
        loan=share(position.loan, closing, position.qty),
        accrued_micro=share(position.accrued_micro, closing, position.qty),
    )


def check(position: Position) -> None:
    """The sums that must hold whatever happened."""
    assert position.bought_qty - position.sold_qty + position.adjusted_qty == position.qty, position
    assert position.qty != 0 or position.cost == position.loan == position.accrued_micro == 0, position
    assert sum(lot.qty for lot in position.lots) == position.qty, position
    assert position.cost + position.fifo_realised == position.fifo_cost + position.realised, position


def share(amount: int, part: int, whole: int) -> int:
    """The signed part of an amount that belongs to `part` of `whole` shares, rounded towards zero."""
    if part == 0:
        return 0
    moved = abs(amount) * part // abs(whole)
    return moved if amount > 0 else -moved


def mean_px(position: Position) -> Px:
    """The average price of the open shares, nearest."""
    if position.qty == 0:
        return Px(0)
    cost, qty = abs(position.cost), abs(position.qty)
    return Px((2 * cost + qty) // (2 * qty))


def _lent(opened: int, financed_ppm: int) -> int:
    """The lender's part of what was opened, cut; proceeds of borrowed shares are kept whole."""
    lent = abs(opened) * financed_ppm // PPM
    return lent if opened > 0 else -lent


def without(lots: tuple[Lot, ...], closing: int) -> tuple[tuple[Lot, ...], int]:
    """The lots after `closing` shares went, oldest first, and the signed cost that went with them."""
    moved = 0
    at = 0
    while closing:
        lot = lots[at]
        if abs(lot.qty) > closing:
            part = share(lot.cost, closing, lot.qty)
            sign = 1 if lot.qty > 0 else -1
            kept = Lot(open_date=lot.open_date, qty=Qty(lot.qty - sign * closing), cost=Notional(lot.cost - part))
            return (kept, *lots[at + 1 :]), moved + part
        moved += lot.cost
        closing -= abs(lot.qty)
        at += 1
    return lots[at:] if at else lots, moved


def _with(lots: tuple[Lot, ...], new: Lot) -> tuple[Lot, ...]:
    """A fill of the same day at the same price joins the newest lot."""
    if lots:
        last = lots[-1]
        if last.open_date == new.open_date and last.cost * new.qty == new.cost * last.qty:
            joined = Lot(open_date=new.open_date, qty=Qty(last.qty + new.qty), cost=Notional(last.cost + new.cost))
            return (*lots[:-1], joined)
    return (*lots, new)
