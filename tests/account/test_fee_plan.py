"""Which fee set and tier an account has on a day, by its choice and by what its books say it traded."""

import pytest

from hts.account.book import AccountBook
from hts.account.fee_plan import plan_on
from hts.account.turnover import Turnover, kept_from
from hts.model.records_account import FeeSetChosen
from hts.rules.fee_sets import PLAIN, FeePlan
from tests.support.account_rules import account_tables
from tests.support.builders import ACCOUNT, AT

TABLE = account_tables()["fees"]
BILLION = 1_000_000_000


def a_book(*choices, traded=()):
    book = AccountBook()
    for from_date, fee_set, *more in choices:
        month, amount = more or (0, 0)
        book.apply(
            FeeSetChosen(account=ACCOUNT, from_date=from_date, fee_set=fee_set, month=month, traded=amount, **AT)
        )
    for date, value in traded:
        book.turnover.add(ACCOUNT, "KRW", date, value)
    return book


def plan(book, date, market="KR"):
    return plan_on(book, TABLE, ACCOUNT, market, date)


def test_who_chose_nothing_has_the_plain_fee():
    assert plan(a_book(), 20261123) == PLAIN


def test_a_set_holds_from_its_day_on():
    book = a_book((20261124, "passed_on"), (20261201, ""))
    found = [plan(book, date) for date in (20261123, 20261124, 20261130, 20261201)]
    assert found == [PLAIN, FeePlan(name="passed_on"), FeePlan(name="passed_on"), PLAIN]
    assert (plan(book, 20261124, "JP"), plan(book, 20261124, "")) == (PLAIN, PLAIN)


def test_a_later_choice_for_the_same_or_an_earlier_day_takes_its_place():
    book = a_book((20261124, "passed_on"), (20261127, "venue_only"), (20261126, "by_volume"))
    assert [plan(book, date).name for date in (20261125, 20261126, 20261127)] == ["passed_on", "by_volume", "by_volume"]


@pytest.mark.parametrize(
    ("traded", "tier"),
    [
        ((), 0),
        (((20261005, BILLION - 1),), 0),
        (((20261005, BILLION - 1), (20261030, 1)), 1),
        (((20260930, BILLION), (20261102, 99 * BILLION)), 0),  # the month before, and no other one
        (((20261001, 4 * BILLION), (20261031, 6 * BILLION)), 2),
    ],
)
def test_the_tier_is_that_of_the_whole_month_before(traded, tier):
    book = a_book((0, "by_volume"), traded=traded)
    assert plan(book, 20261123) == FeePlan(name="by_volume", tier=tier)


def test_what_was_traded_elsewhere_counts_in_its_month():
    book = a_book((20261101, "by_volume", 202610, BILLION - 5), traded=((20261020, 5), (20261120, 5)))
    assert [plan(book, date).tier for date in (20261123, 20261201)] == [1, 0]


def test_turnover_forgets_what_no_tier_looks_back_at():
    turnover = Turnover()
    for date in (20260831, 20260901, 20261001):
        turnover.add(ACCOUNT, "KRW", date, 7)
    turnover.add(ACCOUNT, "KRW", 20261001, -2)
    turnover.add(ACCOUNT, "USD", 20261001, 0)
    assert list(turnover.rows()) == [(ACCOUNT, "KRW", 20260901, 7), (ACCOUNT, "KRW", 20261001, 5)]
    assert turnover.between(ACCOUNT, "KRW", 20260901, 20260930) == 7
    assert [kept_from(date) for date in (20270115, 20260301)] == [20261201, 20260201]
