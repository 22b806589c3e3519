"""`hts supervise`: the supervisor of one home directory. `hts` starts it in the background."""

import argparse

from hts.app.build import build_name
from hts.app.paths import home_directory, home_paths, prepare_home, read_or_make_token
from hts.app.processes import SIMULATOR, Options, child_specs
from hts.app.secret_store import read_descriptor
from hts.app.supervisor import Supervisor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts supervise`."""
    parser.add_argument("--port-base", type=int, metavar="N", help="first port of the venue (see hts sim)")
    parser.add_argument(
        "--sim", action="append", default=[], metavar="WORD", help="an option for each start of hts sim"
    )
    parser.add_argument(
        "--core", action="append", default=[], metavar="WORD", help="an option for each start of hts core"
    )
    parser.add_argument(
        "--passphrase-stdin", action="store_true", help="the core's vault opens with the first line of stdin"
    )
    parser.add_argument("--sim-once", action="append", default=[], metavar="WORD", help="one for its first start only")


def run(options: argparse.Namespace) -> int:
    """Until told to stop."""
    paths = home_paths(home_directory(options.home))
    prepare_home(paths)
    supervisor = Supervisor(
        child_specs(
            paths,
            Options(
                port_base=options.port_base,
                sim_arguments=tuple(options.sim),
                core_arguments=tuple(options.core),
                passphrase=read_descriptor(0) if options.passphrase_stdin else None,
            ),
        ),
        lock=paths.lock,
        control=paths.control_socket,
        token=read_or_make_token(paths.token),
        build=build_name(),
        once={SIMULATOR: tuple(options.sim_once)},
    )
    supervisor.run()
    return 0
