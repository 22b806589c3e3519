"""A recorded session as an issue of the running venue: the user trades against its orders, in dollars."""

import os
from pathlib import Path

import pytest

from hts.app import replay
from hts.app.processes import stop_running
from hts.model.enums import OrdStatus, Side
from tests.support.market import Market

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("HTS_SHARED", ROOT / ".." / "shared"))
RECORDING = SHARED / "data" / "lobster" / "AAPL_2012-06-21_message_10_excerpt.csv"


@pytest.mark.processes
@pytest.mark.skipif(not RECORDING.exists(), reason="the recording is not here; set HTS_SHARED")
def test_an_order_trades_against_the_recorded_book(tmp_path):
    market = Market(tmp_path)
    market.paths, config = replay.replay_home(tmp_path, market.port_base)
    replay.start(market.paths, config, RECORDING, speed=10.0)
    terminal = market.terminal()
    try:
        terminal.until_ready()
        book = terminal.until(lambda: (found := terminal.books.get("AAPL")) and found.levels[0] and found, "a book")
        worst_ask = max(book.levels[0::4])
        terminal.outcome(terminal.order(Side.BUY, worst_ask, qty=10, symbol="AAPL"))
        terminal.until(lambda: "AAPL" in terminal.positions and terminal.positions["AAPL"].qty == 10, "a position")
        terminal.until(lambda: terminal.account.currency == "USD" and terminal.account.cash < replay.CASH_CENTS)
        (order,) = terminal.orders.values()
        assert (order.ord_status, order.cum_qty) == (OrdStatus.FILLED, 10)
        assert sum(fill.qty for fill in terminal.fills.values()) == 10
    finally:
        stop_running(market.paths)
        market.clean_up()
