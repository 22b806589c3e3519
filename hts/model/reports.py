"""What a venue says about orders and about its session, after decoding."""

from typing import Union

from msgspec import Struct

from hts.model.enums import CxlRejResponseTo, ExecType, LastLiquidityInd, OrdStatus, OrdType, Side, TimeInForce
from hts.model.terms import OrderTerms
from hts.model.units import ClOrdID, ExecID, Notional, Px, Qty, VenueOrderID


class ExecutionReport(OrderTerms, frozen=True, kw_only=True, tag="8"):
    """ExecutionReport(8). `venue_seq` is the venue's message sequence number: it orders and de-duplicates reports.

    `exec_ref_id` is the ExecID of the trade that a TRADE_CANCEL or TRADE_CORRECT is about; `last_px` and `last_qty`
    are then the trade's own (cancel) or its new ones (correct), and `cum_qty`, `leaves_qty` those after it.
    """

    venue: str
    venue_seq: int
    poss_dup: bool = False
    cl_ord_id: ClOrdID
    orig_cl_ord_id: ClOrdID = ClOrdID(0)
    request_id: str = ""
    venue_order_id: VenueOrderID
    exec_id: ExecID = ExecID(0)
    exec_ref_id: ExecID = ExecID(0)
    exec_type: ExecType
    ord_status: OrdStatus
    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: Px
    order_qty: Qty
    last_px: Px = Px(0)
    last_qty: Qty = Qty(0)
    leaves_qty: Qty
    cum_qty: Qty
    cum_value: Notional = Notional(0)  # of a status: what CumQty came to, price times quantity; 0 where it is not told
    reason_code: int = 0  # the venue's reject or cancel reason, 0 for none; meanings in model.reasons
    text: str = ""  # Text(58): the venue's own words, for a person
    transact_ns: int  # TransactTime(60), the venue's time
    last_liquidity_ind: LastLiquidityInd = LastLiquidityInd.UNKNOWN  # of the trade; of an undone one, as it was


class OrderCancelReject(Struct, frozen=True, kw_only=True, tag="9"):
    """OrderCancelReject(9): a cancel or replace request was refused; the order stands as `ord_status` says."""

    venue: str
    venue_seq: int
    poss_dup: bool = False
    cl_ord_id: ClOrdID  # of the refused request
    orig_cl_ord_id: ClOrdID
    response_to: CxlRejResponseTo
    ord_status: OrdStatus
    reason_code: int
    transact_ns: int


class MassStatusEnd(Struct, frozen=True, kw_only=True, tag="mse"):
    """All orders of the day have been reported in answer to an OrderMassStatusRequest."""

    venue: str
    venue_seq: int
    mass_status_req_id: int
    count: int
    transact_ns: int


class OrderMassCancelReport(Struct, frozen=True, kw_only=True, tag="r"):
    """OrderMassCancelReport(r): `count` orders were cancelled and reported before; or refused, with a reason code."""

    venue: str
    venue_seq: int
    cl_ord_id: ClOrdID
    account: str
    symbol: str
    reason_code: int
    count: int
    transact_ns: int


class KillSwitchNotice(Struct, frozen=True, kw_only=True, tag="kill"):
    """The venue's kill switch for an account (empty: the member) stands as `on` says.

    `cl_ord_id` is 0 when the venue acted by itself. While it is on, the venue refuses orders and amends.
    """

    venue: str
    venue_seq: int
    cl_ord_id: ClOrdID
    account: str
    on: bool
    reason_code: int
    count: int
    transact_ns: int


class SessionUp(Struct, frozen=True, kw_only=True, tag="up"):
    """The venue accepted our logon. Orders may flow once the engine has reconciled.

    `epoch` numbers the venue's day: a new one means that yesterday's sequence numbers and orders are gone.
    `speed_milli` is the venue clock's speed in thousandths of real time (1000 = real time). `is_renumbered`: within the
    day only the numbers of the session began anew; orders and fills stand.
    """

    venue: str
    epoch: int
    trading_date: int
    trade_ns: int
    speed_milli: int
    is_renumbered: bool = False


class SessionDown(Struct, frozen=True, kw_only=True, tag="down"):
    """The order session is gone; the gateway is trying again. `reason` is a key of the text catalogue."""

    venue: str
    reason: str
    detail: str = ""


class RequestsLost(Struct, frozen=True, kw_only=True, tag="lost"):
    """Requests that the venue never received and, by gap fill, never will: they can be closed for good.

    `text`: what it said where it could not take them; they never reached its order book.
    """

    venue: str
    cl_ord_ids: tuple[ClOrdID, ...]
    text: str = ""


class ReportCopied(Struct, frozen=True, kw_only=True, tag="copied"):
    """An execution out of the venue's drop copy. `system` is the session that entered the order; `is_own`: ours.

    The report's `venue_seq` is the drop copy's. An order of another system has a ClOrdID that no order of ours has.
    `corrected_id`: what the trade that is taken back is called where it came by a correction itself.
    """

    venue: str
    system: str
    is_own: bool
    report: ExecutionReport
    corrected_id: ExecID = ExecID(0)


class CopyUp(Struct, frozen=True, kw_only=True, tag="copy_up"):
    """The drop copy stands. A new `epoch` numbers its messages anew.

    `may_cancel`: its session may cancel orders of other systems.
    """

    venue: str
    epoch: int
    trading_date: int
    may_cancel: bool = False


class CopyDown(Struct, frozen=True, kw_only=True, tag="copy_down"):
    """The drop copy is gone; the gateway is trying again."""

    venue: str
    reason: str
    detail: str = ""


class CopyUnread(Struct, frozen=True, kw_only=True, tag="copy_unread"):
    """A message of the drop copy that cannot be read; what it told is not known here."""

    venue: str
    detail: str


class BehalfRefused(Struct, frozen=True, kw_only=True, tag="behalf_refused"):
    """The cancel of another system's order was refused; `venue_seq` inside is the drop copy's."""

    venue: str
    reject: OrderCancelReject


AnyReport = Union[
    ExecutionReport,
    OrderCancelReject,
    MassStatusEnd,
    OrderMassCancelReport,
    KillSwitchNotice,
    SessionUp,
    SessionDown,
    RequestsLost,
    ReportCopied,
    CopyUp,
    CopyDown,
    CopyUnread,
    BehalfRefused,
]
