"""Journal records of routed orders, algorithms and conditional orders: one of each."""

from hts.model.algo import AlgoKind, AlgoParams, Impact, VolumeCurve
from hts.model.conditional import (
    ConditionalOrder,
    ExtremeMoved,
    GapRule,
    PriceSource,
    TrailBegun,
    TrailCondition,
    TrailUnit,
)
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.records import AlgoLearnt, RouteDecided, TrailsMoved, WorkAmended, WorkMoved, WorkStarted
from hts.model.routing import RoutePlan, RouteRecord, RouteRequest, Slice, VenueCosts, VenueDepth
from hts.model.work import AlgoSpec, ConditionSpec, RouteSpec, TrailChange, WorkState

AT = {"trade_ns": 1_795_392_000_000_000_000, "mono_ns": 7}
OF = {"request_id": "r1", "account": "8801", "symbol": "005930", "side": Side.SELL, "qty": 100}
REQUEST = RouteRequest(side=Side.SELL, qty=100, px=71_000, jitter_us_max=50, seed=9)
SEEN = VenueDepth(venue="NXT", bids=((71_000, 40),), asks=((71_100, 5),), costs=VenueCosts(taker_ppb=150_000))
PART = Slice(venue="NXT", qty=40, px=71_000, time_in_force=TimeInForce.IOC, hold_us=30, cost_nano=-(2**60))
ALGO = AlgoParams(algo_id=22, kind=AlgoKind.IS, account="8801", symbol="005930", side=Side.SELL, qty=100, start_ns=1)
STOP = ConditionalOrder(
    cond_id=23,
    account="8801",
    symbol="005930",
    condition=TrailCondition(source=PriceSource.MID, distance=20_000, unit=TrailUnit.PPM),
    side=Side.SELL,
    qty=100,
    ord_type=OrdType.LIMIT,
    px_offset_ticks=2,
    group_id=23,
    protects=11,
    gap_ticks=5,
    gap_rule=GapRule.HOLD,
)


def work_records() -> list:
    """One of each kind of work and of what becomes of it."""
    record = RouteRecord(
        order_id=21, account="8801", symbol="005930", trade_ns=5, request=REQUEST, seen=(SEEN,),
        plan=RoutePlan(slices=(PART,), taken_qty=40, cost_nano=PART.cost_nano, unplaced_qty=60),
    )  # fmt: skip
    moved = ExtremeMoved(source=PriceSource.MID, venue="", is_above=False, px=72_000)
    curve = VolumeCurve(start_ns=1, bin_ns=300, volumes=(5, 7))
    return [
        WorkStarted(**AT, **OF, work_id=21, spec=RouteSpec(request=REQUEST), state=WorkState.RUNNING, strategy="방향"),
        WorkStarted(**AT, **OF, work_id=22, spec=AlgoSpec(params=ALGO), state=WorkState.WAITING, user="kim"),
        WorkStarted(**AT, **OF, work_id=23, spec=ConditionSpec(order=STOP), state=WorkState.WAITING),
        WorkMoved(**AT, work_id=23, state=WorkState.TRIGGERED, cause="conditional.triggered", px=70_500),
        WorkMoved(
            **AT, work_id=22, state=WorkState.PAUSED, cause="work.by_trader.pause", request_id="r", account="8801"
        ),
        WorkAmended(**AT, work_id=23, order=STOP, request_id="r", account="8801", user="kim"),
        WorkAmended(**AT, work_id=22, params=ALGO, request_id="r2", account="8801", user="kim"),
        RouteDecided(**AT, decision=record),
        AlgoLearnt(**AT, work_id=22, curve=curve, impact=Impact(sigma_micro=1, eta_micro=2)),
        TrailsMoved(
            **AT,
            change=TrailChange(symbol="005930", begun=(TrailBegun(cond_id=23, px=71_500),), moved=(moved,)),
        ),
    ]
