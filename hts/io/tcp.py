"""A TCP client that dials when told to. It never redials by itself: the gateway decides when."""

import asyncio
from collections.abc import Sequence
from socket import SOCK_STREAM
from ssl import SSLContext
from typing import Final

from hts.io import outbound
from hts.io.inputs import Inputs
from hts.io.streams import WRITE_BYTES_MAX, SlicedStream, Stream, StreamOwner, WholeStream

DIAL_TIMEOUT_S: Final = 3.0


class TcpClient:
    """At most one connection at a time. A dial is answered by `connected` or `disconnected` of the owner.

    `hosts` are the addresses that can be dialled, by number; `tls` makes every connection an encrypted one, with a
    certificate for `server_name` where that is given, else for the host as it is dialled. At most `slice_bytes` are
    read per turn of the loop; 0 reads all that has arrived.
    """

    def __init__(
        self,
        owner: StreamOwner,
        hosts: Sequence[tuple[str, int]],
        *,
        tls: SSLContext | None = None,
        server_name: str = "",
        write_bytes_max: int = WRITE_BYTES_MAX,
        inputs: Inputs | None = None,
        slice_bytes: int = 0,
    ) -> None:
        assert hosts, "a client without a host to dial"
        self._owner = owner
        self._hosts = tuple(hosts)
        self._tls = tls
        self._server_name = server_name
        self._write_bytes_max = write_bytes_max
        self._inputs = inputs
        self._slice_bytes = slice_bytes
        self._streams: dict[int, Stream] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether a connection stands."""
        return bool(self._streams)

    def dial(self, host: int = 0) -> None:
        """Connect to the host of this number; a dial that is under way or a connection that stands is left as it is."""
        if self._streams or (self._task is not None and not self._task.done()):
            return
        self._task = asyncio.get_running_loop().create_task(self._dial(*self._hosts[host]))

    async def _dial(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            outbound.check(host, port)
            async with asyncio.timeout(DIAL_TIMEOUT_S):
                if not outbound.is_this_machine(host):
                    found = await loop.getaddrinfo(host, port, type=SOCK_STREAM)
                    outbound.allow((str(address[0]), port) for *_, address in found)
                name = (self._server_name or host) if self._tls is not None else None
                await loop.create_connection(self._make_stream, host, port, ssl=self._tls, server_hostname=name)
        except outbound.OutboundRefused as refused:
            self._owner.disconnected(0, str(refused))
        except TimeoutError:
            self._owner.disconnected(0, f"{host}:{port} did not answer within {DIAL_TIMEOUT_S:g} s")
        except OSError as error:
            self._owner.disconnected(0, f"{host}:{port}: {error.strerror or error}")

    def _make_stream(self) -> Stream:
        shared = self._owner, self._streams, self._write_bytes_max, self._inputs
        return SlicedStream(*shared, slice_bytes=self._slice_bytes) if self._slice_bytes else WholeStream(*shared)

    def send(self, data: bytes) -> None:
        """Write; nothing happens when there is no connection."""
        if data:
            for stream in self._streams.values():
                stream.send(data)

    def hangup(self, reason: str) -> None:
        """Write what is waiting, then close. The owner hears `disconnected`."""
        for stream in list(self._streams.values()):
            stream.close(reason)

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.hangup("shutting down")
