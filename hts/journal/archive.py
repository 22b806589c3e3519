"""Where segments go that no restart needs: one compressed file each, named by trading day.

    journal/00000001.journal   ->   journal/archive/20261123-00000001.journal.gz

A segment is moved once it lies wholly before every snapshot that is kept. The copy is written, synced and read back
before the segment is deleted, so that a crash at any moment leaves at least one of them. `zcat` reads the files; the
hash chain goes through them, so that `hts journal verify` still begins at the first record of all.
"""

import gzip
import zlib
from collections.abc import Collection
from typing import Final

from hts.base.errors import CorruptRecord, StorageError
from hts.base.storage import Storage
from hts.journal.framing import HEADER_BYTES, decode_frame, decode_record
from hts.journal.replay import SEGMENT_SUFFIX, newest_date, segment_names

SUFFIX: Final = f"{SEGMENT_SUFFIX}.gz"
_LEVEL: Final = 6
_NUMBER_DIGITS: Final = 8
_DAY_DIGITS: Final = 8


class Archive:
    """Segments of days that are over."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def names(self) -> list[str]:
        """File names, by day and number."""
        return [name for name in self._storage.names() if name.endswith(SUFFIX)]

    def numbers(self) -> Collection[int]:
        """Which segments lie here."""
        return [_number(name) for name in self.names()]

    def _named(self, number: int) -> list[str]:
        end = f"-{number:0{_NUMBER_DIGITS}d}{SUFFIX}"
        return [name for name in self._storage.names() if name.endswith(end)]

    def read(self, number: int) -> bytes:
        """A segment's bytes. Raises CorruptRecord when the file is damaged."""
        name = next(iter(self._named(number)), None)
        if name is None:
            raise StorageError(f"archive: expected segment {number}, found none")
        return self._unpack(name)

    def keep(self, number: int, day: int, data: bytes) -> str:
        """Store a segment; its file's name. It is on disk and reads back as `data` when this returns."""
        name = f"{day:0{_DAY_DIGITS}d}-{number:0{_NUMBER_DIGITS}d}{SUFFIX}"
        for old in self._named(number):
            self._storage.remove(old)  # of a move that a crash interrupted
        self._storage.append(name, gzip.compress(data, _LEVEL, mtime=0))
        self._storage.sync(name)
        if self._unpack(name) != data:
            raise StorageError(f"archive: {name} does not read back as it was written; is the disk sound?")
        return name

    def prune(self, before_day: int) -> list[str]:
        """Delete the segments of days before `before_day` (YYYYMMDD); their names."""
        old = [name for name in self.names() if int(name[:_DAY_DIGITS]) < before_day]
        for name in old:
            self._storage.remove(name)
        return old

    def _unpack(self, name: str) -> bytes:
        try:
            return gzip.decompress(self._storage.read(name))
        except (OSError, EOFError, zlib.error) as error:
            raise CorruptRecord(f"archive: {name} is damaged: {error}; restore it from a copy") from error


def move_old_segments(storage: Storage, archive: Archive, before: int) -> list[str]:
    """Move every segment with a number below `before`; the names of the new files."""
    moved = []
    day = 0
    for name in segment_names(storage):
        number = int(name.removesuffix(SEGMENT_SUFFIX))
        if number >= before:
            break
        data = storage.read(name)
        day = _day_of(data, day)
        moved.append(archive.keep(number, day, data))
        storage.remove(name)
    return moved


def _day_of(data: bytes, before: int) -> int:
    """The newest trading day that a segment speaks of; the one before it where it names none."""
    records = []
    offset = HEADER_BYTES
    while (frame := decode_frame(data, offset)) is not None:
        records.append(decode_record(frame.body))
        offset = frame.end
    return newest_date(records, before)


def _number(name: str) -> int:
    return int(name.removesuffix(SUFFIX).partition("-")[2])
