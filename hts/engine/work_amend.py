"""Work on other terms: the trader drags a stop, a trail, a profit-taker that waits, or changes an algorithm's terms.

A conditional order is amended in place, so it keeps what it protects, its partner and its group: there is no moment at
which both prices are watched, or neither, and one of a pair moves without the other.
"""

from msgspec.structs import replace

from hts.engine.bracket import amend, order_of
from hts.engine.core import Batch, Core
from hts.engine.entry import deny
from hts.engine.work_amend_algo import WAITS, amend_algo
from hts.engine.work_start import unusable
from hts.engine.work_state import Work
from hts.engine.work_step import settle, take_up
from hts.model.bracket import at_px
from hts.model.conditional import (
    ConditionalOrder,
    FillCondition,
    PriceCondition,
    TrailCondition,
    is_distance,
    trail_px,
)
from hts.model.denials import Denial, Rule
from hts.model.intents import AmendWork
from hts.model.work import AlgoSpec, WorkState


def amend_work(batch: Batch, intent: AmendWork) -> None:
    """Another price or distance, or why not."""
    core = batch.core
    work = core.state.works.find(intent.work_id)
    order = order_of(work) if work is not None else None
    if work is not None and isinstance(work.spec, AlgoSpec) and work.account == intent.account:
        amend_algo(batch, work, work.spec.params, intent)
        return
    if work is None or order is None or work.account != intent.account:
        deny(batch, intent, Denial(rule=Rule.UNKNOWN_ORDER))
        return
    issue = core.listing(work.symbol)
    wanted = _as_wanted(order, intent)
    if issue is not None and wanted.px:
        wanted = replace(wanted, px=issue.ticks.floor(int(wanted.px)))
    if order.px and wanted.px <= 0:  # moved by as much it is no price, and 0 would be the price that it comes true at
        deny(batch, intent, Denial(rule=Rule.CONDITION, detail="conditional.refusal.price"))
        return
    denial = _wrong(core, work, order, intent) or unusable(issue, work.symbol, int(work.qty), int(intent.px))
    if denial is None and wanted == order:
        denial = Denial(rule=Rule.NOTHING_TO_DO)
    if denial is not None:
        deny(batch, intent, denial)
        return
    amend(batch, work, wanted, request_id=intent.request_id, user=intent.user)
    take_up(batch, work)
    settle(batch)


def _as_wanted(order: ConditionalOrder, intent: AmendWork) -> ConditionalOrder:
    """A trail keeps its extreme and its limit's distance from it; what watches a price comes true at another one."""
    if isinstance(order.condition, TrailCondition):
        return replace(order, condition=replace(order.condition, distance=intent.distance))
    return at_px(order, int(intent.px))


def _is_met(core: Core, work: Work, order: ConditionalOrder, intent: AmendWork) -> bool:
    """Whether there is a price at which it would come true: no sale follows further behind than its extreme is high."""
    issue, condition = core.listing(work.symbol), _as_wanted(order, intent).condition
    if not work.extreme_px or issue is None or not isinstance(condition, TrailCondition):
        return True
    return trail_px(condition, work.extreme_px, issue.ticks) > 0


def _wrong(core: Core, work: Work, order: ConditionalOrder, intent: AmendWork) -> Denial | None:
    if not core.is_ready:
        return Denial(rule=Rule.NOT_READY)
    if work.state not in WAITS:
        return Denial(rule=Rule.ORDER_DONE, detail=work.state.name)
    if isinstance(order.condition, FillCondition) and work.state is not WorkState.WAITING:
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.in_book")
    if isinstance(order.condition, TrailCondition):
        is_sensible = is_distance(intent.distance, order.condition.unit) and _is_met(core, work, order, intent)
        return None if is_sensible else Denial(rule=Rule.CONDITION, detail="conditional.refusal.distance")
    if not isinstance(order.condition, PriceCondition | FillCondition):
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.no_price")
    if intent.px <= 0:
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.price")
    return None
