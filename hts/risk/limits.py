"""The house's limits as data: a number per rule and scope. A zero switches a limit off.

Several scopes may each have limits; an order keeps within all of them, so the tightest wins. What each limit is for
stands in `resources/risk/rules.toml`.
"""

from msgspec import Struct
from msgspec.structs import asdict

from hts.model.scopes import Scope, ScopeKind


class RiskLimits(Struct, frozen=True, kw_only=True, cache_hash=True):
    """What one scope may do; the defaults are those of an account.

    Values are in the house currency's smallest unit. The price band guards against a slipped finger: an order may
    cross the last price by `price_band_bp` hundredths of a percent or by `price_band_ticks` ticks, whichever is more
    (one tick of a cheap issue can be half a percent); the collar does the same against the best price of all venues.
    """

    order_qty_max: int = 20_000
    order_value_max: int = 100_000_000
    listed_share_bp: int = 100
    average_volume_bp: int = 1_000
    price_band_bp: int = 500
    price_band_ticks: int = 20
    collar_bp: int = 500
    collar_ticks: int = 20
    market_walk_bp: int = 300
    orders_per_second: int = 20
    messages_per_second: int = 0
    working_orders_max: int = 200
    duplicate_window_ms: int = 100
    burst_orders_max: int = 10
    burst_window_ms: int = 1_000
    stale_data_ms: int = 5_000
    position_qty_max: int = 0
    gross_value_max: int = 0
    net_value_max: int = 0
    daily_loss_max: int = 0
    rejects_per_minute: int = 100
    unfilled_orders_max: int = 0
    loss_per_minute_max: int = 0
    self_crosses_per_minute: int = 0


class ScopeLimits(Struct, frozen=True, kw_only=True):
    """The limits of one scope, and the issues in which it may not open anything (symbol -> why)."""

    scope: Scope
    limits: RiskLimits
    restricted: dict[str, str] = {}


OFF = RiskLimits(**dict.fromkeys(RiskLimits.__struct_fields__, 0))

LARGER_IS_TIGHTER = frozenset({"duplicate_window_ms", "burst_window_ms"})
"""For every other limit a smaller figure is tighter; nothing is looser than zero, which is no limit."""

DEFAULTS: dict[ScopeKind, RiskLimits] = {
    ScopeKind.FIRM: RiskLimits(**{**asdict(OFF), "orders_per_second": 1_000, "messages_per_second": 5_000}),
    ScopeKind.VENUE: OFF,
    ScopeKind.ACCOUNT: RiskLimits(),
    ScopeKind.USER: OFF,
    ScopeKind.SYMBOL: OFF,
    ScopeKind.STRATEGY: RiskLimits(
        **{
            **asdict(OFF),
            "rejects_per_minute": 100,
            "unfilled_orders_max": 500,
            "loss_per_minute_max": 10_000_000,
            "self_crosses_per_minute": 10,
        }
    ),
}


def is_tighter(name: str, one: int, other: int) -> bool:
    """Whether `one` as the limit `name` allows less than `other`."""
    if one in (other, 0):
        return False
    return other == 0 or ((one > other) if name in LARGER_IS_TIGHTER else (one < other))


def tightest(one: RiskLimits, other: RiskLimits) -> RiskLimits:
    """Field by field the limit that allows less."""
    ours, theirs = asdict(one), asdict(other)
    return RiskLimits(
        **{name: ours[name] if is_tighter(name, ours[name], theirs[name]) else theirs[name] for name in ours}
    )


def loosened(before: RiskLimits, after: RiskLimits) -> tuple[str, ...]:
    """The limits that `after` would loosen."""
    old, new = asdict(before), asdict(after)
    return tuple(name for name in old if is_tighter(name, old[name], new[name]))
