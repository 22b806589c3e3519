"""Orders of other systems, cancelled by the line that may: singly, all, by kill switch and flatten, over crashes."""

import pytest
from msgspec.structs import replace

from hts.engine.recovery import STATUS_TIMER
from hts.engine.state_hash import state_hash
from hts.gateway.fix_drop_copy import foreign_id
from hts.model.denials import Rule
from hts.model.enums import CxlRejResponseTo, DisconnectPolicy, ExecType, OrdStatus, Side
from hts.model.intents import (
    CancelAll,
    CancelLast,
    CancelOrder,
    Flatten,
    ReplaceOrder,
    SetDisconnectPolicy,
    SetKillSwitch,
)
from hts.model.records import CancelEntered, FlattenEntered, KillSwitchSet
from hts.model.reports import BehalfRefused, CopyDown, CopyUp, OrderCancelReject, ReportCopied, RequestsLost
from hts.model.requests import CancelOnBehalf, MassCancelOnBehalf, NewOrderSingle, OrderCancelRequest
from hts.model.views import NoticeView
from tests.engine.floor import Floor, a_floor
from tests.engine.kit import VENUE, Desk, records, replies, requests, views
from tests.engine.test_copies import SECOND, THEIRS, say
from tests.engine.two_lines import COPY_EPOCH, OTHER, PX, TwoLines, entered, held, position
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS, a_report

UP = CopyUp(venue=VENUE, epoch=COPY_EPOCH, trading_date=DATE, may_cancel=True)
NO_RIGHT = replace(UP, may_cancel=False)
DOWN = CopyDown(venue=VENUE, reason="no_answer")
THIRD = foreign_id(OTHER, "c")


def scene(*, count=0, up=UP):
    """Two buy orders of another system, and `count` of our own, which our session has accepted."""
    venue = TwoLines(is_silent=True)
    desk = entered(venue, count)
    desk.report(up)
    for number in range(1, count + 1):
        venue.new(number, request_id=f"o{number}")
    venue.new(THEIRS, OTHER)
    venue.new(SECOND, OTHER)
    say(desk, *venue.own, *venue.copy)
    desk.sent.clear()
    return venue, desk


def asked(effects):
    """Orders that a cancel was asked for, by the line it took."""
    found = [request for request in requests(effects) if isinstance(request, OrderCancelRequest | CancelOnBehalf)]
    return [(type(one).__name__, getattr(one, "venue_order_id", 0) or one.orig_cl_ord_id) for one in found]


def number_of(order_id):
    return 7_000 + order_id % 1_000


def notices(effects):
    return [(view.key, view.detail) for view in views(effects) if isinstance(view, NoticeView)]


def refusal(cl_ord_id, status=OrdStatus.NEW, seq=99):
    reject = OrderCancelReject(
        venue=VENUE, venue_seq=2 * seq, cl_ord_id=cl_ord_id, orig_cl_ord_id=0, response_to=CxlRejResponseTo.CANCEL,
        ord_status=status, reason_code=10, transact_ns=TRADE_NS,
    )  # fmt: skip
    return BehalfRefused(venue=VENUE, reject=reject)


def refused(desk, *said, **fields):
    return desk.report(refusal(*said, **fields))


def same_after_replay(desk):
    return state_hash(Desk(desk.journal).engine.core.state) == state_hash(desk.engine.core.state)


def test_a_trader_cancels_an_order_of_another_system():
    venue, desk = scene()
    effects = desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS, user="kim"))
    (record,) = [one for one in records(effects) if isinstance(one, CancelEntered)]
    assert (record.orig_cl_ord_id, record.user, replies(effects)[0].accepted) == (THEIRS, "kim", True)
    assert requests(effects) == [
        CancelOnBehalf(
            cl_ord_id=record.cl_ord_id, system=OTHER, venue_order_id=number_of(THEIRS), account=ACCOUNT, symbol=SYMBOL,
            side=Side.BUY,
        )
    ]  # fmt: skip
    order = desk.engine.core.state.orders.get(THEIRS)
    assert (order.ord_status, order.has_pending_cancel) == (OrdStatus.PENDING_CANCEL, True)
    again = desk.intent(CancelOrder(request_id="d", account=ACCOUNT, cl_ord_id=THEIRS))
    assert replies(again)[0].denial.rule is Rule.REQUEST_PENDING
    venue.cancel(THEIRS)
    desk.report(venue.copy[-1])
    assert (held(desk, THEIRS), desk.engine.core.state.orders.get(THEIRS).pending) == ((0, 0), ())
    assert same_after_replay(desk)


def test_it_cannot_be_amended():
    _, desk = scene()
    effects = desk.intent(ReplaceOrder(request_id="r", account=ACCOUNT, cl_ord_id=THEIRS, px=PX - 100, qty=100))
    assert (replies(effects)[0].denial.rule, requests(effects)) == (Rule.FOREIGN, [])


@pytest.mark.parametrize(("change", "rule"), [(DOWN, Rule.FOREIGN_LINE), (NO_RIGHT, Rule.FOREIGN)])
def test_without_the_line_or_the_right_it_is_refused(change, rule):
    _, desk = scene()
    desk.report(change)
    effects = desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    denial = replies(effects)[0].denial
    assert (denial.rule, denial.detail, requests(effects)) == (rule, OTHER, [])


def test_cancel_all_reaches_orders_of_every_line_and_cancel_last_our_own():
    _, desk = scene(count=1)
    assert asked(desk.intent(CancelLast(request_id="l", account=ACCOUNT))) == [("OrderCancelRequest", 1)]
    effects = desk.intent(CancelAll(request_id="a", account=ACCOUNT))
    assert sorted(asked(effects)) == sorted([("CancelOnBehalf", number_of(one)) for one in (THEIRS, SECOND)])
    assert (replies(effects)[0].count, notices(effects)) == (2, [])


def test_cancel_all_of_other_systems_alone_needs_their_line_alone():
    _, desk = scene()
    desk.report(DOWN)
    effects = desk.intent(CancelAll(request_id="a", account=ACCOUNT))
    assert (asked(effects), notices(effects)) == ([], [("notice.foreign_left", f"2 ({OTHER})")])


def test_the_kill_switch_cancels_them_one_by_one_and_at_once():
    _, desk = scene(count=2)
    effects = desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    (record,) = [one for one in records(effects) if isinstance(one, KillSwitchSet)]
    ((name, cl_ord_id),) = record.behalf_cancels
    assert (name, len(asked(effects)), notices(effects)) == (VENUE, 4, [])
    assert [one for one in requests(effects) if isinstance(one, MassCancelOnBehalf)] == [
        MassCancelOnBehalf(cl_ord_id=cl_ord_id, account=ACCOUNT)
    ]
    assert same_after_replay(desk)


def status(desk):
    """The core looks around once a second."""
    return desk.take(desk.engine.on_timer(STATUS_TIMER, *desk.at()))


def test_what_another_system_enters_after_the_stop_is_cancelled_too():
    venue, desk = scene()
    desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    assert asked(status(desk)) == []  # on their way already
    venue.new(THIRD, OTHER)
    say(desk, venue.copy[-1])
    assert asked(status(desk)) == [("CancelOnBehalf", number_of(THIRD))]
    assert asked(status(desk)) == []
    assert same_after_replay(desk)


def test_a_stop_asks_again_for_what_the_venue_would_not_cancel():
    _, desk = scene()
    first, *_ = [
        one
        for one in requests(desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True)))
        if isinstance(one, CancelOnBehalf)
    ]
    refused(desk, first.cl_ord_id)
    assert asked(status(desk)) == [("CancelOnBehalf", first.venue_order_id)]


@pytest.mark.parametrize("up", [NO_RIGHT, DOWN])
def test_a_stop_does_not_speak_once_a_second_of_what_it_cannot_reach(up):
    venue, desk = scene(up=NO_RIGHT)
    desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    desk.report(up)
    venue.new(THIRD, OTHER)
    say(desk, venue.copy[-1])
    effects = status(desk)
    assert (asked(effects), [key for key, _ in notices(effects) if key == "notice.foreign_left"]) == ([], [])


def test_flatten_waits_for_them_and_closes_what_they_bought():
    venue, desk = scene()
    venue.fill(THEIRS, 30)
    desk.report(venue.copy[-1])
    effects = desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol=SYMBOL))
    (record,) = [one for one in records(effects) if isinstance(one, FlattenEntered)]
    assert (record.order_ids, notices(effects)) == ((THEIRS, SECOND), [])
    venue.fill(SECOND, 5)
    venue.cancel(THEIRS)
    venue.cancel(SECOND)
    *before, last = venue.copy[-3:]
    assert [requests(one) for one in say(desk, *before)] == [[], []]
    (close,) = requests(desk.report(last))
    assert isinstance(close, NewOrderSingle)
    assert (close.side, close.qty, position(desk)) == (Side.SELL, 35, 35)
    assert same_after_replay(desk)


def test_flatten_says_what_it_leaves():
    venue, desk = scene(up=NO_RIGHT)
    effects = desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol=SYMBOL))
    assert (replies(effects)[0].denial.rule, replies(effects)[0].denial.detail) == (Rule.FOREIGN, OTHER)
    venue.fill(THEIRS, 30)
    desk.report(venue.copy[-1])
    effects = desk.intent(Flatten(request_id="g", account=ACCOUNT, symbol=SYMBOL))
    (close,) = requests(effects)
    assert (close.qty, notices(effects)) == (30, [("notice.foreign_left", f"2 ({OTHER})")])


def test_a_flatten_whose_cancel_was_refused_gives_up_and_says_so():
    _, desk = scene()
    effects = desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol=SYMBOL))
    first = requests(effects)[0].cl_ord_id
    told = refused(desk, first)
    assert {key for key, _ in notices(told)} == {"notice.cancel_refused", "notice.flatten_failed"}
    assert not desk.engine.core.state.orders.get(THEIRS).has_pending_cancel
    assert desk.engine.core.state.flattening == {}
    assert same_after_replay(desk)


def test_a_refusal_is_read_once_and_moves_the_drop_copy_on():
    _, desk = scene()
    desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    mine = desk.next_seq
    refused(desk, 1, seq=50)
    assert (desk.engine.copies_request(VENUE).next_in_seq, desk.next_seq) == (101, mine)
    assert refused(desk, 1, seq=50) == ()
    assert refused(desk, 77, seq=51) == ()


def test_that_an_order_which_is_over_cannot_be_cancelled_is_no_news():
    venue, desk = scene()
    desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    venue.cancel(THEIRS)
    desk.report(venue.copy[-1])
    assert notices(refused(desk, 1, OrdStatus.CANCELED)) == []


def test_a_lost_request_is_sent_again_once_and_one_on_a_broken_line_when_it_is_back():
    _, desk = scene()
    desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    assert asked(desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(1,)))) == [("CancelOnBehalf", number_of(THEIRS))]
    assert notices(desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(2,)))) == [("notice.cancel_lost", SYMBOL)]
    desk.intent(CancelOrder(request_id="d", account=ACCOUNT, cl_ord_id=THEIRS))
    desk.report(DOWN)
    desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(3,)))
    assert desk.engine.core.state.orders.get(THEIRS).has_pending_cancel
    assert asked(desk.report(UP)) == [("CancelOnBehalf", number_of(THEIRS))]
    assert same_after_replay(desk)


@pytest.mark.parametrize("copies_first", [True, False])
def test_after_a_crash_what_was_asked_is_asked_again_and_a_stop_goes_on(copies_first):
    venue, desk = scene(count=1)
    desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    again = venue.restart(desk)
    if copies_first:
        assert asked(again.report(UP)) == []  # our orders are not told yet: nothing leaves
    venue.reconcile(again, len(venue.own))
    if not copies_first:
        again.report(UP)
    behalf = [one.venue_order_id for one in again.sent if isinstance(one, CancelOnBehalf)]
    assert behalf == [number_of(THEIRS)]
    again.report(DOWN)
    again.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    again.sent.clear()
    again.report(UP)
    behalf = [one.venue_order_id for one in again.sent if isinstance(one, CancelOnBehalf)]
    assert sorted(behalf) == sorted([number_of(THEIRS), number_of(SECOND)])


def test_a_halted_core_cancels_them_without_a_record():
    venue, desk = scene()
    desk.engine.on_journal_failed("no space left on device", *desk.at())
    effects = desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    assert (sorted(asked(effects)), records(effects)) == (
        sorted([("CancelOnBehalf", number_of(one)) for one in (THEIRS, SECOND)]),
        [],
    )
    venue.cancel(THEIRS)
    (shown,) = views(desk.report(venue.copy[-1]))
    assert (shown.order_id, shown.ord_status) == (THEIRS, OrdStatus.CANCELED)
    effects = desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    assert requests(effects) == []


def test_the_policy_for_the_last_terminal_is_about_our_own_orders():
    """Another system has people of its own, who are still there."""
    _, desk = scene(count=1)
    desk.intent(SetDisconnectPolicy(request_id="p", account=ACCOUNT, policy=DisconnectPolicy.CANCEL))
    desk.take(desk.engine.on_clients(1, *desk.at()))
    effects = desk.take(desk.engine.on_clients(0, *desk.at()))
    assert (asked(effects), notices(effects)) == ([("OrderCancelRequest", 1)], [])


@pytest.mark.parametrize("most", [100, 1])
def test_a_refusal_does_not_pass_what_waits_for_our_session(monkeypatch, most):
    """The drop copy is a day ahead: what it tells waits, or is left for a restart, and is asked for again after it."""
    monkeypatch.setattr("hts.engine.copies.PARKED_MAX", most)
    venue, desk = scene()
    desk.report(replace(UP, epoch=COPY_EPOCH + 100, trading_date=DATE + 1))
    desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    venue.copy.clear()
    for number in (3, 4):
        venue.new(foreign_id(OTHER, str(number)), OTHER)
    say(desk, *venue.copy)
    refused(desk, 1)
    assert not desk.engine.core.state.orders.get(THEIRS).has_pending_cancel
    first = venue.copy[0].report.venue_seq
    assert Desk(desk.journal).engine.copies_request(VENUE).next_in_seq <= first


def test_a_refusal_that_is_told_again_is_no_news_and_ends_no_later_flatten():
    """A broken trade whose fill is not known holds back how far we have read: after a new logon all comes again."""
    venue, desk = scene(count=1)
    venue.fill(1, 10)
    venue.undo(1)
    say(desk, *venue.copy[-2:])
    desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    taken = desk.sent[-1].cl_ord_id
    refused(desk, taken)
    desk.intent(CancelOrder(request_id="d", account=ACCOUNT, cl_ord_id=THEIRS))
    refused(desk, desk.sent[-1].cl_ord_id, seq=100)
    desk.report(DOWN)
    desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol=SYMBOL))
    desk.report(UP)
    assert desk.engine.copies_request(VENUE).next_in_seq <= 99
    told = refused(desk, taken)
    assert (notices(told), len(desk.engine.core.state.flattening)) == ([], 1)
    assert same_after_replay(desk)


def test_after_a_crash_it_is_asked_again_though_the_venues_own_session_stays_down():
    floor = a_floor()
    up = CopyUp(venue="NXT", epoch=COPY_EPOCH, trading_date=DATE, may_cancel=True)
    floor.desk.report(up)
    theirs = a_report(ExecType.NEW, 2, venue="NXT", cl_ord_id=THEIRS, venue_order_id=7, order_qty=10, leaves_qty=10)
    floor.desk.report(ReportCopied(venue="NXT", system=OTHER, is_own=False, report=theirs))
    floor.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    assert isinstance(floor.desk.sent[-1], CancelOnBehalf)
    torn = Floor(floor.desk.journal)
    torn.desk.report(up)
    torn.log_on("KRX")
    assert [one.venue_order_id for one in torn.desk.sent if isinstance(one, CancelOnBehalf)] == [7]
