"""The terms of an order are the same in everything that carries an order."""

import msgspec
import pytest

from hts.model.enums import CashMargin, OrdType, Side, TimeInForce
from hts.model.intents import NewOrder
from hts.model.records import IntentDenied, OrderEntered
from hts.model.reports import ExecutionReport
from hts.model.requests import NewOrderSingle
from hts.model.terms import TERMS, OrderTerms, terms_of
from hts.model.venues import PORTS_PER_VENUE, VENUE_PLACE, VENUES
from hts.model.views import OrderView
from hts.oms.order import Order, entered
from tests.support.builders import TRADE_NS

FULL = {
    "stop_px": 70_500,
    "display_qty": 10,
    "min_qty": 5,
    "post_only": True,
    "is_short": True,
    "expire_ns": TRADE_NS + 1,
    "credit": CashMargin.MARGIN_OPEN,
    "loan_date": 20_261_120,
    "strategy": "vwap",
    "user": "kim",
    "parent_id": 7,
}


def defaults(kind):
    return {field.name: field.default for field in msgspec.structs.fields(kind) if field.name in TERMS}


@pytest.mark.parametrize(
    "kind", [NewOrder, NewOrderSingle, OrderEntered, IntentDenied, ExecutionReport, OrderView, Order]
)
def test_every_carrier_has_all_terms_with_the_same_defaults(kind):
    assert defaults(kind) == defaults(OrderTerms)


def test_the_sample_names_every_term_and_none_by_its_default():
    assert set(FULL) == set(TERMS)
    assert all(FULL[name] != default for name, default in defaults(OrderTerms).items())


def test_the_terms_reach_the_order():
    record = OrderEntered(
        trade_ns=TRADE_NS,
        mono_ns=1,
        venue="KRX",
        cl_ord_id=8,
        request_id="r",
        account="a",
        symbol="005930",
        side=Side.SELL,
        ord_type=OrdType.STOP_LIMIT,
        time_in_force=TimeInForce.GTD,
        px=70_000,
        qty=100,
        reserved=0,
        **FULL,
    )
    assert terms_of(entered(record)) == FULL


def test_a_venues_place_is_its_index():
    assert [VENUE_PLACE[venue] for venue in VENUES] == list(range(len(VENUES)))
    assert PORTS_PER_VENUE == 20
