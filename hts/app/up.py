"""`hts up`: core and simulator in the background."""

import argparse
import json

from hts.app.paths import home_directory, home_paths
from hts.app.processes import Options, ensure_running

SIM_OPTIONS = ("venues", "speed", "seed", "intensity", "scenario")  # the simulator's own; kept when it is started again


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts up`."""
    add_market_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def add_market_arguments(parser: argparse.ArgumentParser) -> None:
    """What every command that starts the paper market takes."""
    parser.add_argument("--port-base", type=int, metavar="N", help="first of the market's ports; default 24100")
    parser.add_argument("--venues", metavar="NAMES", help='to run and to trade at, with commas between, or "all"')
    parser.add_argument("--clock", metavar="TIME", help='first venue time, "YYYY-MM-DD HH:MM[:SS]"')
    parser.add_argument("--speed", metavar="X", help="venue time per real time")
    parser.add_argument("--seed", metavar="N", help="seed of the background flow")
    parser.add_argument("--intensity", metavar="X", help="scale of the background flow")
    parser.add_argument("--scenario", metavar="NAME", help="what is special about the day; hts sim --scenario list")
    parser.add_argument(
        "--passphrase-fd",
        type=int,
        metavar="N",
        help="descriptor with the passphrase of a vault",
    )
    parser.add_argument("--fresh", action="store_true", help="begin a new venue day")


def market_options(options: argparse.Namespace) -> Options:
    """The processes' options out of the command line's."""
    kept = tuple(f"--{name}={getattr(options, name)}" for name in SIM_OPTIONS if getattr(options, name) is not None)
    once = () if options.clock is None else (f"--clock={options.clock}",)
    if options.fresh:
        once = (*once, "--fresh")
    core = () if options.venues is None else (f"--venues={options.venues}",)
    return Options(
        port_base=options.port_base,
        sim_arguments=kept,
        core_arguments=core,
        sim_once=once,
        passphrase_fd=getattr(options, "passphrase_fd", None),
    )


def run(options: argparse.Namespace) -> int:
    """0 once both listen."""
    running = ensure_running(home_paths(home_directory(options.home)), market_options(options))
    if options.json:
        print(json.dumps({"attached": running.attached, "children": running.children}))
    else:
        print("attached to what runs" if running.attached else "core and simulator started")
    return 0
