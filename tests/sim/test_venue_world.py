"""Several venues on one clock: who decides the time, who rests, when the night is skipped."""

import pytest

from hts.rules.dates import NS, krx_local_ns
from hts.sim.venue import Venue
from hts.sim.venue_clock import VenueClock
from hts.sim.venue_world import World
from tests.sim.venue_shell import a_config
from tests.support.native_market import kind_of
from tests.support.storage import MemoryStorage

MS = 1_000_000
SPEED = 1_000_000


class Both:
    """KRX and another venue, as the process runs them; storages outlive `kill`."""

    def __init__(self, other: str = "TSE", *, start_s: int | None = None, speed_milli: int = 1000):
        self.configs = [
            a_config(start_s=start_s, speed_milli=speed_milli),
            a_config(name=other, rules=kind_of(other), ums=None, members=(), start_s=start_s, speed_milli=speed_milli),
        ]
        self.storages = [MemoryStorage(), MemoryStorage()]
        self.mono_ns = 5_000
        self.start()

    def start(self):
        self.world = World()
        clock = VenueClock(0, self.configs[0].speed_milli)
        for config, storage in zip(self.configs, self.storages, strict=True):
            self.world.add(Venue(config, storage, self.mono_ns, clock=clock))

    @property
    def times(self):
        return {venue.trade_ns(self.mono_ns) for venue in self.world.venues}

    def run(self, ms, step_ms=1):
        for _ in range(ms // step_ms):
            self.mono_ns += step_ms * MS
            for venue in self.world.venues:
                venue.on_timer(self.mono_ns)
                venue.outputs()
            if self.world.settle(self.mono_ns):
                for venue in self.world.venues:
                    venue.on_timer(self.mono_ns)

    def dates(self):
        return [venue.trading_date for venue in self.world.venues]


def test_the_first_venue_decides_the_time_and_all_have_the_same():
    both = Both()
    (now,) = both.times
    assert now == krx_local_ns(20261123, 8 * 3600 + 59 * 60 + 30)
    both.run(3_000, step_ms=100)
    assert both.times == {now + 3 * NS}


def test_japan_on_a_holiday_rests_while_seoul_trades():
    both = Both()
    assert both.dates() == [20261123, 20261124], "23 November is a holiday in Japan"
    krx, tse = both.world.venues
    assert (krx.rests_until_ns(both.mono_ns), tse.rests_until_ns(both.mono_ns) > 0) == (0, True)
    assert not both.world.settle(both.mono_ns)


def test_when_all_rest_the_clock_jumps_to_the_first_that_begins():
    both = Both(start_s=19 * 3600 + 58 * 60, speed_milli=SPEED)
    both.run(4_000, step_ms=5)
    assert len(both.times) == 1
    assert both.dates()[0] > 20261123
    (now,) = both.times
    assert now > krx_local_ns(20261124, 0), "the night was skipped"
    assert now < krx_local_ns(20261201, 0)


@pytest.mark.parametrize("seconds", [2, 30])
def test_after_a_kill_both_go_on_at_one_time(seconds):
    both = Both()
    both.run(seconds * 1000, step_ms=250)
    (before,) = both.times
    both.start()
    (after,) = both.times
    assert before <= after <= before + 2 * NS
    assert both.dates() == [20261123, 20261124]


def test_a_venue_that_joins_later_takes_the_time_that_it_is():
    both = Both()
    both.run(20_000, step_ms=500)
    both.storages[1] = MemoryStorage()
    both.start()
    (now,) = both.times
    assert now > krx_local_ns(20261123, 8 * 3600 + 59 * 60 + 49)
    assert both.world.venues[1].day.last_ns >= now - NS
