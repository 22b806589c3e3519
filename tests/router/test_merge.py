"""The fast sweep: as cheap as an exhaustive solver finds, share by share the same as the general way."""

import random
from fractions import Fraction

import pytest
from msgspec.structs import replace

from hts.model.enums import Phase, Side
from hts.model.routing import NANO, RouteRequest, VenueCosts, VenueDepth
from hts.router.eligible import considered, takeable
from hts.router.merge import usual_parts
from hts.router.sweep import best_parts, best_take
from tests.router.solver import best

NAMES = ("KRX", "NXT", "TSE", "JNX", "ODX")
KRX = VenueDepth(venue="KRX", bids=((999, 40),), asks=((1000, 50), (1002, 50)), latency_us=900)
NXT = VenueDepth(venue="NXT", bids=((999, 10),), asks=((1000, 30),), latency_us=400)
BUY = RouteRequest(side=Side.BUY, qty=60)


def ladder(dice, start, step, lot):
    levels, px = [], start
    for _ in range(dice.randint(0, 4)):
        levels.append((px, dice.choice((0, 1, 2, 3, 6)) * lot))
        px += step * dice.randint(1, 2)
    return tuple(levels)


def a_case(dice):
    """Whole lots, and few different fees and latencies so that venues often cost the same; a venue may be out."""
    lot, dear = dice.choice((1, 1, 3)), dice.choice((0, 0, 20_000_000))
    venues = tuple(
        VenueDepth(
            venue=name,
            asks=ladder(dice, 100 + dice.randint(0, 2), 1, lot),
            bids=ladder(dice, 100 - dice.randint(0, 3), -1, lot),
            phase=dice.choice((Phase.CONTINUOUS,) * 6 + (Phase.CLOSE_CALL, Phase.PRE_MARKET, Phase.HALTED)),
            is_up=dice.random() < 0.95,
            is_eligible=dice.random() < 0.95,
            age_ms=dice.choice((0, 0, 0, 5)),
            lot=lot,
            latency_us=dice.choice((1, 2)),
            fill_ppm=dice.choice((1_000_000, 900_000)),
            costs=VenueCosts(
                taker_ppb=dice.choice((-dear, 0, 0, dear, 10_000_000)),
                sell_tax_ppb=dear,
                per_share_nano=dice.choice((0, 0, 10**9)),
            ),
        )
        for name in dice.sample(NAMES, dice.randint(1, 5))
    )
    request = RouteRequest(
        side=dice.choice(tuple(Side)),
        qty=dice.randint(1, 40),
        px=dice.choice((0, 0, 98, 100, 102)),
        stale_ms=dice.choice((0, 3)),
        miss_ppb=dice.choice((0, 0, 7_000_000)),
        delay_ppb_per_ms=dice.choice((0, 0, 900_000_000)),
    )
    return request, venues


def told(parts):
    return [(part.venue.venue, part.qty, part.cost_nano, part.px) for part in parts]


def test_the_same_parts_as_the_general_way_also_where_venues_cost_the_same():
    usual = tied = 0
    for seed in range(6_000):
        request, venues = a_case(random.Random(seed))
        parts = usual_parts(request, venues)
        if parts is None:
            continue
        usual += 1
        assert told(parts) == told(best_parts(request, takeable(request, considered(request, venues)))), seed
        tied += told(parts) != told(sorted(usual_parts(request, venues[::-1]), key=lambda p: venues.index(p.venue)))
    assert usual > 3_000
    assert tied > 10  # the place in the list decided


def test_optimal_on_ten_thousand_random_books():
    seen = 0
    for seed in range(20_000):
        if seen == 10_000:
            break
        request, venues = a_case(random.Random(100_000 + seed))
        request = replace(request, qty=min(request.qty, 22), miss_ppb=0, delay_ppb_per_ms=0)
        parts = usual_parts(request, venues)
        if parts is None:
            continue
        seen += 1
        found = sum(part.qty for part in parts), Fraction(sum(part.cost_nano for part in parts), NANO)
        assert found == best(request, takeable(request, considered(request, venues))), (seed, request, venues)
    assert seen == 10_000


def test_of_venues_that_cost_the_same_the_likelier_then_the_faster_then_the_first_is_taken():
    def first(*venues):
        return told(usual_parts(replace(BUY, qty=10), venues))[0][0]

    assert first(KRX, NXT) == "NXT"  # the faster
    assert first(KRX, replace(NXT, fill_ppm=999_999)) == "KRX"
    assert first(KRX, replace(NXT, latency_us=900)) == "KRX"
    assert first(replace(NXT, latency_us=900), KRX) == "NXT"
    assert first(KRX, replace(NXT, costs=VenueCosts(taker_ppb=1))) == "KRX"  # a nano decides before the latency


def test_what_is_left_is_taken_at_the_next_level_and_the_last_price_is_told():
    assert told(usual_parts(replace(BUY, qty=100), (KRX, NXT))) == [
        ("KRX", 70, (50 * 1000 + 20 * 1002) * NANO, 1002),
        ("NXT", 30, 30 * 1000 * NANO, 1000),
    ]
    assert told(usual_parts(replace(BUY, qty=500, px=1001), (KRX, NXT))) == [
        ("KRX", 50, 50_000 * NANO, 1000),
        ("NXT", 30, 30_000 * NANO, 1000),
    ]
    assert usual_parts(replace(BUY, px=998), (KRX, NXT)) == []


def test_a_level_without_quantity_does_not_move_the_price_that_is_asked():
    hollow = replace(KRX, asks=((1000, 50), (1001, 0), (1003, 9)))
    assert told(usual_parts(BUY, (hollow,)))[0][3] == 1003
    assert told(usual_parts(replace(BUY, px=1002), (hollow,)))[0] == ("KRX", 50, 50_000 * NANO, 1000)


@pytest.mark.parametrize(
    ("request_", "venues"),
    [
        (BUY, ()),
        (replace(BUY, qty=0), (KRX,)),
        (replace(BUY, px=-1), (KRX,)),
        (BUY, (replace(KRX, is_up=False),)),
        (replace(BUY, qty=5), (replace(KRX, lot=10),)),
        (BUY, (KRX, replace(NXT, lot=10))),
        (BUY, (KRX, replace(NXT, lot=10, asks=()))),  # nothing to take there, and yet its lot matters for the rest
        (BUY, (replace(KRX, lot=7),)),
        (BUY, (replace(KRX, order_qty_max=9),)),
        (BUY, (replace(KRX, costs=VenueCosts(per_order_nano=1)),)),
        (BUY, tuple(replace(KRX, venue=str(number)) for number in range(65))),
    ],
)
def test_what_is_not_usual_is_left_to_the_general_way(request_, venues):
    assert usual_parts(request_, venues) is None


def test_as_many_venues_as_places_are_told_apart():
    venues = tuple(replace(KRX, venue=str(number), asks=((1000 + number, 1),)) for number in range(64))
    parts = usual_parts(replace(BUY, qty=64), venues)
    assert [(part.venue.venue, part.px) for part in parts] == [(str(number), 1000 + number) for number in range(64)]
    assert best_take(replace(BUY, qty=64), venues) == {str(number): 1 for number in range(64)}
