from hts.account.booking import Repayment
from hts.account.money import MoneyChange
from hts.account.position import MARGIN, SHORT, Lot
from hts.account.rows import OWN, book
from hts.model.enums import Side
from tests.account.kit import DAY, DAY2, bought, sold

LOAN = {"credit": MARGIN, "is_opening": True, "loan_date": DAY, "financed_ppm": 600_000, "due_date": 20270221}


def test_loan_pays_its_part_of_a_purchase():
    booked = book({}, bought(10_000, 10, fee=15, **LOAN))
    row = booked.rows[MARGIN, DAY]
    assert (row.qty, row.cost, row.loan, row.due_date, row.accrued_to) == (10, 100_000, 60_000, 20270221, DAY2)
    assert booked.change == MoneyChange(
        cash=-40_015, cost=100_000, realised=-15, fees=15, loans=60_000, settle_date=DAY2
    )
    assert booked.repayments == ()


def test_sale_against_loans_pays_the_oldest_first():
    rows = book({}, bought(10_000, 10, **LOAN)).rows
    rows = book(rows, bought(11_000, 10, **(LOAN | {"loan_date": 20261124, "trade_date": 20261124}))).rows
    booked = book(rows, sold(12_000, 15, tax=360, credit=MARGIN, trade_date=20261127, settle_date=20261201))
    assert [booked.rows[MARGIN, day].qty for day in (DAY, 20261124)] == [0, 5]
    assert booked.change == MoneyChange(
        cash=180_000 - 360 - 60_000 - 33_000,
        cost=-100_000 - 55_000,
        realised=180_000 - 155_000 - 360,
        taxes=360,
        loans=-93_000,
        settle_date=20261201,
    )
    assert [(one.loan_date, one.principal, one.settle_date) for one in booked.repayments] == [
        (DAY, 60_000, 20261201),
        (20261124, 33_000, 20261201),
    ]


def test_named_loan_is_paid_before_older_ones():
    rows = book({}, bought(10_000, 10, **LOAN)).rows
    rows = book(rows, bought(11_000, 10, **(LOAN | {"loan_date": 20261124}))).rows
    booked = book(rows, sold(12_000, 12, credit=MARGIN, loan_date=20261124))
    assert [booked.rows[MARGIN, day].qty for day in (DAY, 20261124)] == [8, 0]


def test_borrowed_shares_move_no_cash_until_they_are_covered():
    opened = book({}, sold(10_000, 10, fee=15, credit=SHORT, is_opening=True, loan_date=DAY, financed_ppm=1_000_000))
    row = opened.rows[SHORT, DAY]
    assert (row.qty, row.cost, row.loan) == (-10, -100_000, -100_000)
    assert opened.change.cash == -15
    covered = book(opened.rows, bought(9_000, 4, credit=SHORT))
    assert covered.change == MoneyChange(cash=4_000, cost=40_000, realised=4_000, loans=40_000, settle_date=DAY2)
    assert covered.repayments == (
        Repayment(
            account="a",
            currency="KRW",
            symbol="s",
            credit=SHORT,
            loan_date=DAY,
            principal=40_000,
            accrued_micro=0,
            accrued_to=DAY2,
            settle_date=DAY2,
        ),
    )


def test_rest_of_a_closing_that_no_loan_explains_is_own_money():
    rows = book({}, bought(10_000, 10, **LOAN)).rows
    booked = book(rows, sold(10_000, 12, fee=12, credit=MARGIN))
    assert (booked.rows[MARGIN, DAY].qty, booked.rows[OWN].qty) == (0, -2)
    assert (booked.change.cash, booked.change.fees) == (120_000 - 60_000 - 12, 12)


def test_future_moves_its_gain_only():
    long = book({}, bought(50_000, 2, value=100_000_000, financed_ppm=1_000_000, is_opening=True))
    assert (long.change.cash, long.rows[OWN].loan) == (0, 100_000_000)
    through = book(long.rows, sold(50_100, 3, value=150_300_000, financed_ppm=1_000_000, is_opening=True))
    assert (through.rows[OWN].qty, through.rows[OWN].cost, through.rows[OWN].loan) == (-1, -50_100_000, -50_100_000)
    assert (through.change.cash, through.change.realised, through.repayments) == (200_000, 200_000, ())


def test_deposit_rate_leaves_a_part_unpaid():
    booked = book({}, bought(10_000, 10, deposit_ppm=400_000))
    assert (booked.change.cash, booked.change.allowance) == (-100_000, 60_000)
    assert book({}, sold(10_000, 1, deposit_ppm=400_000)).change.allowance == 0
    assert Lot(open_date=DAY, qty=10, cost=100_000) in booked.rows[OWN].lots
    assert booked.rows[OWN].bought_qty == 10 and Side.BUY.sign == 1


def test_sale_of_more_than_the_own_shares_goes_on_to_the_oldest_loan():
    rows = book({}, bought(10_000, 10, **LOAN)).rows
    rows = book(rows, bought(10_000, 5)).rows
    booked = book(rows, sold(11_000, 12))
    assert (booked.rows[OWN].qty, booked.rows[MARGIN, DAY].qty) == (0, 3)
    assert booked.change.loans == -42_000
    assert [one.principal for one in booked.repayments] == [42_000]


def test_purchase_beside_borrowed_shares_covers_nothing():
    opened = book({}, sold(10_000, 10, credit=SHORT, is_opening=True, loan_date=DAY, financed_ppm=1_000_000))
    booked = book(opened.rows, bought(9_000, 4))
    assert (booked.rows[OWN].qty, booked.rows[SHORT, DAY].qty) == (4, -10)
