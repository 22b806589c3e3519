"""What the tables say of a fill: costs, days, loan, deposit.

A core without account rules (`core.rules` is None: parts of the test kit) charges what `core.fee` says and settles at
once.
"""

from msgspec import Struct

from hts.account.booking import Booking
from hts.account.margin import deposit_ppm
from hts.account.position import CASH, PPM, SHORT
from hts.account.profile import MARKET_OF, Profile
from hts.engine.bookings import credit_of
from hts.engine.core import Core
from hts.model.enums import CashMargin, ExecType, Side
from hts.model.instruments import Instrument
from hts.model.records import FillTerms
from hts.model.reports import ExecutionReport
from hts.model.units import Notional
from hts.oms.order import Fill, Order
from hts.rules.account_rules import AccountRules
from hts.rules.dates import add_days
from hts.rules.fees import costs


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
    before = core.state.ledger.day_value(order.account, order.symbol, order.side, date)
    original = core.state.ledger.fill_of(order.venue, report.exec_ref_id) if report.exec_ref_id else None
    if original is not None:
        before = Notional(before - original.value)
    rates = core.rates(issue, date)
    fee, tax = costs(rates, order.side, value, fill.qty, before)
    if original is not None:  # the others were rounded with the fill as it was: the day's bill is what has to be right
        day, rest = Notional(before + value), _others(core, original)
        fee = Notional(rates.fee_of(day) - sum(one.fee for one in rest)) if rates.fee_by_day else fee
        tax = Notional(rates.tax_of(day, order.side) - sum(one.tax for one in rest)) if rates.tax_by_day else tax
    if original is None and fill.undone is not None:
        undone = _undone(core, core.rules, order, fill, issue)
        fee, tax = Notional(fee + undone.fee), Notional(tax + undone.tax)
    return FillCosts(fee=fee, tax=tax, terms=_terms(core, core.rules, order, value))


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
    ledger = core.state.ledger
    original = ledger.fill_of(order.venue, report.exec_ref_id)
    if original is None:
        return _undone(core, rules, order, fill, issue)
    rates = core.rates(issue, core.state.day(order.venue).trading_date)
    rest = _others(core, original)
    left = Notional(sum(one.value for one in rest))
    more_fee = rates.fee_of(left) - sum(one.fee for one in rest) if rates.fee_by_day and rest else 0
    more_tax = rates.tax_of(left, order.side) - sum(one.tax for one in rest) if rates.tax_by_day and rest else 0
    return FillCosts(fee=Notional(more_fee), tax=Notional(more_tax))


def _others(core: Core, original: Booking) -> list[Booking]:
    """The other fills that a day's tax is counted over with this one."""
    return [
        one
        for one in core.state.ledger.day_fills()
        if (one.account, one.symbol, one.side, one.trade_date)
        == (original.account, original.symbol, original.side, original.trade_date)
        and one is not original
    ]


def _undone(core: Core, rules: AccountRules, order: Order, fill: Fill, issue: Instrument) -> FillCosts:
    """Costs that come back with a fill of an earlier day; nothing where only its sum was ever known."""
    if fill.undone is None:
        return FillCosts()
    rates = core.rates(issue, core.state.day(order.venue).trading_date)
    value = rules.value(issue, fill.undone.px, fill.undone.qty)
    fee, tax = costs(rates, order.side, value, fill.undone.qty, Notional(0))
    return FillCosts(fee=Notional(-fee), tax=Notional(-tax), terms=_terms(core, rules, order, value))


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
