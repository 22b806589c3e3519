"""The core of a simulation: the real engine, runner, gateways, journal and link server over a virtual machine.

Every port burns a fuse before it acts: a journal write, bytes to the venue, bytes to a terminal. When the fuse is
spent the process dies right there, between two effects of a batch or in the middle of a journal write, and only the
disk is left. What it put on the wire before stays on the wire.
"""

from collections.abc import Callable, Sequence
from random import Random

from hts.base.errors import HtsError, StorageError
from hts.engine.engine import Engine
from hts.journal.archive import Archive
from hts.journal.opening import Stamp, compact, open_state, take_snapshot
from hts.journal.replay import read_journal
from hts.journal.writer import JournalWriter
from hts.lab.disk import Disk
from hts.lab.faults import Fault, Faults
from hts.lab.network import Stream
from hts.lab.ports import Change, CorePorts, Parts, RunnerPort
from hts.lab.schedule import Planned, Schedule
from hts.lab.setting import VENUE
from hts.lab.watch import Watch
from hts.link.server import LinkServer
from hts.model.records import AnyRecord

SYNC_NS = 3_000_000
RESTART_NS = (20_000_000, 1_500_000_000)
SNAPSHOT_NS = (200_000_000, 6_000_000_000)
FULL_REPLAY = 0.25  # of the starts from a snapshot are compared with the whole journal
BUILD = "lab"
STAMP = Stamp(build=BUILD, config_hash="")

# What a fault of ours looks like: the process would end of it, and the simulation must say so instead of ending itself.
FAULTS = (AssertionError, LookupError, ValueError, TypeError, HtsError)
TOKEN = "lab-token"  # noqa: S105  both ends live in this process


class CoreDied(Exception):  # noqa: N818  it is an event of the simulation, not an error of it
    """The process is gone; nothing after this point happened."""


class Fuse:
    """Counts port calls down to the process's death. None: it lives on."""

    def __init__(self) -> None:
        self.left: int | None = None

    def burn(self) -> None:
        """One port call."""
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            raise CoreDied


class _Journal:
    """The journal port: tells the watch what is written, dies before or in the middle of a write."""

    def __init__(self, inner: JournalWriter, fuse: Fuse, watch: Watch) -> None:
        self._inner = inner
        self._fuse = fuse
        self._watch = watch
        self.is_behind = False  # what the core knows is not written

    @property
    def segment(self) -> str:
        return self._inner.segment

    def append_many(self, records: Sequence[AnyRecord]) -> None:
        self.is_behind = True
        self._fuse.burn()
        self._inner.append_many(records)
        self.is_behind = False
        self._watch.written(records)


class _Line:
    """One connection to the venue as the runner's Line port."""

    def __init__(self, fuse: Fuse, dial: Callable[[], None], hangup: Callable[[], None]) -> None:
        self._fuse = fuse
        self._dial = dial
        self._hangup = hangup
        self.stream: Stream | None = None

    def dial(self) -> None:
        self._dial()

    def hangup(self, reason: str) -> None:  # noqa: ARG002  the runner says why, a socket does not care
        self._hangup()

    def send(self, data: bytes) -> None:
        if not data:
            return
        self._fuse.burn()
        if self.stream is not None:
            self.stream.send(0, data)


class _Syncer:
    """Syncs a little later, as the thread does."""

    def __init__(self, node: "CoreNode") -> None:
        self._node = node

    def mark_dirty(self, name: str) -> None:
        self._node.later(SYNC_NS, lambda _: self._node.disk.sync(name))

    def sync_then(self, name: str, token: int) -> None:
        def synced(node: "CoreNode") -> None:
            node.disk.sync(name)
            node.call(lambda runner, now: runner.on_synced(token, now))

        self._node.later(SYNC_NS, synced)


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
        dial_orders: Callable[[Callable[[int, bytes], None], Callable[[int], None]], Stream | None],
        dial_recovery: Callable[[Callable[[int, bytes], None], Callable[[int], None]], Stream | None],
        start_ns: int,
        segment_bytes: int,
    ) -> None:
        self._schedule = schedule
        self._rng = rng
        self._faults = faults
        self._watch = watch
        self._parts = parts
        self._dial_orders = dial_orders
        self._dial_recovery = dial_recovery
        self._start_ns = start_ns
        self.disk = Disk()
        self.fuse = Fuse()
        self.run = 0  # which process this is
        self.engine: Engine | None = None
        self.runner: RunnerPort | None = None
        self.link: LinkServer | None = None
        self.clients: dict[int, Stream] = {}
        self._client_numbers = 0
        self._attached = 0
        self._timer: Planned | None = None
        self._order_line: _Line | None = None
        self._recovery_line: _Line | None = None
        self._journal: _Journal | None = None
        self._segment_bytes = segment_bytes
        self._archive = Archive(Disk())
        self._writer: JournalWriter | None = None
        self.snapshots = 0
        self.from_snapshot = 0  # how many processes began with one
        self._died_with = ""  # the state hash of the last process, when its journal held all of it

    # -- life of the process

    def start(self) -> None:
        """Recover from the disk and begin."""
        self.run += 1
        self.fuse = Fuse()
        self.disk.torn = None
        orders = self._parts.orders(self._watch.wire)
        market_data = self._parts.market_data()
        engine = self._parts.engine(market_data)
        try:
            opened = open_state(
                engine, self.disk, archive=self._archive, stamp=STAMP, segment_bytes_max=self._segment_bytes
            )
        except FAULTS as error:
            self._watch.violate(f"recovery failed: {type(error).__name__}: {error}")
            return
        self._watch.recovered(engine, self._died_with)
        self._writer = opened.writer
        self.from_snapshot += opened.snapshot is not None
        if opened.snapshot is not None and self._rng.random() < FULL_REPLAY:
            self._compare_replay(engine)
        self._order_line = _Line(self.fuse, self._dial_order_line, lambda: self._hang_up(self._order_line, "order"))
        self._recovery_line = _Line(
            self.fuse, self._dial_recovery_line, lambda: self._hang_up(self._recovery_line, "recovery")
        )
        self.engine = engine
        self.link = LinkServer(
            token=TOKEN,
            build=BUILD,
            run_id=f"run-{self.run}",
            state=engine.snapshot_views,
            market=engine.snapshot_quotes,
        )
        self._attached = 0
        self._journal = _Journal(opened.writer, self.fuse, self._watch)
        self.runner = self._parts.runner(
            CorePorts(
                engine=engine,
                orders=orders,
                order_line=self._order_line,
                market_data=market_data,
                recovery_line=self._recovery_line,
                journal=self._journal,
                link=self.link,
                syncer=_Syncer(self),
                start_ns=self._start_ns,
                now_ns=lambda: self._schedule.mono_ns,
            )
        )
        self.call(lambda runner, now: runner.start(now, now))
        self.later(self._rng.randrange(*SNAPSHOT_NS), CoreNode._keep_state)

    def check_replay(self) -> None:
        """The journal, from its first record and from the newest snapshot, must rebuild what stands in memory."""
        if self.engine is None:
            return
        self._compare_replay(self.engine)
        self._keep_state()
        if self.engine is not None:
            self._compare_replay(self.engine, from_snapshot=True)

    def _compare_replay(self, engine: Engine, *, from_snapshot: bool = False) -> None:
        rebuilt = self._parts.engine(self._parts.market_data())
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
        self.later(self._rng.randrange(*SNAPSHOT_NS), CoreNode._keep_state)

    def _snapshot(self) -> None:
        if self.engine is None or self._writer is None or self._journal is None or self._journal.is_behind:
            return
        try:
            take_snapshot(self.engine, self._writer, self.disk, STAMP)
            compact(self.disk, self._archive)
        except StorageError:
            return  # a snapshot only saves time
        self.snapshots += 1

    def arm(self) -> None:
        """Let the process die within its next port calls, or tear its next journal write."""
        if self.runner is None:
            return
        roll = self._rng.random()
        if roll < 0.25 and self._faults.allowed(Fault.TORN_WRITE):
            self.disk.torn = self._tear
        elif roll > 0.88 and self._faults.allowed(Fault.DISK_FULL):
            self.disk.torn = self._refuse
        elif self._faults.allowed(Fault.CORE_CRASH):
            self.fuse.left = self._rng.randrange(1, 12)

    def cut_power(self) -> None:
        """The machine goes dark: the process dies and the disk forgets what was not synced."""
        if self.runner is not None and self._faults.allowed(Fault.POWER_CUT):
            self._die()
            self.disk.cut_power()
            self._died_with = ""

    def _tear(self, name: str, data: bytes) -> None:
        self.disk.store(name, data[: self._rng.randrange(len(data))])
        raise CoreDied

    def _refuse(self, name: str, data: bytes) -> None:
        """What fits is written. The halted core goes on until a person ends it."""
        self.disk.store(name, data[: self._rng.randrange(len(data))])
        self.disk.torn = None
        self.later(self._rng.randrange(*RESTART_NS), lambda node: node._die())  # noqa: SLF001
        raise StorageError("no space left on device")

    def _die(self) -> None:
        self._died_with = ""
        if self.engine is not None and self._journal is not None and not self._journal.is_behind:
            self._died_with = self.engine.state_hash
        self.engine = self.runner = self.link = None
        self.disk.torn = None
        if self._timer is not None:
            self._timer.cancel()
        for line in (self._order_line, self._recovery_line):
            if line is not None and line.stream is not None:
                line.stream.close(0)
                line.stream = None
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
            act(self.runner, self._schedule.mono_ns)
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

    def later(self, delay_ns: int, act: Callable[["CoreNode"], None]) -> None:
        """A call that only this process gets."""
        run = self.run

        def due() -> None:
            if self.run == run and self.runner is not None:
                act(self)

        self._schedule.after(delay_ns, due)

    def _plan_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        assert self.runner is not None
        due = self.runner.next_timer_ns()
        if due is not None:
            self._timer = self._schedule.at(due, lambda: self.call(lambda runner, now: runner.on_time(now)))

    # -- connections to the venue

    def _dial_order_line(self) -> None:
        self._dial(self._order_line, self._dial_orders, "on_order_line")

    def _dial_recovery_line(self) -> None:
        self._dial(self._recovery_line, self._dial_recovery, "on_recovery_line")

    def _dial(self, line: _Line | None, connect: Callable[..., Stream | None], entry: str) -> None:
        """Connecting takes a moment; a venue that is down refuses."""
        assert line is not None
        run = self.run

        def tell(change: Change) -> None:
            if self.run == run:
                self.call(lambda runner, now: getattr(runner, entry)(VENUE, change, now))

        def receive(_end: int, data: bytes) -> None:
            tell(data)

        def closed(_end: int) -> None:
            line.stream = None
            tell("connection reset")

        def establish(_: "CoreNode") -> None:
            line.stream = connect(receive, closed)
            tell(None if line.stream is not None else "connection refused")

        self.later(1_000_000, establish)

    def _hang_up(self, line: _Line | None, what: str) -> None:
        assert line is not None
        if line.stream is not None:
            line.stream.close(0)
            line.stream = None
        entry = "on_order_line" if what == "order" else "on_recovery_line"
        self.later(100_000, lambda node: node.call(lambda runner, now: getattr(runner, entry)(VENUE, "closed", now)))

    def datagram(self, line: str, data: bytes) -> None:
        """One packet of the feed."""
        self.call(lambda runner, now: runner.on_datagram(VENUE, line, data, now))

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
            data = self.link.data_to_send(number)
            if data:
                self.fuse.burn()
                stream.send(1, data)
        for number in self.link.closing():
            self.clients.pop(number).close(1)
            self.link.disconnected(number)
