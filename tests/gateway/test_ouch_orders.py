"""The orders of a session from its messages alone."""

from msgspec.structs import replace

from hts.gateway.ouch_heard import Accepted, Broken, Executed
from hts.gateway.ouch_orders import OuchOrders
from hts.model.enums import ExecType, Side
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
