"""Breakers at the limit less one, at the limit, and after the release."""

from hts.model.enums import Side
from hts.model.scopes import HaltCause, ScopeKind, TradingState
from hts.risk.guard import Trip
from hts.risk.guards import Guards, HouseLimits
from hts.risk.limits import DEFAULTS
from tests.risk.kit import KEY, MARKS, OF_STRATEGY, a_guard
from tests.support.builders import SYMBOL

SECOND = 1_000_000_000
MINUTE = 60 * SECOND


def test_reject_storm_is_a_hundred_in_a_minute():
    assert DEFAULTS[ScopeKind.ACCOUNT].rejects_per_minute == DEFAULTS[ScopeKind.STRATEGY].rejects_per_minute == 100
    guard = a_guard(rejects_per_minute=100)
    for number in range(99):
        guard.note_reject(number)
    assert guard.trip(99) is None
    guard.note_reject(99)
    storm = Trip(scope=guard.scope, cause=HaltCause.REJECT_STORM, figure=100, limit=100)
    assert guard.trip(99) == storm
    assert guard.trip(MINUTE - 1) == storm
    assert guard.trip(MINUTE) is None


def test_orders_without_a_fill():
    guard = a_guard(OF_STRATEGY, unfilled_orders_max=3)
    found = []
    for number in range(3):
        guard.note_order(KEY, number)
        found.append(guard.trip(number))
    assert found == [None, None, Trip(scope=OF_STRATEGY, cause=HaltCause.UNFILLED_ORDERS, figure=3, limit=3)]
    guard.note_fill(0, 4)
    assert guard.trip(5) is None


def test_loss_within_a_minute():
    guard = a_guard(OF_STRATEGY, loss_per_minute_max=1_000)
    guard.note_fill(500, 0)
    guard.note_fill(-499, 30 * SECOND)
    assert guard.trip(30 * SECOND) is None
    guard.note_fill(-500, 40 * SECOND)
    assert guard.trip(40 * SECOND) == Trip(scope=OF_STRATEGY, cause=HaltCause.LOSS_RATE, figure=1_000, limit=1_000)


def test_a_minute_is_sixty_seconds_back_and_no_more():
    for second, figure in ((59, 1_000), (60, 1_000), (61, None)):
        guard = a_guard(OF_STRATEGY, loss_per_minute_max=1_000)
        guard.note_fill(500, 0)
        guard.note_fill(-500, second * SECOND)
        found = guard.trip(second * SECOND)
        assert (found.figure if found else None) == figure, second


def test_slow_loss_does_not_trip():
    guard = a_guard(OF_STRATEGY, loss_per_minute_max=1_000)
    for minute in range(10):
        guard.note_fill(-600 * minute, minute * 2 * MINUTE)
        assert guard.trip(minute * 2 * MINUTE) is None


def test_loss_of_fills_is_found_by_the_guards_themselves():
    """Buy high, sell low, ten at a time: 1,000 won lost per round."""
    limits = DEFAULTS[ScopeKind.STRATEGY]
    guards = Guards(HouseLimits(), MARKS.in_house)
    rounds = 0
    while not guards.trips((OF_STRATEGY,), SECOND):
        for side, px in ((Side.BUY, 70_100), (Side.SELL, 70_000)):
            guards.book_fill((OF_STRATEGY,), SYMBOL, "KRW", side=side, px=px, qty=10_000, costs=0, mono_ns=SECOND)
        rounds += 1
    assert rounds * 1_000_000 == limits.loss_per_minute_max


def test_repeated_self_cross():
    guard = a_guard(OF_STRATEGY, self_crosses_per_minute=2)
    guard.note_self_cross(1)
    assert guard.trip(1) is None
    guard.note_self_cross(2)
    assert guard.trip(2) == Trip(scope=OF_STRATEGY, cause=HaltCause.SELF_CROSS, figure=2, limit=2)


def test_a_halted_scope_does_not_trip_again_and_a_release_begins_anew():
    guard = a_guard(rejects_per_minute=2, self_crosses_per_minute=2, unfilled_orders_max=2, loss_per_minute_max=2)
    for number in (1, 2):
        guard.note_order(KEY, number)
        guard.note_reject(number)
        guard.note_self_cross(number)
    assert guard.trip(2).cause is HaltCause.REJECT_STORM
    guard.set_state(TradingState.HALTED, HaltCause.REJECT_STORM, "2")
    assert guard.trip(3) is None
    guard.set_state(TradingState.ACTIVE, HaltCause.NONE, "")
    assert guard.trip(3) is None


def test_zero_switches_a_breaker_off():
    guard = a_guard()
    for number in range(1_000):
        guard.note_order(KEY, number)
        guard.note_reject(number)
        guard.note_self_cross(number)
    guard.note_fill(-(10**12), 1_000)
    assert guard.trip(1_000) is None


def test_a_new_process_has_a_new_clock():
    guard = a_guard(rejects_per_minute=2, loss_per_minute_max=5)
    guard.note_reject(10**15)
    guard.note_reject(10**15)
    guard.note_fill(-1, 10**15)
    guard.start_run()
    assert guard.trip(5) is None
    guard.note_fill(-4, 5)
    assert guard.trip(5) is None
