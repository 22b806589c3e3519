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
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hts.app import tables
from hts.app.build import build_name
from hts.app.config import Config, load_config, with_port_base
from hts.app.core_gateways import LiveLine
from hts.app.core_history import core_history
from hts.app.core_journal import CoreJournal
from hts.app.core_secrets import begin_with_secrets
from hts.app.core_shell import CoreShell
from hts.app.core_venue import CoreVenue
from hts.app.flags import enabled_flags
from hts.app.gateway_use import (
    hours_that_differ,
    latency_alert_ms,
    line_alerts,
    tls_context,
    waits_over_rate,
    with_gateway_limits,
)
from hts.app.krx_gateway import GatewaySettings, load_gateway
from hts.app.log import log_line
from hts.app.login_settings import role_limits
from hts.app.paths import HomePaths, home_directory, home_paths, prepare_home, read_or_make_token
from hts.app.runner import Runner
from hts.app.timers import Timers
from hts.app.trade_clock import TradeClock
from hts.app.tune import YOUNG_MAX_CORE, settle_down
from hts.app.venue_ports import parse_venues
from hts.base.errors import ConfigError
from hts.engine.config import AccountConfig, EngineConfig
from hts.engine.engine import Engine
from hts.io import loop, unix
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.io.priority import raise_priority
from hts.io.syncer import Syncer
from hts.journal.replay import SEGMENT_SUFFIX
from hts.journal.writer import JournalWriter
from hts.link.server import LinkServer, Quote
from hts.model.enums import Market, Side
from hts.model.instruments import Instrument, TickTable
from hts.model.units import Notional
from hts.model.venues import HOME_VENUE
from hts.risk.eligibility import Eligibility
from hts.risk.reckoning import Rates
from hts.risk.short_rules import ShortRules
from hts.rules.account_rules import AccountRules
from hts.rules.dates import add_days, krx_date
from hts.rules.fees import CostRates
from hts.rules.krx_ticks import tick_table
from hts.rules.market_rules import MarketRules

if TYPE_CHECKING:
    from hts.app.core_login import LoginDesk
    from hts.wire.fix.signing import Sign

WAITING_MAX: Final = 1_000  # orders over the rate, a second of what the whole house may send
LOGOUT_PATIENCE_S: Final = 1.0
_YEN, _DOLLARS = ("JPY", 10_000_000), ("USD", 10_000_000)  # the paper account's, in yen and in cents
PAPER_CASH: Final = {"TSE": _YEN, "JNX": _YEN, "ODX": _YEN, "OSE": _YEN, "NASDAQ": _DOLLARS}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts core`."""
    parser.add_argument("--port-base", type=int, metavar="N", help="first port of the venue (see hts sim)")
    parser.add_argument("--venues", metavar="NAMES", help='venues to trade at, with commas between, or "all"')
    parser.add_argument("--usd-cents", type=int, default=0, metavar="N", help="open the paper account in dollars too")
    parser.add_argument(
        "--passphrase-fd",
        type=int,
        metavar="N",
        help="descriptor with the vault's passphrase",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON line when listening for terminals")


def run(options: argparse.Namespace) -> int:
    """Run the core until SIGTERM or SIGINT. Raises ConfigError and StorageError before it listens."""
    paths = home_paths(home_directory(options.home))
    prepare_home(paths)
    config = with_port_base(load_config(paths.config), options.port_base)
    if options.venues is not None:
        settings = msgspec.structs.replace(config.venue, venues=parse_venues(options.venues))
        config = msgspec.structs.replace(config, venue=settings)
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
        return loop.run(
            CoreProcess(paths, config, _gateway(paths, config), options.passphrase_fd).run(as_json=options.json)
        )
    finally:
        lock.release()


class CoreProcess:
    """Builds every long-lived object of the core."""

    def __init__(
        self,
        paths: HomePaths,
        config: Config,
        gateway: GatewaySettings | None = None,
        passphrase_fd: int | None = None,
    ) -> None:
        self._paths = paths
        self._config = config
        self._gateway = gateway
        self._clock = SystemClock()
        self._storage = FileStorage(paths.journal, growing=SEGMENT_SUFFIX)
        self._tables = tables.load_folder(tables.MARKET)
        self._rules = MarketRules.parse(self._tables)
        self._rates: dict[tuple[str, str, int], CostRates] = {}
        self._link = LinkServer(
            token=read_or_make_token(paths.token),
            build=build_name(),
            run_id=f"{self._clock.wall_ns():x}-{os.getpid()}",
            state=self._state_now,
            market=self._market_now,
            config_hash=_version_of(config),
            login=config.login.asked if config.asks_login else None,
        )
        self._login = self._login_desk(passphrase_fd) if config.asks_login else None
        self._journal: CoreJournal | None = None
        self._shell = CoreShell(self._link, self._clock, self._login)
        self._logging_out: set[str] = set()
        self._logged_out = asyncio.Event()
        self._trade_clock = TradeClock(self._clock.wall_ns())
        signers = begin_with_secrets(paths, config, self._login, passphrase_fd)
        self._venues = {name: self._venue(name, signers.get(name)) for name in config.venue.venues}
        decoders = {name: venue.market_data.decode for name, venue in self._venues.items()}
        self._engine = Engine(engine_config(config, gateway), decoders, self._fee, AccountRules.parse(self._tables))

    async def run(self, *, as_json: bool) -> int:
        """Recover, listen, trade; 0 after an orderly stop."""
        stop = asyncio.Event()
        running_loop = asyncio.get_running_loop()
        running_loop.set_exception_handler(_die)
        syncer = Syncer(self._storage, running_loop.call_soon_threadsafe, self._on_synced, self._on_sync_failed)
        try:
            runner = self._build_runner(self._recover(), syncer)
            for venue in self._venues.values():
                await venue.listen()
            syncer.start()
            self._shell.begin(runner)
            if self._login is not None:
                self._login.begin(self._shell.do, self._shell.count_clients, self._engine.core.authority)
            self._shell.do(lambda runner, now: runner.start(now, self._clock.wall_ns()))
            await unix.listen_local(self._shell.server, self._paths.core_socket)
            loop.on_stop_signal(stop.set)
            self._tell_gateway()
            settle_down(running_loop.call_later, YOUNG_MAX_CORE)
            raise_priority(on_restless=lambda: log_line("core", "no rest for a second: other programs have their turn"))
            self._announce(as_json=as_json)
            await stop.wait()
            await self._log_out()
        finally:
            self._close(syncer)
        return 0

    # -- parts

    def _recover(self) -> JournalWriter:
        journal = CoreJournal(self._paths, self._config, self._storage)
        writer = journal.open(self._engine)
        self._journal = journal
        if writer.position.trade_ns:
            self._trade_clock.anchor(writer.position.trade_ns, 0, 0)
        return writer

    def _login_desk(self, passphrase_fd: int | None) -> "LoginDesk":
        from hts.app.core_login import LoginDesk

        return LoginDesk(self._paths, self._config.login, self._link, self._clock, passphrase_fd)

    def _build_runner(self, writer: JournalWriter, syncer: Syncer) -> Runner:
        waits = self._config.journal.sync == "before_send"
        return Runner(
            engine=self._engine,
            journal=writer,
            venues={name: venue.for_runner() for name, venue in self._venues.items()},
            link_server=self._link,
            timers=Timers(),
            syncer=syncer,
            clock=self._trade_clock,
            sync_before_send=self._storage.sync if waits else None,
            now_ns=self._clock.mono_ns,
            on_fault=lambda text: log_line("core", text),
            ask_past=core_history(self._paths, self._storage, self._shell).ask,
        )

    def _venue(self, name: str, sign: "Sign | None") -> CoreVenue:
        return CoreVenue(
            name,
            settings=self._config.venue,
            rules=self._rules,
            ticks=self._ticks,
            do=self._shell.do,
            inputs=self._shell.inputs,
            on_logged_out=self._on_logged_out,
            account=self._config.core.account,
            running=f"{build_name()} {_version_of(self._config)}",
            live=self._live_order_line(name),
            fix_storage=FileStorage(self._paths.fix),
            sign=sign,
        )

    def _live_order_line(self, venue: str) -> LiveLine | None:
        """The exchange's own hosts, for a live core; a paper core dials the simulator whatever the file says."""
        gateway = self._gateway
        if gateway is None or not self._config.core.live or venue != HOME_VENUE:
            return None
        assert self._login is not None, "a live core asks for logins"
        with self._login.store() as store:
            return LiveLine(settings=gateway, tls=tls_context(gateway, store, self._paths.home))

    def _tell_gateway(self) -> None:
        """What of the exchange's file is not as the tables have it, or is acted upon by nothing."""
        if self._gateway is None:
            return
        date = self._rules.calendar.next_trading_day(add_days(krx_date(self._clock.wall_ns()), -1))
        for line in hours_that_differ(self._gateway, self._rules.schedule(date)):
            log_line("krx_gateway", line)
        for key in self._gateway.unused:
            log_line("krx_gateway", f"{key} is known and not used")
        if not self._config.core.live:
            log_line("krx_gateway", "its hosts are not dialled: this is a paper core")

    def _on_logged_out(self, venue: str) -> None:
        self._logging_out.discard(venue)
        if not self._logging_out:
            self._logged_out.set()

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
        key = (issue.venue, issue.symbol, trading_date)
        rates = self._rates.get(key)
        if rates is None:
            rates = self._rates[key] = self._rules.costs(issue, trading_date)
        return rates.fee_of(value), rates.tax_of(value, side)

    def _state_now(self) -> Iterable[Any]:
        return self._engine.views_now()

    def _market_now(self) -> list[Quote]:
        now = self._trade_clock.at(self._clock.mono_ns())
        return [quote for venue in self._engine.core.venues.values() for quote in venue.market.snapshot(now)]

    # -- life

    def _announce(self, *, as_json: bool) -> None:
        found = {"pid": os.getpid(), "socket": str(self._paths.core_socket), "token": str(self._paths.token)}
        text = json.dumps({"core": found}) if as_json else f"core listening at {self._paths.core_socket}"
        print(text, flush=True)

    async def _log_out(self) -> None:
        """What the venue sees is an orderly end."""
        self._logging_out = {name for name, venue in self._venues.items() if venue.order_line.is_open}
        self._logged_out.clear()
        self._shell.do(lambda runner, now: runner.end_sessions(now))
        try:
            async with asyncio.timeout(LOGOUT_PATIENCE_S):
                if self._logging_out:
                    await self._logged_out.wait()
        except TimeoutError:
            log_line("core", f"no answer to the logout in time: {', '.join(sorted(self._logging_out))}")

    def _close(self, syncer: Syncer) -> None:
        if self._login is not None:
            self._login.stop()
        self._shell.stop()
        for venue in self._venues.values():
            venue.stop()
        syncer.stop()
        if self._journal is not None:
            self._journal.close(self._engine)
        self._storage.close()


def _gateway(paths: HomePaths, config: Config) -> GatewaySettings | None:
    """The exchange's file where there is one; a live core needs it. Raises ConfigError."""
    if paths.krx_gateway.exists():
        return load_gateway(paths.krx_gateway)
    if config.core.live:
        raise ConfigError(f"{paths.krx_gateway}: expected the exchange's hosts for a live core (core.live), found none")
    return None


def engine_config(config: Config, gateway: GatewaySettings | None = None) -> EngineConfig:
    """What the engine is told of the settings, and of the exchange's file."""
    core = config.core
    given = {"USD": core.cash_usd_cents, "JPY": core.cash_jpy}
    for venue, (currency, amount) in PAPER_CASH.items():
        if venue in config.venue.venues and not core.live:
            given[currency] = given[currency] or amount
    cash = {core.currency: core.cash} | {name: amount for name, amount in given.items() if name != core.currency}
    accounts = tuple(
        AccountConfig(
            account=core.account,
            currency=currency,
            cash=Notional(amount),
            disconnect_policy=core.disconnect,
            kind=core.account_kind,
            cost_method=core.cost_method,
            may_leave_unpaid=core.allow_unpaid,
            fee_set=core.fee_set,
        )
        for currency, amount in cash.items()
        if amount or currency == core.currency
    )
    accounts += tuple(
        AccountConfig(
            account=one.account,
            currency=one.currency,
            cash=Notional(one.cash),
            disconnect_policy=one.disconnect,
            kind=one.kind,
            cost_method=one.cost_method,
            may_leave_unpaid=one.allow_unpaid,
            fee_set=one.fee_set,
        )
        for one in config.account
    )
    scopes = tuple(scope.scope_limits(config.limits) for scope in config.scope)
    flags = enabled_flags(config.flags)
    return EngineConfig(
        venues=config.venue.venues,
        accounts=accounts,
        limits=config.limits,
        scopes=with_gateway_limits(gateway, scopes) if gateway else scopes,
        paper=not core.live,
        login_required=config.login.required,
        four_eyes=config.login.four_eyes,
        role_limits=role_limits(config.role),
        latency_alert_ns=gateway.latency_alert_ns if gateway else 0,
        eligibility=Eligibility.parse(tables.load(tables.RISK, "eligibility")),
        rates=Rates.parse(tables.load(tables.RISK, "rates")),
        short_rules=ShortRules.parse(tables.load(tables.RISK, "short_sale")),
        waiting_max=WAITING_MAX if waits_over_rate(gateway, core.over_rate) or "queue-over-rate" in flags else 0,
        flags=flags,
        latency_alert_ms=latency_alert_ms(gateway, core.latency_alert_threshold_ms),
        line_alerts=line_alerts(gateway),
        build=build_name(),
        config_hash=_version_of(config),
    )


def _version_of(config: Config) -> str:
    """Fingerprints of the settings and of the tables; the journal and every client are told."""
    return f"{config.fingerprint}.{tables.fingerprint()}"


def _die(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A fault of ours: say all we know and end now. The journal is whole, and recovery is the way back."""
    log_line("core", f"fault: {context.get('message')}; the core ends and recovers from its journal")
    error = context.get("exception")
    if error is not None:
        traceback.print_exception(error, file=sys.stderr)
    sys.stderr.flush()
    os._exit(1)
