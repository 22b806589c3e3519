"""What a simulation is given by the composition root: the real parts, and the runner that joins them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from hts.base.storage import Storage
from hts.engine.engine import Engine
from hts.gateway.contract import MarketDataGateway, OrderGateway
from hts.lab.conditions import Conditions
from hts.lab.setting import Membership
from hts.link.server import LinkServer
from hts.model.intents import AnyIntent
from hts.model.queries import AnyQuery
from hts.model.records import AnyRecord
from hts.model.units import Notional
from hts.sim.venue_day import VenueConfig
from hts.wire.fix.shapes import Inspector
from hts.wire.ums.layout import UmsLayout

Change = bytes | str | None
"""Of a connection: bytes arrived, it is gone for a reason, or it stands (None)."""


class Left(Struct, frozen=True, kw_only=True):
    """A request that leaves the core, as its bytes say it: to enter, to amend (`is_cancel` False) or to cancel."""

    name: str
    cl_ord_id: int
    account: str
    is_cancel: bool


Tap = Callable[[str, bytes | Left], None]
"""Hears ("in", "out") each frame between core and venue: of UMS as it is, of other protocols what it asks for."""


class LinePort(Protocol):
    """A connection to the venue."""

    def dial(self, host: int = 0) -> None: ...

    def hangup(self, reason: str) -> None: ...

    def send(self, data: bytes) -> None: ...


class JournalPort(Protocol):
    """The journal's writer."""

    @property
    def segment(self) -> str: ...

    def append_many(self, records: Sequence[AnyRecord]) -> None: ...


class AskPort(Protocol):
    """Sends single datagrams to the feed's re-request server."""

    def send(self, data: bytes) -> None: ...


class SyncPort(Protocol):
    """The disk's sync."""

    def mark_dirty(self, name: str) -> None: ...

    def sync_then(self, name: str, token: int) -> None: ...


class RunnerPort(Protocol):
    """hts.app.runner.Runner: everything that may happen to a core."""

    def start(self, mono_ns: int, wall_ns: int) -> None: ...

    def on_wish(self, client: int, wish: AnyIntent | AnyQuery, mono_ns: int) -> None: ...

    def on_clients(self, count: int, mono_ns: int) -> None: ...

    def on_order_line(self, venue: str, change: Change, mono_ns: int) -> None: ...

    def on_copy_line(self, venue: str, change: Change, mono_ns: int) -> None: ...

    def on_recovery_line(self, venue: str, change: Change, mono_ns: int) -> None: ...

    def on_datagram(self, venue: str, line: str, data: bytes, mono_ns: int) -> None: ...

    def on_synced(self, token: int, mono_ns: int) -> None: ...

    def on_journal_failed(self, detail: str, mono_ns: int) -> None: ...

    def on_time(self, mono_ns: int) -> None: ...

    def next_timer_ns(self) -> int | None: ...


class VenuePorts:
    """One venue of a core process: its gateways and their lines; `copies` where the core listens to a drop copy."""

    def __init__(
        self,
        *,
        orders: OrderGateway,
        order_line: LinePort,
        market_data: MarketDataGateway,
        recovery_line: LinePort,
        requests: AskPort,
        copies: OrderGateway | None = None,
        copy_line: LinePort | None = None,
    ) -> None:
        self.orders = orders
        self.order_line = order_line
        self.market_data = market_data
        self.recovery_line = recovery_line
        self.requests = requests
        self.copies = copies
        self.copy_line = copy_line


class CorePorts:
    """One core process: what it is made of and what it acts on."""

    def __init__(
        self,
        *,
        engine: Engine,
        venues: Mapping[str, VenuePorts],
        journal: JournalPort,
        link: LinkServer,
        syncer: SyncPort,
        start_ns: int,
        now_ns: Callable[[], int],
    ) -> None:
        self.engine = engine
        self.venues = venues
        self.journal = journal
        self.link = link
        self.syncer = syncer
        self.start_ns = start_ns
        self.now_ns = now_ns


class Parts(Protocol):
    """Builds the real parts for each process that starts."""

    currency: str  # of the account, and of all that is traded
    cash: Notional
    has_copies: bool  # whether the core listens to the venues' drop copies
    reader_inspector: Inspector | None  # of FIX 4.4: who reads the drop copy at the end; None where that is UMS

    @property
    def ums(self) -> UmsLayout: ...

    def membership(self, venue: str) -> Membership:
        """How the house is connected with a venue."""
        ...

    def engine(self, market_data: Mapping[str, MarketDataGateway]) -> Engine: ...

    def orders(self, venue: str, market_data: MarketDataGateway, storage: Storage, tap: Tap) -> OrderGateway:
        """The order gateway; the feed's may know what orders have to be called, a FIX session keeps its numbers."""
        ...

    def copies(self, venue: str, storage: Storage) -> OrderGateway | None:
        """The drop copy session, which keeps its numbers in the storage; None for a core without one."""
        ...

    def market_data(self, venue: str) -> MarketDataGateway: ...

    def runner(self, ports: CorePorts) -> RunnerPort: ...

    def venue(self, name: str, seed: int, conditions: Conditions, storage: Storage) -> VenueConfig:
        """Its settings; `storage` is for the numbers of its FIX sessions."""
        ...
