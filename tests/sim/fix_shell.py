"""A venue with FIX ports and FIX clients on them, in memory."""

from functools import cache

from hts.sim.fix_logins import FIX_44, FIXT_11, FixLogin, FixServing
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.events import LoggedOn, MessageReceived, SessionFault
from hts.wire.fix.session import FixSession
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore
from tests.sim.venue_shell import Shell
from tests.support.storage import MemoryStorage
from tests.support.wire_ums import events_of
from tests.wire.fix.kit import a_dictionary

WALL_NS = 1_800_000_000_000_000_000
PASSWORD = "paper"
OE, MD, DC = "fix_orders", "fix_market_data", "drop_copy"


@cache
def an_inspector(begin_string: str) -> Inspector:
    return Inspector(a_dictionary(begin_string))


def logins(kind: str, **more) -> tuple[FixLogin, ...]:
    return tuple(
        FixLogin(comp_id=f"HTS01-{kind}{short}", password=PASSWORD, begin_string=begin, **more)
        for begin, short in ((FIX_44, "44"), (FIXT_11, "50"))
    )


def a_serving(storage, **more) -> FixServing:
    values = {
        "inspectors": {begin: an_inspector(begin) for begin in (FIX_44, FIXT_11)},
        "orders": logins("OE"),
        "market_data": logins("MD"),
        "drop_copies": logins("DC", copies_of="HTS01"),
        "wall_offset_ns": WALL_NS,
        "storage": storage,
    }
    return FixServing(**(values | more))


class FixClient:
    """An outside program: one initiator, everything it heard as dictionaries of the last value of each tag."""

    def __init__(self, comp_id: str, password: str = PASSWORD, begin_string: str = "") -> None:
        self.begin_string = begin_string or (FIX_44 if comp_id.endswith("44") else FIXT_11)
        config = SessionConfig(
            role=Role.INITIATOR,
            sender_comp_id=comp_id,
            target_comp_id="KRX",
            logon_fields=((554, password.encode()),),
        )
        self.session = FixSession(config, an_inspector(self.begin_string), FixStore())
        self.messages = []
        self.faults = []
        self.logons = 0

    def say(self, msg_type: str, *fields, now_ns: int) -> None:
        body = tuple((tag, str(value).encode()) for tag, value in fields)
        self.session.send(msg_type, body, now_ns + WALL_NS, now_ns)

    def drain(self) -> None:
        while (event := self.session.next_event()) is not None:
            if isinstance(event, MessageReceived):
                self.messages.append(event.message)
            self.logons += isinstance(event, LoggedOn)
            if isinstance(event, SessionFault):
                self.faults.append(event.text)


class FixShell(Shell):
    """`fix` are clients by (port, connection)."""

    def __init__(self, *, fix=None, **changes):
        self.fix = {}
        self.reasons = []
        self.wire = b""
        storage = changes.pop("storage", None) or MemoryStorage()
        super().__init__(storage=storage, fix=a_serving(storage, **(fix or {})), **changes)

    def kill(self, *, fresh=False):
        for client in self.fix.values():
            client.session.disconnected()
        super().kill(fresh=fresh)

    def dial(self, port, conn, client) -> FixClient:
        self.fix[port, conn] = client
        self.venue.service_connected(port, conn, self.mono_ns)
        client.session.connected(self.mono_ns + WALL_NS, self.mono_ns)
        self.pump()
        return client

    def hang_up(self, port, conn):
        self.fix.pop((port, conn)).session.disconnected()
        self.venue.service_disconnected(port, conn, self.mono_ns)
        self.pump()

    def tell(self, client, msg_type, *fields):
        client.say(msg_type, *fields, now_ns=self.mono_ns)
        self.pump()

    def pump(self):
        self._moved = True
        while self._moved:
            self._pump_once()

    def _pump_once(self):
        self._moved = False
        for (port, conn), client in list(self.fix.items()):
            data = client.session.data_to_send()
            if data:
                self._moved = True
                self.venue.service_data(port, conn, data, self.mono_ns)
        out = self.venue.outputs()
        self.reasons += self.venue.reasons()
        self.datagrams += out.datagrams
        for conn, data in out.orders:
            self.wire += data
            self._moved = True
            if conn in self.clients:
                self.clients[conn].receive_data(data, *self.now)
                self.heard[conn] += events_of(self.clients[conn])
        for port, conn, data in out.services:
            self.wire += data
            self._moved = True
            client = self.fix.get((port, conn))
            if client is not None:
                client.session.receive_data(data, self.mono_ns + WALL_NS, self.mono_ns)
                client.drain()
        for conn, client in self.clients.items():
            data = client.data_to_send()
            if data:
                self._moved = True
                self.venue.order_data(conn, data, self.mono_ns)
        for port, conn in out.closing_services:
            self._moved = True
            if (port, conn) in self.fix:
                self.hang_up(port, conn)
