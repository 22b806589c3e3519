"""Order entry and exchange joined as the venue joins them, with clients on connection ids."""

from hts.sim.order_entry import MemberLogin, OrderEntry
from tests.support.venue import DAY, an_exchange, at
from tests.support.wire_ums import LAYOUT, MS, PASSWORD, a_client, events_of

START = at("09:01:00")
MEMBERS = (MemberLogin(comp_id="HTS01", password=PASSWORD), MemberLogin(comp_id="HTS02", password="two"))


def an_entry(epoch=3):
    return OrderEntry(LAYOUT, MEMBERS, epoch=epoch, trading_date=DAY)


class Venue:
    """Every command is logged before it is applied; `clients` are UmsSessions by connection id."""

    def __init__(self):
        self.exchange = an_exchange()
        self.entry = an_entry()
        self.log = []
        self.clients = {}
        self.closed = []
        self.mono_ns = 0

    @property
    def now(self):
        return START + self.mono_ns, self.mono_ns

    def connect(self, conn, client):
        self.clients[conn] = client
        self.entry.connected(conn, *self.now)
        client.connected(*self.now)
        self.pump()

    def cut(self, conn):
        self.clients.pop(conn).disconnected()
        self.apply(self.entry.disconnected(conn, *self.now))
        self.pump()

    def apply(self, commands):
        for command in commands:
            self.log.append((command, self.now[0]))
            self.entry.on_events(self.exchange.apply(command, self.now[0]), *self.now)

    def pump(self):
        moved = True
        while moved:
            moved = False
            for conn, client in list(self.clients.items()):
                data = client.data_to_send()
                if data:
                    moved = True
                    self.apply(self.entry.receive_data(conn, data, *self.now))
            for conn, data in self.entry.data_to_send():
                moved = True
                if conn in self.clients:
                    self.clients[conn].receive_data(data, *self.now)
            for conn in self.entry.closing():
                self.closed.append(conn)
                if conn in self.clients:
                    self.clients.pop(conn).disconnected()
                self.apply(self.entry.disconnected(conn, *self.now))

    def say(self, conn, message):
        """One message of a client, carried to the end."""
        self.clients[conn].send(message, *self.now)
        self.pump()

    def say_raw(self, conn, data):
        self.apply(self.entry.receive_data(conn, data, *self.now))
        return b"".join(raw for c, raw in self.entry.data_to_send() if c == conn)

    def advance(self, ms):
        end = self.mono_ns + ms * MS
        while True:
            dues = [due for c in self.clients.values() if (due := c.next_timer_ns()) is not None and due <= end]
            own = self.entry.next_timer_ns()
            if own is not None and own <= end:
                dues.append(own)
            if not dues:
                break
            self.mono_ns = max(self.mono_ns, min(dues))
            self.apply(self.entry.on_timer(*self.now))
            for client in list(self.clients.values()):
                client.on_timer(*self.now)
            self.pump()
        self.mono_ns = end

    def restarted(self):
        """The venue after a crash: rebuilt from its log, no connection left."""
        fresh = Venue()
        fresh.mono_ns = self.mono_ns
        for command, trade_ns in self.log:
            fresh.entry.restore(command)
            fresh.entry.on_events(fresh.exchange.apply(command, trade_ns), trade_ns, 0)
        fresh.log = list(self.log)
        return fresh


def a_member(**changes):
    """The client session of HTS01, knowing the day."""
    return a_client(**({"epoch": 3} | changes))


def a_drop_copy(**changes):
    return a_client(**({"epoch": 3, "comp_id": "HTS01-DC"} | changes))


def told(client):
    """(number, type or name, cl_ord_id) of what a client was told, PossDup marked with a star."""
    found = []
    for event in events_of(client):
        message = getattr(event, "message", None)
        if message is None:
            found.append(type(event).__name__)
            continue
        exec_type = getattr(message, "exec_type", None)
        word = exec_type.name if exec_type else type(message).__name__
        found.append((event.seq, word + "*" * event.poss_dup, getattr(message, "cl_ord_id", 0)))
    return found
