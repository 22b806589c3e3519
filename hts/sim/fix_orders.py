"""The venue's FIX order entry: D F G H AF q come in as commands, the exchange's events go out as 8, 9 and r.

Theory of operation. The exchange knows requests by number; `FixNames` keeps the texts. The events of a session are
counted as they come, and the count is stored with each report: after a restart the log brings all events again, and
the session goes on where its store says it stopped, so that each event is told exactly once. The rest is the store's:
what a client missed it asks for with a ResendRequest(2).

A request with PossResend(97) whose name is known was carried out already and is dropped. H and requests that cannot
be read are answered here; they never reach the exchange.
"""

from collections.abc import Callable, Iterable

from hts.base.errors import RemoteProtocolError
from hts.model.enums import ExecType, OrdStatus
from hts.model.instruments import Instrument
from hts.model.reasons import Reason
from hts.sim.commands import Amend, AnyCommand, Cancel, Command, Enter, MassCancel, MassStatus
from hts.sim.events import (
    MEMBER_EVENTS,
    CancelRefused,
    KillSwitchChanged,
    MassCanceled,
    MassStatusEnded,
    OrderEvent,
    OrderStated,
    SimEvent,
)
from hts.sim.fix_acceptor import Arrived, FixAcceptor, Gone, Happening
from hts.sim.fix_logins import FixServing
from hts.sim.fix_names import unpacked
from hts.sim.fix_reports import FixReports, Told
from hts.sim.fix_requests import FixRequests
from hts.sim.fix_session_day import SessionDay
from hts.sim.order import Order
from hts.wire.fix.application import Body, business_reject
from hts.wire.fix.store import FixStore

REQUESTS = ("D", "F", "G", "q", "AF")
PENDING = {Enter: ExecType.PENDING_NEW, Cancel: ExecType.PENDING_CANCEL, Amend: ExecType.PENDING_REPLACE}
UNKNOWN_ORDER = 5  # OrdRejReason(103)
UNSUPPORTED_MESSAGE = 3  # BusinessRejectReason(380)


class FixOrders:
    """All FIX order sessions of one venue day."""

    def __init__(self, venue: str, serving: FixServing, instruments: tuple[Instrument, ...], epoch: int) -> None:
        self._serving = serving
        self._acceptor = FixAcceptor(venue, serving, serving.orders, self._stores(epoch))
        self.days: dict[str, SessionDay] = {}
        self._begin(instruments)

    def roll(self, instruments: tuple[Instrument, ...], epoch: int, mono_ns: int) -> None:
        """A new day: sessions are logged out and begin anew with empty numbers."""
        self._acceptor.end_all("the venue begins a new day", mono_ns)
        self._acceptor.renew(self._stores(epoch))
        self._begin(instruments)

    # -- input --

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002  every call has both times
        """A connection was accepted."""
        self._acceptor.connected(conn, mono_ns)

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Bytes from a client, in any cut; what the exchange is asked to do, in order."""
        return self._commands(self._acceptor.receive_data(conn, data, mono_ns), trade_ns, mono_ns)

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """A connection is gone."""
        return self._commands(self._acceptor.disconnected(conn), trade_ns, mono_ns)

    def on_timer(self, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Heartbeats and time-outs that are due."""
        return self._commands(self._acceptor.on_timer(mono_ns), trade_ns, mono_ns)

    def restore(self, command: Command) -> None:
        """A command out of the log."""
        day = self.days.get(command.session)
        if day is None:
            return
        if command.in_seq:
            self._acceptor.restore(command.session, command.in_seq)
        if isinstance(command, (Enter, Cancel, Amend)):
            day.names.learn(command.cl_ord_id, unpacked(command.request_id)[0])

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:  # noqa: ARG002
        """Tell each session what happened to it, once."""
        for event in events:
            day = self.days.get(event.session) if isinstance(event, MEMBER_EVENTS) else None
            if day is None:
                continue
            assert isinstance(event, MEMBER_EVENTS), event
            day.learn(event)
            if day.count > self._acceptor.note(event.session):
                for body, note in self._reports(day, event):
                    self._acceptor.send(event.session, body, mono_ns, note)

    # -- output --

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
        isins = {instrument.isin: instrument.symbol for instrument in instruments}
        self.days = {login.comp_id: SessionDay() for login in self._serving.orders}
        self._requests: dict[str, FixRequests] = {}
        self._builders: dict[str, FixReports] = {}
        for login in self._serving.orders:
            dictionary = self._serving.inspectors[login.begin_string].dictionary
            self._requests[login.comp_id] = FixRequests(dictionary, lambda s: decimals.get(s, 0), isins)
            self._builders[login.comp_id] = FixReports(dictionary, lambda s: decimals.get(s, 0))

    def _commands(self, happenings: list[Happening], trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        commands: list[AnyCommand] = []
        for happening in happenings:
            if isinstance(happening, Gone):
                if self._acceptor.logins[happening.comp_id].cancel_on_disconnect:
                    commands.append(MassCancel(session=happening.comp_id, reason=Reason.CANCEL_ON_DISCONNECT))
            elif (command := self._command(happening, trade_ns, mono_ns)) is not None:
                commands.append(command)
        return commands

    def _command(self, arrived: Arrived, trade_ns: int, mono_ns: int) -> AnyCommand | None:
        message, comp_id = arrived.message, arrived.comp_id
        day, builder = self.days[comp_id], self._builders[comp_id]
        cl_ord_id = message.text(11)
        if message.msg_type == "H":
            self._acceptor.send(comp_id, self._status(day, builder, arrived, trade_ns), mono_ns)
            return None
        if message.msg_type not in REQUESTS:
            fields = business_reject(message, UNSUPPORTED_MESSAGE, "D, F, G, H, AF or q expected")
            self._acceptor.send(comp_id, Body(msg_type="j", fields=fields), mono_ns)
            return None
        if arrived.poss_resend and cl_ord_id in day.names:
            return None
        try:
            command = self._requests[comp_id].command(message, comp_id, arrived.in_seq, day.names)
        except RemoteProtocolError as error:
            self._acceptor.send(comp_id, self._refusal(builder, arrived, str(error), trade_ns), mono_ns)
            return None
        if isinstance(command, MassStatus):
            day.status_names[command.mass_status_req_id] = message.text(584)
        if self._acceptor.logins[comp_id].says_pending:
            self._say_pending(day, command, comp_id, trade_ns, mono_ns)
        return command

    def _refusal(self, builder: FixReports, arrived: Arrived, text: str, trade_ns: int) -> Body:
        message = arrived.message
        if message.msg_type == "D":
            symbol, side = message.text(55), message.text(54)
            return builder.refusal(message.text(11), text, trade_ns, symbol=symbol, side=side)
        if message.msg_type in ("F", "G"):
            return builder.unread_cancel(message.msg_type, message.text(11), message.text(41), text)
        return Body(msg_type="j", fields=business_reject(message, 0, text))

    def _status(self, day: SessionDay, builder: FixReports, arrived: Arrived, trade_ns: int) -> Body:
        """The answer to an OrderStatusRequest(H)."""
        message = arrived.message
        cl_ord_id, event = message.text(11), day.order(message.text(11))
        if event is None:
            body = builder.refusal(cl_ord_id, "UNKNOWN_ORDER", trade_ns, symbol=message.text(55), side=message.text(54))
            changed = {150: ExecType.ORDER_STATUS.value.encode(), 103: b"%d" % UNKNOWN_ORDER}
            return Body(msg_type="8", fields=tuple((tag, changed.get(tag, value)) for tag, value in body.fields))
        told = Told(
            value=day.value.get(event.order_id, 0),
            pending=None,
            status_id=message.text(790),
            exec_id=f"I-{event.session}-{arrived.in_seq}",
        )
        return builder.execution(_stated(event), day.names, told)

    def _say_pending(self, day: SessionDay, command: AnyCommand, comp_id: str, trade_ns: int, mono_ns: int) -> None:
        """The request has come; what becomes of it is said next."""
        kind = PENDING.get(type(command))
        builder = self._builders[comp_id]
        if isinstance(command, Enter):
            event: OrderEvent | None = _entered(command, trade_ns)
        elif isinstance(command, (Cancel, Amend)):
            event = day.orders.get(day.chain.get(command.orig_cl_ord_id, 0))
        else:
            return
        if kind is None or event is None or (event.ord_status.is_terminal and not isinstance(command, Enter)):
            return
        told = Told(
            value=day.value.get(event.order_id, 0),
            pending=kind,
            cl_ord_id=day.names.name(command.cl_ord_id),
            orig_cl_ord_id="" if isinstance(command, Enter) else day.names.name(command.orig_cl_ord_id),
            exec_id=f"{kind.value}-{comp_id}-{command.cl_ord_id}-{trade_ns}",
        )
        self._acceptor.send(comp_id, builder.execution(event, day.names, told), mono_ns)

    def _reports(self, day: SessionDay, event: SimEvent) -> list[tuple[Body, int]]:
        """Messages of one event, each with the count to note."""
        if isinstance(event, OrderStated):
            day.stated.append((event, day.count))
            return []
        if isinstance(event, MassStatusEnded):
            return self._mass_status(day, event)
        assert isinstance(event, MEMBER_EVENTS), event
        builder = self._builders[event.session]
        if isinstance(event, OrderEvent):
            told = Told(value=day.value.get(event.order_id, 0))
            return [(builder.execution(event, day.names, told), day.count)]
        if isinstance(event, CancelRefused):
            return [(builder.cancel_refused(event, day.names), day.count)]
        if isinstance(event, MassCanceled):
            return [(builder.mass_canceled(event, day.names), day.count)]
        assert isinstance(event, KillSwitchChanged), event
        return [(builder.kill_switch(event), day.count)]

    def _mass_status(self, day: SessionDay, ended: MassStatusEnded) -> list[tuple[Body, int]]:
        builder = self._builders[ended.session]
        name = day.status_names.pop(ended.mass_status_req_id, "") or str(ended.mass_status_req_id)
        stated, day.stated = day.stated, []
        if not stated:
            return [(builder.no_orders(name, ended.trade_ns), day.count)]
        found = []
        for at, (event, count) in enumerate(stated, start=1):
            told = Told(
                value=day.value.get(event.order_id, 0),
                mass_status_id=name,
                total=len(stated),
                is_last=at == len(stated),
                exec_id=f"I-{event.session}-{ended.mass_status_req_id}-{at}",
            )
            found.append((builder.execution(event, day.names, told), day.count if told.is_last else count))
        return found


def _stated(event: OrderEvent) -> OrderStated:
    """The order as it stood after its newest event."""
    return OrderStated(**{name: getattr(event, name) for name in OrderStated.__struct_fields__})


def _entered(command: Enter, trade_ns: int) -> OrderStated:
    """An order that has come and is not accepted yet."""
    order = Order(command, 0)
    order.ord_status = OrdStatus.PENDING_NEW
    return order.event(OrderStated, trade_ns)
