"""Parts of a routed order on one axis, by hand."""

from hts.desk.order_xray_lanes import LANES_MAX, make_lanes
from hts.model.enums import ExecType, Side
from hts.model.trace import OrderWay, Told, TraceView
from tests.desk.scene import an_order


def part(order_id, qty, way, *told):
    view = an_order(order_id, Side.BUY, 236_000, qty, parent_id=77)
    return view, TraceView(order_id=order_id, way=OrderWay(**way), told=told)


def told(kind, at, qty=0):
    return Told(exec_type=kind, mono_ns=at, qty=qty)


FIRST = part(
    5, 30, {"read_ns": 200, "wire_ns": 300, "ack_ns": 900}, told(ExecType.NEW, 900), told(ExecType.TRADE, 950, 30)
)
SECOND = part(6, 20, {"read_ns": 200, "wire_ns": 400, "ack_ns": 1_400}, told(ExecType.REJECTED, 1_400))


def test_times_count_from_the_key_and_the_axis_ends_with_the_last_word():
    lanes = make_lanes([FIRST, SECOND], 100, 6, 0)
    assert lanes.span_ns == 1_300
    one, other = lanes.lanes
    assert (one.wire_ns, one.ack_ns, one.end_ns, one.fills) == (200, 800, 850, ((850, 30),))
    assert (one.venue, one.terms, one.is_shown, one.is_refused) == ("KRX", "30 @ 236,000", False, False)
    assert (other.wire_ns, other.ack_ns, other.end_ns, other.is_refused, other.is_shown) == (
        300,
        1_300,
        1_300,
        True,
        True,
    )


def test_without_a_key_it_begins_when_the_core_read_it():
    lanes = make_lanes([FIRST, SECOND], 0, 5, 0)
    assert (lanes.lanes[0].wire_ns, lanes.span_ns) == (100, 1_200)


def test_one_part_or_parts_that_nobody_told_of_have_no_lanes():
    view, _ = SECOND
    assert make_lanes([FIRST], 0, 5, 0) is None
    assert make_lanes([FIRST, (view, None)], 0, 5, 0) is None
    assert make_lanes([FIRST, (view, TraceView(order_id=6))], 0, 5, 0) is None


def test_a_part_that_waits_has_no_times_yet_and_many_are_bounded():
    waiting = part(7, 10, {"read_ns": 200})
    lanes = make_lanes([FIRST, waiting, *[SECOND] * 40], 100, 5, 0)
    assert (lanes.lanes[1].wire_ns, lanes.lanes[1].ack_ns, lanes.lanes[1].end_ns) == (-1, -1, 0)
    assert len(lanes.lanes) == LANES_MAX
