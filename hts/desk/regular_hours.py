"""When the regular session of a venue's day is, between what trades before the opening and after the close."""

from collections.abc import Callable

from hts.model.enums import Phase
from hts.rules.dates import DAY_BEGINS_S, to_int_of_day
from hts.rules.sessions import DaySchedule

NS_PER_S = 1_000_000_000
MINUTE_NS = 60 * NS_PER_S
DAY_S = 86_400
DAY_NS = DAY_S * NS_PER_S
KST_NS = 9 * 3600 * NS_PER_S
USUAL_NS = (9 * 3600 * NS_PER_S, 15 * 3600 * NS_PER_S + 1800 * NS_PER_S)  # 09:00 to 15:30, of a venue without tables
WHOLE = (0, 0)
REGULAR = (Phase.CONTINUOUS, Phase.CLOSE_CALL)

Hours = Callable[[str, int], tuple[int, int]]
"""A venue and a trading date (YYYYMMDD) -> the regular session as [begin, end) in ns; WHOLE where it is not known."""


def always_whole(_venue: str, _date: int) -> tuple[int, int]:
    """Without a market's tables nothing is left out."""
    return WHOLE


def regular_of(schedule: DaySchedule) -> tuple[int, int]:
    """Whole minutes from the first continuous trading to the last of it, the closing auction with its random end too.

    Where other continuous trading follows at once, the minute in which it begins is not the session's any more.
    """
    steps = schedule.steps
    first = next((i for i, step in enumerate(steps) if step.phase is Phase.CONTINUOUS), -1)
    if first < 0:
        return WHOLE
    last = max(i for i, step in enumerate(steps) if step.phase in REGULAR)
    after = steps[min(last + 1, len(steps) - 1)]
    end_ns = after.start_ns + after.random_s * NS_PER_S
    if not after.phase.is_continuous:
        end_ns += MINUTE_NS
    return steps[first].start_ns // MINUTE_NS * MINUTE_NS, end_ns // MINUTE_NS * MINUTE_NS


def day_at(hours: Hours, venue: str, trade_ns: int) -> tuple[int, int, int]:
    """When the venue's trading day that a time belongs to begins, and its regular session as [begin, end)."""
    begin_s = DAY_BEGINS_S.get(venue, 0)
    day = (trade_ns + KST_NS - begin_s * NS_PER_S) // DAY_NS
    midnight_ns = day * DAY_NS - KST_NS
    begin_ns, end_ns = hours(venue, to_int_of_day(day * DAY_S))
    if not end_ns:
        begin_ns, end_ns = midnight_ns + USUAL_NS[0], midnight_ns + USUAL_NS[1]
    return midnight_ns + begin_s * NS_PER_S, begin_ns, end_ns
