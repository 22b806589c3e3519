"""The sockets of one simulated venue: its ports, its feed's lines, one timer. It decides nothing."""

import asyncio
from collections.abc import Callable

from hts.app.log import log_line
from hts.app.venue_ports import VenuePorts
from hts.io.clock import SystemClock
from hts.io.streams import StreamServer
from hts.io.udp import UdpResponder, UdpSender
from hts.sim.commands import AnyCommand
from hts.sim.fast_feed import LINE as FAST_LINE
from hts.sim.venue import Venue
from hts.sim.venue_fix import DROP_COPY, FIX_MARKET_DATA, FIX_ORDERS
from hts.sim.venue_outputs import Outputs

SNAPSHOT_BYTES_MAX = 64 << 20  # two years of bars for several clients
BREATH_S = 0.001  # a venue that is behind lets sockets and signals in between
DAY_BYTES_MAX = 256 << 20  # a member that was away, or a drop copy, is told its whole day at once


class _Door:
    """Owner of one listening port's connections: passes each event on to the venue."""

    def __init__(
        self,
        *,
        connected: Callable[[int], None],
        received: Callable[[int, bytes], None],
        disconnected: Callable[[int], None],
    ) -> None:
        self.connected = connected
        self.received = received
        self._disconnected = disconnected

    def disconnected(self, conn: int, reason: str) -> None:  # noqa: ARG002
        self._disconnected(conn)

    def writable(self, conn: int) -> None:
        """What waits is bounded by the stream; nothing else is held back."""


class VenueShell:
    """Feeds one venue from sockets and a timer."""

    def __init__(
        self, name: str, venue: Venue, ports: VenuePorts, clock: SystemClock, settled: Callable[[], None]
    ) -> None:
        """`settled` is called after each act of the venue."""
        self.name = name
        self.venue = venue
        self.ports = ports
        self._clock = clock
        self._settled = settled
        venue.on_answered = self._answer_orders
        self._orders = StreamServer(
            _Door(
                connected=lambda conn: self._do(lambda now: venue.order_connected(conn, now)),
                received=lambda conn, data: self._do(lambda now: venue.order_data(conn, data, now)),
                disconnected=lambda conn: self._do(lambda now: venue.order_disconnected(conn, now)),
            ),
            write_bytes_max=DAY_BYTES_MAX,
        )
        self._recovery = StreamServer(
            _Door(
                connected=lambda conn: self._do(lambda now: venue.md_connected(conn, now)),
                received=lambda conn, data: self._do(lambda now: venue.md_data(conn, data, now)),
                disconnected=lambda conn: self._do(lambda now: venue.md_disconnected(conn, now)),
            ),
            write_bytes_max=SNAPSHOT_BYTES_MAX,
        )
        self._services = {port: self._service(port) for port in venue.day.services}
        self._answers = UdpResponder(self._answer)
        self._lines = {line: UdpSender(ports.line(line)) for line in "AB"}
        if venue.day.fast is not None:
            self._lines[FAST_LINE] = UdpSender(ports.fix_fast)
        self._timer: asyncio.TimerHandle | None = None
        self._is_stopped = False

    async def listen(self) -> None:
        """Open every port. Raises ConfigError for one that is taken."""
        await self._orders.listen_tcp(self.ports.order_entry)
        await self._recovery.listen_tcp(self.ports.recovery)
        if self.venue.answers_datagrams:
            await self._answers.listen(self.ports.recovery)
        numbers = {
            FIX_ORDERS: self.ports.fix_orders,
            FIX_MARKET_DATA: self.ports.fix_market_data,
            DROP_COPY: self.ports.drop_copy,
        }
        for port, server in self._services.items():
            await server.listen_tcp(numbers[port])

    def start(self) -> None:
        """Let the venue do what is due, from now on."""
        self._do(self.venue.on_timer)

    def stop(self) -> None:
        """Close everything."""
        self._is_stopped = True
        if self._timer is not None:
            self._timer.cancel()
        for server in (self._orders, self._recovery, *self._services.values()):
            server.stop()
        self._answers.stop()
        for line in self._lines.values():
            line.stop()

    def _service(self, port: str) -> StreamServer:
        venue = self.venue
        return StreamServer(
            _Door(
                connected=lambda conn: self._do(lambda now: venue.service_connected(port, conn, now)),
                received=lambda conn, data: self._do(lambda now: venue.service_data(port, conn, data, now)),
                disconnected=lambda conn: self._do(lambda now: venue.service_disconnected(port, conn, now)),
            )
        )

    def act(self, command: AnyCommand) -> None:
        """An act of the venue's operators."""
        self._do(lambda now: self.venue.act(command, now))

    def _answer(self, request: bytes) -> bytes | None:
        """A datagram to the feed's re-request server."""
        found: list[bytes | None] = [None]

        def ask(now: int) -> None:
            found[0] = self.venue.md_answer(request, now)

        self._do(ask)
        return found[0]

    def _answer_orders(self) -> None:
        """Members hear first; copies and feeds are made afterwards."""
        for conn, data in self.venue.day.order_entry.data_to_send():
            self._orders.send(conn, data)

    def _do(self, act: Callable[[int], None]) -> None:
        """Let the venue do something now, write what it says, set the timer."""
        if self._is_stopped:
            return
        act(self._clock.mono_ns())
        self._write(self.venue.outputs())
        for reason in self.venue.reasons():
            log_line("venue", reason)
        self._arm()
        self._settled()

    def _write(self, outputs: Outputs) -> None:
        for conn, data in outputs.orders:
            self._orders.send(conn, data)
        for line, data in outputs.datagrams:
            self._lines[line].send(data)
        for conn, data in outputs.market_data:
            self._recovery.send(conn, data)
        for port, conn, data in outputs.services:
            self._services[port].send(conn, data)
        for conn in outputs.closing_orders:
            self._orders.close(conn)
        for conn in outputs.closing_market_data:
            self._recovery.close(conn)
        for port, conn in outputs.closing_services:
            self._services[port].close(conn)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        wait_s = max((self.venue.next_timer_ns() - self._clock.mono_ns()) / 1e9, BREATH_S)
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._do, self.venue.on_timer)
