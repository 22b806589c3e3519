"""`hts restore FILE`: a backup becomes the home of a core, on this machine or another one.

Everything is checked before anything is put in place: the manifest's digests, the hash chain from the first record to
the last, and that the chain is the one that the manifest notes. A journal that is here already is kept beside.

A backup is older than its copy's original may have become, and ClOrdIDs must never be used twice. Their floor follows
from the wall clock: it grows by 10,000 a second, faster than any core can use them, so a restored core begins above
whatever the original had used until now. Orders that the original sent after the backup come back from the venue.
"""

import argparse
import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import Final

import msgspec

from hts.app.build import build_name
from hts.app.journal_copy import ARCHIVE, FORMAT, JOURNAL, MANIFEST, MEMBER, SETTINGS, Manifest, entry_of
from hts.app.paths import HomePaths, home_directory, home_paths, prepare_home
from hts.base.errors import ConfigError, CorruptRecord
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.journal.archive import Archive
from hts.journal.replay import Position, segment_names
from hts.journal.survey import Survey
from hts.journal.writer import JournalWriter
from hts.model.records import IdBlockReserved
from hts.model.units import ClOrdID

NS: Final = 1_000_000_000
FLOOR_BEGIN_S: Final = 1_767_225_600  # 2026-01-01, UTC: before any order of this program
IDS_PER_S: Final = 10_000
MEMBER_BYTES_MAX: Final = 2 << 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts restore`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a backup made by hts backup")
    parser.add_argument(
        "--replace", action="store_true", help="keep the journal that is here aside and put this in place"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """0 once the home is ready for a core to start."""
    paths = home_paths(home_directory(options.home))
    prepare_home(paths)
    lock = LockFile(paths.core_lock)
    if not lock.acquire(build_name()):
        raise ConfigError(f"{paths.home}: a core runs here; stop it first (hts stop)")
    try:
        manifest, first_id = restore(paths, options.file, SystemClock().wall_ns(), is_replacing=options.replace)
    finally:
        lock.release()
    found = {"home": str(paths.home), "records": manifest.records, "chain": manifest.chain, "first_id": first_id}
    text = f"{paths.home}: {manifest.records} records restored; ClOrdIDs go on from {first_id}"
    print(json.dumps(found) if options.json else text)
    return 0


def id_floor(wall_ns: int) -> int:
    """Above every ClOrdID that a core can have used until then."""
    return max(0, wall_ns // NS - FLOOR_BEGIN_S) * IDS_PER_S


def restore(paths: HomePaths, file: Path, wall_ns: int, *, is_replacing: bool = False) -> tuple[Manifest, int]:
    """Check the backup, put it in place; its manifest and the first ClOrdID that will be used. Raises ConfigError."""
    if paths.journal.exists() and not is_replacing:
        raise ConfigError(f"{paths.journal}: a journal is here already; --replace keeps it aside")
    beside = paths.home / f".restore-{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        manifest = _unpack(file, beside)
        if wall_ns < manifest.made_ns:
            raise ConfigError(
                f"{file}: made at {manifest.made_ns} ns, and the clock here shows {wall_ns}: set the clock first, "
                "for ClOrdIDs that are used already would be used again"
            )
        first_id = _begin_above(beside, manifest, id_floor(wall_ns))
        _put_in_place(paths, beside, wall_ns)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return manifest, first_id


def _unpack(file: Path, beside: Path) -> Manifest:
    try:
        with tarfile.open(file, mode="r:gz") as tar:
            manifest = _manifest(file, tar)
            missing = set(manifest.files)
            while (member := tar.next()) is not None:
                entry = manifest.files.get(member.name)
                if entry is None or not MEMBER.fullmatch(member.name) or not member.isreg():
                    raise CorruptRecord(f"{file}: {member.name!r} does not belong into a backup")
                source = tar.extractfile(member)
                data = b"" if source is None else source.read(MEMBER_BYTES_MAX)
                if entry_of(data) != entry:
                    raise CorruptRecord(f"{file}: {member.name} is not what the manifest says; take another backup")
                target = beside / member.name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                target.write_bytes(data)
                target.chmod(0o600)
                missing.discard(member.name)
    except (OSError, EOFError, tarfile.TarError, msgspec.MsgspecError) as error:
        raise ConfigError(f"{file}: not a whole backup: {error}") from error
    if missing:
        raise CorruptRecord(f"{file}: {min(missing)} is missing; take another backup")
    return manifest


def _manifest(file: Path, tar: tarfile.TarFile) -> Manifest:
    member = tar.next()
    source = tar.extractfile(member) if member is not None and member.name == MANIFEST else None
    if source is None:
        raise ConfigError(f"{file}: expected a backup that begins with its manifest")
    manifest = msgspec.json.decode(source.read(MEMBER_BYTES_MAX), type=Manifest)
    if manifest.format != FORMAT:
        raise ConfigError(f"{file}: expected format {FORMAT}, found {manifest.format!r}")
    return manifest


def _begin_above(beside: Path, manifest: Manifest, floor: int) -> int:
    """Check every record, then reserve a block that lifts the next ClOrdID; what it will be."""
    storage, archive = FileStorage(beside / JOURNAL), FileStorage(beside / ARCHIVE)
    try:
        survey = Survey(storage, Archive(archive))
        count, reserved_last, trade_ns = 0, 0, 0
        for located in survey.records():
            count += 1
            trade_ns = max(trade_ns, located.record.trade_ns)
            if isinstance(located.record, IdBlockReserved):
                reserved_last = max(reserved_last, located.record.last)
        if not survey.is_sound or (count, survey.chain.hex()) != (manifest.records, manifest.chain):
            found = survey.findings[0] if survey.findings else f"{count} records, chain {survey.chain.hex()}"
            raise CorruptRecord(f"the backup's journal is not the one that was copied: {found}; take another backup")
        block = ClOrdID(max(floor, reserved_last + 1))
        record = IdBlockReserved(trade_ns=trade_ns, mono_ns=0, first=block, last=block)
        name = segment_names(storage)[-1]
        end = Position(number=int(name.partition(".")[0]), size=len(storage.read(name)), chain=survey.chain)
        writer = JournalWriter(storage, end)
        writer.append_many([record])
        storage.sync(writer.segment)
    finally:
        storage.close()
        archive.close()
    return block + 1


def _put_in_place(paths: HomePaths, beside: Path, wall_ns: int) -> None:
    """The settings of this machine stand, where it has any: those of the backup lie beside them."""
    if paths.journal.exists():
        paths.journal.rename(paths.home / f"journal.before-restore-{wall_ns // NS}")
    (beside / JOURNAL).rename(paths.journal)
    settings = beside / SETTINGS
    if settings.exists():
        settings.rename(paths.config.with_suffix(".toml.restored") if paths.config.exists() else paths.config)
