"""What risk is asked: the order, and what the engine knows around it, as one value.

Risk may not look at the books of the OMS or of the accounts by itself; it gets what it needs here, in small frozen
views, and decides by them alone.
"""

from hts.account.position import SHORT
from hts.engine.core import Core
from hts.engine.means import NO_POT, can_pay_in, needs, own_power, pot_of, power, sellable
from hts.engine.risk_facts import order_scopes
from hts.engine.venue import Venue
from hts.model.enums import CashMargin, OrdType, Side
from hts.model.instruments import Instrument
from hts.model.intents import NewOrder, ReplaceOrder
from hts.model.quotes import BookUpdate
from hts.oms.order import Order
from hts.risk.book_reach import best_px
from hts.risk.guards import Scopes, scopes_of
from hts.risk.proposal import CASH_ONLY, Permissions, Proposal
from hts.risk.short_rules import Trading

_BP = 10_000
# Reading a member off its class is felt on the order path.
_SELL, _OPEN, _MARKET = Side.SELL, CashMargin.MARGIN_OPEN, OrdType.MARKET


def proposal_of(core: Core, intent: NewOrder, venue: Venue, mono_ns: int) -> Proposal:
    """What the checks need to know about a new order at this venue.

    What no check of such an order reads is not looked up: shares of a purchase, money of a sale that needs none, the
    terms of credit of an order without credit.
    """
    account, symbol = intent.account, intent.symbol
    state, market = core.state, venue.market
    instrument = market.instruments.get(symbol)
    is_sell = intent.side is _SELL
    on_credit = intent.is_short or intent.credit is _OPEN
    needed = needs(core, instrument, intent, intent.px, intent.qty)
    md_age_ms = market.age_ms(mono_ns)
    pot = pot_of(core, intent) if state.aside.pots else NO_POT
    return Proposal(
        account=account,
        parent_id=intent.parent_id,
        account_known=instrument is None or can_pay_in(core, account, instrument.currency),
        venue=venue.name,
        symbol=symbol,
        side=intent.side,
        ord_type=intent.ord_type,
        time_in_force=intent.time_in_force,
        px=intent.px,
        qty=intent.qty,
        display_qty=intent.display_qty,
        min_qty=intent.min_qty,
        post_only=intent.post_only,
        is_short=intent.is_short,
        credit=intent.credit,
        instrument=instrument,
        phase=market.phase_of(symbol),
        last_px=market.books.mark_px(instrument) if instrument else 0,
        reference_px=market.reference_px(symbol, mono_ns) if intent.ord_type is _MARKET else 0,
        is_ready=core.is_ready and core.is_reconciled(mono_ns),
        venue_up=venue.is_up,
        has_listing=bool(market.instruments),
        md_age_ms=md_age_ms,
        books=books_of(core, venue, symbol, mono_ns),
        needed=needed,
        buying_power=power(core, account, instrument.currency, pot.cash.get(instrument.currency, 0))
        if instrument and (needed or not is_sell)
        else 0,
        sellable_qty=sellable(core, account, symbol, intent.credit, pot.shares.get(symbol, 0)) if is_sell else 0,
        unproved_qty=unproved(core, account, symbol, instrument) if is_sell else 0,
        held_qty=state.ledger.qty(account, symbol),
        short_floor_px=short_floor(core, venue, instrument, intent.qty, mono_ns) if intent.is_short else 0,
        permissions=permissions_of(core, account, instrument) if on_credit else CASH_ONLY,
        eligibility=core.config.eligibility,
        guards=state.guards.all_of(scopes_of(account, venue.name, symbol, intent.user, intent.strategy)),
        marks=core,
        mono_ns=mono_ns,
    )


def amend_proposal(core: Core, order: Order, venue: Venue, intent: ReplaceOrder, mono_ns: int) -> Proposal:
    """The order as the amend would make it; what it holds itself is free for it."""
    symbol = order.symbol
    state, market = core.state, venue.market
    pot = state.aside.pot_of(order.parent_id) if order.parent_id else None
    instrument = market.instruments.get(symbol)
    return Proposal(
        account=order.account,
        venue=venue.name,
        symbol=symbol,
        side=order.side,
        ord_type=order.ord_type,
        time_in_force=order.time_in_force,
        px=intent.px,
        qty=intent.qty,
        order_id=order.order_id,
        cum_qty=order.cum_qty,
        old_px=order.px,
        old_qty=order.order_qty,
        is_short=order.is_short,
        credit=order.credit,
        instrument=instrument,
        phase=market.phase_of(symbol),
        last_px=market.mark_px(symbol),
        is_ready=core.is_ready and core.is_reconciled(mono_ns),
        venue_up=venue.is_up,
        has_listing=bool(market.instruments),
        md_age_ms=market.age_ms(mono_ns),
        books=books_of(core, venue, symbol, mono_ns),
        needed=needs(core, instrument, order, intent.px, intent.qty - order.cum_qty),
        buying_power=own_power(core, order.account, order.currency)
        + order.held
        + (pot.cash.get(order.currency, 0) if pot else 0),
        sellable_qty=order.leaves_qty,
        held_qty=state.ledger.qty(order.account, symbol),
        short_floor_px=short_floor(core, venue, instrument, intent.qty, mono_ns) if order.is_short else 0,
        eligibility=core.config.eligibility,
        guards=state.guards.all_of(scopes_of(order.account, order.venue, symbol, order.user, order.strategy)),
        marks=core,
        mono_ns=mono_ns,
    )


def books_of(core: Core, own: Venue, symbol: str, mono_ns: int) -> tuple[BookUpdate, ...]:
    """The newest books of the issue at all venues whose market data speaks."""
    found = []
    for venue in core.venues.values() if "collar-all-venues" in core.config.flags else (own,):
        market = venue.market
        book = market.books.book(symbol)
        if book is not None and market.age_ms(mono_ns) >= 0:
            found.append(book)
    return tuple(found)


def scopes_of_intent(core: Core, intent: NewOrder | ReplaceOrder) -> Scopes:
    """The scopes whose rates an intent would use."""
    if isinstance(intent, ReplaceOrder):
        order = core.state.orders.find(intent.cl_ord_id)
        return order_scopes(order) if order is not None else ()
    venue = core.route(intent.venue, intent.symbol)
    name = venue.name if venue is not None else intent.venue
    return scopes_of(intent.account, name, intent.symbol, intent.user, intent.strategy)


def permissions_of(core: Core, account: str, issue: Instrument | None) -> Permissions:
    """What the account's kind allows. The paper lender has a part of the listed shares, less what is sold already."""
    if issue is None or not core.state.book.profile(account).may_borrow:
        return CASH_ONLY
    lent = sum(row.qty for row in core.state.ledger.rows(account, issue.symbol) if row.credit == SHORT)
    offered = sum(
        order.leaves_qty
        for order in core.state.orders.working(account, issue.symbol, Side.SELL, all_systems=True)
        if order.is_short
    )
    pool = issue.listed_shares * core.config.lending_bp // _BP
    return Permissions(margin=True, short=True, located_qty=max(0, pool + lent - offered))


def unproved(core: Core, account: str, symbol: str, issue: Instrument | None) -> int:
    """Shares that came to the account without a trade, while the house holds more of the issue than exist.

    Then some of them are an error, and nobody knows which: none is sold before a person has looked.
    """
    ledger = core.state.ledger
    adjusted = sum(row.adjusted_qty for row in ledger.rows(account, symbol) if row.qty > 0)
    if adjusted <= 0 or issue is None or not issue.listed_shares:
        return 0
    held = sum(row.qty for name in core.state.policies for row in ledger.rows(name, symbol) if row.qty > 0)
    return adjusted if held > issue.listed_shares else 0


def short_floor(core: Core, venue: Venue, issue: Instrument | None, qty: int, mono_ns: int) -> int:
    """The lowest price of a short sale at the venue now; 0 where no rule is in force."""
    if issue is None:
        return 0
    books = venue.market.books
    trade = books.last_trade(issue.symbol)
    trading = Trading(
        last_px=trade.px if trade else 0,
        different_px=books.different_px(issue.symbol),
        low_px=trade.low_px if trade else 0,
        best_bid_px=best_px(books_of(core, venue, issue.symbol, mono_ns), Side.BUY),
    )
    return core.config.short_rules.floor_px(venue.name, issue, trading, qty)
