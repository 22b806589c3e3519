"""A disk in memory whose owner can die in the middle of a write, or lose what was not synced."""

from collections.abc import Callable

from hts.base.errors import StorageError


class Disk:
    """hts.base.storage.Storage.

    `torn(name, data)` is called before each write: it may store a part of the data and let the writer die by raising.
    """

    def __init__(self) -> None:
        self._segments: dict[str, bytearray] = {}
        self._synced: dict[str, int] = {}
        self.torn: Callable[[str, bytes], None] | None = None
        self.is_read_only = False

    def names(self) -> list[str]:
        """Sorted."""
        return sorted(self._segments)

    def read(self, name: str) -> bytes:
        """Raises StorageError when there is no such segment."""
        if name not in self._segments:
            raise StorageError(f"{name}: expected a segment, found none")
        return bytes(self._segments[name])

    def append(self, name: str, data: bytes) -> None:
        """One write; the hook may let the writer die half way."""
        self._refuse_read_only(name)
        if self.torn is not None:
            self.torn(name, data)
        self.store(name, data)

    def store(self, name: str, data: bytes) -> None:
        """Bytes that reached the disk."""
        self._segments.setdefault(name, bytearray()).extend(data)

    def truncate(self, name: str, size: int) -> None:
        """Cut a segment."""
        self._refuse_read_only(name)
        del self._segments[name][size:]
        self._synced[name] = min(self._synced.get(name, 0), size)

    def remove(self, name: str) -> None:
        """Delete a file."""
        self._refuse_read_only(name)
        self._segments.pop(name, None)
        self._synced.pop(name, None)

    def sync(self, name: str) -> None:
        """What is there now survives a power cut."""
        self._refuse_read_only(name)
        if name in self._segments:
            self._synced[name] = len(self._segments[name])

    def _refuse_read_only(self, name: str) -> None:
        if self.is_read_only:
            raise StorageError(f"{name}: read-only file system")

    def cut_power(self) -> None:
        """Forget everything that was not synced."""
        for name in list(self._segments):
            del self._segments[name][self._synced.get(name, 0) :]
            if not self._segments[name]:
                del self._segments[name]
