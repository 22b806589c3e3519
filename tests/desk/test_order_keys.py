"""Quantities and prices of the order form by key."""

import pytest
from msgspec.structs import replace

from hts.desk.actions import Refusal
from hts.model.enums import OrdType, TimeInForce
from tests.support.desk_feed import account, position, quiet_desk

SAMSUNG = "005930"


@pytest.fixture
def desk():
    made = quiet_desk()
    made.orders.on_view(replace(account(), buying_power=10_000_000))
    made.selection.set_px(100_000)  # 99 shares with their fee of 0.015 %
    return made


@pytest.mark.parametrize(("percent", "qty"), [(10, 9), (25, 24), (50, 49), (100, 99)])
def test_a_share_of_the_buying_power(desk, percent, qty):
    assert desk.form.possible_qty() == 99
    assert desk.commands.run(f"qty.share_{percent}") is None
    assert desk.selection.qty == qty


@pytest.mark.parametrize(("percent", "qty"), [(10, 3), (25, 8), (50, 16), (100, 33)])
def test_a_share_of_the_holding_for_a_sale_and_from_any_tab(desk, percent, qty):
    desk.orders.on_view(position(SAMSUNG, 33, 190_000, 191_400))
    assert desk.commands.run(f"qty.held_{percent}") is None
    assert desk.selection.qty == qty
    desk.selection.set_qty(1)
    desk.commands.run("form.sell")
    assert desk.commands.run(f"qty.share_{percent}") is None
    assert desk.selection.qty == qty


def test_a_short_position_is_bought_back_in_shares_too(desk):
    desk.orders.on_view(position(SAMSUNG, -40, 190_000, 191_400))
    assert desk.commands.run("qty.held_25") is None
    assert desk.selection.qty == 10


def test_less_than_a_lot_changes_nothing_and_says_so(desk):
    desk.orders.on_view(position(SAMSUNG, 3, 190_000, 191_400))
    before = desk.selection.qty
    too_small = {"percent": "10", "qty": "3", "lot": "1"}
    assert desk.commands.run("qty.held_10") == Refusal(key="refusal.held_too_small", values=too_small)
    desk.orders.on_view(replace(account(), buying_power=0))
    nothing = {"percent": "50", "qty": "0", "lot": "1"}
    assert desk.commands.run("qty.share_50") == Refusal(key="refusal.share_too_small", values=nothing)
    assert desk.selection.qty == before


def test_prices_of_the_book_and_of_the_day(desk):
    issue, seen = desk.form.instrument, {}
    for name in ("upper", "ask", "last", "bid", "lower"):
        assert desk.commands.run(f"px.{name}") is None
        seen[name] = desk.selection.px
    assert seen == {
        "upper": issue.upper_px,
        "ask": desk.market.best_ask(SAMSUNG),
        "last": 191_400,
        "bid": desk.market.best_bid(SAMSUNG),
        "lower": issue.lower_px,
    }
    assert len(set(seen.values())) >= 4


def test_a_type_without_a_price_takes_none(desk):
    desk.form.choose_type(OrdType.MARKET, TimeInForce.DAY)
    before = desk.selection.px
    assert desk.commands.run("px.upper") == Refusal(key="refusal.type_without_price")
    assert desk.selection.px == before
