"""One venue of the core process: its two gateways, and the sockets that feed them."""

from collections.abc import Callable
from ssl import SSLContext
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hts.app import tables
from hts.app.config import VenueSettings
from hts.app.core_shell import VenueLine
from hts.app.gateway_use import hosts, redial_plan
from hts.app.krx_gateway import GatewaySettings
from hts.app.runner import Runner, Venue
from hts.app.venue_ports import venue_ports
from hts.gateway.contract import MarketDataGateway, OrderGateway
from hts.gateway.krx_md import KrxMdGateway, MdConfig
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.io.streams import HOST
from hts.io.tcp import TcpClient
from hts.io.udp import UdpReceiver
from hts.rules.market_rules import MarketRules
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.mdcs.records import TickSource
from hts.wire.ums.layout import UmsLayout

MS: Final = 1_000_000
LINES: Final = ("A", "B")
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
        self.orders: OrderGateway = KrxUmsGateway(
            UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums")),
            _ums_config(name, settings, live),
        )
        addresses = hosts(live.settings) if live else [(HOST, self._ports.order_entry)]
        self.order_line = TcpClient(VenueLine(self._on_order_line), addresses, tls=live.tls if live else None)
        self.recovery_line = TcpClient(VenueLine(self._on_recovery_line), [(HOST, self._ports.recovery)])
        self._receivers = {line: UdpReceiver(self._on_datagram(line)) for line in LINES}

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
