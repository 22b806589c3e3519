import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.sim.venue_clock import VenueClock


def test_venue_time_starts_where_it_is_told_and_runs_at_its_speed():
    clock = VenueClock(1000, 20_000)
    assert [clock.trade_ns(mono_ns) for mono_ns in (500, 501, 600)] == [1000, 1020, 3000]


def test_it_never_runs_backwards():
    clock = VenueClock(1000)
    assert [clock.trade_ns(mono_ns) for mono_ns in (500, 600, 550)] == [1000, 1100, 1100]


def test_an_unstarted_clock_cannot_say_when():
    with pytest.raises(AssertionError, match="started"):
        VenueClock(1000).mono_ns(2000)


@given(st.integers(1, 1_000_000), st.integers(0, 10**15), st.integers(0, 10**15))
def test_a_timer_set_for_a_venue_time_fires_neither_early_nor_late(speed_milli, begin_ns, ahead_ns):
    clock = VenueClock(10**18, speed_milli)
    clock.trade_ns(begin_ns)
    due_ns = clock.mono_ns(10**18 + ahead_ns)
    assert VenueClock.trade_ns(clock, due_ns) >= 10**18 + ahead_ns
    again = VenueClock(10**18, speed_milli)
    again.trade_ns(begin_ns)
    assert ahead_ns == 0 or again.trade_ns(due_ns - 1) < 10**18 + ahead_ns
