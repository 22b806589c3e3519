"""What the runner is joined to: lines, the journal, the disk's syncer, and the gateways of each venue."""

from collections.abc import Sequence
from typing import Protocol

from hts.gateway.contract import MarketDataGateway, OrderGateway
from hts.model.records import AnyRecord


class Line(Protocol):
    """A connection to a venue. The shell answers `dial` and `hangup` by calling the runner."""

    def dial(self, host: int = 0) -> None: ...

    def hangup(self, reason: str) -> None: ...

    def send(self, data: bytes) -> None: ...


class Asker(Protocol):
    """Sends single datagrams; what comes back is given to `on_datagram` as line R."""

    def send(self, data: bytes) -> None: ...


class Journal(Protocol):
    """hts.journal.writer.JournalWriter."""

    @property
    def segment(self) -> str: ...

    def append_many(self, records: Sequence[AnyRecord]) -> None: ...


class SyncPort(Protocol):
    """hts.io.syncer.Syncer."""

    def mark_dirty(self, name: str) -> None: ...

    def sync_then(self, name: str, token: int) -> None: ...


class Venue:
    """One venue as the runner sees it: two gateways and their lines.

    `requests`: of feeds that ask by datagram; `protocol`: the orders', as decoders call it; `copies`: the drop copy,
    where the venue has one, with its line.
    """

    def __init__(
        self,
        *,
        orders: OrderGateway,
        order_line: Line,
        market_data: MarketDataGateway,
        recovery_line: Line,
        requests: Asker | None = None,
        protocol: str = "",
        copies: OrderGateway | None = None,
        copy_line: Line | None = None,
    ) -> None:
        assert (copies is None) == (copy_line is None), orders.venue
        self.copies = copies
        self.copy_line = copy_line
        self.name = orders.venue
        self.protocol = protocol
        self.orders = orders
        self.order_line = order_line
        self.market_data = market_data
        self.recovery_line = recovery_line
        self.requests = requests
