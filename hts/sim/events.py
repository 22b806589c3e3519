"""What happened at the simulated exchange: whole, ordered lists of values.

    private   OrderAccepted OrderRejected OrderAmended OrderCanceled OrderExpired OrderTraded OrderStated OrderRestated
              TradeBroken TradeCorrected CancelRefused MassStatusEnded MassCanceled KillSwitchChanged
              each addressed to one member by `session`
    public    Traded BookChanged PhaseChanged Announced      for every market data feed
    by order  BookOrderAdded BookOrderExecuted BookOrderReduced BookOrderDeleted
              what each shown order does, where the venue's profile asks for it (ITCH, FLEX)

Private events carry the order as it stands after the event. One command gives at most one BookChanged per issue,
after all its trades: the feed then reads the book with `Exchange.depth`.
"""

from typing import Union

from msgspec import Struct

from hts.model.enums import CashMargin, CxlRejResponseTo, LastLiquidityInd, OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.quotes import TradeUpdate
from hts.model.reasons import Reason
from hts.model.units import NO_ID, NO_PX, NO_QTY, ClOrdID, ExecID, Px, Qty, VenueOrderID


class OrderEvent(Struct, frozen=True, kw_only=True):
    """Common part: the order after the event.

    `cl_ord_id` is the request that caused the event when there is one (amend, cancel), else the order's latest id.
    `orig_cl_ord_id` is the id the request replaced, 0 when no request was made. `order_id` is the chain's first id.
    """

    trade_ns: int
    session: str
    order_id: ClOrdID
    cl_ord_id: ClOrdID
    orig_cl_ord_id: ClOrdID = NO_ID
    request_id: str
    venue_order_id: VenueOrderID
    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: Px
    order_qty: Qty
    leaves_qty: Qty
    cum_qty: Qty
    ord_status: OrdStatus
    reason: Reason = Reason.NONE
    stop_px: Px = NO_PX
    display_qty: Qty = NO_QTY
    min_qty: Qty = NO_QTY
    expire_ns: int = 0
    post_only: bool = False
    is_short: bool = False
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0


class OrderAccepted(OrderEvent, frozen=True, kw_only=True, tag="accepted"):
    """The order is in the book, or about to trade."""


class OrderRejected(OrderEvent, frozen=True, kw_only=True, tag="rejected"):
    """The order was refused; it has no venue order id (0) and `reason` says why."""


class OrderAmended(OrderEvent, frozen=True, kw_only=True, tag="amended"):
    """New price or smaller quantity; a changed price has lost the place in the queue."""


class OrderCanceled(OrderEvent, frozen=True, kw_only=True, tag="canceled"):
    """The rest is gone: by request (`reason` BY_TRADER), or for the reason given."""


class OrderExpired(OrderEvent, frozen=True, kw_only=True, tag="expired"):
    """The day ended with something left."""


class OrderTraded(OrderEvent, frozen=True, kw_only=True, tag="traded"):
    """One fill of one side. Both sides of a trade carry the same `match_id` and their own `exec_id`."""

    exec_id: ExecID
    match_id: int
    last_px: Px
    last_qty: Qty
    is_aggressor: bool  # False for both sides of an auction
    liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN  # unknown of a trade off the book


class OrderRestated(OrderEvent, frozen=True, kw_only=True, tag="restated"):
    """The order's own rule changed it, unasked (ExecType(150) D): a stop woke, a type or a price became another."""


class TradeUndone(OrderEvent, frozen=True, kw_only=True):
    """One side's fill `exec_ref_id` (`undone_qty` at `undone_px`) never was. An order that works has its shares open
    again until the OrderRestated that follows makes it smaller.
    """

    exec_id: ExecID
    exec_ref_id: ExecID
    match_id: int
    last_px: Px
    last_qty: Qty
    undone_px: Px
    undone_qty: Qty
    liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN  # of the trade as it was


class TradeBroken(TradeUndone, frozen=True, kw_only=True, tag="trade_broken"):
    """Nothing is in its place; `last_px` and `last_qty` repeat it."""


class TradeCorrected(TradeUndone, frozen=True, kw_only=True, tag="trade_corrected"):
    """`last_qty` at `last_px` is in its place."""


class OrderStated(OrderEvent, frozen=True, kw_only=True, tag="stated"):
    """One order in answer to a MassStatus."""


class MassStatusEnded(Struct, frozen=True, kw_only=True, tag="stated_all"):
    """All `count` orders of the member have been stated."""

    trade_ns: int
    session: str
    mass_status_req_id: int
    count: int


class MassCanceled(Struct, frozen=True, kw_only=True, tag="mass_canceled"):
    """A member's MassCancel was carried out (`reason` NONE), `count` orders were told before; or it was refused."""

    trade_ns: int
    session: str
    cl_ord_id: ClOrdID
    account: str
    symbol: str
    count: int
    reason: Reason = Reason.NONE
    request_id: str = ""


class KillSwitchChanged(Struct, frozen=True, kw_only=True, tag="kill_switch_changed"):
    """The member's kill switch stands as `on` says, `count` cancelled orders were told before; or a request for it
    was refused.
    """

    trade_ns: int
    session: str
    cl_ord_id: ClOrdID
    account: str
    on: bool
    count: int
    reason: Reason = Reason.NONE
    symbol: str = ""
    side: Side | None = None
    smp_id: str = ""
    request_id: str = ""


class CancelRefused(Struct, frozen=True, kw_only=True, tag="cancel_refused"):
    """OrderCancelReject(9): the order stands as `ord_status` says (REJECTED when there is none of that name)."""

    trade_ns: int
    session: str
    cl_ord_id: ClOrdID
    orig_cl_ord_id: ClOrdID
    request_id: str
    response_to: CxlRejResponseTo
    ord_status: OrdStatus
    reason: Reason


class Traded(Struct, frozen=True, kw_only=True, tag="print"):
    """The public print with the day's figures after it; an auction prints once, with the whole quantity.

    `match_id` is the (last) match it tells of, 0 for a recorded print. `maker_id`: the shown order that was hit, whose
    BookOrderExecuted tells the same trade; 0 when the resting order was hidden, or in an auction.
    """

    trade: TradeUpdate
    match_id: int = 0
    maker_id: int = 0


class BookOrderAdded(Struct, frozen=True, kw_only=True, tag="book_added"):
    """A shown order stands in the book. An iceberg that shows its next part is deleted by its last execution and
    added again, last in its queue. `is_market`: it ranks before all prices.
    """

    trade_ns: int
    symbol: str
    venue_order_id: int
    side: Side
    px: int
    qty: int
    session: str = ""
    is_market: bool = False


class BookOrderExecuted(Struct, frozen=True, kw_only=True, tag="book_executed"):
    """`qty` of a shown order traded at `px`; `leaves_qty` of what it shows is left, 0: it is gone from the book.

    `is_printable` is False in an auction, whose Traded tells the whole quantity.
    """

    trade_ns: int
    symbol: str
    venue_order_id: int
    side: Side
    px: int
    qty: int
    leaves_qty: int
    match_id: int
    is_printable: bool = True


class BookOrderReduced(Struct, frozen=True, kw_only=True, tag="book_reduced"):
    """A shown order lost `by` without a trade and keeps its place; `leaves_qty` of what it shows is left."""

    trade_ns: int
    symbol: str
    venue_order_id: int
    side: Side
    by: int
    leaves_qty: int


class BookOrderDeleted(Struct, frozen=True, kw_only=True, tag="book_deleted"):
    """A shown order left the book without a trade."""

    trade_ns: int
    symbol: str
    venue_order_id: int
    side: Side


class Announced(Struct, frozen=True, kw_only=True, tag="announced"):
    """Something else that the venue tells everyone: `what` names it, `values` are its figures.

    Of the engine: "expected" is told by the book. Of Korea: "vi" (kind 1 dynamic, 2 static, px), "circuit_breaker"
    (stage), "sidecar" (side), "halt", "resume". `symbol` is empty for the market.
    """

    trade_ns: int
    symbol: str
    what: str
    values: tuple[tuple[str, int], ...] = ()


class BookChanged(Struct, frozen=True, kw_only=True, tag="book"):
    """The issue's book, expected price or totals changed."""

    trade_ns: int
    symbol: str


class PhaseChanged(Struct, frozen=True, kw_only=True, tag="phase"):
    """`symbol` is empty for the whole market. `until_ns`: scheduled start of the next phase, 0 when there is none."""

    trade_ns: int
    symbol: str
    phase: Phase
    until_ns: int


AnyOrderEvent = Union[
    OrderAccepted,
    OrderRejected,
    OrderAmended,
    OrderCanceled,
    OrderExpired,
    OrderTraded,
    OrderStated,
    OrderRestated,
    TradeBroken,
    TradeCorrected,
]
MemberEvent = Union[AnyOrderEvent, CancelRefused, MassStatusEnded, MassCanceled, KillSwitchChanged]
MEMBER_EVENTS = (OrderEvent, CancelRefused, MassStatusEnded, MassCanceled, KillSwitchChanged)
ByOrderEvent = Union[BookOrderAdded, BookOrderExecuted, BookOrderReduced, BookOrderDeleted]
SimEvent = Union[MemberEvent, Traded, BookChanged, PhaseChanged, Announced, ByOrderEvent]
