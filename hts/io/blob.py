"""A small file that is replaced as a whole: whoever reads it finds the old content or the new one, never a mixture."""

import os
import sys
from pathlib import Path

from hts.base.errors import StorageError


class FileBlob:
    """One file, readable by its user alone. Its directory is made, private to the user, when it is missing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> bytes | None:
        """The content; None when there is no file. Raises StorageError."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refused("cannot read", error) from error

    def replace(self, data: bytes) -> None:
        """Return once the new content survives a power cut. Raises StorageError; then the old content stands."""
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(beside, flags, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            _sync_directory(self._path.parent)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise self._refused(f"cannot write {len(data)} bytes", error) from error

    def _refused(self, what: str, error: OSError) -> StorageError:
        return StorageError(f"{self._path}: {what}: {error.strerror or error}")


if sys.platform == "win32":

    def _sync_directory(directory: Path) -> None:
        """Nothing to do: a directory cannot be opened for a sync here."""

else:

    def _sync_directory(directory: Path) -> None:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
