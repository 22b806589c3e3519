"""One issue of the simulated exchange with its crowd, in virtual time, for a trader who is measured.

The crowd's idea of the issue's worth is drawn from the seed and does not depend on what the trader does, so that two
ways of trading can be compared on the same day. The trader's own prints push the price as everybody's do.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, TradeUpdate
from hts.rules.dates import krx_local_ns
from hts.rules.market_rules import MarketRules
from hts.sim.agents import Agents
from hts.sim.agents_path import FairPath, market_walk, price_grid
from hts.sim.agents_profile import profile_of
from hts.sim.commands import AnyCommand
from hts.sim.events import BookChanged, SimEvent, Traded
from hts.sim.exchange import Exchange
from hts.sim.korea.krx_profile import krx_profile
from hts.sim.scenario import USUAL

DAY = 20261123
NEVER_NS = 2**63 - 1
WARM_UP_NS = 120_000_000_000  # the crowd builds its book before the trader looks
BIN_NS = 300_000_000_000
WINDOW_NS = 65_000_000_000


class Setting(Struct, frozen=True, kw_only=True):
    """The market of a study. `intensity` is the crowd's, for this one issue."""

    rules: MarketRules
    symbol: str = "005930"
    intensity: float = 0.05
    reaction: float = 0.0  # ticks that a shown large order moves the crowd's idea of worth, at most


class Participant(Protocol):
    """Who trades in it."""

    def on_events(self, events: Iterable[SimEvent], trade_ns: int) -> None:
        """What happened at the exchange."""

    def next_ns(self) -> int:
        """When it wants to act next."""

    def act(self, market: "StudyMarket") -> list[AnyCommand]:
        """What reaches the exchange now."""


class StudyMarket:
    """Exchange and crowd under one clock."""

    def __init__(self, setting: Setting, seed: int, start_ns: int) -> None:
        issues = tuple(i for i in setting.rules.instruments(DAY) if i.symbol == setting.symbol)
        assert len(issues) == 1, setting.symbol
        self.instrument: Instrument = issues[0]
        self.symbol = setting.symbol
        self.now_ns = start_ns - WARM_UP_NS
        self.traded: deque[tuple[int, int]] = deque([(self.now_ns, 0)])
        self.trades: list[TradeUpdate] = []
        self.start_ns = start_ns
        self.bins: list[int] = []  # shares by BIN_NS from the start on, the running bin last
        self._exchange = Exchange(krx_profile(setting.rules, DAY), issues, DAY, seed)
        crowd = replace(USUAL, name="study", reaction=setting.reaction) if setting.reaction else USUAL
        self._agents = Agents(seed, issues, DAY, setting.intensity, crowd)
        self._grid = price_grid(self.instrument)
        self._path = FairPath(
            self.instrument,
            profile_of(self.instrument, seed),
            self._grid,
            market_walk(seed),
            seed=seed,
            midnight_ns=krx_local_ns(DAY, 0),
        )
        self._take_in(self._exchange.advance(self.now_ns), None)

    def run(self, until_ns: int, trader: Participant | None = None) -> None:
        """Let time pass."""
        while True:
            timers = (self._agents.next_timer_ns(), self._exchange.next_timer_ns() or NEVER_NS)
            due_ns = max(min(*timers, trader.next_ns() if trader else NEVER_NS), self.now_ns)
            if due_ns > until_ns:
                break
            self.now_ns = due_ns
            self._take_in(self._exchange.advance(due_ns), trader)
            for command in self._agents.on_timer(due_ns):
                self._take_in(self._exchange.apply(command, due_ns), trader)
            for command in trader.act(self) if trader else ():
                self._take_in(self._exchange.apply(command, due_ns), trader)
        self.now_ns = until_ns

    def book(self) -> BookUpdate:
        """The published book."""
        return self._exchange.depth(self.symbol)

    def worth(self, trade_ns: int) -> float:
        """What informed people think a share is worth then, whatever the trader did; in price units."""
        position = self._path.at(trade_ns)
        low = min(int(position), len(self._grid) - 2)
        return self._grid[low] + (self._grid[low + 1] - self._grid[low]) * (position - low)

    def volume_between(self, start_ns: int, end_ns: int) -> tuple[int, int]:
        """(shares, value) that traded in [start, end)."""
        times = [trade.trade_ns for trade in self.trades]
        inside = self.trades[bisect_left(times, start_ns) : bisect_left(times, end_ns)]
        return sum(trade.qty for trade in inside), sum(trade.qty * trade.px for trade in inside)

    def _take_in(self, events: tuple[SimEvent, ...], trader: Participant | None) -> None:
        self._agents.on_events(events)
        for event in events:
            if isinstance(event, Traded):
                self.trades.append(event.trade)
                self.traded.append((event.trade.trade_ns, self.traded[-1][1] + event.trade.qty))
                self._count(event.trade)
        while len(self.traded) > 2 and self.traded[1][0] < self.now_ns - WINDOW_NS:
            self.traded.popleft()
        if trader is not None and events:
            trader.on_events(events, self.now_ns)

    def _count(self, trade: TradeUpdate) -> None:
        number = (trade.trade_ns - self.start_ns) // BIN_NS
        if number >= 0:
            self.bins += [0] * (number + 1 - len(self.bins))
            self.bins[number] += trade.qty


def is_book_change(event: SimEvent) -> bool:
    """Whether the published book may look different now."""
    return isinstance(event, BookChanged)
