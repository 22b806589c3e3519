"""What risk remembers about one scope: its limits, what it has at stake, its rates, whether it may trade.

Changed by facts only (what was entered, reported, denied, set), so that a replay of the journal ends in the same
memory. A halt is latched: it stays across restarts until it is released.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from hts.model.enums import Side
from hts.model.scopes import HaltCause, Scope, ScopeKind, TradingState
from hts.risk.exposure import Exposure
from hts.risk.limits import OFF, RiskLimits
from hts.risk.throttle import MINUTE_NS, SECOND_NS, OrderKey, RateWindow, RecentOrders

_SECONDS_REMEMBERED: Final = 61
_HALTED: Final = TradingState.HALTED  # reading a member off its class costs more than the check that needs it


class Trip(Struct, frozen=True, kw_only=True):
    """A breaker that has to stop its scope: what it counted and the limit that was reached."""

    scope: Scope
    cause: HaltCause
    figure: int
    limit: int


class Guard:
    """Memory of one scope."""

    def __init__(self, scope: Scope, limits: RiskLimits, restricted: dict[str, str] | None = None) -> None:
        self.scope = scope
        self.label = "" if scope.kind is ScopeKind.ACCOUNT else str(scope)  # the account's own limits need no name
        self.limits = limits
        self.restricted = restricted or {}  # symbol -> why
        self.has_room = True  # False: it is new, and the house remembers as many as it can
        self.state = TradingState.ACTIVE
        self.cause = HaltCause.NONE
        self.detail = ""
        self.exposure = Exposure()
        self.rate = RateWindow(limits.orders_per_second)
        self.messages = RateWindow(limits.messages_per_second)
        self.recent = RecentOrders()
        self.rejects = RateWindow(limits.rejects_per_minute, MINUTE_NS)
        self.self_crosses = RateWindow(limits.self_crosses_per_minute, MINUTE_NS)
        self.unfilled = 0
        self._results: deque[tuple[int, int]] = deque(maxlen=_SECONDS_REMEMBERED)  # (second, best result in it)
        self._result = 0

    # -- state

    @property
    def is_halted(self) -> bool:
        """No order may leave."""
        return self.state is _HALTED

    @property
    def is_killed(self) -> bool:
        """The kill switch is on."""
        return self.is_halted and self.cause is HaltCause.KILL_SWITCH

    @property
    def kill_reason(self) -> str:
        """What was said when it was thrown."""
        return self.detail if self.is_killed else ""

    def set_state(self, state: TradingState, cause: HaltCause, detail: str) -> None:
        """A person or a breaker decided; a new start forgets what had led to a halt."""
        if self.is_halted and state is not TradingState.HALTED:
            self._forget_faults()
        self.state, self.cause, self.detail = state, cause, detail

    def _forget_faults(self) -> None:
        self.rejects.clear()
        self.self_crosses.clear()
        self.unfilled = 0
        self._results.clear()

    def set_limits(self, limits: RiskLimits) -> None:
        """Other limits from now on."""
        self.limits = limits
        self.rate.set_limit(limits.orders_per_second)
        self.messages.set_limit(limits.messages_per_second)
        self.rejects.set_limit(limits.rejects_per_minute)
        self.self_crosses.set_limit(limits.self_crosses_per_minute)

    # -- facts

    def note_order(self, key: OrderKey, mono_ns: int, parent_id: int = 0) -> None:
        """A new order went out; `parent_id` is the order that it is a part of."""
        self.rate.note(mono_ns)
        self.messages.note(mono_ns)
        if not self.label or self.limits.duplicate_window_ms or self.limits.burst_orders_max:
            self.recent.note(key, mono_ns, parent_id)
        self.unfilled += 1

    def note_amend(self, mono_ns: int) -> None:
        """An amend went out; it counts as an order message."""
        self.rate.note(mono_ns)
        self.messages.note(mono_ns)

    def note_cancel(self, mono_ns: int) -> None:
        """A cancel went out: never held back, but the venue counts it."""
        self.messages.note(mono_ns)

    def note_fill(self, result: int, mono_ns: int) -> None:
        """Something of the scope filled; `result` is its result of the day at the prices of the newest fills."""
        self.unfilled = 0
        self._result = result
        second = mono_ns // SECOND_NS
        if self._results and self._results[-1][0] == second:
            second, best = self._results.pop()
            result = max(best, result)
        self._results.append((second, result))

    def note_reject(self, mono_ns: int) -> None:
        """The venue refused an order or an amend of the scope."""
        self.rejects.note(mono_ns)

    def note_self_cross(self, mono_ns: int) -> None:
        """An order was refused because it would have met another one of the same account."""
        self.self_crosses.note(mono_ns)

    def start_run(self) -> None:
        """A new process has a new monotonic clock."""
        for window in (self.rate, self.messages, self.recent, self.rejects, self.self_crosses):
            window.clear()
        self._results.clear()

    def start_day(self) -> None:
        """What counts by the day begins again; a halt does not end by itself."""
        self.exposure.start_day()
        self.unfilled = 0
        self._result = 0
        self._results.clear()

    # -- breakers

    def lost_in_a_minute(self, mono_ns: int) -> int:
        """How far the day's result has fallen from its best of the last minute."""
        since = (mono_ns - MINUTE_NS) // SECOND_NS
        best = max((result for second, result in self._results if second >= since), default=self._result)
        return max(0, best - self._result)

    def trip(self, mono_ns: int) -> Trip | None:
        """The breaker that must stop this scope now; None when all is well or it is stopped already."""
        if self.limits is OFF or self.is_halted:
            return None
        for cause, figure, limit in self._breakers(mono_ns):
            if figure >= limit:
                return Trip(scope=self.scope, cause=cause, figure=figure, limit=limit)
        return None

    def _breakers(self, mono_ns: int) -> Iterator[tuple[HaltCause, int, int]]:
        """Cause, figure and limit of those that are switched on; each is counted only when its turn comes."""
        limits = self.limits
        if limits.rejects_per_minute:
            yield HaltCause.REJECT_STORM, self._full(self.rejects, mono_ns), limits.rejects_per_minute
        if limits.self_crosses_per_minute:
            yield HaltCause.SELF_CROSS, self._full(self.self_crosses, mono_ns), limits.self_crosses_per_minute
        if limits.unfilled_orders_max:
            yield HaltCause.UNFILLED_ORDERS, self.unfilled, limits.unfilled_orders_max
        if limits.loss_per_minute_max:
            yield HaltCause.LOSS_RATE, self.lost_in_a_minute(mono_ns), limits.loss_per_minute_max

    @staticmethod
    def _full(window: RateWindow, mono_ns: int) -> int:
        """The window's limit when it is full, else 0: the exact count matters to nobody before."""
        return 0 if window.allows(mono_ns) else window.limit

    def reduces(self, symbol: str, side: Side, qty: int) -> bool:
        """Whether `qty` more only makes this scope's position smaller."""
        issue = self.exposure.of(symbol)
        return issue.reduces(side, qty, issue.qty)

    @property
    def is_idle(self) -> bool:
        """Nothing is at stake and nobody has decided anything: it need not be remembered overnight."""
        return self.state is TradingState.ACTIVE and not self.exposure.working and self.exposure.is_flat

    @property
    def memory(self) -> tuple[object, ...]:
        """For the state hash."""
        return (
            (self.scope.kind.value, self.scope.name),
            (self.state.value, self.cause.value, self.detail),
            (self.rate.state, self.messages.state, self.recent.state, self.rejects.state, self.self_crosses.state),
            (self.unfilled, self._result, tuple(self._results)),
            self.exposure.state,
        )
