"""Routing decisions over five venues of ten levels, and ticks that a thousand conditional orders watch.

A decision is the whole of `decide`, as the core calls it with the depth of its venues: which of them count, what is
taken where, the slices with their costs and release times, and what becomes of the rest. The best-execution record
holds this plan as it is; what else was possible (`explain`) is reckoned when someone asks for it, never on the way to
the wire. All books are made before the clock runs, so that each decision finds its own cold in the processor's caches.
"""

import random
import time

from kit import finish, spread

from hts.algo.condition_book import ConditionBook
from hts.model.conditional import ConditionalOrder, PriceCondition, PriceSource, Quote, TrailCondition
from hts.model.enums import Side
from hts.model.instruments import TickTable
from hts.model.routing import RouteRequest, VenueCosts, VenueDepth
from hts.router.plan import decide

PLANS = 5_000
TICKS = 20_000
CONDITIONS = 1_000
NAMES = ("KRX", "NXT", "TSE", "JNX", "ODX")


def ladder(dice: random.Random, start: int, step: int) -> tuple[tuple[int, int], ...]:
    return tuple((start + step * level, dice.randint(1, 500)) for level in range(10))


def a_case(dice: random.Random) -> tuple[RouteRequest, tuple[VenueDepth, ...]]:
    """Five books that overlap; the order takes anything between one lot and half of all that is shown."""
    venues = tuple(
        VenueDepth(
            venue=name,
            asks=ladder(dice, 1_000 + dice.randint(0, 3), 1),
            bids=ladder(dice, 990 - dice.randint(0, 3), -1),
            costs=VenueCosts(taker_ppb=dice.randint(0, 200_000)),
            latency_us=dice.randint(100, 900),
            queue_qty_per_s=dice.randint(1, 99),
        )
        for name in NAMES
    )
    return RouteRequest(side=Side.BUY, qty=dice.randint(1, 5_000), px=1_010, jitter_us_max=50, seed=1), venues


def plans_ns() -> list[int]:
    dice = random.Random(1)
    cases = [a_case(dice) for _ in range(PLANS)]
    found = []
    for request, venues in cases:
        began = time.perf_counter_ns()
        decide(request, venues)
        found.append(time.perf_counter_ns() - began)
    return found


def ticks_ns() -> list[int]:
    """A price that walks inside the thresholds, so that the book stays full."""
    dice = random.Random(1)
    book = ConditionBook(TickTable(starts=(0,), steps=(100,)))
    for cond_id in range(1, CONDITIONS + 1):
        is_above, away = cond_id % 2 == 0, dice.randint(3_000, 9_000)
        condition = (
            PriceCondition(is_above=is_above, px=80_000 + (away if is_above else -away))
            if cond_id % 4 < 2
            else TrailCondition(is_above=is_above, distance=away, source=dice.choice(tuple(PriceSource)))
        )
        book.add(ConditionalOrder(cond_id=cond_id, account="", symbol="", condition=condition, side=Side.SELL, qty=1))
    px, found = 80_000, []
    for _ in range(TICKS):
        px = min(max(px + dice.choice((-100, 0, 100)), 78_500), 81_500)
        quote = Quote(last_px=px, bid_px=px - 100, ask_px=px)
        began = time.perf_counter_ns()
        book.tick(quote)
        found.append(time.perf_counter_ns() - began)
    return found


def main() -> list[dict]:
    plans = min((plans_ns() for _ in range(3)), key=sum)
    ticks = min((ticks_ns() for _ in range(3)), key=sum)
    return finish(
        [
            *spread("routing.decision_5_venues", plans, aim_p50="<= 15", aim_p99="<= 40"),
            *spread("routing.tick_1000_conditions", ticks, aim_p99="<= 5"),
        ]
    )


if __name__ == "__main__":
    main()
