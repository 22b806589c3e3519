"""Plain `hts` where there is no display: a short paper session through the same window, painted into memory.

Simulator and core run as always, in a home directory of their own that is removed afterwards, half a minute into the
next day's continuous trading. The window is driven by keys alone (hts.app.hand); what is printed is what its tables
hold.
"""

import argparse
import os
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hts.app.config import load_config, with_port_base
from hts.app.demo import opening
from hts.app.paths import HomePaths, home_directory, prepare_home, temporary_home
from hts.app.processes import ensure_running, stop_running
from hts.app.up import market_options
from hts.base.errors import ConfigError
from hts.desk.keymap import Keymap
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.sentences import end_text
from hts.desk.tables import Column, Table
from hts.desk.tables_fills import FillsTable
from hts.desk.tables_orders import REFUSED, OrderRow, order_columns, reached
from hts.desk.tables_positions import PositionsTable
from hts.desk.texts import Texts
from hts.io.ports import free_port_base
from hts.model.enums import Phase
from hts.model.views import CoreState

if TYPE_CHECKING:
    from hts.app.terminal import Terminal

SECONDS: Final = 20.0
SECONDS_MAX: Final = 3600.0
READY_PATIENCE_S: Final = 30.0
ANSWER_PATIENCE_S: Final = 10.0
ISSUES: Final = 3
PICTURE: Final = "hts-session.png"
NO_SIZE_HINTS: Final = "propagateSizeHints"

# What is pressed in each issue, by the actions' names: it buys more than it sells, so that something is held.
ACTIONS: Final = (
    "qty.1",
    "buy.market",
    "buy.ask",
    "buy.bid",
    "sell.ask",
    "cancel.last",
    "buy.market",
    "sell.market",
    "buy.bid",
)
CHOOSING: Final = 1  # pauses while an issue is chosen


def run_offscreen(options: argparse.Namespace) -> int:
    """0 when an order filled and the positions panel shows it. Raises ConfigError when something does not come up."""
    seconds = SECONDS if options.seconds is None else options.seconds
    if not 1 <= seconds <= SECONDS_MAX:
        raise ConfigError(f"--seconds: expected 1 to {SECONDS_MAX:g}, found {seconds:g}")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    print(
        f"no display: trading on paper for {seconds:g} s through the same window, unseen; hts --vnc shows it",
        flush=True,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being told to end removes the home directory too
    picture = picture_path(home_directory(options.home))
    with temporary_home("hts-session-") as paths:
        try:
            return _play(paths, options, seconds, picture)
        finally:
            stop_running(paths)


def picture_path(home: Path) -> Path:
    """In the working directory, or in the home directory where that cannot be written."""
    here = Path.cwd()
    return (here if os.access(here, os.W_OK) else home) / PICTURE


def _play(paths: HomePaths, options: argparse.Namespace, seconds: float, picture: Path) -> int:
    from hts.app.terminal import Terminal, TerminalOptions, application
    from hts.app.terminal_link import open_link
    from hts.app.terminal_tables import load_keymap, load_texts, system_language

    drop_platform_remarks()
    application()  # first: fonts and the system's language need it
    look = TerminalOptions(language=options.lang, theme=options.theme, keymap=options.keymap)
    keymap, texts = load_keymap(look.keymap), load_texts(look.language or system_language())
    port_base = free_port_base() if options.port_base is None else options.port_base
    market = market_options(options)
    once = market.sim_once if options.clock else (*market.sim_once, f"--clock={opening()}")
    prepare_home(paths)
    ensure_running(paths, msgspec.structs.replace(market, port_base=port_base, sim_once=once))
    config = with_port_base(load_config(paths.config), port_base)
    link = open_link(paths)
    terminal = Terminal(paths.home, config.core.account, link, look)
    try:
        terminal.show()
        session = OffscreenSession(terminal, keymap)
        session.trade(seconds)
        save_picture(terminal, picture)
        session.cancel_all()
        return show(terminal, texts, picture)
    finally:
        terminal.window.close()
        link.close()


def drop_platform_remarks() -> None:
    """The offscreen platform says for every window that it has no size hints; nobody can act on that."""
    from PySide6.QtCore import qInstallMessageHandler

    def say(_kind: object, _context: object, text: str) -> None:
        if NO_SIZE_HINTS not in text:
            print(text, file=sys.stderr)

    qInstallMessageHandler(say)


class OffscreenSession:
    """Trades through one window by its keys."""

    def __init__(self, terminal: "Terminal", keymap: Keymap) -> None:
        from hts.app.hand import Hand

        self._terminal = terminal
        self._session = terminal.session
        self._keymap = keymap
        self._hand = Hand(terminal.window)
        self._is_stopped = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def trade(self, seconds: float) -> None:
        """Arm, and trade in a few issues for about so long; ends with something held and something working."""
        self._wait("a core and a market that take orders", self._is_ready, READY_PATIENCE_S)
        issues = list(self._session.market.instruments)[:ISSUES]
        pause_s = seconds / (len(issues) * (len(ACTIONS) + CHOOSING))
        self._act("arm.toggle")
        for symbol in issues:
            self._choose(symbol)
            self._pause(pause_s)
            for action in ACTIONS:
                self._act(action)
                self._pause(pause_s)
        self._wait("a fill in the positions panel", self._is_held, ANSWER_PATIENCE_S)
        clock = self._terminal.frame_clock
        self._wait("a window that is up to date", lambda: not clock.is_behind, ANSWER_PATIENCE_S)

    def cancel_all(self) -> None:
        """Leave nothing working."""
        self._act("cancel.all")
        self._wait("every order to end", lambda: not self._session.orders.working(), ANSWER_PATIENCE_S)

    def _choose(self, symbol: str) -> None:
        """By the command box, typed."""
        self._act("command.focus")
        self._hand.type(symbol)
        self._hand.press("Return")
        market = self._session.market
        self._wait(
            f"prices of {symbol}",
            lambda: self._session.selection.symbol() == symbol and market.best_ask(symbol) > 0,
            ANSWER_PATIENCE_S,
        )

    def _act(self, action: str) -> None:
        keys = self._keymap.keys_of(action)
        if not keys:
            raise ConfigError(f"keymap: expected a key for {action}, found none; use --keymap default")
        self._hand.press(keys)

    def _pause(self, seconds: float) -> None:
        from hts.app.hand import spin

        end = time.monotonic() + seconds
        spin(lambda: self._is_stopped or time.monotonic() >= end, seconds + 1)
        self._stop_if_told()

    def _wait(self, what: str, condition: Callable[[], bool], patience_s: float) -> None:
        from hts.app.hand import spin

        is_met = spin(lambda: self._is_stopped or condition(), patience_s)
        self._stop_if_told()
        if not is_met:
            window = self._terminal.window
            detail = window.status_strip.banner or window.hint_strip.message or "no reason given"
            raise ConfigError(f"expected {what} within {patience_s:g} s, found none ({detail})")

    def _on_signal(self, number: int, frame: object) -> None:  # noqa: ARG002  the signature is signal's
        self._is_stopped = True

    def _stop_if_told(self) -> None:
        if self._is_stopped:
            raise KeyboardInterrupt

    def _is_ready(self) -> bool:
        status, market, symbol = self._session.orders.status, self._session.market, self._session.selection.symbol()
        return (
            self._session.link_is_up
            and status is not None
            and status.core is CoreState.READY
            and market.phase_of(symbol) is Phase.CONTINUOUS
            and market.best_bid(symbol) > 0
            and market.best_ask(symbol) > 0
        )

    def _is_held(self) -> bool:
        return bool(held_and_shown(self._terminal))


def held_and_shown(terminal: "Terminal") -> frozenset[str]:
    """Issues with a fill that the positions panel has a row for."""
    from widgets.tables import PositionsPanel

    filled = {fill.symbol for fill in terminal.session.orders.fills}
    tables = [panel.view.table for panel in terminal.window.panels if isinstance(panel, PositionsPanel)]
    return frozenset(row.symbol for table in tables for row in rows_of(table) if row.symbol in filled)


def save_picture(terminal: "Terminal", file: Path) -> None:
    """The window as it stands. Raises ConfigError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not terminal.window.grab().save(str(file)):
        raise ConfigError(f"{file}: cannot write the picture; start hts in another directory")


def show(terminal: "Terminal", texts: Texts, picture: Path) -> int:
    """Print the session's orders, fills and positions; the exit status."""
    session = terminal.session
    fills, positions = FillsTable(texts), PositionsTable(texts)
    fills.update(session.market, session.orders)
    positions.update(session.market, session.orders)
    orders = order_rows(session.market, session.orders, texts)
    print_table(texts("orders.day"), order_columns(texts), orders)
    print_table(texts("fills.title"), fills.columns, reversed(rows_of(fills)))
    print_table(texts("positions.title"), positions.columns, rows_of(positions))
    print(f"\n{len(orders)} orders, {len(fills)} fills, {len(positions)} positions; picture: {picture}")
    if held_and_shown(terminal):
        return 0
    print("hts: expected a fill that shows in the positions, found none", file=sys.stderr)
    return 1


def rows_of(table: Table[Any]) -> list[Any]:
    """All rows as they are shown."""
    return [table.row(number) for number in range(len(table))]


def order_rows(market: MarketState, orders: OrdersState, texts: Texts) -> list[OrderRow]:
    """Every order of the session, oldest first; the window's own table drops those that filled."""
    rows = []
    for view in orders.orders.values():
        issue = market.instruments[view.symbol]
        decimals = issue.px_decimals
        why = end_text(view, texts, decimals) if view.ord_status in REFUSED else ""
        rows.append(
            OrderRow(view=view, name=texts.name(issue), px_decimals=decimals, reached=reached(view), sentence=why)
        )
    return rows


def print_table(title: str, columns: Sequence[Column[Any]], rows: Iterable[Any]) -> None:
    """Columns aligned as in the window, one line per row; why an order was refused stands behind it."""
    rows = list(rows)
    lines = [[column.head for column in columns], *([column.text(row) for column in columns] for row in rows)]
    notes = ["", *(getattr(row, "sentence", "") for row in rows)]
    widths = [max(map(cells, column)) for column in zip(*lines, strict=True)]
    print(f"\n{title}")
    for line, note in zip(lines, notes, strict=True):
        padded = [""]
        for column, width, text in zip(columns, widths, line, strict=True):
            gap = " " * (width - cells(text))
            padded.append(gap + text if column.is_right else text + gap)
        print("  ".join([*padded, note]).rstrip())


def cells(text: str) -> int:
    """Columns that a text takes in a terminal: Hangul and kana take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
