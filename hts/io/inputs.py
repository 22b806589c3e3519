"""Whether bytes wait on one of some connections, asked between two pieces of other work.

A loop learns of what has arrived once per turn. Who works off a burst in between (hts.io.udp) asks here, and leaves
the rest of it for later when an order or a report has come meanwhile: a look takes about a microsecond.
"""

import select
from typing import Any


class Inputs:
    """Connections to look at, by their descriptors. Where the system has no poll(2) nothing ever waits."""

    def __init__(self) -> None:
        make: Any = getattr(select, "poll", None)
        self._poll: Any = make() if make is not None else None
        self._owners: dict[int, object] = {}

    def add(self, descriptor: int, owner: object) -> None:
        """Look at this one too, until `remove`."""
        if self._poll is not None:
            self._poll.register(descriptor, select.POLLIN)
            self._owners[descriptor] = owner

    def remove(self, descriptor: int, owner: object) -> None:
        """Look no more. An encrypted connection says so when its number is free already, or somebody else's by now."""
        if self._owners.get(descriptor) is owner:
            del self._owners[descriptor]
            self._poll.unregister(descriptor)

    def wait(self) -> bool:
        """Whether bytes wait now, or the end of a connection."""
        return bool(self._owners) and bool(self._poll.poll(0))
