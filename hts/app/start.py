"""Plain `hts`: the terminal in paper mode, on core and simulator that are started or found running.

Where no window can be shown, a short session runs offscreen instead (hts.app.offscreen_session). With `--vnc` the
window is served over loopback (hts.app.vnc).

Closing the window ends core and simulator only when this command started them and nothing works any more. Working
orders are not left without their core: it goes on, and the next `hts` attaches to it.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

from hts.app.build import build_name
from hts.app.config import load_config, with_port_base
from hts.app.crash_guard import Child, ForkedChild, Life, SpawnedChild, keep_running
from hts.app.paths import HomePaths, home_directory, home_paths, read_token
from hts.app.processes import ensure_running, program, stop_running
from hts.app.terminal_link import TerminalLink
from hts.app.up import add_market_arguments, market_options
from hts.app.welcome import ask, is_fresh
from hts.app.window import window_command
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.link.client import LinkClient
from hts.model.enums import OrdStatus
from hts.model.views import OrderView
from hts.wire.link.messages import SnapshotEnd

LOOK_PATIENCE_S: Final = 3.0
POLL_S: Final = 0.01
UNKNOWN: Final = -1
FORKS: Final = sys.platform == "linux"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of plain `hts`."""
    add_market_arguments(parser)
    parser.add_argument("--lang", default="", help="ko, ja or en; default: as the settings say")
    parser.add_argument("--theme", default="", help="name of a theme; default: as the settings say")
    parser.add_argument("--keymap", default="default", help="name of a keymap; default default")
    parser.add_argument(
        "--no-welcome", dest="welcome", action="store_false", help="neither the first questions nor the tour"
    )
    parser.add_argument(
        "--vnc", action="store_true", help="show the window to VNC viewers of this machine, under a random password"
    )
    parser.add_argument(
        "--seconds", type=float, metavar="N", help="without a display: length of the session; default 20"
    )


def run(options: argparse.Namespace) -> int:
    """The exit status of the window, or of the session without one."""
    if options.vnc:
        from hts.app.vnc import serve

        return serve(lambda: run_window(options))
    if not has_display():
        from hts.app.offscreen_session import run_offscreen

        return run_offscreen(options)
    return run_window(options)


def run_window(options: argparse.Namespace) -> int:
    """The window's exit status."""
    paths = home_paths(home_directory(options.home))
    if options.welcome and is_fresh(paths):
        ask_first(paths, options)
    config = with_port_base(load_config(paths.config), options.port_base)
    with held_signals(), ThreadPoolExecutor(1) as starter:
        starting = starter.submit(ensure_running, paths, market_options(options))
        # Core and simulator take their time to start; loading the window's code fits into it.
        from hts.app.terminal import TerminalOptions, run_terminal

        running = starting.result()
    look = TerminalOptions(language=options.lang, theme=options.theme, keymap=options.keymap, tours=options.welcome)
    ends_market = not running.attached

    def run(life: Life) -> int:
        return run_terminal(paths, config, look, ends_market=ends_market, life=life)

    def start(life: Life) -> Child:
        if FORKS:
            return ForkedChild(run, life)
        return SpawnedChild(window_command(options, life, ends_market=ends_market))

    status = keep_running(paths, start)
    if running.attached:
        return status
    working = working_orders(paths)
    if working == 0:
        stop_running(paths)
    else:
        known = "an unknown number of" if working == UNKNOWN else str(working)
        print(f"{known} orders may still work: core and simulator go on. `hts` attaches again, `hts stop` ends them.")
    return status


@contextmanager
def held_signals() -> Iterator[None]:
    """Answer signals that end us afterwards: one that raises while Qt's types are loaded takes the process down."""
    told: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda came, _frame: told.append(came)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if told:
        signal.raise_signal(told[0])


def ask_first(paths: HomePaths, options: argparse.Namespace) -> None:
    """What a first start asks, in a process of its own."""
    life = Life(report=paths.log / "welcome.txt", stacks=paths.log / "welcome.stacks")
    if FORKS:
        ForkedChild(lambda _: ask(paths, options.lang), life).wait()
    else:
        words = ["--lang", options.lang] if options.lang else []
        SpawnedChild([*program(), "window", "--welcome", "--home", str(paths.home), *words]).wait()


def has_display() -> bool:
    """Whether a window can be shown, or a platform of Qt was chosen."""
    return sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    )


def require_display() -> None:
    """Raises ConfigError where no window can be shown; Qt would end the process without a word."""
    if not has_display():
        raise ConfigError("no display found: set DISPLAY, or use hts --vnc, or hts demo, which needs none")


def working_orders(paths: HomePaths) -> int:
    """How many orders still work once the core has done what it does when a terminal goes; UNKNOWN when it is mute."""
    client = LinkClient(token=read_token(paths.token), build=build_name(), name="closing")
    link = TerminalLink(paths.core_socket, client, SystemClock())
    working: dict[int, bool] = {}
    is_complete = False
    deadline = time.monotonic() + LOOK_PATIENCE_S
    try:
        while time.monotonic() < deadline and (not is_complete or any(working.values())):
            for message in link.drain():
                view = getattr(message, "view", message)
                if isinstance(view, OrderView):
                    working[view.order_id] = is_working(view.ord_status)
                is_complete = is_complete or isinstance(message, SnapshotEnd)
            time.sleep(POLL_S)
    finally:
        link.close()
    return sum(working.values()) if is_complete else UNKNOWN


def is_working(status: OrdStatus) -> bool:
    """Whether a share of the order can still trade."""
    return not status.is_terminal and status is not OrdStatus.DONE_FOR_DAY
