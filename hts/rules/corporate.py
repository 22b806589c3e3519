"""Base prices after an event, ex-dates, and the bounds of what is plausible (KRX Enforcement Rules 30, Annex 2)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct

from hts.model.instruments import TickTable
from hts.model.units import Px
from hts.rules.dates import row_at
from hts.rules.krx_limits import exact

NO_ADJUSTMENT: Final = frozenset({"cash_dividend", "spin_off"})


class CorporateLimits(Struct, frozen=True, kw_only=True):
    """How large a plausible event is, each a fraction of what its name says."""

    new_shares_of_listed: Fraction
    stock_dividend_ratio: Fraction
    bonus_ratio: Fraction
    cash_of_price: Fraction
    split_ratio: Fraction
    rights_ratio: Fraction
    held_of_listed: Fraction


class CorporateRules(Struct, frozen=True, kw_only=True):
    """The corporate actions table."""

    table: Mapping[str, Any]

    def limits(self, date: int) -> CorporateLimits:
        """The bounds in force."""
        row = row_at(self.table["limits"], date)
        return CorporateLimits(**{name: exact(row[name]) for name in CorporateLimits.__struct_fields__})

    def days_before_record(self, market: str, date: int) -> int:
        """Business days from the ex-date to the record date."""
        rows = [row for row in self.table["ex_date"] if row["market"] == market]
        return int(row_at(rows, date)["days_before_record"])

    def open_orders(self, market: str, date: int) -> str:
        """What becomes of orders that lived through the night: "cancel" or "adjust"."""
        rows = [row for row in self.table["open_orders"] if row["market"] == market]
        return str(row_at(rows, date)["rule"])


def theoretical_px(kind: str, close: int, *, new: int, old: int, issue_px: int = 0) -> Fraction:
    """The price at which nobody gains by the event.

    `new` shares come for `old` ones, at `issue_px` where they are paid for. A split of one into five: new 5, old 1; a
    reverse split of ten into one: new 1, old 10; a merger: `new` shares of the survivor for `old`.
    """
    if kind in ("split", "reverse_split", "merger"):
        return Fraction(close * old, new)
    if kind in NO_ADJUSTMENT or (kind == "rights" and close <= issue_px):
        return Fraction(close)
    assert kind in ("rights", "bonus", "stock_dividend"), kind
    return Fraction(close * old + issue_px * new, old + new)


def base_px(kind: str, close: int, ticks: TickTable, *, new: int, old: int, issue_px: int = 0) -> Px:
    """기준가: won are cut, then the next higher valid price."""
    exactly = theoretical_px(kind, close, new=new, old=old, issue_px=issue_px)
    return ticks.ceil(max(1, exactly.numerator // exactly.denominator))
