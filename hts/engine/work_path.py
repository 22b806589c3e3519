"""The life of work between its start and its end: a child's report, a quote, a time, a restart, a new day."""

from collections.abc import Iterable

from hts.algo.conditions import watched_px
from hts.algo.protection import is_gapped
from hts.engine.bracket import order_of
from hts.engine.core import Batch, Core
from hts.engine.venue import Venue
from hts.engine.work_acts import enter_slice, move, show_whole
from hts.engine.work_daily import is_past, rearms
from hts.engine.work_indicator import note_price, on_bar_time, on_bars, on_past, waits_for
from hts.engine.work_learn import curve_of, impact_of
from hts.engine.work_market import quote_of
from hts.engine.work_start import begun
from hts.engine.work_state import Work, trail_of
from hts.engine.work_step import settle, take_up
from hts.model.algo import AlgoKind, VolumeCurve
from hts.model.conditional import (
    Carry,
    ConditionalOrder,
    ExtremeMoved,
    IndicatorCondition,
    PriceCondition,
    Quote,
    TrailBegun,
    TrailCondition,
    trail_px,
)
from hts.model.effects import Effects
from hts.model.quotes import TradeUpdate
from hts.model.records import AlgoLearnt, TrailsMoved
from hts.model.units import ClOrdID
from hts.model.views import BarsView
from hts.model.work import AlgoSpec, ConditionSpec, TrailChange, WorkState
from hts.oms.order import Order

TRAILS_SHOWN_MAX = 32
LOOK_NS = 5_000_000  # routed orders and algorithms look at quotes no more often than this


def on_child(batch: Batch, order: Order) -> None:
    """A report changed an order: its work, and what protects it, want to know."""
    works = batch.core.state.works
    work = works.of_child(order.order_id)
    if work is not None:
        batch.show_work(work)
        show_whole(batch, work)
        batch.ask_work(work)
    named = {order.order_id}
    if work is not None:
        named.add(work.work_id)
        if isinstance(work.spec, ConditionSpec):
            named.add(work.spec.order.protects)  # the other exits of the same entry
    named.discard(ClOrdID(0))
    for other in works.active(order.account, order.symbol):
        if isinstance(other.spec, ConditionSpec) and other.spec.order.protects in named:
            batch.ask_work(other)
    settle(batch)


def on_quotes(core: Core, venue: str, symbols: Iterable[str], trade_ns: int, mono_ns: int) -> Effects:
    """Quotes of a venue changed; only issues that somebody works in cost anything."""
    touched = core.state.works.watched(symbols)
    if not touched or core.is_halted:
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    for symbol in touched:
        _look(batch, venue, symbol)
    settle(batch)
    return batch.effects()


def on_trade(core: Core, venue: str, trade: TradeUpdate) -> None:
    """Remember what the market trades, for those who follow its volume."""
    note_price(core, venue, trade)
    new = core.desk.note_trade(venue, trade.symbol, trade.trade_ns, trade.cum_qty)
    for work in core.state.works.lookers(trade.symbol) if new else ():
        if isinstance(work.spec, AlgoSpec) and work.spec.params.curve is not None:
            _count(core, work.work_id, work.spec.params.curve, trade.trade_ns, new)


def on_work_timer(core: Core, trade_ns: int, mono_ns: int) -> Effects:
    """Held slices whose moment has come, and work that wanted to be asked."""
    batch = Batch(core, trade_ns, mono_ns)
    desk = core.desk
    due = [held for held in desk.held if held.due_ns <= mono_ns]
    desk.held = [held for held in desk.held if held.due_ns > mono_ns]
    for held in due:
        work = core.state.works.find(held.work_id)
        if work is not None and not work.is_over and work.state is not WorkState.ENDING and not core.is_halted:
            enter_slice(batch, work, held.part)
            batch.ask_work(work)
    for work_id in desk.due(mono_ns):
        work = core.state.works.find(work_id)
        if work is None or work.is_over:
            continue
        if isinstance(work.spec, ConditionSpec) and work.state is WorkState.RUNNING:
            if isinstance(work.spec.order.condition, IndicatorCondition):
                on_bar_time(batch, work)
                continue
            move(batch, work, WorkState.TRIGGERED, "conditional.triggered")
        batch.ask_work(work)
    settle(batch)
    batch.set_work_timer()
    return batch.effects()


def on_history(core: Core, bars: BarsView, trade_ns: int, mono_ns: int) -> Effects:
    """Minutes of past days for algorithms that wait to learn from them."""
    waiting = core.desk.learning.pop((bars.venue, bars.symbol), []) if bars.timeframe_s == 60 else []
    if core.is_halted or not (waiting or waits_for(core, bars)):
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    on_past(batch, bars)
    for work_id in waiting:
        work = core.state.works.find(work_id)
        if work is None or work.state is not WorkState.WAITING or not isinstance(work.spec, AlgoSpec):
            continue
        try:
            curve = curve_of(bars.bars, trade_ns) if work.spec.params.kind is AlgoKind.VWAP else None
            impact = impact_of(core, bars) if work.spec.params.kind is AlgoKind.IS else None
        except ValueError:
            move(batch, work, WorkState.FAILED, "work.end.no_history")
            continue
        batch.record(AlgoLearnt(trade_ns=trade_ns, mono_ns=mono_ns, work_id=work_id, curve=curve, impact=impact))
        move(batch, work, begun(work.spec.params), "work.learnt")
    settle(batch)
    return batch.effects()


def resume(batch: Batch) -> None:
    """The venue is reconciled: go on with everything that was under way."""
    for work in batch.core.state.works.active():
        take_up(batch, work)
    settle(batch)


def counting_at(core: Core, venue: str) -> list[Work]:
    """Work that goes on and has had orders at the venue, by itself or by its parts: it counts what they filled."""
    works = core.state.works

    def counts(work: Work) -> bool:
        found = (core.state.orders.find(child) for child in work.children)
        return any(order is not None and order.venue == venue for order in found)

    return [
        work
        for work in works.active()
        if not isinstance(work.spec, ConditionSpec) and any(map(counts, (work, *works.parts_of(work.work_id))))
    ]


def end_day(batch: Batch, venue: Venue, counting: Iterable[Work]) -> None:
    """A new day of the home venue: work of yesterday ends, conditional orders that carry stay.

    A new day of another venue ends what counts on orders of yesterday there (`counting`): they are forgotten now, and
    their shares would be placed again.
    """
    if venue is not batch.core.home:
        for work in counting:
            if not work.is_over and work.state is not WorkState.ENDING:
                move(batch, work, WorkState.ENDING, "work.end.day")
        for work in batch.core.state.works.active():
            order = order_of(work)
            if order is not None and order.until_filled and rearms(batch.core, venue.name, work, order):
                _rearm(batch, work)
        return
    for work in batch.core.state.works.active():
        order = order_of(work)
        carry = order.carry if order is not None else Carry.DAY
        if order is not None and is_past(order, batch.core.state.day(venue.name).trading_date):
            batch.core.desk.unwatch(work.symbol, work.work_id)
            move(batch, work, WorkState.ENDED, "conditional.end.period")
        elif order is not None and not rearms(batch.core, venue.name, work, order):
            continue
        elif carry is Carry.DAILY and work.state not in (WorkState.PAUSED, WorkState.ENDING):
            _rearm(batch, work)
        elif order is not None and order.until_filled and work.state is WorkState.PAUSED:
            move(batch, work, WorkState.PAUSED, "conditional.rearmed", rearmed=True)
        elif carry is Carry.DAY or work.state is WorkState.TRIGGERED:
            batch.core.desk.unwatch(work.symbol, work.work_id)
            move(batch, work, WorkState.ENDED, "work.end.day")


def _rearm(batch: Batch, work: Work) -> None:
    move(batch, work, WorkState.RUNNING, "conditional.rearmed", rearmed=True)
    take_up(batch, work)


# -- quotes


def _look(batch: Batch, venue: str, symbol: str) -> None:
    core = batch.core
    book, gapped = core.desk.books.get(symbol), core.desk.gapped.get(symbol)
    for name in (venue, ""):
        if book is not None and (book.watches(name) or gapped):
            _conditions(batch, symbol, quote_of(core, symbol, name))
    on_bars(batch, symbol)
    for work in core.state.works.lookers(symbol):
        if batch.mono_ns - core.desk.stepped_ns.get(work.work_id, 0) >= LOOK_NS:
            batch.ask_work(work)


def _conditions(batch: Batch, symbol: str, quote: Quote) -> None:
    core = batch.core
    book = core.desk.books.get(symbol)
    if book is None:
        return
    triggered, changes = book.tick(quote)
    begun = tuple(change for change in changes if isinstance(change, TrailBegun))
    moved = tuple(change for change in changes if isinstance(change, ExtremeMoved))
    if begun or moved:
        change = TrailChange(symbol=symbol, begun=begun, moved=moved)
        batch.record(TrailsMoved(trade_ns=batch.trade_ns, mono_ns=batch.mono_ns, change=change))
        _show_trails(batch, symbol)
    for one in triggered:
        work = core.state.works.find(one.cond_id)
        if work is not None and work.state is WorkState.RUNNING:
            _true(batch, work, one.px)
    for cond_id in sorted(core.desk.gapped.get(symbol, ())):
        work = core.state.works.find(cond_id)
        if work is not None and isinstance(work.spec, ConditionSpec):
            _look_at_gap(batch, work, work.spec.order, quote)


def _show_trails(batch: Batch, symbol: str) -> None:
    """Where an issue's trails stand now; of very many the newest, so that a tick never waits for a screen."""
    trails = [work for work in batch.core.state.works.active(symbol=symbol) if trail_of(work) and work.extreme_px]
    for work in trails[-TRAILS_SHOWN_MAX:]:
        batch.show_work(work)


def _true(batch: Batch, work: Work, px: int) -> None:
    """Its condition came true at this price."""
    assert isinstance(work.spec, ConditionSpec), work.work_id
    order, issue = work.spec.order, batch.core.listing(work.symbol)
    assert issue is not None, work.symbol
    if is_gapped(order, _stop_px(batch.core, work, order), px, issue.ticks):
        batch.core.desk.gapped.setdefault(work.symbol, set()).add(work.work_id)
        batch.notice("conditional_gapped", f"{work.symbol} {work.work_id}")
        return
    move(batch, work, WorkState.TRIGGERED, "conditional.triggered", px=px)


def _look_at_gap(batch: Batch, work: Work, order: ConditionalOrder, quote: Quote) -> None:
    """One that waits beyond its gap limit: sent when the price is near again, watched anew when it is back."""
    core, condition = batch.core, order.condition
    if not isinstance(condition, PriceCondition | TrailCondition) or condition.venue != quote.venue:
        return
    issue, px = core.listing(work.symbol), watched_px(condition.source, quote)
    if issue is None or not px:
        return
    stop_px = _stop_px(core, work, order)
    near = not is_gapped(order, stop_px, px, issue.ticks)
    if not near:
        return
    core.desk.gapped[work.symbol].discard(work.work_id)
    met = px >= stop_px if condition.is_above else px <= stop_px
    if met:
        move(batch, work, WorkState.TRIGGERED, "conditional.triggered", px=px)
    else:
        take_up(batch, work)


def _stop_px(core: Core, work: Work, order: ConditionalOrder) -> int:
    """Where it comes true; 0 when that is no price."""
    if isinstance(order.condition, PriceCondition):
        return int(order.condition.px)
    trail, issue = trail_of(work), core.listing(work.symbol)
    return trail_px(trail, work.extreme_px, issue.ticks) if trail and issue and work.extreme_px else 0


# -- history


def _count(core: Core, work_id: ClOrdID, curve: VolumeCurve, trade_ns: int, qty: int) -> None:
    """Market volume by the bins of the curve; bins before the algorithm looked are taken as expected."""
    place = (trade_ns - curve.start_ns) // curve.bin_ns
    if not 0 <= place < len(curve.volumes):
        return
    bins = core.desk.bins.get(work_id)
    if bins is None:
        bins = core.desk.bins[work_id] = list(curve.volumes[:place])
    bins.extend([0] * (place + 1 - len(bins)))
    bins[place] += qty
