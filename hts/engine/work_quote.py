"""Quotes of a liquidity provider at work: two orders that follow the fund's value, the promise watched, hedges sent.

The wanted quotes follow from the books and the inventory each time; what stands at the venue is moved to them. After a
restart the same happens with the orders that the venue still has, so nothing is quoted twice.
"""

from collections.abc import Sequence

from hts.algo.quoting import quotes, watch_duty
from hts.engine.core import Batch, Core
from hts.engine.entry import replace_order
from hts.engine.parents import family_of
from hts.engine.venue import Venue
from hts.engine.work_acts import (
    REFUSALS_MAX,
    cancel_child,
    child_state,
    end_children,
    enter_slice,
    move,
    start_part,
    wake,
)
from hts.engine.work_market import depths, quote_of
from hts.engine.work_state import BREACHED, Work
from hts.model.enums import Side
from hts.model.intents import ReplaceOrder
from hts.model.quoting import Duty, DutyState, EtfView, InavBasket, TwoSided
from hts.model.routing import CancelChild, Remainder, RouteRequest, Slice
from hts.model.units import Px, Qty
from hts.model.views import LinkState
from hts.model.work import QuoteSpec, RouteSpec, WorkState
from hts.oms.order import Order

LOOK_NS = 1_000_000_000  # the value may grow stale without any quote
HEDGE_PAUSE_NS = 10_000_000_000
STALE_MS = 1 << 40
PPM = 1_000_000


def step_quotes(batch: Batch, work: Work, spec: QuoteSpec) -> None:
    """Bring what stands to what is wanted now."""
    core = batch.core
    venue = core.route(spec.venue, work.symbol)
    assert venue is not None, spec.venue
    orders = [order for number in work.children if (order := core.state.orders.find(number)) is not None]
    working = [order for order in orders if order.is_working]
    if work.state is WorkState.ENDING:
        end_children(batch, work, [child_state(order) for order in orders])
        _end_hedges(batch, work)
        return
    if work.state is WorkState.PAUSED:
        _cancel(batch, working, "quoting.pulled.paused")
        return
    if work.refusals >= REFUSALS_MAX:
        move(batch, work, WorkState.ENDING, "work.end.refused")
        return
    view = _view(core, work, spec, venue, batch.mono_ns)
    standing = _standing(working)
    wanted = quotes(spec.params, view, standing)
    room = family_of(core.state, work.work_id).room(int(work.qty))
    if not room and not working:
        move(batch, work, WorkState.ENDING, "quoting.end.cap")
        return
    _tell(batch, work, spec, view, standing=standing, wanted=wanted)
    bids, asks = ([order for order in working if order.side is side] for side in (Side.BUY, Side.SELL))
    if all(int(wanted.bid_px) < int(order.px) for order in asks):  # else our own offer has to give way first
        room -= _bring(batch, work, bids, side=Side.BUY, px=int(wanted.bid_px), qty=int(wanted.bid_qty), room=room)
    if all(int(wanted.ask_px) > int(order.px) for order in bids) or not wanted.ask_px:
        _bring(batch, work, asks, side=Side.SELL, px=int(wanted.ask_px), qty=int(wanted.ask_qty), room=room)
    _hedge(batch, work, spec, wanted.hedge)
    wake(batch, work, batch.trade_ns + LOOK_NS)


def _bring(batch: Batch, work: Work, own: list[Order], *, side: Side, px: int, qty: int, room: int) -> int:
    """One side: enter, move or take back. Returns the shares that were newly placed."""
    venue = batch.core.route(work.spec.venue if isinstance(work.spec, QuoteSpec) else "", work.symbol)
    assert venue is not None, work.symbol
    if not own:
        lot = int(venue.market.instruments[work.symbol].lot)
        placed = min(qty, room) // lot * lot
        if placed and px:
            enter_slice(batch, work, Slice(venue=venue.name, qty=Qty(placed), px=Px(px)), side=side)
            return placed
        return 0
    order, *others = own
    _cancel(batch, others if px and qty else own, "quoting.moved")
    if not px or not qty or order.pending or not order.venue_order_id or not batch.core.is_up(order.venue):
        return 0
    more = min(qty, int(order.leaves_qty) + room) - int(order.leaves_qty)
    grown = more if more * 2 > qty or more < 0 else 0  # a quote that is half gone is filled up again
    if int(order.px) == px and not grown:
        return 0
    intent = ReplaceOrder(
        request_id=f"~{order.order_id}-q{batch.core.state.ids.next_id}", account=work.account, user=work.user,
        cl_ord_id=order.cl_ord_id, px=Px(px), qty=Qty(int(order.order_qty) + grown),
    )  # fmt: skip
    replace_order(batch, intent)
    return max(grown, 0)


def _cancel(batch: Batch, orders: Sequence[Order], cause: str) -> None:
    for order in orders:
        cancel_child(batch, CancelChild(cl_ord_id=order.order_id, cause=cause))


def _standing(working: Sequence[Order]) -> TwoSided:
    """What the venue has confirmed of ours; a quote on its way does not stand yet."""
    best: dict[Side, Order] = {}
    for order in working:
        if order.venue_order_id and not order.has_pending_cancel:
            best.setdefault(order.side, order)
    bid, ask = best.get(Side.BUY), best.get(Side.SELL)
    return TwoSided(
        bid_px=bid.px if bid else Px(0), bid_qty=Qty(bid.leaves_qty) if bid else Qty(0),
        ask_px=ask.px if ask else Px(0), ask_qty=Qty(ask.leaves_qty) if ask else Qty(0),
    )  # fmt: skip


def _view(core: Core, work: Work, spec: QuoteSpec, venue: Venue, mono_ns: int) -> EtfView:
    (depth,) = depths(core, work.account, work.symbol, Side.BUY, mono_ns, only=venue.name)
    issue = venue.market.instruments[work.symbol]
    inav_px, age_ms = inav_of(core, spec.inav, mono_ns)
    return EtfView(
        inav_px=inav_px, inav_age_ms=age_ms,
        bid_px=depth.bids[0][0] if depth.bids else 0, ask_px=depth.asks[0][0] if depth.asks else 0,
        inventory=int(core.state.ledger.qty(work.account, work.symbol)), upper_px=int(issue.upper_px),
        lower_px=int(issue.lower_px), ticks=issue.ticks, is_continuous=depth.phase.is_continuous and depth.is_up,
    )  # fmt: skip


def inav_of(core: Core, basket: InavBasket, mono_ns: int) -> tuple[int, int]:
    """The fund's value per share from the middle prices of its parts, and the age of the oldest feed among them. A
    part without both sides, or that does not trade, makes the value stale.
    """
    total, age_ms = basket.cash, 0
    for part in basket.parts:
        venue = core.route("", part.symbol)
        quote = quote_of(core, part.symbol, venue.name) if venue is not None else None
        if venue is None or quote is None or not quote.bid_px or not quote.ask_px:
            return 0, STALE_MS
        is_live = venue.market.link is LinkState.UP and venue.market.phase_of(part.symbol).is_continuous
        age_ms = max(age_ms, venue.market.age_ms(mono_ns) if is_live else STALE_MS)
        total += part.qty * (quote.bid_px + quote.ask_px) // 2
    return total // basket.unit_qty, age_ms


def _tell(batch: Batch, work: Work, spec: QuoteSpec, view: EtfView, *, standing: TwoSided, wanted: TwoSided) -> None:
    """Journal and show how the quotes stand, where that has changed."""
    duties = batch.core.desk.duties
    whole = _with_own(view, standing)
    state = watch_duty(spec.obligation, duties.get(work.work_id, DutyState()), whole, standing, batch.trade_ns)
    duties[work.work_id] = state
    cause = wanted.pulled or "quoting.quoting"
    if state.duty is Duty.BREACHED:
        cause = BREACHED
    elif state.duty is Duty.DUE and not wanted.pulled:
        cause = "quoting.due"
    if cause != work.cause:
        move(batch, work, WorkState.RUNNING, cause)


def _with_own(view: EtfView, standing: TwoSided) -> EtfView:
    """The market with our quotes in it: the obligation looks at the whole."""
    bids = [px for px in (view.bid_px, int(standing.bid_px)) if px]
    asks = [px for px in (view.ask_px, int(standing.ask_px)) if px]
    return EtfView(
        inav_px=view.inav_px, inav_age_ms=view.inav_age_ms, bid_px=max(bids, default=0), ask_px=min(asks, default=0),
        inventory=view.inventory, upper_px=view.upper_px, lower_px=view.lower_px, ticks=view.ticks,
        is_continuous=view.is_continuous,
    )  # fmt: skip


def _hedge(batch: Batch, work: Work, spec: QuoteSpec, due: int) -> None:
    """Send what the hedge lacks; what earlier hedges did or may still do counts."""
    params, core = spec.params, batch.core
    if not due:
        return
    if not params.hedge_symbol:
        if core.desk.hedge_told.get(work.work_id) != due:
            core.desk.hedge_told[work.work_id] = due
            batch.notice("quoting_hedge", f"{work.symbol} {due:+}", is_warning=False)
        return
    parts = core.state.works.parts_of(work.work_id)
    if any(not part.is_over or batch.trade_ns < part.started_ns + HEDGE_PAUSE_NS for part in parts[-1:]):
        return  # one at a time, and a refused one is not tried again at once
    done = sum(part.side.sign * int(family_of(core.state, part.work_id).cum_qty) for part in parts)
    issue = core.listing(params.hedge_symbol)
    assert issue is not None, params.hedge_symbol
    lacking = due * params.hedge_ratio_ppm // PPM - done
    qty = abs(lacking) // int(issue.lot) * int(issue.lot)
    if qty:
        side = Side.BUY if lacking > 0 else Side.SELL
        request = RouteRequest(side=side, qty=qty, remainder=Remainder.CANCEL)
        start_part(batch, work, RouteSpec(request=request), symbol=params.hedge_symbol, side=side, qty=qty)


def _end_hedges(batch: Batch, work: Work) -> None:
    for part in batch.core.state.works.parts_of(work.work_id):
        if not part.is_over and part.state is not WorkState.ENDING:
            move(batch, part, WorkState.ENDING, work.cause)
