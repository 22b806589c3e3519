"""The storage port on a directory of files.

Each segment's descriptor is opened once and stays open: an append is one `write()` and nothing else, and the sync
thread may use the same descriptor at the same time. Nothing is closed before `close()`.
"""

import os
import sys
from pathlib import Path
from typing import Final

from hts.base.errors import StorageError

_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class FileStorage:
    """hts.base.storage.Storage. The directory is made, private to the user, when it is missing."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
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
        try:
            os.ftruncate(descriptor, size)
        except OSError as error:
            raise _refused(self._directory / name, f"cannot cut to {size} bytes", error) from error

    def remove(self, name: str) -> None:
        descriptor = self._descriptors.pop(name, None)
        if descriptor is not None:
            os.close(descriptor)
        self._new.discard(name)
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

    def close(self) -> None:
        """Close every descriptor; the storage opens them again when it is used again."""
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
        self._descriptors[name] = descriptor
        return descriptor


def _refused(path: Path, what: str, error: OSError) -> StorageError:
    return StorageError(f"{path}: {what}: {error.strerror or error}")


if sys.platform == "linux":

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

    def _sync_data(descriptor: int) -> None:
        os.fsync(descriptor)

    def _sync_directory(directory: Path) -> None:
        """Nothing to do: a directory cannot be opened for a sync here."""
