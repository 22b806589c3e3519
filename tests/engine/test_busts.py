"""Trades that the venue takes back or corrects: order, holding, cash, costs and what terminals see."""

import pytest

from hts.model.causes import Cause
from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.records import ReportReceived, VenueSeqSeen
from hts.model.requests import OrderMassStatusRequest
from hts.model.views import FillView, NoticeView, OrderView
from tests.engine.kit import CASH, a_ready_desk, an_engine, records, requests, views
from tests.support.builders import ACCOUNT, SYMBOL, a_fill, a_report, an_intent

FEE = 42  # of four shares at 71,000


def a_filled_desk(**fields):
    """Four of ten bought at 71,000 under ExecID 5."""
    desk = a_ready_desk()
    desk.intent(an_intent(**fields))
    side = {"side": fields.get("side", Side.BUY)}
    desk.report(a_report(venue_seq=desk.next_seq, **side))
    desk.report(a_fill(4, 4, desk.next_seq, exec_id=5, **side))
    return desk


def undo(desk, exec_type, exec_id=9, **fields):
    fields = {"exec_ref_id": 5, "last_px": 71_000, "last_qty": 4, **fields}
    return desk.report(a_report(exec_type, desk.next_seq, exec_id=exec_id, **fields))


def books(desk):
    ledger = desk.engine.core.state.ledger
    money = ledger.money(ACCOUNT, "KRW")
    return ledger.qty(ACCOUNT, SYMBOL), money.cash, money.fees, money.reserved


def test_a_bust_gives_back_shares_cash_and_costs():
    desk = a_filled_desk()
    assert books(desk) == (4, CASH - 284_000 - FEE, FEE, 426_064)
    effects = undo(desk, ExecType.TRADE_CANCEL, cum_qty=0)
    assert books(desk) == (0, CASH, 0, 710_106)
    (order,) = [v for v in views(effects) if isinstance(v, OrderView)]
    assert (order.ord_status, order.leaves_qty, order.cum_qty, order.filled_value, order.cause) == (
        OrdStatus.NEW,
        10,
        0,
        0,
        Cause.TRADE_CANCELED,
    )
    (fill,) = [v for v in views(effects) if isinstance(v, FillView)]
    assert (fill.exec_id, fill.exec_ref_id, fill.qty, fill.fee) == (9, 5, 0, 0)
    assert [v.key for v in views(effects) if isinstance(v, NoticeView)] == ["notice.fill_busted"]


def test_a_correction_books_the_right_fill_instead():
    desk = a_filled_desk()
    effects = undo(desk, ExecType.TRADE_CORRECT, cum_qty=2, last_qty=2, last_px=70_000)
    fee = 140_000 * 15 // 100_000
    assert books(desk)[:3] == (2, CASH - 140_000 - fee, fee)
    assert [v.key for v in views(effects) if isinstance(v, NoticeView)] == ["notice.fill_corrected"]
    again = undo(desk, ExecType.TRADE_CANCEL, exec_id=10, exec_ref_id=9, cum_qty=0, last_qty=2, last_px=70_000)
    assert books(desk)[:3] == (0, CASH, 0)
    assert [type(r) for r in records(again)] == [ReportReceived]


def test_terminals_that_attach_later_see_no_fill_that_was_taken_back():
    desk = a_filled_desk()
    undo(desk, ExecType.TRADE_CORRECT, cum_qty=2, last_qty=2, last_px=70_000)
    fills = [(v.exec_id, v.exec_ref_id, v.qty) for v in desk.engine.snapshot_views() if isinstance(v, FillView)]
    assert fills == [(9, 5, 2)]


def test_a_bust_told_twice_is_booked_once():
    desk = a_filled_desk()
    undo(desk, ExecType.TRADE_CANCEL, cum_qty=0)
    again = undo(desk, ExecType.TRADE_CANCEL, cum_qty=0)
    assert [type(r) for r in records(again)] == [VenueSeqSeen]
    assert books(desk)[:2] == (0, CASH)


@pytest.mark.parametrize(
    "fields",
    [
        {"exec_ref_id": 0},
        {"exec_ref_id": 5, "exec_id": 5},  # cannot be its own
        {"exec_ref_id": 5, "cum_qty": 1},
    ],
)
def test_a_bust_that_cannot_be_is_refused_and_the_venue_is_asked(fields):
    desk = a_filled_desk()
    before = books(desk)
    effects = undo(desk, ExecType.TRADE_CANCEL, **{"cum_qty": 0, **fields})
    assert books(desk) == before
    assert [type(r) for r in records(effects)] == [VenueSeqSeen]
    asks = [type(r) for r in requests(effects)]
    assert asks == ([] if fields.get("exec_id") == 5 else [OrderMassStatusRequest])


def test_a_busted_order_replays_to_the_same_state():
    desk = a_filled_desk()
    undo(desk, ExecType.TRADE_CANCEL, cum_qty=0)
    desk.report(a_fill(10, 10, desk.next_seq, exec_id=11))
    assert an_engine(desk.journal).state_hash == desk.engine.state_hash
    order = desk.engine.core.state.orders.get(1)
    assert (order.ord_status, order.filled_value) == (OrdStatus.FILLED, 710_000)


def test_a_bust_of_a_fill_whose_book_is_lost_is_booked_the_other_way_round():
    desk = a_filled_desk()
    effects = undo(desk, ExecType.TRADE_CANCEL, cum_qty=0, exec_ref_id=77)
    assert books(desk)[0] == 0
    assert [v.key for v in views(effects) if isinstance(v, NoticeView)] == ["notice.fill_busted"]
    again = undo(desk, ExecType.TRADE_CANCEL, exec_id=10, cum_qty=0, exec_ref_id=78)
    assert [type(r) for r in records(again)] == [VenueSeqSeen]
