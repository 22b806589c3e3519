"""Cancels and Flatten: what lowers the risk. No rule of hts.risk stands in the way of a cancel.

Flatten is two steps that survive a crash: the symbol's working orders are cancelled and the wish is recorded; when the
last of them is over, the position that is then left is closed at the market under the same request id.
"""

from collections.abc import Iterable

from hts.engine.behalf import cancel_request, foreign_denial, left_ones, reaches
from hts.engine.bookings import closing_credit
from hts.engine.core import Batch, Core
from hts.engine.entry import cannot_cancel, cannot_travel, deny, enter_or_deny
from hts.engine.venue import Venue
from hts.model.denials import Denial, Rule
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.intents import (
    CancelAll,
    CancelLast,
    CancelOrder,
    Flatten,
    NewOrder,
    SetDisconnectPolicy,
)
from hts.model.records import CancelEntered, DisconnectPolicySet, FlattenEntered, IntentDone
from hts.model.units import NO_PX, Qty
from hts.oms.order import Order
from hts.risk.proposal import Act


def cancel_order(batch: Batch, intent: CancelOrder) -> None:
    """One order, named by any ClOrdID of its chain."""
    order = batch.core.state.orders.find(intent.cl_ord_id)
    denial = cannot_cancel(batch.core, order, intent.account)
    if denial is None and order is not None and order.has_pending_cancel:
        denial = Denial(rule=Rule.REQUEST_PENDING)
    if denial is not None or order is None or not enter_cancel(batch, order, intent.request_id, intent.user):
        deny(batch, intent, denial or Denial(rule=Rule.NOT_READY))


def cancel_all(batch: Batch, intent: CancelAll) -> None:
    """Every working order of the account, of one symbol, side and venue when given; of other systems too.

    Orders that cannot be reached stay, and a person is told; none of them is cancelled behind their back later.
    """
    core, orders = batch.core, batch.core.state.orders
    working = orders.working(intent.account, intent.symbol, intent.side, intent.venue, all_systems=True)
    needed = [order for order in working if not order.system]
    denial = cannot_travel(core, _venues_of(core, needed) if needed or not working else ())
    if denial is not None:
        deny(batch, intent, denial)
        return
    count = cancel_orders(batch, working, intent.user)
    _done(batch, intent.account, intent.request_id, count)


def cancel_last(batch: Batch, intent: CancelLast) -> None:
    """The newest working order that is not yet being cancelled."""
    core = batch.core
    working = core.state.orders.working(intent.account, intent.symbol)
    last = next((order for order in reversed(working) if not order.has_pending_cancel), None)
    denial = cannot_travel(core, (last.venue,) if last else _venues_of(core, ()))
    if denial is not None or last is None or not enter_cancel(batch, last, intent.request_id, intent.user):
        deny(batch, intent, denial or Denial(rule=Rule.NOTHING_TO_DO))


def cancel_working(batch: Batch, account: str, symbol: str = "", side: Side | None = None, venue: str = "") -> int:
    """Cancel what we have working and is not yet being cancelled; returns how many."""
    return cancel_orders(batch, batch.core.state.orders.working(account, symbol, side, venue))


def cancel_orders(batch: Batch, working: list[Order], user: str = "") -> int:
    """Cancel requests for the orders that can be reached; returns how many. A person is told of the others."""
    core = batch.core
    left = [order for order in working if not reaches(core, order)]
    foreign, ours = [order for order in left if order.system], [order for order in left if not order.system]
    if foreign:
        batch.notice("foreign_left", left_ones(foreign))
    if ours:
        batch.notice("cancels_not_sent", f"{len(ours)} ({', '.join(sorted({order.venue for order in ours}))})")
    return sum(
        enter_cancel(batch, order, "", user)
        for order in working
        if not order.has_pending_cancel and reaches(core, order)
    )


def _venues_of(core: Core, working: Iterable[Order]) -> list[str]:
    """The venues of these orders; without any, all that the core has: something must be there to talk to."""
    return list(dict.fromkeys(order.venue for order in working)) or list(core.venues)


def enter_cancel(batch: Batch, order: Order, request_id: str, user: str = "") -> bool:
    """Record and send a cancel request; False when no id is on disk."""
    core = batch.core
    cl_ord_id = core.state.ids.take()
    if cl_ord_id is None:
        return False
    batch.record(
        CancelEntered(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            cl_ord_id=cl_ord_id,
            orig_cl_ord_id=order.cl_ord_id,
            request_id=request_id,
            user=user,
        )
    )
    batch.send(order.venue, cancel_request(order, cl_ord_id, request_id))
    batch.touch(order)
    return True


def flatten(batch: Batch, intent: Flatten) -> None:
    """Cancel the symbol's working orders, then close its position. What cannot be reached of other systems' is told."""
    state = batch.core.state
    every = state.orders.working(intent.account, intent.symbol, all_systems=True)
    left = [order for order in every if order.system and not reaches(batch.core, order)]
    working = [order for order in every if order not in left]
    denial = _cannot_flatten(batch.core, [order for order in working if not order.system])
    if denial is None and not working and state.ledger.qty(intent.account, intent.symbol) == 0:
        denial = foreign_denial(batch.core, left[0]) if left else Denial(rule=Rule.NOTHING_TO_DO)
    if denial is None and (intent.account, intent.symbol) in state.flattening:
        denial = Denial(rule=Rule.REQUEST_PENDING)
    if denial is not None:
        deny(batch, intent, denial)
        return
    if not working:
        if left:
            batch.notice("foreign_left", left_ones(left))
        _close_position(batch, intent)
        return
    cancel_orders(batch, every)
    batch.record(
        FlattenEntered(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            request_id=intent.request_id,
            account=intent.account,
            symbol=intent.symbol,
            order_ids=tuple(order.order_id for order in working),
            user=intent.user,
        )
    )


def _cannot_flatten(core: Core, working: list[Order]) -> Denial | None:
    """All venues where the symbol works must be within reach, or the position would be closed beside live orders."""
    for venue in _venues_of(core, working) if working else ():
        denial = cannot_travel(core, (venue,))
        if denial is not None:
            return denial
    return cannot_travel(core, core.venues)


def continue_flatten(batch: Batch, account: str, symbol: str, *, refused: bool = False) -> None:
    """Go on with a flatten whose orders are over; give up when the venue refused to cancel one that still works."""
    core = batch.core
    wish = core.state.flattening.get((account, symbol))
    if wish is None:
        return
    orders = [core.state.orders.find(order_id) for order_id in wish.order_ids]
    working = [order for order in orders if order is not None and order.is_working]
    if refused and any(not order.has_pending_cancel for order in working):
        _done(batch, wish.account, wish.request_id, 0)
        batch.notice("flatten_failed", symbol)
    elif not working and core.is_ready and cannot_travel(core, core.venues) is None:
        _close_position(batch, Flatten(request_id=wish.request_id, account=account, symbol=symbol, user=wish.user))


def _close_position(batch: Batch, wish: Flatten) -> None:
    """Send the market order that closes what is held; the end of a Flatten."""
    core = batch.core
    state = core.state
    qty = state.ledger.qty(wish.account, wish.symbol)
    side = Side.SELL if qty > 0 else Side.BUY
    left = abs(qty) - state.orders.open_qty(wish.account, wish.symbol, side)
    if left <= 0:
        _done(batch, wish.account, wish.request_id, 0)
        return
    intent = NewOrder(
        request_id=wish.request_id,
        account=wish.account,
        key_ns=wish.key_ns,
        user=wish.user,
        symbol=wish.symbol,
        side=side,
        ord_type=OrdType.MARKET,
        time_in_force=TimeInForce.DAY,
        px=NO_PX,
        qty=Qty(left),
        credit=closing_credit(state.ledger.rows(wish.account, wish.symbol), side),
    )
    venue = _exit_venue(core, wish.symbol)
    enter_or_deny(batch, intent, venue, Act.FLATTEN)


def _exit_venue(core: Core, symbol: str) -> Venue:
    """Where a position is closed: the first venue in order that lists the symbol, is up and takes orders now."""
    for venue in core.venues.values():
        market = venue.market
        if venue.is_up and symbol in market.instruments and market.phase_of(symbol).takes_orders:
            return venue
    return core.route("", symbol) or core.home


def set_disconnect_policy(batch: Batch, intent: SetDisconnectPolicy) -> None:
    """From now on for our own terminals; the venue is told at the next logon."""
    batch.record(
        DisconnectPolicySet(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            account=intent.account,
            request_id=intent.request_id,
            policy=intent.policy,
        )
    )
    for venue in batch.core.venues.values():
        if venue.is_session_started:
            batch.send(venue.name, batch.core.session_request(venue.name))
    batch.show_status()


def _done(batch: Batch, account: str, request_id: str, count: int) -> None:
    batch.record(
        IntentDone(trade_ns=batch.trade_ns, mono_ns=batch.mono_ns, request_id=request_id, account=account, count=count)
    )
