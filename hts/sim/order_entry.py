"""The venue's order entry: connections and sessions on one side, exchange commands and events on the other.

Theory of operation. A connection is nobody's until its first frame, which must be a Logon that its session accepts;
then the session of that member speaks over it. Sessions outlive connections: they number and keep what the exchange
says about a member's orders, connected or not. The numbers follow from the events alone, and the inbound numbers are
stored in the commands, so that a restarted venue finds both again:

    for each logged command: restore(command), then on_events(what the exchange makes of it)

Each member has a second session, comp id plus "-DC", that hears every Execution of the member and every change
of its kill switch, and takes no requests.

Every call that can end a connection returns commands: a member who asked for cancel on disconnect gets a MassCancel.
The shell writes `data_to_send`, then closes what `closing` names and says `disconnected`. `next_timer_ns` is 0 when
something is due at once.
"""

from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from hts.model.reasons import Reason
from hts.sim.commands import AnyCommand, Command, MassCancel
from hts.sim.events import MEMBER_EVENTS, KillSwitchChanged, OrderEvent, OrderStated, SimEvent
from hts.sim.order_entry_messages import to_command, to_message
from hts.sim.running import running_line
from hts.wire.ums.codec import BadFrame, FrameReader, encode, encode_body, one_line
from hts.wire.ums.events import LoggedOn, MessageReceived, ProtocolFault
from hts.wire.ums.keep_alive import MS
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import Logon, Logout, SessionReason
from hts.wire.ums.session import LOGON_TIMEOUT_NS, UmsSession
from hts.wire.ums.states import Role

DROP_COPY = "-DC"
CONNECTIONS_MAX = 64
REASONS_MAX = 100  # kept until they are asked for


class MemberLogin(Struct, frozen=True, kw_only=True):
    """Who may log on. The drop copy session has the same password."""

    comp_id: str
    password: str

    def __repr__(self) -> str:
        return f"MemberLogin(comp_id={self.comp_id!r})"


class _Connection:
    """One TCP connection: bytes before the Logon, then a session, then the last words."""

    def __init__(self, mono_ns: int) -> None:
        self.since_ns = mono_ns
        self.before_logon = bytearray()  # less than one frame
        self.session: UmsSession | None = None
        self.farewell = b""
        self.is_closing = False
        self.is_told = False  # `closing` has named it


class OrderEntry:
    """All order sessions of one venue day."""

    def __init__(
        self,
        layout: UmsLayout,
        members: tuple[MemberLogin, ...],
        *,
        epoch: int,
        trading_date: int,
        speed_milli: int = 1000,
        venue_comp_id: str = "KRX",
    ) -> None:
        assert epoch >= 1, epoch
        self._layout = layout
        self._members = members
        self._speed_milli = speed_milli
        self._venue_comp_id = venue_comp_id
        self._connections: dict[int, _Connection] = {}
        self._reasons: deque[str] = deque(maxlen=REASONS_MAX)
        self._sessions = self._day_sessions(epoch, trading_date)

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:
        """A connection was accepted; its Logon must come in time."""
        assert conn not in self._connections, conn
        connection = self._connections[conn] = _Connection(mono_ns)
        if len(self._connections) > CONNECTIONS_MAX:
            text = f"up to {CONNECTIONS_MAX} connections expected, found one more"
            self._refuse(connection, SessionReason.UNEXPECTED_MESSAGE, text, trade_ns)

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002  every call has both times
        """The connection is gone."""
        connection = self._connections.pop(conn, None)
        return [] if connection is None else self._detach(connection)

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Bytes from a member, in any cut; returns what the exchange is asked to do, in order."""
        connection = self._connections.get(conn)
        if connection is None or connection.is_closing:
            return []
        commands: list[AnyCommand] = []
        if connection.session is None:
            connection.before_logon += data
            logon = self._first_frame(connection, trade_ns)
            if logon is None:
                return []
            data = bytes(connection.before_logon)
            connection.before_logon.clear()
            commands += self._attach(connection, logon, trade_ns, mono_ns)
        assert connection.session is not None
        connection.session.receive_data(data, trade_ns, mono_ns)
        return commands + self._collect(connection, trade_ns, mono_ns)

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  events carry their own trading time
        """Number what the exchange says to each member, and send it where a connection stands."""
        for event in events:
            if not isinstance(event, MEMBER_EVENTS):
                continue
            session = self._sessions.get(event.session)
            message = to_message(event)
            if session is None or message is None:
                continue
            body = encode_body(self._layout, message)
            session.send(message, event.trade_ns, mono_ns, body)
            if isinstance(event, OrderEvent | KillSwitchChanged) and not isinstance(event, OrderStated):
                self._sessions[event.session + DROP_COPY].send(message, event.trade_ns, mono_ns, body)

    def restore(self, command: Command) -> None:
        """A command out of the log: its member's next number is the one after it."""
        session = self._sessions.get(command.session)
        if session is not None:
            session.next_in_seq = max(session.next_in_seq, command.in_seq + 1)

    def roll(self, epoch: int, trading_date: int, trade_ns: int, mono_ns: int) -> None:
        """A new day begins: every session is logged out and starts anew with empty numbers."""
        for connection in self._connections.values():
            if connection.session is not None:
                connection.session.logout(SessionReason.DAY_END, "the venue begins a new day", trade_ns, mono_ns)
                self._detach(connection)  # nothing to cancel: the day's orders are history
        self._sessions = self._day_sessions(epoch, trading_date)

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """Bytes for each connection since the last call."""
        found = []
        for conn, connection in self._connections.items():
            data = connection.farewell
            connection.farewell = b""
            if connection.session is not None:
                data += connection.session.data_to_send()
            if data:
                found.append((conn, data))
        return found

    def closing(self) -> list[int]:
        """Connections to close once their bytes are written; each is named once."""
        found = []
        for conn, connection in self._connections.items():
            if connection.is_closing and not connection.is_told:
                connection.is_told = True
                found.append(conn)
        return found

    def reasons(self) -> list[str]:
        """Who logged on and why connections were refused or ended for a fault, a line each, since the last call."""
        found = list(self._reasons)
        self._reasons.clear()
        return found

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`, 0 for at once, None when nothing is due."""
        dues = [due for c in self._connections.values() if (due := _due_ns(c)) is not None]
        return min(dues, default=None)

    def on_timer(self, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Heartbeats and time-outs that are due; early and late calls are harmless."""
        commands: list[AnyCommand] = []
        for connection in list(self._connections.values()):
            due = _due_ns(connection)
            if due is None or mono_ns < due:
                continue
            if connection.session is None:
                text = f"Logon within {LOGON_TIMEOUT_NS // MS} ms expected"
                self._refuse(connection, SessionReason.LOGON_TIMEOUT, text, trade_ns)
            else:
                connection.session.on_timer(trade_ns, mono_ns)
                commands += self._collect(connection, trade_ns, mono_ns)
        return commands

    def sequence_numbers(self) -> dict[str, tuple[int, int]]:
        """Next inbound and outbound number by comp id: equal before and after a restart."""
        return {comp_id: (s.next_in_seq, s.next_out_seq) for comp_id, s in self._sessions.items()}

    def _day_sessions(self, epoch: int, trading_date: int) -> dict[str, UmsSession]:
        return {
            comp_id: UmsSession(
                self._layout,
                role=Role.ACCEPTOR,
                comp_id=self._venue_comp_id,
                peer_id=comp_id,
                password=member.password,
                epoch=epoch,
                trading_date=trading_date,
                speed_milli=self._speed_milli,
            )
            for member in self._members
            for comp_id in (member.comp_id, member.comp_id + DROP_COPY)
        }

    def _first_frame(self, connection: _Connection, trade_ns: int) -> Logon | None:
        """The Logon that opens a connection, None while bytes are missing or when it is refused."""
        reader = FrameReader(self._layout)
        reader.append(bytes(connection.before_logon))
        try:
            frame = reader.next_frame()
        except BadFrame as error:
            self._refuse(connection, error.reason, str(error), trade_ns)
            return None
        if frame is None:
            return None
        if not isinstance(frame.message, Logon):
            text = f"Logon expected, found {frame.layout.name}"
            self._refuse(connection, SessionReason.UNEXPECTED_MESSAGE, text, trade_ns)
            return None
        session = self._sessions.get(frame.message.comp_id)
        if session is None:
            text = f"a member's comp id expected, found {frame.message.comp_id}"
            self._refuse(connection, SessionReason.UNKNOWN_COMP_ID, text, trade_ns)
            return None
        refusal = session.refusal(frame.message)
        if refusal is not None:
            self._refuse(connection, *refusal, trade_ns)
            return None
        return frame.message

    def _refuse(self, connection: _Connection, reason: SessionReason, text: str, trade_ns: int) -> None:
        logout = Logout(reason=reason, text=one_line(self._layout, text))
        connection.farewell = encode(self._layout, logout, 1, trade_ns)
        connection.before_logon.clear()
        connection.is_closing = True
        self._reasons.append(f"order entry: a connection was refused: {text}")

    def _attach(self, connection: _Connection, logon: Logon, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Give the member's session to this connection; an older one, perhaps half open, is closed."""
        session = self._sessions[logon.comp_id]
        commands: list[AnyCommand] = []
        for older in self._connections.values():
            if older.session is session:
                session.logout(SessionReason.REPLACED, "a newer logon took over", trade_ns, mono_ns)
                commands += self._detach(older)
        connection.session = session
        session.connected(trade_ns, mono_ns)
        return commands

    def _collect(self, connection: _Connection, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """The session's news as commands; a session that ends leaves its connection."""
        session = connection.session
        assert session is not None
        commands: list[AnyCommand] = []
        while (event := session.next_event()) is not None:
            if isinstance(event, ProtocolFault):
                self._reasons.append(f"order entry: {session.peer_id} was cut off: {event.text}")
            elif isinstance(event, LoggedOn):
                self._reasons.append(f"order entry: {running_line(session.peer_id, event.running)}")
            if not isinstance(event, MessageReceived):
                continue
            if session.peer_id.endswith(DROP_COPY):
                text = f"no request on a drop copy session expected, found {type(event.message).__name__}"
                session.logout(SessionReason.READ_ONLY, text, trade_ns, mono_ns)
            else:
                commands.append(to_command(event.message, session.peer_id, event.seq))
        if session.is_closing:
            commands += self._detach(connection)
        return commands

    def _detach(self, connection: _Connection) -> list[AnyCommand]:
        """Part session and connection; what the session still had to say is kept for the connection."""
        session = connection.session
        connection.is_closing = True
        if session is None:
            return []
        connection.farewell += session.data_to_send()
        connection.session = None
        session.disconnected()
        while session.next_event() is not None:
            pass  # the end of a session concerns nobody but its connection
        if not session.cancel_on_disconnect or session.peer_id.endswith(DROP_COPY):
            return []
        return [MassCancel(session=session.peer_id, reason=Reason.CANCEL_ON_DISCONNECT)]


def _due_ns(connection: _Connection) -> int | None:
    if connection.is_closing:
        return None
    if connection.session is None:
        return connection.since_ns + LOGON_TIMEOUT_NS
    return 0 if connection.session.is_closing else connection.session.next_timer_ns()
