"""The books as a schoolbook would keep them: exact fractions, every fill remembered, sums made anew each time.

Only rounding differs: the naive average cost is a fraction, the ledger's is within one unit per closing fill of it.
"""

from fractions import Fraction

from hts.account.booking import Booking
from hts.account.position import PPM
from hts.model.enums import Side


class NaiveBooks:
    def __init__(self, opening: int) -> None:
        self.opening = opening
        self.fills: list[Booking] = []
        self.posted: list[tuple[str, int]] = []

    def book(self, fill: Booking) -> None:
        self.fills.append(fill)

    def post(self, kind: str, amount: int) -> None:
        self.posted.append((kind, amount))

    def cancel(self, exec_id: int) -> None:
        self.fills = [fill for fill in self.fills if fill.exec_id != exec_id]

    def qty(self, symbol: str) -> int:
        return sum(fill.side.sign * fill.qty for fill in self.fills if fill.symbol == symbol)

    def cash(self) -> int:
        paid = sum(fill.side.sign * fill.value + fill.fee + fill.tax for fill in self.fills)
        return self.opening - paid + sum(amount for _, amount in self.posted)

    def cash_on(self, date: int) -> int:
        due = [fill for fill in self.fills if fill.settle_date <= date]
        paid = sum(fill.side.sign * fill.value + fill.fee + fill.tax for fill in due)
        return self.opening - paid + sum(amount for _, amount in self.posted)

    def average(self, symbol: str) -> tuple[Fraction, Fraction, int]:
        """Exact cost and realised profit without costs, and how often something was closed."""
        cost, realised, qty, closings = Fraction(0), Fraction(0), 0, 0
        for fill in self.fills:
            if fill.symbol != symbol:
                continue
            signed = fill.side.sign * fill.qty
            closing = min(fill.qty, abs(qty)) if qty * signed < 0 else 0
            if closing:
                moved = cost * closing / abs(qty)
                realised += -fill.side.sign * Fraction(fill.value * closing, fill.qty) - moved
                cost -= moved
                closings += 1
            cost += fill.side.sign * Fraction(fill.value * (fill.qty - closing), fill.qty)
            qty += signed
        return cost, realised, closings

    def fifo(self, symbol: str) -> list[tuple[int, int, int]]:
        """(date, shares, price) of what is left, one row per share price and day; whole prices only."""
        left: list[list[int]] = []
        for fill in self.fills:
            if fill.symbol != symbol:
                continue
            units = fill.qty
            while units and left and left[0][1] * fill.side.sign < 0:
                taken = min(units, abs(left[0][1]))
                left[0][1] += fill.side.sign * taken
                units -= taken
                if left[0][1] == 0:
                    left.pop(0)
            if units:
                left.append([fill.trade_date, fill.side.sign * units, fill.px])
        return [(day, units, px) for day, units, px in left]

    def costs(self) -> tuple[int, int]:
        return sum(fill.fee for fill in self.fills), sum(fill.tax for fill in self.fills)

    def unpaid(self, date: int) -> int:
        return sum(
            fill.value * (PPM - fill.deposit_ppm) // PPM
            for fill in self.fills
            if fill.side is Side.BUY and fill.settle_date > date
        )
