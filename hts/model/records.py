"""What the journal holds: facts, in the order in which they changed the state. Replaying them rebuilds it.

Each record carries the two times at which it happened, so that replay never asks a clock.
"""

from typing import Union

from msgspec import Struct

from hts.model.algo import AlgoParams, Impact, VolumeCurve
from hts.model.conditional import ConditionalOrder
from hts.model.denials import Denial
from hts.model.enums import CashMargin, DisconnectPolicy, OrdType, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.record import Record
from hts.model.records_account import AccountRecord
from hts.model.records_risk import RiskRecord
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.routing import RouteRecord
from hts.model.scopes import Scope
from hts.model.units import NO_ID, NO_PX, NO_QTY, ClOrdID, ExecID, Notional, Px, Qty
from hts.model.work import Benchmark, TrailChange, WorkSpec, WorkState


class CoreStarted(Record, frozen=True, kw_only=True, tag="start"):
    """A core process began. `wall_ns` anchors the monotonic times that follow."""

    wall_ns: int
    build: str
    config_hash: str


class AccountOpened(Record, frozen=True, kw_only=True, tag="account"):
    """An account with its opening cash; a paper account is opened once, at the first start."""

    account: str
    currency: str
    cash: Notional
    disconnect_policy: DisconnectPolicy


class IdBlockReserved(Record, frozen=True, kw_only=True, tag="ids"):
    """ClOrdIDs [first, last] belong to this run once the record is synced to disk; none is used before."""

    first: ClOrdID
    last: ClOrdID


class InstrumentListed(Record, frozen=True, kw_only=True, tag="listed"):
    """An issue as it was listed when the account first dealt in it on a trading day."""

    instrument: Instrument


class OrderEntered(Record, frozen=True, kw_only=True, omit_defaults=True, tag="new"):
    """Risk passed a new order; its message follows on the wire. The terms with defaults are those of model.terms."""

    venue: str
    cl_ord_id: ClOrdID
    request_id: str
    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: Px
    qty: Qty
    reserved: Notional  # cash held for it, costs included
    stop_px: Px = NO_PX
    display_qty: Qty = NO_QTY
    min_qty: Qty = NO_QTY
    post_only: bool = False
    is_short: bool = False
    expire_ns: int = 0
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0
    strategy: str = ""
    user: str = ""
    parent_id: ClOrdID = NO_ID
    exits: tuple[ConditionalOrder, ...] = ()  # of a bracket: one record, so that no crash parts them


class CancelEntered(Record, frozen=True, kw_only=True, tag="cancel"):
    """A cancel request follows on the wire. `request_id` is empty where the core itself wants it."""

    cl_ord_id: ClOrdID
    orig_cl_ord_id: ClOrdID
    request_id: str
    user: str = ""


class ReplaceEntered(Record, frozen=True, kw_only=True, tag="replace"):
    """An amend request follows on the wire."""

    cl_ord_id: ClOrdID
    orig_cl_ord_id: ClOrdID
    request_id: str
    px: Px
    qty: Qty
    reserved: Notional
    user: str = ""


class FlattenEntered(Record, frozen=True, kw_only=True, tag="flatten"):
    """A symbol is to be closed at the market as soon as none of `order_ids` works any more.

    It ends with the OrderEntered, IntentDone or IntentDenied of the same request id.
    """

    request_id: str
    account: str
    symbol: str
    order_ids: tuple[ClOrdID, ...]
    user: str = ""


class IntentDone(Record, frozen=True, kw_only=True, tag="done"):
    """An intent that acts on many orders was carried out; kept so that the same request id does nothing again."""

    request_id: str
    account: str
    count: int


class IntentDenied(Record, frozen=True, kw_only=True, omit_defaults=True, tag="denied"):
    """Risk refused; nothing left the house. The order fields are kept for the denied row of the order list."""

    cl_ord_id: ClOrdID  # 0 where no order was meant
    request_id: str
    account: str
    symbol: str
    side: Side | None
    ord_type: OrdType | None
    time_in_force: TimeInForce | None
    px: Px
    qty: Qty
    denial: Denial
    venue: str = ""
    stop_px: Px = NO_PX
    display_qty: Qty = NO_QTY
    min_qty: Qty = NO_QTY
    post_only: bool = False
    is_short: bool = False
    expire_ns: int = 0
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0
    strategy: str = ""
    user: str = ""
    parent_id: ClOrdID = NO_ID


class FillTerms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the day's tables said of a fill: its value and days, and how it is paid for (account.booking)."""

    value: Notional
    trade_date: int
    settle_date: int
    financed_ppm: int = 0
    deposit_ppm: int = 1_000_000
    due_date: int = 0


class ReportReceived(Record, frozen=True, kw_only=True, omit_defaults=True, tag="report"):
    """A venue's report, stored before it is applied; `venue_seq` inside says how far we have read.

    What the day's tables said at that time is part of the fact: costs of the fill, and the cash to hold for an order
    that this report makes known (or opens again).
    """

    report: ExecutionReport | OrderCancelReject
    fee: Notional = Notional(0)
    tax: Notional = Notional(0)
    reserved: Notional = Notional(0)
    terms: FillTerms | None = None  # absent in records of a time before ladders were kept
    copies_to: int = 0  # it came by the drop copy, which is then to be read from this number on
    system: str = ""  # whose order it is of, where another system entered it


class VenueSeqSeen(Record, frozen=True, kw_only=True, omit_defaults=True, tag="seq"):
    """A numbered venue message without further content has been read; `exec_id` of one that said what was known."""

    venue: str
    venue_seq: int
    exec_id: ExecID = ExecID(0)


class CopySessionStarted(Record, frozen=True, kw_only=True, tag="copies"):
    """A venue's drop copy began to number its messages: another day, or another numbering of the same one."""

    venue: str
    epoch: int
    trading_date: int


class VenueSessionStarted(Record, frozen=True, kw_only=True, omit_defaults=True, tag="session"):
    """Logged on. A new epoch means a new venue day: sequence numbers restart, old orders are gone.

    `is_renumbered`: the day goes on, and the numbers alone began anew.
    """

    venue: str
    epoch: int
    trading_date: int
    is_renumbered: bool = False


class OrderClosed(Record, frozen=True, kw_only=True, tag="closed"):
    """The core closed an order that the venue cannot speak for; `cause` is a model.reasons.LocalCause."""

    cl_ord_id: ClOrdID
    cause: int


class CancelForgotten(Record, frozen=True, kw_only=True, tag="unpend"):
    """A pending cancel or replace request never reached the venue; the order stands as before."""

    cl_ord_id: ClOrdID


class KillSwitchSet(Record, frozen=True, kw_only=True, omit_defaults=True, tag="kill"):
    """The kill switch was thrown or released. `mass_cancels`: (venue, ClOrdID) of the requests that went with it.

    `behalf_cancels`: likewise, of those by the drop copies' lines, which reach orders of other systems too.
    """

    account: str
    request_id: str
    on: bool
    reason: str
    user: str = ""
    scope: Scope | None = None  # none: the account
    mass_cancels: tuple[tuple[str, ClOrdID], ...] = ()
    behalf_cancels: tuple[tuple[str, ClOrdID], ...] = ()


class DisconnectPolicySet(Record, frozen=True, kw_only=True, tag="policy"):
    """What happens to an account's working orders when its last terminal goes."""

    account: str
    request_id: str
    policy: DisconnectPolicy


class WorkStarted(Record, frozen=True, kw_only=True, omit_defaults=True, tag="work"):
    """A routed order, an algorithm or a conditional order begins."""

    work_id: ClOrdID
    request_id: str  # empty for all but the first of several that came with one intent
    account: str
    symbol: str
    side: Side
    qty: Qty
    spec: WorkSpec
    state: WorkState
    strategy: str = ""
    user: str = ""
    parent_id: ClOrdID = ClOrdID(0)  # the work that it is a part of
    exits: tuple[ConditionalOrder, ...] = ()  # of a bracket around a routed order
    arrival: Benchmark | None = None  # of an algorithm


class WorkMoved(Record, frozen=True, kw_only=True, omit_defaults=True, tag="work_moved"):
    """Its state changed, for a cause that is a key of the text catalogue. `px` is the price that triggered."""

    work_id: ClOrdID
    state: WorkState
    cause: str
    px: Px = Px(0)
    request_id: str = ""  # of the intent that asked for it
    account: str = ""
    rearmed: bool = False  # it begins anew: children, trigger and extreme of yesterday are forgotten
    market: Benchmark | None = None  # of an algorithm that is over


class WorkAmended(Record, frozen=True, kw_only=True, omit_defaults=True, tag="work_amended"):
    """Work has other terms: those of a person, or of a conditional order what follows from the order that it protects.

    `order` of a conditional order, `params` of an algorithm.
    """

    work_id: ClOrdID
    order: ConditionalOrder | None = None
    params: AlgoParams | None = None
    request_id: str = ""
    account: str = ""
    user: str = ""


class RouteDecided(Record, frozen=True, kw_only=True, tag="routed"):
    """Best-execution record: what was seen and chosen. The alternatives follow from it."""

    decision: RouteRecord


class AlgoLearnt(Record, frozen=True, kw_only=True, tag="learnt"):
    """What an algorithm learnt from history before it began."""

    work_id: ClOrdID
    curve: VolumeCurve | None
    impact: Impact | None


class TrailsMoved(Record, frozen=True, kw_only=True, tag="trails"):
    """Trails began to follow the price, or followed it to a new extreme."""

    change: TrailChange


AnyRecord = Union[
    AccountRecord,
    RiskRecord,
    CoreStarted,
    AccountOpened,
    IdBlockReserved,
    InstrumentListed,
    OrderEntered,
    CancelEntered,
    ReplaceEntered,
    FlattenEntered,
    IntentDone,
    IntentDenied,
    ReportReceived,
    VenueSeqSeen,
    VenueSessionStarted,
    CopySessionStarted,
    OrderClosed,
    CancelForgotten,
    KillSwitchSet,
    DisconnectPolicySet,
    WorkStarted,
    WorkMoved,
    WorkAmended,
    RouteDecided,
    AlgoLearnt,
    TrailsMoved,
]
