"""The growing delay of failed logins."""

import pytest

from hts.auth.lockout import BASE_NS, DELAY_NS_MAX, FREE, FRESH, Lockout, failed, succeeded


def test_three_failures_are_free_and_then_each_doubles_the_wait_up_to_a_quarter_of_an_hour():
    waits, lockout, now = [], FRESH, 0
    for _ in range(14):
        lockout = failed(lockout, now)
        waits.append(lockout.wait_ns(now) // BASE_NS)
        now += lockout.wait_ns(now)
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert Lockout(failures=10**9).delay_ns == DELAY_NS_MAX


def test_a_success_forgets_all_failures():
    assert succeeded(Lockout(failures=9, since_ns=5)) == FRESH


def test_a_try_while_waiting_must_not_be_looked_at():
    lockout = Lockout(failures=FREE, since_ns=100)
    with pytest.raises(AssertionError):
        failed(lockout, 101)
    assert lockout.wait_ns(100 + BASE_NS - 1) == 1
    assert failed(lockout, 100 + BASE_NS).failures == FREE + 1


def test_a_clock_set_back_makes_no_wait_longer_than_the_wait():
    assert Lockout(failures=FREE, since_ns=10**18).wait_ns(0) == BASE_NS
