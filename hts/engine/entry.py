"""Entering and amending orders: propose, check, record, send; or record why not."""

from collections.abc import Iterable

from hts.engine.behalf import foreign_denial
from hts.engine.bracket import bracket_denial, exits_of, ids_of, show_exits
from hts.engine.core import Batch, Core
from hts.engine.means import pot_of, prefund
from hts.engine.parents import amend_denial, child_denial
from hts.engine.proposals import amend_proposal, proposal_of
from hts.engine.venue import Venue
from hts.model.denials import Denial, Rule
from hts.model.enums import OrdType
from hts.model.intents import AnyIntent, NewOrder, ReplaceOrder
from hts.model.records import InstrumentListed, IntentDenied, OrderEntered, ReplaceEntered
from hts.model.requests import NewOrderSingle, OrderCancelReplaceRequest
from hts.model.terms import terms_of
from hts.model.units import NO_ID, NO_PX, NO_QTY, ClOrdID, Notional
from hts.oms.order import Order
from hts.risk.checks import Pass, check
from hts.risk.proposal import Act, Proposal


def new_order(batch: Batch, intent: NewOrder, *, is_late: bool = False) -> None:
    """A new order, if all checks pass. `is_late`: nothing else of this batch asks for it before it is on the wire."""
    if intent.ord_type is OrdType.MARKET and intent.px:
        deny(batch, intent, Denial(rule=Rule.TYPE_NOT_ALLOWED, detail=OrdType.MARKET.name))
        return
    venue = batch.core.route(intent.venue, intent.symbol)
    if venue is None:
        deny(batch, intent, Denial(rule=Rule.UNKNOWN_VENUE, detail=intent.venue))
        return
    enter_or_deny(batch, intent, venue, Act.NEW, is_late=is_late and intent.exits is None)


def enter_or_deny(batch: Batch, intent: NewOrder, venue: Venue, act: Act, *, is_late: bool = False) -> None:
    """Record and send the order, or record why not."""
    core = batch.core
    order = proposal_of(core, intent, venue, batch.mono_ns)
    found = _house_denial(core) or child_denial(core.state, intent) or bracket_denial(intent) or check(order, act)
    ids = ids_of(core, intent) if isinstance(found, Pass) else ()
    if not ids or isinstance(found, Denial):
        _deny_judged(batch, intent, (order, act), found)
        return
    cl_ord_id, exits = ids[0], exits_of(intent, venue, ids) if intent.exits else ()
    _list_and_fund(batch, intent, venue, order)
    (batch.record_late if is_late else batch.record)(
        OrderEntered(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            venue=venue.name,
            cl_ord_id=cl_ord_id,
            request_id=intent.request_id,
            account=intent.account,
            symbol=intent.symbol,
            side=intent.side,
            ord_type=intent.ord_type,
            time_in_force=intent.time_in_force,
            px=intent.px,
            qty=intent.qty,
            reserved=Notional(order.needed),
            stop_px=intent.stop_px,
            display_qty=intent.display_qty,
            min_qty=intent.min_qty,
            post_only=intent.post_only,
            is_short=intent.is_short,
            expire_ns=intent.expire_ns,
            credit=intent.credit,
            loan_date=intent.loan_date,
            strategy=intent.strategy,
            user=intent.user,
            parent_id=intent.parent_id,
            exits=exits,
        )
    )
    batch.send_order(venue.name, found, _request_of(cl_ord_id, intent))
    core.latency.order_entered(cl_ord_id, intent.key_ns, batch.mono_ns, venue.name)
    batch.judge(cl_ord_id, order, act, found)
    if not is_late:
        batch.touch(core.state.orders.get(cl_ord_id))
        show_exits(batch, exits)


def _request_of(cl_ord_id: ClOrdID, intent: NewOrder) -> NewOrderSingle:
    """What the venue is asked for."""
    return NewOrderSingle(
        cl_ord_id=cl_ord_id,
        request_id=intent.request_id,
        account=intent.account,
        symbol=intent.symbol,
        side=intent.side,
        ord_type=intent.ord_type,
        time_in_force=intent.time_in_force,
        px=intent.px,
        qty=intent.qty,
        stop_px=intent.stop_px,
        display_qty=intent.display_qty,
        min_qty=intent.min_qty,
        post_only=intent.post_only,
        is_short=intent.is_short,
        expire_ns=intent.expire_ns,
        credit=intent.credit,
        loan_date=intent.loan_date,
        strategy=intent.strategy,
        user=intent.user,
        parent_id=intent.parent_id,
    )


def _deny_judged(batch: Batch, intent: NewOrder, asked: tuple[Proposal, Act], found: Pass | Denial) -> None:
    """Record why not, and keep what was asked. A pass that cannot be used has no ids to go with."""
    denial = found if isinstance(found, Denial) else Denial(rule=Rule.NOT_READY)
    batch.judge(deny(batch, intent, denial), *asked, denial)


def _list_and_fund(batch: Batch, intent: NewOrder, venue: Venue, order: Proposal) -> None:
    """What is recorded before the order: the issue as it is listed, and money changed for it."""
    list_issue(batch, venue, intent.symbol)
    if order.instrument is not None and order.needed:
        currency = order.instrument.currency
        needed = order.needed - pot_of(batch.core, intent).cash.get(currency, 0)
        prefund(batch, intent.account, currency, needed, intent.request_id)


def _house_denial(core: Core) -> Denial | None:
    """No order leaves a core that asks for logins before somebody has opened the day with a touch, whoever asks: not
    work that a journal brought back, not a sale that the books planned.
    """
    return None if core.authority.is_open else Denial(rule=Rule.NOT_LOGGED_IN)


def replace_order(batch: Batch, intent: ReplaceOrder) -> None:
    core = batch.core
    order = core.state.orders.find(intent.cl_ord_id)
    denial = cannot_request(core, order, intent.account)
    if denial is None and order is not None and (order.pending or not order.venue_order_id):
        denial = Denial(rule=Rule.REQUEST_PENDING)
    if denial is not None or order is None:
        deny(batch, intent, denial or Denial(rule=Rule.UNKNOWN_ORDER))
        return
    proposal = amend_proposal(core, order, core.venues[order.venue], intent, batch.mono_ns)
    found = _house_denial(core) or amend_denial(core.state, order, intent.qty) or check(proposal, Act.AMEND)
    cl_ord_id = core.state.ids.take() if isinstance(found, Pass) else None
    batch.judge(order.order_id, proposal, Act.AMEND, found)
    if cl_ord_id is None or isinstance(found, Denial):
        deny(batch, intent, found if isinstance(found, Denial) else Denial(rule=Rule.NOT_READY))
        return
    batch.record(
        ReplaceEntered(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            cl_ord_id=cl_ord_id,
            orig_cl_ord_id=order.cl_ord_id,
            request_id=intent.request_id,
            px=intent.px,
            qty=intent.qty,
            reserved=Notional(proposal.needed),
            user=intent.user,
        )
    )
    batch.send_order(
        order.venue,
        found,
        OrderCancelReplaceRequest(
            cl_ord_id=cl_ord_id,
            orig_cl_ord_id=order.cl_ord_id,
            request_id=intent.request_id,
            account=order.account,
            symbol=order.symbol,
            side=order.side,
            px=intent.px,
            qty=intent.qty,
        ),
    )
    batch.touch(order)


def list_issue(batch: Batch, venue: Venue | None, symbol: str) -> None:
    """Journal the issue as the venue lists it today, before the first record that leans on it."""
    state = batch.core.state
    instrument = venue.market.instruments.get(symbol) if venue else None
    if instrument is None:
        return
    known = state.listed.get((instrument.venue, symbol))
    if known is not instrument and known != instrument:
        batch.record(InstrumentListed(instrument=instrument, trade_ns=batch.trade_ns, mono_ns=batch.mono_ns))


def deny(batch: Batch, intent: AnyIntent, denial: Denial) -> ClOrdID:
    """Record a refusal; a new order gets a row of its own in the order list, whose number is answered."""
    order = intent if isinstance(intent, NewOrder) else None
    cl_ord_id = (batch.core.state.ids.take() if order else None) or NO_ID
    batch.record(
        IntentDenied(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            cl_ord_id=cl_ord_id,
            request_id=intent.request_id,
            account=intent.account,
            symbol=getattr(intent, "symbol", ""),
            side=order.side if order else None,
            ord_type=order.ord_type if order else None,
            time_in_force=order.time_in_force if order else None,
            px=order.px if order else NO_PX,
            qty=order.qty if order else NO_QTY,
            denial=denial,
            venue=order.venue if order else "",
            **(terms_of(order) if order else {"user": intent.user}),
        )
    )
    if cl_ord_id:
        batch.core.latency.order_entered(cl_ord_id, intent.key_ns, batch.mono_ns)
        batch.core.latency.order_refused(cl_ord_id)
        batch.touch(batch.core.state.orders.get(cl_ord_id))
    return cl_ord_id


def cannot_travel(core: Core, venues: Iterable[str]) -> Denial | None:
    """Why no request can leave for any of these venues; None when it can for one of them, or none was named."""
    if not core.is_ready:
        return Denial(rule=Rule.NOT_READY)
    names = tuple(venues)
    if not names or any(core.is_up(venue) for venue in names):
        return None
    return Denial(rule=Rule.VENUE_DOWN)


def cannot_request(core: Core, order: Order | None, account: str) -> Denial | None:
    if order is None or order.account != account:
        return Denial(rule=Rule.UNKNOWN_ORDER)
    if not order.is_working:
        return Denial(rule=Rule.ORDER_DONE, detail=order.ord_status.name)
    if order.system:
        return Denial(rule=Rule.FOREIGN, detail=order.system)
    return cannot_travel(core, (order.venue,))


def cannot_cancel(core: Core, order: Order | None, account: str) -> Denial | None:
    """Likewise; an order of another system goes by a line of its own."""
    if order is None or not order.system or order.account != account or not order.is_working:
        return cannot_request(core, order, account)
    return foreign_denial(core, order) if core.is_ready else Denial(rule=Rule.NOT_READY)
