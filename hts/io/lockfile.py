"""A file that one process holds for as long as it lives, and that says who that is.

The operating system gives the lock back when the holder dies, however it dies, so a stale file of a dead process
needs no guessing about process ids: it simply is not locked.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Final

from msgspec import Struct

from hts.base.errors import ConfigError

# Windows locks bytes and forbids reading them: lock one far behind the text.
_LOCKED_BYTE: Final = 1 << 30

TRIES: Final = 10
TRY_PAUSE_S: Final = 0.01


class Holder(Struct, frozen=True, kw_only=True):
    """Who holds a lock."""

    pid: int
    build: str


class LockFile:
    """One lock. Keep the object for as long as the lock is wanted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, build: str) -> bool:
        """Take the lock and write who we are; False when another process holds it. Raises ConfigError."""
        assert self._descriptor is None, "acquired twice"
        descriptor = self._open()
        tries = 1
        while not _try_lock(descriptor):
            # Somebody who only looks holds it for an instant.
            if tries == TRIES:
                os.close(descriptor)
                return False
            tries += 1
            time.sleep(TRY_PAUSE_S)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"pid": os.getpid(), "build": build}).encode())
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would race with the next holder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """Who holds the lock now; None when nobody does. A holder that is just writing its name has pid 0."""
        if not self._path.exists():
            return None
        descriptor = self._open()
        try:
            if _try_lock(descriptor):
                return None
            return _read_holder(descriptor)
        finally:
            os.close(descriptor)  # and with it the lock, when it was free

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            return os.open(self._path, flags, 0o600)
        except OSError as error:
            raise ConfigError(f"{self._path}: cannot open the lock file: {error.strerror or error}") from error


def _read_holder(descriptor: int) -> Holder:
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        found = json.loads(os.read(descriptor, 4096))
        return Holder(pid=int(found["pid"]), build=str(found["build"]))
    except (ValueError, KeyError, TypeError):
        return Holder(pid=0, build="")


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
