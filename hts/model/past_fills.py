"""Fills of past days, as the journal has them, page by page."""

from msgspec import Struct

from hts.model.units import ExecID, Notional
from hts.model.views_fill import FillView

Cursor = tuple[int, int]  # journal segment, fills of it that were told


class PastFill(Struct, frozen=True, kw_only=True):
    """One fill with what a trade journal needs to know of it beside its price.

    `value` is money, a contract's multiplier and the issue's price unit included. `row` names the shares that it
    opens or closes where an issue is held in several ways: "" for own money, else the credit and its loan date.
    """

    fill: FillView
    currency: str
    value: Notional
    trade_date: int
    row: str = ""
    strategy: str = ""
    undoes: ExecID = ExecID(0)


class FillsPage(Struct, frozen=True, kw_only=True, tag="fills"):
    """Up to PAGE_MAX fills behind `after`, oldest first, in answer to RequestFills; ask again with `next`."""

    account: str
    first_date: int
    last_date: int
    after: Cursor
    fills: tuple[PastFill, ...]
    next: Cursor
    is_last: bool
    fault: str = ""  # what of the journal could not be read


PAGE_MAX = 500
