"""Byte streams with a bound: what TCP and unix sockets have in common.

An owner is told what happened to a connection, which it knows by a number that is never used again in this
process. What is waiting to be written is bounded: a peer that does not read is cut off, since a queue without end
would only hide that it is gone.
"""

import asyncio
import os
import socket
import struct
import sys
from itertools import count
from typing import Final, Protocol, cast

from hts.base.errors import ConfigError
from hts.io.inputs import Inputs
from hts.io.loopback import HOST

WRITE_BYTES_MAX: Final = 8 << 20
CONNECTIONS_MAX: Final = 64

_CREDENTIALS: Final = "3i"  # struct ucred: process, user, group

_numbers = count(1)


class StreamOwner(Protocol):
    """Who gets the bytes. All calls come from the loop's thread and must not block."""

    def connected(self, conn: int) -> None: ...

    def received(self, conn: int, data: bytes) -> None: ...

    def disconnected(self, conn: int, reason: str) -> None:
        """Once per connection, and for a dial that failed."""
        ...

    def writable(self, conn: int) -> None:
        """Everything that was waiting has been written."""
        ...


def is_of_another_user(sock: socket.socket | None) -> bool:
    """Whether the kernel says that the peer of a local socket is of another user than this process.

    Only Linux tells, at the moment of the connect (SO_PEERCRED); elsewhere the directory's mode decides alone.
    """
    if sys.platform != "linux" or sock is None or sock.family != socket.AF_UNIX:
        return False
    size = struct.calcsize(_CREDENTIALS)
    _, uid, _ = struct.unpack(_CREDENTIALS, sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return bool(uid != os.getuid())


class Stream(asyncio.BaseProtocol):
    """One connection; the two below say how it is read."""

    def __init__(
        self, owner: StreamOwner, streams: "dict[int, Stream]", write_bytes_max: int, inputs: Inputs | None = None
    ) -> None:
        """`inputs` looks at this connection, for others who would give way to it."""
        self.conn = next(_numbers)
        self._owner = owner
        self._streams = streams
        self._write_bytes_max = write_bytes_max
        self._inputs = inputs
        self._descriptor = -1
        self._transport: asyncio.Transport | None = None
        self._reason = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if len(self._streams) >= CONNECTIONS_MAX or is_of_another_user(self._transport.get_extra_info("socket")):
            self._transport.abort()
            return
        # Low water at zero: `writable` means that the peer has caught up.
        self._transport.set_write_buffer_limits(high=64 << 10, low=0)
        self._streams[self.conn] = self
        if self._inputs is not None:
            self._descriptor = self._transport.get_extra_info("socket").fileno()
            self._inputs.add(self._descriptor, self)
        self._owner.connected(self.conn)

    def data_received(self, data: bytes) -> None:
        if self.conn in self._streams:
            self._owner.received(self.conn, data)

    def eof_received(self) -> None:
        """The peer says no more: None closes the connection."""

    def connection_lost(self, exc: Exception | None) -> None:
        if self._inputs is not None:
            self._inputs.remove(self._descriptor, self)
        if self._streams.pop(self.conn, None) is not None:
            self._owner.disconnected(self.conn, self._reason or (str(exc) if exc else "closed by the peer"))

    def pause_writing(self) -> None:
        """What waits is bounded in `send`."""

    def resume_writing(self) -> None:
        if self.conn in self._streams:
            self._owner.writable(self.conn)

    @property
    def waiting_bytes(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport else 0

    def send(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        transport.write(data)
        waiting = transport.get_write_buffer_size()
        if waiting > self._write_bytes_max:
            self._reason = f"does not read: {waiting} bytes waiting, at most {self._write_bytes_max} allowed"
            transport.abort()

    def close(self, reason: str) -> None:
        """Write what is waiting, then close."""
        self._reason = self._reason or reason
        if self._transport is not None:
            self._transport.close()


class WholeStream(Stream, asyncio.Protocol):
    """Reads all that has arrived at once."""


class SlicedStream(Stream, asyncio.BufferedProtocol):
    """Reads at most so many bytes per turn of the loop: the kernel keeps the rest, and others come in between.

    For a peer whose every message is work: a burst of a hundred reports else holds an order that arrives behind it.
    """

    def __init__(
        self,
        owner: StreamOwner,
        streams: dict[int, Stream],
        write_bytes_max: int,
        inputs: Inputs | None = None,
        *,
        slice_bytes: int,
    ) -> None:
        super().__init__(owner, streams, write_bytes_max, inputs)
        self._slice = memoryview(bytearray(slice_bytes))

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  what arrived does not change the share of a turn
        return self._slice

    def buffer_updated(self, nbytes: int) -> None:
        if nbytes == len(self._slice) and self._transport is not None and not self._transport.is_closing():
            # There may be more: some loops would read on at once, without asking anybody else.
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._read_on)
        self.data_received(bytes(self._slice[:nbytes]))

    def _read_on(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()


class StreamServer:
    """Many connections of one listening socket."""

    def __init__(
        self, owner: StreamOwner, write_bytes_max: int = WRITE_BYTES_MAX, inputs: Inputs | None = None
    ) -> None:
        self._owner = owner
        self._write_bytes_max = write_bytes_max
        self._inputs = inputs
        self._streams: dict[int, Stream] = {}
        self._server: asyncio.Server | None = None

    def make_stream(self) -> Stream:
        """The protocol factory for the loop."""
        return WholeStream(self._owner, self._streams, self._write_bytes_max, self._inputs)

    async def listen_tcp(self, port: int) -> int:
        """Listen on the loopback address; the port (0: the system chooses). Raises ConfigError when it is busy."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self.make_stream, HOST, port, backlog=16)
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {HOST}:{port}: {error.strerror or error}. Expected a free port; another program, "
                "or another hts, uses it: stop that one or choose other ports with --port-base"
            ) from error
        return int(self._server.sockets[0].getsockname()[1])

    def adopt(self, server: asyncio.Server) -> None:
        """Take a listening socket that was made elsewhere (a unix socket)."""
        self._server = server

    def send(self, conn: int, data: bytes) -> None:
        """Write; nothing happens when the connection is gone."""
        if data and (stream := self._streams.get(conn)) is not None:
            stream.send(data)

    def waiting_bytes(self, conn: int) -> int:
        """Bytes that the peer has not taken yet."""
        stream = self._streams.get(conn)
        return stream.waiting_bytes if stream is not None else 0

    def close(self, conn: int, reason: str = "closed here") -> None:
        if (stream := self._streams.get(conn)) is not None:
            stream.close(reason)

    def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._server is not None:
            self._server.close()
        for stream in list(self._streams.values()):
            stream.close("shutting down")
