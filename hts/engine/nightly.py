"""The trading-day roll: what the core does between two days of a venue.

    orders      those that the venue carries over its night go on working, all others are closed (recovery)
    the books   the night's jobs of the day that ended, and of every business day that the core was off
    numbers     the venue's sequence and ExecIDs begin again with its new epoch (CoreState)

The same nights can be run by hand while the core is off (`hts batch`); what is done is done once.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from hts.account.batch import is_over, missed_nights, run_night
from hts.account.batch_settlement import net_obligations
from hts.account.night import Night
from hts.engine.core import Batch
from hts.engine.core_state import CoreState
from hts.model.enums import TimeInForce
from hts.model.records_account import AccountRecord, AccountRestricted, LiquidationScheduled, MarginCalled
from hts.oms.order import Order
from hts.rules.account_rules import AccountRules
from hts.rules.dates import NS, to_int_of_day

LASTING = frozenset({TimeInForce.GTC, TimeInForce.GTD})  # may work on another day: the mass status tells
UTC_OFFSET_S = {"KR": 9 * 3600, "JP": 9 * 3600, "US": -5 * 3600}


def night_of(
    state: CoreState,
    rules: AccountRules,
    date: int,
    trade_ns: int,
    *,
    mono_ns: int = 0,
    marks: Mapping[str, int] | None = None,
    finals: Mapping[str, int] | None = None,
) -> Night:
    """The evening of a day. `marks`: last prices where a feed tells them; else the last fill, else the base price."""
    seen = {fill.symbol: int(fill.px) for fill in state.fills if fill.qty}
    seen.update({symbol: px for symbol, px in (marks or {}).items() if px})

    def close(symbol: str) -> int:
        issue = state.issue(symbol)
        return seen.get(symbol) or state.book.closes.get(symbol) or (issue.base_px if issue else 0)

    return Night(
        book=state.book,
        rules=rules,
        date=date,
        trade_ns=trade_ns,
        mono_ns=mono_ns,
        close=close,
        issue=state.issue,
        finals=finals or {},
    )


def nights_until(first: Night, next_date: int) -> Iterator[AccountRecord]:
    """Every night from `first` up to the one before `next_date` that is not over yet."""
    for date in missed_nights(first, next_date):
        night = replace(first, date=date)
        if not is_over(night):
            yield from run_night(night)


def run_nights(batch: Batch, venue: str, next_date: int) -> None:
    """A venue begins a new day. The first one of the home market does what the nights before it left to do.

    Fills of any venue that ends its day are netted before they become final.
    """
    core, rules = batch.core, batch.core.rules
    last = core.state.day(venue).trading_date
    if rules is None or not last or next_date <= last:
        return
    market = rules.settlement.market
    marks = {row.symbol: core.mark_px(row.symbol) for row in core.state.ledger.all_rows() if row.qty}
    first = night_of(core.state, rules, last, batch.trade_ns, mono_ns=batch.mono_ns, marks=marks)
    is_home = market(venue) == market(core.home.name)
    for record in nights_until(first, next_date) if is_home else net_obligations(first):
        batch.record(record)
        _tell(batch, record)
    batch.show_books()


def _tell(batch: Batch, record: AccountRecord) -> None:
    """What an account's owner has to know in the morning."""
    if isinstance(record, MarginCalled):
        batch.notice("margin_call", f"{record.account} {record.kind} {record.shortfall} {record.currency}")
    elif isinstance(record, LiquidationScheduled):
        batch.notice("forced_sale_planned", f"{record.account} {record.symbol} {record.qty}")
    elif isinstance(record, AccountRestricted):
        batch.notice("account_restricted", f"{record.account} {record.until_date}")


def carries_over(rules: AccountRules | None, order: Order, next_date: int) -> bool:
    """Whether an order goes on working on its venue's next day."""
    if rules is None:
        return order.time_in_force in LASTING
    market = rules.settlement.market(order.venue)
    expire_date = to_int_of_day(order.expire_ns // NS + UTC_OFFSET_S[market]) if order.expire_ns else 0
    return rules.settlement.carries_over(order.venue, order.time_in_force, expire_date, next_date)
