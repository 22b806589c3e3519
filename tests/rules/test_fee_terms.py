"""Fees by what a fill did to the book, and the bills that they are rounded on."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.model.enums import LastLiquidityInd
from hts.rules.fee_terms import DAY, FILL, ORDER, FeeRate, FeeTerms, flat, signed

ADDED, REMOVED, AUCTION, UNKNOWN = (
    LastLiquidityInd.ADDED, LastLiquidityInd.REMOVED, LastLiquidityInd.AUCTION, LastLiquidityInd.UNKNOWN,
)  # fmt: skip


def terms(**fields) -> FeeTerms:
    """Parts per million of the value: 100 for who rests, 300 for who takes, 200 in an auction."""
    rates = {"added": 100, "removed": 300, "auction": 200}
    rates = {name: FeeRate(rate=Fraction(ppm, 1_000_000)) for name, ppm in rates.items()}
    return FeeTerms(**{**rates, **fields})


def test_each_liquidity_has_its_rate_and_an_unknown_one_the_dearest():
    found = [terms().exact(1_000_000, 10, liquidity) for liquidity in (ADDED, REMOVED, AUCTION, UNKNOWN)]
    assert found == [100, 300, 200, 300]
    rested_is_dearer = terms(added=FeeRate(per_share=Fraction(40)))
    assert rested_is_dearer.exact(1_000_000, 10, UNKNOWN) == 400
    assert (rested_is_dearer.least(1_000_000, 10), rested_is_dearer.least(1_000_000, 1)) == (200, 40)


@pytest.mark.parametrize(("mode", "whole"), [("down", (2, -2)), ("up", (3, -3)), ("half_up", (3, -3))])
def test_a_rebate_is_rounded_like_a_fee_of_its_size(mode, whole):
    assert (signed(Fraction(5, 2), mode), signed(Fraction(-5, 2), mode)) == whole


def test_an_unknown_mode_is_our_bug():
    with pytest.raises(AssertionError):
        signed(Fraction(1), "sideways")


def test_a_least_and_a_charge_are_taken_once_for_each_order():
    """2.5 won of three fills: at least 4, and 10 more; the first fill pays what the bill begins with."""
    one = terms(scope=ORDER, at_least=4, per_order=10)
    fills = [one.exact(value, 1, ADDED) for value in (8_000, 9_000, 8_000)]
    assert [one.grown(fills[:at], fill) for at, fill in enumerate(fills)] == [14, 0, 0]
    more = one.exact(30_000, 1, ADDED)  # 5.5 in all
    assert one.grown(fills, more) == 1
    assert one.bill(Fraction(0), is_empty=True) == 0


def test_fills_billed_one_by_one_are_cut_one_by_one():
    fills = [Fraction(15, 10)] * 3
    assert [terms(scope=FILL).grown(fills[:at], fill) for at, fill in enumerate(fills)] == [1, 1, 1]
    assert [terms(scope=DAY).grown(fills[:at], fill) for at, fill in enumerate(fills)] == [1, 2, 1]


def test_one_rate_for_all():
    plain = flat(Fraction(15, 100_000), "up", DAY)
    assert {plain.exact(10_000, 1, liquidity) for liquidity in LastLiquidityInd} == {Fraction(3, 2)}
    assert (plain.mode, plain.scope, plain.bill(Fraction(3, 2))) == ("up", DAY, 2)


FILLS = st.lists(
    st.tuples(st.integers(1, 10**9), st.integers(1, 10_000), st.sampled_from(list(LastLiquidityInd))), max_size=8
)


@settings(max_examples=60)
@given(fills=FILLS, data=st.data(), mode=st.sampled_from(["down", "up", "half_up"]), least=st.integers(0, 2_000))
def test_fills_of_a_bill_pay_what_the_bill_says_in_whatever_order_they_come(fills, data, mode, least):
    per_share = FeeRate(rate=Fraction(7, 1_000_000), per_share=Fraction(-1, 3))
    one = terms(auction=per_share, mode=mode, scope=ORDER, at_least=least, per_order=5)
    shuffled = data.draw(st.permutations(fills))
    exact = [one.exact(*fill) for fill in shuffled]
    charged = sum(one.grown(exact[:at], fill) for at, fill in enumerate(exact))
    whole = sum((one.exact(*fill) for fill in fills), Fraction(0))
    assert charged == (max(signed(whole, mode), least) + 5 if fills else 0)
