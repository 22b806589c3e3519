"""Order entry over SoupBinTCP: any OUCH, and arrowhead's layout, as a service of one port.

Theory of operation. Each user has one stream of numbered messages a day. It is made of the exchange's events alone
(and of the day's beginning and end), so that a venue that starts again tells the same numbers; what concerns one
connection only (the answer to a query) is sent without a number. A dialect turns messages into commands and events
into messages. A request that the dialect itself cannot take still becomes a command, one that the exchange refuses:
so it is written down, and its refusal has its place in the stream.

A connection that ends is followed by a MassCancel for users who trade with cancel on disconnect; a protocol may let
them say so for each connection. A user who logs in
a second time takes over: the older connection is closed.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

from msgspec import Struct

from hts.base.errors import RemoteProtocolError
from hts.model.enums import CxlRejResponseTo, Phase
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.sim.commands import Amend, AnyCommand, Command, Enter, MassCancel
from hts.sim.events import (
    MEMBER_EVENTS,
    CancelRefused,
    MassCanceled,
    MemberEvent,
    OrderAccepted,
    OrderAmended,
    OrderRejected,
    PhaseChanged,
    SimEvent,
)
from hts.sim.running import running_line
from hts.wire.layout.codec import BinaryLayout, Decoded
from hts.wire.soupbin.events import LoggedOn, LoginRefused, PeerSilent, ProtocolFault, Remarked, Unsequenced
from hts.wire.soupbin.server import SoupServer, SoupStream

CONNECTIONS_MAX = 64
REASONS_MAX = 100
KEEP = "K"  # `on_disconnect` of a protocol that has it

Said = tuple[str, dict[str, Any]]
"""A message of the venue: its name in the table, and its fields."""


class OuchLogin(Struct, frozen=True, kw_only=True):
    """Who may log in. The user's name is the exchange's name of the session."""

    username: str
    password: str
    cancel_on_disconnect: bool = True

    def __repr__(self) -> str:
        return f"OuchLogin(username={self.username!r})"


class Used(Struct, frozen=True, kw_only=True):
    """A request that was made, as the log or an event of the exchange tells it.

    `is_named`: it gave itself a name, as orders, replacements and mass cancels do.
    """

    session: str
    cl_ord_id: int
    request_id: str
    is_named: bool

    @staticmethod
    def by(command: Command) -> "Used":
        """Out of a command."""
        return Used(
            session=command.session,
            cl_ord_id=command.cl_ord_id,
            request_id=getattr(command, "request_id", ""),
            is_named=isinstance(command, Enter | Amend | MassCancel) and command.cl_ord_id > 0,
        )

    @staticmethod
    def told_by(event: MemberEvent) -> "Used":
        """Out of what followed from it; a checkpoint keeps no commands, but what members were told."""
        is_amend = isinstance(event, CancelRefused) and event.response_to is CxlRejResponseTo.REPLACE
        named = (OrderAccepted, OrderRejected, OrderAmended, MassCanceled)
        return Used(
            session=event.session,
            cl_ord_id=getattr(event, "cl_ord_id", 0),
            request_id=getattr(event, "request_id", ""),
            is_named=is_amend or isinstance(event, named),
        )


class Dialect(Protocol):
    """How a venue's messages and the exchange's commands and events translate. State follows from commands alone."""

    layout: BinaryLayout

    def commands(self, message: Decoded, session: str) -> list[AnyCommand]:
        """What a request asks the exchange to do. Raises RemoteProtocolError for what ends the connection."""
        ...

    def answer(self, message: Decoded, session: str, next_seq: int) -> Said | None:
        """The unnumbered answer to a query; None for a request. `next_seq`: the next number of the user's stream."""
        ...

    def messages(self, event: MemberEvent) -> list[Said]:
        """What a member hears of an event."""
        ...

    def day_begins(self, trade_ns: int) -> list[Said]:
        """The first messages of every stream."""
        ...

    def day_ends(self, trade_ns: int) -> list[Said]:
        """The last messages of every stream."""
        ...

    def use(self, used: Used) -> None:
        """A request of before: its names are used up."""
        ...


class _Connection:
    def __init__(self, server: SoupServer) -> None:
        self.server = server
        self.session = ""  # the user, once logged in
        self.cancels: bool | None = None  # what works, when it ends; None: as the login says
        self.is_told = False


class OuchService:
    """All order sessions of one venue day. `session_name` names the day at SoupBinTCP logins."""

    def __init__(
        self,
        dialect: Dialect,
        soup: BinaryLayout,
        logins: tuple[OuchLogin, ...],
        *,
        session_name: str,
        first_ns: int,
    ) -> None:
        self._dialect = dialect
        self._soup = soup
        self._logins = {login.username: login for login in logins}
        self._connections: dict[int, _Connection] = {}
        self._farewells: dict[int, bytes] = {}
        self._reasons: deque[str] = deque(maxlen=REASONS_MAX)
        self._start_day(session_name, first_ns)

    # -- connections --

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """A connection was accepted; its login must come in time."""
        assert conn not in self._connections, conn
        accounts = {name: login.password for name, login in self._logins.items()}
        server = SoupServer(self._soup, self._nobody, accounts, streams=self._streams)
        server.connected(mono_ns)
        self._connections[conn] = _Connection(server)
        if len(self._connections) > CONNECTIONS_MAX:
            server.close()
            self._reasons.append(f"order entry: up to {CONNECTIONS_MAX} connections expected, found one more")

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """The connection is gone."""
        connection = self._connections.pop(conn, None)
        return [] if connection is None else self._detach(connection)

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """Bytes of a client, in any cut; what the exchange is asked to do, in order."""
        connection = self._connections.get(conn)
        if connection is None:
            return []
        connection.server.receive_data(data, mono_ns)
        return self._collect(connection, mono_ns)

    def on_timer(self, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """Heartbeats and time-outs that are due."""
        commands: list[AnyCommand] = []
        for connection in list(self._connections.values()):
            connection.server.on_timer(mono_ns)
            commands += self._collect(connection, mono_ns)
        return commands

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`; None when nothing is due."""
        dues = [due for c in self._connections.values() if (due := c.server.next_timer_ns()) is not None]
        return min(dues, default=None)

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """Bytes for each connection since the last call."""
        return [(conn, data) for conn, c in self._connections.items() if (data := c.server.data_to_send())]

    def closing(self) -> list[int]:
        """Connections to close once their bytes are written; each is named once."""
        found = []
        for conn, connection in self._connections.items():
            if connection.server.is_closing and not connection.is_told:
                connection.is_told = True
                found.append(conn)
        return found

    def reasons(self) -> list[str]:
        """Why clients were refused or cut off and what they run, one line each, since the last call."""
        found = list(self._reasons)
        self._reasons.clear()
        return found

    # -- the exchange --

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """Number what the exchange says to each user, and send it where a connection stands."""
        said = False
        for event in events:
            if isinstance(event, MEMBER_EVENTS):
                stream = self._streams.get(event.session)
                if stream is not None:
                    self._dialect.use(Used.told_by(event))
                    said = self._append(stream, self._dialect.messages(event)) or said
            elif isinstance(event, PhaseChanged) and event.phase is Phase.CLOSED and not event.symbol:
                for stream in self._streams.values():
                    said = self._append(stream, self._dialect.day_ends(event.trade_ns)) or said
        if said:
            self._pump(mono_ns)

    def restore(self, command: Command) -> None:
        """A command out of the log: its numbers and names are used up."""
        if command.session in self._logins:
            self._dialect.use(Used.by(command))

    def roll(self, instruments: tuple[Instrument, ...], epoch: int, mono_ns: int) -> None:  # noqa: ARG002
        """A new day: every stream ends, and everyone logs in anew."""
        for stream in self._streams.values():
            stream.end()
        self._pump(mono_ns)
        for connection in self._connections.values():
            connection.session = ""  # nothing to cancel: the day's orders are history
            connection.server.close()

    def start_day(self, dialect: Dialect, session_name: str, first_ns: int) -> None:
        """After `roll`: the new day's streams."""
        self._dialect = dialect
        self._start_day(session_name, first_ns)

    def sequence_numbers(self) -> dict[str, tuple[int, int]]:
        """Next number out by user; requests have no number here."""
        return {name: (1, stream.next_seq) for name, stream in self._streams.items()}

    # -- inside --

    def _start_day(self, session_name: str, first_ns: int) -> None:
        self._nobody = SoupStream(session_name)
        self._streams = {name: SoupStream(session_name) for name in self._logins}
        for stream in self._streams.values():
            self._append(stream, self._dialect.day_begins(first_ns))

    def _append(self, stream: SoupStream, said: list[Said]) -> bool:
        if stream.is_ended:
            return False
        for name, fields in said:
            stream.append(self._dialect.layout.encode(name, fields))
        return bool(said)

    def _pump(self, mono_ns: int) -> None:
        for connection in self._connections.values():
            connection.server.pump(mono_ns)

    def _collect(self, connection: _Connection, mono_ns: int) -> list[AnyCommand]:
        commands: list[AnyCommand] = []
        while (event := connection.server.next_event()) is not None:
            match event:
                case LoggedOn(username=username):
                    commands += self._attach(connection, username)
                case Unsequenced(message=data):
                    commands += self._request(connection, data, mono_ns)
                case Remarked(text=running):
                    self._reasons.append(f"order entry: {running_line(connection.session, running)}")
                case LoginRefused(text=text) | ProtocolFault(text=text) | PeerSilent(text=text):
                    self._reasons.append(f"order entry: {connection.session or 'a connection'} was cut off: {text}")
        if connection.server.is_closing:
            commands += self._detach(connection)
        return commands

    def _attach(self, connection: _Connection, username: str) -> list[AnyCommand]:
        """A user has logged in; an older connection of the same user ends."""
        session = next(name for name in self._logins if name.upper() == username.upper())
        commands: list[AnyCommand] = []
        for older in self._connections.values():
            if older is not connection and older.session == session:
                commands += self._detach(older)
                older.server.close()
        connection.session = session
        return commands

    def _request(self, connection: _Connection, data: bytes, mono_ns: int) -> list[AnyCommand]:
        try:
            message = self._dialect.layout.decode(data, "client")
            wish = message.fields.get("on_disconnect")
            if wish is not None:
                connection.cancels = wish != KEEP
            answer = self._dialect.answer(message, connection.session, self._streams[connection.session].next_seq)
            if answer is not None:
                connection.server.send(self._dialect.layout.encode(*answer), mono_ns)
                return []
            return self._dialect.commands(message, connection.session)
        except RemoteProtocolError as error:
            self._reasons.append(f"order entry: {connection.session} was cut off: {error}")
            connection.server.close()
            return []

    def _detach(self, connection: _Connection) -> list[AnyCommand]:
        session, connection.session = connection.session, ""
        if not session:
            return []
        usually = self._logins[session].cancel_on_disconnect
        if not (usually if connection.cancels is None else connection.cancels):
            return []
        return [MassCancel(session=session, reason=Reason.CANCEL_ON_DISCONNECT)]
