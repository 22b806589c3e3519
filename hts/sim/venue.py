"""The whole simulated venue without I/O: order entry, exchange, feed, background flow, log and clock.

Theory of operation. Time is the shell's monotonic clock; the venue's own clock turns it into venue time. Before
anything from outside is applied, the venue catches up: scheduled changes, the background flow and a replayed recording
act one after the other at their own venue times, so a late or a fast clock changes nothing but how much happens in one
call. What is applied is in the log first, always; a refused write leaves the venue as it was and raises StorageError.

A process that starts on an existing log applies it again: same orders, same numbers, same sequence numbers on every
order session. Now and then a checkpoint of the whole day begins a new segment of the log, so that a restart takes a
second or two at any hour. The feed begins a new session instead (it is recoverable by snapshot). The clock goes on a
moment after the last thing that was logged, so that no time is told twice.

After the close the day rolls: a new epoch, base prices from the closes, everyone logs on again.

Shell: feed `order_*`, `md_*` and, for the ports of the other services, `service_*`; call `on_timer` at
`next_timer_ns`, carry out `outputs` after each call.
"""

from collections.abc import Callable

from msgspec.structs import replace

from hts.base.storage import Storage
from hts.model.enums import Phase
from hts.model.quotes import Bar
from hts.rules.dates import NS
from hts.sim.command_log import CommandLog
from hts.sim.commands import AnyCommand
from hts.sim.events import SimEvent
from hts.sim.log_records import Logged, RunStarted, Tick
from hts.sim.md_service import MdService
from hts.sim.native.glimpse import Glimpse
from hts.sim.native.mold_feed import MoldFeed
from hts.sim.venue_clock import REAL_TIME_MILLI, VenueClock
from hts.sim.venue_day import VenueConfig, VenueDay, restored_day
from hts.sim.venue_fix import roll_services
from hts.sim.venue_outputs import Outputs, collect
from hts.sim.venue_ports import answer_of, follow_feed, recovery_of, roll_order_entry, start_order_entry

TICK_NS = NS  # monotonic: how long the log may be silent about the time
ROLL_AFTER_NS = 60 * NS  # venue time from the end of the day to the next one
STEPS_MAX = 500  # of the background flow in one call: orders from outside must not wait long
COMMANDS_MAX = 200  # that those steps may bring; some of them bring many
NEVER_NS = 2**63 - 1
FLOW_CATCH_UP_NS = NS

Told = Callable[[tuple[SimEvent, ...], int, int], None]
"""(events, trade_ns, mono_ns): who follows what happens at the venue."""

Act = Callable[[int, int, int], None]
"""(due_ns, now_ns, mono_ns): what the venue does by itself, when it was due and what time it is."""


class Venue:
    """One simulated venue."""

    def __init__(
        self,
        config: VenueConfig,
        storage: Storage,
        mono_ns: int,
        *,
        fresh: bool = False,
        clock: VenueClock | None = None,
    ) -> None:
        """`clock`: that of other venues, which begins before this one; the day then does not decide the time."""
        self._config = config
        self._shared = clock
        self._rests_until_ns = 0
        self.on_told: Told | None = None
        self.on_day_over: Callable[[VenueDay], None] | None = None  # before the next day begins
        self.on_answered: Callable[[], None] | None = None  # members can be written to: the rest comes after
        self._log = CommandLog(storage)
        self._public: list[SimEvent] = []
        self._ticked_ns = mono_ns
        self._is_behind = False
        self._carried_out = 0  # commands since this process began
        self._since_checkpoint = 0
        self._acted = 0  # acts of the scenario that are done
        self._index_ns = 0
        records = [] if fresh else self._log.recover()
        self.recovered = len(records)
        if records:
            self._day = restored_day(config, records)
            self._since_checkpoint = len(records)
            ahead_ns = TICK_NS * config.speed_milli // REAL_TIME_MILLI
        else:
            epoch = self._log.newest_epoch() + 1
            joins = clock is not None and clock.is_started
            day = (
                config.day_at(epoch, clock.trade_ns(mono_ns)) if clock is not None and joins else config.new_day(epoch)
            )
            self._log.start_day(day)
            self._day = VenueDay(config, day, run=1)
            self._rests_until_ns = config.begins_ns(day.trading_date) if joins else 0
            ahead_ns = 0
        self._clock = self._start_run(self._day.last_ns + ahead_ns, mono_ns)
        self._md_service = recovery_of(config, self._day, self._bars)

    # -- state --

    @property
    def epoch(self) -> int:
        """Number of the venue's day."""
        return self._day.day.epoch

    @property
    def trading_date(self) -> int:
        """YYYYMMDD."""
        return self._day.day.trading_date

    @property
    def day(self) -> VenueDay:
        """The parts, to look at."""
        return self._day

    @property
    def torn_bytes(self) -> int:
        """What was cut from the log's end at the start."""
        return self._log.torn_bytes

    @property
    def config(self) -> VenueConfig:
        """What the composition root decided."""
        return self._config

    def trade_ns(self, mono_ns: int) -> int:
        """The venue's time."""
        return self._clock.trade_ns(mono_ns)

    @property
    def clock(self) -> VenueClock:
        """The venue's clock, which others may share."""
        return self._clock

    def rests_until_ns(self, mono_ns: int) -> int:
        """When the day that waits will begin; 0 while one is running."""
        return self._rests_until_ns if self._rests_until_ns > self.trade_ns(mono_ns) else 0

    def state_hash(self) -> str:
        """Of everything that the log brings back."""
        return f"{self._day.exchange.state_hash()} {sorted(self._day.order_entry.sequence_numbers().items())}"

    # -- input --

    def order_connected(self, conn: int, mono_ns: int) -> None:
        """An order entry connection was accepted."""
        trade_ns = self._catch_up(mono_ns)
        self._day.order_entry.connected(conn, trade_ns, mono_ns)
        self._publish(trade_ns, mono_ns)

    def order_data(self, conn: int, data: bytes, mono_ns: int) -> None:
        """Bytes on an order entry connection."""
        trade_ns = self._catch_up(mono_ns)
        self._apply(self._day.order_entry.receive_data(conn, data, trade_ns, mono_ns), trade_ns, mono_ns)
        self._publish(trade_ns, mono_ns)

    def order_disconnected(self, conn: int, mono_ns: int) -> None:
        """An order entry connection is gone."""
        trade_ns = self._catch_up(mono_ns)
        self._apply(self._day.order_entry.disconnected(conn, trade_ns, mono_ns), trade_ns, mono_ns)
        self._publish(trade_ns, mono_ns)

    def md_connected(self, conn: int, mono_ns: int) -> None:
        """A connection to the feed's recovery service was accepted."""
        if self._md_service is not None:
            self._md_service.connected(conn, self.trade_ns(mono_ns), mono_ns)

    def md_data(self, conn: int, data: bytes, mono_ns: int) -> None:
        """Bytes on a recovery connection."""
        trade_ns = self._catch_up(mono_ns)
        self._publish(trade_ns, mono_ns)  # a snapshot lies between packets
        if self._md_service is not None:
            self._md_service.receive_data(conn, data, trade_ns, mono_ns)

    @property
    def answers_datagrams(self) -> bool:
        """Whether the feed has a re-request server for datagrams."""
        return isinstance(self._day.publisher, MoldFeed)

    def md_answer(self, request: bytes, mono_ns: int) -> bytes | None:
        """The packet that answers a datagram of the feed's re-request server; None for one that has no answer."""
        self._publish(self._catch_up(mono_ns), mono_ns)
        return answer_of(self._day.publisher, request)

    def md_disconnected(self, conn: int, mono_ns: int) -> None:
        """A recovery connection is gone."""
        if self._md_service is not None:
            self._md_service.disconnected(conn, self.trade_ns(mono_ns), mono_ns)

    def enter(self, commands: list[AnyCommand], trade_ns: int, mono_ns: int) -> None:
        """What other venues, or a crowd that trades at several, ask of this one."""
        self._apply(commands, max(trade_ns, self._day.last_ns), mono_ns)

    def service_connected(self, port: str, conn: int, mono_ns: int) -> None:
        """A connection to one of the other ports was accepted."""
        trade_ns = self._catch_up(mono_ns)
        self._day.services[port].connected(conn, trade_ns, mono_ns)
        self._publish(trade_ns, mono_ns)

    def service_data(self, port: str, conn: int, data: bytes, mono_ns: int) -> None:
        """Bytes on a connection of one of the other ports."""
        trade_ns = self._catch_up(mono_ns)
        self._apply(self._day.services[port].receive_data(conn, data, trade_ns, mono_ns), trade_ns, mono_ns)
        self._publish(trade_ns, mono_ns)

    def service_disconnected(self, port: str, conn: int, mono_ns: int) -> None:
        """A connection of one of the other ports is gone."""
        trade_ns = self._catch_up(mono_ns)
        self._apply(self._day.services[port].disconnected(conn, trade_ns, mono_ns), trade_ns, mono_ns)
        self._publish(trade_ns, mono_ns)

    def act(self, command: AnyCommand, mono_ns: int) -> None:
        """An act of the venue's own operators; logged and told to the members like any other."""
        trade_ns = self._catch_up(mono_ns)
        self._apply([command], trade_ns, mono_ns)
        self._publish(trade_ns, mono_ns)

    def on_timer(self, mono_ns: int) -> None:
        """Everything that is due; early and late calls are harmless."""
        trade_ns = self._catch_up(mono_ns)
        for service in self._day.listeners:
            due_ns = service.next_timer_ns()
            if due_ns is not None and due_ns <= mono_ns:
                self._apply(service.on_timer(trade_ns, mono_ns), trade_ns, mono_ns)
        if mono_ns - self._ticked_ns >= TICK_NS:
            self._tick(trade_ns, mono_ns)
        self._publish(trade_ns, mono_ns)
        if self._day.publisher is not None:
            self._day.publisher.on_timer(trade_ns, mono_ns)
        if self._day.fast is not None:
            self._day.fast.on_timer(trade_ns, mono_ns)
        if isinstance(self._md_service, Glimpse):
            self._md_service.on_timer(trade_ns, mono_ns)
        if self._since_checkpoint >= self._config.checkpoint_commands:
            self._log.start_part(self._day.save())
            self._since_checkpoint = 0
        if self._roll_ns() <= trade_ns:
            self._roll(trade_ns, mono_ns)

    # -- output --

    def next_timer_ns(self) -> int:
        """Monotonic time of the next `on_timer`; 0 when something is due at once."""
        if self._is_behind:
            return 0
        dues = [self._ticked_ns + TICK_NS]
        trade_due_ns = min(self._next_act()[0], self._roll_ns())
        if trade_due_ns < NEVER_NS:
            dues.append(self._clock.mono_ns(trade_due_ns))
        dues += [
            due_ns
            for part in (*self._day.listeners, self._day.publisher, self._day.fast, self._md_service)
            if part is not None and not isinstance(part, MdService) and (due_ns := part.next_timer_ns()) is not None
        ]
        return min(dues)

    def outputs(self) -> Outputs:
        """What has become due to be written since the last call."""
        return collect(self._day, self._md_service, self._config.scenario)

    def reasons(self) -> list[str]:
        """Why clients were refused or cut off, one line each, since the last call."""
        found = [reason for service in self._day.listeners for reason in service.reasons()]
        return found + (self._md_service.reasons() if self._md_service is not None else [])

    # -- the course of time --

    def _catch_up(self, mono_ns: int) -> int:
        """Let everything happen that the venue does by itself up to now; the venue's time."""
        now_ns = self._clock.trade_ns(mono_ns)
        self._is_behind = False
        before = self._carried_out
        for _ in range(STEPS_MAX):
            due_ns, act = self._next_act()
            if due_ns > now_ns:
                break
            if self._carried_out - before >= COMMANDS_MAX:
                self._is_behind = True
                break
            act(due_ns, now_ns, mono_ns)
        else:
            self._is_behind = True
        return max(now_ns, self._day.last_ns)

    def _next_act(self) -> tuple[int, Act]:
        """What the venue does next by itself, and its venue time; scheduled changes come first."""
        day = self._day
        change_ns = day.exchange.next_timer_ns()
        due_ns = NEVER_NS if change_ns is None else change_ns
        act: Act = self._advance
        if day.replayed < len(day.replay) and (replay_ns := day.replay[day.replayed][0]) < due_ns:
            due_ns, act = replay_ns, self._replay
        if self._acted < len(day.acts) and (act_ns := day.acts[self._acted][0]) < due_ns:
            due_ns, act = act_ns, self._scene
        if (index_ns := day.indices.next_timer_ns(self._index_ns)) is not None and index_ns < due_ns:
            due_ns, act = index_ns, self._tell_indices
        if day.agents is not None and (flow_ns := day.agents.next_timer_ns()) < due_ns:
            due_ns, act = flow_ns, self._flow
        return due_ns, act

    def _advance(self, due_ns: int, _now_ns: int, mono_ns: int) -> None:
        self._log.append([Tick(trade_ns=max(due_ns, self._day.last_ns))])
        self._tell(self._day.exchange.advance(due_ns), due_ns, mono_ns)

    def _replay(self, due_ns: int, _now_ns: int, mono_ns: int) -> None:
        command = self._day.replay[self._day.replayed][1]
        self._apply([command], due_ns, mono_ns)

    def _scene(self, due_ns: int, _now_ns: int, mono_ns: int) -> None:
        """The scenario wants something of the venue."""
        self._acted += 1
        self._apply([self._day.acts[self._acted - 1][1]], due_ns, mono_ns)

    def _tell_indices(self, due_ns: int, now_ns: int, mono_ns: int) -> None:
        """Once a second; after a long sleep only the newest second counts."""
        self._index_ns = max(due_ns, now_ns - FLOW_CATCH_UP_NS)
        exchange = self._day.exchange
        prints = self._day.indices.prints(exchange, is_close=exchange.phase() is Phase.CLOSED)
        self._apply([*prints], due_ns, mono_ns)

    def _flow(self, due_ns: int, now_ns: int, mono_ns: int) -> None:
        """The background flow acts. After a long sleep of the machine it leaves out what lies too far back."""
        assert self._day.agents is not None
        at_ns = max(due_ns, self._day.last_ns, now_ns - FLOW_CATCH_UP_NS)
        self._apply(self._day.agents.on_timer(at_ns), at_ns, mono_ns)

    def _tick(self, trade_ns: int, mono_ns: int) -> None:
        """Note the time, so that a restart does not tell it twice."""
        self._log.append([Tick(trade_ns=trade_ns)])
        self._ticked_ns = mono_ns
        self._tell(self._day.exchange.advance(trade_ns), trade_ns, mono_ns)

    def _apply(self, commands: list[AnyCommand], trade_ns: int, mono_ns: int) -> None:
        """Write the commands down, then carry them out."""
        if not commands:
            return
        at_ns = max(trade_ns, self._day.last_ns)
        self._log.append([Logged(trade_ns=at_ns, command=command) for command in commands])
        for command in commands:
            self._tell(self._day.apply(command, at_ns), at_ns, mono_ns)
        self._since_checkpoint += len(commands)
        self._carried_out += len(commands)

    def _tell(self, events: tuple[SimEvent, ...], trade_ns: int, mono_ns: int) -> None:
        self._day.last_ns = max(self._day.last_ns, trade_ns)
        self._day.tell(events, trade_ns, mono_ns, self.on_answered)
        self._public += events
        if self.on_told is not None and events:
            self.on_told(events, trade_ns, mono_ns)

    def _publish(self, trade_ns: int, mono_ns: int) -> None:
        """The feed's batch: whatever happened in this call of the shell."""
        public, self._public = self._public, []
        if self._day.publisher is not None and public:
            self._day.publisher.on_events(public, trade_ns, mono_ns)
        if self._day.fast is not None and public:
            self._day.fast.on_events(public)

    # -- days and runs --

    def _start_run(self, trade_ns: int, mono_ns: int) -> VenueClock:
        """A process takes over at a venue time: the day is brought up to it and the feed opens."""
        self._log.append([RunStarted(run=self._day.run, trade_ns=trade_ns)])
        self._acted = sum(at_ns <= self._day.last_ns for at_ns, _ in self._day.acts) if self._day.run > 1 else 0
        self._index_ns = self._day.last_ns
        clock = VenueClock(trade_ns, self._config.speed_milli) if self._shared is None else self._shared
        clock.jump(trade_ns, mono_ns)
        self._tick(clock.trade_ns(mono_ns), mono_ns)
        if self._day.publisher is not None:
            self._day.publisher.restore(self._public)
            self._day.publisher.open(trade_ns, mono_ns)
        if self._day.fast is not None:
            self._day.fast.open(trade_ns, mono_ns)
        self._public = []
        return clock

    def _roll_ns(self) -> int:
        return self._day.exchange.day_end_ns + ROLL_AFTER_NS

    def _roll(self, trade_ns: int, mono_ns: int) -> None:
        """Begin the next trading day: everyone logs on anew."""
        old, self._since_checkpoint = self._day, 0
        if self.on_day_over is not None:
            self.on_day_over(old)
        day = self._config.day_after(old.day, old.closes())
        if self._shared is not None:
            self._rests_until_ns = day.trade_ns
            day = replace(day, trade_ns=trade_ns)
        self._log.start_day(day)
        roll_order_entry(old.order_entry, day, trade_ns, mono_ns)
        self._day = new = VenueDay(self._config, day, run=1, order_entry=old.order_entry, services=old.services)
        start_order_entry(self._config, new)
        roll_services(new.services, new.exchange.instruments, day.epoch, new.exchange, mono_ns)
        self._clock = self._start_run(day.trade_ns, mono_ns)
        follow_feed(self._md_service, new)

    def _bars(self, symbol: str, timeframe_s: int, count: int) -> tuple[Bar, ...]:
        return self._day.history.bars(symbol, timeframe_s, count)
