"""Cash, holdings and reservations of all accounts.

Theory of operation. Every change comes as a booked fact: a fill, a posting, an adjustment of a holding, a day that
settles. After each of them these identities hold and are asserted (`money.check`, `position.check`):

    cash + cost of the holdings == opening + realised + loans + income - interest + flows
    shares bought - shares sold + shares that events brought == shares held, and the lots are the same shares

`reserved` is cash promised to working buy orders: it is the sum of what each of them holds (`Order.held`), changed by
the difference whenever one order changes. Bought shares can be sold at once, and proceeds buy again at once, as Korean
brokers allow; what has settled is told by `Money.cash_on`.

A trade that the venue cancels or corrects on its own day leaves no trace: the day's fills of that issue are booked
again without it (`hts/account/reversal.py`).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from hts.account.booking import Booking, Repayment
from hts.account.money import Money, MoneyChange, after, settle
from hts.account.position import CASH, Position, check
from hts.account.reversal import DayBook
from hts.account.rows import OWN, RowKey, book
from hts.model.enums import Side
from hts.model.units import NO_ID, ClOrdID, ExecID, Notional, Qty

Holding = tuple[str, str]  # account, symbol
_NO_ROWS: Final[Mapping[RowKey, Position]] = {}


class Ledger:
    """Money per account and currency, rows of holdings per account and symbol."""

    def __init__(self) -> None:
        self._money: dict[tuple[str, str], Money] = {}
        self._rows: dict[Holding, dict[RowKey, Position]] = {}
        self._days: dict[Holding, DayBook] = {}
        self._exec_at: dict[tuple[str, ExecID], Holding] = {}
        self.repayments: list[Repayment] = []

    def open(self, account: str, currency: str, cash: Notional) -> None:
        """An account with its opening cash; opened once."""
        assert (account, currency) not in self._money, (account, currency)
        self._money[account, currency] = Money(account=account, currency=currency, opening=cash, cash=cash)

    # -- looking

    def has_account(self, account: str) -> bool:
        """Whether the account was opened in any currency."""
        for name, _ in self._money:  # noqa: SIM110  asked for each order, and a generator is two calls more
            if name == account:
                return True
        return False

    def home_currency(self, account: str) -> str:
        """The currency in which the account was opened first; "" when it never was."""
        for name, currency in self._money:
            if name == account:
                return currency
        return ""

    def money(self, account: str, currency: str) -> Money | None:
        """The account's money in a currency, if it was opened in it."""
        return self._money.get((account, currency))

    def all_money(self) -> Iterator[Money]:
        """Every account and currency, in the order of opening."""
        return iter(self._money.values())

    def position(self, account: str, symbol: str) -> Position | None:
        """The holding of all rows together, also when it is closed again; None when there never was one."""
        rows = self._rows.get((account, symbol))
        if rows is None:
            return None
        return rows[OWN] if len(rows) == 1 and OWN in rows else _together(list(rows.values()))

    def rows(self, account: str, symbol: str = "") -> list[Position]:
        """The account's rows, of one symbol when given: own money and each loan date apart."""
        if symbol:
            return list(self._rows.get((account, symbol), {}).values())
        return [row for (name, _), rows in self._rows.items() if name == account for row in rows.values()]

    def row(self, account: str, symbol: str, credit: str, loan_date: int) -> Position | None:
        """One row."""
        return self._rows.get((account, symbol), {}).get((credit, loan_date))

    def positions(self) -> Iterator[Position]:
        """Every holding, in the order of its first fill."""
        for account, symbol in self._rows:
            position = self.position(account, symbol)
            assert position is not None, (account, symbol)
            yield position

    def all_rows(self) -> Iterator[Position]:
        """Every row of every account."""
        return (row for rows in self._rows.values() for row in rows.values())

    def qty(self, account: str, symbol: str) -> Qty:
        """Shares held, borrowed ones that were sold taken off."""
        held = 0
        for row in self._rows.get((account, symbol), _NO_ROWS).values():
            held += row.qty
        return Qty(held)

    def day_value(self, account: str, symbol: str, side: Side, trade_date: int) -> Notional:
        """Value of the fills of one side on one trading day: what costs over a day are counted on."""
        day = self._days.get((account, symbol))
        return day.value(side, trade_date) if day else Notional(0)

    def day_bookings(self, account: str, symbol: str, side: Side, trade_date: int) -> list[Booking]:
        """The fills of one side on one trading day, in their order."""
        day = self._days.get((account, symbol))
        fills = day.bookings if day else []
        return [one for one in fills if one.side is side and one.trade_date == trade_date]

    def fill_of(self, venue: str, exec_id: ExecID) -> Booking | None:
        """A fill of the running day."""
        holding = self._exec_at.get((venue, exec_id))
        return self._days[holding].find(venue, exec_id) if holding else None

    def day_fills(self) -> Iterator[Booking]:
        """The fills since the last roll."""
        return (booking for day in self._days.values() for booking in day.bookings)

    # -- changing

    def hold(self, account: str, currency: str, change: int) -> None:
        """Promise `change` more (or less) cash to working orders."""
        if change == 0:
            return
        money = self._opened(account, currency)
        reserved = money.reserved + change
        assert reserved >= 0, (money, change)
        self._money[account, currency] = replace(money, reserved=Notional(reserved))

    def book(self, booking: Booking) -> None:
        """A fill moves cash and shares; both identities are asserted."""
        holding = (booking.account, booking.symbol)
        rows = self._rows.get(holding, {})
        day = self._days.get(holding)
        if day is None:
            day = self._days[holding] = DayBook(rows=dict(rows))
        booked = book(rows, booking)
        day.add(booking, booked.change, booked.repayments)
        if booking.exec_id:
            self._exec_at[booking.venue, booking.exec_id] = holding
        self._rows[holding] = booked.rows
        self._change(booking.account, booking.currency, booked.change)
        self.repayments += booked.repayments

    def cancel_fill(self, venue: str, exec_id: ExecID, correction: Booking | None = None) -> bool:
        """The venue took back a fill of the running day, or says what it should have been. False: it is not known.

        All is then as though the day's fills had come without it, or with the correction in its place.
        """
        holding = self._exec_at.get((venue, exec_id))
        if holding is None:
            return False
        day = self._days[holding]
        again = day.without(venue, exec_id, correction)
        for booking, change in zip(day.bookings, day.changes, strict=True):
            self._change(booking.account, booking.currency, change, -1)
        for booking, change in zip(again.bookings, again.changes, strict=True):
            self._change(booking.account, booking.currency, change)
        for one in day.repayments:
            self.repayments.remove(one)
        self.repayments += again.repayments
        self._rows[holding] = again.rows_now
        self._days[holding] = again
        del self._exec_at[venue, exec_id]
        if correction is not None and correction.exec_id:
            self._exec_at[correction.venue, correction.exec_id] = holding
        return True

    def adjust_costs(self, like: Booking, fee: int, tax: int, order_id: ClOrdID = NO_ID) -> Booking | None:
        """Costs counted over several fills changed: the newest of that account, issue, side and day bears it, of the
        named order if it has any. That fill as it is now; None where there is none.
        """
        fills = self.day_bookings(like.account, like.symbol, like.side, like.trade_date)
        named = [one for one in fills if one.exec_id]
        last = next((one for one in reversed(named) if one.order_id == order_id), named[-1] if named else None)
        if last is None:
            return None
        changed = replace(last, fee=Notional(last.fee + fee), tax=Notional(last.tax + tax))
        self.cancel_fill(last.venue, last.exec_id, changed)
        return changed

    def post(self, account: str, currency: str, change: MoneyChange) -> None:
        """Money that moves without a trade: dividends, interest, payments in and out."""
        self._change(account, currency, change)

    def put_row(self, row: Position, change: MoneyChange | None = None) -> None:
        """A row changed by something that is no fill, with the money that goes with it."""
        check(row)
        holding = (row.account, row.symbol)
        self._close_day(holding)
        self._rows.setdefault(holding, {})[row.credit, row.loan_date] = row
        if change is not None:
            self._change(row.account, row.currency, change)

    def settle(self, account: str, currency: str, date: int) -> None:
        """All that was due up to a day has moved."""
        self._money[account, currency] = settle(self._money[account, currency], date)

    def start_day(self, venue: str, trading_date: int) -> None:
        """Fills of earlier days are final in what was dealt in at a venue."""
        for holding, day in list(self._days.items()):
            is_here = any(booking.venue == venue for booking in day.bookings)
            if is_here and all(booking.trade_date < trading_date for booking in day.bookings):
                self._close_day(holding)

    def _close_day(self, holding: Holding) -> None:
        day = self._days.pop(holding, None)
        if day is not None:
            for booking in day.bookings:
                self._exec_at.pop((booking.venue, booking.exec_id), None)

    def _change(self, account: str, currency: str, change: MoneyChange, sign: int = 1) -> None:
        self._money[account, currency] = after(self._opened(account, currency), change, sign)

    def _opened(self, account: str, currency: str) -> Money:
        """The account's money, which may be the first in a currency that it was not opened in."""
        found = self._money.get((account, currency))
        return found or Money(account=account, currency=currency, opening=Notional(0), cash=Notional(0))


def _together(rows: list[Position]) -> Position:
    """One row that stands for all of an issue."""
    first = rows[0]
    return Position(
        account=first.account,
        symbol=first.symbol,
        currency=first.currency,
        qty=Qty(sum(row.qty for row in rows)),
        cost=Notional(sum(row.cost for row in rows)),
        realised=Notional(sum(row.realised for row in rows)),
        fees=Notional(sum(row.fees for row in rows)),
        taxes=Notional(sum(row.taxes for row in rows)),
        bought_qty=Qty(sum(row.bought_qty for row in rows)),
        sold_qty=Qty(sum(row.sold_qty for row in rows)),
        adjusted_qty=Qty(sum(row.adjusted_qty for row in rows)),
        fifo_realised=Notional(sum(row.fifo_realised for row in rows)),
        lots=tuple(lot for row in rows for lot in row.lots),
        credit=CASH,
        loan=Notional(sum(row.loan for row in rows)),
        accrued_micro=sum(row.accrued_micro for row in rows),
    )
