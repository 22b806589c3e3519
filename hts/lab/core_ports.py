"""What a simulated core acts on: its journal, its lines to the venues, its disk's sync.

Every port burns a fuse before it acts. When the fuse is spent the process dies right there, between two effects of a
batch or before a journal write, and only the disk is left. What it put on the wire before stays on the wire.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from hts.journal.writer import JournalWriter
from hts.lab.network import Stream
from hts.lab.ports import Change
from hts.lab.watch import Watch
from hts.model.records import AnyRecord

SYNC_NS = 3_000_000
DIAL_NS = 1_000_000
HANG_UP_NS = 100_000

Connect = Callable[[Callable[[int, bytes], None], Callable[[int], None]], Stream | None]
"""Opens a connection to a venue: what receives bytes, what hears of its end. None when nobody listens."""


class Dials(Struct, frozen=True, kw_only=True):
    """How to reach one venue."""

    orders: Connect
    recovery: Connect
    copies: Connect
    ask: Callable[[bytes], None]  # datagrams for the feed's re-request server


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


class Process(Protocol):
    """The process as its ports see it (hts.lab.core_node)."""

    fuse: Fuse

    def later(self, delay_ns: int, act: Callable[[], None]) -> None:
        """A call that only this process gets."""
        ...

    def line_changed(self, venue: str, kind: str, change: Change) -> None: ...

    def sync(self, name: str, token: int | None) -> None: ...


class Journal:
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


class Line:
    """One connection to a venue as the runner's Line port. `kind` is "order", "recovery" or "copy"."""

    def __init__(self, process: Process, venue: str, kind: str, connect: Connect) -> None:
        self._process = process
        self._venue = venue
        self._kind = kind
        self._connect = connect
        self._stream: Stream | None = None
        self._is_dead = False

    def dial(self, host: int = 0) -> None:  # noqa: ARG002  there is one host
        """Connecting takes a moment; a venue that is down refuses."""
        self._process.later(DIAL_NS, self._establish)

    def _establish(self) -> None:
        self._stream = self._connect(self._receive, self._closed)
        self._tell(None if self._stream is not None else "connection refused")

    def _receive(self, _end: int, data: bytes) -> None:
        self._tell(data)

    def _closed(self, _end: int) -> None:
        self._stream = None
        self._tell("connection reset")

    def _tell(self, change: Change) -> None:
        if not self._is_dead:
            self._process.line_changed(self._venue, self._kind, change)

    def hangup(self, reason: str) -> None:  # noqa: ARG002  the runner says why, a socket does not care
        self._close()
        self._process.later(HANG_UP_NS, lambda: self._tell("closed"))

    def send(self, data: bytes) -> None:
        if not data:
            return
        self._process.fuse.burn()
        if self._stream is not None:
            self._stream.send(0, data)

    def die(self) -> None:
        """The process is gone, and its sockets with it."""
        self._is_dead = True
        self._close()

    def _close(self) -> None:
        if self._stream is not None:
            self._stream.close(0)
            self._stream = None


class Asker:
    """Datagrams to the re-request server of a feed."""

    def __init__(self, process: Process, ask: Callable[[bytes], None]) -> None:
        self._process = process
        self._ask = ask

    def send(self, data: bytes) -> None:
        self._process.fuse.burn()
        self._ask(data)


class Syncer:
    """Syncs a little later, as the thread does. A slow disk takes `delay_ns` more."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.delay_ns = 0

    def mark_dirty(self, name: str) -> None:
        self._process.later(SYNC_NS + self.delay_ns, lambda: self._process.sync(name, None))

    def sync_then(self, name: str, token: int) -> None:
        self._process.later(SYNC_NS + self.delay_ns, lambda: self._process.sync(name, token))
