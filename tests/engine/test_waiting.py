"""Orders over the rate wait for room instead of being refused: in order, bounded, nothing lost."""

from hts.engine.waiting import RATE_TIMER
from hts.model.denials import Denial, Rule, Unit
from hts.model.effects import Reply, SetTimer
from hts.model.enums import Side
from hts.model.intents import CancelAll, SetKillSwitch
from hts.model.requests import NewOrderSingle
from hts.risk.limits import RiskLimits
from hts.risk.throttle import SECOND_NS
from tests.engine.kit import OTHER_SYMBOL, a_ready_desk, replies
from tests.support.builders import ACCOUNT, a_replace_intent, a_report, an_intent

PER_SECOND = 3


def a_patient_desk(waiting_max=10, **limits):
    desk = a_ready_desk(
        limits=RiskLimits(orders_per_second=PER_SECOND, duplicate_window_ms=0, burst_orders_max=0, **limits),
        waiting_max=waiting_max,
    )
    desk.sent.clear()
    return desk


def sent(desk):
    return [request.request_id for request in desk.sent if isinstance(request, NewOrderSingle)]


def pass_time(desk, ns=SECOND_NS):
    desk.mono_ns += ns
    desk.engine.core.home.market.hear(desk.mono_ns)
    return desk.take(desk.engine.on_timer(RATE_TIMER, *desk.at()))


def enter(desk, *names, **fields):
    return [desk.intent(an_intent(name, **fields), client=number) for number, name in enumerate(names)]


def test_without_the_policy_an_order_over_the_rate_is_refused():
    desk = a_patient_desk(waiting_max=0)
    *_, last = enter(desk, "a", "b", "c", "d")
    refused = Denial(rule=Rule.ORDER_RATE, figure=4, limit=3, unit=Unit.PER_SECOND)
    assert (replies(last)[0].denial, sent(desk)) == (refused, ["a", "b", "c"])


def test_orders_over_the_rate_wait_and_go_in_their_order():
    desk = a_patient_desk()
    found = enter(desk, "a", "b", "c", "d", "e", "f", "g")
    due = desk.mono_ns + SECOND_NS
    assert found[3:] == [(SetTimer(RATE_TIMER, due),), (), (), ()]
    assert sent(desk) == ["a", "b", "c"]
    effects = pass_time(desk)
    assert sent(desk) == ["a", "b", "c", "d", "e", "f"]
    answered = [(e.client, e.view.request_id, e.view.accepted) for e in effects if isinstance(e, Reply)]
    assert answered == [(3, "d", True), (4, "e", True), (5, "f", True)]
    assert effects[-1] == SetTimer(RATE_TIMER, due + SECOND_NS)
    pass_time(desk)
    assert sent(desk)[-1] == "g"


def test_nobody_overtakes_those_that_wait():
    desk = a_patient_desk()
    enter(desk, "a", "b", "c", "d")
    desk.mono_ns += SECOND_NS
    assert enter(desk, "late") == [()]
    assert sent(desk) == ["a", "b", "c"]
    pass_time(desk, 0)
    assert sent(desk) == ["a", "b", "c", "d", "late"]


def test_the_same_intent_waits_once():
    desk = a_patient_desk()
    enter(desk, "a", "b", "c", "d")
    assert desk.intent(an_intent("d")) == ()
    pass_time(desk)
    assert sent(desk) == ["a", "b", "c", "d"]


def test_a_full_room_refuses_with_figures():
    desk = a_patient_desk(waiting_max=2)
    found = enter(desk, "a", "b", "c", "d", "e", "f")
    refused = Denial(rule=Rule.WAITING_FULL, figure=3, limit=2, unit=Unit.COUNT)
    assert replies(found[-1])[0].denial == refused
    pass_time(desk)
    assert sent(desk) == ["a", "b", "c", "d", "e"]


def test_checks_are_made_when_its_turn_comes():
    desk = a_patient_desk()
    enter(desk, "a", "b", "c", "d")
    desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True, reason="stop"))
    (answer,) = replies(pass_time(desk))
    assert answer.denial == Denial(rule=Rule.KILL_SWITCH, detail="stop")
    assert sent(desk) == ["a", "b", "c"]


def test_cancel_of_everything_cancels_what_waits_and_answers_it():
    desk = a_patient_desk()
    enter(desk, "a", "b", "c", "d")
    enter(desk, "other", symbol=OTHER_SYMBOL)
    effects = desk.intent(CancelAll(request_id="x", account=ACCOUNT, symbol="005930", side=Side.BUY), client=9)
    answers = {e.client: e.view for e in effects if isinstance(e, Reply)}
    assert answers[3].denial == Denial(rule=Rule.CANCELLED_WAITING)
    assert (answers[9].accepted, answers[9].count) == (True, 3)
    pass_time(desk)
    assert sent(desk) == ["a", "b", "c", "other"]


def test_amends_wait_too():
    desk = a_patient_desk()
    enter(desk, "a")
    desk.report(a_report(venue_seq=desk.next_seq))
    enter(desk, "b", "c")
    assert desk.intent(a_replace_intent(1, 70_900, 10)) == (SetTimer(RATE_TIMER, desk.mono_ns + SECOND_NS),)
    (answer,) = replies(pass_time(desk))
    assert answer.accepted


def test_a_halted_journal_answers_those_that_wait():
    desk = a_patient_desk()
    enter(desk, "a", "b", "c", "d")
    desk.engine.on_journal_failed("disk full", *desk.at())
    (answer,) = replies(pass_time(desk))
    assert (answer.request_id, answer.denial) == ("d", Denial(rule=Rule.JOURNAL_HALTED))
