"""Whose limits and whose state: the firm, a venue, an account, a user, an issue, a strategy."""

from enum import Enum

from msgspec import Struct


class ScopeKind(Enum):
    """What a limit is of. An order stands in one scope of each kind that it names."""

    FIRM = "firm"
    VENUE = "venue"
    ACCOUNT = "account"
    USER = "user"
    SYMBOL = "symbol"
    STRATEGY = "strategy"

    __hash__ = object.__hash__  # members are single objects; Enum's own hash is Python code


class Scope(Struct, frozen=True, kw_only=True, cache_hash=True):
    """One of them by name; the firm has none."""

    kind: ScopeKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.name}" if self.name else self.kind.value


FIRM = Scope(kind=ScopeKind.FIRM)


class TradingState(Enum):
    """What a scope may do. Cancels pass in each of them."""

    ACTIVE = "active"
    REDUCING = "reducing"  # only orders that make a position smaller
    HALTED = "halted"  # no order and no amend

    @property
    def severity(self) -> int:
        """0 to 2; the severest of an order's scopes holds."""
        return _SEVERITY[self]


_SEVERITY = {TradingState.ACTIVE: 0, TradingState.REDUCING: 1, TradingState.HALTED: 2}


class HaltCause(Enum):
    """Who stopped a scope, or narrowed what it may do."""

    NONE = ""
    PERSON = "person"
    KILL_SWITCH = "kill_switch"
    REJECT_STORM = "reject_storm"
    UNFILLED_ORDERS = "unfilled_orders"
    LOSS_RATE = "loss_rate"
    SELF_CROSS = "self_cross"
    CHANGE_FREEZE = "change_freeze"  # another build or other tables began in market hours
