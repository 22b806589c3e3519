"""Money, shares and positions at the limit less one, at the limit, and one beyond."""

import pytest

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import CashMargin, OrdType, SecurityType, Side
from hts.risk.proposal import Act, Permissions
from tests.risk.kit import (
    OF_STRATEGY,
    FixedMarks,
    a_guard,
    by_guard,
    denial_of,
    denials,
    holding,
    the_firm,
    working,
)
from tests.support.books import a_deep_book
from tests.support.builders import an_instrument


def test_cash_covers_price_and_costs():
    refused = Denial(rule=Rule.CASH, figure=710_106, limit=710_105, unit=Unit.NOTIONAL)
    assert denials("buying_power", [710_107, 710_106, 710_105]) == [None, None, refused]
    assert denials("buying_power", [-1, 0], side=Side.SELL, needed=0) == [None, None]


def test_a_plain_sale_is_of_shares_held():
    refused = Denial(rule=Rule.HOLDINGS, figure=10, limit=9, unit=Unit.QTY)
    assert denials("sellable_qty", [11, 10, 9], side=Side.SELL) == [None, None, refused]


def test_a_future_is_sold_without_holding_it():
    issue = an_instrument(security_type=SecurityType.FUTURE)
    assert denial_of(side=Side.SELL, sellable_qty=0, instrument=issue) is None


@pytest.mark.parametrize("act", [Act.NEW, Act.FLATTEN])
def test_shares_of_unproved_origin_wait(act):
    fields = {"side": Side.SELL, "sellable_qty": 1_050, "unproved_qty": 1_000}
    refused = Denial(rule=Rule.POSITION_ORIGIN, figure=51, limit=50, unit=Unit.QTY)
    assert denials("qty", [49, 50, 51], act, **fields) == [None, None, refused]
    assert denial_of(act, qty=51, side=Side.SELL, sellable_qty=1_050) is None


SHORT = {"side": Side.SELL, "is_short": True, "sellable_qty": 0}


def test_short_sale_needs_permission_and_located_shares():
    assert denial_of(**SHORT) == Denial(rule=Rule.CREDIT, detail="short")
    allowed = [Permissions(short=True, located_qty=qty) for qty in (11, 10, 9)]
    refused = Denial(rule=Rule.SHORT_SALE, figure=10, limit=9, unit=Unit.QTY)
    assert denials("permissions", allowed, **SHORT) == [None, None, refused]


def test_short_sale_is_not_below_its_floor():
    allowed = Permissions(short=True, located_qty=100)
    fields = {**SHORT, "permissions": allowed, "short_floor_px": 71_000}
    refused = Denial(rule=Rule.SHORT_PRICE, figure=70_900, limit=71_000, unit=Unit.PX)
    assert denials("px", [71_100, 71_000, 70_900], **fields) == [None, None, refused]
    at_market = denial_of(ord_type=OrdType.MARKET, **{**fields, "px": 0})
    assert at_market == Denial(rule=Rule.SHORT_PRICE, figure=0, limit=71_000, unit=Unit.PX)
    assert denial_of(px=70_900, **{**fields, "short_floor_px": 0}) is None


def test_margin_needs_permission():
    opening = {"credit": CashMargin.MARGIN_OPEN}
    assert denial_of(**opening) == Denial(rule=Rule.CREDIT, detail="margin")
    assert denial_of(permissions=Permissions(margin=True), **opening) is None


# -- self trade


def test_order_would_meet_its_own_counter_order():
    guard = working(a_guard(), 10, side=Side.SELL, px=71_000)
    refused = Denial(rule=Rule.SELF_TRADE, figure=71_000, limit=71_000, unit=Unit.PX)
    above = Denial(rule=Rule.SELF_TRADE, figure=71_100, limit=71_000, unit=Unit.PX)
    assert denials("px", [70_900, 71_000, 71_100], guards=(guard,)) == [None, refused, above]
    buyer = working(a_guard(), 10, side=Side.BUY, px=71_000)
    refused = Denial(rule=Rule.SELF_TRADE, figure=71_000, limit=71_000, unit=Unit.PX)
    assert denials("px", [71_100, 71_000], side=Side.SELL, guards=(buyer,)) == [None, refused]


def test_self_trade_is_asked_of_the_account_alone():
    firm = working(the_firm(), 10, side=Side.SELL, px=71_000)
    assert denial_of(guards=(a_guard(), firm)) is None


def test_market_order_meets_its_own_order_only_as_far_as_it_walks():
    book = a_deep_book(asks=[(71_000, 100), (71_500, 100)], bids=[])
    guard = working(a_guard(), 10, side=Side.SELL, px=71_500)
    market = {"ord_type": OrdType.MARKET, "px": 0, "books": (book,), "guards": (guard,)}
    refused = Denial(rule=Rule.SELF_TRADE, figure=71_500, limit=71_500, unit=Unit.PX)
    assert denials("qty", [99, 100, 101], **market) == [None, None, refused]


def test_amend_does_not_meet_itself():
    guard = working(a_guard(), 10, px=70_000)
    amend = {"order_id": 100, "old_px": 70_000, "old_qty": 10, "guards": (guard,)}
    assert denial_of(Act.AMEND, px=71_000, **amend) is None


# -- limits of scopes


def test_position_of_one_issue_with_everything_open_filled():
    guard = working(holding(a_guard(position_qty_max=100), 60), 20, 10)
    refused = Denial(rule=Rule.POSITION_QTY, figure=101, limit=100, unit=Unit.QTY)
    assert denials("qty", [9, 10, 11], guards=(guard,)) == [None, None, refused]
    assert denial_of(qty=50, side=Side.SELL, px=72_000, guards=(guard,)) is None


def test_position_of_a_short_seller():
    guard = holding(a_guard(OF_STRATEGY, position_qty_max=100), -95)
    short = {**SHORT, "permissions": Permissions(short=True, located_qty=1_000), "guards": (a_guard(), guard)}
    refused = Denial(rule=Rule.POSITION_QTY, figure=101, limit=100, unit=Unit.QTY, scope="strategy:twap")
    assert denials("qty", [4, 5, 6], **short) == [None, None, refused]


def test_gross_value_adds_long_and_short():
    def guard(most):
        held = holding(a_guard(gross_value_max=most), 100)
        return holding(held, -10, px=500_000, symbol="000660")

    marks = FixedMarks({"000660": 500_000})
    most = 110 * 71_000 + 10 * 500_000
    refused = Denial(rule=Rule.GROSS_VALUE, figure=most, limit=most - 1, unit=Unit.NOTIONAL)
    found = by_guard([guard(most + 1), guard(most), guard(most - 1)], marks=marks)
    assert found == [None, None, refused]
    assert by_guard([guard(1)], marks=marks, side=Side.SELL) == [None]


def test_net_value_takes_short_from_long():
    def guard(most):
        held = holding(a_guard(net_value_max=most), 100)
        return holding(held, -10, px=500_000, symbol="000660")

    marks = FixedMarks({"000660": 500_000})
    most = 110 * 71_000 - 10 * 500_000
    refused = Denial(rule=Rule.NET_VALUE, figure=most, limit=most - 1, unit=Unit.NOTIONAL)
    assert by_guard([guard(most + 1), guard(most), guard(most - 1)], marks=marks) == [None, None, refused]


def test_at_the_days_loss_only_closing_orders_pass():
    """100 bought at 71,000 with costs of 1,000; the price falls to 70,000: 101,000 lost."""
    marks = FixedMarks({"005930": 70_000})
    guards = [holding(a_guard(daily_loss_max=most), 100, costs=1_000) for most in (101_001, 101_000, 100_999)]
    fields = {"marks": marks, "px": 70_000, "last_px": 70_000, "books": (), "held_qty": 100}
    refused = [
        Denial(rule=Rule.DAILY_LOSS, figure=101_000, limit=most, unit=Unit.NOTIONAL) for most in (101_000, 100_999)
    ]
    assert by_guard(guards, **fields) == [None, *refused]
    assert by_guard(guards, side=Side.SELL, **fields) == [None, None, None]


def test_yesterdays_holding_loses_from_todays_base_price():
    guard = holding(a_guard(daily_loss_max=100_000), 100)
    guard.start_day()
    fields = {"px": 70_000, "last_px": 70_000, "books": (), "guards": (guard,)}
    found = [
        denial_of(marks=FixedMarks({"005930": 70_000}, {"005930": base}), **fields) for base in (70_990, 71_000, 71_010)
    ]
    assert [denial and denial.figure for denial in found] == [None, 100_000, 101_000]
