"""The feed's snapshot over SoupBinTCP (GLIMPSE): whoever logs in gets the state as it is, then the end of the session.

The last message is "G" and twenty digits, the number of the first message of the feed that changes the snapshot.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from hts.model.instruments import Instrument
from hts.sim.commands import AnyCommand, Command
from hts.sim.events import SimEvent
from hts.wire.layout.codec import BinaryLayout
from hts.wire.soupbin.events import LoggedOn, LoginRefused, ProtocolFault
from hts.wire.soupbin.server import SoupServer, SoupStream

REASONS_MAX = 64
SEQ_DIGITS = 20

SnapshotSource = Callable[[int], tuple[list[bytes], int]]
"""snapshot(trade_ns): the messages, and the number of the feed's next one."""


class Glimpse:
    """A service of one port; it asks nothing of the exchange."""

    def __init__(
        self, soup: BinaryLayout, accounts: Mapping[str, str], snapshot: SnapshotSource, session: str = "GLIMPSE"
    ) -> None:
        self._soup = soup
        self._accounts = dict(accounts)
        self._snapshot = snapshot
        self._session = session
        self._connections: dict[int, tuple[SoupServer, SoupStream]] = {}
        self._told: set[int] = set()
        self._reasons: deque[str] = deque(maxlen=REASONS_MAX)

    def follow(self, snapshot: SnapshotSource) -> None:
        """A new day's feed; who is still connected has the old one's and is cut off."""
        self._snapshot = snapshot
        for server, _ in self._connections.values():
            server.close()

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """A connection was accepted."""
        stream = SoupStream(self._session)
        server = SoupServer(self._soup, stream, self._accounts, unsent_max=64 << 20)
        server.connected(mono_ns)
        self._connections[conn] = (server, stream)

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """A login; its answer is the snapshot."""
        found = self._connections.get(conn)
        if found is None:
            return []
        server, stream = found
        server.receive_data(data, mono_ns)
        while (event := server.next_event()) is not None:
            if isinstance(event, LoggedOn) and stream.next_seq == 1:
                messages, next_seq = self._snapshot(trade_ns)
                for message in messages:
                    stream.append(message)
                stream.append(f"G{next_seq:0{SEQ_DIGITS}}".encode("ascii"))
                stream.end()
                server.pump(mono_ns)
            elif isinstance(event, LoginRefused | ProtocolFault):
                self._reasons.append(f"snapshot client {conn} closed: {event.text}")
        return []

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """A connection is gone."""
        self._connections.pop(conn, None)
        self._told.discard(conn)
        return []

    def on_timer(self, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """Heartbeats and time-outs that are due."""
        for server, _ in self._connections.values():
            server.on_timer(mono_ns)
        return []

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`."""
        dues = [due for server, _ in self._connections.values() if (due := server.next_timer_ns()) is not None]
        return min(dues, default=None)

    def restore(self, command: Command) -> None:
        """Snapshots carry no commands."""

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:
        """The feed hears them; a snapshot is made when it is asked for."""

    def roll(self, instruments: tuple[Instrument, ...], epoch: int, mono_ns: int) -> None:
        """A new day: see `follow`."""

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """Bytes for each connection since the last call."""
        return [(conn, data) for conn, (server, _) in self._connections.items() if (data := server.data_to_send())]

    def closing(self) -> list[int]:
        """Connections to close once their bytes are written."""
        found = [conn for conn, (server, _) in self._connections.items() if server.is_closing]
        new = [conn for conn in found if conn not in self._told]
        self._told.update(new)
        return new

    def reasons(self) -> list[str]:
        """Why clients were refused or cut off, since the last call."""
        found = list(self._reasons)
        self._reasons.clear()
        return found

    def sequence_numbers(self) -> dict[str, tuple[int, int]]:
        """None: every login begins at one."""
        return {}
