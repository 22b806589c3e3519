"""Executes effects. One runner per core; no loop, no socket, no clock of its own.

Theory of operation. Something happens: bytes from a venue, a packet, an intent, a timer, a synced disk. The runner
asks the engine, and gets effects: an ordered tuple. It writes every Append of the tuple in one journal write, then
carries out the rest in order. What a gateway has to say in turn is taken until nothing more comes.

    received -> gateway.receive_data -> next_event -> engine.on_... -> effects -> journal, lines, link -> ...

When the journal refuses, nothing of that tuple leaves the house: the engine is told and halts trading. A Send goes to
the wire at once, before the Publish behind it is encoded, because a screen can wait and an order cannot.

The ports are small: a Line is a connection that dials when told to, and the simulation brings its own.
"""

from collections.abc import Callable, Mapping
from typing import Final

from hts.app.runner_ports import Journal, Line, SyncPort, Venue
from hts.app.timers import Timers
from hts.app.trade_clock import TradeClock
from hts.app.wire_tape import WireTape
from hts.base.errors import StorageError
from hts.engine.engine import Engine
from hts.engine.latency import Stamps
from hts.gateway.actions import Ask, Dial, Hangup
from hts.gateway.contract import Connection, MdEvent, OrderGateway
from hts.link.server import LinkServer
from hts.model import effects as fx
from hts.model.intents import AnyIntent, Intent
from hts.model.queries import AnyQuery, RequestFills, RequestOrderTrace
from hts.model.quotes import MdBroken, MdDown, MdFault, MdUp, Packet, RetransmitRefused, Snapshot
from hts.model.records import AnyRecord
from hts.model.reports import AnyReport, ExecutionReport, OrderCancelReject, SessionDown, SessionUp
from hts.model.requests import AnyRequest, CancelOnBehalf, EndSession, MassCancelOnBehalf
from hts.model.units import ClOrdID
from hts.model.views import AnyView, BarsView

ROUNDS_MAX: Final = 10_000  # gateway events per call; more means that two parts answer each other without end


class Runner:
    """Everything that may change the core goes through one of these calls, each with the monotonic time."""

    def __init__(
        self,
        *,
        engine: Engine,
        journal: Journal,
        venues: Mapping[str, Venue],
        link_server: LinkServer,
        timers: Timers,
        syncer: SyncPort,
        clock: TradeClock,
        sync_before_send: Callable[[str], None] | None = None,
        now_ns: Callable[[], int],
        on_fault: Callable[[str], None] = lambda _: None,
        ask_past: Callable[[int, RequestFills], None] = lambda _client, _query: None,
    ) -> None:
        """`now_ns` is the monotonic time, for the latency of what has just been sent and for nothing else.

        `sync_before_send(segment)` waits for the disk after each write (journal.sync = "before_send").

        `on_fault` gets one clear line for the log, `ask_past` questions for fills of the journal.
        """
        self._engine, self._latency = engine, engine.latency
        self._journal = journal
        self._venues = venues
        self._link = link_server
        self._timers = timers
        self._syncer = syncer
        self._clock = clock
        self._sync_before_send = sync_before_send
        self._now_ns = now_ns
        self._on_fault = on_fault
        self._ask_past = ask_past
        self._is_journal_down = False
        self._tape = WireTape()
        self._decided_ns = self._journaled_ns = 0  # of the batch that is carried out
        self._up: set[str] = set()  # venues whose order session stands

    # -- what happens

    def start(self, mono_ns: int, wall_ns: int) -> None:
        """Once, after recovery."""
        self._run(self._engine.start(self._clock.at(mono_ns), mono_ns, wall_ns), mono_ns)
        self._settle(mono_ns)

    def on_wish(self, client: int, wish: AnyIntent | AnyQuery, mono_ns: int) -> None:
        """A client wants or asks something."""
        trade_ns = self._clock.at(mono_ns)
        if isinstance(wish, Intent):
            was_down = self._is_journal_down
            urgent, rest = self._engine.begin_intent(client, wish, trade_ns, mono_ns)
            self._run(urgent, mono_ns, rest)
            if self._is_journal_down and not was_down:
                # The answer was lost with the record that it spoke of; halted by now, the engine refuses.
                self._run(self._engine.on_intent(client, wish, trade_ns, mono_ns), mono_ns)
        elif isinstance(wish, RequestOrderTrace):
            self._answer_trace(client, wish.order_id, mono_ns)
        elif isinstance(wish, RequestFills):
            if self._engine.core.authority.sees(client):
                self._ask_past(client, wish)
        else:
            self._run(self._engine.on_query(client, wish, trade_ns, mono_ns), mono_ns)
        self._settle(mono_ns)

    def on_person(self, tell: Callable[[Engine, int], fx.Effects], mono_ns: int) -> None:
        """Who a client is, or what its person did, has changed; `tell` says it to the engine at this venue time."""
        self._run(tell(self._engine, self._clock.at(mono_ns)), mono_ns)
        self._settle(mono_ns)

    def reply(self, client: int, view: AnyView) -> None:
        """An answer that was long in the making."""
        self._link.reply(client, view)

    def on_clients(self, count: int, mono_ns: int) -> None:
        """The number of attached clients has changed."""
        self._run(self._engine.on_clients(count, self._clock.at(mono_ns), mono_ns), mono_ns)
        self._settle(mono_ns)

    def on_other_builds(self, names: tuple[str, ...]) -> None:
        """Terminals of another build have come or gone."""
        self._engine.on_other_builds(names)

    def on_order_line(self, venue: str, change: bytes | str | None, mono_ns: int) -> None:
        """The order connection: bytes arrived, it stands (None), or it is gone for the reason given."""
        if change is not None and not isinstance(change, str):
            self._tape.received(venue, change, mono_ns)
            self._engine.on_line_heard(venue, mono_ns)
        self._on_line(self._venues[venue].orders, change, mono_ns)

    def on_copy_line(self, venue: str, change: bytes | str | None, mono_ns: int) -> None:
        """The drop copy's connection, likewise."""
        gateway = self._venues[venue].copies
        if gateway is not None:
            self._on_line(gateway, change, mono_ns)

    def on_recovery_line(self, venue: str, change: bytes | str | None, mono_ns: int) -> None:
        """The market data recovery connection, likewise."""
        self._on_line(self._venues[venue].market_data, change, mono_ns)

    def _on_line(self, gateway: Connection, change: bytes | str | None, mono_ns: int) -> None:
        trade_ns = self._clock.at(mono_ns)
        if change is None:
            gateway.connected(trade_ns, mono_ns)
        elif isinstance(change, str):
            gateway.disconnected(change, trade_ns, mono_ns)
        else:
            gateway.receive_data(change, trade_ns, mono_ns)
        self._settle(mono_ns)

    def on_datagram(self, venue: str, line: str, data: bytes, mono_ns: int) -> None:
        """One packet of market data line A or B."""
        gateway = self._venues[venue].market_data
        packet = gateway.receive_packet(line, data, self._clock.at(mono_ns), mono_ns)
        if packet is not None:
            if packet.trade_ns and self._tells_time(venue):
                self._clock.follow(packet.trade_ns, mono_ns)
            self._run(self._engine.on_packet(packet, self._clock.at(mono_ns), mono_ns), mono_ns)
        self._settle(mono_ns)

    def on_synced(self, token: int, mono_ns: int) -> None:
        """The journal's bytes up to a SyncThen are on disk."""
        self._run(self._engine.on_synced(token, self._clock.at(mono_ns), mono_ns), mono_ns)
        self._settle(mono_ns)

    def on_journal_failed(self, detail: str, mono_ns: int) -> None:
        """The disk refused a sync: trading halts."""
        self._halt(detail, mono_ns)
        self._settle(mono_ns)

    def on_time(self, mono_ns: int) -> None:
        """Everything that is due."""
        for timer in self._timers.take_due(mono_ns):
            self._run(self._engine.on_timer(timer, self._clock.at(mono_ns), mono_ns), mono_ns)
        for venue in self._venues.values():
            for gateway in (venue.orders, venue.market_data, venue.copies):
                due = gateway.next_timer_ns() if gateway is not None else None
                if gateway is not None and due is not None and due <= mono_ns:
                    gateway.on_timer(self._clock.at(mono_ns), mono_ns)
        self._settle(mono_ns)

    def next_timer_ns(self) -> int | None:
        """Monotonic time at which `on_time` should be called next."""
        times = [self._timers.next_ns()]
        for venue in self._venues.values():
            times += [venue.orders.next_timer_ns(), venue.market_data.next_timer_ns()]
            times.append(venue.copies.next_timer_ns() if venue.copies is not None else None)
        return min((at for at in times if at is not None), default=None)

    def end_sessions(self, mono_ns: int) -> None:
        """Log out everywhere: an orderly end of this process."""
        for venue in self._venues.values():
            for gateway in (venue.orders, venue.copies):
                if gateway is not None:
                    gateway.send(EndSession(), self._clock.at(mono_ns), mono_ns)
        self._settle(mono_ns)

    # -- effects

    def _run(self, effects: fx.Effects, mono_ns: int, rest: Callable[[], fx.Effects] | None = None) -> None:
        """Write first, then do everything in order; then what `rest` makes, likewise."""
        records = [effect.record for effect in effects if isinstance(effect, fx.Append)]
        if records:
            self._decided_ns = self._now_ns()
            if not self._write(records, mono_ns):
                return
            self._journaled_ns = self._now_ns()
        for effect in effects:
            self._execute(effect, mono_ns)
        if rest is not None:
            self._run(rest(), mono_ns)
        if records and self._latency.refused:
            self._latency.refusals_told(self._decided_ns, self._journaled_ns, self._now_ns())
        if records and self._sync_before_send is None:
            # Last: waking the sync thread costs more than the write, and the order is on the wire by now.
            self._syncer.mark_dirty(self._journal.segment)

    def _write(self, records: list[AnyRecord], mono_ns: int) -> bool:
        if self._is_journal_down:
            return False
        try:
            self._journal.append_many(records)
            if self._sync_before_send is not None:
                self._sync_before_send(self._journal.segment)
        except StorageError as error:
            self._halt(str(error), mono_ns)
            return False
        return True

    def _halt(self, detail: str, mono_ns: int) -> None:
        if self._is_journal_down:
            return
        self._is_journal_down = True
        self._on_fault(f"journal: {detail}; trading is halted")
        for effect in self._engine.on_journal_failed(detail, self._clock.at(mono_ns), mono_ns):
            self._execute(effect, mono_ns)  # an Append among them can no longer be written

    def _execute(self, effect: fx.Effect, mono_ns: int) -> None:  # one row per effect
        match effect:
            case fx.Append():
                pass
            case fx.Send(venue=name, request=request):
                self._send(self._venues[name], request, mono_ns)
            case fx.Publish(view=view):
                self._link.publish(view)
            case fx.PublishQuote(quote=quote):
                self._link.publish_quote(quote)
            case fx.Reply(client=client, view=view):
                self._link.reply(client, view)
            case fx.SetTimer(timer=timer, mono_ns=at):
                self._timers.set(timer, at)
            case fx.CancelTimer(timer=timer):
                self._timers.cancel(timer)
            case fx.SyncThen(token=token):
                self._syncer.sync_then(self._journal.segment, token)
            case fx.RequestRetransmit(venue=name, session=session, first_seq=first, count=count):
                self._venues[name].market_data.request_retransmit(session, first, count)
            case fx.RequestSnapshot(venue=name):
                self._venues[name].market_data.request_snapshot()
            case fx.RequestHistory(venue=name, symbol=symbol, timeframe_s=timeframe_s, count=count):
                self._venues[name].market_data.request_bars(symbol, timeframe_s, count)

    def _send(self, venue: Venue, request: AnyRequest, mono_ns: int) -> None:
        """To the wire at once; then note when, and what it was. Orders of other systems have a line of their own."""
        if isinstance(request, CancelOnBehalf | MassCancelOnBehalf):
            if venue.copies is not None and venue.copy_line is not None:
                venue.copies.send(request, self._clock.at(mono_ns), mono_ns)
                venue.copy_line.send(venue.copies.data_to_send())
            return
        venue.orders.send(request, self._clock.at(mono_ns), mono_ns)
        encoded_ns = self._now_ns()
        data = venue.orders.data_to_send()
        venue.order_line.send(data)
        wire_ns = self._now_ns()
        self._engine.on_sent(request, wire_ns, Stamps(self._decided_ns, self._journaled_ns, encoded_ns))
        self._tape.sent(venue.name, request, data, wire_ns)

    def _answer_trace(self, client: int, order_id: ClOrdID, mono_ns: int) -> None:
        """The order's way with the bytes that are still kept."""
        trace = self._engine.trace(client, order_id, self._clock.at(mono_ns), mono_ns)
        if trace is None:
            return
        protocols = {venue.name: venue.protocol for venue in self._venues.values()}
        self._link.reply(client, self._tape.completed(trace, protocols))

    # -- what gateways say

    def _tells_time(self, venue: str) -> bool:
        """The first venue whose session stands says what time it is; before there is one, every venue may."""
        return next((name for name in self._venues if name in self._up), venue) == venue

    def _settle(self, mono_ns: int) -> None:
        """Take gateway events until there are none, then write what the gateways still hold."""
        for venue in self._venues.values():
            rounds = 0
            while (event := venue.orders.next_event()) is not None:
                self._take_order_event(venue, event, mono_ns)
                rounds += 1
                assert rounds < ROUNDS_MAX, f"{venue.name}: order gateway and engine answer each other without end"
            rounds = 0
            while (found := venue.market_data.next_event()) is not None:
                self._take_md_event(venue, found, mono_ns)
                rounds += 1
                assert rounds < ROUNDS_MAX, f"{venue.name}: data gateway and engine answer each other without end"
            if venue.copies is not None and venue.copy_line is not None:
                self._take_copies(venue.copies, venue.copy_line, mono_ns)
            venue.order_line.send(venue.orders.data_to_send())
            venue.recovery_line.send(venue.market_data.data_to_send())

    def _take_copies(self, copies: OrderGateway, line: Line, mono_ns: int) -> None:
        """What the drop copy has to say."""
        rounds = 0
        while (event := copies.next_event()) is not None:
            rounds += 1
            assert rounds < ROUNDS_MAX, f"{copies.venue}: drop copy and engine answer each other without end"
            if isinstance(event, Dial):
                line.dial(event.host)
            elif isinstance(event, Hangup):
                line.send(copies.data_to_send())
                line.hangup(event.reason)
            else:
                self._run(self._engine.on_report(event, self._clock.at(mono_ns), mono_ns), mono_ns)
        line.send(copies.data_to_send())

    def _take_order_event(self, venue: Venue, event: AnyReport | Dial | Hangup, mono_ns: int) -> None:
        if isinstance(event, Dial):
            venue.order_line.dial(event.host)
        elif isinstance(event, Hangup):
            venue.order_line.send(venue.orders.data_to_send())  # the Logout that says why
            venue.order_line.hangup(event.reason)
        else:
            if isinstance(event, SessionUp):
                self._up.add(venue.name)
                if self._tells_time(venue.name):
                    self._clock.anchor(event.trade_ns, mono_ns, event.speed_milli)
            elif isinstance(event, SessionDown):
                self._up.discard(venue.name)
            self._run(self._engine.on_report(event, self._clock.at(mono_ns), mono_ns), mono_ns)
            if isinstance(event, SessionUp) and venue.copies is not None:
                # Not before: FIX tells no date, and until then nobody has told what day it is at the venue.
                venue.copies.send(self._engine.copies_request(venue.name), self._clock.at(mono_ns), mono_ns)
            if isinstance(event, ExecutionReport | OrderCancelReject):
                self._tape.told(venue.name, event)
                if isinstance(event, ExecutionReport):
                    self._engine.on_published(event, self._now_ns())

    def _take_md_event(self, venue: Venue, event: MdEvent, mono_ns: int) -> None:
        trade_ns = self._clock.at(mono_ns)
        match event:
            case Dial(host=host):
                venue.recovery_line.dial(host)
            case Hangup(reason=reason):
                venue.recovery_line.hangup(reason)
            case Ask(data=data):
                if venue.requests is not None:
                    venue.requests.send(data)
            case Packet():
                self._run(self._engine.on_packet(event, trade_ns, mono_ns), mono_ns)
            case Snapshot():
                if event.trade_ns and self._tells_time(venue.name):
                    self._clock.follow(event.trade_ns, mono_ns)
                self._run(self._engine.on_snapshot(event, self._clock.at(mono_ns), mono_ns), mono_ns)
            case RetransmitRefused():
                self._run(self._engine.on_retransmit_refused(event, trade_ns, mono_ns), mono_ns)
            case BarsView():
                self._run(self._engine.on_bars(event, trade_ns, mono_ns), mono_ns)
            case MdUp():
                self._run(self._engine.on_md_up(event, trade_ns, mono_ns), mono_ns)
            case MdDown():
                self._run(self._engine.on_md_down(event, trade_ns, mono_ns), mono_ns)
            case MdBroken():
                self._on_fault(f"market data of {venue.name}: {event.detail}; the books wait for a snapshot")
                self._run(self._engine.on_md_broken(event, trade_ns, mono_ns), mono_ns)
            case MdFault():
                self._on_fault(f"market data: {event.detail} (so far {event.count} times)")
                self._run(self._engine.on_md_fault(event, trade_ns, mono_ns), mono_ns)
