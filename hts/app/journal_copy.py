"""What a backup holds: a manifest, the journal with archive and snapshots, the settings without secrets.

A backup is one tar file, compressed. The manifest comes first and names every other member with its size and digest;
nothing else is ever taken out of it. Passwords, keys, tokens and the simulator's own log are not part of it.

A copy may be taken while the core trades: a journal only ever grows, so the copy ends behind the last whole record
that stood there when it was looked at, and everything up to that record is consistent by itself.
"""

import re
from hashlib import blake2b
from typing import Final

from msgspec import Struct

from hts.base.errors import CorruptRecord, StorageError
from hts.base.storage import Storage
from hts.journal.framing import HEADER_BYTES, decode_frame, decode_header
from hts.journal.replay import SEGMENT_SUFFIX
from hts.journal.snapshot import SUFFIX as SNAPSHOT_SUFFIX
from hts.journal.snapshot import decode_snapshot

FORMAT: Final = "HTSBACKUP1"
MANIFEST: Final = "manifest.json"
SETTINGS: Final = "config.toml"
JOURNAL: Final = "journal/"
ARCHIVE: Final = "journal/archive/"
MEMBER: Final = re.compile(
    r"config\.toml|journal/\d{8}\.journal|journal/\d{8}-\d{12}\.snapshot|journal/archive/\d{8}-\d{8}\.journal\.gz"
)
_SECRET: Final = re.compile(r"^\s*[\w.-]*(password|passphrase|secret|token|pin|private_key)[\w.-]*\s*=", re.IGNORECASE)


class Entry(Struct, frozen=True, kw_only=True):
    """One member of a backup."""

    size: int
    blake2b: str


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup says of itself. `made_ns` is the wall clock's word; `chain` stands for every record before it."""

    format: str = FORMAT
    build: str
    made_ns: int
    records: int
    chain: str
    files: dict[str, Entry]


class Standing:
    """hts.base.storage.Storage of a journal as it stood at one moment: what is written later is not seen."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        names = storage.names()
        segments = [name for name in names if name.endswith(SEGMENT_SUFFIX)]
        self._sizes = {name: len(storage.read(name)) for name in segments[:-1]}
        for name in segments[-1:]:
            self._sizes[name] = _whole_size(name, storage.read(name))
        last = (segments[-1], self._sizes[segments[-1]]) if segments else ("", 0)
        for name in names:
            if name.endswith(SNAPSHOT_SUFFIX):
                data = storage.read(name)
                try:
                    notes = decode_snapshot(name, data).notes
                except CorruptRecord:
                    continue  # being written, or torn: no start would take it either
                if (f"{notes.number:08d}{SEGMENT_SUFFIX}", notes.size) <= last:
                    self._sizes[name] = len(data)

    def names(self) -> list[str]:
        """Segments and snapshots, sorted."""
        return sorted(self._sizes)

    def read(self, name: str) -> bytes:
        """The bytes that stood there."""
        data = self._storage.read(name)[: self._sizes[name]]
        if len(data) != self._sizes[name]:
            raise StorageError(f"{name}: expected {self._sizes[name]} bytes, found {len(data)}; it was cut meanwhile")
        return data

    def append(self, name: str, data: bytes) -> None:
        raise StorageError(f"{name}: expected no write of {len(data)} bytes, a copy is only read")

    def truncate(self, name: str, size: int) -> None:
        raise StorageError(f"{name}: expected no cut to {size} bytes, a copy is only read")

    def remove(self, name: str) -> None:
        raise StorageError(f"{name}: expected no removal, a copy is only read")

    def sync(self, name: str) -> None:
        """Nothing to do."""


def entry_of(data: bytes) -> Entry:
    """Size and digest."""
    return Entry(size=len(data), blake2b=blake2b(data, digest_size=32).hexdigest())


def without_secrets(settings: str) -> str:
    """The settings, but for lines that set something secret."""
    return "".join(line for line in settings.splitlines(keepends=True) if not _SECRET.match(line))


def _whole_size(name: str, data: bytes) -> int:
    """Bytes up to the last whole record."""
    if decode_header(data, int(name.removesuffix(SEGMENT_SUFFIX))) is None:
        return 0
    size = HEADER_BYTES
    while (frame := decode_frame(data, size)) is not None:
        size = frame.end
    return size
