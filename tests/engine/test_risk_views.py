"""What terminals see of limits is what the guards hold."""

from hts.model.intents import SetKillSwitch
from hts.model.queries import RequestLatency, RequestRisk
from hts.model.scopes import FIRM, HaltCause, Scope, ScopeKind, TradingState
from hts.risk.limits import RiskLimits
from tests.engine.kit import a_ready_desk, replies
from tests.support.builders import ACCOUNT, SYMBOL, an_intent


def asked(desk):
    (view,) = replies(desk.engine.on_query(1, RequestRisk(), *desk.at()))
    return view


def scope_of(view, kind, name=""):
    return next(one for one in view.scopes if one.scope == Scope(kind=kind, name=name))


def test_use_of_limits_before_and_after_a_fill():
    desk = a_ready_desk()
    desk.intent(an_intent())
    account = scope_of(asked(desk), ScopeKind.ACCOUNT, ACCOUNT)
    used = {usage.name: (usage.figure, usage.limit, usage.is_breaker) for usage in account.usages}
    limits = desk.engine.core.state.guards.account(ACCOUNT).limits
    assert used["working_orders_max"] == (1, limits.working_orders_max, False)
    assert used["orders_per_second"] == (1, limits.orders_per_second, False)
    assert used["order_qty_max"] == (-1, limits.order_qty_max, False)
    assert used["rejects_per_minute"] == (0, limits.rejects_per_minute, True)
    assert "position_qty_max" not in used  # it is off
    assert (account.state, account.working) == (TradingState.ACTIVE, 1)
    assert scope_of(asked(desk), ScopeKind.SYMBOL, SYMBOL).working == 1


def test_what_is_at_stake_is_the_worse_side_of_all_that_is_open():
    desk = a_ready_desk()
    desk.intent(an_intent())
    guard = desk.engine.core.state.guards.account(ACCOUNT)
    (order,) = desk.engine.core.state.orders
    qty, gross, net = guard.exposure.at_stake(desk.engine.core)
    per_share = desk.engine.core.mark_px(SYMBOL)
    assert (qty, gross, net) == (order.order_qty, order.order_qty * per_share, order.order_qty * per_share)
    assert per_share > 0


def test_a_halt_stands_first_with_its_code_while_a_release_is_open():
    desk = a_ready_desk()
    desk.intent(an_intent())
    desk.intent(SetKillSwitch(request_id="k1", account=ACCOUNT, on=True, reason="test"))
    first = asked(desk).scopes[0]
    assert (first.scope.kind, first.state, first.cause, first.detail, first.release_code) == (
        ScopeKind.ACCOUNT, TradingState.HALTED, HaltCause.KILL_SWITCH, "test", "",
    )  # fmt: skip
    desk.intent(SetKillSwitch(request_id="k2", account=ACCOUNT, on=False))
    asked_for = asked(desk).scopes[0]
    assert len(asked_for.release_code) == 4
    assert asked_for.release_until_ns > desk.mono_ns
    desk.mono_ns = asked_for.release_until_ns + 1
    assert asked(desk).scopes[0].release_code == ""
    assert FIRM in {one.scope for one in asked(desk).scopes}


def test_latencies_tell_the_lines_health():
    desk = a_ready_desk()
    (view,) = replies(desk.engine.on_query(1, RequestLatency(), *desk.at()))
    (venue,) = view.venues
    assert (venue.venue, venue.sessions, venue.session_downs) == ("KRX", 1, 0)
    assert venue.next_in_seq == desk.next_seq


def test_a_named_scope_shows_what_is_off_too_and_is_not_kept_for_it():
    desk = a_ready_desk()
    scope = Scope(kind=ScopeKind.STRATEGY, name="new-one")
    before = desk.engine.state_hash
    (view,) = replies(desk.engine.on_query(1, RequestRisk(all_of=scope), *desk.at()))
    found = scope_of(view, ScopeKind.STRATEGY, "new-one")
    assert {usage.name for usage in found.usages} == set(RiskLimits.__struct_fields__)
    assert {usage.name: usage.limit for usage in found.usages}["order_qty_max"] == 0
    assert {usage.name for usage in found.usages if usage.grows_tighter} == {"duplicate_window_ms", "burst_window_ms"}
    assert desk.engine.state_hash == before
    assert all(one.scope != scope for one in asked(desk).scopes)
