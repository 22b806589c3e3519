"""Tokyo's and Osaka's own order protocols from end to end: core and simulator as processes, sockets between them.

The background stands still. Another member sells to us over a socket of his own, so that every report is known before.
"""

import os
import signal
import sys

import pytest

from hts.app.audit import audit
from hts.app.config import load_config, with_port_base
from hts.app.venue_ports import venue_ports
from hts.io.files import FileStorage
from hts.journal.archive import Archive
from hts.journal.replay import read_journal
from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.intents import CancelOrder, ReplaceOrder, SetKillSwitch
from hts.model.reasons import LocalCause
from hts.model.records import OrderClosed, OrderEntered, ReportReceived
from hts.model.reports import ExecutionReport
from hts.model.views import LinkState
from hts.sim.native.itch_ose import book_ids
from tests.app.test_world_venues import market, up
from tests.session.plain_clients import PlainSoup
from tests.support.foreign_rules import foreign_rules
from tests.support.market import ACCOUNT
from tests.support.wire_layout import layout_of

__all__ = ["market"]
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform == "win32", reason="kills and stops by POSIX signals"),
]
DAY = 20261124
FUTURE = "NK225M-202612"
TRADED = {"TSE": ("7203", 30_000, 100), "OSE": (FUTURE, 50_000, 1)}  # symbol, price, lot
LIMITS = "[core]\ncash_jpy = 900000000\n[limits]\norder_value_max = 1000000000\nstale_data_ms = 60000\n"


def sell(market, venue, number, lots):
    """Another member sells at our price over the venue's own protocol, and is told so."""
    symbol, px, lot = TRADED[venue]
    other = PlainSoup("127.0.0.1", venue_ports(market.port_base, venue).order_entry, "OUT001", "paper")
    if venue == "TSE":
        layout = layout_of("arrowhead_ours")
        order = {
            "request_number": number, "issue_code": symbol, "side": "1", "order_type": "L", "condition": "0",
            "capacity": "A", "short_selling": "0", "margin": "0", "quantity": lots * lot, "price": px * 1_000,
            "account": "", "client_reference": "theirs",
        }  # fmt: skip
    else:
        layout = layout_of("ose_ouch_5_0")
        order = {
            "order_token": f"S{number}", "order_book_id": book_ids(foreign_rules().instruments("OSE", DAY))[symbol],
            "side": "S", "quantity": lots * lot, "price": px, "time_in_force": 0, "open_close": 4,
            "client_account": "", "customer_info": "", "exchange_info": "",
        }  # fmt: skip
    other.send(layout.encode("enter_order", order))
    while layout.decode(other.message(), "venue").name != "order_executed":
        pass
    other.close()


class Desk:
    """Orders of one venue, entered, changed and waited for."""

    def __init__(self, market, terminal, venue):
        self.market, self.terminal, self.venue = market, terminal, venue
        self.symbol, self.px, self.lot = TRADED[venue]
        terminal.plain.until(lambda: (venue, self.symbol) in terminal.issues, f"{self.symbol} listed")

    def buy(self, lots, below=0):
        order_id = self.terminal.buy(self.venue, self.symbol, self.px - below, lots * self.lot)
        self.until(order_id, OrdStatus.NEW)
        return order_id

    def until(self, order_id, status):
        self.terminal.until_status(order_id, status)

    def amend(self, order_id, below, lots):
        self._send(ReplaceOrder, order_id, px=self.px - below, qty=lots * self.lot)
        self.terminal.plain.until(lambda: self.terminal.order(order_id).px == self.px - below, "amended")

    def cancel(self, order_id):
        self._send(CancelOrder, order_id)
        self.until(order_id, OrdStatus.CANCELED)

    def _send(self, kind, order_id, **fields):
        newest = self.terminal.order(order_id).cl_ord_id
        name = f"{kind.__name__}{newest}"
        assert self.terminal.plain.link.send(kind(request_id=name, account=ACCOUNT, cl_ord_id=newest, **fields))


def back(market, terminal, what):
    """A process is killed; the order lines stand again. The terminal outlives the core."""
    plain = terminal.plain
    market.kill(what)
    if what == "core":
        plain.until(lambda: plain.refusals, "the link is down")
        plain.statuses.clear()
    else:
        plain.until(lambda: all(s.orders is not LinkState.UP for s in plain.statuses.values()), "both lines down")
    plain.until(
        lambda: (
            plain.is_complete
            and set(plain.statuses) == set(TRADED)
            and all(status.orders is LinkState.UP for status in plain.statuses.values())
        ),
        f"{what} back",
    )


def written(market):
    """(reports, closed orders) of each order by venue, as the journal has them."""
    storage = FileStorage(market.paths.journal)
    reports, roots, closed = {}, {}, []
    for record in read_journal(storage, older=Archive(FileStorage(market.paths.archive))).records:
        if isinstance(record, OrderEntered):
            reports.setdefault(record.venue, []).append([])
            roots[record.cl_ord_id] = (record.venue, len(reports[record.venue]) - 1)
        elif isinstance(record, OrderClosed):
            closed.append((*roots[record.cl_ord_id], LocalCause(record.cause)))
        elif isinstance(record, ReportReceived) and isinstance(record.report, ExecutionReport):
            report = record.report
            if report.orig_cl_ord_id:
                roots[report.cl_ord_id] = roots[report.orig_cl_ord_id]
            if report.exec_type is not ExecType.ORDER_STATUS:
                venue, place = roots[report.cl_ord_id]
                told = (report.exec_type, report.ord_status, report.last_qty, report.leaves_qty, report.cum_qty)
                reports[venue][place].append(told)
    return reports, closed


def new(lots):
    return (ExecType.NEW, OrdStatus.NEW, 0, lots, 0)


def over(cum=0):
    return (ExecType.CANCELED, OrdStatus.CANCELED, 0, 0, cum)


PARTLY = [new(3), (ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, 1, 2, 1)]
AMENDED = (ExecType.REPLACED, OrdStatus.PARTIALLY_FILLED, 0, 1, 1)


def in_shares(life, lot):
    return [(kind, status, *(lot * qty for qty in numbers)) for kind, status, *numbers in life]


def test_orders_in_the_venues_own_protocols_survive_everything(market):
    terminal = up(market, tuple(TRADED), "2026-11-24 10:00:00", LIMITS + "[venue]\nintensity = 0.0\n")
    desks = {venue: Desk(market, terminal, venue) for venue in TRADED}
    first = {venue: desk.buy(3) for venue, desk in desks.items()}
    for venue, desk in desks.items():
        sell(market, venue, 1, 1)
        desk.until(first[venue], OrdStatus.PARTIALLY_FILLED)
        desk.amend(first[venue], 20, 2)
        second = desk.buy(1, below=40)
        desk.cancel(second)
    back(market, terminal, "core")
    desks["OSE"].until(first["OSE"], OrdStatus.CANCELED)  # Osaka cancels what a lost connection leaves
    assert terminal.order(first["TSE"]).leaves_qty == 100
    third = {venue: desk.buy(2, below=60) for venue, desk in desks.items()}
    back(market, terminal, "simulator")
    assert {venue: terminal.order(order_id).ord_status for venue, order_id in third.items()} == dict.fromkeys(
        TRADED, OrdStatus.NEW
    )
    os.kill(market.status()["simulator"]["pid"], signal.SIGSTOP)  # the line stands, and nobody reads it
    for venue, desk in desks.items():
        outcome = terminal.plain.outcome(
            terminal.plain.order(Side.BUY, desk.px - 80, qty=desk.lot, symbol=desk.symbol, venue=venue)
        )
        assert outcome.accepted, outcome
    back(market, terminal, "simulator")
    terminal.plain.until(lambda: len(terminal.plain.working()) == 3, "what was on its way is closed")
    assert terminal.plain.link.send(SetKillSwitch(request_id="stop", account=ACCOUNT, on=True, reason="test"))
    terminal.plain.until(lambda: not terminal.plain.working(), "all cancelled")
    settings = with_port_base(load_config(market.paths.config), market.port_base).venue
    for venue, count in (("TSE", 8), ("OSE", 8)):
        found = audit(market.paths, settings, venue)
        assert (found.reports, found.lost, found.duplicated, found.entered_twice) == (count, 0, 0, 0), found.examples
    market.hts("stop")
    reports, closed = written(market)
    assert reports == {
        "TSE": [in_shares(life, 100) for life in ([*PARTLY, AMENDED, over(1)], [new(1), over()], [new(2), over()], [])],
        "OSE": [*([*PARTLY, AMENDED, over(1)], [new(1), over()], [new(2), over()], [])],
    }
    assert sorted(closed) == [
        ("OSE", 3, LocalCause.UNKNOWN_TO_VENUE),
        ("TSE", 3, LocalCause.NEVER_REACHED_VENUE),
    ]
