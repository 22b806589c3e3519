"""Fills of past days, the routing decisions behind them and the first stops, as the journal has them, page by page."""

from msgspec import Struct

from hts.model.enums import Side
from hts.model.units import NO_ID, ClOrdID, ExecID, Notional, Px, Qty
from hts.model.views_fill import FillView

Cursor = tuple[int, int]  # journal segment, fills of it that were told


class PastFill(Struct, frozen=True, kw_only=True):
    """One fill with what a trade journal needs to know of it beside its price.

    `value` is money, a contract's multiplier and the issue's price unit included. `row` names the shares that it
    opens or closes where an issue is held in several ways: "" for own money, else the credit and its loan date.
    `work_id` is the routed order that the filled one was a part of.
    """

    fill: FillView
    currency: str
    value: Notional
    trade_date: int
    row: str = ""
    strategy: str = ""
    undoes: ExecID = ExecID(0)
    work_id: ClOrdID = NO_ID


class PastStop(Struct, frozen=True, kw_only=True):
    """A stop as it first stood: an order or a conditional order, sent when the price goes against a position.

    `side` is that of the stop. `protects` names the order, or the routed order, that it was entered with; a stop that
    was placed by itself belongs to what was held then. `row` as in PastFill.
    """

    stop_id: ClOrdID
    account: str
    symbol: str
    side: Side
    px: Px
    trade_ns: int
    trade_date: int
    row: str = ""
    protects: ClOrdID = NO_ID


class PastRoute(Struct, frozen=True, kw_only=True):
    """One routing decision, judged. Money in the currency's smallest unit, fees and taxes included.

    `arrival_px` is the best counter price of the usable venues when it was decided, 0 where nobody offered;
    `best_single` the venue that would have done it for the least alone, "" where none could. What the plan saves
    against that venue and against the plain rule is of the part that could trade at once.
    """

    work_id: ClOrdID
    account: str
    symbol: str
    side: Side
    trade_ns: int
    trade_date: int
    currency: str
    qty: Qty
    arrival_px: Px
    best_single: str
    saved_best_single: int
    saved_simple: int
    asked: tuple[tuple[str, Qty], ...]  # by venue


class FillsPage(Struct, frozen=True, kw_only=True, tag="fills"):
    """Up to PAGE_MAX fills, routes and stops behind `after`, oldest first, for RequestFills; `next` asks for more."""

    account: str
    first_date: int
    last_date: int
    after: Cursor
    fills: tuple[PastFill, ...]
    next: Cursor
    is_last: bool
    fault: str = ""  # what of the journal could not be read
    routes: tuple[PastRoute, ...] = ()
    stops: tuple[PastStop, ...] = ()


PAGE_MAX = 500
