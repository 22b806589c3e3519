"""Tokyo, Japannext and ODX on one clock."""

from hts.model.enums import Phase, Side
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import VENUE, Enter, Halt
from hts.sim.venue import Venue
from hts.sim.venue_clock import VenueClock
from hts.sim.venue_world import World
from tests.sim.venue_shell import a_config
from tests.support.native_market import kind_of
from tests.support.storage import MemoryStorage

MS = 1_000_000
SYMBOL = "7203"
NAMES = ("TSE", "JNX", "ODX")


class Japan:
    def __init__(self, start_s, speed_milli=1000):
        self.mono_ns = 1_000
        self.world = World()
        clock = VenueClock(0, speed_milli)
        for name in NAMES:
            config = a_config(name=name, rules=kind_of(name), ums=None, members=(), start_s=start_s,
                              speed_milli=speed_milli)  # fmt: skip
            self.world.add(Venue(config, MemoryStorage(), self.mono_ns, clock=clock))
        self.world.link(self.mono_ns)

    def run(self, ms, step_ms=10):
        for _ in range(ms // step_ms):
            self.mono_ns += step_ms * MS
            for venue in self.world.venues:
                venue.on_timer(self.mono_ns)
                venue.outputs()
            self.world.settle(self.mono_ns)

    def enter(self, at, *commands):
        venue = self.world.venues[at]
        venue.enter(list(commands), venue.trade_ns(self.mono_ns), self.mono_ns)

    def trade(self, at, px):
        for number, side in enumerate((Side.BUY, Side.SELL), start=px * 10):
            self.enter(at, Enter(session="A", cl_ord_id=ClOrdID(number), symbol=SYMBOL, side=side, px=Px(px),
                                 qty=Qty(100)))  # fmt: skip

    def phases(self):
        return [venue.day.exchange.phase(SYMBOL) for venue in self.world.venues]


def test_a_halt_at_tokyo_stops_the_pts_in_the_same_instant():
    japan = Japan(10 * 3600)
    assert japan.phases() == [Phase.CONTINUOUS] * 3
    japan.enter(0, Halt(session=VENUE, symbol=SYMBOL, on=True))
    assert japan.phases() == [Phase.HALTED] * 3
    japan.enter(0, Halt(session=VENUE, symbol=SYMBOL, on=False))
    assert japan.phases() == [Phase.CONTINUOUS] * 3


def test_tokyo_s_close_is_everyone_s_next_base_price():
    japan = Japan(15 * 3600 + 28 * 60, speed_milli=100_000)
    japan.trade(1, 29_501)
    japan.trade(0, 30_100)
    for _ in range(400):
        if all(venue.epoch == 2 for venue in japan.world.venues):
            break
        japan.run(1_000, step_ms=100)
    bases = [
        next(i.base_px for i in venue.day.exchange.instruments if i.symbol == SYMBOL) for venue in japan.world.venues
    ]
    assert bases == [30_100] * 3
