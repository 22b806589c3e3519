"""Nextrade follows KRX, and the prices of common issues are tied."""

from statistics import mean

import pytest

from hts.model.enums import Phase, Side
from hts.model.quotes import BookUpdate
from hts.sim.agents_arbitrage import Leg, legs
from hts.sim.commands import VENUE, Halt
from hts.sim.venue import Venue
from hts.sim.venue_clock import VenueClock
from hts.sim.venue_world import World
from tests.sim.venue_shell import a_config
from tests.support.market_rules import market_rules
from tests.support.storage import MemoryStorage

MS = 1_000_000
SAMSUNG = "005930"


class Korea:
    """KRX and Nextrade on one clock."""

    def __init__(self, *, intensity: float = 0.0, start_s: int = 10 * 3600, **changes):
        self.mono_ns = 1_000
        self.configs = [
            a_config(name=name, rules=market_rules().at(name), intensity=intensity, start_s=start_s, **changes)
            for name in ("KRX", "NXT")
        ]
        self.storages = [MemoryStorage(), MemoryStorage()]
        self.start()

    def start(self):
        self.world = World()
        clock = VenueClock(0)
        for config, storage in zip(self.configs, self.storages, strict=True):
            self.world.add(Venue(config, storage, self.mono_ns, clock=clock))
        self.world.link(self.mono_ns)
        self.krx, self.nxt = self.world.venues

    def run(self, ms, step_ms=20):
        for _ in range(ms // step_ms):
            self.mono_ns += step_ms * MS
            for venue in self.world.venues:
                venue.on_timer(self.mono_ns)
                venue.outputs()
            self.world.settle(self.mono_ns)

    def phases(self, symbol=SAMSUNG):
        return [venue.day.exchange.phase(symbol) for venue in self.world.venues]

    def until_krx_trades(self):
        for _ in range(2_000):
            if self.phases()[0] is Phase.CONTINUOUS:
                return
            self.run(1_000, step_ms=1_000)
        raise AssertionError("the call after the halt does not end")

    def halt(self, *, on):
        self.krx.enter([Halt(session=VENUE, symbol=SAMSUNG, on=on)], self.krx.trade_ns(self.mono_ns), self.mono_ns)


def test_a_halt_at_krx_stops_nextrade_in_the_same_instant_and_ends_with_it():
    korea = Korea()
    assert korea.phases() == [Phase.CONTINUOUS, Phase.CONTINUOUS]
    korea.halt(on=True)
    assert korea.phases() == [Phase.HALTED, Phase.HALTED]
    assert korea.phases("000660") == [Phase.CONTINUOUS, Phase.CONTINUOUS]
    halted_ns = [venue.day.exchange.trade_ns for venue in korea.world.venues]
    assert halted_ns[0] == halted_ns[1]
    korea.halt(on=False)
    assert korea.phases() == [Phase.RESUME_CALL, Phase.HALTED], "Nextrade waits until KRX trades again"
    korea.until_krx_trades()
    assert korea.phases() == [Phase.CONTINUOUS, Phase.RESUME_CALL]


def test_after_a_kill_nextrade_still_follows():
    korea = Korea()
    korea.halt(on=True)
    korea.run(100)
    korea.start()
    assert korea.phases() == [Phase.HALTED, Phase.HALTED]
    korea.halt(on=False)
    korea.until_krx_trades()
    assert korea.phases() == [Phase.CONTINUOUS, Phase.RESUME_CALL]


def a_book(bid: int, ask: int, qty: int = 100, phase: Phase = Phase.CONTINUOUS) -> BookUpdate:
    return BookUpdate("X", 0, (ask, bid, qty, qty, *(0,) * 36), qty, qty, 0, 0, phase)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (a_book(99, 100), a_book(99, 100), ()),
        (a_book(99, 100), a_book(100, 101), ()),
        (a_book(99, 100), a_book(101, 102), ((True, Side.BUY, 100, 60), (False, Side.SELL, 101, 60))),
        (a_book(103, 104, 10), a_book(99, 100), ((False, Side.BUY, 100, 6), (True, Side.SELL, 103, 6))),
        (a_book(99, 100, phase=Phase.VI_CALL), a_book(101, 102), ()),
        (a_book(99, 0), a_book(101, 102), ()),
        (a_book(99, 100, 1), a_book(101, 102), ()),
    ],
)
def test_arbitrage_buys_cheap_and_sells_dear(first, second, expected):
    assert legs(first, second, lot=1) == tuple(
        Leg(is_first=at_first, side=side, px=px, qty=qty) for at_first, side, px, qty in expected
    )


def test_prices_at_both_venues_are_tied():
    korea = Korea(intensity=1.0, start_s=9 * 3600 + 5 * 60)
    korea.run(4_000)
    apart, crossed, looks = [], 0, 0
    for _ in range(60):
        korea.run(200)
        for instrument in korea.nxt.day.exchange.instruments:
            books = [venue.day.exchange.depth(instrument.symbol).levels for venue in korea.world.venues]
            if not all(levels[0] and levels[1] for levels in books):
                continue
            step = instrument.ticks.step_at(books[0][0])
            apart.append(abs((books[0][0] + books[0][1]) - (books[1][0] + books[1][1])) / 2 / step)
            crossed += books[0][1] > books[1][0] or books[1][1] > books[0][0]
            looks += 1
    assert looks > 800
    assert mean(apart) < 1.5, "ticks between the two middles"
    assert crossed / looks < 0.1
    assert any(c for c in apart)
