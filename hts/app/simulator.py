"""The simulator process: the paper venues behind real sockets, on the ports of hts.app.venue_ports.

Everything is on the loopback address. The venue's day begins at 08:59:30 of the next trading day unless --clock says
otherwise. A process that starts where a day is in the log goes on with it: same orders, same sequence numbers.
"""

import argparse
import asyncio
import json
import os
import sys
import traceback
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from hts.app import tables
from hts.app.build import build_name
from hts.app.config import Config, VenueSettings, load_config, with_port_base
from hts.app.fast_feed import FAST_VENUES, load_feed_templates
from hts.app.fix_serving import fix_rows, fix_serving
from hts.app.home_file import replace_text
from hts.app.log import log_line
from hts.app.native_venues import Row, is_native, native_kind, native_rows
from hts.app.paths import HomePaths, home_directory, home_paths, prepare_home, read_or_make_token
from hts.app.recording import read_recording
from hts.app.scenarios import load_scenario, scenario_list
from hts.app.tune import settle_down
from hts.app.venue_desk import VenueDesk
from hts.app.venue_ports import PORTS, VenuePorts, parse_venues, venue_ports
from hts.app.venue_shell import VenueShell
from hts.base.errors import ConfigError
from hts.io import loop
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.io.loopback import HOST
from hts.rules.dates import NS, krx_date, krx_local_ns, parse_time_s, to_int
from hts.rules.market_rules import MarketRules
from hts.sim import end_of_day
from hts.sim.fix_logins import FixServing
from hts.sim.index_live import IndexRule
from hts.sim.native.native_kind import NativeKind
from hts.sim.order_entry import MemberLogin
from hts.sim.scenario import USUAL, Scenario
from hts.sim.venue import Venue
from hts.sim.venue_clock import VenueClock
from hts.sim.venue_day import VenueConfig, VenueDay
from hts.sim.venue_world import World
from hts.wire.fix.signing import Judge
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.ums.layout import UmsLayout

VENUE: Final = "KRX"
DAY_S: Final = 86_400
SECOND_VENUE_SHARE: Final = 0.4  # of KRX's background flow, at Nextrade
CLOCK_FORMATS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts sim`."""
    parser.add_argument("--port-base", type=int, metavar="N", help=f"first of {PORTS} ports; default 24100")
    parser.add_argument("--venues", metavar="NAMES", help='venues to run, with commas between, or "all"; default KRX')
    parser.add_argument("--clock", metavar="TIME", help='first venue time, "YYYY-MM-DD HH:MM[:SS]", KRX local')
    parser.add_argument("--speed", type=float, metavar="X", help="venue time per real time; default 1")
    parser.add_argument("--seed", type=int, metavar="N", help="seed of the background flow and history; default 1")
    parser.add_argument("--intensity", type=float, metavar="X", help="scale of the background flow; 0 for none")
    parser.add_argument("--scenario", metavar="NAME", help='what is special about the day, or "list"')
    parser.add_argument("--fresh", action="store_true", help="begin a new day instead of going on with the last one")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="list a recorded session: LOBSTER csv, DBN, ITCH")
    parser.add_argument("--replay-symbol", default="", metavar="NAME", help="one of several recorded issues")
    parser.add_argument("--json", action="store_true", help="print the endpoints as one JSON line when listening")


def run(options: argparse.Namespace) -> int:
    """Run the venue until SIGTERM or SIGINT. Raises ConfigError and StorageError before it listens."""
    if options.scenario == "list":
        print(scenario_list())
        return 0
    paths = home_paths(home_directory(options.home))
    prepare_home(paths)
    config = with_port_base(load_config(paths.config), options.port_base)
    settings, judges = _settings(config, options), _judges(paths, config)
    lock = LockFile(paths.venue_lock)
    if not lock.acquire(build_name()):
        holder = lock.holder()
        raise ConfigError(
            f"{paths.home}: a simulator already runs here (process {holder.pid if holder else 0}); "
            "stop it with hts stop, or choose another --home"
        )
    try:
        return loop.run(SimulatorProcess(paths, settings, options, judges).run(as_json=options.json))
    finally:
        lock.release()


def _settings(config: Config, options: argparse.Namespace) -> VenueSettings:
    """The settings with what the command line changes."""
    given = {name: getattr(options, name) for name in ("speed", "seed", "intensity")}
    given["venues"] = None if options.venues is None else parse_venues(options.venues)
    changed = VenueSettings(
        **{name: getattr(config.venue, name) for name in VenueSettings.__struct_fields__}
        | {name: value for name, value in given.items() if value is not None}
    )
    changed.check("command line")
    return changed


def _judges(paths: HomePaths, config: Config) -> dict[str, Judge]:
    """By venue, where it takes signed orders alone. Raises ConfigError and CertificateUnread."""
    wanted = {venue: one for venue, one in config.signing.items() if one.authorities}
    if not wanted:
        return {}
    from hts.app.order_signing import order_judge  # brings certificates, which other markets do without

    return {venue: order_judge(paths, one) for venue, one in wanted.items()}


class FirstTime(Struct, frozen=True, kw_only=True):
    """When a fresh venue begins: on the first trading day after `after_date`, at `start_s` of the day or 08:59:30."""

    after_date: int
    start_s: int | None


def first_time(clock: str | None, wall_ns: int, start: str = "") -> FirstTime:
    """From --clock, or the day after today; `start`: the scenario's own time of day, where it has one. Raises
    ConfigError.
    """
    if clock is None:
        return FirstTime(after_date=krx_date(wall_ns), start_s=parse_time_s(start) if start else None)
    for form in CLOCK_FORMATS:
        try:
            at = datetime.strptime(clock, form)  # noqa: DTZ007  the venue's local time, taken as it is
        except ValueError:
            continue
        day_before = krx_date(krx_local_ns(to_int(at.date()), 0) - NS)
        return FirstTime(after_date=day_before, start_s=at.hour * 3600 + at.minute * 60 + at.second)
    raise ConfigError(f'--clock: expected "YYYY-MM-DD HH:MM[:SS]", found "{clock}"')


class SimulatorProcess:
    """Builds the venues and serves them until it is told to stop."""

    def __init__(
        self, paths: HomePaths, settings: VenueSettings, options: argparse.Namespace, judges: Mapping[str, Judge]
    ) -> None:
        """`judges` of signed orders, by venue."""
        self._settings = settings
        self._judges = judges
        self._clock = SystemClock()
        self._storages: list[FileStorage] = []
        begin = first_time(options.clock, self._clock.wall_ns(), load_scenario(options.scenario).start)
        self._world = World()
        is_several = len(settings.venues) > 1
        self._shared = VenueClock(0, round(settings.speed * 1000)) if is_several else None
        self._is_settling = False
        self.shells = [self._shell(name, paths, begin, options) for name in settings.venues]
        self._world.link(self._clock.mono_ns())
        self._desk = VenueDesk({shell.name: shell for shell in self.shells}, read_or_make_token(paths.token))
        self._desk_socket = paths.venue_socket

    async def run(self, *, as_json: bool) -> int:
        """Listen, say so, serve; 0 after an orderly stop."""
        stop = asyncio.Event()
        running_loop = asyncio.get_running_loop()
        running_loop.set_exception_handler(_die)
        try:
            for shell in self.shells:
                await shell.listen()
            await self._desk.listen(self._desk_socket)
            loop.on_stop_signal(stop.set)
            settle_down(asyncio.get_running_loop().call_later)
            for shell in self.shells:
                shell.start()
            print(json.dumps({"venues": self.endpoints()}) if as_json else self._endpoints_text(), flush=True)
            await stop.wait()
        finally:
            self._desk.stop()
            for shell in self.shells:
                shell.stop()
            for storage in self._storages:
                storage.close()
        return 0

    def endpoints(self) -> dict[str, list[dict[str, Any]]]:
        """What a client needs to know, by venue."""
        return {shell.name: self._rows(shell) for shell in self.shells}

    def _rows(self, shell: VenueShell) -> list[dict[str, Any]]:
        settings, ports = self._settings, shell.ports
        rules = shell.venue.config.rules
        rows = native_rows(rules, ports, settings) if isinstance(rules, NativeKind) else self._korean_rows(ports)
        fix = shell.venue.config.fix
        numbers = {
            "fix_orders": ports.fix_orders,
            "fix_market_data": ports.fix_market_data,
            "drop_copy": ports.drop_copy,
        }
        if fix is not None:
            rows += [(name, "tcp", numbers[port], given) for name, port, given in fix_rows(shell.name, fix)]
        return [
            {"protocol": protocol, "transport": transport, "host": HOST, "port": port, "credentials": credentials}
            for protocol, transport, port, credentials in rows
        ]

    def _korean_rows(self, ports: VenuePorts) -> list[Row]:
        settings = self._settings
        member = {"comp_id": settings.member, "password": settings.password}
        copy = {"comp_id": settings.drop_copy, "password": settings.password}
        return [
            ("UMS", "tcp", ports.order_entry, member),
            ("UMS drop copy", "tcp", ports.order_entry, copy),
            ("MDCS recovery", "tcp", ports.recovery, {}),
            ("MDCS line A", "udp", ports.line("A"), {}),
            ("MDCS line B", "udp", ports.line("B"), {}),
        ]

    # -- building

    def _shell(self, name: str, paths: HomePaths, begin: FirstTime, options: argparse.Namespace) -> VenueShell:
        """One venue on its own storage. Raises ConfigError and StorageError."""
        storage = FileStorage(paths.venue if name == VENUE else paths.venue / name)
        self._storages.append(storage)
        mono_ns = self._clock.mono_ns()
        serving = fix_serving(self._settings, storage, self._clock.wall_ns() - mono_ns, self._judges.get(name))
        config = venue_config(
            self._settings, begin, _recording(options), name=name, fix=serving, scenario=load_scenario(options.scenario)
        )
        _check_first_day(config, begin, options.clock)
        venue = Venue(config, storage, mono_ns, fresh=options.fresh, clock=self._shared)
        venue.on_day_over = partial(write_day, paths, name)
        self._world.add(venue)
        _say_how_it_began(venue, options)
        return VenueShell(name, venue, venue_ports(self._settings.port_base, name), self._clock, self._settle)

    def _settle(self) -> None:
        """After a venue has acted: when the clock has jumped, all of them look at the time."""
        if self._is_settling or not self._world.settle(self._clock.mono_ns()):
            return
        self._is_settling = True
        for shell in self.shells:
            shell.start()
        self._is_settling = False

    def _endpoints_text(self) -> str:
        return "\n".join(
            f"{name}: {row['protocol']} {row['transport']}://{row['host']}:{row['port']}"
            for name, rows in self.endpoints().items()
            for row in rows
        )


def write_day(paths: HomePaths, name: str, day: VenueDay) -> None:
    """The venue's files of a day that is over: HOME/venue/eod/DATE/VENUE. What the disk refuses is said, no more."""
    folder = paths.venue / "eod" / str(day.day.trading_date) / name
    try:
        for file, text in end_of_day.files(day).items():
            replace_text(folder / file, text)
    except ConfigError as fault:
        log_line("venue", f"end of day: {fault}")
    else:
        log_line("venue", f"end of day: {folder}")


def _say_how_it_began(venue: Venue, options: argparse.Namespace) -> None:
    if venue.torn_bytes:
        log_line("venue", f"{venue.torn_bytes} bytes of an unfinished write cut from the command log")
    if venue.recovered and options.clock is not None:
        log_line("venue", "--clock is for a new day; the day in the log goes on (--fresh begins a new one)")
    log_line("venue", f"day {venue.epoch}, {venue.trading_date}, {venue.recovered} records read")


def _recording(options: argparse.Namespace) -> tuple[Path, str] | None:
    """The recording to list, and the issue of it."""
    return None if options.replay is None else (options.replay, options.replay_symbol)


def venue_config(
    settings: VenueSettings,
    begin: FirstTime,
    replay: tuple[Path, str] | None,
    *,
    name: str = VENUE,
    fix: FixServing | None = None,
    scenario: Scenario = USUAL,
) -> VenueConfig:
    """The venue as these settings describe it. Raises ConfigError."""
    if is_native(name):
        return VenueConfig(
            name=name,
            fix=fix,
            fast=load_feed_templates() if name in FAST_VENUES else None,
            rules=native_kind(name, settings),
            scenario=scenario,
            indices=IndexRule.parse_all(tables.load(tables.MARKET, "indices")),
            after_date=begin.after_date,
            seed=settings.seed,
            start_s=begin.start_s,
            speed_milli=round(settings.speed * 1000),
            intensity=settings.intensity,
        )
    rules = MarketRules.parse(tables.load_folder(tables.MARKET)).at(name)
    return VenueConfig(
        name=name,
        fix=fix,
        scenario=scenario,
        indices=IndexRule.parse_all(tables.load(tables.MARKET, "indices")),
        rules=rules,
        ums=UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums")),
        mdcs=MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs")),
        members=(MemberLogin(comp_id=settings.member, password=settings.password),),
        after_date=begin.after_date,
        seed=settings.seed,
        start_s=begin.start_s,
        speed_milli=round(settings.speed * 1000),
        intensity=settings.intensity * (1.0 if name == VENUE else SECOND_VENUE_SHARE),
        replay=read_recording(replay[0], rules, replay[1]) if replay is not None and name == VENUE else None,
    )


def _check_first_day(config: VenueConfig, begin: FirstTime, clock: str | None) -> None:
    """A date that --clock names must be one on which the venue trades."""
    if clock is None:
        return
    first_day = config.rules.calendar.next_trading_day(begin.after_date)
    if f"{first_day}" != clock[:10].replace("-", ""):
        raise ConfigError(f"--clock: expected a trading day, found {clock[:10]}; the next one is {first_day}")


def _die(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A fault: say all we know and end now. The command log brings everything back."""
    error = context.get("exception")
    log_line("venue", f"fault: {context.get('message')}: {error}; the venue ends and goes on from its log")
    if error is not None:
        traceback.print_exception(error, file=sys.stderr)
    sys.stderr.flush()
    os._exit(1)
