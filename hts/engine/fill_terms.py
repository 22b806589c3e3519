"""What the tables say of a fill: costs, days, loan, deposit.

A core without account rules (`core.rules` is None: parts of the test kit) charges what `core.fee` says and settles at
once.
"""

from typing import Any

from msgspec import Struct

from hts.account.booking import Booking
from hts.account.margin import deposit_ppm
from hts.account.position import CASH, PPM, SHORT
from hts.account.profile import MARKET_OF, Profile
from hts.engine.bookings import credit_of
from hts.engine.core import Core
from hts.engine.fill_fees import corrected_fee, fee_of, fee_off
from hts.model.enums import CashMargin, ExecType, LastLiquidityInd, Side
from hts.model.instruments import Instrument
from hts.model.records import FillTerms
from hts.model.reports import ExecutionReport
from hts.model.units import Notional
from hts.oms.order import Fill, Order
from hts.rules.account_rules import AccountRules
from hts.rules.dates import add_days
from hts.rules.fee_terms import FILL
from hts.rules.fees import tax_grown


class FillCosts(Struct, frozen=True, kw_only=True):
    """Of one fill, or of its being taken back."""

    fee: Notional = Notional(0)
    tax: Notional = Notional(0)
    terms: FillTerms | None = None


def fill_costs(core: Core, order: Order, fill: Fill | None, report: ExecutionReport) -> FillCosts:
    """By the tables of the venue's day; nothing where the issue is not listed."""
    issue = core.state.listed.get((order.venue, order.symbol))
    date = core.state.day(order.venue).trading_date
    if core.rules is None or issue is None:
        if fill is None or issue is None:
            return FillCosts()
        fee, tax = core.fee(order.side, Notional(fill.px * fill.qty), issue, date)
        return FillCosts(fee=fee, tax=tax)
    if report.exec_type is ExecType.TRADE_CANCEL:
        return FillCosts() if fill is None else _taken_back(core, core.rules, order, fill, report, issue=issue)
    if fill is None:
        return FillCosts()
    value = core.rules.value(issue, fill.px, fill.qty)
    original = core.state.ledger.fill_of(order.venue, report.exec_ref_id) if report.exec_ref_id else None
    before = core.state.ledger.day_value(order.account, order.symbol, order.side, date)
    if original is not None:
        before = Notional(before - original.value)
    rates = core.rates(order.account, issue, date)
    is_alone = original is None and (rates.fees is None or rates.fees.scope == FILL)
    others = [] if is_alone else _others(core, order, date, original)
    this: dict[str, Any] = {"value": value, "qty": fill.qty, "liquidity": liquidity_of(core, order, report)}
    if original is None:
        fee = fee_of(core, order, rates, others, **this)
        tax = tax_grown(rates, order.side, value, fill.qty, before)
    else:  # the others were rounded with the fill as it was: the bill is what has to be right
        fee, tax = corrected_fee(core, order, rates, others, **this), rates.tax_of(value, order.side, fill.qty)
        if rates.tax_by_day:
            day = rates.tax_of(Notional(before + value), order.side)
            tax = Notional(day - sum(one.tax for one in others))
    if original is None and fill.undone is not None:
        undone = _undone(core, core.rules, order, fill, report, issue=issue)
        fee, tax = Notional(fee + undone.fee), Notional(tax + undone.tax)
    return FillCosts(fee=fee, tax=tax, terms=_terms(core, core.rules, order, value))


def liquidity_of(core: Core, order: Order, report: ExecutionReport) -> LastLiquidityInd:
    """What a fill did to the book: the report says it, or for a correction the fill that it is about."""
    if report.last_liquidity_ind is not LastLiquidityInd.UNKNOWN or not report.exec_ref_id:
        return report.last_liquidity_ind
    original = core.state.ledger.fill_of(order.venue, report.exec_ref_id)
    return original.liquidity if original is not None else LastLiquidityInd.UNKNOWN


def _terms(core: Core, rules: AccountRules, order: Order, value: Notional) -> FillTerms:
    date = core.state.day(order.venue).trading_date
    profile = core.state.book.profile(order.account)
    return FillTerms(
        value=value,
        trade_date=date,
        settle_date=rules.settlement.settle_date(order.venue, date),
        financed_ppm=_financed_ppm(rules, profile, order, date),
        deposit_ppm=_deposit_ppm(rules, profile, order, date),
        due_date=_due_date(rules, profile, order, date),
    )


def _taken_back(
    core: Core, rules: AccountRules, order: Order, fill: Fill, report: ExecutionReport, *, issue: Instrument
) -> FillCosts:
    """What the day's bill is off by once the fill is gone: taxes counted over a day were counted with it.

    A trade that the day's books do not know is booked the other way round, with its costs.
    """
    original = core.state.ledger.fill_of(order.venue, report.exec_ref_id)
    if original is None:
        return _undone(core, rules, order, fill, report, issue=issue)
    date = core.state.day(order.venue).trading_date
    rates, rest = core.rates(order.account, issue, date), _others(core, order, date, original)
    left = Notional(sum(one.value for one in rest))
    bears = rates.tax_by_day and any(one.exec_id for one in rest)
    more_tax = rates.tax_of(left, order.side) - sum(one.tax for one in rest) if bears else 0
    return FillCosts(fee=fee_off(core, order, rates, rest), tax=Notional(more_tax))


def _others(core: Core, order: Order, date: int, original: Booking | None) -> list[Booking]:
    """The day's fills that a fill of the order is counted with, in their order, without the one it takes back."""
    fills = core.state.ledger.day_bookings(order.account, order.symbol, order.side, date)
    return [one for one in fills if one is not original]


def _undone(
    core: Core, rules: AccountRules, order: Order, fill: Fill, report: ExecutionReport, *, issue: Instrument
) -> FillCosts:
    """Costs that come back with a fill that the day's books no longer have: what was charged, where that is known.

    Else what the tables say of such a fill; where nobody tells what it did to the book, the least it can have paid.
    Nothing where only the sum of the fills was ever known.
    """
    undone = fill.undone
    if undone is None:
        return FillCosts()
    value = rules.value(issue, undone.px, undone.qty)
    terms = _terms(core, rules, order, value)
    if undone.fee is not None:
        return FillCosts(fee=Notional(-undone.fee), tax=Notional(-undone.tax), terms=terms)
    rates = core.rates(order.account, issue, core.state.day(order.venue).trading_date)
    is_told = report.last_liquidity_ind is not LastLiquidityInd.UNKNOWN
    least, _ = rates.fee_range(value, undone.qty)
    fee = rates.fee_of(value, undone.qty, report.last_liquidity_ind) if is_told else least
    tax = tax_grown(rates, order.side, value, undone.qty, Notional(0))
    return FillCosts(fee=Notional(-fee), tax=Notional(-tax), terms=terms)


def _financed_ppm(rules: AccountRules, profile: Profile, order: Order, date: int) -> int:
    product = rules.product(order.symbol)
    if product is not None and product["kind"] == "future":
        return PPM
    if order.credit is not CashMargin.MARGIN_OPEN:
        return 0
    is_short = credit_of(order.credit, order.side) == SHORT
    ratio = rules.margin.loan_terms(MARKET_OF[profile.kind], date, is_short=is_short).ratio
    return int(ratio * PPM)


def _deposit_ppm(rules: AccountRules, profile: Profile, order: Order, date: int) -> int:
    if order.credit is not CashMargin.CASH or order.side is Side.SELL:
        return PPM
    return deposit_ppm(profile, rules.margin, order.symbol, date)


def _due_date(rules: AccountRules, profile: Profile, order: Order, date: int) -> int:
    credit = credit_of(order.credit, order.side)
    if credit == CASH or order.credit is not CashMargin.MARGIN_OPEN:
        return 0
    days = rules.margin.loan_terms(MARKET_OF[profile.kind], date, is_short=credit == SHORT).term_days
    return add_days(date, days) if days else 0
