"""Values that no terminal and no venue of sound mind would send: refused as values, and the core lives on.

A core that ends of a message ends again after each restart, since the message comes again. So whatever a peer can
encode must leave a journal that can be written, and views that can be encoded.
"""

import pytest

from hts.journal.framing import NO_CHAIN, encode_frame
from hts.model.enums import ExecType, OrdStatus, OrdType, Side
from hts.model.intents import CancelAll, CancelLast, Flatten
from hts.model.records import VenueSeqSeen
from hts.model.views import NoticeView
from hts.risk.limits import RiskLimits
from hts.wire.link.messages import encode_body
from tests.engine.kit import CASH, OTHER_SYMBOL, Desk, a_ready_desk, records, replies, views
from tests.support.builders import (
    ACCOUNT,
    SYMBOL,
    a_cancel_intent,
    a_fill,
    a_replace_intent,
    a_report,
    an_intent,
)

U64_MAX = 2**64 - 1
I64_MIN = -(2**63)
NO_LIMITS = RiskLimits(
    order_qty_max=0,
    order_value_max=0,
    price_band_bp=0,
    price_band_ticks=0,
    orders_per_second=0,
    working_orders_max=0,
    duplicate_window_ms=0,
    stale_data_ms=0,
)


def can_be_kept(desk, effects):
    """Journal and link can carry what followed, and a replay of the journal gives the state in memory."""
    for record in records(effects):
        encode_frame(record, NO_CHAIN)
    for view in (*views(effects), *replies(effects)):
        encode_body(view)
    return Desk(desk.journal).engine.state_hash == desk.engine.state_hash


@pytest.mark.parametrize("limits", [None, NO_LIMITS])
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("ord_type", OrdType)
@pytest.mark.parametrize("px", [I64_MIN, -1, 0, 1, 71_000, U64_MAX])
@pytest.mark.parametrize("qty", [I64_MIN, -5, 0, 2**40, 2**62, U64_MAX])
def test_an_order_with_figures_of_any_size_is_denied(qty, px, ord_type, side, limits):
    desk = a_ready_desk(limits=limits)
    effects = desk.intent(an_intent(px=px, qty=qty, ord_type=ord_type, side=side))
    assert [(view.accepted, desk.sent) for view in replies(effects)] == [(False, [])]
    assert can_be_kept(desk, effects)


@pytest.mark.parametrize("limits", [None, NO_LIMITS])
@pytest.mark.parametrize("px", [I64_MIN, -1, U64_MAX])
@pytest.mark.parametrize("qty", [I64_MIN, -5, 0, U64_MAX])
def test_an_amend_with_figures_of_any_size_is_denied(qty, px, limits):
    desk = a_ready_desk(limits=limits)
    desk.intent(an_intent())
    desk.report(a_report(venue_seq=desk.next_seq))
    effects = desk.intent(a_replace_intent(1, px, qty))
    assert [view.accepted for view in replies(effects)] == [False]
    assert can_be_kept(desk, effects)


@pytest.mark.parametrize("name", ["", "?" * 60_000, "\x00", "삼성전자", "a b "])
def test_names_of_any_kind_are_denied(name):
    desk = a_ready_desk()
    intents = (
        an_intent("r1", symbol=name),
        an_intent("r2", account=name),
        Flatten(request_id="r3", account=ACCOUNT, symbol=name),
        CancelAll(request_id="r4", account=name),
        CancelLast(request_id="r5", account=ACCOUNT, symbol=name),
        a_cancel_intent(U64_MAX),
        a_cancel_intent(I64_MIN, "c2"),
    )
    for intent in intents:
        effects = desk.intent(intent)
        assert [view.accepted for view in replies(effects)] == [False]
        assert can_be_kept(desk, effects)


A_FILL = {"exec_type": ExecType.TRADE, "exec_id": 7, "last_px": 71_000, "last_qty": 4, "cum_qty": 4}
NONSENSE = {
    "an order of no share": {"order_qty": 0},
    "more shares than there are": {"order_qty": U64_MAX},
    "more filled than ordered": {"cum_qty": 11, "leaves_qty": 0},
    "more left than ordered": {"leaves_qty": 11},
    "a negative limit": {"px": -71_000},
    "a value without end": {"px": 2**63 - 1},
    "no id": {"cl_ord_id": 0},
    "a fill of no share": {**A_FILL, "last_qty": 0, "cum_qty": 0},
    "a fill of more than is filled": {**A_FILL, "last_qty": U64_MAX},
    "a fill below nothing": {**A_FILL, "last_px": -5},
    "a fill for nothing": {**A_FILL, "last_px": 0},
    "a fill for more than there is": {**A_FILL, "last_px": 2**62},
    "a fill without a name": {**A_FILL, "exec_id": 0},
}


@pytest.mark.parametrize("exec_type", [ExecType.NEW, ExecType.ORDER_STATUS, ExecType.REPLACED, ExecType.CANCELED])
@pytest.mark.parametrize("cl_ord_id", [1, 77])
@pytest.mark.parametrize("what", NONSENSE)
def test_a_report_that_makes_no_sense_is_read_and_refused(what, cl_ord_id, exec_type):
    desk = a_ready_desk()
    desk.intent(an_intent())
    before = desk.next_seq
    fields = {"exec_type": exec_type, "cl_ord_id": cl_ord_id, **NONSENSE[what]}
    effects = desk.report(a_report(venue_seq=before, **fields))
    assert [v.key for v in views(effects) if isinstance(v, NoticeView)] == ["notice.report_refused"]
    assert (desk.next_seq, desk.engine.core.state.ledger.money(ACCOUNT, "KRW").cash) == (before + 1, CASH)
    assert [type(r) for r in records(effects)] == [VenueSeqSeen]
    assert can_be_kept(desk, effects)


@pytest.mark.parametrize("wrong", [{"symbol": OTHER_SYMBOL}, {"side": Side.SELL}, {"account": "another"}])
def test_a_fill_that_names_another_issue_side_or_account_is_not_booked(wrong):
    desk = a_ready_desk()
    desk.intent(an_intent())
    desk.report(a_report(venue_seq=desk.next_seq))
    desk.report(a_fill(4, 4, desk.next_seq, **wrong))
    state = desk.engine.core.state
    assert (state.orders.get(1).cum_qty, list(state.ledger.positions())) == (0, [])


def test_an_order_whose_status_report_is_refused_is_not_taken_for_unknown():
    desk = a_ready_desk()
    desk.intent(an_intent())
    desk.report(a_report(venue_seq=desk.next_seq))
    desk.log_on(reports=(a_report(ExecType.ORDER_STATUS, desk.next_seq, symbol=OTHER_SYMBOL),))
    order = desk.engine.core.state.orders.get(1)
    assert (order.ord_status, order.symbol) == (OrdStatus.NEW, SYMBOL)
