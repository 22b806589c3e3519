"""A shell around the whole venue for tests: one clock, members on connections, a disk in memory, kill and restart."""

from hts.sim.order_entry import MemberLogin
from hts.sim.venue import Venue
from hts.sim.venue_day import VenueConfig
from tests.support.market_rules import market_rules
from tests.support.storage import MemoryStorage
from tests.support.wire_ums import LAYOUT, MS, PASSWORD, a_client, events_of

MEMBERS = (MemberLogin(comp_id="HTS01", password=PASSWORD),)


def a_config(**changes) -> VenueConfig:
    values = {
        "rules": market_rules(),
        "ums": LAYOUT,
        "mdcs": None,
        "members": MEMBERS,
        "after_date": 20261122,
        "seed": 7,
        "intensity": 0.0,
    }
    return VenueConfig(**(values | changes))


class Shell:
    def __init__(self, *, storage=None, **changes):
        self.config = a_config(**changes)
        self.storage = storage or MemoryStorage()
        self.mono_ns = 1000
        self.clients = {}
        self.heard = {}  # connection: session events, oldest first
        self.datagrams = []
        self.start()

    def start(self, *, fresh=False):
        self.venue = Venue(self.config, self.storage, self.mono_ns, fresh=fresh)

    def kill(self, *, fresh=False):
        """SIGKILL and a new process on the same disk; the members' connections break."""
        for client in self.clients.values():
            client.disconnected()
        self.clients.clear()
        self.start(fresh=fresh)

    @property
    def now(self):
        return self.venue.trade_ns(self.mono_ns), self.mono_ns

    def connect(self, conn, client=None):
        client = self.clients[conn] = client or a_client()
        self.heard.setdefault(conn, [])
        self.venue.order_connected(conn, self.mono_ns)
        client.connected(*self.now)
        self.pump()
        return client

    def cut(self, conn):
        self.clients.pop(conn).disconnected()
        self.venue.order_disconnected(conn, self.mono_ns)
        self.pump()

    def say(self, conn, message):
        self.clients[conn].send(message, *self.now)
        self.pump()

    def pump(self):
        moved = True
        while moved:
            moved = False
            for conn, client in self.clients.items():
                data = client.data_to_send()
                if data:
                    moved = True
                    self.venue.order_data(conn, data, self.mono_ns)
            out = self.venue.outputs()
            self.datagrams += out.datagrams
            for conn, data in out.orders:
                moved = True
                if conn in self.clients:
                    self.clients[conn].receive_data(data, *self.now)
                    self.heard[conn] += events_of(self.clients[conn])
            for conn in out.closing_orders:
                moved = True
                if conn in self.clients:
                    self.clients.pop(conn).disconnected()
                self.venue.order_disconnected(conn, self.mono_ns)

    def run(self, ms, *, every_ms=0):
        """Let time pass: timer by timer, or with a sleepy shell that looks every so often."""
        end = self.mono_ns + ms * MS
        while True:
            due = max(self.venue.next_timer_ns(), self.mono_ns)
            dues = [d for c in self.clients.values() if (d := c.next_timer_ns()) is not None]
            due = self.mono_ns + every_ms * MS if every_ms else min([due, *dues])
            if due > end:
                break
            self.mono_ns = max(self.mono_ns, due)
            for client in list(self.clients.values()):
                client.on_timer(*self.now)
            self.venue.on_timer(self.mono_ns)
            self.pump()
        self.mono_ns = end

    def messages(self, conn):
        """(name, exec type, ClOrdID, last quantity) of what a member was told, in order."""
        found = []
        for event in self.heard[conn]:
            message = getattr(event, "message", None)
            if message is None:
                found.append(type(event).__name__)
            elif hasattr(message, "exec_type"):
                found.append((message.exec_type.name, message.cl_ord_id, message.last_qty))
            else:
                found.append(type(message).__name__)
        return found

    def log(self) -> bytes:
        return b"".join(bytes(self.storage.segments[name]) for name in self.storage.names())
