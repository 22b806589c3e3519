"""What both sides of a SoupBinTCP connection share: bytes, timers, the end.

    DISCONNECTED --connected--> LOGIN
    LOGIN        --login accepted--> UP
    LOGIN, UP    --refusal, fault, silence, logout, end of session--> CLOSING
    any          --disconnected--> DISCONNECTED

In CLOSING the owner writes what `data_to_send` still holds and closes the connection; input is ignored. Each side
sends a heartbeat after one second without sending, gives the login 30 seconds and the other side 15 seconds of silence
(the numbers of the specification; all are arguments).
"""

from collections import deque
from enum import Enum

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.layout.codec import BinaryLayout
from hts.wire.soupbin.events import PeerSilent, ProtocolFault, SoupEvent
from hts.wire.soupbin.packets import DEBUG, Packet, PacketReader, packet

SECOND_NS = 1_000_000_000
UNSENT_MAX = 1024 * 1024


class State(Enum):
    """Where the connection stands."""

    DISCONNECTED = "disconnected"
    LOGIN = "login"
    UP = "up"
    CLOSING = "closing"


class SoupTimes(Struct, frozen=True, kw_only=True):
    """Waiting times in nanoseconds."""

    heartbeat_ns: int = SECOND_NS
    silence_ns: int = 15 * SECOND_NS
    login_ns: int = 30 * SECOND_NS


class SoupConnection:
    """The shared half; SoupClient and SoupServer add who says what."""

    heartbeat = ""  # the packet type

    def __init__(self, layout: BinaryLayout, times: SoupTimes, unsent_max: int) -> None:
        self.state = State.DISCONNECTED
        self._layout = layout
        self._times = times
        self._unsent_max = unsent_max
        self._reader = PacketReader("".join(layout.row(name).type for name in layout.names))
        self._events: deque[SoupEvent] = deque()
        self._unsent = bytearray()
        self._since_ns = 0
        self._said_ns = 0
        self._heard_ns = 0

    @property
    def is_up(self) -> bool:
        """The login was accepted."""
        return self.state is State.UP

    @property
    def is_closing(self) -> bool:
        """The owner is to write what is unsent and close the connection."""
        return self.state is State.CLOSING

    def connected(self, mono_ns: int) -> None:
        """A fresh connection stands."""
        self.disconnected()
        self.state = State.LOGIN
        self._since_ns = self._said_ns = self._heard_ns = mono_ns

    def disconnected(self) -> None:
        """The connection is gone: half-read and unsent bytes are forgotten."""
        self.state = State.DISCONNECTED
        self._reader.clear()
        self._unsent.clear()

    def receive_data(self, data: bytes, mono_ns: int) -> None:
        """Bytes from the peer, in any cut. Take the events with `next_event` before the next call."""
        if self.state in (State.DISCONNECTED, State.CLOSING):
            return
        self._reader.append(data)
        while self.state in (State.LOGIN, State.UP):
            try:
                found = self._reader.next_packet()
                if found is None:
                    return
                self._heard_ns = mono_ns
                if found.type == DEBUG:
                    self._remark(found)
                else:
                    self._receive(found, mono_ns)
            except RemoteProtocolError as error:
                self._fault(str(error))
        self._reader.clear()

    def next_event(self) -> SoupEvent | None:
        """The oldest event not yet taken."""
        return self._events.popleft() if self._events else None

    def data_to_send(self) -> bytes:
        """Bytes for the peer since the last call."""
        data = bytes(self._unsent)
        self._unsent.clear()
        return data

    def next_timer_ns(self) -> int | None:
        """When `on_timer` is due, None when nothing is."""
        if self.state is State.LOGIN:
            return self._since_ns + self._times.login_ns
        if self.state is State.UP:
            return min(self._said_ns + self._times.heartbeat_ns, self._heard_ns + self._times.silence_ns)
        return None

    def on_timer(self, mono_ns: int) -> None:
        """Heartbeat and time-outs due at `mono_ns`; early and late calls are harmless."""
        due = self.next_timer_ns()
        if due is None or mono_ns < due:
            return
        if self.state is State.LOGIN:
            self._end(PeerSilent(text=f"login within {self._times.login_ns} ns expected, found none"))
        elif mono_ns >= self._heard_ns + self._times.silence_ns:
            self._end(PeerSilent(text=f"a packet within {self._times.silence_ns} ns expected, found none"))
        else:
            self._put(packet(self.heartbeat), mono_ns)

    def send(self, message: bytes, mono_ns: int) -> None:
        """Send an unsequenced message. Raises LocalProtocolError unless the connection is up and takes it."""
        if self.state is not State.UP:
            raise LocalProtocolError(f"connection up expected before a message, found {self.state.value}")
        self._put(packet("U", message), mono_ns)

    def close(self) -> None:
        """The layer above cannot go on: what is unsent may leave, input is ignored."""
        if self.state is not State.DISCONNECTED:
            self.state = State.CLOSING

    def _remark(self, found: Packet) -> None:
        """Free text for people, never a part of the session."""

    def _receive(self, found: Packet, mono_ns: int) -> None:
        raise NotImplementedError

    def _unexpected(self, found: Packet) -> RemoteProtocolError:
        return RemoteProtocolError(f"a packet that fits state {self.state.value} expected, found type {found.type!r}")

    def _fault(self, text: str) -> None:
        self._end(ProtocolFault(text=text))

    def _end(self, event: SoupEvent) -> None:
        self.state = State.CLOSING
        self._events.append(event)

    def _put(self, data: bytes, mono_ns: int) -> None:
        if len(self._unsent) + len(data) > self._unsent_max:
            self._unsent.clear()
            self._fault(f"up to {self._unsent_max} unsent bytes expected, found more: the peer does not read")
            return
        self._unsent += data
        self._said_ns = mono_ns
