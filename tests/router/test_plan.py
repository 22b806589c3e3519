"""Whole plans: worked cases, bad input, and that no plan ever asks for more than the order."""

import random

import pytest
from msgspec.structs import replace

from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.routing import (
    Exclusion,
    Remainder,
    RoutePlan,
    RouteRefusal,
    RouteRequest,
    Slice,
    Urgency,
    VenueCost,
    VenueCosts,
    VenueDepth,
)
from hts.router.plan import decide, explain
from tests.router.test_sweep import a_case

FREE = VenueCosts()
KRX = VenueDepth(
    venue="KRX", bids=((999, 40),), asks=((1000, 50), (1002, 50)), latency_us=900, queue_qty_per_s=30, has_midpoint=True
)
NXT = VenueDepth(venue="NXT", bids=((999, 10),), asks=((1001, 30),), latency_us=400, queue_qty_per_s=10)
BUY = RouteRequest(side=Side.BUY, qty=100, px=1001)


def ioc(venue, qty, px, hold_us, cost):
    return Slice(venue=venue, qty=qty, px=px, time_in_force=TimeInForce.IOC, hold_us=hold_us, cost_nano=cost * 10**9)


def test_a_sweep_takes_both_venues_at_once_and_rests_at_the_faster_of_two_empty_queues():
    assert decide(BUY, (KRX, NXT)) == RoutePlan(
        slices=(
            ioc("KRX", 50, 1000, 0, 50_000),
            ioc("NXT", 30, 1001, 500, 30_030),
            Slice(venue="NXT", qty=20, px=1001),
        ),
        taken_qty=80,
        cost_nano=80_030 * 10**9,
    )


def test_a_sweep_that_is_not_to_rest_leaves_the_remainder_unplaced():
    plan = decide(replace(BUY, remainder=Remainder.CANCEL), (KRX, NXT))
    assert (plan.placed_qty, plan.unplaced_qty) == (80, 20)


def test_explained_plan_knows_each_venue_alone_and_the_plain_rule():
    plan = explain(BUY, (KRX, NXT), decide(BUY, (KRX, NXT)))
    krx = VenueCost(venue="KRX", qty=50, cost_nano=50_000 * 10**9)
    nxt = VenueCost(venue="NXT", qty=30, cost_nano=30_030 * 10**9)
    assert (plan.alternatives, plan.simple) == ((krx, nxt), krx)


def test_the_plain_rule_goes_by_price_then_fee_then_latency():
    def simple(**changes):
        other = replace(NXT, asks=((1000, 30),), **changes)
        return explain(BUY, (KRX, other), decide(BUY, (KRX, other))).simple.venue

    assert simple(costs=FREE, latency_us=900) == "KRX"  # all equal: by name
    assert simple(latency_us=400) == "NXT"
    assert simple(latency_us=400, costs=VenueCosts(taker_ppb=1)) == "KRX"
    assert simple(latency_us=4000, costs=VenueCosts(taker_ppb=-1)) == "NXT"


def test_posting_shares_out_by_what_trades_at_each_venue():
    plan = decide(RouteRequest(side=Side.BUY, qty=80, px=999, urgency=Urgency.POST), (KRX, NXT))
    # 31 : 11 of 80 is 59.04 and 20.95; the odd share goes to NXT, whose queue of 10 is over in 1 s (KRX 40 / 30)
    assert plan.slices == (Slice(venue="KRX", qty=59, px=999), Slice(venue="NXT", qty=21, px=999))


def test_queueing_picks_the_shorter_wait():
    queue = RouteRequest(side=Side.BUY, qty=80, px=999, urgency=Urgency.QUEUE)
    assert decide(queue, (KRX, NXT)).slices == (Slice(venue="NXT", qty=80, px=999),)
    busy = replace(NXT, bids=((999, 14),))
    assert decide(queue, (KRX, busy)).slices == (Slice(venue="KRX", qty=80, px=999),)


@pytest.mark.parametrize(
    ("phase", "venue"), [(Phase.CONTINUOUS, "NXT"), (Phase.OPEN_CALL, "KRX"), (Phase.CLOSE_CALL, "KRX")]
)
def test_of_equal_queues_the_cheaper_rest_is_chosen_and_in_a_call_the_cheaper_auction(phase, venue):
    rates = {"KRX": VenueCosts(maker_ppb=20, auction_ppb=10), "NXT": VenueCosts(maker_ppb=10, auction_ppb=20)}
    venues = tuple(VenueDepth(venue=name, phase=phase, costs=costs, bids=((999, 5),)) for name, costs in rates.items())
    plan = decide(RouteRequest(side=Side.BUY, qty=10, px=999, urgency=Urgency.QUEUE), venues)
    assert [(part.venue, part.qty) for part in plan.slices] == [(venue, 10)]


def test_a_share_that_rests_pays_its_own_charge():
    rates = {"KRX": VenueCosts(per_share_nano=1), "NXT": VenueCosts(per_share_nano=9, rest_share_nano=0)}
    venues = tuple(VenueDepth(venue=name, costs=costs, bids=((999, 5),)) for name, costs in rates.items())
    plan = decide(RouteRequest(side=Side.SELL, qty=10, px=1_001, urgency=Urgency.QUEUE), venues)
    assert [part.venue for part in plan.slices] == ["NXT"]


def test_midpoint_goes_where_it_is_offered_and_queues_where_it_is_not():
    middle = RouteRequest(side=Side.BUY, qty=7, px=1001, urgency=Urgency.MIDPOINT)
    assert decide(middle, (KRX, NXT)).slices == (Slice(venue="KRX", qty=7, px=1001, ord_type=OrdType.MIDPOINT),)
    assert decide(middle, (NXT,)).slices == (Slice(venue="NXT", qty=7, px=1001),)


def test_a_market_order_rests_at_the_own_best_when_the_books_run_out():
    plan = decide(RouteRequest(side=Side.BUY, qty=140), (KRX, NXT))
    assert plan.slices[-1] == Slice(venue="NXT", qty=10, px=999)
    assert plan.taken_qty == 130


STOPPED = {
    Exclusion.DOWN: {"is_up": False},
    Exclusion.NOT_ELIGIBLE: {"is_eligible": False},
    Exclusion.PHASE: {"phase": Phase.HALTED},
    Exclusion.STALE: {"age_ms": 1_001},
    Exclusion.CROSSED: {"bids": ((1001, 5),)},
}


@pytest.mark.parametrize("why", STOPPED, ids=lambda why: why.value)
def test_a_venue_that_cannot_be_used_gets_nothing_and_the_record_says_why(why):
    request = replace(BUY, stale_ms=1_000)
    venues = (replace(NXT, **STOPPED[why]), KRX)
    plan = explain(request, venues, decide(request, venues))
    assert {part.venue for part in plan.slices} == {"KRX"}
    assert plan.alternatives[0] == VenueCost(venue="NXT", qty=0, cost_nano=0, excluded=why)


def test_a_book_across_two_venues_may_be_crossed_or_locked():
    low = replace(NXT, asks=((998, 30),), bids=((990, 1),))
    plan = decide(replace(BUY, qty=30), (KRX, low))
    assert plan.slices == (ioc("NXT", 30, 998, 0, 29_940),)


def test_a_level_without_quantity_is_no_offer():
    hollow = replace(NXT, asks=((998, 0), (1001, 30)))
    assert decide(replace(BUY, qty=30, px=1000), (KRX, hollow)).slices == (ioc("KRX", 30, 1000, 0, 30_000),)


@pytest.mark.parametrize(
    ("request_", "venues", "refusal"),
    [
        (BUY, (), RouteRefusal.NO_VENUE),
        (replace(BUY, qty=0), (KRX,), RouteRefusal.BAD_QTY),
        (replace(BUY, qty=-5), (KRX,), RouteRefusal.BAD_QTY),
        (replace(BUY, px=-1), (KRX,), RouteRefusal.BAD_QTY),
        (BUY, (replace(KRX, phase=Phase.HALTED), replace(NXT, is_up=False)), RouteRefusal.ALL_EXCLUDED),
        (replace(BUY, qty=5), (replace(KRX, lot=10),), RouteRefusal.BAD_LOT),
        (BUY, (replace(KRX, lot=10), replace(NXT, lot=15)), RouteRefusal.BAD_LOT),
        (replace(BUY, px=998, remainder=Remainder.CANCEL), (KRX, NXT), RouteRefusal.NOTHING_WITHIN_LIMIT),
        (RouteRequest(side=Side.BUY, qty=5), (replace(KRX, bids=(), asks=()),), RouteRefusal.NOTHING_WITHIN_LIMIT),
    ],
    ids=lambda value: value.value if isinstance(value, RouteRefusal) else "",
)
def test_what_cannot_be_placed_is_refused(request_, venues, refusal):
    plan = decide(request_, venues)
    assert plan == RoutePlan(refusal=refusal, unplaced_qty=max(request_.qty, 0))


def test_a_call_auction_takes_the_rest_but_nothing_is_swept_there():
    call = replace(KRX, phase=Phase.CLOSE_CALL)
    assert decide(BUY, (call,)).slices == (Slice(venue="KRX", qty=100, px=1001),)


def test_slices_arrive_together_and_the_jitter_is_the_seeds():
    third = replace(NXT, venue="TSE", latency_us=100)
    request = replace(BUY, qty=110, remainder=Remainder.CANCEL, jitter_us_max=50, seed=7)
    waits = {part.venue: part.hold_us for part in decide(request, (KRX, NXT, third)).slices}
    spread = {venue: wait - {"KRX": 0, "NXT": 500, "TSE": 800}[venue] for venue, wait in waits.items()}
    assert all(0 <= jitter <= 50 for jitter in spread.values())
    assert decide(request, (KRX, NXT, third)) == decide(request, (KRX, NXT, third))
    others = [decide(replace(request, seed=seed), (KRX, NXT, third)).slices for seed in range(20)]
    assert len({tuple(part.hold_us for part in parts) for parts in others}) > 10


def test_weighing_fills_and_delay_prefers_the_venue_that_keeps_its_word():
    ghost = replace(NXT, asks=((1000, 50),), fill_ppm=500_000)
    even = replace(BUY, qty=50, remainder=Remainder.CANCEL)
    dear = replace(KRX, costs=VenueCosts(taker_ppb=100_000))
    assert decide(even, (dear, ghost)).slices[0].venue == "NXT"
    assert decide(replace(even, miss_ppb=1_000_000), (dear, ghost)).slices[0].venue == "KRX"
    slow = replace(NXT, asks=((1000, 50),), latency_us=60_000)
    assert decide(replace(even, delay_ppb_per_ms=10_000), (dear, slow)).slices[0].venue == "KRX"


def test_no_plan_asks_for_more_than_the_order_or_breaks_its_limit():
    for seed in range(3_000):
        dice = random.Random(seed)
        request, venues = a_case(dice)
        request = replace(
            request, urgency=dice.choice(tuple(Urgency)), remainder=dice.choice(tuple(Remainder)), qty=request.qty * 3
        )
        plan = decide(request, tuple(replace(venue, queue_qty_per_s=dice.randint(0, 50)) for venue in venues))
        assert plan.placed_qty + plan.unplaced_qty == request.qty, (seed, plan)
        assert all(part.qty > 0 for part in plan.slices), (seed, plan)
        if request.px and request.side is Side.BUY:
            assert all(part.px <= request.px for part in plan.slices), (seed, plan)
        if request.px and request.side is Side.SELL:
            assert all(part.px >= request.px for part in plan.slices), (seed, plan)


def test_a_venue_without_a_table_of_fees_counts_as_free_and_goes_by_price_alone():
    dear = replace(KRX, asks=((1000, 50),), costs=VenueCosts(taker_ppb=500_000))  # 0.5 a share
    untold = VenueDepth(venue="NXT", asks=((1000, 30), (1001, 30)), latency_us=400)
    assert untold.costs == FREE
    plan = decide(replace(BUY, qty=80, remainder=Remainder.CANCEL), (dear, untold))
    assert [(part.venue, part.qty, part.cost_nano) for part in plan.slices] == [
        ("KRX", 50, 50_025 * 10**9),
        ("NXT", 30, 30_000 * 10**9),
    ]
    few = decide(replace(BUY, qty=20, remainder=Remainder.CANCEL), (dear, untold))
    assert [(part.venue, part.cost_nano) for part in few.slices] == [("NXT", 20_000 * 10**9)]
    nowhere = decide(replace(BUY, qty=20), (replace(dear, costs=FREE), replace(untold, costs=FREE)))
    assert nowhere.refusal is None
