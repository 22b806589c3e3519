"""Cancelling at once, and on behalf: a mass cancel of a session, and what a member's supervising session may do.

Orders belong to the session that entered them. A supervising session of the same member cancels those of any of its
sessions, one by the venue's own number or all of an account; each owner hears of it as of the venue's act.
"""

from typing import TYPE_CHECKING

from hts.model.enums import CxlRejResponseTo, OrdStatus
from hts.model.reasons import Reason
from hts.sim.commands import CancelFor, MassCancel
from hts.sim.events import CancelRefused, MassCanceled, SimEvent
from hts.sim.members import Member, is_session_of, scope_of
from hts.sim.order import Order

if TYPE_CHECKING:
    from hts.sim.exchange import Exchange


def mass_cancel(exchange: "Exchange", member: Member, command: MassCancel) -> list[SimEvent]:
    """Every working order of a scope: of the session, or of the whole member."""
    is_duplicate = bool(command.cl_ord_id) and member.is_duplicate(command.cl_ord_id)
    sessions = _sessions(exchange, command.member) if command.member else [member]
    picked = [] if is_duplicate else [order for one in sessions for order in one.picked(scope_of(command))]
    events = exchange.cancel_all(picked, command.reason)
    if command.cl_ord_id:
        member.note_id(command.cl_ord_id)
        events.append(
            MassCanceled(
                trade_ns=exchange.trade_ns,
                session=member.session,
                cl_ord_id=command.cl_ord_id,
                account=command.account,
                symbol=command.symbol,
                count=len(picked),
                reason=Reason.DUPLICATE_CL_ORD_ID if is_duplicate else Reason.NONE,
                request_id=command.request_id,
            )
        )
    return exchange.closed_off(events, *(order.symbol for order in picked))


def cancel_for(exchange: "Exchange", member: Member, command: CancelFor) -> list[SimEvent]:
    """One order, whichever session of the member entered it."""
    is_duplicate = member.is_duplicate(command.cl_ord_id)
    order = None if is_duplicate else _find(exchange, command)
    reason = Reason.DUPLICATE_CL_ORD_ID if is_duplicate else _refusal(exchange, order)
    member.note_id(command.cl_ord_id)
    if reason is Reason.NONE and order is not None:
        return exchange.closed_off(exchange.cancel_all([order], Reason.BY_PROXY), order.symbol)
    return [
        CancelRefused(
            trade_ns=exchange.trade_ns,
            session=command.session,
            cl_ord_id=command.cl_ord_id,
            orig_cl_ord_id=order.cl_ord_id if order is not None else command.cl_ord_id,
            request_id=command.request_id,
            response_to=CxlRejResponseTo.CANCEL,
            ord_status=order.ord_status if order is not None else OrdStatus.REJECTED,
            reason=reason,
        )
    ]


def _refusal(exchange: "Exchange", order: Order | None) -> Reason:
    if order is None:
        return Reason.UNKNOWN_ORDER
    if order.ord_status.is_terminal:
        return Reason.TOO_LATE
    phase = exchange.issues[order.symbol].phase
    return Reason.NONE if exchange.profile.phase_rule(phase).cancels else Reason.PHASE_CLOSED


def _find(exchange: "Exchange", command: CancelFor) -> Order | None:
    orders = (order for one in _sessions(exchange, command.member) for order in one.orders)
    return next((order for order in orders if order.venue_order_id == command.venue_order_id), None)


def _sessions(exchange: "Exchange", member: str) -> list[Member]:
    return [one for name, one in exchange.members.items() if not one.is_internal and is_session_of(name, member)]
