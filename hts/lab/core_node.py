"""The core of a simulation: the real engine, runner, gateways, journal and link server over a virtual machine.

Processes come and go on the machine; each has ports of its own (hts.lab.core_ports) that it can die of. The disk stays,
and what the disk may do wrong is in hts.lab.disk_faults. The machine's clock runs a little fast or slow, and can jump.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from hts.base.errors import HtsError, StorageError
from hts.engine.engine import Engine
from hts.gateway.contract import MarketDataGateway
from hts.journal.archive import Archive
from hts.journal.opening import Stamp, compact, open_state, take_snapshot
from hts.journal.replay import read_journal
from hts.journal.writer import JournalWriter
from hts.lab.clock import Clock
from hts.lab.core_ports import Asker, CoreDied, Dials, Fuse, Journal, Line, Syncer
from hts.lab.disk import Disk
from hts.lab.disk_faults import DiskFaults
from hts.lab.faults import Fault, Faults
from hts.lab.network import Stream
from hts.lab.ports import Change, CorePorts, Left, Parts, RunnerPort, VenuePorts
from hts.lab.schedule import Planned, Schedule
from hts.lab.watch import Watch
from hts.link.server import LinkServer
from hts.model.records_account import ConversionTruedUp, CurrencyConverted

RESTART_NS = (20_000_000, 1_500_000_000)
SNAPSHOT_NS = (200_000_000, 6_000_000_000)
JUMP_NS = (50_000_000, 6_000_000_000)
HOUR_NS = 3_600_000_000_000
FULL_REPLAY = 0.25  # of the starts from a snapshot are compared with the whole journal
BUILD = "lab"
STAMP = Stamp(build=BUILD, config_hash="")

# What a fault of ours looks like: the process would end of it, and the simulation must say so instead of ending itself.
FAULTS = (AssertionError, LookupError, ValueError, TypeError, HtsError)
TOKEN = "lab-token"  # noqa: S105  both ends live in this process


class CoreNode:
    """One machine with a disk; processes come and go on it."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        rng: Random,
        faults: Faults,
        watch: Watch,
        parts: Parts,
        dials: Mapping[str, Dials],
        start_ns: int,
        segment_bytes: int,
    ) -> None:
        self._schedule = schedule
        self._rng = rng
        self._faults = faults
        self._watch = watch
        self._parts = parts
        self._dials = dials
        self._start_ns = start_ns
        self._segment_bytes = segment_bytes
        self._clock = Clock(schedule, drift_ppm=faults.drift_ppm())
        self.disk = Disk()
        self._fix_disk = Disk()  # another folder of the same disk: the numbers of FIX sessions
        self._archive = Archive(Disk())
        self._disk_faults = DiskFaults((self.disk, self._fix_disk), rng, faults)
        self.fuse = Fuse()
        self.run = 0  # which process this is
        self.engine: Engine | None = None
        self.runner: RunnerPort | None = None
        self.link: LinkServer | None = None
        self.clients: dict[int, Stream] = {}
        self._client_numbers = 0
        self._attached = 0
        self._timer: Planned | None = None
        self._lines: list[Line] = []
        self._journal: Journal | None = None
        self._writer: JournalWriter | None = None
        self._syncer = Syncer(self)
        self.snapshots = 0
        self.from_snapshot = 0  # how many processes began with one
        self._died_with = ""  # the state hash of the last process, when its journal held all of it

    # -- life of the process

    def start(self) -> None:
        """Recover from the disk and begin."""
        self.run += 1
        self.fuse = Fuse()
        self._disk_faults.repair()
        market_data = {name: self._parts.market_data(name) for name in self._dials}
        engine = self._parts.engine(market_data)
        try:
            opened = open_state(
                engine,
                self.disk,
                archive=self._archive,
                stamp=STAMP,
                segment_bytes_max=self._segment_bytes,
                say=self._note_snapshot,
            )
        except FAULTS as error:
            self._watch.violate(f"recovery failed: {type(error).__name__}: {error}")
            return
        self._watch.recovered(engine, self._died_with)
        self._writer = opened.writer
        self.from_snapshot += opened.snapshot is not None
        if opened.snapshot is not None and self._rng.random() < FULL_REPLAY:
            self._compare_replay(engine)
        self.engine = engine
        self.link = LinkServer(
            token=TOKEN,
            build=BUILD,
            run_id=f"run-{self.run}",
            state=engine.snapshot_views,
            market=engine.snapshot_quotes,
        )
        self._attached = 0
        self._journal = Journal(opened.writer, self.fuse, self._watch)
        self._syncer = Syncer(self)
        venues = {name: self._venue_ports(name, market_data[name]) for name in self._dials}
        self.runner = self._parts.runner(
            CorePorts(
                engine=engine,
                venues=venues,
                journal=self._journal,
                link=self.link,
                syncer=self._syncer,
                start_ns=self._start_ns,
                now_ns=self._clock.now,
            )
        )
        wall_ns = self._clock.now() + self._rng.randrange(-HOUR_NS, HOUR_NS)  # the wall clock may have been set
        self.call(lambda runner, now: runner.start(now, wall_ns))
        self.later(self._rng.randrange(*SNAPSHOT_NS), self._keep_state)

    def _venue_ports(self, name: str, market_data: MarketDataGateway) -> VenuePorts:
        dials = self._dials[name]
        order_line = Line(self, name, "order", dials.orders)
        recovery_line = Line(self, name, "recovery", dials.recovery)
        copies = self._parts.copies(name, self._fix_disk)
        copy_line = Line(self, name, "copy", dials.copies) if copies is not None else None
        self._lines += [order_line, recovery_line, *([copy_line] if copy_line is not None else [])]
        return VenuePorts(
            orders=self._parts.orders(name, market_data, self._fix_disk, self._hear),
            order_line=order_line,
            market_data=market_data,
            recovery_line=recovery_line,
            requests=Asker(self, dials.ask),
            copies=copies,
            copy_line=copy_line,
        )

    def _hear(self, way: str, frame: bytes | Left) -> None:
        self._watch.wire(way, frame, self._clock.now())

    def check_replay(self) -> None:
        """The journal, from its first record and from the newest snapshot, must rebuild what stands in memory."""
        if self.engine is None:
            return
        self._compare_replay(self.engine)
        self.call(lambda _runner, _now: self._snapshot())
        if self.engine is not None:
            self._compare_replay(self.engine, from_snapshot=True)

    def converted(self) -> Counter[str]:
        """What turning one currency into another has brought and taken, by currency, as the journal has it."""
        change: Counter[str] = Counter()
        provisional: dict[str, str] = {}
        for record in read_journal(self.disk, older=self._archive).records:
            if isinstance(record, CurrencyConverted):
                change[record.bought_currency] += record.bought
                change[record.sold_currency] -= record.sold
                provisional[record.ref] = record.sold_currency
            elif isinstance(record, ConversionTruedUp):
                change[provisional[record.ref]] += record.returned
        return change

    def _compare_replay(self, engine: Engine, *, from_snapshot: bool = False) -> None:
        rebuilt = self._parts.engine({name: self._parts.market_data(name) for name in self._dials})
        try:
            if from_snapshot:
                open_state(rebuilt, self.disk, archive=self._archive, stamp=STAMP)
            else:
                rebuilt.recover(read_journal(self.disk, older=self._archive).records)
        except FAULTS as error:
            self._watch.violate(f"replay failed: {type(error).__name__}: {error}")
            return
        self._watch.check_replay(engine, rebuilt, "the newest snapshot" if from_snapshot else "the whole journal")

    def _keep_state(self) -> None:
        """Store a snapshot and move what it replaces; the process may die of it like of any other write."""
        self.call(lambda _runner, _now: self._snapshot())
        self.later(self._rng.randrange(*SNAPSHOT_NS), self._keep_state)

    def _snapshot(self) -> None:
        if self.engine is None or self._writer is None or self._journal is None or self._journal.is_behind:
            return
        try:
            take_snapshot(self.engine, self._writer, self.disk, STAMP)
            compact(self.disk, self._archive)
        except StorageError:
            return  # a snapshot only saves time
        self.snapshots += 1

    def _note_snapshot(self, why_not: str) -> None:
        """A torn snapshot is passed over; one that was written whole must give the state that it was taken of."""
        if "another" in why_not:
            self._watch.violate(f"snapshot refused: {why_not}")

    # -- what goes wrong

    def arm(self) -> None:
        """Something happens to the process or to its disk within its next acts."""
        if self.runner is None:
            return
        roll = self._rng.random()
        if roll < 0.20:
            self._disk_faults.tear()
        elif roll < 0.32:
            self._disk_faults.refuse(lambda: self.later(self._rng.randrange(*RESTART_NS), self._die))
        elif roll < 0.40:
            self._syncer.delay_ns = self._disk_faults.slow_ns()
        elif roll < 0.50 and self._faults.allowed(Fault.CLOCK_JUMP):
            self._clock.jump(self._rng.randrange(*JUMP_NS))
            self.call(lambda runner, now: runner.on_time(now))
        elif self._faults.allowed(Fault.CORE_CRASH):
            self.fuse.left = self._rng.randrange(1, 12)

    def cut_power(self) -> None:
        """The machine goes dark: the process dies and the disk forgets what was not synced."""
        if self.runner is not None and self._faults.allowed(Fault.POWER_CUT):
            self._die()
            self.disk.cut_power()
            self._fix_disk.cut_power()
            self._died_with = ""

    def _die(self) -> None:
        self._died_with = ""
        if self.engine is not None and self._journal is not None and not self._journal.is_behind:
            self.engine.core.catch_up()  # an order that is written, and was not on the wire yet
            self._died_with = self.engine.state_hash
        self._watch.died(self.engine)
        self.engine = self.runner = self.link = None
        self._disk_faults.repair()
        if self._timer is not None:
            self._timer.cancel()
        for line in self._lines:
            line.die()
        self._lines.clear()
        for stream in self.clients.values():
            stream.close(1)
        self.clients.clear()
        self._schedule.after(self._rng.randrange(*RESTART_NS), self.start)

    # -- calls into the process

    def call(self, act: Callable[[RunnerPort, int], None]) -> None:
        """Something happens to the process; it may die of it."""
        if self.runner is None:
            return
        try:
            act(self.runner, self._clock.now())
            self._flush_clients()
        except CoreDied:
            self._die()
            return
        except FAULTS as error:
            self._watch.violate(f"the core failed: {type(error).__name__}: {error}")
            self._die()
            return
        self._watch.after_call(self.engine)
        self._plan_timer()

    def later(self, delay_ns: int, act: Callable[[], None]) -> None:
        """A call that only this process gets."""
        run = self.run

        def due() -> None:
            if self.run == run and self.runner is not None:
                act()

        self._schedule.after(delay_ns, due)

    def sync(self, name: str, token: int | None) -> None:
        """The disk syncs a segment, or refuses to."""
        try:
            self.disk.sync(name)
        except StorageError as error:
            detail = str(error)
            self.call(lambda runner, now: runner.on_journal_failed(detail, now))
            return
        if token is not None:
            self.call(lambda runner, now: runner.on_synced(token, now))

    def line_changed(self, venue: str, kind: str, change: Change) -> None:
        """Bytes of a venue, or the end or beginning of a connection."""
        if kind == "order":
            self.call(lambda runner, now: runner.on_order_line(venue, change, now))
        elif kind == "copy":
            self.call(lambda runner, now: runner.on_copy_line(venue, change, now))
        else:
            self.call(lambda runner, now: runner.on_recovery_line(venue, change, now))

    def datagram(self, venue: str, line: str, data: bytes) -> None:
        """One packet of a feed."""
        self.call(lambda runner, now: runner.on_datagram(venue, line, data, now))

    def _plan_timer(self) -> None:
        assert self.runner is not None
        due = self.runner.next_timer_ns()
        at_ns = self._clock.schedule_ns(due) if due is not None else None
        if self._timer is not None:
            if self._timer.act is not None and self._timer.mono_ns == at_ns:
                return
            self._timer.cancel()
        if at_ns is not None:
            self._timer = self._schedule.at(at_ns, lambda: self.call(lambda runner, now: runner.on_time(now)))

    # -- terminals

    def accept(self, stream: Stream) -> int | None:
        """A terminal connects; None when no process listens."""
        if self.link is None:
            return None
        self._client_numbers += 1
        number = self._client_numbers
        self.clients[number] = stream
        self.link.connected(number)
        return number

    def client_data(self, number: int, data: bytes) -> None:
        """Bytes of a terminal."""
        if self.link is None or number not in self.clients:
            return
        link = self.link

        def take(runner: RunnerPort, now: int) -> None:
            for wish in link.receive_data(number, data):
                runner.on_wish(number, wish, now)
            self._count_clients(runner, now)

        self.call(take)

    def client_closed(self, number: int) -> None:
        """A terminal is gone."""
        if self.clients.pop(number, None) is None or self.link is None:
            return
        self.link.disconnected(number)
        self.call(self._count_clients)

    def _count_clients(self, runner: RunnerPort, now: int) -> None:
        assert self.link is not None
        if self.link.attached != self._attached:
            self._attached = self.link.attached
            runner.on_clients(self._attached, now)

    def _flush_clients(self) -> None:
        assert self.link is not None
        for number, stream in list(self.clients.items()):
            while data := self.link.data_to_send(number):  # a whole state comes in slices
                self.fuse.burn()
                stream.send(1, data)
        for number in self.link.closing():
            self.clients.pop(number).close(1)
            self.link.disconnected(number)
