"""Order gateway of the KRX and of Nextrade: requests to UMS messages, UMS messages to reports, a connection kept up.

Theory of operation. The gateway owns one UmsSession and tells the shell when to dial and to hang up; the shell owns
the socket. It decides nothing about orders:

    StartSession  dial, log on from the number that the engine has not stored
    a request     is encoded at once when the session is up, else comes back as RequestsLost
    a report      carries the number of its message; SessionUp comes before the messages that are sent again

A connection that goes is dialled again, at the primary host and then at the backup (`hts/gateway/redial.py`). Both
speak for one venue: the session goes on from the number that it lacks, whichever host answers; a host of another day
(epoch) begins anew, and the engine reconciles. A venue that closes is noticed at once; one that falls silent is down
when it does not answer a TestRequest.

Requests that were sent are remembered until a report shows that they arrived. At the next logon of the same day the
venue says which number it waits for: what was sent from there on is lost for good and reported so. On another day
nothing can be said about them; the engine closes what the new day does not know.
"""

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from hts.base.errors import LocalProtocolError
from hts.gateway.actions import Dial, Hangup
from hts.gateway.kept_line import KeptLine
from hts.gateway.krx_ums_messages import to_message, to_report
from hts.gateway.redial import RedialPlan
from hts.model.reports import AnyReport, RequestsLost, SessionUp
from hts.model.requests import AnyRequest, EndSession, OrderMassStatusRequest, StartSession
from hts.model.units import ClOrdID
from hts.model.venues import HOME_VENUE
from hts.wire.ums.codec import cut_frames
from hts.wire.ums.events import LoggedOn, LoggedOut, MessageReceived, ProtocolFault, SentLost, SessionEvent
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import SessionReason
from hts.wire.ums.session import UmsSession
from hts.wire.ums.states import Role

MS = 1_000_000
Tap = Callable[[str, bytes], None]


class UmsConfig(Struct, frozen=True, kw_only=True):
    """How to reach the venue. All delays in nanoseconds."""

    comp_id: str
    password: str
    venue: str = HOME_VENUE
    venue_comp_id: str = ""  # empty: the venue's name
    heartbeat_ns: int = 1_000 * MS
    dial_timeout_ns: int = 5_000 * MS
    logon_timeout_ns: int = 5_000 * MS  # from our Logon to the venue's
    redial: RedialPlan = RedialPlan()
    running: str = ""  # our build and the fingerprint of our settings, told at each logon

    def __repr__(self) -> str:
        return f"UmsConfig(comp_id={self.comp_id!r}, venue={self.venue!r})"


class KrxUmsGateway:
    """One order session. `tap` sees every frame ("in", "out"), the password blanked."""

    def __init__(self, layout: UmsLayout, config: UmsConfig, tap: Tap | None = None) -> None:
        self.venue = config.venue
        self._layout = layout
        self._config = config
        self._tap = tap
        self._tapped_in = bytearray()
        self._events: deque[AnyReport | Dial | Hangup] = deque()
        self._session: UmsSession | None = None
        self._line = KeptLine(config.venue, config.redial, config.dial_timeout_ns, self._events)
        self._in_flight: dict[int, ClOrdID] = {}  # by sequence number, until a report shows the arrival
        self._seq_of: dict[ClOrdID, int] = {}

    @property
    def is_up(self) -> bool:
        """Requests reach the venue."""
        return self._session is not None and self._session.is_up

    def send(self, request: AnyRequest, trade_ns: int, mono_ns: int) -> None:
        """Carry out a request; what cannot leave comes back as RequestsLost."""
        if isinstance(request, StartSession):
            self._start(request, mono_ns)
        elif isinstance(request, EndSession):
            self._end(trade_ns, mono_ns)
        else:
            self._send_message(request, trade_ns, mono_ns)

    def connected(self, trade_ns: int, mono_ns: int) -> None:
        """The shell has opened the connection."""
        if self._line.opened() and self._session is not None:
            self._tapped_in.clear()
            self._session.connected(trade_ns, mono_ns)

    def disconnected(self, reason: str, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """The connection is gone, or could not be opened; `reason` is the operating system's word for it."""
        if self._session is None or not self._line.lost(reason):
            return
        self._session.disconnected()
        self._drain_session()
        self._line.rest(mono_ns)
        if self._line.is_off:
            self._session = None

    def receive_data(self, data: bytes, trade_ns: int, mono_ns: int) -> None:
        """Bytes from the venue, in any cut."""
        if self._session is None or not self._line.is_open:
            return
        if self._tap is not None:
            self._tapped_in += data
            for frame in cut_frames(self._layout, self._tapped_in):
                self._tap("in", frame)
        self._session.receive_data(data, trade_ns, mono_ns)
        self._drain_session()

    def next_event(self) -> AnyReport | Dial | Hangup | None:
        """The oldest report or instruction not yet taken."""
        return self._events.popleft() if self._events else None

    def data_to_send(self) -> bytes:
        """Bytes for the venue since the last call."""
        if self._session is None:
            return b""
        data = self._session.data_to_send()
        if data and self._tap is not None:
            for frame in cut_frames(self._layout, bytearray(self._blank(data))):
                self._tap("out", frame)
        return data

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`, None when nothing is due."""
        return self._line.next_timer_ns(self._session.next_timer_ns() if self._session is not None else None)

    def on_timer(self, trade_ns: int, mono_ns: int) -> None:
        """What is due at `mono_ns`; early and late calls are harmless."""
        due = self.next_timer_ns()
        if due is None or mono_ns < due or self._session is None:
            return
        if self._line.on_timer(mono_ns):
            self._session.on_timer(trade_ns, mono_ns)
            self._drain_session()

    def _start(self, request: StartSession, mono_ns: int) -> None:
        if self._session is not None:
            self._session.cancel_on_disconnect = request.cancel_on_disconnect  # told at the next logon
            return
        self._session = UmsSession(
            self._layout,
            role=Role.INITIATOR,
            comp_id=self._config.comp_id,
            peer_id=self._config.venue_comp_id or self.venue,
            password=self._config.password,
            heartbeat_ns=self._config.heartbeat_ns,
            next_in_seq=request.next_in_seq,
            epoch=request.epoch,
            cancel_on_disconnect=request.cancel_on_disconnect,
            logon_timeout_ns=self._config.logon_timeout_ns,
            running=self._config.running,
        )
        self._forget_in_flight()
        self._line.want(mono_ns)

    def _end(self, trade_ns: int, mono_ns: int) -> None:
        stands = self._line.end()
        if self._line.is_off:
            self._session = None
        elif stands and self._session is not None:
            self._session.logout(SessionReason.NONE, "", trade_ns, mono_ns)
            self._drain_session()

    def _send_message(self, request: AnyRequest, trade_ns: int, mono_ns: int) -> None:
        message = to_message(request)
        cl_ord_id = None if isinstance(request, OrderMassStatusRequest) else ClOrdID(getattr(message, "cl_ord_id", 0))
        if self._session is None or not self._session.is_up:
            self._lose(cl_ord_id)
            return
        try:
            seq = self._session.send(message, trade_ns, mono_ns)
        except LocalProtocolError:
            # A value does not fit its field: nothing left the house, and the order must not stay pending.
            self._lose(cl_ord_id)
            return
        if cl_ord_id is not None:
            self._in_flight[seq] = cl_ord_id
            self._seq_of[cl_ord_id] = seq
        self._drain_session()

    def _lose(self, cl_ord_id: ClOrdID | None) -> None:
        if cl_ord_id is not None:
            self._events.append(RequestsLost(venue=self.venue, cl_ord_ids=(cl_ord_id,)))

    def _drain_session(self) -> None:
        assert self._session is not None
        while (event := self._session.next_event()) is not None:
            self._take(event)

    def _take(self, event: SessionEvent) -> None:
        if isinstance(event, MessageReceived):
            report = to_report(event, self.venue)
            if report is not None:
                self._arrived(getattr(event.message, "cl_ord_id", 0))
                self._events.append(report)
        elif isinstance(event, LoggedOn):
            self._logged_on(event)
        elif isinstance(event, SentLost):
            self._lost(event)
        elif isinstance(event, LoggedOut):
            # A newer logon of the same comp id threw us out: two cores must not fight over the session.
            was_up = self._line.was_up
            if not was_up or event.reason == SessionReason.REPLACED:
                self._line.refused()
            self._line.end_of_session("logged_out" if was_up else "refused", _with_reason(event.reason, event.text))
        elif isinstance(event, ProtocolFault):
            key = "no_answer" if event.reason in _SILENCE else "protocol_fault"
            self._line.end_of_session(key, _with_reason(event.reason, event.text))

    def _logged_on(self, event: LoggedOn) -> None:
        if event.is_new_epoch:
            self._forget_in_flight()
        self._line.stood()
        self._events.append(
            SessionUp(
                venue=self.venue,
                epoch=event.epoch,
                trading_date=event.trading_date,
                trade_ns=event.venue_ns,
                speed_milli=event.speed_milli,
            )
        )

    def _lost(self, event: SentLost) -> None:
        seqs = [seq for seq in self._in_flight if event.first_seq <= seq < event.end_seq]
        ids = tuple(self._in_flight.pop(seq) for seq in seqs)
        for cl_ord_id in ids:
            self._seq_of.pop(cl_ord_id, None)
        if ids:
            self._events.append(RequestsLost(venue=self.venue, cl_ord_ids=ids))

    def _arrived(self, cl_ord_id: int) -> None:
        """The venue reads in order: what was sent up to this request has arrived as well."""
        last = self._seq_of.get(ClOrdID(cl_ord_id))
        if last is None:
            return
        for seq in [seq for seq in self._in_flight if seq <= last]:
            self._seq_of.pop(self._in_flight.pop(seq), None)

    def _forget_in_flight(self) -> None:
        self._in_flight.clear()
        self._seq_of.clear()

    def _blank(self, data: bytes) -> bytes:
        password = self._config.password.encode("ascii")
        return data.replace(password, b"*" * len(password)) if password else data


_SILENCE = (SessionReason.PEER_SILENT, SessionReason.LOGON_TIMEOUT, SessionReason.RESEND_FAILED)


def _with_reason(reason: int, text: str) -> str:
    known = SessionReason(reason).name if reason in SessionReason.__members__.values() else str(reason)
    return f"{known}: {text}" if text else known
