"""The venue's time between its messages: the last time told, carried on at the venue's speed.

Never runs backwards within a trading day; a venue time that is earlier by more than a minute is a new day or a
restarted market, and is taken as it is.
"""

RESTART_NS = 60_000_000_000


class VenueClock:
    """`told` takes each venue time with the machine's time of its arrival; `now` reads."""

    def __init__(self) -> None:
        self._trade_ns = 0
        self._mono_ns = 0
        self._speed_milli = 1000

    @property
    def is_known(self) -> bool:
        """Whether the venue has told its time at all."""
        return self._trade_ns > 0

    def told(self, trade_ns: int, mono_ns: int, speed_milli: int | None = None) -> None:
        """A message of the venue carried `trade_ns`; `speed_milli` is its speed in thousandths of real time."""
        if trade_ns <= 0:
            return
        running_ns = self.now(mono_ns)
        if speed_milli is not None:
            self._speed_milli = speed_milli
        if trade_ns > running_ns or trade_ns < running_ns - RESTART_NS:
            self._trade_ns, self._mono_ns = trade_ns, mono_ns
        elif speed_milli is not None:
            self._trade_ns, self._mono_ns = running_ns, mono_ns

    def now(self, mono_ns: int) -> int:
        """Venue time now; 0 when unknown."""
        if self._trade_ns == 0:
            return 0
        return self._trade_ns + (mono_ns - self._mono_ns) * self._speed_milli // 1000
