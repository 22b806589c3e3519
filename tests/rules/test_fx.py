from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from hts.rules.fx import paid, received, translated
from tests.support.account_rules import account_rules

FX = account_rules().fx
SPREAD = Fraction(1, 400)


def test_rates_are_in_smallest_units():
    assert FX.start_rates()["USD", "KRW"] == Fraction(145_000, 10_000)  # 14.5 won for a cent
    assert FX.start_rates()["JPY", "KRW"] == Fraction(94, 10)
    assert FX.in_units("USD", "JPY", Fraction(154)) == Fraction(154, 100)


def test_bank_rounds_for_itself():
    # 100.01 dollars at 1450: 145,014.5 in the middle
    assert paid(10_001, Fraction(29, 2), SPREAD) == 145_378  # 145,377.04
    assert received(10_001, Fraction(29, 2), SPREAD) == 144_651  # 144,651.96
    assert translated(10_001, Fraction(29, 2)) == 145_015  # half up
    assert translated(-10_001, Fraction(29, 2)) == -145_015


def test_spread_is_wider_at_night():
    terms = FX.terms(20261123)
    assert (terms.spread_at(10 * 3600), terms.spread_at(23 * 3600 + 1800)) == (Fraction(1, 400), Fraction(1, 100))
    assert terms.spread_at(terms.close_s) == terms.spread_night


@given(st.integers(0, 10**12), st.fractions(Fraction(1, 1000), 2000), st.fractions(0, Fraction(1, 10)))
def test_there_and_back_gains_nothing(amount, rate, spread):
    assert received(amount, rate, spread) <= amount * rate <= paid(amount, rate, spread)
    assert received(amount, rate, spread) > amount * rate * (1 - spread) - 1
