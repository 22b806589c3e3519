"""Limits of single scopes in HOME/config.toml:

[[scope]]
kind = "strategy"                       firm, venue, account, user, symbol, strategy
name = "twap-1"                         empty for the firm
limits = { orders_per_second = 5 }      fields of hts.risk.limits.RiskLimits; the others stay as they are for the kind
restricted = { "005930" = "mandate" }   issues in which the scope opens nothing, and why
"""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import asdict

from hts.base.errors import ConfigError
from hts.model.scopes import Scope, ScopeKind
from hts.risk.limits import DEFAULTS, RiskLimits, ScopeLimits


class ScopeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One [[scope]] of the settings."""

    kind: ScopeKind
    name: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    restricted: Mapping[str, str] = field(default_factory=dict)

    def check(self, source: Path) -> None:
        """What the types do not say. Raises ConfigError."""
        place = f"{source}: scope {self.kind.value}:{self.name}"
        unknown = sorted(set(self.limits) - set(RiskLimits.__struct_fields__))
        if unknown:
            raise ConfigError(f"{place}: limits: expected fields of [limits], found {unknown[0]!r}; correct or delete")
        if min(self.limits.values(), default=0) < 0:
            raise ConfigError(f"{place}: limits: expected 0 or more, 0 being no limit")
        if (self.kind is ScopeKind.FIRM) == bool(self.name):
            raise ConfigError(f"{place}: name: expected one for every kind but the firm, which has none")

    def scope_limits(self, accounts: RiskLimits) -> ScopeLimits:
        """As the core takes them; `accounts` are the limits of every account."""
        base = accounts if self.kind is ScopeKind.ACCOUNT else DEFAULTS[self.kind]
        return ScopeLimits(
            scope=Scope(kind=self.kind, name=self.name),
            limits=RiskLimits(**{**asdict(base), **self.limits}),
            restricted=dict(self.restricted),
        )
