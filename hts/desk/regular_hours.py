"""When the regular session of a venue's day is, between what trades before the opening and after the close."""

from collections.abc import Callable

from hts.model.enums import Phase
from hts.rules.sessions import DaySchedule

NS_PER_S = 1_000_000_000
MINUTE_NS = 60 * NS_PER_S
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
