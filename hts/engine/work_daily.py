"""Conditional orders that are armed each day: their time of day, their last day, and what of them has filled before.

What has filled is taken off the quantity when a venue begins a new day, in the batch in which its orders of yesterday
are forgotten: nothing is counted twice and nothing is sent twice, whichever venue begins first.
"""

from msgspec.structs import replace

from hts.engine.bracket import amend, order_of
from hts.engine.core import Batch, Core
from hts.engine.work_acts import children_of, move
from hts.engine.work_state import Work
from hts.model.conditional import Carry, ConditionalOrder, TimeCondition
from hts.model.units import ClOrdID, Qty
from hts.model.work import WorkState
from hts.rules.dates import KRX_UTC_OFFSET_S, NS, to_date, to_int_of_day
from hts.rules.venue_days import NEW_YORK_STANDARD_S

DAY_NS = 24 * 60 * 60 * NS
IN_NEW_YORK = frozenset({"NASDAQ"})


def local_date(core: Core, trade_ns: int) -> int:
    """The day (YYYYMMDD) of a time by the home venue's clock."""
    offset_s = NEW_YORK_STANDARD_S if core.home.name in IN_NEW_YORK else KRX_UTC_OFFSET_S
    return to_int_of_day(trade_ns // NS + offset_s)


def due_ns(core: Core, order: ConditionalOrder, condition: TimeCondition) -> int:
    """When a time comes: of a daily order at this time of the home venue's day, but not before its first day."""
    today = core.state.day(core.home.name).trading_date
    if order.carry is not Carry.DAILY or not today:
        return condition.trade_ns
    days = (to_date(today) - to_date(local_date(core, condition.trade_ns))).days
    return condition.trade_ns + max(days, 0) * DAY_NS


def is_past(order: ConditionalOrder, date: int) -> bool:
    """Whether its last day is over on a trading date."""
    return bool(order.until_date) and date > order.until_date


def has_filled(core: Core, work: Work, order: ConditionalOrder) -> bool:
    """Whether all that was wanted has filled."""
    return order.until_filled and sum(child.cum_qty for child in children_of(core, work)) >= order.qty


def rearms(core: Core, venue: str, work: Work, order: ConditionalOrder) -> bool:
    """Whether a venue's new day arms a daily order anew: that of the home venue.

    Not while an order of it works elsewhere in a session that is of the same day already, as a night session is: that
    one is today's, its fills count, and it is armed when the venue of that order begins a new day.
    """
    home = core.home.name
    today = core.state.day(home).trading_date
    found = [one for one in map(core.state.orders.find, work.children) if one is not None] if order.until_filled else []
    working = [one for one in found if one.is_working]
    if venue == home:
        return all(one.venue == home or core.state.day(one.venue).trading_date < today for one in working)
    is_of_before = any(one.venue == venue and local_date(core, one.entered_ns) < today for one in found)
    return work.state is WorkState.WAITING and not working and is_of_before


Filled = tuple[tuple[Work, tuple[tuple[ClOrdID, int], ...]], ...]
"""Work that waits for the rest of its fills, and what each of its orders has filled."""


def filled_of(core: Core) -> Filled:
    """What a venue's new day may forget."""
    found = []
    for work in core.state.works.active():
        order = order_of(work)
        if order is not None and order.until_filled:
            orders = (core.state.orders.find(child) for child in work.children)
            found.append((work, tuple((one.order_id, int(one.cum_qty)) for one in orders if one is not None)))
    return tuple(found)


def take_off(batch: Batch, venue: str, filled: Filled) -> None:
    """A venue has begun a new day: what filled in orders that are forgotten is no part of what is left.

    What is armed anew forgets its orders at other venues too. All of it filled ends the work.
    """
    core = batch.core
    for work, orders in filled:
        order = order_of(work)
        if work.is_over or order is None:
            continue
        is_all = work.state is not WorkState.ENDING and rearms(core, venue, work, order)
        qty = sum(cum_qty for order_id, cum_qty in orders if is_all or core.state.orders.find(order_id) is None)
        if qty >= order.qty:
            core.desk.unwatch(work.symbol, work.work_id)
            move(batch, work, WorkState.DONE, "conditional.end.filled")
        elif qty:
            amend(batch, work, replace(order, qty=Qty(order.qty - qty)))
