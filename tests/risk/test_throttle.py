from hts.model.enums import OrdType, Side
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


def test_new_run_starts_with_an_empty_memory_but_keeps_the_kill_switch():
    guard = Guard(RiskLimits())
    guard.note_order(KEY, 5)
    guard.note_amend(6)
    guard.set_kill_switch(on=True, reason="why")
    assert (guard.rate.state, len(guard.recent.state)) == ((5, 6), 1)
    guard.start_run()
    assert (guard.rate.state, guard.recent.state, guard.is_killed, guard.kill_reason) == ((), (), True, "why")
