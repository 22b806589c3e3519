"""`hts shots`: pictures of every workspace and panel, taken from the real window on a real paper session.

Core and simulator are started in a home of their own, on free ports, at a market that runs faster than the clock.
The window is driven by key and mouse events, like a trader's hands; each picture is saved when what it shows has
happened. The session begins in the opening call and goes on through orders that the venue sends back and that our own
risk refuses, trips that end at their target and at their stop, a scalper's minute, an order over two venues, an
interruption and the kill switch; it ends with the venue going away and coming back.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hts.app.config import load_config
from hts.app.demo import opening
from hts.app.paths import HomePaths, home_paths, prepare_home, temporary_home
from hts.app.scenarios import load_scenario
from hts.base.errors import ConfigError
from hts.desk.texts import LANGUAGES
from hts.io.ports import free_port_base
from hts.model.enums import Phase, Side
from hts.model.views import CoreState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.shots_accidents import OwnVenue
    from hts.app.shots_camera import Camera
    from hts.app.shots_market import MarketPictures
    from hts.app.shots_trips import TripPictures
    from hts.app.terminal import Terminal

SPEED: Final = 10.0  # a trading minute in six seconds
SESSION_S_MAX: Final = 90.0
SETTLE_S: Final = 0.25  # a few frames
SETTLE_S_MAX: Final = 5.0
WARM_UP_NS: Final = 240_000_000_000  # of venue time, so that tape, profile and chart have something to show
STOP_S: Final = 5.0
SCALES: Final = (90, 150)
CALL_S_MAX: Final = 20.0
SEARCHED: Final = "ㅅㅅ"  # initial consonants, as in 삼성
BEFORE_THE_OPENING: Final = "08:58:00"
SCENARIO: Final = "morning_vi"
HELD: Final = 3  # issues that are bought and kept
BIDS: Final = ((3, "1"), (5, "2"))  # ticks under the best bid, key of the quantity


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts shots`."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the PNG files go")
    parser.add_argument("--lang", default="ko", choices=LANGUAGES, help="language of the texts")
    parser.add_argument("--theme", default="dark", help="colours")
    parser.add_argument("--convention", default="", choices=("market", "kr", "jp", "us"), help="which colour is up")
    parser.add_argument("--size", default="1920x1080", metavar="WxH", help="of the window, before the scale")
    parser.add_argument("--scale", type=int, default=100, metavar="PERCENT", help="of everything; 90 to 150")
    parser.add_argument(
        "--speed",
        type=float,
        default=SPEED,
        metavar="X",
        help=f"of the market; default {SPEED:g}, less on a slow machine",
    )
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
        with temporary_home("hts-shots-") as paths, paper_session(paths, options.speed) as venue:
            files = _take(paths, options, venue)
    for file in files:
        print(file)
    return 0


def window_size(text: str) -> tuple[int, int]:
    """Width and height out of "1920x1080". Raises ConfigError."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and all(640 <= int(each) <= 7680 for each in (width, height))):
        raise ConfigError(f"--size: expected WIDTHxHEIGHT, each 640 to 7680, found {text!r}")
    return int(width), int(height)


def _take(paths: HomePaths, options: argparse.Namespace, venue: "OwnVenue | None" = None) -> list[Path]:
    from hts.app.terminal import Terminal, TerminalOptions, application
    from hts.app.terminal_link import open_link

    width, height = window_size(options.size)
    if not SCALES[0] <= options.scale <= SCALES[1]:
        raise ConfigError(f"--scale: expected {SCALES[0]} to {SCALES[1]}, found {options.scale}")
    os.environ["QT_SCALE_FACTOR"] = f"{options.scale / 100:g}"
    application()
    _wait_for_file(paths.token)
    link = open_link(paths)
    terminal = Terminal(
        paths.home,
        load_config(paths.config).core.account,
        link,
        TerminalOptions(language=options.lang, theme=options.theme, convention=options.convention),
    )
    terminal.window.resize(width, height)
    try:
        terminal.show()
        return Photographer(terminal, options.out, venue).take()
    finally:
        terminal.window.close()
        link.close()


BEFORE_CONTINUOUS: Final = (Phase.CLOSED, Phase.PRE_OPEN, Phase.OPEN_CALL)


class Photographer:
    """Plays a short session through the window and saves what it shows.

    Without `venue` the venue is not ours: no interruption comes by itself, and there is no picture of its absence.
    """

    def __init__(self, terminal: "Terminal", out: Path, venue: "OwnVenue | None" = None) -> None:
        self._terminal = terminal
        self._session = terminal.session
        self._out = out
        self._venue = venue
        self._files: list[Path] = []
        self._open_ns = 0

    def take(self) -> list[Path]:
        """All pictures, in the order in which they were taken."""
        from hts.app.shots_market import MarketPictures
        from hts.app.shots_rejects import RejectPictures
        from hts.app.shots_trade import TradePictures
        from hts.app.shots_trips import TripPictures

        self._wait("the core to be ready", self._is_ready)
        camera = self._camera()
        market = MarketPictures(self._terminal, self._save, self._settle)
        market.open()
        self._photograph_call(camera, market)
        self._wait("the opening", lambda: self._is_lively() or self._open_ns > 0)
        scenario = load_scenario(SCENARIO)
        RejectPictures(camera, scenario.blocks, TradePictures(camera).xray).take()
        self._wait("a market to show", self._is_lively)
        self._save("day_locked", self._terminal.window)
        trips = TripPictures(camera, scenario.drifts)
        self.trade(camera, trips)
        market.take()
        self._session.toasts.dismiss()
        self._settle()
        self._save("day", self._terminal.window)
        for panel in self._terminal.window.workspace.panels:
            name = f"panel_{panel.objectName()}"
            is_new = all(file.stem != name for file in self._files)
            if panel.isVisible() and is_new:  # not one behind another: it has no size yet
                self._save(name, panel)
        self._photograph_closing()
        self._photograph_orders(camera)
        self._terminal.window.open_workspace("day")
        trips.close()
        self._photograph_command_box()
        self._photograph_refusal()
        self._photograph_panels(camera)
        self._photograph_looks(camera)
        trips.journal()
        TradePictures(camera).money()
        self._photograph_accidents(camera)
        return self._files

    def _camera(self) -> "Camera":
        from hts.app.shots_camera import Camera

        return Camera(terminal=self._terminal, save=self._save, wait=self._wait, key=self._key, settle=self._settle)

    def _photograph_orders(self, camera: "Camera") -> None:
        """By key in the scalper's workspace, over all venues, by algorithms, in an interruption's call."""
        from hts.app.shots_accidents import AccidentPictures
        from hts.app.shots_algo import AlgoPictures
        from hts.app.shots_scalp import ScalpPictures
        from hts.app.shots_sweep import SweepPictures

        ScalpPictures(camera).take()
        SweepPictures(camera).take()
        AlgoPictures(camera).take()
        self._terminal.window.open_workspace("day")
        if self._venue is not None:
            AccidentPictures(camera).interruption()

    def _photograph_panels(self, camera: "Camera") -> None:
        from hts.app.shots_chart import ChartPictures
        from hts.app.shots_trade import TradePictures
        from hts.app.shots_workspaces import WorkspacePictures

        ChartPictures(self._terminal, self._save, self._settle).take()
        TradePictures(camera).take()
        pictures = WorkspacePictures(self._terminal, self._save, self._wait, self._key, self._settle)
        pictures.ladder()
        pictures.forms()
        pictures.workspaces()
        pictures.keymap()

    def _photograph_looks(self, camera: "Camera") -> None:
        from hts.app.shots_login import LoginPictures
        from hts.app.shots_looks import LookPictures

        LookPictures(camera).take()
        LoginPictures(self._terminal, self._save, self._key, self._settle).take()

    def _photograph_accidents(self, camera: "Camera") -> None:
        from hts.app.shots_accidents import AccidentPictures

        accidents = AccidentPictures(camera)
        accidents.kill_switch()
        if self._venue is not None:
            accidents.absence(self._venue)

    def _photograph_call(self, camera: "Camera", market: "MarketPictures") -> None:
        """The ladder in the opening call, when the session begins before it."""
        from hts.app.hand import spin

        if self._phase() in BEFORE_CONTINUOUS and spin(self._has_expected_px, CALL_S_MAX):
            self._settle()
            camera.window("auction")
            camera.panel("ladder", "auction_ladder")
            market.auction()

    def _photograph_command_box(self) -> None:
        from hts.app.hand import Hand

        self._key("Ctrl+K")
        Hand(self._terminal.window).type(SEARCHED)
        self._settle()
        self._save("command_box", self._terminal.window)
        self._key("Esc")

    def _photograph_refusal(self) -> None:
        """A price above the day's limit: the core denies it."""
        session = self._session
        symbol = session.selection.symbol()
        issue = session.market.instruments[symbol]
        before = len(session.orders.refusals)
        for _ in range(2):  # so far from the last price it is asked about first
            session.actions.enter(symbol, Side.BUY, issue.ticks.up(issue.upper_px), 10)
        self._wait("a refusal", lambda: len(session.orders.refusals) > before)
        self._settle()
        self._save("refusal", self._terminal.window)

    def _photograph_closing(self) -> None:
        question = self._terminal.window.closing_question()
        question.show()
        self._settle()
        self._save("closing", question)
        question.close()

    def _phase(self) -> Phase:
        return self._session.market.phase_of(self._session.selection.symbol())

    def _has_expected_px(self) -> bool:
        book = self._session.market.books.get(self._session.selection.symbol())
        return self._phase() is Phase.CONTINUOUS or (book is not None and book.phase.is_call and book.expected_px > 0)

    def trade(self, camera: "Camera", trips: "TripPictures") -> None:
        """Arm, buy at the market by key, leave limit orders on both sides by key and by click."""
        session = self._session
        self._key("F12")
        trips.enter()
        held = list(session.market.instruments)[:HELD]
        for symbol in reversed(held):
            session.selection.choose(symbol)
            self._settle()
            self._key("1")
            before = len(session.orders.fills)
            self._key("F3")
            self._wait("a fill", partial(self._has_filled, before))
        trips.wait_in_books()
        session.selection.choose(held[0])
        self._settle()
        symbol = session.selection.symbol()
        ticks = session.market.instruments[symbol].ticks
        bid, ask = session.market.best_bid(symbol), session.market.best_ask(symbol)
        for below, key in BIDS:
            self._key(key)
            camera.click_ladder(Side.BUY, ticks.move(bid, -below))
        self._key("1")
        session.actions.enter(symbol, Side.SELL, ticks.move(ask, 8), 5)  # beyond where a sweep may reach meanwhile
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
        spin(lambda: time.monotonic() - seen > SETTLE_S and not clock.is_behind, SETTLE_S_MAX)

    def _wait(self, what: str, condition: Callable[[], bool]) -> None:
        from hts.app.hand import spin

        if not spin(condition, SESSION_S_MAX):
            detail = self._terminal.window.status_strip.banner or self._terminal.window.hint_strip.message
            raise ConfigError(f"shots: expected {what} within {SESSION_S_MAX:.0f} s, found none ({detail})")

    def _save(self, name: str, widget: "QWidget") -> None:
        file = self._out / f"{name}.png"
        self._terminal.frame_clock.catch_up()
        if not widget.grab().save(str(file)):
            raise ConfigError(f"{file}: cannot write the picture; choose another --out")
        self._files.append(file)


@contextmanager
def paper_session(paths: HomePaths, speed: float) -> Iterator["OwnVenue"]:
    """Simulator and core of a fresh home, stopped at the end; gives a way to stop the simulator before."""
    from hts.app.shots_accidents import OwnVenue

    prepare_home(paths)
    base = free_port_base()
    paths.config.write_text(f"[venue]\nport_base = {base}\nspeed = {speed}\n", encoding="utf-8")
    started: list[subprocess.Popen[bytes]] = []

    def start(command: str, *more: str) -> None:
        words = [sys.executable, "-m", "hts.app", command, "--home", str(paths.home), *more]
        with (paths.log / f"{command}.out").open("ab") as log:
            started.append(subprocess.Popen(words, stdout=log, stderr=log))  # noqa: S603  our own interpreter

    def again() -> None:
        started[0].wait(STOP_S)
        start("sim", "--scenario", SCENARIO)

    try:
        start("sim", "--scenario", SCENARIO, f"--clock={opening()[:10]} {BEFORE_THE_OPENING}")
        start("core")
        yield OwnVenue(stop=started[0].terminate, start=again)
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
    while not path.exists() or not path.stat().st_size:
        if time.monotonic() > end:
            raise ConfigError(f"{path}: expected the core to write it, found nothing; see the log beside it")
        time.sleep(0.05)
