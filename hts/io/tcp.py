"""A TCP client that dials when told to. It never redials by itself: the gateway decides when."""

import asyncio
from typing import Final

from hts.io.streams import WRITE_BYTES_MAX, Stream, StreamOwner

DIAL_TIMEOUT_S: Final = 3.0


class TcpClient:
    """At most one connection at a time. A dial is answered by `connected` or `disconnected` of the owner."""

    def __init__(self, owner: StreamOwner, host: str, port: int, write_bytes_max: int = WRITE_BYTES_MAX) -> None:
        self._owner = owner
        self._host = host
        self._port = port
        self._write_bytes_max = write_bytes_max
        self._streams: dict[int, Stream] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether a connection stands."""
        return bool(self._streams)

    def dial(self) -> None:
        """Connect; a dial that is under way or a connection that stands is left as it is."""
        if self._streams or (self._task is not None and not self._task.done()):
            return
        self._task = asyncio.get_running_loop().create_task(self._dial())

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(DIAL_TIMEOUT_S):
                await loop.create_connection(self._make_stream, self._host, self._port)
        except TimeoutError:
            self._owner.disconnected(0, f"{self._host}:{self._port} did not answer within {DIAL_TIMEOUT_S:g} s")
        except OSError as error:
            self._owner.disconnected(0, f"{self._host}:{self._port}: {error.strerror or error}")

    def _make_stream(self) -> Stream:
        return Stream(self._owner, self._streams, self._write_bytes_max)

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
