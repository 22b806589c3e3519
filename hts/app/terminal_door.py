"""A terminal's link to a core on another machine: the same frames, as WebSocket through the core's door.

Reading and writing are as little blocking as at home (hts.app.terminal_link). Only dialling waits for the network, so
it has a thread of its own; the window is drawn meanwhile. The door's token travels in the request, over TLS; a paired
machine needs none where its person logs in with a key.
"""

import ipaddress
import socket
import ssl
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from hts.app import house
from hts.app.build import build_name
from hts.app.door_link import LINK_PATH
from hts.app.paths import HomePaths
from hts.app.secret_store import opened_store
from hts.app.terminal_link import RECEIVE_BYTES, WAITING_BYTES_MAX, Peer, TerminalLink
from hts.base.clock import Clock
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.link.client import LinkClient
from hts.wire.link.frames import LENGTH_MAX

DIAL_PATIENCE_S: Final = 5.0
PAUSE_NS: Final = 1_000_000_000  # between two tries: the other side is no process of ours that restarts at once
MESSAGE_BYTES_MAX: Final = LENGTH_MAX + RECEIVE_BYTES


class DoorAddress(Struct, frozen=True, kw_only=True):
    """Where a door is."""

    host: str
    port: int
    is_encrypted: bool

    @classmethod
    def parse(cls, url: str) -> "DoorAddress":
        """From ws:// or wss://HOST:PORT/. Raises ConfigError."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or 0
        except ValueError as error:
            raise ConfigError(f"--connect {url}: expected wss://HOST:PORT/; {error}") from error
        if parts.scheme not in ("ws", "wss") or not host or not port:
            raise ConfigError(f"--connect {url}: expected wss://HOST:PORT/")
        if parts.scheme == "ws" and not _is_loopback(host):
            raise ConfigError(f"--connect {url}: expected wss: only loopback goes without encryption")
        return cls(host=host, port=port, is_encrypted=parts.scheme == "wss")

    @property
    def url(self) -> str:
        """Of the link's own frames."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'wss' if self.is_encrypted else 'ws'}://{host}:{self.port}{LINK_PATH}"


class DoorSocket:
    """What stands for a socket of the link's bytes: a WebSocket that has been opened."""

    def __init__(self, sock: socket.socket, protocol: ClientProtocol) -> None:
        self._sock = sock
        self._protocol = protocol
        self._received = bytearray()
        self._unsent = bytearray()
        self.reason = ""  # why the door closed

    @classmethod
    def dial(cls, address: DoorAddress, token: str, tls: ssl.SSLContext | None) -> "DoorSocket":
        """Blocking. Raises OSError and InvalidHandshake."""
        sock = socket.create_connection((address.host, address.port), DIAL_PATIENCE_S)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                sock = tls.wrap_socket(sock, server_hostname=address.host)
            protocol = ClientProtocol(parse_uri(address.url), max_size=MESSAGE_BYTES_MAX)
            request = protocol.connect()
            if token:
                request.headers["Authorization"] = f"Bearer {token}"
            protocol.send_request(request)
            opened = cls(sock, protocol)
            opened._open()
        except BaseException:
            sock.close()
            raise
        sock.setblocking(False)
        return opened

    def _open(self) -> None:
        self._sock.sendall(b"".join(self._protocol.data_to_send()))
        while self._protocol.state is State.CONNECTING:
            data = self._sock.recv(RECEIVE_BYTES)
            self._feed(data)
            if self._protocol.handshake_exc is not None:
                raise self._protocol.handshake_exc
            if not data:
                raise ConnectionError("the door has hung up")

    def _feed(self, data: bytes) -> None:
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                continue
            assert isinstance(event, Frame), event
            if event.opcode in (Opcode.BINARY, Opcode.CONT):
                self._received += event.data
        if self._protocol.close_rcvd is not None:
            self.reason = self._protocol.close_rcvd.reason

    def send(self, data: bytes) -> int:
        """Whole frames: all of them, or BlockingIOError while too much waits."""
        if self._protocol.state is not State.OPEN:
            raise ConnectionError("the door has closed")
        if len(self._unsent) > WAITING_BYTES_MAX:
            raise BlockingIOError
        self._protocol.send_binary(data)
        self._flush()
        return len(data)

    def recv(self, size: int) -> bytes:
        """Bytes of the link; none when the door has closed. Raises BlockingIOError while there is nothing."""
        while not self._received and self._protocol.state is State.OPEN:
            try:
                data = self._sock.recv(size)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
                self._flush()
                raise BlockingIOError from error
            except BlockingIOError:
                self._flush()
                raise
            self._feed(data)
        self._flush()
        found, self._received = bytes(self._received), bytearray()
        return found

    def _flush(self) -> None:
        self._unsent += b"".join(self._protocol.data_to_send())
        if not self._unsent:
            return
        try:
            del self._unsent[: self._sock.send(self._unsent)]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return  # the rest goes with the next frame of the window
        except OSError:
            self._unsent.clear()  # reading finds out why

    def fileno(self) -> int:
        """For select."""
        return self._sock.fileno()

    def close(self) -> None:
        """Say so, and hang up."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(1000)
            self._flush()
        self._sock.close()


class DoorLink(TerminalLink):
    """The link of a window whose core is elsewhere."""

    def __init__(
        self, door: DoorAddress, token: str, tls: ssl.SSLContext | None, client: LinkClient, clock: Clock
    ) -> None:
        super().__init__(Path(), client, clock)
        self._door = door
        self._token = token
        self.is_of_person = not token
        self._tls = tls
        self._dialled: SimpleQueue[DoorSocket | str] | None = None
        self._dial_again_ns = 0
        self._closed = False

    def _connected(self) -> Peer | None:
        """What the thread found; without a thread, one is sent."""
        self._retry_ns = 0
        if self._dialled is None:
            if self._clock.mono_ns() >= self._dial_again_ns:
                self._dialled = SimpleQueue()
                Thread(target=self._dial_door, args=(self._dialled,), name="door", daemon=True).start()
            return None
        try:
            found = self._dialled.get_nowait()
        except Empty:
            return None
        self._dialled = None
        self._dial_again_ns = self._clock.mono_ns() + PAUSE_NS
        if isinstance(found, DoorSocket):
            return found
        self._tell(found)
        return None

    def _dial_door(self, found: "SimpleQueue[DoorSocket | str]") -> None:
        try:
            dialled = DoorSocket.dial(self._door, self._token, self._tls)
        except (OSError, InvalidHandshake) as error:
            found.put(f"{self._door.url}: {error}")
            return
        found.put(dialled)
        if self._closed:
            dialled.close()

    def _tell(self, reason: str) -> None:
        """One line for the user, once."""
        if reason != self._refusal:
            self._refusal, self._told_down = reason, False

    def _hang_up(self) -> None:
        peer = self._socket
        super()._hang_up()
        if isinstance(peer, DoorSocket) and peer.reason and not self._refusal.startswith(peer.reason):
            self._tell(peer.reason)

    def close(self) -> None:
        """Leave; the core goes on."""
        self._closed = True
        super().close()


def door_link(paths: HomePaths, url: str, token_file: Path | None, passphrase_fd: int | None = None) -> DoorLink:
    """The link to the core behind a door: with the certificate of a pairing, else with the system's authorities.

    Without a token its person logs in as at the core's own machine; only a paired terminal may. Raises ConfigError.
    """
    door = DoorAddress.parse(url)
    is_paired = door.is_encrypted and house.core_path(paths, door.host).exists()
    token = ""
    if token_file is None and not is_paired:
        raise ConfigError(
            f"--connect {url}: expected --token-file with a token that hts token add gave at the core, or this machine "
            "to be paired with it (hts pair offer there, hts pair join here)"
        )
    if token_file is not None:
        try:
            token = token_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"--token-file {token_file}: expected a token of the core's home: {error}") from error
    tls = None
    if is_paired:
        with opened_store(paths, passphrase_fd) as store:
            tls = house.terminal_context(paths, store, door.host)
    elif door.is_encrypted:
        tls = ssl.create_default_context()
    client = LinkClient(token="", build=build_name(), name="terminal")  # the door says who it is
    return DoorLink(door, token, tls, client, SystemClock())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
