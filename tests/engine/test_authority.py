"""Who may do what on a core that trades live: every intent of a client that has not proved enough is refused, and what
was proved counts for that client, that act, once, for a while.
"""

import msgspec
import pytest

from hts.engine.authority import JUDGED_MAX, PROPOSALS_MAX, TOUCH_NS, TOUCHES_MAX, Authority, digest
from hts.model.conditional import WatchTerms
from hts.model.denials import Rule
from hts.model.enums import DisconnectPolicy, ExecType, Side
from hts.model.intents import (
    AckAlert,
    AmendWork,
    ApproveAct,
    CancelAll,
    CancelLast,
    CancelOrder,
    ControlWork,
    Flatten,
    Intent,
    NewOrder,
    PlaceConditionals,
    ReplaceOrder,
    RouteOrder,
    SetDisconnectPolicy,
    SetKillSwitch,
    SetLimits,
    SetTradingState,
    StartAlgo,
    StartBasket,
    StartQuoting,
    WatchHoldings,
)
from hts.model.queries import RequestRoute
from hts.model.records_risk import LimitsSet
from hts.model.requests import NewOrderSingle, OrderCancelRequest
from hts.model.roles import APPROVAL_NS_MAX, PERMISSIONS, Permission, Role
from hts.model.routing import RouteRequest
from hts.model.scopes import FIRM, Scope, ScopeKind, TradingState
from hts.model.session import ProposalView, TouchView
from hts.model.work import WorkAct
from hts.risk.limits import RiskLimits
from tests.engine.kit import Desk, a_ready_desk, a_snapshot, records, replies, requests, views
from tests.support.builders import ACCOUNT, DATE, SYMBOL, a_cancel_intent, a_report, an_intent

OF = {"account": ACCOUNT}


def route(request_id):
    request = RouteRequest(side=Side.BUY, px=71_000, qty=10)
    return RouteOrder(request_id=request_id, symbol=SYMBOL, request=request, **OF)


INTENTS = {
    NewOrder: an_intent,
    CancelOrder: lambda r: a_cancel_intent(1, r),
    ReplaceOrder: lambda r: ReplaceOrder(request_id=r, cl_ord_id=1, px=70_000, qty=10, **OF),
    CancelAll: lambda r: CancelAll(request_id=r, **OF),
    CancelLast: lambda r: CancelLast(request_id=r, **OF),
    Flatten: lambda r: Flatten(request_id=r, symbol=SYMBOL, **OF),
    SetKillSwitch: lambda r: SetKillSwitch(request_id=r, on=True, **OF),
    SetTradingState: lambda r: SetTradingState(request_id=r, state=TradingState.HALTED, **OF),
    SetLimits: lambda r: SetLimits(request_id=r, limits={"order_qty_max": 1}, **OF),
    AckAlert: lambda r: AckAlert(request_id=r, alert_id=1, **OF),
    SetDisconnectPolicy: lambda r: SetDisconnectPolicy(request_id=r, policy=DisconnectPolicy.CANCEL, **OF),
    RouteOrder: route,
    StartAlgo: None,  # built like a routed order; its fields are many
    PlaceConditionals: lambda r: PlaceConditionals(request_id=r, orders=(), **OF),
    WatchHoldings: lambda r: WatchHoldings(request_id=r, terms=WatchTerms(loss_ppm=1), **OF),
    StartBasket: lambda r: StartBasket(request_id=r, lines=(), **OF),
    StartQuoting: None,  # as above
    ControlWork: lambda r: ControlWork(request_id=r, work_id=1, act=WorkAct.CANCEL, **OF),
    AmendWork: lambda r: AmendWork(request_id=r, work_id=1, px=1, **OF),
    ApproveAct: lambda r: ApproveAct(request_id=r, proposal_id=1, **OF),
}


def a_live_desk(**fields):
    return a_ready_desk(paper=False, **fields)


def rule(effects):
    denial = replies(effects)[0].denial
    return denial.rule if denial is not None else None


def touch_of(effects):
    return next(view for view in replies(effects) if isinstance(view, TouchView))


def touch(desk, client, effects):
    desk.take(desk.engine.on_touch(client, touch_of(effects).act, *desk.at()))


def raise_limit(request_id="l", qty=100_000, **fields):
    return SetLimits(request_id=request_id, limits={"order_qty_max": qty}, **OF, **fields)


def release(request_id="k", **fields):
    return SetKillSwitch(request_id=request_id, on=False, **OF, **fields)


def test_every_kind_of_intent_is_listed_here():
    assert set(INTENTS) == set(Intent.__subclasses__())


@pytest.mark.parametrize("kind", [kind for kind, make in INTENTS.items() if make is not None])
def test_nobody_may_do_nothing_on_a_live_core(kind):
    desk = a_live_desk()
    before = len(desk.journal)
    effects = desk.intent(INTENTS[kind]("r"))
    assert (rule(effects), requests(effects), len(desk.journal)) == (Rule.NOT_LOGGED_IN, [], before)
    # Kept nowhere: after a login the same request id is a new request.
    assert desk.engine.core.state.outcomes.find(ACCOUNT, "r") is None


@pytest.mark.parametrize("kind", [kind for kind, make in INTENTS.items() if make is not None])
def test_a_locked_session_may_do_nothing_until_it_is_unlocked(kind):
    desk = a_live_desk()
    desk.open_day()
    desk.engine.on_lock(1, is_locked=True)
    assert rule(desk.intent(INTENTS[kind]("r"))) is Rule.SESSION_LOCKED
    desk.engine.on_lock(1, is_locked=False)
    assert rule(desk.intent(INTENTS[kind]("r"))) is not Rule.SESSION_LOCKED


def test_a_paper_core_asks_for_nothing_and_a_shared_one_asks_like_a_live_one():
    assert rule(a_ready_desk().intent(an_intent())) is None
    assert rule(a_ready_desk(login_required=True).intent(an_intent())) is Rule.NOT_LOGGED_IN


def test_nobody_is_told_nothing():
    desk = a_live_desk()
    query = RequestRoute(work_id=1)
    assert desk.engine.on_query(1, query, *desk.at()) == ()
    desk.log_in(1, "vera", Role.VIEWER)
    assert a_ready_desk().engine.on_query(1, query, *desk.at()) == desk.engine.on_query(1, query, *desk.at())


def test_the_first_order_of_the_day_asks_for_a_touch_and_the_next_does_not():
    desk = a_live_desk()
    desk.log_in()
    effects = desk.intent(an_intent("a"))
    assert (rule(effects), touch_of(effects).act) == (Rule.STEP_UP, f"first-order:{DATE}")
    assert rule(desk.intent(an_intent("a"))) is Rule.STEP_UP  # asking again changes nothing
    touch(desk, 1, effects)
    sent = [requests(desk.intent(an_intent(name))) for name in "ab"]
    assert [type(one) for batch in sent for one in batch] == [NewOrderSingle, NewOrderSingle]


def test_cancels_and_the_kill_switch_need_a_session_and_no_touch():
    desk = a_live_desk()
    desk.open_day()
    desk.intent(an_intent("a"))
    desk.report(a_report(ExecType.NEW, venue_seq=desk.next_seq))
    desk.log_in(2, "lee")  # has touched nothing today
    assert rule(desk.intent(an_intent("b"), client=2)) is Rule.STEP_UP
    cancel = desk.intent(a_cancel_intent(1, "c"), client=2)
    assert [type(one) for one in requests(cancel)] == [OrderCancelRequest]
    assert rule(desk.intent(SetKillSwitch(request_id="k", on=True, **OF), client=2)) is None


def test_a_touch_serves_the_user_who_touched_on_the_client_that_was_asked():
    desk = a_live_desk()
    desk.log_in(1, "kim")
    desk.log_in(2, "lee")
    asked = touch_of(desk.intent(an_intent("a"), client=1)).act
    assert desk.engine.on_touch(2, asked, *desk.at()) == ()  # nobody asked lee
    assert rule(desk.intent(an_intent("b"), client=2)) is Rule.STEP_UP
    desk.take(desk.engine.on_touch(1, asked, *desk.at()))
    assert rule(desk.intent(an_intent("b"), client=2)) is Rule.STEP_UP
    assert rule(desk.intent(an_intent("a"), client=1)) is None


def test_a_touch_that_comes_too_late_or_unasked_counts_for_nothing():
    desk = a_live_desk()
    desk.log_in()
    assert desk.engine.on_touch(1, f"first-order:{DATE}", *desk.at()) == ()
    asked = desk.intent(an_intent("a"))
    desk.mono_ns += TOUCH_NS
    touch(desk, 1, asked)
    assert rule(desk.intent(an_intent("a"))) is Rule.STEP_UP


def test_the_intents_user_is_the_sessions_whatever_the_client_wrote():
    desk = a_live_desk()
    desk.open_day()
    (entered, *_) = [one for one in records(desk.intent(an_intent("a", user="somebody"))) if hasattr(one, "user")]
    assert entered.user == "kim"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("intent", "need"),
    [
        (an_intent("r"), Permission.TRADE),
        (route("r"), Permission.ALGO),
        (CancelAll(request_id="r", **OF), Permission.CANCEL),
        (ControlWork(request_id="r", work_id=1, act=WorkAct.PAUSE, **OF), Permission.CANCEL),
        (ControlWork(request_id="r", work_id=1, act=WorkAct.RESUME, **OF), Permission.ALGO),
        (SetKillSwitch(request_id="r", on=True, **OF), Permission.ENGAGE_KILL),
        (release("r"), Permission.RELEASE_KILL),
        (raise_limit("r"), Permission.RAISE_LIMITS),
        (SetLimits(request_id="r", limits={"order_qty_max": 1}, **OF), Permission.ENGAGE_KILL),
        (SetTradingState(request_id="r", state=TradingState.REDUCING, **OF), Permission.ENGAGE_KILL),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Intent) else str(getattr(value, "value", value)),
)
def test_each_role_may_what_the_table_says_and_nothing_else(role, intent, need):
    desk = a_live_desk()
    desk.log_in(1, "kim", role)
    assert (rule(desk.intent(intent)) is not Rule.NO_PERMISSION) == (need in PERMISSIONS[role])


def test_ending_what_narrows_a_scope_is_a_release():
    desk = a_live_desk()
    desk.log_in(1)
    narrow = SetTradingState(request_id="a", state=TradingState.REDUCING, **OF)
    desk.intent(narrow)
    wide = SetTradingState(request_id="b", state=TradingState.ACTIVE, code="1234", **OF)
    assert rule(desk.intent(wide)) is Rule.NO_PERMISSION
    desk.log_in(2, "risk", Role.RISK_MANAGER)
    assert rule(desk.intent(wide, client=2)) is Rule.STEP_UP  # a code that nobody gave excuses nothing


def test_a_session_of_one_account_reaches_no_other():
    desk = a_live_desk()
    desk.log_in(1, account=ACCOUNT)
    assert rule(desk.intent(CancelAll(request_id="a", account="other"))) is Rule.NO_PERMISSION
    assert rule(desk.intent(SetKillSwitch(request_id="b", on=True, scope=FIRM, **OF))) is Rule.NO_PERMISSION
    own = Scope(kind=ScopeKind.ACCOUNT, name=ACCOUNT)
    assert rule(desk.intent(SetKillSwitch(request_id="c", on=True, scope=own, **OF))) is None


def two_risk_managers(**fields):
    desk = a_live_desk(**fields)
    desk.log_in(1, "kim", Role.RISK_MANAGER)
    desk.log_in(2, "lee", Role.RISK_MANAGER)
    desk.log_in(3, "park", Role.TRADER)
    return desk


def proposed(desk, intent):
    """The first person proposes it; the proposal as terminals see it."""
    touch(desk, 1, desk.intent(intent))
    effects = desk.intent(intent)
    assert rule(effects) is Rule.SECOND_PERSON
    (view,) = [one for one in views(effects) if isinstance(one, ProposalView)]
    return view


def approval(view, request_id="y", **fields):
    return ApproveAct(request_id=request_id, proposal_id=view.proposal_id, **{"content": view.content, **OF, **fields})


def approved(desk, view, client=2, request_id="y"):
    touch(desk, client, desk.intent(approval(view, request_id), client=client))
    return desk.intent(approval(view, request_id), client=client)


def limit_in_force(desk):
    return desk.engine.core.state.guards.account(ACCOUNT).limits.order_qty_max


def test_raising_a_limit_takes_two_persons_and_a_touch_of_each():
    desk = two_risk_managers(limits=RiskLimits(duplicate_window_ms=0, order_qty_max=10))
    view = proposed(desk, raise_limit())
    assert limit_in_force(desk) == 10
    assert (view.user, view.content) == (
        "kim",
        '{"account":"8801-2745-01","limits":{"order_qty_max":100000},"type":"set_limits"}',
    )
    effects = approved(desk, view)
    made = [record for record in records(effects) if isinstance(record, LimitsSet)]
    assert [record.user for record in made] == ["kim+lee"]
    outcomes = [(view.request_id, view.accepted) for view in replies(effects)]
    assert outcomes == [("l", True), ("y", True)]  # the proposer hears it, and so does who approved
    assert [one.is_open for one in views(effects) if isinstance(one, ProposalView)] == [False]
    assert rule(desk.intent(approval(view), client=2)) is Rule.NOTHING_TO_DO  # once


@pytest.mark.parametrize(
    ("client", "fields", "expected"),
    [
        (1, {}, Rule.SECOND_PERSON),
        (3, {}, Rule.NO_PERMISSION),
        (2, {"content": "something else"}, Rule.SECOND_PERSON),
        (2, {"proposal_id": 99}, Rule.NOTHING_TO_DO),
    ],
    ids=["same person", "trader", "other content", "unknown"],
)
def test_who_may_not_approve(client, fields, expected):
    desk = two_risk_managers()
    view = proposed(desk, raise_limit())
    asked = msgspec.structs.replace(approval(view), **fields)
    assert rule(desk.intent(asked, client=client)) is expected


def test_what_two_persons_did_is_told_to_the_trail_with_both_their_names():
    desk = two_risk_managers()
    view = proposed(desk, raise_limit())
    approved(desk, view)
    told = [(one.user, one.what, one.rule) for one, _ in desk.engine.core.authority.take_judged()]
    assert (("kim+lee", view.content, "done") in told) is True


def test_a_proposal_grows_old_and_can_be_declined():
    desk = two_risk_managers()
    view = proposed(desk, raise_limit())
    effects = desk.intent(approval(view, agree=False), client=2)
    assert ([one.is_open for one in views(effects)], replies(effects)[0].accepted) == ([False], True)
    view = proposed(desk, raise_limit())
    desk.mono_ns += APPROVAL_NS_MAX
    assert rule(desk.intent(approval(view), client=2)) is Rule.NOTHING_TO_DO


def test_a_touch_for_one_limit_does_not_raise_another_and_serves_once():
    desk = two_risk_managers(four_eyes=False, limits=RiskLimits(duplicate_window_ms=0, order_qty_max=10))
    touch(desk, 1, desk.intent(raise_limit("a", 20)))
    assert rule(desk.intent(raise_limit("b", 2_000_000))) is Rule.STEP_UP
    assert rule(desk.intent(raise_limit("a", 20))) is None
    assert rule(desk.intent(raise_limit("c", 20))) is not None  # used up, and nothing left to do


def test_a_halt_ends_by_two_persons_and_then_by_the_code_that_both_saw():
    desk = two_risk_managers()
    desk.intent(SetKillSwitch(request_id="on", on=True, **OF), client=3)
    view = proposed(desk, release("r"))
    effects = approved(desk, view)
    assert desk.engine.core.state.guards.account(ACCOUNT).is_halted
    code = next(one.detail.split()[-1] for one in views(effects) if getattr(one, "key", "") == "notice.kill_release")
    desk.mono_ns += 1_000_000_000
    assert rule(desk.intent(release("s", code="0000" if code != "0000" else "0001"))) is Rule.STEP_UP
    assert rule(desk.intent(release("t", code=code), client=3)) is Rule.NO_PERMISSION
    assert rule(desk.intent(release("u", code=code))) is None
    assert not desk.engine.core.state.guards.account(ACCOUNT).is_halted


def test_work_out_of_a_journal_sleeps_until_somebody_opens_the_day():
    before = a_live_desk()
    before.open_day()
    effects = before.intent(route("w"))
    assert [type(one) for one in requests(effects)] == [NewOrderSingle]
    # The core dies with its child still on the way; the venue never saw it. A journal brought back starts nothing.
    again = Desk(before.journal, paper=False, limits=before.engine.core.config.limits)
    again.start()
    again.take(again.engine.on_snapshot(a_snapshot(), *again.at()))
    again.sent.clear()
    again.log_on()
    again.take(again.engine.on_timer("work", *again.at()))
    assert not any(isinstance(request, NewOrderSingle) for request in again.sent)
    assert [work.is_over for work in again.engine.core.state.works] == [False]
    again.open_day()
    assert any(isinstance(request, NewOrderSingle) for request in again.sent)


def test_limits_of_a_role_hold_for_its_users_from_their_first_login():
    desk = a_live_desk(role_limits={"trader": RiskLimits(duplicate_window_ms=0, order_qty_max=5)})
    desk.open_day()
    assert rule(desk.intent(an_intent("a", qty=6))) is Rule.QTY_LIMIT
    assert rule(desk.intent(an_intent("b", qty=5))) is None
    again = Desk(desk.journal, paper=False, limits=desk.engine.core.config.limits)
    user = Scope(kind=ScopeKind.USER, name="kim")
    assert again.engine.core.state.guards.in_force(user).order_qty_max == 5
    assert desk.engine.state_hash == again.engine.state_hash


def test_who_leaves_has_proved_nothing_any_more():
    desk = a_live_desk()
    desk.open_day()
    desk.engine.on_logout(1)
    assert rule(desk.intent(an_intent("a"))) is Rule.NOT_LOGGED_IN


def test_what_strangers_ask_for_is_counted_and_bounded():
    authority = Authority(asks_login=True, four_eyes=True)
    for number in range(JUDGED_MAX * 2):
        authority.note(number, "new", "not_logged_in")
    authority.note(0, "new", "not_logged_in")
    taken = list(authority.take_judged())
    assert (len(taken), taken[0][1], list(authority.take_judged())) == (JUDGED_MAX, 2, [])
    desk = a_live_desk()
    desk.log_in(1, "kim", Role.RISK_MANAGER)
    for number in range(TOUCHES_MAX * 3):
        touch(desk, 1, desk.intent(raise_limit(qty=10**6 + number)))
        desk.intent(raise_limit(qty=10**6 + number))
    assert len(desk.engine.core.authority.waiting(desk.mono_ns)) == PROPOSALS_MAX
    for number in range(TOUCHES_MAX * 3):
        desk.intent(raise_limit(qty=2 * 10**6 + number))
    assert len(desk.engine.core.authority._asked) == TOUCHES_MAX


def test_the_same_act_has_the_same_digest_whoever_sends_it_whenever():
    one = raise_limit("a")
    assert digest(one) == digest(msgspec.structs.replace(one, request_id="b", key_ns=5, user="x"))
    assert digest(one) != digest(raise_limit("a", 2))
