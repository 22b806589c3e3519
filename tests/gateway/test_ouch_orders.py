"""The orders of a session from its messages alone."""

import pytest
from msgspec.structs import replace

from hts.gateway.ouch_dialects import NasdaqDialect, PtsDialect
from hts.gateway.ouch_heard import Accepted, Broken, Executed
from hts.gateway.ouch_orders import OuchOrders
from hts.model.enums import ExecType, OrdStatus, Side
from hts.wire.layout.codec import Decoded
from tests.engine.kit import a_ready_desk
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS, VENUE

PX, MATCH = 71_000, 5
OTHER = "8801-0000-02"


def a_pair():
    """Two accounts of ours trade with each other: both sides have the number of the match."""
    orders = OuchOrders(VENUE, ACCOUNT)
    reports = []
    for token, side, account in ((11, Side.BUY, ACCOUNT), (12, Side.SELL, OTHER)):
        terms = {"px": PX, "qty": 10, "symbol": SYMBOL, "venue_order_id": token}
        reports += orders.take(Accepted(token=token, side=side, account=account, **terms), TRADE_NS)
    for token in (11, 12):
        reports += orders.take(Executed(token=token, qty=10, px=PX, number=MATCH), TRADE_NS)
    return orders, reports


def test_both_sides_of_a_match_are_fills_of_their_own():
    _, reports = a_pair()
    desk = a_ready_desk()
    for report in reports:
        desk.report(replace(report, venue_seq=desk.next_seq))
    ledger = desk.engine.core.state.ledger
    assert (ledger.qty(ACCOUNT, SYMBOL), ledger.qty(OTHER, SYMBOL)) == (10, -10)


def test_each_side_of_a_broken_match_takes_its_own_fill_back():
    for tokens in ((11, 12), (12, 11)):
        orders, reports = a_pair()
        fills = {report.cl_ord_id: report.exec_id for report in reports if report.exec_type is ExecType.TRADE}
        busts = [bust for token in tokens for bust in orders.take(Broken(token=token, number=MATCH), TRADE_NS)]
        assert [(bust.cl_ord_id, bust.exec_ref_id) for bust in busts] == [(token, fills[token]) for token in tokens]
        assert len({bust.exec_id for bust in busts}) == 2
        assert orders.take(Broken(token=11, number=MATCH), TRADE_NS) == ()


PTS_TERMS = {"price": PX, "quantity": 10, "time_in_force": 99_999, "order_number": 7}
PTS_ORDER = {"order_token": 11, "buy_sell_indicator": "B", "orderbook_id": SYMBOL, **PTS_TERMS}
PTS_NEXT = {"replacement_order_token": 12, "previous_order_token": 11, **PTS_TERMS}
NASDAQ_TERMS = {"user_ref_num": 11, "price": PX, "quantity": 10, "order_reference_number": 7, "appendage": {}}
NASDAQ_ORDER = {"side": "B", "symbol": SYMBOL, "time_in_force": "0", "cross_type": "N", **NASDAQ_TERMS}
NASDAQ_NEXT = {"orig_user_ref_num": 11, **NASDAQ_TERMS, "user_ref_num": 12}


@pytest.mark.parametrize(
    ("dialect", "entered", "replaced"),
    [(PtsDialect(1), PTS_ORDER, PTS_NEXT), (NasdaqDialect(), NASDAQ_ORDER, NASDAQ_NEXT)],
)
def test_an_order_that_is_dead_when_it_is_taken_or_replaced_is_over(dialect, entered, replaced):
    def told(*said):
        orders, reports = OuchOrders(VENUE, ACCOUNT), []
        for name, fields, state in said:
            heard = dialect.read(Decoded(name, "venue", {**fields, "order_state": state}))
            reports += orders.take(heard, TRADE_NS)
        return [(one.exec_type, one.cl_ord_id, one.ord_status, one.leaves_qty) for one in reports]

    taken = (ExecType.NEW, 11, OrdStatus.NEW, 10)
    assert told(("order_accepted", entered, "D")) == [taken, (ExecType.CANCELED, 11, OrdStatus.CANCELED, 0)]
    assert told(("order_accepted", entered, "L"), ("order_replaced", replaced, "D")) == [
        taken,
        (ExecType.REPLACED, 12, OrdStatus.NEW, 10),
        (ExecType.CANCELED, 12, OrdStatus.CANCELED, 0),
    ]
