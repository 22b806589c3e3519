import pytest

from hts.account.corporate_orders import OrderTerms, adjusted
from hts.model.corporate import CorporateEvent, EventKind
from hts.model.enums import Side
from hts.model.instruments import TickTable

CENTS = TickTable(starts=(0,), steps=(1,))
FIVES = TickTable(starts=(0,), steps=(5,))


def an_event(kind, **given):
    dates = {"ex_date": 20261124, "record_date": 20261124}
    return CorporateEvent(event_id="E", kind=kind, symbol="AAPL", market="US", currency="USD", **dates, **given)


def an_order(side, px=20_000, qty=7, is_stop=False):
    return OrderTerms(side=side, px=px, leaves_qty=qty, is_stop=is_stop)


@pytest.mark.parametrize(
    ("order", "px"),
    [
        (an_order(Side.BUY), 19_973),  # 26.5 cents off, down to the cent
        (an_order(Side.SELL, is_stop=True), 19_974),  # up to the cent
        (an_order(Side.SELL), 20_000),
        (an_order(Side.BUY, is_stop=True), 20_000),
    ],
)
def test_dividend_is_taken_off_what_it_would_reach(order, px):
    after = adjusted(an_event(EventKind.CASH_DIVIDEND, cash_milli=26_500), order, CENTS)
    assert (after.px, after.leaves_qty) == (px, 7)


def test_split_changes_price_and_quantity():
    event = an_event(EventKind.SPLIT, new=3, old=2)
    after = adjusted(event, an_order(Side.BUY), FIVES)
    assert (after.px, after.leaves_qty) == (13_330, 10)  # 13,333.3 and 10.5
    assert adjusted(event, an_order(Side.SELL), FIVES).px == 13_335


def test_nothing_sensible_left_is_cancelled():
    assert adjusted(an_event(EventKind.REVERSE_SPLIT, new=1, old=10), an_order(Side.BUY), CENTS) is None
    assert adjusted(an_event(EventKind.CASH_DIVIDEND, cash_milli=20_000_000), an_order(Side.BUY), CENTS) is None
    assert adjusted(an_event(EventKind.CASH_DIVIDEND, cash_milli=19_999_500), an_order(Side.BUY), CENTS) is None
    assert adjusted(an_event(EventKind.CASH_DIVIDEND, cash_milli=19_999_000), an_order(Side.BUY), CENTS).px == 1
    assert adjusted(an_event(EventKind.MERGER, new=1, other_symbol="B"), an_order(Side.BUY), CENTS) is None


def test_stock_dividend_moves_a_buy_limit_to_its_theoretical_price():
    event = an_event(EventKind.STOCK_DIVIDEND, new=1, old=4)
    assert adjusted(event, an_order(Side.BUY), CENTS).px == 16_000
    assert adjusted(event, an_order(Side.SELL), CENTS).px == 20_000
