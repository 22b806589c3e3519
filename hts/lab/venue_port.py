"""The connections of one port of a simulated venue, over the faulty network, and one without a network beside them."""

from collections.abc import Callable

from hts.lab.network import SERVER, Stream
from hts.lab.ports import Change

DIRECT = 1_000_000  # number of the connection without a network

NewStream = Callable[[Callable[[int, bytes], None], Callable[[int], None]], Stream]
"""Opens a stream: what receives bytes at its ends, what hears of their being closed."""


class Port:
    """`tell(conn, change)` says to the venue's process what happens to a connection."""

    def __init__(self, new_stream: NewStream, tell: Callable[[int, Change], None]) -> None:
        self._new_stream = new_stream
        self._tell = tell
        self._direct: list[bytes] = []
        self.streams: dict[int, Stream] = {}

    def accept(self, number: int, receive: Callable[[int, bytes], None], closed: Callable[[int], None]) -> Stream:
        """A client connects; `receive` and `closed` are its ends."""

        def deliver(end: int, data: bytes) -> None:
            if end != SERVER:
                receive(end, data)
            elif number in self.streams:
                self._tell(number, data)

        def gone(end: int) -> None:
            if end != SERVER:
                closed(end)
            elif self.streams.pop(number, None) is not None:
                self._tell(number, "connection reset")

        stream = self.streams[number] = self._new_stream(deliver, gone)
        self._tell(number, None)
        return stream

    def write(self, number: int, data: bytes) -> None:
        """What the process has to say on a connection."""
        if number in self.streams:
            self.streams[number].send(SERVER, data)
        elif number == DIRECT:
            self._direct.append(data)

    def close(self, number: int) -> bool:
        """The process hangs up; False for a connection that is gone already."""
        stream = self.streams.pop(number, None)
        if stream is not None:
            stream.close(SERVER)
        return stream is not None

    def stop(self) -> None:
        """The process is gone, and its sockets with it."""
        for stream in self.streams.values():
            stream.close(SERVER)
        self.streams.clear()

    # -- without a network, to look at what the venue has said

    def open_directly(self) -> None:
        """Connect; one at a time."""
        self._tell(DIRECT, None)

    def exchange_directly(self, data: bytes) -> list[bytes]:
        """Send, and take what has come."""
        if data:
            self._tell(DIRECT, data)
        answers, self._direct = self._direct, []
        return answers

    def close_directly(self) -> None:
        """Hang up."""
        self._tell(DIRECT, "closed")
