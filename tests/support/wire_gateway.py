"""A KRX gateway, its shell and a venue session under one clock: the shell dials as it is told."""

from hts.gateway.actions import Dial, Hangup
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.model.requests import StartSession
from tests.support.wire_ums import LAYOUT, MS, PASSWORD, TRADE_NS, a_venue, events_of


class Shell:
    """Plays the asyncio shell. `reachable` says whether a dial gets through, `silent` holds the venue's bytes back."""

    def __init__(self, venue=None, **config):
        self.taps = []
        values = {"comp_id": "HTS01", "password": PASSWORD}
        self.gateway = KrxUmsGateway(
            LAYOUT, UmsConfig(**(values | config)), tap=lambda way, raw: self.taps.append((way, raw))
        )
        self.venue = venue or a_venue()
        self.mono_ns = 0
        self.reachable = True
        self.silent = False
        self.is_open = False
        self.log = []  # reports, and ("dial", ms) and ("hangup", ms, reason)

    @property
    def now(self):
        return TRADE_NS + self.mono_ns, self.mono_ns

    def start(self, epoch=3, next_in_seq=1, cancel_on_disconnect=False):
        request = StartSession(epoch=epoch, next_in_seq=next_in_seq, cancel_on_disconnect=cancel_on_disconnect)
        self.gateway.send(request, *self.now)
        self.pump()

    def send(self, request):
        self.gateway.send(request, *self.now)
        self.pump()

    def cut(self, reason="connection reset"):
        """The TCP connection goes."""
        self.is_open = False
        self.venue.disconnected()
        self.gateway.disconnected(reason, *self.now)
        self.pump()

    def pump(self):
        """Carry out instructions and bytes until both sides are quiet."""
        moved = True
        while moved:
            moved = self._instructions()
            up = self.gateway.data_to_send()
            down = self.venue.data_to_send()
            if up and self.is_open:
                self.venue.receive_data(up, *self.now)
                moved = True
            if down and self.is_open and not self.silent:
                self.gateway.receive_data(down, *self.now)
                moved = True
            if not moved and self.is_open and self.venue.is_closing and not self.silent:
                self.cut("closed by the venue")

    def _instructions(self):
        moved = False
        while (event := self.gateway.next_event()) is not None:
            moved = True
            if isinstance(event, Dial):
                self.log.append(("dial", self.mono_ns // MS))
                self._dial()
            elif isinstance(event, Hangup):
                self.log.append(("hangup", self.mono_ns // MS, event.reason))
                data = self.gateway.data_to_send()
                if self.is_open:
                    self.venue.receive_data(data, *self.now)
                self.is_open = False
                self.venue.disconnected()
                self.gateway.disconnected("closed", *self.now)
            else:
                self.log.append(event)
        return moved

    def _dial(self):
        if self.reachable:
            self.is_open = True
            self.venue.connected(*self.now)
            self.gateway.connected(*self.now)
        else:
            self.gateway.disconnected("connection refused", *self.now)

    def advance(self, ms):
        end = self.mono_ns + ms * MS
        while True:
            sides = (self.gateway, self.venue) if self.is_open and not self.silent else (self.gateway,)
            dues = [due for side in sides if (due := side.next_timer_ns()) is not None and due <= end]
            if not dues:
                break
            self.mono_ns = max(self.mono_ns, min(dues))
            for side in sides:
                side.on_timer(*self.now)
            self.pump()
        self.mono_ns = end

    def taken(self):
        """The log since the last call."""
        found, self.log = self.log, []
        return found

    def venue_events(self):
        return events_of(self.venue)
