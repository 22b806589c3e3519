"""Brackets: an order that is entered with both of its exits, in one record.

The exits are conditional orders and wait for the first fill of the order (hts/engine/work_condition.py). Since they
stand in the order's own record there is no moment at which the order exists and they do not: an order that risk refuses
has none, and one that dies unfilled takes them along.
"""

from msgspec.structs import replace

from hts.engine.core import Batch, Core
from hts.engine.nightly import LASTING
from hts.engine.venue import Venue
from hts.engine.work_state import Work
from hts.model.bracket import exit_orders, is_priced, priced
from hts.model.conditional import ConditionalOrder
from hts.model.denials import Denial, Rule
from hts.model.enums import CashMargin
from hts.model.instruments import Instrument
from hts.model.intents import NewOrder, RouteOrder
from hts.model.records import WorkAmended
from hts.model.units import ClOrdID, Qty
from hts.model.work import ConditionSpec


def bracket_denial(intent: NewOrder | RouteOrder) -> Denial | None:
    """Why an order cannot have these exits; None when it can, or has none."""
    if intent.exits is not None and isinstance(intent, NewOrder) and intent.time_in_force in LASTING:
        return Denial(rule=Rule.CONDITION, detail="conditional.refusal.lasting")  # exits end with the day, it would not
    opens = isinstance(intent, RouteOrder) or intent.credit is not CashMargin.MARGIN_CLOSE
    if intent.exits is None or (intent.exits.is_sensible and opens):
        return None
    return Denial(rule=Rule.CONDITION, detail="conditional.refusal.exits")


def ids_of(core: Core, intent: NewOrder | RouteOrder) -> tuple[ClOrdID, ...]:
    """An id for what is entered and one for each of its exits; none when there are not so many left."""
    return core.state.ids.take_all(1 + (intent.exits.count if intent.exits else 0))


def exits_of(intent: NewOrder, venue: Venue, ids: tuple[ClOrdID, ...]) -> tuple[ConditionalOrder, ...]:
    """The exits of an order that is about to be entered."""
    exits = intent.exits
    if exits is None or not ids:
        return ()
    orders = exit_orders(
        exits, intent.side, ids[1:], protects=ids[0], account=intent.account, symbol=intent.symbol, venue=venue.name,
        qty=int(intent.qty), credit=intent.credit,
    )  # fmt: skip
    issue = venue.market.instruments.get(intent.symbol)
    return tuple(priced(one, issue, int(intent.px)) for one in orders) if intent.px and issue else orders


def exits_of_route(core: Core, intent: RouteOrder, ids: tuple[ClOrdID, ...]) -> tuple[ConditionalOrder, ...]:
    """The same for an order over all venues; its exits trade at the issue's home venue."""
    exits, request = intent.exits, intent.request
    if exits is None or not ids:
        return ()
    orders = exit_orders(
        exits, request.side, ids[1:], protects=ids[0], account=intent.account, symbol=intent.symbol, venue="",
        qty=int(request.qty),
    )  # fmt: skip
    issue = core.listing(intent.symbol)
    return tuple(priced(one, issue, int(request.px)) for one in orders) if request.px and issue else orders


def show_exits(batch: Batch, exits: tuple[ConditionalOrder, ...]) -> None:
    """The exits have begun with their order."""
    for exit_ in exits:
        work = batch.core.state.works.find(exit_.cond_id)
        assert work is not None, exit_.cond_id
        batch.core.desk.started.add(work.work_id)
        batch.show_work(work)


def follow_entry(batch: Batch, work: Work, order: ConditionalOrder, *, qty: int, px: int, issue: Instrument) -> None:
    """Record what follows for an exit from the order that it protects: its price (from `px`, the average so far), and
    more shares where that was amended to more.
    """
    wanted = order if is_priced(order) or not px else priced(order, issue, px)
    if order.scales and qty > order.qty:
        wanted = replace(wanted, qty=Qty(qty))
    if wanted != order:
        amend(batch, work, wanted)


def amend(batch: Batch, work: Work, order: ConditionalOrder, *, request_id: str = "", user: str = "") -> None:
    """Record other terms of a conditional order, and show them."""
    batch.record(
        WorkAmended(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            work_id=work.work_id,
            order=order,
            request_id=request_id,
            account=work.account,
            user=user,
        )
    )
    batch.show_work(work)


def order_of(work: Work) -> ConditionalOrder | None:
    """The conditional order as it is now; None for work of another kind."""
    return work.spec.order if isinstance(work.spec, ConditionSpec) else None
