"""Conditional orders: what is watched, what is sent when it comes true, and how they belong together.

All of them run in the core: they outlive the terminal, and a crash of the core brings them back as they stood.
"""

from enum import Enum
from typing import Union

from msgspec import Struct

from hts.model.enums import CashMargin, OrdType, Side, TimeInForce
from hts.model.instruments import TickTable
from hts.model.units import NO_PX, ClOrdID, Px, Qty


class PriceSource(Enum):
    """Which price is watched; the value is the key of the text catalogue."""

    LAST = "last"
    BID = "bid"
    ASK = "ask"
    MID = "mid"  # the middle, rounded down to the price unit


TRAIL_TICKS_MAX = 10_000  # they are counted one by one, of a trail and of a gap at every price
TRAIL_PPM_MAX = 999_999  # of a price all of it is never reached


class TrailUnit(Enum):
    """What a trail's distance counts."""

    PX = "px"
    PPM = "ppm"  # of the extreme
    TICKS = "ticks"


class GapRule(Enum):
    """What a stop does when the price has jumped beyond it by more than its gap limit."""

    SEND = "send"
    HOLD = "hold"  # stays armed, and is sent when the price comes back within the gap limit


class Carry(Enum):
    """How long an armed condition lives."""

    DAY = "day"
    UNTIL_CANCELED = "gtc"
    DAILY = "daily"  # armed anew each day until it is cancelled, also after it was sent the day before


class PriceCondition(Struct, frozen=True, kw_only=True, tag="price"):
    """The watched price is at or above (or at or below) `px`. `venue` empty: the consolidated price."""

    source: PriceSource = PriceSource.LAST
    venue: str = ""
    is_above: bool
    px: Px


class TrailCondition(Struct, frozen=True, kw_only=True, tag="trail"):
    """The price has come back from its extreme by the distance.

    `is_above` False (a sell trail): the extreme is the highest price since the trail began, met at or below
    extreme - distance. True (a buy trail) mirrors it. `from_px`: the trail begins when the price has reached it.
    """

    source: PriceSource = PriceSource.LAST
    venue: str = ""
    is_above: bool = False
    distance: int
    unit: TrailUnit = TrailUnit.PX
    from_px: Px = NO_PX


class TimeCondition(Struct, frozen=True, kw_only=True, tag="time"):
    """From this trade time on."""

    trade_ns: int


class IndicatorKind(Enum):
    """What is computed over the closes of bars; the value is its name on the screen and in the API."""

    SMA = "SMA"
    EMA = "EMA"
    RSI = "RSI"  # Wilder's, 0 to 100
    UPPER = "BB+"  # Bollinger's upper band: the mean and so many standard deviations
    LOWER = "BB-"


class IndicatorCondition(Struct, frozen=True, kw_only=True, tag="indicator"):
    """A bar has closed at or above (at or below) an average or a band; for RSI, its value is so to `level_milli`.

    `crosses`: only the bar that changes sides counts, one that was there from the start does not. `timeframe_s`: whole
    minutes up to an hour. `width_milli`: a band's standard deviations, in thousandths. The bars are
    those of the issue's home venue.
    """

    indicator: IndicatorKind
    period: int
    timeframe_s: int = 60
    is_above: bool
    level_milli: int = 0
    width_milli: int = 2_000
    crosses: bool = True


class FillCondition(Struct, frozen=True, kw_only=True, tag="fill"):
    """What it protects has filled: a bracket's profit-taker, which then rests and grows with the fills."""


Condition = Union[PriceCondition, TrailCondition, TimeCondition, IndicatorCondition, FillCondition]


class ConditionalOrder(Struct, frozen=True, kw_only=True):
    """An order that is sent when its condition comes true.

    `px` 0 with a limit type: the trigger price moved `px_offset_ticks` away from the market. `group_id`: as soon as
    one of a group is sent, the others are cancelled. `protects`: the order whose fills this one protects: it is armed
    by the first fill and never sells more than has filled and not been closed. `gap_ticks` with its rule: see GapRule.
    `entry_ticks`: its price lies so far (with sign) from that of what it protects, and is known with the first fill at
    the latest. `scales`: an entry that is amended to more shares is protected whole.
    `credit`: what it closes was bought on credit, or sold borrowed.
    """

    cond_id: ClOrdID
    account: str
    symbol: str
    condition: Condition
    side: Side
    qty: Qty
    ord_type: OrdType = OrdType.MARKET
    time_in_force: TimeInForce = TimeInForce.DAY
    px: Px = NO_PX
    px_offset_ticks: int = 0
    venue: str = ""
    group_id: ClOrdID = ClOrdID(0)
    protects: ClOrdID = ClOrdID(0)
    gap_ticks: int = 0
    gap_rule: GapRule = GapRule.SEND
    carry: Carry = Carry.DAY
    entry_ticks: int = 0
    scales: bool = False
    credit: CashMargin = CashMargin.CASH
    closes: bool = False  # sends no more than is held and not being closed already
    until_date: int = 0  # of one that is armed daily: its last trading date (YYYYMMDD) at the home venue; 0 for no end
    until_filled: bool = False  # of one that is armed daily: each day the rest, over when all has filled


def trail_px(condition: TrailCondition, extreme_px: int, ticks: TickTable) -> int:
    """The price at which a trail with this extreme comes true. A share of the extreme is rounded towards it."""
    sign = 1 if condition.is_above else -1
    if condition.unit is TrailUnit.PX:
        return extreme_px + sign * condition.distance
    if condition.unit is TrailUnit.PPM:
        return extreme_px + sign * (extreme_px * condition.distance // 1_000_000)
    return ticks.move(extreme_px, sign * condition.distance)


def is_distance(distance: int, unit: TrailUnit) -> bool:
    """Whether a trail can follow at this distance."""
    most = {TrailUnit.TICKS: TRAIL_TICKS_MAX, TrailUnit.PPM: TRAIL_PPM_MAX}.get(unit, distance)
    return 0 < distance <= most


class WatchTerms(Struct, frozen=True, kw_only=True):
    """자동감시: what is watched of every holding. Distances in millionths of the base, 0 for none.

    The base is the average cost, or the last price. Profit, loss and trail close the holding, the first that comes true
    ends the others; a break-out adds `add_pct` of it. `orders_max`: more orders than that are refused whole.
    """

    profit_ppm: int = 0
    loss_ppm: int = 0
    trail_ppm: int = 0
    break_out_ppm: int = 0
    add_pct: int = 100
    from_last: bool = False
    daily: bool = False
    orders_max: int = 100


class Quote(Struct, frozen=True, kw_only=True):
    """One issue's prices at a venue, or consolidated (`venue` empty); 0 where there is none."""

    venue: str = ""
    last_px: int = 0
    bid_px: int = 0
    ask_px: int = 0


class Triggered(Struct, frozen=True, kw_only=True):
    """A condition came true at this price (0 for a time or an indicator)."""

    cond_id: ClOrdID
    px: int


class TrailBegun(Struct, frozen=True, kw_only=True):
    """A trail has started to follow the price."""

    cond_id: ClOrdID
    px: int


class ExtremeMoved(Struct, frozen=True, kw_only=True):
    """Every trail of this key whose extreme was less far has moved to `px`."""

    source: PriceSource
    venue: str
    is_above: bool
    px: int
