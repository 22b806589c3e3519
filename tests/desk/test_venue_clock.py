from hts.desk.venue_clock import RESTART_NS, VenueClock

S = 1_000_000_000


def test_runs_on_between_messages():
    clock = VenueClock()
    assert (clock.is_known, clock.now(5)) == (False, 0)
    clock.told(100 * S, 10 * S)
    assert clock.now(12 * S) == 102 * S


def test_runs_at_the_venues_speed():
    clock = VenueClock()
    clock.told(100 * S, 10 * S, 60_000)
    assert clock.now(11 * S) == 160 * S


def test_a_message_that_was_on_its_way_does_not_turn_it_back():
    clock = VenueClock()
    clock.told(100 * S, 10 * S)
    clock.told(101 * S, 12 * S)
    assert clock.now(12 * S) == 102 * S


def test_a_change_of_speed_keeps_the_time():
    clock = VenueClock()
    clock.told(100 * S, 10 * S, 1000)
    clock.told(101 * S, 12 * S, 2000)
    assert clock.now(13 * S) == 104 * S


def test_a_new_day_is_followed_back():
    clock = VenueClock()
    clock.told(10 * RESTART_NS, 0)
    clock.told(RESTART_NS, S)
    assert clock.now(S) == RESTART_NS
