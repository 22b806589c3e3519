"""The terminal's socket to the core: written to in the key handler, drained once per frame.

No coroutine stands between a key and the wire: `send` is one non-blocking `send(2)` of a small frame. `drain`
reads whatever has arrived in large pieces and hands it over decoded. When the core goes away the link says so
once, refuses to send, and tries again at each drain, not oftener than every RETRY_NS.
"""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, Union

from msgspec import Struct

from hts.app.build import build_name
from hts.app.paths import HomePaths, read_token
from hts.base.clock import Clock
from hts.base.errors import RemoteProtocolError
from hts.io import unix
from hts.io.clock import SystemClock
from hts.link.client import LinkClient, Message
from hts.model.intents import AnyIntent, Intent
from hts.model.queries import AnyQuery
from hts.model.quotes import BookUpdate, TradeUpdate
from hts.wire.link.login import LoggedIn, LoggedOut, LoginRequest
from hts.wire.link.messages import Refused, Welcome

RETRY_NS = 250_000_000
RECEIVE_BYTES = 1 << 15  # at once: decoded in less than a millisecond, and a frame's market data is half of it
RECEIVES_PER_DRAIN_MAX = 256
WAITING_BYTES_MAX = 1 << 16  # what the kernel did not take at once; more than this and the core is not reading


class LinkUp(Struct, frozen=True):
    """The core accepted us. `other_build`: its build, where that is not ours and we may only look."""

    other_build: str = ""


class LinkDown(Struct, frozen=True):
    """No core: sending is disabled. `reason` is one line for the user, empty while the core restarts."""

    reason: str


# Not on every system; a turn of the scheduler is all that is lost without it.
_yield_processor: Callable[[], None] = getattr(os, "sched_yield", lambda: None)

LinkMessage = Union[Message, LinkUp, LinkDown]


class Peer(Protocol):
    """What the link needs of a non-blocking socket, or of what stands for one."""

    def send(self, data: bytes, /) -> int: ...

    def recv(self, size: int, /) -> bytes: ...

    def fileno(self) -> int: ...

    def close(self) -> None: ...


class TerminalLink:
    """One core, reached at its local endpoint: a unix socket, on Windows a loopback port (hts.io.unix)."""

    is_of_person = False  # whose login alone opens it, whatever the settings of this home say

    def __init__(self, address: Path, client: LinkClient, clock: Clock) -> None:
        self._address = address
        self._client = client
        self._clock = clock
        self._socket: Peer | None = None
        self._welcome = False
        self._greeted = False  # of a core that asks for a login first
        self._told_down = False
        self._waiting = b""
        self._retry_ns = 0
        self._refusal = ""
        self.sent_ns = 0  # when the last intent was with the socket
        self.has_more = False
        self._other_build = ""

    @property
    def is_up(self) -> bool:
        """Whether an intent can leave now."""
        return self._welcome

    def send_login(self, request: LoginRequest) -> bool:
        """A word about who is there; it may go out before the core shows us anything."""
        if not (self._welcome or self._greeted) or len(self._waiting) > WAITING_BYTES_MAX:
            return False
        self._write(self._client.login(request))
        return True

    def fileno(self) -> int:
        """The socket's descriptor for select, -1 while there is none."""
        return -1 if self._socket is None else self._socket.fileno()

    def send(self, wish: AnyIntent | AnyQuery) -> bool:
        """Write an intent or query now. False when the link is down or the core does not read."""
        if not self._welcome or len(self._waiting) > WAITING_BYTES_MAX:
            return False
        if isinstance(wish, Intent):
            self._write(self._client.intent(wish))
            self.sent_ns = self._clock.mono_ns()
            _yield_processor()  # where both share one, the core's turn comes before our next paint
        else:
            self._write(self._client.query(wish))
        return True

    def _write(self, data: bytes) -> None:
        assert self._socket is not None
        data = self._waiting + data
        try:
            sent = self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self._hang_up()
            return
        self._waiting = data[sent:]

    def drain(self) -> list[LinkMessage]:
        """Everything that has arrived, oldest first."""
        found = self.read()
        for _ in range(RECEIVES_PER_DRAIN_MAX - 1):
            if not self.has_more:
                break
            found += self.read()
        return found

    def read(self) -> list[LinkMessage]:
        """The next part of it, decoded in less than a turn of the loop may last. `has_more`: there may be another."""
        found: list[LinkMessage] = []
        self.has_more = False
        if self._socket is None:
            self._dial()
        if self._socket is not None:
            self._receive(found)
        if self._socket is not None and self._waiting:
            self._write(b"")
        if self._socket is None and not self._told_down:
            self._told_down = True
            found.append(LinkDown(self._refusal))
        return found

    def _dial(self) -> None:
        now = self._clock.mono_ns()
        if now < self._retry_ns:
            return
        self._retry_ns = now + RETRY_NS
        peer = self._connected()
        if peer is None:
            return
        self._socket = peer
        self._write(self._client.hello())

    def _connected(self) -> Peer | None:
        try:
            peer = unix.connect_local(self._address)
        except OSError:
            return None
        if peer.family == socket.AF_INET:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.setblocking(False)
        return peer

    def _receive(self, found: list[LinkMessage]) -> None:
        assert self._socket is not None
        try:
            data = self._socket.recv(RECEIVE_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return
        try:
            messages = self._client.receive_newest(data)
        except RemoteProtocolError as error:
            self._refusal = str(error)
            self._hang_up()
            return
        self.has_more = True
        self._take(messages, found)

    def _take(self, messages: list[Message], found: list[LinkMessage]) -> None:
        for message in messages:
            if isinstance(message, BookUpdate | TradeUpdate):
                found.append(message)
            elif isinstance(message, Welcome):
                self._told_down, self._refusal = False, ""
                self._other_build = message.build if message.read_only else ""
                self._welcome, self._greeted = not message.asks_login, message.asks_login
                if self._welcome:
                    found.append(LinkUp(self._other_build))
            elif isinstance(message, LoggedIn):
                self._welcome, self._greeted = True, False
                found += [message, LinkUp(self._other_build)]
            elif isinstance(message, LoggedOut):
                self._welcome, self._greeted = False, True
                found.append(message)
            elif isinstance(message, Refused):
                self._refusal = message.reason
            else:
                found.append(message)

    def _hang_up(self) -> None:
        assert self._socket is not None
        self._socket.close()
        self._socket = None
        self._waiting = b""
        if self._welcome or self._greeted:
            self._welcome, self._greeted, self._told_down = False, False, False

    def close(self) -> None:
        """Leave; the core goes on."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._welcome = self._greeted = False


def open_link(paths: HomePaths) -> TerminalLink:
    """The link to the core of a home; it dials at the first frame. Raises ConfigError without a token."""
    client = LinkClient(token=read_token(paths.token), build=build_name(), name=f"terminal-{os.getpid()}")
    return TerminalLink(paths.core_socket, client, SystemClock())
