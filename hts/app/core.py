"""The core process: recover from the journal, listen for terminals, log on at the venue, trade.

Exit status: 0 after an orderly stop, 2 when starting again would not help (settings, a busy port, a damaged journal,
another core in this home), 1 after a fault of ours. A fault ends the process at once, whatever it was doing: the
journal holds every fact already, and a core that goes on after a broken assertion is worse than one that restarts.
"""

import argparse
import asyncio
import json
import os
import sys
import traceback
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from hts.app import tables
from hts.app.build import build_name
from hts.app.config import Config, load_config, with_port_base
from hts.app.core_shell import CoreShell, VenueLine
from hts.app.log import log_line
from hts.app.paths import HomePaths, home_directory, home_paths, prepare_home, read_or_make_token
from hts.app.runner import Runner, Venue
from hts.app.timers import Timers
from hts.app.trade_clock import TradeClock
from hts.app.tune import tune_gc
from hts.base.errors import ConfigError
from hts.engine.config import AccountConfig, EngineConfig
from hts.engine.engine import Engine
from hts.gateway.krx_md import KrxMdGateway, MdConfig
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.io import loop, unix
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.io.priority import raise_priority
from hts.io.streams import HOST
from hts.io.syncer import Syncer
from hts.io.tcp import TcpClient
from hts.io.udp import UdpReceiver
from hts.journal.writer import JournalWriter, open_journal
from hts.link.server import LinkServer, Quote
from hts.model.enums import Market, Side
from hts.model.instruments import Instrument, TickTable
from hts.model.quotes import PhaseUpdate
from hts.model.records import AnyRecord
from hts.model.units import Notional
from hts.rules.fees import CostRates
from hts.rules.krx_ticks import tick_table
from hts.rules.market_rules import MarketRules
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.ums.layout import UmsLayout

MS: Final = 1_000_000
LOGOUT_PATIENCE_S: Final = 1.0
LINES: Final = ("A", "B")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts core`."""
    parser.add_argument("--port-base", type=int, metavar="N", help="first port of the venue (see hts sim)")
    parser.add_argument("--usd-cents", type=int, default=0, metavar="N", help="open the paper account in dollars too")
    parser.add_argument("--json", action="store_true", help="print one JSON line when listening for terminals")


def run(options: argparse.Namespace) -> int:
    """Run the core until SIGTERM or SIGINT. Raises ConfigError and StorageError before it listens."""
    paths = home_paths(home_directory(options.home))
    prepare_home(paths)
    config = with_port_base(load_config(paths.config), options.port_base)
    if options.usd_cents > 0:
        config = msgspec.structs.replace(
            config, core=msgspec.structs.replace(config.core, cash_usd_cents=options.usd_cents)
        )
    lock = LockFile(paths.core_lock)
    if not lock.acquire(build_name()):
        holder = lock.holder()
        raise ConfigError(
            f"{paths.home}: a core already runs here (process {holder.pid if holder else 0}); "
            "stop it with hts stop, or choose another --home"
        )
    try:
        return loop.run(CoreProcess(paths, config).run(as_json=options.json))
    finally:
        lock.release()


class CoreProcess:
    """Builds every long-lived object of the core."""

    def __init__(self, paths: HomePaths, config: Config) -> None:
        self._paths = paths
        self._config = config
        self._clock = SystemClock()
        self._storage = FileStorage(paths.journal)
        self._rules = MarketRules.parse(tables.load_folder(tables.MARKET))
        self._rates: dict[tuple[str, int], CostRates] = {}
        self._market_data = KrxMdGateway(
            MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs")),
            MdConfig(),
            self._ticks,
            names_ja=self._rules.names_ja,
        )
        self._orders = KrxUmsGateway(
            UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums")),
            UmsConfig(
                comp_id=config.venue.member,
                password=config.venue.password,
                heartbeat_ns=config.venue.heartbeat_ms * MS,
            ),
        )
        self._engine = Engine(_engine_config(config), self._market_data.decode, self._fee)
        self._link = LinkServer(
            token=read_or_make_token(paths.token),
            build=build_name(),
            run_id=f"{self._clock.wall_ns():x}-{os.getpid()}",
            state=self._state_now,
            market=self._market_now,
        )
        self._shell = CoreShell(self._link, self._clock)
        self._logged_out = asyncio.Event()
        self._trade_clock = TradeClock(self._clock.wall_ns())
        self._order_line = self._line(config.venue.order_port, Runner.on_order_line)
        self._recovery_line = self._line(config.venue.recovery_port, Runner.on_recovery_line)
        self._receivers = [UdpReceiver(self._on_datagram(line)) for line in LINES]

    async def run(self, *, as_json: bool) -> int:
        """Recover, listen, trade; 0 after an orderly stop."""
        stop = asyncio.Event()
        running_loop = asyncio.get_running_loop()
        running_loop.set_exception_handler(_die)
        syncer = Syncer(self._storage, running_loop.call_soon_threadsafe, self._on_synced, self._on_sync_failed)
        try:
            runner = self._build_runner(self._recover(), syncer)
            for receiver, line in zip(self._receivers, LINES, strict=True):
                await receiver.listen(self._config.venue.line_port(line))
            syncer.start()
            self._shell.begin(runner)
            self._shell.do(lambda runner, now: runner.start(now, self._clock.wall_ns()))
            await unix.listen_local(self._shell.server, self._paths.core_socket)
            loop.on_stop_signal(stop.set)
            tune_gc()
            raise_priority()
            self._announce(as_json=as_json)
            await stop.wait()
            await self._log_out()
        finally:
            self._close(syncer)
        return 0

    # -- parts

    def _recover(self) -> JournalWriter:
        records, writer, torn = open_journal(self._storage, self._config.journal.segment_mib << 20)
        if torn is not None:
            log_line("journal", str(torn))
        self._engine.recover(records)
        if records:
            self._trade_clock.anchor(_last_trade_ns(records), 0, 0)
        log_line("core", f"{len(records)} records read, state {self._engine.state_hash}")
        return writer

    def _build_runner(self, writer: JournalWriter, syncer: Syncer) -> Runner:
        venue = Venue(
            orders=self._orders,
            order_line=self._order_line,
            market_data=self._market_data,
            recovery_line=self._recovery_line,
        )
        waits = self._config.journal.sync == "before_send"
        return Runner(
            engine=self._engine,
            journal=writer,
            venues={venue.name: venue},
            link_server=self._link,
            timers=Timers(),
            syncer=syncer,
            clock=self._trade_clock,
            sync_before_send=self._storage.sync if waits else None,
            now_ns=self._clock.mono_ns,
            on_fault=lambda text: log_line("core", text),
        )

    def _line(self, port: int, change: Any) -> TcpClient:
        def on_change(what: bytes | str | None) -> None:
            if isinstance(what, str) and port == self._config.venue.order_port:
                self._logged_out.set()
            self._shell.do(lambda runner, now: change(runner, self._orders.venue, what, now))

        return TcpClient(VenueLine(on_change), HOST, port)

    def _on_datagram(self, line: str) -> Any:
        venue = self._orders.venue
        return lambda data: self._shell.do(lambda runner, now: runner.on_datagram(venue, line, data, now))

    def _on_synced(self, token: int) -> None:
        self._shell.do(lambda runner, now: runner.on_synced(token, now))

    def _on_sync_failed(self, detail: str) -> None:
        self._shell.do(lambda runner, now: runner.on_journal_failed(detail, now))

    # -- what the engine and the link ask

    def _ticks(self, market: Market, is_etf: bool, trading_date: int) -> TickTable:
        if market is Market.REPLAY:
            return TickTable(starts=(0,), steps=(1,))
        return tick_table(self._rules.ticks_limits, is_etf=is_etf, trading_date=trading_date)

    def _fee(self, side: Side, value: Notional, issue: Instrument, trading_date: int) -> tuple[Notional, Notional]:
        key = (issue.symbol, trading_date)
        rates = self._rates.get(key)
        if rates is None:
            rates = self._rates[key] = self._rules.costs(issue, trading_date)
        return rates.fee_of(value), rates.tax_of(value, side)

    def _state_now(self) -> Iterable[Any]:
        return self._engine.snapshot_views()

    def _market_now(self) -> list[Quote]:
        market = self._engine.core.market
        now = self._trade_clock.at(self._clock.mono_ns())
        phases = [PhaseUpdate("", now, market.phase, market.phase_until_ns)]
        phases += [PhaseUpdate(symbol, now, phase, 0) for symbol, phase in market.phases.items()]
        return [*market.instruments.values(), *phases, *self._engine.snapshot_quotes()]

    # -- life

    def _announce(self, *, as_json: bool) -> None:
        found = {"pid": os.getpid(), "socket": str(self._paths.core_socket), "token": str(self._paths.token)}
        text = json.dumps({"core": found}) if as_json else f"core listening at {self._paths.core_socket}"
        print(text, flush=True)

    async def _log_out(self) -> None:
        """What the venue sees is an orderly end."""
        self._logged_out.clear()
        self._shell.do(lambda runner, now: runner.end_sessions(now))
        try:
            async with asyncio.timeout(LOGOUT_PATIENCE_S):
                if self._order_line.is_open:
                    await self._logged_out.wait()
        except TimeoutError:
            log_line("core", "the venue did not answer the logout in time")

    def _close(self, syncer: Syncer) -> None:
        self._shell.stop()
        for receiver in self._receivers:
            receiver.stop()
        self._order_line.stop()
        self._recovery_line.stop()
        syncer.stop()
        self._storage.close()


def _engine_config(config: Config) -> EngineConfig:
    core = config.core
    cash = {core.currency: core.cash, "USD": core.cash_usd_cents}
    accounts = tuple(
        AccountConfig(account=core.account, currency=currency, cash=Notional(amount), disconnect_policy=core.disconnect)
        for currency, amount in cash.items()
        if amount or currency == core.currency
    )
    return EngineConfig(accounts=accounts, limits=config.limits, build=build_name(), config_hash=config.fingerprint)


def _last_trade_ns(records: tuple[AnyRecord, ...]) -> int:
    return max(record.trade_ns for record in records)


def _die(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A fault of ours: say all we know and end now. The journal is whole, and recovery is the way back."""
    log_line("core", f"fault: {context.get('message')}; the core ends and recovers from its journal")
    error = context.get("exception")
    if error is not None:
        traceback.print_exception(error, file=sys.stderr)
    sys.stderr.flush()
    os._exit(1)
