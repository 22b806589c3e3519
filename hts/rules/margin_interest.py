"""Interest of a loan by days and tiers, exact: the unit is a millionth of the currency's smallest unit.

A loan's tiers are "up to N days: this rate". Stepwise, each day pays the rate of the tier it lies in; whole, the last
day's tier is paid for all days. Days count from the day after the loan began.
"""

from fractions import Fraction

from hts.rules.margin import LoanTerms

MICRO = 1_000_000


def interest_micro(principal: int, terms: LoanTerms, days_before: int, days_after: int) -> int:
    """What the days (days_before, days_after] of a loan add, in millionths, the sum cut once.

    Adding the parts of consecutive spans gives the interest of the whole span: each part is the difference of two
    sums that begin with the loan.
    """
    assert 0 <= days_before <= days_after, (days_before, days_after)
    assert principal >= 0, principal
    return _total(principal, terms, days_after) - _total(principal, terms, days_before)


def _total(principal: int, terms: LoanTerms, days: int) -> int:
    weight = Fraction(0)
    begun = 0
    for tier in terms.tiers:
        in_tier = min(days, tier.days) - begun
        if in_tier <= 0:
            break
        weight = tier.rate * days if terms.method == "whole" else weight + tier.rate * in_tier
        begun += in_tier
    if days > begun:  # past the last tier, its rate goes on
        weight += terms.tiers[-1].rate * (days - begun)
    exactly = principal * weight * MICRO / terms.day_basis
    return exactly.numerator // exactly.denominator


def due(micro: int) -> int:
    """Whole units to pay for an interest in millionths: the rest is cut, in the borrower's favour."""
    return micro // MICRO
