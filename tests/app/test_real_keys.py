"""A person's way: real keys on a real screen become orders on the wire; the window is killed and another takes over.

A window that hangs is ended by the process that keeps it, and opens again as it was.

A second terminal without a screen says what core and venue know. The disconnect policy is KEEP.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hts.model.enums import OrdStatus, OrdType, Side
from tests.support import processes, screen
from tests.support.market import Market
from themes.tokens import THEMES, Tokens

pytestmark = [
    pytest.mark.processes,
    pytest.mark.screen,
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is on Linux"),
    pytest.mark.skipif(bool(screen.MISSING), reason=f"not installed: {' '.join(screen.MISSING)}"),
]
ROOT = Path(__file__).resolve().parents[2]
CLOCK = "--clock=2026-11-23 09:00:30"
SYMBOL = "005930"
TOKENS = Tokens.parse(THEMES["dark"])
PRICES_PX = 2_000  # pixels in the colours of prices once ladder and watchlist are filled
ARMED_PX = 5_000  # pixels in the colour of the armed block and frame
TEXT_COLOURS = 50  # that smooth letters have; an empty table has three
QUIET = "[notify]\nfills = false\nlinks = false\nalerts = false\nrefusals = false\n"
PAUSE_S = 0.05  # between two looks at the screen
STILL = 10  # looks: longer than a cell lights up
NEAR = 60  # of 256: a dashed line is drawn between two pixels
CHIP_PX, NEAR_PX = 18, 4  # how high an order is, and how near to the pointer it is held
OWN_BUYS = slice(250, 620), slice(1470, 1560)  # of the ladder, in the default layout
ORDERS_AND_FILLS = slice(790, 1040), slice(990, 1920)  # below their headers, in the default layout


class Person:
    """At a screen with `hts`."""

    def __init__(self, directory):
        self.screen = screen.Screen(directory)
        self.market = Market(directory / "home")
        # Cards over the tables come and go; here the tables are compared pixel for pixel.
        (directory / "home").mkdir(exist_ok=True)
        (directory / "home" / "settings.toml").write_text(QUIET, encoding="utf-8")
        self.windows = []

    def start(self, **environment):
        """Plain `hts`; returns when its window shows prices."""
        paths = self.market.paths
        words = ["--home", str(paths.home), "--port-base", str(self.market.port_base), "--lang", "en", CLOCK]
        words.append("--no-welcome")
        log = (self.screen.directory / f"hts-{len(self.windows)}.log").open("w")
        command = [sys.executable, "-m", "hts.app", *words]
        with log:
            usual = {**self.screen.environment, **environment}
            window = subprocess.Popen(command, cwd=ROOT, env=usual, stdout=log, stderr=log)
        self.windows.append(window)
        processes.until(self.shows_prices, "prices in the window", PAUSE_S)
        return window

    def shows_prices(self):
        return self.screen.count(TOKENS.up, TOKENS.down) > PRICES_PX

    def arm(self):
        self.screen.press("F12")
        processes.until(lambda: self.screen.count(TOKENS.own) > ARMED_PX, "the armed block", PAUSE_S)

    def tables(self):
        return self.screen.pixels()[ORDERS_AND_FILLS]

    def own_marks(self):
        """Rows and columns of pixels near the colour of own orders, in the ladder's column of buys."""
        pixels = self.screen.pixels()[OWN_BUYS].astype(np.int64)
        own = TOKENS.own.red(), TOKENS.own.green(), TOKENS.own.blue()
        off = [abs((pixels >> shift & 0xFF) - part) for shift, part in zip((16, 8, 0), own, strict=True)]
        rows, columns = np.nonzero(np.maximum.reduce(off) < NEAR)
        return rows + OWN_BUYS[0].start, columns + OWN_BUYS[1].start

    def drag_own_buy(self, up_px):
        """Take the lowest own buy of the ladder with the mouse, and hold it higher up."""
        rows, columns = self.own_marks()
        bottom = int(rows.max())
        chip = rows > bottom - CHIP_PX
        x, y = int(np.median(columns[chip])), int(np.median(rows[chip]))
        self.screen.mouse("mousemove", x, y, "mousedown", 1)
        for part in range(1, 5):
            self.screen.mouse("mousemove", x, y - up_px * part // 4)

        def is_held():
            off = bottom - up_px - self.own_marks()[0]
            return ((off > -NEAR_PX) & (off < CHIP_PX)).any()

        processes.until(is_held, "a dragged order", PAUSE_S)

    def leave(self):
        self.screen.save(self.screen.directory / "screen.png")
        for window in self.windows:
            window.kill()
            window.wait()
        self.market.clean_up()
        self.screen.stop()


@pytest.fixture
def person(tmp_path):
    made = Person(tmp_path)
    try:
        yield made
    finally:
        made.leave()


def facts(order):
    return order.symbol, order.side, order.ord_type, order.order_qty, order.ord_status


def orders_of(terminal):
    return [facts(order) for _, order in sorted(terminal.orders.items())]


BOUGHT = (SYMBOL, Side.BUY, OrdType.MARKET, 10, OrdStatus.FILLED)
RESTING = (SYMBOL, Side.BUY, OrdType.LIMIT, 10, OrdStatus.NEW)
CANCELED = (SYMBOL, Side.BUY, OrdType.LIMIT, 10, OrdStatus.CANCELED)
SOLD = (SYMBOL, Side.SELL, OrdType.MARKET, 10, OrdStatus.FILLED)


def test_keys_become_orders_and_a_new_window_takes_over_those_of_a_killed_one(person):
    window = person.start()
    terminal = person.market.terminal()
    terminal.until_ready()
    person.screen.press("F3")  # locked: explains itself and sends nothing
    person.arm()
    person.screen.press("1", "F3")
    terminal.until(lambda: orders_of(terminal) == [BOUGHT], "one order, bought")
    terminal.until(lambda: terminal.positions[SYMBOL].qty == 10, "a position")
    # Ten ticks below the bid an order waits.
    person.screen.press("ctrl+Down", "Return")
    terminal.until(lambda: orders_of(terminal) == [BOUGHT, RESTING], "one that rests")
    (px,) = [order.px for order in terminal.orders.values() if order.ord_status is OrdStatus.NEW]
    before = settled(person)
    assert len(np.unique(before)) > TEXT_COLOURS
    running = {name: child["pid"] for name, child in person.market.status().items()}

    person.drag_own_buy(up_px=40)
    window.kill()  # amid a drag
    window.wait()
    processes.until(lambda: person.screen.count(TOKENS.own) == 0, "a black screen", PAUSE_S)
    seen_ns = terminal.status.trade_ns
    terminal.until(lambda: terminal.status.trade_ns > seen_ns, "a venue whose clock goes on")
    assert {name: child["pid"] for name, child in person.market.status().items()} == running
    assert (orders_of(terminal), terminal.refusals) == ([BOUGHT, RESTING], [])

    person.start()
    processes.until(
        lambda: np.array_equal(person.tables(), before), "the same orders and fills, pixel for pixel", PAUSE_S
    )
    person.screen.mouse("mouseup", 1)
    person.screen.press("BackSpace")  # cancelling needs no arming
    terminal.until(lambda: orders_of(terminal) == [BOUGHT, CANCELED], "the resting one, cancelled")
    assert [order.px for order in terminal.orders.values() if order.ord_status is OrdStatus.CANCELED] == [px]
    person.arm()
    person.screen.press("1", "F4")
    terminal.until(lambda: orders_of(terminal) == [BOUGHT, CANCELED, SOLD], "all sold")
    terminal.until(lambda: terminal.positions[SYMBOL].qty == 0, "no position")


HANG = """
import signal
from hts.app import heartbeat
heartbeat.HUNG_NS = 3_000_000_000
def the_loop_that_never_ends(*_):
    while True:
        pass
signal.signal(signal.SIGUSR1, the_loop_that_never_ends)
"""


def test_a_window_that_hangs_is_ended_and_stands_again_in_its_workspace_with_its_orders(person, tmp_path):
    """What makes it hang comes from outside: a signal that the interpreter was taught before the program began."""
    (tmp_path / "sitecustomize.py").write_text(HANG, encoding="utf-8")
    keeper = person.start(PYTHONPATH=os.pathsep.join((str(tmp_path), str(ROOT))))
    terminal = person.market.terminal()
    terminal.until_ready()
    person.arm()
    person.screen.press("ctrl+Down", "Return", "ctrl+2")
    terminal.until(lambda: orders_of(terminal) == [RESTING], "one that rests")
    layout = person.market.paths.home / "layout.json"

    def stored():
        return layout.exists() and json.loads(layout.read_text(encoding="utf-8"))["workspace"]

    processes.until(lambda: stored() == "scalper", "a layout with the second workspace", PAUSE_S)

    hung = window_of(keeper)
    os.kill(hung, signal.SIGUSR1)
    processes.until(lambda: window_of(keeper) not in {None, hung}, "another window", PAUSE_S)
    processes.until(person.shows_prices, "prices in the window", PAUSE_S)
    (report,) = person.market.paths.log.glob("hang-*.txt")
    text = report.read_text(encoding="utf-8")
    assert "ended by us, for its loop had not turned for" in text
    assert "the_loop_that_never_ends" in text
    assert stored() == "scalper"
    assert (orders_of(terminal), terminal.refusals) == ([RESTING], [])
    person.screen.press("BackSpace")  # the new one has the keys, and knows the order
    terminal.until(lambda: orders_of(terminal) == [CANCELED], "the resting one, cancelled")


def window_of(keeper):
    """The process that `hts` keeps: a fork of its own."""
    words = processes.command_line(keeper.pid)
    others = processes.tree(keeper.pid) - {keeper.pid}
    return next((pid for pid in others if processes.command_line(pid) == words), None)


def settled(person):
    """Orders and fills, once no figure lights up any more."""
    seen = []

    def is_still():
        seen.append(person.tables())
        return len(seen) > STILL and all(np.array_equal(image, seen[-1]) for image in seen[-STILL:])

    processes.until(is_still, "a table that stands still", PAUSE_S)
    return seen[-1]
