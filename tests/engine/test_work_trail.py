"""Trails in the running core: they follow, are amended in place, and are shown where they stand."""

import pytest

from hts.model.conditional import TrailCondition, TrailUnit
from hts.model.denials import Rule
from hts.model.enums import Side
from hts.model.intents import AmendWork
from tests.engine.floor import a_floor, work_views
from tests.engine.kit import replies
from tests.engine.test_work_condition import bought, cond, last, place
from tests.support.builders import ACCOUNT


def test_a_trail_follows_and_its_extreme_survives_a_crash():
    floor = a_floor()
    bought(floor)
    floor.intent(place(cond(TrailCondition(distance=500), Side.SELL)))
    floor.tell(last(71_000))
    floor.tell(last(72_000))
    floor.tell(last(72_300))
    again = floor.restart()
    assert again.work(2).extreme_px == 72_300
    again.tell(last(71_900))
    assert len(again.orders) == 1
    again.tell(last(71_800))
    assert again.orders[1][2:4] == ("SELL", 10)


def trail_to(distance, request_id="t1", **terms):
    return AmendWork(request_id=request_id, account=ACCOUNT, work_id=2, distance=distance, **terms)


def test_a_trail_is_amended_to_another_distance_and_keeps_its_extreme():
    floor = a_floor()
    bought(floor)
    floor.intent(place(cond(TrailCondition(distance=500), Side.SELL)))
    floor.tell(last(72_300))
    (outcome,) = replies(floor.intent(trail_to(1_000)))
    assert outcome.accepted
    again = floor.restart()
    assert (again.work(2).extreme_px, again.work(2).spec.order.condition.distance) == (72_300, 1_000)
    again.tell(last(71_400))
    assert len(again.orders) == 1  # at the old distance it would have gone at 71,800
    again.intent(trail_to(600, "t2"))
    again.tell(last(71_750))
    assert len(again.orders) == 1
    again.tell(last(71_650))
    assert again.orders[1][2:4] == ("SELL", 10)


@pytest.mark.parametrize(
    ("distance", "unit", "rule"),
    [
        (0, TrailUnit.PX, Rule.CONDITION),
        (-5, TrailUnit.PX, Rule.CONDITION),
        (1_000_000, TrailUnit.PPM, Rule.CONDITION),
        (10_001, TrailUnit.TICKS, Rule.CONDITION),  # each is counted at every price
        (1_000_000, TrailUnit.PX, Rule.CONDITION),  # never reached: nothing would be protected
        (500, TrailUnit.PX, Rule.NOTHING_TO_DO),
    ],
)
def test_a_trail_is_not_amended_to_nothing(distance, unit, rule):
    floor = a_floor()
    bought(floor)
    floor.intent(place(cond(TrailCondition(distance=500, unit=unit), Side.SELL)))
    floor.tell(last(71_000))
    (outcome,) = replies(floor.intent(trail_to(distance)))
    assert outcome.denial.rule is rule
    assert floor.work(2).spec.order.condition.distance == 500


def test_where_a_trail_stands_is_shown_as_it_begins_and_moves():
    floor = a_floor()
    bought(floor)
    floor.intent(place(cond(TrailCondition(distance=500), Side.SELL)))
    shown = [[view.extreme_px for view in work_views(floor.tell(last(px)))] for px in (71_000, 72_000, 71_900)]
    assert shown == [[71_000], [72_000], []]


@pytest.mark.parametrize(("distance", "unit"), [(10_001, TrailUnit.TICKS), (1_000_000, TrailUnit.PPM)])
def test_a_trail_so_far_away_is_not_begun(distance, unit):
    (outcome,) = replies(a_floor().intent(place(cond(TrailCondition(distance=distance, unit=unit), Side.SELL))))
    assert outcome.denial.detail == "conditional.refusal.distance"
