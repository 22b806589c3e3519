from fractions import Fraction

import pytest

from hts.account.liquidation import ForcedSale, SaleTerms, forced_qty, loan_sales, term_sales, unpaid_sales
from hts.account.position import MARGIN, SHORT, Lot, Position
from hts.account.profile import JP_MARGIN, KR_MARGIN, US_MARGIN
from tests.support.market_rules import recorded_facts

TERMS = SaleTerms(discount=Fraction(3, 10), fee=Fraction(15, 100_000), tax=Fraction(2, 1000))


def a_row(symbol, qty, cost, credit="", loan_date=0, *, loan=0, due_date=0, opened=20261123):
    return Position(
        account="a", symbol=symbol, currency="KRW", qty=qty, cost=cost, credit=credit, loan_date=loan_date, loan=loan,
        due_date=due_date, lots=(Lot(open_date=opened, qty=qty, cost=cost),),
    )  # fmt: skip


def test_published_example():
    assert forced_qty(3_000_000 + 2_000, 50_000, TERMS, held=1_000) == 86


def test_recorded_examples():
    for row in recorded_facts("margin")["kr"]["misu"]["example"]:
        terms = SaleTerms(discount=Fraction(row["discount"]), fee=Fraction(row["fee"]), tax=Fraction(row["tax"]))
        assert forced_qty(row["unpaid"] + row["costs"], row["prev_close"], terms, held=10**6) == row["qty"]


@pytest.mark.parametrize(
    ("due", "px", "held", "qty"), [(1, 50_000, 10, 1), (34_925, 50_000, 10, 2), (10**9, 50_000, 10, 10), (1, 0, 7, 7)]
)
def test_what_is_owed_is_surely_covered(due, px, held, qty):
    assert forced_qty(due, px, TERMS, held) == qty
    assert qty == held or qty * px * TERMS.net >= due


def test_unpaid_issue_goes_first_then_the_largest():
    rows = [a_row("big", 100, 5_000_000), a_row("new", 10, 500_000), a_row("small", 10, 100_000)]
    px = {"big": 50_000, "new": 50_000, "small": 10_000}
    sales = unpaid_sales(400_000, rows, ["new"], px.__getitem__, TERMS)
    # ten of the unpaid issue bring 349,247 at the lower limit, 50,753 are left for two of the largest
    assert sales == (
        ForcedSale(symbol="new", credit="", loan_date=0, qty=10),
        ForcedSale(symbol="big", credit="", loan_date=0, qty=2),
    )
    assert unpaid_sales(0, rows, ["new"], px.__getitem__, TERMS) == ()


def test_loans_are_closed_oldest_first_until_the_ratio_holds_at_the_worst_price():
    rows = [
        a_row("s", 100, 1_000_000, MARGIN, 20261110, loan=600_000),
        a_row("s", 100, 1_000_000, MARGIN, 20261020, loan=600_000),
        a_row("s", 50, 400_000),
    ]
    # a share sold at 7,000 x 0.7 frees 0.4 x 6,000 - 7,000 + 4,889 won: 289
    sales = loan_sales(KR_MARGIN, 20_000, rows, prev_close=lambda _: 7_000, terms=TERMS, maintenance=Fraction(14, 10))
    assert [(sale.loan_date, sale.qty) for sale in sales] == [(20261020, 70)]
    sales = loan_sales(KR_MARGIN, 30_000, rows, prev_close=lambda _: 7_000, terms=TERMS, maintenance=Fraction(14, 10))
    assert [(sale.loan_date, sale.qty) for sale in sales] == [(20261020, 100), (20261110, 4)]


def test_a_sale_that_frees_nothing_is_of_the_whole_row():
    rows = [a_row("s", 100, 1_000_000, MARGIN, 20261020, loan=600_000)]
    sales = loan_sales(KR_MARGIN, 1, rows, prev_close=lambda _: 9_000, terms=TERMS, maintenance=Fraction(14, 10))
    assert [sale.qty for sale in sales] == [100]


FREE = SaleTerms(discount=Fraction(0), fee=Fraction(0), tax=Fraction(0))


@pytest.mark.parametrize(("short", "sold"), [(239_999, [100]), (240_000, [100]), (240_001, [100, 1])])
def test_a_loan_that_just_suffices_leaves_the_next_one(short, sold):
    rows = [a_row("s", 100, 1_000_000, MARGIN, date, loan=600_000) for date in (20261020, 20261110)]
    # without costs a share frees 0.4 x 6,000 won
    sales = loan_sales(KR_MARGIN, short, rows, prev_close=lambda _: 7_000, terms=FREE, maintenance=Fraction(14, 10))
    assert [sale.qty for sale in sales] == sold


def test_borrowed_shares_are_bought_back_whole_in_korea():
    rows = [a_row("s", -100, -1_000_000, SHORT, 20261020, loan=-1_000_000)]
    sales = loan_sales(KR_MARGIN, 1, rows, prev_close=lambda _: 9_000, terms=TERMS, maintenance=Fraction(14, 10))
    assert sales == (ForcedSale(symbol="s", credit=SHORT, loan_date=20261020, qty=100, is_buy=True),)


def test_japan_closes_everything_on_credit():
    rows = [
        a_row("s", -100, -1_000_000, SHORT, 20261110, loan=-1_000_000),
        a_row("t", 200, 600_000, MARGIN, 20261020, loan=600_000),
    ]
    sales = loan_sales(JP_MARGIN, 1, rows, prev_close=lambda _: 1, terms=TERMS, maintenance=Fraction(1, 5))
    assert sales == (
        ForcedSale(symbol="t", credit=MARGIN, loan_date=20261020, qty=200),
        ForcedSale(symbol="s", credit=SHORT, loan_date=20261110, qty=100, is_buy=True),
    )


def test_new_york_sells_what_restores_maintenance():
    rows = [a_row("s", 100, 1_000_000), a_row("t", 10, 50_000)]
    sales = loan_sales(US_MARGIN, 25_100, rows, prev_close=lambda _: 10_000, terms=FREE, maintenance=Fraction(1, 4))
    assert sales == (ForcedSale(symbol="s", credit="", loan_date=0, qty=11),)  # 2,500 each


@pytest.mark.parametrize(("short", "sold"), [(249_999, [100]), (250_000, [100]), (250_001, [100, 1])])
def test_a_holding_that_just_suffices_leaves_the_next_one_in_new_york(short, sold):
    rows = [a_row("s", 100, 1_000_000), a_row("t", 10, 50_000)]
    sales = loan_sales(US_MARGIN, short, rows, prev_close=lambda _: 10_000, terms=FREE, maintenance=Fraction(1, 4))
    assert [sale.qty for sale in sales] == sold


def test_a_holding_without_a_price_is_sold_whole_in_new_york():
    rows = [a_row("s", 100, 1_000_000), a_row("t", 10, 50_000)]
    px = {"s": 0, "t": 10_000}
    sales = loan_sales(US_MARGIN, 2_500, rows, prev_close=px.__getitem__, terms=FREE, maintenance=Fraction(1, 4))
    assert [(sale.symbol, sale.qty) for sale in sales] == [("s", 100), ("t", 1)]


def test_a_row_of_nothing_is_not_sold():
    rows = [a_row("gone", 0, 0), a_row("s", 100, 1_000_000)]
    sales = loan_sales(US_MARGIN, 2_500, rows, prev_close=lambda _: 10_000, terms=FREE, maintenance=Fraction(1, 4))
    assert [sale.symbol for sale in sales] == ["s"]
    assert [sale.symbol for sale in unpaid_sales(1, rows, ["gone"], lambda _: 10_000, TERMS)] == ["s"]


def test_loan_past_its_term_is_closed_alone():
    rows = [
        a_row("s", 5, 50, MARGIN, 20260801, loan=30, due_date=20261123),
        a_row("s", 5, 50, MARGIN, 20260901, loan=30, due_date=20261130),
    ]
    assert [sale.loan_date for sale in term_sales(rows, 20261124)] == [20260801]
