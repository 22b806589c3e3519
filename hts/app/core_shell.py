"""The core's shell: feeds the runner from sockets and timers, and nothing more.

One call of the runner runs to completion; then order events are written to terminals at once, market data at most
every MARKET_FLUSH_S, and the one timer of the loop is set to what is due next. A terminal that does not read keeps
its market data conflated in the link server; only what it can take is handed to its socket.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from hts.app.log import log_line
from hts.app.runner import Runner
from hts.base.clock import Clock
from hts.io.inputs import Inputs
from hts.io.streams import StreamServer
from hts.link.server import LinkServer

if TYPE_CHECKING:
    from hts.app.core_login import LoginDesk  # a paper core does without, and without its imports

MARKET_FLUSH_S: Final = 0.008  # half a frame of the screen
CLIENT_WAITING_MAX: Final = 1 << 18  # bytes in a client's socket; beyond, its market data stays conflated
TIMER_MIN_S: Final = 0.0005


class CoreShell:
    """Owner of the terminals' connections and of the loop's timers."""

    def __init__(self, link_server: LinkServer, clock: Clock, login: "LoginDesk | None" = None) -> None:
        self.inputs = Inputs()  # terminals and order lines: the feeds give way to both
        self.server = StreamServer(self, inputs=self.inputs)
        self._link = link_server
        self._clock = clock
        self._login = login
        self._runner: Runner | None = None
        self._clients: set[int] = set()
        self._attached = 0
        self._other_builds: tuple[str, ...] = ()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ns = 0
        self._market: asyncio.TimerHandle | None = None
        self._more: asyncio.Handle | None = None

    def begin(self, runner: Runner) -> None:
        """From now on things happen. What came before (a packet of a feed that runs already) is as good as lost."""
        self._runner = runner

    def do(self, act: Callable[[Runner, int], None]) -> None:
        """Let the runner do something now, then show and arm what follows from it."""
        if self._runner is None:
            return
        act(self._runner, self._clock.mono_ns())
        self._show()
        self._arm()

    def stop(self) -> None:
        """No more timers; terminals are told by the end of their connection."""
        self._runner = None
        for handle in (self._timer, self._market, self._more):
            if handle is not None:
                handle.cancel()
        self.server.stop()

    # -- terminals (hts.io.streams.StreamOwner)

    def connected(self, conn: int) -> None:
        self._clients.add(conn)
        self._link.connected(conn)
        if self._login is not None:
            self._login.connected(conn)

    def received(self, conn: int, data: bytes) -> None:
        wishes = self._link.receive_data(conn, data)
        self.count_clients()
        for wish in wishes:
            if self._runner is not None:
                self._runner.on_wish(conn, wish, self._clock.mono_ns())
                self._show()
                self._arm()
        if self._login is not None:
            for one, request in self._link.logins:
                self._login.receive(one, request)
            self._link.logins.clear()
        self._show()

    def disconnected(self, conn: int, reason: str) -> None:  # noqa: ARG002  why a terminal left matters to nobody
        self._clients.discard(conn)
        self._link.disconnected(conn)
        if self._login is not None:
            self._login.gone(conn)
        self.count_clients()

    def writable(self, conn: int) -> None:  # noqa: ARG002  all clients are looked at together
        self._flush_market_soon()

    def count_clients(self) -> None:
        """Tell the core how many may act, when that has changed."""
        attached = self._link.attached
        if attached != self._attached:
            self._attached = attached
            self.do(lambda runner, now: runner.on_clients(attached, now))
        others = self._link.other_builds
        if others != self._other_builds:
            self._other_builds = others
            self.do(lambda runner, _: runner.on_other_builds(others))

    # -- what terminals see

    def _show(self) -> None:
        for conn in self._link.waiting():
            self.server.send(conn, self._link.data_to_send(conn, market=False))
        for conn in self._link.closing():
            self.server.close(conn, "cut off")
        for fault in self._link.faults:
            log_line("link", fault)
        self._link.faults.clear()
        if self._attached:
            self._flush_market_soon()
        if self._link.is_behind and self._more is None:
            self._more = asyncio.get_running_loop().call_soon(self._show_more)

    def _show_more(self) -> None:
        """The next slice of the whole state, in a turn of its own: what has come meanwhile is read in between."""
        self._more = None
        self._show()

    def _flush_market_soon(self) -> None:
        if self._market is None:
            self._market = asyncio.get_running_loop().call_later(MARKET_FLUSH_S, self._flush_market)

    def _flush_market(self) -> None:
        self._market = None
        for conn in self._clients:
            room = CLIENT_WAITING_MAX - self.server.waiting_bytes(conn)
            if room > 0:
                self.server.send(conn, self._link.data_to_send(conn, room))

    # -- timers

    def _arm(self) -> None:
        if self._runner is None:
            return
        due = self._runner.next_timer_ns()
        if due is None or (self._timer is not None and self._timer_ns <= due):
            return  # a timer that fires early finds nothing due and arms the next
        if self._timer is not None:
            self._timer.cancel()
        wait_s = max((due - self._clock.mono_ns()) / 1e9, TIMER_MIN_S)
        self._timer_ns = due
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self.do(lambda runner, now: runner.on_time(now))


class VenueLine:
    """Owner of one connection to a venue: passes on what happened to it as one value."""

    def __init__(self, on_change: Callable[[bytes | str | None], None]) -> None:
        self._on_change = on_change

    def connected(self, conn: int) -> None:  # noqa: ARG002  there is only one
        self._on_change(None)

    def received(self, conn: int, data: bytes) -> None:  # noqa: ARG002
        self._on_change(data)

    def disconnected(self, conn: int, reason: str) -> None:  # noqa: ARG002
        self._on_change(reason)

    def writable(self, conn: int) -> None:
        """Nothing waits for that: an order is written whatever is still on its way."""
