"""`hts replay FILE`: a recorded session as an issue on the simulated venue, to trade against.

The recorded orders are the flow; yours stand in its queues and trade against them, over the same wire. It runs in a
home of its own below the usual one, with its own account in the recording's currency, so that the paper account is
not touched. Each start begins the recording anew.
"""

import argparse
from pathlib import Path
from typing import Final

import msgspec

from hts.app import tables
from hts.app.config import Config, load_config, with_port_base
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.processes import Options, Running, ensure_running, stop_running
from hts.app.recording import read_recording
from hts.app.start import require_display
from hts.app.venue_ports import PORTS
from hts.io.clock import SystemClock
from hts.rules.dates import krx_date, to_date
from hts.rules.market_rules import MarketRules

FOLDER: Final = "replay"
FIRST_TIME: Final = "08:59:55"  # the recording begins at 09:00
CASH_CENTS: Final = 100_000_000  # a million dollars


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts replay`."""
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a recorded session: LOBSTER csv, DBN, ITCH 5.0; or HOME/venue, a simulated day",
    )
    parser.add_argument("--symbol", default="", metavar="NAME", help="one of several recorded issues")
    parser.add_argument("--port-base", type=int, metavar="N", help=f"first of {PORTS} ports; default 24100 + {PORTS}")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="recorded time per real time; default 1")
    parser.add_argument("--lang", default="", help="ko, ja or en; default: as the settings say")
    parser.add_argument("--theme", default="", help="name of a theme; default: as the settings say")


def run(options: argparse.Namespace) -> int:
    """The window's exit status."""
    from hts.app.terminal import TerminalOptions, run_terminal

    require_display()
    paths, config = replay_home(home_directory(options.home), options.port_base)
    start(paths, config, options.file, options.speed, options.symbol)
    try:
        return run_terminal(paths, config, TerminalOptions(language=options.lang, theme=options.theme))
    finally:
        stop_running(paths)


def replay_home(home: Path, port_base: int | None) -> tuple[HomePaths, Config]:
    """The replay's own home and settings: the user's, with a dollar account and ports beside the paper market's."""
    usual = load_config(home_paths(home).config)
    core = msgspec.structs.replace(usual.core, cash_usd_cents=usual.core.cash_usd_cents or CASH_CENTS)
    ports = usual.venue.port_base + PORTS if port_base is None else port_base
    return home_paths(home / FOLDER), with_port_base(msgspec.structs.replace(usual, core=core), ports)


def start(paths: HomePaths, config: Config, recording: Path, speed: float, symbol: str = "") -> Running:
    """Core and venue with the recording listed; a replay that runs already is stopped first. Raises ConfigError."""
    rules = MarketRules.parse(tables.load_folder(tables.MARKET))
    day = rules.calendar.next_trading_day(krx_date(SystemClock().wall_ns()))
    read_recording(recording, rules, symbol)(day)  # says what is wrong with it before anything runs
    stop_running(paths)
    return ensure_running(
        paths,
        Options(
            port_base=config.venue.port_base,
            sim_arguments=(f"--replay={recording.absolute()}", f"--replay-symbol={symbol}", f"--speed={speed}"),
            sim_once=("--fresh", f"--clock={to_date(day).isoformat()} {FIRST_TIME}"),
            core_arguments=(f"--usd-cents={config.core.cash_usd_cents}",),
        ),
    )
