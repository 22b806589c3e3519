"""Runs the background flow against the real exchange, and takes a picture of every book once a second."""

from msgspec import Struct

from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate
from hts.rules.dates import krx_local_ns
from hts.sim.agents import Agents
from hts.sim.commands import AnyCommand
from hts.sim.events import SimEvent
from hts.sim.exchange import Exchange
from hts.sim.korea.krx_profile import krx_profile
from hts.sim.scenario import USUAL, Scenario
from tests.support.market_rules import market_rules

DAY = 20261123
SECOND_NS = 1_000_000_000


def at(hour: int, minute: int, second: int = 0) -> int:
    return krx_local_ns(DAY, hour * 3600 + minute * 60 + second)


class Picture(Struct, frozen=True):
    trade_ns: int
    books: dict[str, BookUpdate]
    fair: dict[str, float]
    working: dict[str, int]


class Crowd:
    """Exchange and agents under one clock, as the venue runs them."""

    def __init__(
        self,
        seed: int = 1,
        start_ns: int = at(8, 59, 30),
        intensity: float = 1.0,
        issues: int = 20,
        symbol: str = "",
        *,
        scenario: Scenario = USUAL,
    ) -> None:
        rules = market_rules()
        listed = [i for i in rules.instruments(DAY) if symbol in ("", i.symbol)]
        self.instruments: tuple[Instrument, ...] = tuple(listed[:issues])
        self.exchange = Exchange(krx_profile(rules, DAY), self.instruments, DAY, seed)
        self.agents = Agents(seed, self.instruments, DAY, intensity, scenario)
        self.commands: list[tuple[int, AnyCommand]] = []
        self.events: list[SimEvent] = []
        self.pictures: list[Picture] = []
        self.now_ns = start_ns
        self._picture_ns = start_ns
        self._take_in(self.exchange.advance(start_ns))

    def run(self, until_ns: int, *, pictures: bool = False) -> "Crowd":
        while True:
            timers = [self.agents.next_timer_ns(), self.exchange.next_timer_ns() or until_ns + 1]
            due_ns = max(min(timers), self.now_ns)
            while pictures and self._picture_ns <= min(due_ns, until_ns):
                self._take_picture()
            if due_ns > until_ns:
                break
            self.now_ns = due_ns
            self._take_in(self.exchange.advance(due_ns))
            for command in self.agents.on_timer(due_ns):
                self.enter(command)
        self.now_ns = until_ns
        return self

    def enter(self, command: AnyCommand) -> None:
        self.commands.append((self.now_ns, command))
        self._take_in(self.exchange.apply(command, self.now_ns))

    def _take_in(self, events: tuple[SimEvent, ...]) -> None:
        self.events += events
        self.agents.on_events(events)

    def _take_picture(self) -> None:
        flows = {i.symbol: self.agents.flow(i.symbol) for i in self.instruments}
        self.pictures.append(
            Picture(
                self._picture_ns,
                {symbol: self.exchange.depth(symbol) for symbol in flows},
                {symbol: flow.fair(self._picture_ns) for symbol, flow in flows.items()},
                {symbol: flow.book.own_count for symbol, flow in flows.items()},
            )
        )
        self._picture_ns += SECOND_NS
