"""Whether a feed loses more than the little that every network loses."""

from typing import Final

from hts.engine.minute import Minute
from hts.marketdata.sequencer import SequencerStats

LOST_MIN: Final = 10  # records in a minute; fewer are told by nobody
LOST_ONE_IN: Final = 1_000  # and more than one in so many


class FeedLosses:
    """The losses of one feed, told while they go on."""

    def __init__(self) -> None:
        self._minute = Minute(3)
        self._told = 0

    def look(self, stats: SequencerStats, mono_ns: int) -> int:
        """Records lost within the last minute if some were lost since the last look and they are too many, else 0.

        Lost is what no line brought in time, though it was told again; and what there was no room to keep, of which
        the first is too many.
        """
        total = stats.missing + stats.overflows
        is_going_on, self._told = total > self._told, total
        missing, overflows, delivered = self._minute.look(mono_ns, stats.missing, stats.overflows, stats.delivered)
        lost = missing + overflows
        is_much = lost >= LOST_MIN and lost * LOST_ONE_IN > delivered
        return lost if is_going_on and (is_much or overflows) else 0
