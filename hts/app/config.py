"""The user's settings: HOME/config.toml, every key optional, unknown keys refused by name.

[core]                        [journal]                  [venue]
account = "8801-2745-01"      sync = "alongside"         port_base = 24100
cash = 100000000              segment_mib = 64           venues = ["KRX", "NXT"]
disconnect = "keep"                                      speed = 1.0
                                                         seed = 1

[limits]                      the fields of hts.risk.limits.RiskLimits, for every account
[flags]                       feature flags by id: see hts flags
[[scope]]                     the same for single scopes: see hts.app.scope_settings
[login]                       who must prove what: see hts.app.login_settings
[role.trader]                 limits of each user of a role, the fields of [limits]
[audit]                       keep_years = 10: how long the audit trail stays (hts audit prune)
[signing.KRX]                 orders that a venue wants signed: see hts.app.signing_settings
"""

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from hts.app.login_settings import LoginSettings, check_roles
from hts.app.scope_settings import ScopeSettings
from hts.app.signing_settings import SigningSettings, check_signing
from hts.app.tables import read_toml
from hts.app.venue_ports import PORTS
from hts.base.errors import ConfigError
from hts.model.enums import DisconnectPolicy
from hts.model.venues import VENUES
from hts.risk.limits import RiskLimits

PORT_BASE = 24100
PORT_MAX = 65535
KEEP_YEARS_MAX = 100


class CoreSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The paper account and how the core treats it."""

    account: str = "8801-2745-01"
    currency: str = "KRW"
    cash: int = 100_000_000
    # The account is opened in these too. 0: with a paper sum where a venue is traded that settles in them.
    cash_usd_cents: int = 0
    cash_jpy: int = 0
    disconnect: DisconnectPolicy = DisconnectPolicy.KEEP
    live: bool = False  # dial the hosts of krx_gateway.yaml; a paper core never does
    # What kind of account it becomes at its very first start; `hts account` changes it later.
    account_kind: Literal["cash", "kr_margin", "jp_margin", "us_margin"] = "cash"
    cost_method: Literal["average", "fifo"] = "average"
    allow_unpaid: bool = False  # 미수: purchases by deposit rate, the rest to be paid by settlement
    fee_set: str = ""  # one of resources/market/fees.toml, like "passed_on"; none: the broker's plain fee
    latency_alert_threshold_ms: int = 100  # of the venue's answer, 99th percentile; 0: no alert
    over_rate: Literal["refuse", "queue"] = "refuse"  # what becomes of an order beyond orders_per_second


class AccountSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One more account beside that of [core]."""

    account: str
    currency: str = "KRW"
    cash: int = 0
    kind: Literal["cash", "kr_margin", "jp_margin", "us_margin"] = "cash"
    cost_method: Literal["average", "fifo"] = "average"
    allow_unpaid: bool = False
    fee_set: str = ""
    disconnect: DisconnectPolicy = DisconnectPolicy.KEEP


class JournalSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`sync`: fdatasync runs alongside the orders, or is waited for before anything is sent.

    `snapshot_records`: a start or a stop behind so many new records stores a snapshot; a replay of fewer is quick.
    """

    sync: Literal["alongside", "before_send"] = "alongside"
    segment_mib: int = 64
    snapshot_records: int = 2_000


class VenueSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The paper market. `speed` is venue time per real time; `intensity` scales the background flow."""

    port_base: int = PORT_BASE
    venues: tuple[str, ...] = ("KRX", "NXT")
    order_protocol: Literal["native", "fix44", "fix50"] = "native"  # how the core sends orders
    member: str = "HTS01"
    password: str = "paper"  # noqa: S105  the paper venue's published one
    heartbeat_ms: int = 1_000
    speed: float = 1.0
    seed: int = 1
    intensity: float = 1.0
    fix_cancel_on_disconnect: bool = False
    copies: bool = True  # whether the core listens to the venues' drop copies

    def __repr__(self) -> str:
        return f"VenueSettings(port_base={self.port_base}, member={self.member!r}, password=<hidden>)"

    def check(self, source: str) -> None:
        """What the types do not say. Raises ConfigError naming `source`."""
        refuse_first(
            source,
            [
                (1024 <= self.port_base <= PORT_MAX - PORTS, "venue.port_base", f"1024 to {PORT_MAX - PORTS}"),
                (
                    bool(self.venues) and set(self.venues) <= set(VENUES),
                    "venue.venues",
                    f"one or more of {', '.join(VENUES)}",
                ),
                (0 < self.speed <= 1000, "venue.speed", "above 0, at most 1000"),
                (0 <= self.intensity <= 100, "venue.intensity", "0 to 100"),
                (self.heartbeat_ms >= 100, "venue.heartbeat_ms", "at least 100"),
            ],
        )

    @property
    def drop_copy(self) -> str:
        """Comp id of the read-only session that receives a copy of every report of the member."""
        return f"{self.member}-DC"

    @property
    def order_port(self) -> int:
        return self.port_base

    @property
    def recovery_port(self) -> int:
        return self.port_base + 1

    def line_port(self, line: str) -> int:
        """UDP port of market data line A or B."""
        return self.port_base + 2 + "AB".index(line)


class AuditSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The audit trail. The law of a live core's venues may ask for more, never for less."""

    keep_years: int = 10


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    core: CoreSettings = CoreSettings()
    journal: JournalSettings = JournalSettings()
    venue: VenueSettings = VenueSettings()
    limits: RiskLimits = RiskLimits()
    scope: tuple[ScopeSettings, ...] = ()
    account: tuple[AccountSettings, ...] = ()
    login: LoginSettings = LoginSettings()
    role: dict[str, dict[str, int]] = {}
    signing: dict[str, SigningSettings] = {}
    audit: AuditSettings = AuditSettings()
    flags: dict[str, bool] = {}

    @property
    def asks_login(self) -> bool:
        """Whether nobody may do anything on this core before a login; a live one always asks."""
        return self.core.live or self.login.required

    @property
    def needs_secrets(self) -> bool:
        """Whether the core does not start without its secret store."""
        return self.asks_login or any(one.certificate for one in self.signing.values())

    @property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits that change with any setting; the journal notes them at each start."""
        return blake2b(msgspec.msgpack.encode(self), digest_size=4).hexdigest()


def load_config(path: Path) -> Config:
    """The settings in `path`; the defaults when there is no such file. Raises ConfigError."""
    if not path.exists():
        return Config()
    return parse_config(path, read_toml(path))


def parse_config(path: Path, table: Mapping[str, Any]) -> Config:
    """The settings in the tables of `path`. Raises ConfigError."""
    _refuse_unknown_limits(path, table.get("limits"))
    try:
        config = msgspec.convert(table, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}; correct or delete the line") from error
    _check(path, config)
    return config


def with_port_base(config: Config, port_base: int | None) -> Config:
    """The settings with other ports, as the command line asks. Raises ConfigError."""
    if port_base is None:
        return config
    changed = msgspec.structs.replace(config, venue=msgspec.structs.replace(config.venue, port_base=port_base))
    _check(Path("--port-base"), changed)
    return changed


def _refuse_unknown_limits(path: Path, limits: object) -> None:
    """RiskLimits is the core's own value and takes unknown keys from a decoder; a user's typing error must show."""
    known = {field.name for field in msgspec.structs.fields(RiskLimits)}
    unknown = sorted(set(limits) - known) if isinstance(limits, dict) else []
    if unknown:
        raise ConfigError(
            f"{path}: Object contains unknown field `{unknown[0]}` - at `$.limits`; correct or delete the line"
        )


def _check(path: Path, config: Config) -> None:
    """What the types do not say."""
    config.venue.check(str(path))
    config.login.check(path)
    check_roles(path, config.role)
    check_signing(path, config.signing)
    for scope in config.scope:
        scope.check(path)
    core = config.core
    refuse_first(
        str(path),
        [
            (1 <= config.journal.segment_mib <= 1024, "journal.segment_mib", "1 to 1024"),
            (config.journal.snapshot_records >= 1, "journal.snapshot_records", "1 or more"),
            (1 <= config.audit.keep_years <= KEEP_YEARS_MAX, "audit.keep_years", f"1 to {KEEP_YEARS_MAX}"),
            (core.cash >= 0, "core.cash", "0 or more"),
            (core.cash_usd_cents >= 0, "core.cash_usd_cents", "0 or more"),
            (core.cash_jpy >= 0, "core.cash_jpy", "0 or more"),
            (1 <= len(core.account) <= 16 and core.account.isascii(), "core.account", "1 to 16 ASCII letters"),
            (
                all(1 <= len(one.account) <= 16 and one.account.isascii() for one in config.account),
                "account.account",
                "1 to 16 ASCII letters",
            ),
            (
                len({core.account, *(one.account for one in config.account)}) == 1 + len(config.account),
                "account.account",
                "a name of its own for each account",
            ),
            (all(one.cash >= 0 for one in config.account), "account.cash", "an amount that is not negative"),
        ],
    )


def refuse_first(source: str, rules: list[tuple[bool, str, str]]) -> None:
    """Each rule: whether it holds, what it is about, what is expected. Raises ConfigError for the first broken one."""
    for is_right, name, expected in rules:
        if not is_right:
            raise ConfigError(f"{source}: {name}: expected {expected}")
