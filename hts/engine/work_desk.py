"""What the running core keeps for its work beside the journaled state; all of it can be built anew.

Conditions are watched here, slices wait for their moment, wake-up times are sorted, and the market's volume of the
last minute is remembered for those who follow it.
"""

from collections import deque
from heapq import heappop, heappush

from msgspec import Struct

from hts.algo.condition_book import ConditionBook
from hts.algo.indicator_book import IndicatorBook
from hts.model.algo import AlgoParams
from hts.model.conditional import Triggered
from hts.model.enums import Side
from hts.model.instruments import TickTable
from hts.model.quoting import DutyState
from hts.model.routing import Slice, VenueCosts
from hts.model.units import ClOrdID

WINDOW_NS = 65_000_000_000
POINTS_MAX = 20_000
CostKey = tuple[str, str, str, Side, int]


class Held(Struct, frozen=True, kw_only=True):
    """A slice that waits so that all of its plan arrive together."""

    work_id: ClOrdID
    due_ns: int  # mono
    part: Slice


class Desk:
    """The core's own memory of its work in this process."""

    def __init__(self) -> None:
        self.books: dict[str, ConditionBook] = {}
        self.indicators: dict[str, IndicatorBook] = {}
        self.met: dict[str, list[Triggered]] = {}  # by bars that closed since somebody looked
        self.gapped: dict[str, set[ClOrdID]] = {}  # true, but too far gone: sent when the price comes back
        self.held: list[Held] = []
        self.started: set[ClOrdID] = set()  # by this process: it knows all their children
        self.costs: dict[CostKey, VenueCosts] = {}
        self.learning: dict[tuple[str, str], list[ClOrdID]] = {}  # algorithms that wait for history
        self.planners: dict[tuple[str, str], tuple[int, dict[int, AlgoParams]]] = {}  # since when, whose plans wait
        self.bins: dict[ClOrdID, list[int]] = {}
        self.duties: dict[ClOrdID, DutyState] = {}  # of quotes: since when the market has been too wide
        self.hedge_told: dict[ClOrdID, int] = {}
        self.stepped_ns: dict[ClOrdID, int] = {}
        self._wakes: list[tuple[int, ClOrdID]] = []
        self._latency_us: dict[str, int] = {}
        self._traded: dict[str, deque[tuple[int, int]]] = {}
        self._cum: dict[tuple[str, str], int] = {}

    # -- conditions

    def book(self, symbol: str, ticks: TickTable) -> ConditionBook:
        """The watched conditions of an issue."""
        found = self.books.get(symbol)
        if found is None:
            found = self.books[symbol] = ConditionBook(ticks)
        return found

    def indicator_book(self, symbol: str) -> IndicatorBook:
        """The watched indicators of an issue."""
        return self.indicators.setdefault(symbol, IndicatorBook())

    def unwatch(self, symbol: str, cond_id: ClOrdID) -> None:
        """A condition is no longer of interest."""
        if symbol in self.books:
            self.books[symbol].remove(cond_id)
        if symbol in self.indicators:
            self.indicators[symbol].remove(cond_id)
        self.gapped.get(symbol, set()).discard(cond_id)

    # -- wake-ups

    def wake_at(self, mono_ns: int, work_id: ClOrdID) -> None:
        """Ask this work again then."""
        heappush(self._wakes, (mono_ns, work_id))

    def due(self, mono_ns: int) -> list[ClOrdID]:
        """Whose time has come, each once."""
        found: dict[ClOrdID, None] = {}
        while self._wakes and self._wakes[0][0] <= mono_ns:
            found[heappop(self._wakes)[1]] = None
        return list(found)

    @property
    def next_wake_ns(self) -> int | None:
        """The earliest wake-up, held slices included."""
        times = [self._wakes[0][0]] if self._wakes else []
        times += [held.due_ns for held in self.held]
        return min(times, default=None)

    # -- what was measured

    def latency_us(self, venue: str) -> int:
        """Smoothed time of an order to the venue and back."""
        return self._latency_us.get(venue, 0)

    def note_ack(self, venue: str, ack_us: int) -> None:
        """An order was accepted after so long."""
        known = self._latency_us.get(venue)
        self._latency_us[venue] = ack_us if known is None else (7 * known + ack_us) // 8

    def note_trade(self, venue: str, symbol: str, trade_ns: int, cum_qty: int) -> int:
        """A venue's day volume of an issue; returns what is new of it, 0 at the first sight."""
        known = self._cum.get((venue, symbol))
        self._cum[venue, symbol] = cum_qty
        new = cum_qty - known if known is not None and cum_qty > known else 0
        points = self._traded.get(symbol)
        if points is None:
            points = self._traded[symbol] = deque([(trade_ns, 0)], maxlen=POINTS_MAX)
        if new:
            points.append((trade_ns, points[-1][1] + new))
            while len(points) > 2 and points[1][0] < trade_ns - WINDOW_NS:
                points.popleft()
        return new

    def traded(self, symbol: str) -> tuple[tuple[int, int], ...]:
        """(trade_ns, shares so far) of the last minute, over all venues; starts when somebody began to look."""
        return tuple(self._traded.get(symbol, ()))
