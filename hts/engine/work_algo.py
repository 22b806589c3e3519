"""Algorithms at work: their answers become child orders, amends and cancels."""

from collections.abc import Sequence

from msgspec.structs import replace

from hts.algo.step import next_actions
from hts.engine.core import Batch
from hts.engine.entry import replace_order
from hts.engine.work_acts import cancel_child, children_of, end_children, enter_slice, move, wake
from hts.engine.work_market import depths, market_view
from hts.engine.work_state import Work
from hts.model.algo import AlgoAction, AlgoState, AlgoView, AmendChild, Finish, MarketView, PlaceChild, WakeAt
from hts.model.enums import OrdType, TimeInForce
from hts.model.intents import ReplaceOrder
from hts.model.routing import CancelChild, ChildState, Remainder, RouteRequest, Slice, Urgency, VenueDepth
from hts.model.work import AlgoSpec, WorkState
from hts.router.plan import decide

_ALGO_STATES = {WorkState.PAUSED: AlgoState.PAUSED, WorkState.WAITING: AlgoState.WAITING}
_WORK_STATES = {AlgoState.DONE: WorkState.DONE, AlgoState.ENDED: WorkState.ENDED, AlgoState.FAILED: WorkState.FAILED}


def step_algo(batch: Batch, work: Work, spec: AlgoSpec) -> None:
    """Ask the algorithm, and do what it says."""
    if work.state is WorkState.WAITING:  # for what it has to learn
        return
    core, params = batch.core, spec.params
    children = children_of(core, work)
    if work.state is WorkState.ENDING:
        end_children(batch, work, children)
        return
    venues, market = _sight(batch, work, params.venue)
    view = AlgoView(
        state=_ALGO_STATES.get(work.state, AlgoState.RUNNING),
        children=merged(children),
        fills=tuple(work.fills),
        started_ns=work.started_ns,
        acted_ns=work.acted_ns,
        placed=work.entered,
        since_resume=len(work.children) - work.resumed_with,
        refusals=work.refusals,
    )
    bins = core.desk.bins.get(work.work_id)
    if bins:
        market = replace(market, bins=tuple(bins))
    for action in next_actions(params, view, market):
        _act(batch, work, action, venues)


def _sight(batch: Batch, work: Work, only: str) -> tuple[tuple[VenueDepth, ...], MarketView]:
    """The market as it stands in this batch: hundreds of algorithms of one issue look at it once together."""
    core = batch.core
    key = (work.account, work.symbol, work.side, only, core.state.orders.shown_changes)
    found: tuple[tuple[VenueDepth, ...], MarketView] | None = batch.sights.get(key)
    if found is None:
        venues = depths(core, work.account, work.symbol, work.side, batch.mono_ns, only=only)
        found = batch.sights[key] = (venues, market_view(core, work.symbol, batch.trade_ns, venues))
    return found


def merged(children: Sequence[ChildState]) -> tuple[ChildState, ...]:
    """The children that are done as one: an algorithm of hours has hundreds, and only their sum matters."""
    done = [child for child in children if child.is_done]
    if len(done) < 2:
        return tuple(children)
    cum_qty = sum(child.cum_qty for child in done)
    return (replace(done[-1], cum_qty=cum_qty), *(child for child in children if not child.is_done))


def _act(batch: Batch, work: Work, action: AlgoAction, venues: Sequence[VenueDepth]) -> None:
    if isinstance(action, PlaceChild):
        for part in _placed(work, action, venues):
            enter_slice(batch, work, part)
    elif isinstance(action, CancelChild):
        cancel_child(batch, action)
    elif isinstance(action, AmendChild):
        _amend(batch, work, action)
    elif isinstance(action, Finish):
        move(batch, work, _WORK_STATES[action.state], action.cause)
    else:
        assert isinstance(action, WakeAt), action
        wake(batch, work, action.trade_ns)


def _placed(work: Work, action: PlaceChild, venues: Sequence[VenueDepth]) -> list[Slice]:
    """Where a child goes: taking ones are swept over the venues, resting ones join the best queue."""
    taking = action.time_in_force is TimeInForce.IOC
    if action.ord_type is OrdType.MARKET or not any(venue.phase.is_continuous for venue in venues):
        usable = [venue for venue in venues if venue.is_up and venue.phase.takes_orders]
        home = usable[0].venue if usable else venues[0].venue
        return [
            Slice(
                venue=home, qty=action.qty, px=action.px, ord_type=action.ord_type, time_in_force=action.time_in_force
            )
        ]
    request = RouteRequest(
        side=work.side, qty=int(action.qty), px=int(action.px),
        urgency=Urgency.SWEEP if taking else Urgency.QUEUE, remainder=Remainder.CANCEL,
    )  # fmt: skip
    return [replace(part, hold_us=0) for part in decide(request, venues).slices]


def _amend(batch: Batch, work: Work, action: AmendChild) -> None:
    order = batch.core.state.orders.find(action.cl_ord_id)
    if order is None or not order.is_working or order.pending or not order.venue_order_id:
        return
    if not batch.core.is_up(order.venue):
        return
    intent = ReplaceOrder(
        request_id=f"~{order.order_id}-a{batch.core.state.ids.next_id}",
        account=work.account,
        user=work.user,
        cl_ord_id=order.cl_ord_id,
        px=action.px,
        qty=order.order_qty,
    )
    replace_order(batch, intent)
