"""What the simulated exchange is asked to do.

Every command names the entering member by `session` (the comp id of its order session; background flow enters as
"AGENTS", a replayed recording as "REPLAY", the venue's own acts as "VENUE"). `in_seq` is the member's inbound sequence
number that carried it (0 when none did): stored with the command, it restores the session's numbering after a restart.
Commands are complete: the same commands at the same `trade_ns` give the same events, and the events alone number the
outbound messages.
"""

from typing import Union

from msgspec import Struct

from hts.model.enums import CashMargin, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import NO_ID, NO_PX, NO_QTY, ClOrdID, Px, Qty, VenueOrderID

AGENTS = "AGENTS"
REPLAY = "REPLAY"
VENUE = "VENUE"


class Command(Struct, frozen=True, kw_only=True):
    """Common part. `cl_ord_id` is the request's own id; unique per member and day."""

    session: str
    cl_ord_id: ClOrdID = NO_ID
    in_seq: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether the short form of the command log can carry it."""
        return True


class Enter(Command, frozen=True, kw_only=True, tag="enter"):
    """NewOrderSingle(D). `px` is 0 for a market order.

    `stop_px` wakes a stop order. `display_qty` is what an iceberg shows, 0 for all; `is_hidden` shows nothing.
    `min_qty` is the least that may trade. `expire_ns` ends a GTD order. `client_type` is OrderCapacity(528): "A" or
    empty for a client, "P" the member's own account, "L" a liquidity provider. `smp_id` is the account group of
    self-match prevention, `smp_mode` what becomes of a match within it: 1 cancels the resting order, 2 the incoming
    one, 3 reduces both. `credit` and `loan_date` are repeated in the reports, no more. `counterparty` is the member
    with whom the trade was agreed on: it meets that member's order alone, beside the book.
    """

    request_id: str = ""
    account: str = ""
    symbol: str
    side: Side
    ord_type: OrdType = OrdType.LIMIT
    time_in_force: TimeInForce = TimeInForce.DAY
    px: Px = NO_PX
    qty: Qty
    stop_px: Px = NO_PX
    display_qty: Qty = NO_QTY
    min_qty: Qty = NO_QTY
    expire_ns: int = 0
    post_only: bool = False
    is_short: bool = False
    is_hidden: bool = False
    is_program: bool = False
    client_type: str = ""
    smp_id: str = ""
    smp_mode: int = 0
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0
    counterparty: str = ""

    @property
    def is_plain(self) -> bool:
        """Nothing but side, type, time in force, price and quantity was asked for."""
        return not (
            self.stop_px
            or self.display_qty
            or self.min_qty
            or self.expire_ns
            or self.post_only
            or self.is_short
            or self.is_hidden
            or self.is_program
            or self.client_type
            or self.smp_id
            or self.smp_mode
            or self.credit is not CashMargin.CASH
            or self.loan_date
            or self.counterparty
        )


class Cancel(Command, frozen=True, kw_only=True, tag="cancel"):
    """OrderCancelRequest(F). `orig_cl_ord_id` is any ClOrdID of the order's chain."""

    orig_cl_ord_id: ClOrdID
    request_id: str = ""


class CancelFor(Command, frozen=True, kw_only=True, tag="cancel_for"):
    """A supervising session cancels an order that any session of its `member` entered, by the venue's own number."""

    member: str
    venue_order_id: VenueOrderID
    request_id: str = ""

    @property
    def is_plain(self) -> bool:
        """The command log has no short form for it."""
        return False


class Amend(Command, frozen=True, kw_only=True, tag="amend"):
    """OrderCancelReplaceRequest(G). `qty` is the new OrderQty(38), filled shares included.

    `stop_px` and `display_qty` 0, `ord_type` None: as they are.
    """

    orig_cl_ord_id: ClOrdID
    request_id: str = ""
    px: Px
    qty: Qty
    stop_px: Px = NO_PX
    display_qty: Qty = NO_QTY
    ord_type: OrdType | None = None

    @property
    def is_plain(self) -> bool:
        """Price and quantity alone are new."""
        return not (self.stop_px or self.display_qty or self.ord_type)


class MassCancel(Command, frozen=True, kw_only=True, tag="mass_cancel"):
    """OrderMassCancelRequest(q), or the venue's own act for a member (cancel on disconnect).

    Empty `account` or `symbol`, `side` None: all of them. `reason` is told in each cancelled order's report.
    `request_id` comes back in MassCanceled. `member`: of all its sessions, as its supervising session asks.
    """

    account: str = ""
    symbol: str = ""
    reason: Reason = Reason.MASS_CANCEL
    side: Side | None = None
    request_id: str = ""
    member: str = ""

    @property
    def is_plain(self) -> bool:
        """The scope is an account or an issue of the session, and nothing is to be repeated."""
        return not (self.side or self.request_id or self.member)


class MassStatus(Command, frozen=True, kw_only=True, tag="mass_status"):
    """OrderMassStatusRequest(AF): one OrderStated per order of the day, then MassStatusEnded."""

    mass_status_req_id: int


class PublicPrint(Command, frozen=True, kw_only=True, tag="print"):
    """A trade of a recording that never touched its visible book; `side` as in TradeUpdate."""

    symbol: str
    side: str
    px: Px
    qty: Qty


class KillSwitch(Command, frozen=True, kw_only=True, tag="kill_switch"):
    """Throw or release the kill switch: by the member's request, or the venue's own act (`cl_ord_id` 0).

    Thrown, it cancels what works and refuses orders and amends of the scope: an account, an issue, a side, an account
    group; empty or None means all of the member.
    """

    account: str = ""
    on: bool
    symbol: str = ""
    side: Side | None = None
    smp_id: str = ""
    request_id: str = ""

    @property
    def is_plain(self) -> bool:
        """The scope is an account or the member, and nothing is to be repeated."""
        return not (self.symbol or self.side or self.smp_id or self.request_id)


class VenueCommand(Command, frozen=True, kw_only=True):
    """An act of the venue itself or of the world around it; `session` is VENUE."""

    @property
    def is_plain(self) -> bool:
        """The command log has no short form for these."""
        return False


class Halt(VenueCommand, frozen=True, kw_only=True, tag="halt"):
    """Stop an issue (`symbol` empty: all), or let it go on as the rules say. New orders meanwhile get `reason`."""

    symbol: str = ""
    on: bool
    reason: Reason = Reason.HALTED


class IndexPrint(VenueCommand, frozen=True, kw_only=True, tag="index"):
    """An index or a leading future stands at `value`; `base` is its close of the day before. Hundredths."""

    name: str
    value: int
    base: int


class ReferencePx(VenueCommand, frozen=True, kw_only=True, tag="reference"):
    """Another venue's price that this one goes by: `kind` "last", or "close" for the official close."""

    symbol: str
    kind: str
    px: Px


class BlockMember(VenueCommand, frozen=True, kw_only=True, tag="block"):
    """The venue takes no new orders and amends of a member any more, or takes them again."""

    member: str
    on: bool


class BreakTrade(VenueCommand, frozen=True, kw_only=True, tag="break_trade"):
    """The venue takes a trade back, or with a price puts another in its place (`qty` 0: as many shares as it had)."""

    match_id: int
    px: Px = NO_PX
    qty: Qty = NO_QTY


ActOfVenue = Union[Halt, IndexPrint, ReferencePx, BlockMember, BreakTrade]
AnyCommand = Union[
    Enter,
    Cancel,
    CancelFor,
    Amend,
    MassCancel,
    MassStatus,
    KillSwitch,
    PublicPrint,
    Halt,
    IndexPrint,
    ReferencePx,
    BlockMember,
    BreakTrade,
]
