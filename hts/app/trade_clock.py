"""The venue's time as the core knows it: anchored at the logon and by the feed, running at the venue's speed."""

from typing import Final

# The feed's packets are a little old when they arrive; only a jump (a new day, a halted clock) is followed.
JUMP_NS: Final = 250_000_000


class TradeClock:
    """trade_ns from mono_ns. Before the first anchor the time stands still at `start_ns`."""

    def __init__(self, start_ns: int) -> None:
        self._trade_ns = start_ns
        self._mono_ns = 0
        self._speed_milli = 0

    @property
    def speed_milli(self) -> int:
        """Thousandths of real time; 0 while nobody has told."""
        return self._speed_milli

    def anchor(self, trade_ns: int, mono_ns: int, speed_milli: int) -> None:
        """The venue says what time it is and how fast it goes."""
        self._trade_ns, self._mono_ns, self._speed_milli = trade_ns, mono_ns, speed_milli

    def follow(self, trade_ns: int, mono_ns: int) -> None:
        """A packet of the feed was built at `trade_ns`."""
        if abs(trade_ns - self.at(mono_ns)) > JUMP_NS * max(self._speed_milli, 1000) // 1000:
            self.anchor(trade_ns, mono_ns, self._speed_milli)

    def at(self, mono_ns: int) -> int:
        """The venue's time now."""
        return self._trade_ns + (mono_ns - self._mono_ns) * self._speed_milli // 1000
