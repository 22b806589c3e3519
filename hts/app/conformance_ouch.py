"""`hts conformance ouch`: a venue of any OUCH table over SoupBinTCP, for testing a client from outside.

It takes every order: an order is accepted, a replacement replaces, a cancel cancels, other requests have no answer. The
fields of the answer that the request has too are copied, numbers of the venue count up, the time is the wall's, codes
without a source take the first of their table. All connections share one day: a client that comes back gets everything
from the number that it asks for. With the arrowhead table the requests must be numbered.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from hts.app import tables
from hts.base.errors import ConfigError
from hts.io import loop
from hts.io.clock import SystemClock
from hts.io.loopback import HOST
from hts.io.streams import StreamServer
from hts.wire.arrowhead.orders import ArrowheadVenue
from hts.wire.layout.codec import BinaryLayout
from hts.wire.layout.table import FieldRow
from hts.wire.ouch.session import OuchVenue, Received
from hts.wire.soupbin.server import SoupServer, SoupStream

TABLES: Final = (
    "ouch50",
    "ouch42",
    "jnx_ouch_1_11",
    "jnx_ouch_2_01",
    "odx_ouch_2_0",
    "ose_ouch_5_0",
    "arrowhead_ours",
)
ARROWHEAD: Final = "arrowhead_ours"
SESSION: Final = "DAY1"
# Request and its answers, of which each table has one at most.
ANSWERS: Final = {
    "enter_order": ("order_accepted", "accepted"),
    "enter_mm_order": ("order_accepted",),
    "replace_order": ("order_replaced", "replaced"),
    "cancel_order": ("order_canceled", "canceled"),
    "mass_cancel": ("mass_cancel_accepted", "mass_canceled"),
    "account_query": ("account_query_response",),
    "kill_switch": ("kill_switch_state",),
}
# Fields of an answer that the request has under another name.
_RENAMED: Final = {"previous_order_token": "existing_order_token", "state": "action"}
_COUNTED: Final = frozenset(("order_reference_number", "order_number", "order_id"))
_DAY_NS: Final = 86_400_000_000_000


def serve(table: str, user: str, password: str, port: int) -> int:
    """Serve until SIGTERM or SIGINT. Raises ConfigError."""
    if not 1 <= len(user) <= 6 or not len(password) <= 10:
        raise ConfigError(f"user of 1 to 6 and password of up to 10 characters expected, found {user!r}")
    return loop.run(_serve(OuchAcceptor(table, {user: password}), port))


async def _serve(acceptor: "OuchAcceptor", port: int) -> int:
    stopping = asyncio.Event()
    loop.on_stop_signal(stopping.set)
    listening = await acceptor.listen(port)
    print(f"{acceptor.name} venue on {HOST}:{listening}", flush=True)
    await stopping.wait()
    acceptor.stop()
    return 0


class Answers:
    """What the venue says to a request."""

    def __init__(self, layout: BinaryLayout) -> None:
        self._layout = layout
        self._numbers = 0

    def answer(self, name: str, request: Mapping[str, Any], wall_ns: int) -> tuple[str, dict[str, Any]] | None:
        """Name and fields of the answer; None for a request without one."""
        found = next((n for n in ANSWERS.get(name, ()) if n in self._layout.names), None)
        if found is None:
            return None
        self._numbers += 1
        row, table = self._layout.row(found), self._layout.table
        given = [f for f in row.fields if f.type not in ("length", "count") and f.offset != table.type_offset]
        return found, {f.name: self._value(f, request, wall_ns) for f in given}

    def _value(self, field: FieldRow, request: Mapping[str, Any], wall_ns: int) -> Any:
        source = field.name if field.name in request else _RENAMED.get(field.name, "")
        if source in request:
            return request[source]
        if field.name.startswith("timestamp"):
            # OUCH counts from midnight; a field that says UTC counts from 1970.
            return wall_ns if "1970" in field.notes else wall_ns % _DAY_NS
        if field.name in _COUNTED:
            return self._numbers
        if field.type in ("uint", "int", "digits"):
            return int(next(iter(field.codes), "0"))
        if field.type == "char":
            return next(iter(field.codes), " ")
        return {"options": {}, "group": (), "bytes": b"\0" * field.length}.get(field.type, "")


class OuchAcceptor:
    """The shell: sockets and the clock around the sessions. Implements hts.io.streams.StreamOwner."""

    def __init__(self, table: str, accounts: Mapping[str, str]) -> None:
        self._layout = BinaryLayout.parse(tables.load(tables.PROTOCOLS, table))
        self._soup = BinaryLayout.parse(tables.load(tables.PROTOCOLS, "soupbintcp"))
        self.name = f"{self._layout.table.name} {self._layout.table.version}"
        self._is_numbered = table == ARROWHEAD
        self._accounts = dict(accounts)
        self._stream = SoupStream(SESSION)
        self._request_numbers: dict[str, int] = {}
        self._answers = Answers(self._layout)
        self._clock = SystemClock()
        self._server = StreamServer(self)
        self._venues: dict[int, OuchVenue | ArrowheadVenue] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def listen(self, port: int) -> int:
        """The port that is listened on. Raises ConfigError."""
        return await self._server.listen_tcp(port)

    def stop(self) -> None:
        """Close everything."""
        if self._timer is not None:
            self._timer.cancel()
        self._server.stop()

    def connected(self, conn: int) -> None:
        soup = SoupServer(self._soup, self._stream, self._accounts)
        soup.connected(self._clock.mono_ns())
        if self._is_numbered:
            self._venues[conn] = ArrowheadVenue(self._layout, soup, self._stream, self._request_numbers)
        else:
            self._venues[conn] = OuchVenue(self._layout, soup, self._stream)
        self._set_timer()

    def received(self, conn: int, data: bytes) -> None:
        venue, now = self._venues[conn], self._clock.mono_ns()
        venue.soup.receive_data(data, now)
        while (event := _next_event(venue, now)) is not None:
            if isinstance(event, Received):
                self._take(venue, event, now)
        # The stream is the day's: what one connection caused, all of them read.
        for other in list(self._venues):
            self._write(other, now)
        self._set_timer()

    def disconnected(self, conn: int, reason: str) -> None:  # noqa: ARG002  the owner's interface
        self._venues.pop(conn, None)

    def writable(self, conn: int) -> None:
        """Nothing waits for it: a peer that does not read is cut off by the server's bound."""

    def _take(self, venue: OuchVenue | ArrowheadVenue, event: Received, now: int) -> None:
        found = self._answers.answer(event.message.name, event.message.fields, self._clock.wall_ns())
        if found is not None:
            venue.send(*found, now)

    def _write(self, conn: int, now: int) -> None:
        venue = self._venues.get(conn)
        if venue is None:
            return
        soup = venue.soup
        soup.pump(now)
        while data := soup.data_to_send():
            self._server.send(conn, data)
            soup.pump(now)
        if soup.is_closing:
            self._server.close(conn)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        times = [at for venue in self._venues.values() if (at := venue.soup.next_timer_ns()) is not None]
        if times:
            wait_s = max(0, min(times) - self._clock.mono_ns()) / 1_000_000_000
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._tick)

    def _tick(self) -> None:
        now = self._clock.mono_ns()
        for conn, venue in list(self._venues.items()):
            venue.soup.on_timer(now)
            self._write(conn, now)
        self._set_timer()


def _next_event(venue: OuchVenue | ArrowheadVenue, now: int) -> Any:
    return venue.next_event(now) if isinstance(venue, ArrowheadVenue) else venue.next_event()
