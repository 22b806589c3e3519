"""What a trader, a script or a panel wants. `request_id` makes each intent happen at most once, for ever."""

from typing import Union

from msgspec import Struct

from hts.model.algo import AlgoParams
from hts.model.bracket import Exits
from hts.model.conditional import ConditionalOrder, WatchTerms
from hts.model.enums import CashMargin, DisconnectPolicy, OrdType, Side, TimeInForce
from hts.model.quoting import InavBasket, Obligation, QuoteParams
from hts.model.routing import RouteRequest
from hts.model.scopes import Scope, TradingState
from hts.model.units import NO_ID, NO_PX, NO_QTY, ClOrdID, Px, Qty
from hts.model.work import BasketLine, WorkAct

REQUEST_ID_LENGTH_MAX = 24  # the width of the field that carries it on the wire


class Intent(Struct, frozen=True, kw_only=True):
    """Common part. `request_id`: 1 to 24 printable ASCII characters, chosen by the client, never used twice.

    `key_ns` is the client's monotonic time of the key press (0 when unknown), for the latency display only. `user`
    is the person or script behind it, for limits and the audit trail.
    """

    request_id: str
    account: str
    key_ns: int = 0
    user: str = ""


class NewOrder(Intent, frozen=True, kw_only=True, tag="new"):
    """Enter an order. `px` is 0 for a market order, `venue` empty for the account's default route.

    The terms with defaults are explained in model.terms. `exits` make a bracket of it: order and exits are accepted,
    recorded and kept together as one.
    """

    venue: str = ""
    symbol: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce = TimeInForce.DAY
    px: Px = NO_PX
    qty: Qty
    stop_px: Px = NO_PX
    display_qty: Qty = NO_QTY
    min_qty: Qty = NO_QTY
    post_only: bool = False
    is_short: bool = False
    expire_ns: int = 0
    credit: CashMargin = CashMargin.CASH
    loan_date: int = 0
    strategy: str = ""
    parent_id: ClOrdID = NO_ID
    exits: Exits | None = None


class CancelOrder(Intent, frozen=True, kw_only=True, tag="cancel"):
    """Cancel what is left of a working order, named by any ClOrdID of its chain."""

    cl_ord_id: ClOrdID


class ReplaceOrder(Intent, frozen=True, kw_only=True, tag="replace"):
    """Amend: `px` is the new limit, `qty` the new OrderQty(38) including what has already filled."""

    cl_ord_id: ClOrdID
    px: Px
    qty: Qty


class CancelAll(Intent, frozen=True, kw_only=True, tag="cancel_all"):
    """Cancel every working order of the account, or only of one symbol, side and venue. Never blocked by risk."""

    symbol: str = ""
    side: Side | None = None
    venue: str = ""


class CancelLast(Intent, frozen=True, kw_only=True, tag="cancel_last"):
    """Cancel the account's newest working order, of one symbol when given. Never blocked by risk."""

    symbol: str = ""


class Flatten(Intent, frozen=True, kw_only=True, tag="flatten"):
    """Cancel the symbol's working orders, then close its position at the market."""

    symbol: str


class SetKillSwitch(Intent, frozen=True, kw_only=True, tag="kill"):
    """On: block every new order of a scope (none: the account) and cancel all of it at every venue. Latched.

    Off needs two deliberate acts: without `code` it asks for the release and is told a code, which the second one gives
    back within the time.
    """

    on: bool
    reason: str = ""
    scope: Scope | None = None
    code: str = ""


class SetTradingState(Intent, frozen=True, kw_only=True, tag="trading_state"):
    """What a scope (none: the account) may do: all, only reduce, nothing. Ending a halt takes two acts, as above."""

    state: TradingState
    reason: str = ""
    scope: Scope | None = None
    code: str = ""


class SetLimits(Intent, frozen=True, kw_only=True, tag="set_limits"):
    """Limits of a scope (none: the account), by name; the others stay. In market hours what loosens waits."""

    limits: dict[str, int]
    scope: Scope | None = None


class AckAlert(Intent, frozen=True, kw_only=True, tag="ack_alert"):
    """A person has seen an alert."""

    alert_id: int


class SetDisconnectPolicy(Intent, frozen=True, kw_only=True, tag="disconnect_policy"):
    """What happens to the account's working orders when its last terminal goes away."""

    policy: DisconnectPolicy


class RouteOrder(Intent, frozen=True, kw_only=True, tag="route"):
    """Place an order over all venues that trade the issue; `request` says how. `exits`: as those of a new order."""

    symbol: str
    request: RouteRequest
    strategy: str = ""
    exits: Exits | None = None


class StartAlgo(Intent, frozen=True, kw_only=True, tag="algo"):
    """Start an execution algorithm; `params.algo_id` is given by the core. A curve or an impact model that the kind
    needs and `params` lacks is learnt from the venue's history first.
    """

    params: AlgoParams
    strategy: str = ""


class PlaceConditionals(Intent, frozen=True, kw_only=True, tag="conditionals"):
    """Conditional orders, all or none. Their `cond_id` is given by the core; a `group_id` other than 0 makes those of
    the same number one group; `protects` names an order or a piece of work that exists.
    """

    orders: tuple[ConditionalOrder, ...]
    strategy: str = ""


class WatchHoldings(Intent, frozen=True, kw_only=True, tag="watch"):
    """Conditional orders for all holdings of the account (or those of `symbols`) in one act, all or none."""

    terms: WatchTerms
    symbols: tuple[str, ...] = ()
    strategy: str = ""


class StartBasket(Intent, frozen=True, kw_only=True, tag="basket"):
    """A list of orders as one piece of work. `budget`: the money that ratios are of. `is_whole`: one line that cannot
    be placed refuses all, else it is left out. `minutes`: each line is split evenly over so long; 0: at once.
    """

    lines: tuple[BasketLine, ...]
    budget: int = 0
    minutes: int = 0
    is_whole: bool = True
    strategy: str = ""


class StartQuoting(Intent, frozen=True, kw_only=True, tag="quote"):
    """Quote an ETF on both sides until it is ended, or `qty_max` shares have traded."""

    symbol: str
    params: QuoteParams
    obligation: Obligation
    inav: InavBasket
    qty_max: Qty
    venue: str = ""
    strategy: str = ""


class ControlWork(Intent, frozen=True, kw_only=True, tag="control"):
    """Pause, resume or cancel a routed order, an algorithm or a conditional order. Cancel is never blocked by risk."""

    work_id: ClOrdID
    act: WorkAct


class AmendWork(Intent, frozen=True, kw_only=True, tag="amend_work"):
    """Other terms for what the core works on; what is 0 stays as it is.

    A conditional order that watches a price, or a profit-taker that waits: `px` is where it comes true; its place in a
    group and what it protects stay. A trail: `distance`, in its own unit; its extreme stays. An algorithm: its limit,
    its whole quantity, its end, its cap of participation, its urgency.
    """

    work_id: ClOrdID
    px: Px = NO_PX
    qty: Qty = Qty(0)
    end_ns: int = 0
    participation_ppm: int = 0
    urgency_pico: int = 0
    distance: int = 0


class ApproveAct(Intent, frozen=True, kw_only=True, tag="approve"):
    """Agree to what another person proposed, or not. `content` is what was shown of it (ProposalView.content)."""

    proposal_id: int
    content: str = ""
    agree: bool = True


AnyIntent = Union[
    NewOrder,
    CancelOrder,
    ReplaceOrder,
    CancelAll,
    CancelLast,
    Flatten,
    SetKillSwitch,
    SetTradingState,
    SetLimits,
    AckAlert,
    SetDisconnectPolicy,
    RouteOrder,
    StartAlgo,
    PlaceConditionals,
    WatchHoldings,
    StartBasket,
    StartQuoting,
    ControlWork,
    AmendWork,
    ApproveAct,
]
