"""A disk in memory that can tear a write, fill up, refuse a sync and forget what was not synced."""

from hts.base.errors import StorageError


class MemoryStorage:
    """hts.base.storage.Storage.

    `room` is the number of bytes that still fit (None: no end): a write beyond it stores what fits and fails.
    """

    def __init__(self, room: int | None = None) -> None:
        self.segments: dict[str, bytearray] = {}
        self.synced: dict[str, int] = {}
        self.writes: list[tuple[str, int]] = []
        self.room = room
        self.sync_error = ""

    def names(self) -> list[str]:
        return sorted(self.segments)

    def read(self, name: str) -> bytes:
        if name not in self.segments:
            raise StorageError(f"{name}: no such segment")
        return bytes(self.segments[name])

    def append(self, name: str, data: bytes) -> None:
        fits = len(data) if self.room is None else min(self.room, len(data))
        self.segments.setdefault(name, bytearray()).extend(data[:fits])
        self.writes.append((name, fits))
        if self.room is not None:
            self.room -= fits
        if fits < len(data):
            raise StorageError(f"{name}: wrote {fits} of {len(data)} bytes: no space left on device")

    def truncate(self, name: str, size: int) -> None:
        assert size <= len(self.segments[name]), (name, size)
        del self.segments[name][size:]
        self.synced[name] = min(self.synced.get(name, 0), size)

    def remove(self, name: str) -> None:
        self.segments.pop(name, None)
        self.synced.pop(name, None)

    def sync(self, name: str) -> None:
        if self.sync_error:
            raise StorageError(f"{name}: {self.sync_error}")
        self.synced[name] = len(self.segments[name])

    def tear(self, name: str, size: int) -> None:
        """A crash in the middle of the last write: only `size` bytes of the segment arrived."""
        del self.segments[name][size:]

    def flip(self, name: str, offset: int, mask: int = 0xFF) -> None:
        """Damage one byte."""
        self.segments[name][offset] ^= mask

    def cut_power(self) -> None:
        """Everything that was not synced is gone."""
        for name in list(self.segments):
            if name in self.synced:
                del self.segments[name][self.synced[name] :]
            else:
                del self.segments[name]
