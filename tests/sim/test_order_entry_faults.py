"""Gateway, wire, order entry and exchange under seeded cuts and venue crashes: nothing lost, nothing doubled."""

import random

import pytest

from hts.gateway.actions import Dial, Hangup
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.reports import ExecutionReport, RequestsLost, SessionUp
from hts.model.requests import NewOrderSingle, StartSession
from tests.support.wire_ums import LAYOUT, MS, PASSWORD
from tests.support.wire_venue import Venue

STEPS = 600


class Storm:
    """One gateway on one venue; bytes travel in random pieces and are lost when the connection is cut."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.venue = Venue()
        self.gateway = KrxUmsGateway(LAYOUT, UmsConfig(comp_id="HTS01", password=PASSWORD))
        self.conn = 0
        self.is_open = False
        self.up, self.down = bytearray(), bytearray()
        self.reports, self.lost, self.sent = [], [], []
        self.counts = {"cut": 0, "crash": 0, "session": 0}
        self.gateway.send(StartSession(epoch=3, next_in_seq=1, cancel_on_disconnect=False), *self.venue.now)
        self.px = next(i.base_px for i in self.venue.exchange.instruments if i.symbol == "005930")

    def instructions(self):
        while (event := self.gateway.next_event()) is not None:
            if isinstance(event, Dial):
                self.conn += 1
                self.is_open = True
                self.venue.entry.connected(self.conn, *self.venue.now)
                self.gateway.connected(*self.venue.now)
            elif isinstance(event, Hangup):
                self.cut()
            elif isinstance(event, ExecutionReport):
                self.reports.append(event)
            elif isinstance(event, RequestsLost):
                self.lost += event.cl_ord_ids
            elif isinstance(event, SessionUp):
                self.counts["session"] += 1

    def cut(self):
        if not self.is_open:
            return
        self.is_open = False
        self.up.clear()
        self.down.clear()
        self.venue.apply(self.venue.entry.disconnected(self.conn, *self.venue.now))
        self.gateway.disconnected("cut", *self.venue.now)

    def crash_venue(self):
        """The venue dies; what was on the wire dies with it, the command log does not."""
        crashed = self.venue
        self.venue = crashed.restarted()
        if self.is_open:
            self.is_open = False
            self.up.clear()
            self.down.clear()
            self.gateway.disconnected("reset", *self.venue.now)

    def carry(self, whole=False):
        self.up += self.gateway.data_to_send()
        self.down += b"".join(data for conn, data in self.venue.entry.data_to_send() if conn == self.conn)
        if not self.is_open:
            return
        size = len(self.up) if whole else self.dice.randrange(len(self.up) + 1)
        data, self.up = bytes(self.up[:size]), self.up[size:]
        self.venue.apply(self.venue.entry.receive_data(self.conn, data, *self.venue.now))
        size = len(self.down) if whole else self.dice.randrange(len(self.down) + 1)
        data, self.down = bytes(self.down[:size]), self.down[size:]
        self.gateway.receive_data(data, *self.venue.now)
        if self.conn in self.venue.entry.closing():
            self.cut()

    def order(self):
        cl_ord_id = len(self.sent) + 1
        self.sent.append(cl_ord_id)
        self.gateway.send(
            NewOrderSingle(
                cl_ord_id=cl_ord_id,
                request_id=f"r-{cl_ord_id}",
                account="8801-2745-01",
                symbol="005930",
                side=self.dice.choice([Side.BUY, Side.SELL]),
                ord_type=OrdType.LIMIT,
                time_in_force=TimeInForce.DAY,
                px=self.px,
                qty=self.dice.randrange(1, 20),
            ),
            *self.venue.now,
        )

    def timers(self, ms):
        self.venue.mono_ns += ms * MS
        self.gateway.on_timer(*self.venue.now)
        self.venue.apply(self.venue.entry.on_timer(*self.venue.now))

    def step(self):
        roll = self.dice.random()
        if roll < 0.4:
            self.order()
        elif roll < 0.41:
            self.counts["cut"] += self.is_open
            self.cut()
        elif roll < 0.418:
            self.counts["crash"] += 1
            self.crash_venue()
        else:
            self.timers(self.dice.randrange(1, 60))
        self.carry()
        self.instructions()

    def settle(self):
        for _ in range(60):
            self.timers(100)
            self.carry(whole=True)
            self.instructions()


@pytest.mark.parametrize("seed", range(12))
def test_every_request_is_reported_or_lost_exactly_once(seed):
    storm = Storm(seed)
    for _ in range(STEPS):
        storm.step()
    storm.settle()
    numbers = [r.venue_seq for r in storm.reports]
    assert numbers == list(range(1, len(numbers) + 1))
    entered = [command.cl_ord_id for command, _ in storm.venue.log]
    assert sorted(entered + storm.lost) == storm.sent
    accepted = [r.cl_ord_id for r in storm.reports if r.exec_type.name == "NEW"]
    assert accepted == entered
    assert storm.venue.entry.sequence_numbers()["HTS01"] == (len(entered) + 1, len(numbers) + 1)
    assert storm.counts["cut"] > 0
    assert storm.counts["crash"] > 0
    assert storm.counts["session"] > 1
    assert len(entered) > 20
    assert storm.lost
