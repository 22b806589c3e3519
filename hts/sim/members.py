"""Who entered what: orders by member, found by any ClOrdID of their chain."""

from typing import NamedTuple

from hts.model.units import ClOrdID
from hts.rules.dates import NS
from hts.sim.commands import AGENTS, REPLAY, VENUE, Enter, KillSwitch, MassCancel
from hts.sim.exchange_state import MemberState
from hts.sim.order import Order

INTERNAL = frozenset({AGENTS, REPLAY, VENUE})


class Scope(NamedTuple):
    """Some of a member's orders; an empty part means all. `side` is a Side's code."""

    account: str = ""
    symbol: str = ""
    side: str = ""
    smp_id: str = ""


WHOLE_MEMBER = Scope()


def scope_of(command: KillSwitch | MassCancel) -> Scope:
    """What a kill switch is thrown for, or what is cancelled at once."""
    smp_id = command.smp_id if isinstance(command, KillSwitch) else ""
    return Scope(command.account, command.symbol, command.side.value if command.side else "", smp_id)


def is_within(order: Order | Enter, scope: Scope) -> bool:
    """Whether an order belongs to a scope."""
    return (
        scope.account in ("", order.account)
        and scope.symbol in ("", order.symbol)
        and scope.side in ("", order.side.value)
        and scope.smp_id in ("", order.smp_id)
    )


def is_session_of(session: str, member: str) -> bool:
    """Whether a session is one of a member's: called by its name, alone or with a dash and more behind it."""
    return session == member or session.startswith(f"{member}-")


class Member:
    """One member's day. Flow of the house itself keeps only its working orders: there are too many of the others."""

    __slots__ = (
        "by_id",
        "entered",
        "is_blocked",
        "is_internal",
        "killed",
        "orders",
        "second",
        "session",
        "used_ids",
        "working",
    )

    def __init__(self, session: str) -> None:
        self.session = session
        self.is_internal = session in INTERNAL
        self.orders: list[Order] = []  # all of the day, in order of acceptance
        self.working: dict[ClOrdID, Order] = {}  # by the chain's first id
        self.by_id: dict[ClOrdID, Order] = {}
        self.second = 0  # of venue time, in which the last order was entered
        self.entered = 0  # orders in that second
        self.is_blocked = False  # by the venue
        self.killed: set[Scope] = set()  # under the kill switch
        self.used_ids: set[ClOrdID] = set()  # of requests that name no order: refused ones, cancels

    def may_enter(self, trade_ns: int, per_second: int) -> bool:
        """Count one more new order; False when the second's share is used up."""
        if self.is_internal or not per_second:
            return True
        second = trade_ns // NS
        if second != self.second:
            self.second, self.entered = second, 0
        self.entered += 1
        return self.entered <= per_second

    def is_duplicate(self, cl_ord_id: ClOrdID) -> bool:
        """Whether an earlier request of the day had this id."""
        return cl_ord_id in self.by_id or cl_ord_id in self.used_ids

    def set_kill_switch(self, scope: Scope, *, on: bool) -> None:
        """Throw it, or release it; releasing for the whole member releases every scope."""
        if on:
            self.killed.add(scope)
        elif scope == WHOLE_MEMBER:
            self.killed.clear()
        else:
            self.killed.discard(scope)

    def is_killed(self, order: Order | Enter) -> bool:
        """Whether the order is of a scope whose new orders and amends are refused."""
        return bool(self.killed) and any(is_within(order, scope) for scope in self.killed)

    def picked(self, scope: Scope) -> list[Order]:
        """Working orders of a scope."""
        return [order for order in self.working.values() if is_within(order, scope)]

    def note_id(self, cl_ord_id: ClOrdID) -> None:
        """The id is used up though no order has it."""
        if not self.is_internal:
            self.used_ids.add(cl_ord_id)

    def add(self, order: Order) -> None:
        """A new order was accepted."""
        self.by_id[order.cl_ord_id] = order
        self.working[order.order_id] = order
        if not self.is_internal:
            self.orders.append(order)

    def chain(self, order: Order, cl_ord_id: ClOrdID) -> None:
        """An amend was accepted: the order has one more id, its latest. The house keeps the first and the latest."""
        if self.is_internal and order.cl_ord_id != order.order_id:
            del self.by_id[order.cl_ord_id]
        order.cl_ord_id = cl_ord_id
        self.by_id[cl_ord_id] = order

    def forget_ended(self, order: Order) -> None:
        """The order can no longer trade."""
        self.working.pop(order.order_id, None)
        if self.is_internal:
            self.by_id.pop(order.order_id, None)
            self.by_id.pop(order.cl_ord_id, None)

    def save(self) -> MemberState:
        """All of it as values."""
        orders = self.working.values() if self.is_internal else self.orders
        return MemberState(
            session=self.session,
            orders=tuple(order.state() for order in orders),
            ids=tuple((cl_ord_id, order.venue_order_id) for cl_ord_id, order in self.by_id.items()),
            used_ids=tuple(sorted(self.used_ids)),
            second=self.second,
            entered=self.entered,
            killed=tuple(sorted(self.killed)),
            is_blocked=self.is_blocked,
        )

    @classmethod
    def load(cls, state: MemberState) -> "Member":
        """The member as it was saved."""
        member = cls(state.session)
        by_number = {order.venue_order_id: Order.load(order) for order in state.orders}
        for order in by_number.values():
            if not member.is_internal:
                member.orders.append(order)
            if not order.ord_status.is_terminal:
                member.working[order.order_id] = order
        member.by_id = {ClOrdID(cl_ord_id): by_number[number] for cl_ord_id, number in state.ids if number in by_number}
        member.second, member.entered = state.second, state.entered
        member.is_blocked = state.is_blocked
        member.killed = {Scope(*scope) for scope in state.killed}
        member.used_ids = {ClOrdID(cl_ord_id) for cl_ord_id in state.used_ids}
        return member
