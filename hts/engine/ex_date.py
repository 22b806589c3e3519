"""Orders that lived into the ex-date of an event: cancelled or amended, once, as soon as their venue can be reached."""

from hts.account.corporate_orders import OrderTerms, adjusted
from hts.engine.cancels import enter_cancel
from hts.engine.core import Batch
from hts.engine.entry import replace_order
from hts.engine.nightly import UTC_OFFSET_S
from hts.engine.venue import Venue
from hts.model.corporate import CorporateEvent
from hts.model.enums import OrdType
from hts.model.intents import REQUEST_ID_LENGTH_MAX, ReplaceOrder
from hts.model.units import Qty
from hts.oms.order import Order
from hts.rules.account_rules import AccountRules
from hts.rules.dates import NS, to_int_of_day

STOPS = frozenset({OrdType.STOP, OrdType.STOP_LIMIT})


def adjust_orders(batch: Batch, venue: Venue) -> None:
    """Go through the venue's working orders in issues whose ex-date is today."""
    core, rules = batch.core, batch.core.rules
    if rules is None:
        return
    today = core.state.day(venue.name).trading_date
    events = [state.event for state in core.state.book.events if state.is_done and state.event.ex_date == today]
    for event in events:
        for order in core.state.orders.all_working(venue.name):
            is_ours = order.symbol == event.symbol and not order.system
            if is_ours and _entered_on(rules, order) < event.ex_date:
                _adjust(batch, venue, order, event)


def _adjust(batch: Batch, venue: Venue, order: Order, event: CorporateEvent) -> None:
    core, rules = batch.core, batch.core.rules
    assert rules is not None, event
    request_id = f"X{order.order_id}.{event.event_id}"[:REQUEST_ID_LENGTH_MAX]
    if order.has_pending_cancel or core.state.outcomes.find(order.account, request_id) is not None:
        return
    issue = venue.market.instruments.get(order.symbol)
    after = None
    if issue is not None and rules.corporate.open_orders(event.market, event.ex_date) == "adjust":
        terms = OrderTerms(side=order.side, px=order.px, leaves_qty=order.leaves_qty, is_stop=order.ord_type in STOPS)
        after = adjusted(event, terms, issue.ticks)
        if after == terms:
            return
    batch.notice("order_ex_date", f"{order.symbol} {order.order_id}")
    if after is None:
        enter_cancel(batch, order, "")
        return
    qty = Qty(order.cum_qty + after.leaves_qty)
    replace_order(
        batch,
        ReplaceOrder(request_id=request_id, account=order.account, cl_ord_id=order.cl_ord_id, px=after.px, qty=qty),
    )
    outcome = core.state.outcomes.find(order.account, request_id)
    if outcome is None or not outcome.accepted:  # more shares than before, or a price that risk does not let through
        enter_cancel(batch, core.state.orders.get(order.order_id), "")


def _entered_on(rules: AccountRules, order: Order) -> int:
    return to_int_of_day(order.entered_ns // NS + UTC_OFFSET_S[rules.settlement.market(order.venue)])
