"""`hts backup FILE`: a consistent copy of journal, snapshots and settings, taken while the core may trade."""

import argparse
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hts.app.build import build_name
from hts.app.journal_copy import ARCHIVE, JOURNAL, MANIFEST, SETTINGS, Manifest, Standing, entry_of, without_secrets
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.base.errors import ConfigError, StorageError
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from hts.journal.archive import Archive
from hts.journal.survey import Survey

NS = 1_000_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts backup`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="where the backup goes; must not exist")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """0 once the backup is on disk and was read back."""
    manifest = back_up(home_paths(home_directory(options.home)), options.file)
    found = {
        "file": str(options.file),
        "records": manifest.records,
        "files": len(manifest.files),
        "chain": manifest.chain,
    }
    print(
        json.dumps(found)
        if options.json
        else f"{options.file}: {manifest.records} records in {len(manifest.files)} files"
    )
    return 0


def back_up(paths: HomePaths, file: Path) -> Manifest:
    """Write the backup. Raises ConfigError when there is nothing to copy, CorruptRecord when it is damaged."""
    if not paths.journal.exists():
        raise ConfigError(f"{paths.journal}: expected a journal, found none; choose --home")
    storage, archive_storage = FileStorage(paths.journal), FileStorage(paths.archive)
    try:
        standing, archive = Standing(storage), Archive(archive_storage)
        survey = Survey(standing, archive)
        records = sum(1 for _ in survey.records())
        if not survey.is_sound:
            raise StorageError(f"backup: the journal is damaged: {survey.findings[0]}; see hts journal verify")
        members = dict(_members(paths, standing, archive_storage))
    finally:
        storage.close()
        archive_storage.close()
    manifest = Manifest(
        build=build_name(),
        made_ns=SystemClock().wall_ns(),
        records=records,
        chain=survey.chain.hex(),
        files={name: entry_of(data) for name, data in members.items()},
    )
    _write(file, manifest, members)
    return manifest


def _members(paths: HomePaths, standing: Standing, archive: FileStorage) -> Iterator[tuple[str, bytes]]:
    if paths.config.exists():
        yield SETTINGS, without_secrets(paths.config.read_text(encoding="utf-8")).encode()
    for name in standing.names():
        yield JOURNAL + name, standing.read(name)
    for name in archive.names():
        yield ARCHIVE + name, archive.read(name)


def _write(file: Path, manifest: Manifest, members: dict[str, bytes]) -> None:
    """For this user alone, whole or not at all."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # the name is ours from here on
        os.close(descriptor)
    except OSError as error:
        raise ConfigError(f"{file}: cannot write a backup here: {error.strerror or error}") from error
    try:
        with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as tar:
                _add(tar, MANIFEST, msgspec.json.encode(manifest), manifest.made_ns)
                for name, data in members.items():
                    _add(tar, name, data, manifest.made_ns)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        raise StorageError(f"{file}: cannot write the backup: {error.strerror or error}") from error


def _add(tar: tarfile.TarFile, name: str, data: bytes, made_ns: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(data), 0o600, made_ns // NS
    tar.addfile(member, io.BytesIO(data))
