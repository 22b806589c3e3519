"""A sweep over KRX and Nextrade by one key, on the real processes, and read back hop by hop in the x-ray."""

import os

import pytest

from hts.app.hand import Hand
from hts.app.terminal import Terminal, TerminalOptions
from hts.app.terminal_link import open_link
from hts.desk.order_xray_state import trace_text
from hts.desk.venue_tabs import best_prices
from hts.model.enums import OrdStatus, Phase, Side
from hts.model.trace import Hop
from hts.model.views import CoreState, LinkState
from hts.model.work import RouteSpec, WorkState
from tests.support.market import ACCOUNT, PATIENCE_S, Market
from widgets.panels import make_panel

pytestmark = [pytest.mark.processes, pytest.mark.screen, pytest.mark.qt_log_ignore("This plugin does not support")]
CLOCK = "--clock=2026-11-23 09:01:00"
QTY = 9_000  # more than either venue shows at its best price
CONFIG = """[core]
cash = 100000000000
[limits]
order_value_max = 10000000000
"""
SETTINGS = f"[entry]\nwarn_krw = 0\nwarn_qty = 0\nwarn_ticks = 0\npresets = [{QTY}, 1, 1, 1, 1, 1]\n"


@pytest.fixture
def terminal(tmp_path, qtbot):
    market = Market(tmp_path / "home")
    market.paths.home.mkdir()
    market.paths.config.write_text(CONFIG, encoding="utf-8")
    (market.paths.home / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    try:
        market.up(CLOCK)
        link = open_link(market.paths)
        made = Terminal(market.paths.home, ACCOUNT, link, TerminalOptions(language="en", theme="dark"))
        qtbot.addWidget(made.window)
        made.show()
        yield made
        made.window.close()
        link.close()
    finally:
        market.clean_up()


def wait(qtbot, is_so):
    qtbot.waitUntil(lambda: bool(is_so()), timeout=PATIENCE_S * 1000)


def is_open(session):
    symbol = session.selection.symbol()
    asks = [best_prices(session.market, symbol, venue)[1] for venue in ("KRX", "NXT")]
    told = [session.orders.statuses.get(venue) for venue in ("KRX", "NXT")]
    takes = all(one and one.core is CoreState.READY and one.orders is LinkState.UP for one in told)
    return takes and session.market.phase_of(symbol) is Phase.CONTINUOUS and all(asks)


def test_a_sweep_of_two_venues_by_key_is_read_back_hop_by_hop(terminal, qtbot):
    session, hand = terminal.session, Hand(terminal.window)
    wait(qtbot, lambda: session.link_is_up and is_open(session))
    for key in ("F12", "1", "F8"):
        hand.press(key)
    orders = session.orders
    wait(qtbot, lambda: any(isinstance(work.spec, RouteSpec) and work.state.is_over for work in orders.works.values()))
    (work,) = orders.works.values()
    assert (work.side, int(work.qty), int(work.cum_qty), work.state) == (Side.BUY, QTY, QTY, WorkState.DONE)
    parts = [orders.orders[child] for child in work.children]
    assert {part.venue for part in parts} == {"KRX", "NXT"}
    assert sum(part.cum_qty for part in parts) == QTY
    assert {part.ord_status for part in parts} <= {OrdStatus.FILLED, OrdStatus.CANCELED}
    for part in parts:
        xray = under_the_xray(terminal, qtbot, part)
        ours = xray.way.hops[: list(Hop).index(Hop.PUBLISH) + 1]
        assert all(hop.is_known for hop in ours), [hop.hop for hop in ours if not hop.is_known]
        assert [one.begin_ns + one.took_ns for one in ours][:-1] == [one.begin_ns for one in ours[1:]]
        assert [hop.hop for hop in ours] == [
            *(Hop.KEY, Hop.LINK, Hop.CHECK, Hop.JOURNAL, Hop.ENCODE, Hop.WIRE, Hop.VENUE, Hop.PUBLISH)
        ]
        sent, *received = xray.messages
        assert (sent.is_sent, sent.name, sent.venue) == (True, "EnterOrder", part.venue)
        assert {one.name for one in received} == {"Execution"} and len(received) >= 2
        assert xray.checks and all(row.is_passed for row in xray.checks)
        assert xray.route is not None and sorted(row.venue for row in xray.route.seen) == ["KRX", "NXT"]
        lanes = xray.lanes.lanes
        assert [(lane.venue, lane.order_id) for lane in lanes] == [(one.venue, one.order_id) for one in parts]
        assert [sum(qty for _, qty in lane.fills) for lane in lanes] == [int(one.cum_qty) for one in parts]
        assert all(0 < lane.wire_ns < lane.ack_ns <= lane.end_ns for lane in lanes)
        told = trace_text(xray, terminal.context.texts)
        assert all(terminal.context.texts(f"hop.{hop.value}") in told for hop in Hop)


def under_the_xray(terminal, qtbot, part):
    """What the panel shows of a part, once the core has answered for all of them."""
    session = terminal.session
    session.answers.look_at(part.order_id)
    panel = make_panel("order_xray", terminal.context)
    qtbot.addWidget(panel)
    panel.resize(1914, 760)
    panel.show()

    def is_whole():
        panel.mark_dirty()
        panel.refresh_if_dirty(terminal.mono_ns())
        shown = panel.shown
        return shown and shown.trace and shown.route and shown.lanes and len(shown.lanes.lanes) == len(shown.siblings)

    wait(qtbot, is_whole)
    if folder := os.environ.get("HTS_PICTURES"):
        panel.grab().save(f"{folder}/xray_{part.venue}_{part.order_id}.png")
    panel.close()
    return panel.shown
