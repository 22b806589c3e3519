"""What the router weighs and what it answers: venues' depth and costs, slices, and why an order went where it went.

Costs are integers in *nano*: 1e-9 of what a price times a quantity counts in (the step of the issue's prices, which may
be finer than the currency's smallest unit), so that a rate of 0.0013196 % of the value is exact (13_196 parts per
billion) and sums of them compare without rounding.

Depth, costs, slices and plans are built for each decision and cannot refer back to themselves: the collector of
reference cycles need not follow them (`gc=False`), and making one is cheaper for it.
"""

from enum import Enum

from msgspec import Struct

from hts.model.enums import LastLiquidityInd, OrdType, Phase, Side, TimeInForce
from hts.model.units import NO_PX, ClOrdID, Px, Qty
from hts.model.wide import Wide

NANO = 1_000_000_000


class Urgency(Enum):
    """What the order is to do first."""

    SWEEP = "sweep"  # take what the limit allows, at every venue at once
    POST = "post"  # rest, spread over the venues by what is likely to fill
    QUEUE = "queue"  # rest at the one venue where a fill is likeliest
    MIDPOINT = "midpoint"  # rest in the middle of the spread where that is offered, else like QUEUE


class Remainder(Enum):
    """What becomes of the quantity that nobody offers within the limit."""

    CANCEL = "cancel"
    POST = "post"


class VenueCosts(Struct, frozen=True, kw_only=True, gc=False):
    """What trading at a venue costs, all of it: the broker's part, the venue's part, the tax of a sell.

    `taker_ppb`, `maker_ppb`, `auction_ppb`, `sell_tax_ppb`: parts per billion of the value; a rebate is negative.
    `per_share_nano`, `rest_share_nano`, `auction_share_nano`: on each share that is taken, rested, or was auctioned.
    `per_order_nano`: once for each order that trades. None: in an auction as for who rests, resting as for who takes.
    """

    taker_ppb: int = 0
    maker_ppb: int = 0
    sell_tax_ppb: int = 0
    per_share_nano: int = 0
    per_order_nano: int = 0
    auction_ppb: int | None = None
    rest_share_nano: int | None = None
    auction_share_nano: int | None = None


NO_COSTS = VenueCosts()


class VenueDepth(Struct, frozen=True, kw_only=True, gc=False):
    """One venue's side of the market for an issue, own orders already taken out; best level first, (px, qty).

    `latency_us` is the measured way of an order to the venue, one direction, median. `fill_ppm` is the share of the
    displayed quantity that our orders found there, in parts per million. `age_ms` is the age of the book.
    `queue_qty_per_s` is how much trades at the best price in a second: it tells how long a resting order waits.
    """

    venue: str
    bids: tuple[tuple[int, int], ...] = ()
    asks: tuple[tuple[int, int], ...] = ()
    phase: Phase = Phase.CONTINUOUS
    is_up: bool = True
    is_eligible: bool = True  # the issue trades there today
    has_midpoint: bool = False
    lot: int = 1
    order_qty_max: int = 0  # 0: none
    costs: VenueCosts = NO_COSTS
    latency_us: int = 0
    fill_ppm: int = 1_000_000
    age_ms: int = 0
    queue_qty_per_s: int = 0


class RouteRequest(Struct, frozen=True, kw_only=True):
    """One order to place. `px` 0: at any price. `stale_ms` 0: a book's age does not matter.

    `miss_ppb` is what a share costs that was displayed and not found, `delay_ppb_per_ms` what a share loses with each
    millisecond on its way, both in parts per billion of the price; 0 weighs price, fee and tax alone.
    `jitter_us_max` spreads the slices' release so that a pattern cannot be learnt; the draw is `seed`'s.
    """

    side: Side
    qty: int
    px: int = 0
    urgency: Urgency = Urgency.SWEEP
    remainder: Remainder = Remainder.POST
    stale_ms: int = 0
    miss_ppb: int = 0
    delay_ppb_per_ms: int = 0
    jitter_us_max: int = 0
    seed: int = 0


class Slice(Struct, frozen=True, kw_only=True, gc=False):
    """One order for one venue. `hold_us`: wait so long before sending it, so that all slices arrive together.

    `cost_nano` is what the displayed book would charge: value, fee and tax of a buy; minus the proceeds of a sell.
    It is 0 for a slice that rests.
    """

    venue: str
    qty: Qty
    px: Px = NO_PX
    ord_type: OrdType = OrdType.LIMIT
    time_in_force: TimeInForce = TimeInForce.DAY
    hold_us: int = 0
    cost_nano: Wide = Wide(0)
    post_only: bool = False


class Exclusion(Enum):
    """Why a venue was not considered; the value is the key of the text catalogue ("route.not_eligible")."""

    DOWN = "down"
    NOT_ELIGIBLE = "not_eligible"
    PHASE = "phase"
    STALE = "stale"
    NO_BOOK = "no_book"
    CROSSED = "crossed"  # its own bid is not below its own offer: the book cannot be right


class RouteRefusal(Enum):
    """Why there is no plan at all; the value is the key of the text catalogue."""

    NO_VENUE = "no_venue"
    BAD_QTY = "bad_qty"
    BAD_LOT = "bad_lot"
    NOTHING_WITHIN_LIMIT = "nothing_within_limit"
    ALL_EXCLUDED = "all_excluded"


class VenueCost(Struct, frozen=True, kw_only=True):
    """What the whole order would have cost at one venue alone: `qty` of it found there for `cost_nano`."""

    venue: str
    qty: int
    cost_nano: Wide
    excluded: Exclusion | None = None


class RoutePlan(Struct, frozen=True, kw_only=True, gc=False):
    """The slices, and what else was possible.

    `taken_qty` of the request is marketable now, for `cost_nano`. `alternatives` are the single venues. `simple` is
    the plain rule's venue (price, then price with fee, then latency) and what it would have found there.
    """

    slices: tuple[Slice, ...] = ()
    taken_qty: int = 0
    cost_nano: Wide = Wide(0)
    alternatives: tuple[VenueCost, ...] = ()
    simple: VenueCost | None = None
    refusal: RouteRefusal | None = None
    unplaced_qty: int = 0  # below a lot, or refused a rest by the remainder policy

    @property
    def placed_qty(self) -> int:
        """What the slices ask for together."""
        return sum(part.qty for part in self.slices)


class ChildState(Struct, frozen=True, kw_only=True):
    """One child order as the core knows it. `is_pending` while a cancel or amend of it is on its way."""

    cl_ord_id: ClOrdID
    venue: str
    px: int
    leaves_qty: int
    cum_qty: int
    is_done: bool
    is_pending: bool = False
    was_rejected: bool = False
    rests: bool = True  # False: IOC or FOK, it is over by itself


class ParentState(Struct, frozen=True, kw_only=True):
    """An order that is worked through children. `is_ending`: cancel what works, place nothing more."""

    order_id: ClOrdID
    request: RouteRequest  # as the trader gave it: qty is the whole order's
    is_ending: bool = False
    rounds: int = 0  # decisions so far that placed something


class CancelChild(Struct, frozen=True, kw_only=True):
    """Take back what is left of a child."""

    cl_ord_id: ClOrdID
    cause: str  # key of the text catalogue ("route.cancel.better_price")


class RouteRecord(Struct, frozen=True, kw_only=True):
    """Best-execution record of one decision: what was seen, what was possible, what was chosen."""

    order_id: ClOrdID
    account: str
    symbol: str
    trade_ns: int
    request: RouteRequest
    seen: tuple[VenueDepth, ...]
    plan: RoutePlan


class ChildFill(Struct, frozen=True, kw_only=True):
    """One fill of a routed order, in the currency's smallest unit: `cost` is fee and tax together, `value` what it was
    worth (0: not told).
    """

    order_id: ClOrdID
    venue: str
    px: int
    qty: int
    cost: int
    trade_ns: int
    fee: int = 0
    value: int = 0
    liquidity: LastLiquidityInd = LastLiquidityInd.UNKNOWN
