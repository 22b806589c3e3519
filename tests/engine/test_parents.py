"""Children of a parent from outside of it: they belong to it or they do not leave, and together never exceed it."""

import pytest

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import Side
from tests.engine.floor import a_floor
from tests.engine.kit import Desk, a_ready_desk, replies, requests
from tests.engine.test_work_algo import algo
from tests.support.builders import a_replace_intent, an_intent

PARENT = 1  # a TWAP of 100, whose first slice of 10 works as order 2


def a_working_floor():
    floor = a_floor()
    floor.intent(algo())
    floor.accept(2)
    return floor


def denial(effects):
    return replies(effects)[0].denial


def child(request_id="c1", **fields):
    return an_intent(request_id, **{"parent_id": PARENT, "px": 70_900, "venue": "KRX", **fields})


def test_a_child_that_fits_is_one_of_the_parts():
    floor = a_working_floor()
    assert denial(floor.intent(child(qty=90))) is None
    work = floor.desk.engine.core.state.works.find(PARENT)
    assert len(work.children) == 2


def test_the_parts_never_exceed_the_whole():
    floor = a_working_floor()
    effects = floor.intent(child(qty=91))
    too_much = Denial(rule=Rule.PARENT_QTY, figure=101, limit=100, unit=Unit.QTY, detail="1")
    assert (denial(effects), requests(effects)) == (too_much, [])
    floor.intent(child("c2", qty=50))
    assert denial(floor.intent(child("c3", qty=41))).figure == 101
    assert denial(floor.intent(child("c4", qty=40))) is None


def test_an_amend_cannot_make_the_parts_exceed_the_whole():
    floor = a_working_floor()
    floor.fill(2, 4)
    grown = denial(floor.intent(a_replace_intent(2, 70_900, 101, "x1")))
    assert (grown.rule, grown.figure, grown.limit) == (Rule.PARENT_QTY, 101, 100)


@pytest.mark.parametrize(
    "fields",
    [{"parent_id": 99}, {"side": Side.SELL}, {"symbol": "000660"}],
)
def test_a_child_of_another_parent_or_of_none_does_not_leave(fields):
    floor = a_working_floor()
    effects = floor.intent(child(**fields))
    assert (denial(effects).rule, requests(effects)) == (Rule.PARENT, [])


def test_an_order_without_a_parent_is_not_asked_for_one():
    assert denial(a_ready_desk().intent(an_intent(qty=101))) is None


# -- two terminals, one intent


def test_the_same_intent_of_two_terminals_is_one_order():
    desk = a_ready_desk()
    first = desk.intent(an_intent("same"), client=1)
    second = desk.intent(an_intent("same"), client=2)
    assert len(requests(first)) == 1
    assert requests(second) == []
    assert replies(second) == replies(first)


def test_the_same_intent_after_a_restart_is_still_one_order():
    desk = a_ready_desk()
    (outcome,) = replies(desk.intent(an_intent("same"), client=1))
    again = Desk(desk.journal)
    again.start()
    effects = again.intent(an_intent("same"), client=9)
    assert (requests(effects), replies(effects)) == ([], [outcome])
