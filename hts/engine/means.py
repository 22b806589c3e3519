"""What an order may use: cash to hold for it, cash and shares that are free, and home money turned into foreign money.

Pre-funding. An account that trades abroad and lacks the currency pays with its base currency: what is missing is
bought at once at the middle rate plus a buffer, before the order is recorded, and trued up at the rate of the next
morning (hts/account/batch_fx.py).
"""

from fractions import Fraction

from hts.account.fx import convertible, provisional_cost
from hts.account.margin import buying_power, buys_with_cash, needed_ppm
from hts.account.position import CASH, SHORT, Position
from hts.account.valuation import value_of
from hts.engine.bookings import credit_of
from hts.engine.core import Batch, Core
from hts.engine.set_aside import Pot
from hts.model.enums import CashMargin, Side
from hts.model.instruments import Instrument
from hts.model.intents import NewOrder
from hts.model.records_account import CurrencyConverted
from hts.model.units import Notional
from hts.oms.order import Order
from hts.rules.margin import part_of_value

# Reading a member off its class is felt on the order path.
_BUY, _OPEN, _CLOSE = Side.BUY, CashMargin.MARGIN_OPEN, CashMargin.MARGIN_CLOSE

NO_POT = Pot("")


def needs(core: Core, issue: Instrument | None, wish: NewOrder | Order, px: int, qty: int) -> int:
    """Cash to hold: the order's part of its value, and all costs; a market order can cost the day's upper limit."""
    is_opening = wish.credit is _OPEN
    if issue is None or qty <= 0 or px < 0:
        return 0
    if wish.side is not _BUY and not is_opening:
        return 0
    price, rules = px or issue.upper_px, core.rules
    if rules is None:
        value = Notional(price * qty)
        fee, tax = core.fee(wish.side, value, issue, issue.trading_date)
        return value + fee + tax
    value = rules.value(issue, price, qty)
    rates = core.rates(wish.account, issue, issue.trading_date)
    fee = rates.fee_of(value, qty)
    tax = Notional(0) if wish.side is _BUY else rates.tax_of(value, wish.side, qty)
    if wish.credit is _CLOSE:
        return max(0, value - _kept_proceeds(core, wish, qty)) + fee + tax
    part = needed_ppm(
        core.state.book.profile(wish.account),
        rules.margin,
        issue.symbol,
        issue.trading_date,
        is_credit=is_opening,
        is_short=wish.side is not _BUY,
    )
    return part_of_value(value, part) + fee + tax


def _kept_proceeds(core: Core, wish: NewOrder | Order, qty: int) -> int:
    """What lenders keep of the sale of borrowed shares that a purchase would cover."""
    kept = 0
    for row in sorted(core.state.ledger.rows(wish.account, wish.symbol), key=lambda row: row.loan_date):
        if row.credit == SHORT and row.qty < 0 and qty > 0:
            covered = min(qty, -row.qty)
            kept += -row.loan * covered // -row.qty
            qty -= covered
    return kept


def pot_of(core: Core, intent: NewOrder) -> Pot:
    """What is set aside and yet free for this order: its own basket's. A forced sale comes before all baskets."""
    aside = core.state.aside
    if intent.request_id in core.state.book.forced:
        return aside.all_of(intent.account)
    return (aside.pot_of(intent.parent_id) if intent.parent_id else None) or NO_POT


def power(core: Core, account: str, currency: str, aside: int = 0) -> int:
    """Cash or collateral that a new order may need at most, home money that could be turned into it included.

    `aside`: what was set aside for the order.
    """
    own = own_power(core, account, currency) + aside
    book, rules = core.state.book, core.rules
    if rules is None or currency == (base := book.profile(account).base_currency):
        return own
    rate = book.rate(currency, base)
    if rate is None:
        return own
    terms = rules.fx.terms(core.state.today)
    return max(0, own) + convertible(own_power(core, account, base), rate, terms.prefund_buffer)


def can_pay_in(core: Core, account: str, currency: str) -> bool:
    """Whether the account has money of a currency, or could turn its own into it."""
    if core.state.ledger.money(account, currency) is not None:
        return True
    if core.rules is None or not core.state.ledger.has_account(account):
        return False
    return core.state.book.rate(currency, core.state.book.profile(account).base_currency) is not None


def own_power(core: Core, account: str, currency: str) -> int:
    """The same without other currencies."""
    money = core.state.ledger.money(account, currency)
    if money is None:
        return 0
    book, rules = core.state.book, core.rules
    profile = book.profiles.get(account)
    if rules is None or profile is None or buys_with_cash(profile):
        return money.buying_power
    rows = [row for row in book.ledger.rows(account) if row.currency == currency]
    value = value_of(rows, lambda row: row_value(core, row))
    return buying_power(profile, money, value, rules.margin, core.state.today)


def row_value(core: Core, row: Position) -> int:
    """A row's shares at the last price, signed; at their cost where no price is known."""
    px = core.mark_px(row.symbol)
    issue = core.state.issue(row.symbol)
    if not px or issue is None:
        return row.cost
    if core.rules is None:
        return px * row.qty
    value = core.rules.value(issue, px, abs(row.qty))
    return value if row.qty > 0 else -value


def sellable(core: Core, account: str, symbol: str, credit: CashMargin, aside: int = 0) -> int:
    """Shares that a sale may name: own ones, or those on loan when a loan is paid back. Borrowed ones are not ours.

    `aside`: shares that were set aside for this sale; those of others are not free.
    """
    if credit is CashMargin.MARGIN_OPEN:
        return 1 << 62  # a short sale sells what others hold; whether it may is risk's question
    rows = core.state.ledger.rows(account, symbol)
    open_qty: int = core.state.orders.open_qty(account, symbol, Side.SELL)
    kind = credit_of(credit, Side.SELL)
    free = lent = 0
    for row in rows:
        if row.credit == kind:
            free += row.qty
        if row.credit and row.qty > 0:
            lent += row.qty
    if kind == CASH:
        open_qty = max(0, open_qty - lent) + core.state.aside.shares(account, symbol) - aside
    return max(0, free - open_qty)


def prefund(batch: Batch, account: str, currency: str, needed: int, ref: str) -> None:
    """Turn home money into what an order lacks of a foreign currency, provisionally; `needed` of what is not aside."""
    core = batch.core
    rules, book = core.rules, core.state.book
    if rules is None or currency == (base := book.profile(account).base_currency):
        return
    missing = needed - max(0, own_power(core, account, currency))
    if missing <= 0:
        return
    rate = book.rate(currency, base)
    if rate is None:
        return
    buffer = rules.fx.terms(core.state.today).prefund_buffer
    batch.record(
        CurrencyConverted(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            account=account,
            ref=ref,
            sold_currency=base,
            sold=provisional_cost(missing, rate, buffer),
            bought_currency=currency,
            bought=Notional(missing),
            num=Fraction(rate).numerator,
            den=Fraction(rate).denominator,
            is_provisional=True,
        )
    )
    batch.show_money(account, base)
