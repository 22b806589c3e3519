"""Supervisor, simulator and core as real processes on a real wire; they are killed, and nothing is lost.

The account's disconnect policy is KEEP in these tests unless the name says otherwise.
"""

import sys
import time

import pytest

from hts.model.denials import Rule
from hts.model.enums import OrdStatus, Side
from hts.model.intents import CancelAll
from hts.model.views import LinkState
from tests.support.market import ACCOUNT, Market

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals"),
]
CLOCK = "--clock=2026-11-23 09:01:00"  # continuous trading from the first second
DOWN_WITHIN_S = 2.0


@pytest.fixture
def market(tmp_path):
    market = Market(tmp_path)
    yield market
    market.clean_up()


def far_below(terminal) -> int:
    """A buy price that rests: the lowest bid published."""
    book = terminal.until(lambda: terminal.books.get("005930"), "a book")
    return min(px for px in book.levels[1::4] if px)


def place(terminal, count):
    """Resting orders, accepted by the venue. Quantities differ: the same order twice is a slip of the finger."""
    px = far_below(terminal)
    for number in range(count):
        outcome = terminal.outcome(terminal.order(Side.BUY, px, qty=1 + number))
        assert outcome.accepted, outcome
    terminal.until(lambda: len([o for o in terminal.working().values() if o.ord_status is OrdStatus.NEW]) >= count)


def facts(terminal):
    """What must survive: each order's identity and state, each fill, each position."""
    orders = sorted((o.order_id, o.request_id, o.venue_order_id, o.ord_status, o.px, o.cum_qty, o.leaves_qty)
                    for o in terminal.orders.values())  # fmt: skip
    return [(*order[:3], order[3].name, *order[4:]) for order in orders], sorted(terminal.fills), {
        symbol: position.qty for symbol, position in terminal.positions.items()
    }  # fmt: skip


def trade_and_rest(terminal):
    """Two resting orders and one that fills."""
    place(terminal, 2)
    book = terminal.books["005930"]
    terminal.outcome(terminal.order(Side.BUY, book.levels[4 * 4], qty=3))
    terminal.until(lambda: any(o.ord_status is OrdStatus.FILLED for o in terminal.orders.values()), "a fill")


def test_a_new_terminal_sees_the_orders_of_one_that_vanished(market):
    market.up(CLOCK)
    first = market.terminal()
    first.until_ready()
    trade_and_rest(first)
    before = facts(first)
    first.close()
    second = market.terminal()
    second.until_ready()
    assert facts(second) == before


def test_a_killed_core_comes_back_with_every_order_once(market):
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    trade_and_rest(terminal)
    before = facts(terminal)
    market.kill("core")
    terminal.until(lambda: terminal.refusals, "the link is down")
    terminal.until_ready()
    assert facts(terminal) == before
    place(terminal, 3)
    assert len(terminal.working()) == 5
    assert market.status()["core"]["restarts"] == 1


def test_a_killed_venue_is_down_within_two_seconds_and_comes_back_with_the_same_orders(market):
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    place(terminal, 2)
    before = facts(terminal)
    px = far_below(terminal)
    epoch = terminal.status.epoch
    market.kill("simulator")
    killed_s = time.monotonic()
    terminal.until(lambda: terminal.status.orders is LinkState.DOWN, "venue down")
    assert time.monotonic() - killed_s < DOWN_WITHIN_S
    outcome = terminal.outcome(terminal.order(Side.BUY, px, qty=7))
    assert (outcome.accepted, outcome.denial.rule) == (False, Rule.VENUE_DOWN)
    terminal.until_ready()
    orders, *rest = facts(terminal)
    assert ([order for order in orders if order[3] != "DENIED"], *rest) == before
    assert terminal.status.epoch == epoch
    assert terminal.link.send(CancelAll(request_id="cancel", account=ACCOUNT))
    terminal.until(lambda: not terminal.working(), "all cancelled")
    assert {o.ord_status for o in terminal.orders.values()} == {OrdStatus.CANCELED, OrdStatus.DENIED}


def test_both_killed_at_once_come_back_with_the_same_orders(market):
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    trade_and_rest(terminal)
    before = facts(terminal)
    market.kill("core")
    market.kill("simulator")
    terminal.until(lambda: terminal.refusals, "the link is down")
    terminal.until_ready()
    assert facts(terminal) == before


def test_a_core_killed_while_orders_are_on_their_way_loses_and_doubles_none(market):
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    px = far_below(terminal)
    for number in range(10):
        terminal.order(Side.BUY, px, qty=1 + number)
    market.kill("core")
    terminal.until(lambda: terminal.refusals, "the link is down")
    terminal.until_ready()
    terminal.until(lambda: all(o.ord_status is not OrdStatus.PENDING_NEW for o in terminal.orders.values()))
    request_ids = [order.request_id for order in terminal.orders.values()]
    assert len(request_ids) == len(set(request_ids))
    venue_ids = [o.venue_order_id for o in terminal.working().values()]
    assert len(venue_ids) == len(set(venue_ids))


def test_under_the_cancel_policy_orders_end_with_the_last_terminal(market):
    market.paths.config.write_text('[core]\ndisconnect = "cancel"\n')
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    place(terminal, 2)
    terminal.close()
    again = market.terminal()
    again.until_ready()
    again.until(lambda: not again.working(), "all cancelled")
    assert [o.ord_status for o in again.orders.values()] == [OrdStatus.CANCELED] * 2


def test_under_the_cancel_policy_the_venue_cancels_for_a_killed_core(market):
    market.paths.config.write_text('[core]\ndisconnect = "cancel"\n')
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    place(terminal, 2)
    market.kill("core")
    terminal.until(lambda: terminal.refusals, "the link is down")
    terminal.until_ready()
    terminal.until(lambda: not terminal.working(), "all cancelled")
    assert [o.ord_status for o in terminal.orders.values()] == [OrdStatus.CANCELED] * 2


def test_a_fresh_day_closes_the_orders_of_the_old_one(market):
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    place(terminal, 2)
    epoch = terminal.status.epoch
    market.hts("stop")
    market.up(CLOCK, "--fresh")
    terminal.until(lambda: terminal.status.epoch == epoch + 1, "a new epoch")
    terminal.until_ready()
    assert terminal.working() == {}


def test_stop_leaves_nothing_running_and_a_restart_finds_the_orders(market):
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    place(terminal, 2)
    before = facts(terminal)
    assert market.hts("stop").stdout == "stopped\n"
    assert market.hts("status").returncode == 1
    market.up()
    terminal.until(lambda: terminal.refusals, "the link is down")
    terminal.until_ready()
    assert facts(terminal) == before


def test_with_sync_before_send_a_killed_core_comes_back_too(market):
    market.paths.config.write_text('[journal]\nsync = "before_send"\n')
    market.up(CLOCK)
    terminal = market.terminal()
    terminal.until_ready()
    trade_and_rest(terminal)
    before = facts(terminal)
    market.kill("core")
    terminal.until(lambda: terminal.refusals, "the link is down")
    terminal.until_ready()
    assert facts(terminal) == before
