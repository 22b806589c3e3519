"""The journal cannot be written: no order leaves, cancels do, and nothing is kept."""

import pytest

from hts.model.denials import Denial, Rule
from hts.model.effects import Append
from hts.model.enums import DisconnectPolicy, ExecType, OrdStatus
from hts.model.intents import CancelAll, CancelLast, CancelOrder, Flatten, SetDisconnectPolicy, SetKillSwitch
from hts.model.reports import SessionDown
from hts.model.requests import OrderCancelRequest
from hts.model.views import NoticeView, OrderView
from tests.engine.kit import Desk, a_ready_desk, again, mass_status_end, replies, requests, session_up, views
from tests.support.builders import (
    ACCOUNT,
    SYMBOL,
    VENUE,
    a_cancel_reject,
    a_fill,
    a_replace_intent,
    a_report,
    an_intent,
)


def a_halted_desk(orders=2, **fields):
    desk = a_ready_desk(**fields)
    for number in range(1, orders + 1):
        desk.intent(an_intent(f"r{number}"))
        desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=number))
    desk.engine.on_journal_failed("no space left on device", *desk.at())
    return desk


def cancelled(effects):
    assert not [e for e in effects if isinstance(e, Append)]
    return [r.orig_cl_ord_id for r in requests(effects) if isinstance(r, OrderCancelRequest)]


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        (CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=1), [1]),
        (CancelAll(request_id="c", account=ACCOUNT), [1, 2]),
        (CancelLast(request_id="c", account=ACCOUNT), [2]),
        (Flatten(request_id="c", account=ACCOUNT, symbol=SYMBOL), [1, 2]),
        (SetKillSwitch(request_id="c", account=ACCOUNT, on=True), [1, 2]),
    ],
)
def test_cancels_leave_unwritten_and_everybody_is_told(intent, expected):
    desk = a_halted_desk()
    effects = desk.intent(intent)
    assert cancelled(effects) == expected
    notices = [(v.key, v.detail) for v in views(effects) if isinstance(v, NoticeView)]
    assert notices == [("notice.cancel_unjournaled", str(len(expected)))]
    (outcome,) = replies(effects)
    assert (outcome.accepted, outcome.count) == (True, len(expected))


@pytest.mark.parametrize(
    "intent",
    [
        an_intent("x"),
        a_replace_intent(1, 70_900, 10, "x"),
        SetKillSwitch(request_id="x", account=ACCOUNT, on=False),
        SetDisconnectPolicy(request_id="x", account=ACCOUNT, policy=DisconnectPolicy.CANCEL),
    ],
)
def test_nothing_else_leaves(intent):
    effects = a_halted_desk().intent(intent)
    assert requests(effects) == []
    assert replies(effects)[0].denial == Denial(rule=Rule.JOURNAL_HALTED)


def test_each_cancel_has_an_id_of_its_own_and_goes_once():
    desk = a_halted_desk()
    first = desk.intent(CancelLast(request_id="c1", account=ACCOUNT))
    rest = desk.intent(CancelAll(request_id="c2", account=ACCOUNT))
    none = desk.intent(CancelAll(request_id="c3", account=ACCOUNT))
    assert [cancelled(effects) for effects in (first, rest, none)] == [[2], [1], []]
    ids = [r.cl_ord_id for effects in (first, rest) for r in requests(effects)]
    assert ids == [3, 4]
    assert replies(none)[0].denial == Denial(rule=Rule.REQUEST_PENDING)


def test_a_cancel_of_nothing_is_refused():
    desk = a_halted_desk(orders=0)
    wrong = CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=9)
    assert replies(desk.intent(wrong))[0].denial == Denial(rule=Rule.NOTHING_TO_DO)


def test_the_venues_answer_is_shown_and_not_kept():
    desk = a_halted_desk()
    before = desk.engine.core.state.orders.get(1)
    (partly,) = views(desk.report(a_fill(4, 4, desk.next_seq)))
    over = a_report(ExecType.CANCELED, desk.next_seq + 1, cl_ord_id=3, orig_cl_ord_id=1, cum_qty=4)
    (gone,) = views(desk.report(over))
    assert isinstance(gone, OrderView)
    assert (partly.ord_status, partly.cum_qty) == (OrdStatus.PARTIALLY_FILLED, 4)
    assert (gone.ord_status, gone.cum_qty, gone.leaves_qty) == (OrdStatus.CANCELED, 4, 0)
    assert desk.engine.core.state.orders.get(1) == before


@pytest.mark.parametrize("said", ["accepted", "filled in part"])
def test_an_order_that_the_venue_speaks_of_after_the_halt_can_still_be_cancelled(said):
    """Its report is shown and not kept; only a cancel that was sent keeps a second one back."""
    desk = a_ready_desk()
    desk.intent(an_intent("r1"))
    if said == "filled in part":
        desk.report(a_report(venue_seq=desk.next_seq))
    desk.engine.on_journal_failed("no space left on device", *desk.at())
    seq = desk.next_seq
    desk.report(a_report(venue_seq=seq) if said == "accepted" else a_fill(4, 4, seq))
    wanted = CancelAll(request_id="c1", account=ACCOUNT)
    assert cancelled(desk.intent(wanted)) == [1]
    assert cancelled(desk.intent(CancelAll(request_id="c2", account=ACCOUNT))) == []


def test_an_order_that_is_over_since_the_halt_is_not_cancelled_again():
    desk = a_halted_desk()
    desk.report(a_report(ExecType.CANCELED, desk.next_seq, cl_ord_id=2))
    assert cancelled(desk.intent(CancelLast(request_id="c1", account=ACCOUNT))) == [1]


def test_after_the_restart_the_venue_tells_it_and_it_is_kept():
    desk = a_halted_desk(orders=1)
    (request,) = requests(desk.intent(CancelAll(request_id="c", account=ACCOUNT)))
    back = Desk(desk.journal)
    back.start()
    back.hear_list()
    asked = back.report(session_up())
    over = a_report(ExecType.CANCELED, back.next_seq, cl_ord_id=request.cl_ord_id, orig_cl_ord_id=1)
    back.report(over)
    status = again(over, venue_seq=back.next_seq, exec_type=ExecType.ORDER_STATUS)
    back.report(status)
    back.report(mass_status_end(asked, back.next_seq, 1))
    assert back.engine.core.state.orders.get(1).ord_status is OrdStatus.CANCELED
    assert back.engine.is_ready
    (new,) = requests(back.intent(an_intent("r9")))
    assert new.cl_ord_id > request.cl_ord_id


def test_a_broken_session_is_taken_up_for_cancels():
    desk = a_halted_desk(orders=1)
    desk.report(SessionDown(venue=VENUE, reason="tcp_lost"))
    down = desk.intent(CancelAll(request_id="c1", account=ACCOUNT))
    assert (cancelled(down), replies(down)[0].denial) == ([], Denial(rule=Rule.VENUE_DOWN))
    desk.report(session_up())
    assert cancelled(desk.intent(CancelAll(request_id="c2", account=ACCOUNT))) == [1]


@pytest.mark.parametrize(("policy", "expected"), [(DisconnectPolicy.CANCEL, [1]), (DisconnectPolicy.KEEP, [])])
def test_the_disconnect_policy_holds(policy, expected):
    desk = a_ready_desk(policy=policy)
    desk.intent(an_intent("r1"))
    desk.engine.on_clients(1, *desk.at())
    desk.engine.on_journal_failed("no space left on device", *desk.at())
    assert cancelled(desk.engine.on_clients(0, *desk.at())) == expected


@pytest.mark.parametrize("why", ["refused", "lost with the session"])
def test_a_cancel_that_was_not_carried_out_may_be_asked_again(why):
    desk = a_halted_desk(orders=1)
    wanted = CancelAll(request_id="c1", account=ACCOUNT)
    (request,) = requests(desk.intent(wanted))
    if why == "refused":
        desk.report(a_cancel_reject(request.cl_ord_id, desk.next_seq, orig_cl_ord_id=1))
    else:
        desk.report(SessionDown(venue=VENUE, reason="tcp_lost"))
        desk.report(session_up())
    assert cancelled(desk.intent(CancelAll(request_id="c2", account=ACCOUNT))) == [1]


def test_a_cancel_names_an_order_as_the_venue_has_called_it_since_the_halt():
    desk = a_ready_desk()
    desk.intent(an_intent("r1"))
    desk.report(a_report(venue_seq=desk.next_seq))
    (amend,) = requests(desk.intent(a_replace_intent(1, 70_900, 10, "a1")))
    desk.engine.on_journal_failed("no space left on device", *desk.at())
    desk.report(a_report(ExecType.REPLACED, desk.next_seq, cl_ord_id=amend.cl_ord_id, orig_cl_ord_id=1, px=70_900))
    assert cancelled(desk.intent(CancelAll(request_id="c", account=ACCOUNT))) == [amend.cl_ord_id]
