"""Which orders the checkers count among the children of work, and what they say when those reach too far."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.lab.steps import Children, check_work
from hts.model.work import child_request_id, work_of_request
from hts.oms.orders import Orders
from tests.engine.test_bracket_routed import routed
from tests.support.builders import VENUE, an_order

WORKS = (1_000, 2_000)


def naive(orders):
    """Every order is read anew."""
    found = {}
    for order in orders:
        work_id = order.parent_id or work_of_request(order.request_id)[0]
        if work_id:
            found.setdefault(work_id, []).append(order.order_id)
    return found


def a_child(number, kind):
    """Of no work, told by its parent, or told by its request id alone as after a lost journal."""
    if kind == "none":
        return an_order(number)
    work = WORKS[number % 2]
    if kind == "parent":
        return an_order(number, parent_id=work)
    return an_order(number, request_id=child_request_id(work, number))


ACTS = st.one_of(
    st.tuples(st.just("enter"), st.sampled_from(["none", "parent", "request"])),
    st.tuples(st.just("end"), st.integers(0, 30)),
    st.tuples(st.just("day"), st.none()),
    st.tuples(st.just("restart"), st.none()),
)


@settings(max_examples=60)
@given(st.lists(ACTS, max_size=25))
def test_the_children_of_work_are_those_of_a_look_at_every_order(acts):
    orders, children, number = Orders(), Children(), 0
    for act, what in acts:
        if act == "enter":
            number += 1
            orders.put(a_child(number, what))
        elif act == "end":
            found = orders.find(1 + what % max(number, 1))
            if found is not None:
                orders.put(replace(found, leaves_qty=0))
        elif act == "day":
            orders.start_day(VENUE)
        else:
            again = Orders()
            for order in orders:
                again.put(order)
            orders = again
        assert children.of(orders) == naive(orders)


def test_a_change_that_must_never_be_shows_at_the_next_look_at_every_order():
    orders, children = Orders(), Children()
    orders.put(an_order(1, parent_id=WORKS[0]))
    assert children.of(orders) == {WORKS[0]: [1]}
    orders.put(an_order(1, parent_id=WORKS[1]))
    children.forget()
    assert children.of(orders) == {WORKS[1]: [1]}


def test_each_order_is_read_once(monkeypatch):
    read = Counter()

    def count(request_id):
        read[request_id] += 1
        return work_of_request(request_id)

    monkeypatch.setattr("hts.lab.steps.work_of_request", count)
    orders, children = Orders(), Children()
    for number in range(1, 6):
        orders.put(an_order(number))
        children.of(orders)
    assert set(read.values()) == {1}


def test_an_order_that_its_venue_may_never_have_had_waits_for_the_venue_s_word():
    """A power cut took back that an order was lost on its way; the venue tells the one that took its place first."""
    floor = routed()
    state = floor.desk.engine.core.state
    (lost, *_), found = [order for order in state.orders if order.venue == "KRX"], []
    twin = {"order_id": 90, "cl_ord_id": 90, "venue_order_id": 9, "parent_id": 0, "leaves_qty": 0, "reserved": 0}
    state.orders.put(replace(lost, **twin, request_id=child_request_id(lost.parent_id, 9), cum_qty=lost.order_qty))
    check_work(found.append, state, state.works.active(), Children(), untold=["KRX"])
    assert found == []
    check_work(found.append, state, state.works.active(), Children())
    assert found == [f"work {lost.parent_id}: its children reach {100 + lost.order_qty} of 100"]
