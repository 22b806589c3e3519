from hypothesis import given
from hypothesis import strategies as st

from hts.model.enums import OrdType, Side
from hts.model.scopes import HaltCause, Scope, ScopeKind, TradingState
from hts.risk.guard import Guard
from hts.risk.limits import RiskLimits
from hts.risk.throttle import SECOND_NS, RateWindow, RecentOrders

KEY = ("005930", Side.BUY, OrdType.LIMIT, 100, 1)
OTHER = ("005930", Side.SELL, OrdType.LIMIT, 100, 1)


def test_window_slides():
    window = RateWindow(2)
    window.note(0)
    window.note(10)
    assert [window.allows(t) for t in (SECOND_NS - 1, SECOND_NS, SECOND_NS + 9)] == [False, True, True]
    window.note(SECOND_NS)
    assert [window.allows(t) for t in (SECOND_NS + 9, SECOND_NS + 10)] == [False, True]


def test_limit_of_zero_allows_all():
    window = RateWindow(0)
    window.note(5)
    assert window.allows(5)


def test_recent_orders_find_the_newest_of_the_same():
    recent = RecentOrders()
    recent.note(KEY, 100)
    recent.note(KEY, 150)
    recent.note(OTHER, 180)
    assert [recent.age_ns(KEY, now, 50) for now in (190, 199, 200)] == [40, 49, None]


def test_recent_orders_are_bounded():
    recent = RecentOrders()
    for n in range(1_000):
        recent.note(("s", Side.BUY, OrdType.LIMIT, n, 1), 0)
    assert len(recent.state) == 64


def test_window_says_when_it_is_free():
    window = RateWindow(2)
    for mono_ns in (0, 10):
        window.note(mono_ns)
    assert [window.free_ns(t) for t in (20, SECOND_NS, SECOND_NS + 5)] == [SECOND_NS, SECOND_NS, SECOND_NS + 5]
    assert [window.count(t) for t in (20, SECOND_NS, SECOND_NS + 10)] == [2, 1, 0]


def test_new_run_starts_with_an_empty_memory_but_keeps_the_kill_switch():
    guard = Guard(Scope(kind=ScopeKind.ACCOUNT, name="A1"), RiskLimits())
    guard.note_order(KEY, 5)
    guard.note_amend(6)
    guard.set_state(TradingState.HALTED, HaltCause.KILL_SWITCH, "r")
    assert guard.rate.state == (5, 6)
    guard.start_run()
    assert (guard.rate.state, guard.recent.state, guard.is_killed, guard.kill_reason) == ((), (), True, "r")


@given(gaps=st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=80), wait=st.integers(0, 50))
def test_burst_counts_what_a_walk_over_everything_counts(gaps, wait):
    recent, sent, now = RecentOrders(), [], 0
    for gap, is_same in gaps:
        now += gap
        key = KEY if is_same else OTHER
        recent.note(key, now)
        sent.append((now, key))
    now += wait
    assert recent.count(KEY, now, 100) == sum(key == KEY and now - at < 100 for at, key in sent[-64:])
