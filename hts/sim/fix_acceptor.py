"""The FIX sessions of one port: connections on one side, messages of logged-on sessions on the other.

Theory of operation. A connection is nobody's until its first frame names a session profile by BeginString(8),
SenderCompID(49) and TargetCompID(56); the session then checks the Logon(A) itself, and its password. Sessions outlive
connections: what is sent to one that is away is stored, and asked for at its next logon. A second connection of a
session that is up is closed.

What a session received counts as dealt with only when `data_to_send` is called: until then a crash of the process
makes the peer send it again. An owner that writes requests down before that, with the number of `in_seq`, and gives
them back to `restore`, does each of them exactly once.
"""

from collections.abc import Callable

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.sim.fix_logins import FixLogin, FixServing
from hts.sim.running import running_line
from hts.wire.fix.application import Body
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.events import LoggedOn, MessageReceived, SessionFault
from hts.wire.fix.framing import FrameReader
from hts.wire.fix.session import FixSession
from hts.wire.fix.signing import Signing
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore

FIRST_FRAME_WITHIN_NS = 10_000_000_000
FIRST_FRAME_BYTES_MAX = 4096
REASONS_MAX = 100  # kept until they are asked for
CONNECTIONS_MAX = 64
GENERATION_BITS = 24  # of a number in the log: which numbering of the session, then MsgSeqNum(34)
GENERATIONS = 256  # the log's number has 32 bits
_SEQ_MASK = (1 << GENERATION_BITS) - 1


class Arrived(Struct, frozen=True, kw_only=True):
    """An application message of a session that is up. `in_seq` is its number for the log."""

    comp_id: str
    message: FixMessage
    in_seq: int
    poss_resend: bool


class Gone(Struct, frozen=True, kw_only=True):
    """A session that was up has lost its connection."""

    comp_id: str


Happening = Arrived | Gone


class _Connection:
    """A TCP connection, before and after its session is known."""

    def __init__(self, mono_ns: int) -> None:
        self.since_ns = mono_ns
        self.early = b""
        self.comp_id = ""
        self.farewell = b""
        self.is_closing = False
        self.is_told = False


class FixAcceptor:
    """Sessions by the client's comp id."""

    def __init__(
        self,
        venue: str,
        serving: FixServing,
        logins: tuple[FixLogin, ...],
        new_store: Callable[[str], FixStore],
        *,
        never_resent: frozenset[str] = frozenset(),
    ) -> None:
        self._venue = venue
        self._serving = serving
        self.logins = {login.comp_id: login for login in logins}
        self._never_resent = never_resent
        self._connections: dict[int, _Connection] = {}
        self._conn_of: dict[str, int] = {}
        self._reasons: list[str] = []
        self._stores: dict[str, FixStore] = {}
        self._restored: set[str] = set()  # their sessions do not know yet what the log had
        self._sessions: dict[str, FixSession] = {}
        self.renew(new_store)

    def renew(self, new_store: Callable[[str], FixStore]) -> None:
        """Every session begins with another store, as if no one were connected."""
        self._stores = {comp_id: new_store(comp_id) for comp_id in self.logins}
        self._sessions = {comp_id: self._session(login) for comp_id, login in self.logins.items()}

    # -- state --

    def is_up(self, comp_id: str) -> bool:
        """Whether the session is logged on."""
        return self._sessions[comp_id].is_up

    def note(self, comp_id: str) -> int:
        """How many of its events the session was told, as stored."""
        return self._stores[comp_id].note

    def numbers(self) -> dict[str, tuple[int, int]]:
        """The log's number of the newest request that was dealt with, and 0, by comp id."""
        return {comp_id: (self._logged(comp_id, s.next_in_seq - 1) + 1, 0) for comp_id, s in self._stores.items()}

    def restore(self, comp_id: str, in_seq: int) -> None:
        """A request out of the log: it was dealt with, whether the store knows it or not."""
        store = self._stores.get(comp_id)
        if store is None or in_seq >> GENERATION_BITS != store.generation % GENERATIONS:
            return
        if store.next_in_seq <= in_seq & _SEQ_MASK:
            store.save_in((in_seq & _SEQ_MASK) + 1)
            store.settle()
            self._restored.add(comp_id)

    # -- input --

    def connected(self, conn: int, mono_ns: int) -> None:
        """A connection was accepted."""
        connection = self._connections[conn] = _Connection(mono_ns)
        if len(self._connections) > CONNECTIONS_MAX:
            self._refuse(connection, f"at most {CONNECTIONS_MAX} connections expected, found one more")

    def receive_data(self, conn: int, data: bytes, mono_ns: int) -> list[Happening]:
        """Bytes from a client, in any cut."""
        connection = self._connections.get(conn)
        if connection is None or connection.is_closing:
            return []
        if not connection.comp_id:
            data = connection.early = connection.early + data
            if not self._attach(conn, connection, mono_ns):
                return []
        self._sessions[connection.comp_id].receive_data(data, self._wall_ns(mono_ns), mono_ns)
        return self._collect(connection)

    def disconnected(self, conn: int) -> list[Happening]:
        """A connection is gone."""
        connection = self._connections.pop(conn, None)
        return [] if connection is None else self._detach(connection)

    def end_all(self, text: str, mono_ns: int) -> None:
        """Say good-bye to everyone and close: what happens next is another day."""
        for connection in self._connections.values():
            if connection.comp_id:
                self._sessions[connection.comp_id].logout(text, self._wall_ns(mono_ns), mono_ns)
                self._detach(connection)

    def send(self, comp_id: str, body: Body, mono_ns: int, note: int = 0) -> None:
        """An application message, now or at the session's next logon; `note` is stored with it."""
        session = self._sessions[comp_id]
        session.send(body.msg_type, body.fields, self._wall_ns(mono_ns), mono_ns, body.header, note=note)

    def on_timer(self, mono_ns: int) -> list[Happening]:
        """Heartbeats and time-outs that are due."""
        happenings: list[Happening] = []
        for connection in list(self._connections.values()):
            due_ns = self._due_ns(connection)
            if due_ns is None or mono_ns < due_ns:
                continue
            if not connection.comp_id:
                self._refuse(connection, "Logon(A) in time expected, found none")
                continue
            self._sessions[connection.comp_id].on_timer(self._wall_ns(mono_ns), mono_ns)
            happenings += self._collect(connection)
        return happenings

    # -- output --

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`; None when nothing is due."""
        dues = [due_ns for c in self._connections.values() if (due_ns := self._due_ns(c)) is not None]
        return min(dues, default=None)

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """Bytes for each connection since the last call; everything received so far is done for good."""
        for store in self._stores.values():
            store.settle()
        found = []
        for conn, connection in self._connections.items():
            data, connection.farewell = connection.farewell, b""
            if connection.comp_id and not connection.is_closing:
                data += self._sessions[connection.comp_id].data_to_send()
            if data:
                found.append((conn, data))
        return found

    def closing(self) -> list[int]:
        """Connections to close once their bytes are written; each is named once."""
        found = [conn for conn, c in self._connections.items() if c.is_closing and not c.is_told]
        for conn in found:
            self._connections[conn].is_told = True
        return found

    def reasons(self) -> list[str]:
        """Why connections were refused or ended for a fault, one line each, since the last call."""
        found, self._reasons = self._reasons, []
        return found

    # -- inside --

    def _session(self, login: FixLogin) -> FixSession:
        config = SessionConfig(
            role=Role.ACCEPTOR,
            sender_comp_id=self._venue,
            target_comp_id=login.comp_id,
            sending_time_within_s=self._serving.sending_time_within_s,
            never_resent=self._never_resent,
        )

        def admit(logon: FixMessage) -> str:
            if logon.text(554) != login.password:
                return "the session's Password(554) expected, found another"
            self._say(running_line(login.comp_id, logon.text(96)))
            return ""

        inspector, store = self._serving.inspectors[login.begin_string], self._stores[login.comp_id]
        return FixSession(config, inspector, store, admit, Signing(judge=self._serving.judge))

    def _wall_ns(self, mono_ns: int) -> int:
        return mono_ns + self._serving.wall_offset_ns

    def _logged(self, comp_id: str, seq: int) -> int:
        return self._stores[comp_id].generation % GENERATIONS << GENERATION_BITS | seq & _SEQ_MASK

    def _attach(self, conn: int, connection: _Connection, mono_ns: int) -> bool:
        """Find the session that the first frame names; False while it is not whole or when there is none."""
        reader = FrameReader(FIRST_FRAME_BYTES_MAX)
        reader.append(connection.early)
        frame = reader.next_frame()
        if frame is None:
            if len(connection.early) > FIRST_FRAME_BYTES_MAX or reader.junk_bytes:
                self._refuse(connection, "a Logon(A) expected first, found other bytes")
            return False
        login = self._named(frame) if isinstance(frame, bytes) else None
        if login is None:
            self._refuse(connection, "BeginString(8) and CompIDs of a session expected, found others")
            return False
        if login.comp_id in self._conn_of:
            self._refuse(connection, f"one connection of {login.comp_id} expected, found a second one")
            return False
        if login.comp_id in self._restored:
            self._restored.remove(login.comp_id)
            self._sessions[login.comp_id] = self._session(login)
        connection.comp_id, connection.early = login.comp_id, b""
        self._conn_of[login.comp_id] = conn
        self._sessions[login.comp_id].connected(self._wall_ns(mono_ns), mono_ns)
        return True

    def _named(self, frame: bytes) -> FixLogin | None:
        any_inspector = next(iter(self._serving.inspectors.values()))
        try:
            message = any_inspector.parse(frame)
        except RemoteProtocolError:
            return None
        login = self.logins.get(message.text(49))
        if login is None or message.text(8) != login.begin_string or message.text(56) != self._venue:
            return None
        return login

    def _refuse(self, connection: _Connection, text: str) -> None:
        connection.early = b""
        connection.is_closing = True
        self._say(f"a connection was refused: {text}")

    def _say(self, text: str) -> None:
        if len(self._reasons) < REASONS_MAX:
            self._reasons.append(f"{self._venue} FIX: {text}")

    def _collect(self, connection: _Connection) -> list[Happening]:
        comp_id = connection.comp_id
        session = self._sessions[comp_id]
        happenings: list[Happening] = []
        while (event := session.next_event()) is not None:
            if isinstance(event, MessageReceived):
                happenings.append(
                    Arrived(
                        comp_id=comp_id,
                        message=event.message,
                        in_seq=self._logged(comp_id, event.seq),
                        poss_resend=event.poss_resend,
                    )
                )
            elif isinstance(event, SessionFault):
                self._say(f"{comp_id} was cut off: {event.text}")
            elif isinstance(event, LoggedOn):
                self._say(f"{comp_id} logged on, next numbers {event.next_in_seq} in, {event.next_out_seq} out")
        if session.is_closing:
            happenings += self._detach(connection)
        return happenings

    def _detach(self, connection: _Connection) -> list[Happening]:
        connection.is_closing = True
        comp_id = connection.comp_id
        if not comp_id or comp_id not in self._conn_of:
            return []
        session = self._sessions[comp_id]
        connection.farewell += session.data_to_send()
        session.disconnected()
        connection.comp_id = ""
        del self._conn_of[comp_id]
        while session.next_event() is not None:
            pass  # the end of a session concerns nobody but its connection
        return [Gone(comp_id=comp_id)]

    def _due_ns(self, connection: _Connection) -> int | None:
        if connection.is_closing:
            return None
        if not connection.comp_id:
            return connection.since_ns + FIRST_FRAME_WITHIN_NS
        session = self._sessions[connection.comp_id]
        return 0 if session.is_closing else session.next_timer_ns()
