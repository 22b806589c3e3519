"""A parent's sums follow from its children, whatever happens to them."""

from hypothesis import given
from hypothesis import strategies as st

from hts.model.enums import ExecType
from hts.oms.family import FamilySums, family_sums
from hts.oms.order import request_replace
from hts.oms.order_report import apply_report
from tests.support.builders import a_fill, a_replace_entry, a_report, an_order


def a_child(number, qty=10, filled=0, *, over=False):
    order = apply_report(an_order(number, qty=qty), a_report(cl_ord_id=number, order_qty=qty))
    if filled:
        order = apply_report(order, a_fill(filled, filled, cl_ord_id=number, order_qty=qty))
    if over and order.is_working:
        order = apply_report(order, a_report(ExecType.CANCELED, 9, cl_ord_id=number, order_qty=qty, cum_qty=filled))
    return order


def test_filled_working_and_cancelled_children():
    children = [a_child(1, 10, 10), a_child(2, 10, 4), a_child(3, 10, 3, over=True), a_child(4, 5)]
    sums = family_sums(children)
    assert sums == FamilySums(cum_qty=17, leaves_qty=11, filled_value=17 * 71_000, parts=4)
    assert (sums.placed_qty, sums.room(30), sums.room(28), sums.room(20)) == (28, 2, 0, 0)


def test_an_amend_on_its_way_counts_with_what_it_asks_for():
    child = request_replace(a_child(1, 10, 4), a_replace_entry(2, qty=16))
    assert family_sums([child]).placed_qty == 16
    smaller = request_replace(a_child(1, 10, 4), a_replace_entry(2, qty=6))
    assert family_sums([smaller]).placed_qty == 10


def test_no_children():
    assert family_sums([]) == FamilySums(cum_qty=0, leaves_qty=0, filled_value=0, parts=0)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50), st.booleans()), max_size=8))
def test_placed_is_what_is_filled_or_can_be(rows):
    children = [a_child(n, qty, min(filled, qty), over=over) for n, (qty, filled, over) in enumerate(rows, 1)]
    sums = family_sums(children)
    naive = sum(min(filled, qty) if over else qty for qty, filled, over in rows)
    assert sums.placed_qty == naive
    assert sums.room(naive + 7) == 7
