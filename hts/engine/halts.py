"""Stopping a scope and letting it go on: kill switch, trading states, breakers.

A halt blocks orders and amends of its scope and cancels what works there, at every venue. It is latched. It ends by
two acts: the first asks for the release and is answered with a code, the second gives the code back, neither at once
nor too late. So no bouncing key, no repeated message and no restart lets a stopped scope go on.
"""

from collections import Counter
from hashlib import blake2b
from typing import Final

from hts.engine.behalf import reaches, reaches_others
from hts.engine.cancels import cancel_orders
from hts.engine.core import Batch
from hts.engine.entry import deny
from hts.engine.risk_facts import order_scopes
from hts.model.denials import Denial, Rule
from hts.model.intents import SetKillSwitch, SetTradingState
from hts.model.records import KillSwitchSet
from hts.model.records_risk import ReleaseRequested, TradingStateSet
from hts.model.requests import MassCancelOnBehalf, OrderMassCancelRequest
from hts.model.scopes import HaltCause, Scope, ScopeKind, TradingState
from hts.model.units import ClOrdID
from hts.oms.order import Order
from hts.risk.guards import Scopes

RELEASE_FROM_NS: Final = 500_000_000  # a second press of a bouncing key is no second act
RELEASE_WITHIN_NS: Final = 30_000_000_000
CODE_DIGITS: Final = 4
SEVERAL: Final = 2


def set_kill_switch(batch: Batch, intent: SetKillSwitch) -> None:
    """On: at once, whatever the venues' state is. Off: by two acts; of a scope that is not stopped, at once."""
    guards = batch.core.state.guards
    scope = intent.scope or Scope(kind=ScopeKind.ACCOUNT, name=intent.account)
    if not intent.on and guards.of(scope).is_halted and not _is_second_act(batch, intent, scope):
        return
    mass_cancels = _mass_cancels(batch, scope) if intent.on else ()
    behalf_cancels = _behalf_cancels(batch, scope) if intent.on else ()
    batch.record(
        KillSwitchSet(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            account=intent.account,
            request_id=intent.request_id,
            on=intent.on,
            reason=intent.reason,
            user=intent.user,
            scope=intent.scope,
            mass_cancels=mass_cancels,
            behalf_cancels=behalf_cancels,
        )
    )
    if intent.on:
        for venue, cl_ord_id in mass_cancels:
            batch.send(venue, OrderMassCancelRequest(cl_ord_id=cl_ord_id, account=scope.name))
        for venue, cl_ord_id in behalf_cancels:
            batch.send(venue, MassCancelOnBehalf(cl_ord_id=cl_ord_id, account=scope.name))
        cancel_scope(batch, scope)
    batch.show_status()


def _mass_cancels(batch: Batch, scope: Scope) -> tuple[tuple[str, ClOrdID], ...]:
    """A request for each venue where several orders of an account work: one message stops them all at once.

    Each order is asked to be cancelled by itself too. A venue whose protocol has no mass cancel gets those alone; where
    it has one, they find what it may have left, and are refused for the rest, which is over by then.
    """
    core = batch.core
    if scope.kind is not ScopeKind.ACCOUNT or not core.is_ready:
        return ()
    counts = Counter(order.venue for order in core.state.orders.working(scope.name))
    found = []
    for venue, count in counts.items():
        if count >= SEVERAL and core.is_up(venue) and (cl_ord_id := core.state.ids.take()) is not None:
            found.append((venue, cl_ord_id))
    return tuple(found)


def _behalf_cancels(batch: Batch, scope: Scope) -> tuple[tuple[str, ClOrdID], ...]:
    """A request for each venue whose drop copy may cancel: it stops orders too that the copy did not tell us of."""
    core = batch.core
    if scope.kind is not ScopeKind.ACCOUNT or not core.is_ready:
        return ()
    venues = [name for name in core.venues if reaches_others(core, name)]
    return tuple((name, taken) for name in venues if (taken := core.state.ids.take()) is not None)


def set_trading_state(batch: Batch, intent: SetTradingState) -> None:
    """ACTIVE, REDUCING or HALTED; what ends a halt needs two acts."""
    scope = intent.scope or Scope(kind=ScopeKind.ACCOUNT, name=intent.account)
    guard = batch.core.state.guards.of(scope)
    ends_halt = guard.is_halted and intent.state is not TradingState.HALTED
    if ends_halt and not _is_second_act(batch, intent, scope):
        return
    is_active = intent.state is TradingState.ACTIVE
    batch.record(
        TradingStateSet(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            account=intent.account,
            request_id=intent.request_id,
            scope=scope,
            state=intent.state,
            cause=HaltCause.NONE if is_active else HaltCause.PERSON,
            detail=intent.reason,
            user=intent.user,
        )
    )
    if intent.state is TradingState.HALTED:
        cancel_scope(batch, scope)
    batch.show_status()


def _is_second_act(batch: Batch, intent: SetKillSwitch | SetTradingState, scope: Scope) -> bool:
    """Whether the release may be done now. Without a code it is the first act: recorded, and answered with the code."""
    if not intent.code:
        code = _code_of(intent.request_id, batch.mono_ns)
        batch.record(
            ReleaseRequested(
                trade_ns=batch.trade_ns,
                mono_ns=batch.mono_ns,
                account=intent.account,
                request_id=intent.request_id,
                scope=scope,
                code=code,
                from_ns=batch.mono_ns + RELEASE_FROM_NS,
                until_ns=batch.mono_ns + RELEASE_WITHIN_NS,
                user=intent.user,
            )
        )
        batch.notice("kill_release", f"{scope} {code}")
        batch.show_status()
        return False
    asked = batch.core.state.guards.releases.get(scope)
    if asked is None or asked.code != intent.code or not asked.from_ns <= batch.mono_ns <= asked.until_ns:
        deny(batch, intent, Denial(rule=Rule.RELEASE_CODE, scope=str(scope)))
        return False
    return True


def _code_of(request_id: str, mono_ns: int) -> str:
    """Four digits that differ from act to act. They guard against haste, not against an enemy."""
    digest = blake2b(f"{request_id} {mono_ns}".encode(), digest_size=8).digest()
    return f"{int.from_bytes(digest) % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def cancel_scope(batch: Batch, scope: Scope, venue: str = "") -> int:
    """Cancel what works in a scope at the venues (or one) that can be reached; returns how many."""
    orders = [
        order
        for order in batch.core.state.orders.all_working()
        if scope in order_scopes(order) and venue in ("", order.venue)
    ]
    return cancel_orders(batch, orders) if batch.core.is_ready else 0


def stop_others(batch: Batch) -> None:
    """Cancel what other systems have entered into a stopped scope since, and what their venue would not cancel before.

    Nothing keeps them from entering: a stop that looks at what works only once is none.
    """
    core = batch.core
    if core.is_halted or not core.is_ready:
        return
    for guard in core.state.guards.halted:
        orders = [
            order
            for order in core.state.orders.all_working()
            if order.system and not order.has_pending_cancel and guard.scope in order_scopes(order)
        ]
        cancel_orders(batch, [order for order in orders if reaches(core, order)])


def trip_breakers(batch: Batch, order: Order) -> None:
    """Stop the scopes of an order whose breakers have had enough: something of theirs repeats what cannot be meant."""
    trip_scopes(batch, order.account, order_scopes(order))


def trip_scopes(batch: Batch, account: str, scopes: Scopes) -> None:
    """The same for an order that may have been refused."""
    for trip in batch.core.state.guards.trips(scopes, batch.mono_ns):
        batch.record(
            TradingStateSet(
                trade_ns=batch.trade_ns,
                mono_ns=batch.mono_ns,
                account=account,
                request_id="",
                scope=trip.scope,
                state=TradingState.HALTED,
                cause=trip.cause,
                detail=f"{trip.cause.value} {trip.figure}/{trip.limit}",
            )
        )
        cancel_scope(batch, trip.scope)
        batch.notice("scope_halted", str(trip.scope))
        batch.show_status()
