"""The journal of one core process: opened from a snapshot where one counts, given a new one where that pays.

Snapshots are taken before the core trades and after it has stopped, never in between: the loop that carries orders
does not wait for them. Segments that no restart needs any more go to the archive at the same moments.
"""

from hashlib import blake2b

import msgspec

from hts.app.build import state_build
from hts.app.config import Config
from hts.app.log import log_line
from hts.app.paths import HomePaths
from hts.base.errors import StorageError
from hts.engine.engine import Engine
from hts.io.files import FileStorage
from hts.journal.archive import Archive
from hts.journal.opening import Stamp, compact, open_state, take_snapshot
from hts.journal.writer import JournalWriter


def stamp_of(config: Config) -> Stamp:
    """Who may take over a snapshot: the same code of the state, under the same limits, at the same venues."""
    shapes = msgspec.msgpack.encode((config.limits, config.venue.venues))
    digest = blake2b(shapes, digest_size=4).hexdigest()
    return Stamp(build=state_build(), config_hash=digest)


class CoreJournal:
    """Opens, keeps short, and closes."""

    def __init__(self, paths: HomePaths, config: Config, storage: FileStorage) -> None:
        self._storage = storage
        self._archive_storage = FileStorage(paths.archive)
        self._archive = Archive(self._archive_storage)
        self._stamp = stamp_of(config)
        self._snapshot_after = config.journal.snapshot_records
        self._segment_bytes_max = config.journal.segment_mib << 20
        self._writer: JournalWriter | None = None
        self._snapshot_records = 0  # how many lead to the newest snapshot

    def open(self, engine: Engine) -> JournalWriter:
        """Rebuild the engine's state. Raises CorruptRecord or StorageError."""
        opened = open_state(
            engine,
            self._storage,
            archive=self._archive,
            stamp=self._stamp,
            segment_bytes_max=self._segment_bytes_max,
            say=lambda text: log_line("journal", text),
        )
        if opened.torn is not None:
            log_line("journal", str(opened.torn))
        self._writer = opened.writer
        self._snapshot_records = 0 if opened.snapshot is None else opened.snapshot.records
        source = "" if opened.snapshot is None else f" behind a snapshot of {opened.snapshot.records}"
        log_line("core", f"{opened.replayed} records read{source}, state {engine.state_hash}")
        self._keep(engine)
        return opened.writer

    def close(self, engine: Engine) -> None:
        """The process ends in order: what it knows need not be replayed."""
        self._keep(engine)
        self._archive_storage.close()

    def _keep(self, engine: Engine) -> None:
        """A snapshot only saves time: a disk that refuses it, or a halted core, changes nothing."""
        writer = self._writer
        if writer is None or writer.has_failed or engine.core.is_halted:
            return
        if writer.position.records - self._snapshot_records < self._snapshot_after:
            return
        try:
            name = take_snapshot(engine, writer, self._storage, self._stamp)
            moved = compact(self._storage, self._archive)
        except StorageError as error:
            log_line("journal", f"no snapshot: {error}")
            return
        self._snapshot_records = writer.position.records
        log_line("journal", f"snapshot {name}" + (f", {len(moved)} segments archived" if moved else ""))
