"""The night's last word on collateral: calls made and closed, and forced sales for the next opening call.

Korea, an unpaid purchase: found on the evening of its settlement (T+2); the account is restricted, and the sale is
entered in the next opening call. Korea, a loan below 140 %: a call; still below on the next evening: a sale in the
opening after that. Japan below 20 % (追証): to be met until noon of the second business day by money or by closing, a
better price does not cure it; not met, every credit position is closed in the next opening. US below maintenance: a
call; not met by its day, what restores it is sold. A loan past its term is closed whatever the ratio.
"""

from collections.abc import Iterator

from hts.account.liquidation import ForcedSale, SaleTerms, loan_sales, term_sales, unpaid_sales
from hts.account.margin import margin_state
from hts.account.money import Money
from hts.account.night import HOME_MARKET, Night
from hts.account.position import CASH
from hts.account.profile import CASH_ACCOUNT, JP_MARGIN, KR_MARGIN, MARKET_OF, US_MARGIN, Profile
from hts.model.records_account import (
    AccountRecord,
    AccountRestricted,
    LiquidationEnded,
    LiquidationScheduled,
    MarginCallClosed,
    MarginCalled,
)
from hts.model.units import Notional, Qty
from hts.rules.dates import add_days

UNPAID, TERM = "misu", "term"


def make_calls(night: Night) -> Iterator[AccountRecord]:
    """Close calls that are met, make new ones; restrict who left a purchase unpaid."""
    for profile, money in night.all_money():
        yield from _unpaid(night, profile, money)
        if profile.kind != CASH_ACCOUNT and night.rows(money.account, money.currency):
            yield from _collateral(night, profile, money)
        else:
            yield from _close(night, money, profile.kind, "nothing_secured")


def schedule_sales(night: Night) -> Iterator[AccountRecord]:
    """Orders for the next opening call, each once; what is not needed any more is dropped."""
    for request_id, planned in list(night.book.forced.items()):
        if planned.date <= night.date:
            yield LiquidationEnded(request_id=request_id, cause="day_over", **night.at)
    for profile, money in night.all_money():
        wanted: list[tuple[str, ForcedSale]] = []
        wanted += [(UNPAID, sale) for sale in _unpaid_sales(night, money)]
        wanted += [(profile.kind, sale) for sale in _call_sales(night, profile, money)]
        if profile.kind in (KR_MARGIN, JP_MARGIN):
            rows = night.rows(money.account, money.currency)
            wanted += [(TERM, sale) for sale in term_sales(rows, night.next_date)]
        yield from _scheduled(night, money, wanted)


# -- calls


def _unpaid(night: Night, profile: Profile, money: Money) -> Iterator[AccountRecord]:
    owed = -money.cash_on(night.date)
    if owed <= 0 or MARKET_OF[profile.kind] != HOME_MARKET:
        yield from _close(night, money, UNPAID, "paid")
        return
    if (money.account, money.currency, UNPAID) in night.book.calls:
        return
    misu = night.rules.margin.misu(night.date)
    if owed >= misu.freeze_exempt_below:
        until = add_days(night.next_date, misu.freeze_days - 1)
        if profile.restricted_until < until:
            yield AccountRestricted(account=money.account, until_date=until, reason=UNPAID, **night.at)
    due_date = night.rules.settlement.later(HOME_MARKET, night.date, misu.forced_sale_days)
    yield _called(night, money, UNPAID, due_date, owed)


def _collateral(night: Night, profile: Profile, money: Money) -> Iterator[AccountRecord]:
    value = night.valuation(money.account, money.currency)
    state = margin_state(profile, money, value, night.rules.margin, night.date)
    call = night.book.calls.get((money.account, money.currency, profile.kind))
    if call is not None:
        if not _is_met(night, money, call, state.shortfall, value.credit_cost):
            return
        yield from _close(night, money, profile.kind, "met")
    if not state.shortfall or not state.secured:
        return
    days = int(night.rules.margin.number(_table(profile), "call_days", night.date))
    due_date = night.rules.settlement.later(MARKET_OF[profile.kind], night.date, days)
    yield _called(
        night,
        money,
        profile.kind,
        due_date,
        state.shortfall,
        ratio_ppm=state.ratio_ppm,
        credit_value=value.credit_cost,
    )


def _is_met(night: Night, money: Money, call: MarginCalled, shortfall: int, credit_cost: int) -> bool:
    """In Japan only money, or closing, meets a call: a position closed relieves a fifth of its value."""
    if call.kind != JP_MARGIN:
        return shortfall == 0
    relief = night.rules.margin.number("jp", "relief", night.date)
    closed = max(0, call.credit_value - credit_cost)
    return money.flows - call.flows + closed * relief >= call.shortfall


def _close(night: Night, money: Money, kind: str, cause: str) -> Iterator[AccountRecord]:
    if (money.account, money.currency, kind) in night.book.calls:
        yield MarginCallClosed(
            account=money.account, currency=money.currency, kind=kind, date=night.date, cause=cause, **night.at
        )


def _called(
    night: Night,
    money: Money,
    kind: str,
    due_date: int,
    shortfall: int,
    *,
    ratio_ppm: int = 0,
    credit_value: int = 0,
) -> MarginCalled:
    return MarginCalled(
        account=money.account,
        currency=money.currency,
        kind=kind,
        date=night.date,
        due_date=due_date,
        ratio_ppm=ratio_ppm,
        shortfall=Notional(shortfall),
        flows=money.flows,
        credit_value=Notional(credit_value),
        **night.at,
    )


def _table(profile: Profile) -> str:
    return {KR_MARGIN: "kr_loan", JP_MARGIN: "jp", US_MARGIN: "us"}[profile.kind]


# -- sales


def _unpaid_sales(night: Night, money: Money) -> tuple[ForcedSale, ...]:
    """For cash that settlement left below zero, its late fee included: that was charged before this job."""
    if (money.account, money.currency, UNPAID) not in night.book.calls:
        return ()
    rows = night.rows(money.account, money.currency)
    newest = sorted(
        (row for row in rows if row.credit == CASH and row.lots), key=lambda row: (-row.lots[-1].open_date, row.symbol)
    )
    owed = -money.cash_on(night.date)
    terms = _sale_terms(night, money.account, newest[0].symbol if newest else "")
    return unpaid_sales(owed, rows, [row.symbol for row in newest], night.close_value, terms)


def _call_sales(night: Night, profile: Profile, money: Money) -> tuple[ForcedSale, ...]:
    call = night.book.calls.get((money.account, money.currency, profile.kind))
    if call is None or not _is_overdue(night, profile, call):
        return ()
    value = night.valuation(money.account, money.currency)
    state = margin_state(profile, money, value, night.rules.margin, night.date)
    rows = night.rows(money.account, money.currency)
    symbol = rows[0].symbol if rows else ""
    return loan_sales(
        profile.kind,
        state.shortfall,
        rows,
        prev_close=night.close_value,
        terms=_sale_terms(night, money.account, symbol),
        maintenance=night.rules.margin.maintenance(_table(profile), night.date),
    )


def _is_overdue(night: Night, profile: Profile, call: MarginCalled) -> bool:
    if profile.kind == KR_MARGIN:
        # Short on the evening of the call and on the next one: two business days, sold on the third.
        short_days = 1 + night.rules.settlement.business_days_between(HOME_MARKET, call.date, night.date)
        return short_days >= night.rules.margin.number("kr_loan", "forced_sale_days", night.date)
    return night.date >= call.due_date


def _sale_terms(night: Night, account: str, symbol: str) -> SaleTerms:
    costs = night.costs(account, symbol)
    return SaleTerms(discount=night.rules.margin.misu(night.date).discount, fee=costs.fee, tax=costs.sell_tax)


def _scheduled(night: Night, money: Money, wanted: list[tuple[str, ForcedSale]]) -> Iterator[AccountRecord]:
    """At most what is held of each row, whatever asks for it."""
    planned: dict[tuple[str, str, int], int] = {}
    date = night.next_day(MARKET_OF[night.book.profile(money.account).kind])
    for kind, sale in wanted:
        key = (sale.symbol, sale.credit, sale.loan_date)
        row = night.book.ledger.row(money.account, *key)
        left = abs(row.qty) - planned.get(key, 0) if row else 0
        qty = min(sale.qty, left)
        if qty <= 0:
            continue
        planned[key] = planned.get(key, 0) + qty
        request_id = forced_id(date, money, kind, len(planned))
        if request_id in night.book.forced:
            continue
        yield LiquidationScheduled(
            request_id=request_id,
            account=money.account,
            symbol=sale.symbol,
            credit=sale.credit,
            loan_date=sale.loan_date,
            is_buy=sale.is_buy,
            qty=Qty(qty),
            date=date,
            kind=kind,
            **night.at,
        )


def forced_id(date: int, money: Money, kind: str, number: int) -> str:
    """The request id of a forced order: the same night always names it the same, so it is entered once."""
    tail = "".join(mark for mark in money.account if mark.isalnum())[-6:]
    return f"F{date % 1_000_000:06d}{tail}{kind[:4]}{money.currency[0]}{number}"[:24]
