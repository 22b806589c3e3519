"""Start and recovery are the same: replay, a fresh block of ids, the venue's session, reconcile, READY.

start               the process is journaled, a block of ids goes to disk
on_synced           the first block is on disk; with the feed's list of issues (or a second without it) the core
                    logs on, from the first venue message that is not stored
SessionUp           a new epoch closes the orders of the day before (GTC and GTD wait for the mass status); not so where
                    within the day the session's numbers alone began anew. Then the venue sends again what we missed,
                    and is asked for all its orders (mass status)
ExecutionReports    unknown orders are adopted, fills that we missed are booked (report_path)
MassStatusEnd       what the venue did not name it does not have: closed. Requests that it did not answer never
                    reached it: the venue reads and answers in order. Lost cancels are sent again.
READY               of this venue; the core is READY with the first

Each venue goes through this by itself: one that does not answer locks only its own orders.
"""

from hts.engine import halted
from hts.engine.alerting import note_reconnect, watch
from hts.engine.behalf import reaches, reaches_others
from hts.engine.cancels import cancel_working, continue_flatten, enter_cancel
from hts.engine.core import Batch, Core
from hts.engine.ex_date import adjust_orders
from hts.engine.forced import enter_forced
from hts.engine.freeze import is_frozen, judge_start, take_settings, take_up_queued
from hts.engine.halts import cancel_scope, stop_others
from hts.engine.nightly import carries_over, run_nights
from hts.engine.opening import open_books
from hts.engine.promises import give_up, keep
from hts.engine.reconcile import ask_mass_status
from hts.engine.tick_path import drain_requests
from hts.engine.venue import Venue
from hts.engine.work_daily import filled_of, take_off
from hts.engine.work_path import counting_at, end_day, on_child, resume
from hts.engine.work_start import end_works
from hts.model.effects import Effects, SetTimer
from hts.model.enums import DisconnectPolicy
from hts.model.reasons import LocalCause
from hts.model.records import (
    AccountOpened,
    CancelForgotten,
    CoreStarted,
    OrderClosed,
    VenueSeqSeen,
    VenueSessionStarted,
)
from hts.model.reports import MassStatusEnd, RequestsLost, SessionDown, SessionUp
from hts.model.units import ClOrdID
from hts.model.views import LinkState
from hts.oms.order import Order

STATUS_TIMER = "status"
STATUS_PERIOD_NS = 1_000_000_000
LIST_PATIENCE_NS = STATUS_PERIOD_NS


def start(core: Core, trade_ns: int, mono_ns: int, wall_ns: int) -> Effects:
    """The first call after the replay. Trading is locked until the venue has been reconciled with."""
    batch = Batch(core, trade_ns, mono_ns)
    core.started_ns = mono_ns
    core.traded_before = tuple(name for name in core.venues if core.state.day(name).epoch)
    config = core.config
    before = core.state.version
    batch.record(
        CoreStarted(
            trade_ns=trade_ns, mono_ns=mono_ns, wall_ns=wall_ns, build=config.build, config_hash=config.config_hash
        )
    )
    core.changed_from = before if before != core.state.version else ""
    take_settings(batch)
    new = {one.account for one in config.accounts if not core.state.ledger.has_account(one.account)}
    for account in config.accounts:
        if core.state.ledger.money(account.account, account.currency) is None:
            batch.record(
                AccountOpened(
                    trade_ns=trade_ns,
                    mono_ns=mono_ns,
                    account=account.account,
                    currency=account.currency,
                    cash=account.cash,
                    disconnect_policy=account.disconnect_policy,
                )
            )
    open_books(batch, new)
    for venue in core.venues.values():
        venue.link.state = LinkState.CONNECTING
        drain_requests(batch, venue)
    batch.add(SetTimer(STATUS_TIMER, mono_ns + STATUS_PERIOD_NS))
    batch.show_status()
    return batch.effects()


def on_synced(core: Core, token: int, trade_ns: int, mono_ns: int) -> Effects:
    """A block of ids is on disk, or a stop that is answered now. A kill switch that found no id has one now."""
    answers = keep(core, token)
    if not core.state.ids.on_synced(token) or core.is_halted:
        return answers
    batch = Batch(core, trade_ns, mono_ns)
    open_sessions(batch)
    for guard in core.state.guards.halted:
        cancel_scope(batch, guard.scope)
    batch.show_status()
    return batch.effects()


def open_sessions(batch: Batch) -> None:
    """Log on wherever everything is ready for it."""
    for venue in batch.core.venues.values():
        _open_session(batch, venue)


def _open_session(batch: Batch, venue: Venue) -> None:
    """Log on once ids are on disk and the day's issues are listed: the costs of the fills that follow need the list.

    A feed that does not come is not waited for: what the venue has to say matters more.
    """
    core = batch.core
    is_listed = bool(venue.market.instruments) or batch.mono_ns - core.started_ns >= LIST_PATIENCE_NS
    if venue.is_session_started or core.is_halted or not core.state.ids.usable or not is_listed:
        return
    venue.is_session_started = True
    batch.send(venue.name, core.session_request(venue.name))


def on_status_timer(core: Core, trade_ns: int, mono_ns: int) -> Effects:
    """Once per second: how things are, and whether there is something to stop waiting for."""
    batch = Batch(core, trade_ns, mono_ns)
    batch.add(SetTimer(STATUS_TIMER, mono_ns + STATUS_PERIOD_NS))
    open_sessions(batch)
    if core.state.book.forced and not core.is_halted:
        enter_forced(batch)
    if core.state.guards.queued and not is_frozen(core):
        take_up_queued(batch)
    stop_others(batch)
    watch(batch)
    batch.show_status()
    return batch.effects()


def on_listing(core: Core, trade_ns: int, mono_ns: int) -> Effects:
    """A feed has told its state: the session may have waited for it."""
    batch = Batch(core, trade_ns, mono_ns)
    open_sessions(batch)
    return batch.effects()


def on_session_up(core: Core, report: SessionUp, trade_ns: int, mono_ns: int) -> Effects:
    """Logged on. The messages that we missed follow; trading stays locked until the mass status is complete."""
    batch = Batch(core, trade_ns, mono_ns)
    venue = core.venues[report.venue]
    venue.link.detail = ""
    venue.link.reconnects += venue.link.ups > 0
    venue.link.ups += 1
    venue.link.heard_ns = mono_ns
    if core.is_halted:
        venue.link.state = LinkState.UP  # nothing can be reconciled; cancels travel
        halted.on_session_up(core, venue.name)
        batch.show_status(venue)
        return batch.effects()
    venue.link.speed_milli = report.speed_milli
    venue.link.cancelled_again = set()
    day = core.state.day(venue.name)
    if report.epoch == day.epoch:
        judge_start(batch)
    elif report.is_renumbered and report.trading_date == day.trading_date:
        judge_start(batch)
        _note_session(batch, report, is_renumbered=True)
        batch.notice("numbers_anew", venue.name)
    else:
        _begin_day(batch, venue, report)
    note_reconnect(batch, venue)
    ask_mass_status(batch, venue)
    return batch.effects()


def _begin_day(batch: Batch, venue: Venue, report: SessionUp) -> None:
    core = batch.core
    venue.link.reconnects = 0
    run_nights(batch, venue.name, report.trading_date)
    counting, filled = counting_at(core, venue.name), filled_of(core)
    _note_session(batch, report, is_renumbered=False)
    for order in core.state.orders.kept(venue.name):
        batch.touch(order)
    for order in core.state.orders.all_working(venue.name):
        if not carries_over(core.rules, order, report.trading_date):
            _close(batch, order, LocalCause.VENUE_NEW_DAY)
    take_off(batch, venue.name, filled)
    end_day(batch, venue, counting)
    if venue is core.home:  # a day begins: what was changed before it holds from its beginning
        core.changed_from = ""
        take_up_queued(batch)


def _note_session(batch: Batch, report: SessionUp, *, is_renumbered: bool) -> None:
    batch.record(
        VenueSessionStarted(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            venue=report.venue,
            epoch=report.epoch,
            trading_date=report.trading_date,
            is_renumbered=is_renumbered,
        )
    )


def on_session_down(core: Core, report: SessionDown, trade_ns: int, mono_ns: int) -> Effects:
    """The session is gone; the gateway tries again."""
    batch = Batch(core, trade_ns, mono_ns)
    venue = core.venues[report.venue]
    venue.link.state = LinkState.DOWN
    venue.link.detail = report.reason
    venue.link.downs += 1
    batch.show_status(venue)
    return batch.effects()


def on_requests_lost(core: Core, report: RequestsLost, trade_ns: int, mono_ns: int) -> Effects:
    """Requests that the venue will never see. An order is over; a cancel is sent again once, an amend is forgotten."""
    if core.is_halted:
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    for cl_ord_id in report.cl_ord_ids:
        order = core.state.orders.find(cl_ord_id)
        if order is None or not order.is_working:
            continue
        if report.text:
            batch.notice("not_taken", f"{order.symbol}: {report.text}")
        if cl_ord_id == order.order_id:
            _close(batch, order, LocalCause.NEVER_REACHED_VENUE)
        else:
            _lose_request(batch, order, cl_ord_id)
        continue_flatten(batch, order.account, order.symbol, refused=True)
    return batch.effects()


def _lose_request(batch: Batch, order: Order, cl_ord_id: ClOrdID) -> None:
    """While the venue is down a lost cancel stays pending: the next reconciliation sends it again."""
    core = batch.core
    request = next((one for one in order.pending if one.cl_ord_id == cl_ord_id), None)
    if request is None or (request.is_cancel and not reaches(core, order)):
        return
    cancelled_again = core.venues[order.venue].link.cancelled_again
    _forget(batch, cl_ord_id)
    batch.touch(order)
    if not request.is_cancel:
        batch.notice("replace_lost", order.symbol)
    elif order.order_id in cancelled_again:
        batch.notice("cancel_lost", order.symbol)
    else:
        cancelled_again.add(order.order_id)
        enter_cancel(batch, core.state.orders.get(order.order_id), "")


def on_mass_status_end(core: Core, report: MassStatusEnd, trade_ns: int, mono_ns: int) -> Effects:
    """The venue has named all its orders. Close the rest, repeat lost cancels, take up what waited: READY."""
    if core.is_halted or report.venue_seq < core.state.day(report.venue).next_in_seq:
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    venue = core.venues[report.venue]
    link = venue.link
    batch.record(VenueSeqSeen(trade_ns=trade_ns, mono_ns=mono_ns, venue=report.venue, venue_seq=report.venue_seq))
    is_ours = report.mass_status_req_id == link.mass_status_req_id
    if not is_ours or link.state is not LinkState.RECONCILING:
        return batch.effects()
    link.state = LinkState.UP
    link.was_up = True
    for order in core.state.orders.all_working(venue.name):
        if order.system:
            continue  # our session does not speak of it
        if order.order_id in link.reported:
            _settle_requests(batch, order)
        else:
            _close(batch, order, LocalCause.UNKNOWN_TO_VENUE)
    _take_up(batch, venue)
    batch.show_status()
    return batch.effects()


def _settle_requests(batch: Batch, order: Order) -> None:
    """Requests without an answer never reached the venue. A cancel is safe to repeat, an amend is not wanted late."""
    was_cancelled = order.has_pending_cancel
    for request in order.pending:
        _forget(batch, request.cl_ord_id)
        batch.touch(order)
        if not request.is_cancel:
            batch.notice("replace_lost", order.symbol)
    if was_cancelled:
        enter_cancel(batch, batch.core.state.orders.get(order.order_id), "")


def _take_up(batch: Batch, venue: Venue) -> None:
    """What waited for the venue: kill switches, terminals that went away, flattens."""
    state = batch.core.state
    for account, policy in state.policies.items():
        leaves = venue.cancel_when_up and policy is DisconnectPolicy.CANCEL
        if leaves:
            cancel_working(batch, account, venue=venue.name)
    for guard in state.guards.halted:
        cancel_scope(batch, guard.scope, venue.name)
    venue.cancel_when_up = False
    adjust_orders(batch, venue)
    for one in batch.core.venues.values():  # a drop copy may have stood before any order session did
        repeat_behalf(batch, one)
    for account, symbol in list(state.flattening):
        continue_flatten(batch, account, symbol)
    resume(batch)


def repeat_behalf(batch: Batch, venue: Venue) -> None:
    """Cancels of other systems' orders that a broken line, or a crash, may have lost; and what a stop wants of them."""
    core = batch.core
    if not venue.copies.must_repeat or not core.is_ready or not reaches_others(core, venue.name):
        return
    venue.copies.must_repeat = False
    for order in core.state.orders.all_working(venue.name):
        if order.system and order.has_pending_cancel:
            for request in order.pending:
                _forget(batch, request.cl_ord_id)
            enter_cancel(batch, core.state.orders.get(order.order_id), "")
    for guard in core.state.guards.halted:
        cancel_scope(batch, guard.scope, venue.name)


def on_clients(core: Core, count: int, trade_ns: int, mono_ns: int) -> Effects:
    """How many terminals are attached. When the last one goes, accounts with that policy cancel what works."""
    had, core.clients = core.clients, count
    if count:
        for venue in core.venues.values():
            venue.cancel_when_up = False
    if count or not had:
        return ()
    if core.is_halted:
        return halted.on_last_client_gone(core, trade_ns, mono_ns)
    batch = Batch(core, trade_ns, mono_ns)
    leaving = [account for account, policy in core.state.policies.items() if policy is DisconnectPolicy.CANCEL]
    for venue in core.venues.values():
        if not venue.is_up:
            venue.cancel_when_up = True
            continue
        for account in leaving:
            cancel_working(batch, account, venue=venue.name)
    for account in leaving:
        end_works(batch, account)
    return batch.effects()


def on_journal_failed(core: Core, detail: str, trade_ns: int, mono_ns: int) -> Effects:
    """Nothing can be promised any more: no order leaves and nothing is applied until a restart recovers."""
    core.is_halted = True
    core.late = []  # what could not be written has not happened
    batch = Batch(core, trade_ns, mono_ns)
    batch.show_status()
    batch.notice("journal_halted", detail)
    return (*batch.effects(), *give_up(core))


def _close(batch: Batch, order: Order, cause: LocalCause) -> None:
    batch.record(
        OrderClosed(trade_ns=batch.trade_ns, mono_ns=batch.mono_ns, cl_ord_id=order.order_id, cause=int(cause))
    )
    batch.touch(order)
    on_child(batch, batch.core.state.orders.get(order.order_id))


def _forget(batch: Batch, cl_ord_id: ClOrdID) -> None:
    batch.record(CancelForgotten(trade_ns=batch.trade_ns, mono_ns=batch.mono_ns, cl_ord_id=cl_ord_id))
