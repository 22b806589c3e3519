"""The FLEX feed's TCP service: packets again, or the state as it is. See hts.sim.native.flex_feed for the answers."""

from collections import deque
from collections.abc import Iterable

from hts.base.errors import RemoteProtocolError
from hts.model.instruments import Instrument
from hts.sim.commands import AnyCommand, Command
from hts.sim.events import SimEvent
from hts.sim.native.flex_feed import FlexFeed
from hts.wire.layout.codec import BinaryLayout

REQUEST = "tcp_request"
USER = "FLEX01"
RETRANSMISSION, SNAPSHOT = "R", "L"
REASONS_MAX = 64
END = b"\0\0"


class FlexRecovery:
    """A service of one port; it asks nothing of the exchange."""

    def __init__(self, layout: BinaryLayout, feed: FlexFeed) -> None:
        self._layout = layout
        self._feed = feed
        self._size = layout.row(REQUEST).length
        self._in: dict[int, bytes] = {}
        self._out: dict[int, bytes] = {}
        self._closing: list[int] = []
        self._reasons: deque[str] = deque(maxlen=REASONS_MAX)

    def follow(self, feed: FlexFeed) -> None:
        """A new day's feed."""
        self._feed = feed

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """A connection was accepted."""
        self._in[conn] = b""

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """Requests, in any cut."""
        if conn not in self._in:
            return []
        self._in[conn] += data
        while len(self._in.get(conn, b"")) >= self._size:
            request, self._in[conn] = self._in[conn][: self._size], self._in[conn][self._size :]
            try:
                packets = self._answer(request, trade_ns)
            except RemoteProtocolError as error:
                self._reasons.append(f"FLEX client {conn} closed: {error}")
                self._closing.append(conn)
                del self._in[conn]
                break
            framed = b"".join(len(packet).to_bytes(2, "big") + packet for packet in packets)
            self._out[conn] = self._out.get(conn, b"") + framed + END
        return []

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """A connection is gone."""
        self._in.pop(conn, None)
        self._out.pop(conn, None)
        return []

    def on_timer(self, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """Nothing is due: requests are answered at once."""
        return []

    def next_timer_ns(self) -> int | None:
        """Never."""
        return None

    def restore(self, command: Command) -> None:
        """Recovery carries no commands."""

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:
        """The feed hears them."""

    def roll(self, instruments: tuple[Instrument, ...], epoch: int, mono_ns: int) -> None:
        """A new day: connections stay, answers come from the new feed."""

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """Bytes for each connection since the last call."""
        out, self._out = self._out, {}
        return list(out.items())

    def closing(self) -> list[int]:
        """Connections to close."""
        closing, self._closing = self._closing, []
        return closing

    def reasons(self) -> list[str]:
        """Why clients were cut off, since the last call."""
        found = list(self._reasons)
        self._reasons.clear()
        return found

    def sequence_numbers(self) -> dict[str, tuple[int, int]]:
        """None."""
        return {}

    def _answer(self, request: bytes, trade_ns: int) -> list[bytes]:
        fields = self._layout.decode_as(REQUEST, request).fields
        if fields["user_id"] != USER:
            raise RemoteProtocolError(f"user {USER} expected, found {fields['user_id']!r}")
        if fields["packet_type"] == SNAPSHOT:
            return self._feed.snapshot(trade_ns)
        if fields["packet_type"] != RETRANSMISSION:
            raise RemoteProtocolError(f"request R or L expected, found {fields['packet_type']!r}")
        reboots, seq = fields["number_of_system_reboots"], fields["sequence_number"]
        return self._feed.retransmit(reboots, seq, fields["requested_message_count"])
