"""What listens on one TCP port of a venue, without I/O: order entry of any protocol, market data on request, drop copy.

A service turns bytes of its clients into commands for the exchange, and hears every event of the exchange. It never
asks the exchange for anything by itself: the venue writes a service's commands down first, then carries them out.
After a restart the venue feeds the day's commands to `restore` and its events to `on_events` once more, so numbers and
names that follow from them need no storage of their own.

    each command out of the log:  restore(command), then on_events(what the exchange makes of it)
    after each call of the shell: data_to_send(), closing(); then the shell says `disconnected` for what it closed
"""

from collections.abc import Iterable
from typing import Protocol

from hts.model.instruments import Instrument
from hts.sim.commands import AnyCommand, Command
from hts.sim.events import SimEvent


class Service(Protocol):
    """One port. Both times are given to every call: `trade_ns` of the venue, `mono_ns` of the machine."""

    def connected(self, conn: int, trade_ns: int, mono_ns: int) -> None:
        """A connection was accepted."""
        ...

    def receive_data(self, conn: int, data: bytes, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Bytes from a client, in any cut; what the exchange is asked to do, in order."""
        ...

    def disconnected(self, conn: int, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """A connection is gone; cancel on disconnect is a command like any other."""
        ...

    def on_timer(self, trade_ns: int, mono_ns: int) -> list[AnyCommand]:
        """Heartbeats and time-outs that are due; early and late calls are harmless."""
        ...

    def next_timer_ns(self) -> int | None:
        """Monotonic time of the next `on_timer`, 0 for at once, None when nothing is due."""
        ...

    def restore(self, command: Command) -> None:
        """A command out of the log: its number and its names are used up."""
        ...

    def on_events(self, events: Iterable[SimEvent], trade_ns: int, mono_ns: int) -> None:
        """All events of the exchange, in order."""
        ...

    def roll(self, instruments: tuple[Instrument, ...], epoch: int, mono_ns: int) -> None:
        """A new day begins: everyone logs on anew."""
        ...

    def data_to_send(self) -> list[tuple[int, bytes]]:
        """Bytes for each connection since the last call."""
        ...

    def closing(self) -> list[int]:
        """Connections to close once their bytes are written; each is named once."""
        ...

    def reasons(self) -> list[str]:
        """Why clients were refused or cut off, one line each, since the last call."""
        ...

    def sequence_numbers(self) -> dict[str, tuple[int, int]]:
        """Next number in, as commands carry it, and next number out, by session; saved with a checkpoint."""
        ...
