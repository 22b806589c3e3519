"""Whether collateral is enough, and what can still be bought.

    Korea    (deposit + substitute value of own shares + value of shares on loan) / loans       140 %
             (deposit + proceeds + substitute value) / value of borrowed shares                 105 %
    Japan    (deposit + substitute value - losses) / credit positions as opened                 20 %, 30 % to open
    US       equity / value, long 25 %, short 30 %                                              50 % to open

Gains of open credit positions do not count in Japan; they do elsewhere, since shares are valued at the market.
"""

from fractions import Fraction

from msgspec import Struct

from hts.account.money import Money
from hts.account.profile import CASH_ACCOUNT, JP_MARGIN, KR_MARGIN, US_MARGIN, Profile
from hts.account.valuation import Valuation
from hts.model.units import Notional
from hts.rules.margin import PPM, MarginRules, in_ppm


class MarginState(Struct, frozen=True, kw_only=True):
    """Collateral against what it secures. `ratio_ppm` 0 where nothing is secured."""

    collateral: int
    secured: int
    required: int  # collateral that maintenance asks for
    initial: int  # collateral that open positions use of new business

    @property
    def ratio_ppm(self) -> int:
        """Collateral per secured value in millionths, cut."""
        return self.collateral * PPM // self.secured if self.secured else 0

    @property
    def shortfall(self) -> int:
        """What is to be paid in to be as maintenance asks."""
        return max(0, self.required - self.collateral)


def margin_state(profile: Profile, money: Money, value: Valuation, rules: MarginRules, date: int) -> MarginState:
    """How an account stands in one currency."""
    if profile.kind == JP_MARGIN:
        return _japanese(money, value, rules, date)
    if profile.kind == US_MARGIN:
        return _american(money, value, rules, date)
    return _korean(money, value, rules, date)


def buying_power(profile: Profile, money: Money, value: Valuation, rules: MarginRules, date: int) -> Notional:
    """Cash (or collateral) that a new order may need at most; `needed_ppm` says how much of its value that is."""
    if buys_with_cash(profile):
        return money.buying_power
    state = margin_state(profile, money, value, rules, date)
    return Notional(state.collateral - state.initial - money.reserved)


def buys_with_cash(profile: Profile) -> bool:
    """Whether buying power is cash alone, whatever the holdings are worth."""
    return profile.kind in (CASH_ACCOUNT, KR_MARGIN)


def needed_ppm(profile: Profile, rules: MarginRules, symbol: str, date: int, *, is_credit: bool, is_short: bool) -> int:
    """The part of an opening order's value that must be there when it is entered."""
    leaves_unpaid = profile.leaves_unpaid(date)
    return rules.needed_ppm(
        profile.kind, symbol, date, leaves_unpaid=leaves_unpaid, is_credit=is_credit, is_short=is_short
    )


def deposit_ppm(profile: Profile, rules: MarginRules, symbol: str, date: int) -> int:
    """The part of a purchase with own money that is to be there before it settles."""
    return in_ppm(rules.deposit_rate(symbol, date)) if profile.leaves_unpaid(date) else PPM


def _korean(money: Money, value: Valuation, rules: MarginRules, date: int) -> MarginState:
    substitute = _cut(value.own_value * rules.number("kr_loan", "substitute_ratio", date))
    collateral = money.cash + substitute + value.margin_value + value.short_proceeds
    loan_part = _up(value.margin_loans * rules.number("kr_loan", "maintenance", date))
    short_part = _up(value.short_value * rules.number("kr_short", "collateral", date)) if value.short_value else 0
    secured = value.margin_loans + value.short_value
    return MarginState(collateral=collateral, secured=secured, required=loan_part + short_part, initial=0)


def _japanese(money: Money, value: Valuation, rules: MarginRules, date: int) -> MarginState:
    substitute = _cut(value.own_value * rules.number("jp", "substitute_ratio", date))
    collateral = money.cash + substitute - value.losses - value.accrued
    required = _up(value.credit_cost * rules.number("jp", "maintenance", date))
    initial = _up(value.credit_cost * rules.number("jp", "initial", date))
    return MarginState(collateral=collateral, secured=value.credit_cost, required=required, initial=initial)


def _american(money: Money, value: Valuation, rules: MarginRules, date: int) -> MarginState:
    long_value = value.own_value + value.margin_value
    short_value = value.short_own_value + value.short_value
    collateral = money.cash + value.holdings
    required = _up(
        long_value * rules.number("us", "maintenance_long", date)
        + short_value * rules.number("us", "maintenance_short", date)
    )
    initial = _up((long_value + short_value) * rules.number("us", "initial", date))
    return MarginState(collateral=collateral, secured=long_value + short_value, required=required, initial=initial)


def _up(amount: Fraction | int) -> int:
    return -(-amount.numerator // amount.denominator)


def _cut(amount: Fraction | int) -> int:
    return amount.numerator // amount.denominator
