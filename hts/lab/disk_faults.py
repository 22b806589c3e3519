"""What a disk can do to a core: tear a write, run full, turn read-only, become slow."""

from collections.abc import Callable
from random import Random

from hts.base.errors import StorageError
from hts.lab.core_ports import CoreDied
from hts.lab.disk import Disk
from hts.lab.faults import Fault, Faults

SLOW_NS = (50_000_000, 800_000_000)


class DiskFaults:
    """Hooks into the disk's writes until the process that met them is replaced."""

    def __init__(self, disk: Disk, rng: Random, faults: Faults) -> None:
        self._disk = disk
        self._rng = rng
        self._faults = faults

    def repair(self) -> None:
        """A new process finds a disk that works."""
        self._disk.torn = None
        self._disk.is_read_only = False

    def tear(self) -> None:
        """The process dies in the middle of its next write."""
        if self._faults.allowed(Fault.TORN_WRITE):
            self._disk.torn = self._tear

    def refuse(self, on_refused: Callable[[], None]) -> None:
        """The next write does not fit, or nothing can be written any more. `on_refused`: somebody will look at it."""
        if self._rng.randrange(2) and self._faults.allowed(Fault.READ_ONLY):
            self._disk.is_read_only = True
            on_refused()
        elif self._faults.allowed(Fault.DISK_FULL):

            def full(name: str, data: bytes) -> None:
                self._disk.store(name, data[: self._rng.randrange(len(data))])
                self._disk.torn = None
                on_refused()
                raise StorageError("no space left on device")

            self._disk.torn = full

    def slow_ns(self) -> int:
        """By how much a sync takes longer from now on."""
        return self._rng.randrange(*SLOW_NS) if self._faults.allowed(Fault.SLOW_DISK) else 0

    def _tear(self, name: str, data: bytes) -> None:
        self._disk.store(name, data[: self._rng.randrange(len(data))])
        raise CoreDied
