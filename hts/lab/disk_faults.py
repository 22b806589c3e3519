"""What a disk can do to a core: tear a write, run full, turn read-only, become slow."""

from collections.abc import Callable
from functools import partial
from random import Random

from hts.base.errors import StorageError
from hts.lab.core_ports import CoreDied
from hts.lab.disk import Disk
from hts.lab.faults import Fault, Faults

SLOW_NS = (50_000_000, 800_000_000)


class DiskFaults:
    """Hooks into the writes until the process that met them is replaced. `disks` are folders of the same one."""

    def __init__(self, disks: tuple[Disk, ...], rng: Random, faults: Faults) -> None:
        self._disks = disks
        self._rng = rng
        self._faults = faults

    def repair(self) -> None:
        """A new process finds a disk that works."""
        for disk in self._disks:
            disk.torn = None
            disk.is_read_only = False

    def tear(self) -> None:
        """The process dies in the middle of its next write."""
        if self._faults.allowed(Fault.TORN_WRITE):
            for disk in self._disks:
                disk.torn = partial(self._tear, disk)

    def refuse(self, on_refused: Callable[[], None]) -> None:
        """The next write does not fit, or nothing can be written any more. `on_refused`: somebody will look at it."""
        if self._rng.randrange(2) and self._faults.allowed(Fault.READ_ONLY):
            for disk in self._disks:
                disk.is_read_only = True
            on_refused()
        elif self._faults.allowed(Fault.DISK_FULL):
            for disk in self._disks:
                disk.torn = partial(self._fill, disk, on_refused)

    def slow_ns(self) -> int:
        """By how much a sync takes longer from now on."""
        return self._rng.randrange(*SLOW_NS) if self._faults.allowed(Fault.SLOW_DISK) else 0

    def _fill(self, disk: Disk, on_refused: Callable[[], None], name: str, data: bytes) -> None:
        disk.store(name, data[: self._rng.randrange(len(data))])
        for one in self._disks:
            one.torn = None
        on_refused()
        raise StorageError("no space left on device")

    def _tear(self, disk: Disk, name: str, data: bytes) -> None:
        disk.store(name, data[: self._rng.randrange(len(data))])
        raise CoreDied
