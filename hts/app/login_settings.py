"""Who must prove what, in HOME/config.toml:

[login]
required = false            a live core always asks; true: a paper core that others use asks too
factors = "key"             key, otp, key-or-otp, key-and-otp
four_eyes = true            raising limits and releasing a halt wait for a second person
rp_id = "localhost"         the name for which keys are made; a change makes all keys worthless
origin = "https://localhost"
more_origins = []           others that may answer, exactly as a browser writes them
lock_idle_s = 900           the terminal locks itself after so many seconds without a hand; 0: never
lock_with_system = true     and when the system's own screen is locked, where that can be known
lock_on_key_removal = false and when the security key is pulled out

[role.trader]               limits of each user of a role, for users who have none of their own
order_qty_max = 1000
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from hts.auth.policy import Factors, LoginPolicy
from hts.base.errors import ConfigError
from hts.model.roles import Role
from hts.model.scopes import ScopeKind
from hts.risk.limits import DEFAULTS, RiskLimits
from hts.wire.link.login import LoginAsked

IDLE_S_MAX: Final = 24 * 3600


class LoginSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[login] of the settings."""

    required: bool = False
    factors: Factors = Factors.KEY
    four_eyes: bool = True
    rp_id: str = "localhost"
    origin: str = "https://localhost"
    more_origins: tuple[str, ...] = ()
    lock_idle_s: int = 900
    lock_with_system: bool = True
    lock_on_key_removal: bool = False

    def check(self, source: Path) -> None:
        """What the types do not say. Raises ConfigError."""
        if not 0 <= self.lock_idle_s <= IDLE_S_MAX:
            raise ConfigError(f"{source}: login.lock_idle_s: expected 0 to {IDLE_S_MAX}, found {self.lock_idle_s}")
        for origin in self.origins:
            host = origin.partition("://")[2].partition(":")[0]
            if not origin.startswith(("https://", "http://localhost")) or not _covers(self.rp_id, host):
                raise ConfigError(
                    f"{source}: login.origin: expected https:// and a host of {self.rp_id}, found {origin!r}"
                )

    @property
    def origins(self) -> tuple[str, ...]:
        """All that may answer."""
        return (self.origin, *self.more_origins)

    @property
    def policy(self) -> LoginPolicy:
        """For the gate."""
        return LoginPolicy(factors=self.factors)

    @property
    def asked(self) -> LoginAsked:
        """What every client is told first."""
        return LoginAsked(
            means=self.policy.means, needs_both=self.policy.needs_both, rp_id=self.rp_id, origin=self.origin
        )


def _covers(rp_id: str, host: str) -> bool:
    """Whether keys for this name work there (a host, or one below it)."""
    return bool(rp_id) and (host == rp_id or host.endswith(f".{rp_id}"))


def check_roles(source: Path, roles: Mapping[str, Mapping[str, int]]) -> None:
    """Names and figures of [role.*]. Raises ConfigError."""
    known = [role.value for role in Role]
    for name, limits in roles.items():
        if name not in known:
            raise ConfigError(f"{source}: role.{name}: expected one of {', '.join(known)}")
        unknown = sorted(set(limits) - set(RiskLimits.__struct_fields__))
        if unknown:
            raise ConfigError(f"{source}: role.{name}: expected fields of [limits], found {unknown[0]!r}")
        if min(limits.values(), default=0) < 0:
            raise ConfigError(f"{source}: role.{name}: expected 0 or more, 0 being no limit")


def role_limits(roles: Mapping[str, Mapping[str, int]]) -> dict[str, RiskLimits]:
    """As the core takes them."""
    base = asdict(DEFAULTS[ScopeKind.USER])
    return {name: RiskLimits(**{**base, **limits}) for name, limits in roles.items()}
