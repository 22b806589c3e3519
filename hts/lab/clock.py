"""The monotonic clock of one simulated machine: a little fast or slow, and it can jump ahead.

Real monotonic clocks never go back, but they drift against each other, and a machine that was suspended or starved
wakes up seconds later than it thinks.
"""

from hts.lab.schedule import Schedule

MILLION = 1_000_000


class Clock:
    """Times of one machine. `drift_ppm`: how many millionths it runs fast (slow below 0)."""

    def __init__(self, schedule: Schedule, drift_ppm: int = 0) -> None:
        assert abs(drift_ppm) < MILLION, drift_ppm
        self._schedule = schedule
        self._drift_ppm = drift_ppm
        self._begin_ns = schedule.mono_ns
        self._ahead_ns = 0

    def now(self) -> int:
        """The machine's monotonic time."""
        passed = self._schedule.mono_ns - self._begin_ns
        return self._begin_ns + passed + passed * self._drift_ppm // MILLION + self._ahead_ns

    def jump(self, ahead_ns: int) -> None:
        """It wakes up later than it thinks."""
        assert ahead_ns >= 0, ahead_ns
        self._ahead_ns += ahead_ns

    def schedule_ns(self, machine_ns: int) -> int:
        """When, in the time of the schedule, the machine's clock will show `machine_ns` or a moment more."""
        passed = machine_ns - self._begin_ns - self._ahead_ns
        rate = MILLION + self._drift_ppm
        return self._begin_ns + -(-passed * MILLION // rate)
