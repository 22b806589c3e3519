"""The two times of the house, as ports.

`trade_ns` is the venue's time: integer nanoseconds UTC since the epoch, driven by the venue's own messages.
It decides phases, dates, fees and expiry. `mono_ns` is the machine's monotonic time: it decides heartbeats,
time-outs, throttles and latencies. They are never mixed and never compared with each other.
"""

from typing import Protocol


class Clock(Protocol):
    """Real clocks live in hts.io; the simulation and the tests bring their own."""

    def mono_ns(self) -> int:
        """Monotonic nanoseconds; the origin is arbitrary."""
        ...

    def wall_ns(self) -> int:
        """Nanoseconds UTC since the epoch, as the machine believes."""
        ...
