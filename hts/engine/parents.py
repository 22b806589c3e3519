"""A child order belongs to its parent, and all children together never exceed it."""

from hts.engine.core_state import CoreState
from hts.engine.work_state import Work
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import Side
from hts.model.intents import NewOrder
from hts.model.units import NO_ID, ClOrdID
from hts.model.work import QuoteSpec
from hts.oms.family import FamilySums, family_sums
from hts.oms.order import Order


def family_of(state: CoreState, parent_id: ClOrdID) -> FamilySums:
    """Sums over the children that a piece of work has."""
    work = state.works.find(parent_id)
    found = (state.orders.find(child) for child in (work.children if work is not None else ()))
    return family_sums(order for order in found if order is not None)


def child_denial(state: CoreState, intent: NewOrder) -> Denial | None:
    """Why a new order cannot be a child of the parent that it names; None for one that names none."""
    if intent.parent_id == NO_ID:
        return None
    return _denial(state, intent.parent_id, (intent.account, intent.symbol, intent.side), intent.qty)


def amend_denial(state: CoreState, child: Order, qty: int) -> Denial | None:
    """Why a child cannot be made so large."""
    if child.parent_id == NO_ID:
        return None
    return _denial(state, child.parent_id, (child.account, child.symbol, child.side), qty - child.order_qty)


def _denial(state: CoreState, parent_id: ClOrdID, place: tuple[str, str, Side], more_qty: int) -> Denial | None:
    work = state.works.find(parent_id)
    if work is None or work.is_over or _place(work, place[2]) != place:
        return Denial(rule=Rule.PARENT, detail=str(parent_id))
    sums = family_of(state, parent_id)
    if more_qty > sums.room(work.qty):
        figure = sums.placed_qty + more_qty
        return Denial(rule=Rule.PARENT_QTY, figure=figure, limit=work.qty, unit=Unit.QTY, detail=str(parent_id))
    return None


def _place(work: Work, side: Side) -> tuple[str, str, Side]:
    """Where its children trade; quotes stand on both sides."""
    return work.account, work.symbol, side if isinstance(work.spec, QuoteSpec) else work.side
