"""The drop copy beside our own session: orders of other systems, trades taken back, and no share counted twice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.engine.alerting import conditions
from hts.gateway.fix_drop_copy import foreign_id
from hts.model.alerts import AlertKind
from hts.model.denials import Denial, Rule
from hts.model.enums import Side
from hts.model.intents import CancelAll, CancelOrder, ReplaceOrder, SetKillSwitch
from hts.model.records import ReportReceived
from hts.model.reports import CopyDown, CopyUp
from hts.model.requests import OrderMassCancelRequest
from hts.model.views import NoticeView, OrderView
from tests.engine.kit import VENUE, a_ready_desk, records, replies, requests, session_up, views
from tests.engine.two_lines import COPY_EPOCH, OTHER, PX, TwoLines, entered, held, position
from tests.support.builders import ACCOUNT, DATE, SYMBOL, an_intent

THEIRS = foreign_id(OTHER, "a")
SECOND = foreign_id(OTHER, "b")


def scene(*, is_silent=True, count=1):
    venue = TwoLines(is_silent=is_silent)
    desk = entered(venue, count)
    venue.copies_up(desk)
    return venue, desk


def say(desk, *reports):
    return [desk.report(report) for report in reports]


def refused(effects):
    notices = [view for some in effects for view in views(some) if isinstance(view, NoticeView)]
    return [(one.key, one.detail) for one in notices if one.key in ("notice.copy_refused", "notice.report_refused")]


def test_an_order_of_another_system_is_shown_and_counted_while_it_lives():
    venue, desk = scene(count=0)
    venue.new(THEIRS, OTHER, qty=100)
    venue.fill(THEIRS, 30)
    effects = say(desk, *venue.copy)
    (shown,) = [view for view in views(effects[0]) if isinstance(view, OrderView)]
    assert (shown.order_id, shown.adopted, shown.leaves_qty) == (THEIRS, True, 100)
    state = desk.engine.core.state
    order = state.orders.get(THEIRS)
    assert (order.system, order.cum_qty, order.leaves_qty, position(desk)) == (OTHER, 30, 70, 30)
    guard = state.guards.account(ACCOUNT)
    assert (guard.exposure.working, state.ledger.money(ACCOUNT, "KRW").reserved > 70 * PX) == (1, True)
    assert state.ids.next_id < 1_000_000  # names of others use up none of ours


def test_nothing_of_it_is_asked_for_and_a_person_is_told_why():
    venue, desk = scene(count=0)
    venue.new(THEIRS, OTHER)
    say(desk, *venue.copy)
    cancel = desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    amend = desk.intent(ReplaceOrder(request_id="r", account=ACCOUNT, cl_ord_id=THEIRS, px=PX - 100, qty=100))
    for effects in (cancel, amend):
        assert (replies(effects)[0].denial.rule, replies(effects)[0].denial.detail) == (Rule.FOREIGN, OTHER)
    effects = desk.intent(CancelAll(request_id="a", account=ACCOUNT))
    left = [(view.key, view.detail) for view in views(effects) if isinstance(view, NoticeView)]
    assert (requests(effects), left) == ([], [("notice.foreign_left", f"1 ({OTHER})")])
    stopped = desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    assert "notice.foreign_left" in [view.key for view in views(stopped) if isinstance(view, NoticeView)]


def test_a_mass_status_of_our_session_does_not_close_it_and_a_new_day_does():
    venue, desk = scene(count=0)
    venue.new(THEIRS, OTHER)
    say(desk, *venue.copy)
    desk.log_on()
    assert held(desk, THEIRS) == (0, 100)
    desk.log_on(1, epoch=2)
    assert held(desk, THEIRS)[1] == 0


def test_an_account_that_is_not_ours_is_no_business_of_ours():
    venue, desk = scene(count=0)
    venue.new(THEIRS, OTHER)
    (copied,) = venue.copy
    effects = desk.report(replace(copied, report=replace(copied.report, account="somebody")))
    assert effects == ()
    assert desk.engine.core.state.orders.find(THEIRS) is None


def test_copies_of_our_own_orders_change_nothing():
    venue, desk = scene(is_silent=False)
    venue.new(1, request_id="o1")
    venue.fill(1, 40)
    say(desk, *venue.copy)  # before our session says a word
    assert position(desk) == 0
    say(desk, *venue.own)
    say(desk, *venue.copy)
    assert (held(desk, 1), position(desk)) == ((40, 60), 40)


@pytest.mark.parametrize("copy_first", [True, False])
@pytest.mark.parametrize("is_silent", [True, False])
def test_a_broken_trade_of_ours_is_taken_back_once(is_silent, copy_first):
    venue, desk = scene(is_silent=is_silent)
    venue.new(1, request_id="o1")
    venue.fill(1, 40)
    venue.fill(1, 10)
    venue.undo(1, 0)
    venue.fill(1, 5)
    lines = (venue.copy, venue.own) if copy_first else (venue.own, venue.copy)
    for line in lines:
        say(desk, *line)
    assert (held(desk, 1), position(desk)) == ((15, 45), 15)
    order = desk.engine.core.state.orders.get(1)
    assert (order.order_qty, order.filled_value) == (60, 15 * PX)


def test_a_corrected_trade_counts_as_corrected():
    venue, desk = scene()
    venue.new(1, request_id="o1")
    venue.fill(1, 100)
    venue.undo(1, 0, now=70, px=PX - 500)
    say(desk, *venue.own, *venue.copy)
    assert (held(desk, 1), position(desk)) == ((70, 0), 70)
    assert desk.engine.core.state.orders.get(1).filled_value == 70 * (PX - 500)


def test_a_corrected_trade_is_found_again_under_its_other_name():
    """Where our session calls fills by their match, a trade that is broken after a correction names the match."""
    venue, desk = scene()
    venue.new(1, request_id="o1")
    venue.fill(1, 100)
    venue.undo(1, 0, now=70)
    venue.undo(1, 0)
    say(desk, *venue.own, *venue.copy[:3])
    fill, corrected = venue.own[1].exec_id, venue.copy[2].report.exec_id
    broken = replace(venue.copy[3], report=replace(venue.copy[3].report, exec_ref_id=fill), corrected_id=corrected)
    desk.report(broken)
    assert (held(desk, 1), position(desk)) == ((0, 0), 0)


def test_a_taken_back_trade_stays_so_over_a_restart_whose_session_still_counts_it():
    venue, desk = scene()
    venue.new(1, request_id="o1")
    venue.fill(1, 100)
    venue.undo(1)
    say(desk, *venue.own, *venue.copy)
    again = venue.restart(desk)
    venue.reconcile(again, len(venue.own))
    venue.copies_up(again)
    say(again, *venue.copy)
    assert (held(again, 1), position(again)) == ((0, 0), 0)


def test_what_was_read_is_not_taken_again_and_what_waits_is_not_passed():
    venue, desk = scene()
    venue.new(1, request_id="o1")
    venue.fill(1, 40)
    venue.undo(1)
    venue.new(THEIRS, OTHER)
    venue.fill(THEIRS, 10)
    say(desk, *venue.copy)  # the undo waits for the fill; their order is taken
    waiting = venue.copy[2].report.venue_seq
    assert desk.engine.copies_request(VENUE).next_in_seq == waiting
    again = venue.restart(desk)
    venue.reconcile(again, len(venue.own))
    venue.copies_up(again)
    assert refused(say(again, *[copied for copied in venue.copy if copied.report.venue_seq >= waiting])) == []
    assert (held(again, 1), held(again, THEIRS), position(again)) == ((0, 60), (10, 90), 10)


def test_a_copy_of_a_day_that_our_session_has_not_begun_waits_for_it():
    venue = TwoLines(is_silent=True)
    desk = a_ready_desk()
    desk.report(CopyUp(venue=VENUE, epoch=(DATE + 1) * 100, trading_date=DATE + 1))
    venue.new(THEIRS, OTHER)
    say(desk, *venue.copy)
    assert desk.engine.core.state.orders.find(THEIRS) is None
    desk.report(session_up(2, DATE + 1))
    assert held(desk, THEIRS) == (0, 100)


def test_what_cannot_wait_comes_after_a_restart_with_all_that_follows(monkeypatch):
    monkeypatch.setattr("hts.engine.copies.PARKED_MAX", 2)
    venue = TwoLines(is_silent=True)
    desk = a_ready_desk()
    desk.report(CopyUp(venue=VENUE, epoch=(DATE + 1) * 100, trading_date=DATE + 1))
    venue.new(THEIRS, OTHER)
    for qty in (10, 20, 30):
        venue.fill(THEIRS, qty)
    effects = say(desk, *venue.copy)
    assert [len(some) for some in effects] == [0, 0, 1, 0], "told once"
    desk.report(session_up(2, DATE + 1))
    venue.fill(THEIRS, 40)
    desk.report(venue.copy[4])
    assert held(desk, THEIRS) == (10, 90)
    from_seq = desk.engine.copies_request(VENUE).next_in_seq
    assert from_seq == venue.copy[1].report.venue_seq + 1
    again = venue.restart(desk)
    again.report(CopyUp(venue=VENUE, epoch=(DATE + 1) * 100, trading_date=DATE + 1))
    say(again, *venue.copy[2:])
    assert held(again, THEIRS) == (100, 0)


def test_a_lost_drop_copy_is_an_alert_until_it_is_back():
    _, desk = scene()

    def alerts():
        return [one.subject for one in conditions(desk.engine.core) if one.kind is AlertKind.COPIES_DOWN]

    assert alerts() == []
    effects = desk.report(CopyDown(venue=VENUE, reason="no_answer", detail="silence"))
    assert [view.key for view in views(effects) if isinstance(view, NoticeView)] == ["notice.copies_down"]
    assert desk.report(CopyDown(venue=VENUE, reason="cannot_connect")) == ()  # told once
    assert alerts() == [VENUE]
    assert records(desk.report(CopyUp(venue=VENUE, epoch=COPY_EPOCH, trading_date=DATE))) == []
    assert alerts() == []


def test_what_cannot_be_is_told_and_left():
    venue, desk = scene(count=0)
    venue.new(THEIRS, OTHER)
    venue.fill(THEIRS, 10)
    venue.fill(THEIRS, 10)
    say(desk, *venue.copy[:2])
    wrong = replace(venue.copy[2], report=replace(venue.copy[2].report, cum_qty=55, leaves_qty=45))
    effects = desk.report(wrong)
    assert [type(record) for record in records(effects)] == []
    assert [view.key for view in views(effects) if isinstance(view, NoticeView)] == ["notice.copy_refused"]
    assert held(desk, THEIRS) == (10, 90)


def test_rejects_of_another_system_trip_no_breaker_of_ours():
    venue, desk = scene(count=0)
    for number in range(150):
        venue.new(foreign_id(OTHER, str(number)), OTHER, qty=1)
        venue.cancel(foreign_id(OTHER, str(number)))
    say(desk, *venue.copy)
    assert desk.engine.core.state.guards.account(ACCOUNT).unfilled == 0


# -- both lines in any order


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["fill", "fill", "fill", "undo", "correct", "cancel"]),
        st.sampled_from([1, 2, THEIRS, SECOND]),
        st.integers(1, 60),
    ),
    max_size=14,
)


def play(venue, acts):
    venue.new(1, request_id="o1")
    venue.new(THEIRS, OTHER, side=Side.BUY)
    venue.new(2, request_id="o2")
    venue.new(SECOND, OTHER, side=Side.BUY)
    for act, number, qty in acts:
        if act == "fill":
            venue.fill(number, qty)
        elif act == "cancel":
            venue.cancel(number)
        else:
            venue.undo(number, qty, now=qty if act == "correct" else 0, px=PX - 100 * (qty % 3))


def merged(one, other, picks):
    """The two lines, each in its order, shuffled into each other."""
    one, other, found = list(one), list(other), []
    for takes_one in picks:
        line = one if takes_one else other
        if line:
            found.append(line.pop(0))
    return [*found, *one, *other]


def agree(venue, desk):
    for number, order in venue.orders.items():
        assert held(desk, number) == (order.cum, order.leaves), number
        value = sum(px * qty for _, px, qty in order.fills)
        assert desk.engine.core.state.orders.get(number).filled_value == value
    assert position(desk) == sum(order.cum for order in venue.orders.values())
    assert not desk.engine.core.venues[VENUE].copies.undos


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(is_silent=st.booleans(), acts=ACTS, picks=st.lists(st.booleans(), max_size=60))
def test_whichever_line_is_faster_the_sums_are_the_venues(is_silent, acts, picks):
    venue = TwoLines(is_silent=is_silent)
    desk = entered(venue)
    venue.copies_up(desk)
    play(venue, acts)
    assert refused(say(desk, *merged(venue.own, venue.copy, picks))) == []
    agree(venue, desk)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    is_silent=st.booleans(),
    acts=ACTS,
    picks=st.lists(st.booleans(), max_size=60),
    crash_at=st.integers(0, 60),
    copies_first=st.booleans(),
)
def test_a_crash_between_them_loses_and_doubles_nothing(is_silent, acts, picks, crash_at, copies_first):
    venue = TwoLines(is_silent=is_silent)
    desk = entered(venue)
    venue.copies_up(desk)
    play(venue, acts)
    told = merged(venue.own, venue.copy, picks)[:crash_at]
    say(desk, *told)
    again = venue.restart(desk)
    from_seq = again.engine.copies_request(VENUE).next_in_seq
    rest = [copied for copied in venue.copy if copied.report.venue_seq >= from_seq]
    if copies_first:
        venue.copies_up(again)
        assert refused(say(again, *rest)) == []
    venue.reconcile(again, len(venue.own))
    if not copies_first:
        venue.copies_up(again)
        assert refused(say(again, *rest)) == []
    agree(venue, again)


def test_the_journal_says_by_which_line_it_came():
    venue, desk = scene(count=0)
    venue.new(THEIRS, OTHER)
    effects = say(desk, *venue.copy)
    (stored,) = [record for record in records(effects[0]) if isinstance(record, ReportReceived)]
    assert (stored.system, stored.copies_to, stored.report.symbol) == (OTHER, 3, SYMBOL)
    again = type(desk)(desk.journal)
    assert again.engine.state_hash == desk.engine.state_hash
    image = desk.engine.image()
    assert again.engine.restore(image, desk.engine.state_hash)


def test_the_next_order_of_ours_has_a_number_of_ours():
    venue, desk = scene(count=0)
    venue.new(THEIRS, OTHER)
    say(desk, *venue.copy)
    (answer,) = replies(desk.intent(an_intent("n")))
    assert answer.order_id < 1_000_000


def test_a_halted_core_asks_nothing_of_it_without_the_right():
    venue, desk = scene(count=0)
    venue.new(THEIRS, OTHER)
    say(desk, *venue.copy)
    desk.engine.on_journal_failed("no space left on device", *desk.at())
    effects = desk.intent(CancelOrder(request_id="c", account=ACCOUNT, cl_ord_id=THEIRS))
    assert (requests(effects), replies(effects)[0].denial) == ([], Denial(rule=Rule.FOREIGN, detail=OTHER))


def test_a_mass_cancel_of_our_session_goes_by_our_orders_alone():
    venue, desk = scene()
    venue.new(1, request_id="o1")
    venue.new(THEIRS, OTHER)
    say(desk, *venue.own, *venue.copy)
    desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    assert not [one for one in desk.sent if isinstance(one, OrderMassCancelRequest)]


@pytest.mark.parametrize("is_silent", [True, False])
def test_what_still_works_of_an_order_with_a_broken_trade_is_paid_for(is_silent):
    """By whichever line it was told, the cash for the shares that are left is held."""
    venue, desk = scene(is_silent=is_silent, count=1)
    state = desk.engine.core.state
    whole = state.ledger.money(ACCOUNT, "KRW").reserved
    venue.new(1, request_id="o1")
    venue.fill(1, 40)
    venue.undo(1)
    say(desk, *venue.own, *venue.copy)
    assert held(desk, 1) == (0, 60)
    assert state.ledger.money(ACCOUNT, "KRW").reserved == -(-whole * 60 // 100)
    assert type(desk)(desk.journal).engine.state_hash == desk.engine.state_hash
