"""Work: orders that the core carries out through other orders. A routed order, an algorithm, a conditional order.

Their identity is a ClOrdID like any order's; their children are ordinary orders with `parent_id`. The intents start
and steer them, the records make them survive a crash, the view shows them.
"""

from enum import Enum
from typing import Union

from msgspec import Struct

from hts.model.algo import AlgoParams, SchedulePoint
from hts.model.conditional import ConditionalOrder, ExtremeMoved, TrailBegun
from hts.model.enums import Side
from hts.model.quoting import InavBasket, Obligation, QuoteParams
from hts.model.routing import RoutePlan, RouteRecord, RouteRequest
from hts.model.units import ClOrdID, Px, Qty
from hts.model.wide import Wide


class WorkState(Enum):
    """Where a piece of work stands; the value is the key of the text catalogue ("work.running")."""

    WAITING = "waiting"  # for its time, or for the first fill of what it protects
    RUNNING = "running"  # for a condition: it is watched
    PAUSED = "paused"
    TRIGGERED = "triggered"  # a condition has come true, and its order is being placed
    ENDING = "ending"  # children are being taken back
    DONE = "done"
    ENDED = "ended"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Nothing will come of it any more."""
        return self in (WorkState.DONE, WorkState.ENDED, WorkState.FAILED)


class RouteSpec(Struct, frozen=True, kw_only=True, tag="route"):
    """An order to be placed over the venues."""

    request: RouteRequest


class AlgoSpec(Struct, frozen=True, kw_only=True, tag="algo"):
    """An algorithm; `params.algo_id` is the work's id."""

    params: AlgoParams


class ConditionSpec(Struct, frozen=True, kw_only=True, tag="condition"):
    """A conditional order; `order.cond_id` is the work's id."""

    order: ConditionalOrder


class BasketLine(Struct, frozen=True, kw_only=True):
    """One line of a basket: `qty` shares, or `ratio_ppm` of the basket's money. `px` 0: at the market."""

    symbol: str
    side: Side
    qty: Qty = Qty(0)
    ratio_ppm: int = 0
    px: Px = Px(0)


class Aside(Struct, frozen=True, kw_only=True):
    """Cash that is set aside for a line of a basket."""

    currency: str
    cash: int = 0


class BasketSpec(Struct, frozen=True, kw_only=True, tag="basket"):
    """A list of orders, each worked as work of its own; `minutes` 0: placed over the venues at once, else TWAP.

    `aside`, one for each line: what was set aside when it began (hts.engine.set_aside); empty: nothing.
    """

    lines: tuple[BasketLine, ...]
    minutes: int = 0
    aside: tuple[Aside, ...] = ()


class QuoteSpec(Struct, frozen=True, kw_only=True, tag="quote"):
    """Two-sided quotes; the work's `qty` is how much may trade in all, both sides together."""

    params: QuoteParams
    obligation: Obligation
    inav: InavBasket
    venue: str = ""  # empty: the home venue


WorkSpec = Union[RouteSpec, AlgoSpec, ConditionSpec, BasketSpec, QuoteSpec]


class WorkAct(Enum):
    """What a trader does to running work."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


def child_request_id(work_id: ClOrdID, number: int) -> str:
    """The request id of the work's child with this number; it travels on the wire and names the work again."""
    return f"~{work_id}-{number}"


def work_of_request(request_id: str) -> tuple[ClOrdID, int]:
    """(work, number) of a child's request id; zeros for any other."""
    work, dash, number = request_id[1:].partition("-")
    if request_id[:1] != "~" or not dash or not work.isdecimal() or not number.isdecimal():
        return ClOrdID(0), 0
    return ClOrdID(int(work)), int(number)


class Benchmark(Struct, frozen=True, kw_only=True):
    """The market at a moment: the middle of the spread (else the last price), and what the day had traded by then in
    shares and in price units times shares, over all venues. What lies between two of them has a volume-weighted price.
    """

    px: int = 0
    market_qty: int = 0
    market_value: int = 0


class WorkView(Struct, frozen=True, kw_only=True, tag="work"):
    """A piece of work as it stands. `points` is the schedule of a timed algorithm. It runs in the core."""

    work_id: ClOrdID
    request_id: str
    account: str
    symbol: str
    side: Side
    qty: Qty
    cum_qty: Qty
    working_qty: Qty
    filled_value: int
    state: WorkState
    cause: str
    spec: WorkSpec
    started_ns: int
    strategy: str = ""
    user: str = ""
    children: tuple[ClOrdID, ...] = ()
    points: tuple[SchedulePoint, ...] = ()
    trigger_px: Px = Px(0)
    extreme_px: Px = Px(0)  # of a trail that has begun
    parent_id: ClOrdID = ClOrdID(0)  # the basket, or the quotes that it hedges
    breaches: int = 0  # of an obligation to quote
    arrival: Benchmark | None = None  # the market when an algorithm began
    market: Benchmark | None = None  # and when it was over


class RouteView(Struct, frozen=True, kw_only=True, tag="routed"):
    """The best-execution records of one routed order with their alternatives, in answer to RequestRoute.

    `savings` tell of each decision what it saves against the best single other venue and against the plain rule, in
    nano (hts.model.routing).
    """

    work_id: ClOrdID
    decisions: tuple[RouteRecord, ...]
    savings: tuple[tuple[Wide, Wide], ...] = ()


class PlanView(Struct, frozen=True, kw_only=True, tag="plan"):
    """What the router would do with a request now, in answer to RequestPlan. Nothing has been entered."""

    symbol: str
    request: RouteRequest
    plan: RoutePlan


class TrailChange(Struct, frozen=True, kw_only=True):
    """What a quote did to the trails of an issue."""

    symbol: str
    begun: tuple[TrailBegun, ...] = ()
    moved: tuple[ExtremeMoved, ...] = ()
