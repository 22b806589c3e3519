"""`hts shots`: pictures of every workspace and panel, taken from the real window on a real paper session.

Core and simulator are started in a home of their own, on free ports, at a market that runs faster than the clock.
The window is driven by key events, like a trader's hands; each picture is saved when what it shows has happened.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hts.app.config import load_config
from hts.app.paths import HomePaths, home_paths, prepare_home
from hts.base.errors import ConfigError
from hts.desk.texts import LANGUAGES
from hts.io.ports import free_port_base
from hts.model.enums import Phase, Side
from hts.model.views import CoreState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.terminal import Terminal

SPEED: Final = 10.0  # a trading minute in six seconds
SESSION_S_MAX: Final = 90.0
SETTLE_S_MAX: Final = 5.0
WARM_UP_NS: Final = 240_000_000_000  # of venue time, so that tape, profile and chart have something to show
STOP_S: Final = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts shots`."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the PNG files go")
    parser.add_argument("--lang", default="ko", choices=LANGUAGES, help="language of the texts")
    parser.add_argument("--theme", default="dark", help="colours")
    parser.add_argument("--attach", action="store_true", help="use the core of --home instead of starting one")


def run(options: argparse.Namespace) -> int:
    """Take the pictures; prints one line per file. Raises ConfigError when something does not come up."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from hts.app.offscreen_session import drop_platform_remarks
    from hts.app.paths import home_directory

    drop_platform_remarks()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.attach:
        files = _take(home_paths(home_directory(options.home)), options)
    else:
        with tempfile.TemporaryDirectory(prefix="hts-shots-") as directory:
            paths = home_paths(Path(directory))
            with paper_session(paths, SPEED):
                files = _take(paths, options)
    for file in files:
        print(file)
    return 0


def _take(paths: HomePaths, options: argparse.Namespace) -> list[Path]:
    from hts.app.terminal import Terminal, TerminalOptions, application, open_link

    application()
    _wait_for_file(paths.token)
    link = open_link(paths)
    terminal = Terminal(
        paths.home,
        load_config(paths.config).core.account,
        link,
        TerminalOptions(language=options.lang, theme=options.theme),
    )
    try:
        terminal.show()
        return Photographer(terminal, options.out).take()
    finally:
        terminal.window.close()
        link.close()


class Photographer:
    """Plays a short session through the window and saves what it shows."""

    def __init__(self, terminal: "Terminal", out: Path) -> None:
        self._terminal = terminal
        self._session = terminal.session
        self._out = out
        self._files: list[Path] = []
        self._open_ns = 0

    def take(self) -> list[Path]:
        """All pictures, in the order in which they were taken."""
        self._wait("the core to be ready", self._is_ready)
        self._wait("a market to show", self._is_lively)
        self._save("day_locked", self._terminal.window)
        self.trade()
        self._save("day", self._terminal.window)
        for panel in self._terminal.window.workspace.panels:
            self._save(f"panel_{panel.objectName()}", panel)
        self._terminal.window.open_workspace("scalper")
        self._settle()
        self._save("scalper", self._terminal.window)
        return self._files

    def trade(self) -> None:
        """Arm, buy at the market by key in three issues, leave limit orders on both sides."""
        session = self._session
        self._key("F12")
        held = list(session.market.instruments)[:3]
        for symbol in reversed(held):
            session.selection.choose(symbol)
            self._settle()
            self._key("1")
            before = len(session.orders.fills)
            self._key("F3")
            self._wait("a fill", partial(self._has_filled, before))
        symbol = session.selection.symbol()
        ticks = session.market.instruments[symbol].ticks
        bid, ask = session.market.best_bid(symbol), session.market.best_ask(symbol)
        session.actions.enter(symbol, Side.BUY, ticks.move(bid, -3), 20)
        session.actions.enter(symbol, Side.BUY, ticks.move(bid, -5), 30)
        session.actions.enter(symbol, Side.SELL, ticks.move(ask, 4), 5)
        self._wait("working orders", lambda: len(session.orders.working(symbol)) > 0)
        self._settle()

    def _has_filled(self, before: int) -> bool:
        return len(self._session.orders.fills) > before

    def _is_ready(self) -> bool:
        status = self._session.orders.status
        return self._session.link_is_up and status is not None and status.core is CoreState.READY

    def _is_lively(self) -> bool:
        market = self._session.market
        symbol = self._session.selection.symbol()
        if market.trades.get(symbol) is None or market.phase_of(symbol) is not Phase.CONTINUOUS:
            return False
        self._open_ns = self._open_ns or market.trade_ns
        return market.trade_ns - self._open_ns >= WARM_UP_NS

    def _key(self, name: str) -> None:
        from hts.app.hand import Hand

        Hand(self._terminal.window).press(name)
        self._settle()

    def _settle(self) -> None:
        """Let a few frames pass, and every panel come up with the last of them."""
        from hts.app.hand import spin

        seen = time.monotonic()
        clock = self._terminal.frame_clock
        spin(lambda: time.monotonic() - seen > 0.25 and not clock.is_behind, SETTLE_S_MAX)

    def _wait(self, what: str, condition: Callable[[], bool]) -> None:
        from hts.app.hand import spin

        if not spin(condition, SESSION_S_MAX):
            detail = self._terminal.window.status_strip.banner or self._terminal.window.hint_strip.message
            raise ConfigError(f"shots: expected {what} within {SESSION_S_MAX:.0f} s, found none ({detail})")

    def _save(self, name: str, widget: "QWidget") -> None:
        file = self._out / f"{name}.png"
        if not widget.grab().save(str(file)):
            raise ConfigError(f"{file}: cannot write the picture; choose another --out")
        self._files.append(file)


@contextmanager
def paper_session(paths: HomePaths, speed: float) -> Iterator[None]:
    """Simulator and core of a fresh home, stopped at the end."""
    prepare_home(paths)
    base = free_port_base()
    paths.config.write_text(f"[venue]\nport_base = {base}\nspeed = {speed}\n", encoding="utf-8")
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in ("sim", "core"):
            log = (paths.log / f"{command}.out").open("wb")
            words = [sys.executable, "-m", "hts.app", command, "--home", str(paths.home)]
            started.append(subprocess.Popen(words, stdout=log, stderr=log))  # noqa: S603  our own interpreter
            log.close()
        yield
    finally:
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_file(path: Path) -> None:
    end = time.monotonic() + SESSION_S_MAX
    while not path.exists():
        if time.monotonic() > end:
            raise ConfigError(f"{path}: expected the core to write it, found nothing; see the log beside it")
        time.sleep(0.05)
