"""The machine's clocks."""

import time

from hts.io.clock import SystemClock


def test_monotonic_time_never_goes_back():
    clock = SystemClock()
    readings = [clock.mono_ns() for _ in range(100)]
    assert readings == sorted(readings)


def test_wall_time_is_nanoseconds_utc():
    before = time.time_ns()
    reading = SystemClock().wall_ns()
    assert before <= reading <= time.time_ns()
