"""The venue's clock: venue time as a straight line over the machine's monotonic time.

The venue's day does not depend on the hour on the wall: it starts where it is told and may run faster. Integer
arithmetic only, so that the same monotonic instants give the same venue times.
"""

REAL_TIME_MILLI = 1000
SPEED_MILLI_MAX = 1_000_000


class VenueClock:
    """Anchored at the first monotonic instant it is asked about; never runs backwards."""

    def __init__(self, start_ns: int, speed_milli: int = REAL_TIME_MILLI) -> None:
        assert 0 < speed_milli <= SPEED_MILLI_MAX, speed_milli
        self.speed_milli = speed_milli
        self._start_ns = start_ns
        self._anchor_ns: int | None = None
        self._latest_ns = start_ns

    @property
    def is_started(self) -> bool:
        """Whether a venue has said what time it is: a shared clock begins at 0."""
        return self._start_ns > 0

    def trade_ns(self, mono_ns: int) -> int:
        """Venue time at a monotonic instant; an earlier instant than before gives the same time again."""
        if self._anchor_ns is None:
            self._anchor_ns = mono_ns
        now_ns = self._start_ns + (mono_ns - self._anchor_ns) * self.speed_milli // REAL_TIME_MILLI
        self._latest_ns = max(self._latest_ns, now_ns)
        return self._latest_ns

    def jump(self, trade_ns: int, mono_ns: int) -> None:
        """From now on it is `trade_ns`; a time that is over already is no jump."""
        if trade_ns > self.trade_ns(mono_ns):
            self._start_ns = self._latest_ns = trade_ns
            self._anchor_ns = mono_ns

    def mono_ns(self, trade_ns: int) -> int:
        """The first monotonic instant at which the venue's time is `trade_ns` or later."""
        assert self._anchor_ns is not None, "the clock has not been started"
        ahead_ns = trade_ns - self._start_ns
        return self._anchor_ns - (-ahead_ns * REAL_TIME_MILLI // self.speed_milli)
