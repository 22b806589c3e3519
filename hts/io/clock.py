"""The machine's clocks."""

import time


class SystemClock:
    """hts.base.clock.Clock on this machine. On Linux all processes of one boot share the monotonic origin."""

    def mono_ns(self) -> int:
        return time.monotonic_ns()

    def wall_ns(self) -> int:
        return time.time_ns()
