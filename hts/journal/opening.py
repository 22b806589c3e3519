"""Begins a run on a journal: the newest snapshot that counts, the records behind it, a writer that goes on.

A snapshot only ever saves time. Whatever speaks against it is said and the next older one is tried, then the journal
from its first record, the archive included. Where the first records are no longer kept (`prune`), the newest whole
snapshot is believed even if another build wrote it: there is nothing better. Other settings are never believed.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from hts.base.errors import CorruptRecord
from hts.base.storage import Storage
from hts.journal.archive import Archive, move_old_segments
from hts.journal.replay import (
    SEGMENT_SUFFIX,
    START,
    Position,
    TornTail,
    chain_at,
    cut_torn_tail,
    read_journal,
    segment_name,
    segment_names,
)
from hts.journal.snapshot import (
    Notes,
    Snapshot,
    newest_snapshot,
    remove_old_snapshots,
    snapshot_name,
    snapshot_names,
    write_snapshot,
)
from hts.journal.writer import SEGMENT_BYTES_MAX, JournalWriter
from hts.model.records import AnyRecord


class Restorable(Protocol):
    """What a journal rebuilds (hts.engine.engine)."""

    @property
    def state_hash(self) -> str: ...

    def recover(self, records: Iterable[AnyRecord]) -> None: ...

    def restore(self, image: bytes, state_hash: str) -> bool:
        """Take the state of an image if it hashes to `state_hash` ("": in any case); else change nothing."""
        ...

    def image(self) -> bytes: ...


class Opened(Struct, frozen=True, kw_only=True):
    """How a run began. `replayed`: records that were applied; `snapshot`: the notes of the one that saved the rest."""

    writer: JournalWriter
    torn: TornTail | None
    snapshot: Notes | None
    replayed: int


class Stamp(Struct, frozen=True, kw_only=True):
    """Who reads and writes snapshots here: the build and the settings, for both shape the state."""

    build: str
    config_hash: str


def open_state(
    target: Restorable,
    storage: Storage,
    *,
    archive: Archive | None = None,
    stamp: Stamp,
    segment_bytes_max: int = SEGMENT_BYTES_MAX,
    say: Callable[[str], None] = lambda _: None,
) -> Opened:
    """Rebuild `target` and go on writing. Raises CorruptRecord for damage, StorageError when the disk refuses."""
    snapshot = _restored(target, storage, stamp, say)
    if snapshot is None and _lacks_its_beginning(storage, archive):
        snapshot = _restored(target, storage, replace(stamp, build=""), say)
    base = START if snapshot is None else snapshot.notes.position
    contents = read_journal(storage, base, archive)
    _refuse_lost_end(storage, contents.position)
    if contents.torn is not None:
        cut_torn_tail(storage, contents.torn)
    target.recover(contents.records)
    return Opened(
        writer=JournalWriter(storage, contents.position, segment_bytes_max),
        torn=contents.torn,
        snapshot=None if snapshot is None else snapshot.notes,
        replayed=len(contents.records),
    )


def take_snapshot(target: Restorable, writer: JournalWriter, storage: Storage, stamp: Stamp) -> str:
    """Store the state as it stands behind the last record written; the file's name, "" where there is nothing yet."""
    position = writer.position
    if position.size == 0:
        return ""
    notes = Notes(
        number=position.number,
        size=position.size,
        chain=position.chain,
        records=position.records,
        trade_ns=position.trade_ns,
        trading_date=position.trading_date,
        build=stamp.build,
        config_hash=stamp.config_hash,
        state_hash=target.state_hash,
    )
    return write_snapshot(storage, Snapshot(notes=notes, image=target.image()))


def compact(storage: Storage, archive: Archive) -> list[str]:
    """Delete snapshots that newer ones replace, move segments that no kept snapshot needs; what was moved."""
    remove_old_snapshots(storage)
    names = snapshot_names(storage)
    if not names:
        return []
    return move_old_segments(storage, archive, before=int(names[0].partition("-")[0]))


def _restored(target: Restorable, storage: Storage, stamp: Stamp, say: Callable[[str], None]) -> Snapshot | None:
    """The snapshot that the target took its state from. A stamp without a build believes every build."""

    def objection(notes: Notes) -> str:
        if notes.config_hash != stamp.config_hash:
            return "it was written under other settings; the journal is replayed instead"
        if stamp.build and notes.build != stamp.build:
            return f"it was written by build {notes.build}; the journal is replayed instead"
        if chain_at(storage, notes.number, notes.size) != notes.chain:
            return f"it is of another journal than {segment_name(notes.number)}, which does not lead to it"
        return ""

    refused: set[str] = set()
    while True:
        found = newest_snapshot(
            storage, lambda notes: "refused" if notes.state_hash in refused else objection(notes), say
        )
        if found is None:
            return None
        try:
            if target.restore(found.image, found.notes.state_hash if stamp.build else ""):
                return found
            say(f"snapshot of record {found.notes.records}: the state in it is another than the one noted")
        except CorruptRecord as error:
            say(f"snapshot of record {found.notes.records}: {error}")
        refused.add(found.notes.state_hash)


def _refuse_lost_end(storage: Storage, end: Position) -> None:
    """A snapshot is written when the journal before it is on disk: where that is missing, it was taken away."""

    def beyond(notes: Notes) -> str:
        return "" if (notes.number, notes.size) > (end.number, end.size) else "the journal reaches it"

    found = newest_snapshot(storage, beyond)
    if found is not None:
        notes = found.notes
        raise CorruptRecord(
            f"the journal ends at offset {end.size} of {segment_name(end.number)}, yet {snapshot_name(notes.position)} "
            f"was taken behind it, at record {notes.records}. Restore the segments from a copy; where the snapshot is "
            "not of this journal, remove it"
        )


def _lacks_its_beginning(storage: Storage, archive: Archive | None) -> bool:
    names = segment_names(storage)
    if not names:
        return False
    first = int(names[0].removesuffix(SEGMENT_SUFFIX))
    return first > 1 and (archive is None or 1 not in archive.numbers())
