"""The core's drop copy at the simulator's own drop copy port, in memory: who entered what, and nothing lost."""

import pytest

from hts.gateway.fix import FixConfig
from hts.gateway.fix_drop_copy import BUST, ELSEWHERE, FOREIGN, FixDropCopyGateway, foreign_id
from hts.gateway.redial import RedialPlan
from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.intents import Flatten
from hts.model.reasons import Reason
from hts.model.reports import BehalfRefused, CopyDown, CopyUnread, CopyUp, ReportCopied, RequestsLost
from hts.model.requests import CancelOnBehalf, EndSession, MassCancelOnBehalf
from hts.rules.dates import krx_date
from hts.sim.commands import BreakTrade
from hts.sim.fix_reports import FixReports
from hts.wire.fix.store import FixStore
from tests.engine.kit import a_ready_desk
from tests.sim.fix_shell import DC, OE, PASSWORD, WALL_NS, FixClient, an_inspector, logins
from tests.sim.test_fix_orders import PX, an_open_shell, order, request
from tests.support.builders import ACCOUNT, DATE, SYMBOL, VENUE, a_report, an_intent
from tests.support.fix_gateway import MS, FixPeer
from tests.support.storage import MemoryStorage
from tests.support.wire_ums import an_order

OURS, THEIRS = "HTS01", "HTS01-OE44"


class Listener(FixPeer):
    """A drop copy gateway at the venue."""

    def __init__(self, shell, store=None, **fields):
        config = FixConfig(
            venue="KRX", sender_comp_id="HTS01-DC50", target_comp_id="KRX", password=PASSWORD, wall_offset_ns=WALL_NS,
            redial=RedialPlan(delay_ns=100 * MS, refused_ns=9_000 * MS),
        )  # fmt: skip
        inspector = an_inspector("FIXT.1.1")
        gateway = FixDropCopyGateway(config, inspector, lambda _s: 0, krx_date, store, own=OURS, **fields)
        super().__init__(shell, DC, gateway, step=100)

    def copies(self):
        return self.heard(ReportCopied)


@pytest.fixture
def shell():
    return a_shell()


def a_shell(**changes):
    made = an_open_shell(**changes)
    made.them = made.dial(OE, 1, FixClient(THEIRS))
    made.us = made.connect(9)
    return made


def trade(shell):
    """Another system buys of us: an order of each, both filled."""
    shell.tell(shell.them, "D", *order("mine", "1", PX, 10, (1, ACCOUNT)))
    shell.us.send(an_order(7, px=PX, qty=4, side=Side.SELL), *shell.now)
    shell.pump()


def short(copied):
    report = copied.report
    return copied.system, copied.is_own, report.exec_type.name, int(report.cl_ord_id), int(report.last_qty)


def test_it_tells_who_entered_each_order(shell):
    listener = Listener(shell)
    listener.start()
    assert [type(one) for one in listener.told] == [CopyUp]
    trade(shell)
    listener.carry()
    theirs = foreign_id(THEIRS, "mine")
    assert [short(one) for one in listener.copies()] == [
        (THEIRS, False, "NEW", theirs, 0),
        (OURS, True, "NEW", 7, 0),
        (THEIRS, False, "TRADE", theirs, 4),
        (OURS, True, "TRADE", 7, 4),
    ]
    assert theirs >= FOREIGN
    assert foreign_id("HTS01-OE50", "mine") != theirs


def test_a_gap_is_filled_when_it_is_back(shell):
    listener = Listener(shell)
    listener.start()
    listener.told.clear()
    listener.cut()
    trade(shell)
    assert (listener.copies(), [type(one) for one in listener.told]) == ([], [CopyDown])
    listener.wait()
    assert [one.report.exec_type.name for one in listener.copies()] == ["NEW", "NEW", "TRADE", "TRADE"]


def test_another_process_goes_on_where_the_journal_stopped(shell):
    store = FixStore()
    first = Listener(shell, store)
    first.start()
    (up,) = [one for one in first.told if isinstance(one, CopyUp)]
    trade(shell)
    first.carry()
    told = first.copies()
    first.cut()
    second = Listener(shell, store)
    second.start(up.epoch, told[1].report.venue_seq + 1)  # the journal has two of four
    assert [one.report for one in second.copies()] == [
        type(one.report)(**{**fields_of(one.report), "poss_dup": True}) for one in told[2:]
    ]
    assert [one.epoch for one in second.told if isinstance(one, CopyUp)] == [up.epoch]


def fields_of(report):
    return {name: getattr(report, name) for name in report.__struct_fields__}


@pytest.mark.parametrize("by_match", [False, True])
def test_a_broken_trade_names_the_fill_as_our_own_session_does(shell, by_match):
    listener = Listener(shell, by_match=by_match)
    listener.start()
    trade(shell)
    listener.carry()
    fill = next(one.report for one in listener.copies() if one.is_own and one.report.exec_type is ExecType.TRADE)
    match_id = shell.venue.day.exchange.trades.matches[-1]
    shell.venue.enter([BreakTrade(session="VENUE", match_id=match_id)], *shell.now)
    shell.pump()
    listener.carry()
    bust = next(one.report for one in listener.copies() if one.is_own)
    assert (bust.exec_type, bust.last_qty) == (ExecType.TRADE_CANCEL, 4)
    assert bust.exec_ref_id == (match_id if by_match else fill.exec_id)
    assert (bust.exec_id == match_id | BUST) is by_match


def test_a_trade_that_is_broken_after_a_correction_names_both(shell):
    listener = Listener(shell, by_match=True)
    listener.start()
    trade(shell)
    match_id = shell.venue.day.exchange.trades.matches[-1]
    for px in (PX - 500, 0):
        shell.venue.enter([BreakTrade(session="VENUE", match_id=match_id, px=px)], *shell.now)
        shell.pump()
    listener.carry()
    correction, bust = [one for one in listener.copies() if one.is_own and one.report.exec_ref_id]
    assert (correction.report.exec_type, bust.report.exec_type) == (ExecType.TRADE_CORRECT, ExecType.TRADE_CANCEL)
    assert (correction.report.exec_ref_id, bust.report.exec_ref_id) == (match_id, match_id)
    assert bust.corrected_id == correction.report.exec_id


def test_a_copy_that_cannot_be_read_is_told_and_the_session_goes_on(shell, monkeypatch):
    listener = Listener(shell)
    listener.start()
    monkeypatch.setattr("hts.gateway.fix_drop_copy.foreign_id", lambda *_names: "no number")
    trade(shell)
    listener.carry()
    assert [one.is_own for one in listener.copies()] == [True, True]
    assert [one.venue for one in listener.told if isinstance(one, CopyUnread)] == ["KRX", "KRX"]
    assert listener.gateway.is_up


def test_an_orderly_end(shell):
    listener = Listener(shell)
    listener.start()
    listener.gateway.send(EndSession(), *listener.now())
    listener.carry()
    assert not listener.gateway.is_up


def test_a_core_takes_over_what_another_system_does_at_the_real_venue(shell):
    """Venue, bytes, gateway and engine together; the core itself entered nothing."""
    desk, listener = a_ready_desk(), Listener(shell)
    listener.start()
    trade(shell)
    listener.carry()
    for event in listener.told:
        desk.report(event)
    order_id = foreign_id(THEIRS, "mine")
    found = desk.engine.core.state.orders.get(order_id)
    assert (found.system, found.cum_qty, found.leaves_qty) == (THEIRS, 4, 6)
    assert desk.engine.core.state.ledger.qty(ACCOUNT, SYMBOL) == 4
    listener.told.clear()
    shell.tell(shell.them, "F", *request("off", "mine"))
    listener.carry()
    for event in listener.told:
        desk.report(event)
    assert desk.engine.core.state.orders.get(order_id).ord_status is OrdStatus.CANCELED


def test_a_fill_of_another_system_has_the_name_of_no_match(shell):
    """Our session calls fills by their match, and matches and ExecIDs are counted apart: both begin with 1."""
    listener = Listener(shell, by_match=True)
    listener.start()
    trade(shell)
    listener.carry()
    theirs = next(one.report for one in listener.copies() if not one.is_own and one.report.last_qty)
    (match_id,) = shell.venue.day.exchange.trades.matches
    assert int(theirs.exec_id) & ~ELSEWHERE == match_id
    desk = a_ready_desk()
    desk.intent(an_intent("o1", qty=10, px=71_000))
    desk.report(CopyUp(venue=VENUE, epoch=1, trading_date=DATE))
    desk.report(ReportCopied(venue=VENUE, system=THEIRS, is_own=False, report=theirs))
    ours = {"cl_ord_id": 1, "order_qty": 10, "last_px": 71_000, "request_id": "o1"}
    desk.report(a_report(ExecType.NEW, desk.next_seq, **ours))
    desk.report(a_report(ExecType.TRADE, desk.next_seq, **ours, exec_id=match_id, last_qty=6, cum_qty=6))
    assert desk.engine.core.state.ledger.qty(ACCOUNT, SYMBOL) == 4 + 6
    shell.venue.enter([BreakTrade(session="VENUE", match_id=match_id)], *shell.now)
    shell.pump()
    listener.carry()
    bust = next(one.report for one in listener.copies() if not one.is_own)
    assert (bust.exec_type, bust.exec_ref_id) == (ExecType.TRADE_CANCEL, theirs.exec_id)


def test_a_break_without_the_number_of_its_match_is_told_as_of_no_known_fill(shell, monkeypatch):
    listener = Listener(shell, by_match=True)
    listener.start()
    trade(shell)
    match_id = shell.venue.day.exchange.trades.matches[-1]
    tell = FixReports._fill
    monkeypatch.setattr(FixReports, "_fill", lambda self, event: [pair for pair in tell(self, event) if pair[0] != 880])
    shell.venue.enter([BreakTrade(session="VENUE", match_id=match_id)], *shell.now)
    shell.pump()
    listener.carry()
    bust = next(one.report for one in listener.copies() if one.is_own and one.report.exec_type is ExecType.TRADE_CANCEL)
    assert (bust.exec_ref_id, bust.last_qty) == (0, 4)
    assert bust.exec_id != BUST, "each has a name of its own"


BOSS = {"drop_copies": logins("DC", copies_of="HTS01", may_cancel=True)}


def behalf(cl_ord_id, number, system=THEIRS):
    return CancelOnBehalf(
        cl_ord_id=cl_ord_id, system=system, venue_order_id=number, account=ACCOUNT, symbol=SYMBOL, side=Side.BUY
    )


def test_an_order_of_another_system_is_cancelled_and_a_refusal_is_told():
    shell = a_shell(fix=BOSS)
    listener = Listener(shell, may_cancel=True)
    listener.start()
    shell.tell(shell.them, "D", *order("mine", qty=10), (1, ACCOUNT))
    listener.carry()
    (up,) = [event for event in listener.told if isinstance(event, CopyUp)]
    assert up.may_cancel
    (copied,) = listener.copies()
    number = copied.report.venue_order_id
    for cl_ord_id, wanted in ((1, number), (2, number), (3, 999_999)):
        listener.gateway.send(behalf(cl_ord_id, wanted), *listener.now())
        listener.carry()
    (gone,) = [one.report for one in listener.told if isinstance(one, ReportCopied)]
    assert (gone.cl_ord_id, gone.exec_type, gone.reason_code) == (
        foreign_id(THEIRS, "mine"), ExecType.CANCELED, Reason.BY_PROXY,
    )  # fmt: skip
    refused = [
        (one.reject.cl_ord_id, one.reject.reason_code) for one in listener.told if isinstance(one, BehalfRefused)
    ]
    assert refused == [(2, Reason.TOO_LATE), (3, Reason.UNKNOWN_ORDER)]
    numbers = [one.reject.venue_seq for one in listener.told if isinstance(one, BehalfRefused)]
    assert numbers == sorted({copied.report.venue_seq, gone.venue_seq, *numbers})[2:]


def test_a_mass_cancel_reaches_the_accounts_orders_of_every_session():
    shell = a_shell(fix=BOSS)
    listener = Listener(shell, may_cancel=True)
    listener.start()
    for name, account in (("a", ACCOUNT), ("b", "another")):
        shell.tell(shell.them, "D", *order(name, qty=10), (1, account))
    listener.carry()
    listener.told.clear()
    for _ in range(2):  # a name that was used is refused
        listener.gateway.send(MassCancelOnBehalf(cl_ord_id=9, account=ACCOUNT), *listener.now())
        listener.carry()
    assert [one.report.cl_ord_id for one in listener.told if isinstance(one, ReportCopied)] == [foreign_id(THEIRS, "a")]
    (unread,) = [one.detail for one in listener.told if isinstance(one, CopyUnread)]
    assert "DUPLICATE_CL_ORD_ID" in unread


def test_what_cannot_be_asked_for_comes_back():
    shell = a_shell()  # whose drop copy may not cancel
    listener = Listener(shell, may_cancel=True)
    listener.start()
    for cl_ord_id, number in ((1, 5), (2, 1 << 62 | 5)):  # a number that stands for a name cannot be sent
        listener.gateway.send(behalf(cl_ord_id, number), *listener.now())
        listener.carry()
    assert [one.cl_ord_ids for one in listener.told if isinstance(one, RequestsLost)] == [(1,), (2,)]


def test_a_core_stops_what_another_system_has_working_at_the_real_venue():
    """Venue, bytes, gateway and engine together: flatten cancels its order and closes what it bought."""
    shell = a_shell(fix=BOSS)
    desk, listener = a_ready_desk(), Listener(shell, may_cancel=True)
    listener.start()
    trade(shell)

    def settle():
        listener.carry()
        found, listener.told = listener.told, []
        for event in found:
            desk.report(event)

    settle()
    desk.sent.clear()
    desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol=SYMBOL))
    (request,) = desk.sent
    listener.gateway.send(request, *listener.now())
    settle()
    order = desk.engine.core.state.orders.get(foreign_id(THEIRS, "mine"))
    assert (order.ord_status, order.cum_qty, order.pending) == (OrdStatus.CANCELED, 4, ())
    assert (desk.sent[-1].side, desk.sent[-1].qty) == (Side.SELL, 4)
    assert [m.text(150) for m in shell.them.messages] == ["0", "F", "4"]


def test_numbers_that_a_power_cut_has_lost_are_those_that_the_venue_waits_for(shell):
    """A reset would drop what was told last: nothing of a drop copy is told a second time."""
    first = Listener(shell)
    first.start()
    before = first.told[0]
    trade(shell)
    first.carry()
    told = [short(one) for one in first.copies()]
    first.cut()
    shell.tell(shell.them, "D", *order("missed", "1", PX, 10, (1, ACCOUNT)))
    again = Listener(shell, FixStore())
    again.conn = first.conn
    again.start(epoch=before.epoch, next_in_seq=4)
    (refused,) = again.told
    assert (type(refused), refused.detail) == (CopyDown, "MsgSeqNum too low, expecting 2 but received 1")
    assert again.gateway.next_timer_ns() == shell.mono_ns + 100 * MS  # at once, not slowly
    again.told.clear()
    again.wait()
    again.wait()
    (up,) = [one for one in again.told if isinstance(one, CopyUp)]
    assert up.epoch == before.epoch
    found = [short(one) for one in again.copies()]
    assert found == [*told, (THEIRS, False, "NEW", foreign_id(THEIRS, "missed"), 0)]


def test_a_drop_copy_goes_on_when_the_disk_is_full(shell):
    storage = MemoryStorage(room=100)
    listener = Listener(shell, FixStore(storage, "dc", outlives_storage=True))
    listener.start()
    trade(shell)
    listener.carry()
    assert [one.report.exec_type.name for one in listener.copies()] == ["NEW", "NEW", "TRADE", "TRADE"]


def test_what_was_told_before_the_first_logon_of_a_day_is_told_still(shell):
    """The venue has begun the day's numbers by itself."""
    trade(shell)
    store = FixStore(MemoryStorage(), "dc")
    store.reset(1)
    store.save_in(40)
    store.skip_out(9)
    listener = Listener(shell, store)
    listener.start(epoch=(krx_date(shell.now[0]) - 1) * 100, next_in_seq=79)
    assert [type(one) for one in listener.told[:1]] == [CopyUp]
    listener.carry()
    assert [one.report.exec_type.name for one in listener.copies()] == ["NEW", "NEW", "TRADE", "TRADE"]
