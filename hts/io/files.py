"""The storage port on a directory of files.

Each segment's descriptor is opened once and stays open: an append is one `write()` and nothing else, and the sync
thread may use the same descriptor at the same time. Nothing is closed before `close()`.

Files that grow by small appends have blocks reserved behind their end, where the system can (Linux). Else each append
may need a block, the sync has to commit that to the file system's own journal, and the next append waits for the
commit: with a sync every 4 ms, of 4,000 appends 17 to 47 took over 5 ms, with reserved blocks none. A file's size is
that of its bytes all the same; what is left over is given back when the next file is begun, and at the end.
"""

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from hts.base.errors import StorageError

_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


RESERVED_BYTES: Final = 4 << 20
_RESERVED_LOW: Final = RESERVED_BYTES // 4  # with less than this left, reserve again
_FREE_PER_RESERVED: Final = 16  # never the last of a disk


class FileStorage:
    """hts.base.storage.Storage. The directory is made, private to the user, when it is missing.

    `growing` is the suffix of the names that grow by small appends and are synced all the time.
    """

    def __init__(self, directory: Path, growing: str = "") -> None:
        self._directory = directory
        self._growing = growing
        self._reserved: dict[str, int] = {}  # up to which byte blocks are reserved
        self._descriptors: dict[str, int] = {}
        self._new: set[str] = set()  # segments whose directory entry is not yet on disk
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(directory, "cannot make the directory", error) from error

    def names(self) -> list[str]:
        try:
            return sorted(entry.name for entry in self._directory.iterdir() if entry.is_file())
        except OSError as error:
            raise _refused(self._directory, "cannot list the directory", error) from error

    def read(self, name: str) -> bytes:
        try:
            return (self._directory / name).read_bytes()
        except OSError as error:
            raise _refused(self._directory / name, "cannot read", error) from error

    def append(self, name: str, data: bytes) -> None:
        descriptor = self._descriptor(name)
        try:
            written = os.write(descriptor, data)
        except OSError as error:
            raise _refused(self._directory / name, f"cannot write {len(data)} bytes", error) from error
        if written != len(data):
            raise StorageError(
                f"{self._directory / name}: wrote {written} of {len(data)} bytes; is the disk full? Free some space"
            )

    def truncate(self, name: str, size: int) -> None:
        descriptor = self._descriptor(name)
        self._reserved.pop(name, None)
        try:
            os.ftruncate(descriptor, size)
        except OSError as error:
            raise _refused(self._directory / name, f"cannot cut to {size} bytes", error) from error

    def remove(self, name: str) -> None:
        descriptor = self._descriptors.pop(name, None)
        if descriptor is not None:
            os.close(descriptor)
        self._new.discard(name)
        self._reserved.pop(name, None)
        try:
            (self._directory / name).unlink(missing_ok=True)
            _sync_directory(self._directory)
        except OSError as error:
            raise _refused(self._directory / name, "cannot remove", error) from error

    def sync(self, name: str) -> None:
        if name not in self._descriptors and not (self._directory / name).exists():
            return  # removed meanwhile; opening it would make it again
        descriptor = self._descriptor(name)
        try:
            _sync_data(descriptor)
            if name in self._new:
                _sync_directory(self._directory)
                self._new.discard(name)
        except OSError as error:
            raise _refused(self._directory / name, "cannot sync to disk", error) from error
        if self._growing and name.endswith(self._growing):
            self._reserve(name, descriptor)

    def _reserve(self, name: str, descriptor: int) -> None:
        """In the sync's thread: reserving takes as long as a sync may."""
        with suppress(OSError):  # then appends go on without
            size = os.fstat(descriptor).st_size
            if self._reserved.get(name, 0) - size < _RESERVED_LOW:
                self._reserved[name] = size + RESERVED_BYTES
                _reserve_blocks(descriptor, size, RESERVED_BYTES)

    def _give_back(self) -> None:
        """In the thread that appends, and never while it could: a cut to the size that a file has frees the rest."""
        for name in list(self._reserved):
            descriptor = self._descriptors.get(name)
            with suppress(OSError):  # then it is only room that is lost
                if descriptor is not None:
                    os.ftruncate(descriptor, os.fstat(descriptor).st_size)
            self._reserved.pop(name, None)

    def close(self) -> None:
        """Close every descriptor; the storage opens them again when it is used again."""
        self._give_back()
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()

    def _descriptor(self, name: str) -> int:
        descriptor = self._descriptors.get(name)
        return self._open(name) if descriptor is None else descriptor

    def _open(self, name: str) -> int:
        path = self._directory / name
        try:
            is_new = not path.exists()
            descriptor = os.open(path, _FLAGS, 0o600)
        except OSError as error:
            raise _refused(path, "cannot open", error) from error
        if is_new:
            self._new.add(name)
            self._give_back()
        self._descriptors[name] = descriptor
        return descriptor


def _refused(path: Path, what: str, error: OSError) -> StorageError:
    return StorageError(f"{path}: {what}: {error.strerror or error}")


if sys.platform == "linux":
    _KEEP_SIZE: Final = 1  # linux/falloc.h
    _fallocate: Final = getattr(ctypes.CDLL(None), "fallocate", None)  # the module `os` has none that keeps the size

    def _reserve_blocks(descriptor: int, start: int, count: int) -> None:
        """Where the file system cannot, or has little room, appends go on without."""
        room = os.fstatvfs(descriptor)
        if _fallocate is not None and room.f_bavail * room.f_frsize > _FREE_PER_RESERVED * count:
            _fallocate(descriptor, _KEEP_SIZE, ctypes.c_int64(start), ctypes.c_int64(count))

    def _sync_data(descriptor: int) -> None:
        os.fdatasync(descriptor)

    def _sync_directory(directory: Path) -> None:
        """A new file survives a power cut only once its directory entry does."""
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

else:

    def _reserve_blocks(descriptor: int, start: int, count: int) -> None:
        """Nothing to do: elsewhere there is no such call."""

    def _sync_data(descriptor: int) -> None:
        os.fsync(descriptor)

    def _sync_directory(directory: Path) -> None:
        """Nothing to do: a directory cannot be opened for a sync here."""
