"""What events do to rows: exchange of shares, shares that come for nothing, cost that moves to another issue.

Exact sums: the new quantity is cut once over the whole row, and the lots share it so that each running total is cut;
so the lots add up to the row, and what was cut is paid in cash (단주대금) by the one who knows the price. Cost stays,
so only the average moves.
"""

from msgspec import Struct
from msgspec.structs import replace

from hts.account.money import MoneyChange
from hts.account.position import PPM, Lot, Position, check, share, without
from hts.model.units import Notional, Qty
from hts.rules.margin_interest import due


class Adjusted(Struct, frozen=True, kw_only=True):
    """The rows after an event, and what it did to money."""

    rows: tuple[Position, ...]
    change: MoneyChange


def exchanged_qty(qty: int, new: int, old: int) -> int:
    """Whole shares that replace `qty`; signed, cut towards zero."""
    return share(qty * new, 1, old) if qty else 0


def fraction_left(qty: int, new: int, old: int) -> tuple[int, int]:
    """The cut part of a new share as a signed fraction (over, under)."""
    over = abs(qty) * new % old
    return (over if qty >= 0 else -over), old


def exchange(row: Position, new: int, old: int, cash_in_lieu: int) -> Adjusted:
    """`new` shares instead of `old`; a row too small for one share is closed against the cash."""
    qty = exchanged_qty(row.qty, new, old)
    if qty == 0:
        return _closed(row, cash_in_lieu)
    lots: list[Lot] = []
    seen = given = 0
    for lot in row.lots:
        seen += lot.qty
        now = exchanged_qty(seen, new, old)
        lots.append(Lot(open_date=lot.open_date, qty=Qty(now - given), cost=lot.cost))
        given = now
    after = replace(
        row, qty=Qty(qty), adjusted_qty=Qty(row.adjusted_qty + qty - row.qty), lots=_without_empty(tuple(lots))
    )
    check(after)
    return Adjusted(rows=(after,), change=MoneyChange(cash=cash_in_lieu, income=cash_in_lieu))


def _without_empty(lots: tuple[Lot, ...]) -> tuple[Lot, ...]:
    """A lot too small for one new share gives its cost to the next one, or to the one before the end."""
    kept: list[Lot] = []
    carried = 0
    for lot in lots:
        if lot.qty == 0:
            carried += lot.cost
            continue
        kept.append(replace(lot, cost=Notional(lot.cost + carried)))
        carried = 0
    if carried:
        kept[-1] = replace(kept[-1], cost=Notional(kept[-1].cost + carried))
    return tuple(kept)


def _closed(row: Position, cash_in_lieu: int) -> Adjusted:
    interest = due(row.accrued_micro)
    after = replace(
        row,
        qty=Qty(0),
        cost=Notional(0),
        realised=Notional(row.realised - row.cost),
        fifo_realised=Notional(row.fifo_realised - row.fifo_cost),
        adjusted_qty=Qty(row.adjusted_qty - row.qty),
        lots=(),
        loan=Notional(0),
        accrued_micro=0,
    )
    check(after)
    change = MoneyChange(
        cash=cash_in_lieu - row.loan - interest,
        cost=-row.cost,
        realised=-row.cost,
        loans=-row.loan,
        income=cash_in_lieu,
        interest=interest,
    )
    return Adjusted(rows=(after,), change=change)


def receive(row: Position, qty: int, date: int, cost: int = 0) -> Position:
    """Shares that come without a trade, as a lot of their own."""
    if qty == 0:
        return row
    after = replace(
        row,
        qty=Qty(row.qty + qty),
        cost=Notional(row.cost + cost),
        adjusted_qty=Qty(row.adjusted_qty + qty),
        lots=(*row.lots, Lot(open_date=date, qty=Qty(qty), cost=Notional(cost))),
    )
    if after.qty == 0:  # a short row that was covered by what came
        return _closed(after, 0).rows[0]
    check(after)
    return after


def move(row: Position, to: Position, *, new: int, old: int) -> tuple[Position, Position]:
    """All of a row becomes shares of another issue, cost, loan and lots with it (a merger)."""
    taken = exchange(row, new, old, 0).rows[0]
    if taken.qty == 0:
        return taken, to
    between = taken.fifo_cost - taken.cost  # the two methods' costs differ by what they have realised
    left = replace(
        row,
        qty=Qty(0),
        cost=Notional(0),
        fifo_realised=Notional(row.fifo_realised - between),
        adjusted_qty=Qty(row.adjusted_qty - row.qty),
        lots=(),
        loan=Notional(0),
        accrued_micro=0,
    )
    arrived = _add(to, taken, between)
    check(left)
    check(arrived)
    return left, arrived


def spin_off(row: Position, to: Position, *, new: int, old: int, cost_ppm: int) -> tuple[Position, Position]:
    """Shares of a company that was spun off come, and take a part of the cost with them."""
    qty = exchanged_qty(row.qty, new, old)
    if qty == 0:
        return row, to
    moved = share(row.cost, cost_ppm, PPM)
    lots = tuple(replace(lot, cost=Notional(lot.cost - share(lot.cost, cost_ppm, PPM))) for lot in row.lots)
    fifo_moved = row.fifo_cost - sum(lot.cost for lot in lots)
    between = fifo_moved - moved
    left = replace(row, cost=Notional(row.cost - moved), lots=lots, fifo_realised=Notional(row.fifo_realised - between))
    part = Position(
        account=row.account,
        symbol=to.symbol,
        currency=row.currency,
        qty=Qty(qty),
        cost=Notional(moved),
        lots=(Lot(open_date=row.lots[0].open_date, qty=Qty(qty), cost=Notional(fifo_moved)),),
    )
    arrived = _add(to, part, between)
    check(left)
    check(arrived)
    return left, arrived


def subscribe(rights: Position, to: Position, qty: int, amount: int) -> tuple[Position, Position]:
    """`qty` rights and `amount` of money become new shares, which cost both."""
    assert 0 < qty <= rights.qty, (rights, qty)
    moved = share(rights.cost, qty, rights.qty)
    lots, fifo_moved = without(rights.lots, qty)
    between = fifo_moved - moved
    left = replace(
        rights,
        qty=Qty(rights.qty - qty),
        cost=Notional(rights.cost - moved),
        lots=lots,
        fifo_realised=Notional(rights.fifo_realised - between),
        adjusted_qty=Qty(rights.adjusted_qty - qty),
    )
    lot = Lot(open_date=rights.lots[0].open_date, qty=Qty(qty), cost=Notional(fifo_moved + amount))
    part = Position(
        account=to.account,
        symbol=to.symbol,
        currency=to.currency,
        qty=Qty(qty),
        cost=Notional(moved + amount),
        lots=(lot,),
    )
    arrived = _add(to, part, between)
    check(left)
    check(arrived)
    return left, arrived


def lapse(row: Position) -> Adjusted:
    """What is held became worthless."""
    return _closed(row, 0)


def marked(row: Position, value: int, date: int, settle_date: int) -> tuple[Position, MoneyChange]:
    """A future's cost becomes its evening value, and the difference is paid; the exchange keeps financing the whole."""
    assert row.loan == row.cost, row
    after = replace(
        row,
        cost=Notional(value),
        loan=Notional(value),
        realised=Notional(row.realised + value - row.cost),
        fifo_realised=Notional(row.fifo_realised + value - row.fifo_cost),
        lots=(Lot(open_date=date, qty=row.qty, cost=Notional(value)),),
    )
    check(after)
    gain = value - row.cost
    return after, MoneyChange(cash=gain, cost=gain, realised=gain, loans=gain, settle_date=settle_date)


def _add(to: Position, part: Position, between: int) -> Position:
    return replace(
        to,
        qty=Qty(to.qty + part.qty),
        cost=Notional(to.cost + part.cost),
        fifo_realised=Notional(to.fifo_realised + between),
        adjusted_qty=Qty(to.adjusted_qty + part.qty),
        lots=tuple(sorted((*to.lots, *part.lots), key=lambda lot: lot.open_date)),
        loan=Notional(to.loan + part.loan),
        accrued_micro=to.accrued_micro + part.accrued_micro,
        accrued_to=max(to.accrued_to, part.accrued_to),
        due_date=to.due_date or part.due_date,
    )
