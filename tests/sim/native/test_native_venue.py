"""Whole native venues without sockets: a market with background flow, restarts, days that roll, equal bytes."""

from functools import cache

import pytest

from hts.model.enums import Phase
from hts.rules.dates import NS
from hts.sim.venue import ROLL_AFTER_NS, Venue
from hts.sim.venue_day import VenueConfig
from hts.wire.ouch.session import OuchClient
from hts.wire.soupbin.client import SoupClient
from tests.sim.native.test_ouch import NASDAQ_ORDER
from tests.support.native_market import DAY, kind_of
from tests.support.storage import MemoryStorage
from tests.support.wire_layout import layout_of

VENUES = ["TSE", "JNX", "ODX", "NASDAQ", "OSE"]
MS = 1_000_000


class Shell:
    """One clock, a disk in memory, one OUCH client."""

    def __init__(self, venue, storage=None, **changes):
        self.kind = kind_of(venue)
        values = {"name": venue, "rules": self.kind, "after_date": 20261123, "seed": 7, "intensity": 0.0}
        self.config = VenueConfig(**(values | changes))
        self.storage = storage or MemoryStorage()
        self.mono_ns = 1000
        self.datagrams = []
        self.sent = []
        self.client = None
        self.venue = Venue(self.config, self.storage, self.mono_ns)

    def again(self):
        """A new process on the same disk."""
        self.venue = Venue(self.config, self.storage, self.mono_ns)
        self.client = None

    def connect(self, layout):
        soup = SoupClient(layout_of("soupbintcp"), username="HTS01", password="paper")
        self.client = OuchClient(layout, soup)
        self.venue.order_connected(1, self.mono_ns)
        soup.connected(self.mono_ns)
        self.pump()

    def pump(self):
        while True:
            outputs = self.venue.outputs()
            self.datagrams += outputs.datagrams
            for _, data in outputs.orders:
                self.sent.append(data)
                if self.client is not None:
                    self.client.soup.receive_data(data, self.mono_ns)
            up = self.client.soup.data_to_send() if self.client is not None else b""
            if up:
                self.venue.order_data(1, up, self.mono_ns)
            elif not outputs.orders:
                return

    def run(self, seconds, step_ms=50):
        end = self.mono_ns + seconds * NS
        while self.mono_ns < end:
            self.mono_ns = min(max(self.venue.next_timer_ns(), self.mono_ns + step_ms * MS), end)
            self.venue.on_timer(self.mono_ns)
            self.pump()

    def skip_to(self, trade_ns):
        """The clock jumps: whatever lies between happens at its own time."""
        while self.venue.trade_ns(self.mono_ns) < trade_ns:
            self.mono_ns += max(trade_ns - self.venue.trade_ns(self.mono_ns), NS)
            for _ in range(2000):
                self.venue.on_timer(self.mono_ns)
                self.pump()
                if self.venue.next_timer_ns() > 0:
                    break


@cache
def played(venue):
    shell = Shell(venue, intensity=1.0)
    shell.run(45)
    return shell


@pytest.mark.parametrize("venue", VENUES)
def test_the_background_flow_makes_a_market(venue):
    shell = played(venue)
    exchange = shell.venue.day.exchange
    assert exchange.phase() is Phase.CONTINUOUS
    traded = [i for i in exchange.instruments if exchange.day(i.symbol).cum_qty]
    two_sided = [i for i in exchange.instruments if all(exchange.depth(i.symbol).levels[:2])]
    assert len(traded) > len(exchange.instruments) // 3, len(traded)
    assert len(two_sided) > len(exchange.instruments) // 2, len(two_sided)
    assert sum(len(data) for _, data in shell.datagrams) > 20_000


@pytest.mark.parametrize("venue", ["TSE", "NASDAQ"])
def test_two_runs_give_the_same_bytes(venue):
    again = Shell(venue, intensity=1.0)
    again.run(45)
    assert again.datagrams == played(venue).datagrams
    assert again.venue.state_hash() == played(venue).venue.state_hash()


@pytest.mark.parametrize("venue", VENUES)
def test_a_restart_finds_the_same_market(venue):
    shell = Shell(venue, intensity=1.0, checkpoint_commands=300)
    shell.run(40)
    before = shell.venue.state_hash()
    shell.again()
    assert shell.venue.state_hash() == before
    shell.run(3)
    assert shell.venue.day.exchange.phase() is Phase.CONTINUOUS


@pytest.mark.parametrize("venue", VENUES)
def test_the_day_rolls(venue):
    shell = Shell(venue)
    end_ns = shell.venue.day.exchange.day_end_ns
    shell.skip_to(end_ns + ROLL_AFTER_NS + NS)
    assert (shell.venue.epoch, shell.venue.trading_date) == (2, 20261125)
    first = shell.kind.schedule(20261125).steps[0]
    if first.phase is Phase.AFTER_MARKET:
        assert shell.venue.trade_ns(shell.mono_ns) < first.start_ns + 60 * NS  # the night session is played
    shell.run(2)
    assert shell.datagrams


def test_a_trader_logs_in_anew_after_the_roll():
    shell = Shell("NASDAQ", start_s=23 * 3600 + 40 * 60)
    shell.connect(shell.kind.orders)
    shell.client.send("enter_order", {"user_ref_num": 1, **NASDAQ_ORDER}, shell.mono_ns)
    shell.pump()
    shell.skip_to(shell.venue.day.exchange.day_end_ns + ROLL_AFTER_NS + NS)
    events = []
    while (event := shell.client.next_event()) is not None:
        events.append(event)
    names = [e.message.name if hasattr(e, "message") else type(e).__name__ for e in events]
    assert names == ["LoggedOn", "system_event", "order_accepted", "order_canceled", "system_event"]
    shell.venue.order_disconnected(1, shell.mono_ns)
    shell.connect(shell.kind.orders)
    assert shell.client.soup.is_up
    assert shell.client.soup.session == f"{shell.venue.trading_date}02"
    assert shell.venue.trading_date > DAY
