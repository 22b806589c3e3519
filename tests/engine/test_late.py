"""A client's order is written and sent before it is applied: same facts, same effects, and nothing in between."""

import gc

import pytest

from hts.engine.core import Batch
from hts.model.effects import Append, Send
from hts.model.enums import OrdStatus
from hts.model.records import OrderEntered
from hts.model.requests import NewOrderSingle
from hts.oms.order import Order
from tests.engine.kit import Desk, a_ready_desk
from tests.support.builders import an_intent


def begun(desk: Desk, request_id: str = "r1"):
    urgent, rest = desk.engine.begin_intent(1, an_intent(request_id), *desk.at())
    return urgent, rest


def orders(desk: Desk) -> list[Order]:
    return list(desk.engine.core.state.orders)


def test_what_leaves_is_the_record_and_the_request_and_the_state_waits_for_them():
    desk = a_ready_desk()
    before = desk.engine.state_hash
    urgent, rest = begun(desk)
    assert [type(effect) for effect in urgent[-2:]] == [Append, Send]
    assert isinstance(urgent[-2].record, OrderEntered)
    assert isinstance(urgent[-1].request, NewOrderSingle)
    assert [one for one in orders(desk) if one.request_id == "r1"] == []
    assert desk.engine.core.late == [urgent[-2].record]
    desk.journal.extend(effect.record for effect in urgent if isinstance(effect, Append))
    told = rest()
    (order,) = [one for one in orders(desk) if one.request_id == "r1"]
    assert (order.ord_status, order.cl_ord_id) == (OrdStatus.PENDING_NEW, urgent[-1].request.cl_ord_id)
    assert desk.engine.core.late == []
    desk.journal.extend(effect.record for effect in told if isinstance(effect, Append))
    assert before != desk.engine.state_hash == Desk(desk.journal).engine.state_hash


def test_both_steps_are_the_effects_of_one():
    whole, steps = a_ready_desk(), a_ready_desk()
    urgent, rest = begun(steps)
    assert whole.engine.on_intent(1, an_intent("r1"), *whole.at()) == (*urgent, *rest())
    assert whole.engine.state_hash == steps.engine.state_hash


def test_nothing_may_happen_in_between():
    desk = a_ready_desk()
    _, rest = begun(desk)
    with pytest.raises(AssertionError):
        Batch(desk.engine.core, *desk.at())
    rest()
    Batch(desk.engine.core, *desk.at())


def test_an_order_that_could_not_be_written_never_was():
    desk = a_ready_desk()
    before = [order.order_id for order in orders(desk)]
    begun(desk)
    desk.engine.on_journal_failed("disk full", *desk.at())
    assert [order.order_id for order in orders(desk)] == before
    assert desk.engine.core.late == []


def test_the_same_request_again_has_the_outcome_of_the_first():
    desk = a_ready_desk()
    _, rest = begun(desk)
    told = rest()
    again, nothing = begun(desk)
    assert (again[-1], nothing()) == (told[-1], ())


def test_an_order_leaves_no_ring_for_the_collector():
    desk = a_ready_desk()
    desk.intent(an_intent("first"))
    gc.collect()
    gc.disable()
    try:
        for n in range(5):
            desk.mono_ns += 1_000_000_000
            desk.engine.core.home.market.hear(desk.mono_ns)
            assert desk.intent(an_intent(f"r{n}"))
        assert gc.collect() == 0
    finally:
        gc.enable()
