"""Order gateway over SoupBinTCP: OUCH of Nasdaq, Japannext, ODX and Osaka, and Tokyo's arrowhead (`ouch_talk`).

Theory of operation. The venue numbers what it says, and a login names the number from which it says it (again). These
protocols have no mass status, and their messages say only what changed. So each login asks for the day from its first
message: the session's orders are built anew from it (`hts/gateway/ouch_orders.py`), and what the engine has not stored
is reported. A mass status is answered from the orders when all has been said: arrowhead tells that it has, OUCH by the
first heartbeat after the login. A short silence proves nothing, since a line may hold up what was said. A venue that
has told something in every second for `busy_ns` is believed when nothing follows for `quiet_ns`.

The second that this takes after a login is not saved by a first login for the newest message alone, whose answer names
where the day stands: it would have to end before the day can be asked for, and a venue that cancels on disconnect would
cancel what outlived its own restart. The answer to a login from message 1 names no end, and the answer to a query has
no number.

    StartSession  dial, log in from message 1
    a request     leaves at once when the session is up, else comes back as RequestsLost
    a message     becomes its reports, numbered seq * 2**20 + k; statuses follow the last message with k from 1 on

A request that was sent and not answered when the connection went is never sent again: arrowhead tells which are lost,
else the mass status does not name the order. The name of the venue's session is its epoch.
"""

from collections import deque
from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.gateway.actions import Dial, Hangup
from hts.gateway.feed_session import session_date
from hts.gateway.kept_line import KeptLine
from hts.gateway.ouch_orders import OuchOrders, OuchReport, OuchRequest
from hts.gateway.ouch_talk import Lost, OrderTalk
from hts.gateway.redial import RedialPlan
from hts.model.reports import AnyReport, MassStatusEnd, RequestsLost, SessionUp
from hts.model.requests import (
    AnyRequest,
    EndSession,
    OrderMassStatusRequest,
    StartSession,
)
from hts.model.units import ClOrdID
from hts.wire.layout.codec import BinaryLayout
from hts.wire.ouch.session import OuchEvent, Received
from hts.wire.soupbin.client import SoupClient
from hts.wire.soupbin.events import GapFound, LoggedOn, LoggedOut, LoginRefused, PeerSilent, ProtocolFault, SessionEnded

MS: Final = 1_000_000
NUMBER_BITS: Final = 20


class OuchConfig(Struct, frozen=True, kw_only=True):
    """How to reach the venue. `account` is whose orders the session's are; times in nanoseconds."""

    venue: str
    username: str
    password: str
    account: str
    dial_timeout_ns: int = 5_000 * MS
    quiet_ns: int = 100 * MS
    busy_ns: int = 10_000 * MS
    redial: RedialPlan = RedialPlan()
    speed_milli: int = 1000
    running: str = ""  # our build and the fingerprint of our settings, told after each login

    def __repr__(self) -> str:
        return f"OuchConfig(venue={self.venue!r}, username={self.username!r})"


class OuchOrderGateway:
    """One order session. `date_of` gives the venue's trading date of a time."""

    def __init__(
        self,
        config: OuchConfig,
        talk: OrderTalk,
        soup_layout: BinaryLayout,
        date_of: Callable[[int], int],
    ) -> None:
        self.venue = config.venue
        self._config = config
        self._talk = talk
        self._soup_layout = soup_layout
        self._date_of = date_of
        self._events: deque[AnyReport | Dial | Hangup] = deque()
        self._line = KeptLine(config.venue, config.redial, config.dial_timeout_ns, self._events)
        self._trade_ns = 0
        self._epoch = 0
        self._stored = 0  # the greatest number that the engine has stored, of this epoch
        self._asked: OrderMassStatusRequest | None = None
        self._up_ns = 0
        self._quiet_at_ns: int | None = None
        self._cancels_on_disconnect = True
        self._begin()

    def _begin(self) -> None:
        """A fresh connection tells the day from its first message."""
        config = self._config
        self._soup = SoupClient(
            self._soup_layout, username=config.username, password=config.password, running=config.running
        )
        self._talk.begin(self._soup, cancels_on_disconnect=self._cancels_on_disconnect)
        self._orders = OuchOrders(self.venue, config.account)
        self._seq = 0
        self._count = 0  # of reports under the last number

    @property
    def is_up(self) -> bool:
        """Requests reach the venue."""
        return self._line.is_open and self._talk.is_ready

    # -- what the engine wants

    def send(self, request: AnyRequest, trade_ns: int, mono_ns: int) -> None:
        """Carry out a request; what cannot leave comes back as RequestsLost."""
        self._trade_ns = trade_ns
        if isinstance(request, StartSession):
            self._start(request, mono_ns)
        elif isinstance(request, EndSession):
            self._end(mono_ns)
        elif isinstance(request, OrderMassStatusRequest):
            self._asked = request
            self._answer_if_said()
        elif not self.is_up or not self._say(request, mono_ns):
            self._lose(getattr(request, "cl_ord_id", None))

    def _start(self, request: StartSession, mono_ns: int) -> None:
        self._cancels_on_disconnect = request.cancel_on_disconnect
        if not self._line.is_off:
            return
        self._epoch = request.epoch
        self._stored = request.next_in_seq - 1
        self._line.want(mono_ns)

    def _end(self, mono_ns: int) -> None:
        if self._line.end():
            self._soup.logout(mono_ns)
            self._drain(mono_ns)

    def _say(self, request: AnyRequest, mono_ns: int) -> bool:
        """False for what this protocol cannot say."""
        try:
            self._talk.say(request, self._orders, mono_ns)
        except LocalProtocolError:
            return False
        if isinstance(request, OuchRequest):
            self._orders.asked(request)
        return True

    def _lose(self, cl_ord_id: ClOrdID | None) -> None:
        if cl_ord_id is not None:
            self._events.append(RequestsLost(venue=self.venue, cl_ord_ids=(cl_ord_id,)))

    # -- the connection

    def connected(self, trade_ns: int, mono_ns: int) -> None:
        """The shell has opened the connection."""
        self._trade_ns = trade_ns
        if self._line.opened():
            self._begin()
            self._soup.connected(mono_ns)

    def disconnected(self, reason: str, trade_ns: int, mono_ns: int) -> None:
        """The connection is gone, or could not be opened."""
        self._trade_ns = trade_ns
        if not self._line.lost(reason):
            return
        self._soup.disconnected()
        self._orders.forget_asked()
        self._asked = self._quiet_at_ns = None
        self._line.rest(mono_ns)

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:
        """Bytes from the venue, in any cut."""
        self._trade_ns = trade_ns
        if self._line.is_open:
            self._soup.receive_data(data, mono_ns)
            self._drain(mono_ns)

    def next_event(self) -> AnyReport | Dial | Hangup | None:
        """The oldest report or instruction not yet taken."""
        return self._events.popleft() if self._events else None

    def data_to_send(self) -> bytes:
        """Bytes for the venue since the last call."""
        return self._soup.data_to_send()

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`, None when nothing is due."""
        times = (self._soup.next_timer_ns(), self._quiet_at_ns)
        return self._line.next_timer_ns(min((at for at in times if at is not None), default=None))

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """What is due at `mono_ns`; early and late calls are harmless."""
        self._trade_ns = trade_ns
        due = self.next_timer_ns()
        if due is None or mono_ns < due or not self._line.on_timer(mono_ns):
            return
        if self._quiet_at_ns is not None and mono_ns >= self._quiet_at_ns:
            self._answer_status()
        self._soup.on_timer(mono_ns)
        self._drain(mono_ns)

    # -- what the venue says

    def _drain(self, mono_ns: int) -> None:
        while self._line.is_open and (event := self._talk.next_event(mono_ns)) is not None:
            if isinstance(event, Received):
                self._received(event, mono_ns)
            elif isinstance(event, Lost):
                self._events.append(RequestsLost(venue=self.venue, cl_ord_ids=event.cl_ord_ids))
            else:
                self._session_event(event, mono_ns)
        self._answer_if_said()

    def _session_event(self, event: OuchEvent, mono_ns: int) -> None:
        if isinstance(event, LoggedOn):
            self._up_ns = mono_ns
            self._logged_on(event)
        elif isinstance(event, GapFound):
            self._line.refused()
            text = f"message {event.expected} expected first, found {event.found}: the venue dropped some"
            self._line.end_of_session("protocol_fault", text)
        elif isinstance(event, LoginRefused):
            self._line.refused()
            self._line.end_of_session("refused", event.text)
        elif isinstance(event, ProtocolFault):
            self._line.end_of_session("protocol_fault", event.text)
        elif isinstance(event, PeerSilent):
            self._line.end_of_session("no_answer", event.text)
        elif isinstance(event, SessionEnded):
            self._line.end_of_session("logged_out", f"the venue's session {event.session} has ended")
        elif isinstance(event, LoggedOut):
            self._line.hang_up("session_ended")

    def _logged_on(self, event: LoggedOn) -> None:
        epoch = int.from_bytes(blake2b(event.session.encode(), digest_size=4).digest(), "big") | 1
        if epoch != self._epoch:
            self._epoch, self._stored = epoch, 0
        self._line.stood()
        self._events.append(
            SessionUp(
                venue=self.venue,
                epoch=epoch,
                trading_date=session_date(event.session, lambda: self._date_of(self._trade_ns)),
                trade_ns=self._trade_ns,
                speed_milli=self._config.speed_milli,
            )
        )

    def _received(self, event: Received, mono_ns: int) -> None:
        if event.seq:
            self._seq, self._count = event.seq, 0
        if self._talk.is_all_said is None and mono_ns >= self._up_ns + self._config.busy_ns:
            self._quiet_at_ns = mono_ns + self._config.quiet_ns
        try:
            heard = self._talk.read(event.message)
        except RemoteProtocolError as error:
            # It is about an order of ours: begin the session again.
            self._line.end_of_session("protocol_fault", f"message {event.seq}: {error}")
            return
        if heard is None:
            return
        for report in self._orders.take(heard, self._talk.time_of(event.message, self._trade_ns)):
            self._report(report)

    def _report(self, report: OuchReport) -> None:
        number = (self._seq << NUMBER_BITS) + self._count
        self._count += 1
        if number > self._stored:
            self._stored = number
            self._events.append(replace(report, venue_seq=number))

    def _answer_if_said(self) -> None:
        if self._asked is not None and self._talk.is_all_said:
            self._answer_status()

    def _answer_status(self) -> None:
        """All has been said: retell every order, then say that this was all."""
        asked, self._asked, self._quiet_at_ns = self._asked, None, None
        if asked is None:
            return
        if self._stored >> NUMBER_BITS == self._seq:
            self._count = max(self._count, (self._stored & ((1 << NUMBER_BITS) - 1)) + 1)
        count = 0
        for report in self._orders.statuses(self._trade_ns):
            self._report(report)
            count += 1
        number = (self._seq << NUMBER_BITS) + self._count
        self._count += 1
        self._stored = max(self._stored, number)
        self._events.append(
            MassStatusEnd(
                venue=self.venue,
                venue_seq=number,
                mass_status_req_id=asked.mass_status_req_id,
                count=count,
                transact_ns=self._trade_ns,
            )
        )
