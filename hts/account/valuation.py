"""What an account is worth, and how much of it is at risk: sums over its rows at given prices."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from hts.account.position import CASH, MARGIN, Position

Mark = Callable[[Position], int]
"""The value of a row's shares at the market, smallest units, signed like the row; its cost where nobody knows."""


class Valuation(Struct, frozen=True, kw_only=True):
    """Sums in one currency."""

    own_value: int = 0  # shares held with own money
    short_own_value: int = 0  # sold without credit and not yet covered, not signed
    margin_value: int = 0  # shares bought on credit
    short_value: int = 0  # borrowed shares sold, not signed
    credit_cost: int = 0  # credit positions at what they were opened at, not signed
    margin_loans: int = 0
    short_proceeds: int = 0  # kept by the lender
    losses: int = 0  # of losing credit rows, not signed
    gains: int = 0
    accrued: int = 0  # interest not yet paid

    @property
    def holdings(self) -> int:
        """All rows net of what lenders have in them."""
        own = self.own_value - self.short_own_value
        return own + self.margin_value - self.margin_loans - self.short_value + self.short_proceeds


def value_of(rows: Iterable[Position], mark: Mark) -> Valuation:
    """Add up rows of one currency."""
    sums = dict.fromkeys(Valuation.__struct_fields__, 0)
    for row in rows:
        if row.qty == 0:
            continue
        value = mark(row)
        if row.credit == CASH:
            sums["own_value" if value >= 0 else "short_own_value"] += abs(value)
            sums["margin_loans"] += row.loan  # a future's whole value is financed
            continue
        gain = value - row.cost
        sums["gains" if gain > 0 else "losses"] += abs(gain)
        sums["credit_cost"] += abs(row.cost)
        sums["accrued"] += row.accrued_micro // 1_000_000
        if row.credit == MARGIN:
            sums["margin_value"] += value
            sums["margin_loans"] += row.loan
        else:
            sums["short_value"] -= value
            sums["short_proceeds"] -= row.loan
    return Valuation(**sums)
