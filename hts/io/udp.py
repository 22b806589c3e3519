"""Datagrams on the loopback address: a receiver per line, a sender that never waits, a server that answers."""

import asyncio
import socket
from collections.abc import Callable
from typing import Final, cast

from hts.base.errors import ConfigError
from hts.io.loopback import HOST

DATAGRAMS_PER_TURN: Final = 4
YIELDS_MAX: Final = 2
DATAGRAM_BYTES_MAX: Final = 65_535
RECEIVE_BUFFER_BYTES: Final = 4 << 20  # the kernel may grant less; what it drops is asked for again


class UdpReceiver(asyncio.DatagramProtocol):
    """Calls `on_packet(data)` for every datagram that arrives.

    A few are read per turn of the loop, not all that wait: else a burst of market data holds up an order that arrives
    on another socket for as long as the burst is worked off. `must_yield` is asked before each: while it says yes
    nothing is read, for two turns on end at most: one that has begun before the loop knew, and the one that reads it.
    """

    def __init__(self, on_packet: Callable[[bytes], None], must_yield: Callable[[], bool] = lambda: False) -> None:
        self._on_packet = on_packet
        self._must_yield = must_yield
        self._yielded = 0  # turns on end
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def listen(self, port: int) -> int:
        """The port listened on (0: the system chooses). Raises ConfigError when it is busy."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            sock.bind((HOST, port))
        except OSError as error:
            sock.close()
            raise ConfigError(
                f"cannot receive market data on {HOST}:{port}/udp: {error.strerror or error}. Expected a free port; "
                "another core uses it: stop that one or choose other ports with --port-base"
            ) from error
        found = int(sock.getsockname()[1])
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(sock, self._read)
            self._socket, self._loop = sock, loop
        except NotImplementedError:  # a loop of Windows
            await loop.create_datagram_endpoint(lambda: self, sock=sock)
        return found

    def _read(self) -> None:
        """What waits, up to the share of one turn; the loop calls again while there is more."""
        for _ in range(DATAGRAMS_PER_TURN):
            if self._socket is None:
                return
            if self._yielded < YIELDS_MAX and self._must_yield():
                self._yielded += 1
                return
            self._yielded = 0
            try:
                data = self._socket.recv(DATAGRAM_BYTES_MAX)
            except (BlockingIOError, InterruptedError):
                return
            self._on_packet(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002  the signature is asyncio's
        self._on_packet(data)

    def stop(self) -> None:
        if self._socket is not None and self._loop is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None
        if self._transport is not None:
            self._transport.close()


class UdpResponder(asyncio.DatagramProtocol):
    """Answers datagrams where they come from; `answer(data)` None says nothing."""

    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport | None = None

    async def listen(self, port: int) -> int:
        """The port listened on (0: the system chooses). Raises ConfigError when it is busy."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.bind((HOST, port))
        except OSError as error:
            sock.close()
            raise ConfigError(
                f"cannot listen on {HOST}:{port}/udp: {error.strerror or error}. Expected a free port; choose other "
                "ports with --port-base"
            ) from error
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, sock=sock)
        return int(sock.getsockname()[1])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._answer(data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)

    def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()


class UdpAsker(asyncio.DatagramProtocol):
    """Sends requests to one port of the loopback address and calls `on_packet(data)` for what that port answers."""

    def __init__(self, port: int, on_packet: Callable[[bytes], None]) -> None:
        self._address = (HOST, port)
        self._on_packet = on_packet
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """From now on requests can be sent; the system chooses our port."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, remote_addr=self._address)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002  only that port can be heard
        self._on_packet(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now: a request is as good as lost, and asked again by who wants the answer."""

    def send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(data)

    def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()


class UdpSender:
    """Sends to one port of the loopback address. What the kernel cannot take is lost, as datagrams may be."""

    def __init__(self, port: int) -> None:
        self._address = (HOST, port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((HOST, 0))  # else the kernel would take answers on every address of the machine
        self.lost = 0

    def send(self, data: bytes) -> None:
        try:
            self._socket.sendto(data, self._address)
        except (BlockingIOError, ConnectionError):
            self.lost += 1

    def stop(self) -> None:
        self._socket.close()
