"""The night's jobs on money: conversions trued up, interest, the ladder, the evening's worth of foreign money."""

from collections.abc import Iterator
from fractions import Fraction

from hts.account.booking import Repayment
from hts.account.fx import true_up
from hts.account.night import HOME_MARKET, Night
from hts.account.position import SHORT, Position
from hts.account.profile import MARKET_OF, US_MARGIN
from hts.model.records_account import (
    AccountRecord,
    ConversionTruedUp,
    InterestAccrued,
    LadderMoved,
    LoanRepaid,
    Translated,
    UnpaidInterestCharged,
)
from hts.model.units import Notional
from hts.rules.fx import translated
from hts.rules.margin import LoanTerms
from hts.rules.margin_interest import due, interest_micro
from hts.rules.settlement import calendar_days


def true_up_conversions(night: Night) -> Iterator[AccountRecord]:
    """Provisional conversions get the rate of now, with the desk's spread by day; what was too much comes back."""
    for converted in list(night.book.provisional.values()):
        rate = night.book.rate(converted.bought_currency, converted.sold_currency)
        if rate is None:
            continue
        spread = night.rules.fx.terms(night.date).spread
        returned = true_up(converted.sold, converted.bought, rate, spread)
        yield ConversionTruedUp(account=converted.account, ref=converted.ref, returned=returned, **night.at)


def accrue_interest(night: Night) -> Iterator[AccountRecord]:
    """Loans run up to the day; closed ones are paid with interest when they settle; unpaid cash pays a fee."""
    for row in list(night.book.ledger.all_rows()):
        if row.credit and row.qty and row.accrued_to < night.date:
            yield _accrued(night, row)
    for repayment in list(night.book.ledger.repayments):
        if repayment.settle_date <= night.date:
            yield _repaid(night, repayment)
    yield from _late_fees(night)
    yield from _debit_interest(night)


def move_ladder(night: Night) -> Iterator[AccountRecord]:
    """What was due up to the day has moved."""
    for _, money in night.all_money():
        key = (money.account, money.currency)
        if night.book.settled_to.get(key, 0) < night.date:
            yield LadderMoved(account=money.account, currency=money.currency, date=night.date, **night.at)


def translate(night: Night) -> Iterator[AccountRecord]:
    """Money and holdings of a foreign currency in the account's own, at the evening's middle rate."""
    for profile, money in night.all_money():
        before = night.book.translated.get((money.account, money.currency))
        rate = night.book.rate(money.currency, profile.base_currency)
        is_done = before is not None and before.date >= night.date
        if money.currency == profile.base_currency or rate is None or is_done:
            continue
        own = money.cash + night.valuation(money.account, money.currency).holdings
        yield Translated(
            account=money.account,
            currency=money.currency,
            date=night.date,
            own_value=Notional(own),
            base_value=translated(own, rate),
            num=rate.numerator,
            den=rate.denominator,
            **night.at,
        )


def _terms(night: Night, account: str, credit: str, loan_date: int) -> LoanTerms:
    """The terms of the day on which the loan began hold for all of it."""
    market = MARKET_OF[night.book.profile(account).kind]
    return night.rules.margin.loan_terms(market, loan_date, is_short=credit == SHORT)


def _began(night: Night, row: Position | Repayment) -> int:
    """Interest runs from the settlement of the purchase, which is the first day that it was accrued to."""
    market = MARKET_OF[night.book.profile(row.account).kind]
    venue = {"KR": "KRX", "JP": "TSE", "US": "NASDAQ"}[market]
    return night.rules.settlement.settle_date(venue, row.loan_date)


def _micro(night: Night, row: Position | Repayment, principal: int, to_date: int) -> int:
    terms = _terms(night, row.account, row.credit, row.loan_date)
    began = _began(night, row)
    before = max(0, calendar_days(began, row.accrued_to))
    after = max(before, calendar_days(began, to_date))
    return interest_micro(principal, terms, before, after)


def _accrued(night: Night, row: Position) -> InterestAccrued:
    return InterestAccrued(
        account=row.account,
        symbol=row.symbol,
        credit=row.credit,
        loan_date=row.loan_date,
        to_date=night.date,
        micro=_micro(night, row, abs(row.loan), night.date),
        **night.at,
    )


def _repaid(night: Night, one: Repayment) -> LoanRepaid:
    micro = one.accrued_micro + _micro(night, one, one.principal, one.settle_date)
    return LoanRepaid(
        account=one.account,
        symbol=one.symbol,
        credit=one.credit,
        loan_date=one.loan_date,
        settle_date=one.settle_date,
        interest=Notional(due(micro)),
        **night.at,
    )


def _debit_interest(night: Night) -> Iterator[AccountRecord]:
    """Reg-T: settled cash below zero is the broker's loan; each day until the next business day bears its rate."""
    terms = night.rules.margin.loan_terms("US", night.date, is_short=False)
    days = calendar_days(night.date, night.next_day("US"))
    for profile, money in night.all_money():
        key = (money.account, money.currency)
        owed = -money.cash_on(night.date)
        if owed <= 0 or profile.kind != US_MARGIN or night.book.late_to.get(key, 0) >= night.date:
            continue
        amount = Notional(due(interest_micro(owed, terms, 0, days)))
        if amount:
            yield UnpaidInterestCharged(
                account=money.account, currency=money.currency, date=night.date, amount=amount, **night.at
            )


def _late_fees(night: Night) -> Iterator[AccountRecord]:
    """미수: cash that settlement left below zero pays for each day until the next business day."""
    days = calendar_days(night.date, night.rules.settlement.later(HOME_MARKET, night.date, 1))
    rate: Fraction = night.rules.margin.misu(night.date).late_rate
    for profile, money in night.all_money():
        key = (money.account, money.currency)
        owed = -money.cash_on(night.date)
        if owed <= 0 or MARKET_OF[profile.kind] != HOME_MARKET or night.book.late_to.get(key, 0) >= night.date:
            continue
        exactly = owed * rate * days / 365
        amount = Notional(exactly.numerator // exactly.denominator)
        if amount:
            yield UnpaidInterestCharged(
                account=money.account, currency=money.currency, date=night.date, amount=amount, **night.at
            )
