"""The storage port: append-only segments of bytes.

The real one (hts.io.files) is a directory of files; tests and the simulation use one in memory that can tear,
fill up and forget what was not synced. Names are plain file names, ordered by name.
"""

from typing import Protocol


class Storage(Protocol):
    """Append-only named segments. Every method raises StorageError when the disk refuses."""

    def names(self) -> list[str]:
        """Names of all segments, sorted."""
        ...

    def read(self, name: str) -> bytes:
        """Whole content of a segment."""
        ...

    def append(self, name: str, data: bytes) -> None:
        """One write at the segment's end; creates the segment. The bytes survive a crash of this process."""
        ...

    def truncate(self, name: str, size: int) -> None:
        """Cut a segment to `size` bytes (a torn tail found at recovery)."""
        ...

    def remove(self, name: str) -> None:
        """Delete a segment whose content lies elsewhere."""
        ...

    def sync(self, name: str) -> None:
        """Return once the segment's bytes survive a power cut; one that was removed needs nothing."""
        ...
