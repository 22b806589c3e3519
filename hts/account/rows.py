"""The rows of one issue in one account: own money, and one per loan date. Fills are spread over them here.

A fill of own money goes to the cash row; a sale of more than that row holds goes on to the oldest loans. A credit
opening goes to the row of its loan date. A credit closing goes to the row that was named, or to the oldest loans first;
if it is larger than all of them the rest is a fill of own money, because the venue's word stands whatever our rows say.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from hts.account.booking import Booking, Repayment
from hts.account.money import MoneyChange
from hts.account.position import CASH, MARGIN, PPM, Position, after_fill, closed_part, share
from hts.model.enums import Side
from hts.model.units import Notional, Qty

RowKey = tuple[str, int]  # credit, loan date
Rows = Mapping[RowKey, Position]
OWN: RowKey = (CASH, 0)


class Booked(Struct, frozen=True, kw_only=True):
    """What a fill did: the rows after it, the change of money, and the loans that it pays back."""

    rows: dict[RowKey, Position]
    change: MoneyChange
    repayments: tuple[Repayment, ...]


def book(rows: Rows, booking: Booking) -> Booked:
    """Spread a fill over the rows."""
    after = dict(rows)
    total = MoneyChange(settle_date=booking.settle_date)
    repayments: list[Repayment] = []
    for key, part in _parts(rows, booking):
        before = after.get(key) or _new_row(key, part)
        row, change = _book_row(before, part)
        after[key] = row
        total = _sum(total, change)
        if before.credit and change.loans and part.side.sign * before.qty < 0:
            repayments.append(_repayment(before, part))
    return Booked(rows=after, change=total, repayments=tuple(repayments))


def _parts(rows: Rows, booking: Booking) -> list[tuple[RowKey, Booking]]:
    if booking.credit == CASH:
        return _own_parts(rows, booking)
    if booking.is_opening:
        return [((booking.credit, booking.loan_date), booking)]
    keys = sorted(key for key, row in rows.items() if key[0] == booking.credit and row.qty)
    return _closing_parts(rows, booking, keys)


def _own_parts(rows: Rows, booking: Booking) -> list[tuple[RowKey, Booking]]:
    """A sale of more than the own shares (a position that is closed as a whole) goes on to those on loan."""
    own = rows.get(OWN)
    loans = sorted(key for key, row in rows.items() if key[0] == MARGIN and row.qty > 0)
    if booking.side is Side.BUY or booking.is_opening or not loans:
        return [(OWN, booking)]
    return _closing_parts(rows, booking, [OWN, *loans] if own is not None and own.qty > 0 else loans)


def _closing_parts(rows: Rows, booking: Booking, keys: list[RowKey]) -> list[tuple[RowKey, Booking]]:
    if booking.loan_date:
        named = (booking.credit, booking.loan_date)
        keys = [named, *(key for key in keys if key != named)] if named in keys else keys
    parts: list[tuple[RowKey, Booking]] = []
    left = booking
    for key in keys:
        if left.qty == 0:
            break
        part, left = _split(left, min(left.qty, abs(rows[key].qty)))
        parts.append((key, part))
    if left.qty:
        parts.append((OWN, replace(left, credit=CASH)))
    return parts


def _split(booking: Booking, qty: int) -> tuple[Booking, Booking]:
    """The first `qty` shares of a booking and the rest, sums kept."""
    if qty == booking.qty:
        return booking, replace(booking, qty=Qty(0), value=Notional(0), fee=Notional(0), tax=Notional(0))
    value, fee, tax = (share(amount, qty, booking.qty) for amount in (booking.value, booking.fee, booking.tax))
    first = replace(booking, qty=Qty(qty), value=Notional(value), fee=Notional(fee), tax=Notional(tax))
    rest = replace(
        booking,
        qty=Qty(booking.qty - qty),
        value=Notional(booking.value - value),
        fee=Notional(booking.fee - fee),
        tax=Notional(booking.tax - tax),
    )
    return first, rest


def _new_row(key: RowKey, booking: Booking) -> Position:
    return Position(
        account=booking.account,
        symbol=booking.symbol,
        currency=booking.currency,
        credit=key[0],
        loan_date=key[1],
        due_date=booking.due_date,
        accrued_to=booking.settle_date if key[0] else 0,
    )


def _book_row(before: Position, part: Booking) -> tuple[Position, MoneyChange]:
    after = after_fill(
        before,
        part.side,
        px=part.px,
        qty=part.qty,
        fee=part.fee,
        tax=part.tax,
        value=part.value,
        trade_date=part.trade_date,
        financed_ppm=part.financed_ppm if part.is_opening else 0,
    )
    loans = after.loan - before.loan
    unpaid = 0
    if part.side is Side.BUY and part.deposit_ppm < PPM:
        unpaid = part.value * (PPM - part.deposit_ppm) // PPM
    change = MoneyChange(
        cash=-part.side.sign * part.value - part.fee - part.tax + loans,
        cost=after.cost - before.cost,
        realised=after.realised - before.realised,
        fees=part.fee,
        taxes=part.tax,
        loans=loans,
        allowance=unpaid,
    )
    return after, change


def _repayment(before: Position, part: Booking) -> Repayment:
    closed = closed_part(before, part.qty)
    return Repayment(
        account=part.account,
        currency=part.currency,
        symbol=part.symbol,
        credit=before.credit,
        loan_date=before.loan_date,
        principal=Notional(abs(closed.loan)),
        accrued_micro=closed.accrued_micro,
        accrued_to=before.accrued_to,
        settle_date=part.settle_date,
    )


def _sum(one: MoneyChange, other: MoneyChange) -> MoneyChange:
    return MoneyChange(
        cash=one.cash + other.cash,
        cost=one.cost + other.cost,
        realised=one.realised + other.realised,
        fees=one.fees + other.fees,
        taxes=one.taxes + other.taxes,
        loans=one.loans + other.loans,
        settle_date=one.settle_date,
        allowance=one.allowance + other.allowance,
    )
