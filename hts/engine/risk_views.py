"""From the guards' memory to what terminals see of limits and states. Looks only."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import asdict

from hts.engine.core import Core
from hts.model.denials import Unit
from hts.model.risk_views import RiskView, ScopeView, Usage
from hts.model.scopes import Scope, ScopeKind, TradingState
from hts.risk.guard import Guard
from hts.risk.limits import LARGER_IS_TIGHTER

SCOPES_SHOWN_MAX: Final = 64
PER_ORDER: Final = -1

# What each limit counts. Those that are not named are of single orders and count as NONE.
UNITS: Final = {
    "order_qty_max": Unit.QTY,
    "order_value_max": Unit.NOTIONAL,
    "listed_share_bp": Unit.BP,
    "average_volume_bp": Unit.BP,
    "price_band_bp": Unit.BP,
    "price_band_ticks": Unit.COUNT,
    "collar_bp": Unit.BP,
    "collar_ticks": Unit.COUNT,
    "market_walk_bp": Unit.BP,
    "orders_per_second": Unit.PER_SECOND,
    "messages_per_second": Unit.PER_SECOND,
    "working_orders_max": Unit.COUNT,
    "duplicate_window_ms": Unit.MS,
    "burst_orders_max": Unit.COUNT,
    "burst_window_ms": Unit.MS,
    "stale_data_ms": Unit.MS,
    "position_qty_max": Unit.QTY,
    "gross_value_max": Unit.NOTIONAL,
    "net_value_max": Unit.NOTIONAL,
    "daily_loss_max": Unit.NOTIONAL,
    "rejects_per_minute": Unit.COUNT,
    "unfilled_orders_max": Unit.COUNT,
    "loss_per_minute_max": Unit.NOTIONAL,
    "self_crosses_per_minute": Unit.COUNT,
}
BREAKERS: Final = frozenset(
    {"rejects_per_minute", "unfilled_orders_max", "loss_per_minute_max", "self_crosses_per_minute"}
)
_ORDER: Final = tuple(ScopeKind)


def risk_view(core: Core, trade_ns: int, mono_ns: int, all_of: Scope | None = None) -> RiskView:
    """The scopes that stand out first: halted ones, then by kind; quiet issues last, and of many only some.

    `all_of` is there in any case, with the limits too that are switched off.
    """
    guards = sorted(core.state.guards, key=_rank)
    shown = guards[:SCOPES_SHOWN_MAX]
    if all_of is not None and all(guard.scope != all_of for guard in shown):
        shown = [*shown[: SCOPES_SHOWN_MAX - 1], core.state.guards.of(all_of)]
    return RiskView(
        scopes=tuple(_scope_view(core, guard, mono_ns, shows_all=guard.scope == all_of) for guard in shown),
        more=max(len(guards) - len(shown), 0),
        mono_ns=mono_ns,
        trade_ns=trade_ns,
    )


def _rank(guard: Guard) -> tuple[int, int, int, str]:
    is_quiet = guard.scope.kind is ScopeKind.SYMBOL and guard.is_idle
    return -guard.state.severity, is_quiet, _ORDER.index(guard.scope.kind), guard.scope.name


def _scope_view(core: Core, guard: Guard, mono_ns: int, *, shows_all: bool) -> ScopeView:
    release = core.state.guards.releases.get(guard.scope)
    open_now = release if release is not None and mono_ns <= release.until_ns else None
    return ScopeView(
        scope=guard.scope,
        state=guard.state,
        cause=guard.cause,
        detail=guard.detail,
        working=guard.exposure.working,
        pnl=guard.exposure.pnl(core),
        usages=tuple(_usages(core, guard, mono_ns, shows_all=shows_all)),
        release_until_ns=open_now.until_ns if open_now is not None else 0,
        release_code=open_now.code if open_now is not None else "",
    )


def _usages(core: Core, guard: Guard, mono_ns: int, *, shows_all: bool) -> Iterator[Usage]:
    """The limits that are switched on (or all), with what is used of them."""
    used = _used(core, guard, mono_ns)
    queued = core.state.guards.queued.get(guard.scope, {})
    limits = asdict(guard.limits)
    for name, limit in limits.items():
        waits = queued.get(name, limit)
        if limit or shows_all:
            yield Usage(
                name=name,
                figure=used.get(name, PER_ORDER),
                limit=limit,
                unit=UNITS.get(name, Unit.NONE),
                queued=waits if waits != limit else -1,
                is_breaker=name in BREAKERS,
                grows_tighter=name in LARGER_IS_TIGHTER,
            )


def _used(core: Core, guard: Guard, mono_ns: int) -> dict[str, int]:
    qty, gross, net = guard.exposure.at_stake(core)
    is_over = guard.state is not TradingState.ACTIVE
    return {
        "orders_per_second": guard.rate.count(mono_ns),
        "messages_per_second": guard.messages.count(mono_ns),
        "working_orders_max": guard.exposure.working,
        "position_qty_max": qty,
        "gross_value_max": gross,
        "net_value_max": net,
        "daily_loss_max": max(0, -guard.exposure.pnl(core)),
        "rejects_per_minute": guard.rejects.count(mono_ns),
        "unfilled_orders_max": guard.unfilled,
        "loss_per_minute_max": guard.lost_in_a_minute(mono_ns) if not is_over else 0,
        "self_crosses_per_minute": guard.self_crosses.count(mono_ns),
    }
