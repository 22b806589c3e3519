"""Conditions by hand, and thousands of them against one-by-one evaluation."""

import random

import pytest

from hts.algo.condition_book import ConditionBook
from hts.algo.conditions import has_begun, is_price_met, is_trail_met, moved_extreme, watched_px
from hts.model.conditional import (
    ConditionalOrder,
    ExtremeMoved,
    PriceCondition,
    PriceSource,
    Quote,
    TrailBegun,
    TrailCondition,
    TrailUnit,
    Triggered,
    trail_px,
)
from hts.model.enums import Side
from hts.model.instruments import TickTable

TICKS = TickTable(starts=(0, 1_000, 2_000), steps=(1, 5, 10))
LAST, BID, ASK, MID = PriceSource.LAST, PriceSource.BID, PriceSource.ASK, PriceSource.MID


def order(cond_id, condition):
    return ConditionalOrder(cond_id=cond_id, account="P1", symbol="005930", condition=condition, side=Side.SELL, qty=10)


def at_or_below(px, **more):
    return PriceCondition(is_above=False, px=px, **more)


def at_or_above(px, **more):
    return PriceCondition(is_above=True, px=px, **more)


def played(condition, *prices):
    """Which of the last prices make the condition true: the first one's place, None for never."""
    book = ConditionBook(TICKS)
    book.add(order(1, condition))
    for place, px in enumerate(prices):
        if book.tick(Quote(last_px=px, bid_px=px - 1, ask_px=px + 2))[0]:
            return place
    return None


CASES = {
    "stop, just above": (at_or_below(1_500), (1_510, 1_505), None),
    "stop, at": (at_or_below(1_500), (1_510, 1_500), 1),
    "stop, gap below": (at_or_below(1_500), (1_510, 1_200), 1),
    "break-out, at": (at_or_above(1_500), (1_495, 1_500), 1),
    "break-out, beyond": (at_or_above(1_500), (1_600,), 0),
    "bid is watched": (at_or_below(1_500, source=BID), (1_502, 1_501), 1),
    "ask is watched": (at_or_above(1_500, source=ASK), (1_497, 1_498), 1),
    "mid is rounded down": (at_or_above(1_500, source=MID), (1_499, 1_500), 1),
    "another venue is not ours": (at_or_below(1_500, venue="NXT"), (1_400,), None),
    "trail follows up, then comes true": (TrailCondition(distance=50), (1_500, 1_560, 1_515, 1_510), 3),
    "trail starts at the first price": (TrailCondition(distance=50), (1_500, 1_450), 1),
    "buy trail mirrors": (TrailCondition(is_above=True, distance=50), (1_500, 1_400, 1_445, 1_450), 3),
    "trail by parts per million": (
        TrailCondition(distance=20_000, unit=TrailUnit.PPM), (1_500, 1_999, 1_960, 1_959), 2,
    ),
    "trail by ticks across bands": (
        TrailCondition(distance=3, unit=TrailUnit.TICKS), (2_010, 1_995, 1_990), 2,
    ),
    "trail sleeps until its start": (TrailCondition(distance=50, from_px=1_600), (1_500, 1_400, 1_600, 1_550), 3),
    "buy trail sleeps until its start": (
        TrailCondition(is_above=True, distance=50, from_px=1_400), (1_500, 1_600, 1_400, 1_450), 3,
    ),
    "no price, no answer": (at_or_below(1_500), (0, 0), None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.items(), ids=lambda case: case[0])
def test_when_a_condition_comes_true(case):
    condition, prices, place = case[1]
    assert played(condition, *prices) == place


def test_the_nearest_stop_comes_first_and_each_comes_once():
    book = ConditionBook(TICKS)
    for cond_id, px in ((1, 1_400), (2, 1_450), (3, 1_300)):
        book.add(order(cond_id, at_or_below(px)))
    assert book.tick(Quote(last_px=1_350)) == ([Triggered(cond_id=2, px=1_350), Triggered(cond_id=1, px=1_350)], [])
    assert book.tick(Quote(last_px=1_350)) == ([], [])
    assert len(book) == 1


def test_one_move_carries_all_trails_and_is_told_once():
    book = ConditionBook(TICKS)
    for cond_id in range(1, 6):
        book.add(order(cond_id, TrailCondition(distance=100 * cond_id)))
    begun = [TrailBegun(cond_id=cond_id, px=1_500) for cond_id in range(1, 6)]
    assert book.tick(Quote(last_px=1_500)) == ([], begun)
    assert book.tick(Quote(last_px=1_600)) == ([], [ExtremeMoved(source=LAST, venue="", is_above=False, px=1_600)])
    assert {book.extreme_of(cond_id) for cond_id in range(1, 6)} == {1_600}
    assert book.tick(Quote(last_px=1_400))[0] == [Triggered(cond_id=1, px=1_400), Triggered(cond_id=2, px=1_400)]


def test_a_trail_that_was_under_way_goes_on_from_its_extreme():
    book = ConditionBook(TICKS)
    book.add(order(1, TrailCondition(distance=50)), extreme_px=1_700)
    assert book.tick(Quote(last_px=1_650))[0] == [Triggered(cond_id=1, px=1_650)]


def test_what_is_removed_is_silent():
    book = ConditionBook(TICKS)
    book.add(order(1, at_or_below(1_500)))
    book.add(order(2, TrailCondition(distance=10)))
    book.add(order(3, TrailCondition(distance=10, from_px=9_000)))
    book.tick(Quote(last_px=1_600))
    for cond_id in (1, 2, 3, 99):
        book.remove(cond_id)
    assert book.tick(Quote(last_px=1)) == ([], [])
    assert len(book) == 0


class OneByOne:
    """The same, each condition on its own."""

    def __init__(self):
        self.live = {}

    def add(self, added):
        self.live[added.cond_id] = [added.condition, 0]

    def tick(self, quote):
        found = set()
        for cond_id, state in list(self.live.items()):
            condition, extreme = state
            px = watched_px(condition.source, quote)
            if condition.venue != quote.venue or not px:
                continue
            if isinstance(condition, PriceCondition):
                met = is_price_met(condition, px)
            else:
                if extreme or has_begun(condition, px):
                    state[1] = extreme = moved_extreme(condition, extreme, px)
                met = bool(extreme) and is_trail_met(condition, extreme, px, TICKS)
            if met:
                found.add(cond_id)
                del self.live[cond_id]
        return found


def a_condition(dice, px):
    source, venue, is_above = dice.choice(tuple(PriceSource)), dice.choice(("", "KRX")), dice.random() < 0.5
    if dice.random() < 0.4:
        away = dice.randint(0, 60) * (1 if is_above else -1)
        return PriceCondition(source=source, venue=venue, is_above=is_above, px=px + away)
    unit = dice.choice(tuple(TrailUnit))
    distance = {TrailUnit.PX: (1, 60), TrailUnit.PPM: (100, 40_000), TrailUnit.TICKS: (1, 12)}[unit]
    start = dice.choice((0, 0, px + dice.randint(-40, 40)))
    return TrailCondition(
        source=source, venue=venue, is_above=is_above, distance=dice.randint(*distance), unit=unit, from_px=start
    )


def test_the_book_agrees_with_one_by_one_evaluation():
    met = 0
    for seed in range(60):
        dice = random.Random(seed)
        book, naive = ConditionBook(TICKS), OneByOne()
        px, cond_id = 1_990, 0
        for _ in range(400):
            px = max(1_200, px + dice.choice((-15, -5, -1, 0, 1, 5, 15)))
            for _ in range(dice.choice((0, 0, 1, 2))):
                cond_id += 1
                added = order(cond_id, a_condition(dice, px))
                book.add(added)
                naive.add(added)
            if cond_id and dice.random() < 0.1:
                gone = dice.randint(1, cond_id)
                book.remove(gone)
                naive.live.pop(gone, None)
            quote = Quote(
                venue=dice.choice(("", "KRX")),
                last_px=dice.choice((0, px, px)),
                bid_px=dice.choice((0, px - dice.randint(0, 5))),
                ask_px=px + dice.randint(0, 5),
            )
            found = {one.cond_id for one in book.tick(quote)[0]}
            assert found == naive.tick(quote), (seed, quote)
            met += len(found)
        assert {one: state[1] for one, state in naive.live.items() if state[1]} == {
            one: extreme for one in naive.live if (extreme := book.extreme_of(one))
        }, seed
    assert met > 5_000


def test_trail_price_rounds_a_share_towards_the_extreme():
    assert trail_px(TrailCondition(distance=20_000, unit=TrailUnit.PPM), 1_999, TICKS) == 1_999 - 39
