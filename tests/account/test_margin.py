"""Collateral and buying power by kind of account, on figures that can be checked by hand."""

import pytest

from hts.account.margin import buying_power, margin_state, needed_ppm
from hts.account.money import Money
from hts.account.position import MARGIN, SHORT, Position
from hts.account.profile import CASH_ACCOUNT, JP_MARGIN, KR_MARGIN, US_MARGIN, Profile
from hts.account.valuation import Valuation, value_of
from tests.account.nights import MON, TUE
from tests.support.account_rules import account_rules

RULES = account_rules().margin


def money(cash, reserved=0, allowances=()):
    return Money(account="a", currency="KRW", opening=cash, cash=cash, reserved=reserved, allowances=allowances)


def state(kind, cash, **value):
    return margin_state(Profile(account="a", kind=kind), money(cash), Valuation(**value), RULES, MON)


def power(kind, cash, reserved=0, **value):
    profile = Profile(account="a", kind=kind)
    return buying_power(profile, money(cash, reserved), Valuation(**value), RULES, MON)


def test_korean_loan_counts_cash_own_shares_and_the_shares_on_loan():
    found = state(KR_MARGIN, 100_000, own_value=200_000, margin_value=500_000, margin_loans=600_000)
    assert (found.collateral, found.required, found.secured) == (100_000 + 140_000 + 500_000, 840_000, 600_000)
    assert (found.ratio_ppm, found.shortfall) == (1_233_333, 100_000)


def test_korean_borrowed_shares_need_105_percent():
    found = state(KR_MARGIN, 4_999, short_value=100_000, short_proceeds=100_000)
    assert (found.collateral, found.required, found.shortfall) == (104_999, 105_000, 1)


def test_japanese_losses_count_and_gains_do_not():
    found = state(JP_MARGIN, 1_000_000, credit_cost=3_000_000, losses=300_000, gains=900_000, accrued=1_000)
    assert (found.collateral, found.required, found.initial) == (699_000, 600_000, 900_000)
    assert found.ratio_ppm == 233_000
    assert power(JP_MARGIN, 1_000_000, credit_cost=3_000_000, losses=300_000) == -200_000
    assert power(JP_MARGIN, 1_000_000, 50_000, own_value=100_000) == 1_000_000 + 80_000 - 50_000


def test_reg_t_lends_half():
    assert power(US_MARGIN, 1_000_000) == 1_000_000  # at a need of one half: shares for two millions
    bought = {"own_value": 2_000_000}
    assert power(US_MARGIN, -1_000_000, **bought) == 0
    found = state(US_MARGIN, -1_000_000, **bought)
    assert (found.collateral, found.required, found.initial) == (1_000_000, 500_000, 1_000_000)
    short = state(US_MARGIN, 1_000_000, short_value=1_000_000, short_proceeds=900_000)
    assert (short.collateral, short.required) == (900_000, 300_000)


def test_plain_account_buys_with_what_is_free():
    assert power(CASH_ACCOUNT, 1_000, 300) == 700
    unpaid = money(-1_500, allowances=((TUE, 2_000),))
    assert buying_power(Profile(account="a", kind=KR_MARGIN), unpaid, Valuation(), RULES, MON) == 500


@pytest.mark.parametrize(
    ("kind", "given", "ppm"),
    [
        (CASH_ACCOUNT, {}, 1_000_000),
        (KR_MARGIN, {}, 1_000_000),
        (KR_MARGIN, {"may_leave_unpaid": True}, 200_000),  # 005930 is of the class of 20 %
        (KR_MARGIN, {"may_leave_unpaid": True, "restricted_until": MON}, 1_000_000),
        (US_MARGIN, {}, 500_000),
    ],
)
def test_part_of_a_purchase_that_must_be_there(kind, given, ppm):
    profile = Profile(account="a", kind=kind, **given)
    assert needed_ppm(profile, RULES, "005930", MON, is_credit=False, is_short=False) == ppm


@pytest.mark.parametrize(
    ("kind", "is_short", "ppm"), [(KR_MARGIN, False, 400_000), (KR_MARGIN, True, 50_000), (JP_MARGIN, True, 300_000)]
)
def test_part_of_a_credit_position_that_must_be_there(kind, is_short, ppm):
    assert needed_ppm(Profile(account="a", kind=kind), RULES, "005930", MON, is_credit=True, is_short=is_short) == ppm


def test_rows_are_added_up_by_what_they_are():
    def row(qty, cost, credit="", loan=0, micro=0):
        return Position(
            account="a", symbol="s", currency="KRW", qty=qty, cost=cost, credit=credit, loan=loan, accrued_micro=micro
        )

    rows = [
        row(10, 900), row(-2, -150), row(5, 600, MARGIN, 360, 2_500_000), row(-4, -300, SHORT, -300), row(0, 0, MARGIN),
    ]  # fmt: skip
    value = value_of(rows, lambda one: one.qty * 100)
    assert value == Valuation(
        own_value=1_000, short_own_value=200, margin_value=500, short_value=400, credit_cost=900, margin_loans=360,
        short_proceeds=300, losses=200, gains=0, accrued=2,
    )  # fmt: skip
    assert value.holdings == 1_000 - 200 + 500 - 360 - 400 + 300
