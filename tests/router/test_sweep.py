"""The cheapest way to take a quantity: by hand, and against an exhaustive solver on ten thousand random books."""

import random
from fractions import Fraction

import pytest

from hts.model.enums import Side
from hts.model.routing import NANO, RouteRequest, VenueCosts, VenueDepth
from hts.router.sweep import are_lots_routable, best_parts, best_take, cost_of
from tests.router.solver import best

BOOKS = 10_000
NAMES = ("KRX", "NXT", "TSE", "JNX", "ODX")


def test_the_cheaper_fee_wins_at_the_same_price():
    krx = VenueDepth(venue="KRX", asks=((1000, 50), (1001, 50)), costs=VenueCosts(taker_ppb=136_396))
    nxt = VenueDepth(venue="NXT", asks=((1000, 30), (1001, 90)), costs=VenueCosts(taker_ppb=131_833))
    request = RouteRequest(side=Side.BUY, qty=100, px=1001)
    assert best_take(request, (krx, nxt)) == {"NXT": 50, "KRX": 50}
    # 30 x 1000 at NXT, 50 x 1000 at KRX, 20 x 1001 at NXT
    nano = 30 * 1000 * (NANO + 131_833) + 50 * 1000 * (NANO + 136_396) + 20 * 1001 * (NANO + 131_833)
    assert cost_of(request, (krx, nxt), {"NXT": 50, "KRX": 50}) == nano


def test_a_worse_price_with_a_much_better_fee_is_taken_first():
    dear = VenueDepth(venue="KRX", asks=((1000, 100),), costs=VenueCosts(taker_ppb=3_000_000))
    cheap = VenueDepth(venue="NXT", asks=((1001, 100),), costs=VenueCosts(taker_ppb=0))
    assert best_take(RouteRequest(side=Side.BUY, qty=100), (dear, cheap)) == {"NXT": 100}


def test_a_sell_takes_the_best_proceeds():
    krx = VenueDepth(venue="KRX", bids=((1000, 10), (998, 100)), costs=VenueCosts(sell_tax_ppb=2_000_000))
    nxt = VenueDepth(venue="NXT", bids=((999, 40),), costs=VenueCosts(sell_tax_ppb=2_000_000))
    assert best_take(RouteRequest(side=Side.SELL, qty=60, px=998), (krx, nxt)) == {"KRX": 20, "NXT": 40}


def test_a_charge_per_order_is_worth_paying_only_for_enough_shares():
    flat = VenueDepth(venue="KRX", asks=((1000, 100),))
    charged = VenueDepth(venue="NXT", asks=((999, 100),), costs=VenueCosts(per_order_nano=20 * 10**9))
    assert best_take(RouteRequest(side=Side.BUY, qty=19), (flat, charged)) == {"KRX": 19}
    assert best_take(RouteRequest(side=Side.BUY, qty=21), (flat, charged)) == {"NXT": 21}


def test_the_small_lot_supplies_what_the_big_one_cannot():
    odd = VenueDepth(venue="JNX", asks=((105, 250),), lot=1)
    round_lots = VenueDepth(venue="TSE", asks=((100, 500),), lot=100)
    assert best_take(RouteRequest(side=Side.BUY, qty=230), (odd, round_lots)) == {"JNX": 30, "TSE": 200}
    assert best_take(RouteRequest(side=Side.BUY, qty=590), (odd, round_lots)) == {"JNX": 90, "TSE": 500}


def test_lots_that_do_not_fit_are_refused():
    venues = tuple(VenueDepth(venue=name, asks=((100, 500),), lot=lot) for name, lot in (("KRX", 10), ("NXT", 15)))
    assert not are_lots_routable(venues)
    with pytest.raises(ValueError, match="multiple of the other"):
        best_take(RouteRequest(side=Side.BUY, qty=30), venues)


def ladder(dice, start, step, lot):
    levels, px = [], start
    for _ in range(dice.randint(0, 4)):
        levels.append((px, dice.randint(1, 6) * dice.choice((1, lot))))
        px += step * dice.randint(1, 2)
    return tuple(levels)


def a_case(dice):
    lots = dice.choice(((1,), (1,), (3,), (1, 4), (2, 6)))
    charges = dice.random() < 0.3
    venues = tuple(
        VenueDepth(
            venue=name,
            asks=ladder(dice, 100 + dice.randint(0, 3), 1, lot := dice.choice(lots)),
            bids=ladder(dice, 100 - dice.randint(0, 3), -1, lot),
            lot=lot,
            order_qty_max=dice.choice((0, 0, 0, 2 * lot)),
            latency_us=dice.randint(0, 9),
            costs=VenueCosts(
                taker_ppb=dice.randint(-2_000_000, 20_000_000),
                sell_tax_ppb=dice.choice((0, 2_000_000)),
                per_share_nano=dice.choice((0, 30_000_000)),
                per_order_nano=dice.randint(1, 4 * 10**9) if charges and dice.random() < 0.6 else 0,
            ),
        )
        for name in NAMES[: dice.randint(1, 5)]
    )
    limit = dice.choice((0, 0, 99, 100, 101, 103))
    return RouteRequest(side=dice.choice(tuple(Side)), qty=dice.randint(1, 22), px=limit), venues


def test_optimal_on_ten_thousand_random_books():
    for seed in range(BOOKS):
        request, venues = a_case(random.Random(seed))
        take = best_take(request, venues)
        found = sum(take.values()), Fraction(cost_of(request, venues, take), NANO)
        assert found == best(request, venues), (seed, request, venues, take)
        parts = best_parts(request, venues)
        costs = sum(part.cost_nano for part in parts)
        assert (sum(part.qty for part in parts), Fraction(costs, NANO)) == found, (seed, parts)
        assert all(take.get(venue.venue, 0) % venue.lot == 0 for venue in venues), (seed, take)
