"""One venue of the core process: its two gateways, and the sockets that feed them."""

from collections.abc import Callable
from typing import Any, Final

from hts.app.config import VenueSettings
from hts.app.core_feeds import asks_by_datagram, book_ids_of, market_data_gateway
from hts.app.core_gateways import LiveLine, drop_copy, order_gateway, order_protocol, orders_by_fix
from hts.app.core_shell import VenueLine
from hts.app.gateway_use import hosts
from hts.app.runner import Runner
from hts.app.runner_ports import Venue
from hts.app.venue_ports import venue_ports
from hts.base.storage import Storage
from hts.io import outbound
from hts.io.inputs import Inputs
from hts.io.loopback import HOST
from hts.io.tcp import TcpClient
from hts.io.udp import UdpAsker, UdpReceiver
from hts.rules.market_rules import MarketRules
from hts.wire.fix.signing import Sign
from hts.wire.mdcs.records import TickSource

LINES: Final = ("A", "B")
RETRANSMITTED: Final = "R"
REPORTS_BYTES: Final = 2_048  # of an order line or a drop copy per turn of the loop: up to ten reports
Do = Callable[[Callable[[Runner, int], None]], None]


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
        inputs: Inputs,
        on_logged_out: Callable[[str], None],
        account: str,
        running: str,
        live: LiveLine | None = None,
        fix_storage: Storage | None = None,
        sign: Sign | None = None,
    ) -> None:
        self.name = name
        self._do = do
        self._on_logged_out = on_logged_out
        self._ports = venue_ports(settings.port_base, name)
        self.market_data = market_data_gateway(name, ticks, rules, settings)
        self.orders = order_gateway(
            name,
            settings,
            account,
            live,
            fix_storage,
            running=running,
            book_ids=book_ids_of(self.market_data),
            sign=sign,
        )
        port = self._ports.fix_orders if orders_by_fix(settings) else self._ports.order_entry
        self._protocol = order_protocol(name, settings, is_live=live is not None)
        addresses = hosts(live.settings) if live else [(HOST, port)]
        outbound.allow(addresses)
        # The exchange's own drop copy is not known; a paper core listens to the simulator's.
        self.copies = None if live or not settings.copies else drop_copy(name, settings, fix_storage, running, sign)
        self.copy_line = TcpClient(
            VenueLine(self._on_copy_line), [(HOST, self._ports.drop_copy)], slice_bytes=REPORTS_BYTES
        )
        outbound.allow([(HOST, self._ports.drop_copy)])
        tls = live.tls if live else None
        self.order_line = TcpClient(
            VenueLine(self._on_order_line),
            addresses,
            tls=tls,
            server_name=live.settings.server_name if live else "",
            inputs=inputs,
            slice_bytes=REPORTS_BYTES,
        )
        self.recovery_line = TcpClient(VenueLine(self._on_recovery_line), [(HOST, self._ports.recovery)])
        self._requests = (
            UdpAsker(self._ports.recovery, self._on_datagram(RETRANSMITTED)) if asks_by_datagram(name) else None
        )
        self._receivers = {line: UdpReceiver(self._on_datagram(line), inputs.wait) for line in LINES}

    async def listen(self) -> None:
        """Receive both feed lines. Raises ConfigError when a port is busy."""
        for line, receiver in self._receivers.items():
            await receiver.listen(self._ports.line(line))
        if self._requests is not None:
            await self._requests.open()

    def for_runner(self) -> Venue:
        """The venue as the runner sees it."""
        return Venue(
            orders=self.orders,
            order_line=self.order_line,
            market_data=self.market_data,
            recovery_line=self.recovery_line,
            requests=self._requests,
            protocol=self._protocol,
            copies=self.copies,
            copy_line=self.copy_line if self.copies is not None else None,
        )

    def stop(self) -> None:
        """Close everything."""
        for receiver in self._receivers.values():
            receiver.stop()
        if self._requests is not None:
            self._requests.stop()
        self.order_line.stop()
        self.copy_line.stop()
        self.recovery_line.stop()

    def _on_order_line(self, change: bytes | str | None) -> None:
        if isinstance(change, str):
            self._on_logged_out(self.name)
        self._do(lambda runner, now: runner.on_order_line(self.name, change, now))

    def _on_copy_line(self, change: bytes | str | None) -> None:
        self._do(lambda runner, now: runner.on_copy_line(self.name, change, now))

    def _on_recovery_line(self, change: bytes | str | None) -> None:
        self._do(lambda runner, now: runner.on_recovery_line(self.name, change, now))

    def _on_datagram(self, line: str) -> Any:
        return lambda data: self._do(lambda runner, now: runner.on_datagram(self.name, line, data, now))
