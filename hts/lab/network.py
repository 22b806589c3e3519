"""A network that delays, splits, cuts, loses, duplicates and reorders, from a seed.

A `Stream` behaves as TCP does: within one connection bytes keep their order and none is missing; a cut loses what
is in flight and tells both ends, a half-open cut tells one of them late. `Datagrams` behaves as UDP does.
"""

from collections.abc import Callable
from random import Random

from hts.lab.faults import Fault, Faults
from hts.lab.schedule import Schedule

LATENCY_NS = (30_000, 300_000)
LATE_NS = (1_000_000, 200_000_000)
HALF_OPEN_NS = (500_000_000, 3_000_000_000)

CLIENT = 0
SERVER = 1


class Stream:
    """One connection. `receive(end, data)` and `closed(end)` are called on the owner's ends, 0 client, 1 server."""

    def __init__(
        self,
        schedule: Schedule,
        rng: Random,
        faults: Faults,
        receive: Callable[[int, bytes], None],
        closed: Callable[[int], None],
        *,
        befall: Callable[[bytes], bytes] = bytes,
    ) -> None:
        """`befall`: what becomes of data on their way, beside what befalls every stream."""
        self._schedule = schedule
        self._rng = rng
        self._faults = faults
        self._receive = receive
        self._closed = closed
        self._befall = befall
        self._arrives_ns = [0, 0]  # the last arrival at each end: later bytes may not overtake
        self._alive = True
        self._open = [True, True]

    def send(self, end: int, data: bytes) -> None:
        """From one end to the other; silently lost on a dead connection, as TCP does until it notices."""
        data = self._befall(data)
        if not data or not self._open[end]:
            return
        for piece in self._pieces(data):
            arrival = self._schedule.mono_ns + self._latency()
            arrival = max(arrival, self._arrives_ns[1 - end])
            self._arrives_ns[1 - end] = arrival
            self._schedule.at(arrival, lambda piece=piece: self._deliver(1 - end, piece))  # type: ignore[misc]

    def _pieces(self, data: bytes) -> list[bytes]:
        if len(data) < 2 or not self._faults.happens(Fault.SPLIT):
            return [data]
        at = self._rng.randrange(1, len(data))
        return [data[:at], data[at:]]

    def _latency(self) -> int:
        late = self._rng.randrange(*LATE_NS) if self._faults.happens(Fault.DELAY) else 0
        return self._rng.randrange(*LATENCY_NS) + late

    def _deliver(self, end: int, data: bytes) -> None:
        if self._alive and self._open[end]:
            self._receive(end, data)

    def cut(self) -> None:
        """The connection dies now; what is in flight is lost. One end may learn of it late."""
        if not self._alive:
            return
        self._alive = False
        late = self._rng.randrange(2) if self._faults.happens(Fault.HALF_OPEN) else None
        for end in (CLIENT, SERVER):
            delay = self._rng.randrange(*HALF_OPEN_NS) if end == late else self._rng.randrange(*LATENCY_NS)
            self._schedule.after(delay, lambda end=end: self._tell(end))  # type: ignore[misc]

    def close(self, end: int) -> None:
        """One end hangs up: what it sent before still arrives, then the other end is told."""
        if not self._open[end]:
            return
        self._open[end] = False
        arrival = max(self._schedule.mono_ns + self._rng.randrange(*LATENCY_NS), self._arrives_ns[1 - end])
        self._schedule.at(arrival, lambda: self._tell(1 - end))

    def _tell(self, end: int) -> None:
        self._alive = False
        if self._open[end]:
            self._open[end] = False
            self._closed(end)


class Datagrams:
    """One line of a feed: datagrams to one receiver."""

    def __init__(self, schedule: Schedule, rng: Random, faults: Faults, receive: Callable[[bytes], None]) -> None:
        self._schedule = schedule
        self._rng = rng
        self._faults = faults
        self._receive = receive

    def send(self, datagram: bytes) -> None:
        """It may come never, once or twice, and late."""
        if self._faults.happens(Fault.LOSE):
            return
        for _ in range(2 if self._faults.happens(Fault.DUPLICATE) else 1):
            late = self._rng.randrange(*LATE_NS) if self._faults.happens(Fault.REORDER) else 0
            delay = self._rng.randrange(*LATENCY_NS) + late
            self._schedule.after(delay, lambda: self._receive(datagram))
