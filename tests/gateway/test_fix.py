"""The FIX order gateway on the simulator's own FIX port, in memory, in both versions."""

import pytest

from hts.gateway.fix import FixConfig, FixOrderGateway
from hts.gateway.redial import RedialPlan
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, OrdType, Side, TimeInForce
from hts.model.reports import ExecutionReport, MassStatusEnd, OrderCancelReject, RequestsLost, SessionDown, SessionUp
from hts.model.requests import (
    EndSession,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
)
from hts.rules.dates import krx_date
from hts.wire.fix.store import FixStore
from tests.sim.fix_shell import OE, PASSWORD, WALL_NS, FixShell, an_inspector
from tests.support.fix_gateway import MS, FixPeer
from tests.support.storage import MemoryStorage
from tests.support.venue import SAMSUNG
from tests.support.wire_ums import an_order

ACCOUNT = "8801-2745-01"
PX = 272_000
VERSIONS = {"HTS01-OE44": "FIX.4.4", "HTS01-OE50": "FIXT.1.1"}


class Member(FixPeer):
    """A gateway at the venue's port for orders."""

    def __init__(self, shell, comp_id="HTS01-OE44", store=None, *, password=PASSWORD, running="", sign=None):
        config = FixConfig(
            venue="KRX",
            sender_comp_id=comp_id,
            target_comp_id="KRX",
            password=password,
            running=running,
            wall_offset_ns=WALL_NS,
            redial=RedialPlan(delay_ns=100 * MS, refused_ns=9_000 * MS),
        )
        inspector = an_inspector(VERSIONS[comp_id])
        gateway = FixOrderGateway(config, inspector, lambda _symbol: 0, krx_date, store, sign=sign)
        super().__init__(shell, OE, gateway)


def new(cl_ord_id=1, **fields):
    values = {
        "cl_ord_id": cl_ord_id,
        "request_id": f"r{cl_ord_id}",
        "account": ACCOUNT,
        "symbol": SAMSUNG,
        "side": Side.BUY,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": PX,
        "qty": 10,
    }
    return NewOrderSingle(**{**values, **fields})


def about(kind, cl_ord_id, orig, **fields):
    named = {"account": ACCOUNT, "symbol": SAMSUNG, "side": Side.BUY, "request_id": f"r{cl_ord_id}"}
    return kind(cl_ord_id=cl_ord_id, orig_cl_ord_id=orig, **named, **fields)


def an_open_shell():
    return FixShell(start_s=9 * 3600 + 60)


def a_member(shell, comp_id="HTS01-OE44", **fields):
    member = Member(shell, comp_id, **fields)
    member.start()
    assert [type(event) for event in member.told] == [SessionUp]
    member.told.clear()
    return member


def lives(reports):
    return [(r.exec_type, r.cl_ord_id, r.ord_status, r.last_qty, r.leaves_qty, r.cum_qty) for r in reports]


@pytest.mark.parametrize("comp_id", VERSIONS)
def test_the_life_of_an_order(comp_id):
    shell = an_open_shell()
    member, other = a_member(shell, comp_id), shell.connect(9)
    member.want(new(1))
    other.send(an_order(1, px=PX, qty=4, side=Side.SELL), *shell.now)
    shell.pump()
    member.want(about(OrderCancelReplaceRequest, 2, 1, px=PX - 500, qty=8))
    member.want(about(OrderCancelRequest, 3, 2), about(OrderCancelRequest, 4, 2))
    reports = member.heard(ExecutionReport)
    assert lives(reports) == [
        (ExecType.NEW, 1, OrdStatus.NEW, 0, 10, 0),
        (ExecType.TRADE, 1, OrdStatus.PARTIALLY_FILLED, 4, 6, 4),
        (ExecType.REPLACED, 2, OrdStatus.PARTIALLY_FILLED, 0, 4, 4),
        (ExecType.CANCELED, 3, OrdStatus.CANCELED, 0, 0, 4),
    ]
    first, fill = reports[:2]
    assert (first.request_id, first.account, first.symbol, first.px) == ("r1", ACCOUNT, SAMSUNG, PX)
    assert (fill.last_px, fill.exec_id > 0, fill.venue_order_id) == (PX, True, first.venue_order_id)
    (refused,) = member.heard(OrderCancelReject)
    assert (refused.cl_ord_id, refused.response_to) == (4, CxlRejResponseTo.CANCEL)
    assert [r.venue_seq for r in reports] == sorted({r.venue_seq for r in reports})


def test_the_venue_is_asked_for_all_orders_and_says_when_it_is_done():
    shell = an_open_shell()
    member = a_member(shell)
    member.want(OrderMassStatusRequest(mass_status_req_id=7))
    (end,) = member.heard(MassStatusEnd)
    assert (end.mass_status_req_id, end.count) == (7, 0)
    member.want(new(1), new(2, px=PX - 500))
    member.heard(ExecutionReport)
    member.want(OrderMassStatusRequest(mass_status_req_id=8))
    (end,) = member.heard(MassStatusEnd)
    told = member.heard(ExecutionReport)
    assert [(r.exec_type, r.cl_ord_id, r.leaves_qty) for r in told] == [
        (ExecType.ORDER_STATUS, 1, 10),
        (ExecType.ORDER_STATUS, 2, 10),
    ]
    assert (end.mass_status_req_id, end.count, end.venue_seq > told[-1].venue_seq) == (8, 2, True)


def test_a_mass_cancel_reaches_every_order():
    shell = an_open_shell()
    member = a_member(shell)
    member.want(new(1), new(2, px=PX - 500))
    member.heard(ExecutionReport)
    member.want(OrderMassCancelRequest(cl_ord_id=3, account=ACCOUNT))
    assert {(r.cl_ord_id, r.ord_status) for r in member.heard(ExecutionReport)} == {
        (1, OrdStatus.CANCELED),
        (2, OrdStatus.CANCELED),
    }


@pytest.mark.parametrize("comp_id", VERSIONS)
def test_what_was_said_while_the_line_was_cut_comes_again_once(comp_id):
    shell = an_open_shell()
    member, other = a_member(shell, comp_id), shell.connect(9)
    member.want(new(1))
    (accepted,) = member.heard(ExecutionReport)
    member.cut()
    assert [event.reason for event in member.heard(SessionDown)] == ["tcp_lost"]
    other.send(an_order(1, px=PX, qty=4, side=Side.SELL), *shell.now)
    shell.pump()
    member.want(new(2))
    assert member.heard(RequestsLost) == [RequestsLost(venue="KRX", cl_ord_ids=(2,))]
    member.wait()
    assert len(member.heard(SessionUp)) == 1
    (fill,) = member.heard(ExecutionReport)
    assert (fill.exec_type, fill.last_qty, fill.poss_dup) == (ExecType.TRADE, 4, True)
    assert fill.venue_seq > accepted.venue_seq


@pytest.mark.parametrize("comp_id", VERSIONS)
def test_an_order_that_is_lost_on_a_line_that_stands_is_asked_about(comp_id):
    """A damaged message leaves a gap, which is filled without the order: the session tells that it stands anew."""
    shell = an_open_shell()
    member = a_member(shell, comp_id)
    member.want(new(1))
    member.heard(ExecutionReport)
    member.gateway.send(new(2), *member.now())
    assert b"\x0111=2\x01" in member.gateway.data_to_send()
    member.want(new(3))
    epoch = krx_date(shell.now[0]) * 100
    assert [(type(event), event.epoch) for event in member.told] == [(SessionUp, epoch)]
    member.want(OrderMassStatusRequest(mass_status_req_id=7))
    assert [r.cl_ord_id for r in member.heard(ExecutionReport)] == [1]
    assert [(end.mass_status_req_id, end.count) for end in member.heard(MassStatusEnd)] == [(7, 1)]


def test_a_new_process_gets_what_its_journal_lacks():
    shell = an_open_shell()
    store = FixStore()
    member = a_member(shell, store=store)
    member.want(new(1), new(2, px=PX - 500))
    first, second = member.heard(ExecutionReport)
    member.cut()
    again = Member(shell, store=store)
    again.conn = member.conn
    epoch = krx_date(shell.now[0]) * 100
    again.start(epoch=epoch, next_in_seq=first.venue_seq + 1)
    (up,) = again.heard(SessionUp)
    assert (up.epoch, up.trading_date) == (epoch, krx_date(shell.now[0]))
    (told,) = again.heard(ExecutionReport)
    assert (told.cl_ord_id, told.venue_seq, told.poss_dup) == (2, second.venue_seq, True)


def test_a_power_cut_brings_back_what_the_journal_lacks_and_no_more():
    """The numbers are gone; the venue says which of ours it waits for, and the journal which of its we have."""
    shell = an_open_shell()
    member = a_member(shell)
    member.want(new(1), new(2, px=PX - 500), new(3, px=PX - 1_000))
    second = member.heard(ExecutionReport)[1]
    member.cut()
    again = Member(shell, store=FixStore())
    again.conn = member.conn
    again.start(epoch=krx_date(shell.now[0]) * 100, next_in_seq=second.venue_seq + 1)
    while not again.gateway.is_up:
        again.wait()
    assert [(r.cl_ord_id, r.poss_dup) for r in again.heard(ExecutionReport)] == [(3, True)]
    again.want(new(4, px=PX - 1_500))
    assert [r.cl_ord_id for r in again.heard(ExecutionReport)] == [4]


def test_a_reset_of_the_numbers_is_a_new_epoch_of_the_same_day():
    shell = an_open_shell()
    member = a_member(shell)
    member.gateway._session.reset(shell.mono_ns + WALL_NS, shell.mono_ns)
    shell.pump()
    member.take()
    (up,) = member.heard(SessionUp)
    date = krx_date(shell.now[0])
    assert (up.epoch, up.trading_date, up.is_renumbered) == (date * 100 + 1, date, True)


def test_a_venue_that_begins_anew_is_logged_on_to():
    shell = an_open_shell()
    member = a_member(shell)
    member.want(new(1), new(2), new(3))
    shell.fix.clear()
    shell.kill(fresh=True)
    member.gateway.disconnected("connection reset", *member.now())
    member.told.clear()
    while not member.gateway.is_up:
        member.wait()
    member.told.clear()
    member.want(new(4))
    assert [r.cl_ord_id for r in member.heard(ExecutionReport)] == [4]


@pytest.mark.parametrize("comp_id", VERSIONS)
def test_a_venue_that_has_lost_its_numbers_and_not_its_orders_is_logged_on_to_anew(comp_id):
    """Its numbers are too low for us: a clean begin, and the status of its orders."""
    shell = an_open_shell()
    member = a_member(shell, comp_id)
    member.want(new(1), *(OrderMassStatusRequest(mass_status_req_id=number) for number in (1, 2)))
    member.told.clear()
    shell.fix.clear()
    for name in shell.storage.names():
        if name.startswith("fix-"):
            shell.storage.truncate(name, 0)
    shell.kill()
    member.gateway.disconnected("connection reset", *member.now())
    for _ in range(6):
        member.wait()
    (up,) = member.heard(SessionUp)
    date = krx_date(shell.now[0])
    assert (up.epoch, up.trading_date, up.is_renumbered) == (date * 100 + 1, date, True)
    member.want(OrderMassStatusRequest(mass_status_req_id=3))
    assert [report.cl_ord_id for report in member.heard(ExecutionReport)] == [1]


def test_a_process_that_died_of_a_reset_before_its_journal_knew_tells_of_it():
    shell = an_open_shell()
    storage = MemoryStorage()
    member = a_member(shell, store=FixStore(storage, "s"))
    member.want(new(1))
    member.gateway._session.reset(shell.mono_ns + WALL_NS, shell.mono_ns)
    shell.pump()
    member.cut()
    date = krx_date(shell.now[0])
    for epoch, found in ((date * 100, (date * 100 + 1, True)), (date * 100 + 1, (date * 100 + 1, False))):
        again = Member(shell, store=FixStore(storage, "s"))
        again.conn = member.conn
        again.start(epoch=epoch, next_in_seq=90)
        (up,) = again.heard(SessionUp)
        assert (up.epoch, up.is_renumbered) == found
        again.cut()
        member.conn = again.conn


def test_what_an_older_mass_status_says_of_an_order_is_not_told():
    shell = an_open_shell()
    member = a_member(shell)
    member.want(new(1), OrderMassStatusRequest(mass_status_req_id=7))
    member.told.clear()
    member.gateway.send(OrderMassStatusRequest(mass_status_req_id=8), *member.now())
    member.gateway.send(OrderMassStatusRequest(mass_status_req_id=9), *member.now())
    member.want(new(2, px=PX - 500))
    assert [r.exec_type for r in member.heard(ExecutionReport)] == [ExecType.ORDER_STATUS, ExecType.NEW]
    assert [end.mass_status_req_id for end in member.heard(MassStatusEnd)] == [8, 9]


@pytest.mark.parametrize("comp_id", VERSIONS)
def test_a_status_tells_what_its_fills_came_to(comp_id):
    shell = an_open_shell()
    member, other = a_member(shell, comp_id), shell.connect(9)
    member.want(new(1, qty=7), new(2, px=PX - 500, qty=7))
    other.send(an_order(1, side=Side.SELL, px=PX - 500, qty=10), *shell.now)
    shell.pump()
    member.take()
    fills = [report for report in member.heard(ExecutionReport) if report.exec_type is ExecType.TRADE]
    assert {report.cum_value for report in fills} == {0}  # each tells its own price
    values = {name: sum(r.last_px * r.last_qty for r in fills if r.cl_ord_id == name) for name in (1, 2)}
    assert min(values.values()) > 0
    member.want(OrderMassStatusRequest(mass_status_req_id=7))
    assert {r.cl_ord_id: r.cum_value for r in member.heard(ExecutionReport)} == values


def test_a_new_date_begins_the_numbers_anew():
    shell = an_open_shell()
    store = FixStore()
    member = a_member(shell, store=store)
    member.want(new(1))
    member.cut()
    yesterday = (krx_date(shell.now[0]) - 1) * 100
    again = Member(shell, store=store)
    again.conn = member.conn
    again.start(epoch=yesterday, next_in_seq=40)
    (up,) = again.heard(SessionUp)
    assert (up.epoch, up.trading_date) == (krx_date(shell.now[0]) * 100, krx_date(shell.now[0]))


def test_a_refused_logon_is_tried_again_slowly():
    shell = an_open_shell()
    member = Member(shell, password="wrong")
    member.start()
    assert [event.reason for event in member.heard(SessionDown)] == ["tcp_lost"]
    assert member.heard(SessionUp) == []
    assert member.gateway.next_timer_ns() == shell.mono_ns + 100 * MS


def test_the_end_is_a_logout():
    shell = an_open_shell()
    member = a_member(shell)
    member.want(EndSession())
    assert not member.gateway.is_up
    assert member.gateway.next_timer_ns() is None


def test_an_order_that_the_venue_cannot_read_is_not_left_pending():
    shell = an_open_shell()
    member = a_member(shell)
    member.want(new(1, symbol="999999"))
    (rejected,) = member.heard(ExecutionReport)
    assert (rejected.exec_type, rejected.cl_ord_id) == (ExecType.REJECTED, 1)
