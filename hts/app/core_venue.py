"""One venue of the core process: its two gateways, and the sockets that feed them."""

from collections.abc import Callable
from ssl import SSLContext
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hts.app import tables
from hts.app.config import VenueSettings
from hts.app.core_shell import VenueLine
from hts.app.fix_tables import load_dictionary
from hts.app.gateway_use import hosts, redial_plan
from hts.app.krx_gateway import GatewaySettings
from hts.app.runner import Runner, Venue
from hts.app.venue_ports import venue_ports
from hts.base.storage import Storage
from hts.gateway.contract import MarketDataGateway, OrderGateway
from hts.gateway.fix import FixConfig, FixOrderGateway
from hts.gateway.krx_md import KrxMdGateway, MdConfig
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.io.clock import SystemClock
from hts.io.streams import HOST
from hts.io.tcp import TcpClient
from hts.io.udp import UdpReceiver
from hts.rules.dates import krx_date
from hts.rules.market_rules import MarketRules
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.store import FixStore
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.mdcs.records import TickSource
from hts.wire.ums.layout import UmsLayout

MS: Final = 1_000_000
LINES: Final = ("A", "B")
FIX_PROFILES: Final = {"fix44": ("FIX.4.4", "OE44"), "fix50": ("FIXT.1.1", "OE50")}
Do = Callable[[Callable[[Runner, int], None]], None]


class LiveLine(Struct, frozen=True, kw_only=True):
    """The exchange's own hosts for the order line, and how to speak to them."""

    settings: GatewaySettings
    tls: SSLContext | None


class CoreVenue:
    """Gateways, connections and feed lines of one venue. `on_logged_out` hears when the order connection has closed."""

    def __init__(
        self,
        name: str,
        *,
        settings: VenueSettings,
        rules: MarketRules,
        ticks: TickSource,
        do: Do,
        on_logged_out: Callable[[str], None],
        live: LiveLine | None = None,
        fix_storage: Storage | None = None,
    ) -> None:
        self.name = name
        self._do = do
        self._on_logged_out = on_logged_out
        self._ports = venue_ports(settings.port_base, name)
        self.market_data: MarketDataGateway = KrxMdGateway(
            MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs")),
            MdConfig(venue=name),
            ticks,
            names_ja=rules.names_ja,
        )
        self.orders = self._order_gateway(settings, live, fix_storage)
        port = self._ports.order_entry if settings.order_protocol == "native" else self._ports.fix_orders
        addresses = hosts(live.settings) if live else [(HOST, port)]
        self.order_line = TcpClient(VenueLine(self._on_order_line), addresses, tls=live.tls if live else None)
        self.recovery_line = TcpClient(VenueLine(self._on_recovery_line), [(HOST, self._ports.recovery)])
        self._receivers = {line: UdpReceiver(self._on_datagram(line)) for line in LINES}

    def _order_gateway(
        self, settings: VenueSettings, live: LiveLine | None, fix_storage: Storage | None
    ) -> OrderGateway:
        """The venue's own protocol, or FIX where the settings want it; a live exchange has its own."""
        if live is not None or settings.order_protocol == "native":
            layout = UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums"))
            return KrxUmsGateway(layout, _ums_config(self.name, settings, live))
        begin_string, profile = FIX_PROFILES[settings.order_protocol]
        comp_id = f"{settings.member}-{profile}"
        clock = SystemClock()
        config = FixConfig(
            venue=self.name,
            sender_comp_id=comp_id,
            target_comp_id=self.name,
            password=settings.password,
            heartbeat_s=max(1, settings.heartbeat_ms // 1000),
            wall_offset_ns=clock.wall_ns() - clock.mono_ns(),
            speed_milli=int(settings.speed * 1000),
        )
        store = FixStore(fix_storage, f"{self.name}-{comp_id}")
        return FixOrderGateway(config, Inspector(load_dictionary(begin_string)), lambda _symbol: 0, krx_date, store)

    async def listen(self) -> None:
        """Receive both feed lines. Raises ConfigError when a port is busy."""
        for line, receiver in self._receivers.items():
            await receiver.listen(self._ports.line(line))

    def for_runner(self) -> Venue:
        """The venue as the runner sees it."""
        return Venue(
            orders=self.orders,
            order_line=self.order_line,
            market_data=self.market_data,
            recovery_line=self.recovery_line,
        )

    def stop(self) -> None:
        """Close everything."""
        for receiver in self._receivers.values():
            receiver.stop()
        self.order_line.stop()
        self.recovery_line.stop()

    def _on_order_line(self, change: bytes | str | None) -> None:
        if isinstance(change, str):
            self._on_logged_out(self.name)
        self._do(lambda runner, now: runner.on_order_line(self.name, change, now))

    def _on_recovery_line(self, change: bytes | str | None) -> None:
        self._do(lambda runner, now: runner.on_recovery_line(self.name, change, now))

    def _on_datagram(self, line: str) -> Any:
        return lambda data: self._do(lambda runner, now: runner.on_datagram(self.name, line, data, now))


def _ums_config(venue: str, settings: VenueSettings, live: LiveLine | None) -> UmsConfig:
    """The member's session; a live one by the exchange's file."""
    config = UmsConfig(
        venue=venue,
        comp_id=settings.member,
        password=settings.password,
        heartbeat_ns=settings.heartbeat_ms * MS,
    )
    if live is None:
        return config
    told = live.settings
    return replace(
        config,
        comp_id=told.sender_comp_id or config.comp_id,
        venue_comp_id=told.target_comp_id,
        heartbeat_ns=told.heartbeat_ns,
        logon_timeout_ns=told.logon_timeout_ns,
        redial=redial_plan(told),
    )
