"""When a session may be up: daily or weekly, in a fixed offset from UTC.

Times are seconds since Monday 00:00 of the schedule's own zone. Each window is one session: its numbering begins anew
(FIX 4.4 volume 2, "FIX Session": a session may span connections, within the hours both sides agreed on).
"""

from typing import Final

from msgspec import Struct

from hts.wire.fix.values import NS

DAY_S: Final = 86_400
WEEK_S: Final = 7 * DAY_S
_EPOCH_WEEKDAY_S: Final = 3 * DAY_S  # 1970-01-01 was a Thursday


class Schedule(Struct, frozen=True, kw_only=True):
    """`windows` are (start, length) in seconds, by start, not overlapping; the last may reach into the next week."""

    windows: tuple[tuple[int, int], ...]
    utc_offset_s: int = 0

    @staticmethod
    def daily(
        start_s: int, end_s: int, weekdays: tuple[int, ...] = (0, 1, 2, 3, 4), utc_offset_s: int = 0
    ) -> "Schedule":
        """A session on each of the weekdays (Monday is 0); an end at or before the start means the next day."""
        length = (end_s - start_s - 1) % DAY_S + 1
        windows = tuple((day * DAY_S + start_s, length) for day in sorted(weekdays))
        return Schedule(windows=windows, utc_offset_s=utc_offset_s)

    @staticmethod
    def weekly(start_day: int, start_s: int, end_day: int, end_s: int, utc_offset_s: int = 0) -> "Schedule":
        """One session a week."""
        start = start_day * DAY_S + start_s
        length = (end_day * DAY_S + end_s - start - 1) % WEEK_S + 1
        return Schedule(windows=((start, length),), utc_offset_s=utc_offset_s)

    def session_start_ns(self, trade_ns: int) -> int | None:
        """When the session of this moment began; None outside of all windows."""
        now = self._week_s(trade_ns)
        second_ns = trade_ns - trade_ns % NS
        for start, length in self.windows:
            since = (now - start) % WEEK_S
            if since < length:
                return second_ns - since * NS
        return None

    def next_change_ns(self, trade_ns: int) -> int:
        """When the next window begins or ends."""
        now = self._week_s(trade_ns)
        edges = {edge for start, length in self.windows for edge in (start, start + length)}
        wait = min((edge - now - 1) % WEEK_S + 1 for edge in edges)
        return trade_ns - trade_ns % NS + wait * NS

    def _week_s(self, trade_ns: int) -> int:
        return (trade_ns // NS + self.utc_offset_s + _EPOCH_WEEKDAY_S) % WEEK_S
