"""The line beside the journal's curve: what the same money would have made in one issue, bought at the first fill.

No feed tells an index, so the measure is something that can be bought: a share, or a fund that follows an index. The
money is the most that stood in positions at once on the days that are shown. Costs, dividends and corporate actions are
left out of it.
"""

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from hts.desk.ratios import divide
from hts.desk.trade_journal import MINUTE_NS
from hts.model.quotes import Bar

DAY_NS = 86_400_000_000_000


class Held(Struct, frozen=True, kw_only=True):
    """`values` are results at the points of the curve, in money; none of them where `fault`, a text key, says why."""

    symbol: str
    invested: int = 0
    values: tuple[int, ...] = ()
    fault: str = ""


class Prices:
    """What an issue cost at a time, as it was known then: 0 where the history does not reach."""

    def __init__(self, minutes: Sequence[Bar], days: Sequence[Bar]) -> None:
        self._minutes, self._days = minutes, days
        self._minute_starts = [bar.start_ns for bar in minutes]
        self._day_starts = [bar.start_ns for bar in days]

    def at(self, trade_ns: int) -> int:
        """Where a minute began that is not over, else the last close; before all minutes that of the last whole day."""
        place = bisect_right(self._minute_starts, trade_ns) - 1
        if place >= 0:
            bar = self._minutes[place]
            return bar.open_px if trade_ns < bar.start_ns + MINUTE_NS else bar.close_px
        place = bisect_right(self._day_starts, trade_ns - DAY_NS) - 1
        return self._days[place].close_px if place >= 0 else 0


def held(symbol: str, prices: Prices, times: Sequence[int], invested: int) -> Held:
    """The result at each time of what was bought at the first one."""
    base = prices.at(times[0]) if times else 0
    if base <= 0:
        return Held(symbol=symbol, fault="journal.hold_unknown")
    values = tuple(divide((prices.at(at) - base) * invested, base) for at in times)
    return Held(symbol=symbol, invested=invested, values=values)
