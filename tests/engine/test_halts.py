"""Kill switch by scope, the two acts of its release, trading states, breakers that trip by themselves."""

import pytest

from hts.engine.halts import RELEASE_FROM_NS, RELEASE_WITHIN_NS
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import ExecType, Side
from hts.model.intents import SetKillSwitch, SetTradingState
from hts.model.records import KillSwitchSet
from hts.model.records_risk import TradingStateSet
from hts.model.reports import SessionDown
from hts.model.requests import OrderCancelRequest
from hts.model.scopes import FIRM, HaltCause, Scope, ScopeKind, TradingState
from hts.model.views import NoticeView, StatusView
from hts.risk.limits import RiskLimits, ScopeLimits
from tests.engine.kit import OTHER_SYMBOL, Desk, a_ready_desk, records, replies, requests, views
from tests.support.builders import ACCOUNT, SYMBOL, VENUE, a_cancel_intent, a_fill, a_report, an_intent

TWAP = Scope(kind=ScopeKind.STRATEGY, name="twap")
ISSUE = Scope(kind=ScopeKind.SYMBOL, name=SYMBOL)


def kill(request_id, on=True, **fields):
    return SetKillSwitch(request_id=request_id, account=ACCOUNT, on=on, **fields)


def state(request_id, new, **fields):
    return SetTradingState(request_id=request_id, account=ACCOUNT, state=new, **fields)


def denial(effects):
    return replies(effects)[-1].denial


def cancelled(effects):
    return [request.orig_cl_ord_id for request in requests(effects) if isinstance(request, OrderCancelRequest)]


def code_of(effects):
    (notice,) = [view for view in views(effects) if isinstance(view, NoticeView)]
    assert notice.key == "notice.kill_release"
    return notice.detail.split()[-1]


def a_desk_with_two():
    """Order 1 of a strategy in one issue, order 2 of nobody in another."""
    desk = a_ready_desk()
    desk.intent(an_intent("r1", strategy="twap"))
    desk.intent(an_intent("r2", symbol=OTHER_SYMBOL))
    return desk


@pytest.mark.parametrize(
    ("scope", "gone"),
    [(None, [1, 2]), (FIRM, [1, 2]), (TWAP, [1]), (ISSUE, [1])],
    ids=["account", "firm", "twap", "issue"],
)
def test_kill_switch_of_a_scope_cancels_and_blocks_that_scope(scope, gone):
    desk = a_desk_with_two()
    assert cancelled(desk.intent(kill("k", scope=scope, reason="why"))) == gone
    label = "" if scope is None else str(scope)
    killed = Denial(rule=Rule.KILL_SWITCH, detail="why", scope=label)
    assert denial(desk.intent(an_intent("r3", strategy="twap"))) == killed
    other = denial(desk.intent(an_intent("r4", symbol=OTHER_SYMBOL, qty=11)))
    assert other == (killed if 2 in gone else None)


def test_a_halt_survives_a_restart_and_a_cancel_passes_it():
    desk = a_desk_with_two()
    desk.intent(state("h", TradingState.HALTED, scope=TWAP, reason="test"))
    again = Desk(desk.journal)
    guard = again.engine.core.state.guards.of(TWAP)
    assert (guard.state, guard.cause, guard.detail) == (TradingState.HALTED, HaltCause.PERSON, "test")
    assert again.engine.state_hash == desk.engine.state_hash
    other = desk.intent(a_cancel_intent(2))
    assert (denial(other), cancelled(other)) == (None, [2])


def test_release_takes_a_second_act_with_the_code():
    desk = a_ready_desk()
    desk.intent(kill("k"))
    code = code_of(desk.intent(kill("k1", on=False)))
    killed = Denial(rule=Rule.KILL_SWITCH)
    assert denial(desk.intent(an_intent("r1"))) == killed
    desk.mono_ns += RELEASE_FROM_NS
    assert denial(desk.intent(kill("k2", on=False, code=code))) is None
    assert [type(record) for record in desk.journal[-1:]] == [KillSwitchSet]
    assert denial(desk.intent(an_intent("r2"))) is None


@pytest.mark.parametrize(
    ("after_ns", "is_in_time"),
    [
        (RELEASE_FROM_NS - 1, False),
        (RELEASE_FROM_NS, True),
        (RELEASE_WITHIN_NS, True),
        (RELEASE_WITHIN_NS + 1, False),
    ],
)
def test_second_act_comes_neither_at_once_nor_too_late(after_ns, is_in_time):
    desk = a_ready_desk()
    desk.intent(kill("k"))
    code = code_of(desk.intent(kill("k1", on=False)))
    desk.mono_ns += after_ns
    refused = Denial(rule=Rule.RELEASE_CODE, scope=f"account:{ACCOUNT}")
    assert denial(desk.intent(kill("k2", on=False, code=code))) == (None if is_in_time else refused)


def test_wrong_code_code_of_another_scope_and_code_of_another_run_release_nothing():
    desk = a_ready_desk()
    desk.intent(kill("k", scope=FIRM))
    desk.intent(kill("t", scope=TWAP))
    code = code_of(desk.intent(kill("k1", on=False, scope=FIRM)))
    desk.mono_ns += RELEASE_FROM_NS
    wrong = f"{(int(code) + 1) % 10_000:04}"
    for request_id, scope, given in (("a", FIRM, wrong), ("b", TWAP, code)):
        found = denial(desk.intent(kill(request_id, on=False, scope=scope, code=given)))
        assert found == Denial(rule=Rule.RELEASE_CODE, scope=str(scope))
    again = Desk(desk.journal)
    again.start()
    again.log_on()
    again.mono_ns = desk.mono_ns
    found = denial(again.intent(kill("c", on=False, scope=FIRM, code=code)))
    assert found == Denial(rule=Rule.RELEASE_CODE, scope="firm")


def test_the_status_tells_the_code_while_it_can_be_used():
    desk = a_ready_desk()
    desk.intent(kill("k"))
    asked = desk.intent(kill("k1", on=False))
    (status,) = [view for view in views(asked) if isinstance(view, StatusView)]
    assert status.release_code == code_of(asked)
    guards = desk.engine.core.state.guards
    assert guards.release_code(desk.mono_ns + RELEASE_WITHIN_NS) == status.release_code
    assert guards.release_code(desk.mono_ns + RELEASE_WITHIN_NS + 1) == ""


def test_reducing_lets_a_position_be_closed():
    desk = a_ready_desk()
    desk.intent(an_intent("r1"))
    desk.report(a_report(venue_seq=desk.next_seq))
    desk.report(a_fill(10, 10, desk.next_seq))
    desk.intent(state("s", TradingState.REDUCING))
    refused = denial(desk.intent(an_intent("r2")))
    assert refused == Denial(
        rule=Rule.REDUCING, figure=10, limit=0, unit=Unit.QTY, scope=f"account:{ACCOUNT}"
    )  # fmt: skip
    assert denial(desk.intent(an_intent("r3", side=Side.SELL, px=72_000))) is None
    assert denial(desk.intent(state("s2", TradingState.ACTIVE))) is None
    assert denial(desk.intent(an_intent("r4", qty=11))) is None


def rejected(desk, cl_ord_id):
    return desk.report(a_report(ExecType.REJECTED, desk.next_seq, cl_ord_id=cl_ord_id, reason_code=3))


def test_reject_storm_stops_the_account_by_itself_and_is_journaled():
    desk = a_ready_desk(limits=RiskLimits(rejects_per_minute=3, duplicate_window_ms=0))
    for number in range(1, 5):
        assert denial(desk.intent(an_intent(f"r{number}"))) is None
    tripped = [
        [record for record in records(rejected(desk, number)) if isinstance(record, TradingStateSet)]
        for number in (1, 2, 3)
    ]
    assert [len(found) for found in tripped] == [0, 0, 1]
    (halt,) = tripped[2]
    assert (halt.state, halt.cause, halt.detail) == (TradingState.HALTED, HaltCause.REJECT_STORM, "reject_storm 3/3")
    assert isinstance(desk.sent[-1], OrderCancelRequest)  # what still works is cancelled
    found = denial(desk.intent(an_intent("r5")))
    assert found == Denial(rule=Rule.HALTED, detail="reject_storm 3/3", scope=f"account:{ACCOUNT}")
    assert Desk(desk.journal).engine.state_hash == desk.engine.state_hash


def a_strategy_desk(**limits):
    scopes = (ScopeLimits(scope=TWAP, limits=RiskLimits(**limits)),)
    return a_ready_desk(scopes=scopes)


def test_strategy_whose_orders_never_fill_is_stopped_and_others_go_on():
    desk = a_strategy_desk(unfilled_orders_max=3, duplicate_window_ms=0)
    found = [denial(desk.intent(an_intent(f"r{number}", strategy="twap"))) for number in range(4)]
    assert [one and one.rule for one in found] == [None, None, None, Rule.HALTED]
    assert len([request for request in desk.sent if isinstance(request, OrderCancelRequest)]) == 3
    assert denial(desk.intent(an_intent("other"))) is None


def test_strategy_that_keeps_meeting_itself_is_stopped():
    desk = a_strategy_desk(self_crosses_per_minute=2, duplicate_window_ms=0)
    desk.intent(an_intent("r1"))
    desk.report(a_report(venue_seq=desk.next_seq))
    desk.report(a_fill(10, 10, desk.next_seq))
    desk.intent(an_intent("r2", px=70_900, strategy="twap"))
    sells = [denial(desk.intent(an_intent(f"s{n}", side=Side.SELL, px=70_900, strategy="twap"))) for n in range(3)]
    assert [one.rule for one in sells] == [Rule.SELF_TRADE, Rule.SELF_TRADE, Rule.HALTED]


@pytest.mark.parametrize(("most", "trips"), [(2_525, 0), (2_524, 1), (2_523, 1)])
def test_strategy_that_loses_too_much_within_a_minute_is_stopped(most, trips):
    """Ten shares bought at 71,000 and sold at 70,900: 1,000 won, a fee of 106 and a tax of 1,418 since the purchase."""
    desk = a_strategy_desk(loss_per_minute_max=most, duplicate_window_ms=0)
    desk.intent(an_intent("b", strategy="twap"))
    desk.report(a_fill(10, 10, desk.next_seq))
    desk.intent(an_intent("s", side=Side.SELL, px=70_900, strategy="twap"))
    sold = a_fill(10, 10, desk.next_seq, cl_ord_id=2, side=Side.SELL, px=70_900, last_px=70_900, exec_id=2)
    halts = [one for one in records(desk.report(sold)) if isinstance(one, TradingStateSet)]
    assert [(one.scope, one.cause, one.detail) for one in halts] == [
        (TWAP, HaltCause.LOSS_RATE, f"loss_rate 2524/{most}")
    ] * trips


def test_what_was_halted_while_the_venue_was_away_is_cancelled_when_it_is_back():
    desk = a_desk_with_two()
    desk.report(SessionDown(venue=VENUE, reason="tcp_lost"))
    assert cancelled(desk.intent(kill("k", scope=TWAP))) == []
    back = desk.log_on(reports=[a_report(ExecType.ORDER_STATUS, desk.next_seq, cl_ord_id=1)])
    assert cancelled(back) == [1]


def test_a_kill_switch_that_finds_no_number_on_disk_cancels_when_there_is_one():
    """A disk that is slow: the block of ids that the cancels need is not synced yet."""
    desk = a_ready_desk(id_block_size=2)
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", symbol=OTHER_SYMBOL))
    assert desk.engine.core.state.ids.usable == 0
    assert cancelled(desk.intent(kill("k"))) == []
    assert cancelled(desk.take(desk.engine.on_synced(2, *desk.at()))) == [1, 2]
