"""Execution algorithms as values: what the trader asks for, what the algorithm sees, what it wants done next."""

from enum import Enum
from typing import Union

from msgspec import Struct

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.instruments import TickTable
from hts.model.routing import CancelChild, ChildState
from hts.model.units import NO_PX, ClOrdID, Px, Qty


class AlgoKind(Enum):
    """The value is the key of the text catalogue ("algo.twap")."""

    TWAP = "twap"
    VWAP = "vwap"
    IS = "is"  # implementation shortfall, Almgren-Chriss
    POV = "pov"
    ICEBERG = "iceberg"
    SNIPER = "sniper"
    PEG = "peg"
    SCHEDULED = "scheduled"  # 예약: one order at a given time


class Deadline(Enum):
    """What happens to what is left at the end time."""

    CANCEL = "cancel"
    TAKE = "take"  # cross the spread, up to the limit
    CLOSE_CALL = "close_call"  # leave it for the closing call


class AlgoState(Enum):
    """Where an algorithm stands. Terminal: DONE, ENDED, FAILED."""

    WAITING = "waiting"  # before its start time
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"  # everything filled
    ENDED = "ended"  # cancelled, or its time was over
    FAILED = "failed"  # its children were refused again and again


class VolumeCurve(Struct, frozen=True, kw_only=True):
    """Expected market volume by time of day: `volumes[i]` shares in [start_ns + i * bin_ns, ... + bin_ns)."""

    start_ns: int
    bin_ns: int
    volumes: tuple[int, ...]


class Impact(Struct, frozen=True, kw_only=True):
    """Fitted cost model of Almgren and Chriss for one issue.

    `sigma_px_per_sqrt_s`: price volatility, price units per square root of a second. `eta`: temporary impact, price
    units per (share per second). Both in millionths.
    """

    sigma_micro: int
    eta_micro: int


class AlgoParams(Struct, frozen=True, kw_only=True):
    """One algorithm. Times are trade_ns. Fields that a kind does not use are left at their default.

    `interval_ns`: length of a slice (TWAP, VWAP, IS), shortest time between amends (PEG).
    `randomise_pct`: how much times and sizes of slices vary, 0 to 50. `participation_ppm`: POV's cap.
    `urgency_pico`: IS's risk aversion, per price unit and share, in 1e-12. `display_qty`: ICEBERG, PEG (0: all).
    `is_held`: it waits for a resume before its first order, so that its schedule can be looked at.
    `offset_ticks`: PEG, from the own best price away from the spread. `min_qty`: SNIPER's smallest worthwhile offer.
    """

    algo_id: ClOrdID
    kind: AlgoKind
    account: str
    symbol: str
    side: Side
    qty: Qty
    px: Px = NO_PX
    start_ns: int = 0
    end_ns: int = 0
    interval_ns: int = 60_000_000_000
    randomise_pct: int = 0
    participation_ppm: int = 0
    urgency_pico: int = 0
    display_qty: Qty = Qty(0)
    offset_ticks: int = 0
    min_qty: Qty = Qty(0)
    deadline: Deadline = Deadline.CANCEL
    in_auctions: bool = False
    venue: str = ""  # empty: routed
    is_held: bool = False
    seed: int = 0
    curve: VolumeCurve | None = None
    impact: Impact | None = None


class OwnFill(Struct, frozen=True):
    """A fill of a child: when and how much."""

    trade_ns: int
    qty: int


class MarketView(Struct, frozen=True, kw_only=True):
    """What the algorithm sees of its issue. `traded` is the market's volume as (trade_ns, cumulative shares) points,
    oldest first, a little more than the last minute of them, our own fills included.
    """

    trade_ns: int
    phase: Phase
    bid_px: int = 0
    bid_qty: int = 0
    ask_px: int = 0
    ask_qty: int = 0
    last_px: int = 0
    upper_px: int = 0
    lower_px: int = 0
    lot: int = 1
    ticks: TickTable
    traded: tuple[tuple[int, int], ...] = ()
    bins: tuple[int, ...] = ()  # the market's volume in the bins of the algorithm's curve, the running one last


class AlgoView(Struct, frozen=True, kw_only=True):
    """The algorithm's own side: state, children, fills, and when it last acted."""

    state: AlgoState
    children: tuple[ChildState, ...] = ()
    fills: tuple[OwnFill, ...] = ()
    started_ns: int = 0
    acted_ns: int = 0
    placed: int = 0  # children so far; `children` may hold those that are done as one
    since_resume: int = 0  # of them: since it was last told to go on
    refusals: int = 0  # children that risk denied or the venue rejected, in a row


class PlaceChild(Struct, frozen=True, kw_only=True):
    """Send a child order."""

    qty: Qty
    px: Px
    ord_type: OrdType = OrdType.LIMIT
    time_in_force: TimeInForce = TimeInForce.DAY
    display_qty: Qty = Qty(0)


class AmendChild(Struct, frozen=True, kw_only=True):
    """Move a working child to another price."""

    cl_ord_id: ClOrdID
    px: Px


class Finish(Struct, frozen=True, kw_only=True):
    """The algorithm is over. `cause` is a key of the text catalogue."""

    state: AlgoState
    cause: str


class WakeAt(Struct, frozen=True, kw_only=True):
    """Ask again at this trade time, or earlier when something changed."""

    trade_ns: int


AlgoAction = Union[PlaceChild, AmendChild, CancelChild, Finish, WakeAt]


class SchedulePoint(Struct, frozen=True):
    """From `trade_ns` on, `cum_qty` shares should have been traded."""

    trade_ns: int
    cum_qty: int
