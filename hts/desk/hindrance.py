"""What stands between a form and the core: what keeps all from starting now, and what the core said of a start."""

from hts.desk.actions import Actions
from hts.desk.algo_fields import Problem
from hts.desk.orders import OrdersState
from hts.model.denials import Denial
from hts.model.work import WorkView


def hindrance(orders: OrdersState, actions: Actions) -> Problem | None:
    """The worst thing for which nothing starts, whatever is typed; None when there is none that this desk knows."""
    if not actions.is_linked:
        return Problem(key="banner.core_down")
    if orders.other_build:
        return Problem(key="banner.build_mix", values={"detail": orders.other_build})
    if orders.status is not None and orders.status.kill_switch:
        return Problem(key="banner.kill", values={"detail": orders.status.kill_reason})
    return None


def denial_of(orders: OrdersState, request_id: str) -> Denial | None:
    """Why the core refused a request; None while it has not."""
    return next((one.denial for one in reversed(orders.refusals) if one.request_id == request_id), None)


def work_of(orders: OrdersState, request_id: str) -> WorkView | None:
    """The work that a request began; None while it has not."""
    return next((one for one in reversed(orders.works.values()) if one.request_id == request_id), None)
