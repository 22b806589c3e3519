"""Past bars of one issue played again, bar by bar. Pure: whoever plays tells when a step is due.

Nothing here is the present: the chart that shows it says so, and takes no orders.
"""

import numpy as np

from hts.desk.chart import Series

SPEEDS = (1, 2, 5, 10, 25, 60)  # bars per second
BARS_MIN = 2


class Replay:
    """`series` holds the bars up to `at`, exclusive; `source` all of them. `speed` is in bars per second."""

    def __init__(self, source: Series, at: int) -> None:
        self.source = Series(source.timeframe_s, source.begin_s)
        self.source.take(source.start_ns.copy(), source.columns.copy())
        self.series = Series(source.timeframe_s, source.begin_s)
        self.is_playing = False
        self.speed = SPEEDS[1]
        self.at = 0
        self.jump(at)

    @property
    def is_at_end(self) -> bool:
        """No bar is left to play."""
        return self.at >= len(self.source)

    @property
    def interval_ms(self) -> int:
        """Time between two steps while playing."""
        return round(1000 / self.speed)

    @property
    def trade_ns(self) -> int:
        """Start of the newest bar that is shown."""
        return int(self.source.start_ns[self.at - 1]) if self.at else 0

    def play(self, *, on: bool) -> None:
        """Play or pause; at the end there is nothing to play."""
        self.is_playing = on and not self.is_at_end

    def step(self, by: int = 1) -> None:
        """Show the next bar, or one less."""
        if by == 1 and not self.is_at_end:
            self.series.put(
                len(self.series), int(self.source.start_ns[self.at]), self.source.columns[:, self.at].tolist()
            )
            self.at += 1
        elif by != 1:
            self.jump(self.at + by)
        if self.is_at_end:
            self.is_playing = False

    def jump(self, at: int) -> None:
        """Show the bars before number `at`, and at least a few."""
        self.at = min(max(at, min(BARS_MIN, len(self.source))), len(self.source))
        self.series.take(self.source.start_ns[: self.at], self.source.columns[:, : self.at])
        if self.is_at_end:
            self.is_playing = False

    def jump_to(self, trade_ns: int) -> None:
        """Show the bars up to the one that a time falls into."""
        self.jump(int(np.searchsorted(self.source.start_ns, trade_ns, side="right")))

    def faster(self, by: int) -> None:
        """The next speed up or down."""
        at = min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)
        self.speed = SPEEDS[at]
