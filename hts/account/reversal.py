"""The day's fills of one issue, kept so that one of them can be taken back as though it had never been.

Rounding makes undoing a fill by an opposite one wrong by a won here and there, and lots that it opened may be sold
since. So the rows as they stood when the day began are kept, and a cancel books the other fills again, in their order.
"""

from hts.account.booking import Booking, Repayment
from hts.account.money import MoneyChange
from hts.account.position import Position
from hts.account.rows import RowKey, book
from hts.model.enums import Side
from hts.model.units import ExecID, Notional


class DayBook:
    """`rows` before the first of `bookings`; `changes` is what each did to money."""

    def __init__(self, rows: dict[RowKey, Position]) -> None:
        self.rows = rows
        self.bookings: list[Booking] = []
        self.changes: list[MoneyChange] = []
        self.repayments: list[Repayment] = []
        self.rows_now = rows
        self._values: dict[tuple[Side, int], int] = {}

    def add(self, booking: Booking, change: MoneyChange, repayments: tuple[Repayment, ...]) -> None:
        """A fill as it was booked."""
        self.bookings.append(booking)
        self.changes.append(change)
        self.repayments += repayments
        key = (booking.side, booking.trade_date)
        self._values[key] = self._values.get(key, 0) + booking.value

    def value(self, side: Side, trade_date: int) -> Notional:
        """What the fills of a side and day are worth together."""
        return Notional(self._values.get((side, trade_date), 0))

    def find(self, venue: str, exec_id: ExecID) -> Booking | None:
        """The fill with this ExecID(17)."""
        return next((one for one in self.bookings if (one.venue, one.exec_id) == (venue, exec_id)), None)

    def without(self, venue: str, exec_id: ExecID, correction: Booking | None) -> "DayBook":
        """The same day without a fill, or with another in its place."""
        again = DayBook(self.rows)
        rows = dict(self.rows)
        for one in self.bookings:
            booking: Booking | None = one
            if (one.venue, one.exec_id) == (venue, exec_id):
                booking = correction
            if booking is None:
                continue
            booked = book(rows, booking)
            rows = booked.rows
            again.add(booking, booked.change, booked.repayments)
        # A row that the fill alone had made is empty now; it is kept, since its symbol was dealt in.
        for key, row in self._emptied(rows).items():
            rows.setdefault(key, row)
        again.rows_now = rows
        return again

    def _emptied(self, rows: dict[RowKey, Position]) -> dict[RowKey, Position]:
        if rows:
            return {}
        first = self.bookings[0]
        row = Position(account=first.account, symbol=first.symbol, currency=first.currency)
        return {(row.credit, row.loan_date): row}
