"""A FIX gateway on the simulator's own FIX port, in memory: what the tests of order sessions and drop copies share."""

from hts.gateway.actions import Dial, Hangup
from hts.model.requests import StartSession

MS = 1_000_000


class Line:
    """What a FixShell needs of a client: the gateway's connection."""

    def __init__(self, member):
        self.member = member
        self.session = self

    def data_to_send(self):
        return self.member.gateway.data_to_send()

    def receive_data(self, data, _wall_ns, mono_ns):
        self.member.gateway.receive_data(data, self.member.trade_ns, mono_ns)

    def disconnected(self):
        self.member.gateway.disconnected("closed by the venue", *self.member.now())
        self.member.take()

    def drain(self):
        self.member.take()


class FixPeer:
    """A gateway at a FIX port of the venue. Times are the shell's. `step`: between the numbers of its connections."""

    def __init__(self, shell, port, gateway, step=1):
        self.shell, self.port, self.gateway, self.step = shell, port, gateway, step
        self.conn = 0
        self.told = []

    @property
    def trade_ns(self):
        return self.shell.now[0]

    def now(self):
        return self.trade_ns, self.shell.mono_ns

    def start(self, epoch=0, next_in_seq=1):
        self.want(StartSession(epoch=epoch, next_in_seq=next_in_seq, cancel_on_disconnect=False))

    def want(self, *requests):
        for request in requests:
            self.gateway.send(request, *self.now())
        self.carry()

    def carry(self):
        self.take()
        self.shell.pump()
        self.take()

    def take(self):
        while (event := self.gateway.next_event()) is not None:
            if isinstance(event, Dial):
                self.conn += self.step
                self.shell.fix[self.port, self.conn] = Line(self)
                self.shell.venue.service_connected(self.port, self.conn, self.shell.mono_ns)
                self.gateway.connected(*self.now())
            elif isinstance(event, Hangup):
                self.cut("closed")
            else:
                self.told.append(event)

    def cut(self, reason="connection reset"):
        if self.shell.fix.pop((self.port, self.conn), None) is not None:
            self.shell.venue.service_disconnected(self.port, self.conn, self.shell.mono_ns)
        self.gateway.disconnected(reason, *self.now())
        self.take()

    def wait(self):
        """Let the next timer of the gateway come."""
        self.shell.mono_ns = max(self.shell.mono_ns, self.gateway.next_timer_ns())
        self.gateway.on_timer(*self.now())
        self.carry()

    def heard(self, kind):
        found = [event for event in self.told if isinstance(event, kind)]
        self.told = [event for event in self.told if not isinstance(event, kind)]
        return found
