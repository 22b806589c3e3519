import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.model.causes import Cause
from hts.model.enums import ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import LocalCause
from hts.oms.order import (
    Booked,
    Fill,
    ReportMismatchError,
    adopted,
    close,
    forget_request,
    refuse_request,
    request_cancel,
    request_replace,
)
from hts.oms.order_report import NOTHING, apply_report, fill_of
from hts.oms.order_state import IllegalTransitionError
from hts.oms.sanity import check_report
from hts.oms.unsaid import Unsaid, as_known
from tests.support.builders import (
    a_cancel_entry,
    a_cancel_reject,
    a_fill,
    a_replace_entry,
    a_report,
    an_order,
)


def applied(order, *reports):
    for report in reports:
        order = apply_report(order, report)
    return order


def quantities(order):
    return (order.ord_status, order.leaves_qty, order.cum_qty, order.filled_value)


def accepted(**fields):
    return applied(an_order(**fields), a_report(order_qty=fields.get("qty", 10)))


def test_order_fills_in_parts():
    order = applied(accepted(), a_fill(4, 4, last_px=70_900), a_fill(6, 10, 3))
    assert quantities(order) == (OrdStatus.FILLED, 0, 10, 4 * 70_900 + 6 * 71_000)
    assert order.venue_order_id == 9001


def test_fill_before_acceptance_accepts():
    assert quantities(applied(an_order(), a_fill(4, 4))) == (OrdStatus.PARTIALLY_FILLED, 6, 4, 284_000)


def test_fill_after_cancel_request_keeps_it_pending():
    order = applied(request_cancel(accepted(), a_cancel_entry(2)), a_fill(4, 4))
    assert quantities(order) == (OrdStatus.PENDING_CANCEL, 6, 4, 284_000)
    over = applied(order, a_report(ExecType.CANCELED, 3, cl_ord_id=2, orig_cl_ord_id=1, cum_qty=4))
    assert quantities(over) == (OrdStatus.CANCELED, 0, 4, 284_000)
    assert over.pending == ()


def test_complete_fill_ends_a_pending_cancel_and_its_reject_changes_nothing():
    order = applied(request_cancel(accepted(), a_cancel_entry(2)), a_fill(10, 10))
    assert (order.ord_status, order.pending) == (OrdStatus.FILLED, ())
    assert refuse_request(order, a_cancel_reject(2)) == order


def test_fill_crossing_a_replace_leaves_less_to_amend():
    order = request_replace(accepted(), a_replace_entry(2, qty=8))
    crossed = applied(order, a_fill(3, 3))
    assert quantities(crossed) == (OrdStatus.PENDING_REPLACE, 7, 3, 213_000)
    amended = applied(
        crossed, a_report(ExecType.REPLACED, 4, cl_ord_id=2, orig_cl_ord_id=1, px=70_900, order_qty=8, cum_qty=3)
    )
    assert quantities(amended) == (OrdStatus.PARTIALLY_FILLED, 5, 3, 213_000)
    assert (amended.cl_ord_id, amended.order_id, amended.px, amended.pending) == (2, 1, 70_900, ())


def test_late_fill_on_a_canceled_order_is_booked_and_flagged():
    order = applied(accepted(), a_report(ExecType.CANCELED, 2))
    late = a_fill(4, 4, 3, leaves_qty=0)
    assert fill_of(order, late) == Fill(px=71_000, qty=4, is_late=True)
    booked = applied(order, late)
    assert quantities(booked) == (OrdStatus.CANCELED, 0, 4, 284_000)
    assert booked.late_qty == 4


def test_cancel_overtaking_nothing_is_shown_until_answered():
    order = request_cancel(an_order(), a_cancel_entry(2))
    assert applied(order, a_report()).ord_status is OrdStatus.PENDING_CANCEL
    assert forget_request(order, 2).ord_status is OrdStatus.PENDING_NEW


def test_amend_answered_before_the_cancel_that_followed_it():
    order = request_cancel(request_replace(accepted(), a_replace_entry(2, qty=8)), a_cancel_entry(3))
    amended = applied(order, a_report(ExecType.REPLACED, 2, cl_ord_id=2, orig_cl_ord_id=1, px=70_900, order_qty=8))
    assert (quantities(amended), [p.cl_ord_id for p in amended.pending]) == (
        (OrdStatus.PENDING_CANCEL, 8, 0, 0),
        [3],
    )


def test_refused_cancel_shows_the_order_as_before():
    order = request_cancel(applied(accepted(), a_fill(4, 4)), a_cancel_entry(2))
    before = applied(accepted(), a_fill(4, 4))
    assert refuse_request(order, a_cancel_reject(2)) == replace(before, cause=Cause.REQUEST_REFUSED)


def test_reports_that_do_not_follow_are_refused():
    order = accepted()
    with pytest.raises(ReportMismatchError, match="expected CumQty 4, found 5"):
        apply_report(order, a_fill(4, 5))
    with pytest.raises(ReportMismatchError, match="expected LeavesQty 6, found 5"):
        apply_report(order, a_fill(4, 4, leaves_qty=5))
    with pytest.raises(ReportMismatchError, match="expected CumQty up to 10, found 11"):
        apply_report(order, a_fill(11, 11, leaves_qty=0))
    with pytest.raises(IllegalTransitionError):
        apply_report(applied(order, a_fill(10, 10)), a_report(cum_qty=10))


def test_hold_shrinks_with_the_fills_rounded_up():
    order = accepted()
    held = [order.held, applied(order, a_fill(3, 3)).held, applied(order, a_fill(3, 3), a_fill(7, 10, 3)).held]
    assert held == [710_100, 497_070, 0]
    assert applied(an_order(reserved=101), a_report(), a_fill(3, 3)).held == 71  # 70.7


def test_amend_holds_the_larger_until_it_is_answered():
    order = request_replace(accepted(), a_replace_entry(2, px=72_000, reserved=720_200))
    assert order.held == 720_200
    crossed = applied(order, a_fill(5, 5))
    amended = a_report(ExecType.REPLACED, 3, cl_ord_id=2, orig_cl_ord_id=1, px=72_000, cum_qty=5)
    assert (crossed.held, applied(crossed, amended).held) == (720_200, 360_100)
    assert refuse_request(order, a_cancel_reject(2)).held == 710_100


def test_sell_holds_no_cash():
    assert an_order(side=Side.SELL).held == 0


def test_adopted_order_books_fills_that_nobody_told_in_one_piece():
    report = a_report(ExecType.ORDER_STATUS, cum_qty=4)
    order = adopted(report, 426_000)
    assert fill_of(order, report) == Fill(px=71_000, qty=4, is_restated=True)
    known = apply_report(order, report)
    assert quantities(known) == (OrdStatus.PARTIALLY_FILLED, 6, 4, 284_000)
    assert known.adopted


@pytest.mark.parametrize(
    ("cum_value", "px"),
    [(0, 71_000), (284_000 + 6 * 70_900, 70_900), (284_000 + 6 * 70_900 + 2, 70_900), (284_000 + 425_403, 70_901)],
)
def test_fills_that_nobody_told_are_booked_at_what_they_came_to_to_the_nearest_step(cum_value, px):
    order = applied(accepted(), a_fill(4, 4))
    report = a_report(ExecType.ORDER_STATUS, 3, cum_qty=10, cum_value=cum_value)
    assert fill_of(order, report) == Fill(px=px, qty=6, is_restated=True)
    assert apply_report(order, report).filled_value == 284_000 + 6 * px


def test_a_sum_that_counts_trades_that_were_taken_back_tells_no_price():
    order = applied(accepted(), a_fill(4, 4))
    report = a_report(ExecType.ORDER_STATUS, 3, cum_qty=10, cum_value=710_000)
    known = as_known(report, order, [Unsaid(order_id=order.order_id, qty=3, order_qty=0)])
    assert (known.cum_qty, known.cum_value) == (7, 0)
    assert as_known(report, order, []) == report


@pytest.mark.parametrize("cum_value", [-1, (1 << 60) + 1])
def test_a_value_that_cannot_be_is_refused(cum_value):
    with pytest.raises(ReportMismatchError, match="a value of CumQty within bounds"):
        check_report(a_report(ExecType.ORDER_STATUS, 3, cum_value=cum_value), None)


def test_order_status_keeps_a_cancel_on_its_way():
    order = request_cancel(accepted(), a_cancel_entry(2))
    assert applied(order, a_report(ExecType.ORDER_STATUS, 2)) == order


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (LocalCause.NEVER_REACHED_VENUE, OrdStatus.CANCELED),
        (LocalCause.UNKNOWN_TO_VENUE, OrdStatus.CANCELED),
        (LocalCause.VENUE_NEW_DAY, OrdStatus.EXPIRED),
    ],
)
def test_core_closes_what_the_venue_cannot_speak_for(cause, status):
    order = close(request_cancel(accepted(), a_cancel_entry(2)), cause)
    assert (quantities(order), order.pending, order.held, order.local_cause) == ((status, 0, 0, 0), (), 0, cause)


def test_venue_reopens_what_the_core_closed_by_mistake():
    closed = close(an_order(), LocalCause.UNKNOWN_TO_VENUE)
    order = apply_report(closed, a_report(), 710_100)
    assert (quantities(order), order.held, order.local_cause) == ((OrdStatus.NEW, 10, 0, 0), 710_100, 0)


def test_ioc_remainder_without_acceptance_is_canceled():
    order = an_order(time_in_force=TimeInForce.IOC, ord_type=OrdType.MARKET, px=0)
    over = applied(order, a_fill(4, 4), a_report(ExecType.CANCELED, 3, cum_qty=4, reason_code=13))
    assert (quantities(over), over.reason_code) == ((OrdStatus.CANCELED, 0, 4, 284_000), 13)


# -- what the venue takes back


BOOKED = Booked(order_id=1, px=71_000, qty=4)


def a_bust(cum_qty, **fields):
    fields = {"cum_qty": cum_qty, "exec_id": 9, "exec_ref_id": 4, "last_px": 71_000, "last_qty": 4, **fields}
    return a_report(ExecType.TRADE_CANCEL, 9, **fields)


def a_correction(last_qty, cum_qty, last_px=71_000, **fields):
    fields = {"cum_qty": cum_qty, "exec_id": 9, "exec_ref_id": 4, "last_px": last_px, "last_qty": last_qty, **fields}
    return a_report(ExecType.TRADE_CORRECT, 9, **fields)


def test_a_bust_on_a_working_order_gives_its_shares_back():
    order = applied(accepted(), a_fill(4, 4), a_fill(3, 7, 3, last_px=70_900))
    undone = apply_report(order, a_bust(3), NOTHING, BOOKED)
    assert quantities(undone) == (OrdStatus.PARTIALLY_FILLED, 7, 3, 212_700)
    assert undone.cause is Cause.TRADE_CANCELED
    first = apply_report(applied(accepted(), a_fill(4, 4)), a_bust(0), 710_100, BOOKED)
    assert (quantities(first), first.held) == ((OrdStatus.NEW, 10, 0, 0), 710_100)


def test_a_bust_opens_a_filled_order_or_ends_it_as_the_venue_says():
    filled = applied(accepted(), a_fill(4, 4), a_fill(6, 10, 3))
    opened = apply_report(filled, a_bust(6), 710_100, BOOKED)
    assert (quantities(opened), opened.held) == ((OrdStatus.PARTIALLY_FILLED, 4, 6, 426_000), 284_040)
    ended = apply_report(filled, a_bust(6, leaves_qty=0), NOTHING, BOOKED)
    assert (quantities(ended), ended.held) == ((OrdStatus.CANCELED, 0, 6, 426_000), 0)


def test_a_bust_after_the_end_changes_only_what_was_filled():
    over = applied(accepted(), a_fill(4, 4), a_report(ExecType.CANCELED, 3, cum_qty=4))
    assert quantities(apply_report(over, a_bust(0, leaves_qty=0), NOTHING, BOOKED)) == (OrdStatus.CANCELED, 0, 0, 0)


def test_a_bust_while_a_cancel_is_on_its_way():
    order = request_cancel(applied(accepted(), a_fill(4, 4)), a_cancel_entry(2))
    undone = apply_report(order, a_bust(0), 710_100, BOOKED)
    assert (quantities(undone), len(undone.pending)) == ((OrdStatus.PENDING_CANCEL, 10, 0, 0), 1)


def test_a_correction_takes_the_place_of_the_fill():
    order = applied(accepted(), a_fill(4, 4))
    cheaper = apply_report(order, a_correction(4, 4, 70_500), NOTHING, BOOKED)
    assert quantities(cheaper) == (OrdStatus.PARTIALLY_FILLED, 6, 4, 282_000)
    fewer = apply_report(order, a_correction(1, 1), 710_100, BOOKED)
    assert (quantities(fewer), fewer.held) == ((OrdStatus.PARTIALLY_FILLED, 9, 1, 71_000), 639_090)
    more = apply_report(order, a_correction(10, 10), NOTHING, BOOKED)
    assert (quantities(more), more.cause) == ((OrdStatus.FILLED, 0, 10, 710_000), Cause.TRADE_CORRECTED)


@pytest.mark.parametrize("booked", [Booked(order_id=2, px=71_000, qty=4), Booked(order_id=1, px=71_000, qty=3)])
def test_a_bust_of_nothing_that_was_booked_for_the_order_is_refused(booked):
    with pytest.raises(ReportMismatchError, match="expected a fill of this order, found 4 at 71000"):
        apply_report(applied(accepted(), a_fill(4, 4)), a_bust(0), NOTHING, booked)


def test_a_bust_whose_sums_do_not_follow_is_refused():
    with pytest.raises(ReportMismatchError, match="expected CumQty 0, found 1"):
        apply_report(applied(accepted(), a_fill(4, 4)), a_bust(1), NOTHING, BOOKED)
    with pytest.raises(ReportMismatchError, match="expected LeavesQty 10, found 9"):
        apply_report(applied(accepted(), a_fill(4, 4)), a_bust(0, leaves_qty=9), NOTHING, BOOKED)


# -- what the venue holds back


def test_a_suspended_order_shows_so_through_requests_until_it_is_released():
    held_back = applied(accepted(), a_report(ExecType.SUSPENDED, 2))
    assert (held_back.ord_status, held_back.leaves_qty) == (OrdStatus.SUSPENDED, 10)
    asked = request_cancel(held_back, a_cancel_entry(2))
    assert asked.ord_status is OrdStatus.PENDING_CANCEL
    assert refuse_request(asked, a_cancel_reject(2)).ord_status is OrdStatus.SUSPENDED
    assert applied(held_back, a_report(ExecType.NEW, 3)).ord_status is OrdStatus.NEW


def test_done_for_the_day_rests_with_or_without_leaves_and_works_again():
    order = applied(accepted(time_in_force=TimeInForce.GTC), a_fill(4, 4))
    for leaves_qty, held in ((0, 0), (6, 426_060)):
        rests = applied(order, a_report(ExecType.DONE_FOR_DAY, 3, cum_qty=4, leaves_qty=leaves_qty))
        assert quantities(rests) == (OrdStatus.DONE_FOR_DAY, leaves_qty, 4, 284_000)
        assert (rests.held, rests.is_working) == (held, leaves_qty > 0)
        again = apply_report(rests, a_report(ExecType.RESTATED, 4, cum_qty=4), 710_100)
        assert (again.ord_status, again.cause, again.held) == (OrdStatus.PARTIALLY_FILLED, Cause.RESTATED, 426_060)
    late = applied(rests, a_fill(2, 6, 5, leaves_qty=4))
    assert late.ord_status is OrdStatus.DONE_FOR_DAY


# -- every change has its cause


def test_every_change_has_its_cause():
    sent = an_order()
    working = applied(sent, a_report())
    asked = request_cancel(working, a_cancel_entry(2))
    core_asked = request_cancel(working, a_cancel_entry(2, request_id=""))
    canceled = a_report(ExecType.CANCELED, 2, cl_ord_id=2, orig_cl_ord_id=1)
    found = [
        sent,
        working,
        applied(working, a_fill(4, 4)),
        asked,
        core_asked,
        refuse_request(asked, a_cancel_reject(2)),
        forget_request(asked, 2),
        request_replace(working, a_replace_entry(2)),
        applied(asked, canceled),
        applied(working, a_report(ExecType.CANCELED, 2)),
        applied(asked, a_report(ExecType.CANCELED, 2)),
        applied(working, a_report(ExecType.EXPIRED, 2)),
        close(working, LocalCause.UNKNOWN_TO_VENUE),
        applied(working, a_report(ExecType.ORDER_STATUS, 2, px=70_900)),
        applied(working, a_report(ExecType.ORDER_STATUS, 2)),
    ]
    assert [order.cause for order in found] == [
        Cause.ENTERED,
        Cause.ACCEPTED,
        Cause.TRADED,
        Cause.CANCEL_ASKED,
        Cause.CANCEL_ASKED_BY_CORE,
        Cause.REQUEST_REFUSED,
        Cause.REQUEST_LOST,
        Cause.REPLACE_ASKED,
        Cause.CANCELED,
        Cause.CANCELED_BY_VENUE,
        Cause.CANCELED_BY_VENUE,
        Cause.EXPIRED,
        Cause.CLOSED_BY_CORE,
        Cause.STATUS_TOLD,
        Cause.ACCEPTED,
    ]


@given(
    reserved=st.integers(1, 10_000),
    qtys=st.lists(st.integers(1, 50), min_size=1, max_size=12),
    amended=st.integers(0, 11),
)
def test_the_hold_shrinks_in_proportion_to_what_it_was_set_for_however_many_fills(reserved, qtys, amended):
    """Rounded up once, not once a fill; an amend sets it anew."""
    total = sum(qtys) + 1
    order = applied(an_order(qty=total, reserved=reserved), a_report(order_qty=total, leaves_qty=total))
    hold, of, cum = reserved, total, 0
    for at, qty in enumerate(qtys):
        if at == amended:
            hold, of = reserved + 7, total - cum
            order = request_replace(order, a_replace_entry(2, px=72_000, qty=total, reserved=hold))
            terms = {"px": 72_000, "order_qty": total, "leaves_qty": of, "cum_qty": cum}
            order = applied(order, a_report(ExecType.REPLACED, 3, cl_ord_id=2, orig_cl_ord_id=1, **terms))
        cum += qty
        name = {"cl_ord_id": order.cl_ord_id, "px": order.px, "order_qty": total}
        fill = {"last_qty": qty, "last_px": 70_000, "exec_id": at + 1}
        order = applied(order, a_report(ExecType.TRADE, leaves_qty=total - cum, cum_qty=cum, **name, **fill))
        assert order.held == -(-hold * (total - cum) // of)
