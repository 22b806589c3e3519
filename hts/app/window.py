"""`hts window`: the window alone, on a core that runs already; one more beside another, or a new one after a crash.

With --connect the core is elsewhere, and this command is the parent that opens the window again after a crash, as plain
`hts` is at home: what a link needs (token, certificate) is read here once, and every window dials with it anew.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from hts.app.config import load_config
from hts.app.crash_guard import Child, ForkedChild, Life, SpawnedChild, keep_running
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.processes import program
from hts.app.welcome import ask

if TYPE_CHECKING:
    from hts.app.terminal_door import DoorLink


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts window`."""
    parser.add_argument("--lang", default="", help="ko, ja or en; default: as the settings say")
    parser.add_argument("--theme", default="", help="name of a theme; default: as the settings say")
    parser.add_argument("--keymap", default="default", help="name of a keymap; default default")
    parser.add_argument("--connect", default="", metavar="URL", help="a core elsewhere: its door, wss://HOST:PORT/")
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="with --connect: what hts token add gave; none: log in"
    )
    parser.add_argument("--account", default="", help="with --connect: the account; default: as the settings say")
    parser.add_argument(
        "--passphrase-fd", type=int, metavar="N", help="read the vault's passphrase from this descriptor"
    )
    parser.add_argument("--welcome", action="store_true", help=argparse.SUPPRESS)
    # Between the parent that keeps a window running and the window.
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--crashed", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--ends-market", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """The window's exit status."""
    from hts.app.start import require_display
    from hts.app.terminal import TerminalOptions, run_terminal

    paths = home_paths(home_directory(options.home))
    link = _door(paths, options)
    require_display()
    if options.welcome:
        return ask(paths, options.lang)
    look = TerminalOptions(language=options.lang, theme=options.theme, keymap=options.keymap)
    config = load_config(paths.config)
    if options.account:
        config = replace(config, core=replace(config.core, account=options.account))

    def open_window(life: Life | None) -> int:
        return run_terminal(paths, config, look, ends_market=options.ends_market, life=life, link=link)

    if options.report is not None:
        stacks = options.report.with_suffix(".stacks")
        return open_window(Life(report=options.report, stacks=stacks, before=options.crashed))
    if link is None:
        return open_window(None)
    return keep_running(paths, lambda life: _child(open_window, options, life))


def _child(open_window: Callable[[Life], int], options: argparse.Namespace, life: Life) -> Child:
    from hts.app.start import FORKS

    return ForkedChild(open_window, life) if FORKS else SpawnedChild(window_command(options, life, ends_market=False))


def _door(paths: HomePaths, options: argparse.Namespace) -> "DoorLink | None":
    if not options.connect:
        return None
    from hts.app.terminal_door import door_link

    return door_link(paths, options.connect, options.token_file, options.passphrase_fd)


def window_command(options: argparse.Namespace, life: Life, *, ends_market: bool) -> Sequence[str]:
    """The command line of a window that a parent keeps running."""
    words = [*program(), "window", "--keymap", options.keymap, "--report", str(life.report)]
    for name in ("home", "lang", "theme", "connect", "token_file", "account"):
        value = getattr(options, name, None)
        words += [f"--{name.replace('_', '-')}", str(value)] if value else []
    words += ["--crashed", str(life.before)] if life.before is not None else []
    return [*words, "--ends-market"] if ends_market else words
