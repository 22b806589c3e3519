"""`hts conformance PROTOCOL`: serves one of our protocol engines to a test suite from outside.

`fix` is a FIX acceptor with an application that sends NewOrderSingle(D), SecurityDefinition(d) and Email(C) back as
they came. A NewOrderSingle(D) with PossResend(97) whose ClOrdID(11) it knows is dropped; every other application
message gets a BusinessMessageReject(j). Each connection begins with number 1 in both directions; a second connection
of the same CompIDs is closed while the first one is logged on.

`ouch` is a venue of an OUCH table over SoupBinTCP; see hts.app.conformance_ouch.
"""

import argparse
import asyncio
from collections.abc import Callable
from typing import Final

from hts.app.conformance_ouch import TABLES as OUCH_TABLES
from hts.app.conformance_ouch import serve as serve_ouch
from hts.app.fix_tables import TABLES, load_dictionary
from hts.io import loop
from hts.io.clock import SystemClock
from hts.io.loopback import HOST
from hts.io.streams import StreamServer
from hts.wire.fix.application import business_reject
from hts.wire.fix.codec import FixMessage, in_order
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.events import LoggedOn, MessageReceived
from hts.wire.fix.session import FixSession
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.states import Role

ECHOED: Final = frozenset(("D", "d", "C"))
CL_ORD_ID: Final = 11
POSS_RESEND: Final = 97
CL_ORD_IDS_MAX: Final = 100_000
UNSUPPORTED_MESSAGE_TYPE: Final = 3  # BusinessRejectReason(380)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts conformance`."""
    parser.add_argument("protocol", choices=("fix", "ouch"), help="which engine")
    parser.add_argument("--begin-string", default="FIX.4.4", choices=tuple(TABLES), help="default FIX.4.4")
    parser.add_argument("--port", type=int, required=True, metavar="N", help="listen here on the loopback address")
    parser.add_argument("--sender", default="ISLD", metavar="ID", help="our SenderCompID; default ISLD")
    parser.add_argument("--target", default="TW44", metavar="ID", help="the tester's SenderCompID; default TW44")
    parser.add_argument("--table", default=OUCH_TABLES[0], choices=OUCH_TABLES, help="ouch: default ouch50")
    parser.add_argument("--user", default="HTS01", help="ouch: SoupBinTCP user; default HTS01")
    parser.add_argument("--password", default="paper", help="ouch: its password; default paper")


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT. Raises ConfigError."""
    if options.protocol == "ouch":
        return serve_ouch(options.table, options.user, options.password, options.port)
    config = SessionConfig(role=Role.ACCEPTOR, sender_comp_id=options.sender, target_comp_id=options.target)
    return loop.run(_serve(Inspector(load_dictionary(options.begin_string)), config, options.port))


async def _serve(inspector: Inspector, config: SessionConfig, port: int) -> int:
    stopping = asyncio.Event()
    loop.on_stop_signal(stopping.set)
    acceptor = FixAcceptor(inspector, config)
    listening = await acceptor.listen(port)
    print(f"FIX {inspector.dictionary.begin_string} acceptor on {HOST}:{listening}", flush=True)
    await stopping.wait()
    acceptor.stop()
    return 0


class EchoApplication:
    """Answers the messages of one connection."""

    def __init__(self, inspector: Inspector) -> None:
        self._dictionary = inspector.dictionary
        self._known: set[bytes] = set()

    def answer(
        self, event: MessageReceived
    ) -> tuple[str, tuple[tuple[int, bytes], ...], tuple[tuple[int, bytes], ...]]:
        """MsgType(35), body and header of the answer; an empty MsgType for none."""
        message = event.message
        if message.msg_type not in ECHOED:
            return "j", business_reject(message, UNSUPPORTED_MESSAGE_TYPE, "Unsupported Message Type"), ()
        if message.msg_type == "D" and self._is_known(message, event):
            return "", (), ()
        definition = self._dictionary.message(message.msg_type)
        assert definition is not None, message.msg_type
        body = message.body(self._dictionary.header, self._dictionary.trailer)
        header = ((POSS_RESEND, b"Y"),) if event.poss_resend else ()
        return message.msg_type, in_order(body, definition.members), header

    def _is_known(self, message: FixMessage, event: MessageReceived) -> bool:
        """Whether a possible resend was answered before; remembers every order."""
        cl_ord_id = message.get(CL_ORD_ID) or b""
        if event.poss_resend and cl_ord_id in self._known:
            return True
        if len(self._known) < CL_ORD_IDS_MAX:
            self._known.add(cl_ord_id)
        return False


class Connection:
    """One accepted connection."""

    def __init__(self, inspector: Inspector, config: SessionConfig, admit: Callable[[], str]) -> None:
        self.session = FixSession(config, inspector, admit=lambda _logon: admit())
        self.application = EchoApplication(inspector)
        self.is_logged_on = False

    def drain(self, trade_ns: int, mono_ns: int) -> None:
        """Answer everything that was received."""
        while (event := self.session.next_event()) is not None:
            if isinstance(event, LoggedOn):
                self.is_logged_on = True
            elif isinstance(event, MessageReceived):
                msg_type, body, header = self.application.answer(event)
                if msg_type:
                    self.session.send(msg_type, body, trade_ns, mono_ns, header)


class FixAcceptor:
    """The shell: sockets and the clock around the sessions. Implements hts.io.streams.StreamOwner."""

    def __init__(self, inspector: Inspector, config: SessionConfig) -> None:
        self._inspector = inspector
        self._config = config
        self._clock = SystemClock()
        self._server = StreamServer(self)
        self._connections: dict[int, Connection] = {}
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
        connection = Connection(self._inspector, self._config, self._refuse_second)
        self._connections[conn] = connection
        connection.session.connected(self._clock.wall_ns(), self._clock.mono_ns())
        self._after(conn, connection)

    def received(self, conn: int, data: bytes) -> None:
        connection = self._connections[conn]
        connection.session.receive_data(data, self._clock.wall_ns(), self._clock.mono_ns())
        self._after(conn, connection)

    def disconnected(self, conn: int, reason: str) -> None:  # noqa: ARG002  the owner's interface
        self._connections.pop(conn, None)

    def writable(self, conn: int) -> None:
        """Nothing waits for it."""

    def _refuse_second(self) -> str:
        is_taken = any(other.is_logged_on for other in self._connections.values())
        return "one connection per session expected, found a second one" if is_taken else ""

    def _after(self, conn: int, connection: Connection) -> None:
        """Answer, write, close where the session says so, and set the timer."""
        session = connection.session
        connection.drain(self._clock.wall_ns(), self._clock.mono_ns())
        self._server.send(conn, session.data_to_send())
        if session.is_closing:
            connection.is_logged_on = False
            self._server.close(conn)
        self._set_timer()

    def _set_timer(self) -> None:
        times = [c.session.next_timer_ns() for c in self._connections.values()]
        next_ns = min((at for at in times if at is not None), default=None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if next_ns is not None:
            wait_s = max(0, next_ns - self._clock.mono_ns()) / 1_000_000_000
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        for conn, connection in list(self._connections.items()):
            connection.session.on_timer(self._clock.wall_ns(), self._clock.mono_ns())
            self._after(conn, connection)
        self._set_timer()
