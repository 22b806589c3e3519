"""The venue's FIX drop copy: a session hears every execution of its member, whatever protocol it used.

A copy is the ExecutionReport(8) of the original with CopyMsgIndicator(797) and the same ExecID(17); ClOrdID(11) is the
client's own name of the request: its text over FIX and at Osaka, its reference at Tokyo, else the number on the wire.
Copies are counted and stored like the originals, see hts.sim.fix_orders. A session that may cancel (hts.sim.fix_logins)
asks for that with F and q (hts.sim.fix_supervision); it hears of a cancelled order by its copy, and is told refusals.
"""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from hts.base.errors import RemoteProtocolError
from hts.model.instruments import Instrument
from hts.sim.commands import AnyCommand, Command
from hts.sim.events import CancelRefused, KillSwitchChanged, MassCanceled, OrderEvent, OrderStated, SimEvent
from hts.sim.fix_acceptor import Arrived, FixAcceptor, Happening
from hts.sim.fix_logins import FixServing
from hts.sim.fix_reports import FixReports, Told
from hts.sim.fix_session_day import SessionDay
from hts.sim.fix_supervision import REQUESTS, FixSupervision
from hts.sim.members import is_session_of
from hts.sim.native_names import NATIVE_NAMES
from hts.wire.fix.application import Body, business_reject
from hts.wire.fix.store import FixStore

ON_BEHALF_OF = 115  # OnBehalfOfCompID: the session that entered the order
NOT_AUTHORIZED = 6  # BusinessRejectReason(380)


class FixDropCopy:
    """All drop copy sessions of one venue day."""

    def __init__(self, venue: str, serving: FixServing, instruments: tuple[Instrument, ...], epoch: int) -> None:
        self._serving = serving
        self._native_name = NATIVE_NAMES.get(venue, lambda _request_id: "")
        self._fix_sessions = {login.comp_id for login in serving.orders}
        self._acceptor = FixAcceptor(venue, serving, serving.drop_copies, self._stores(epoch))
        self._days: dict[str, SessionDay] = {}
        self._counts = dict.fromkeys(self._acceptor.logins, 0)
        self._builders: dict[str, FixReports] = {}
        self._begin(instruments)

    def roll(self, instruments: tuple[Instrument, ...], epoch: int, mono_ns: int) -> None:
        """A new day: sessions are logged out and begin anew with empty numbers."""
        self._acceptor.end_all("the venue begins a new day", mono_ns)
        self._acceptor.renew(self._stores(epoch))
        self._begin(instruments)

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """A connection was accepted."""
        self._acceptor.connected(conn, mono_ns)

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """Bytes from a client; what the exchange is asked to do."""
        return self._commands(self._acceptor.receive_data(conn, data, mono_ns), mono_ns)

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """A connection is gone."""
        return self._commands(self._acceptor.disconnected(conn), mono_ns)

    def on_timer(self, trade_ns: int, mono_ns: int) -> list[AnyCommand]:  # noqa: ARG002
        """Heartbeats and time-outs that are due."""
        return self._commands(self._acceptor.on_timer(mono_ns), mono_ns)

    def restore(self, command: Command) -> None:
        """A command out of the log."""
        desk = self._desks.get(command.session)
        if desk is not None and command.in_seq:
            self._acceptor.restore(command.session, command.in_seq)
            desk.restore(command)

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """Copy what happened to the members' orders."""
        for event in events:
            if isinstance(event, (CancelRefused, MassCanceled)) and event.session in self._desks:
                self._tell(event.session, self._answer(event), mono_ns)
                continue
            if not isinstance(event, (OrderEvent, KillSwitchChanged)) or isinstance(event, OrderStated):
                continue
            listeners = [
                c for c, login in self._acceptor.logins.items() if is_session_of(event.session, login.copies_of)
            ]
            if not listeners:
                continue
            day = self._days.get(event.session)
            if day is None:
                is_fix = event.session in self._fix_sessions
                day = self._days[event.session] = SessionDay() if is_fix else SessionDay(self._native_name)
            day.learn(event)
            for comp_id in listeners:
                self._tell(comp_id, self._copy(comp_id, day, event), mono_ns)

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`."""
        return self._acceptor.next_timer_ns()

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """Bytes for each connection since the last call."""
        return self._acceptor.data_to_send()

    def closing(self) -> list[int]:
        """Connections to close once their bytes are written."""
        return self._acceptor.closing()

    def reasons(self) -> list[str]:
        """Why connections were refused or ended, one line each."""
        return self._acceptor.reasons()

    def sequence_numbers(self) -> dict[str, tuple[int, int]]:
        """The log's next number by session; the second number is the store's business."""
        return self._acceptor.numbers()

    # -- inside --

    def _stores(self, epoch: int) -> Callable[[str], FixStore]:
        storage = self._serving.storage
        return lambda comp_id: FixStore(storage, f"fix-{epoch:06}.{comp_id}.", settles=True)

    def _begin(self, instruments: tuple[Instrument, ...]) -> None:
        decimals = {instrument.symbol: instrument.px_decimals for instrument in instruments}
        self._days = {}
        self._counts = dict.fromkeys(self._acceptor.logins, 0)
        self._desks = {
            login.comp_id: FixSupervision(login.comp_id, login.copies_of)
            for login in self._serving.drop_copies
            if login.may_cancel
        }
        self._builders = {
            login.comp_id: FixReports(
                self._serving.inspectors[login.begin_string].dictionary, lambda symbol: decimals.get(symbol, 0)
            )
            for login in self._serving.drop_copies
        }

    def _copy(self, comp_id: str, day: SessionDay, event: OrderEvent | KillSwitchChanged) -> Body:
        if isinstance(event, KillSwitchChanged):
            return self._builders[comp_id].kill_switch(event)
        told = Told(value=day.value.get(event.order_id, 0), is_copy=True)
        body = self._builders[comp_id].execution(event, day.names, told)
        return replace(body, header=((ON_BEHALF_OF, event.session.encode()),))

    def _tell(self, comp_id: str, body: Body, mono_ns: int) -> None:
        """Once, however often the log brings the event."""
        self._counts[comp_id] += 1
        if self._counts[comp_id] > self._acceptor.note(comp_id):
            self._acceptor.send(comp_id, body, mono_ns, self._counts[comp_id])

    def _answer(self, event: CancelRefused | MassCanceled) -> Body:
        builder, names = self._builders[event.session], self._desks[event.session].names
        if isinstance(event, MassCanceled):
            return builder.mass_canceled(event, names)
        return builder.cancel_refused(event, names)

    def _commands(self, happenings: list[Happening], mono_ns: int) -> list[AnyCommand]:
        arrived = [one for one in happenings if isinstance(one, Arrived)]
        return [command for one in arrived if (command := self._command(one, mono_ns)) is not None]

    def _command(self, arrived: Arrived, mono_ns: int) -> AnyCommand | None:
        message, desk = arrived.message, self._desks.get(arrived.comp_id)
        if desk is None or message.msg_type not in REQUESTS:
            expected = "no request on a drop copy session" if desk is None else "F or q on this session"
            fields = business_reject(message, NOT_AUTHORIZED, f"{expected} expected")
            self._acceptor.send(arrived.comp_id, Body(msg_type="j", fields=fields), mono_ns)
            return None
        if arrived.poss_resend and message.text(11) in desk.names:
            return None
        try:
            return desk.command(message, arrived.in_seq)
        except RemoteProtocolError as error:
            builder = self._builders[arrived.comp_id]
            body = (
                builder.unread_cancel("F", message.text(11), message.text(41), str(error))
                if message.msg_type == "F"
                else Body(msg_type="j", fields=business_reject(message, 0, str(error)))
            )
            self._acceptor.send(arrived.comp_id, body, mono_ns)
            return None
