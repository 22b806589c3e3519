import pytest

from hts.account.money import Money, MoneyChange, after, check, settle, with_step

MONEY = Money(account="a", currency="KRW", opening=1_000, cash=1_000)


def test_ladder_tells_what_has_moved_by_each_day():
    bought = after(MONEY, MoneyChange(cash=-400, cost=400, settle_date=20261125))
    money = after(bought, MoneyChange(cash=150, cost=-140, realised=10, settle_date=20261126))
    assert money.cash == 750
    assert [money.cash_on(day) for day in (20261124, 20261125, 20261126)] == [1_000, 600, 750]
    assert money.settled == 1_000
    moved = settle(money, 20261125)
    assert (moved.settled, moved.pending, moved.cash) == (600, ((20261126, 150),), 750)


def test_what_is_taken_back_leaves_no_step():
    change = MoneyChange(cash=-400, cost=400, settle_date=20261125, allowance=100)
    assert after(after(MONEY, change), change, -1) == MONEY


def test_unpaid_part_of_a_purchase_buys_until_it_settles():
    money = after(MONEY, MoneyChange(cash=-2_000, cost=2_000, settle_date=20261125, allowance=1_200))
    assert (money.cash, money.buying_power) == (-1_000, 200)
    assert (settle(money, 20261125).settled, settle(money, 20261125).buying_power) == (-1_000, -1_000)


def test_money_that_comes_from_nowhere_is_found():
    with pytest.raises(AssertionError):
        after(MONEY, MoneyChange(cash=1))
    check(after(MONEY, MoneyChange(cash=-30, interest=30)))
    check(after(MONEY, MoneyChange(cash=30, income=30)))
    check(after(MONEY, MoneyChange(cash=-600, cost=1_500, loans=900)))


def test_steps_stay_in_order_and_without_zeroes():
    steps = with_step(with_step(with_step((), 3, 5), 1, 7), 2, 9)
    assert steps == ((1, 7), (2, 9), (3, 5))
    assert with_step(steps, 2, -9) == ((1, 7), (3, 5))
    assert with_step(steps, 2, 0) is steps
