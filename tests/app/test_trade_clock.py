"""The venue's time as the core knows it."""

from hts.app.trade_clock import JUMP_NS, TradeClock

S = 1_000_000_000


def test_time_stands_still_until_the_venue_speaks():
    clock = TradeClock(1000)
    assert (clock.at(0), clock.at(50 * S), clock.speed_milli) == (1000, 1000, 0)


def test_time_runs_from_the_anchor_at_the_venues_speed():
    clock = TradeClock(0)
    clock.anchor(100 * S, 7 * S, 20_000)
    assert [clock.at(7 * S), clock.at(8 * S), clock.at(9 * S)] == [100 * S, 120 * S, 140 * S]


def test_a_packet_that_is_a_little_old_moves_nothing():
    clock = TradeClock(0)
    clock.anchor(100 * S, 0, 1000)
    clock.follow(101 * S - JUMP_NS, 1 * S)
    assert clock.at(1 * S) == 101 * S


def test_a_jump_of_the_venues_clock_is_followed():
    clock = TradeClock(0)
    clock.anchor(100 * S, 0, 1000)
    clock.follow(90_000 * S, 1 * S)
    assert clock.at(2 * S) == 90_001 * S


def test_at_twenty_times_the_speed_a_packet_may_be_twenty_times_as_old():
    clock = TradeClock(0)
    clock.anchor(100 * S, 0, 20_000)
    clock.follow(120 * S - 20 * JUMP_NS, 1 * S)
    assert clock.at(1 * S) == 120 * S
