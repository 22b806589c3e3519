"""Limits that loosen wait for the close, across restarts; another build in a running day is told, or stops the core."""

import pytest

from hts.engine.admission import content_of
from hts.engine.recovery import STATUS_TIMER
from hts.model.denials import Denial, Rule
from hts.model.enums import Phase
from hts.model.intents import SetLimits
from hts.model.quotes import PhaseUpdate
from hts.model.records_risk import LimitsSet, TradingStateSet
from hts.model.roles import Role
from hts.model.scopes import FIRM, HaltCause, Scope, ScopeKind, TradingState
from hts.model.views import NoticeView
from hts.risk.limits import RiskLimits, ScopeLimits
from tests.engine.kit import Desk, a_ready_desk, a_snapshot, records, replies, views
from tests.support.builders import ACCOUNT, TRADE_NS, an_intent

TWAP = Scope(kind=ScopeKind.STRATEGY, name="twap")


def rules_of(effects):
    return [view.denial and view.denial.rule for view in replies(effects)]


def enter(desk, request_id, qty):
    return rules_of(desk.intent(an_intent(request_id, qty=qty, px=70_000 + 100 * len(desk.journal) % 900)))[0]


def set_limits(desk, request_id, scope=None, **limits):
    return desk.intent(SetLimits(request_id=request_id, account=ACCOUNT, limits=limits, scope=scope))


def close_market(desk):
    desk.engine.core.home.market.change_phase(PhaseUpdate("", TRADE_NS, Phase.CLOSED, 0))
    return desk.take(desk.engine.on_timer(STATUS_TIMER, *desk.at()))


def open_market(desk):
    desk.engine.core.home.market.change_phase(PhaseUpdate("", TRADE_NS, Phase.CONTINUOUS, 0))


def a_desk(**fields):
    return a_ready_desk(limits=RiskLimits(order_qty_max=10, duplicate_window_ms=0), **fields)


def test_tightening_holds_at_once():
    desk = a_desk()
    set_limits(desk, "l", order_qty_max=9)
    assert [enter(desk, "a", 9), enter(desk, "b", 10)] == [None, Rule.QTY_LIMIT]


def test_loosening_waits_for_the_close_and_is_told():
    desk = a_desk()
    effects = set_limits(desk, "l", order_qty_max=20, working_orders_max=5)
    assert [record.is_queued for record in records(effects) if isinstance(record, LimitsSet)] == [False, True]
    told = [(view.key, view.detail) for view in views(effects) if isinstance(view, NoticeView)]
    assert ("notice.change_queued", f"account:{ACCOUNT} order_qty_max") in told
    assert [enter(desk, "a", 10), enter(desk, "b", 11)] == [None, Rule.QTY_LIMIT]
    assert [record.is_queued for record in records(close_market(desk)) if isinstance(record, LimitsSet)] == [False]
    open_market(desk)
    assert enter(desk, "c", 20) is None


def test_after_the_close_loosening_holds_at_once():
    desk = a_desk()
    close_market(desk)
    effects = set_limits(desk, "l", order_qty_max=20)
    assert [record.is_queued for record in records(effects) if isinstance(record, LimitsSet)] == [False]


def test_what_waits_survives_a_restart():
    desk = a_desk()
    set_limits(desk, "l", order_qty_max=20)
    again = Desk(desk.journal, limits=RiskLimits(order_qty_max=10, duplicate_window_ms=0))
    assert again.engine.state_hash == desk.engine.state_hash
    assert list(again.engine.core.state.guards.queued) == [Scope(kind=ScopeKind.ACCOUNT, name=ACCOUNT)]


def restarted(desk, **limits):
    """The core again, with other settings, in the same day of the venue."""
    again = Desk(desk.journal, limits=RiskLimits(duplicate_window_ms=0, **limits))
    again.start()
    again.take(again.engine.on_snapshot(a_snapshot(), *again.at()))
    again.log_on()
    return again


@pytest.mark.parametrize(("most", "allowed"), [(20, 10), (9, 9)])
def test_settings_that_changed_in_market_hours(most, allowed):
    """Looser ones wait; tighter ones hold."""
    again = restarted(a_desk(), order_qty_max=most)
    assert [enter(again, "a", allowed), enter(again, "b", allowed + 1)] == [None, Rule.QTY_LIMIT]
    close_market(again)
    open_market(again)
    assert [enter(again, "c", most), enter(again, "d", most + 1)] == [None, Rule.QTY_LIMIT]


def test_a_new_day_begins_with_the_new_settings():
    desk = a_desk()
    again = Desk(desk.journal, limits=RiskLimits(order_qty_max=20, duplicate_window_ms=0))
    again.start()
    again.take(again.engine.on_snapshot(a_snapshot(), *again.at()))
    again.log_on(epoch=2, venue_seq=1)
    assert [enter(again, "a", 20), enter(again, "b", 21)] == [None, Rule.QTY_LIMIT]


def test_a_scope_that_is_new_in_the_settings_is_no_way_around():
    """A strategy's breaker cannot be switched off by naming the strategy in the middle of the day."""
    desk = a_desk()
    off = ScopeLimits(scope=TWAP, limits=RiskLimits(unfilled_orders_max=0, loss_per_minute_max=0))
    again = Desk(desk.journal, limits=RiskLimits(order_qty_max=10, duplicate_window_ms=0), scopes=(off,))
    again.start()
    guard = again.engine.core.state.guards.of(TWAP)
    assert (guard.limits.unfilled_orders_max, guard.limits.loss_per_minute_max) == (500, 10_000_000)
    assert guard.limits.order_qty_max == 20_000  # what is tighter holds


def test_the_very_first_start_takes_the_settings_whole():
    off = ScopeLimits(scope=TWAP, limits=RiskLimits(unfilled_orders_max=0, loss_per_minute_max=0))
    desk = a_desk(scopes=(off,))
    assert desk.engine.core.state.guards.of(TWAP).limits == off.limits
    assert [(one.scope == TWAP, one.is_queued) for one in desk.journal if isinstance(one, LimitsSet)] == [
        (False, False),
        (True, False),
    ]


def queued(desk):
    return {str(scope): limits["order_qty_max"] for scope, limits in desk.engine.core.state.guards.queued.items()}


def test_a_limit_that_becomes_tighter_asks_for_nothing_and_stands_in_the_trail():
    desk = a_desk(paper=False)
    desk.log_in(1, "kim", Role.RISK_MANAGER)
    tighter = SetLimits(request_id="t", account=ACCOUNT, limits={"order_qty_max": 1})
    assert rules_of(desk.intent(tighter)) == [None]
    told = [(one.user, one.what, one.rule) for one, _ in desk.engine.core.authority.take_judged()]
    assert ("kim", content_of(tighter), "done") in told


def test_what_waits_stays_when_another_limit_becomes_tighter():
    desk = a_desk()
    set_limits(desk, "l", order_qty_max=20)
    set_limits(desk, "m", working_orders_max=5)
    assert queued(desk) == {f"account:{ACCOUNT}": 20}
    close_market(desk)
    open_market(desk)
    guard = desk.engine.core.state.guards.account(ACCOUNT)
    assert (guard.limits.order_qty_max, guard.limits.working_orders_max) == (20, 5)


def test_naming_what_holds_takes_back_what_waits():
    desk = a_desk()
    set_limits(desk, "l", order_qty_max=20)
    effects = set_limits(desk, "m", order_qty_max=10)
    assert (rules_of(effects), queued(desk)) == ([None], {})
    assert Desk(desk.journal, limits=desk.engine.core.config.limits).engine.state_hash == desk.engine.state_hash
    close_market(desk)
    assert desk.engine.core.state.guards.account(ACCOUNT).limits.order_qty_max == 10


def test_what_waits_is_replaced_by_another_wish():
    desk = a_desk()
    set_limits(desk, "l", order_qty_max=20)
    set_limits(desk, "m", order_qty_max=30)
    assert (queued(desk), rules_of(set_limits(desk, "n", order_qty_max=30))) == (
        {f"account:{ACCOUNT}": 30}, [Rule.NOTHING_TO_DO],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "rule"),
    [
        (ScopeKind.SYMBOL, "999999", Rule.UNKNOWN_SYMBOL),
        (ScopeKind.ACCOUNT, "nobody", Rule.UNKNOWN_ACCOUNT),
        (ScopeKind.VENUE, "LSE", Rule.UNKNOWN_VENUE),
        (ScopeKind.STRATEGY, "new-one", None),
        (ScopeKind.SYMBOL, "005930", None),
        (ScopeKind.VENUE, "KRX", None),
        (ScopeKind.FIRM, "", None),
    ],
)
def test_a_limit_of_something_that_is_not_there_is_refused(kind, name, rule):
    desk = a_desk()
    effects = set_limits(desk, "l", Scope(kind=kind, name=name), order_qty_max=5)
    assert rules_of(effects) == [rule]
    assert any(isinstance(record, LimitsSet) for record in records(effects)) is (rule is None)


def test_what_is_no_limit_is_refused():
    desk = a_desk()
    effects = set_limits(desk, "l", order_size=20)
    assert replies(effects)[0].denial == Denial(rule=Rule.NOTHING_TO_DO)


@pytest.mark.parametrize("paper", [True, False])
def test_another_build_in_a_running_day_is_told_and_stops_a_live_core(paper):
    desk = a_desk(config_hash="one", paper=paper)
    again = Desk(desk.journal, config_hash="two", paper=paper)
    again.start()
    again.take(again.engine.on_snapshot(a_snapshot(), *again.at()))
    again.log_on()
    halts = [record for record in again.journal if isinstance(record, TradingStateSet)]
    if paper:
        assert halts == []
    else:
        assert [(halt.scope, halt.state, halt.cause) for halt in halts] == [
            (FIRM, TradingState.HALTED, HaltCause.CHANGE_FREEZE)
        ]
        assert halts[0].detail == "test one -> test two"
        again.open_day()
        assert enter(again, "a", 1) is Rule.HALTED


def test_the_same_build_again_is_no_change():
    desk = a_desk(config_hash="one", paper=False)
    again = Desk(desk.journal, config_hash="one", paper=False, limits=desk.engine.core.config.limits)
    again.start()
    again.log_on()
    assert not any(isinstance(record, TradingStateSet) for record in again.journal)
