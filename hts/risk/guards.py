"""The guards of all scopes, and what each fact means for each of them.

Scopes are made when something of theirs first passes; asking about one that has nothing yet does not make it, so that
refused orders with invented names cost no memory.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from hts.model.enums import Side
from hts.model.records_risk import ReleaseRequested
from hts.model.scopes import FIRM, HaltCause, Scope, ScopeKind, TradingState
from hts.risk.exposure import InHouse, OpenOrder
from hts.risk.freeze import ALL_ACCOUNTS
from hts.risk.guard import Guard, Trip
from hts.risk.limits import DEFAULTS, RiskLimits
from hts.risk.throttle import OrderKey

Scopes = tuple[Scope, ...]

SCOPES_MAX: Final = 5_000
_NAMED_BY_ORDERS: Final = frozenset({ScopeKind.USER, ScopeKind.STRATEGY, ScopeKind.SYMBOL})


class HouseLimits(Struct, frozen=True, kw_only=True):
    """Limits and restricted issues per scope; a scope that is not named has those of its kind."""

    accounts: RiskLimits = RiskLimits()
    named: Mapping[Scope, RiskLimits] = {}
    restricted: Mapping[Scope, Mapping[str, str]] = {}

    def of(self, scope: Scope) -> RiskLimits:
        """The limits of one scope."""
        found = self.named.get(scope)
        if found is not None:
            return found
        return self.accounts if scope.kind is ScopeKind.ACCOUNT else DEFAULTS[scope.kind]

    def has_limits(self, scope: Scope) -> bool:
        """Whether the settings name the scope."""
        return scope in self.named

    def restricted_in(self, scope: Scope) -> dict[str, str]:
        """Issues in which the scope opens nothing, and why."""
        return dict(self.restricted.get(scope, {}))


@lru_cache(maxsize=4_096)
def scopes_of(account: str, venue: str, symbol: str, user: str = "", strategy: str = "") -> Scopes:
    """The scopes that an order stands in, the account's first."""
    scopes = [
        Scope(kind=ScopeKind.ACCOUNT, name=account),
        FIRM,
        Scope(kind=ScopeKind.VENUE, name=venue),
        Scope(kind=ScopeKind.SYMBOL, name=symbol),
    ]
    if user:
        scopes.append(Scope(kind=ScopeKind.USER, name=user))
    if strategy:
        scopes.append(Scope(kind=ScopeKind.STRATEGY, name=strategy))
    return tuple(scopes)


class Guards:
    """scope -> Guard."""

    def __init__(self, house: HouseLimits, in_house: InHouse) -> None:
        # Methods, not the settings themselves: an image of the state leaves out what the settings say.
        self._house_limits_of = house.of
        self._restricted_in = house.restricted_in
        self._has_limits = house.has_limits
        self._in_house = in_house
        self._guards: dict[Scope, Guard] = {}
        self._open: dict[int, OpenOrder] = {}
        self._in_force: dict[Scope, dict[str, int]] = {}  # limits as the journal has them
        self.queued: dict[Scope, dict[str, int]] = {}  # those that wait for the close
        self.releases: dict[Scope, ReleaseRequested] = {}  # asked for, and not done yet
        for scope in {*house.named, *house.restricted}:
            self._kept(scope)

    def __iter__(self) -> Iterator[Guard]:
        return iter(self._guards.values())

    def of(self, scope: Scope) -> Guard:
        """The scope's guard; a fresh one, not kept, where nothing of it has passed yet."""
        return self._guards.get(scope) or self._fresh(scope)

    def account(self, account: str) -> Guard:
        """The guard of an account."""
        return self.of(Scope(kind=ScopeKind.ACCOUNT, name=account))

    def all_of(self, scopes: Scopes) -> tuple[Guard, ...]:
        """Their guards, in that order."""
        known, found = self._guards, []
        for scope in scopes:
            found.append(known.get(scope) or self._fresh(scope))  # noqa: PERF401  a call less than a comprehension
        return tuple(found)

    def _limits_of(self, scope: Scope) -> RiskLimits:
        """What the journal says, else what the settings say."""
        found = self.in_force(scope)
        if found is None and scope.kind is ScopeKind.ACCOUNT:
            found = self.in_force(ALL_ACCOUNTS)
        return found or self._house_limits_of(scope)

    def in_force(self, scope: Scope) -> RiskLimits | None:
        """A scope's own limits as they were last set; None when they never were."""
        found = self._in_force.get(scope)
        return None if found is None else RiskLimits(**found)

    def has_settings(self, scope: Scope) -> bool:
        """Whether the settings name the scope."""
        return self._has_limits(scope)

    def default_of(self, scope: Scope) -> RiskLimits:
        """What a scope has that has no limits of its own."""
        if scope.kind is ScopeKind.ACCOUNT:
            return self.in_force(ALL_ACCOUNTS) or self._house_limits_of(ALL_ACCOUNTS)
        return DEFAULTS[scope.kind]

    def _fresh(self, scope: Scope) -> Guard:
        guard = Guard(scope, self._limits_of(scope), self._restricted_in(scope))
        guard.has_room = len(self._guards) < SCOPES_MAX
        return guard

    def _kept(self, scope: Scope) -> Guard:
        guard = self._guards.get(scope)
        if guard is None:
            guard = self._guards[scope] = self._fresh(scope)
            guard.has_room = True
        return guard

    # -- facts

    def note_order(self, scopes: Scopes, key: OrderKey, mono_ns: int, parent_id: int = 0) -> None:
        """A new order went out; `parent_id` is the order that it is a part of."""
        known = self._guards
        for scope in scopes:
            (known.get(scope) or self._kept(scope)).note_order(key, mono_ns, parent_id)

    def note_amend(self, scopes: Scopes, mono_ns: int) -> None:
        """An amend went out."""
        for scope in scopes:
            self._kept(scope).note_amend(mono_ns)

    def note_cancel(self, scopes: Scopes, mono_ns: int) -> None:
        """A cancel went out."""
        for scope in scopes:
            self._kept(scope).note_cancel(mono_ns)

    def note_reject(self, scopes: Scopes, mono_ns: int) -> None:
        """The venue refused something."""
        for scope in scopes:
            self._kept(scope).note_reject(mono_ns)

    def note_self_cross(self, scopes: Scopes, mono_ns: int) -> None:
        """Risk refused an order that would have met another one of the same account."""
        for guard in (self._guards.get(scope) for scope in scopes):
            if guard is not None:
                guard.note_self_cross(mono_ns)

    def set_order(self, order: OpenOrder) -> None:
        """Reserve what an order may still do, or release what it no longer can."""
        before = self._open.get(order.order_id)
        if before == order or (before is None and not order.leaves_qty):
            return
        known = self._guards
        for scope in order.scopes:
            (known.get(scope) or self._kept(scope)).exposure.move(before, order)
        if order.leaves_qty:
            self._open[order.order_id] = order
        else:
            self._open.pop(order.order_id, None)

    def book_fill(
        self, scopes: Scopes, symbol: str, unit: str, *, side: Side, px: int, qty: int, costs: int, mono_ns: int
    ) -> None:
        """A fill moved a position; a negative quantity takes one back."""
        for scope in scopes:
            guard = self._kept(scope)
            guard.exposure.book_fill(symbol, unit, side=side, px=px, qty=qty, costs=costs)
            result = guard.exposure.fill_pnl(self._in_house) if guard.limits.loss_per_minute_max else 0
            guard.note_fill(result, mono_ns)

    def set_state(self, scope: Scope, state: TradingState, cause: HaltCause, detail: str = "") -> None:
        """What a scope may do from now on."""
        self._kept(scope).set_state(state, cause, detail)
        self.releases.pop(scope, None)

    def ask_release(self, asked: ReleaseRequested) -> None:
        """The first of two acts; a later one replaces it."""
        self.releases[asked.scope] = asked

    def set_limits(self, scope: Scope, limits: Mapping[str, int], *, is_queued: bool) -> None:
        """Other limits for a scope from now on, or after the close."""
        if is_queued:
            self.queued[scope] = dict(limits)
            return
        self._in_force[scope] = dict(limits)
        self.queued.pop(scope, None)
        for guard in self:
            if guard.scope == scope or (scope == ALL_ACCOUNTS and guard.scope.kind is ScopeKind.ACCOUNT):
                guard.set_limits(self._limits_of(guard.scope))

    def start_run(self) -> None:
        """A new process: its clock tells nothing about codes of the one before."""
        self.releases.clear()
        for guard in self:
            guard.start_run()

    def start_day(self) -> None:
        """A new trading day: names with nothing at stake and no limits of their own are forgotten."""
        for guard in list(self):
            guard.start_day()
            if guard.is_idle and guard.scope.kind in _NAMED_BY_ORDERS and not self._is_set(guard.scope):
                del self._guards[guard.scope]

    def _is_set(self, scope: Scope) -> bool:
        return scope in self._in_force or bool(self._restricted_in(scope)) or self._has_limits(scope)

    # -- questions

    def trips(self, scopes: Scopes, mono_ns: int) -> list[Trip]:
        """The breakers that must stop a scope now."""
        return [trip for guard in self.all_of(scopes) if (trip := guard.trip(mono_ns)) is not None]

    def release_code(self, mono_ns: int) -> str:
        """The code that would end a halt now; "" when no release is asked for, or it has become too late."""
        return next((asked.code for asked in self.releases.values() if mono_ns <= asked.until_ns), "")

    @property
    def halted(self) -> list[Guard]:
        """The scopes that are stopped."""
        return [guard for guard in self if guard.is_halted]

    @property
    def open_orders(self) -> list[OpenOrder]:
        """What is reserved now, by order."""
        return list(self._open.values())

    @property
    def memory(self) -> list[tuple[object, ...]]:
        """For the state hash: scope by scope, whatever the order in which they were met."""
        limits = [
            (str(scope), sorted(found.items())) for scope, found in (*self._in_force.items(), *self.queued.items())
        ]
        guards = sorted((guard.memory for guard in self), key=lambda memory: str(memory[0]))
        return [*guards, tuple(sorted(limits))]
