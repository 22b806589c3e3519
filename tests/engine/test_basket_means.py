"""A basket's money and shares as a whole: what all lines need together is judged before the first one is placed."""

import pytest

from hts.model.denials import Rule
from hts.model.enums import Phase, Side
from hts.model.intents import StartBasket
from hts.model.quotes import PhaseUpdate
from hts.model.work import BasketLine
from hts.risk.limits import RiskLimits
from tests.engine.floor import a_floor, book, trade
from tests.engine.kit import fee, replies
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS, an_instrument, an_intent

OTHER = "000660"
BOTH = (SYMBOL, OTHER)
CASH = 2_000_000
TEN = BasketLine(symbol=SYMBOL, side=Side.BUY, qty=10, px=71_000)
TWENTY = BasketLine(symbol=OTHER, side=Side.BUY, qty=20)  # meets 71,000 at the KRX
SEVEN = BasketLine(symbol=OTHER, side=Side.BUY, qty=7)
COST = sum(value + sum(fee(Side.BUY, value, an_instrument(), 0)) for value in (710_000, 1_420_000))


def a_hall(cash=CASH, **fields):
    floor = a_floor(BOTH, cash=cash, **fields)
    floor.tell(trade(71_500, symbol=OTHER), book("KRX", ((71_000, 500),), ((70_900, 500),), symbol=OTHER))
    return floor


def answer(floor, *lines, **fields):
    (outcome,) = replies(floor.intent(StartBasket(request_id="k1", account=ACCOUNT, lines=lines, **fields)))
    return outcome


def denial(floor, *lines, **fields):
    found = answer(floor, *lines, **fields).denial
    assert floor.orders == []
    return (found.rule, found.detail, found.figure, found.limit)


def test_lines_that_only_together_cost_too_much_are_refused_with_the_sum():
    assert answer(a_hall(), TEN).accepted and answer(a_hall(), TWENTY).accepted
    assert denial(a_hall(), TEN, TWENTY) == (Rule.CASH, OTHER, COST, CASH)
    assert answer(a_hall(COST), TEN, TWENTY).accepted
    assert denial(a_hall(COST - 1), TEN, TWENTY)[0] is Rule.CASH


def test_in_part_the_lines_are_taken_in_order_while_the_money_lasts():
    floor = a_hall()
    assert answer(floor, TEN, TWENTY, SEVEN, is_whole=False).accepted
    assert [(order[2], order[3]) for order in floor.orders] == [("BUY", 10), ("BUY", 7)]


def a_holder(**fields):
    """Ten shares held, bought with the money."""
    floor = a_hall(**fields)
    floor.intent(an_intent("h", qty=10, px=71_000))
    (number, *_) = floor.orders[0]
    floor.accept(number)
    floor.fill(number, 10, 71_000)
    return floor


def sell(qty):
    return BasketLine(symbol=SYMBOL, side=Side.SELL, qty=qty, px=70_900)


def test_the_same_shares_are_not_sold_twice():
    floor = a_holder()
    refused = answer(floor, sell(6), sell(5))
    assert (refused.denial.rule, refused.denial.figure, refused.denial.limit) == (Rule.HOLDINGS, 11, 10)
    assert len(floor.orders) == 1
    assert answer(a_holder(), sell(6), sell(4)).accepted


def test_what_is_sold_pays_for_what_is_bought_over_minutes_and_not_at_once():
    eighteen = BasketLine(symbol=OTHER, side=Side.BUY, qty=18)  # 1,278,000; after the holding 1.28 million are left
    assert answer(a_holder(), eighteen, minutes=5).accepted
    assert answer(a_holder(), sell(10), eighteen, SEVEN).denial.rule is Rule.CASH
    assert answer(a_holder(), sell(10), eighteen, SEVEN, minutes=5).accepted
    assert answer(a_holder(), eighteen, SEVEN, sell(10), minutes=5).denial.rule is Rule.CASH, "nothing is sold yet"


def test_a_line_that_risk_would_refuse_refuses_the_whole_before_anything_is_placed():
    limits = RiskLimits(order_qty_max=15)
    assert denial(a_hall(limits=limits), TEN, TWENTY)[:2] == (Rule.QTY_LIMIT, OTHER)
    assert answer(a_hall(limits=limits), TEN, TWENTY, minutes=5).denial.rule is Rule.CASH
    assert answer(a_hall(COST, limits=limits), TEN, TWENTY, minutes=5).accepted, "its orders are smaller"


@pytest.mark.parametrize("minutes", [0, 5])
def test_a_line_at_the_market_that_goes_at_once_needs_continuous_trading(minutes):
    floor = a_hall()
    for venue in ("KRX", "NXT"):
        floor.tell(PhaseUpdate("", TRADE_NS, Phase.CLOSE_CALL, 0, venue))
    found = answer(floor, SEVEN, minutes=minutes)
    assert (found.denial.rule if found.denial else None) == (None if minutes else Rule.TYPE_NOT_ALLOWED)
