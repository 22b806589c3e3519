"""What the core publishes to terminals and scripts. Order events carry a sequence; market views are conflated."""

from enum import Enum
from typing import Union

from msgspec import Struct

from hts.model.alerts import AlertView
from hts.model.algo_plan import AlgoPlanView
from hts.model.causes import Cause
from hts.model.denials import Denial
from hts.model.enums import DisconnectPolicy, OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.past_fills import FillsPage
from hts.model.quotes import Bar
from hts.model.risk_views import RiskView
from hts.model.session import ProposalView, TouchView
from hts.model.terms import OrderTerms
from hts.model.trace import LatencyView, TraceView
from hts.model.units import ClOrdID, Notional, Px, Qty
from hts.model.venues import HOME_VENUE
from hts.model.views_fill import FillView as FillView  # noqa: PLC0414  it is one of the views
from hts.model.work import PlanView, RouteView, WorkView


class OrderView(OrderTerms, frozen=True, kw_only=True, tag="order"):
    """An order as the core knows it now. `order_id` is the first ClOrdID of the chain and never changes."""

    order_id: ClOrdID
    cl_ord_id: ClOrdID
    request_id: str
    venue: str
    venue_order_id: int
    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    px: Px
    order_qty: Qty
    leaves_qty: Qty
    cum_qty: Qty
    filled_value: Notional  # sum of last_px * last_qty; average price is filled_value / cum_qty
    ord_status: OrdStatus
    denial: Denial | None = None
    cause: Cause = Cause.ENTERED  # what changed it last
    reason_code: int = 0  # the venue's reason (model.reasons.Reason)
    local_cause: int = 0  # model.reasons.LocalCause when the core closed it
    entered_ns: int  # trade_ns when the intent was taken
    sent_us: int = 0  # key or intent to wire, microseconds; 0 when unknown
    ack_us: int = 0  # wire to venue's acceptance
    adopted: bool = False  # known from the venue, not from our journal


class LotView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Shares of a holding by where they come from: own ones by day and price, credit ones by their loan date.

    `loan` is the lender's part of the cost, negative where it keeps the proceeds of borrowed shares.
    """

    open_date: int
    qty: Qty
    cost: Notional
    credit: str = ""  # "", "margin", "short"
    loan_date: int = 0
    due_date: int = 0
    loan: Notional = Notional(0)
    accrued: Notional = Notional(0)  # interest so far


class PositionView(Struct, frozen=True, kw_only=True, tag="position"):
    """A holding. `cost` is what the open quantity cost, without fees; realised P&L is net of fees and tax.

    Of an account without rules the fields from `currency` on are empty. Cost and profit are by the account's method,
    average or FIFO.
    """

    account: str
    symbol: str
    qty: Qty  # signed
    cost: Notional
    sellable_qty: Qty  # not already in working sell orders
    realised: Notional
    fees: Notional
    taxes: Notional
    last_px: Px  # mark at publication; terminals mark to their own last price
    currency: str = ""
    unrealised: Notional = Notional(0)  # at that mark
    loan: Notional = Notional(0)
    entitled_qty: Qty = Qty(0)  # of an event, to come: 권리수량
    lots: tuple[LotView, ...] = ()  # oldest first; of very many only the oldest
    more_lots: int = 0


class AccountView(Struct, frozen=True, kw_only=True, tag="account"):
    """Money of one account in one currency. Of an account without rules the fields from `kind` on are empty.

    `d0`, `d1`, `d2`: cash as it will be when today's, the next and the second settlement day are over. The call is the
    one whose day comes first.
    """

    account: str
    currency: str
    cash: Notional  # settled and unsettled together (D+2)
    reserved: Notional  # held by working buy orders, costs included
    buying_power: Notional
    realised: Notional
    fees: Notional
    taxes: Notional
    kind: str = ""
    d0: Notional = Notional(0)
    d1: Notional = Notional(0)
    d2: Notional = Notional(0)
    loans: Notional = Notional(0)
    income: Notional = Notional(0)
    interest: Notional = Notional(0)
    holdings: Notional = Notional(0)  # at the last prices, net of loans
    collateral: Notional = Notional(0)
    margin_used: Notional = Notional(0)  # collateral that maintenance asks for
    maintenance_ppm: int = 0  # collateral per secured value; 0 where nothing is secured
    call_kind: str = ""
    call_due_date: int = 0
    call_shortfall: Notional = Notional(0)
    total_currency: str = ""
    total: Notional = Notional(0)  # all currencies of the account in its base currency, cash and holdings
    fee_set: str = ""  # of today, in the market of this currency; none: the plain fee
    fee_tier: int = 0
    fees_from: int = 0  # the day from which another set is chosen; none: 0
    next_fee_set: str = ""
    leaves_unpaid: bool = False  # a purchase of today may be paid in part until it settles


class CoreState(Enum):
    """Whether orders are taken."""

    RECOVERING = "recovering"
    READY = "ready"
    HALTED = "halted"  # the journal cannot be written


class LinkState(Enum):
    """One connection to a venue."""

    DOWN = "down"
    CONNECTING = "connecting"
    RECONCILING = "reconciling"
    UP = "up"


class StatusView(Struct, frozen=True, kw_only=True, tag="status"):
    """The core's and one venue's health; one view per venue, published on change and once per second."""

    core: CoreState
    venue: str
    orders: LinkState
    market_data: LinkState
    detail: str  # reason key when something is down
    phase: Phase
    phase_until_ns: int
    trade_ns: int
    speed_milli: int
    trading_date: int
    epoch: int
    kill_switch: bool
    kill_reason: str
    paper: bool
    disconnect_policy: DisconnectPolicy
    build: str
    release_code: str = ""  # asked for and not yet given back: what ends the halt
    md_gaps: int = 0  # packets asked for again
    sent_us_p50: int = 0  # intent to wire
    sent_us_p99: int = 0
    ack_us_p50: int = 0  # wire to acceptance
    ack_us_p99: int = 0


class OutcomeView(Struct, frozen=True, kw_only=True, tag="outcome"):
    """The answer to one intent: the same intent again gets the same answer. Accepted means journaled and on its way."""

    request_id: str
    accepted: bool
    order_id: ClOrdID = ClOrdID(0)
    denial: Denial | None = None
    count: int = 1  # orders touched by a CancelAll or Flatten


class NoticeView(Struct, frozen=True, kw_only=True, tag="notice"):
    """Something a person should read once; `key` is in the text catalogue."""

    key: str
    detail: str = ""
    is_warning: bool = False
    trade_ns: int = 0


class BarsView(Struct, frozen=True, kw_only=True, tag="bars"):
    """History of one symbol and time frame, oldest first, in answer to RequestBars."""

    symbol: str
    timeframe_s: int  # 60, 86400 ...
    bars: tuple[Bar, ...]
    venue: str = HOME_VENUE


OrderEvent = Union[
    OrderView, FillView, PositionView, AccountView, OutcomeView, NoticeView, AlertView, WorkView, ProposalView
]
"""Never dropped: numbered, kept, and sent again after a reconnect."""

AnyView = Union[
    OrderView,
    FillView,
    PositionView,
    AccountView,
    OutcomeView,
    NoticeView,
    AlertView,
    WorkView,
    StatusView,
    BarsView,
    RouteView,
    PlanView,
    AlgoPlanView,
    TouchView,
    ProposalView,
    TraceView,
    LatencyView,
    RiskView,
    FillsPage,
]
