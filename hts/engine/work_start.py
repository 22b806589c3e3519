"""Starting and steering work: the intents, checked, recorded, and taken up at once.

The parts of a piece of work are checked by risk one by one when they are entered, like any order. Here is refused only
what could never be carried out.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from hts.algo.indicator_line import is_computable
from hts.algo.refusals import refusal_of
from hts.engine.bracket import bracket_denial, exits_of_route, ids_of, show_exits
from hts.engine.core import Batch, Core
from hts.engine.entry import cannot_travel, deny
from hts.engine.nightly import LASTING
from hts.engine.proposals import proposal_of
from hts.engine.work_acts import move
from hts.engine.work_daily import is_past, local_date
from hts.engine.work_market import benchmark
from hts.engine.work_state import Work
from hts.engine.work_step import settle, take_up
from hts.model.algo import AlgoKind, AlgoParams
from hts.model.conditional import (
    TRAIL_TICKS_MAX,
    Carry,
    ConditionalOrder,
    IndicatorCondition,
    PriceCondition,
    TimeCondition,
    TrailCondition,
    is_distance,
)
from hts.model.denials import Denial, Rule
from hts.model.effects import RequestHistory
from hts.model.enums import OrdType, Side
from hts.model.instruments import Instrument
from hts.model.intents import (
    ControlWork,
    NewOrder,
    PlaceConditionals,
    RouteOrder,
    StartAlgo,
    StartBasket,
    StartQuoting,
)
from hts.model.records import WorkStarted
from hts.model.units import NO_ID, ClOrdID, Px, Qty
from hts.model.work import AlgoSpec, ConditionSpec, RouteSpec, WorkAct, WorkState
from hts.risk.checks import check
from hts.risk.proposal import Act

AnyStart = RouteOrder | StartAlgo | PlaceConditionals | StartBasket | StartQuoting
HISTORY_BARS = 20 * 400  # twenty days of minutes


def route_order(batch: Batch, intent: RouteOrder) -> None:
    """An order over all venues."""
    core, request = batch.core, intent.request
    issue = core.listing(intent.symbol)
    denial = cannot_travel(core, core.venues) or unusable(issue, intent.symbol, request.qty, request.px)
    denial = denial or bracket_denial(intent) or _refused_whole(batch, intent)
    if denial is not None or issue is None:
        deny(batch, intent, denial or Denial(rule=Rule.UNKNOWN_SYMBOL))
        return
    ids = ids_of(core, intent)
    if not ids:
        deny(batch, intent, Denial(rule=Rule.NOT_READY))
        return
    work_id, exits = ids[0], exits_of_route(core, intent, ids)
    record_work(
        batch,
        intent,
        work_id,
        symbol=intent.symbol,
        exits=exits,
        side=request.side,
        qty=Qty(request.qty),
        spec=RouteSpec(request=request),
        state=WorkState.RUNNING,
    )
    show_exits(batch, exits)
    batch.ask_work(_work(core, work_id))
    settle(batch)


def _refused_whole(batch: Batch, intent: RouteOrder) -> Denial | None:
    """What risk says of the order as if it went to one venue: better refused whole than by its parts."""
    request = intent.request
    whole = NewOrder(
        request_id=intent.request_id,
        account=intent.account,
        user=intent.user,
        symbol=intent.symbol,
        side=request.side,
        ord_type=OrdType.LIMIT if request.px else OrdType.MARKET,
        px=Px(request.px),
        qty=Qty(request.qty),
        strategy=intent.strategy,
    )
    venue = batch.core.venues_of(intent.symbol)[0]
    found = check(proposal_of(batch.core, whole, venue, batch.mono_ns), Act.NEW)
    return found if isinstance(found, Denial) else None


def start_algo(batch: Batch, intent: StartAlgo) -> None:
    """An algorithm; one that lacks a curve or a cost model first asks for history."""
    core, params = batch.core, intent.params
    issue = core.listing(params.symbol)
    denial = cannot_travel(core, core.venues) or unusable(issue, params.symbol, params.qty, 0)
    if denial is not None or issue is None:
        deny(batch, intent, denial or Denial(rule=Rule.UNKNOWN_SYMBOL))
        return
    learns = lacks(params)
    params = replace(params, start_ns=params.start_ns or batch.trade_ns, account=intent.account)
    wrong = refusal_of(
        params, batch.trade_ns, int(issue.lot), is_on_tick=issue.ticks.is_valid(params.px), will_learn=learns
    )
    work_id = core.state.ids.take() if wrong is None else None
    if work_id is None:
        detail = f"algo.refusal.{wrong.value}" if wrong else ""
        deny(batch, intent, Denial(rule=Rule.ALGO, detail=detail) if wrong else Denial(rule=Rule.NOT_READY))
        return
    spec = AlgoSpec(params=replace(params, algo_id=work_id))
    state = WorkState.WAITING if learns else begun(params)
    record_work(
        batch, intent, work_id, symbol=params.symbol, side=params.side, qty=params.qty, spec=spec, state=state,
        arrival=benchmark(core, params.symbol),
    )  # fmt: skip
    if learns:
        venue = core.route(params.venue, params.symbol)
        assert venue is not None, params.venue
        core.desk.learning.setdefault((venue.name, params.symbol), []).append(work_id)
        batch.add(history_request(venue.name, params.symbol))
    else:
        batch.ask_work(_work(core, work_id))
        settle(batch)


def lacks(params: AlgoParams) -> bool:
    """Whether it cannot begin before it has learnt something."""
    wants_curve = params.kind is AlgoKind.VWAP and params.curve is None
    return wants_curve or (params.kind is AlgoKind.IS and params.impact is None)


def history_request(venue: str, symbol: str) -> RequestHistory:
    """What an algorithm learns from."""
    return RequestHistory(venue=venue, symbol=symbol, timeframe_s=60, count=HISTORY_BARS)


def begun(params: AlgoParams) -> WorkState:
    """How an algorithm begins that knows all it has to."""
    return WorkState.PAUSED if params.is_held else WorkState.RUNNING


def place_conditionals(batch: Batch, intent: PlaceConditionals) -> None:
    """Conditional orders, all or none."""
    core = batch.core
    denial = None if core.is_ready else Denial(rule=Rule.NOT_READY)
    denial = denial or (None if intent.orders else Denial(rule=Rule.NOTHING_TO_DO))
    for order in intent.orders:
        denial = denial or _wrong_conditional(core, order, intent.account)
    ids = core.state.ids.take_all(len(intent.orders)) if denial is None else ()
    if not ids:
        deny(batch, intent, denial or Denial(rule=Rule.NOT_READY))
        return
    _record_conditionals(batch, intent, ids)


def _record_conditionals(batch: Batch, intent: PlaceConditionals, ids: Sequence[ClOrdID]) -> None:
    core = batch.core
    groups: dict[ClOrdID, ClOrdID] = {}
    for number, (work_id, order) in enumerate(zip(ids, intent.orders, strict=True)):
        group = groups.setdefault(order.group_id, work_id) if order.group_id else NO_ID
        spec = ConditionSpec(order=replace(order, cond_id=work_id, account=intent.account, group_id=group))
        state = WorkState.WAITING if order.protects else WorkState.RUNNING
        asked = intent if number == 0 else replace(intent, request_id="")
        record_work(batch, asked, work_id, symbol=order.symbol, side=order.side, qty=order.qty, spec=spec, state=state)
    for work_id in ids:
        take_up(batch, _work(core, work_id))
    settle(batch)


def control_work(batch: Batch, intent: ControlWork) -> None:
    """Pause, resume, cancel."""
    work = batch.core.state.works.find(intent.work_id)
    if work is None or work.account != intent.account:
        deny(batch, intent, Denial(rule=Rule.UNKNOWN_ORDER))
        return
    wanted = {
        WorkAct.PAUSE: WorkState.PAUSED,
        WorkAct.RESUME: WorkState.RUNNING,
        WorkAct.CANCEL: WorkState.ENDING,
    }[intent.act]
    allowed = {
        WorkAct.PAUSE: (WorkState.RUNNING,),
        WorkAct.RESUME: (WorkState.PAUSED,),
        WorkAct.CANCEL: (WorkState.WAITING, WorkState.RUNNING, WorkState.PAUSED, WorkState.TRIGGERED),
    }[intent.act]
    if work.state not in allowed:
        deny(batch, intent, Denial(rule=Rule.ORDER_DONE, detail=work.state.name))
        return
    move(batch, work, wanted, f"work.by_trader.{intent.act.value}", request_id=intent.request_id)
    take_up(batch, work)
    settle(batch)


def end_works(batch: Batch, account: str, symbol: str = "", side: Side | None = None) -> int:
    """Cancel all, flatten, kill switch: nothing may place orders again behind it. Returns how many were ended."""
    count = 0
    for work in batch.core.state.works.active(account, symbol):
        if (side is None or work.side is side) and work.state is not WorkState.ENDING:
            move(batch, work, WorkState.ENDING, "work.by_trader.cancel")
            count += 1
            take_up(batch, work)
    settle(batch)
    return count


def record_work(batch: Batch, intent: AnyStart, work_id: ClOrdID, **fields: Any) -> Work:
    """Begin it. `fields`: symbol, side, qty, spec and state (running by default) of a WorkStarted."""
    batch.record(
        WorkStarted(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            work_id=work_id,
            request_id=intent.request_id,
            account=intent.account,
            strategy=intent.strategy,
            user=intent.user,
            **{"state": WorkState.RUNNING, **fields},
        )
    )
    batch.core.desk.started.add(work_id)
    work = _work(batch.core, work_id)
    batch.show_work(work)
    return work


def unusable(issue: Instrument | None, symbol: str, qty: int, px: int) -> Denial | None:
    """Why an order of this size and price cannot be; None when it can."""
    if issue is None:
        return Denial(rule=Rule.UNKNOWN_SYMBOL, detail=symbol)
    if qty <= 0:
        return Denial(rule=Rule.BAD_QTY, figure=qty, limit=1)
    if qty % issue.lot:
        return Denial(rule=Rule.BAD_LOT, figure=qty, limit=int(issue.lot))
    if px and not issue.ticks.is_valid(px):
        return Denial(rule=Rule.BAD_TICK, figure=px, limit=issue.ticks.step_at(max(px, 0)))
    return None


def _wrong_conditional(core: Core, order: ConditionalOrder, account: str) -> Denial | None:
    """What can never come true or never be sent is refused now, not when it is too late."""
    issue = core.listing(order.symbol)
    wrong = unusable(issue, order.symbol, order.qty, int(order.px))
    if wrong is not None or issue is None:
        return wrong
    condition = order.condition
    watches = condition if isinstance(condition, PriceCondition | TrailCondition) else None
    if watches is not None and watches.venue and watches.venue not in core.venues:
        return Denial(rule=Rule.UNKNOWN_VENUE, detail=watches.venue)
    if isinstance(condition, PriceCondition) and condition.px <= 0:
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.price")
    if isinstance(condition, TrailCondition) and not is_distance(condition.distance, condition.unit):
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.distance")
    if max(abs(order.gap_ticks), abs(order.px_offset_ticks)) > TRAIL_TICKS_MAX:
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.distance")
    if isinstance(condition, TimeCondition) and condition.trade_ns <= core.trade_ns:
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.past")
    if (order.until_date or order.until_filled) and order.carry is not Carry.DAILY:
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.period")
    if order.until_filled and order.time_in_force in LASTING:  # it would work on beside the one of the next day
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.day_order")
    first_ns = condition.trade_ns if isinstance(condition, TimeCondition) else core.trade_ns
    if is_past(order, local_date(core, first_ns)):
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.past")
    if isinstance(condition, IndicatorCondition) and not is_computable(condition):
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.indicator")
    if order.protects and not _exists(core, order.protects, account):
        return Denial(rule=Rule.UNKNOWN_ORDER)
    return None


def _exists(core: Core, order_id: ClOrdID, account: str) -> bool:
    found = core.state.works.find(order_id) or core.state.orders.find(order_id)
    return found is not None and found.account == account


def _work(core: Core, work_id: ClOrdID) -> Work:
    work = core.state.works.find(work_id)
    assert work is not None, work_id
    return work
