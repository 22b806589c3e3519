from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from hts.rules.margin import LoanTerms, Tier
from hts.rules.margin_interest import due, interest_micro
from tests.support.account_rules import account_rules

STEPS = LoanTerms(
    ratio=Fraction(3, 5),
    day_basis=365,
    method="stepwise",
    tiers=(Tier(days=7, rate=Fraction(49, 1000)), Tier(days=15, rate=Fraction(69, 1000))),
    term_days=90,
)
WHOLE = LoanTerms(ratio=Fraction(3, 5), day_basis=365, method="whole", tiers=STEPS.tiers, term_days=90)


def test_each_day_pays_the_rate_of_its_tier():
    # 10,000,000 won for 10 days: 7 at 4.9 % and 3 at 6.9 %
    assert due(interest_micro(10_000_000, STEPS, 0, 10)) == (7 * 490_000 + 3 * 690_000) // 365
    # past the last tier its rate goes on
    assert due(interest_micro(10_000_000, STEPS, 0, 20)) == (7 * 490_000 + 13 * 690_000) // 365


def test_last_tier_may_be_paid_for_all_days():
    assert due(interest_micro(10_000_000, WHOLE, 0, 7)) == 7 * 490_000 // 365
    assert due(interest_micro(10_000_000, WHOLE, 0, 8)) == 8 * 690_000 // 365


@given(st.integers(0, 10**12), st.lists(st.integers(0, 40), max_size=12), st.sampled_from((STEPS, WHOLE)))
def test_days_add_up_to_the_whole_span(principal, spans, terms):
    total = day = 0
    for span in spans:
        total += interest_micro(principal, terms, day, day + span)
        day += span
    assert total == interest_micro(principal, terms, 0, day)


def test_terms_come_from_the_table_of_the_day():
    margin = account_rules().margin
    korea = margin.loan_terms("KR", 20261123, is_short=False)
    assert (korea.ratio, korea.day_basis, korea.term_days, korea.tiers[0]) == (
        Fraction(3, 5), 365, 90, Tier(days=7, rate=Fraction(49, 1000)),
    )  # fmt: skip
    japan = margin.loan_terms("JP", 20261124, is_short=True)
    assert (japan.ratio, japan.tiers[0].rate) == (1, Fraction(115, 10_000))
    assert margin.loan_terms("US", 20261124, is_short=False).day_basis == 360
    assert margin.deposit_rate("005930", 20261123) == Fraction(1, 5)
    assert margin.deposit_rate("122630", 20261123) == 1
    assert margin.deposit_rate("999999", 20261123) == Fraction(2, 5)
