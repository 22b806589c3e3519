"""The simulated venue of a simulation: the real one, its command log on a virtual disk, its feed on faulty lines."""

from collections.abc import Callable
from random import Random

from hts.lab.clock import Clock
from hts.lab.disk import Disk
from hts.lab.faults import Fault, Faults
from hts.lab.network import SERVER, Stream
from hts.lab.schedule import Planned, Schedule
from hts.sim.venue import Venue
from hts.sim.venue_day import VenueConfig

RESTART_NS = (50_000_000, 2_500_000_000)


class VenueNode:
    """One machine with a disk; the venue's process dies and restarts on it."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        rng: Random,
        faults: Faults,
        config: VenueConfig,
        datagram: Callable[[str, bytes], None],
    ) -> None:
        self._schedule = schedule
        self._rng = rng
        self._faults = faults
        self.config = config
        self._datagram = datagram
        self._clock = Clock(schedule, drift_ppm=faults.drift_ppm())
        self.disk = Disk()
        self.venue: Venue | None = None
        self._numbers = 0
        self.order_streams: dict[int, Stream] = {}
        self._md_streams: dict[int, Stream] = {}
        self._timer: Planned | None = None

    def now(self) -> int:
        """The monotonic time of the venue's machine."""
        return self._clock.now()

    def start(self) -> None:
        """A process on whatever the disk holds."""
        self.venue = Venue(self.config, self.disk, self.now())
        self.flush()

    def crash(self) -> None:
        """The process dies; connections reset; it comes back from its command log."""
        if self.venue is None or not self._faults.allowed(Fault.VENUE_CRASH):
            return
        self.venue = None
        if self._timer is not None:
            self._timer.cancel()
        for stream in (*self.order_streams.values(), *self._md_streams.values()):
            stream.close(SERVER)
        self.order_streams.clear()
        self._md_streams.clear()
        self._schedule.after(self._rng.randrange(*RESTART_NS), self.start)

    def accept_orders(self, receive: Callable[[int, bytes], None], closed: Callable[[int], None]) -> Stream | None:
        """A member connects; None when nobody listens."""
        if self.venue is None:
            return None
        number, stream = self._accept(self.order_streams, receive, closed, self._order_data, self._order_closed)
        self.venue.order_connected(number, self.now())
        return stream

    def accept_recovery(self, receive: Callable[[int, bytes], None], closed: Callable[[int], None]) -> Stream | None:
        """A listener of the feed connects for recovery."""
        if self.venue is None:
            return None
        number, stream = self._accept(self._md_streams, receive, closed, self._md_data, self._md_closed)
        self.venue.md_connected(number, self.now())
        return stream

    def _accept(
        self,
        streams: dict[int, Stream],
        receive: Callable[[int, bytes], None],
        closed: Callable[[int], None],
        on_data: Callable[[int, bytes], None],
        on_closed: Callable[[int], None],
    ) -> tuple[int, Stream]:
        self._numbers += 1
        number = self._numbers

        def deliver(end: int, data: bytes) -> None:
            if end == SERVER:
                on_data(number, data)
            else:
                receive(end, data)

        def gone(end: int) -> None:
            if end == SERVER:
                on_closed(number)
            else:
                closed(end)

        stream = Stream(self._schedule, self._rng, self._faults, deliver, gone)
        streams[number] = stream
        return number, stream

    def _order_data(self, number: int, data: bytes) -> None:
        if self.venue is not None and number in self.order_streams:
            self.venue.order_data(number, data, self.now())
            self.flush()

    def _order_closed(self, number: int) -> None:
        if self.order_streams.pop(number, None) is not None and self.venue is not None:
            self.venue.order_disconnected(number, self.now())
            self.flush()

    def _md_data(self, number: int, data: bytes) -> None:
        if self.venue is not None and number in self._md_streams:
            self.venue.md_data(number, data, self.now())
            self.flush()

    def _md_closed(self, number: int) -> None:
        if self._md_streams.pop(number, None) is not None and self.venue is not None:
            self.venue.md_disconnected(number, self.now())

    def _on_time(self) -> None:
        if self.venue is not None:
            self.venue.on_timer(self.now())
            self.flush()

    def flush(self) -> None:
        """Carry out what the venue wants written and closed, and plan its next moment."""
        assert self.venue is not None
        outputs = self.venue.outputs()
        for number, data in outputs.orders:
            if number in self.order_streams:
                self.order_streams[number].send(SERVER, data)
        for number, data in outputs.market_data:
            if number in self._md_streams:
                self._md_streams[number].send(SERVER, data)
        for line, datagram in outputs.datagrams:
            self._datagram(line, datagram)
        for number in outputs.closing_orders:
            stream = self.order_streams.pop(number, None)
            if stream is not None:
                stream.close(SERVER)
                self.venue.order_disconnected(number, self.now())
        for number in outputs.closing_market_data:
            stream = self._md_streams.pop(number, None)
            if stream is not None:
                stream.close(SERVER)
                self.venue.md_disconnected(number, self.now())
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._schedule.at(self._clock.schedule_ns(self.venue.next_timer_ns()), self._on_time)
