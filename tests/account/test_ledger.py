import pytest

from hts.account.ledger import Ledger
from hts.account.money import Money
from hts.account.position import Lot, Position
from tests.account.kit import bought, sold

OPEN = 1_000_000


def a_ledger() -> Ledger:
    ledger = Ledger()
    ledger.open("a", "KRW", OPEN)
    return ledger


def test_fill_moves_cash_against_shares():
    ledger = a_ledger()
    ledger.book(bought(1_000, 10, fee=3, trade_date=0, settle_date=0))
    ledger.book(sold(1_100, 4, fee=1, tax=8, trade_date=0, settle_date=0))
    assert list(ledger.all_money()) == [
        Money(
            account="a",
            currency="KRW",
            opening=OPEN,
            cash=OPEN - 10_003 + 4_391,
            cost=6_000,
            reserved=0,
            realised=400 - 12,
            fees=4,
            taxes=8,
        )
    ]
    assert list(ledger.positions()) == [
        Position(
            account="a",
            symbol="s",
            currency="KRW",
            qty=6,
            cost=6_000,
            realised=388,
            fees=4,
            taxes=8,
            bought_qty=10,
            sold_qty=4,
            fifo_realised=388,
            lots=(Lot(open_date=0, qty=6, cost=6_000),),
        )
    ]
    assert (ledger.qty("a", "s"), ledger.qty("a", "t")) == (6, 0)


def test_hold_lowers_the_buying_power_only():
    ledger = a_ledger()
    ledger.hold("a", "KRW", 400)
    ledger.hold("a", "KRW", -150)
    money = ledger.money("a", "KRW")
    assert (money.cash, money.reserved, money.buying_power) == (OPEN, 250, OPEN - 250)


def test_more_cannot_be_released_than_is_held():
    ledger = a_ledger()
    ledger.hold("a", "KRW", 10)
    with pytest.raises(AssertionError):
        ledger.hold("a", "KRW", -11)


def test_account_is_opened_once_per_currency():
    ledger = a_ledger()
    ledger.open("a", "USD", 5)
    with pytest.raises(AssertionError):
        ledger.open("a", "KRW", 5)
    assert (ledger.home_currency("a"), ledger.home_currency("b"), ledger.money("b", "KRW")) == ("KRW", "", None)
    assert (ledger.has_account("a"), ledger.has_account("b")) == (True, False)
